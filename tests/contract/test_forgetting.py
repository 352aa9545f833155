"""What a person had deleted is found nowhere: not in others' rows, in drafts or files; and messages that show it are known."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.ideas import Candidate, Draft, Idea, IdeaId, Prompt
from bot.domain.models import ChannelSettings
from bot.domain.personas import Persona
from bot.messages import File
from bot.ports import Arrival, Post, Store
from storage.urls import build
from tests.contract.stores import ANN, BOB, CHANNEL, NOW, OTHERS, TEAM, a_brainstorm, a_vote, an_idea, everything_in, later

IDEA = "A lantern walk for marker-qz7f3azq-idea along the canal"
TOPIC = "what can our choir do for marker-qz9c1dzq-topic this winter"
STYLE = "like marker-qz2b2bzq-style"
AUDIENCE = "readers of marker-qz4e4ezq-audience"
MARKERS = ("qz7f3azq", "qz9c1dzq", "qz2b2bzq", "qz4e4ezq", "qz5d5dzq", ANN.id)
AT_ONE, AT_TWO, AT_BOARD = "C1-1", "C1-2", "C1-3"


@pytest.fixture(params=["memory", "sqlite", "postgresql", pytest.param("pgbouncer", marks=pytest.mark.pooler)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param in ("postgresql", "pgbouncer"):
        return str(request.getfixturevalue("pooled_url" if request.param == "pgbouncer" else "postgres_url"))
    return "memory:" if request.param == "memory" else f"sqlite:///{tmp_path / 'muselab.db'}"


@pytest.fixture
async def store(url: str, tmp_path: Path) -> AsyncIterator[Store]:
    made = build(url, media=tmp_path / "media")
    await made.open()
    yield made
    await made.close()


def drafts(brainstorm: str, *texts: str, idea: Idea | None = None) -> list[Candidate]:
    return [
        Candidate(brainstorm=brainstorm, draft=Draft(text=text), verdict="shown" if idea else "kept", idea=idea and idea.id)  # type: ignore[arg-type]
        for text in texts
    ]


async def lived(store: Store) -> dict[str, Idea]:
    """Ann asked and wrote; Bob and Cat went on from it by every command; the model repeated some of it."""
    asked = Prompt(text=TOPIC, style=STYLE, options=(("audience", AUDIENCE),))
    hers = a_brainstorm(prompt=asked, address=AT_ONE, state="done")
    await store.begin(hers)
    plain = await store.add(an_idea(brainstorm=hers.id, asker=ANN, text="Soup for the neighbours"))
    repeating = await store.add(an_idea(brainstorm=hers.id, asker=ANN, text=f"{TOPIC}: a concert"))
    wrote = await store.add(an_idea(brainstorm=hers.id, author=ANN, asker=ANN, origin="human", text=IDEA))
    await store.log(TEAM, [*drafts(hers.id, "never seen"), *drafts(hers.id, plain.text, idea=plain)])
    found = {"plain": plain, "repeating": repeating, "wrote": wrote}
    for number, operation in enumerate(("more", "remix", "polish", "spin")):
        about = (IDEA, plain.text) if operation in ("remix", "spin") else (IDEA,)
        parents = (wrote.id, plain.id)[: len(about)]
        carried = Prompt(text=IDEA if operation == "polish" else TOPIC, style=STYLE, operation=operation, about=about)  # type: ignore[arg-type]
        theirs = a_brainstorm(asker=BOB, prompt=carried, parents=parents, address=f"C2-{number}", state="done")
        await store.begin(theirs)
        found[operation] = await store.add(an_idea(brainstorm=theirs.id, asker=BOB, text=f"New {operation}", parents=parents))
        found[f"{operation} repeating"] = await store.add(
            an_idea(brainstorm=theirs.id, asker=BOB, text=f"{IDEA}, with songs and {operation}", parents=parents)
        )
        await store.log(TEAM, drafts(theirs.id, f"{IDEA} unseen", "harmless"))
    further = a_brainstorm(
        asker=BOB, prompt=Prompt(text=TOPIC, operation="more", about=("New more",)), parents=(found["more"].id,), state="done"
    )
    await store.begin(further)
    await store.log(TEAM, drafts(further.id, f"about {TOPIC}"))
    found["edit"] = await store.add(
        an_idea(author=BOB, asker=BOB, origin="edit", text=f"{IDEA}, but by boat", parents=(wrote.id,))
    )
    found["typed"] = await store.add(an_idea(author=BOB, asker=BOB, origin="human", text="A quiz"))
    picture = a_brainstorm(
        asker=BOB, prompt=Prompt(text=IDEA, modality="image"), parents=(wrote.id,), address="C2-9", state="done"
    )
    await store.begin(picture)
    work = await store.add(
        an_idea(brainstorm=picture.id, asker=BOB, modality="image", text=f"A picture of {IDEA}", parents=(wrote.id,))
    )
    file = File(name="a.png", media_type="image/png", content=b"marker-qz5d5dzq-pixels", alt=f"A picture of {IDEA}")
    await store.keep_media(TEAM, work.id, [file], NOW)
    await store.keep_media(TEAM, hers.id, [file], NOW)
    persona = Persona(channel=CHANNEL, name="marker-qz2b2bzq-name", voice=AUDIENCE, by=ANN, at=NOW)
    await store.keep_persona(persona)
    await store.settle(CHANNEL, ChannelSettings(style=persona.name))
    await store.hear(TEAM, a_vote(found["repeating"], person=BOB))
    await store.posted(TEAM, AT_TWO, [wrote.id], later(1))
    await store.posted(TEAM, AT_BOARD, [plain.id, found["edit"].id], later(2))
    await store.posted(TEAM, "C1-4", [found["typed"].id], later(3))
    return found


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


async def test_a_planted_marker_is_found_in_no_table_no_file_and_no_medium(store: Store, url: str, tmp_path: Path) -> None:
    await lived(store)
    before = await everything_in(store, url)
    assert [marker for marker in MARKERS[:4] if marker not in before] == []

    await store.forget(TEAM, ANN)

    left = await everything_in(store, url)
    assert [marker for marker in MARKERS if marker in left] == []
    assert [file for file, content in contents(tmp_path).items() for marker in MARKERS if marker.encode() in content] == []


async def test_what_is_others_and_does_not_repeat_her_stays(store: Store) -> None:
    found = await lived(store)

    await store.forget(TEAM, ANN)

    texts = {idea.text for idea in await store.team_ideas(TEAM)}
    assert texts == {"Soup for the neighbours", "New more", "New remix", "New polish", "New spin", "…, but by boat", "A quiz"}
    remix = await store.idea(TEAM, found["remix"].id)
    assert remix is not None
    assert remix.parents == (found["plain"].id,)
    kept = await store.brainstorm(TEAM, found["remix"].brainstorm)  # type: ignore[arg-type]
    assert kept is not None
    assert (kept.asker, kept.prompt) == (BOB, None)
    assert await store.candidates(TEAM, kept.id) == []


async def test_drafts_that_nobody_saw_go_with_the_topic_they_were_made_for(store: Store) -> None:
    found = await lived(store)

    await store.forget(TEAM, ANN)

    left = await store.candidates(TEAM, found["plain"].brainstorm)  # type: ignore[arg-type]
    assert [one.draft.text for one in left] == ["Soup for the neighbours"]


async def test_messages_that_show_what_is_gone_are_known_until_they_are_redrawn(store: Store) -> None:
    found = await lived(store)
    assert await store.stale_posts(["discord"]) == []

    await store.forget(TEAM, ANN)

    stale = await store.stale_posts(["discord", "slack"])
    cards = {post.address for post in stale if post.brainstorm}
    assert cards == {AT_ONE, "C2-0", "C2-1", "C2-2", "C2-3", "C2-9"}
    assert {post.address for post in stale if not post.brainstorm} == {AT_TWO, AT_BOARD}
    assert Post(team=TEAM, address=AT_ONE, brainstorm=found["plain"].brainstorm or "") in stale  # type: ignore[arg-type]
    assert await store.stale_posts(["slack"]) == []
    for post in stale:
        await store.redrawn(post)
    assert await store.stale_posts(["discord"]) == []


async def test_a_message_that_shows_something_else_by_now_is_not_redrawn(store: Store) -> None:
    found = await lived(store)
    await store.posted(TEAM, AT_TWO, [found["typed"].id], later(5))

    await store.forget(TEAM, ANN)

    assert AT_TWO not in {post.address for post in await store.stale_posts(["discord"])}


async def test_another_teams_rows_with_the_same_words_are_not_touched(store: Store) -> None:
    await lived(store)
    there = a_brainstorm(channel=an_idea().channel.__class__(team=OTHERS, id="there"), asker=BOB, prompt=Prompt(text=TOPIC))
    await store.begin(there)
    theirs = await store.add(an_idea(id=IdeaId("f" * 24), channel=there.channel, brainstorm=there.id, text=IDEA))
    await store.posted(OTHERS, "there", [theirs.id], NOW)

    await store.forget(TEAM, ANN)

    assert await store.brainstorm(OTHERS, there.id) == there
    assert await store.idea(OTHERS, theirs.id) == theirs
    assert "there" not in {post.address for post in await store.stale_posts(["discord"])}


async def waiting(store: Store) -> dict[str, str]:
    """Events that nobody serves any more, by id, and what is kept of them."""
    return {one.id: one.body for one in await store.unserved(later(100), later(200), "next", ["discord"])}


async def test_her_events_that_are_not_served_yet_never_are_and_nothing_is_left_of_them(store: Store, url: str) -> None:
    said = f'{{"command":"/idea","text":"{IDEA}"}}'
    await store.arrive([Arrival(team=TEAM, id="hers", at=NOW, body=said, person=ANN)], "dead", later(20))
    await store.arrive([Arrival(team=TEAM, id="his", at=NOW, body="his", person=BOB)], "dead", later(20))
    await store.arrive([Arrival(team=OTHERS, id="there", at=NOW, body="there", person=ANN)], "dead", later(20))
    assert MARKERS[0] in await everything_in(store, url)

    await store.forget(TEAM, ANN)

    assert MARKERS[0] not in await everything_in(store, url)
    assert await waiting(store) == {"his": "his", "there": "there"}
    assert not (await store.arrive([Arrival(team=TEAM, id="hers", at=NOW, body=said, person=ANN)], "next", later(20)))[0]


async def test_what_she_asks_for_afterwards_is_served_and_so_is_the_request_itself(store: Store) -> None:
    for number, id in enumerate(("before", "delete", "after")):
        arrival = Arrival(team=TEAM, id=id, at=later(number), body=id, person=ANN)
        await store.arrive([arrival], "dead", later(20))

    await store.forget(TEAM, ANN, before=later(1))

    assert await waiting(store) == {"delete": "delete", "after": "after"}


async def test_others_events_about_her_idea_lose_her_words_and_what_they_typed_themselves_stays(store: Store, url: str) -> None:
    found = await lived(store)
    form = f'{{"key":"edit:{found["wrote"].id}","fields":{{"text":"{IDEA}, but by boat","name":"Bob\u2019s"}},"n":3}}'
    typed = '{"command":"/idea","text":"A quiz, Bob\u2019s own"}'
    bodies = {"form": form, "typed": typed, "press": '{"key":"vote:1234:up"}'}
    arrivals = [Arrival(team=TEAM, id=id, at=NOW, body=body, person=BOB) for id, body in bodies.items()]
    await store.arrive(arrivals, "dead", later(20))

    await store.forget(TEAM, ANN)

    left = await waiting(store)
    assert json.loads(left["form"]) == {
        "key": f"edit:{found['wrote'].id}",
        "fields": {"text": "…, but by boat", "name": "Bob’s"},
        "n": 3,
    }
    assert (left["typed"], left["press"]) == (typed, bodies["press"])
    assert [marker for marker in MARKERS if marker in await everything_in(store, url)] == []
