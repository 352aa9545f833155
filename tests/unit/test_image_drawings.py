"""SVG logos that people hand in: drawn where they hold shapes and colours, refused by name where they hold more."""

from __future__ import annotations

import pytest

pytest.importorskip("resvg_py", reason="pip install 'muselab[image]'")

from generators.engines.making import Attachment, Unmakeable
from generators.engines.shared.drawings import drawn
from generators.engines.shared.uploads import opened

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 100">'
LOGO = (
    '<?xml version="1.0" encoding="UTF-8"?><!-- drawn by hand -->' + OPEN + "<defs><style>.cls-1{fill:#c81e32;}</style>"
    '<linearGradient id="a"><stop offset="0" stop-color="#0a0"/></linearGradient></defs>'
    '<g transform="translate(0 0)"><rect class="cls-1" width="100" height="100"/>'
    '<circle cx="150" cy="50" r="40" fill="url(#a)"/></g></svg>'
)


def svg(inside: str) -> bytes:
    return (OPEN + inside + "</svg>").encode()


def test_a_logo_is_drawn_in_its_colours_and_where_it_has_none_it_is_clear() -> None:
    picture = opened(Attachment(name="logo.svg", media_type="image/svg+xml", content=LOGO.encode()))

    assert (picture.mode, picture.width, picture.height) == ("RGBA", 1024, 512)
    assert picture.getpixel((100, 100)) == (200, 30, 50, 255)
    assert picture.getpixel((768, 256)) == (0, 170, 0, 255)
    assert picture.getpixel((1020, 4)) == (0, 0, 0, 0)


def test_a_drawing_measured_in_millimetres_has_its_size() -> None:
    size = 'width="100mm" height="50mm"'
    inkscape = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 100 50"><rect width="99" height="9"/></svg>'

    assert drawn(inkscape.encode(), "logo.svg").size == (1024, 512)
    assert drawn(inkscape.replace('viewBox="0 0 100 50"', "").encode(), "logo.svg").size == (1024, 512)


def test_a_clipped_part_is_drawn_as_far_as_its_path_lets() -> None:
    path = '<clipPath id="c"><rect width="100" height="100"/></clipPath>'
    figma = '<g clip-path="url(#c)"><rect width="200" height="100" fill="red"/></g>' + path

    picture = drawn(svg(figma), "logo.svg")

    assert picture.getpixel((500, 250)) == (255, 0, 0, 255)
    assert picture.getpixel((530, 250)) == (0, 0, 0, 0)


def test_a_path_that_clips_too_much_is_refused() -> None:
    many = '<clipPath id="c">' + "<rect/>" * 200 + "</clipPath>" + '<g clip-path="url(#c)"/>' * 200

    with pytest.raises(Unmakeable, match="too many parts"):
        drawn(svg(many), "logo.svg")


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<text>tea</text>", "<text>"),
        ('<image href="picture.png"/>', "<image>"),
        ('<use href="#a"/>', "<use>"),
        ("<foreignObject/>", "<foreignObject>"),
        ("<filter/>", "<filter>"),
        ("<style>@import url(x.css);</style>", "<style>"),
        ("<style>g:is(.a){fill:red}</style>", "<style>"),
        ("<style>.a{fill:var(--b)}</style>", "<style>"),
        ('<rect fill="url(http://x/y)"/>', "fill"),
        ('<rect style="fill:calc(1px)"/>', "style"),
        ('<linearGradient xlink:href="other.svg#a"/>', "href"),
        ("<script/>", "can carry scripts"),
        ('<g style="clip-path:circle(9px)"/>', "style"),
        ('<rect onclick="x()"/>', "can carry scripts"),
        ("<g>" * 60 + "</g>" * 60, "too many parts"),
        ("<g/>" * 5001, "too many parts"),
        ("<g>", "cannot be read"),
    ],
)
def test_what_would_be_drawn_wrongly_or_opens_something_else_is_refused_by_name(inside: str, what: str) -> None:
    with pytest.raises(Unmakeable, match=what):
        drawn(svg(inside), "logo.svg")


@pytest.mark.parametrize(
    "size", ["", 'viewBox="0 0 0 9"', 'viewBox="0 0 9 9000"', 'width="100%" height="100%"', 'width="." height="1"']
)
def test_a_drawing_of_no_size_is_refused(size: str) -> None:
    with pytest.raises(Unmakeable, match="of no size"):
        drawn(f'<svg xmlns="http://www.w3.org/2000/svg" {size}><g/></svg>'.encode(), "logo.svg")
