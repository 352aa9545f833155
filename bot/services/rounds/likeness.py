"""Which ideas of a round say the same: by their meaning, or by their words where meanings cannot be had."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import structlog

from bot.domain.errors import MuselabError
from bot.domain.ideas import Idea
from bot.ports import Generator
from bot.services.ideas.originality import digest
from bot.services.ideas.theming import AT_ONCE, same

LONGEST_S = 10.0  # for the meanings of a round's ideas: people wait for its next phase
KEPT = 2_000  # vectors that are remembered, a kilobyte and a half each: a card that is drawn anew embeds nothing twice

log = structlog.get_logger(__name__)


class Likeness:
    """Finds pairs."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self._known: dict[bytes, np.ndarray] = {}  # by digest: nothing that people wrote is kept here

    async def pairs(self, ideas: Sequence[Idea], topic: str) -> list[tuple[Idea, Idea]]:
        """Pairs of ideas that say the same, the likest first, each idea in one: the one that would go, the one that would stay.

        Args:
            ideas: those that came first stay.
            topic: what they answer; empty where it was deleted.
        """
        words = [idea for idea in ideas if idea.modality == "text"]
        if len(words) < 2:
            return []
        vectors = await self._vectors([topic, *(idea.text for idea in words)] if topic else [idea.text for idea in words])
        return same(words, vectors[1:], vectors[0]) if topic else same(words, vectors)

    async def _vectors(self, texts: Sequence[str]) -> np.ndarray:
        """One row per text; all zero where meanings cannot be had, so that words alone tell."""
        keys = [digest(text) for text in texts]
        if len(self._known) + len(set(keys) - self._known.keys()) > KEPT:
            self._known.clear()
        new = list({key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}.items())
        try:
            async with asyncio.timeout(LONGEST_S):
                for start in range(0, len(new), AT_ONCE):
                    some = new[start : start + AT_ONCE]
                    rows = await self.generator.embed([text for _key, text in some])
                    if rows is None:
                        return np.zeros((len(texts), 1), dtype=np.float32)
                    self._known.update(zip((key for key, _text in some), rows, strict=True))
        except (MuselabError, TimeoutError) as error:
            log.info("a round's ideas are compared by their words", why=str(error))
            return np.zeros((len(texts), 1), dtype=np.float32)
        return np.stack([self._known[key] for key in keys])
