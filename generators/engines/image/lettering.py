"""Words on pictures: which font has which letter, how large a text may be to fit, and where its ink lies."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont

from generators.engines.image import chinese
from generators.engines.image.telling import CJK
from generators.engines.shared.colour import Colour
from generators.engines.shared.meaning import ASSETS

FONTS = ASSETS / "fonts"
WORLD = tuple(f"noto-sans-sc-{subset}-500-normal" for subset in ("latin-ext", "cyrillic", "vietnamese", "chinese-simplified"))
NEVER_FIRST = "，。！？：；、）》」』”’,.!?:;)…%"  #: a line may not begin with these
INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\U000e0000-\U000e007f]")
LEADING = 1.2  #: of a line, in sizes
Box = tuple[int, int, int, int]  #: left, top, right, bottom, pixels
Emoji = Callable[[str, int], Image.Image | None]  #: the drawing of an emoji at a size, if there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Two fonts that go together."""

    name: str
    heading: str  #: file without suffix
    body: str
    capitals: bool = False  #: headings are set in capitals


PAIRINGS = (
    Pairing(name="modern", heading="space-grotesk-latin-700-normal", body="inter-latin-400-normal"),
    Pairing(name="elegant", heading="playfair-display-latin-700-normal", body="lora-latin-400-normal"),
    Pairing(name="bold", heading="archivo-black-latin-400-normal", body="work-sans-latin-400-normal"),
    Pairing(name="condensed", heading="bebas-neue-latin-400-normal", body="dm-sans-latin-400-normal", capitals=True),
    Pairing(name="friendly", heading="fredoka-latin-600-normal", body="nunito-latin-400-normal"),
    Pairing(name="editorial", heading="dm-serif-display-latin-400-normal", body="dm-sans-latin-400-normal"),
    Pairing(name="geometric", heading="poppins-latin-700-normal", body="poppins-latin-400-normal"),
    Pairing(name="classic", heading="abril-fatface-latin-400-normal", body="lora-latin-400-normal"),
    Pairing(name="handwritten", heading="caveat-latin-700-normal", body="nunito-latin-400-normal"),
    Pairing(name="signage", heading="oswald-latin-600-normal", body="work-sans-latin-400-normal", capitals=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A text broken into lines at a size; the ink lies within `width` x `height` from its corner."""

    lines: tuple[str, ...]
    size: int
    file: str
    width: int
    height: int
    whole: bool  #: nothing was cut off


@cache
def font(file: str, size: int) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels."""
    return ImageFont.truetype(str(FONTS / f"{file}.woff2"), size)


@cache
def _plain(file: str) -> ImageFont.FreeTypeFont:
    """A font that puts no letters together."""
    return ImageFont.truetype(str(FONTS / f"{file}.woff2"), 24, layout_engine=ImageFont.Layout.BASIC)


@cache
def has(file: str, letter: str) -> bool:
    """Whether a font has a letter itself: not the box for a missing one, nor parts that a layout would put together."""
    if letter.isspace():
        return True
    drawn, missing = _plain(file).getmask(letter), _plain(file).getmask("\uffff")
    return bytes(drawn) != bytes(missing) and bool(drawn.getbbox())


@cache
def face(file: str, letter: str) -> str | None:
    """The first font that has a letter: the wanted one, else those for the world's other letters."""
    return next((each for each in (file, *WORLD) if has(each, letter)), None)


def alike(text: str, file: str) -> str:
    """The font for a text: the wanted one where it has all Latin letters, else the family that has: no word mixes two."""
    latin = {each for each in text if unicodedata.name(each, "").startswith("LATIN ")}
    return file if all(has(file, each) or face(file, each) is None for each in latin) else WORLD[-1]


def cleaned(text: str, *, drawable: Callable[[str], bool]) -> str:
    """A text with one kind of space, and without signs that nothing here can draw."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    kept = (letter for letter in text if drawable(letter) or face(PAIRINGS[0].body, letter))
    return re.sub(r"\s+", " ", "".join(kept)).strip()


def missing(text: str, *, drawable: Callable[[str], bool]) -> float:
    """The share of a text's letters that nothing here can draw, 0..1."""
    letters = [each for each in INVISIBLE.sub("", unicodedata.normalize("NFC", text)) if not each.isspace()]
    return sum(not drawable(each) and face(PAIRINGS[0].body, each) is None for each in letters) / max(1, len(letters))


def runs(text: str, file: str) -> Iterator[tuple[str | None, str]]:
    """A line cut where its font changes; no font means an emoji."""
    current: str | None = ""
    piece = ""
    for letter in text:
        found = current if piece and letter == " " and current else face(file, letter)
        if found != current or found is None:
            if piece:
                yield current, piece
            current, piece = found, ""
        piece += letter
    if piece:
        yield current, piece


@lru_cache(maxsize=2**14)  # a text is tried at many widths, and its lines begin alike
def length(text: str, file: str, size: int) -> float:
    """The width of one line's ink, pixels: some fonts' last letters reach beyond their own width."""
    wide, beyond = 0.0, 0.0
    for found, piece in runs(text, file):
        if found is None:
            wide, beyond = wide + size * 1.1 * len(piece), 0.0
        else:
            own = font(found, size).getlength(piece)
            beyond = max(0.0, font(found, size).getbbox(piece, anchor="ls")[2] - own)
            wide += own
    return wide + beyond


def extent(text: str, file: str, size: int) -> tuple[int, int]:
    """How far a line's ink reaches above and below its baseline, pixels, both positive."""
    above, below = 0, 0
    for found, piece in runs(text, file):
        if found is None:
            above, below = max(above, round(0.86 * size)), max(below, round(0.16 * size))
        else:
            _left, top, _right, bottom = font(found, size).getbbox(piece, anchor="ls")
            above, below = max(above, round(-top)), max(below, round(bottom))
    return above, below


def pieces(text: str) -> list[str]:
    """Where a line may be broken: after a space, between two Chinese words, and between signs of other languages without spaces."""
    parts: list[str] = []
    for word in re.findall(r"\S+\s*", text):
        letters, inside = "", _inside(word)
        for place, (letter, after) in enumerate(zip(word, (*word[1:], ""), strict=True), start=1):
            letters += letter
            dense = CJK.match(letter) or CJK.match(after) or letter in "，。！？、；："
            if after and dense and after not in NEVER_FIRST and not after.isspace() and place not in inside:
                parts.append(letters)
                letters = ""
        if letters:
            parts.append(letters)
    return parts


@lru_cache(maxsize=256)
def _inside(text: str) -> frozenset[int]:
    """The places inside Chinese words, where no line is broken."""
    found: set[int] = set()
    end = 0
    for word in chinese.words(text):
        found |= set(range(end + 1, end + len(word))) if chinese.HAN.fullmatch(word) else set()
        end += len(word)
    return frozenset(found)


def wrapped(text: str, file: str, size: int, width: float) -> list[str] | None:
    """Lines no wider than `width`, or nothing if a word alone is wider. A break in the text stays one."""
    if "\n" in text:
        parts = [wrapped(part, file, size, width) for part in text.split("\n")]
        return None if None in parts else [line for part in parts for line in part or ()]
    lines, line = [], ""
    for piece in pieces(text):
        if line and length((line + piece).rstrip(), file, size) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
        if length(line.rstrip(), file, size) > width:
            return None
    return [*lines, line.rstrip()] if line.strip() else lines


def balanced(text: str, file: str, size: int, width: float, lines: list[str]) -> list[str]:
    """Lines of about the same length, as many as `lines`, which are filled one after the other."""
    if len(lines) == 1:
        return lines
    low, high = width * 0.45, width
    for _halving in range(7):
        middle = (low + high) / 2
        tried = wrapped(text, file, size, middle)
        if tried is not None and len(tried) == len(lines):
            lines, high = tried, middle
        else:
            low = middle
    return lines


def height(lines: Sequence[str], file: str, size: int) -> int:
    """From the top of the first line's ink to the bottom of the last's."""
    first, last = extent(lines[0], file, size), extent(lines[-1], file, size)
    return first[0] + round((len(lines) - 1) * size * leading(lines)) + last[1]


def leading(lines: Sequence[str]) -> float:
    """Chinese needs more air."""
    return 1.34 if any(CJK.search(line) for line in lines) else LEADING


def fitted(text: str, file: str, width: int, tall: int, *, largest: int, smallest: int, most_lines: int = 99) -> Block:
    """The largest setting of a text that fits a space; at `smallest` a text that is too long loses its end."""
    low, high, best = smallest, largest, None
    while low <= high:
        size = (low + high) // 2
        lines = wrapped(text, file, size, width)
        if lines and len(lines) <= most_lines and round((len(lines) - 1) * size * leading(lines)) < tall:
            lines = balanced(text, file, size, width, lines)
            if height(lines, file, size) <= tall:
                best, low = (lines, size), size + 1
                continue
        high = size - 1
    whole = best is not None
    lines, size = best or (_cut(text, file, smallest, width, tall, most_lines), smallest)
    wide = max((length(line, file, size) for line in lines), default=0)
    return Block(
        lines=tuple(lines),
        size=size,
        file=file,
        width=int(wide + 0.999),
        height=height(lines, file, size) if lines else 0,
        whole=whole,
    )


def _cut(text: str, file: str, size: int, width: int, tall: int, most_lines: int) -> list[str]:
    """As many words as fit, and an ellipsis."""
    parts = pieces(text)
    for count in range(len(parts), 0, -1):
        start = "".join(parts[:count]).rstrip(" ,;:，；、")
        lines = wrapped(start + "…", file, size, width)
        if lines and len(lines) <= most_lines and height(lines, file, size) <= tall:
            return lines
    letters = text
    while letters and (length(letters + "…", file, size) > width):
        letters = letters[:-1]
    return [letters + "…"] if letters and height([letters + "…"], file, size) <= tall else []


def write(
    picture: Image.Image, block: Block, corner: tuple[int, int], colour: Colour, align: str, wide: int, emoji: Emoji
) -> Box:
    """Draws a block into a space `wide` pixels wide whose corner is given.

    Returns:
        Where its ink may lie.
    """
    draw = ImageDraw.Draw(picture)
    left, top = corner
    baseline = top + (extent(block.lines[0], block.file, block.size)[0] if block.lines else 0)
    edges: list[float] = []
    for line in block.lines:
        wide_line = length(line, block.file, block.size)
        x = left + {"left": 0.0, "center": (wide - wide_line) / 2, "right": wide - wide_line}[align]
        edges += [x, x + wide_line]
        for found, piece in runs(line, block.file):
            if found is None:
                drawn = emoji(piece, block.size)
                if drawn is not None:
                    picture.paste(drawn, (round(x + 0.05 * block.size), baseline - round(0.86 * block.size)), drawn)
                x += 1.1 * block.size * len(piece)
            else:
                draw.text((x, baseline), piece, font=font(found, block.size), fill=colour, anchor="ls")
                x += font(found, block.size).getlength(piece)
        baseline += round(block.size * leading(block.lines))
    return (int(min(edges, default=left)), top, int(max(edges, default=left) + 0.999), top + block.height)
