"""How long drafts take here, and how many there is time for: a slow model makes fewer drafts before it makes no ideas."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.errors import TookTooLong
from bot.domain.ideas import Prompt
from bot.words import _

SPENT = 0.7  # share of the time allowed that drafts may take by what they took before; the rest is for a busier moment
NEWEST = 0.5  # weight of the newest measurement: a machine that was busy an hour ago need not be now


@dataclass(slots=True)
class Pace:
    """Seconds a draft by what the drafts are; one generator's, as long as this process lives."""

    timeout_s: float  #: of one order
    _seconds: dict[str, float] = field(default_factory=dict)

    def took(self, prompt: Prompt, seconds: float, drafts: int) -> None:
        """Notes a round: so many drafts came in so many seconds."""
        now = seconds / max(drafts, 1)
        before = self._seconds.get(_of(prompt), now)
        self._seconds[_of(prompt)] = NEWEST * now + (1 - NEWEST) * before

    def affordable(self, prompt: Prompt, asked: int, wanted: int) -> int:
        """How many of the drafts asked for there is time for, one for each idea wanted at least."""
        seconds = self._seconds.get(_of(prompt), 0.0)
        if seconds * asked <= SPENT * self.timeout_s:
            return asked
        return max(wanted, int(SPENT * self.timeout_s / seconds))

    def late(self, prompt: Prompt, drafts: int) -> TookTooLong:
        """What is said where time was up: what so many drafts cost here."""
        needed = self._seconds.get(_of(prompt), 0.0) * drafts
        return TookTooLong(
            _(
                "This model takes about {needed} s for these ideas here, and {seconds} s are allowed. From now on it makes fewer "
                "drafts of each. Ask for fewer ideas; whoever hosts Muselab finds quicker models with `muselab model`."
            ).format(needed=round(needed), seconds=round(self.timeout_s))
        )


def _of(prompt: Prompt) -> str:
    """Which prompts' drafts are of one length: about, and the operation says as much as the kind."""
    return f"{prompt.kind}/{prompt.operation}"
