"""What people write, in words: names in the place of Slack's ids. Names are remembered for a while, never stored."""

from __future__ import annotations

import asyncio

from adapters.slack.lines import names_people
from adapters.slack.payloads import SPECIAL, by_id, mentioned, plain
from adapters.slack.teams import Teams
from adapters.slack.web import Failed, Web

MOST_NAMED = 10  # people of one text who are asked for; a topic of more is a list, and each may cost a request


async def worded(teams: Teams, web: Web, text: str, channel: str = "") -> str:
    """A text with people's display names in the place of their mentions; ours vanishes, wherever it stands.

    Args:
        teams: know people.
        web: the workspace.
        text: as Slack writes it.
        channel: where it was written, where that is known.
    """
    names: dict[str, str] = {}
    if people := mentioned(text):
        us = await _us(teams, web)
        asked = [id for id in people if id != us][:MOST_NAMED]
        found = await asyncio.gather(*(teams.who(web, id) for id in asked))
        names = {us: ""} | {id: who.name for id, who in zip(asked, found, strict=True) if who.name}
    return plain(text, names=names, channel=channel)


async def line(teams: Teams, web: Web, text: str, channel: str = "") -> str:
    """A typed line with names as `worded` gives them, or with ids where it settles something about people and places."""
    us = await _us(teams, web) if SPECIAL.search(text) else ""
    without_us = text.replace(f"<@{us}>", "").strip() if us else text
    ids = by_id(without_us)
    return ids if names_people(ids) else await worded(teams, web, text, channel)


async def _us(teams: Teams, web: Web) -> str:
    try:
        identity = await teams.find(web.team)
    except Failed:
        return ""
    return identity.bot_user if identity is not None else ""
