"""One word in place of another: change "wooden" to "marble", replace "tea" with "coffee", 把“木”换成“石”. Rules, no model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.ideas import Idea
from bot.words import _

LONGEST = 120  # characters of such a line; what is longer tells a topic
_OPEN, _SHUT = r"[\"“'‘「『]", r"[\"”'’」』]"
_ASK = r"(?:(?:please|now|just|and|also|ok(?:ay)?|no|yes)[, ]+|(?:can|could|would|will) (?:you|we)(?: please)? |let'?s )*"
_VERB = r"(?:change|replace|swap|exchange|substitute|switch|turn)(?: out)?"
_BY = r"(?:in ?to|to|with|by|for|against)"
RULES = (
    re.compile(
        rf"{_ASK}{_VERB} (?:the )?(?:word )?{_OPEN}(?P<old>[^\"“”]{{1,40}}?){_SHUT} {_BY} "
        rf"(?:the )?(?:word )?{_OPEN}(?P<new>[^\"“”]{{1,40}}?){_SHUT}(?: please)?",
        re.IGNORECASE,
    ),
    re.compile(rf"{_ASK}{_VERB} the word (?P<old>[\w-]+) {_BY} (?:the word )?(?P<new>[\w-]+)(?: please)?", re.IGNORECASE),
    re.compile(
        rf"{_ASK}(?:use|say|write|put) {_OPEN}(?P<new>[^\"“”]{{1,40}}?){_SHUT} (?:instead of|in place of|not|rather than) "
        rf"{_OPEN}(?P<old>[^\"“”]{{1,40}}?){_SHUT}(?: please)?",
        re.IGNORECASE,
    ),
    re.compile(r"(?:请|帮我)?[把将][“\"「『](?P<old>[^”\"」』]{1,20})[”\"」』](?:都)?(?:换成|换为|改成|改为|替换成|替换为)[“\"「『](?P<new>[^”\"」』]{1,20})[”\"」』]"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Swap:
    """A word, and what stands in its place."""

    old: str
    new: str

    def within(self, text: str) -> str:
        """A text with the word changed; empty where it has no such word."""
        whole = rf"(?<!\w){re.escape(self.old)}(?!\w)" if self.old.isascii() else re.escape(self.old)
        changed, many = re.subn(whole, lambda _match: self.new, text, flags=re.IGNORECASE)
        return changed if many else ""


def swapped(line: str) -> Swap | None:
    """The words that a line exchanges; None where it says anything else."""
    said = " ".join(line.split()).strip(" .!?。！？")
    if len(said) > LONGEST:
        return None
    match = next((found for rule in RULES if (found := rule.fullmatch(said))), None)
    return Swap(match["old"].strip(), match["new"].strip()) if match is not None else None


def having(swap: Swap, ideas: Sequence[Idea]) -> list[Idea]:
    """The ideas with the word in them."""
    return [idea for idea in ideas if swap.within(idea.text)]


def told_how(swap: Swap, ideas: Sequence[Idea]) -> str:
    """What is typed to change a word of one of these ideas; of none, that none has the word."""
    if not ideas:
        return _("Nothing that stands here has “{word}” in it.").format(word=swap.old)
    return _("To change an idea's words: {command}").format(command=f"/edit {ideas[0].number} {swap.within(ideas[0].text)}")
