"""The bot in Discord: its connection, what it hears, and where its answers go."""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Coroutine
from typing import Any

import discord
import structlog
import yarl
from discord import app_commands

from adapters.discord import events, forms, keys, reactions, slash
from adapters.discord.pacing import TROUBLE, passing
from adapters.discord.render import Pressable, render
from adapters.discord.replies import NOBODY, TOO_LATE, TWICE, Answer, Placed
from bot import commands, plugins
from bot.config import DiscordTable
from bot.domain.errors import Misconfigured, UnknownIdea
from bot.messages import Card, Field, Form, Key, Press, Value
from bot.ports import Front, Reply
from bot.words import _, speaking

log = structlog.get_logger(__name__)

FORM_S = 2.0  # for the form of a button that asks: the modal must reach Discord within its 3 s
A_SECOND = 40  # requests with the bot's own token; Discord takes 50 and counts those of others on this token
RETRY_S = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)  # between attempts to connect at all; the last for good
DRAIN_S = 5.0  # at shutdown, for messages under way
IDENTIFY_S = 5.0  # between two sessions of one bot (docs: events/gateway)
MENU = "menu"  # the token of the context menu's form: both ideas are named in it


class Tree(app_commands.CommandTree["Client"]):
    """The slash commands; what the library would drop in silence is answered."""

    async def on_error(self, interaction: discord.Interaction[Client], error: app_commands.AppCommandError, /) -> None:
        """Clients go on showing commands as they were for a while after a new version has registered its own."""
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            with speaking(interaction.locale.value):
                text = _("Muselab's commands have just changed. Please type the command again in a moment.")
            await interaction.response.send_message(view=render(Card(text=text)), ephemeral=True)
        else:
            log.error("a command broke", exc_info=error)


class Client(discord.AutoShardedClient):
    """discord.py's client with as little remembered and asked for as the bot needs."""

    def __init__(self, chat: DiscordChat, front: Front) -> None:
        intents = discord.Intents.none()
        intents.guilds = True  # channels and threads
        intents.guild_reactions = intents.dm_reactions = True
        super().__init__(
            intents=intents,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=NOBODY,
            enable_debug_events=False,
        )
        self.chat, self.front = chat, front
        self.reactions = reactions.Reactions(self, chat.shown, front, chat.turn)
        self.tree = Tree(self)

    async def setup_hook(self) -> None:
        """Tells Discord which commands there are, and discord.py which controls are ours."""
        await self.tree.set_translator(slash.Words())
        slash.register(self.tree, self.front, self.chat.serve)
        if "remix" in plugins.names(commands):
            self.tree.add_command(slash.menu(slash.REMIX, self.chat.remix))
        self.add_dynamic_items(Pressable)
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Waits between sessions as Discord demands."""
        if not initial:
            await asyncio.sleep(self.chat.identify_s)

    async def launch_shards(self) -> None:
        """Connects, through the gateway of the settings where they name one."""
        if self.chat.settings.gateway and self.shard_count is None:
            self.shard_count, _url, _limits = await self.http.get_bot_gateway()
        await super().launch_shards()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Forms come here: discord.py knows only the modals that this very process opened."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.chat.submitted(interaction)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """A native emoji on a message."""
        await self.reactions.hear(payload)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """A native emoji taken away."""
        await self.reactions.hear(payload)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """What no handler foresaw."""
        log.error("an event broke", on=event_method, exc_info=sys.exception())


class DiscordChat:
    """Muselab in Discord; a `Chat` of `bot.ports`."""

    name = events.NAME
    changes = True

    def __init__(self, settings: DiscordTable, *, identify_s: float = IDENTIFY_S) -> None:
        self.settings = settings
        self.identify_s = identify_s
        self._client: Client | None = None
        self._front: Front | None = None
        self._work: set[asyncio.Task[None]] = set()
        self.shown = reactions.Shown()
        self._turns: list[float] = []
        self._commands = frozenset(plugins.names(commands))  # looking into the folder takes a millisecond, too long for each call
        self._closed = False

    # ------------------------------------------------------------------------------------------ the chat

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

    async def serve(self, interaction: discord.Interaction[Any], name: str, args: dict[str, Value]) -> None:
        """A slash command was used."""
        reply = Answer(self, interaction)
        if name in self._commands:
            await self.front.call(events.call(interaction, name, args), reply)
        else:
            try:
                with speaking(interaction.locale.value):
                    key, values = slash.signal_key(name, args)
            except UnknownIdea as error:
                await self._ask(interaction, Card(text=str(error), private=True))
                return
            await self.front.press(events.press(interaction, key, values), reply)
        await reply.finish()

    async def pressed(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        """A button was pressed, or a menu's entry chosen."""
        read = keys.read(custom_id)
        if read is None:
            return
        key, asks = read
        if asks:
            await self._ask(interaction, await self._form(events.press(interaction, key)))
            return
        reply = Answer(self, interaction)
        await self.front.press(events.press(interaction, key), reply)
        await reply.finish()

    async def submitted(self, interaction: discord.Interaction[Any]) -> None:
        """A form was submitted."""
        read = keys.read(events.custom_id(interaction))
        if read is None:
            return
        key, values = read[0], events.submitted(interaction)
        reply = Answer(self, interaction)
        if key.token == MENU:
            await self.front.call(events.call(interaction, key.verb, dict(values)), reply)
        else:
            await self.front.press(events.press(interaction, key, values), reply)
        await reply.finish()

    async def remix(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """“Remix this idea” was chosen from a message's menu."""
        shown = reactions.ideas_on(message) if message.author == interaction.client.user else ()
        with speaking(interaction.locale.value):
            if len(shown) == 1:
                await self._ask(interaction, await self._form(events.press(interaction, Key(verb="remix", target=shown[0].id))))
            elif shown:
                first = Field(name="first", label=_("Which idea? Its number"), placeholder="#3", most=12)
                second = Field(name="second", label=_("With which idea? Its number"), placeholder="#4", most=12)
                form = Form(key=Key(verb="remix", token=MENU), title=_("Remix this idea"), fields=(first, second))
                await self._ask(interaction, form)
            else:
                text = _("There is no idea of Muselab's on this message. Put it on the board with /idea, then remix it.")
                await self._ask(interaction, Card(text=text, private=True))

    # ------------------------------------------------------------------------------------------ forms

    async def _form(self, press: Press) -> Form | Card:
        try:
            return await asyncio.wait_for(self.front.form(press), FORM_S)
        except TimeoutError:
            log.warning("a form took too long", verb=press.key.verb)
            with speaking(press.locale):
                return Card(text=_("That took too long. Please try again."), private=True)

    async def _ask(self, interaction: discord.Interaction[Any], asking: Form | Card) -> None:
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


def point_at(settings: DiscordTable) -> None:
    """Points discord.py at other endpoints where the settings name them. It keeps them on its classes, for the whole process."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # no voice here, so nothing of it is missing
    if settings.api_base:
        discord.http.Route.BASE = settings.api_base.rstrip("/")
    if settings.gateway:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway)
