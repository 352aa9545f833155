"""Texts that the embedded models were shown or taught, as far as the packages hold them: examples, poems, the idea bank.

What the language model itself was trained on is in no package, so nothing can be said of that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from bot.services.chinese import HAN
from bot.services.ideas.selecting import SAME_WORDS, alike, wordset
from generators.bank.bank import shipped
from generators.bank.patterns import table as patterns
from generators.client.cookbook import FOLDER, load
from generators.verse.runs import WINDOW, Runs
from generators.verse.scripts import simplified

POEMS = Path(__file__).parents[1] / "assets" / "poet" / "known.bits"
#: Characters in a row that are a quotation. A run of seven that is in no poem is taken for one once in 75 times,
#: three of them in a row once in 400 000 times; with two, one of 1 111 sentences about this program was marked.
QUOTED = WINDOW + 2
TELLING = 2  # words of an example, from which it is no everyday word


class Shipped:
    """What the packages hold; each part is read when it is first asked for."""

    def example(self, text: str) -> str:
        """The example that a text says again, or nearly."""
        mine = wordset(text)
        if len(mine) < TELLING:
            return ""
        near = {example for word in mine for example in self._by_word.get(word, ())}
        likeness = {example: alike(mine, self._examples[example]) for example in near}
        best = max(likeness, key=lambda example: (likeness[example], example), default="")
        return best if best and likeness[best] >= SAME_WORDS else ""

    def poem(self, text: str) -> str:
        """The longest row of characters, nine or more, whose every run of seven stands in a poem."""
        best = ""
        for row in re.findall(r"[\u3400-\u9fff]+", re.sub(r"[\s/，。、；：！？,.;:!?·]+", "", text)):
            begun = 0
            for start in range(len(row) - WINDOW + 1):
                if not self._poems.has(row[start : start + WINDOW]):
                    begun = start + 1
                elif start + WINDOW - begun > max(len(best), QUOTED - 1):
                    best = row[begun : start + WINDOW]
        return best

    def banked(self, text: str) -> str:
        """The topic that an idea of the idea bank was written for, in Simplified characters where it is Chinese."""
        language = "zh" if HAN.search(text) else "en"
        there = shipped(language)
        return there.topic_of(simplified(text) if language == "zh" else text) if there is not None else ""

    def patterned(self, text: str) -> str:
        """The pattern of the idea bank that a text fills, in Simplified characters where it is Chinese."""
        language = "zh" if HAN.search(text) else "en"
        there = patterns.shipped(language)
        return there.pattern_of(simplified(text) if language == "zh" else text) if there is not None else ""

    @cached_property
    def _examples(self) -> Mapping[str, frozenset[str]]:
        """The ideas in the recipes' examples, and their words."""
        languages = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())
        examples = {example for language in languages for recipe in load(language).values() for example in recipe.examples}
        return {example: words for example in sorted(examples) if len(words := wordset(example)) >= TELLING}

    @cached_property
    def _by_word(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for example, words in self._examples.items():
            for word in words:
                found.setdefault(word, []).append(example)
        return found

    @cached_property
    def _poems(self) -> Runs:
        return Runs.mapped(POEMS)
