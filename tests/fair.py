"""Time that a busy machine does not change: an event loop whose clock stands still while other processes hold the processor."""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from collections.abc import Callable
from typing import Any

#: How long a test waits for what this process does, fair seconds (see `now`). It finds what hangs and measures nothing: a hundred
#: times what anything takes.
PATIENCE_S = 60.0
#: The same for what other processes and threads do, which a busy machine starves: importing torch takes three seconds, and half a
#: minute beside six others. Less than pytest's own limit, whose report says less.
START_S = 300.0
#: How many seconds of a `BriskLoop` one second of waiting is. What other threads do, a few milliseconds of SQLite's,
#: counts as so much longer too, and has to stay far below the three seconds in which Discord and Slack want to hear from us.
BRISK = 8.0


def computing() -> Callable[[], float]:
    """A clock of the seconds that this thread has computed, which every thread may read."""
    if not hasattr(time, "pthread_getcpuclockid"):  # macOS and Windows: read by the thread itself only, which asyncio's loops do
        return time.thread_time
    clock = time.pthread_getcpuclockid(threading.get_ident())
    return lambda: time.clock_gettime(clock)


class Waiting(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Counts how long there was nothing to do, but no longer than it was asked to wait."""

    waited = 0.0  #: seconds

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        began = time.monotonic()
        found = super().select(timeout)
        took = time.monotonic() - began
        self.waited += took if timeout is None else min(took, max(timeout, 0.0))
        return found


class FairLoop(asyncio.SelectorEventLoop):
    """An event loop that counts what its thread computes and waits for, and not what it stands in line for the processor.

    Every pause and deadline of asyncio follows. So what is acknowledged within Discord's and Slack's three seconds on an idle
    machine is on a busy one, and what is to happen while drafts are slow happens before they are made.
    """

    def __init__(self, selector: Waiting | None = None) -> None:
        self._waiting = selector or Waiting()
        self._computed = computing()
        self._began = time.monotonic()
        self._before = self._computed()
        super().__init__(self._waiting)

    def fair(self) -> float:
        """Seconds computed and waited."""
        return self._began + self._waiting.waited + self._computed() - self._before

    def time(self) -> float:
        return self.fair()


class Jumping(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Waits for nobody: where nothing can happen before the next timer, it is that time at once."""

    passed = 0.0  #: seconds
    elsewhere = 0  #: pieces of work in other threads, which take what they take

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        found = super().select(timeout if self.elsewhere else 0)
        if not found and not self.elsewhere:
            self.passed += timeout
        return found


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop on which pauses take no time, and what is computed takes none by its clock.

    For what is all in this process, servers of its own included: there what is sent has arrived. So what comes a second apart
    is tried in milliseconds, and exactly. `@pytest.mark.asyncio(loop_factories=["jumping"])` chooses it.
    """

    def __init__(self) -> None:
        self._jumping = Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.passed

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        self._jumping.elsewhere += 1
        work = super().run_in_executor(executor, func, *args)

        def done(_work: asyncio.Future[Any]) -> None:
            self._jumping.elsewhere -= 1

        work.add_done_callback(done)
        return work


class Brisk(Waiting):
    """Waits a fraction of what it is told to."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / BRISK)


class BriskLoop(FairLoop):
    """The same where waiting goes by quicker, and computing does not: for tests that mostly wait for paces and pauses.

    A deadline stands as far from what is computed as ever.
    """

    def __init__(self) -> None:
        super().__init__(Brisk())

    def time(self) -> float:
        return self.fair() + (BRISK - 1) * self._waiting.waited


LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"fair": FairLoop, "brisk": BriskLoop, "jumping": JumpingLoop}


def loops_of(marked: Any, usual: str) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loops by name that a test's `@pytest.mark.asyncio(loop_factories=…)` chooses; the usual one where it chooses none."""
    wanted = (marked.kwargs.get("loop_factories") if marked is not None else None) or [usual]
    return {name: LOOPS[name] for name in wanted}


def now() -> float:
    """Seconds by which tests are patient: fair ones, however short the running loop makes its own."""
    loop = asyncio.get_running_loop()
    return loop.fair() if isinstance(loop, FairLoop) else loop.time()


async def until(so: Callable[[], object], *, what: str = "it", patience_s: float = PATIENCE_S) -> None:
    """Waits until something holds that nothing tells of, looking again and again.

    Raises:
        AssertionError: it never did.
    """
    end = now() + patience_s
    while not so():
        assert now() < end, f"{what} did not come within {patience_s:g} s"
        await asyncio.sleep(0.01)


def until_now(so: Callable[[], object], *, what: str = "it") -> None:
    """The same without an event loop, by the clock on the wall."""
    end = time.monotonic() + START_S
    while not so():
        assert time.monotonic() < end, f"{what} did not come within {START_S:g} s"
        time.sleep(0.005)
