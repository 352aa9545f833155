"""Every store keeps rounds: one at a time in a channel, each step left once, notes unseen, points within a person's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import UnknownIdea
from bot.domain.feedback import Feedback
from bot.domain.ideas import BrainstormId, Channel, IdeaId, Person, Team
from bot.domain.rounds import Decision, Note, Round, RoundId, Step, signal
from bot.ports import Store
from storage.urls import build
from tests.contract.stores import ANN, BOB, CHANNEL, NOW, OTHERS, TEAM, an_idea, everything_in, later, new_id


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


def a_round(**given: Any) -> Round:
    fields = {
        "id": RoundId(new_id()),
        "channel": CHANNEL,
        "topic": "names for marker-qz7topic",
        "opener": ANN,
        "brainstorm": BrainstormId(new_id()),
        "method": "classic",
        "steps": (Step(phase="writing", minutes=5, prompt="Twist: 茶", ideas=3), Step(phase="points", minutes=3)),
        "closes_at": later(300),
        "opened_at": NOW,
        "decisions": (Decision(idea=IdeaId("i1"), action="build it", owner="Cat", by=BOB),),
    }
    return Round(**fields | given)


def a_note(round: Round, **given: Any) -> Note:
    fields = {"id": IdeaId(new_id()), "round": round.id, "step": round.step, "author": ANN, "text": "qz7note", "at": NOW}
    return Note(**fields | given)


def points(idea: IdeaId, round: Round, dots: int, person: Person = ANN) -> Feedback:
    return Feedback(idea=idea, person=person, signal=signal(round.id), token=str(dots), value=dots / 10, at=NOW)


async def test_a_round_is_read_as_it_was_opened_and_by_its_team_alone(store: Store) -> None:
    round = a_round()

    opened = await store.open_round(round)

    assert opened == round
    assert await store.round(TEAM, round.id) == round
    assert await store.round(OTHERS, round.id) is None
    assert await store.rounds(CHANNEL) == [round]
    assert await store.rounds(Channel(team=OTHERS, id=CHANNEL.id)) == []


async def test_a_channel_has_one_round_that_runs_at_a_time(store: Store) -> None:
    first = await store.open_round(a_round())
    planned = a_round(state="planned", opened_at=later(1))

    second, elsewhere = await store.open_round(a_round()), a_round(channel=Channel(team=OTHERS, id=CHANNEL.id))

    assert second == first
    assert await store.open_round(elsewhere) == elsewhere
    assert await store.open_round(planned) == planned
    assert not await store.move_round(planned, replace(planned, state="running"))
    assert await store.move_round(first, replace(first, state="done"))
    assert await store.move_round(planned, replace(planned, state="running"))
    assert [one.state for one in await store.rounds(CHANNEL)] == ["running", "done"]


async def test_many_who_open_a_round_at_once_get_the_same(store: Store) -> None:
    opened = await asyncio.gather(*(store.open_round(a_round()) for _time in range(5)))

    assert len({one.id for one in opened}) == 1


async def test_a_step_is_left_once_however_many_try(store: Store) -> None:
    round = await store.open_round(a_round(address="C-1"))
    on = replace(round, step=1, closes_at=later(600), address="")

    left = await asyncio.gather(*(store.move_round(round, on) for _time in range(4)))

    assert sorted(left) == [False, False, False, True]
    assert await store.round(TEAM, round.id) == on
    assert not await store.place_round(round, "C-2")
    assert await store.place_round(on, "C-3")
    assert await store.round(TEAM, round.id) == replace(on, address="C-3")


async def test_nobody_moves_another_team_s_round(store: Store) -> None:
    round = await store.open_round(a_round())
    theirs = replace(round, channel=Channel(team=OTHERS, id=CHANNEL.id))

    moved = await store.move_round(theirs, replace(theirs, step=1)), await store.place_round(theirs, "C-9")

    assert moved == (False, False)
    assert await store.decide(OTHERS, round.id, Decision(idea=IdeaId("i2"))) is None
    assert await store.round(TEAM, round.id) == round


async def test_notes_are_taken_while_their_step_lasts_and_go_one_by_one(store: Store) -> None:
    round = await store.open_round(a_round())
    first, second = a_note(round), a_note(round, author=None, model="base", text="qz7other", at=later(1))

    taken = [await store.jot(TEAM, one) for one in (second, first, replace(first, text="again"))]
    theirs = await store.jot(OTHERS, a_note(round))
    await store.move_round(round, replace(round, step=1))

    assert (taken, theirs) == ([True] * 3, False)
    assert not await store.jot(TEAM, a_note(round))
    assert await store.notes(TEAM, round.id) == [first, second]
    assert await store.notes(OTHERS, round.id) == []
    await store.drop_notes(OTHERS, round.id, [first.id])
    await store.drop_notes(TEAM, round.id, [first.id])
    assert await store.notes(TEAM, round.id) == [second]


async def test_a_person_s_points_replace_those_they_gave_before_in_that_round_alone(store: Store) -> None:
    round, other = await store.open_round(a_round()), a_round(state="done")
    await store.open_round(other)
    one, two = await store.add(an_idea()), await store.add(an_idea())
    await store.give_points(TEAM, other.id, ANN, [points(one.id, other, 1)])
    await store.give_points(TEAM, round.id, ANN, [points(one.id, round, 3), points(two.id, round, 2)])
    await store.give_points(TEAM, round.id, BOB, [points(one.id, round, 5, BOB)])

    await store.give_points(TEAM, round.id, ANN, [points(two.id, round, 4)])

    left = {(vote.idea, vote.person, vote.signal, vote.token) for vote in await store.feedback(TEAM, [one.id, two.id])}
    assert left == {
        (one.id, ANN, signal(other.id), "1"),
        (two.id, ANN, signal(round.id), "4"),
        (one.id, BOB, signal(round.id), "5"),
    }


async def test_points_of_one_person_given_at_once_never_mix(store: Store) -> None:
    round = await store.open_round(a_round())
    ideas = [await store.add(an_idea()) for _idea in range(4)]

    await asyncio.gather(
        *(store.give_points(TEAM, round.id, ANN, [points(idea.id, round, 5)]) for idea in ideas),
    )

    assert sum(int(vote.token) for vote in await store.feedback(TEAM, [idea.id for idea in ideas])) == 5


@pytest.mark.parametrize("whose", ["idea", "round"])
async def test_points_for_what_is_another_team_s_are_refused_and_nothing_is_lost(store: Store, whose: str) -> None:
    round = await store.open_round(a_round())
    mine, theirs = await store.add(an_idea()), await store.add(an_idea(channel=Channel(team=OTHERS, id="x")))
    await store.give_points(TEAM, round.id, ANN, [points(mine.id, round, 2)])
    team = TEAM if whose == "idea" else OTHERS

    with pytest.raises(UnknownIdea):
        await store.give_points(team, round.id, ANN, [points(theirs.id, round, 5)])

    assert [vote.token for vote in await store.feedback(TEAM, [mine.id])] == ["2"]


async def test_a_decision_replaces_what_was_decided_about_that_idea(store: Store) -> None:
    round = await store.open_round(a_round())

    await store.decide(TEAM, round.id, Decision(idea=IdeaId("i2"), action="ask", owner="Eve", by=ANN))
    decided = await store.decide(TEAM, round.id, Decision(idea=IdeaId("i1"), action="drop it"))

    assert decided is not None
    assert decided == await store.round(TEAM, round.id)
    assert [(one.idea, one.action, one.by) for one in decided.decisions] == [("i2", "ask", ANN), ("i1", "drop it", None)]


async def test_what_a_person_had_deleted_is_in_no_round_either(store: Store, url: str) -> None:
    round = await store.open_round(a_round())
    other = await store.open_round(a_round(opener=BOB, topic="theirs", channel=Channel(team=TEAM, id="b")))
    await store.jot(TEAM, a_note(round))
    await store.jot(TEAM, a_note(round, author=BOB, text="Bob's"))
    await store.decide(TEAM, other.id, Decision(idea=IdeaId("i3"), action="qz7action", by=ANN))

    await store.forget(TEAM, ANN)

    left = await everything_in(store, url)
    assert not any(mark in left for mark in ("qz7topic", "qz7note", "qz7action", ANN.id))
    assert [note.text for note in await store.notes(TEAM, round.id)] == ["Bob's"]
    stays = await store.round(TEAM, other.id)
    assert stays is not None
    assert (stays.topic, stays.opener, len(stays.decisions)) == ("theirs", BOB, 1)


async def test_a_team_that_is_forgotten_leaves_no_round(store: Store, url: str) -> None:
    round = await store.open_round(a_round())
    theirs = await store.open_round(a_round(channel=Channel(team=Team(platform="discord", id="guild-9"), id="a"), topic="stays"))
    await store.jot(TEAM, a_note(round))

    await store.forget_team(TEAM)

    left = await everything_in(store, url)
    assert "qz7" not in left
    assert await store.round(theirs.channel.team, theirs.id) == theirs
