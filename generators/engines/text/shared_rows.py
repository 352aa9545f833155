"""Choices of one prompt that have said the same so far share a row of each pass, and part where they draw different tokens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generators.engines.text.language_model import LanguageModel
from generators.engines.text.passes import PassRequest, Prefix, Sequences
from generators.engines.text.sampling import Draw


class SharedRows:
    """The rows of a request's choices. Where the model's rows cannot part, each choice has one of its own."""

    def __init__(self, model: LanguageModel, prefix: Prefix, choices: int, *, spare: int) -> None:
        """All choices have said nothing yet.

        Args:
            model: whose passes they are.
            prefix: what they go on from.
            choices: how many.
            spare: tokens that a row has room for at first.
        """
        self._model = model
        self._prefix = prefix
        self._spare = spare
        self._sequences: Sequences | None = None
        self._rows = 0
        self._whose = [0] * choices if model.parts else list(range(choices))  #: for each choice its row
        self._column: list[int] = []  #: what each row is fed

    def say(self, staying: Sequence[int], tokens: Sequence[int]) -> list[int]:
        """Lets some choices go on, each with its token, and drops the others.

        Args:
            staying: places of the choices among those that there were.
            tokens: for each choice that there was, what it said.

        Returns:
            The same places, in the order in which the choices stand from now on.
        """
        if self._model.parts:
            order = list(staying)
            said = [(self._whose[place], tokens[place]) for place in order]
            rows = {one: row for row, one in enumerate(dict.fromkeys(said))}
            self._keep([parent for parent, _token in rows])
            self._whose = [rows[one] for one in said]
            self._column = [token for _parent, token in rows]
            return order
        order = self._keep(list(staying))
        self._whose = list(range(len(order)))
        self._column = [tokens[place] for place in order]
        return order

    def request(self, draw: Draw, *, want_logprobs: bool) -> PassRequest:
        """The next pass of those that go on."""
        assert self._sequences is not None
        return PassRequest(
            model=self._model,
            sequences=self._sequences,
            tokens=np.array(self._column, np.int64)[:, None],
            draw=draw,
            want_logprobs=want_logprobs,
            whose=() if self._whose == list(range(self._rows)) else tuple(self._whose),
        )

    def _keep(self, rows: list[int]) -> list[int]:
        """Goes on with these rows; gives them in the order that they have from now on."""
        if self._sequences is None:
            self._sequences, self._rows = self._model.fork(self._prefix, len(rows), spare=self._spare), len(rows)
            return rows
        if rows != list(range(self._rows)):
            self._rows = len(rows)
            return self._model.keep(self._sequences, rows)
        return rows
