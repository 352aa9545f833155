"""The forward pass of the Llama family in OpenVINO on a CPU: one graph, eight bits a weight, pages of keys and values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import openvino as ov
import torch
from numpy.typing import NDArray
from torch import Tensor

from generators.engines._graph import Graph
from generators.engines._llama import Part, Unsuited, check
from generators.engines._pages import Pages, Pool
from generators.engines._resting import rest


class OpenVino:
    """A model of the family, compiled. It takes the place of `Llama` and gives a row the same numbers alone and among others."""

    def __init__(self, model: Any, *, exact: bool = False) -> None:
        """Takes the weights of a loaded transformers model, and as many threads as torch has.

        Args:
            model: it stays as it is.
            exact: what the matrices multiply is not rounded to eight bits; a third as fast.

        Raises:
            Unsuited: this model cannot be computed here.
        """
        check(model)
        self._model = model
        graph = Graph(model)
        config = model.config
        options = {
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "NUM_STREAMS": 1,
            "ENABLE_CPU_PINNING": False,  # a pinned thread waits for whoever else runs on its core
            "INFERENCE_PRECISION_HINT": "f32",  # of what is between the matrices
            "KV_CACHE_PRECISION": "f32",
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0 if exact else graph.rounded_together,
        }
        try:
            self._request = ov.Core().compile_model(graph.built(), "CPU", options).create_infer_request()
        except RuntimeError as error:
            raise Unsuited(f"OpenVINO cannot compile it: {str(error)[-300:]}") from error
        self._layers: int = config.num_hidden_layers
        self.pool = Pool(layers=self._layers, groups=config.num_key_value_heads, width=model.model.layers[0].self_attn.head_dim)
        self._grown = -1

    def room(self, *, rows: int, tokens: int) -> Pages:
        """Memory for keys and values; it grows by itself."""
        del tokens
        return Pages(self.pool, rows=rows)

    @property
    def held_bytes(self) -> int:
        """Memory of all keys and values that somebody holds."""
        return self.pool.used * self.pool.page_bytes

    def logits(self, parts: Sequence[Part]) -> list[Tensor]:
        """See `Llama.logits`: one pass for all parts."""
        for part in parts:
            if part.prefix is not None and part.room.length == 0:
                part.room.fill(part.prefix)
            part.room.prepare(part.tokens.shape[1])
        self._bind()
        self._request.infer(_inputs(parts), share_inputs=True)
        # copied, as the next pass writes there
        after = torch.from_numpy(self._request.get_output_tensor(0).data.copy())
        for part in parts:
            part.room.advance(part.tokens.shape[1])
        sizes = [part.tokens.shape[0] * part.last for part in parts]
        return [piece.view(-1, part.last, piece.shape[-1]) for part, piece in zip(parts, torch.split(after, sizes), strict=True)]

    def release(self) -> None:
        """Gives back the pages of the transformers model's file; they are read again for torch's pass, if that is ever made."""
        rest(self._model)

    def _bind(self) -> None:
        """Tells OpenVINO where the pages are, at first and after they have moved."""
        if self._grown == self.pool.grown:
            return
        for layer in range(self._layers):
            self._request.set_tensor(f"key_cache.{layer}", ov.Tensor(self.pool.store[2 * layer], shared_memory=True))
            self._request.set_tensor(f"value_cache.{layer}", ov.Tensor(self.pool.store[2 * layer + 1], shared_memory=True))
        self._grown = self.pool.grown


def _inputs(parts: Sequence[Part]) -> dict[str, NDArray[np.int32]]:
    """What the graph reads, see `Graph`; every row of every part is a sequence."""
    rows = np.array([part.tokens.shape[0] for part in parts])
    new = np.array([part.tokens.shape[1] for part in parts])
    past = np.array([part.room.length for part in parts])
    rooms: list[Any] = [part.room for part in parts]  # `Pages`, as this pass made them
    tables = [room.numbers() for room in rooms]
    begins = _begins(np.repeat(new, rows))
    wanted: list[NDArray[np.int32]] = []
    row = 0
    for part in parts:
        ends = begins[row + 1 : row + 1 + len(part.tokens)]
        wanted.append((ends[:, None] + np.arange(-part.last, 0)).reshape(-1))
        row += len(part.tokens)
    places = [np.tile(np.arange(before, before + more), count) for before, more, count in zip(past, new, rows, strict=True)]
    found = {
        "tokens": np.concatenate([part.tokens.reshape(-1).numpy() for part in parts]),
        "positions": np.concatenate(places),
        "past_lens": np.repeat(past, rows),
        "subsequence_begins": begins,
        "block_indices": np.concatenate([table.reshape(-1) for table in tables]),
        "block_indices_begins": _begins(np.repeat([table.shape[1] for table in tables], rows)),
        "max_context_len": np.array((past + new).max()),
        "wanted": np.concatenate(wanted),
    }
    return {name: value.astype(np.int32, copy=False) for name, value in found.items()}


def _begins(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each of some pieces that lie one behind the other begins, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(sizes)))
