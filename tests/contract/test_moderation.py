"""What moderators and hosts need of every store: hiding, counting what people add, forgetting whole teams."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import UnknownIdea
from bot.domain.ideas import Candidate, Channel, Draft
from bot.domain.models import ChannelSettings
from bot.domain.moderation import Departure, Hiding
from bot.messages import File
from bot.ports import Arrival, Store
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
)

THEIRS = Channel(team=OTHERS, id="general")


def a_hiding(idea: Any, **given: Any) -> Hiding:
    fields = {"idea": idea.id, "channel": idea.channel, "number": idea.number, "hidden": True, "by": ANN, "at": NOW}
    return Hiding(**fields | given)


async def test_a_hidden_idea_is_in_no_list_and_found_by_its_number(store: Store) -> None:
    source = a_brainstorm()
    await store.begin(source)
    seen = await store.add(an_idea(brainstorm=source.id, text="seen"))
    gone = await store.add(an_idea(brainstorm=source.id, text="gone"))

    changed = await store.hide(TEAM, a_hiding(gone))

    assert changed == replace(gone, hidden=True)
    assert await store.ideas(CHANNEL) == await store.team_ideas(TEAM) == await store.ideas_of(TEAM, source.id) == [seen]
    assert await store.idea(TEAM, gone.id) == await store.numbered(CHANNEL, gone.number) == changed
    assert {idea.id for idea in await store.ideas(CHANNEL, hidden=True)} == {seen.id, gone.id}
    assert await store.hidden(TEAM) == {gone.id}
    assert await store.hidden(OTHERS) == frozenset()


async def test_what_is_shown_again_stands_where_it_stood_and_who_did_what_is_kept(store: Store) -> None:
    idea = await store.add(an_idea())
    await store.hear(TEAM, a_vote(idea))
    hiding, back = a_hiding(idea), a_hiding(idea, hidden=False, by=BOB, at=later(5))

    await store.hide(TEAM, hiding)
    again = await store.hide(TEAM, replace(hiding, by=BOB))
    shown = await store.hide(TEAM, back)

    assert again is None
    assert shown == idea
    assert await store.ideas(CHANNEL) == [idea]
    assert len(await store.feedback(TEAM, [idea.id])) == 1
    assert await store.hidings(CHANNEL) == [back, hiding]
    assert await store.hidings(CHANNEL, limit=1) == [back]
    assert await store.hidings(THEIRS) == []


async def test_nobody_hides_another_team_s_idea(store: Store) -> None:
    idea = await store.add(an_idea())

    with pytest.raises(UnknownIdea):
        await store.hide(OTHERS, a_hiding(idea))

    assert await store.ideas(CHANNEL) == [idea]
    assert await store.hidings(CHANNEL) == []


async def test_what_a_person_added_is_counted_hidden_or_not(store: Store) -> None:
    await store.add(an_idea(author=ANN, created_at=NOW))
    second = await store.add(an_idea(author=ANN, created_at=later(60)))
    await store.add(an_idea(author=BOB, created_at=later(60)))
    await store.add(an_idea(created_at=later(60)))
    await store.hide(TEAM, a_hiding(second))

    assert await store.added(TEAM, NOW, ANN) == (2, NOW)
    assert await store.added(TEAM, later(1), ANN) == (1, later(60))
    assert await store.added(OTHERS, NOW, ANN) == (0, None)


async def test_a_forgotten_person_is_named_in_nothing_that_was_hidden(store: Store, url: str) -> None:
    theirs, hers = await store.add(an_idea(author=BOB)), await store.add(an_idea(author=ANN))
    await store.hide(TEAM, a_hiding(theirs, by=ANN))
    await store.hide(TEAM, a_hiding(hers, by=BOB))
    await store.settle(CHANNEL, ChannelSettings(blocked=(ANN.id, "4713"), admins=(ANN.id,)))

    await store.forget(TEAM, ANN)

    assert [one.by for one in await store.hidings(CHANNEL)] == [None]
    assert (await store.settings(CHANNEL)).blocked == ("4713",)
    assert ANN.id not in await everything_in(store, url)


async def test_a_channel_s_lists_are_kept(store: Store) -> None:
    settled = ChannelSettings(outsiders=False, blocked=("1", "2"), askers=("3",), voters=("4",), picking=("5", "6"))

    await store.settle(CHANNEL, settled)

    assert await store.settings(CHANNEL) == settled


async def test_a_team_that_left_is_remembered_from_the_first_time_until_it_is_back(store: Store) -> None:
    await store.depart(TEAM, NOW)
    await store.depart(TEAM, later(60))
    await store.depart(OTHERS, later(90))

    assert await store.departed(later(1)) == [Departure(team=TEAM, at=NOW)]
    assert await store.departed(NOW) == []
    assert [one.team for one in await store.departed(later(100))] == [TEAM, OTHERS]
    await store.stay(TEAM)
    assert [one.team for one in await store.departed(later(100))] == [OTHERS]


async def filled(store: Store, channel: Channel, secret: str) -> None:
    """Something in every table that a team can fill."""
    team = channel.team
    source = a_brainstorm(channel=channel, parents=("0" * 24,))
    await store.begin(source)
    idea = await store.add(an_idea(channel=channel, brainstorm=source.id, text=secret, author=ANN, parents=("0" * 24,)))
    await store.log(team, [Candidate(brainstorm=source.id, draft=Draft(text=secret), verdict="kept")])
    await store.hear(team, a_vote(idea))
    await store.keep_media(team, idea.id, [File(name="a.png", media_type="image/png", content=secret.encode())], NOW)
    await store.keep_version(a_version(id=f"{secret}-v1", team=team, adapter=f"adapter-{secret}"))
    await store.settle(channel, ChannelSettings(style=secret))
    await store.keep_installation(team.platform, team.id, secret.encode())
    await store.hide(team, a_hiding(idea))
    await store.posted(team, f"{secret}/1", [idea.id], NOW)
    await store.arrive([Arrival(team=team, id=secret, at=NOW, body=secret)], "a bot", NOW.replace(year=2100))
    await store.depart(team, NOW)


async def test_a_forgotten_team_leaves_nothing_and_the_others_lose_nothing(store: Store, url: str) -> None:
    await filled(store, CHANNEL, "ourpost")
    await filled(store, THEIRS, "theirpost")
    theirs = await store.ideas(THEIRS, hidden=True)

    cleared = await store.forget_team(TEAM)

    assert cleared.adapters == ("adapter-ourpost",)
    assert cleared.files == 1
    assert cleared.rows >= 10
    kept = await everything_in(store, url)
    assert "ourpost" not in kept
    assert TEAM.id not in kept
    assert await store.media_used(TEAM) == 0
    assert await store.ideas(THEIRS, hidden=True) == theirs
    assert await store.media_used(OTHERS) > 0
    assert (await store.settings(THEIRS)).style == "theirpost"
    assert await store.forget_team(TEAM) == replace(cleared, rows=0, files=0, adapters=())


async def test_a_team_that_comes_back_begins_with_an_empty_board(store: Store) -> None:
    await filled(store, CHANNEL, "ourpost")
    await store.forget_team(TEAM)

    idea = await store.add(an_idea())

    assert idea.number == 1
    assert await store.ideas(CHANNEL) == [idea]
