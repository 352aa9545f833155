"""Vectors of texts from a service, remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from http import HTTPStatus

import numpy as np
from numpy.typing import NDArray

from bot.domain.errors import GeneratorDown
from bot.words import _
from generators.client.answered import Declined
from generators.client.api import Api
from generators.client.fleet import Fleet
from generators.client.served import Served

VECTORS_AT_ONCE = 64  # texts in one request; a batch that a CPU answers within a second
CHANGES = 3  # how often a service may change its encoder while one question is answered
KEPT_VECTORS = 4096  # texts; 384 numbers each are 6 MB, and hold the boards of many channels


class Embeddings:
    """What a service's embedder makes of texts."""

    def __init__(self, api: Api | Fleet, served: Served, *, asked: bool = True) -> None:
        self._api = api
        self._served = served
        self._asked = asked  #: whether to ask for any at all
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self.encoder = ""  #: what made the vectors that are kept

    async def of(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Unit vectors, shape (len(texts), dimensions); None where the service has none. Asks only for what is not remembered.

        All of them are of one encoder: where the service has changed its own, what was remembered of the old one is asked anew.
        """
        for _attempt in range(CHANGES):
            rows = await self._rows(texts) if self._asked else None
            if rows is None:
                return None
            if len(rows) == len(texts):
                return np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)
        raise GeneratorDown(_("The generation service does not speak the OpenAI API."))

    async def _rows(self, texts: Sequence[str]) -> list[NDArray[np.float32]] | None:
        """A vector for each text; no row where the encoder turned out to be another meanwhile; None: the service has none."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._kept]
        fresh: dict[str, NDArray[np.float32]] = {}
        try:
            for start in range(0, len(missing), VECTORS_AT_ONCE):
                part = missing[start : start + VECTORS_AT_ONCE]
                name = await self._served.embedder()
                answer = await self._api.post("/embeddings", {"model": name, "input": part})
                if self._changed(str(answer.get("model") or name)) and (fresh or len(missing) < len(set(texts))):
                    return []
                for item in answer["data"]:
                    fresh[part[item["index"]]] = unit(np.asarray(item["embedding"], dtype=np.float32))
        except Declined as error:
            if error.status == HTTPStatus.NOT_FOUND and self.encoder:
                self.encoder = ""
                self._served.forget()  # it was there before: the service came back with another
                return []
            self._asked = False  # a service without embeddings will not have them in a minute either
            return None
        except GeneratorDown as error:
            if "embedding=True" not in str(error):  # llama-cpp-python's word for not started for it
                raise
            self._asked = False
            return None
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise GeneratorDown(_("The generation service does not speak the OpenAI API.")) from error
        rows = [fresh[text] if text in fresh else self._kept[text] for text in texts]
        self._remember(texts, rows)
        return rows

    def _changed(self, encoder: str) -> bool:
        """Notes what made a vector; whether that is another than before, and what was kept is forgotten."""
        changed = encoder != self.encoder
        if changed:
            self.encoder = encoder
            self._kept.clear()
        return changed

    def _remember(self, texts: Sequence[str], rows: Sequence[NDArray[np.float32]]) -> None:
        for text, row in zip(texts, rows, strict=True):
            self._kept[text] = row
            self._kept.move_to_end(text)
        while len(self._kept) > KEPT_VECTORS:
            self._kept.popitem(last=False)


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vector at length 1; one of zeros stays as it is."""
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector
