"""How many threads a CPU's passes get: measured when the model is loaded, and again while it works, as neighbours come and go."""

from __future__ import annotations

import time
from collections.abc import Callable

WORTH = 1.1  # how much faster more threads must be: those of a neighbour are worth something too
TRIED = 3  # passes of each number of threads at the start
LOOK = 6  # passes that two numbers of threads are compared by
BETWEEN = 200  # passes between two comparisons: they cost a thirtieth where nothing changes
ALIKE = 1.25  # how far the sizes of two runs of passes may differ to be compared


class Threads:
    """The number of threads that pays. Two that wait for each other beside a busy process can be slower than one by far."""

    def __init__(self, most: int, use: Callable[[int], None], clock: Callable[[], float] = time.perf_counter) -> None:
        """Begins with the most.

        Args:
            most: threads that may be used.
            use: settles how many are.
            clock: seconds.
        """
        self.most = most
        self.now = most
        self._use = use
        self._clock = clock
        self._passes = 0
        self._runs: list[tuple[int, float]] = []  #: tokens and seconds of the last passes
        self._before: tuple[float, float] | None = None  #: tokens a second and a pass before the trial that is on
        self._settled = most
        self._upwards = False

    def pick(self, run: Callable[[], None]) -> int:
        """Times a pass with 1, 2, 4 … threads and takes the fewest that are nearly the fastest."""
        counts = sorted({self.most, *(2**power for power in range(self.most.bit_length()) if 2**power <= self.most)})
        seconds: dict[int, float] = {}
        for count in counts if len(counts) > 1 else ():
            self._set(count)
            run()
            times = []
            for _pass in range(TRIED):
                began = self._clock()
                run()
                times.append(self._clock() - began)
            seconds[count] = min(times)
        best = min(seconds.values(), default=0.0)
        self._set(next((count for count in counts if seconds[count] <= WORTH * best), self.most) if seconds else self.most)
        self._settled = self.now
        return self.now

    def passed(self, tokens: int, seconds: float) -> None:
        """Notes a pass; from time to time tries half as many threads, or twice as many, and stays with what was faster."""
        if self.most == 1:
            return
        self._passes += 1
        self._runs = [*self._runs, (tokens, seconds)][-LOOK:]
        if self._before is not None and self._passes >= LOOK:
            self._judge()
        elif self._before is None and self._passes >= BETWEEN:
            self._try()

    def _try(self) -> None:
        self._upwards = not self._upwards
        other = min(self.most, 2 * self.now) if self._upwards else max(1, self.now // 2)
        self._passes = 0
        if other != self.now:
            self._before = self._rate()
            self._settled = self.now
            self._set(other)
            self._runs = []

    def _judge(self) -> None:
        assert self._before is not None
        (rate, size), (before, size_before) = self._rate(), self._before
        more = self.now > self._settled
        alike = max(size, size_before) <= ALIKE * min(size, size_before)
        if not alike or rate < before * (WORTH if more else 1 / WORTH):
            self._set(self._settled)
        self._before, self._passes = None, 0

    def _rate(self) -> tuple[float, float]:
        """Tokens a second, and tokens a pass."""
        tokens, seconds = sum(run[0] for run in self._runs), sum(run[1] for run in self._runs)
        return tokens / max(seconds, 1e-9), tokens / max(1, len(self._runs))

    def _set(self, count: int) -> None:
        if count != self.now:
            self._use(count)
            self.now = count
