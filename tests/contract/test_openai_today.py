"""What today's clients ask beside texts: tools, responses, pictures, tokens, OpenAI's own names; by OpenAI's own client."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
import openai
import pytest

from bot.config import MediaTable
from generators.client.scripted_media import png
from generators.engines.text.model import TextModel
from generators.service.aliases import meant
from generators.service.app import Service
from generators.service.calls import Apart
from generators.service.events import Piece
from generators.service.media_http import MediaHttp
from generators.service.media_workers import MediaWorkers
from generators.service.responding import Growing
from generators.service.wire.requests import parsed
from generators.service.wire.responses import ResponseRequest
from generators.service.wire.tools import written
from tests import tiny

pytest.importorskip("llguidance", reason="guided output needs llguidance")

MODEL = "tiny-random"
#: Its inner schema is named by `$ref`, as pydantic writes them.
ORDER = {
    "type": "object",
    "properties": {"drink": {"$ref": "#/$defs/Drink"}, "sugar": {"type": "boolean"}},
    "required": ["drink", "sugar"],
    "additionalProperties": False,
    "$defs": {"Drink": {"type": "string", "enum": ["tea", "coffee"]}},
}
TOOLS: list[Any] = [
    {"type": "function", "function": {"name": "order", "description": "Orders a drink.", "parameters": ORDER}},
    {"type": "function", "function": {"name": "leave"}},
]
FLAT: list[Any] = [{"type": "function", "name": "order", "parameters": ORDER, "strict": True}]
ASKED: list[Any] = [{"role": "user", "content": "Tea, please"}]
ORDERING: Any = {"type": "function", "function": {"name": "order"}}


@pytest.fixture(scope="module")
def text() -> TextModel:
    return tiny.text_model("llama", name=MODEL)


@pytest.fixture
async def service(text: TextModel, tmp_path: Path) -> AsyncIterator[tuple[str, Service]]:
    workers = MediaWorkers(MediaTable(threads=1), tmp_path, engines="tests.engines")
    async with tiny.served(text, tiny.vector_model(), media=MediaHttp(workers)) as place:
        yield place
    await workers.close()


@pytest.fixture
async def client(service: tuple[str, Service]) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=service[0], api_key="none", max_retries=0) as made:
        yield made


@pytest.fixture
async def http(service: tuple[str, Service]) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base_url=service[0] + "/") as session:
        yield session


# ------------------------------------------------------------------------------------------------------------ tools


async def test_a_chat_calls_the_tool_it_must_with_arguments_that_fit(client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(
        model=MODEL, messages=ASKED, tools=TOOLS, tool_choice=ORDERING, max_tokens=300, n=3, seed=1
    )

    for choice in answer.choices:
        [call] = choice.message.tool_calls or ()
        assert (choice.finish_reason, choice.message.content, call.type) == ("tool_calls", None, "function")
        assert call.function.name == "order"
        jsonschema.validate(json.loads(call.function.arguments), ORDER)


async def test_a_stream_brings_the_same_calls(client: openai.AsyncOpenAI) -> None:
    asked: Any = {"model": MODEL, "messages": ASKED, "tools": TOOLS, "tool_choice": ORDERING, "max_tokens": 300, "seed": 1}
    whole = (await client.chat.completions.create(**asked)).choices[0].message.tool_calls or []

    called, finishes = [], []
    async for chunk in await client.chat.completions.create(**asked, stream=True):
        called += chunk.choices[0].delta.tool_calls or ()
        finishes.append(chunk.choices[0].finish_reason)

    assert [(call.index, call.function.name, call.function.arguments) for call in called] == [
        (place, call.function.name, call.function.arguments) for place, call in enumerate(whole)
    ]
    assert finishes[-1] == "tool_calls"


async def test_what_a_tool_gave_goes_back_into_the_conversation(client: openai.AsyncOpenAI) -> None:
    called = {"id": "call_1", "type": "function", "function": {"name": "order", "arguments": '{"drink": "tea"}'}}
    told: list[Any] = [
        *ASKED,
        {"role": "assistant", "content": None, "tool_calls": [called]},
        {"role": "tool", "tool_call_id": "call_1", "content": "Here it is."},
    ]
    answer = await client.chat.completions.create(model=MODEL, messages=told, tools=TOOLS, tool_choice="none", max_tokens=3)

    assert answer.choices[0].message.tool_calls is None
    assert answer.choices[0].message.content


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"tools": [{"type": "web_search"}]}, "web_search"),
        ({"tools": [*TOOLS, *TOOLS]}, "same name"),
        ({"tools": TOOLS, "tool_choice": {"type": "function", "function": {"name": "sing"}}}, "tool_choice"),
        ({"tool_choice": "required"}, "needs tools"),
    ],
)
async def test_tools_that_cannot_be_called_are_refused(client: openai.AsyncOpenAI, given: Any, why: str) -> None:
    with pytest.raises(openai.BadRequestError, match=why):
        await client.chat.completions.create(model=MODEL, messages=ASKED, **given)


def test_calls_are_told_from_words_whatever_pieces_they_come_in() -> None:
    said = written("order", '{"note": "</tool_call>"}') + "\n" + written("leave", "{}")
    letters, words, cut = Apart(), Apart(), Apart()

    calls = [call for place, letter in enumerate(said) for call in letters.take(letter, last=place + 1 == len(said))[1]]
    spoken = [words.take(piece, last=False)[0] for piece in ("<to", "ol>", " tea")]
    _text, [half] = cut.take(said[: said.index("note")], last=True)

    assert [(call.number, call.name, call.arguments) for call in calls] == [
        (0, "order", '{"note": "</tool_call>"}'),
        (1, "leave", "{}"),
    ]
    assert spoken == ["", "<tool>", " tea"]
    assert (half.name, half.arguments) == ("order", '{"')


# -------------------------------------------------------------------------------------------------------- responses


async def test_a_response_says_what_the_chat_says(client: openai.AsyncOpenAI) -> None:
    chat = await client.chat.completions.create(
        model=MODEL, messages=[{"role": "system", "content": "Be brief."}, *ASKED], max_tokens=8, seed=5
    )
    answer = await client.responses.create(
        model=MODEL, instructions="Be brief.", input="Tea, please", max_output_tokens=8, extra_body={"seed": 5}
    )

    assert answer.output_text == chat.choices[0].message.content
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (chat.usage.prompt_tokens, chat.usage.completion_tokens)


async def test_a_response_is_streamed_as_openai_s_own_events(client: openai.AsyncOpenAI) -> None:
    seen = []
    async with client.responses.stream(model=MODEL, input="Tea, please", max_output_tokens=8, extra_body={"seed": 5}) as stream:
        async for event in stream:
            seen.append(event)
    final: Any = seen[-1]

    assert [event.sequence_number for event in seen] == list(range(len(seen)))
    kinds = [event.type for event in seen]
    assert kinds[:4] == [
        "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
    ]  # fmt: skip
    assert "".join(event.delta for event in seen if event.type == "response.output_text.delta") == final.response.output_text
    assert final.type == f"response.{final.response.status}"


async def test_a_response_calls_functions_and_hears_what_came_of_them(client: openai.AsyncOpenAI) -> None:
    answer = await client.responses.create(
        model=MODEL, input="Tea, please", tools=FLAT, tool_choice={"type": "function", "name": "order"}, extra_body={"seed": 1}
    )
    [call] = answer.output
    assert call.type == "function_call"
    jsonschema.validate(json.loads(call.arguments), ORDER)

    came: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "Here it is."}
    given: Any = [{"role": "user", "content": [{"type": "input_text", "text": "Tea, please"}]}, call.model_dump(), came]
    assert (await client.responses.create(model=MODEL, input=given, max_output_tokens=3)).output_text


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"previous_response_id": "resp_1"}, "nothing is kept"),
        ({"background": True}, "background"),
        ({"tools": [{"type": "web_search"}]}, "web_search"),
        ({"input": []}, "input"),
    ],
)
async def test_a_response_that_cannot_be_given_is_refused(client: openai.AsyncOpenAI, given: Any, why: str) -> None:
    with pytest.raises(openai.BadRequestError, match=why):
        await client.responses.create(**({"model": MODEL, "input": "x"} | given))


def test_a_response_keeps_to_a_schema() -> None:
    asked = parsed(ResponseRequest, {"input": "x", "text": {"format": {"type": "json_schema", "name": "o", "schema": ORDER}}})

    assert asked.chat.kept_to == ("json", ORDER)


def test_a_response_that_is_cut_off_says_so() -> None:
    growing = Growing()
    events = [
        event for piece in (Piece(0, "Te", spent=1), Piece(0, "a", spent=1, finish="length")) for event in growing.take(piece)
    ]

    assert growing.ended() == "incomplete"
    assert events[-1]["item"]["status"] == "incomplete"
    assert growing.output[0]["content"][0]["text"] == "Tea"


# ------------------------------------------------------------------------------- pictures, tokens, names, request ids


async def test_a_picture_in_a_chat_is_read_in_words(service: tuple[str, Service], client: openai.AsyncOpenAI) -> None:
    url = "data:image/png;base64," + base64.b64encode(png(3)).decode()
    words = f"[A picture. It has {len(png(3))} bytes. Asked: What?]\n"

    seen = await client.chat.completions.create(
        model=MODEL,
        max_tokens=5,
        seed=2,
        messages=[
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "What?"}]}
        ],
    )
    told = await client.chat.completions.create(
        model=MODEL, max_tokens=5, seed=2, messages=[{"role": "user", "content": words + "What?"}]
    )

    assert seen.choices[0].message.content == told.choices[0].message.content


@pytest.mark.parametrize(
    ("url", "why"),
    [("https://example.com/tea.png", "data URL"), ("data:image/png;base64,??", "base64"), ("data:,tea", "no PNG")],
)
async def test_a_picture_that_is_not_handed_over_is_refused(client: openai.AsyncOpenAI, url: str, why: str) -> None:
    with pytest.raises(openai.BadRequestError, match=why):
        await client.responses.create(
            model=MODEL, input=[{"role": "user", "content": [{"type": "input_image", "image_url": url, "detail": "auto"}]}]
        )


async def test_texts_may_come_as_tokens_of_the_embedder_s_own(http: aiohttp.ClientSession) -> None:
    tokens = tiny.tokenizer()("tea")["input_ids"]

    async def vectors(given: Any, model: str = "") -> tuple[int, Any]:
        async with http.post("embeddings", json={"input": given, "model": model}) as answer:
            return answer.status, await answer.json()

    assert (await vectors([tokens, tokens]))[1]["data"] == (await vectors(["tea", "tea"]))[1]["data"]
    assert (await vectors(tokens))[1]["data"] == (await vectors("tea"))[1]["data"]
    status, told = await vectors([999_999])
    assert (status, "Send text" in told["error"]["message"]) == (400, True)
    status, told = await vectors([tokens], "text-embedding-3-small")  # their vocabulary is nobody's here
    assert (status, "Send text" in told["error"]["message"]) == (400, True)


async def test_openai_s_own_names_mean_the_models_here(client: openai.AsyncOpenAI) -> None:
    chat = await client.chat.completions.create(model="gpt-4o-mini", messages=ASKED, max_tokens=1)
    vectors = await client.embeddings.create(model="text-embedding-3-small", input="tea")
    picture = await client.images.generate(model="gpt-image-1", prompt="a teapot")

    assert (chat.model, vectors.model) == (MODEL, "tiny-embedder")
    assert picture.data
    assert (await client.models.retrieve("gpt-4o")).id == MODEL


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("gpt-4o-mini-tts", "speech"), ("whisper-1", "hearing"), ("gpt-4o-transcribe", "hearing"), ("o3-mini", "text"),
        ("gpt-5", "text"), ("gpt-4.1-nano-2025-04-14", "text"), ("gpt-oss-20b", ""), ("gpt2", ""), ("gpt-neo-125m", ""),
    ],
)  # fmt: skip
def test_a_name_of_openai_s_says_what_it_makes(name: str, made: str) -> None:
    assert meant(name) == made


async def test_models_of_every_kind_are_listed(client: openai.AsyncOpenAI) -> None:
    listed = {model.id: model.to_dict()["modality"] async for model in client.models.list()}

    assert listed == {
        MODEL: "text", "tiny-embedder": "embedding", "image": "image", "music": "music", "speech": "speech", "vision": "vision",
        "hearing": "hearing",
    }  # fmt: skip


async def test_every_answer_has_the_id_of_its_request(client: openai.AsyncOpenAI, http: aiohttp.ClientSession) -> None:
    raw = await client.chat.completions.with_raw_response.create(model=MODEL, messages=ASKED, max_tokens=1)
    async with http.post("responses", json={"input": "x", "stream": True, "max_output_tokens": 1}) as stream:
        begun = stream.headers["X-Request-Id"]
    async with http.get("nothing", headers={"X-Request-Id": "mine-1"}) as answer:
        mine = answer.headers["X-Request-Id"]

    assert (raw.headers["x-request-id"][:4], begun[:4], mine) == ("req_", "req_", "mine-1")
    assert raw.headers["x-request-id"] != begun
