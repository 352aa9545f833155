"""What a picture shows: labels of a small classifier, the words nearest to them in meaning, and its main colours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generators.engines.shared.colour import Colour, css
from generators.engines.shared.meaning import ASSETS
from generators.engines.shared.prepared import sessions

SIDE = 224  #: pixels that the network sees
SURE = 0.3  # probability from which a label is right about as often as not on photos; below, it names look-alikes
HINT = 0.12  # for the labels beside the first
NEAR = 0.4  # of meaning: a word less near to what was seen says nothing about it
SCALE = 0.35 / 127  #: of stored vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the classifier says."""

    labels: tuple[tuple[str, float], ...]  #: name and probability, the surest first; empty when it is not sure
    words: tuple[str, ...]  #: what that has to do with


class Sight:
    """EfficientNet-Lite0, 1000 labels of ImageNet; and ConSE (Norouzi et al. 2014, arXiv 1312.5650) for words beyond them."""

    def __init__(self) -> None:
        import onnxruntime

        self._session: Any = onnxruntime.InferenceSession(str(ASSETS / "sight.onnx"), sessions())
        self._names: list[str] = json.loads((ASSETS / "labels.json").read_text(encoding="utf-8"))
        self._meanings = np.load(ASSETS / "labels.npy").astype(np.float32) * SCALE
        entries = json.loads((ASSETS / "icons.json").read_text(encoding="utf-8"))["coloured"]
        self._words = [entry["name"] for entry in entries]
        self._fit = np.asarray([entry["fit"] for entry in entries])
        self._vectors = unit(np.load(ASSETS / "icons.npy")[: len(entries)].astype(np.float32))

    def seen(self, picture: Image.Image) -> Seen:
        """Looks at an RGB picture."""
        shares = self.shares(picture)
        best = np.argsort(-shares)[:10]
        labels = tuple((self._names[place], float(shares[place])) for place in best[:3] if shares[place] >= HINT)
        if not labels or labels[0][1] < SURE:
            return Seen(labels=(), words=())
        middle = unit((shares[best, None] * self._meanings[best]).sum(0, keepdims=True))
        nearness = (self._vectors @ middle[0]).astype(float)
        nearness[~self._fit] = 0.0
        order = np.argsort(-nearness)[:4]
        words = [self._words[place] for place in order if nearness[place] >= NEAR and self._words[place] != labels[0][0]]
        return Seen(labels=labels, words=tuple(words))

    def shares(self, picture: Image.Image) -> NDArray[np.float32]:
        """The probability of every label, shape (1000,)."""
        side = min(picture.size)
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        small = picture.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        plane = ((np.asarray(small, np.float32) - 127) / 128).transpose(2, 0, 1)[None]
        logits = self._session.run(None, {"picture": plane})[0][0]
        odds: NDArray[np.float32] = np.exp(logits - logits.max())
        odds /= odds.sum()
        return odds


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length one."""
    unit_rows: NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return unit_rows


def colours(picture: Image.Image, count: int = 5) -> list[tuple[Colour, float]]:
    """The main colours and their shares, the commonest first; those that look the same are one."""
    small = picture.convert("RGB").resize((64, 64), Image.Resampling.BOX)
    few = small.quantize(count * 2, method=Image.Quantize.MAXCOVERAGE).convert("RGB")
    palette: list[tuple[Colour, float]] = []
    for number, colour in sorted(few.getcolors() or [], reverse=True, key=lambda each: each[0]):
        if isinstance(colour, tuple) and len(colour) == 3:
            shade = (int(colour[0]), int(colour[1]), int(colour[2]))
            if all(sum((a - b) ** 2 for a, b in zip(shade, other, strict=True)) > 900 for other, _share in palette):
                palette.append((shade, number / 4096))
    return palette[:count]


def hexes(palette: list[tuple[Colour, float]]) -> str:
    """`#rrggbb #rrggbb …`."""
    return " ".join(css(colour) for colour, _share in palette)
