"""A drawing on paper is found, coloured in different ways, and keeps the person's lines."""

from __future__ import annotations

import io

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="pip install 'muselab[image]'")

from PIL import Image, ImageDraw

from generators.engines.image.engine import ImageEngine
from generators.engines.image.sketching import SIDE, lines_of, skeleton, thin
from generators.engines.making import Attachment, Commission, Unmakeable, Work


def a_drawing(paper: str = "white", ink: str = "black", width: int = 7) -> Image.Image:
    """A house, drawn by hand."""
    page = Image.new("RGB", (480, 400), paper)
    draw = ImageDraw.Draw(page)
    draw.line([(120, 180), (240, 80), (360, 180), (360, 330), (120, 330), (120, 180), (360, 180)], ink, width)
    draw.rectangle((200, 230, 270, 330), outline=ink, width=width)
    return page


def a_lit_page() -> Image.Image:
    """The same as a photo: grey paper, darker towards one side."""
    light = np.linspace(0.55, 1.0, 480)[None, :, None]
    return Image.fromarray((np.asarray(a_drawing("#e8e4dc", "#3a3a48")) * light).astype(np.uint8))


def coloured(picture: Image.Image, count: int = 1, **options: str) -> list[Work]:
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    attachment = Attachment(name="sketch.png", media_type="image/png", content=kept.getvalue())
    commission = Commission(
        task="image", text="a red house", attachments=(attachment,), count=count, options={"task": "variants", **options}
    )
    return list(ImageEngine().make(commission, lambda _doing, _done: None))


def pixels(work: Work, number: int = 0) -> np.ndarray:  # type: ignore[type-arg]
    return np.asarray(Image.open(io.BytesIO(work.files[number].content))).astype(int)


def test_lines_are_found_on_white_paper_and_on_a_badly_lit_photo() -> None:
    clean, photo = (np.asarray(lines_of(picture)) > 128 for picture in (a_drawing(), a_lit_page()))

    assert (clean & photo).sum() / clean.sum() > 0.6


def test_what_is_no_line_drawing_gets_a_sentence() -> None:
    sea = Image.new("RGB", (300, 300), "#3377aa")
    ImageDraw.Draw(sea).ellipse((60, 60, 240, 240), fill="#ffcc00")
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8))

    for picture, said in (
        (sea, "no drawing in lines|No lines"),
        (noise, "no drawing"),
        (Image.new("RGB", (200, 200), "white"), "No lines"),
    ):
        with pytest.raises(Unmakeable, match=said):
            lines_of(picture)


def test_thick_and_thin_pens_look_alike_to_the_network() -> None:
    one, other = (thin(lines_of(a_drawing(width=width))) for width in (4, 13))

    assert one.shape == (SIDE, SIDE)
    assert 0.6 < one.sum() / other.sum() < 1.7


def test_a_skeleton_is_one_pixel_wide_and_in_one_piece() -> None:
    bar = np.zeros((20, 40), bool)
    bar[6:13, 4:36] = True

    bones = skeleton(bar)

    assert bones.sum(0).max() <= 2
    assert bones[:, 10:30].any(0).all()


def test_variants_differ_in_colour_and_keep_the_lines() -> None:
    natural, ocean = coloured(a_drawing(), count=2, style="flat")

    assert np.abs(pixels(natural) - pixels(ocean)).mean() > 3
    ink = np.asarray(lines_of(a_drawing())) > 200
    for work in (natural, ocean):
        page, cut = pixels(work), pixels(work, 1)
        assert page[ink].mean() + 60 < page[~ink].mean()
        assert cut.shape == (768, 768, 4)
        assert cut[0, 0, 3] < 40  # paper
        assert cut[500, 300, 3] > 200  # wall
        assert work.traits["style"] == "flat"
