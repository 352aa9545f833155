"""How far a form of a model strays from float32 on a fixed text, on this machine. It knows no requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generators.engines.text import float32_pass
from generators.engines.text.network import Network
from generators.engines.text.pieces import Part
from generators.engines.text.sampling import log_totals

MOST_KL = 0.05  # nats a token: eight bits in torch lose .03 of the embedded model's, and .13 where sums saturate
LEAST_SAME = 0.9  # share of tokens whose likeliest next token stays: .92 and .86 there
TOKENS = 448  # of the text: among so many a share of .93 is uncertain by .012
PIECE = 64  # tokens at a time, as a prompt is computed; their logits are 12 MB with a vocabulary of 49 152
BLOCK = 8192  # of the vocabulary in float32 at a time: the whole matrix in float32 may be gigabytes
NAMES = {
    "barber": "Shear Delight", "bakery": "Rise & Shine", "book shop": "Dog Ears", "bike shop": "Spoke Easy",
    "tea bar": "The Second Steep", "flower shop": "Petal Pushers", "climbing hall": "Hold On",
    "toy library": "Borrowed Bears", "swimming pool": "The Deep End", "shoe shop": "Sole Mates",
    "pottery studio": "Feats of Clay", "dog salon": "Wag and Shine", "fish shop": "The Codfather", "laundry": "Clean Slate",
    "coffee cart": "Bean There", "garden centre": "Plot Twist", "music school": "Take Note", "ice cream van": "Cone Home",
    "watch repair": "Second Hand", "bookbinder": "Spine and Dandy", "cheese shop": "Grate Expectations",
    "tailor": "Sew What", "hat shop": "Head First", "wine bar": "Grape Minds",
}  # fmt: skip
SLOGANS = {
    "bicycle shop": "Life is better on two wheels.", "bakery": "Fresh bread every morning.",
    "book shop": "There is a story for everyone.", "garden centre": "Watch your garden grow.",
    "swimming pool": "Come on in, the water is warm.", "coffee cart": "The best part of your morning.",
    "toy library": "Every toy deserves a new friend.", "climbing hall": "Reach a little higher every day.",
    "tea bar": "Take your time, one cup at a time.", "shoe shop": "Put your best foot forward.",
}  # fmt: skip
#: lists of examples, which is what prompts are here: in prose more tokens are as likely as the likeliest, and change places
TEXT = "\n".join(
    [f'The best name for a {kind} is "{name}".' for kind, name in NAMES.items()]
    + [f"A slogan for a {kind}: {slogan}" for kind, slogan in SLOGANS.items()]
)


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How near a form is to float32."""

    kl: float  #: mean over tokens of KL(float32 || form), nats
    same: float  #: share of tokens whose likeliest next token is the same

    @property
    def enough(self) -> bool:
        """Whether it may be served."""
        return self.kl <= MOST_KL and self.same >= LEAST_SAME


def fidelity(network: Network, passed: Callable[[Sequence[Part]], Sequence[Any]], room: Any, ids: list[int]) -> Fidelity:
    """How near a forward pass of ours is, for a text of these tokens, to the same network's in single precision.

    Args:
        network: with its full weights.
        passed: the pass, as `OpenVino.logits`.
        room: for keys and values of one row, empty.
        ids: the text.
    """
    hidden = float32_pass.hidden(network, ids)
    away, same = 0.0, 0
    for begin, logits in pieces(passed, room, ids):
        got = log_softmax(logits)
        right = log_softmax(float32_pass.logits(network, hidden[begin : begin + PIECE], BLOCK))
        away += float((np.exp(right) * (right - got)).sum())
        same += int((right.argmax(-1) == got.argmax(-1)).sum())
    return Fidelity(kl=away / len(ids), same=same / len(ids))


def pieces(
    passed: Callable[[Sequence[Part]], Sequence[Any]], room: Any, ids: list[int]
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """What a pass makes of a text, a piece at a time: the place of its first token, and logits of shape (tokens, vocabulary)."""
    for begin in range(0, len(ids), PIECE):
        tokens = np.array([ids[begin : begin + PIECE]], np.int64)
        part = Part(tokens=tokens, room=room, start=begin, prefix=None, last=tokens.shape[1])
        yield begin, np.asarray(passed([part])[0][0], np.float32)


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-probabilities along the last dimension."""
    return logits - log_totals(logits)[:, None]
