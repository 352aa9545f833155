"""Personas on every store: one of a name, apart by channel and team, gone with whoever saved them and used no more then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain.ideas import Channel, Prompt
from bot.domain.models import ChannelSettings
from bot.domain.personas import Persona
from bot.ports import Store
from tests.contract.stores import ANN, BOB, CHANNEL, NOW, OTHERS, TEAM, a_brainstorm, later

ELSEWHERE = Channel(team=TEAM, id="C2")
THERE = Channel(team=OTHERS, id=CHANNEL.id)


def a_persona(name: str = "critic", voice: str = "a grumpy critic", **changes: Any) -> Persona:
    given: dict[str, Any] = {"channel": CHANNEL, "by": ANN, "at": NOW, **changes}
    return Persona(name=name, voice=voice, **given)


async def test_personas_come_by_name_and_in_their_own_channel_alone(store: Store) -> None:
    critic, brand, pinpai = a_persona(), a_persona("Brand voice", "plain and warm"), a_persona("品牌口吻", "朴实温暖")
    for one in (pinpai, critic, brand, a_persona(channel=ELSEWHERE), a_persona("theirs", channel=THERE)):
        await store.keep_persona(one)

    assert await store.personas(CHANNEL) == [brand, critic, pinpai]
    assert [one.name for one in await store.personas(THERE)] == ["theirs"]


async def test_a_name_written_otherwise_is_the_same_name(store: Store) -> None:
    await store.keep_persona(a_persona("Brand Voice", "plain"))

    newer = a_persona("ｂｒａｎｄ  voice", "warm", by=BOB, at=later(60))
    await store.keep_persona(newer)

    assert await store.personas(CHANNEL) == [newer]
    assert not await store.drop_persona(THERE, "brand voice")
    assert not await store.drop_persona(ELSEWHERE, "brand voice")
    assert await store.drop_persona(CHANNEL, "BRAND voice")
    assert not await store.drop_persona(CHANNEL, "brand voice")
    assert await store.personas(CHANNEL) == []


async def test_what_a_person_saved_is_shown_and_forgotten_with_them_and_used_no_more(store: Store) -> None:
    mine, others = a_persona(), a_persona("brand voice", "plain and warm", by=BOB)
    for one in (mine, others, replace(others, channel=ELSEWHERE)):
        await store.keep_persona(one)
    await store.settle(CHANNEL, ChannelSettings(style="critic", count=4))
    await store.settle(ELSEWHERE, ChannelSettings(style="brand voice"))

    about = (await store.about(TEAM, ANN)).personas
    await store.forget(OTHERS, ANN)
    untouched = await store.personas(CHANNEL)
    await store.forget(TEAM, ANN)

    assert about == (mine,)
    assert untouched == [others, mine]
    assert await store.personas(CHANNEL) == [others]
    assert await store.settings(CHANNEL) == ChannelSettings(count=4)
    assert (await store.settings(ELSEWHERE)).style == "brand voice"


async def test_what_others_asked_for_in_a_forgotten_voice_says_it_no_more(store: Store) -> None:
    await store.keep_persona(a_persona())
    for id, style in (("b1", "a grumpy critic"), ("b2", "dry humour")):
        await store.begin(a_brainstorm(id=id, asker=BOB, prompt=Prompt(text="tea", count=3, style=style)))

    await store.forget(TEAM, ANN)

    prompts = {one.id: one.prompt for one in await store.brainstorms(CHANNEL, limit=9)}
    assert {id: (prompt.text, prompt.style) for id, prompt in prompts.items() if prompt} == {
        "b1": ("tea", ""),
        "b2": ("tea", "dry humour"),
    }


async def test_a_team_that_leaves_takes_its_personas_along(store: Store) -> None:
    theirs = a_persona(channel=THERE)
    for one in (a_persona(), theirs):
        await store.keep_persona(one)

    await store.forget_team(TEAM)

    assert await store.personas(CHANNEL) == []
    assert await store.personas(THERE) == [theirs]
