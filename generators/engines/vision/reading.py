"""The text in a picture: PP-OCR's two networks, one that finds lines of text and one that reads a line."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generators.engines.shared.prepared import sessions

PACKAGE = "rapidocr_onnxruntime"  #: PyPI: rapidocr-onnxruntime; only its network files are used, without OpenCV
LARGEST = 960  # pixels of the longer side looked at: smaller letters than a 1/40 of it are not read, and time grows with the area
LEAST = 736  # pixels of the shorter side, as the network was trained; small pictures are enlarged up to LARGEST
INK, LINE, LETTER = 0.3, 0.5, 0.7  # probabilities: a pixel of text, a line of text, a letter of it
GROW = 1.6  # the finder marks the middle of a line; its edge is so far outside, in areas over perimeters
LONGISH = 3.0  #: times as long as high: a line whose slope tells how a picture was held
TALL = 48  #: pixels of a line for the reader
MOST = 240  # lines: a wall of 48 sticky notes has up to five on each, and each takes a fiftieth of a second to read


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text."""

    text: str
    sure: float  #: mean probability of its letters
    box: tuple[int, int, int, int]  #: left, top, right, bottom in the picture, pixels


def available() -> Path | None:
    """The folder with the networks, if the package is installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "models"


class Reader:
    """Reads lines that are level, in English and Chinese."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        def network(name: str) -> Any:
            return onnxruntime.InferenceSession(str(folder / name), sessions())

        self._finder = network("ch_PP-OCRv4_det_infer.onnx")
        self._reader = network("ch_PP-OCRv4_rec_infer.onnx")
        known = self._reader.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._letters = ["", *known, " "]  #: by number; 0 is "none"
        self._last: tuple[Image.Image, NDArray[np.float32], NDArray[np.int32]] | None = None  #: a picture is asked about in turn

    def lines(self, picture: Image.Image, *, sure: float = LETTER) -> list[Line]:
        """The lines of an RGB picture, from top to bottom, those that are at least so sure."""
        least = sure
        lines = []
        for box in self.boxes(picture)[:MOST]:
            text, sure = self.read(picture.crop(box))
            if text.strip() and sure >= least:
                lines.append(Line(text=text.strip(), sure=sure, box=box))
        return lines

    def boxes(self, picture: Image.Image) -> list[tuple[int, int, int, int]]:
        """Where lines of text are."""
        share, areas = self._marked(picture)
        across, down = picture.width / share.shape[1], picture.height / share.shape[0]
        boxes = []
        for rows, columns in _places(share, areas):
            h, w = rows.stop - rows.start, columns.stop - columns.start
            grow = GROW * h * w / (2 * (h + w))
            left, top = (columns.start - grow) * across, (rows.start - grow) * down
            right, bottom = (columns.stop + grow) * across, (rows.stop + grow) * down
            boxes.append(
                (max(0, round(left)), max(0, round(top)), min(picture.width, round(right)), min(picture.height, round(bottom)))
            )
        return sorted(boxes, key=lambda box: (box[1] // 12, box[0]))

    def tilt(self, picture: Image.Image) -> float:
        """By how many degrees most lines of a picture rise to the right, -45..45; 0 where too few tell.

        Each line's slope is its main axis (the larger one of its pixels' covariance), and a long line counts for more.
        """
        share, areas = self._marked(picture)
        slopes, weights = [], []
        for number, (rows, columns) in enumerate(_places(share, areas)):
            down, right = np.nonzero(areas[rows, columns] == areas[rows, columns].max())
            if number >= MOST or len(down) < 8:
                continue
            spread = np.cov(np.stack([right * picture.width / share.shape[1], -down * picture.height / share.shape[0]]))
            values, axes = np.linalg.eigh(spread)
            slope = (np.degrees(np.arctan2(axes[1, 1], axes[0, 1])) + 90) % 180 - 90
            if values[1] > LONGISH**2 * values[0] and abs(slope) < 45:
                slopes.append(slope)
                weights.append(values[1] ** 0.5)
        if len(slopes) < 2:
            return 0.0
        order = np.argsort(slopes)
        heavy = np.cumsum(np.asarray(weights)[order])
        return float(np.asarray(slopes)[order][np.searchsorted(heavy, heavy[-1] / 2)])

    def _marked(self, picture: Image.Image) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """How likely each pixel of a small picture is text, and the number of its area, from 1."""
        from scipy import ndimage

        if self._last is not None and self._last[0] is picture:
            return self._last[1:]
        scale = min(LARGEST / max(picture.size), max(1.0, LEAST / min(picture.size)))
        wide, tall = (max(32, round(side * scale / 32) * 32) for side in picture.size)
        plane = planes(picture.resize((wide, tall), Image.Resampling.BILINEAR))
        share: NDArray[np.float32] = self._finder.run(None, {self._finder.get_inputs()[0].name: plane})[0][0, 0]
        areas, _count = ndimage.label(ndimage.binary_dilation(share > INK, np.ones((2, 2))))
        self._last = (picture, share, areas)
        return share, areas

    def read(self, line: Image.Image) -> tuple[str, float]:
        """The letters of one line and how sure they are; the network's answer is "none" between letters (CTC)."""
        wide = max(TALL, min(1600, round(line.width * TALL / line.height)))
        small = line.resize((wide, TALL), Image.Resampling.BILINEAR)
        room = Image.new("RGB", (max(320, wide), TALL), (127, 127, 127))
        room.paste(small, (0, 0))
        shares = self._reader.run(None, {self._reader.get_inputs()[0].name: planes(room)})[0][0]
        best, sure = shares.argmax(-1), shares.max(-1)
        places = [place for place in range(len(best)) if best[place] and (place == 0 or best[place] != best[place - 1])]
        text = "".join(self._letters[best[place]] for place in places)
        return text, float(np.mean(sure[places])) if places else 0.0


def _places(share: NDArray[np.float32], areas: NDArray[np.int32]) -> list[tuple[slice, slice]]:
    """Rows and columns of the areas that are lines of text; the finder's shares over pixels, and its areas by number."""
    from scipy import ndimage

    return [
        place
        for number, place in enumerate(ndimage.find_objects(areas), 1)
        if min(side.stop - side.start for side in place) >= 3 and share[place][areas[place] == number].mean() >= LINE
    ]


def planes(picture: Image.Image) -> NDArray[np.float32]:
    """Blue, green, red, -1..1, shape (1, 3, height, width): as PP-OCR was trained."""
    planes: NDArray[np.float32] = (np.asarray(picture.convert("RGB"), np.float32)[..., ::-1] / 127.5 - 1).transpose(2, 0, 1)[None]
    return np.ascontiguousarray(planes)
