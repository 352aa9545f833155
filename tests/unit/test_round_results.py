"""What a round does around its phases: merging before the vote, duels of its own ideas, the result as a picture."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands import duel as duel_command
from bot.commands import hide
from bot.domain.errors import GeneratorDown
from bot.domain.rounds import Round
from bot.jobs import Jobs
from bot.messages import Call, Card, Key, Press
from bot.services.ideas.beside import WHOLE
from bot.services.rounds import methods
from bot.services.rounds.leading import Wish
from bot.services.rounds.picturing import PICTURE
from bot.services.rounds.planning import OPENING
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import ScriptedMaker
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import Sheet
from tests.builders import Hands, an_id
from tests.unit.test_rounds import ANN, BOB, CAT, HERE, Town, living


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with living(tmp_path, ScriptedGenerator()) as town:
        yield town


async def pressed(town: Town, key: Key) -> Card:
    sheet = Sheet(town.chat, "bob")
    await town.house.desk.press(Press(id=an_id(), key=key, person=BOB, channel=HERE, at=town.hands()), sheet)
    return town.chat.messages[sheet.address]


async def written(town: Town, *texts: str, method: str = "classic") -> Round:
    """A round whose silent writing is over."""
    round = await town.open(ideas=0, method=method)
    await town.jot(BOB, "\n".join(texts))
    await town.next()
    return await town.now(round)


def offers(card: Card) -> list[Key]:
    return [control.key for control in card.controls if control.key.verb == "merge"]


async def test_ideas_that_say_the_same_are_offered_for_merging_before_points_are_given(town: Town) -> None:
    round = await written(town, "A soup contest", "The soup contest", "Lanterns")
    numbers = {idea.text: idea.number for idea in await town.ideas()}
    card = town.card(round)
    (offer,) = offers(card)

    merged = await pressed(town, offer)
    await town.next()

    both = sorted((numbers["A soup contest"], numbers["The soup contest"]))
    assert round.now.phase == "merging"
    assert f"#{both[1]} = #{both[0]}" in card.text
    assert merged.title == f"#{both[1]} is part of #{both[0]} now"
    assert (await town.now(round)).now.phase == "points"
    assert len((await town.rounds.cards.card(await town.now(round))).lines) == 2


async def test_a_merged_pair_is_offered_no_more(town: Town) -> None:
    round = await written(town, "A soup contest", "The soup contest", "Lanterns")

    await pressed(town, offers(town.card(round))[0])

    assert offers(await town.rounds.cards.card(await town.now(round))) == []


async def test_where_nothing_says_the_same_merging_is_passed_over_and_not_counted(town: Town) -> None:
    round = await written(town, "A soup contest", "Lanterns")

    assert round.now.phase == "points"
    assert town.card(round).title.startswith("Points (2 of 4)")


async def test_the_phase_of_merging_has_no_number(town: Town) -> None:
    round = await written(town, "A soup contest", "The soup contest")

    assert town.card(round).title == "Merging · the autumn party"


class Mute(ScriptedGenerator):
    """Gives no vectors, or cannot."""

    def __init__(self, *, down: bool) -> None:
        super().__init__()
        self.down = down

    async def embed(self, texts: Sequence[str]) -> None:
        if self.down:
            raise GeneratorDown
        return


@pytest.mark.parametrize("down", [True, False])
async def test_without_meanings_ideas_are_compared_by_their_words(tmp_path: Path, down: bool) -> None:
    async with living(tmp_path, Mute(down=down)) as town:
        round = await written(town, "A soup contest", "The soup contest", "Lanterns")

        assert len(offers(town.card(round))) == 1


async def test_a_round_that_was_planned_before_its_method_changed_still_begins_as_it_was_planned(town: Town) -> None:
    planning = town.house.services.planning
    plan, job = await planning.plan(town.call(), wish(), "Mon 09:00", "UTC")
    await town.house.store.move_round(plan, replace(plan, state="stopped"))
    old = await town.house.store.open_round(
        replace(plan, id=an_id(), steps=tuple(step for step in plan.steps if step.phase != "merging"))
    )
    town.hands.now = job.due

    await planning.due(replace(job, subject=old.id))

    begun = await town.rounds.latest(HERE)
    assert (begun.state, [step.phase for step in begun.steps]) == ("running", [step.phase for step in old.steps])


def wish() -> Wish:
    return Wish(topic="what went well", method="classic", ideas=0)


async def test_duels_in_a_round_are_of_its_ideas_alone(town: Town) -> None:
    await written(town, "A soup contest", "Lanterns", "Kites", method="duel")
    await town.house.services.listening.own(CAT, HERE, "from elsewhere")
    mine = {idea.text for idea in await town.ideas()} - {"from elsewhere"}

    seen: set[str] = set()
    for _turn in range(3):
        sheet = Sheet(town.chat, "ann")
        await sheet.ack()
        answer = {"answer": "skip"} if seen else {}
        call = Call(id=an_id(), command="duel", args=answer, person=ANN, channel=HERE, at=town.hands())
        await duel_command.run(town.house.services, call, sheet)
        seen |= {line[3:] for line in town.chat.messages[sheet.address].text.splitlines() if line[:3] in ("A: ", "B: ")}

    assert seen
    assert seen <= mine


async def finished(town: Town) -> Round:
    """A round of two ideas, one with points and decided on, to its end; and its picture, where there is one."""
    round = await written(town, "A soup contest", "Lanterns")
    first = (await town.ideas())[0]
    await town.give(CAT, f"{first.number}x2")
    await town.next()
    await town.next()
    await town.house.services.contributing.decide(town.call(), await town.now(round), first, "book the hall", "Cat")
    await town.next()
    await ended(town)
    return await town.now(round)


async def ended(town: Town) -> None:
    await asyncio.gather(*town.rounds.stage.picturing._making.values())


def pictures(town: Town) -> list[Card]:
    return [card for card in town.chat.messages.values() if card.files]


async def test_the_result_comes_as_a_picture_once_the_round_has_ended(town: Town) -> None:
    round = await finished(town)

    (card,) = pictures(town)
    commission = town.rounds.stage.picturing.maker.commissions[-1]
    assert round.state == "done"
    assert card.files[0].media_type == "image/png"
    assert card.files[0].alt
    assert commission.text == "the autumn party"
    assert {commission.options["row-1"], commission.options["row-2"]} == {"A soup contest", "Lanterns"}
    assert (commission.options["points-1"], commission.options["points-2"]) == (2, 0)
    assert commission.options["action-1"] == "book the hall — owner: Cat"
    assert await town.house.store.jobs(HERE.team, PICTURE) == []


async def test_the_picture_of_a_result_goes_once_an_idea_in_it_is_hidden(town: Town) -> None:
    await finished(town)
    services, (first, other) = town.house.services, await town.ideas()
    (post,) = [post for post in await services.store.posts(HERE.team, [other.id]) if Key.parse(post.card) == WHOLE]
    key = Key.parse(post.card)
    before = await hide.drawn(services, HERE, key, post.ideas)

    await services.moderating.change(first, ANN, admin=True, hidden=True)

    assert before is None
    gone = await hide.drawn(services, HERE, key, post.ideas)
    assert gone is not None
    assert (gone.files, gone.lines) == ((), ())
    assert "taken away" in gone.text


async def test_a_picture_that_cannot_be_made_now_is_made_by_the_job(town: Town) -> None:
    picturing = town.rounds.stage.picturing
    picturing.maker = ScriptedMaker(fails_after=0)
    await finished(town)
    before = pictures(town)

    picturing.maker = ScriptedMaker()
    town.hands.forward(minutes=4)
    jobs = Jobs(store=town.house.store, clock=town.hands, new_id=an_id, works={PICTURE: picturing.due})
    done = await jobs.once(), await jobs.once()

    assert before == []
    assert done == (1, 0)
    assert len(pictures(town)) == 1


async def test_a_round_that_was_stopped_gets_no_picture(town: Town) -> None:
    round = await written(town, "A soup contest", "Lanterns")
    sheet = Sheet(town.chat, "ann", round.address)

    await town.rounds.stop(town.call(), round, sheet)
    await ended(town)

    assert pictures(town) == []


async def test_a_weekly_round_begins_each_week_on_the_hour_of_the_wall_over_restarts_and_a_change_of_clocks(
    tmp_path: Path,
) -> None:
    hands = Hands(datetime(2026, 10, 14, 12, tzinfo=UTC))
    planned, begun = "", []
    store = MemoryStore()
    for week in range(3):  # each in a house of its own, as after a restart, around one store
        async with living(tmp_path, ScriptedGenerator(), store=store, hands=hands) as town:
            planning = town.house.services.planning
            if not week:
                plan, _job = await planning.plan(town.call(), wish(), "Mon 09:00", "Europe/Berlin")
                planned = plan.id
            ((_plan, job),) = await planning.plans(HERE)
            hands.now = job.due
            jobs = Jobs(store=store, clock=hands, new_id=an_id, works={OPENING: planning.due})
            assert (await jobs.once(), await jobs.once()) == (1, 0)
            begun.append(await town.rounds.latest(HERE))
            await store.move_round(begun[-1], replace(begun[-1], state="done"))

    assert [round.opened_at.isoformat() for round in begun] == [
        "2026-10-19T07:00:00+00:00",
        "2026-10-26T08:00:00+00:00",
        "2026-11-02T08:00:00+00:00",
    ]
    assert len({planned, *(round.id for round in begun)}) == 4


@pytest.mark.parametrize("name", methods.names())
def test_every_method_merges_before_it_weighs(name: str) -> None:
    phases = [step.phase for step in methods.read(name).laid_out("en", "lot")]

    for place, phase in enumerate(phases):
        if phase in ("points", "duels"):
            assert phases[place - 1] == "merging"
