"""What every store promises of events that are kept until they are served, and of who may write on a brainstorm."""

import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.bridges import Bridge, BridgeId, Guest
from bot.domain.errors import TakenOver, UnknownIdea
from bot.domain.ideas import Brainstorm, Candidate, Channel, Draft, Idea, Team
from bot.domain.jobs import Job
from bot.domain.models import ChannelSettings, Tuning
from bot.domain.moderation import Hiding
from bot.domain.rounds import Decision
from bot.domain.shaping import Mark, Merge, Theme
from bot.messages import File
from bot.ports import Arrival, Post, Store
from storage.urls import build
from tests.contract.stores import ANN, CHANNEL, NOW, OTHERS, TEAM, a_brainstorm, a_version, a_vote, an_idea, later
from tests.contract.test_material import a_piece
from tests.contract.test_passes import a_pass
from tests.contract.test_personas import a_persona
from tests.contract.test_rounds import a_note, a_round
from tests.contract.test_store import Another, another, url  # noqa: F401 - fixtures

ONE, TWO = "one process", "another process"
PLATFORMS = ("discord",)


@pytest.fixture
async def store(url: str, tmp_path: Path) -> AsyncIterator[Store]:  # noqa: F811
    opened = build(url, media=tmp_path / "media")
    await opened.open()
    yield opened
    await opened.close()


def an_arrival(id: str = "Ev1", **given: Any) -> Arrival:
    return Arrival(**{"team": TEAM, "id": id, "at": NOW, "body": f'{{"said": "{id}"}}'} | given)


async def test_an_event_is_its_first_holders_and_comes_back_as_it_was(store: Store) -> None:
    event = an_arrival(subject="ann on 3")

    mine = await store.arrive([event, an_arrival("Ev2")], ONE, later(20))
    again = await store.arrive([event], ONE, later(20))  # the answer to the first write was lost
    theirs = await store.arrive([event], TWO, later(20))

    assert (mine, again, theirs) == ([True, True], [True], [False])
    assert await store.unserved(later(19), later(60), TWO, PLATFORMS) == []
    assert await store.unserved(later(20), later(60), TWO, ("slack",)) == []
    assert await store.unserved(later(20), later(60), TWO, PLATFORMS) == [event, an_arrival("Ev2")]
    assert await store.arrive([event], ONE, later(80)) == [False]


async def test_a_served_event_is_known_and_says_nothing_any_more(store: Store) -> None:
    await store.arrive([an_arrival()], ONE, later(20))

    await store.served([(TEAM, "Ev1"), (TEAM, "never came")])

    assert await store.arrive([an_arrival()], ONE, later(20)) == [False]
    assert not await store.first_time("discord:guild-1:Ev1", NOW)
    assert await store.unserved(later(60), later(80), TWO, PLATFORMS) == []


async def test_many_events_at_once_are_each_the_first_comers(store: Store, another: Another) -> None:  # noqa: F811
    stores, holders = [store, await another()], [ONE, TWO]
    events = [an_arrival(f"Ev{n}") for n in range(30)]

    taken = await asyncio.gather(*(stores[n % 2].arrive(events, holders[n % 2], later(20)) for n in range(2)))

    assert [sorted(pair) for pair in zip(*taken, strict=True)] == [[False, True]] * 30


async def test_a_living_holder_keeps_what_it_serves_and_a_leaving_one_gives_it_up(store: Store) -> None:
    await store.arrive([an_arrival()], ONE, later(20))
    await store.arrive([an_arrival("Ev2")], TWO, later(20))

    await store.hold(ONE, later(60))
    left = await store.unserved(later(30), later(90), "a third", PLATFORMS)
    await store.hold(ONE, NOW)

    assert [one.id for one in left] == ["Ev2"]
    assert [one.id for one in await store.unserved(later(30), later(90), "a third", PLATFORMS)] == ["Ev1"]


async def test_two_processes_never_take_the_same_event(store: Store, another: Another) -> None:  # noqa: F811
    stores = [store, await another()]
    await store.arrive([an_arrival(f"Ev{n}") for n in range(30)], ONE, later(20))

    taken = await asyncio.gather(*(stores[n % 2].unserved(later(30), later(60), f"p{n}", PLATFORMS) for n in range(6)))

    ids = [one.id for some in taken for one in some]
    assert len(ids) == len(set(ids)) == 30


async def test_a_later_event_of_the_same_subject_has_the_last_word(store: Store) -> None:
    first, second = an_arrival(subject="ann on 3"), an_arrival("Ev2", subject="ann on 3", at=later(2))
    for one in (first, second, an_arrival("Ev3", team=OTHERS, subject="ann on 3", at=later(9)), an_arrival("Ev4", at=later(9))):
        await store.arrive([one], ONE, later(20))
    await store.served([(TEAM, "Ev2")])

    assert await store.overtaken(first)
    assert not await store.overtaken(second)
    assert not await store.overtaken(an_arrival())


async def test_beginning_a_brainstorm_serves_its_event(store: Store) -> None:
    await store.arrive([an_arrival(), an_arrival("Ev2")], ONE, later(20))

    await store.begin(a_brainstorm(back="to ann"), serves="Ev1")

    assert [one.id for one in await store.unserved(later(60), later(80), TWO, PLATFORMS)] == ["Ev2"]


async def test_whoever_was_taken_over_from_writes_no_more(store: Store) -> None:
    begun = a_brainstorm(holder=ONE, leased_until=later(20), back="to ann")
    await store.begin(begun)
    await store.add(an_idea(brainstorm=begun.id), held=begun)

    (taken,) = await store.take_up(later(20), later(40), TWO)

    assert (taken.holder, taken.back) == (TWO, "to ann")
    assert not await store.place(begun, "C1/1")
    assert not await store.lease(begun, later(60))
    assert not await store.finish(begun, "failed", later(21))
    with pytest.raises(TakenOver):
        await store.add(an_idea(brainstorm=begun.id), held=begun)
    assert len(await store.ideas_of(TEAM, begun.id)) == 1
    assert await store.place(taken, "C1/1")
    await store.add(an_idea(brainstorm=begun.id), held=taken)
    assert await store.finish(taken, "done", later(22))
    ended = await store.brainstorm(TEAM, begun.id)
    assert ended is not None
    assert (ended.state, ended.address, ended.back) == ("done", "C1/1", "")


#: What is the host's own: it belongs to no team, or is asked over all of them.
HOSTS = {
    *("open", "close", "first_time", "hold", "permits", "unserved", "take_jobs", "take_up", "teams", "turn"),
    "untold_tunings",
    *("take_pass", "found_pass"),  # a secret is all that somebody shows, and it tells the team
}
ROUND = a_round(topic="a secret", decisions=())
THEME = Theme(id="theme1", channel=CHANNEL, name="a secret", at=NOW)
PASS = a_pass("a secret")
PIECE = a_piece("a secret")
AWAY = Channel(team=Team(platform="slack", id="T1"), id="a secret channel")
BRIDGE = Bridge(id=BridgeId("a secret bridge"), sides=(CHANNEL, AWAY), made_at=NOW)
GUEST = Guest(round=ROUND.id, brainstorm=ROUND.brainstorm, host=CHANNEL, channel=AWAY, bridge=BRIDGE.id)
PERSONA = a_persona("critic", "a secret")


def foreign_arguments(name: str, brainstorm: Brainstorm, idea: Idea, digest: str) -> dict[str, Any]:
    """Arguments for a method of the store that name the other team's place, and this team's ids."""
    there = Channel(team=OTHERS, id=CHANNEL.id)
    theirs = replace(brainstorm, channel=there)
    by_kind: dict[Any, Any] = {
        "Team": OTHERS,
        "Channel": there,
        "Team | Channel": OTHERS,
        "Person": ANN,
        "BrainstormId": brainstorm.id,
        "Brainstorm": theirs,
        "Brainstorm | None": theirs,
        "IdeaId": idea.id,
        "Idea": replace(idea, channel=there, text="changed"),
        "Feedback": a_vote(idea, token="changed", value=-1.0),
        "Sequence[IdeaId]": [idea.id],
        "Collection[IdeaId]": [idea.id],
        "Sequence[BrainstormId]": [brainstorm.id],
        "Sequence[Candidate]": [Candidate(brainstorm=brainstorm.id, draft=Draft(text="changed"), verdict="kept")],
        "Sequence[str]": [idea.id, brainstorm.id],
        "Sequence[File]": [File(name="changed.png", media_type="image/png", content=b"changed")],
        "Sequence[Arrival]": [an_arrival(team=OTHERS, body="changed")],
        "Sequence[tuple[Team, str]]": [(OTHERS, "Ev1")],
        "Arrival": an_arrival(team=OTHERS, subject="ann on 3", at=NOW.replace(year=2020)),
        "ChannelSettings": ChannelSettings(style="changed"),
        "Amend": lambda settings: replace(settings, style="changed"),
        "ModelVersion": a_version(team=OTHERS, reason="changed"),
        "Tuning": a_run(OTHERS, trouble="changed"),
        "Hiding": Hiding(idea=idea.id, channel=there, number=1, hidden=True, by=ANN, at=NOW),
        "Job": Job(team=OTHERS, kind="close", subject="a secret", due=later(99), holder=ONE),
        "Team | None": OTHERS,
        "Post": Post(team=OTHERS, address="C1/1", brainstorm=brainstorm.id),
        "State": "failed",
        "datetime": later(99),
        "RoundId": ROUND.id,
        "Round": replace(ROUND, channel=there, step=1, topic="changed"),
        "Note": a_note(ROUND, text="changed"),
        "Decision": Decision(idea=idea.id, action="changed"),
        "Sequence[Feedback]": [a_vote(idea, token="changed", value=-1.0)],
        "Mark": Mark(idea=idea.id, channel=there, state="dropped", by=ANN, at=NOW),
        "Merge": Merge(idea=idea.id, into=idea.id, channel=there, by=ANN, at=NOW),
        "Theme": replace(THEME, channel=there, name="changed", ideas=(idea.id,)),
        "Sequence[Theme]": [replace(THEME, channel=there, name="changed", ideas=(idea.id,))],
        "Pass": replace(PASS, channel=there, locale="changed"),
        "PassKind": PASS.kind,
        "Sequence[Piece]": [replace(PIECE, text="changed")],
        "Persona": replace(PERSONA, channel=there, voice="changed"),
        "Bridge": replace(BRIDGE, sides=(there, replace(AWAY, id="another"))),
        "BridgeId": BRIDGE.id,
        "Guest": replace(GUEST, host=there, channel=there, bridge=BridgeId("another")),
    }
    by_name = {
        "owner": brainstorm.id,
        "digest": digest,
        "holder": "changed",
        "address": "C1/1",
        "number": 1,
        "limit": 5,
        "kind": "close",
        "topic": "",
        "document": PIECE.document,
        "name": PERSONA.name,
        "shown": "changed",
    }
    given: dict[str, Any] = {}
    for param in list(inspect.signature(getattr(Store, name)).parameters.values())[1:]:
        if param.annotation in by_kind:
            given[param.name] = by_kind[param.annotation]
        elif param.name in by_name:
            given[param.name] = by_name[param.name]
        else:
            assert param.default is not param.empty, f"{name} takes {param}: say here what another team would give for it"
    return given


def a_run(team: Team, **given: Any) -> Tuning:
    return Tuning(id="run-1", team=team, began_at=NOW, changed_at=NOW, holder=ONE, **given)


async def everything_of(store: Store, brainstorm: Brainstorm, idea: Idea) -> list[Any]:
    """All that this team has."""
    return [
        await store.brainstorm(TEAM, brainstorm.id),
        await store.at_address(TEAM, "C1/1"),
        await store.ideas_of(TEAM, brainstorm.id),
        await store.candidates(TEAM, brainstorm.id),
        await store.feedback(TEAM, [idea.id]),
        await store.about(TEAM, ANN),
        await store.media(TEAM, [idea.id, brainstorm.id]),
        await store.settings(CHANNEL),
        await store.versions(TEAM),
        await store.tunings(TEAM),
        await store.jobs(TEAM, "close"),
        await store.posts(TEAM, [idea.id]),
        await store.stopped([brainstorm.id]),
        await store.round(TEAM, ROUND.id),
        await store.notes(TEAM, ROUND.id),
        await store.marks(CHANNEL),
        await store.merges(CHANNEL),
        await store.themes(CHANNEL, ""),
        await store.passes(TEAM, PASS.kind, NOW),
        await store.material(TEAM),
        await store.personas(CHANNEL),
        await store.bridges(TEAM),
        await store.guests(TEAM),
        await store.visits(AWAY),
    ]


def methods() -> list[str]:
    """The store's, all of them."""
    return sorted(name for name, _method in inspect.getmembers(Store, inspect.isfunction) if not name.startswith("_"))


async def test_no_call_for_another_team_changes_or_shows_anything_of_this_one(store: Store) -> None:
    brainstorm = a_brainstorm(address="C1/1", holder=ONE, leased_until=later(20))
    await store.begin(brainstorm)
    idea = await store.add(an_idea(brainstorm=brainstorm.id, author=ANN, text="a secret"))
    await store.log(TEAM, [Candidate(brainstorm=brainstorm.id, draft=Draft(text="a secret"), verdict="kept", idea=idea.id)])
    await store.hear(TEAM, a_vote(idea))
    await store.keep_media(TEAM, idea.id, [File(name="a-secret.png", media_type="image/png", content=b"a secret")], NOW)
    await store.settle(CHANNEL, ChannelSettings(style="a secret"))
    await store.keep_version(a_version(reason="a secret"))
    await store.take_tuning(a_run(TEAM, trouble="a secret"), NOW)
    await store.arrive([an_arrival(body="a secret", subject="ann on 3", at=later(5))], ONE, later(20))
    await store.plan_job(Job(team=TEAM, kind="close", subject="a secret", due=later(5)))
    await store.open_round(ROUND)
    await store.jot(TEAM, a_note(ROUND, text="a secret"))
    await store.mark(TEAM, Mark(idea=idea.id, channel=CHANNEL, state="shortlisted", reason="a secret", by=ANN, at=NOW))
    await store.keep_themes(CHANNEL, "", [replace(THEME, ideas=(idea.id,))])
    await store.keep_pass(PASS)
    await store.keep_material(TEAM, [PIECE])
    await store.keep_persona(PERSONA)
    await store.keep_bridge(BRIDGE)
    await store.invite(GUEST)
    (kept,) = (await store.media(TEAM, [idea.id]))[idea.id]
    before = await everything_of(store, brainstorm, idea)

    wrong = []
    for n, name in enumerate(name for name in methods() if name not in HOSTS):
        answer: Any = None
        with suppress(TakenOver, UnknownIdea):  # as for an id that nobody has
            answer = await getattr(store, name)(**foreign_arguments(name, brainstorm, idea, kept.digest))

        if "a secret" in repr(answer):
            wrong.append(f"{name} shows it: {answer}")
        if (after := await everything_of(store, brainstorm, idea)) != before:
            wrong.append(f"{name} changes it: {after}")
        waiting = await store.unserved(later(60 + 30 * n), later(80 + 30 * n), TWO, PLATFORMS)
        if [one.body for one in waiting if one.team == TEAM] != ["a secret"]:
            wrong.append(f"{name} changes what waits: {waiting}")
        if name == "overtaken" and answer is not False:
            wrong.append(f"{name} says {answer}")
    assert wrong == []


@pytest.mark.parametrize("back", [timedelta(minutes=11), timedelta(days=400)])
async def test_what_was_leased_before_the_clock_was_set_back_is_taken_up_at_once(store: Store, back: timedelta) -> None:
    begun = a_brainstorm(holder=ONE, leased_until=later(20))
    await store.begin(begun)
    await store.arrive([an_arrival()], ONE, later(20))
    await store.take_tuning(replace(a_run(TEAM), leased_until=later(60)), NOW)
    await store.plan_job(Job(team=TEAM, kind="close", due=NOW - 2 * back))
    await store.take_jobs(NOW + timedelta(hours=3), NOW + timedelta(hours=3), ONE, ["close"])
    now = NOW - back

    taken = await store.take_up(now, now + timedelta(seconds=20), TWO)
    events = await store.unserved(now, now + timedelta(seconds=20), TWO, PLATFORMS)
    run = await store.take_tuning(replace(a_run(TEAM), holder=TWO), now)
    jobs = await store.take_jobs(now, now + timedelta(seconds=20), TWO, ["close"])

    assert [one.holder for one in taken] == [TWO]
    assert [one.id for one in events] == ["Ev1"]
    assert run is not None
    assert [job.holder for job in jobs] == [TWO]
    assert await store.take_up(now, now + timedelta(seconds=20), ONE) == []
