"""Keeps what a model writes within a JSON schema or a regular expression: which tokens may come next in each row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import copy
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Unguidable(ValueError):
    """What is to be kept to cannot be kept to."""


class Guide:
    """Where each row stands in what it has to keep to."""

    def __init__(self, tokenizer: Any, grammar: str, rows: int) -> None:
        """Begins with `rows` rows.

        Args:
            tokenizer: of transformers, or a `TokenizerFile`.
            grammar: as `json_grammar`, `regex_grammar` or `lark_grammar` makes it.
            rows: choices that are drawn together.

        Raises:
            Unguidable: it is no schema or expression that can be kept to.
        """
        from llguidance import LLMatcher

        known = _known(tokenizer)
        self._walks = [LLMatcher(known, grammar) for _row in range(rows)]
        if self._walks and self._walks[0].is_error():
            raise Unguidable(self._walks[0].get_error().splitlines()[0][:300])

    def allowed(self, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Which tokens may come next in each row.

        Args:
            shape: (rows, vocabulary).
        """
        allowed = np.zeros(shape, dtype=bool)
        for row, walk in enumerate(self._walks):
            bits = np.unpackbits(np.frombuffer(walk.compute_bitmask(), dtype=np.uint8), bitorder="little")
            width = min(len(bits), allowed.shape[1])
            allowed[row, :width] = bits[:width]
        return allowed

    def take(self, tokens: Sequence[int]) -> None:
        """Goes on by one token in each row."""
        for walk, token in zip(self._walks, tokens, strict=True):
            walk.consume_token(token)

    def keep(self, rows: Sequence[int]) -> None:
        """Drops all rows but these, in this order."""
        self._walks = [self._walks[row] for row in rows]


def json_grammar(schema: Any) -> str:
    """The grammar of a JSON schema; of any object where there is none."""
    from llguidance import LLMatcher

    known = schema or {"type": "object"}
    return str(LLMatcher.grammar_from_json_schema(json.dumps(tidy(known) if isinstance(known, dict) else known)))


def tidy(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose JSON has a line's end and an indent between its tokens at most: small models go on with spaces for ever."""
    return {"x-guidance": {"whitespace_pattern": r"\n? {0,16}"}} | schema


def regex_grammar(pattern: str) -> str:
    """The grammar of a regular expression that the whole text matches."""
    from llguidance import LLMatcher

    return str(LLMatcher.grammar_from_regex(pattern))


def lark_grammar(rules: str) -> str:
    """The grammar that rules in llguidance's dialect of Lark say."""
    from llguidance import LLMatcher

    return str(LLMatcher.grammar_from_lark(rules))


@lru_cache(maxsize=2)  # the model's, and that of another one in the same process
def _known(tokenizer: Any) -> Any:
    """The tokenizer as llguidance knows it: half a second for 50 000 tokens."""
    from llguidance import LLTokenizer

    backend = copy(getattr(tokenizer, "backend_tokenizer", None))
    if backend is None:
        raise Unguidable("the tokenizer of this model has no file that it can be kept to with")
    backend.no_padding()
    backend.no_truncation()
    return LLTokenizer(backend.to_str(), eos_token=tokenizer.eos_token_id)
