"""Which work belongs together, across both programs: an id in every line of the log, and traces where they are wanted.

Traces go where OpenTelemetry's own variables say (`OTEL_EXPORTER_OTLP_ENDPOINT`). Where they are off, a span costs nothing much.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from structlog.contextvars import bound_contextvars, get_contextvars

from bot.domain.errors import Misconfigured
from bot.words import _

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer, TracerProvider

ID = "X-Request-ID"  #: the header that carries the id from the bot to the service, and back
FIT = re.compile(r"[\w.:-]{1,128}", re.ASCII)  # an id from outside stands in our log: no spaces, no lines, no novels
EXPORT_S = 2.0  # for a batch of spans; a collector that is away must not hold up the end of a process, which has 10 s

_tracer: Tracer | None = None


def begin(service: str) -> None:
    """Sends traces from now on, under the name of a service.

    Raises:
        Misconfigured: OpenTelemetry is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise Misconfigured(
            _("Traces need a package that is not installed ({package}). Install it with pip install 'muselab[observe]'.").format(
                package=error.name
            )
        ) from error
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=EXPORT_S)))
    trace_with(provider)


def trace_with(provider: TracerProvider | None) -> None:
    """Makes spans with this provider from now on; None: none."""
    global _tracer
    _tracer = None if provider is None else provider.get_tracer("muselab")


@contextmanager
def span(name: str, **attributes: str | int | float) -> Iterator[Span | None]:
    """A piece of work; what is begun inside belongs to it. Not for the body of an async generator, which ends anywhere."""
    if _tracer is None:
        yield None
        return
    with _tracer.start_as_current_span(name, attributes=attributes) as begun:
        yield begun


@contextmanager
def working_on(brainstorm: str, **attributes: str | int | float) -> Iterator[None]:
    """Inside, every line of the log names the brainstorm, the service's too, and everything is one span."""
    with bound_contextvars(brainstorm=brainstorm), span("brainstorm", brainstorm=brainstorm, **attributes):
        yield


@contextmanager
def asking(name: str) -> Iterator[dict[str, str]]:
    """A request to the service: the headers by which it knows what its work belongs to. Safe in an async generator."""
    id = get_contextvars().get("brainstorm")
    headers = {ID: str(id)} if id else {}
    if _tracer is None:
        yield headers
        return
    from opentelemetry.trace import set_span_in_context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    begun = _tracer.start_span(name)
    TraceContextTextMapPropagator().inject(headers, set_span_in_context(begun))
    try:
        yield headers
    finally:
        begun.end()


@contextmanager
def asked(name: str, headers: Mapping[str, str]) -> Iterator[str]:
    """A request that came, as part of whatever it belongs to; gives its id, which every line of the log has inside."""
    given = headers.get(ID, "")
    id = given if FIT.fullmatch(given) else f"req_{secrets.token_hex(16)}"
    with bound_contextvars(request=id):
        if _tracer is None:
            yield id
            return
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        context = TraceContextTextMapPropagator().extract({key.lower(): value for key, value in headers.items()})
        with _tracer.start_as_current_span(name, context=context, attributes={"request": id}):
            yield id


def note(event: str, **attributes: Any) -> None:
    """Something that happens within the present piece of work, such as the first token."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().add_event(event, attributes)
