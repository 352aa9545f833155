"""Admins hear what became of their model once, in their channel and language, and not in quiet hours."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import time
from typing import Any

from bot import wiring
from bot.commands import model
from bot.config import Settings
from bot.domain.ideas import Channel
from bot.domain.models import ChannelSettings, Finding, Tuning
from bot.messages import Card
from bot.services.models.verdicts import came_of
from bot.services.team.governing import whole
from bot.wiring import House
from bot.words import speaking
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat
from tests.builders import NOON, RED, Hands, a_call, a_person, a_version, an_idea, an_opinion
from tests.fair import PATIENCE_S

ADMINS = Channel(team=RED.team, id="admins")


async def a_house(tmp_path: Any, *, admins: bool = True, **settings: Any) -> tuple[House, BareChat]:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands(), learns=False)
    if admins:
        await store.settle(whole(RED.team), ChannelSettings(admin_channel=ADMINS.id))
    await store.settle(ADMINS, ChannelSettings(**settings))
    chat = BareChat()
    house.services.announcing.chat_of = lambda _platform: chat
    return house, chat


def said(chat: BareChat) -> list[Card]:
    return [card for place, card in chat.messages.items() if place.startswith("red/admins/")]


async def untold(house: House) -> list[bool]:
    return [version.untold for version in await house.services.versions.of(RED.team)]


async def test_a_decision_is_told_once_with_its_reason_and_numbers(tmp_path: Any) -> None:
    house, chat = await a_house(tmp_path)
    won = tuple(f"b{n}:new" for n in range(30))
    await house.store.keep_version(a_version(stage="live", reason="won", untold=True, comparisons=won))

    assert await house.services.announcing.tell(RED.team)
    assert await house.services.announcing.tell(RED.team)

    (card,) = said(chat)
    assert "v1 is live from now on: the team liked its ideas better." in card.text
    assert "between" in card.text  # how sure that is
    assert await untold(house) == [False]


async def test_in_quiet_hours_nothing_is_said_until_they_are_over(tmp_path: Any) -> None:
    house, chat = await a_house(tmp_path, quiet_from=time(11), quiet_until=time(13))  # the clock says noon
    await house.store.keep_version(a_version(stage="retired", reason="lost", untold=True))

    quiet = await house.services.announcing.tell(RED.team)
    assert (quiet, said(chat), await untold(house)) == (False, [], [True])
    assert isinstance(house.services.clock, Hands)
    house.services.clock.forward(hours=2)

    assert await house.services.announcing.tell(RED.team)
    assert "v1 is retired" in said(chat)[0].text


async def test_it_is_told_in_the_channel_s_language(tmp_path: Any) -> None:
    house, chat = await a_house(tmp_path, language="zh")
    await house.store.keep_version(a_version(stage="retired", reason="even", untold=True))

    await house.services.announcing.tell(RED.team)

    assert "团队并没有更喜欢它的点子" in said(chat)[0].text


async def test_what_a_tuner_refused_is_told_in_its_own_words(tmp_path: Any) -> None:
    house, chat = await a_house(tmp_path)
    await house.store.keep_version(a_version(stage="retired", reason="it copies what it was taught.", untold=True))

    await house.services.announcing.tell(RED.team)

    assert said(chat)[0].text == "v1 was tuned and not taken: it copies what it was taught."


async def test_a_team_without_an_admin_channel_is_told_nothing(tmp_path: Any) -> None:
    house, chat = await a_house(tmp_path, admins=False)
    await house.store.keep_version(a_version(stage="live", reason="won", untold=True))

    assert await house.services.announcing.tell(RED.team)

    assert (said(chat), await untold(house)) == ([], [False])


async def test_deleted_votes_mark_the_version_that_learned_from_them(tmp_path: Any) -> None:

    house, chat = await a_house(tmp_path)
    idea = await house.store.add(an_idea())
    keys = tuple(f"{idea.id}:{person}:vote" for person in ("ann", "bob"))
    for person in ("ann", "bob"):
        await house.store.hear(RED.team, an_opinion(idea, person))
    await house.store.keep_version(replace(a_version(stage="live", trained_on=keys)))

    await house.services.forgetting.forget(a_person("ann"), RED.team)

    reply = chat.to(RED)
    await model.run(house.services, a_call("model", action="show"), reply)
    (card,) = [card for card in chat.messages.values() if card.title == "Version v1"]
    assert "1 vote it learned from has been deleted since. It needs rebuilding" in card.text
    assert "Learned from 1 vote by 1 person on 1 idea." in card.text
    assert "ann" not in card.text


async def test_admins_hear_that_the_base_stands_in_for_a_live_version_and_when_that_is_over(tmp_path: Any) -> None:
    house, chat = await a_house(tmp_path)
    live = a_version(stage="live", reason="missing", untold=True)
    await house.store.keep_version(live)

    await house.services.announcing.tell(RED.team)
    reply = chat.to(RED)
    await model.run(house.services, a_call("model"), reply)
    await house.store.keep_version(replace(live, reason="back"))
    await house.services.announcing.tell(RED.team)

    missing, back = said(chat)
    assert missing.text.startswith("v1 cannot be loaded")
    assert "Ideas come from the base model meanwhile" in missing.text
    assert back.text.startswith("v1 is loaded again")
    assert any("the base model makes the ideas meanwhile" in card.text for card in chat.messages.values() if card.title)


async def test_news_waits_for_a_process_that_reaches_the_channel(tmp_path: Any) -> None:
    house, chat = await a_house(tmp_path)
    announcing = house.services.announcing
    await house.store.keep_version(a_version(stage="live", reason="won", untold=True))
    announcing.chat_of = lambda _platform: None  # this process serves another platform, or a command that ends at once

    announcing.soon(RED.team)
    elsewhere = await announcing.tell(RED.team)

    assert (elsewhere, await untold(house)) == (False, [True])
    announcing.chat_of = lambda _platform: chat
    assert await announcing.tell(RED.team)
    assert len(said(chat)) == 1


async def test_a_tuning_is_told_when_it_begins_and_when_it_is_refused_with_the_reason(tmp_path: Any) -> None:
    house, chat = await a_house(tmp_path)
    announcing, store = house.services.announcing, house.store
    run = Tuning(id="1" * 24, team=RED.team, holder="one", began_at=NOON, changed_at=NOON)
    await store.take_tuning(run, NOON)
    assert await announcing.tell(RED.team)
    assert said(chat) == []  # nobody knows yet from how much it learns

    await store.keep_tuning(replace(run, doing="tuning", pairs=374))
    assert await announcing.tell(RED.team)
    await store.keep_tuning(replace(run, doing="judging", done=0.5, pairs=374))
    assert await announcing.tell(RED.team)

    (began,) = said(chat)
    assert "374 decided pairs" in began.text
    await store.keep_tuning(replace(run, state="refused", missed=(Finding(name="base", passed=False),)))
    assert await announcing.tell(RED.team)
    assert await announcing.tell(RED.team)
    (refused,) = said(chat)[1:]
    assert refused.text.startswith("The tuned model was not good enough to be tried. It was tuned on another base model")


async def test_a_refusal_is_told_in_the_language_of_the_channel_whatever_the_tuner_speaks(tmp_path: Any) -> None:
    house, chat = await a_house(tmp_path, language="zh")
    store = house.store
    run = Tuning(id="1" * 24, team=RED.team, holder="one", began_at=NOON, changed_at=NOON)
    await store.take_tuning(run, NOON)
    copied = Finding(name="copied", passed=False, facts={"before": 0.08, "after": 0.21})
    await store.keep_tuning(replace(run, state="refused", missed=(copied,)))

    assert await house.services.announcing.tell(RED.team)

    (card,) = said(chat)
    with speaking("zh"):
        assert card.text == came_of(replace(run, state="refused", missed=(copied,)))
    assert "21%" in card.text
    assert "Of its drafts" not in card.text


async def test_a_tuning_of_another_process_is_noticed_without_anybody_asking_for_ideas(tmp_path: Any) -> None:
    house, chat = await a_house(tmp_path)
    run = Tuning(id="1" * 24, team=RED.team, state="cancelled", holder="one", began_at=NOON, changed_at=NOON)
    await house.store.take_tuning(run, NOON)

    house.services.announcing.watch()
    async with asyncio.timeout(PATIENCE_S):
        while not said(chat):
            await asyncio.sleep(0.01)
    await house.services.announcing.close()

    assert "cancelled" in said(chat)[0].text
    assert await house.store.untold_tunings() == []
