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
Ints = NDArray[np.int64]

CACHED = 2**14  # numbers that are worked at together: with what is made of them they stay in a core's own cache
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
        ends = np.cumsum([len(row) for row in rows])
        spans = [slice(end - len(row), end) for row, end in zip(rows, ends, strict=True)]
        hidden = self._hidden(np.concatenate(rows), np.concatenate([np.arange(len(row)) for row in rows]), spans)
        mean = np.stack([hidden[span].mean(0) for span in spans])
        return mean / np.linalg.norm(mean, axis=-1, keepdims=True), int(ends[-1])

    def words(self, tokens: Sequence[int]) -> str:
        """See `Encoder`."""
        return words_of(self._tokens, tokens)

    def _hidden(self, ids: Ints, places: Ints, spans: Sequence[slice]) -> Array:
        """The last hidden states of texts that lie one behind the other, shape (tokens, width): nothing is padded.

        Args:
            ids: of all texts, shape (tokens,).
            places: of each token in its text.
            spans: where each text lies.
        """
        before = "embeddings."
        x = self._matrix(f"{before}word_embeddings")[ids] + self._matrix(f"{before}position_embeddings")[places]
        x = self._normed(x + self._matrix(f"{before}token_type_embeddings")[0], f"{before}LayerNorm")
        for layer in range(self._layers):
            name = f"encoder.layer.{layer}."
            mixed = self._attended(x, f"{name}attention.self.", spans)
            x = self._normed(x + self._times(mixed, f"{name}attention.output.dense"), f"{name}attention.output.LayerNorm")
            inner = gelu(self._times(x, f"{name}intermediate.dense"))
            x = self._normed(x + self._times(inner, f"{name}output.dense"), f"{name}output.LayerNorm")
        return x

    def _attended(self, x: Array, name: str, spans: Sequence[slice]) -> Array:
        def heads(kind: str) -> Array:  # (heads, tokens, width of a head)
            return self._times(x, name + kind).reshape(len(x), self._heads, -1).swapaxes(0, 1)

        query, key, value = heads("query") * np.float32((x.shape[1] // self._heads) ** -0.5), heads("key"), heads("value")
        mixed = np.empty_like(x)
        for span in spans:
            scores = query[:, span] @ key[:, span].swapaxes(1, 2)
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            scores /= scores.sum(-1, keepdims=True)
            mixed[span] = (scores @ value[:, span]).swapaxes(0, 1).reshape(-1, x.shape[1])
        return mixed

    def _times(self, x: Array, name: str) -> Array:
        product: Array = x @ self._matrix(name).T
        product += self._small[f"{name}.bias"]
        return product

    def _normed(self, x: Array, name: str) -> Array:
        x = x - x.mean(-1, keepdims=True)
        length = np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(self._eps))
        normed: Array = x / length * self._small[f"{name}.weight"] + self._small[f"{name}.bias"]
        return normed

    def _matrix(self, name: str) -> Array:
        return self._tensors[f"{name}.weight"].lying()


def gelu(x: Array) -> Array:
    """X, of shape (rows, width), times the share of a normal distribution below it; in place."""
    rows = max(1, CACHED // x.shape[1])
    for begin in range(0, len(x), rows):
        some = x[begin : begin + rows]
        away = np.abs(some)
        away *= np.float32(2**-0.5)
        t = np.float32(ERF_P) * away
        t += 1
        np.reciprocal(t, out=t)
        sum_ = np.float32(ERF[-1]) * t
        for factor in reversed(ERF[:-1]):
            sum_ += np.float32(factor)
            sum_ *= t
        away *= away
        np.exp(np.negative(away, out=away), out=away)
        sum_ *= away  # 1 - erf of the distance from 0
        np.subtract(1, sum_, out=sum_)
        np.copysign(sum_, some, out=sum_)
        sum_ += 1
        some *= sum_
        some *= np.float32(0.5)
    return x
