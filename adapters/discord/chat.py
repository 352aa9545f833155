"""The bot in Discord: its connection, what it hears, and where its answers go."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any
from weakref import WeakValueDictionary

import discord
import structlog

from adapters.discord import keeping, places, rates, reactions, readers
from adapters.discord.belonging import Belonging, Departures
from adapters.discord.by_token import NOBODY, Tokens
from adapters.discord.client import Client, point_at
from adapters.discord.pacing import TROUBLE
from adapters.discord.placed import Placed, Posted
from adapters.discord.render import Drawn
from adapters.discord.replies import Answer
from adapters.discord.rescue import LeftOut
from adapters.discord.said import SAID, Said
from adapters.discord.whispering import Whispered
from bot.config import DiscordTable
from bot.domain.errors import Misconfigured
from bot.domain.ideas import Channel, Person
from bot.ports import Front, Reply, TurnStore
from bot.words import _

log = structlog.get_logger(__name__)

RETRY_S = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)  # between attempts to connect at all; the last for good
DRAIN_S = 5.0  # at shutdown, for messages under way
IDENTIFY_S = 5.0  # between two sessions of one bot (docs: events/gateway)


class DiscordChat:
    """Muselab in Discord; a `Chat` of `bot.ports`."""

    name = places.NAME
    changes = True

    def __init__(
        self,
        settings: DiscordTable,
        *,
        noted: Departures | None = None,
        shared: TurnStore | None = None,
        identify_s: float = IDENTIFY_S,
    ) -> None:
        self.settings = settings
        self.belonging = Belonging(noted, settings.servers)
        self.identify_s = identify_s
        self._client: Client | None = None
        self._front: Front | None = None
        self._work: set[asyncio.Task[None]] = set()
        self.shown = reactions.Shown()
        self.tokens = Tokens()
        self.left_out = LeftOut()
        self.rates = rates.Rates(shared, lambda: (self._client.application_id if self._client is not None else None) or 0)
        self._alone: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._closed = False

    # ------------------------------------------------------------------------------------------ the chat

    @property
    def ready(self) -> bool:
        """Whether Discord has told us who we are, and where; see `bot.ports.Chat`."""
        return self._client is not None and self._client.is_ready() and not self._client.is_closed()

    async def run(self, front: Front) -> None:
        """Serves people until cancelled or closed; see `bot.ports.Chat`.

        Cancelled, it stays connected until `close`: answers under way still reach people.
        """
        point_at(self.settings)
        self._front = front
        for wait_s in itertools.chain(RETRY_S, itertools.repeat(RETRY_S[-1])):
            self._client = Client(self, front)
            await self._serve(self._client)
            await self._client.close()
            if self._closed:
                return
            log.warning("not connected; trying again", in_s=wait_s)
            await asyncio.sleep(wait_s)

    async def _serve(self, client: Client) -> None:
        """Serves people until the connection ends in a way that may pass."""
        try:
            await client.start(self.settings.token.get_secret_value())
        except discord.LoginFailure as error:
            raise Misconfigured(
                _("Discord refuses the bot's token. Copy it anew from the developer portal into MUSELAB_DISCORD__TOKEN.")
            ) from error
        except discord.PrivilegedIntentsRequired as error:
            raise Misconfigured(_("Discord closed the connection for good: {why}.").format(why=FATAL[4014])) from error
        except discord.ConnectionClosed as error:
            if error.code in FATAL:
                raise Misconfigured(_("Discord closed the connection for good: {why}.").format(why=FATAL[error.code])) from error
            log.warning("the connection was closed", code=error.code)
        except (*TROUBLE, discord.GatewayNotFound, TimeoutError) as error:
            log.warning("no connection to Discord", why=str(error))

    def at(self, address: str) -> Reply | None:
        """A reply that changes a message of before; see `bot.ports.Chat`."""
        where = places.read(address)
        if self._client is None or self._client.is_closed() or where is None:
            return None
        return Placed(self, *where)

    def back(self, channel: Channel, way: str, address: str) -> Reply | None:
        """A reply that goes on with another process's answer; see `bot.ports.Chat`."""
        if not self.ready:
            return None
        assert self._client is not None
        state: Any = json.loads(way)
        if state.get("kind") == SAID:
            return Said.resumed(self._client, self, state, address)
        return Answer.resumed(self, keeping.interaction_of(self._client, state), state, address)

    async def again(self, body: str) -> bool:
        """Serves an event that was kept; see `bot.ports.Chat`."""
        if not self.ready:
            return False
        assert self._client is not None
        event = json.loads(body)
        if event.get("kind") == keeping.REACTION:
            await self.front.press(reactions.kept_press(event), reactions.Silent())
        elif event.get("kind") == keeping.MESSAGE:
            self._client.talking.again(event)
        else:
            keeping.serve_again(self._client, event)
        return True

    def to(self, channel: Channel) -> Reply | None:
        """A reply that posts in a channel; see `bot.ports.Chat`."""
        if self._client is None or self._client.is_closed() or not channel.id.isdecimal() or not self._ours(channel):
            return None
        return Posted(self, int(channel.id))

    def whisper(self, channel: Channel, person: Person) -> Reply | None:
        """A reply that tells one person of a channel something in private; see `bot.ports.Chat.whisper`."""
        if self.to(channel) is None or not person.id.isdecimal():
            return None
        assert self._client is not None
        return Whispered(self, self._client, int(person.id))

    def threads(self, channel: Channel) -> bool:
        """Whether a thread can be opened for each brainstorm there; see `bot.ports.Chat`."""
        return self._client is not None and channel.id.isdecimal() and places.threads(self._client.get_channel(int(channel.id)))

    async def read_by(self, person: Person, channels: Sequence[Channel]) -> Mapping[Channel, str]:
        """The names of those channels that a person can read; see `bot.ports.ChannelReaders`."""
        if self._client is None or not self.ready:
            return {}
        return await readers.read_by(self._client, person, channels, self.turn)

    def _ours(self, channel: Channel) -> bool:
        """Whether a channel is its team's: an id that somebody typed may be a room of any server the bot is in."""
        assert self._client is not None
        if not channel.team.id.isdecimal():  # a conversation of people's own, of which no room of a server is part
            room = isinstance(self._client.get_channel(int(channel.id)), discord.abc.GuildChannel | discord.Thread)
            return not room and not channel.team.id.startswith("group-")  # the bot is part of no group
        guild = self._client.get_guild(int(channel.team.id))
        where = guild.get_channel_or_thread(int(channel.id)) if guild is not None else None
        return isinstance(where, discord.abc.Messageable)  # no post can stand in a forum itself

    async def close(self) -> None:
        """Disconnects, after messages under way have had a moment."""
        self._closed = True
        if self._work:
            _done, late = await asyncio.wait(self._work, timeout=DRAIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    # ------------------------------------------------------------------------------------------ what replies need

    def message(self, channel: int, message: int) -> discord.PartialMessage:
        """A message by where it is; see `replies.House`."""
        return self.messageable(channel).get_partial_message(message)

    async def edit(self, channel: int, message: int, view: Drawn, **more: Any) -> None:
        """Changes a message; see `replies.House`. Of Discord's answer discord.py would make objects as large as the message."""
        assert self._client is not None
        with discord.http.handle_message_parameters(view=view, allowed_mentions=NOBODY, **more) as params:
            await self._client.http.edit_message(channel, message, params=params)

    def messageable(self, channel: int) -> discord.PartialMessageable:
        """A channel by its id; see `replies.House`."""
        assert self._client is not None
        return self._client.get_partial_messageable(channel)

    def remember(self, message: int, ideas: tuple[reactions.Idea, ...]) -> None:
        """Notes which ideas a message shows; see `replies.House`."""
        self.shown.remember(message, ideas)

    def background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs something that shutting down waits for; see `replies.House`."""
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    def alone(self, channel: int) -> asyncio.Lock:
        """Held while a message of a channel is changed; see `placed.House`."""
        lock = self._alone.get(channel)
        if lock is None:
            self._alone[channel] = lock = asyncio.Lock()
        return lock

    async def turn(self, kind: rates.Kind | None = None, channel: int = 0) -> None:
        """Waits for a turn among the requests of one second, and of a channel; see `replies.House`."""
        await self.rates.turn(kind, channel)

    @property
    def front(self) -> Front:
        """Where events go."""
        assert self._front is not None
        return self._front


#: Close codes after which trying again is useless (docs: topics/opcodes-and-status-codes).
FATAL = {
    4004: "the token is wrong",
    4010: "the shard is wrong",
    4011: "this bot is in so many servers that it must be sharded",
    4012: "the API version is no longer served",
    4013: "the intents are invalid",
    4014: "an intent is not switched on in the developer portal",
}
