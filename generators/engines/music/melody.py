"""Writes melodies: continues notes, fills a form of phrases, closes on the tonic at the bar. It knows no chords and no sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from generators.engines.music import steps
from generators.engines.music.known import Known
from generators.engines.music.nets import MelodyNet, MelodyState
from generators.engines.music.notation import MODES, QUARTER, Key, Metre, Note

DRAFTS = 6  #: written for an order; the best is taken. Each takes a tenth of a second for twelve bars
QUOTED = (
    12.0  #: nats a note that quoting all of a book's tune weighs: drafts differ by a tenth, so two quoted runs in a hundred count
)
TOP_P = 0.95  #: the least likely twentieth is never taken: it is where a small model's wrong notes are
PHRASE = 4  #: bars; the books' tunes move in fours and eights
LAST = QUARTER  #: ticks: a closing note is no shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What melody is wanted."""

    key: Key
    metre: Metre
    kind: str
    bars: int
    given: tuple[Note, ...] = ()  #: the tune begins with these
    pickup: int = 0  #: ticks before the first bar line, of the given notes
    temperature: float = 0.95
    plan: str = ""  #: a letter for each phrase; equal letters begin alike. Empty: what suits the length
    kept: Mapping[int, Note] = field(default_factory=dict)  #: notes that stay as they are, by the tick at which they start
    anchors: Mapping[int, int] = field(default_factory=dict)  #: pitches that stay, by tick
    seed: int = 0


@dataclass
class _Draft:
    """One melody while it is written."""

    words: list[list[int]] = field(default_factory=list)  #: rows of `steps`
    cost: float = 0.0  #: surprise of what was written, nats
    written: int = 0


def plan_of(bars: int) -> str:
    """Which phrases of a tune begin alike: 8 bars are A A, 12 A B A, 16 A A B A, 32 twice that with other music between."""
    phrases = max(1, bars // PHRASE)
    known = {1: "A", 2: "AA", 3: "ABA", 4: "AABA", 5: "AABBA", 6: "AABBCA", 7: "AABBCCA", 8: "AABACCDA"}
    return known.get(phrases) or (known[8] * (phrases // 8 + 1))[:phrases]


def bars_of(plan: str, bars: int) -> list[int]:
    """How many bars each phrase has; the last takes what is left over."""
    spans = [PHRASE] * len(plan)
    spans[-1] = bars - PHRASE * (len(plan) - 1)
    return spans


class Composer:
    """The melody model at work."""

    def __init__(self, net: MelodyNet, known: Known) -> None:
        self.net, self.known = net, known

    def write(self, order: Order) -> tuple[Note, ...]:
        """A melody of exactly so many bars, closed on the tonic.

        Raises:
            steps.Uncommon: the given notes cannot be said in the model's words.
        """
        return _Writing(self.net, self.known, order).finished()


class _Writing:
    """One order: drafts side by side, note after note. Drafts have notes of different lengths, so each has a state of its own."""

    def __init__(self, net: MelodyNet, known: Known, order: Order) -> None:
        self.net, self.known, self.order = net, known, order
        self.bar = order.metre.bar
        self.total = order.bars * self.bar + order.pickup
        self.tonic = steps.base(order.key.tonic)
        self.plan = order.plan or plan_of(order.bars)
        self.spans = bars_of(self.plan, order.bars)
        self.random = np.random.default_rng(order.seed)
        self.in_scale = np.array(
            [True, *((pitch % 12) in MODES[order.key.mode] for pitch in range(steps.LOWEST, steps.HIGHEST + 1))]
        )

    def finished(self) -> tuple[Note, ...]:
        drafts = [self._draft() for _ in range(DRAFTS)]
        best = min(drafts, key=lambda draft: _badness(draft, self.in_scale) + QUOTED * self._quoted(draft))
        notes = [Note(steps.pitch_of(word[0], self.tonic), steps.LENGTHS[word[1]]) for word in best.words]
        over = sum(note.length for note in notes) - self.total
        if over:  # a crooked given length left a place that no common length fills
            notes[-1] = Note(notes[-1].pitch, max(1, notes[-1].length - over))
        return tuple(notes)

    def _draft(self) -> _Draft:
        draft = _Draft()
        state = self.net.begin(1, steps.conditions(self.order.kind, self.order.metre, self.order.key.mode))
        at = 0
        for note in self.order.given:
            pitch = steps.pitch_word(note.pitch, self.tonic)
            if note.length not in steps.LENGTHS or at + note.length > self.total:
                raise steps.Uncommon(f"a length of {note.length} ticks")
            at = self._put(draft, state, at, pitch, steps.LENGTHS.index(note.length))
        while at < self.total and state.count < steps.MAX_STEPS:
            at = self._next(draft, state, at)
        return draft

    def _quoted(self, draft: _Draft) -> float:
        """The share of runs that are in the books, of what was not given."""
        words = draft.words[len(self.order.given) :]
        return self.known.share([word[steps.PITCH] for word in words if word[steps.PITCH] != steps.REST])

    def _where(self, at: int) -> tuple[int, int, int]:
        """Place, bar and bars left at a tick, in a part of two phrases."""
        if at < self.order.pickup:
            return steps.places(min(8, self.order.bars) * self.bar + self.order.pickup, self.order.pickup, self.bar, at)
        number = (at - self.order.pickup) // self.bar
        first = 0
        for start in range(0, len(self.spans), 2):
            count = sum(self.spans[start : start + 2])
            if number < first + count:
                return steps.places(count * self.bar, 0, self.bar, at - self.order.pickup - first * self.bar)
            first += count
        raise AssertionError("beyond the end")

    def _next(self, draft: _Draft, state: MelodyState, at: int) -> int:
        copied = self._copied(draft, at)
        if copied is not None:
            return self._put(draft, state, at, *copied)
        place, bar, left = self._where(at)
        logp, hidden = self.net.step(state, self._before(draft), place, bar, left)
        room = self.bar - place
        closing = self.total - at <= self.bar
        anchor = self.order.anchors.get(at)
        pitch = self._pick(self._pitch_scores(logp[0], draft)) if anchor is None else steps.pitch_word(anchor, self.tonic)
        length = self._pick(self._length_scores(hidden, pitch, at, room, closing=closing))
        if at + steps.LENGTHS[length] >= self.total:
            pitch = self._home(draft)
        draft.cost -= float(logp[0, pitch])
        draft.written += 1
        draft.words.append([pitch, length, place, bar, left])
        return at + steps.LENGTHS[length]

    def _put(self, draft: _Draft, state: MelodyState, at: int, pitch: int, length: int) -> int:
        """A note that is given, shown to the model."""
        place, bar, left = self._where(at)
        self.net.step(state, self._before(draft), place, bar, left)
        draft.words.append([pitch, length, place, bar, left])
        return at + steps.LENGTHS[length]

    def _before(self, draft: _Draft) -> np.ndarray:
        if not draft.words:
            return np.array([[steps.START, len(steps.LENGTHS), steps.PLACES]])
        last = draft.words[-1]
        return np.array([[last[steps.PITCH], last[steps.LENGTH], last[steps.PLACE]]])

    def _copied(self, draft: _Draft, at: int) -> tuple[int, int] | None:
        """A note that is kept; or that of the phrase that begins alike, but for a phrase's last bar and a half."""
        kept = self.order.kept.get(at)
        if kept is not None and kept.length in steps.LENGTHS:
            return steps.pitch_word(kept.pitch, self.tonic), steps.LENGTHS.index(kept.length)
        if self.order.kept:
            return None
        number, into = self._phrase(at)
        if number is None or at + self.bar // 2 >= self.total:
            return None
        letter = self.plan[number]
        earlier = self.plan.index(letter)
        if earlier == number or into >= (min(self.spans[number], self.spans[earlier]) - 2) * self.bar + self.bar // 2:
            return None
        wanted = sum(self.spans[:earlier]) * self.bar + self.order.pickup + into
        tick = 0
        for word in draft.words:
            if tick == wanted:
                return word[steps.PITCH], word[steps.LENGTH]
            tick += steps.LENGTHS[word[steps.LENGTH]]
        return None

    def _phrase(self, at: int) -> tuple[int | None, int]:
        """Which phrase a tick is in, and how far."""
        tick = at - self.order.pickup
        if tick < 0:
            return None, 0
        for number, span in enumerate(self.spans):
            if tick < span * self.bar:
                return number, tick
            tick -= span * self.bar
        return None, 0

    def _pitch_scores(self, logp: np.ndarray, draft: _Draft) -> np.ndarray:
        scores = np.asarray(logp, dtype=np.float64) / self.order.temperature
        scores[steps.REST] -= 2.0  # a rest is for singers' breath; the books have one in two hundred notes
        last = [word[steps.PITCH] for word in draft.words[-3:]]
        if len(last) == 3 and len(set(last)) == 1:
            scores[last[0]] -= 3.0  # three of a pitch are a figure, four are a stutter
        return scores

    def _length_scores(self, hidden: np.ndarray, pitch: int, at: int, room: int, *, closing: bool) -> np.ndarray:
        scores = np.asarray(self.net.lengths(hidden, np.array([pitch]))[0], dtype=np.float64) / min(1.0, self.order.temperature)
        for number, ticks in enumerate(steps.LENGTHS):
            after = self.total - at - ticks
            if ticks > room or after < 0 or (closing and 0 < after < LAST) or not fits(room - ticks):
                scores[number] = -np.inf
        if not np.isfinite(scores).any():  # nothing common fills the bar: what fills it exactly, or the longest that fits
            fitting = [number for number, ticks in enumerate(steps.LENGTHS) if ticks <= room] or [0]
            exact = [number for number in fitting if steps.LENGTHS[number] == room]
            scores[(exact or fitting)[-1]] = 0.0
        return scores

    def _pick(self, scores: np.ndarray) -> int:
        """Chance among the likely ones (nucleus sampling, Holtzman et al. 2020)."""
        p = np.exp(scores - scores.max())
        p /= p.sum()
        order = np.argsort(-p)
        kept = order[: int(np.searchsorted(np.cumsum(p[order]), TOP_P)) + 1]
        return int(self.random.choice(kept, p=p[kept] / p[kept].sum()))

    def _home(self, draft: _Draft) -> int:
        """The tonic nearest to the note before."""
        tonics = [word for word in range(1, steps.PITCHES) if (word - 1 + steps.LOWEST) % 12 == 0]
        last = next((word[steps.PITCH] for word in reversed(draft.words) if word[steps.PITCH] != steps.REST), 1 - steps.LOWEST)
        return min(tonics, key=lambda word: (abs(word - last), word))


def fits(left: int) -> bool:
    """Whether what is left of a bar can be filled: with lengths of thirds or of halves, not with their difference."""
    return left == 0 or (left >= 3 and (left % 3 == 0 or left % 4 == 0))


def _badness(draft: _Draft, in_scale: np.ndarray) -> float:
    """Surprise per note, and what people hear as wrong: notes outside the scale, a narrow or a wide range, a stutter."""
    pitches = [word[steps.PITCH] for word in draft.words if word[steps.PITCH] != steps.REST]
    if len(pitches) < 2:
        return 1e9
    moves = np.abs(np.diff(pitches))
    spread = max(pitches) - min(pitches)
    return (
        draft.cost / max(1, draft.written)
        + 4.0 * float(np.mean(~in_scale[pitches]))
        + 0.15 * max(0, 9 - spread)
        + 0.1 * max(0, spread - 19)
        + 3.0 * max(0.0, float(np.mean(moves == 0)) - 0.2)
        + 2.0 * max(0.0, float(np.mean(moves > 7)) - 0.06)
    )
