"""A sentence encoder of BERT's family (all-MiniLM) in numpy: its weights are mapped and nothing is prepared. No torch.

Twenty ideas took it 80 ms of CPU time, and its start takes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from generators.engines.text.checkpoint import read_json
from generators.engines.text.network import Unsuited
from generators.engines.text.safetensors_file import BadFile, tensors
from generators.engines.text.vectors import LETTERS, LONGEST, words_of

Array = NDArray[np.float32]

FAR = np.float32(-1e9)  # added to what nobody is to look at
#: 1 - erf(x) is (a1 t + a2 t² + …) exp(-x²) with t = 1 / (1 + p x) to within 1.5e-7. Source: Abramowitz and Stegun, 7.1.26
ERF_P = 0.3275911
ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


class SentenceEncoder:
    """The mean of the last hidden states over a text, at length 1."""

    def __init__(self, folder: Path, *, name: str) -> None:
        """Maps a folder as transformers writes it.

        Args:
            folder: with config.json, model.safetensors and tokenizer.json.
            name: what clients call it.

        Raises:
            Unsuited: it is of another family.
            OSError: it cannot be read.
        """
        config = read_json(folder / "config.json")
        if config.get("model_type") != "bert" or config.get("hidden_act") != "gelu":
            raise Unsuited("it is not of BERT's family")
        if config.get("position_embedding_type", "absolute") != "absolute":
            raise Unsuited("its positions are relative")
        try:
            found = tensors(folder / "model.safetensors")
            self._tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except BadFile as error:
            raise Unsuited(str(error)) from error
        self.name = name
        self._heads, self._eps = int(config["num_attention_heads"]), float(config["layer_norm_eps"])
        self._layers = int(config["num_hidden_layers"])
        self._tensors = {key.removeprefix("bert."): one for key, one in found.items()}
        self._small = {key: one.whole() for key, one in self._tensors.items() if len(one.shape) == 1}
        self._tokens.no_padding()
        self._tokens.enable_truncation(min(LONGEST, int(config["max_position_embeddings"])))

    def embed(self, texts: Sequence[str]) -> tuple[Array, int]:
        """Unit vectors, shape (len(texts), width), and how many tokens were read. Long texts are cut."""
        rows = [encoded.ids for encoded in self._tokens.encode_batch([text[:LETTERS] for text in texts])]
        longest = max(map(len, rows))
        ids, mask = np.zeros((len(rows), longest), np.int64), np.zeros((len(rows), longest), np.float32)
        for place, row in enumerate(rows):
            ids[place, : len(row)], mask[place, : len(row)] = row, 1.0
        hidden = self._hidden(ids, mask)
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1)[:, None]
        return mean / np.linalg.norm(mean, axis=-1, keepdims=True), int(mask.sum())

    def words(self, tokens: Sequence[int]) -> str:
        """See `Encoder`."""
        return words_of(self._tokens, tokens)

    def _hidden(self, ids: NDArray[np.int64], mask: Array) -> Array:
        """The last hidden states, shape (texts, tokens, width)."""
        before = "embeddings."
        x = self._matrix(f"{before}word_embeddings")[ids] + self._matrix(f"{before}position_embeddings")[: ids.shape[1]]
        x = self._normed(x + self._matrix(f"{before}token_type_embeddings")[0], f"{before}LayerNorm")
        hidden = (1 - mask)[:, None, None] * FAR  # (texts, 1, 1, tokens)
        for layer in range(self._layers):
            name = f"encoder.layer.{layer}."
            mixed = self._attended(x, f"{name}attention.self.", hidden)
            x = self._normed(x + self._times(mixed, f"{name}attention.output.dense"), f"{name}attention.output.LayerNorm")
            inner = gelu(self._times(x, f"{name}intermediate.dense"))
            x = self._normed(x + self._times(inner, f"{name}output.dense"), f"{name}output.LayerNorm")
        return x

    def _attended(self, x: Array, name: str, hidden: Array) -> Array:
        texts, tokens, width = x.shape

        def heads(kind: str) -> Array:
            return self._times(x, name + kind).reshape(texts, tokens, self._heads, -1).swapaxes(1, 2)

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.swapaxes(2, 3) * np.float32((width // self._heads) ** -0.5) + hidden
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        mixed: Array = (scores @ value).swapaxes(1, 2).reshape(texts, tokens, width)
        return mixed

    def _times(self, x: Array, name: str) -> Array:
        weight = self._matrix(name)
        product = x.reshape(-1, x.shape[-1]) @ weight.T + self._small[f"{name}.bias"]
        return product.reshape(*x.shape[:-1], -1)

    def _normed(self, x: Array, name: str) -> Array:
        x = x - x.mean(-1, keepdims=True)
        length = np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(self._eps))
        normed: Array = x / length * self._small[f"{name}.weight"] + self._small[f"{name}.bias"]
        return normed

    def _matrix(self, name: str) -> Array:
        return self._tensors[f"{name}.weight"].lying()


def gelu(x: Array) -> Array:
    """X times the share of a normal distribution below it."""
    away = np.abs(x) * np.float32(2**-0.5)
    t = 1 / (1 + np.float32(ERF_P) * away)
    sum_ = np.zeros_like(t)
    for factor in reversed(ERF):
        sum_ = (sum_ + np.float32(factor)) * t
    erf = np.copysign(1 - sum_ * np.exp(-away * away), x)
    found: Array = x * (1 + erf) * np.float32(0.5)
    return found
