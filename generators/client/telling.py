"""Tells the service by headers what each request belongs to: the id of the brainstorm, and the trace."""

from __future__ import annotations

from contextlib import ExitStack
from types import SimpleNamespace

import aiohttp

from bot import tracing


def traced() -> aiohttp.TraceConfig:
    """For `aiohttp.ClientSession(trace_configs=…)`. The span of a request ends when its answer begins."""
    config = aiohttp.TraceConfig()
    config.on_request_start.append(_begin)
    config.on_request_end.append(_end)
    config.on_request_exception.append(_end)
    return config


async def _begin(_session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestStartParams) -> None:
    context.work = ExitStack()
    params.headers.update(context.work.enter_context(tracing.asking(f"{params.method} {params.url.path}")))


async def _end(
    _session: aiohttp.ClientSession,
    context: SimpleNamespace,
    _params: aiohttp.TraceRequestEndParams | aiohttp.TraceRequestExceptionParams,
) -> None:
    context.work.close()
