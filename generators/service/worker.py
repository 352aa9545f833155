"""The one thread that owns the models: takes jobs from a bounded queue and gives each a step in turn."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator

from generators.service.events import Event, Job, Listener

MOST_ROWS = 256  # sequences in memory at once; 300 tokens of each are 1.8 GB of keys on the embedded model, were none shared
MOST_WAITING = 64  # jobs; beyond, a client is better told to come back

log = logging.getLogger(__name__)


class Full(Exception):
    """Too many requests are waiting."""


class Ticket:
    """A job that was handed in."""

    def __init__(self, job: Job, listener: Listener) -> None:
        self.job = job
        self.listener = listener
        self.cancelled = False
        self._steps: Iterator[list[Event]] | None = None

    def cancel(self) -> None:
        """Ends the job before its next step. Safe at any time, from any thread."""
        self.cancelled = True

    def step(self) -> bool:
        """One step; whether there may be another. What goes wrong is told to the listener and to nobody else."""
        if self.cancelled:
            return self._end(None)
        if self._steps is None:
            self._steps = self.job.steps()
        try:
            events = next(self._steps, None)
        except Exception as error:  # noqa: BLE001 - one request's failure must not end the worker; the listener tells its client
            return self._end(error)
        if events is None:
            return self._end(None)
        if events:
            self.listener(events)
        return True

    def _end(self, error: Exception | None) -> bool:
        self._steps = None  # gives the keys and values back
        self.listener([error, None] if error is not None else [None])
        return False


class Worker:
    """Steps all admitted jobs in turn, so a short one never waits for the end of a long one."""

    def __init__(self, *, most_rows: int = MOST_ROWS, most_waiting: int = MOST_WAITING) -> None:
        """Starts no thread yet.

        Args:
            most_rows: sequences admitted at once; a job larger than that is admitted alone.
            most_waiting: jobs that may wait to be admitted.
        """
        self._most_rows = most_rows
        self._most_waiting = most_waiting
        self._waiting: deque[Ticket] = deque()
        self._active: list[Ticket] = []
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)
        self.busy_s = 0.0  #: time spent in steps

    @property
    def waiting(self) -> int:
        """Jobs that wait to be admitted."""
        return len(self._waiting)

    @property
    def rows(self) -> int:
        """Sequences in work."""
        return sum(ticket.job.rows for ticket in self._active)

    def start(self) -> None:
        """Begins to work."""
        self._thread.start()

    def submit(self, job: Job, listener: Listener) -> Ticket:
        """Hands a job in; the listener hears of it in the worker's thread, last of all None.

        Raises:
            Full: too many wait already.
        """
        ticket = Ticket(job, listener)
        with self._changed:
            if self._closing or len(self._waiting) >= self._most_waiting:
                raise Full
            self._waiting.append(ticket)
            self._changed.notify()
        return ticket

    def close(self, *, wait_s: float) -> None:
        """Ends all jobs before their next step, then the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    def _work(self) -> None:
        while True:
            with self._changed:
                if not (self._waiting or self._active):
                    give_back_memory()
                while not (self._waiting or self._active or self._closing):
                    self._changed.wait()
                if self._closing:
                    break
                self._admit()
            began = time.monotonic()
            self._active = [ticket for ticket in self._active if self._stepped(ticket)]
            self.busy_s += time.monotonic() - began
        for ticket in (*self._active, *self._waiting):
            with contextlib.suppress(RuntimeError):  # a listener whose event loop is closed
                ticket.listener([None])

    def _stepped(self, ticket: Ticket) -> bool:
        try:
            return ticket.step()
        except RuntimeError as error:  # its listener's event loop is closed: nobody is there any more
            log.debug("nobody listens", exc_info=error)
            return False

    def _admit(self) -> None:
        """Takes jobs in, in the order they came, while their sequences have room."""
        rows = self.rows
        while self._waiting and (not self._active or rows + self._waiting[0].job.rows <= self._most_rows):
            ticket = self._waiting.popleft()
            rows += ticket.job.rows
            self._active.append(ticket)


def give_back_memory() -> None:
    """Returns what is free to the system, where the C library can: caches that grow by a token a step leave gaps in its heap.

    Measured after four brainstorms on the embedded model: 740 MB of heap without it, 630 MB with it, and no more after eight.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # not glibc
        ctypes.CDLL(None).malloc_trim(0)
