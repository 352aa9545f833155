"""What none of a board's ideas is about yet."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import Draft, Idea, Prompt
from bot.words import FALLBACK, language

ASPECTS = Path(__file__).with_name("gaps.toml")
NEAR = 0.35  # cosine of MiniLM vectors from which two texts have something in common that a person sees
#: Cosine of a draft with an aspect's meaning from which it is about that. Of 300 drafts of the embedded model, read, most of
#: those below it that have none of the aspect's words are about something else.
ABOUT = 0.12
KIND = "gaps"  #: of task: an idea about one aspect, which the option `LEVEL` names; see `generators/client/prompts/*/gaps.toml`
LEVEL, SAID = "level", "gap"  #: options of such a prompt: the aspect's key, and what it is for a model that follows instructions
NAMED = 3  # gaps that are told at once; more is a questionnaire


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """Something that ideas of most kinds can be about."""

    key: str
    en: str
    zh: str
    meaning: str
    words: tuple[str, ...]  #: one of these in an idea says that it is about this

    @property
    def said(self) -> str:
        """Its name, in the language being spoken."""
        return self.en if language() == FALLBACK else self.zh


@cache
def aspects() -> tuple[Aspect, ...]:
    """Those in the file."""
    tables = tomllib.loads(ASPECTS.read_text(encoding="utf-8"))
    return tuple(Aspect(key=key, **{**table, "words": tuple(table["words"])}) for key, table in tables.items())


def missing(ideas: Sequence[Idea], vectors: NDArray[np.float32], meanings: NDArray[np.float32]) -> tuple[Aspect, ...]:
    """The aspects that no idea is about, the farthest first.

    Args:
        ideas: a board's.
        vectors: of their texts, unit length, shape (len(ideas), dimensions).
        meanings: of `aspects`, in their order, likewise.
    """
    if not ideas:
        return ()
    nearest = (meanings @ vectors.T).max(axis=1)
    texts = [idea.text.casefold() for idea in ideas]
    far = [
        (float(near), place)
        for place, near in enumerate(nearest)
        if near < NEAR and not any(mentions(text, aspects()[place]) for text in texts)
    ]
    return tuple(aspects()[place] for _near, place in sorted(far)[:NAMED])


def asked(prompt: Prompt | None) -> Aspect | None:
    """The aspect that ideas are asked for; None where they are asked for a topic alone."""
    if prompt is None or prompt.kind != KIND:
        return None
    return next((aspect for aspect in aspects() if aspect.key == prompt.option(LEVEL)), None)


def beside(draft: Draft, vector: NDArray[np.float32] | None, aspect: Aspect, meaning: NDArray[np.float32] | None) -> bool:
    """Whether a draft is not about the aspect that was asked for.

    Args:
        draft: says something.
        vector: its meaning, unit length; None where there are no meanings: then nobody can tell.
        aspect: see `asked`.
        meaning: the aspect's, likewise.
    """
    if vector is None or meaning is None or mentions(draft.text.casefold(), aspect):
        return False
    return float(vector @ meaning) < ABOUT


def mentions(text: str, aspect: Aspect) -> bool:
    """Whether a folded text has one of an aspect's words: Chinese ones anywhere, others as whole words or their beginning."""
    return any(re.search(word if ord(word[0]) > 0x3000 else rf"\b{re.escape(word)}(?:e?s)?\b", text) for word in aspect.words)
