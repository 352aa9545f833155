"""A tune as the steps that the melody model reads and writes: pitches from the tonic, lengths, places in bar and part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from generators.engines.music.notation import MODES, Metre, Part, Tune

Ints = npt.NDArray[np.int64]

KINDS = ("any", "reel", "jig", "slip jig", "hornpipe", "strathspey", "march", "air", "waltz", "minuet", "polka", "tune")
METRES = ("4/4", "6/8", "3/4", "9/8", "2/4", "12/8", "6/4", "3/2")
LENGTHS = (3, 4, 6, 8, 9, 12, 16, 18, 21, 24, 30, 36, 42, 48, 60, 72, 96)  #: ticks; 0.1 % of the notes in the books have others
LOWEST, HIGHEST = -14, 26  #: semitones from the tonic between middle C and the B above it; all but 2 of 412 000 notes
REST = 0
PITCHES = 2 + HIGHEST - LOWEST  #: a rest, then every pitch from the lowest
START = PITCHES  #: what stands before the first note
PLACES = 144  #: ticks of the longest bar
BARS = 17  #: bars of a part that are told apart; later ones count as the last
MAX_STEPS = 320  #: notes: two of a hundred tunes are longer

PITCH, LENGTH, PLACE, BAR, LEFT = range(5)  #: columns of an encoded tune


class Uncommon(ValueError):
    """The tune has a metre, a length or a pitch that the model has no word for."""


def base(tonic: int) -> int:
    """The pitch that counts as the tonic: at middle C or above it."""
    return 60 + tonic


def places(part_length: int, pickup: int, bar: int, at: int) -> tuple[int, int, int]:
    """Where in a part a tick is.

    Returns:
        The tick in the bar; the bar, 0 for a pickup and at most BARS - 1; the bars that are left with this one, at most BARS - 1.
    """
    bars = -(-(part_length - pickup) // bar)
    if at < pickup:
        return (bar - pickup + at) % bar, 0, min(bars + 1, BARS - 1)
    number = (at - pickup) // bar
    return (at - pickup) % bar, min(number + 1, BARS - 1), max(0, min(bars - number, BARS - 1))


def encode(tune: Tune) -> Ints:
    """A tune as numbers.

    Returns:
        One row per note: pitch, length, place, bar, bars left; shape (notes, 5).

    Raises:
        Uncommon: see there.
    """
    if str(tune.metre) not in METRES:
        raise Uncommon(str(tune.metre))
    rows = [row for part in tune.parts for row in _rows(part, tune.metre, base(tune.key.tonic))]
    return np.array(rows, dtype=np.int64).reshape(-1, 5)


def _rows(part: Part, metre: Metre, tonic: int) -> Iterator[tuple[int, int, int, int, int]]:
    at = 0
    for note in part.notes:
        if note.length not in LENGTHS:
            raise Uncommon(f"a length of {note.length} ticks")
        yield (pitch_word(note.pitch, tonic), LENGTHS.index(note.length), *places(part.length, part.pickup, metre.bar, at))
        at += note.length


def pitch_word(pitch: int | None, tonic: int) -> int:
    """The number of a pitch in the model's vocabulary."""
    if pitch is None:
        return REST
    if not LOWEST <= pitch - tonic <= HIGHEST:
        raise Uncommon(f"a pitch of {pitch - tonic} semitones from the tonic")
    return 1 + pitch - tonic - LOWEST


def pitch_of(word: int, tonic: int) -> int | None:
    """The reverse."""
    return None if word == REST else word - 1 + LOWEST + tonic


def conditions(kind: str, metre: Metre, mode: str) -> tuple[int, int, int]:
    """What holds for a whole tune, as numbers."""
    return KINDS.index(kind), METRES.index(str(metre)), tuple(MODES).index(mode)


def before(rows: Sequence[Sequence[int]] | Ints) -> Ints:
    """What the model sees when it is asked for each note: the note before and its place.

    Returns:
        Pitch, length, place, shape (notes, 3).
    """
    table = np.asarray(rows, dtype=np.int64).reshape(-1, 5)
    shifted = np.empty((len(table), 3), dtype=np.int64)
    shifted[0] = (START, len(LENGTHS), PLACES)
    shifted[1:] = table[:-1, [PITCH, LENGTH, PLACE]]
    return shifted
