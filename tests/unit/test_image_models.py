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

from generators.engines.image import ImageEngine, build
from generators.engines.making import Attachment, Commission, Unmakeable, Work
from learning.pictures import Liked, Plan, train
from tests import tiny_pictures

pytestmark = pytest.mark.filterwarnings("ignore")  # diffusers and transformers announce their own changes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sd")
    tiny_pictures.save_pipeline(target)
    return target


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[ImageEngine]:
    made = build(SimpleNamespace(image=str(folder), device="cpu", dtype="float32", offload="none"), folder)
    yield made  # type: ignore[misc]
    made.close()


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


def pixels(work: Work) -> bytes:
    return Image.open(io.BytesIO(work.files[0].content)).tobytes()


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


def test_wrong_wishes_get_sentences(engine: ImageEngine, folder: Path) -> None:
    for options, said in (
        ({"size": "9x9"}, "is no size"),
        ({"steps": 0}, "between 1 and"),
        ({"adapter": "/nowhere"}, "cannot be read"),
    ):
        with pytest.raises(Unmakeable, match=said):
            make(engine, **options)  # type: ignore[arg-type]
    missing = build(SimpleNamespace(image=str(folder / "nothing"), device="cpu", dtype="auto", offload="none"), folder)
    with pytest.raises(Unmakeable, match="cannot be loaded"):
        make(missing)  # type: ignore[arg-type]
    with pytest.raises(Unmakeable, match="needs an image model"):
        make(ImageEngine(), handed("navy"), handed("white"), task="inpaint")
    with pytest.raises(Unmakeable, match="Nothing of the mask"):
        make(engine, handed("navy"), handed("black"), task="inpaint")
    with pytest.raises(Unmakeable, match="a mask, white where"):
        make(engine, handed("navy"), task="inpaint")
    with pytest.raises(Unmakeable, match="in percent"):
        make(engine, handed("navy"), task="img2img", strength="a lot")


def test_a_style_learnt_from_liked_pictures_changes_what_is_made_until_it_is_taken_off(
    engine: ImageEngine, folder: Path, tmp_path: Path
) -> None:
    liked = [
        Liked(picture=Image.new("RGB", (64, 64), colour), words="a red cat") for colour in ("red", "crimson", "tomato", "salmon")
    ]
    target = tmp_path / "liked.safetensors"
    done: list[float] = []

    learnt = train(str(folder), liked, target, Plan(steps=12, rank=4, rate=3e-3, side=64, batch=2), report=done.append)

    assert learnt.after < learnt.before
    assert done[-1] == 1.0
    plain = make(engine)[0]
    worn = make(engine, adapter=str(target))[0]
    assert pixels(worn) != pixels(plain)
    assert pixels(make(engine)[0]) == pixels(plain)
    with pytest.raises(Exception, match="at least 4"):
        train(str(folder), liked[:2], target, Plan(), report=done.append)


def test_a_bare_vae_varies_a_picture_and_mixes_two(tmp_path: Path) -> None:
    tiny_pictures.save_vae(tmp_path)
    engine = build(SimpleNamespace(image=str(tmp_path), device="cpu", dtype="float32", offload="none"), tmp_path)

    varied = make(engine, handed("navy"), task="img2img", count=2)  # type: ignore[arg-type]
    [mixed] = make(engine, handed("navy"), handed("gold"), task="img2img")  # type: ignore[arg-type]

    assert pixels(varied[0]) != pixels(varied[1])
    assert Image.open(io.BytesIO(mixed.files[0].content)).size == (96, 64)
