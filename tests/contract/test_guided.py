"""Output that keeps to a schema or an expression, from a model that knows nothing of either."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator

import aiohttp
import jsonschema
import pytest

from tests import tiny

pytest.importorskip("llguidance", reason="guided output needs llguidance")

SCHEMA = {
    "type": "object",
    "properties": {"title": {"type": "string", "maxLength": 8}, "pitch": {"type": "string", "maxLength": 12}},
    "required": ["title", "pitch"],
    "additionalProperties": False,
}


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with tiny.served(tiny.text_model()) as (base, _service):
        yield base


async def asked(url: str, path: str, **given: object) -> tuple[int, dict]:
    async with aiohttp.ClientSession() as http, http.post(f"{url}/{path}", json={"seed": 3, "n": 4, **given}) as answer:
        return answer.status, await answer.json()


async def test_a_chat_keeps_to_a_schema_in_every_choice_and_again_with_the_same_seed(url: str) -> None:
    given = {
        "messages": [{"role": "user", "content": "a tea bar"}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "idea", "schema": SCHEMA}},
        "max_tokens": 300,
    }
    _status, first = await asked(url, "chat/completions", **given)
    _status, again = await asked(url, "chat/completions", **given)

    assert first["choices"] == again["choices"]
    for choice in first["choices"]:
        assert choice["finish_reason"] == "stop"
        jsonschema.validate(json.loads(choice["message"]["content"]), SCHEMA)


@pytest.mark.parametrize("given", [{"guided_regex": "[a-c]{5}"}, {"structured_outputs": {"regex": "[a-c]{5}"}}])
async def test_a_completion_keeps_to_an_expression(url: str, given: dict) -> None:
    _status, told = await asked(url, "completions", prompt="tea", max_tokens=20, **given)

    assert all(re.fullmatch("[a-c]{5}", choice["text"]) for choice in told["choices"])


@pytest.mark.parametrize("given", [{"guided_regex": "(["}, {"guided_json": {"type": "nonsense"}}, {"guided_json": "{"}])
async def test_what_cannot_be_kept_to_is_refused(url: str, given: dict) -> None:
    status, told = await asked(url, "completions", prompt="tea", **given)

    assert status == 400
    assert told["error"]["message"]
