"""What stands beside a message of ours: several pictures as one carousel, everything else as files, each in a message of its own.

Slack shows a picture in a block when it is a file of Slack's. So each is given to Slack first, for nobody's eyes; then the
carousel names it. Where Slack takes no carousel, the pictures come as files, as they do where there is one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from adapters.slack.carousel import CAROUSEL, MAX_CARDS, carousel, spoken
from adapters.slack.places import Where
from adapters.slack.refusals import TOO_MUCH
from adapters.slack.standing import Standing
from adapters.slack.web import Failed, Web
from bot.domain.ideas import IdeaId
from bot.messages import Card, File

log = structlog.get_logger(__name__)

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif"})  # pictures that a block shows
TRIES = 4  # of showing the last picture: Slack looks through a file first, and does not tell when it has


@dataclass(frozen=True, slots=True)
class Hung:
    """A picture that Slack has."""

    idea: IdeaId
    number: int
    file: str  #: Slack's id
    alt: str


@dataclass(eq=False)
class Beside:
    """Beside one message."""

    web: Web
    where: Callable[[], Where]
    lost: Callable[[File, Failed], Awaitable[None]]  #: told of a file that could not be sent
    pause_s: float = 1.0  #: between two tries
    _sent: set[str] = field(default_factory=set)
    _hung: dict[str, Hung] = field(default_factory=dict)  #: by name
    _ts: str = ""  #: of the carousel's message
    _shown: int = 0  #: pictures in it
    _files: list[Hung] = field(default_factory=list)

    async def show(self, card: Card) -> None:
        """Shows the card's files and what was made just now, each once."""
        media = [(line, file) for line in card.lines if line.fresh for file in line.media]
        pictures = {file.name for _line, file in media if file.media_type in SHOWN}
        expected = card.progress.total if card.progress is not None else len(pictures)
        if self._hung or (1 < max(expected, len(pictures)) <= MAX_CARDS and CAROUSEL not in self.web.missing):
            for line, file in media:
                if file.name in pictures and file.name not in self._sent:
                    await self._hang(line.idea, line.number, file)
            if not await self._carousel(last=card.progress is None):
                self._sent -= {name for place, name in enumerate(self._hung) if place >= self._shown}
        for file in card.files:
            await self._send(file)
        for line, file in media:
            await self._send(file, line.idea)

    def standing(self) -> list[tuple[str, tuple[IdeaId, ...]]]:
        """Where what was shown stands, for `Chat.at`, and of which ideas it is."""
        where, team = self.where(), self.web.team
        shown = list(self._hung.values())[: self._shown]
        parts: list[tuple[str, tuple[Hung, ...]]] = [("", (one,)) for one in self._files]
        if shown:
            parts.insert(0, (self._ts, tuple(shown)))
        return [
            (
                str(Standing(team, where.channel, ts, tuple((one.idea, one.file) for one in some))),
                tuple(one.idea for one in some if one.idea),
            )
            for ts, some in parts
        ]

    async def _hang(self, idea: IdeaId, number: int, file: File) -> None:
        """Gives Slack a picture, to be shown by the carousel."""
        self._sent.add(file.name)
        try:
            id = await self.web.upload(file.name, file.content, alt=file.alt)
        except Failed as failed:
            await self.lost(file, failed)
            return
        self._hung[file.name] = Hung(idea, number, id, file.alt)

    async def _carousel(self, *, last: bool) -> bool:
        """Shows all that Slack has; False where the last pictures cannot be shown so."""
        for attempt in range(1, (TRIES if last else 1) + 1):
            if self._shown == len(self._hung):
                return True
            try:
                await self._bring(list(self._hung.values()))
            except Failed as failed:
                log.info("a carousel was not taken", why=str(failed), attempt=attempt)
                if failed.error not in TOO_MUCH:
                    return not last
                if attempt < TRIES:
                    await asyncio.sleep(self.pause_s * attempt if last else 0)
        if last and not self._ts:
            self.web.missing.add(CAROUSEL)
        return not last

    async def _bring(self, pictures: Sequence[Hung]) -> None:
        where, blocks = self.where(), [carousel([(one.number, one.file, one.alt) for one in pictures])]
        said = {"text": spoken([(one.number, one.alt) for one in pictures]), "blocks": blocks}
        if self._ts:
            await self.web.call("chat.update", channel=where.channel, ts=self._ts, **said)
        else:
            posted = await self.web.call("chat.postMessage", **where.addressed, **said)
            self._ts = str(posted["ts"])
        self._shown = len(pictures)

    async def _send(self, file: File, idea: IdeaId | None = None) -> None:
        """Sends a file by itself."""
        if file.name in self._sent:
            return
        self._sent.add(file.name)
        where = self.where()
        try:
            id = await self.web.upload(file.name, file.content, channel=where.channel, thread=where.thread, alt=file.alt)
        except Failed as failed:
            await self.lost(file, failed)
            return
        self._files.append(Hung(idea or IdeaId(""), 0, id, file.alt))
