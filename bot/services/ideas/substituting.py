"""Some words of an idea in place of others: whole words, whatever their case, and Chinese in either characters. No store."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.services.chinese import simplified

_LETTER = "[A-Za-z0-9_]"  # beside which a word is only part of one; beside a Chinese character it is whole
#: Words that tell no text from another.
COMMON = frozenset(
    (
        *("the", "and", "for", "our", "with", "from", "about", "that", "this", "what", "how", "can", "could", "should", "would"),
        *("idea", "ideas", "some", "any", "new", "one", "ones", "list", "topic", "you", "your", "are", "was", "were", "who"),
        *("which", "where", "when", "why", "not", "but", "out", "his", "her", "its", "their"),
    )
)


@dataclass(frozen=True, slots=True)
class Swap:
    """Words, and what stands in their place."""

    old: str
    new: str

    def within(self, text: str) -> str:
        """A text with the words changed; empty where it has no such words."""
        found = places(text, self.old)
        for start, end in reversed(found):
            text = text[:start] + self.new + text[end:]
        return text if found else ""


def places(text: str, words: str) -> list[tuple[int, int]]:
    """Where words stand in a text: where each time they begin and end, in order; none where `words` is empty."""
    for written, sought in ((text, words), (simplified(text), simplified(words))):
        whole = rf"(?<!{_LETTER}){re.escape(sought)}(?!{_LETTER})" if sought.isascii() else re.escape(sought)
        if words and len(written) == len(text) and (found := [one.span() for one in re.finditer(whole, written, re.IGNORECASE)]):
            return found
    return []


def stems(words: str) -> set[str]:
    """The words of a text that tell what it is about, without an ending of number: "the beer names" has beer and name."""
    found = re.findall(r"\w+", words.casefold())
    return {word.removesuffix("s") for word in found if len(word) > 2 and word not in COMMON}
