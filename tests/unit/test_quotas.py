"""How many brainstorms somebody may begin, by the roles that they hold; and what they are told when that is used up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import wiring
from bot.config import LimitsTable, Settings
from bot.domain.errors import TooMany
from bot.domain.models import ChannelSettings
from bot.ports import Store
from bot.quotas import RoleQuota, best
from bot.services.team.governing import Governing, lasting
from bot.services.team.holding import held_by, holding
from bot.words import speaking
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import BLUE, NOON, RED, Hands, a_brainstorm, a_call, a_person

ANN, BOB = a_person("ann"), a_person("bob")
QUOTAS = {"1": RoleQuota(per_hour=3), "2": RoleQuota(per_hour=1, per_day=4), RED.team.id: RoleQuota(per_day=2)}


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def store() -> MemoryStore:
    store = MemoryStore()
    await store.open()
    return store


def governed(store: Store, hands: Hands, **limits: Any) -> Governing:
    return Governing(store=store, clock=hands, limits=LimitsTable(**limits))


async def begun(store: Store, hands: Hands, *minutes_ago: float, **changes: Any) -> None:
    for minutes in minutes_ago:
        await store.begin(a_brainstorm(created_at=hands.now - timedelta(minutes=minutes), **{"asker": ANN, **changes}))


async def refusal(governing: Governing, *roles: str) -> str:
    """What Ann is told; empty where she may begin one more."""
    with holding(ANN, roles):
        try:
            await governing.admit(ANN, RED)
        except TooMany as error:
            return str(error)
    return ""


def test_the_most_generous_of_somebodys_roles_holds_for_the_hour_and_the_day_each() -> None:
    assert best(QUOTAS, ("1", "2")) == RoleQuota(per_hour=3, per_day=4)
    assert best(QUOTAS, ("2", "77")) == RoleQuota(per_hour=1, per_day=4)
    assert best(QUOTAS, ("77",)) == RoleQuota()


def test_an_id_that_the_environment_wrote_small_is_the_same_id() -> None:
    assert best({"t0g9": RoleQuota(per_day=7)}, ("T0G9",)).per_day == 7


def test_roles_are_those_of_the_person_whose_event_is_served() -> None:
    with holding(ANN, ("1",)):
        assert (held_by(ANN), held_by(BOB)) == (("1",), ())
    assert held_by(ANN) == ()


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 min"), (60, "1 min"), (61, "2 min"), (3600, "1 h 0 min"), (5 * 3600 + 1170, "5 h 20 min")]
)
def test_a_span_is_told_in_whole_minutes_that_are_never_too_few(seconds: int, words: str) -> None:
    assert lasting(timedelta(seconds=seconds)) == words


async def test_a_role_gives_more_than_everybody_has(store: MemoryStore, hands: Hands) -> None:
    governing = governed(store, hands, person_per_hour=1, roles={"1": RoleQuota(per_hour=3)})
    await begun(store, hands, 50, 30)

    assert await refusal(governing, "1") == ""
    assert (await refusal(governing, "77")).startswith("Your limit of 1 brainstorms an hour is reached here")


async def test_a_role_gives_less_than_everybody_has_and_says_whose_number_that_is(store: MemoryStore, hands: Hands) -> None:
    governing = governed(store, hands, roles={"1": RoleQuota(per_hour=2)})
    await begun(store, hands, 50, 30)

    told = "Your limit of 2 brainstorms an hour is reached here until 12:10 UTC, for 10 min more;"
    assert await refusal(governing, "1") == f"{told} whoever hosts Muselab can change it."
    assert await refusal(governing) == ""


async def test_of_a_role_s_number_and_the_channel_s_the_smaller_holds(store: MemoryStore, hands: Hands) -> None:
    governing = governed(store, hands, roles={"1": RoleQuota(per_hour=2), "2": RoleQuota(per_hour=9)})
    await store.settle(RED, ChannelSettings(person_per_hour=3))
    await begun(store, hands, 50, 40, 30)

    assert (await refusal(governing, "1")).endswith("whoever hosts Muselab can change it.")
    assert (await refusal(governing, "2")).endswith("an admin can change it with /settings.")


async def test_a_day_s_number_counts_the_24_hours_before_and_begins_anew_by_and_by(store: MemoryStore, hands: Hands) -> None:
    governing = governed(store, hands, person_per_day=2)
    await begun(store, hands, 25 * 60, 20 * 60, 3 * 60)

    told = "Your limit of 2 brainstorms a day is reached here until 16:00 UTC, for 4 h 0 min more;"
    assert await refusal(governing) == f"{told} whoever hosts Muselab can change it."
    hands.forward(hours=4)
    assert await refusal(governing) == ""


async def test_the_whole_sentence_is_told_in_chinese(store: MemoryStore, hands: Hands) -> None:
    governing = governed(store, hands, person_per_day=2)
    await begun(store, hands, 20 * 60, 3 * 60)

    with speaking("zh-CN"):
        told = await refusal(governing)

    assert told == "你在这里已达到每天 2 次头脑风暴的上限，到 16:00（UTC）为止，还有 4 小时 0 分钟；部署者可以更改。"


async def test_a_role_s_day_takes_the_place_of_everybody_s(store: MemoryStore, hands: Hands) -> None:
    governing = governed(store, hands, person_per_day=1, roles={"1": RoleQuota(per_day=3)})
    await begun(store, hands, 300, 200)

    assert await refusal(governing, "1") == ""
    assert "limit of 1 brainstorms a day" in await refusal(governing)


async def test_a_server_s_or_workspace_s_id_stands_for_everybody_in_it(store: MemoryStore, hands: Hands) -> None:
    governing = governed(store, hands, roles={RED.team.id: RoleQuota(per_hour=1)})
    await begun(store, hands, 10)
    await begun(store, hands, 10, channel=BLUE)

    assert "limit of 1 brainstorms an hour" in await refusal(governing)
    await governing.admit(ANN, BLUE)


async def test_whoever_began_more_than_they_may_now_is_told_when_they_really_may_again(store: MemoryStore, hands: Hands) -> None:
    governing = governed(store, hands, roles={"1": RoleQuota(per_hour=9, per_day=50), "2": RoleQuota(per_hour=2, per_day=40)})
    await begun(store, hands, 55, 50, 45, 20.5, 10)

    assert await refusal(governing, "1") == ""
    told = await refusal(governing, "2")
    hands.now = NOON + timedelta(minutes=39)
    early = await refusal(governing, "2")
    hands.now = NOON + timedelta(minutes=41)

    assert "until 12:40 UTC, for 40 min more" in told or "until 12:41 UTC, for 41 min more" in told
    assert early != ""
    assert await refusal(governing, "2") == ""


async def test_roles_reach_the_limit_from_the_chat_and_another_process_counts_the_same(tmp_path: Path, hands: Hands) -> None:
    store = MemoryStore()
    await store.open()
    settings = Settings(home=tmp_path, limits=LimitsTable(person_per_hour=1, roles={"77": RoleQuota(per_hour=2)}))
    houses = [wiring.furnish(settings, store=store, generator=ScriptedGenerator(), now=hands) for _process in range(2)]
    sheet = Sheet(BareChat(), "ann")

    for house in (*houses, houses[0]):
        await house.desk.call(a_call("brainstorm", topic="tea", count=1, roles=("77",)), sheet)
    for house in houses:
        await house.desk.close()

    assert len(await store.brainstorms(RED, limit=9)) == 2
    assert sheet.chat.whispers["ann"][-1].text.startswith("Your limit of 2 brainstorms an hour is reached here until 13:00 UTC")
