"""The service's own description: every path is in it, and what it describes is what happens, whatever is sent."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import hypothesis
import jsonschema
import pytest
import schemathesis
from aiohttp import web
from hypothesis import HealthCheck
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from bot.config import MediaTable
from generators.service.app import Service
from generators.service.loading import Loading
from generators.service.media_http import MediaHttp
from generators.service.media_workers import MediaWorkers
from generators.service.openapi import OPERATIONS, document
from generators.service.worker import Worker
from tests import tiny

MEDIA = "/v1/(media|images|audio)"
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]


async def test_every_path_is_described_and_no_other(tmp_path: Path) -> None:
    workers = MediaWorkers(MediaTable(), tmp_path)
    app = Service(Loading(), Worker(), media=MediaHttp(workers)).app()
    routes = {(route.method.lower(), route.resource.canonical) for route in app.router.routes() if route.method != "HEAD"}

    assert routes == set(OPERATIONS)


def test_what_is_taken_is_a_valid_schema() -> None:
    schemas = document(media=True)["components"]["schemas"]

    assert "ChatRequest" in schemas
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)


async def test_it_is_served_without_a_token() -> None:
    async with tiny.served(tiny.text_model(), token="secret") as (url, _service), aiohttp.ClientSession() as http:
        async with http.get(url.removesuffix("/v1") + "/openapi.json") as answer:
            told = await answer.json()

    assert told["openapi"] == "3.1.0"
    assert "/v1/audio/speech" not in told["paths"]  # this one makes no media


@pytest.mark.parametrize("examples", [10, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.filterwarnings("ignore")  # of schemathesis and what it brings
async def test_whatever_is_sent_is_answered_as_described(examples: int) -> None:
    async with tiny.served(tiny.text_model(), tiny.vector_model()) as (url, _service):
        await asyncio.to_thread(_tried, url.removesuffix("/v1"), examples)


@pytest.mark.parametrize(
    ("engines", "examples"),
    [
        ("tests.engines", 10),
        pytest.param("tests.engines", 200, marks=pytest.mark.slow),
        pytest.param("generators.engines", 30, marks=pytest.mark.slow),  # the real ones, whose works take seconds
    ],
)
@pytest.mark.filterwarnings("ignore")
async def test_whatever_is_sent_to_the_studio_is_answered_as_described(tmp_path: Path, engines: str, examples: int) -> None:
    workers, loading = MediaWorkers(MediaTable(threads=1), tmp_path, engines=engines), Loading()
    loading.nothing()
    runner = web.AppRunner(Service(loading, Worker(), media=MediaHttp(workers)).app(), handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        await asyncio.to_thread(_tried, f"http://127.0.0.1:{runner.addresses[0][1]}", examples, media=True)
    finally:
        await workers.close()
        await runner.cleanup()


async def test_nothing_has_no_vector() -> None:
    async with tiny.served(tiny.text_model(), tiny.vector_model()) as (url, _service), aiohttp.ClientSession() as http:
        async with http.post(f"{url}/embeddings", json={"input": ["tea", ""]}) as answer:
            assert answer.status == 400
            assert "input" in (await answer.json())["error"]["message"]


def _tried(base: str, examples: int, *, media: bool = False) -> None:
    api = schemathesis.openapi.from_url(base + "/openapi.json")
    api = api.include(path_regex=MEDIA) if media else api.exclude(path_regex=MEDIA)
    for found in api.get_all_operations():
        operation = found.ok()

        @hypothesis.settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @hypothesis.given(case=operation.as_strategy() | operation.as_strategy(schemathesis.GenerationMode.NEGATIVE))
        def send(case: schemathesis.Case) -> None:
            if isinstance(case.body, dict):
                for name in ("max_tokens", "max_completion_tokens"):  # a text of thousands of tokens shows nothing more
                    if isinstance(case.body.get(name), int):
                        case.body[name] = min(case.body[name], 4)
                if case.operation.path == "/v1/chat/completions":
                    case.body.setdefault("max_tokens", 4)
                if isinstance(case.body.get("n"), int):
                    case.body["n"] = min(case.body["n"], 4)
            case.call_and_validate(checks=CHECKS, timeout=60)

        send()
