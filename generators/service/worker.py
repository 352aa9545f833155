"""The one thread that owns the models: it admits requests, runs them together as one forward pass, gives back the results."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from generators.service.events import Job, Late, Listener, PassResult
from generators.service.full_passes import filled
from generators.service.metrics import Histogram
from generators.service.scheduler import Full, Pace, Served, admitted
from generators.service.ticket import Ticket

__all__ = ("MOST_ROWS", "Full", "Ticket", "Worker")

MOST_ROWS = 256  # sequences in memory at once; 300 tokens of each are 1.8 GB of keys on the embedded model, were none shared
MOST_WAITING = 256  # requests; a brainstorm makes up to four at a time, and 64 of those may come at once
ROWS_A_PASS = 64  # on a CPU more rows make a pass longer and hardly more worth: 484 tokens a second with 32, 500 with 64
PROMPT_A_PASS = 130  # tokens of prompts beside them, for the same reason; one piece of a prompt has up to 65
RESTING_S = 5.0  # without work, after which memory that is only at hand is given back: taking it again costs a first pass 30 ms
#: For companions of a request that comes when there is nothing to do: a brainstorm sends two or more at once, which share their
#: passes from the first one on. One that came a pass later would cost a pass more.
GATHERED_S = 0.005
DEADLINE_S = 600.0  # for one request; every client of ours gave up long before

log = logging.getLogger(__name__)


class Worker:
    """Runs all admitted jobs: those that use the same model share its passes, the others get a step each in turn."""

    def __init__(
        self,
        *,
        most_rows: int = MOST_ROWS,
        most_waiting: int = MOST_WAITING,
        deadline_s: float = DEADLINE_S,
        resting_s: float = RESTING_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Starts no thread yet.

        Args:
            most_rows: sequences admitted at once; a job larger than that is admitted alone.
            most_waiting: jobs that may wait to be admitted.
            deadline_s: after which a job is ended, waiting included.
            resting_s: without work, after which memory is given back that is only at hand.
            clock: monotonic seconds.
        """
        self.most_bytes = float("inf")  #: of keys and values that admitted jobs may need; set once the model is loaded
        self.rows_a_pass = ROWS_A_PASS
        self._most_rows = most_rows
        self._most_waiting = most_waiting
        self._deadline_s = deadline_s
        self._resting_s = resting_s
        self._clock = clock
        self._waiting: deque[Ticket] = deque()
        self._active: list[Ticket] = []
        self._served = Served()
        self._pace = Pace()
        self._changed = threading.Condition()
        self._closing = False
        self._draining = False
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)
        self.busy_s = 0.0  #: time spent in steps
        self.crashes = 0  #: failures of the worker itself that it survived
        self.passes = Histogram((1, 2, 4, 8, 16, 32, 64, 128, 256))  #: rows in each pass
        self.between: list[Callable[[], None]] = []  #: what is to be done between passes, in this thread
        self.idling: Callable[[], None] = lambda: None  #: gives back memory that is only at hand; in this thread

    @property
    def waiting(self) -> int:
        """Jobs that wait to be admitted."""
        return len(self._waiting)

    @property
    def rows(self) -> int:
        """Sequences in work."""
        return sum(ticket.rows for ticket in list(self._active))

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not (self._waiting or self._active)

    def start(self) -> None:
        """Begins to work."""
        self._thread.start()

    def submit(self, job: Job, listener: Listener, *, team: str = "") -> Ticket:
        """Hands a job in; the listener hears of it in the worker's thread, last of all None.

        Args:
            job: the work.
            listener: hears what comes of it.
            team: who it is for; teams are served alike.

        Raises:
            Full: too many wait already; a team may take three quarters of the places.
        """
        now = self._clock()
        ticket = Ticket(job, listener, team=team, deadline=now + self._deadline_s)
        with self._changed:
            mine = sum(other.team == team for other in self._waiting)
            others = any(other.team != team for other in (*self._waiting, *self._active))
            places = max(1, self._most_waiting * 3 // 4) if others else self._most_waiting
            if self._closing or self._draining or len(self._waiting) >= self._most_waiting or mine >= places:
                raise Full(len(self._waiting) + 1, self._pace.retry_s(len(self._waiting), now))
            present = {other.team for other in (*self._waiting, *self._active)}
            self._served.welcome(team, present)
            self._waiting.append(ticket)
            self._changed.notify()
        return ticket

    def soon(self, done: Callable[[], None]) -> None:
        """Has something done in the worker's thread, before the next pass."""
        with self._changed:
            self.between.append(done)
            self._changed.notify()

    def drain(self) -> None:
        """Takes nothing more in; what was taken in is finished."""
        self._draining = True

    def rest(self, seconds: float) -> bool:
        """Waits until there is nothing to do; whether that came to pass."""
        with self._changed:
            return self._changed.wait_for(lambda: self.idle, seconds)

    @property
    def draining(self) -> bool:
        """Whether nothing more is taken in."""
        return self._draining or self._closing

    def close(self, *, wait_s: float) -> None:
        """Ends all jobs before their next step, then the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    # the thread

    def _work(self) -> None:
        while not self._closing:
            try:
                self._loop()
            except BaseException as error:
                self.crashes += 1
                log.exception("the worker failed and goes on")
                failed, self._active = self._active, []
                for ticket in failed:
                    ticket.end(error if isinstance(error, Exception) else RuntimeError(type(error).__name__))
        for ticket in (*self._active, *self._waiting):
            ticket.end(None)
        self._active = []
        self._waiting.clear()

    def _loop(self) -> None:
        while True:
            with self._changed:
                self._rest()
                if self._closing:
                    return
                between, self.between = self.between, []
                self._drop()
                self._active += admitted(
                    self._waiting, self._active, self._served, most_rows=self._most_rows, most_bytes=self.most_bytes
                )
            for done in between:
                done()
            began = self._clock()
            self._turn()
            self.busy_s += self._clock() - began

    def _rest(self) -> None:
        """Waits until there is something to do, and a moment longer for what comes with it."""
        idle = self.idle
        if idle:
            self._changed.notify_all()
            give_back_memory()
            self._changed.wait_for(self._wanted, self._resting_s)
        if not self._wanted():
            self.idling()
            give_back_memory()
        self._changed.wait_for(self._wanted)
        if idle and any(ticket.rows > 1 for ticket in self._waiting):
            self._changed.wait_for(lambda: self._closing, GATHERED_S)

    def _wanted(self) -> bool:
        """Whether there is something to do in this thread."""
        return bool(self._waiting or self._active or self._closing or self.between)

    def _drop(self) -> None:
        """Ends who was cancelled or is late."""
        now = self._clock()
        for ticket in (*self._active, *self._waiting):
            if ticket.cancelled or now > ticket.deadline:
                ticket.end(None if ticket.cancelled else Late())
        self._active = [ticket for ticket in self._active if not ticket.ended]
        if any(ticket.ended for ticket in self._waiting):
            self._waiting = deque(ticket for ticket in self._waiting if not ticket.ended)

    def _turn(self) -> None:
        """A step of each job that works by itself, and one pass of those that share one."""
        for ticket in self._active:
            if ticket.request is None and not ticket.ended:
                ticket.step()
        feeding = self._next()
        for ticket, outcome in self._passed(feeding):
            if isinstance(outcome, Exception):
                ticket.end(outcome)
            else:
                ticket.step(outcome)
        now = self._clock()
        for ticket in self._active:
            if ticket.ended:
                self._pace.ended(now)
        self._active = [ticket for ticket in self._active if not ticket.ended]

    def _next(self) -> list[Ticket]:
        """Whose requests make up the next pass: the least served team's first, as many as a pass is worth."""
        feeding = sorted(
            (ticket for ticket in self._active if ticket.request is not None), key=lambda ticket: self._served(ticket.team)
        )
        chosen: list[Ticket] = []
        rows = prompt = 0
        for ticket in feeding:
            request = ticket.request
            assert request is not None
            size = request.size
            if chosen and chosen[0].request is not None and not request.goes_with(chosen[0].request):
                continue
            if request.drawn:
                if rows and rows + size > self.rows_a_pass:
                    continue
                rows += size
            else:
                if prompt and prompt + size > PROMPT_A_PASS:
                    continue
                prompt += size
            chosen.append(ticket)
        return self._filled(chosen)

    def _filled(self, tickets: Sequence[Ticket]) -> list[Ticket]:
        """Those of the tickets that a full pass has room for, some with a part of what they asked for."""
        asking = [(ticket, ticket.request) for ticket in tickets if ticket.request is not None]
        found = []
        for (ticket, _whole), request in zip(asking, filled([request for _ticket, request in asking]), strict=True):
            if request is not None:
                ticket.request = request
                found.append(ticket)
        return found

    def _passed(self, tickets: Sequence[Ticket]) -> list[tuple[Ticket, PassResult | Exception]]:
        """Runs a pass. Where it fails, each request is run by itself, so that only who cannot be served is not."""
        requests = [ticket.request for ticket in tickets if ticket.request is not None]
        if not requests:
            return []
        for ticket, request in zip(tickets, requests, strict=True):
            self._served.count(ticket.team, request.size)
        try:
            outcomes = requests[0].run(requests)
        except Exception as error:
            give_back_memory()
            if len(tickets) == 1:
                return [(tickets[0], error)]
            log.warning("a pass failed; its requests are tried one by one", exc_info=error)
            return [pair for ticket in tickets for pair in self._passed([ticket])]
        self.passes.add(sum(request.size for request in requests if request.drawn))
        return list(zip(tickets, outcomes, strict=True))


def give_back_memory() -> None:
    """Returns what is free to the system, where the C library can: caches that grow by a token a step leave gaps in its heap.

    Measured after four brainstorms on the embedded model: 740 MB of heap without it, 630 MB with it, and no more after eight.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # not glibc
        ctypes.CDLL(None).malloc_trim(0)
