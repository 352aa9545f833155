"""Rounds: on time, once, in silence, and led by those who may; whatever dies in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import phases, plugins, wiring
from bot.commands import round as command
from bot.config import Settings
from bot.domain.errors import GeneratorDown, InvalidFeedback, InvalidPrompt, InvalidTimes, NotAllowed, Outage, Refusal
from bot.domain.ideas import Channel, Draft, Idea, Person, Team
from bot.domain.models import ChannelSettings
from bot.domain.rounds import Round, worth
from bot.jobs import Jobs
from bot.messages import Call, Card, Key, Press
from bot.ports import Order, Store
from bot.services.rounds import methods, times
from bot.services.rounds.contributing import points_in
from bot.services.rounds.leading import Wish
from bot.services.rounds.planning import LATE, OPENING
from bot.services.rounds.stage import CLOSING
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import PLATFORM, BareChat, Sheet
from tests.builders import NOON, Hands, an_id

HERE = Channel(team=Team(platform=PLATFORM, id="red"), id="general")
ANN, BOB, CAT = (Person(platform=PLATFORM, id=name) for name in ("ann", "bob", "cat"))


@dataclass
class Town:
    """A house, its only chat, and a clock that is set by hand."""

    house: wiring.House
    chat: BareChat
    hands: Hands
    jobs: Jobs

    @property
    def rounds(self) -> Any:
        return self.house.services.rounds

    def call(self, person: Person = ANN, *, admin: bool = False, **args: Any) -> Call:
        at = self.hands()
        return Call(id=an_id(), command="round", args=args, person=person, channel=HERE, at=at, admin=admin)

    async def open(self, **wish: Any) -> Round:
        sheet = Sheet(self.chat, "ann")
        await sheet.ack()
        asked = Wish(**{"topic": "the autumn party", "method": "classic", "ideas": 2} | wish)
        round = await self.rounds.open(HERE, ANN, asked, sheet)
        return await self.now(round)

    async def now(self, round: Round) -> Round:
        found = await self.house.store.round(HERE.team, round.id)
        assert found is not None
        return found

    async def jot(self, person: Person, text: str) -> None:
        await self.house.services.contributing.jot(self.call(person), await self.rounds.latest(HERE), text)

    async def next(self, person: Person = ANN, step: int | None = None, *, admin: bool = False) -> None:
        sheet = Sheet(self.chat, person.id)
        await sheet.ack()
        await self.rounds.next(self.call(person, admin=admin), await self.rounds.latest(HERE), step, sheet)

    async def give(self, person: Person, text: str) -> Any:
        return await self.house.services.contributing.give(self.call(person), await self.rounds.latest(HERE), text)

    async def ideas(self) -> list[Idea]:
        return await self.house.store.ideas(HERE)

    def card(self, round: Round) -> Card:
        return self.chat.messages[round.address]


@asynccontextmanager
async def living(
    tmp_path: Path, generator: ScriptedGenerator, *, store: Store | None = None, hands: Hands | None = None
) -> AsyncIterator[Town]:
    """A town while people live in it; `store`: open, and closed by who opened it."""
    store, hands = store or MemoryStore(), hands or Hands(NOON)
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=generator, now=hands)
    chat = BareChat()
    house.desk.watch.chats = {PLATFORM: chat}
    planning = house.services.planning
    works = {CLOSING: house.services.rounds.due, OPENING: planning.due, LATE: planning.due}
    jobs = Jobs(store=store, clock=hands, new_id=an_id, works=works)
    yield Town(house, chat, hands, jobs)
    await house.services.rounds.silent.close()
    await house.desk.close()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with living(tmp_path, ScriptedGenerator()) as town:
        yield town


async def test_a_phase_closes_at_its_time_and_not_before(town: Town) -> None:
    round = await town.open(minutes=3)
    await town.jot(BOB, "Lanterns")

    town.hands.forward(seconds=179)
    early = await town.jobs.once(), (await town.now(round)).step
    town.hands.forward(seconds=1)
    on_time = await town.jobs.once(), await town.now(round)

    assert early == (0, 0)
    assert (on_time[0], on_time[1].step) == (1, 2)  # merging is passed over: no two ideas say the same
    assert on_time[1].closes_at == town.hands() + timedelta(minutes=3)
    assert "Lanterns" in [line.text for line in town.card(on_time[1]).lines]


async def test_a_round_ends_by_itself_and_nothing_is_to_happen_any_more(town: Town) -> None:
    round = await town.open(minutes=1)

    for _phase in range(5):
        town.hands.forward(seconds=60)
        await town.jobs.once()

    assert (await town.now(round)).state == "done"
    assert await town.house.store.jobs(HERE.team, CLOSING) == []


async def test_a_step_whose_card_was_never_shown_is_shown_by_whoever_comes_next(town: Town) -> None:
    round = await town.open()
    await town.jot(BOB, "Lanterns")
    moved = replace(round, step=1, closes_at=town.hands() + timedelta(minutes=9), address="")
    await town.house.store.move_round(round, moved)  # and the process that did it died

    town.hands.forward(seconds=300)
    await town.jobs.once()

    shown = await town.now(round)
    assert (shown.step, shown.closes_at) == (1, moved.closes_at)
    assert "Lanterns" in [line.text for line in town.card(shown).lines]
    assert [job.due for job in await town.house.store.jobs(HERE.team, CLOSING)] == [moved.closes_at]


async def test_a_reveal_that_was_cut_off_makes_nothing_twice(town: Town) -> None:
    round = await town.open()
    await town.jot(BOB, "Lanterns\nA soup contest")
    notes = await town.house.store.notes(HERE.team, round.id)
    await town.next()
    before = {idea.id for idea in await town.ideas()}
    later = await town.now(round)
    town.house.store._notes |= {note.id: (HERE.team, note) for note in notes}  # type: ignore[attr-defined]

    await town.house.store.place_round(later, "")
    await town.rounds.stage.show(later, None)

    assert {idea.id for idea in await town.ideas()} == before


async def test_pressed_twice_a_button_leads_on_once(town: Town) -> None:
    await town.open()

    await town.next(step=0)
    with pytest.raises(Refusal, match="over already"):
        await town.next(step=0)

    assert (await town.rounds.latest(HERE)).step == 2


async def test_whoever_opened_it_and_admins_lead_a_round_and_nobody_else(town: Town) -> None:
    await town.open()

    with pytest.raises(NotAllowed):
        await town.next(BOB)
    await town.next(BOB, admin=True)

    assert (await town.rounds.latest(HERE)).step == 2


async def test_a_channel_has_one_round_at_a_time(town: Town) -> None:
    await town.open()

    with pytest.raises(Refusal, match="the autumn party"):
        await town.open(topic="something else")


async def test_nobody_is_woken_a_phase_that_ends_in_quiet_hours_lasts_until_their_end(town: Town) -> None:
    round = await town.open(minutes=5)
    await town.house.store.settle(HERE, ChannelSettings(quiet_from=time(12, 0), quiet_until=time(7, 30)))

    town.hands.forward(seconds=300)
    await town.jobs.once()

    kept = await town.now(round)
    assert (kept.step, kept.closes_at) == (0, datetime.combine(NOON.date() + timedelta(days=1), time(7, 30), NOON.tzinfo))


async def test_another_process_closes_the_phase_where_this_one_does_not_serve_the_chat(town: Town) -> None:
    round = await town.open(minutes=5)
    town.house.desk.watch.chats = {}
    job = (await town.house.store.jobs(HERE.team, CLOSING))[0]
    town.hands.forward(seconds=300)

    with pytest.raises(Outage):
        await town.rounds.due(job)

    assert (await town.now(round)).step == 0


async def test_what_is_written_in_silence_is_nowhere_before_the_reveal_and_without_a_name_after(town: Town) -> None:
    round = await town.open()
    await town.jot(BOB, "Lanterns")
    await town.rounds.silent.ended(round)

    hidden = await town.ideas(), town.card(await town.now(round))
    await town.next()
    lines = town.card(await town.now(round)).lines

    assert hidden[0] == []
    assert "Lanterns" not in repr(hidden[1])
    assert "1 person has written" in hidden[1].text
    assert len(lines) == 3
    assert {(line.by, line.note) for line in lines} == {(None, "")}
    assert next(idea.author for idea in await town.ideas() if idea.text == "Lanterns") == BOB


async def test_where_the_channel_wants_it_everybody_is_told_who_wrote_what(town: Town) -> None:
    round = await town.open(named=True)
    await town.jot(BOB, "Lanterns")

    await town.next()

    lines = town.card(await town.now(round)).lines
    assert {line.by for line in lines} == {BOB, None}


async def test_the_model_s_ideas_are_made_once_also_where_two_processes_have_it_write(town: Town) -> None:
    round = await town.open()
    await town.rounds.silent.ended(round)

    await town.rounds.silent.ended(round)

    notes = await town.house.store.notes(HERE.team, round.id)
    assert len([note for note in notes if note.author is None]) == 2


class Down(ScriptedGenerator):
    """A generator that does not answer."""

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        raise GeneratorDown
        yield


async def test_a_round_goes_on_without_a_model(tmp_path: Path) -> None:
    async with living(tmp_path, Down()) as town:
        await town.open()
        await town.jot(BOB, "Lanterns")

        await town.next()

        assert [idea.text for idea in await town.ideas()] == ["Lanterns"]


async def test_ideas_are_taken_while_they_are_written_and_all_or_none(town: Town) -> None:
    round = await town.open()

    with pytest.raises(InvalidPrompt, match="400"):
        await town.jot(BOB, f"Lanterns\n{'x' * 401}")
    with pytest.raises(InvalidPrompt):
        await town.jot(BOB, " \n ")
    left = [note for note in await town.house.store.notes(HERE.team, round.id) if note.author]
    await town.next()
    with pytest.raises(Refusal, match="not being written"):
        await town.jot(BOB, "Too late")

    assert left == []


async def test_points_keep_to_the_budget_and_count_as_votes(town: Town) -> None:
    await town.open(dots=3)
    await town.jot(BOB, "Lanterns\nSoup")
    await town.next()
    ideas = {idea.text: idea for idea in await town.ideas()}
    first, second = ideas["Lanterns"], ideas["Soup"]

    with pytest.raises(InvalidFeedback, match="3 points and gave 4"):
        await town.give(ANN, f"{first.number}x4")
    given = await town.give(ANN, f"{first.number} {first.number} {second.number}")
    again = await town.give(ANN, f"#{second.number}:3")

    votes = await town.house.store.feedback(HERE.team, [first.id, second.id])
    assert given == ({first.number: 2, second.number: 1}, 0)
    assert again == ({second.number: 3}, 0)
    assert [(vote.idea, vote.token, vote.value) for vote in votes] == [(second.id, "3", 1.0)]
    assert (await town.house.services.boards.all(HERE))[0].idea.id == second.id


async def test_while_points_are_given_nobody_sees_what_others_gave(town: Town) -> None:
    round = await town.open()
    await town.jot(BOB, "Lanterns")
    await town.next()
    await town.give(CAT, str((await town.ideas())[0].number))

    card = await town.rounds.cards.card(await town.now(round))

    assert {line.tally for line in card.lines} == {None}
    assert "1 point" not in repr(card)


@pytest.mark.parametrize(
    ("line", "points"),
    [
        ("3 3 7", {3: 2, 7: 1}),
        ("#3x2, 7", {3: 2, 7: 1}),
        ("3×2，7", {3: 2, 7: 1}),
        ("3x0", {}),
        ("none", {}),
        ("无", {}),
    ],
)
def test_points_are_written_in_several_ways(line: str, points: dict[int, int]) -> None:
    assert points_in(line, [3, 7]) == points


@pytest.mark.parametrize("line", ["", "the first", "4", "3 -7", "3;x", "3x2x2"])
def test_points_that_name_no_idea_of_the_round_are_refused(line: str) -> None:
    with pytest.raises(InvalidFeedback):
        points_in(line, [3, 7])


@pytest.mark.parametrize("of", [1, 5, 20])
def test_more_points_never_say_less(of: int) -> None:
    said = [worth(dots, of) for dots in range(of + 1)]

    assert said == sorted(said)
    assert (said[0], said[-1]) == (0.0, 1.0)


@pytest.mark.parametrize("name", methods.names())
@pytest.mark.parametrize("spoken", ["en", "zh"])
def test_every_method_is_whole_in_both_languages(name: str, spoken: str) -> None:
    method = methods.read(name)

    steps = method.laid_out(spoken, "lot")

    assert method.label[spoken]
    assert method.about[spoken]
    assert {step.phase for step in steps} <= set(plugins.names(phases))
    assert steps[-1].phase == "decision"
    assert not any("{" in step.prompt + step.ask for step in steps)
    assert all("prompt" not in one or set(one["prompt"]) == {"en", "zh"} for one in method.steps)


def test_every_method_can_be_chosen() -> None:
    assert sorted(name for name, _label in command.METHODS) == list(methods.names())


def test_a_method_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refusal, match="scamper"):
        methods.read("../classic")


def test_a_random_word_is_the_same_for_one_round_and_not_for_all() -> None:
    method = methods.read("random")

    drawn = {method.laid_out("en", f"round {n}")[0].prompt for n in range(20)}

    assert method.laid_out("en", "one") == method.laid_out("en", "one")
    assert len(drawn) > 3


@pytest.mark.parametrize("name", plugins.names(phases))
def test_every_phase_says_what_it_is(name: str) -> None:
    phase = plugins.load(phases, name)

    assert phase.LABEL
    assert phase.SAYS


def test_a_button_of_another_kind_is_refused() -> None:
    press = Press(id="1", key=Key(verb="round", target="r", token="at.1"), person=ANN, channel=HERE, at=NOON)

    with pytest.raises(Refusal):
        command.from_press(press)


async def test_a_note_of_a_forgotten_person_is_no_idea(town: Town) -> None:
    await town.open()
    await town.jot(BOB, "Lanterns")
    await town.house.store.forget(HERE.team, BOB)

    await town.next()

    assert "Lanterns" not in [idea.text for idea in await town.ideas()]


async def planned(town: Town, when: str = "Mon 09:00", zone: str = "UTC", **given: Any) -> tuple[Round, Any]:
    asked = Wish(**{"topic": "what went well", "method": "random", "minutes": 7} | given)
    round, job = await town.house.services.planning.plan(town.call(), asked, when, zone)
    return round, job


async def test_a_weekly_round_begins_each_time_as_one_of_its_own(town: Town) -> None:
    plan, job = await planned(town)

    begun = []
    for _week in range(2):
        (due,) = [job.due for _round, job in await town.house.services.planning.plans(HERE)]
        town.hands.now = due
        await town.jobs.once()
        begun.append(await town.rounds.latest(HERE))
        await town.rounds.stop(town.call(), begun[-1], Sheet(town.chat, "ann", begun[-1].address))

    assert job.due == datetime(2026, 5, 11, 9, tzinfo=UTC)
    assert len({plan.id, *(round.id for round in begun)}) == 3
    assert [round.topic for round in begun] == ["what went well"] * 2
    assert {step.minutes for step in begun[0].steps} == {7}
    assert (await town.now(plan)).state == "planned"


async def test_a_planned_round_that_is_opened_twice_is_one_round(town: Town) -> None:
    _plan, job = await planned(town)
    town.hands.now = job.due

    await town.house.services.planning.due(job)
    await town.house.services.planning.due(job)

    assert len([round for round in await town.house.store.rounds(HERE) if round.state == "running"]) == 1
    assert len(town.chat.messages) == 1


async def test_a_planned_round_waits_for_the_end_of_quiet_hours(town: Town) -> None:
    await planned(town)
    await town.house.store.settle(HERE, ChannelSettings(quiet_from=time(22), quiet_until=time(10, 30)))

    town.hands.now = datetime(2026, 5, 11, 9, tzinfo=UTC)
    await town.jobs.once()
    asleep = [round.state for round in await town.house.store.rounds(HERE)]
    town.hands.now = datetime(2026, 5, 11, 10, 30, tzinfo=UTC)
    await town.jobs.once()

    assert asleep == ["planned"]
    assert (await town.rounds.latest(HERE)).state == "running"
    assert [job.due for _round, job in await town.house.services.planning.plans(HERE)] == [datetime(2026, 5, 18, 9, tzinfo=UTC)]


async def test_where_a_round_runs_already_the_planned_one_says_that_it_did_not_begin(town: Town) -> None:
    _plan, job = await planned(town)
    await town.open(minutes=1000)
    town.hands.now = job.due

    await town.house.services.planning.due(job)

    assert any("did not begin" in card.text for card in town.chat.messages.values())
    assert len([round for round in await town.house.store.rounds(HERE) if round.state == "running"]) == 1


async def test_a_round_is_planned_once_in_a_zone_s_time(town: Town) -> None:
    _plan, job = await planned(town, "2026-07-01 14:00", "Asia/Shanghai")

    assert (job.due, job.repeats) == (datetime(2026, 7, 1, 6, tzinfo=UTC), "")


async def test_a_plan_is_taken_back_by_whoever_made_it(town: Town) -> None:
    plan, _job = await planned(town)

    with pytest.raises(NotAllowed):
        await town.house.services.planning.drop(town.call(BOB), plan.id)
    await town.house.services.planning.drop(town.call(), plan.id)

    assert await town.house.services.planning.plans(HERE) == []
    assert await town.house.store.jobs(HERE.team, OPENING) == []


async def test_a_plan_whose_topic_was_deleted_with_its_person_opens_nothing(town: Town) -> None:
    _plan, job = await planned(town)
    await town.house.store.forget(HERE.team, ANN)
    town.hands.now = job.due

    await town.jobs.once()

    assert [round.state for round in await town.house.store.rounds(HERE)] == ["stopped"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Mon 09:00", "0 9 * * 1"),
        ("monday 9:05", "5 9 * * 1"),
        ("every Fri 16:30", "30 16 * * 5"),
        ("Wednesday 08:00", "0 8 * * 3"),
        ("daily 09:00", "0 9 * * *"),
        ("weekdays 9:30", "30 9 * * 1-5"),
        ("每天9:30", "30 9 * * *"),
        ("周一 09:00", "0 9 * * 1"),
        ("每周日 20：15", "15 20 * * 0"),
        ("工作日 9:00", "0 9 * * 1-5"),
        ("*/5 9 * * 1", "*/5 9 * * 1"),
    ],
)
def test_times_are_read_as_people_write_them(said: str, meant: str) -> None:
    assert times.read(said, "UTC").repeats == meant


@pytest.mark.parametrize(
    ("said", "zone"),
    [("Mon 25:00", "UTC"), ("someday 09:00", "UTC"), ("2026-13-01 09:00", "UTC"), ("2026-12-01 09:00", "Mars/Base")],
)
def test_times_that_there_are_not_are_refused(said: str, zone: str) -> None:
    with pytest.raises(InvalidTimes):
        times.read(said, zone)


async def test_a_moment_that_has_passed_is_refused(town: Town) -> None:
    with pytest.raises(Refusal, match="passed"):
        await planned(town, "2026-01-01 09:00")
