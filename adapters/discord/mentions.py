"""What people write, in words: names in the place of Discord's ids. Names are remembered for a while, never stored."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import discord
import structlog
from babel.dates import format_date

from adapters.discord.pacing import TROUBLE
from bot.domain.ideas import clean
from bot.services.talk.mentions import GONE, closed_up
from bot.words import language

log = structlog.get_logger(__name__)

ASKED_WITHIN_S = 1.0  # of the three in which Discord wants to be told: who is not known by then is left out
KNOWN_FOR_S = 3600.0  # names change seldom
MANY_PEOPLE = 10_000  # remembered at once
MOST_NAMED = 5  # people of one text who are asked for; each may cost a request of the bot's 50 a second
#: Everything that Discord writes in angle brackets (docs: reference, message formatting).
SPECIAL = re.compile(
    r"<(?:@!?(?P<user>\d+)|@&(?P<role>\d+)|#(?P<channel>\d+)|/(?P<command>[^:<>]+):\d+|a?:(?P<emoji>\w+):\d+|"
    r"t:(?P<moment>-?\d{1,12})(?::[A-Za-z])?|id:\w+)>"
)


class Names:
    """Display names of people, asked for once an hour."""

    def __init__(self, client: discord.Client, turn: Callable[[], Awaitable[None]]) -> None:
        self._client = client
        self._turn = turn
        self._known: OrderedDict[tuple[int | None, int], tuple[float, str]] = OrderedDict()

    async def of(self, guild: int | None, user: int) -> str:
        """What others read where somebody is mentioned; empty where Discord does not say."""
        now = asyncio.get_running_loop().time()
        until, name = self._known.get((guild, user), (0.0, ""))
        if now < until:
            return name
        try:
            await self._turn()
            if guild is not None:
                member = dict(await self._client.http.get_member(guild, user))
                account = dict(member["user"])  # type: ignore[call-overload]
            else:
                member, account = {}, dict(await self._client.http.get_user(user))
        except TROUBLE as error:
            log.info("a person's name is unknown", why=str(error))
            member, account = {}, {}
        display_name = clean(str(member.get("nick") or account.get("global_name") or account.get("username") or ""))
        self._known[guild, user] = (now + KNOWN_FOR_S, display_name)
        if len(self._known) > MANY_PEOPLE:
            self._known.popitem(last=False)
        return display_name

    async def worded(self, text: str, guild: discord.Guild | None, guild_id: int | None) -> str:
        """A text with names in the place of mentions; ours vanishes, wherever it stands.

        Args:
            text: as Discord sends it.
            guild: the server it was written in, as far as the bot knows it.
            guild_id: its id; None in direct conversations.
        """
        if "<" not in text:
            return text
        us = self._client.user.id if self._client.user is not None else 0
        users = dict.fromkeys(int(match["user"]) for match in SPECIAL.finditer(text) if match["user"])
        names: dict[int, str] = {}

        async def ask(user: int) -> None:
            names[user] = await self.of(guild_id, user)

        asked = [user for user in users if user != us][:MOST_NAMED]
        if asked:
            tasks = [asyncio.create_task(ask(user)) for user in asked]
            _done, late = await asyncio.wait(tasks, timeout=ASKED_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return plain(text, names, guild)


def plain(text: str, names: dict[int, str], guild: discord.Guild | None) -> str:
    """The text in words; what has no name is left out. Pure."""

    def said(match: re.Match[str]) -> str:
        if match["user"]:
            return names.get(int(match["user"]), "")
        if match["role"]:
            role = guild.get_role(int(match["role"])) if guild is not None else None
            return role.name if role is not None else ""
        if match["channel"]:
            where = guild.get_channel_or_thread(int(match["channel"])) if guild is not None else None
            return where.name if where is not None else ""
        if match["command"]:
            return f"/{match['command']}"
        if match["emoji"]:
            return f":{match['emoji']}:"
        return moment(int(match["moment"])) if match["moment"] else ""

    return closed_up(SPECIAL.sub(lambda match: said(match) or GONE, text)) if SPECIAL.search(text) else text


def moment(seconds: int) -> str:
    """A moment as a date, in the language being spoken; empty when it is none."""
    try:
        return format_date(datetime.fromtimestamp(seconds, UTC).date(), format="medium", locale=language())
    except (ValueError, OverflowError, OSError):
        return ""
