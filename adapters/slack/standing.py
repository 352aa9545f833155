"""Pictures and files that stand beside messages of ours: where they are, and what becomes of them when an idea goes."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from adapters.slack.blocks import section
from adapters.slack.carousel import carousel, spoken
from adapters.slack.refusals import AGAIN
from adapters.slack.web import Failed, Web
from bot.messages import Card

log = structlog.get_logger(__name__)

MARK = "files"
NO_MESSAGE = "-"  # files that were shared: Slack does not tell in which message
GONE = frozenset({"file_deleted", "file_not_found", "message_not_found"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Written `T0ACME/C0TEA/1700000000.000100/files/idea:F1,idea:F2`; see `NO_MESSAGE`."""

    team: str
    channel: str
    ts: str  #: of the carousel's message; empty where the files were shared
    files: tuple[tuple[str, str], ...]  #: idea (empty where it is of several) and Slack's id

    def __str__(self) -> str:
        files = ",".join(f"{idea}:{file}" for idea, file in self.files)
        return "/".join((self.team, self.channel, self.ts or NO_MESSAGE, MARK, files))

    @classmethod
    def parse(cls, text: str) -> Standing | None:
        """What is written as `text`; None when it is none of these."""
        parts = text.split("/")
        if len(parts) != 5 or parts[3] != MARK:
            return None
        files = (one.partition(":") for one in parts[4].split(","))
        return cls(parts[0], parts[1], parts[2].removeprefix(NO_MESSAGE), tuple((idea, file) for idea, _colon, file in files))


@dataclass(eq=False)
class StandingReply:
    """Changes what stands beside a message; the `Reply` of `bot.ports`."""

    web: Web
    standing: Standing
    back: str = ""
    _later: bool = False

    @property
    def address(self) -> str:
        """See `bot.ports.Reply`."""
        return str(self.standing)

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Nobody waits."""

    async def tell(self, card: Card) -> None:
        """Nobody asked."""

    async def settle(self) -> bool:
        """False where Slack could not take it now."""
        return not self._later

    async def show(self, card: Card) -> None:
        """Leaves the pictures of the card's ideas; what was shared as a file goes when its idea is not among them."""
        lines = {str(line.idea): line for line in card.lines}
        kept = [(lines[idea], file) for idea, file in self.standing.files if idea in lines]
        if self.standing.ts:
            blocks = [carousel([(line.number, file, line.text) for line, file in kept])] if kept else [section(card.text)]
            text = spoken([(line.number, line.text) for line, _file in kept]) if kept else card.text
            await self._do("chat.update", channel=self.standing.channel, ts=self.standing.ts, text=text, blocks=blocks)
        elif not kept:
            await self._delete_files()

    async def erase(self) -> None:
        """All of it goes, from Slack too."""
        if self.standing.ts:
            await self._do("chat.delete", channel=self.standing.channel, ts=self.standing.ts)
        await self._delete_files()

    async def _delete_files(self) -> None:
        for _idea, file in self.standing.files:
            await self._do("files.delete", file=file)

    async def _do(self, method: str, **args: object) -> None:
        try:
            await self.web.call(method, **args)
        except Failed as failed:
            self._later = failed.error in AGAIN
            if failed.error not in GONE:
                log.warning("what stands beside a message stays", why=str(failed), needed=failed.needed)
