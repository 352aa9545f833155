"""discord.py's client as this bot needs it: few events, nothing remembered, everything handed on."""

from __future__ import annotations

import asyncio
import sys
from typing import Any, Protocol

import discord
import structlog
import yarl
from discord import app_commands

from adapters.discord import deletions, hearing, keeping, mentions, menus, presses, reactions, slash, syncing, talking
from adapters.discord.belonging import Belonging
from adapters.discord.by_token import NOBODY
from adapters.discord.placed import House
from bot.config import DiscordTable
from bot.messages import Card
from bot.ports import Front
from bot.words import _, speaking

log = structlog.get_logger(__name__)


class Chat(House, Protocol):
    """What the client hands on to; `adapters.discord.chat.DiscordChat` is it."""

    settings: DiscordTable
    identify_s: float  #: seconds between two sessions of the gateway
    shown: reactions.Shown
    belonging: Belonging


class Tree(app_commands.CommandTree["Client"]):
    """The slash commands; what the library would drop in silence is answered."""

    async def on_error(self, interaction: discord.Interaction[Client], error: app_commands.AppCommandError, /) -> None:
        """Clients go on showing commands as they were for a while after a new version has registered its own."""
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            with speaking(interaction.locale.value):
                text = _("Muselab's commands have just changed. Please type the command again in a moment.")
            await interaction.client.hearing.ask(interaction, Card(text=text, private=True))
        else:
            log.error("a command broke", exc_info=error)


class Client(discord.AutoShardedClient):
    """discord.py's client with as little remembered and asked for as the bot needs."""

    def __init__(self, chat: Chat, front: Front) -> None:
        intents = discord.Intents.none()
        intents.guilds = True  # channels and threads
        intents.guild_reactions = intents.dm_reactions = True
        # To hear what is said to us, and of deleted ones. Of any other message no words are sent to us, and nothing is read.
        intents.guild_messages = intents.dm_messages = True
        super().__init__(
            intents=intents,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=NOBODY,
            enable_debug_events=False,
        )
        self.chat, self.front = chat, front
        self.names = mentions.Names(self, chat.turn)
        self.reactions = reactions.Reactions(self, chat.shown, front, chat.turn, chat.belonging.serves)
        self.hearing = hearing.Hearing(chat, self.names, front, chat.belonging.serves)
        self.talking = talking.Talking(self, chat, self.names, front, chat.belonging.serves)
        self.deletions = deletions.Deletions(self, chat.shown, front)
        self.tree = Tree(self)
        self.syncing = syncing.Syncing(self.tree)
        self._hearing: set[asyncio.Task[None]] = set()
        presses.lighten(self._connection.parsers, keeping.comes, self._pressed)
        presses.ignore(self._connection.parsers, deletions.UNREAD)
        self._connection.parsers[talking.EVENT] = self.talking.hear

    async def setup_hook(self) -> None:
        """Tells Discord which commands there are."""
        await self.tree.set_translator(slash.Words())
        slash.register(self.tree, self.front, self.hearing.serve)
        menus.register(self.tree, on_ideas=self.hearing.on_ideas, on_words=self.hearing.on_words)
        await self.syncing.begin()

    async def close(self) -> None:
        """Disconnects."""
        await self.syncing.close()
        await super().close()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Waits between sessions as Discord demands."""
        if not initial:
            await asyncio.sleep(self.chat.identify_s)

    async def launch_shards(self) -> None:
        """Connects, through the gateway of the settings where they name one."""
        if self.chat.settings.gateway and self.shard_count is None:
            self.shard_count, _url, _limits = await self.http.get_bot_gateway()
        await super().launch_shards()

    def _pressed(self, event: dict[str, Any], chosen: str) -> None:
        """A control was used. Its state is its id, so that it works after any restart, and discord.py need not know it."""
        data: Any = event
        interaction: discord.Interaction[Any] = discord.Interaction(data=data, state=self._connection)
        hearing = asyncio.create_task(self._hear(interaction, chosen))
        self._hearing.add(hearing)
        hearing.add_done_callback(self._hearing.discard)

    async def _hear(self, interaction: discord.Interaction[Any], chosen: str) -> None:
        try:
            await self.hearing.pressed(interaction, chosen)
        except Exception:
            log.exception("a press broke")

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Forms come here: discord.py knows only the modals that this very process opened."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.hearing.submitted(interaction)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """A native emoji on a message."""
        await self.reactions.hear(payload)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """A native emoji taken away."""
        await self.reactions.hear(payload)

    async def on_ready(self) -> None:
        """Connected, and told which servers the bot is in."""
        await self.chat.belonging.look(self)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """A server added the bot."""
        await self.chat.belonging.joined(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """A server removed the bot, or is gone."""
        await self.chat.belonging.left(guild.id)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message is gone, maybe one of ours."""
        await self.deletions.hear(payload.guild_id, payload.channel_id, payload.message_id)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Many messages are gone at once."""
        for message in sorted(payload.message_ids):
            await self.deletions.hear(payload.guild_id, payload.channel_id, message)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """What no handler foresaw."""
        log.error("an event broke", on=event_method, exc_info=sys.exception())


def point_at(settings: DiscordTable) -> None:
    """Points discord.py at other endpoints where the settings name them. It keeps them on its classes, for the whole process."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # no voice here, so nothing of it is missing
    if settings.api_base:
        discord.http.Route.BASE = settings.api_base.rstrip("/")
    if settings.gateway:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway)
