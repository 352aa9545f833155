"""A job on its way through the worker: what it wants next, who hears of it, until when."""

from __future__ import annotations

import contextlib
import logging
from typing import Any

from generators.service.events import Job, Listener, PassRequest, PassResult

log = logging.getLogger(__name__)


class Ticket:
    """A job that was handed in."""

    def __init__(self, job: Job, listener: Listener, *, team: str = "", deadline: float = float("inf")) -> None:
        self.job = job
        self.listener = listener
        self.team = team
        self.deadline = deadline  #: on the monotonic clock
        self.cancelled = False
        self.ended = False
        self.request: PassRequest | None = None  #: what it wants of the next pass
        self._work: Any = None  #: the generator of what `joining` or `steps` give

    @property
    def rows(self) -> int:
        """See `Waiting`."""
        return 0 if self.cancelled else self.job.rows

    @property
    def need(self) -> int:
        """See `Waiting`."""
        return int(getattr(self.job, "need", 0))

    def cancel(self) -> None:
        """Ends the job before its next step; its place counts as free at once. Safe at any time, from any thread."""
        self.cancelled = True

    def step(self, outcome: PassResult | None = None) -> None:
        """Goes on until the job wants a pass, or has done a step of its own. What goes wrong is told to its listener alone."""
        self.request = None
        try:
            joins = hasattr(self.job, "joining")
            if self._work is None:
                self._work = getattr(self.job, "joining", self.job.steps)()
            while True:
                item = next(self._work) if outcome is None else self._work.send(outcome)
                outcome = None
                if not isinstance(item, list):
                    self.request = item
                    return
                if item:
                    self.listener(item)
                if not joins:
                    return
        except StopIteration:
            self.end(None)
        except Exception as error:  # noqa: BLE001 - one request's failure must not end the worker; the listener tells its client
            self.end(error)

    def end(self, error: Exception | None) -> None:
        """Gives back what the job holds, and tells its listener."""
        if self.ended:
            return
        self.ended, self.request, work, self._work = True, None, self._work, None
        try:
            if work is not None:
                work.close()
        except Exception as trouble:
            log.warning("a job did not end in peace", exc_info=trouble)
        with contextlib.suppress(RuntimeError):  # its listener's event loop is closed: nobody is there any more
            self.listener([error, None] if error is not None else [None])
