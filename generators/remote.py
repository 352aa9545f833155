"""The client of any OpenAI-compatible service: orders become few-shot completions, finished choices become drafts."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.domain.errors import MuselabError
from bot.domain.ideas import Draft
from bot.ports import Health, Order
from bot.words import _
from generators.api import Api, Declined, Fixed, Server

VECTORS_AT_ONCE = 64  # texts in one request; a batch that a CPU answers within a second
KEPT_VECTORS = 4096  # texts; 384 numbers each are 6 MB, and hold the boards of many channels


class RemoteGenerator:
    """Ideas and vectors from a service that speaks the OpenAI API. It does not own the server: who opened that closes it."""

    def __init__(
        self, server: str | Server, *, token: str = "", model: str = "", timeout_s: float = 120.0, embeddings: bool = True
    ) -> None:
        """Connects to nothing yet.

        Args:
            server: the API's base URL ending in /v1, or where it is just now (a `Child`).
            token: bearer token, when `server` is a URL.
            model: what to ask for when an order names no model; empty: the first text model the service lists.
            timeout_s: for one order's drafts, waiting for a loading service included.
            embeddings: whether to ask for embeddings at all.
        """
        self._api = Api(Fixed(server, token) if isinstance(server, str) else server, timeout_s=timeout_s)
        self._model = model
        self._embeddings = embeddings
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    async def health(self) -> Health:
        """Asks `/health`, which ours and most engines have, then `/v1/models`, which all have."""
        known = self._api.server.state()
        if known is not None:
            return known
        try:
            return Health(ready=True, doing=_("ready"), done=1.0, model=await self._default_model())
        except MuselabError as error:
            return Health(ready=False, doing=str(error), model=self._model)

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        """Yields drafts as their choices finish."""
        body = {
            "model": order.model or await self._default_model(),
            "prompt": f"Ideas for {order.prompt.text}:\n-",
            "n": order.candidates,
            "seed": order.seed,
            "max_tokens": 48,
            "temperature": 1.0,
            "stop": ["\n"],
            "stream": True,
        }
        texts: dict[int, str] = {}
        async for event in self._api.stream("/completions", body):
            for choice in event.get("choices", ()):
                texts[choice["index"]] = texts.get(choice["index"], "") + choice["text"]
                if choice.get("finish_reason"):
                    yield Draft(text=texts[choice["index"]].strip())

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Asks only for texts whose vectors are not remembered."""
        if not self._embeddings:
            return None
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        try:
            for start in range(0, len(missing), VECTORS_AT_ONCE):
                part = missing[start : start + VECTORS_AT_ONCE]
                answer = await self._api.post("/embeddings", {"model": await self._embedder(), "input": part})
                for item in answer["data"]:
                    self._vectors[part[item["index"]]] = unit(np.asarray(item["embedding"], dtype=np.float32))
        except Declined:
            self._embeddings = False  # a service without embeddings will not have them in a minute either
            return None
        rows = [self._vectors[text] for text in texts]
        for text in texts:
            self._vectors.move_to_end(text)
        while len(self._vectors) > KEPT_VECTORS:
            self._vectors.popitem(last=False)
        return np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)

    async def close(self) -> None:
        """Closes the connections."""
        await self._api.close()

    async def _embedder(self) -> str:
        """The listed model whose name says that it embeds, else the text model."""
        listed = (await self._api.get("/models")).get("data", [])
        names = [str(model["id"]) for model in listed]
        return next((name for name in names if re.search("embed|minilm|bge|gte|e5-", name.lower())), await self._default_model())

    async def _default_model(self) -> str:
        if not self._model:
            listed = (await self._api.get("/models")).get("data", [])
            self._model = next((str(model["id"]) for model in listed), "")
        return self._model


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vector at length 1; one of zeros stays as it is."""
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector
