"""Pictures and speech by another service that speaks OpenAI's paths: here our own, over real HTTP."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from bot.config import MediaTable
from generators.client.scripted_media import png
from generators.engines.making import Attachment, Commission, Engine, Unmakeable, Work
from generators.engines.shared.foreign import TOKEN, Server
from generators.service.app import Service
from generators.service.loading import Loading
from generators.service.media_http import MediaHttp
from generators.service.media_workers import MediaWorkers
from generators.service.worker import Worker

pytest.importorskip("PIL", reason="pip install 'muselab[image]'")
pytest.importorskip("onnxruntime", reason="pip install 'muselab[image]'")

from PIL import Image

from generators.engines.image import engine as image
from generators.engines.image.diffusion import Wish
from generators.engines.image.foreign import Foreign
from generators.engines.speech import engine as speech


@pytest.fixture
async def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    workers = MediaWorkers(MediaTable(threads=1), tmp_path, engines="tests.engines")
    loading = Loading()
    loading.nothing()
    runner = web.AppRunner(Service(loading, Worker(), token="secret", media=MediaHttp(workers)).app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setenv(TOKEN, "secret")
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    await workers.close()
    await runner.cleanup()


def settings(**names: str) -> Any:
    usual = dict.fromkeys(("image", "solid", "speech"), "embedded") | {"device": "cpu", "dtype": "auto", "offload": "none"}
    return SimpleNamespace(**usual | names)


async def made(engine: Engine, commission: Commission) -> list[Work]:
    return await asyncio.to_thread(lambda: list(engine.make(commission, lambda _doing, _done: None)))


def a_picture(colour: str) -> Attachment:
    kept = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(kept, "PNG")
    return Attachment(name="x.png", media_type="image/png", content=kept.getvalue())


async def test_pictures_come_from_elsewhere_alone_and_in_our_layouts(base: str) -> None:
    engine = image.build(settings(image=f"{base}#image"), Path())

    alone = await made(engine, Commission(task="image", text="a teapot", count=2, options={"batch": 2}))
    (board,) = await made(engine, Commission(task="image", text="a teapot", options={"layout": "poster"}))

    assert [Image.open(io.BytesIO(work.files[0].content)).getpixel((0, 0)) for work in alone] == [
        Image.open(io.BytesIO(png(number))).getpixel((0, 0)) for number in (0, 1)
    ]
    assert board.traits["scene"] == "generated"


async def test_a_picture_is_edited_elsewhere_and_what_the_mask_keeps_stays(base: str) -> None:
    engine = image.build(settings(image=base), Path())
    mask = Image.new("L", (64, 64), 0)
    mask.paste(255, (32, 0, 64, 64))
    kept = io.BytesIO()
    mask.save(kept, "PNG")
    handed = (a_picture("navy"), Attachment(name="m.png", media_type="image/png", content=kept.getvalue()))

    (changed,) = await made(engine, Commission(task="image", text="a hat", attachments=handed[:1]))
    (filled,) = await made(engine, Commission(task="image", text="a hat", attachments=handed, options={"task": "inpaint"}))

    assert Image.open(io.BytesIO(changed.files[0].content)).size == (16, 16)  # what the service made
    seen = Image.open(io.BytesIO(filled.files[0].content))
    assert seen.getpixel((5, 5)) == (0, 0, 128)
    assert seen.getpixel((60, 5)) != (0, 0, 128)


async def test_speech_comes_from_elsewhere(base: str) -> None:
    pytest.importorskip("soundfile", reason="pip install 'muselab[speech]'")
    engine = speech.build(settings(speech=f"{base}#speech"), Path())

    (said,) = await made(engine, Commission(task="speech", text="hello", options={"voice": "af_bella"}))

    assert said.traits["voice"] == "af_bella"  # so that taste chooses among the service's voices
    assert said.facts["rate"] == 8000


async def test_what_is_wrong_elsewhere_is_a_sentence(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Commission(task="image", text="impossible")
    with pytest.raises(Unmakeable, match="refuses: This button is not one"):
        await made(image.build(settings(image=base), Path()), asked)
    with pytest.raises(Unmakeable, match="cannot be reached"):
        await made(image.build(settings(image="http://127.0.0.1:9/v1"), Path()), asked)
    with pytest.raises(Unmakeable, match="no model"):
        await made(image.build(settings(image=f"{base}#no-such-painter"), Path()), asked)
    monkeypatch.delenv(TOKEN)
    with pytest.raises(Unmakeable, match="refuses"):
        await made(image.build(settings(image=base), Path()), Commission(task="image", text="a teapot"))


def test_only_a_url_names_a_service() -> None:
    assert Server.named("stabilityai/sdxl") is None
    assert Server.named("https://gpu/v1/#flux") == Server(base="https://gpu/v1", model="flux")


# ------------------------------------------------------------- a service that knows less than OpenAI's fields


class Particular:
    """A service that declines what it does not know, one field at a time, in the words of real ones."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def pictures(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body)
        if "response_format" in body:  # gpt-image-1
            return declined("Unknown parameter: 'response_format'.", "response_format")
        if body["n"] > 1:  # dall-e-3
            return declined("Invalid 'n': You must provide n=1 for this model.", None)
        if body.get("size") not in ("1024x1024", "1536x1024"):
            why = f"Invalid value: '{body.get('size')}'. Supported values are: '1024x1024' and '1536x1024'."
            return declined(why, "size")
        return web.json_response({"data": [{"b64_json": base64.b64encode(png(len(self.asked))).decode()}]})

    async def voice(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body)
        if "speed" in body:
            return web.json_response(
                {"detail": [{"loc": ["body", "speed"], "msg": "Extra inputs are not permitted"}]}, status=422
            )
        return web.Response(body=a_hum(seconds=2.0), content_type="audio/wav")


def declined(why: str, param: str | None) -> web.Response:
    return web.json_response({"error": {"message": why, "param": param, "type": "invalid_request_error"}}, status=400)


def a_hum(*, seconds: float) -> bytes:
    import soundfile

    into = io.BytesIO()
    soundfile.write(into, np.sin(np.arange(int(seconds * 8000)) / 9).astype(np.float32) / 2, 8000, format="WAV")
    return into.getvalue()


@pytest.fixture
async def particular() -> AsyncIterator[tuple[str, Particular]]:
    service, app = Particular(), web.Application()
    app.router.add_post("/v1/images/generations", service.pictures)
    app.router.add_post("/v1/audio/speech", service.voice)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1", service
    await runner.cleanup()


async def test_what_a_service_declines_is_left_out_for_good(particular: tuple[str, Particular]) -> None:
    base, service = particular
    engine = image.build(settings(image=base), Path())
    asked = Commission(task="image", text="a teapot", count=2, options={"batch": 2, "size": "1280x800"})

    first = await made(engine, asked)
    learnt = len(service.asked)
    second = await made(engine, asked)

    assert (len(first), len(second)) == (2, 2)
    assert len(service.asked) - learnt == 2  # nothing is declined a second time
    assert service.asked[-1]["size"] == "1536x1024"  # of what it makes, the nearest in shape
    assert Image.open(io.BytesIO(first[0].files[0].content)).size == (1280, 800)  # what was asked for, all the same


async def test_a_voice_elsewhere_that_knows_no_speed_is_made_faster_here(particular: tuple[str, Particular]) -> None:
    pytest.importorskip("soundfile", reason="pip install 'muselab[speech]'")
    (said,) = await made(
        speech.build(settings(speech=particular[0]), Path()), Commission(task="speech", text="hello", options={"speed": 2.0})
    )

    assert said.facts["seconds"] == pytest.approx(1.0, abs=0.1)


class Noting:
    """A service that answers with a picture and keeps what it was asked."""

    base, model = "http://127.0.0.1/v1", "flux"

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def told(self, _path: str, body: dict[str, Any]) -> bytes:
        self.asked.append(body)
        return json.dumps({"data": [{"b64_json": base64.b64encode(a_picture("navy").content).decode()}]}).encode()

    def sent(self, path: str, fields: dict[str, Any], _files: dict[str, bytes]) -> bytes:
        return self.told(path, fields)


def test_quality_and_fidelity_are_handed_on_to_a_service_in_its_own_words() -> None:
    service = Noting()
    model = Foreign(service)  # type: ignore[arg-type]

    list(model.pictures(Wish(prompt="tea", effort="high"), lambda _done: None))
    list(model.changed([Image.new("RGB", (64, 64))], Wish(prompt="tea", fidelity="high"), lambda _done: None))
    list(model.pictures(Wish(prompt="tea"), lambda _done: None))

    told = [(each.get("quality"), each.get("input_fidelity")) for each in service.asked]
    assert told == [("high", None), (None, "high"), (None, None)]
