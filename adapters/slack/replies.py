"""Answers people: in the channel, in a thread, for their eyes only, on their Home tab, or in a message of before."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import structlog

from adapters.slack.beside import Beside
from adapters.slack.keeping import Way
from adapters.slack.privately import Privately
from adapters.slack.render import render
from adapters.slack.sessions import begun, ended
from adapters.slack.surface import Surface
from adapters.slack.web import Failed, ResponseUrl, Web
from bot.domain.ideas import IdeaId
from bot.messages import Card, Control, File
from bot.ports import Draw
from bot.words import _

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message of ours is, written `T0ACME/C0TEA/1700000000.000100`, and with a fourth part the thread it stands in."""

    team: str
    channel: str
    ts: str
    thread: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, (self.team, self.channel, self.ts, self.thread)))

    @classmethod
    def parse(cls, text: str) -> Address | None:
        """The address written as `text`; None when it is none of ours."""
        parts = text.split("/")
        return cls(*parts) if len(parts) in (3, 4) and all(parts) else None


@dataclass(eq=False)
class PersonReply:
    """Answers one person's call or press."""

    web: Web
    surface: Surface
    url: ResponseUrl | None = None
    whisper: bool = False  #: the press came from a message that only this person sees: it is replaced
    aloud: bool = False  #: a direct message is being answered: what is said there is private already, and ought to stay
    page: Callable[[], Surface] | None = None  #: the message whose control was pressed, in whose place a page is shown
    status: str = ""  #: timestamp of the direct message being answered: "is thinking…" stands below it
    offers: tuple[Control, ...] = ()  #: stand under what is shown, in Slack alone
    _told: set[str] = field(default_factory=set)  #: names of files that the person was sent directly

    @property
    def address(self) -> str:
        """See `bot.ports.Reply`."""
        where = self.surface.where
        return str(Address(self.web.team, where.channel, self.surface.ts, where.thread)) if self.surface.ts else ""

    def standing(self) -> list[tuple[str, tuple[IdeaId, ...]]]:
        """See `bot.ports.Accompanied`."""
        return self._beside.standing()

    @cached_property
    def _beside(self) -> Beside:
        return Beside(self.web, lambda: self.surface.where, self._lost, self.surface.pause_s / 5)

    @property
    def back(self) -> str:
        """See `bot.ports.Reply`, and `keeping.Way`."""
        where, surface = self.surface.where, self.surface
        way = Way(
            name=surface.name,
            channel=where.channel,
            thread=where.thread,
            user=where.user,
            url=self.url.address if self.url is not None else "",
            root=surface.root,
            streams=surface.streams,
            aloud=self.aloud,
            at=surface.since,
        )
        return json.dumps(way)

    @property
    def wait_s(self) -> float:
        """See `bot.ports.Rated`."""
        return self.surface.wait_s

    async def settle(self) -> bool:
        """See `bot.ports.Reply`."""
        return await self.surface.settle()

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Slack was told already, before anything else; in a direct message the person sees that work has begun."""
        status, self.status = self.status, ""
        if status and not private:
            await begun(self.web, self.surface.where)
            await self._says(status, _("is thinking…"))

    async def unwait(self, thread: str) -> None:
        """Takes “is thinking…” away, which a stop does not by itself."""
        if thread:
            await ended(self.web, self.surface.where, "")
            await self._says(thread, "")

    async def _says(self, thread: str, status: str) -> None:
        where = self.surface.where.channel
        try:
            await self.web.call("assistant.threads.setStatus", channel_id=where, thread_ts=thread, status=status)
        except Failed as failed:
            log.info("no status could be shown", why=str(failed))

    async def show(self, card: Card) -> None:
        """See `bot.ports.Reply`."""
        card = replace(card, controls=(*card.controls, *self.offers)) if self.offers else card
        if card.private and not self.surface.where.direct:
            await self.tell(card)
            return
        if card.turns and self.page is not None:
            self.surface = self.page()
        await self.surface.show(card)
        await self._beside.show(card)
        if self.aloud and card.progress is None:
            await ended(self.web, self.surface.where, card.title)

    async def tell(self, card: Card) -> None:
        """See `bot.ports.Reply`."""
        if card.again:
            return  # a message for one person cannot be found again
        await self._whisper(card)
        if card.files:
            await self._send(card.files)

    async def _whisper(self, card: Card) -> None:
        if self.whisper and self.url is not None and self.url.left:
            self.whisper, drawn = False, render(card)
            try:
                await self.url.answer(text=drawn.text, blocks=list(drawn.blocks), replace_original=True)
                return
            except Failed as failed:
                log.info("a private message could not be replaced", why=str(failed))
        await Privately(self.web, self.surface.where, self.url, self.aloud, self.surface.pause_s / 5).tell(card)

    async def _send(self, files: tuple[File, ...]) -> None:
        """Sends files to the person directly, each once."""
        for file in files:
            if file.name not in self._told:
                self._told.add(file.name)
                try:
                    await self.web.upload(file.name, file.content, channel=await self._direct_channel(), alt=file.alt)
                except Failed as failed:
                    await self._lost(file, failed)

    async def _lost(self, file: File, failed: Failed) -> None:
        log.warning("a file could not be sent", why=str(failed), needed=failed.needed)
        await self._whisper(Card(text=no_file(file, failed), private=True))

    async def _direct_channel(self) -> str:
        where = self.surface.where
        if where.direct:
            return where.channel
        opened = await self.web.call("conversations.open", users=where.user)
        return str(opened["channel"]["id"])


#: Slack's words for a file that it will not take, now or later.
TOO_LARGE = frozenset({"file_upload_size_restricted", "file_too_large", "storage_limit_reached", "over_file_size_limit"})


def cannot_write(error: str) -> str:
    """What to change where Slack does not let us write in a channel; empty where that is unknown."""
    if error in ("not_in_channel", "channel_not_found"):
        return _("Muselab is no member of it: write “/invite @muselab” there first.")
    if error == "is_archived":
        return _("It is archived, so nobody can write in it.")
    return ""


def no_file(file: File, failed: Failed) -> str:
    """Why a file did not come."""
    if failed.error == "missing_scope":
        return _("The file {name} could not be sent: Muselab lacks the permission “{scope}” in this workspace.").format(
            name=file.name, scope=failed.needed
        )
    if failed.error in TOO_LARGE:
        return _("Slack does not take {name} ({size} MB) in this workspace: it is too large, or there is no room left.").format(
            name=file.name, size=round(len(file.content) / 1e6, 1)
        )
    return _("The file {name} could not be sent. Please try again in a moment.").format(name=file.name)


@dataclass(eq=False)
class PlaceReply:
    """Changes a message of before; nobody in particular asked."""

    surface: Surface

    @property
    def address(self) -> str:
        """See `bot.ports.Reply`."""
        where, ts = self.surface.where, self.surface.ts
        return str(Address(self.surface.web.team, where.channel, ts, where.thread)) if ts else ""

    @property
    def back(self) -> str:
        """Its address says it all."""
        return ""

    @property
    def why(self) -> str:
        """Why nothing could be posted, in words; empty where that is unknown."""
        return cannot_write(self.surface.refusal)

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Nobody waits."""

    async def settle(self) -> bool:
        """See `bot.ports.Reply`."""
        return await self.surface.settle()

    async def show(self, card: Card) -> None:
        """See `bot.ports.Reply`."""
        await self.surface.show(card, tallies=bool(self.surface.ts) and card.progress is None)
        await self._beside.show(card)

    def standing(self) -> list[tuple[str, tuple[IdeaId, ...]]]:
        """See `bot.ports.Accompanied`."""
        return self._beside.standing()

    @cached_property
    def _beside(self) -> Beside:
        return Beside(self.surface.web, lambda: self.surface.where, self._lost, self.surface.pause_s / 5)

    async def _lost(self, file: File, failed: Failed) -> None:
        log.warning("a file could not be sent", name=file.name, why=str(failed), needed=failed.needed)

    async def renew(self, draw: Draw) -> None:
        """See `bot.ports.Queueing`: Slack takes 50 changes a minute of all messages of a workspace."""
        await self.surface.renew(draw)

    async def tell(self, card: Card) -> None:
        """Nobody asked, so there is nobody to tell; what went wrong is in the log already."""
        log.info("nobody to tell")


@dataclass(eq=False)
class HomeReply:
    """Answers on a person's Home tab."""

    redraw: Callable[[Card | None, str], Awaitable[None]]  #: draws Home again with a board, or a note, or both
    address: str = ""
    back: str = ""

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Slack was told already."""

    async def settle(self) -> bool:
        """Home is drawn at once."""
        return True

    async def show(self, card: Card) -> None:
        """Shows the card in the board's place."""
        await self.redraw(card, "")

    async def tell(self, card: Card) -> None:
        """Says it above the board, drawn anew."""
        await self.redraw(None, "\n".join(part for part in (card.title, card.text) if part))


@dataclass(eq=False)
class Caught:
    """Keeps the card that a command shows, to be drawn elsewhere."""

    card: Card | None = None
    address: str = ""
    back: str = ""

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Nobody waits."""

    async def settle(self) -> bool:
        """It is kept at once."""
        return True

    async def show(self, card: Card) -> None:
        """Keeps it."""
        self.card = card

    async def tell(self, card: Card) -> None:
        """Keeps it, when there is nothing better."""
        self.card = self.card or card
