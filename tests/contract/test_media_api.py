"""The media paths of the service, over real HTTP, as OpenAI's own client and ours use them."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest

from bot.config import MediaTable
from bot.domain.errors import Refusal
from bot.ports import Commission
from generators.client.maker import RemoteMaker
from generators.client.scripted_media import png, wav
from generators.engines.speech import engine as speech
from generators.service.events import BadRequest
from generators.service.media_workers import MediaWorkers
from generators.service.wire import requests
from generators.service.wire.media import Images, Speech
from tests.media_services import TOKEN, serving


@pytest.fixture(scope="module")
def table() -> MediaTable:
    return MediaTable(threads=1)


@pytest.fixture
async def base(table: MediaTable, tmp_path: Path) -> AsyncIterator[str]:
    async with serving(MediaWorkers(table, tmp_path, engines="tests.engines")) as url:
        yield url


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer secret"}) as session:
        yield session


@pytest.fixture
async def client(base: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=base, api_key="secret", max_retries=0) as made:
        yield made


async def events(response: aiohttp.ClientResponse) -> list[dict[str, Any]]:
    lines = [line[5:].strip() async for line in response.content if line.startswith(b"data:")]
    assert lines[-1] == b"[DONE]" or b"error" in lines[-1]
    return [json.loads(line) for line in lines if line != b"[DONE]"]


async def test_openai_s_client_gets_pictures(client: openai.AsyncOpenAI) -> None:
    made = await client.images.generate(model="image", prompt="a teapot", n=2, size="256x256", response_format="b64_json")

    assert [base64.b64decode(one.b64_json or "") for one in made.data or ()] == [png(0), png(1)]
    assert "a teapot" in ((made.data or [])[0].revised_prompt or "")


async def test_openai_s_client_gets_a_picture_of_a_picture(client: openai.AsyncOpenAI) -> None:
    made = await client.images.edit(image=("cat.png", io.BytesIO(png(7)), "image/png"), prompt="in oil", model="image")

    assert (made.data or [])[0].to_dict()["muselab"]["facts"]["attached"] == 1  # type: ignore[index]


async def test_openai_s_mask_means_that_a_part_is_made_anew(client: openai.AsyncOpenAI) -> None:
    cat, mask = (("cat.png", io.BytesIO(png(7)), "image/png"), ("mask.png", io.BytesIO(png(8)), "image/png"))
    made = await client.images.edit(image=cat, mask=mask, prompt="a hat", model="image")

    facts: Any = (made.data or [])[0].to_dict()["muselab"]
    assert (facts["facts"]["attached"], facts["facts"]["task"]) == (2, "inpaint")


async def test_notes_in_a_file_become_a_tune(base: str, http: aiohttp.ClientSession) -> None:
    form = aiohttp.FormData({"prompt": "rain"})
    form.add_field("file", b"X:1\nK:C\nCDEF", filename="rain.abc", content_type="text/vnd.abc")
    async with http.post(f"{base}/audio/music", data=form) as answer:
        assert (await answer.json())["data"][0]["muselab"]["facts"]["attached"] == 1
    async with http.post(f"{base}/audio/music", json={"prompt": "rain"}) as answer:
        assert (await answer.json())["data"][0]["muselab"]["facts"]["attached"] == 0


async def test_openai_s_client_gets_speech(client: openai.AsyncOpenAI) -> None:
    spoken = await client.audio.speech.create(model="speech", voice="amy", input="hello", response_format="wav")

    assert spoken.content == wav(0)
    assert spoken.response.headers["Content-Type"] == "audio/wav"


async def test_speech_comes_breath_by_breath_as_bytes_and_as_openai_s_events(client: openai.AsyncOpenAI, base: str) -> None:
    asked: dict[str, Any] = {"model": "tts-1", "voice": "alloy", "input": "hello", "response_format": "pcm"}
    async with client.audio.speech.with_streaming_response.create(**asked) as stream:
        kind, content = stream.headers["Content-Type"], b"".join([piece async for piece in stream.iter_bytes()])
    async with client.audio.speech.with_streaming_response.create(**asked, stream_format="sse") as stream:
        told = [json.loads(line[5:]) async for line in stream.iter_lines() if line.startswith("data: {")]

    assert (kind, content) == ("audio/pcm", b"abcd")
    assert [event["type"] for event in told] == ["speech.audio.delta", "speech.audio.delta", "speech.audio.done"]
    assert base64.b64decode(told[0]["audio"]) == b"ab"


async def test_speech_that_breaks_in_the_middle_is_no_whole_answer(base: str, http: aiohttp.ClientSession) -> None:
    body = {"input": "break", "response_format": "pcm"}
    with pytest.raises(aiohttp.ClientError):
        async with http.post(f"{base}/audio/speech", json=body) as answer:
            await answer.read()


async def test_openai_s_client_streams_pictures(client: openai.AsyncOpenAI) -> None:
    pictures: list[Any] = []
    async for event in await client.images.generate(model="gpt-image-1", prompt="a teapot", stream=True):
        pictures.append(event)
    handed = ("cat.png", io.BytesIO(png(7)), "image/png")
    async for event in await client.images.edit(image=handed, model="gpt-image-1", prompt="in oil", stream=True):
        pictures.append(event)

    assert [event.type for event in pictures] == ["image_generation.completed", "image_edit.completed"]
    assert base64.b64decode(pictures[0].b64_json) == png(0)


async def test_openai_s_client_has_a_recording_written_down_in_every_form(client: openai.AsyncOpenAI) -> None:
    def file() -> Any:
        return ("memo.wav", io.BytesIO(wav(0)), "audio/wav")

    plain = await client.audio.transcriptions.create(model="whisper-1", file=file())
    whole = await client.audio.transcriptions.create(model="hearing", file=file(), response_format="verbose_json")
    titles = await client.audio.transcriptions.create(model="hearing", file=file(), response_format="srt")
    stream = await client.audio.transcriptions.create(model="hearing", file=file(), stream=True)
    events = [event async for event in stream]

    assert plain.text == "A tea bar. On a roof."
    assert [(one.start, one.end, one.text) for one in whole.segments or ()] == [
        (0.0, 1.5, "A tea bar."),
        (1.5, 62.25, "On a roof."),
    ]
    assert "00:00:01,500 --> 00:01:02,250\nOn a roof." in str(titles)
    assert [event.type for event in events] == ["transcript.text.delta", "transcript.text.delta", "transcript.text.done"]


async def test_what_a_transcription_cannot_do_is_refused(client: openai.AsyncOpenAI) -> None:
    file = ("memo.wav", io.BytesIO(wav(0)), "audio/wav")
    for given in ({"temperature": 0.7}, {"timestamp_granularities": ["word"]}, {"response_format": "srt", "stream": True}):
        with pytest.raises(openai.BadRequestError):
            await client.audio.transcriptions.create(model="hearing", file=file, **given)  # type: ignore[call-overload]


def test_what_is_asked_of_a_picture_s_file_reaches_the_engine_or_is_refused() -> None:
    asked = Images(prompt="tea", size="1536x1024", output_format="webp", output_compression=70, style="vivid")

    assert asked.all_options() == {"size": "1536x1024", "format": "webp", "quality": 70}
    with pytest.raises(BadRequest, match="pictures here are opaque"):
        requests.parsed(Images, {"prompt": "tea", "background": "transparent"})
    with pytest.raises(BadRequest, match="output_format"):
        requests.parsed(Images, {"prompt": "tea", "output_format": "gif"})


def test_openai_s_voices_are_left_out_where_they_do_not_speak_the_language() -> None:
    assert "voice" not in Speech(input="こんにちは", voice="alloy").all_options()
    assert Speech(input="こんにちは", voice="joe").all_options()["voice"] == "joe"


def test_how_to_speak_is_refused_rather_than_passed_over() -> None:
    with pytest.raises(ValueError, match="leave instructions out"):
        Speech(input="hello", model="gpt-4o-mini-tts", instructions="Whisper.")

    assert Speech(input="hello", model="tts-1", instructions="Whisper.").input == "hello"


@pytest.mark.parametrize(("asked", "ours"), [("nova", "june"), ("onyx", "otto"), ("alloy", "joe"), ("robot", "robot")])
def test_openai_s_names_for_voices_mean_the_nearest_of_ours(asked: str, ours: str) -> None:
    assert Speech(input="hello", voice=asked).all_options()["voice"] == ours
    assert ours in speech.VOICES


async def test_errors_have_openai_s_shape(client: openai.AsyncOpenAI, base: str, http: aiohttp.ClientSession) -> None:
    with pytest.raises(openai.BadRequestError, match="not one of Muselab"):
        await client.images.generate(prompt="impossible")
    with pytest.raises(openai.NotFoundError, match="no model"):
        await client.images.generate(prompt="a teapot", model="no-such-painter")
    with pytest.raises(openai.BadRequestError, match="makes no mp3"):
        await client.audio.speech.create(model="speech", voice="amy", input="hello")
    with pytest.raises(openai.BadRequestError, match="input"):
        await client.audio.speech.create(model="speech", voice="amy", input="x" * 10_000, response_format="wav")
    with pytest.raises(openai.InternalServerError, match="failed"):
        await client.images.generate(prompt="broken")
    with pytest.raises(openai.NotFoundError, match="no text model"):
        await client.completions.create(model="", prompt="x")
    async with aiohttp.ClientSession() as stranger, stranger.post(f"{base}/media/image", json={"text": "x"}) as answer:
        assert answer.status == 401
    async with http.post(f"{base}/media/dance", json={"text": "x"}) as answer:
        assert answer.status == 400
    async with http.post(f"{base}/media/image", data=b"{", headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 400


async def test_a_stream_tells_steps_then_the_files_in_pieces_then_the_work(base: str, http: aiohttp.ClientSession) -> None:
    handed = {"name": "cat.png", "media_type": "image/png", "b64_json": base64.b64encode(png(3)).decode()}
    body = {"text": "a teapot", "count": 2, "seed": 4, "stream": True, "attachments": [handed]}
    async with http.post(f"{base}/media/image", json=body) as answer:
        assert answer.status == 200
        seen = await events(answer)

    assert [one["type"] for one in seen] == ["step", "piece", "piece", "work"] * 2  # a picture, and a small one
    assert base64.b64decode(seen[1]["b64"]) == png(4)
    assert [file["media_type"] for file in seen[3]["files"]] == ["image/png", "image/jpeg"]
    assert seen[3]["traits"] == {"layout": "poster"}
    assert seen[3]["features"] == ["pixels/1", 0.25, -1.0]


async def test_what_goes_wrong_before_a_stream_has_a_status_of_its_own(base: str, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{base}/media/image", json={"text": "missing", "stream": True}) as answer:
        assert answer.status == 400
        error = (await answer.json())["error"]

    assert error["code"] == "missing_extra"
    assert "pip install 'muselab[image]'" in error["message"]


@pytest.mark.parametrize("text", ["impossible", "impossible once begun"])
async def test_what_an_engine_cannot_do_is_its_own_sentence_whenever_it_says_so(base: str, text: str) -> None:
    maker = RemoteMaker(base, token=TOKEN)

    with pytest.raises(Refusal, match=r"^This button is not one of Muselab's\.$"):
        async for _event in maker.make(Commission(modality="image", text=text)):
            pass

    await maker.close()


@pytest.mark.parametrize("page", [{"Origin": "https://page.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_a_form_comes_from_no_page(base: str, http: aiohttp.ClientSession, page: dict[str, str]) -> None:
    form = aiohttp.FormData({"prompt": "rain"}, default_to_multipart=True)
    async with http.post(f"{base}/audio/music", data=form, headers=page) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("path", ["images/generations", "audio/speech", "media/image"])
async def test_a_form_is_taken_only_where_files_are(base: str, http: aiohttp.ClientSession, path: str) -> None:
    form = aiohttp.FormData({"prompt": "rain", "input": "rain", "text": "rain"}, default_to_multipart=True)
    async with http.post(f"{base}/{path}", data=form) as answer:
        assert answer.status == 415


async def test_what_can_be_made_is_told(base: str, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{base}/media") as answer:
        tasks = (await answer.json())["tasks"]

    assert tasks["image"] == {"able": True, "model": "embedded", "running": False, "peak_mb": 0.0}
    assert tasks["pitch"]["able"] is False


async def test_a_form_that_is_too_large_or_odd_is_refused(base: str, http: aiohttp.ClientSession) -> None:
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("prompt", "x" * 30_000)
    async with http.post(f"{base}/images/edits", data=form) as answer:
        assert answer.status == 400
    async with http.post(f"{base}/images/edits", json={"prompt": "no picture"}) as answer:
        assert answer.status == 400
        assert "a picture is needed" in (await answer.json())["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        b'--x\r\nContent-Disposition: form-data; name="\x02"\r\n\r\n1\r\n--x--\r\n',
        b'--y\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--y--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
        b"",
    ],
    ids=["a name that is no text", "another boundary", "cut off", "nothing"],
)
async def test_what_is_no_form_is_refused(base: str, http: aiohttp.ClientSession, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with http.post(f"{base}/images/edits", data=body, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]["type"] == "invalid_request_error"
    async with http.post(f"{base}/images/edits", data=body, headers={"Content-Type": "multipart/form-data"}) as answer:
        assert answer.status == 400
