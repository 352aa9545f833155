"""Marks ideas with what they resemble: brands and slogans that the world knows, and texts that a model here was taught."""

from __future__ import annotations

from bot.domain.ideas import BANKED, Idea
from bot.domain.names import plain
from bot.ports.taught import Taught
from bot.services.ideas.originality import REMEMBERED, digest, resembled
from bot.words import _

QUOTED = 60  # characters of what is resembled; a mark stands beside an idea, in its line


class Marks:
    """Says what ideas resemble. It judges nothing."""

    def __init__(self, taught: Taught | None = None) -> None:
        """`taught`: None where no texts are at hand."""
        self.taught = taught
        self._plain: set[bytes] = (
            set()
        )  # of texts that resemble nothing taught, by digest: nothing that people wrote is kept here

    def of(self, idea: Idea) -> str:
        """What an idea in words resembles, in words; empty for most, and for pictures and sounds."""
        if idea.modality != "text":
            return ""
        text = plain(idea.text)  # of a name its verse is an old one, and says so
        known = resembled(text)
        if known or self.taught is None:
            return known
        key = digest(text)
        if key in self._plain:
            return ""
        poem, example = self.taught.poem(text), self.taught.example(text)
        if poem:
            return _("has “{line}” of an old Chinese poem").format(line=cut(poem))
        if example:
            return _("like an example that the model was shown: “{text}”").format(text=cut(example))
        if len(self._plain) >= REMEMBERED:
            self._plain.clear()
        self._plain.add(key)
        return ""

    def written_for(self, idea: Idea) -> str:
        """Where an idea of the idea bank is from, in words; empty for all others."""
        if idea.model != BANKED or self.taught is None:
            return ""
        if topic := self.taught.banked(idea.text):
            return _("out of the idea bank that comes with Muselab, where it was written for “{topic}”").format(topic=topic)
        if pattern := self.taught.patterned(idea.text):
            sentence = _("by a pattern of the idea bank that comes with Muselab, with words of the topic in it: “{pattern}”")
            return sentence.format(pattern=pattern)
        return ""


def cut(text: str) -> str:
    """What is resembled, as far as a line has room."""
    return text if len(text) <= QUOTED else text[: QUOTED - 1].rstrip() + "…"
