"""Answers what people say to the bot: with a message below theirs, or in private; the same message however often it is tried."""

from __future__ import annotations

import json
from typing import TypedDict

import discord
import structlog

from adapters.discord import places, rooms
from adapters.discord.pacing import TROUBLE, Paced, passing
from adapters.discord.placed import House, Placed
from adapters.discord.reactions import ideas_of
from adapters.discord.rescue import code_of, sentence
from bot.messages import Card

log = structlog.get_logger(__name__)

SAID = "said"  # the kind of an answer to words, among those that can be gone on with


class Asked(TypedDict):
    """How an answer to words can be gone on with."""

    kind: str  #: `SAID`
    channel: str
    message: str  #: that was said
    user: str
    direct: bool


class Said:
    """Answers a message: with one below it that names it, and in private where only its author is meant."""

    def __init__(self, client: discord.Client, house: House, channel: int, message: int, user: int, *, direct: bool) -> None:
        """`direct`: the conversation is that person's and the bot's alone. Both ways to them have one nonce for all tries."""
        self._client = client
        self._house = house
        self._channel = channel
        self._message = message
        self._user = user
        self._direct = direct
        self._placed: Placed | None = None
        self._beginning = Paced(self._begin, house.background, refused=self._refused)
        self._late = False  #: it could not be posted at once, and is tried again
        self._closed = False  #: nothing can be posted there

    @property
    def address(self) -> str:
        """Channel and message; empty before it is there."""
        return self._placed.address if self._placed is not None else ""

    @property
    def back(self) -> str:
        """What was said: posted once more by the same nonce, the answer is the same message; see `Asked`."""
        asked = Asked(
            kind=SAID, channel=str(self._channel), message=str(self._message), user=str(self._user), direct=self._direct
        )
        return json.dumps(asked)

    @classmethod
    def resumed(cls, client: discord.Client, house: House, asked: Asked, address: str) -> Said:
        """An answer that another process began."""
        said = cls(client, house, int(asked["channel"]), int(asked["message"]), int(asked["user"]), direct=asked["direct"])
        if (where := places.read(address)) is not None:
            said._placed = Placed(house, *where)
        return said

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Discord expects nothing of who hears a message."""

    async def settle(self) -> bool:
        """Returns once the last card is shown; see `bot.ports.Reply`."""
        return await self._beginning.settle() and (self._placed is None or await self._placed.settle())

    async def show(self, card: Card) -> None:
        """Posts it below the message, and changes it afterwards."""
        if card.private and not self._direct:
            await self.tell(card)
        elif self._placed is not None:
            await self._placed.show(card)
        elif self._late:
            self._beginning.put(card)
        elif not self._closed:
            await self._first(card)

    async def _first(self, card: Card) -> None:
        """Posts it; where Discord cannot take it now, as soon as it can: the nonce keeps it the same message."""
        try:
            await self._begin(card)
        except TROUBLE as error:
            log.info("an answer was not taken", channel=self._channel, why=str(error))
            self._late = passing(error)
            if self._late:
                self._beginning.put(card)
            else:
                await self._refused(card, error)

    async def _begin(self, card: Card) -> None:
        if self._placed is not None:
            await self._placed.show(card)
            return
        place = self._house.messageable(self._channel)
        asked = discord.MessageReference(message_id=self._message, channel_id=self._channel, fail_if_not_exists=False)
        sent = await rooms.post(self._house, place, card, reference=asked, nonce=str(self._message))
        self._placed = Placed(self._house, self._channel, sent.id)
        self._house.remember(sent.id, ideas_of(card))

    async def _refused(self, card: Card, error: Exception) -> None:
        """Nothing can be posted there: who asked is told, once."""
        self._closed, self._late = True, False
        await self.tell(Card(text=sentence(code_of(error)), private=True))

    async def tell(self, card: Card) -> None:
        """Writes to the person, in a conversation of their own with the bot."""
        try:
            place = (
                self._house.messageable(self._channel)
                if self._direct
                else await self._client.create_dm(discord.Object(self._user))
            )
        except TROUBLE as error:
            log.info("a person takes no direct messages", why=str(error))
            return
        try:
            await rooms.post(self._house, place, card, nonce=f"t{self._message}")
        except TROUBLE as error:
            log.warning("a person could not be told", channel=self._channel, why=str(error))
