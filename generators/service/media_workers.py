"""The media workers: every modality's engine in a process of its own, started when it is needed and ended when it is not.

A crash, a lack of memory or a cancellation takes one engine with it and nothing else. It knows no HTTP and no engine.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from bot.config import MediaTable
from bot.domain.modalities import MODALITIES
from bot.starting import SAFELY, running
from bot.words import _, speaking
from generators.engines.making import Commission, Part, Task, Unmakeable, Work
from generators.engines.shared.foreign import TOKEN
from generators.service import frames
from generators.service.worker import Full

ENGINES = "generators.engines"
ROOM_MB = 800  # an engine is taken to need so much until it was seen; the largest embedded one does
LINE_LIMIT = 2**20  # bytes of one line on an engine's stderr

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done."""

    doing: str
    done: float  #: share of the whole commission, 0..1


class Missing(Unmakeable):
    """Packages that an engine needs are not installed."""


class Broke(Exception):
    """An engine failed; the message is for people."""


@dataclass(eq=False)
class Place:
    """One engine's process, and whether somebody uses it."""

    task: Task
    process: asyncio.subprocess.Process
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    used_at: float = 0.0  #: by the loop's clock
    ending: asyncio.TimerHandle | None = None
    said: list[str] = field(default_factory=list)  #: the last line on its stderr

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process.returncode is None

    @property
    def memory_mb(self) -> float:
        """What it holds now, MB; 0 where the system does not say."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, ValueError, IndexError):
            return 0.0
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class MediaWorkers:
    """Takes commissions for all engines."""

    def __init__(self, settings: MediaTable, cache: Path, *, engines: str = ENGINES) -> None:
        """Nothing is started yet.

        Args:
            settings: what is made with what, and within which limits.
            cache: for converted weights and the like; may be deleted.
            engines: the package whose modules are the engines, by task.
        """
        self.settings = settings
        self.peaks_mb: dict[Task, float] = {}  #: the most memory an engine was seen to hold
        self.waiting = 0  #: commissions that wait for a turn
        self.made = 0
        self._cache = cache
        self._engines = engines
        self._places: dict[Task, Place] = {}
        self._listening: set[asyncio.Task[None]] = set()  #: to engines, until they have ended
        self._turns = asyncio.Semaphore(settings.at_once)
        self._changing = asyncio.Lock()

    @property
    def running(self) -> tuple[Task, ...]:
        """The engines that are there now."""
        return tuple(task for task, place in self._places.items() if place.alive)

    def can(self, task: Task) -> bool:
        """Whether there is an engine for a task at all, and it is not switched off."""
        return getattr(self.settings, task, "") != "none" and importlib.util.find_spec(f"{self._engines}.{task}") is not None

    async def make(self, commission: Commission, *, language: str = "en") -> AsyncGenerator[Step | Part | Work, None]:
        """Yields steps, parts and works as they come. Closing the iterator ends the engine that works on it.

        Raises:
            Full: too many wait already.
            Unmakeable: bad input, or something that cannot be done here; nothing was made.
            Broke: the engine died, ran out of memory or took too long.
        """
        with speaking(language):
            if not self.can(commission.task):
                raise Unmakeable(_("This service makes no {what}.").format(what=_(MODALITIES[commission.task].plural)))
            late = _("It took longer than {seconds} s and was stopped. Please try something smaller.").format(
                seconds=round(self.settings.timeout_s)
            )
            waiting = Step(_("Waiting for a turn"), 0.0)
        if self._turns.locked() and self.waiting >= self.settings.waiting:
            raise Full
        deadline = asyncio.get_running_loop().time() + self.settings.timeout_s
        try:
            if self._turns.locked():
                yield waiting
            await self._turn(deadline)
            try:
                place = await self._place(commission.task)
                async with place.lock, aclosing(self._work(place, commission, language, deadline)) as events:
                    async for event in events:
                        yield event
                self.made += 1
            finally:
                self._turns.release()
        except TimeoutError as error:
            raise Broke(late) from error

    async def _turn(self, deadline: float) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout_at(deadline):
                await self._turns.acquire()
        finally:
            self.waiting -= 1

    async def _work(
        self, place: Place, commission: Commission, language: str, deadline: float
    ) -> AsyncGenerator[Step | Part | Work, None]:
        """One commission on one engine, which is ended unless it comes to the end of it."""
        assert place.process.stdin is not None
        assert place.process.stdout is not None
        finished = False
        try:
            with contextlib.suppress(ConnectionError):  # it has just died; the read below says so
                place.process.stdin.write(frames.of_commission(commission, language))
                async with asyncio.timeout_at(deadline):
                    await place.process.stdin.drain()
            while True:
                async with asyncio.timeout_at(deadline):
                    frame = await frames.receive(place.process.stdout)
                kind = frame[0]["kind"] if frame is not None else "died"
                finished = kind in ("end", "unmakeable", "missing", "broke")
                if frame is not None and kind == "step":
                    yield Step(frame[0]["doing"], frame[0]["done"])
                elif frame is not None and kind == "part":
                    yield frames.part_of(frame)
                elif frame is not None and kind == "work":
                    yield frames.work_of(frame)
                elif frame is not None and kind == "end":
                    self.peaks_mb[place.task] = max(self.peaks_mb.get(place.task, 0.0), frame[0]["memory_mb"])
                    return
                else:
                    with speaking(language):
                        error = trouble(place, kind, frame[0] if frame is not None else {})
                    raise error
        finally:
            self._used(place) if finished else self._end(place)

    # ------------------------------------------------------------------------------------------ engines

    async def _place(self, task: Task) -> Place:
        """The engine for a task, started if need be."""
        async with self._changing:
            place = self._places.get(task)
            if place is None or not place.alive:
                self._make_room(self.peaks_mb.get(task, ROOM_MB), but=task)
                place = self._places[task] = await self._started(task)
            if place.ending is not None:
                place.ending.cancel()
            return place

    async def _started(self, task: Task) -> Place:
        threads = str(self.settings.threads or max(1, (os.cpu_count() or 2) - 1))
        process = await asyncio.create_subprocess_exec(
            *self._command(task),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **SAFELY, **self._secrets(), "OMP_NUM_THREADS": threads, "PYTHONUNBUFFERED": "1"},
            limit=LINE_LIMIT,
            start_new_session=True,  # Ctrl-C is the service's to answer; and what the engine starts ends with it
        )
        place = Place(task=task, process=process)
        listening = asyncio.create_task(_listen(place))
        self._listening.add(listening)
        listening.add_done_callback(self._listening.discard)
        assert process.stdin is not None
        settings = self.settings.model_dump(exclude={"token", "foreign_token"})
        process.stdin.write(frames.packed({"settings": settings, "cache": str(self._cache)}))
        log.info("an engine starts", extra={"task": task})
        return place

    def _secrets(self) -> dict[str, str]:
        """What an engine may know and a frame may not hold."""
        token = self.settings.foreign_token.get_secret_value()
        return {TOKEN: token} if token else {}

    def _command(self, task: Task) -> Sequence[str]:
        return running("generators.service.media_worker", f"{self._engines}.{task}.engine")

    def _make_room(self, wanted_mb: float, *, but: Task) -> None:
        """Ends idle engines, the longest unused first, until a further one fits."""
        while self.settings.memory_mb:
            others = [place for place in self._places.values() if place.alive and place.task != but]
            if sum(place.memory_mb for place in others) + wanted_mb <= self.settings.memory_mb:
                return
            idle = min((place for place in others if not place.lock.locked()), key=lambda place: place.used_at, default=None)
            if idle is None:
                return
            log.info("an engine gives way", extra={"task": idle.task})
            self._end(idle)

    def _used(self, place: Place) -> None:
        loop = asyncio.get_running_loop()
        place.used_at = loop.time()
        place.ending = loop.call_later(self.settings.idle_s, self._end, place)

    def _end(self, place: Place) -> None:
        """Ends an engine and everything it started, at once: it holds nothing that anybody needs."""
        if place.ending is not None:
            place.ending.cancel()
        if self._places.get(place.task) is place:
            del self._places[place.task]
        kill(place.process)

    async def close(self) -> None:
        """Ends all engines. Safe to call twice."""
        for place in list(self._places.values()):
            self._end(place)
        await asyncio.gather(*self._listening)


def kill(process: asyncio.subprocess.Process) -> None:
    """Ends a process and those it started."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, 9)  # its own session's group, see `_started`
        else:
            process.kill()


async def _listen(place: Place) -> None:
    """Passes an engine's log on and keeps its last line, until it has ended."""
    assert place.process.stderr is not None
    while True:
        try:
            line = await place.process.stderr.readline()
        except ValueError:  # longer than LINE_LIMIT
            continue
        if not line:
            await place.process.wait()
            return
        text = line.decode("utf-8", "replace").strip()
        if text:
            place.said[:] = [text]
            log.debug("engine", extra={"task": place.task, "line": text})


def trouble(place: Place, kind: str, message: dict[str, str]) -> Exception:
    """What an engine's last word means."""
    what = _(MODALITIES[place.task].plural)
    if kind == "unmakeable":
        return Unmakeable(message["why"])
    if kind == "missing":
        return Missing(
            _("To make {what} here, a package is missing ({package}). Whoever hosts Muselab installs it with: {line}").format(
                what=what, package=message["what"], line=f"pip install 'muselab[{MODALITIES[place.task].extra}]'"
            )
        )
    if kind == "memory":
        return Broke(_("There was not enough memory to make {what}. Please try something smaller.").format(what=what))
    if kind == "broke":
        log.warning("an engine failed", extra={"task": place.task, "why": message["why"]})
        return Broke(_("Making {what} failed. It is in the log; please try again.").format(what=what))
    log.warning("an engine died", extra={"task": place.task, "last": place.said})
    return Broke(_("What makes {what} stopped in the middle, perhaps for want of memory. Please try again.").format(what=what))
