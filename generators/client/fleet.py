"""Several services that serve the same models: each request goes where there is least to do, and elsewhere when one dies."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import TypeVar

import structlog

from bot.domain.errors import GeneratorDown
from bot.ports import Health
from generators.client.answered import Busy, Json, TooSlow, unwell
from generators.client.api import BUSY_TRIES, Api
from generators.client.servers import Fixed, Server

CHECK_S = 2.0  # between two looks at a service that is down; a person who waits notices no less
BUSY_S = 1.0  # before all are asked again where all were full

Result = TypeVar("Result")
log = structlog.get_logger(__name__)


def reached(server: str | Sequence[str] | Server, token: str, *, timeout_s: float) -> Api | Fleet:
    """The client of one service, or of several.

    Args:
        server: base URLs, one, several with commas between them or a list; or where it is just now.
        token: bearer token, the same for all, when URLs are given.
        timeout_s: see `Api`.
    """
    if not isinstance(server, str | Sequence):
        return Api(server, timeout_s=timeout_s)
    listed = server.split(",") if isinstance(server, str) else server
    urls = list(dict.fromkeys(url.strip().rstrip("/") for url in listed if url.strip()))
    if len(urls) == 1:
        return Api(Fixed(urls[0], token), timeout_s=timeout_s)
    return Fleet([Api(Fixed(url, token), timeout_s=timeout_s, alone=False) for url in urls])


class Fleet:
    """As `Api`, over several. What is asked must be safe to ask twice; seeds make drafts so."""

    def __init__(self, members: Sequence[Api]) -> None:
        """Connects to nothing yet. All `members` serve the same models under the same names."""
        self.members = tuple(members)
        self._load = Counter(dict.fromkeys(self.members, 0))  #: requests under way at each
        self._served = Counter(dict.fromkeys(self.members, 0))  #: so far, which settles who is next among equals
        self._down: dict[Api, asyncio.Task[None]] = {}  #: those that failed last, each being looked at until it is well again

    def state(self) -> Health | None:
        """Nothing is known without asking."""
        return None

    async def place(self) -> str:
        """All of them together: they serve the same models."""
        return ""

    async def health(self) -> Json:
        """What the best of them tells, with `services`: how many are well, of how many."""
        answers = await asyncio.gather(*(one.health() for one in self.members), return_exceptions=True)
        well: list[Json] = []
        for one, answer in zip(self.members, answers, strict=True):
            if isinstance(answer, GeneratorDown) or (isinstance(answer, dict) and unwell(answer)):
                self._fell(one)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                self._rose(one)
                well.append(answer)
        best = next((answer for answer in (*well, *answers) if isinstance(answer, dict)), None)
        if best is None:
            raise next(error for error in answers if isinstance(error, BaseException))
        return best | {"services": (len(well), len(self.members))}

    async def get(self, path: str) -> Json:
        """See `Api.get`."""
        return await self._anywhere(lambda one: one.get(path))

    async def post(self, path: str, body: Json) -> Json:
        """See `Api.post`."""
        return await self._anywhere(lambda one: one.post(path, body))

    async def stream(self, path: str, body: Json) -> AsyncGenerator[Json, None]:
        """See `Api.stream`. A service that dies before its first event is left for another; one that dies later is not."""
        for attempt in range(BUSY_TRIES + 1):
            failure: GeneratorDown | None = None
            for one in self._turns():
                begun = False
                try:
                    with self._working(one):
                        async with aclosing(one.stream(path, body)) as events:
                            async for event in events:
                                begun = True
                                yield event
                    return
                except GeneratorDown as error:
                    failure = self._failed(one, error)
                    if begun or isinstance(error, TooSlow):
                        raise
            await _patience(failure, attempt)

    async def close(self) -> None:
        """Closes the connections. Safe to call twice."""
        for one in tuple(self._down):
            self._rose(one)
        await asyncio.gather(*(one.close() for one in self.members))

    # inside

    async def _anywhere(self, ask: Callable[[Api], Awaitable[Result]]) -> Result:
        for attempt in range(BUSY_TRIES + 1):
            failure: GeneratorDown | None = None
            for one in self._turns():
                try:
                    with self._working(one):
                        return await ask(one)
                except GeneratorDown as error:
                    failure = self._failed(one, error)
                    if isinstance(error, TooSlow):
                        raise
            await _patience(failure, attempt)
        raise GeneratorDown

    def _turns(self) -> Iterator[Api]:
        """Whom to ask, each once: those that are well before those that are down, those with least to do first."""
        passed: set[Api] = set()
        while left := [one for one in self.members if one not in passed]:
            one = min(left, key=lambda one: (one in self._down, self._load[one], self._served[one]))
            passed.add(one)
            yield one

    @contextmanager
    def _working(self, one: Api) -> Iterator[None]:
        self._load[one] += 1
        self._served[one] += 1
        try:
            yield
        finally:
            self._load[one] -= 1

    def _failed(self, one: Api, error: GeneratorDown) -> GeneratorDown:
        """Notes a failure; a service that is merely full is not down."""
        if not isinstance(error, Busy):
            self._fell(one, why=str(error))
        return error

    def _fell(self, one: Api, *, why: str = "") -> None:
        if one in self._down:
            return
        one.lives += 1
        log.warning("a generation service is down", service=one.name, why=why)
        self._down[one] = asyncio.create_task(self._watched(one))

    def _rose(self, one: Api) -> None:
        task = self._down.pop(one, None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    async def _watched(self, one: Api) -> None:
        """Looks at a service until it is well again."""
        while True:
            await asyncio.sleep(CHECK_S)
            try:
                if unwell(await one.health()):
                    continue
            except GeneratorDown:
                continue
            log.info("a generation service is back", service=one.name)
            self._rose(one)
            return


async def _patience(failure: GeneratorDown | None, attempt: int) -> None:
    """Waits a moment where all were full, and all may be asked again; else tells the failure."""
    if failure is not None and (not isinstance(failure, Busy) or attempt == BUSY_TRIES):
        raise failure
    await asyncio.sleep(BUSY_S if failure is None else failure.retry_s)
