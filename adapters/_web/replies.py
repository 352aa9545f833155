"""Answers to what people do on the page: their own in the page, everybody's in the chat as well."""

from __future__ import annotations

from collections.abc import Callable

from bot.messages import Card
from bot.ports import Reply


class PageReply:
    """One answer; the `Reply` of `bot.ports`."""

    def __init__(self, *, tell: Callable[[Card], None], doing: Callable[[Card], None], chat: Reply | None) -> None:
        """Nothing is shown yet.

        Args:
            tell: shows a card to the person who asked.
            doing: tells that person how far it is.
            chat: a message of the channel, for what everybody is to see; None: the page alone has it.
        """
        self._tell = tell
        self._doing = doing
        self._chat = chat
        self._posted = False

    @property
    def address(self) -> str:
        """Where it is in the chat."""
        return self._chat.address if self._chat is not None and self._posted else ""

    @property
    def back(self) -> str:
        """A page that is reloaded reads the board; there is nobody else to go on answering."""
        return ""

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """The request is answered by what is told."""

    async def show(self, card: Card) -> None:
        """What everybody is to see goes to the channel, where the page finds it on the board; the rest to the person."""
        if card.private or self._chat is None:
            if card.progress is None:
                self._tell(card)
            else:
                self._doing(card)
            return
        self._posted = True
        self._doing(card)
        await self._chat.show(card)

    async def tell(self, card: Card) -> None:
        """For the person alone."""
        self._tell(card)

    async def settle(self) -> bool:
        """Whether the channel has it too."""
        return True if self._chat is None or not self._posted else await self._chat.settle()
