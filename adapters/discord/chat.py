"""The bot in Discord: its connection, what it hears, and where its answers go."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar, cast

import discord
import structlog

from adapters.discord import events, forms, keeping, keys, reactions, slash
from adapters.discord.belonging import Belonging, Departures
from adapters.discord.client import Client, point_at
from adapters.discord.pacing import TROUBLE, passing
from adapters.discord.placed import NOBODY, Placed, Posted
from adapters.discord.render import render
from adapters.discord.replies import TOO_LATE, TWICE, Answer
from bot import commands, plugins, typed
from bot.config import DiscordTable
from bot.domain.errors import Misconfigured, UnknownIdea
from bot.domain.ideas import Channel
from bot.messages import Card, Field, Form, Key, Press, Value
from bot.ports import Front, Reply
from bot.words import _, speaking

log = structlog.get_logger(__name__)

Given = TypeVar("Given", bound=Value)

FORM_S = 2.0  # for the form of a button that asks: the modal must reach Discord within its 3 s
A_SECOND = 40  # requests with the bot's own token; Discord takes 50 and counts those of others on this token
RETRY_S = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)  # between attempts to connect at all; the last for good
DRAIN_S = 5.0  # at shutdown, for messages under way
IDENTIFY_S = 5.0  # between two sessions of one bot (docs: events/gateway)
BY_ID = frozenset({"settings"})  # commands that are about the people and places mentioned, and not about their names
MENU = "menu"  # the token of the context menu's form: both ideas are named in it


class DiscordChat:
    """Muselab in Discord; a `Chat` of `bot.ports`."""

    name = events.NAME
    changes = True

    def __init__(self, settings: DiscordTable, *, noted: Departures | None = None, identify_s: float = IDENTIFY_S) -> None:
        self.settings = settings
        self.belonging = Belonging(noted, settings.servers)
        self.identify_s = identify_s
        self._client: Client | None = None
        self._front: Front | None = None
        self._work: set[asyncio.Task[None]] = set()
        self.shown = reactions.Shown()
        self._turns: list[float] = []
        self._commands = frozenset(plugins.names(commands))  # looking into the folder takes a millisecond, too long for each call
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
        channel, _dash, message = address.partition("-")
        if self._client is None or self._client.is_closed() or not (channel.isdecimal() and message.isdecimal()):
            return None
        return Placed(self, int(channel), int(message))

    def back(self, channel: Channel, way: str, address: str) -> Reply | None:
        """A reply that goes on with another process's answer; see `bot.ports.Chat`."""
        if not self.ready:
            return None
        assert self._client is not None
        state: keeping.Way = json.loads(way)
        return Answer.resumed(self, keeping.interaction_of(self._client, state), state, address)

    async def again(self, body: str) -> bool:
        """Serves an event that was kept; see `bot.ports.Chat`."""
        if not self.ready:
            return False
        assert self._client is not None
        event = json.loads(body)
        if event.get("kind") == keeping.REACTION:
            await self.front.press(reactions.kept_press(event), reactions.Silent())
        else:
            keeping.serve_again(self._client, event)
        return True

    def to(self, channel: Channel) -> Reply | None:
        """A reply that posts in a channel; see `bot.ports.Chat`."""
        if self._client is None or self._client.is_closed() or not channel.id.isdecimal() or not self._ours(channel):
            return None
        return Posted(self, int(channel.id))

    def _ours(self, channel: Channel) -> bool:
        """Whether a channel is its team's: an id that somebody typed may be a room of any server the bot is in."""
        assert self._client is not None
        if not channel.team.id.isdecimal():  # a conversation of people's own, of which no room of a server is part
            return not isinstance(self._client.get_channel(int(channel.id)), discord.abc.GuildChannel | discord.Thread)
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

    # ------------------------------------------------------------------------------------------ what people do

    async def serve(self, interaction: discord.Interaction[Any], name: str, given: dict[str, slash.Given]) -> None:
        """A slash command was used; without any option, one that has a form opens it."""
        if await self._turned_away(interaction):
            return
        bare = typed.bare(name) if not given else None
        if bare is not None:
            await self.ask(interaction, await self._form(events.press(interaction, bare)))
            return
        reply = self._answer(interaction)
        args: dict[str, Value] = {key: value for key, value in given.items() if not isinstance(value, discord.Attachment)}
        files = tuple(events.upload(value, key) for key, value in given.items() if isinstance(value, discord.Attachment))
        if name not in BY_ID:
            args = await self._worded(interaction, args)
        if name in self._commands:
            call = events.call(interaction, name, args)
            ours = await self.front.call(replace(call, uploads=files), reply)
        else:
            try:
                with speaking(interaction.locale.value):
                    key, values = slash.signal_key(name, args)
            except UnknownIdea as error:
                await self.ask(interaction, Card(text=str(error), private=True))
                return
            ours = await self.front.press(events.press(interaction, key, values), reply)
        await reply.finish(ours=ours)

    async def pressed(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        """A button was pressed, or a menu's entry chosen."""
        if await self._turned_away(interaction):
            return
        read = keys.read(custom_id)
        if read is None:
            return
        key, asks = read
        if asks:
            await self.ask(interaction, await self._form(events.press(interaction, key)))
            return
        reply = self._answer(interaction)
        await reply.finish(ours=await self.front.press(events.press(interaction, key), reply))

    async def submitted(self, interaction: discord.Interaction[Any]) -> None:
        """A form was submitted."""
        if await self._turned_away(interaction):
            return
        read = keys.read(events.custom_id(interaction))
        if read is None:
            return
        key, values = read[0], await self._worded(interaction, events.submitted(interaction))
        reply = self._answer(interaction)
        if key.token == MENU:
            ours = await self.front.call(events.call(interaction, key.verb, dict(values)), reply)
        else:
            ours = await self.front.press(events.press(interaction, key, values, events.handed(interaction)), reply)
        await reply.finish(ours=ours)

    async def remix(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """“Remix this idea” was chosen from a message's menu."""
        shown = reactions.ideas_on(message) if message.author == interaction.client.user else ()
        with speaking(interaction.locale.value):
            if len(shown) == 1:
                await self.ask(interaction, await self._form(events.press(interaction, Key(verb="remix", target=shown[0].id))))
            elif shown:
                first = Field(name="first", label=_("Which idea? Its number"), placeholder="#3", most=12)
                second = Field(name="second", label=_("With which idea? Its number"), placeholder="#4", most=12)
                form = Form(key=Key(verb="remix", token=MENU), title=_("Remix this idea"), fields=(first, second))
                await self.ask(interaction, form)
            else:
                text = _("There is no idea of Muselab's on this message. Put it on the board with /idea, then remix it.")
                await self.ask(interaction, Card(text=text, private=True))

    def _answer(self, interaction: discord.Interaction[Any]) -> Answer:
        return Answer(self, interaction, again=keeping.comes_again(interaction))

    async def _turned_away(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether this is no server that is served; who asked there is told."""
        if self.belonging.serves(interaction.guild_id):
            return False
        with speaking(interaction.locale.value):
            text = _("Muselab is not offered in this server. Whoever hosts it has named those it is for.")
        await self.ask(interaction, Card(text=text, private=True))
        return True

    async def _worded(self, interaction: discord.Interaction[Any], options: dict[str, Given]) -> dict[str, Given]:
        """What was written, with names in the place of ids."""
        assert self._client is not None
        args = dict(options)
        with speaking(interaction.locale.value):
            for key, value in options.items():
                if isinstance(value, str):
                    args[key] = cast(Given, await self._client.names.worded(value, interaction.guild, interaction.guild_id))
        return args

    # ------------------------------------------------------------------------------------------ forms

    async def _form(self, press: Press) -> Form | Card:
        try:
            return await asyncio.wait_for(self.front.form(press), FORM_S)
        except TimeoutError:
            log.warning("a form took too long", verb=press.key.verb)
            with speaking(press.locale):
                return Card(text=_("That took too long. Please try again."), private=True)

    async def ask(self, interaction: discord.Interaction[Any], asking: Form | Card) -> None:
        """Opens a form; or says, to the person alone, why not."""
        try:
            if isinstance(asking, Form):
                await interaction.response.send_modal(forms.modal(asking))
            else:
                await interaction.response.send_message(view=render(asking), ephemeral=True, allowed_mentions=NOBODY)
        except TROUBLE as error:
            if isinstance(error, discord.HTTPException) and error.code not in (TOO_LATE, TWICE) and not passing(error):
                raise
            log.warning("a form came too late", why=str(error))

    # ------------------------------------------------------------------------------------------ what replies need

    def message(self, channel: int, message: int) -> discord.PartialMessage:
        """A message by where it is; see `replies.House`."""
        return self.messageable(channel).get_partial_message(message)

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

    async def turn(self) -> None:
        """Waits for a turn among the requests of one second; see `replies.House`."""
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            self._turns = [at for at in self._turns if now - at < 1.0]
            if len(self._turns) < A_SECOND:
                self._turns.append(now)
                return
            await asyncio.sleep(1.0 - (now - self._turns[0]))

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
