"""What of an order stays for the next ideas: how many there are to be, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.ideas import MAX_IDEAS, Brainstorm, Idea, Prompt
from bot.services.ideas.filtering import WORDS
from bot.services.ideas.verses import POEMS
from bot.services.talk.followups import FollowUp
from bot.services.talk.heard import HEARD
from bot.services.talk.manners import added


@dataclass(frozen=True, slots=True)
class Before:
    """What stands in front of somebody."""

    prompt: Prompt  #: what the ideas answer
    ideas: Sequence[Idea]  #: as they are shown, top first
    brainstorm: Brainstorm | None

    @property
    def running(self) -> bool:
        """Whether ideas may still come."""
        return self.brainstorm is not None and self.brainstorm.state == "running"


def count_of(before: Before, wanted: FollowUp) -> int | None:
    """How many ideas; None: as many as usual."""
    if wanted.times:
        return max(1, min(MAX_IDEAS, round(wanted.times * (len(before.ideas) or before.prompt.count))))
    if wanted.count:
        return wanted.count
    same = before.prompt.count > 1 or (before.prompt.kind in POEMS and wanted.constraint)  # one poem otherwise is one poem
    return before.prompt.count if same else None


def manner(prompt: Prompt, wanted: FollowUp) -> dict[str, Any]:
    """How the next ideas are to be, as changes to the order for those before; what was wanted before stays wanted."""
    changed: dict[str, Any] = {}
    if wanted.constraint:
        changed["style"] = added("" if wanted.anew else prompt.style, wanted.constraint)
    if wanted.audience:
        changed["options"] = {"audience": wanted.audience}
    if wanted.words:
        changed["options"] = {**changed.get("options", {}), WORDS: str(wanted.words)}
    heard = {"language": wanted.language, WORDS: wanted.words}  # what else was said before stands in the title already
    if prompt.option(HEARD) or wanted.words:
        changed["options"] = {**changed.get("options", {}), HEARD: " ".join(name for name, said in heard.items() if said)}
    return changed
