"""Whether a version of a draft still says what the draft says: by its words, in an alphabet, and by its meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import Draft, Prompt
from generators.client.cleaning import words

TELLING = 4  # letters from which a word tells a text from others
MANY = 4  # telling words from which a version by a model that follows orders has one of them; a short draft it may say anew
STEM = 5  # letters: "cooking" is "cook", as endings change with the sentence
#: Least share of a draft's telling words in a version by a small model, and most of a version's that the draft has not, by the
#: level of polishing: of 12 drafts' 570 versions what lay outside was nearly always another idea.
KEPT = {"": 0.4, "light": 0.6, "short": 0.3, "vivid": 0.5}
ADDED = {"": 0.4, "light": 0.3, "short": 0.4, "vivid": 0.7}
#: Least cosine of a small model's version and the draft, by level: of 27 versions of 12 drafts, looked at by hand, those that
#: said something else lay below .76, and all but two others above.
NEAR = {"": 0.77, "light": 0.8, "short": 0.5, "vivid": 0.6}
#: Words that any text may have, and those by which people feel their way.
_COMMON = re.compile(
    r"every|each|single|whole|entire|with|from|that|this|they|them|their|there|where|which|what|when|have|will|could|would|should|"
    r"maybe|perhaps|something|some|like|sort|kind|idea|just|your|about|into|than|then|over|more|much|very|been|were|does"
)
_HAN = re.compile(r"[\u3400-\u9fff]")


def strays(version: str, prompt: Prompt, *, instructed: bool) -> bool:
    """Whether a version of a prompt's draft says something else.

    Args:
        version: what the model made of it.
        prompt: with the draft, and how far it is polished.
        instructed: whether the model follows orders: it finds other words for the same.
    """
    draft = prompt.about[0]
    if _HAN.search(draft):
        return False
    said, now = _telling(draft), _telling(version)
    if instructed:
        return len(said) >= MANY and not said & now
    level = prompt.option("level")
    kept = len(said & now)
    return kept < KEPT[level] * len(said) or len(now) - kept > ADDED[level] * len(now)


def _telling(text: str) -> set[str]:
    """The stems of the words that tell a text from others."""
    return {word[:STEM] for word in words(text) if len(word) >= TELLING and not _COMMON.fullmatch(word)}


def faithful(drafts: Sequence[Draft], vectors: NDArray[np.float32], prompt: Prompt) -> list[Draft]:
    """Versions by a small model, those broken that mean something else.

    Args:
        drafts: the versions.
        vectors: of the draft, then of the versions, unit length, shape (1 + len(drafts), dimensions).
        prompt: see `strays`.
    """
    near = vectors[1:] @ vectors[0] >= NEAR[prompt.option("level")]
    return [one if close or one.broken else replace(one, broken="form") for one, close in zip(drafts, near, strict=True)]
