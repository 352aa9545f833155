"""What float32 says to a fixed text, computed once for weights that are known: a form is soon compared with that.

The likeliest next tokens are kept, and what is left for all others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generators.engines.text import float32_pass
from generators.engines.text.fidelity import BLOCK, PIECE, Fidelity, log_softmax, pieces
from generators.engines.text.network import Network
from generators.engines.text.sampling import log_totals

FILE = Path(__file__).parents[2] / "assets" / "answers.npz"
TOKENS = 256  # of the text: a form that loses .13 nats a token is .10 away by them, one that loses .008 is .007
LIKELIEST = 64  # next tokens of each
SEEN = 0.75  # share of what the whole vocabulary tells apart: .80 for eight bits in OpenVINO, .73 to .76 for noise of any size
LEAST = 1e-9  # probability of all others: nothing has none


@dataclass(frozen=True, slots=True)
class Answers:
    """What float32 says."""

    text: NDArray[np.uint32]  #: the tokens, shape (tokens,)
    likeliest: NDArray[np.uint32]  #: which come next, the likeliest first, shape (tokens, LIKELIEST)
    logprobs: NDArray[np.float32]  #: theirs, nats, same shape

    def fidelity(self, passed: Callable[[Sequence[Any]], Sequence[Any]], room: Any) -> Fidelity:
        """How near a forward pass, as `OpenVino.logits`, is: by these tokens, all others as one, and what those do not show."""
        away, same = 0.0, 0
        for begin, logits in pieces(passed, room, self.text.tolist()):
            rows = slice(begin, begin + len(logits))
            right, places = self.logprobs[rows], self.likeliest[rows].astype(np.int64)
            got = np.take_along_axis(logits, places, -1) - log_totals(logits)[:, None]
            others, mine = (np.log(np.maximum(1 - np.exp(one).sum(-1), LEAST)) for one in (right, got))
            away += float((np.exp(right) * (right - got)).sum() + (np.exp(others) * (others - mine)).sum())
            same += int((logits.argmax(-1) == places[:, 0]).sum())
        return Fidelity(kl=away / len(self.text) / SEEN, same=same / len(self.text))


def computed(network: Network, ids: list[int]) -> Answers:
    """What float32 says to a text of these tokens."""
    hidden, found = float32_pass.hidden(network, ids), []
    for begin in range(0, len(ids), PIECE):
        right = log_softmax(float32_pass.logits(network, hidden[begin : begin + PIECE], BLOCK))
        places = np.argsort(-right, -1, kind="stable")[:, :LIKELIEST]
        found.append((places, np.take_along_axis(right, places, -1)))
    likeliest, logprobs = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Answers(np.array(ids, np.uint32), likeliest.astype(np.uint32), logprobs)


def known(checksum: str, ids: list[int], file: Path = FILE, *, tokens: int = TOKENS) -> Answers | None:
    """The answers of a model's weights; None where they are not known.

    Args:
        checksum: SHA-256 of their file.
        ids: how its tokenizer reads the text.
        file: where they are kept.
        tokens: how many of the text's they are for.
    """
    with np.load(file) as kept:
        if str(kept["checksum"]) != checksum or kept["text"].tolist() != ids[:tokens]:
            return None
        return Answers(kept["text"], kept["likeliest"], kept["logprobs"])


def keep(answers: Answers, checksum: str, file: Path = FILE) -> None:
    """Writes answers where `known` finds them."""
    with file.open("wb") as opened:
        np.savez_compressed(opened, checksum=checksum, text=answers.text, likeliest=answers.likeliest, logprobs=answers.logprobs)
