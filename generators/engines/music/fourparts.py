"""Harmonises, continues and varies in four parts: the model proposes, the rules of part writing accept. It knows no sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generators.engines.music import partwriting
from generators.engines.music.cells import HOLD, MASK, PITCH_WORDS, REST, VOICES
from generators.engines.music.nets import FourPartNet

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
ROUNDS = 14  #: of filling: a few cells at first, then more and more (Chang et al. 2022, MaskGIT)
SWEEPS = 10  #: of resampling: how often each cell of a piece is thought over, on average
WINDOW = 8  #: eighths that are thought over at once
MENDS = 6  #: passes of repair; it ends early when nothing is left to mend
CHOICES = 14  #: likely words that repair tries in a cell
SEEN, AROUND = 32, 16  #: eighths that the model is asked for at once, and those before and after that it sees: 64, as in training
BUSY = 0.35  #: extra weight of a note against a hold: the rules alone would let voices stand still


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A piece in four parts of which something is still open."""

    cells: Ints  #: words, MASK where open, (steps, voices)
    places: Ints  #: eighths into the bar, (steps,)
    closes: Ints  #: 1 where a phrase closes, (steps,)
    tonic: int
    minor: bool

    @property
    def offset(self) -> int:
        """How far the tonic is from C, -5..6."""
        return (self.tonic + 5) % 12 - 5


class Harmonist:
    """The four-part model at work."""

    def __init__(self, net: FourPartNet) -> None:
        self.net = net

    def fill(self, sketch: Sketch, seed: int, *, repair: bool = True, report: Callable[[float], None] = lambda _: None) -> Ints:
        """Fills what is open.

        Args:
            sketch: what is given, and what is open.
            seed: another one gives another piece.
            repair: hold the result to the rules; without, the model alone (for measurements).
            report: called with the share that is done.

        Returns:
            Words, (steps, voices), none of them MASK.
        """
        work = _Work(self.net, sketch, np.random.default_rng(seed))
        work.draft()
        report(0.3)
        work.think_over(ruled=repair, report=lambda share: report(0.3 + 0.4 * share))
        if repair:
            work.mend(report=lambda share: report(0.7 + 0.3 * share))
        return work.cells


class _Work:
    """One piece while it is written."""

    def __init__(self, net: FourPartNet, sketch: Sketch, random: np.random.Generator) -> None:
        self.net, self.sketch, self.random = net, sketch, random
        self.cells = sketch.cells.copy()
        self.open: Bools = sketch.cells == MASK

    def _logp(self, cells: Ints, first: int = 0, last: int | None = None) -> npt.NDArray[np.float64]:
        """Log-probabilities of the words in these steps, (steps, voices, MASK); what the model sees is as long as in training."""
        last = len(cells) if last is None else last
        found = np.empty((last - first, VOICES, MASK))
        for at in range(first, last, SEEN):
            end = min(last, at + SEEN)
            low, high = max(0, at - AROUND), min(len(cells), end + AROUND)
            said = self.net.logprobs(
                cells[low:high],
                self.sketch.places[low:high],
                self.sketch.closes[low:high],
                int(self.sketch.minor),
                self.sketch.offset + 5,
            )
            found[at - first : end - first] = said[at - low : end - low]
        if first == 0:
            found[0, :, HOLD] = -30.0  # nothing to hold yet
        found[:, :, REST] -= 6.0  # the chorales rest only between movements
        found[:, :, HOLD] -= BUSY
        return found

    def _badness(self, cells: Ints) -> npt.NDArray[np.float64]:
        return partwriting.badness(partwriting.sounding(cells, self.sketch.offset), self.sketch.places, self.sketch.tonic)

    def _drawn(self, logp: npt.NDArray[np.float64], temperature: float) -> Ints:
        """A word for each row of (…, MASK), by the Gumbel trick."""
        noise = self.random.gumbel(size=logp.shape)
        return np.asarray((logp / temperature + noise).argmax(axis=-1))

    def draft(self) -> None:
        """Fills all open cells, the surest first."""
        waiting = self.open.copy()
        total = int(waiting.sum())
        for number in range(ROUNDS):
            if not waiting.any():
                return
            logp = self._logp(self.cells)
            words = self._drawn(logp, 0.8)
            sure = np.take_along_axis(logp, words[..., None], axis=-1)[..., 0] + self.random.gumbel(size=words.shape) * 0.5
            sure[~waiting] = -np.inf
            left = int(total * np.cos(np.pi / 2 * (number + 1) / ROUNDS)) if number < ROUNDS - 1 else 0
            take = max(1, int(waiting.sum()) - left)
            chosen = np.unravel_index(np.argsort(-sure, axis=None)[:take], sure.shape)
            self.cells[chosen] = words[chosen]
            waiting[chosen] = False

    def think_over(self, *, ruled: bool, report: Callable[[float], None]) -> None:
        """Resamples a voice or two over a stretch, given the rest (structured Gibbs); ruled: only what makes nothing worse."""
        times = SWEEPS * max(1, len(self.cells) * 3 // (WINDOW * 2) // 4)
        bad = float(self._badness(self.cells).sum()) if ruled else 0.0
        for turn in range(times):
            start = int(self.random.integers(0, max(1, len(self.cells) - WINDOW // 2)))
            voices = self.random.permutation(VOICES)[: int(self.random.integers(1, 3))]
            mask = np.zeros_like(self.open)
            mask[start : start + WINDOW, voices] = True
            mask &= self.open
            if not mask.any():
                continue
            trial = self._refilled(mask, 0.85 - 0.35 * turn / times)
            worse = float(self._badness(trial).sum()) if ruled else 0.0
            if worse <= bad:
                self.cells, bad = trial, worse
            report(turn / times)

    def _refilled(self, mask: Bools, temperature: float) -> Ints:
        """The piece with some cells written anew, in two rounds."""
        steps = np.flatnonzero(mask.any(axis=1))
        first, last = int(steps[0]), int(steps[-1]) + 1
        trial = np.where(mask, MASK, self.cells)
        for share in (0.5, 1.1):
            words = self._drawn(self._logp(trial, first, last), temperature)
            now = (trial[first:last] == MASK) & (self.random.random(words.shape) < share)
            trial[first:last] = np.where(now, words, trial[first:last])
        return trial

    def mend(self, *, report: Callable[[float], None]) -> None:
        """Tries, where a rule is broken, the model's likely words one cell at a time; then two voices together."""
        for number in range(MENDS):
            bad = self._badness(self.cells)
            if not (bad > 0).any():
                return
            for step in np.flatnonzero(bad > 0):
                self._mend_at(int(step))
            if float(self._badness(self.cells).sum()) >= float(bad.sum()):
                self._shake()
            report((number + 1) / MENDS)

    def _mend_at(self, step: int) -> None:
        around = [at for at in (step, step - 1, step + 1) if 0 <= at < len(self.cells)]
        for at in around:
            for voice in range(VOICES):
                if self.open[at, voice]:
                    self._best_at(self._onset(at, voice), voice)

    def _onset(self, at: int, voice: int) -> int:
        """Where the note that sounds began, if it is open there; else the cell itself."""
        begin = at
        while begin and self.cells[begin, voice] == HOLD:
            begin -= 1
        return begin if self.open[begin, voice] else at

    def _best_at(self, at: int, voice: int) -> None:
        """The word of least cost: broken rules, and what the model thinks of it."""
        near = slice(max(0, at - 2), at + 10)
        before = self._badness(self.cells)
        if before[near].sum() == 0:
            return
        mask = self.cells.copy()
        mask[at, voice] = MASK
        logp = self._logp(mask, at, at + 1)[0, voice]
        best, least = self.cells, float(before.sum()) - 0.7 * logp[self.cells[at, voice]]
        for word in np.argsort(-logp)[:CHOICES]:
            if word == self.cells[at, voice] or word == REST:
                continue
            trial = self.cells.copy()
            trial[at, voice] = word
            cost = float(self._badness(trial).sum()) - 0.7 * logp[word]
            if cost < least:
                best, least = trial, cost
        self.cells = best

    def _shake(self) -> None:
        """Writes the worst places anew, several times, and keeps the best: one cell at a time did not help."""
        bad = self._badness(self.cells)
        for step in np.argsort(-bad)[:4]:
            if bad[step] == 0:
                return
            for _ in range(4):
                mask = np.zeros_like(self.open)
                mask[max(0, step - 3) : step + 3, self.random.permutation(VOICES)[:2]] = True
                mask &= self.open
                if not mask.any():
                    continue
                trial = self._refilled(mask, 0.9)
                if float(self._badness(trial).sum()) < float(self._badness(self.cells).sum()):
                    self.cells = trial


def skeleton(onsets: list[tuple[int, int | None, int]], steps: int, offset: int, bottom: int) -> Ints:
    """A melody's words on the grid of eighths; of shorter notes the first in each eighth counts.

    Args:
        onsets: start in eighths (rounded down), pitch, length in eighths, of each note.
        steps: of the grid.
        offset: how far the tonic is from C.
        bottom: the pitch of word 0.
    """
    words = np.full(steps, HOLD)
    filled = np.zeros(steps, dtype=bool)
    for start, pitch, _ in onsets:
        if start < steps and not filled[start]:
            word = REST if pitch is None else pitch - offset - bottom
            words[start] = word if 0 <= word < PITCH_WORDS or pitch is None else HOLD
            filled[start] = True
    if words[0] == HOLD:
        words[0] = REST
    return words
