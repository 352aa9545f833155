"""Which ideas of a round say the same: by their meaning, or by their words where meanings cannot be had."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import structlog

from bot.domain.errors import MuselabError
from bot.domain.ideas import Idea
from bot.ports import Generator
from bot.services.ideas.theming import AT_ONCE, same

LONGEST_S = 10.0  # for the meanings of a round's ideas: people wait for its next phase
KEPT = 2_000  # vectors that are remembered, a kilobyte and a half each: a card that is drawn anew embeds nothing twice

log = structlog.get_logger(__name__)


class Likeness:
    """Finds pairs."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self._known: dict[str, np.ndarray] = {}

    async def pairs(self, ideas: Sequence[Idea]) -> list[tuple[Idea, Idea]]:
        """Pairs of ideas that say the same, the likest first, each idea in one: the one that would go, the one that would stay.

        Args:
            ideas: those that came first stay.
        """
        words = [idea for idea in ideas if idea.modality == "text"]
        if len(words) < 2:
            return []
        return same(words, await self._vectors([idea.text for idea in words]))

    async def _vectors(self, texts: Sequence[str]) -> np.ndarray:
        """One row per text; all zero where meanings cannot be had, so that words alone tell."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if len(self._known) + len(new) > KEPT:
            self._known.clear()
            new = list(dict.fromkeys(texts))
        try:
            async with asyncio.timeout(LONGEST_S):
                for start in range(0, len(new), AT_ONCE):
                    some = new[start : start + AT_ONCE]
                    rows = await self.generator.embed(some)
                    if rows is None:
                        return np.zeros((len(texts), 1), dtype=np.float32)
                    self._known.update(zip(some, rows, strict=True))
        except (MuselabError, TimeoutError) as error:
            log.info("a round's ideas are compared by their words", why=str(error))
            return np.zeros((len(texts), 1), dtype=np.float32)
        return np.stack([self._known[text] for text in texts])
