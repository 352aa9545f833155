"""Answers to what people do in Discord: acknowledged at once, shown as one message that changes, told in private."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import structlog

from adapters.discord import places, rooms
from adapters.discord.acknowledging import Acknowledging
from adapters.discord.keeping import Way, way_of
from adapters.discord.pacing import EDIT_S, TROUBLE, Paced, passing
from adapters.discord.placed import House, Placed
from adapters.discord.reactions import ideas_of
from adapters.discord.rescue import BLOCKED, rescue, sentence, without
from bot.domain.errors import Outage
from bot.messages import Card
from bot.words import _

log = structlog.get_logger(__name__)

GONE = {10003, 10008}  # unknown channel, unknown message: somebody deleted it, and wants no other
EXPIRED = {10015, 50027}  # unknown webhook, invalid webhook token


class Answer(Acknowledging):
    """The answer to one interaction."""

    def __init__(self, house: House, interaction: discord.Interaction[Any], *, again: bool = False) -> None:
        """`again`: see `Acknowledging`."""
        super().__init__(house, interaction, again=again)
        self._where = interaction.channel_id or 0
        self._gone = False  #: the shown message was deleted
        self._shown: tuple[int, int] | None = None  #: channel and message
        self._original = False  #: the shown message is the deferral's
        self._ephemeral = False  #: the shown message is for one person's eyes
        self._pace: Paced | None = None
        self._last: Card | None = None  #: what it shows, where this process showed it

    @property
    def address(self) -> str:
        """Channel and message, for `Chat.at`; empty for what only one person sees."""
        if self._shown is not None:
            return "" if self._ephemeral else places.address(*self._shown, away=self._away)
        there = self._pending and self._deferred and not self._private
        return places.address(self._where, self._deferred, away=self._away) if there else ""

    @property
    def back(self) -> str:
        """How another process goes on with it; see `keeping.Way`."""
        how = {"private": self._private, "pending": self._pending, "dead": self._token.dead, "away": self._away}
        return json.dumps(way_of(self._interaction, self._where, **how))

    @classmethod
    def resumed(cls, house: House, interaction: discord.Interaction[Any], way: Way, address: str) -> Answer:
        """An answer that another process began."""
        answer = cls(house, interaction, again=True)
        answer._acked, answer._where, answer._away = True, int(way["channel"]), way.get("away", False)
        answer._private, answer._token.dead, answer._pending = way["private"], way["dead"], way["pending"]
        if (where := places.read(address)) is not None:
            answer._shown, answer._original, answer._pending = where[:2], way["pending"], False
            answer._pace = answer._paced(answer._change)
        return answer

    async def show(self, card: Card) -> None:
        """Posts the card, or changes it at the pace Discord allows."""
        if self._pace is not None:
            self._pace.put(card)
            return
        try:
            await self._post(card)
        except TROUBLE as error:
            if isinstance(error, discord.HTTPException) and error.code in GONE:
                self._gone = True
                log.info("there is nowhere left to answer", code=error.code)
            elif self._pending and passing(error):
                log.info("an answer was not taken; trying again", why=str(error))
                self._pace = self._paced(self._bring, first_s=EDIT_S)
                self._pace.put(card)  # the deferral becomes it, so that it is the same message however often
                return
            elif isinstance(error, discord.HTTPException) and error.code == BLOCKED:
                await self._say_blocked()
            else:
                raise unanswered(error) from error
        self._pace = self._paced(self._bring, first_s=EDIT_S)

    async def _say_blocked(self) -> None:
        """A rule of the server blocks even the beginning: a topic that stands in the title, say."""
        try:
            await self._post(Card(text=sentence(BLOCKED)))
        except TROUBLE as error:
            raise unanswered(error) from error

    def _paced(self, apply: Callable[[Card], Awaitable[None]], *, first_s: float = 0.0) -> Paced:
        return Paced(apply, self._house.background, first_s=first_s, refused=self._refused)

    async def _refused(self, card: Card, error: Exception) -> None:
        """A card was refused for good. One that is followed by others, or whose message reads well as it is, may be."""
        finished = self._last is not None and self._last.progress is None
        if card.progress is None and not finished:
            out = await rescue(card, self._last, error, change=self._change, post=self._anew, tell=self._tell)
            self._last = card
            if self._shown is not None:
                self._house.left_out.note(self._shown[1], out)

    async def _anew(self, card: Card) -> None:
        """Posts another message, as the first cannot become the answer: by the press's token, or by the bot's own."""
        before, self._shown = (self._shown, self._original), None
        self._original, self._pending = False, False
        try:
            try:
                await self._post(card)
            except TROUBLE as error:
                log.info("a message could not be posted by the token", why=str(error))
                await self._stands(card, await self._post_in_channel(card))
            if self._shown is None:
                raise ConnectionError("nobody may read it in the channel")
        finally:
            if self._shown is None:
                (self._shown, self._original), self._gone = before, False

    async def _tell(self, card: Card) -> None:
        if not self._token.alive:
            raise ConnectionError("the interaction is over")
        await self._token.follow(card, private=True)

    async def _bring(self, card: Card) -> None:
        await (self._post(card) if self._shown is None and not self._gone else self._change(card))

    @property
    def wait_s(self) -> float:
        """See `bot.ports.Rated`."""
        return self._pace.wait_s if self._pace is not None else 0.0

    async def settle(self) -> bool:
        """Returns once the last card is shown; see `bot.ports.Reply`."""
        return self._pace is None or await self._pace.settle()

    async def tell(self, card: Card) -> None:
        """A message for the person's eyes only; in silence when Discord has stopped listening to this interaction."""
        if card.again and self._beside:
            return  # it may have been told, and has no place in which it would be the same message
        if await self._first(card, private=True) is not None:
            return
        if not self._token.alive:
            log.info("a person could not be told: the interaction is over")
            return
        try:
            if self._pending and self._private:
                await self._become(card)
            else:
                await self._withdraw()
                await self._token.follow(card, private=True)
        except TROUBLE as error:
            if not isinstance(error, discord.HTTPException) or error.code not in GONE | EXPIRED:
                raise unanswered(error) from error
            log.info("a person could not be told", code=error.code)

    async def finish(self, *, ours: bool) -> None:
        """Waits for the last change; takes back a deferral that nothing came of.

        `ours`: we served the event. Else whoever does fills that deferral, whoever asked for it.
        """
        if self._pace is not None:
            await self._pace.settle()
        if self._pending and ours and self._token.alive:
            try:
                await self._withdraw()
            except TROUBLE as error:
                log.info("a deferral could not be taken back", why=str(error))

    async def _post(self, card: Card) -> None:
        try:
            await self._post_alive(card)
        except discord.HTTPException as error:
            # Of an event of before nobody knows how far it came: its deferral may never have been, or be gone.
            if not self._again or self._token.dead or error.code not in GONE | EXPIRED:
                raise
            self._token.dead, self._pending = True, False
            await self._post_alive(card)

    async def _post_alive(self, card: Card) -> None:
        private = card.private or self._private
        if (sent := await self._first(card, private=private)) is not None:
            self._original, self._ephemeral = True, private
        elif not self._token.alive:
            sent = await self._post_in_channel(card)
        elif card.turns and (page := self._interaction.message) is not None:
            sent = await self._become(card)
            self._original, self._ephemeral = True, page.flags.ephemeral
        elif self._pending and (self._private or not card.private):
            sent = await self._become(card)
            self._original, self._ephemeral = True, self._private
        else:
            await self._withdraw()
            self._ephemeral = card.private or self._private
            sent = await self._token.follow(card, private=self._ephemeral)
        await self._stands(card, sent)

    async def _stands(self, card: Card, sent: discord.Message | None) -> None:
        if sent is None:
            return
        self._shown, self._last = (sent.channel.id, sent.id), card
        self._token.kept = sent.attachments
        self._house.remember(sent.id, ideas_of(card))
        if self._away:
            self._house.tokens.hold(sent.id, self._token, original=self._original)
        elif card.thread and not self._ephemeral:
            await rooms.open_thread(self._house, self._interaction.channel, self._shown[1], card.title)

    async def _become(self, card: Card) -> discord.Message:
        sent = await self._token.original_becomes(card)
        self._pending = False
        return sent

    async def _post_in_channel(self, card: Card) -> discord.Message | None:
        """Without a token there is only the channel, and nothing private can be said."""
        channel = self._where
        if card.private or self._private or self._away or not channel:
            log.info("an answer was dropped: the interaction is over, and it was private")
            self._gone = True
            return None
        place = self._house.messageable(channel)
        return await rooms.post(self._house, place, card, nonce=str(self._interaction.id))

    async def _change(self, card: Card) -> None:
        if self._gone or self._shown is None:
            return
        card = without(card, self._house.left_out.of(self._shown[1]))
        self._house.remember(self._shown[1], ideas_of(card))
        try:
            if self._token.alive:
                await self._token.change(card, self._shown[1], original=self._original)
                self._last = card
                return
        except discord.HTTPException as error:
            if error.code in GONE:
                self._gone = True
                log.info("a message was deleted while it grew", code=error.code)
                return
            if error.code not in EXPIRED and error.status not in (401, 403):
                raise
            self._token.dead = error.status != 403  # what the token may not do here says nothing of what else it may
        if self._ephemeral:
            self._gone = True
            return
        try:
            await Placed(self._house, *self._shown, self._away).bring(card)
        except discord.NotFound as error:
            if error.code not in GONE:
                raise
            self._gone = True
            log.info("a message is out of reach", code=error.code)
        self._last = card


def unanswered(error: Exception) -> Outage:
    """Discord took no answer, and the person should know if anybody can still tell them."""
    if isinstance(error, discord.HTTPException) and error.code == BLOCKED:
        return Outage(sentence(BLOCKED))
    return Outage(_("Discord did not take the answer. Please try again."))
