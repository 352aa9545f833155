"""Hears interactions: commands, controls, forms and entries of menus, as calls and presses for the desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

import discord
import structlog

from adapters.discord import events, forms, keeping, keys, menus, permissions, reactions, slash
from adapters.discord.acknowledging import TOO_LATE, TWICE
from adapters.discord.by_token import NOBODY
from adapters.discord.mentions import Names
from adapters.discord.pacing import TROUBLE, passing
from adapters.discord.placed import House
from adapters.discord.render import render
from adapters.discord.replies import Answer
from bot import commands, plugins, typed
from bot.domain.errors import UnknownIdea
from bot.messages import Card, Field, Form, Key, Press, Value
from bot.ports import Front
from bot.words import _, speaking

log = structlog.get_logger(__name__)

Given = TypeVar("Given", bound=Value)

FORM_S = 2.0  # for the form of a button that asks: the modal must reach Discord within its 3 s
BY_ID = frozenset({"settings"})  # commands that are about the people and places mentioned, and not about their names
MENU = "menu"  # the token of the context menu's form: both ideas are named in it


class Hearing:
    """Turns interactions into calls and presses."""

    def __init__(self, house: House, names: Names, front: Front, serves: Callable[[int | None], bool]) -> None:
        """`serves`: whether a server is one of those that this bot is for."""
        self._house = house
        self._names = names
        self._front = front
        self._serves = serves
        self._commands = frozenset(plugins.names(commands))  # looking into the folder takes a millisecond, too long for each call
        self._hand_out = permissions.handing_out()

    async def serve(self, interaction: discord.Interaction[Any], name: str, given: dict[str, slash.Given]) -> None:
        """A slash command was used; without any option, one that has a form opens it."""
        if await self._turned_away(interaction, name):
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
            ours = await self._front.call(replace(call, uploads=files), reply)
        else:
            try:
                with speaking(interaction.locale.value):
                    key, values = slash.signal_key(name, args)
            except UnknownIdea as error:
                await self.ask(interaction, Card(text=str(error), private=True))
                return
            ours = await self._front.press(events.press(interaction, key, values), reply)
        await reply.finish(ours=ours)

    async def pressed(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        """A button was pressed, or a menu's entry chosen."""
        read = keys.read(custom_id)
        if read is None or await self._turned_away(interaction, read[0].verb):
            return
        key, asks = read
        if asks:
            await self.ask(interaction, await self._form(events.press(interaction, key)))
            return
        reply = self._answer(interaction)
        await reply.finish(ours=await self._front.press(events.press(interaction, key), reply))

    async def submitted(self, interaction: discord.Interaction[Any]) -> None:
        """A form was submitted."""
        read = keys.read(events.custom_id(interaction))
        if read is None or await self._turned_away(interaction, read[0].verb):
            return
        key, values = read[0], await self._worded(interaction, events.submitted(interaction))
        reply = self._answer(interaction)
        if key.token == MENU:
            ours = await self._front.call(events.call(interaction, key.verb, dict(values)), reply)
        else:
            ours = await self._front.press(events.press(interaction, key, values, events.handed(interaction)), reply)
        await reply.finish(ours=ours)

    async def on_ideas(self, name: str, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """A command was chosen from the menu of a message that should show ideas."""
        if await self._turned_away(interaction):
            return
        shown = reactions.ideas_on(message) if message.author == interaction.client.user else ()
        with speaking(interaction.locale.value):
            if not shown:
                text = _("There is no idea of Muselab's on this message. Put it on the board with /idea, then remix it.")
                await self.ask(interaction, Card(text=text, private=True))
                return
            form = await self._form(events.press(interaction, Key(verb=name, target=shown[0].id)))
            if len(shown) > 1 and isinstance(form, Form):
                first = Field(name=menus.idea_param(name), label=_("Which idea? Its number"), placeholder="#3", most=12)
                form = Form(key=Key(verb=name, token=MENU), title=form.title, fields=(first, *form.fields))
            await self.ask(interaction, form)

    async def on_words(self, name: str, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """A command was chosen from the menu of anybody's message; its words are what the command takes."""
        if await self._turned_away(interaction):
            return
        if not message.content.strip():
            with speaking(interaction.locale.value):
                await self.ask(interaction, Card(text=_("There are no words on this message."), private=True))
            return
        await self.serve(interaction, name, {menus.words_param(name): message.content})

    def _answer(self, interaction: discord.Interaction[Any]) -> Answer:
        return Answer(self._house, interaction, again=keeping.comes_again(interaction))

    async def _turned_away(self, interaction: discord.Interaction[Any], name: str = "") -> bool:
        """Whether this is no server that is served, or no place in which a command can work; who asked there is told."""
        with speaking(interaction.locale.value):
            if not self._serves(interaction.guild_id):
                text = _("Muselab is not offered in this server. Whoever hosts it has named those it is for.")
            elif name in self._hand_out and not permissions.may_attach(interaction):
                text = permissions.no_files()
            else:
                return False
        await self.ask(interaction, Card(text=text, private=True))
        return True

    async def _worded(self, interaction: discord.Interaction[Any], options: dict[str, Given]) -> dict[str, Given]:
        """What was written, with names in the place of ids."""
        args = dict(options)
        with speaking(interaction.locale.value):
            for key, value in options.items():
                if isinstance(value, str):
                    args[key] = cast(Given, await self._names.worded(value, interaction.guild, interaction.guild_id))
        return args

    async def _form(self, press: Press) -> Form | Card:
        try:
            return await asyncio.wait_for(self._front.form(press), FORM_S)
        except TimeoutError:
            log.warning("a form took too long", verb=press.key.verb)
            with speaking(press.locale):
                return Card(text=_("That took too long. Please try again."), private=True)

    async def ask(self, interaction: discord.Interaction[Any], asking: Form | Card) -> None:
        """Opens a form; or says, to the person alone, why not."""
        try:
            if isinstance(asking, Form):
                await interaction.response.send_modal(forms.modal(asking, interaction.guild))
            else:
                await interaction.response.send_message(view=render(asking), ephemeral=True, allowed_mentions=NOBODY)
        except TROUBLE as error:
            if isinstance(error, discord.HTTPException) and error.code not in (TOO_LATE, TWICE) and not passing(error):
                raise
            log.warning("a form came too late", why=str(error))
