"""One id for each brainstorm through both programs, in their logs and their traces."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot import tracing, wiring
from bot.config import Settings
from bot.domain.errors import GeneratorDown
from bot.logs import FIELDS, formatter
from generators.client.api import Api, Fixed
from generators.client.scripted import ScriptedGenerator
from generators.service.metrics import Metrics
from generators.service.observing import Observing
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import RED, a_call


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.trace_with(provider)
    yield exporter
    tracing.trace_with(None)


def by_name(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


def child_of(child: ReadableSpan, parent: ReadableSpan) -> bool:
    return child.parent is not None and parent.context is not None and child.parent.span_id == parent.context.span_id


@pytest.fixture
async def service() -> AsyncIterator[tuple[str, list[dict[str, str]]]]:
    """A service that answers everything, observed as ours is, and the headers that it got."""
    headers: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        headers.append(dict(request.headers))
        tracing.note("first token")
        return web.json_response({"data": []})

    app = web.Application()

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write_eof()
        return response

    app.router.add_post("/v1/completions", answer)
    app.router.add_post("/v1/stream", stream)
    Observing(Metrics()).join(app)
    async with TestServer(app) as server:
        yield str(server.make_url("/v1")), headers


async def ask(url: str) -> None:
    api = Api(Fixed(url), timeout_s=10.0)
    try:
        await api.post("/completions", {})
    finally:
        await api.close()


async def test_a_brainstorm_is_one_trace_from_the_command_to_the_post(spans: InMemorySpanExporter, tmp_path: Path) -> None:
    house = wiring.furnish(Settings(home=tmp_path), store=MemoryStore(), generator=ScriptedGenerator())

    await house.desk.call(a_call("brainstorm", topic="names"), Sheet(BareChat(), "ann"))

    told = by_name(spans)
    (brainstorm,) = await house.store.brainstorms(RED, limit=1)
    assert child_of(told["brainstorm"], told["command"])
    assert child_of(told["draft"], told["brainstorm"])
    assert {span.context.trace_id for span in spans.get_finished_spans() if span.context} == {told["command"].context.trace_id}
    assert told["brainstorm"].attributes["brainstorm"] == brainstorm.id
    assert len([span for span in spans.get_finished_spans() if span.name == "post"]) > 1
    await house.desk.close()


async def test_a_trace_goes_on_in_the_service_to_its_first_token(
    spans: InMemorySpanExporter, service: tuple[str, list[dict[str, str]]]
) -> None:
    with tracing.working_on("0a1b"):
        await ask(service[0])

    told = by_name(spans)
    request, served = told["POST /v1/completions"], [one for one in spans.get_finished_spans() if "request" in one.attributes]
    assert len(served) == 1
    assert {span.context.trace_id for span in spans.get_finished_spans()} == {request.context.trace_id}
    assert [event.name for event in served[0].events] == ["first token"]
    assert served[0].attributes["request"] == "0a1b"


async def test_a_request_that_cannot_be_made_ends_its_span(spans: InMemorySpanExporter, unused_tcp_port: int) -> None:
    api = Api(Fixed(f"http://127.0.0.1:{unused_tcp_port}/v1"), timeout_s=10.0, alone=False)

    with pytest.raises(GeneratorDown):
        await api.post("/completions", {})
    await api.close()

    assert list(by_name(spans)) == ["POST /v1/completions"]


async def test_without_traces_the_id_goes_along_and_nothing_else(service: tuple[str, list[dict[str, str]]]) -> None:
    with tracing.working_on("0a1b"):
        await ask(service[0])
    await ask(service[0])

    assert [got.get(tracing.ID) for got in service[1]] == ["0a1b", None]
    assert not any("Traceparent" in got or "traceparent" in got for got in service[1])


@pytest.mark.parametrize(("given", "kept"), [("0a1b-2.c_D", True), ("two words", False), ("x" * 129, False), ("", False)])
def test_only_an_id_that_fits_a_line_of_the_log_is_taken_from_outside(given: str, kept: bool) -> None:
    with tracing.asked("POST /", {tracing.ID: given}) as id:
        assert (id == given) == kept
        assert tracing.FIT.fullmatch(id)


@pytest.mark.parametrize("path", ["/completions", "/stream"])
async def test_every_answer_says_under_which_id_the_log_has_it(service: tuple[str, list[dict[str, str]]], path: str) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.post(service[0] + path, json={}, headers={tracing.ID: "0a1b"}) as known:
            pass
        async with http.post(service[0] + path, json={}) as unknown:
            pass

    assert known.headers[tracing.ID] == "0a1b"
    assert tracing.FIT.fullmatch(unknown.headers[tracing.ID])


# ------------------------------------------------------------------------------------------ lines of the log


def written(handler: logging.Handler) -> list[dict[str, Any]]:
    stream = handler.stream  # type: ignore[attr-defined]
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def a_handler(format: str = "json") -> logging.StreamHandler[io.StringIO]:
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(formatter(format))
    return handler


def a_record(message: str, *arguments: Any, **extra: Any) -> logging.LogRecord:
    record = logging.getLogger("a.library").makeRecord("a.library", logging.WARNING, "", 0, message, arguments, None)
    record.__dict__.update(extra)
    return record


def ours(handler: logging.Handler) -> Any:
    """A logger as `bot.logs` sets it up, that writes to one handler."""
    library = logging.Logger("ours")  # noqa: LOG001 - one of its own, which no other test meets
    library.addHandler(handler)
    wrap = structlog.stdlib.ProcessorFormatter.wrap_for_formatter
    return structlog.wrap_logger(library, processors=[*FIELDS, wrap], wrapper_class=structlog.make_filtering_bound_logger(20))


def test_a_library_s_line_has_what_ours_have_and_its_own_fields() -> None:
    handler = a_handler()

    with tracing.working_on("0a1b"):
        handler.handle(a_record("%s of %s", 1, 2, path="/v1"))
        ours(handler).info("feedback", signal="vote")

    library, own = written(handler)
    assert (library["event"], library["level"], library["brainstorm"], library["path"]) == ("1 of 2", "warning", "0a1b", "/v1")
    assert (own["event"], own["level"], own["brainstorm"], own["signal"]) == ("feedback", "info", "0a1b", "vote")
    assert library["timestamp"] <= own["timestamp"]


def test_an_exception_stays_in_its_line() -> None:
    handler = a_handler()

    ours(handler).error("a request broke", exc_info=GeneratorDown("it is gone"))

    (line,) = written(handler)
    assert "GeneratorDown: it is gone" in line["exception"]


def test_lines_for_people_have_their_fields_in_order() -> None:
    handler = a_handler("lines")

    handler.handle(a_record("something happened", path="/v1"))

    line = handler.stream.getvalue().strip()
    assert line.startswith("timestamp='")
    assert line.endswith("level='warning' event='something happened' path='/v1'")


def test_nothing_of_a_brainstorm_stays_with_what_comes_after_it() -> None:
    with tracing.working_on("0a1b"):
        pass

    assert "brainstorm" not in structlog.contextvars.get_contextvars()
