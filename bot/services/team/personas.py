"""Personas of a channel: saved by name, used as the channel's style, found where a style names one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import NotAllowed, Refusal
from bot.domain.ideas import Channel, clean, within
from bot.domain.personas import MAX_NAME, MAX_PERSONAS, MAX_VOICE, Persona, folded
from bot.messages import Call
from bot.ports import Clock, Store
from bot.services.ideas.filtering import unsafe
from bot.words import FALLBACK, _, in_quotes, language

NOBODY = "-"  # as a style: none, here and in `/settings`


class Personas:
    """Keeps the voices of channels, and chooses among them."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def all(self, channel: Channel) -> list[Persona]:
        """The channel's, by name."""
        return await self.store.personas(channel)

    async def save(self, call: Call, name: str, voice: str) -> Persona:
        """Keeps a voice by a name, in the place of what had that name; where that was used, the new one is.

        Raises:
            NotAllowed: the person does not manage the channel.
            Refusal: the name or the text is empty, too long or unfit for a team, or there is no room for one more.
        """
        only_admins(call)
        tidy = within(name, MAX_NAME, what=_("The name"), error=Refusal)
        text = within(voice, MAX_VOICE, what=_("What a persona says"), error=Refusal)
        if unsafe(tidy) or unsafe(text):
            raise Refusal(_("This text has words that do not belong on a team's board. Please say it in others."))
        if tidy == NOBODY:
            raise Refusal(_("“-” stands for no style, so no persona can have that name. Please choose another."))
        there = await self.all(call.channel)
        before = named(there, tidy)
        if before is None and len(there) >= MAX_PERSONAS:
            raise Refusal(_("A channel has at most {most} personas. Remove one first.").format(most=MAX_PERSONAS))
        persona = Persona(channel=call.channel, name=tidy, voice=text, by=call.person, at=self.clock())
        await self.store.keep_persona(persona)
        if before is not None and before.name != tidy and await self.used(call.channel, there) == before:
            await self._settle(call.channel, tidy)
        return persona

    async def use(self, call: Call, name: str) -> Persona:
        """Makes a persona the channel's style, until another is used or the style is settled anew.

        Raises:
            NotAllowed: the person does not manage the channel.
            Refusal: there is none of that name.
        """
        only_admins(call)
        persona = found(await self.all(call.channel), name)
        await self._settle(call.channel, persona.name)
        return persona

    async def drop(self, call: Call) -> None:
        """Leaves the channel without a style of its own.

        Raises:
            NotAllowed: the person does not manage the channel.
        """
        only_admins(call)
        await self._settle(call.channel, None)

    async def remove(self, call: Call, name: str) -> Persona:
        """Deletes a persona for good; a channel that used it has no style of its own then. See `use` for what it raises."""
        only_admins(call)
        there = await self.all(call.channel)
        persona = found(there, name)
        if await self.used(call.channel, there) == persona:
            await self._settle(call.channel, None)
        await self.store.drop_persona(call.channel, persona.name)
        return persona

    async def used(self, channel: Channel, there: Sequence[Persona]) -> Persona | None:
        """Which of the channel's personas is its style."""
        return named(there, (await self.store.settings(channel)).style or "")

    async def _settle(self, channel: Channel, style: str | None) -> None:
        await self.store.amend(channel, lambda settings: replace(settings, style=style))


async def voice_of(store: Store, channel: Channel, style: str) -> str:
    """What a style says: where it names a persona of the channel, what that persona says; else the style itself."""
    if not style or len(clean(style)) > MAX_NAME:
        return style
    persona = named(await store.personas(channel), style)
    return persona.voice if persona is not None else style


def named(there: Sequence[Persona], name: str) -> Persona | None:
    """The persona of that name, or of that token of a control; None where there is none."""
    wanted = folded(name)
    return next((one for one in there if wanted in (one.folded, one.token)), None) if wanted else None


def found(there: Sequence[Persona], name: str) -> Persona:
    """The persona of that name.

    Raises:
        Refusal: there is none.
    """
    persona = named(there, name)
    if persona is not None:
        return persona
    tidy = clean(name)[:MAX_NAME]
    if not there:
        raise Refusal(_("No persona is saved here yet. Save one: /persona --save NAME and what it says."))
    names = (", " if language() == FALLBACK else "、").join(in_quotes(one.name) for one in there)
    raise Refusal(_("There is no persona “{name}” here. There are: {names}.").format(name=tidy, names=names))


def only_admins(call: Call) -> None:
    """Lets admins go on.

    Raises:
        NotAllowed: the person is none.
    """
    if not call.admin:
        raise NotAllowed(_("Only people who manage this channel may change its personas. Anybody may look, and ask in one once."))
