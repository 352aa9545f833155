"""Whose conversation an interaction comes from: a server's, one person's own, or a group's, which is nobody's own."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from adapters.discord import places

TEXT, DIRECT, GROUP = 0, 1, 3


def an_interaction(kind: int, user: str, *, guild: str = "") -> discord.Interaction[Any]:
    """What discord.py makes of an interaction in a channel of this kind."""
    client = discord.Client(intents=discord.Intents.none())
    state = client._connection
    person = {"id": user, "username": "ann", "discriminator": "0", "avatar": None}
    state.user = discord.ClientUser(state=state, data={**person, "id": "1", "bot": True})  # type: ignore[typeddict-item]
    channel: dict[str, Any] = {"id": "77", "type": kind, "name": "tea", "recipients": [person], "owner_id": user, "icon": None}
    data: dict[str, Any] = {
        "id": "5",
        "application_id": "6",
        "type": 2,
        "token": "t",
        "version": 1,
        "locale": "en-US",
        "channel_id": "77",
        "channel": channel,
        "user": person,
        "attachment_size_limit": 0,
    }
    return discord.Interaction(data=data, state=state)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "team"), [(DIRECT, "person-42"), (GROUP, "group-77")], ids=["direct", "group"])
async def test_a_group_s_conversation_is_the_group_s_and_a_direct_one_the_person_s(kind: int, team: str) -> None:
    place = places.place(an_interaction(kind, "42"))

    assert (place.team.id, place.id) == (team, "77")


async def test_everybody_in_a_group_shares_its_board() -> None:
    ann, bob = (places.place(an_interaction(GROUP, user)) for user in ("42", "43"))

    assert ann == bob
