"""The two poets in torch, for training: a Transformer, and beside it as a baseline a seq2seq LSTM with attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from generators.training.music.nets import Block, turns_of
from generators.verse.rhymes import GROUPS
from generators.verse.signs import BEFORE, NEEDS, PLACES


class Inputs(nn.Module):
    """What both see at each step: the sign there, its place, what the next must be, and the rhyme of the whole."""

    def __init__(self, signs: int, width: int) -> None:
        super().__init__()
        self.sign = nn.Embedding(signs, width)
        self.place = nn.Embedding(PLACES, width)
        self.need = nn.Embedding(NEEDS, width)
        self.rhyme = nn.Embedding(len(GROUPS) + 1, width)

    def forward(self, signs: Tensor, places: Tensor, needs: Tensor, rhymes: Tensor) -> Tensor:
        """Vectors, (batch, steps, width).

        Args:
            signs: (batch, steps).
            places: (steps,).
            needs: of the sign after each, (batch, steps).
            rhymes: group + 1, 0 where there is none, (batch,).
        """
        x: Tensor = self.sign(signs) + self.place(places) + self.need(needs) + self.rhyme(rhymes)[:, None]
        return x


class Poet(nn.Module):
    """What comes next in a poem: a Transformer over keywords and poem. `generators.verse.net` runs the same weights in numpy."""

    def __init__(self, signs: int, width: int = 160, layers: int = 4, heads: int = 5, dropout: float = 0.0) -> None:
        super().__init__()
        self.size = width // heads
        self.inputs = Inputs(signs, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.norm = nn.RMSNorm(width, eps=1e-6)
        self.bias = nn.Parameter(torch.zeros(signs))
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=0.04)
        for name, weight in self.blocks.named_parameters():
            if name.endswith(("out.weight", "down.weight")):
                nn.init.normal_(weight, std=0.04 / (2 * layers) ** 0.5)

    def forward(self, signs: Tensor, places: Tensor, needs: Tensor, rhymes: Tensor) -> Tensor:
        """Logits of each character of the poem, (batch, characters, signs); see `Inputs` for the rest."""
        x = self.inputs(signs, places, needs, rhymes)
        turns = turns_of(x.shape[1], self.size)
        for block in self.blocks:
            x = block(x, turns, causal=True, mask=None)
        x = self.norm(x[:, BEFORE - 1 :])
        logits: Tensor = x @ self.inputs.sign.weight.T + self.bias
        return logits


class Baseline(nn.Module):
    """A bidirectional LSTM reads the keywords, another writes the poem and looks back at them (Luong et al. 2015)."""

    def __init__(self, signs: int, width: int = 160, inner: int = 448) -> None:
        super().__init__()
        self.inputs = Inputs(signs, width)
        self.reader = nn.LSTM(width, inner // 2, batch_first=True, bidirectional=True)
        self.writer = nn.LSTM(width, inner, batch_first=True)
        self.match = nn.Linear(inner, inner, bias=False)
        self.join = nn.Linear(2 * inner, width)
        self.bias = nn.Parameter(torch.zeros(signs))
        for table in (self.inputs.sign, self.inputs.place, self.inputs.need, self.inputs.rhyme):
            nn.init.normal_(table.weight, std=0.04)

    def forward(self, signs: Tensor, places: Tensor, needs: Tensor, rhymes: Tensor) -> Tensor:
        """As `Poet.forward`."""
        x = self.inputs(signs, places, needs, rhymes)
        read, (hidden, cell) = self.reader(x[:, :BEFORE])
        state = tuple(part.transpose(0, 1).flatten(1)[None].contiguous() for part in (hidden, cell))
        written, _ = self.writer(x[:, BEFORE - 1 :], state)
        seen = (self.match(written) @ read.transpose(1, 2)).softmax(-1) @ read
        joined = torch.tanh(self.join(torch.cat((written, seen), dim=-1)))
        return functional.linear(joined, self.inputs.sign.weight, self.bias)
