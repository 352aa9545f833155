"""SVG drawings that people hand in, such as logos: drawn by resvg where they hold nothing but shapes and colours.

What is not on the list is refused with its name and never drawn wrongly: resvg leaves text out whose font is not there, and
reads CSS in part. Nothing outside a drawing is opened, and no part of it is drawn more than once.
"""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

from PIL import Image

from bot.words import _
from generators.engines.making import Unmakeable

MOST_BYTES = 1_000_000  # a logo has 2 to 50 kB
MOST_PARTS = 5_000  # shapes and groups; a detailed crest has some hundred
DEEPEST = 40  # groups within groups; drawing programs write five to ten
SIDE = 1024  #: pixels of the longer side that it is drawn at
DPI = 96  #: of CSS; by itself resvg-py takes none, and a drawing measured in millimetres has no size
MOST_CLIPPED = 20_000  #: shapes of clipping paths, times the parts that are clipped: each is drawn anew for each
WIDEST = 20.0  #: times as wide as high, or as high as wide; a line of letters has ten
SHAPES = frozenset(["svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "clipPath"])
COLOURS = frozenset(["defs", "linearGradient", "radialGradient", "stop", "style", "title", "desc", "metadata"])
SPACES = frozenset({"http://www.w3.org/2000/svg", ""})
CARRIES = re.compile(rb"<\s*script|<!DOCTYPE|<!ENTITY|\son\w+\s*=|javascript:", re.IGNORECASE)
RULES = re.compile(r"(?:\s*[.\w#-]+(?:\s*,\s*[.\w#-]+)*\s*\{[^{}@\\]*\})*\s*")  # simple selectors, as drawing programs write them
ELSEWHERE = re.compile(
    r"url\(\s*['\"]?(?!#)|var\(|calc\(|dasharray|filter|mask|clip-path\s*:\s*(?!url\(\s*#|none)|expression", re.IGNORECASE
)
NUMBER = re.compile(r"\s*([\d.]{1,12})\s*(?:px|mm|cm|in|pt|pc)?\s*")


def drawn(content: bytes, name: str) -> Image.Image:
    """A drawing as RGBA, its longer side `SIDE` pixels.

    Raises:
        Unmakeable: it holds something else than shapes and colours, or is broken or too large.
    """
    if CARRIES.search(content):
        raise Unmakeable(
            _("{name} is an SVG, which can carry scripts and is not opened. Please export it as PNG and attach that.").format(
                name=name
            )
        )
    if len(content) > MOST_BYTES:
        raise Unmakeable(_("{name} is larger than {most} MB. Please send a smaller picture.").format(name=name, most=1))
    try:
        root = ET.fromstring(content.decode("utf-8-sig"))  # noqa: S314 - no entities: a DOCTYPE is refused above
    except (ET.ParseError, UnicodeDecodeError, ValueError) as error:
        raise Unmakeable(
            _("{name} is an SVG that cannot be read. Please export it as PNG and attach that.").format(name=name)
        ) from error
    _look(root, name)
    wide, high = _size(root, name)
    scale = SIDE / max(wide, high)
    return _rendered(content, name, max(1, round(wide * scale)), max(1, round(high * scale)))


def _rendered(content: bytes, name: str, wide: int, high: int) -> Image.Image:
    from resvg_py import svg_to_bytes

    try:
        png = svg_to_bytes(svg_string=content.decode("utf-8-sig"), width=wide, height=high, skip_system_fonts=True, dpi=DPI)
    except ValueError as error:
        raise Unmakeable(
            _("{name} is an SVG that cannot be read. Please export it as PNG and attach that.").format(name=name)
        ) from error
    return Image.open(io.BytesIO(png)).convert("RGBA")


def _look(root: ET.Element, name: str) -> None:
    """Refuses what is not on the list; metadata are not drawn, and may be anything."""
    left, parts = [(root, 1)], 0
    clips = [each for each in root.iter() if isinstance(each.tag, str) and each.tag.endswith("clipPath")]
    clipped = sum("clip-path" in f"{each.attrib}" for each in root.iter())
    if sum(len(list(each.iter())) for each in clips) * clipped > MOST_CLIPPED:
        raise Unmakeable(_("{name} is an SVG with too many parts. Please export it as PNG and attach that.").format(name=name))
    while left:
        one, depth = left.pop()
        parts += 1
        space, _brace, tag = one.tag.rpartition("}") if isinstance(one.tag, str) else ("", "", "")
        foreign = space.removeprefix("{") not in SPACES
        if parts > MOST_PARTS or depth > DEEPEST:
            raise Unmakeable(
                _("{name} is an SVG with too many parts. Please export it as PNG and attach that.").format(name=name)
            )
        if not foreign and tag not in SHAPES | COLOURS:
            raise Unmakeable(_other(name, f"<{tag}>"))
        if tag == "style" and not RULES.fullmatch(one.text or ""):
            raise Unmakeable(_other(name, "<style>"))
        for key, value in [*one.attrib.items(), ("", one.text or "" if tag == "style" else "")]:
            plain = key.rpartition("}")[2]
            if ELSEWHERE.search(f"{plain}:{value}") or (plain == "href" and not value.startswith("#")):
                raise Unmakeable(_other(name, plain or "<style>"))
        if not foreign and tag != "metadata":
            left += [(child, depth + 1) for child in one]


def _other(name: str, what: str) -> str:
    return _("{name} is an SVG with {what}, which is not drawn here. Please export it as PNG and attach that.").format(
        name=name, what=what[:40]
    )


def _size(root: ET.Element, name: str) -> tuple[float, float]:
    """Width over height of a drawing, by its view box or its own width and height."""
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    told = box[2:] if len(box) == 4 else [root.get("width", ""), root.get("height", "")]
    sides = [
        float(found[1]) for side in told if (found := NUMBER.fullmatch(side)) and found[1].count(".") < 2 and found[1] != "."
    ]
    if len(sides) != 2 or min(sides) <= 0 or not 1 / WIDEST <= sides[0] / sides[1] <= WIDEST:
        raise Unmakeable(
            _("{name} is an SVG of no size, or far longer than high. Please export it as PNG and attach that.").format(name=name)
        )
    return sides[0], sides[1]
