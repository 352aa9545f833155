"""Every store keeps which channels are joined, one bridge a channel, and where rounds are guests, until either side ends it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.bridges import Bridge, BridgeId, Guest, mark
from bot.domain.ideas import Channel, IdeaId, Team
from bot.domain.passes import digest_of
from bot.ports import Store
from tests.contract.stores import CHANNEL, NOW, OTHERS, TEAM, everything_in, new_id
from tests.contract.test_passes import a_pass
from tests.contract.test_rounds import a_round

SLACK = Team(platform="slack", id="T1")
AWAY = Channel(team=SLACK, id="C1")


def a_bridge(**given: Any) -> Bridge:
    return Bridge(**{"id": BridgeId(new_id()), "sides": (CHANNEL, AWAY), "made_at": NOW} | given)


def a_guest(bridge: Bridge, **given: Any) -> Guest:
    round = a_round()
    fields = {"round": round.id, "brainstorm": round.brainstorm, "host": CHANNEL, "channel": AWAY, "bridge": bridge.id}
    return Guest(**fields | given)


async def test_both_teams_see_a_bridge_and_no_other_does(store: Store) -> None:
    bridge = a_bridge()

    assert await store.keep_bridge(bridge)

    assert await store.bridges(TEAM) == await store.bridges(SLACK) == [bridge]
    assert await store.bridges(OTHERS) == []


async def test_a_channel_has_one_bridge_however_many_are_made_at_once(store: Store) -> None:
    places = [Channel(team=SLACK, id=f"C{n}") for n in range(4)]
    bridges = [a_bridge(sides=(CHANNEL, place) if n % 2 else (place, CHANNEL)) for n, place in enumerate(places)]

    kept = await asyncio.gather(*(store.keep_bridge(one) for one in bridges))

    assert sorted(kept) == [False, False, False, True]
    assert await store.bridges(TEAM) == [bridges[kept.index(True)]]
    assert len(await store.bridges(SLACK)) == 1  # of those that were refused neither side is left


@pytest.mark.parametrize("by", [TEAM, SLACK])
async def test_either_team_ends_a_bridge_once_and_its_guests_are_closed_with_it(store: Store, by: Team) -> None:
    bridge = a_bridge()
    await store.keep_bridge(bridge)
    guest, other = a_guest(bridge), a_guest(a_bridge())
    await store.invite(guest)
    await store.invite(other)

    assert await store.drop_bridge(OTHERS, bridge.id) is None
    ended = await asyncio.gather(*(store.drop_bridge(by, bridge.id) for _time in range(3)))

    assert sorted(ended, key=bool) == [None, None, bridge]
    assert await store.bridges(TEAM) == await store.bridges(SLACK) == []
    assert await store.guest(TEAM, guest.round) == replace(guest, open=False)
    assert await store.guest(TEAM, other.round) == other
    assert await store.keep_bridge(a_bridge())


async def test_a_guest_is_read_by_its_round_its_ideas_and_its_channel(store: Store) -> None:
    bridge = a_bridge()
    first, second = a_guest(bridge), a_guest(bridge)
    for guest in (first, second):
        await store.invite(guest)

    assert await store.guest(TEAM, first.round) == await store.guest_at(TEAM, first.brainstorm) == first
    assert await store.guest(OTHERS, first.round) is await store.guest_at(OTHERS, first.brainstorm) is None
    assert await store.guests(TEAM) == await store.visits(AWAY) == await store.visits(SLACK) == [second, first]
    assert await store.visits(AWAY, limit=1) == [second]
    assert await store.guests(SLACK) == await store.visits(CHANNEL) == []


async def test_a_round_has_one_guest_and_its_card_is_placed(store: Store) -> None:
    guest = a_guest(a_bridge())
    await store.invite(guest)
    await store.invite(replace(guest, channel=replace(AWAY, id="C9")))
    shown = mark(a_round())

    assert await store.place_guest(guest, shown, "C1/7", [IdeaId("i2"), IdeaId("i1")])

    placed = replace(guest, shown=shown, address="C1/7", ideas=(IdeaId("i2"), IdeaId("i1")))
    assert await store.guest(TEAM, guest.round) == placed
    assert not await store.place_guest(replace(guest, host=Channel(team=OTHERS, id=CHANNEL.id)), "x", "y", [])
    assert not await store.place_guest(replace(guest, channel=replace(AWAY, id="C9")), "x", "y", [])
    assert await store.guest(TEAM, guest.round) == placed


@pytest.mark.parametrize("leaving", [TEAM, SLACK])
async def test_a_team_that_removes_the_bot_ends_its_bridges(store: Store, leaving: Team) -> None:
    bridge = a_bridge()
    await store.keep_bridge(bridge)
    guest = a_guest(bridge)
    await store.invite(guest)

    await store.depart(leaving, NOW)

    assert await store.bridges(TEAM) == await store.bridges(SLACK) == []
    assert await store.guest(TEAM, guest.round) == replace(guest, open=False)
    await store.stay(leaving)
    assert await store.bridges(TEAM) == []


@pytest.mark.parametrize("leaving", [TEAM, SLACK])
async def test_nothing_of_a_bridge_is_left_of_a_team_that_is_forgotten(store: Store, url: str, leaving: Team) -> None:
    host, away = Channel(team=TEAM, id="marker-qz7host"), Channel(team=SLACK, id="marker-qz7away")
    bridge = a_bridge(sides=(host, away))
    await store.keep_bridge(bridge)
    await store.invite(a_guest(bridge, host=host, channel=away))

    await store.forget_team(leaving)

    assert "marker-qz7" not in await everything_in(store, url)


async def test_a_code_joins_channels_once_and_lets_nobody_onto_the_page(store: Store) -> None:
    code = a_pass("code", kind="bridge")
    await store.keep_pass(code)

    assert await store.found_pass(digest_of("code"), NOW) is None
    assert await store.take_pass(digest_of("code"), NOW) is None
    taken = await asyncio.gather(*(store.take_pass(digest_of("code"), NOW, "bridge") for _admin in range(4)))

    assert sorted(taken, key=bool) == [None, None, None, code]
