"""Reminders in rounds: to whom, when, and to nobody twice, at night, or against their will."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import Outage
from bot.domain.models import ChannelSettings
from bot.domain.rounds import Round
from bot.jobs import Jobs
from bot.messages import Key, Press
from bot.services.rounds.reminding import LATEST, REMINDING, moment
from bot.services.team.governing import whole
from generators.client.scripted import ScriptedGenerator
from tests.acceptance.drivers.bare import Sheet
from tests.builders import an_id
from tests.unit.test_rounds import ANN, BOB, CAT, HERE, Town, living


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with living(tmp_path, ScriptedGenerator()) as town:
        yield town


async def second_round(town: Town, **wish: Any) -> Round:
    """A round in a channel where Ann and Bob took part in one before, in which Ann alone has written so far."""
    await town.open(ideas=0)
    await town.jot(BOB, "Lanterns")
    before = await town.rounds.latest(HERE)
    await town.rounds.stop(town.call(), before, Sheet(town.chat, "ann", before.address))
    town.hands.forward(minutes=1)
    round = await town.open(ideas=0, **wish)
    await town.jot(ANN, "Soup")
    return round


async def passes(town: Town, **span: float) -> int:
    town.hands.forward(**span)
    reminding = town.rounds.stage.reminding
    return await Jobs(store=town.house.store, clock=town.hands, new_id=an_id, works={REMINDING: reminding.due}).once()


def told(town: Town) -> dict[str, int]:
    return {
        person: sum("has not heard from you yet" in card.title for card in cards)
        for person, cards in town.chat.whispers.items()
        if any("has not heard" in card.title for card in cards)
    }


async def test_who_took_part_before_and_has_not_written_is_told_before_the_phase_ends(town: Town) -> None:
    await second_round(town)

    early = await passes(town, seconds=224), told(town)
    on_time = await passes(town, seconds=1), told(town)

    assert early == (0, {})
    assert on_time == (1, {"bob": 1})
    card = town.chat.whispers["bob"][-1]
    assert card.private
    assert [control.key.verb for control in card.controls] == ["jot", "round"]


async def test_nobody_is_reminded_twice_in_a_round(town: Town) -> None:
    round = await second_round(town)
    await passes(town, seconds=225)

    await town.rounds.extend(town.call(), round, None)
    again = await passes(town, minutes=5)
    await town.next()
    points = await passes(town, minutes=2)

    assert (again, points) == (1, 1)
    assert told(town) == {"bob": 1, "ann": 1}  # Ann has given no points


@pytest.mark.parametrize(
    "settled", [{"reminders": False}, {"quiet_from": time(0), "quiet_until": time(23)}, {"unreminded": ("bob",)}]
)
async def test_nobody_is_reminded_where_the_channel_or_the_person_wants_it_so(town: Town, settled: dict[str, Any]) -> None:
    await second_round(town)
    await town.house.store.settle(HERE, ChannelSettings(**settled))

    await passes(town, seconds=225)

    assert told(town) == {}


async def test_who_may_not_take_part_is_not_reminded(town: Town) -> None:
    await second_round(town)
    await town.house.store.settle(whole(HERE.team), ChannelSettings(blocked=("bob",)))

    await passes(town, seconds=225)

    assert told(town) == {}


async def test_a_person_says_with_a_button_that_they_want_no_more_and_takes_it_back(town: Town) -> None:
    round = await second_round(town)
    await passes(town, seconds=225)
    mute = town.chat.whispers["bob"][-1].controls[-1].key

    await town.house.desk.press(
        Press(id=an_id(), key=mute, person=BOB, channel=HERE, at=town.hands()), Sheet(town.chat, "bob", round.address)
    )
    muted = (await town.house.store.settings(HERE)).unreminded
    await town.house.desk.call(replace(town.call(BOB, do="unmute"), id=an_id()), Sheet(town.chat, "bob", round.address))

    assert mute == Key(verb="round", target=round.id, token="mute.0")
    assert muted == ("bob",)
    assert (await town.house.store.settings(HERE)).unreminded == ()


async def test_who_voted_in_a_round_before_took_part_in_it(town: Town) -> None:
    await town.open(ideas=0)
    await town.jot(BOB, "Lanterns")
    await town.next()
    await town.give(CAT, str((await town.ideas())[0].number))

    assert await town.rounds.stage.reminding.took_part(HERE) == {ANN, BOB, CAT}


async def test_where_the_chat_is_not_connected_another_process_reminds(town: Town) -> None:
    await second_round(town)
    town.house.desk.watch.chats = {}
    (job,) = await town.house.store.jobs(HERE.team, REMINDING)

    with pytest.raises(Outage):
        await town.rounds.stage.reminding.due(job)


async def test_a_phase_that_asks_nobody_for_anything_reminds_nobody(town: Town) -> None:
    await second_round(town)
    await town.next()
    await town.next()

    assert (await town.rounds.latest(HERE)).now.phase == "discussion"
    assert await town.house.store.jobs(HERE.team, REMINDING) == []


@pytest.mark.parametrize(
    ("minutes", "before"),
    [(1, None), (2, None), (4, timedelta(minutes=1)), (60, timedelta(minutes=15)), (7 * 24 * 60, LATEST)],
)
async def test_a_reminder_leaves_time_to_write_and_comes_not_a_day_ahead(
    town: Town, minutes: int, before: timedelta | None
) -> None:
    round = await town.open(minutes=minutes)

    assert moment(round) == (None if before is None else round.closes_at - before)
