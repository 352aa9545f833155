"""What every store promises, over memory, SQLite and PostgreSQL."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.domain.errors import Refusal, UnknownIdea
from bot.domain.ideas import BrainstormId, Candidate, Channel, Draft, Features, IdeaId, Origin, Person, Prompt, Team
from bot.domain.models import ChannelSettings, Finding, Tuning
from bot.ports import Forgotten, Kept, Store
from storage.urls import build
from tests.contract.stores import (
    ANN,
    BOB,
    CHANNEL,
    NOW,
    OTHERS,
    TEAM,
    a_brainstorm,
    a_version,
    a_vote,
    an_idea,
    everything_in,
    later,
    new_id,
    people,
)

Another = Callable[[], Awaitable[Store]]

THERE = Channel(team=OTHERS, id="general")
ODD_TEXTS = {
    "quotes": """'; DROP TABLE ideas; -- "x" `y` $1 :name %s ? \\ """,
    "emoji": "👩🏽‍🚀🏳️‍🌈 tea 🍵",
    "chinese": "给茶馆起个名字 𠮷野家",
    "right to left": "שלום \u202eevil\u202c مرحبا",
    "combining": "Z͑ͫa̶l̴g̵o e\u0301 é",
    "noncharacter": "\uffff\U0010ffff\ufeff",
    "controls": "a\tb\r\nc\x01\x1b[31m\x7f",
    "long": "茶" * 10_000,
    "empty": "",
    "blanks": "  \u00a0 ",
}


@pytest.fixture(params=["memory", "sqlite", "postgresql", pytest.param("pgbouncer", marks=pytest.mark.pooler)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "memory":
        return "memory:"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'muselab.db'}"
    return str(request.getfixturevalue("pooled_url" if request.param == "pgbouncer" else "postgres_url"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = build(url)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def another(store: Store, url: str) -> AsyncIterator[Another]:
    """Opens a second store on the same database; memory has only the one."""
    opened: list[Store] = []

    async def open_another() -> Store:
        if url == "memory:":
            return store
        opened.append(build(url))
        await opened[-1].open()
        return opened[-1]

    yield open_another
    for each in opened:
        await each.close()


def left_at_default(value: Any) -> list[str]:
    """The fields that a test which stores "everything" forgot to fill: a store may lose those unseen."""
    return [field.name for field in dataclasses.fields(value) if getattr(value, field.name) == field.default]


# events


async def test_an_event_is_new_once(store: Store) -> None:
    first = await store.first_time("Ev1", NOW)
    again = await store.first_time("Ev1", later(1))
    other = await store.first_time("Ev2", later(1))

    assert (first, again, other) == (True, False, True)


async def test_an_event_delivered_twenty_times_at_once_is_new_once(store: Store, another: Another) -> None:
    stores = [store, await another()]

    answers = await asyncio.gather(*(stores[n % 2].first_time("Ev1", NOW) for n in range(20)))

    assert sorted(answers) == [False] * 19 + [True]


async def test_a_days_events_are_remembered_and_older_ones_pruned(store: Store, url: str) -> None:
    await store.first_time("old", NOW)
    await store.first_time("recent", later(13 * 3600))

    await store.first_time("prunes", later(25 * 3600))

    assert not await store.first_time("recent", later(25 * 3600))
    assert await store.first_time("old", later(25 * 3600))


async def test_an_event_id_of_any_length_fits(store: Store) -> None:
    assert await store.first_time("é" * 10_000, NOW)
    assert await store.first_time("é" * 10_000 + "!", NOW)
    assert not await store.first_time("é" * 10_000, NOW)


# brainstorms


async def test_a_brainstorm_comes_back_as_it_was_stored(store: Store) -> None:
    prompt = Prompt(
        text="names",
        count=3,
        style="dry",
        modality="image",
        language="zh",
        operation="remix",
        about=("one", "two", "one"),
        options=(("layout", "poster"), ("picture", "a cup \U0001f375")),
        kind="copy",
        tone="warm",
    )
    full = a_brainstorm(
        prompt=prompt,
        parents=(IdeaId("b" * 24), IdeaId("a" * 24)),
        canary="team-1-v2",
        seed=2**64 - 1,
        locale="zh_Hans",
        address="C1/1700.1",
        back="C1 by ann",
        holder="a process",
        state="failed",
        finished_at=later(3),
        leased_until=later(20),
    )
    assert left_at_default(full) == left_at_default(prompt) == []
    bare = a_brainstorm(asker=None, prompt=None)
    for brainstorm in (full, bare):
        await store.begin(brainstorm)

    assert await store.brainstorm(TEAM, full.id) == full
    assert await store.brainstorm(TEAM, bare.id) == bare
    assert await store.brainstorm(TEAM, BrainstormId(new_id())) is None


async def test_beginning_a_brainstorm_twice_keeps_the_first(store: Store) -> None:
    first = a_brainstorm(prompt=Prompt(text="tea", about=("x",)), parents=(IdeaId("a"),))
    await store.begin(first)

    await store.begin(replace(first, seed=8, parents=(IdeaId("b"), IdeaId("c"))))

    assert await store.brainstorm(TEAM, first.id) == first


async def test_a_moment_in_another_zone_is_the_same_moment(store: Store) -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    kept = a_brainstorm(created_at=tokyo)
    await store.begin(kept)

    found = await store.brainstorm(TEAM, kept.id)

    assert found is not None
    assert found.created_at == NOW
    assert found.created_at.utcoffset() == timedelta(0)


async def test_a_moment_without_a_zone_is_not_guessed(store: Store) -> None:
    # SQLAlchemy wraps what goes wrong while it binds a value, so the store's own check must come through as it is.
    with pytest.raises(ValueError, match="zone"):
        await store.begin(a_brainstorm(created_at=datetime(2026, 3, 1)))  # noqa: DTZ001


async def test_a_card_is_found_by_its_address_in_its_team_only(store: Store) -> None:
    ours, theirs, unplaced = a_brainstorm(), a_brainstorm(channel=THERE), a_brainstorm()
    for brainstorm in (ours, theirs, unplaced):
        await store.begin(brainstorm)
    await store.place(ours, "C1/1700.1")
    await store.place(theirs, "C1/1700.1")

    assert await store.at_address(TEAM, "C1/1700.1") == replace(ours, address="C1/1700.1")
    assert await store.at_address(OTHERS, "C1/1700.1") == replace(theirs, address="C1/1700.1")
    assert await store.at_address(TEAM, "C1/1700.2") is None
    assert await store.at_address(TEAM, "") is None


async def test_a_finished_brainstorm_has_its_state_and_no_lease(store: Store) -> None:
    brainstorm = a_brainstorm(leased_until=later(20))
    await store.begin(brainstorm)

    await store.finish(brainstorm, "done", later(4))
    await store.lease(brainstorm, later(60))

    found = await store.brainstorm(TEAM, brainstorm.id)
    assert found == replace(brainstorm, state="done", finished_at=later(4), leased_until=None)


async def test_brainstorms_are_newest_first_and_of_one_channel(store: Store) -> None:
    ours = [a_brainstorm(created_at=later(n)) for n in (2, 0, 1)]
    elsewhere = [a_brainstorm(channel=Channel(team=TEAM, id="other")), a_brainstorm(channel=THERE)]
    for brainstorm in ours + elsewhere:
        await store.begin(brainstorm)

    assert await store.brainstorms(CHANNEL, limit=10) == [ours[0], ours[2], ours[1]]
    assert await store.brainstorms(CHANNEL, limit=2) == [ours[0], ours[2]]
    assert await store.brainstorms(CHANNEL, limit=0) == []
    assert len(await store.brainstorms(CHANNEL, limit=2**70)) == 3


async def test_only_running_brainstorms_whose_lease_has_ended_are_taken_up(store: Store) -> None:
    unleased = a_brainstorm(created_at=later(2), parents=(IdeaId("a"),))
    ended = a_brainstorm(created_at=later(1), leased_until=later(10), channel=THERE)
    alive = a_brainstorm(leased_until=later(30))
    done = a_brainstorm(state="done")
    for brainstorm in (unleased, ended, alive, done):
        await store.begin(brainstorm)

    taken = await store.take_up(later(10), later(40))
    again = await store.take_up(later(11), later(40))
    after = await store.take_up(later(40), later(60))

    assert taken == [replace(ended, leased_until=later(40)), replace(unleased, leased_until=later(40))]
    assert again == []
    assert {one.id for one in after} == {unleased.id, ended.id, alive.id}


async def test_a_renewed_lease_keeps_a_brainstorm(store: Store) -> None:
    brainstorm = a_brainstorm(leased_until=later(10))
    await store.begin(brainstorm)

    await store.lease(brainstorm, later(30))

    assert await store.take_up(later(20), later(60)) == []


async def test_two_processes_never_take_up_the_same_brainstorm(store: Store, another: Another) -> None:
    stores = [store, await another(), await another()]
    left = {(await _begun(store)).id for _ in range(30)}

    taken = await asyncio.gather(*(stores[n % 3].take_up(NOW, later(20)) for n in range(9)))

    ids = [one.id for some in taken for one in some]
    assert len(ids) == len(set(ids))
    assert set(ids) == left


async def _begun(store: Store):
    brainstorm = a_brainstorm()
    await store.begin(brainstorm)
    return brainstorm


# ideas


async def test_an_idea_comes_back_as_it_was_stored(store: Store) -> None:
    full = an_idea(
        brainstorm=BrainstormId(new_id()),
        text="Steep Thoughts",
        origin="remix",
        parents=(IdeaId("b" * 24), IdeaId("a" * 24), IdeaId("b" * 24)),
        author=BOB,
        asker=ANN,
        model="v2",
        slot=4,
        slot_kind="explore",
        modality="image",
        traits=(("layout", "poster"), ("palette", "teal")),
        features=Features(name="looks/1", values=(-1.0, 0.1234, 1.0)),
        hidden=True,
    )
    assert left_at_default(full) == []

    added = await store.add(full)

    assert added == replace(full, number=1)
    assert await store.idea(TEAM, full.id) == added
    assert await store.numbered(CHANNEL, 1) == added


@pytest.mark.parametrize("origin", get_args(Origin))
async def test_every_origin_can_be_stored(store: Store, origin: Origin) -> None:
    assert (await store.add(an_idea(origin=origin))).origin == origin


async def test_ideas_are_numbered_within_their_channel(store: Store) -> None:
    numbers = [(await store.add(an_idea(number=99))).number for _ in range(3)]
    elsewhere = (await store.add(an_idea(channel=Channel(team=TEAM, id="other")))).number
    other_team = (await store.add(an_idea(channel=THERE))).number

    assert (numbers, elsewhere, other_team) == ([1, 2, 3], 1, 1)


async def test_storing_an_idea_twice_keeps_the_first_and_uses_up_no_number(store: Store) -> None:
    first = await store.add(an_idea(parents=(IdeaId("a"),)))

    again = await store.add(replace(first, text="changed", parents=(), number=5))
    following = await store.add(an_idea())

    assert again == first
    assert following.number == 2


async def test_twenty_ideas_at_once_get_twenty_consecutive_numbers(store: Store, another: Another) -> None:
    stores = [store, await another()]

    added = await asyncio.gather(*(stores[n % 2].add(an_idea(text=str(n))) for n in range(20)))

    assert sorted(idea.number for idea in added) == list(range(1, 21))
    assert [await store.numbered(CHANNEL, idea.number) for idea in added] == added


async def test_one_idea_stored_many_times_at_once_has_one_number(store: Store, another: Another) -> None:
    stores, idea = [store, await another()], an_idea()

    added = await asyncio.gather(*(stores[n % 2].add(idea) for n in range(10)))

    assert {one.number for one in added} == {1}
    assert (await store.add(an_idea())).number == 2


@pytest.mark.parametrize("number", [0, -1, 2, 2**31, 2**63, 10**40])
async def test_a_number_nobody_got_is_nobodys(store: Store, number: int) -> None:
    await store.add(an_idea())

    assert await store.numbered(CHANNEL, number) is None


async def test_the_ideas_of_a_brainstorm_come_by_slot(store: Store) -> None:
    brainstorm = BrainstormId(new_id())
    for slot in (2, 0, 1):
        await store.add(an_idea(brainstorm=brainstorm, slot=slot))
    await store.add(an_idea(slot=3))

    assert [idea.slot for idea in await store.ideas_of(TEAM, brainstorm)] == [0, 1, 2]


async def test_a_channels_and_a_teams_ideas_are_newest_first(store: Store) -> None:
    side = Channel(team=TEAM, id="side")
    first = await store.add(an_idea(created_at=later(0), parents=(IdeaId("a"), IdeaId("b"))))
    third = await store.add(an_idea(created_at=later(2)))
    second = await store.add(an_idea(created_at=later(1), channel=side))
    await store.add(an_idea(channel=THERE, created_at=later(3)))

    assert await store.ideas(CHANNEL) == [third, first]
    assert await store.ideas(CHANNEL, limit=1) == [third]
    assert await store.team_ideas(TEAM) == [third, second, first]
    assert await store.team_ideas(TEAM, limit=2) == [third, second]


async def test_candidates_come_back_in_the_order_they_were_logged(store: Store) -> None:
    brainstorm = await _begun(store)
    full = Candidate(
        brainstorm=brainstorm.id,
        draft=Draft(text="b", logprob=-1.25, relevance=0.5, tokens=7, broken="cut", model="v1", decoding='{"seed": 7}'),
        verdict="broken",
        score=-0.75,
        idea=IdeaId(new_id()),
    )
    assert left_at_default(full) == []
    counting = ["judged", "kind", "formed", "recalled", "apart"]  # while a set is chosen; they are not logged
    assert left_at_default(full.draft) == counting
    logged = [full] + [Candidate(brainstorm=brainstorm.id, draft=Draft(text=text), verdict="kept") for text in ("c", "a", "a")]

    await store.log(TEAM, logged[:2])
    await store.log(TEAM, [])
    await store.log(TEAM, logged[2:])

    assert await store.candidates(TEAM, brainstorm.id) == logged


async def test_what_is_no_number_is_stored_as_unknown(store: Store) -> None:
    brainstorm = await _begun(store)
    nan, endless = float("nan"), float("-inf")

    await store.log(
        TEAM,
        [Candidate(brainstorm=brainstorm.id, draft=Draft(text="x", logprob=nan, relevance=endless), verdict="kept", score=nan)],
    )

    [found] = await store.candidates(TEAM, brainstorm.id)
    assert (found.draft.logprob, found.draft.relevance, found.score) == (None, endless, None)


# feedback


async def test_saying_it_again_replaces_and_returns_what_was_said_before(store: Store) -> None:
    idea = await store.add(an_idea())
    up = a_vote(idea)
    down = a_vote(idea, token="down", value=-0.5, at=later(1))
    again = a_vote(idea, token="meh", value=-0.1, at=later(2))

    answers = [await store.hear(TEAM, said) for said in (up, down, again)]

    assert answers == [None, up, down]
    assert await store.feedback(TEAM, [idea.id]) == [again]


async def test_the_same_opinion_twice_is_one_opinion(store: Store) -> None:
    idea = await store.add(an_idea())

    answers = [await store.hear(TEAM, a_vote(idea)) for _ in range(2)]

    assert answers == [None, a_vote(idea)]
    assert await store.feedback(TEAM, [idea.id]) == [a_vote(idea)]


async def test_a_withdrawn_opinion_leaves_nothing(store: Store) -> None:
    idea = await store.add(an_idea())
    await store.hear(TEAM, a_vote(idea))

    withdrawn = await store.hear(TEAM, a_vote(idea, token="none", value=0, at=later(1)))
    again = await store.hear(TEAM, a_vote(idea, token="none", value=0, at=later(2)))
    anew = await store.hear(TEAM, a_vote(idea, token="down", value=-1))

    assert (withdrawn, again, anew) == (a_vote(idea), None, None)
    assert [said.token for said in await store.feedback(TEAM, [idea.id])] == ["down"]


async def test_opinions_differ_by_person_and_by_signal(store: Store) -> None:
    idea = await store.add(an_idea())
    said = [
        a_vote(idea),
        a_vote(idea, signal="stars", token="4", value=0.5),
        a_vote(idea, person=BOB, token="down", value=-1),
        a_vote(idea, person=Person(platform="slack", id=ANN.id)),
    ]

    answers = [await store.hear(TEAM, one) for one in said]

    assert answers == [None] * 4
    assert _sorted(await store.feedback(TEAM, [idea.id])) == _sorted(said)


def _sorted(feedback):
    return sorted(feedback, key=lambda one: (one.idea, one.person, one.signal))


@pytest.mark.parametrize("value", [1.0, 0.0])
async def test_an_opinion_of_an_unknown_idea_is_refused(store: Store, value: float) -> None:
    with pytest.raises(UnknownIdea):
        await store.hear(TEAM, a_vote(IdeaId(new_id()), value=value))


async def test_twenty_people_vote_at_once_on_one_idea(store: Store, another: Another) -> None:
    stores, idea = [store, await another()], await store.add(an_idea())

    answers = await asyncio.gather(
        *(stores[n % 2].hear(TEAM, a_vote(idea, person=person)) for n, person in enumerate(people(20)))
    )

    assert answers == [None] * 20
    assert {said.person for said in await store.feedback(TEAM, [idea.id])} == set(people(20))


async def test_one_person_changing_their_mind_at_once_has_one_opinion_and_a_chain_of_earlier_ones(
    store: Store, another: Another
) -> None:
    stores, idea = [store, await another()], await store.add(an_idea())
    said = [a_vote(idea, token=str(n)) for n in range(20)]

    answers = await asyncio.gather(*(stores[n % 2].hear(TEAM, one) for n, one in enumerate(said)))

    # Each opinion is replaced once, except the last, which is the one that stays; the first replaced nothing.
    [kept] = await store.feedback(TEAM, [idea.id])
    replaced = [one.token for one in answers if one is not None]
    assert answers.count(None) == 1
    assert sorted([*replaced, kept.token], key=int) == [str(n) for n in range(20)]


async def test_the_opinions_of_thousands_of_ideas_are_read_at_once(store: Store) -> None:
    idea = await store.add(an_idea())
    await store.hear(TEAM, a_vote(idea))
    ids = [IdeaId(new_id()) for _ in range(1500)] + [idea.id] + [IdeaId(new_id()) for _ in range(1500)] + [idea.id]

    assert await store.feedback(TEAM, ids) == [a_vote(idea)]
    assert await store.feedback(TEAM, []) == []


# people


async def test_everything_about_a_person_is_shown(store: Store) -> None:
    asked = [a_brainstorm(created_at=later(n)) for n in range(2)]
    for brainstorm in [*asked, a_brainstorm(asker=BOB), a_brainstorm(channel=THERE)]:
        await store.begin(brainstorm)
    wrote = await store.add(an_idea(author=ANN, asker=ANN, origin="human"))
    made = await store.add(an_idea(asker=ANN))
    hers = [a_vote(wrote, at=later(1)), a_vote(made, at=later(2))]
    for said in [*hers, a_vote(made, person=BOB)]:
        await store.hear(TEAM, said)

    kept = await store.about(TEAM, ANN)

    assert kept == Kept(brainstorms=(asked[1], asked[0]), ideas=(wrote,), feedback=(hers[1], hers[0]))
    assert await store.about(OTHERS, BOB) == Kept(brainstorms=(), ideas=(), feedback=())


SECRET_TOPIC = "annstopicneveragain"
SECRET_STYLE = "annsstyleneveragain"
SECRET_IDEA = "annsideaneveragain"
SECRET_EDIT = "annseditneveragain"


async def _ann_was_here(store: Store) -> tuple[BrainstormId, BrainstormId, IdeaId]:
    """Leaves something of Ann in every table; returns her brainstorm, Bob's from her idea, and an idea made for her."""
    hers = a_brainstorm(prompt=Prompt(text=SECRET_TOPIC, style=SECRET_STYLE, about=("plain", SECRET_EDIT)))
    await store.begin(hers)
    made = await store.add(an_idea(brainstorm=hers.id, asker=ANN))
    wrote = await store.add(an_idea(author=ANN, asker=ANN, origin="human", text=SECRET_IDEA))
    edited = await store.add(an_idea(author=ANN, asker=ANN, origin="edit", text=SECRET_EDIT, parents=(made.id,)))
    bobs = a_brainstorm(
        asker=BOB,
        prompt=Prompt(text="more of it", operation="remix", about=(SECRET_IDEA, made.text, "cut: " + SECRET_EDIT)),
        parents=(wrote.id, made.id, edited.id),
    )
    await store.begin(bobs)
    await store.add(an_idea(brainstorm=bobs.id, asker=BOB, parents=(wrote.id, made.id), origin="remix"))
    drafts = [(SECRET_EDIT, edited.id), ("a model's words", made.id)]
    await store.log(
        TEAM, [Candidate(brainstorm=hers.id, draft=Draft(text=text), verdict="shown", idea=id) for text, id in drafts]
    )
    await store.hear(TEAM, a_vote(made))
    await store.hear(TEAM, a_vote(made, token="down", value=-1))
    await store.hear(TEAM, a_vote(made, signal="stars"))
    await store.hear(TEAM, a_vote(made, person=BOB))
    await store.hear(TEAM, a_vote(wrote, person=BOB))
    await store.first_time(f"discord:{ANN.id}:77", NOW)
    learned = (f"{made.id}:{ANN.id}:vote", f"{wrote.id}:{BOB.id}:vote", f"{made.id}:{BOB.id}:vote")
    await store.keep_version(a_version(trained_on=learned))
    return hers.id, bobs.id, made.id


async def test_forgetting_a_person_leaves_nothing_of_them_anywhere(store: Store, url: str) -> None:
    traces = (ANN.id, SECRET_TOPIC, SECRET_STYLE, SECRET_IDEA, SECRET_EDIT)
    await _ann_was_here(store)
    before = await everything_in(store, url)
    assert [trace for trace in traces if trace not in before] == []

    gone = await store.forget(TEAM, ANN)

    left = await everything_in(store, url)
    assert gone == Forgotten(topics=1, ideas=2, feedback=3)
    assert [trace for trace in traces if trace in left] == []
    assert await store.about(TEAM, ANN) == Kept(brainstorms=(), ideas=(), feedback=())


async def test_forgetting_a_person_keeps_what_is_other_peoples(store: Store) -> None:
    hers, bobs, made = await _ann_was_here(store)

    await store.forget(TEAM, ANN)

    blanked, other = await store.brainstorm(TEAM, hers), await store.brainstorm(TEAM, bobs)
    assert blanked is not None
    assert (blanked.asker, blanked.prompt, blanked.seed) == (None, None, 7)
    assert other is not None
    assert other.prompt is not None
    assert (other.asker, other.prompt.text, other.prompt.about, other.parents) == (
        BOB,
        "more of it",
        ("Leaf & Let Leaf",),
        (made,),
    )
    assert [(idea.number, idea.asker, idea.parents) for idea in await store.ideas(CHANNEL)] == [(4, BOB, (made,)), (1, None, ())]
    assert await store.feedback(TEAM, [made]) == [a_vote(made, person=BOB)]
    assert [one.draft.text for one in await store.candidates(TEAM, hers)] == ["a model's words"]
    version = (await store.versions(TEAM))[0]
    assert version.trained_on == (f"{made}:{BOB.id}:vote",)
    assert version.forgotten > 0


async def test_a_version_counts_the_votes_it_learned_from_that_are_forgotten(store: Store) -> None:
    made = await store.add(an_idea())
    keys = tuple(f"{made.id}:{person}:vote" for person in (ANN.id, BOB.id, "person-cat-4713"))
    await store.keep_version(a_version(trained_on=keys))
    await store.keep_version(a_version(id="team-2-v1", team=OTHERS, trained_on=keys))

    await store.forget(TEAM, ANN)
    await store.forget(TEAM, BOB)

    mine, theirs = (await store.versions(TEAM))[0], (await store.versions(OTHERS))[0]
    assert (mine.trained_on, mine.forgotten) == (keys[2:], 2)
    assert (theirs.trained_on, theirs.forgotten) == (keys, 0)


async def test_numbers_of_forgotten_ideas_are_not_given_again(store: Store) -> None:
    await store.add(an_idea(author=ANN))

    await store.forget(TEAM, ANN)

    assert (await store.add(an_idea())).number == 2


async def test_a_person_is_forgotten_in_one_team_only(store: Store) -> None:
    there = await store.add(an_idea(channel=THERE, author=ANN))
    await store.hear(OTHERS, a_vote(there))
    namesake = await store.add(an_idea(author=Person(platform="slack", id=ANN.id)))

    gone = await store.forget(TEAM, ANN)

    assert gone == Forgotten(topics=0, ideas=0, feedback=0)
    assert await store.ideas(THERE) == [there]
    assert await store.feedback(OTHERS, [there.id]) == [a_vote(there)]
    assert await store.ideas(CHANNEL) == [namesake]


async def test_forgetting_twice_finds_nothing_the_second_time(store: Store) -> None:
    await _ann_was_here(store)
    await store.forget(TEAM, ANN)

    assert await store.forget(TEAM, ANN) == Forgotten(topics=0, ideas=0, feedback=0)


async def test_voting_while_the_ideas_author_is_forgotten_leaves_no_orphan(store: Store, another: Another) -> None:
    other = await another()
    ideas = [await store.add(an_idea(author=ANN)) for _ in range(10)]

    async def vote(idea) -> None:
        try:
            await other.hear(TEAM, a_vote(idea, person=BOB))
        except UnknownIdea:
            return

    await asyncio.gather(*(vote(idea) for idea in ideas), store.forget(TEAM, ANN), *(vote(idea) for idea in ideas))

    assert await store.feedback(TEAM, [idea.id for idea in ideas]) == []
    assert (await store.about(TEAM, BOB)).feedback == ()


# teams


async def test_no_read_shows_another_teams_things(store: Store) -> None:
    brainstorm = a_brainstorm(address="C1/1")
    await store.begin(brainstorm)
    idea = await store.add(an_idea(brainstorm=brainstorm.id, author=ANN))
    await store.log(TEAM, [Candidate(brainstorm=brainstorm.id, draft=Draft(text="x"), verdict="kept")])
    await store.hear(TEAM, a_vote(idea))
    await store.settle(CHANNEL, ChannelSettings(count=3))
    await store.keep_version(a_version())

    for stranger in (OTHERS, Team(platform="slack", id=TEAM.id)):
        channel = Channel(team=stranger, id=CHANNEL.id)
        assert await store.brainstorm(stranger, brainstorm.id) is None
        assert await store.at_address(stranger, "C1/1") is None
        assert await store.brainstorms(channel, limit=9) == []
        assert await store.candidates(stranger, brainstorm.id) == []
        assert await store.idea(stranger, idea.id) is None
        assert await store.numbered(channel, 1) is None
        assert await store.ideas_of(stranger, brainstorm.id) == []
        assert await store.ideas(channel) == []
        assert await store.team_ideas(stranger) == []
        assert await store.feedback(stranger, [idea.id]) == []
        assert await store.about(stranger, ANN) == Kept(brainstorms=(), ideas=(), feedback=())
        assert await store.settings(channel) == ChannelSettings()
        assert await store.versions(stranger) == []
        for value in (1.0, 0.0):
            with pytest.raises(UnknownIdea):
                await store.hear(stranger, a_vote(idea, value=value))
        with pytest.raises(UnknownIdea):
            await store.add(an_idea(id=idea.id, channel=channel))
    assert await store.feedback(TEAM, [idea.id]) == [a_vote(idea)]


# settings and versions


async def test_a_channel_without_settings_has_the_defaults(store: Store) -> None:
    assert await store.settings(CHANNEL) == ChannelSettings()


async def test_every_setting_is_kept_and_replaced(store: Store) -> None:
    settled = ChannelSettings(
        count=3,
        style="dry",
        language="zh",
        thread=True,
        reactions=False,
        pickers="admins",
        hide_tally=True,
        training=True,
        quiet_from=time(0, 0),
        quiet_until=time(7, 30, 15),
        person_per_hour=5,
        channel_per_hour=50,
        team_per_hour=500,
        admins=("U1", "role-2"),
        admin_channel="C7",
        paused=True,
        outsiders=False,
        blocked=("U2",),
        askers=("role-3",),
        voters=("role-4",),
        picking=("role-5",),
        reminders=False,
        unreminded=("U3",),
    )
    assert left_at_default(settled) == []

    await store.settle(CHANNEL, settled)
    first = await store.settings(CHANNEL)
    await store.settle(CHANNEL, ChannelSettings(count=4))

    assert first == settled
    assert await store.settings(CHANNEL) == ChannelSettings(count=4)
    assert await store.settings(Channel(team=TEAM, id="other")) == ChannelSettings()


async def test_of_settings_that_people_change_at_once_none_is_lost(store: Store, another: Another) -> None:
    processes = [store, await another()]
    for one in processes:
        await one.settings(CHANNEL)  # each may remember them as they were

    def muted(person: str) -> Callable[[ChannelSettings], ChannelSettings]:
        return lambda settings: replace(settings, unreminded=(*settings.unreminded, person))

    await asyncio.gather(
        *(processes[n % 2].amend(CHANNEL, muted(f"U{n}")) for n in range(8)),
        processes[0].amend(CHANNEL, lambda settings: replace(settings, style="dry")),
        processes[1].amend(CHANNEL, lambda settings: replace(settings, count=4)),
    )

    settled = await processes[0].amend(CHANNEL, lambda settings: settings)
    assert sorted(settled.unreminded) == [f"U{n}" for n in range(8)]
    assert (settled.style, settled.count) == ("dry", 4)


async def test_a_change_of_settings_that_is_refused_changes_nothing(store: Store) -> None:
    await store.settle(CHANNEL, ChannelSettings(count=3))

    def refuse(settings: ChannelSettings) -> ChannelSettings:
        raise Refusal("not so")

    with pytest.raises(Refusal):
        await store.amend(CHANNEL, refuse)

    assert await store.settings(CHANNEL) == ChannelSettings(count=3)


async def test_what_was_asked_is_counted_by_place_person_and_time(store: Store) -> None:
    elsewhere = Channel(team=TEAM, id="other")
    stranger = Channel(team=Team(platform=TEAM.platform, id="strangers"), id=CHANNEL.id)
    for minutes, channel, asker in ((0, CHANNEL, ANN), (10, CHANNEL, BOB), (20, elsewhere, ANN), (30, stranger, ANN)):
        await store.begin(a_brainstorm(channel=channel, asker=asker, created_at=NOW + timedelta(minutes=minutes)))

    assert await store.asked(TEAM, NOW) == (3, NOW)
    assert await store.asked(CHANNEL, NOW) == (2, NOW)
    assert await store.asked(TEAM, NOW, ANN) == (2, NOW)
    assert await store.asked(TEAM, NOW + timedelta(minutes=5), ANN) == (1, NOW + timedelta(minutes=20))
    assert await store.asked(CHANNEL, NOW + timedelta(hours=1)) == (0, None)


async def test_forgetting_a_person_takes_them_off_the_list_of_admins(store: Store) -> None:
    await store.settle(CHANNEL, ChannelSettings(count=3, admins=(ANN.id, BOB.id), unreminded=(BOB.id, ANN.id)))

    await store.forget(TEAM, ANN)

    assert await store.settings(CHANNEL) == ChannelSettings(count=3, admins=(BOB.id,), unreminded=(BOB.id,))


async def test_a_version_comes_back_as_it_was_stored_and_changes_only_what_became_of_it(store: Store) -> None:
    version = a_version(
        adapter="sha256:1",
        parent="v0",
        trained_on=("f2", "f1"),
        metrics={"won": 0.5, "loss": 1.0},
        stage="canary",
        reason="judged",
        untold=True,
        comparisons=("b1:new",),
        forgotten=3,
    )
    assert left_at_default(version) == []
    await store.keep_version(version)

    became = {"stage": "live", "metrics": {"won": 0.75}, "reason": "won", "untold": False, "comparisons": ("b1:new", "b2:old")}
    await store.keep_version(replace(version, **became, base="another", trained_on=(), forgotten=0))

    assert await store.versions(TEAM) == [replace(version, **became)]


async def test_a_teams_versions_are_newest_first_with_the_base_that_is_everybodys(store: Store) -> None:
    base = a_version(id="base", team=None, created_at=later(0))
    ours = [a_version(id=f"v{n}", created_at=later(n)) for n in (1, 2)]
    for version in [base, *ours, a_version(id="v1", team=OTHERS, base="theirs", created_at=later(3))]:
        await store.keep_version(version)

    assert await store.versions(TEAM) == [ours[1], ours[0], base]


async def test_a_new_live_version_retires_the_one_before_in_its_team(store: Store) -> None:
    base = a_version(id="base", team=None, stage="live")
    theirs = a_version(id="t1", team=OTHERS, stage="live")
    first, second = a_version(id="v1", stage="live"), a_version(id="v2", stage="live", created_at=later(1))
    for version in (base, theirs, first, second):
        await store.keep_version(version)

    stages = {version.id: version.stage for version in await store.versions(TEAM)}
    assert stages == {"v1": "retired", "v2": "live", "base": "live"}
    assert await store.versions(OTHERS) == [theirs, base]


async def test_many_versions_made_live_at_once_leave_one_live(store: Store, another: Another) -> None:
    stores = [store, await another()]

    await asyncio.gather(*(stores[n % 2].keep_version(a_version(id=f"v{n}", stage="live")) for n in range(6)))

    stages = sorted(version.stage for version in await store.versions(TEAM))
    assert stages == ["live"] + ["retired"] * 5


async def test_changing_a_version_one_was_given_changes_nothing_stored(store: Store) -> None:
    await store.keep_version(a_version(metrics={"won": 0.5}))

    (await store.versions(TEAM))[0].metrics["won"] = 9.0

    assert (await store.versions(TEAM))[0].metrics == {"won": 0.5}


# texts


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
async def test_an_odd_text_comes_back_unchanged(store: Store, text: str) -> None:
    brainstorm = await _begun(store)
    candidate = Candidate(brainstorm=brainstorm.id, draft=Draft(text=text, broken=text), verdict="broken")
    await store.log(TEAM, [candidate])
    idea = await store.add(an_idea(text=text))
    await store.place(brainstorm, text)

    assert await store.candidates(TEAM, brainstorm.id) == [candidate]
    assert await store.idea(TEAM, idea.id) == idea
    assert idea.text == text
    found = await store.at_address(TEAM, text)
    assert found == (replace(brainstorm, address=text) if text else None)


@pytest.mark.parametrize("text", [text for text in ODD_TEXTS.values() if len(text) < 200], ids=lambda text: repr(text)[:12])
async def test_an_odd_id_is_just_an_id(store: Store, text: str) -> None:
    team = Team(platform="slack", id=f"T{text}")
    channel, person = Channel(team=team, id=f"C{text}"), Person(platform="slack", id=f"U{text}")
    idea = await store.add(an_idea(id=IdeaId(f"I{text}"), channel=channel, author=person))
    await store.hear(team, a_vote(idea, person=person, token=text))

    assert await store.team_ideas(team) == [idea]
    assert (await store.about(team, person)).feedback == (a_vote(idea, person=person, token=text),)
    assert await store.forget(team, person) == Forgotten(topics=0, ideas=1, feedback=1)


@pytest.mark.parametrize("odd", ["\x00", "\ud83d"], ids=["nul", "half an emoji"])
async def test_what_no_database_stores_becomes_a_replacement_character(store: Store, odd: str) -> None:
    brainstorm = await _begun(store)
    await store.log(TEAM, [Candidate(brainstorm=brainstorm.id, draft=Draft(text=f"a{odd}b"), verdict="broken")])
    idea = await store.add(an_idea(text=f"a{odd}b"))
    await store.settle(CHANNEL, ChannelSettings(style=odd))
    await store.keep_version(a_version(trained_on=(odd,)))

    [candidate] = await store.candidates(TEAM, brainstorm.id)
    assert candidate.draft.text == "a\ufffdb"
    assert idea.text == "a\ufffdb"
    assert (await store.settings(CHANNEL)).style == "\ufffd"
    assert (await store.versions(TEAM))[0].trained_on == ("\ufffd",)
    assert await store.idea(TEAM, IdeaId(f"{idea.id}{odd}")) is None
    assert await store.first_time(f"Ev{odd}", NOW)


# opening and closing


async def test_closing_twice_is_harmless(store: Store) -> None:
    await store.close()
    await store.close()


async def test_opening_twice_is_harmless(store: Store) -> None:
    idea = await store.add(an_idea())

    await store.open()

    assert await store.idea(TEAM, idea.id) == idea


async def test_a_cancelled_call_leaves_the_store_usable(store: Store) -> None:
    idea = await store.add(an_idea())
    calls = [asyncio.create_task(store.hear(TEAM, a_vote(idea, person=person))) for person in people(20)]
    await asyncio.sleep(0)

    for call in calls[::2]:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)

    heard = {said.person for said in await store.feedback(TEAM, [idea.id])}
    assert heard >= set(people(20)[1::2])
    assert (await store.add(an_idea())).number == 2


# tuning


def a_tuning(**given: Any) -> Tuning:
    fields: dict[str, Any] = {"id": new_id(), "team": TEAM, "began_at": NOW, "changed_at": NOW, "leased_until": later(20)}
    return Tuning(**fields | {"holder": "one", "curve": ((1, 0.7, 0.5, 0.0, 0.0), (9, 0.4, 0.75, 1.5, -0.25))} | given)


async def test_the_teams_that_have_ideas_are_known(store: Store) -> None:
    assert await store.teams() == []
    for channel in (CHANNEL, THERE, CHANNEL):
        await store.add(an_idea(channel=channel))

    assert await store.teams() == sorted([TEAM, OTHERS])


async def test_the_channels_that_were_ever_used_are_known(store: Store) -> None:
    assert await store.channels() == []
    await store.add(an_idea(channel=THERE))
    await store.begin(a_brainstorm(channel=CHANNEL))

    assert await store.channels() == sorted([CHANNEL, THERE])


async def test_a_tuning_comes_back_as_it_was_kept(store: Store) -> None:
    began = a_tuning()
    missed = (Finding(name="distinct", passed=False, facts={"before": 0.9, "after": 0.1}), Finding(name="base", passed=False))
    full = replace(began, state="refused", doing="judging", done=0.5, missed=missed, pairs=7, topics=3, version="v1")
    full = replace(full, said="It repeats itself.", trouble="out of memory")
    assert left_at_default(full) == ["told"]  # has a test of its own
    assert await store.take_tuning(began, NOW) == began

    assert await store.keep_tuning(full)

    assert await store.tunings(TEAM) == [full]
    assert await store.tunings(OTHERS) == []


async def test_one_process_at_a_time_tunes_a_team(store: Store, another: Another) -> None:
    stores = [store, await another(), await another()]
    wanted = [a_tuning(holder=f"process {n}") for n in range(6)]

    taken = await asyncio.gather(*(stores[n % 3].take_tuning(one, NOW) for n, one in enumerate(wanted)))
    theirs = await store.take_tuning(a_tuning(team=OTHERS), NOW)

    assert sum(one is not None for one in taken) == 1
    assert theirs is not None


async def test_a_tuning_whose_lease_has_ended_is_taken_up_and_lost_to_who_had_it(store: Store) -> None:
    mine = a_tuning()
    await store.take_tuning(mine, NOW)
    await store.keep_tuning(replace(mine, done=0.25))

    taken = await store.take_tuning(a_tuning(holder="other", leased_until=later(60)), later(20))

    assert taken == replace(mine, done=0.25, holder="other", leased_until=later(60))
    assert not await store.keep_tuning(replace(mine, done=0.5))
    assert await store.keep_tuning(replace(taken, state="done", leased_until=None))
    assert not await store.keep_tuning(replace(taken, done=0.75))


async def test_what_admins_heard_of_a_tuning_is_kept_whatever_its_process_stores(store: Store) -> None:
    mine, theirs = a_tuning(), a_tuning(team=OTHERS, began_at=later(5))
    await store.take_tuning(theirs, NOW)
    await store.take_tuning(mine, NOW)
    assert await store.untold_tunings() == [mine, theirs]

    await store.tell_tuning(mine)
    await store.keep_tuning(replace(mine, done=0.5))

    assert await store.untold_tunings() == [theirs]
    await store.keep_tuning(replace(mine, state="refused", said="It repeats itself."))
    assert await store.untold_tunings() == [replace(mine, state="refused", said="It repeats itself.", told="running"), theirs]


async def test_a_cancelled_tuning_ends_and_the_next_may_begin(store: Store) -> None:
    mine = a_tuning()
    assert not await store.cancel_tuning(TEAM)
    await store.take_tuning(mine, NOW)

    assert await store.cancel_tuning(TEAM)

    assert not await store.keep_tuning(replace(mine, done=0.5))
    new = a_tuning(began_at=later(5))
    assert await store.take_tuning(new, later(5)) == new
    assert [one.state for one in await store.tunings(TEAM)] == ["running", "cancelled"]
