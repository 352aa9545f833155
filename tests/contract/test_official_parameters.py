"""Every parameter that OpenAI's own client knows is obeyed, or refused in a sentence; none is passed over."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from generators.service.events import BadRequest
from generators.service.media_forms import put, typed
from generators.service.wire import chats, media, requests, responses
from generators.service.wire.unmet import CHATS, HINTS, PICTURES, RECORDINGS, RESPONSES, TEXTS, Unmet

PINNED = next(
    line.partition("==")[2]
    for line in (Path(__file__).parents[2] / "constraints.txt").read_text().splitlines()
    if line.startswith("openai==")
)
#: Module and class of the client's types; our request; the least that it needs; fields that come as files beside it.
PATHS: list[tuple[str, str, type[BaseModel], dict[str, Any], set[str]]] = [
    ("image_generate_params", "ImageGenerateParamsBase", media.Images, {"prompt": "tea"}, set()),
    ("image_edit_params", "ImageEditParamsBase", media.Edits, {"prompt": "tea"}, {"image", "mask"}),
    ("audio.speech_create_params", "SpeechCreateParams", media.Speech, {"input": "tea"}, set()),
    ("audio.transcription_create_params", "TranscriptionCreateParamsBase", media.Transcription, {}, {"file"}),
    ("embedding_create_params", "EmbeddingCreateParams", requests.EmbeddingRequest, {"input": "tea"}, set()),
    ("completion_create_params", "CompletionCreateParamsBase", requests.CompletionRequest, {"prompt": "tea"}, set()),
    (
        "chat.completion_create_params",
        "CompletionCreateParamsBase",
        chats.ChatRequest,
        {"messages": [{"role": "user", "content": "tea"}]},
        set(),
    ),
    ("responses.response_create_params", "ResponseCreateParamsBase", responses.ResponseRequest, {"input": "tea"}, set()),
]
REFUSED: list[tuple[type[BaseModel], dict[str, Any], dict[str, Any]]] = [
    *((media.Images, {"prompt": "tea"}, {name: value}) for name, value in [
        ("complexity", "high"), ("frame_count", 8), ("frame_duration_ms", 40), ("partial_images", 2), ("svg", {"x": 1}),
        ("background", "transparent"), ("output_format", "gif"), ("quality", "best"), ("moderation", "none"),
        ("style", "natural"), ("size", "huge"), ("output_compression", 101), ("n", 11), ("response_format", "file"),
    ]),
    *((media.Edits, {"prompt": "tea"}, {name: value}) for name, value in [("input_fidelity", "middling"), ("markup", "x")]),
    *((media.Speech, {"input": "tea"}, {name: value}) for name, value in [
        ("instructions", "cheerfully"), ("response_format", "aac"), ("speed", 5), ("stream_format", "text"),
    ]),
    *((media.Transcription, {}, {name: value}) for name, value in [
        ("chunking_strategy", {"type": "server_vad"}), ("include", ["logprobs"]), ("known_speaker_names", ["Ann"]),
        ("known_speaker_references", ["data:"]), ("response_format", "diarized_json"), ("temperature", 0.5),
        ("timestamp_granularities", ["word"]), ("timestamp_granularities", ["segment", "word"]), ("languages", ["en", "de"]),
    ]),
    *((requests.EmbeddingRequest, {"input": "tea"}, {name: value}) for name, value in [
        ("dimensions", 0), ("encoding_format", "int8"),
    ]),
    *((requests.CompletionRequest, {"prompt": "tea"}, {name: value}) for name, value in [
        ("best_of", 3), ("suffix", "end"), ("service_tier", "flex"), ("store", True),
        ("stream_options", {"include_obfuscation": True}),
    ]),
    *((chats.ChatRequest, {"messages": [{"role": "user", "content": "tea"}]}, {name: value}) for name, value in [
        ("audio", {"voice": "alloy", "format": "mp3"}), ("modalities", ["text", "audio"]), ("functions", [{"name": "f"}]),
        ("function_call", {"name": "f"}), ("reasoning_effort", "high"), ("verbosity", "low"), ("web_search_options", {"a": 1}),
        ("service_tier", "priority"), ("store", True), ("moderation", {"model": "omni"}),
    ]),
    *((responses.ResponseRequest, {"input": "tea"}, {name: value}) for name, value in [
        ("access_programs", {"a": 1}), ("background", True), ("background_options", {"a": 1}), ("context_management", [{"a": 1}]),
        ("conversation", "conv_1"), ("image", {"a": 1}), ("include", ["message.output_text.logprobs"]), ("moderation", {"a": 1}),
        ("previous_response_id", "resp_1"), ("prompt", {"id": "p"}), ("reasoning", {"effort": "high"}),
        ("reasoning", {"summary": "auto"}), ("service_tier", "flex"), ("store", True),
        ("stream_options", {"include_obfuscation": True}), ("text", {"verbosity": "high"}),
        ("top_logprobs", 3), ("truncation", "auto"),
    ]),
]  # fmt: skip
MET: list[tuple[type[BaseModel], dict[str, Any]]] = [
    (media.Images, {"prompt": "tea", "quality": "standard", "style": "vivid", "moderation": "low", "background": "opaque",
                    "partial_images": 0, "user": "ann", "safety_identifier": "x", "output_format": None}),
    (media.Edits, {"prompt": "tea", "quality": "hd", "input_fidelity": "high", "partial_images": "0", "markup": ""}),
    (media.Transcription, {"chunking_strategy": "auto", "include": [], "languages": ["en"], "language": "en", "temperature": 0}),
    (chats.ChatRequest, {"messages": [{"role": "user", "content": "tea"}], "modalities": ["text"], "reasoning_effort": "none",
                         "verbosity": "medium", "service_tier": "auto", "store": False, "function_call": "none",
                         "prediction": {"type": "content", "content": "tea"}, "metadata": {"a": "b"}}),
    (responses.ResponseRequest, {"input": "tea", "include": ["reasoning.encrypted_content"], "reasoning": {"effort": None},
                                 "truncation": "disabled", "store": False, "text": {"verbosity": "medium"}, "max_tool_calls": 3}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "name", "kind", "least", "beside"), PATHS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_parameter_of_the_official_client_is_taken_up_or_refused(
    module: str, name: str, kind: Any, least: dict[str, Any], beside: set[str]
) -> None:
    if openai.__version__ != PINNED:
        pytest.skip("the installed openai is another than the pinned one")
    official = set(getattr(importlib.import_module(f"openai.types.{module}"), name).__annotations__)

    unmet: dict[str, Unmet] = dict(getattr(kind, "unmet", {}))

    assert official - set(kind.model_fields) - set(unmet) - HINTS - beside == set()
    assert not set(unmet) & set(kind.model_fields), "a field is obeyed, or it is not"
    assert kind.model_validate(least)


@pytest.mark.parametrize(
    ("kind", "least", "more"), REFUSED, ids=lambda value: "-".join(value) if isinstance(value, dict) else value.__name__
)
def test_what_cannot_be_obeyed_is_refused_by_name(kind: type[BaseModel], least: dict[str, Any], more: dict[str, Any]) -> None:
    with pytest.raises(BadRequest) as refused:
        requests.parsed(kind, least | more)

    assert next(iter(more)) in f"{refused.value} {refused.value.param}"


def test_every_parameter_that_nothing_obeys_is_among_the_refused() -> None:
    tried = {name for _kind, _least, more in REFUSED for name in more}

    assert {*CHATS, *PICTURES, *RECORDINGS, *RESPONSES, *TEXTS} <= tried


@pytest.mark.parametrize(("kind", "asked"), MET, ids=lambda value: getattr(value, "__name__", ""))
def test_what_is_so_anyhow_may_be_asked_for(kind: type[BaseModel], asked: dict[str, Any]) -> None:
    assert requests.parsed(kind, asked)


def test_quality_and_fidelity_reach_the_engine() -> None:
    assert media.Images(prompt="tea", quality="hd").all_options()["effort"] == "high"
    assert media.Images(prompt="tea", quality="low").all_options()["effort"] == "low"
    assert "effort" not in media.Images(prompt="tea", quality="medium").all_options()
    assert media.Edits(prompt="tea", input_fidelity="high").all_options()["fidelity"] == "high"


def test_words_and_language_of_a_recording_may_come_as_lists() -> None:
    asked = media.Transcription.model_validate({"keywords": ["Zalando", "Muselab"], "languages": ["de"], "prompt": "Tee"})

    assert asked.all_options() == {"language": "de", "prompt": "Tee, Zalando, Muselab"}


def test_a_field_that_comes_several_times_in_a_form_is_a_list() -> None:
    fields: dict[str, str | list[str]] = {}
    for name, value in (("include[]", "a"), ("tags[]", "b"), ("tags[]", "c"), ("twice", "d"), ("twice", "e"), ("once", "f")):
        put(fields, name, value)

    assert typed(fields) == {"include": ["a"], "tags": ["b", "c"], "twice": ["d", "e"], "once": "f"}
