"""Pictures come in the size and the format that were asked for, whatever made them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from generators.engines.image import finishing
from generators.engines.making import Commission, Rendered, Unmakeable, Work


def a_work(size: tuple[int, int] = (900, 1200)) -> Work:
    kept = io.BytesIO()
    picture = Image.new("RGB", size, "#204060")
    picture.paste("#ff0000", (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4))
    picture.save(kept, "PNG")
    file = Rendered(name="poster.png", media_type="image/png", content=kept.getvalue())
    return Work(files=(file,), alt="a poster", facts={"width": size[0], "height": size[1], "contrast": 4.5})


def finished(work: Work, **options: str | int) -> tuple[Work, Image.Image]:
    made = finishing.finished(work, Commission(task="image", options=options))
    return made, Image.open(io.BytesIO(made.files[0].content))


@pytest.mark.parametrize("size", [(1536, 1024), (1024, 1536), (512, 512), (1000, 1000)])
def test_a_picture_has_the_size_asked_for_to_the_pixel_and_nothing_is_cut_off(size: tuple[int, int]):
    work, picture = finished(a_work(), size=f"{size[0]}x{size[1]}")

    red = sum(pixel[0] > 143 for pixel in picture.convert("RGB").get_flattened_data())  # more than half of it
    assert picture.size == size == (work.facts["width"], work.facts["height"])
    assert work.facts["contrast"] == 4.5
    assert red == pytest.approx(0.25 * 900 * 1200 * min(size[0] / 900, size[1] / 1200) ** 2, rel=0.03)
    assert picture.getpixel((0, 0)) == (0x20, 0x40, 0x60)


@pytest.mark.parametrize(("form", "kind"), [("png", "PNG"), ("jpeg", "JPEG"), ("jpg", "JPEG"), ("webp", "WEBP")])
def test_a_picture_has_the_format_asked_for(form: str, kind: str):
    work, picture = finished(a_work(), format=form)

    assert picture.format == kind
    assert work.files[0].media_type == Image.MIME[kind]


def test_a_lower_quality_is_a_smaller_file():
    noisy = Image.effect_noise((600, 600), 80).convert("RGB")
    kept = io.BytesIO()
    noisy.save(kept, "PNG")
    work = Work(files=(Rendered(name="x.png", media_type="image/png", content=kept.getvalue()),), alt="")

    assert len(finished(work, format="webp", quality=20)[0].files[0].content) < len(
        finished(work, format="webp", quality=90)[0].files[0].content
    )


def test_what_is_not_asked_for_stays_to_the_byte():
    work = a_work()

    assert finished(work)[0] is work
    assert finished(work, size="900x1200", format="png")[0] is work


@pytest.mark.parametrize(("options", "says"), [({"size": "huge"}, "is no size"), ({"format": "tiff"}, "Choose one of: png")])
def test_what_cannot_be_had_is_refused(options: dict[str, str], says: str):
    with pytest.raises(Unmakeable, match=says):
        finished(a_work(), **options)
