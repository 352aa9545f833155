"""Production image models through the real diffusers classes, on tiny random weights."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("onnxruntime", reason="pip install 'muselab[image]'")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("diffusers", reason="pip install 'muselab[image-gpu]'")

from PIL import Image

from bot.domain.errors import Refusal
from generators.engines.image.engine import ImageEngine, build
from generators.engines.image.production import SHARE
from generators.engines.making import Attachment, Commission, Unmakeable, Work
from learning.pictures import Liked, Plan, train
from tests import tiny_pictures
from tests.tiny_pictures import stable as stable

pytestmark = pytest.mark.filterwarnings("ignore")  # diffusers and transformers announce their own changes


@pytest.fixture(scope="module")
def engine(stable: Path) -> Iterator[ImageEngine]:
    made = an_engine(stable)
    yield made
    made.close()


def an_engine(folder: Path) -> ImageEngine:
    return build(SimpleNamespace(image=str(folder), solid="embedded", device="cpu", dtype="float32", offload="none"), folder)  # type: ignore[return-value]


def handed(colour: str, *, right: str = "") -> Attachment:
    kept = io.BytesIO()
    picture = Image.new("RGBA", (96, 64), colour)
    if right:
        picture.paste(Image.new("RGBA", (48, 64), right), (48, 0))
    picture.save(kept, "PNG")
    return Attachment(name="x.png", media_type="image/png", content=kept.getvalue())


def make(engine: ImageEngine, *attachments: Attachment, count: int = 1, seed: int = 1, **options: str | float) -> list[Work]:
    commission = Commission(
        task="image",
        text="a red cat",
        attachments=attachments,
        count=count,
        seed=seed,
        options={"steps": 2, "size": "64x64", **options},
    )
    return list(engine.make(commission, lambda _doing, _done: None))


def opened(work: Work) -> Image.Image:
    return Image.open(io.BytesIO(work.files[0].content))


def pixels(work: Work) -> bytes:
    return opened(work).tobytes()


def test_pictures_have_a_seed_each_so_that_a_batch_changes_nothing(engine: ImageEngine) -> None:
    alone, together = make(engine, count=2), make(engine, count=2, batch=2)

    assert [work.facts["seed"] for work in alone] == [1, 2]
    assert pixels(alone[0]) != pixels(alone[1])
    for one, other in zip(alone, together, strict=True):
        difference = max(abs(a - b) for a, b in zip(pixels(one), pixels(other), strict=True))
        assert difference <= 2  # floating point in another order
    assert pixels(make(engine, seed=2)[0]) == pixels(alone[1])


def test_a_model_picture_drops_into_a_layout(engine: ImageEngine) -> None:
    [work] = make(engine, layout="poster", composition="framed")

    assert work.traits["layout"] == "poster"
    assert work.traits["scene"] == "generated"
    assert work.facts["contrast"] >= 4.5  # type: ignore[operator]


def test_a_picture_is_changed_and_a_part_of_it_is_filled(engine: ImageEngine) -> None:
    [changed] = make(engine, handed("navy"), task="img2img", strength=0.6)
    [filled] = make(engine, handed("navy"), handed("black", right="white"), task="inpaint", strength="90%")
    [clear] = make(engine, handed("navy"), handed("red", right="#ff000000"), task="inpaint", strength=90)

    assert Image.open(io.BytesIO(changed.files[0].content)).size == (64, 64)
    seen = Image.open(io.BytesIO(filled.files[0].content))
    assert set(seen.crop((0, 0, 31, 64)).getdata()) == {(0, 0, 128)}
    assert len(set(seen.crop((33, 0, 64, 64)).getdata())) > 10
    assert pixels(clear) == pixels(filled)  # transparent, as OpenAI's clients mark it, is as good as white


def test_wrong_wishes_get_sentences(engine: ImageEngine, stable: Path) -> None:
    for options, said in (
        ({"size": "9x9"}, "is no size"),
        ({"steps": 151}, "between 0 and"),
        ({"adapter": "/nowhere"}, "cannot be read"),
    ):
        with pytest.raises(Unmakeable, match=said):
            make(engine, **options)  # type: ignore[arg-type]
    with pytest.raises(Unmakeable, match="cannot be loaded"):
        make(an_engine(stable / "nothing"))
    with pytest.raises(Unmakeable, match="needs an image model"):
        make(ImageEngine(), handed("navy"), handed("white"), task="inpaint")
    with pytest.raises(Unmakeable, match="Nothing of the mask"):
        make(engine, handed("navy"), handed("black"), task="inpaint")
    with pytest.raises(Unmakeable, match="a mask, white where"):
        make(engine, handed("navy"), task="inpaint")
    with pytest.raises(Unmakeable, match="in percent"):
        make(engine, handed("navy"), task="img2img", strength="a lot")


@pytest.mark.parametrize("family", ["xl", "three", "flux"])
def test_pictures_of_every_family_have_the_size_that_is_asked_for_and_follow_a_picture(family: str, tmp_path: Path) -> None:
    engine = an_engine(tiny_pictures.saved(tmp_path, family))

    one, other = make(engine, count=2, batch=2, negative="blue", guidance=4)
    [wide] = make(engine, size="104x72")
    [changed] = make(engine, handed("navy"), task="img2img", size="", strength=2)
    [filled] = make(engine, handed("navy"), handed("black", right="white"), task="inpaint")

    assert pixels(one) != pixels(other)
    assert [opened(work).size for work in (one, wide, changed, filled)] == [(64, 64), (104, 72), (96, 64), (64, 64)]
    assert len(set(opened(one).getdata())) > 100
    assert set(opened(filled).crop((0, 0, 31, 64)).getdata()) == {(0, 0, 128)}


@pytest.mark.parametrize("family", ["kontext", "pixart"])
def test_classes_of_today_are_loaded_by_what_they_say_of_themselves(family: str, tmp_path: Path) -> None:
    engine = an_engine(tiny_pictures.saved(tmp_path, family))

    if family == "kontext":  # it edits by itself, and takes one picture
        [made] = make(engine, handed("navy"), task="img2img", size="96x64")
        with pytest.raises(Unmakeable, match="not several together"):
            make(engine, handed("navy"), handed("red"), task="img2img")
    else:
        [made] = make(engine, negative="blue", guidance=3)
        with pytest.raises(Unmakeable, match="cannot do this"):
            make(engine, handed("navy"), task="img2img")

    assert len(set(opened(made).getdata())) > 50


def test_an_edit_model_makes_one_picture_of_several(tmp_path: Path) -> None:
    engine = an_engine(tiny_pictures.saved(tmp_path, "klein"))

    [alone] = make(engine)
    [anew] = make(engine, handed("navy"), task="img2img")
    [red] = make(engine, handed("navy"), handed("red"), task="img2img")
    [white] = make(engine, handed("navy"), handed("white"), task="img2img")

    assert {opened(work).size for work in (alone, anew, red, white)} == {(64, 64)}
    assert len({pixels(work) for work in (alone, anew, red, white)}) == 4, "each picture that was handed in was looked at"
    with pytest.raises(Unmakeable, match="At most 4 pictures"):
        make(engine, *[handed("navy")] * 5, task="img2img")


def test_a_shape_is_made_on_as_many_pixels_as_the_model_was_trained_for(engine: ImageEngine) -> None:
    [wide] = make(engine, size="", aspect="2:1")

    assert opened(wide).size == (112, 64)  # on about as many pixels as the 96 x 64 that the model draws, in steps of 16
    with pytest.raises(Unmakeable, match="is no shape"):
        make(engine, aspect="9:1")


def test_a_picture_made_larger_has_twice_the_size(engine: ImageEngine) -> None:
    [large] = make(engine, handed("navy"), task="upscale", size="")

    assert opened(large).size == (192, 128)
    with pytest.raises(Unmakeable, match="needs an image model"):
        make(ImageEngine(), handed("navy"), task="upscale")


def test_a_model_that_was_taught_to_do_with_few_steps_is_given_few(tmp_path: Path) -> None:
    engine, done = an_engine(tiny_pictures.saved(tmp_path / "sdxl-turbo", "xl")), []
    asked = Commission(task="image", text="a red cat", count=1, seed=1, options={"size": "64x64"})

    list(engine.make(asked, lambda _doing, share: done.append(share)))

    assert [round(share / SHARE, 2) for share in done if share] == [0.25, 0.5, 0.75, 1.0]


def test_more_effort_is_more_of_the_steps_that_a_model_needs(tmp_path: Path) -> None:
    engine, done = an_engine(tiny_pictures.saved(tmp_path / "sdxl-turbo", "xl")), []
    asked = Commission(task="image", text="a red cat", seed=1, options={"size": "64x64", "effort": "low"})

    list(engine.make(asked, lambda _doing, share: done.append(share)))

    assert [round(share / SHARE, 2) for share in done if share] == [0.5, 1.0]
    with pytest.raises(Unmakeable, match="one quality"):
        make(ImageEngine(), effort="high")


LIKED = [
    Liked(picture=Image.new("RGB", (64, 64), colour), words="a red cat") for colour in ("red", "crimson", "tomato", "salmon")
]


@pytest.mark.parametrize("family", ["stable", "xl"])
def test_a_style_learnt_from_liked_pictures_changes_what_is_made_until_it_is_taken_off(family: str, tmp_path: Path) -> None:
    folder = tiny_pictures.saved(tmp_path / "model", family)
    engine, target = an_engine(folder), tmp_path / "liked.safetensors"
    done: list[float] = []

    learnt = train(str(folder), LIKED, target, Plan(steps=12, rank=4, rate=3e-3, batch=2), report=done.append)

    assert learnt.after < learnt.before
    assert done[-1] == 1.0
    plain = make(engine)[0]
    worn = make(engine, adapter=str(target))[0]
    assert pixels(worn) != pixels(plain)
    assert pixels(make(engine)[0]) == pixels(plain)
    with pytest.raises(Refusal, match="at least 4"):
        train(str(folder), LIKED[:2], target, Plan(), report=done.append)


def test_a_style_cannot_be_learnt_for_other_families_and_that_is_said(tmp_path: Path) -> None:
    folder = tiny_pictures.saved(tmp_path, "three")

    with pytest.raises(Refusal, match=r"Stable Diffusion 1, 2 and XL families; .* is of another \(StableDiffusion3\)"):
        train(str(folder), LIKED, tmp_path / "x", Plan(), report=print)
    with pytest.raises(Refusal, match="cannot be loaded"):
        train(str(tmp_path / "nothing"), LIKED, tmp_path / "x", Plan(), report=print)


def test_a_bare_vae_varies_a_picture_and_mixes_two(tmp_path: Path) -> None:
    tiny_pictures.save_vae(tmp_path)
    engine = an_engine(tmp_path)

    varied = make(engine, handed("navy"), task="img2img", count=2)
    [mixed] = make(engine, handed("navy"), handed("gold"), task="img2img")

    assert pixels(varied[0]) != pixels(varied[1])
    assert Image.open(io.BytesIO(mixed.files[0].content)).size == (64, 64)
