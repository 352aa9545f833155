"""How far a form of a model strays from float32 on a fixed text, on this machine. It knows no requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from generators.engines.text.attention import Prefix
from generators.engines.text.llama import Llama, Part

if TYPE_CHECKING:
    from generators.engines.text.model import TextModel
    from generators.engines.text.openvino import OpenVino

MOST_KL = 0.05  # nats a token: eight bits in torch lose .03 of the embedded model's, and .13 where sums saturate
LEAST_SAME = 0.9  # share of tokens whose likeliest next token stays: .92 and .86 there
TOKENS = 448  # of the text: among so many a share of .93 is uncertain by .012
PIECE = 64  # tokens at a time, as a prompt is computed; their logits are 12 MB with a vocabulary of 49 152
BLOCK = 8192  # of the vocabulary in float32 at a time
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


def fidelity(text: TextModel) -> Fidelity:
    """How near our own forward pass of a loaded model, whose weights are still there, is to transformers' in float32."""
    ids = text.tokens.encode(TEXT)[: min(TOKENS, text.tokens.most)]
    return between(text.model, text.own, ids)


def between(model: Any, ours: Llama | OpenVino, ids: list[int]) -> Fidelity:
    """The same for a text of these tokens and a pass made from a transformers model that has its weights."""
    away, same = 0.0, 0
    with torch.inference_mode():
        with _in_float32(model.model):
            hidden = model.model(input_ids=torch.tensor([ids], device=model.device), use_cache=False).last_hidden_state[0]
        prefix: Prefix | None = None
        room: Any = ours.room(rows=1, tokens=len(ids))
        for begin in range(0, len(ids), PIECE):
            tokens = torch.tensor([ids[begin : begin + PIECE]], device=model.device)
            part = Part(tokens=tokens, room=room, start=begin, prefix=prefix, last=tokens.shape[1])
            got = ours.logits([part])[0][0].float().log_softmax(-1)
            right = _logits(model.lm_head, hidden[begin : begin + PIECE]).log_softmax(-1)
            away += float((right.exp() * (right - got)).sum())
            same += int((right.argmax(-1) == got.argmax(-1)).sum())
    return Fidelity(kl=away / len(ids), same=same / len(ids))


def _logits(head: nn.Linear, hidden: Tensor) -> Tensor:
    """Logits in float32, a block of the vocabulary after the other: the whole matrix in float32 may be gigabytes."""
    logits = torch.cat([hidden @ block.float().T for block in torch.split(head.weight, BLOCK)], dim=-1)
    return logits if head.bias is None else logits + head.bias.float()


@contextmanager
def _in_float32(body: nn.Module) -> Iterator[None]:
    """Has a model compute in float32, each of its parts as it is needed; the weights are as they were afterwards."""
    kept: dict[Tensor, Tensor] = {}

    def widen(part: nn.Module, _given: Any) -> None:
        for weight in part.parameters(recurse=False):
            kept[weight], weight.data = weight.data, weight.data.float()

    def restore(part: nn.Module, _given: Any, _made: Any) -> None:
        for weight in part.parameters(recurse=False):
            weight.data = kept.pop(weight)

    def widened(_part: nn.Module, _given: Any, made: Tensor) -> Tensor:
        return made.float()

    handles = []
    for part in body.modules():
        if isinstance(part, nn.Embedding):
            handles.append(part.register_forward_hook(widened))
        elif next(part.parameters(recurse=False), None) is not None:
            handles += [part.register_forward_pre_hook(widen), part.register_forward_hook(restore, always_call=True)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
