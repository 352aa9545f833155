"""Decides what an order leaves open: style, key, tempo, length, band, by the words, the mood and the notes given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.words import _, ngettext
from generators.engines.making import Unmakeable
from generators.engines.music import keys, naming, playing, steps, styles, words, working
from generators.engines.music.arrange import fitted
from generators.engines.music.listening import MAX_NOTES, Given
from generators.engines.music.notation import QUARTER, Key, Metre, Note
from generators.engines.music.options import AUTO, LONGEST_S, MOST_BARS, Wanted
from generators.engines.music.styles import Band, Style
from generators.engines.music.words import Said

TONICS = {
    "major": (2, 7, 9, 0, 5),
    "mixolydian": (9, 2, 7),
    "dorian": (4, 9, 2),
    "minor": (4, 9, 2, 11, 7),
}  #: as in the old books
MOST_HYMN_BARS = 32  # four parts are thought over cell by cell: 32 bars take as long as people wait
NEEDS_NOTES = {"continue", "vary", "restyle", "play"}
PLAYABLE = (5.0, 1000.0)  #: quarters a minute; what a file says beyond is a mistake of its own
MOST_PLAYED = 160  # bars of a tune that is only played: four minutes of a reel
PACES = {"slow": 72.0, "fast": 150.0}  #: felt beats a minute that are slow and fast whatever is played
SHORT = 8  #: bars; what is shorter is a beginning to go on from, what is longer a tune


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What will be made."""

    do: str
    style: Style
    band: Band
    lead: str
    mood: str  #: "" where none was asked for or heard in the words
    key: Key
    metre: Metre
    tempo: float  #: quarters a minute
    bars: int
    notes: tuple[Note, ...]  #: given, already in this key and metre
    pickup: int
    drums: bool
    seed: int
    remarks: tuple[str, ...] = ()  #: for people: what of the order is done otherwise than asked


def choose(text: str, wanted: Wanted, given: Given | None, *, seed: int, number: int) -> Choice:
    """What the version of this number is to be.

    Raises:
        Unmakeable: what is asked for does not go together, or is too long.
    """
    random = np.random.default_rng((seed, number))
    do = _do(wanted, given)
    said = words.read(text)
    wanted = replace(wanted, key=wanted.key or said.key)
    mood = styles.moods().get(wanted.mood) or (styles.mood_of(said.mood_text) if wanted.mood == AUTO else None)
    style = _style(said, wanted, given, do, mood, np.random.default_rng(seed), number)
    if do == "play" and wanted.style == AUTO:
        style = replace(style, swing=0.5)  # notes stay where they are
    metre = _metre(style, given, do)
    key, notes, pickup = _notes(wanted, given, do, _modes(style, mood, said), metre, random)
    lineup = playing.lineup(style, said, drums=wanted.drums, number=number, random=random)
    band, style = lineup.band, lineup.style
    lead = _lead(band, wanted.lead, number, random)
    pulses = float(random.uniform(*_pulses(style, mood, said)))  # drawn even where told: one wish more, the same notes
    tempo = (wanted.tempo or pulses) * metre.pulse / QUARTER
    paced = bool(wanted.tempo or said.tempo or said.pace)
    if given is not None and given.tempo and not paced and do in {"play", "continue", "vary"}:
        tempo = float(np.clip(given.tempo, *PLAYABLE))
    notes, left_out = _cut(notes, do, metre, pickup, tempo)
    bars = _bars(wanted.timed(metre.bar / QUARTER * 60 / tempo), do, notes, metre, pickup)
    if bars * metre.bar / QUARTER * 60 / tempo > LONGEST_S:
        raise Unmakeable(
            _("{bars} bars at this pace last longer than {minutes} minutes. Ask for fewer bars or a higher tempo.").format(
                bars=bars, minutes=LONGEST_S // 60
            )
        )
    if style.four_parts and bars > MOST_HYMN_BARS:
        raise Unmakeable(_("In four parts at most {most} bars can be written at once.").format(most=MOST_HYMN_BARS))
    return Choice(
        do=do, style=style, band=band, lead=lead, mood=mood.name if mood else "", key=key, metre=metre, tempo=tempo, bars=bars,
        notes=notes, pickup=pickup, drums=lineup.drums, seed=int(random.integers(2**31)),
        remarks=_remarks(left_out, said, style, metre, wanted),
    )  # fmt: skip


def _do(wanted: Wanted, given: Given | None) -> str:
    do = wanted.do
    if given is None:
        if do in NEEDS_NOTES:
            raise Unmakeable(_("To {do} notes, some must be given: type them, or attach a MIDI file.").format(do=do))
        return "compose" if do == AUTO else do
    if do == "play" and wanted.style != AUTO and styles.styles()[wanted.style].four_parts:
        return "harmonise"
    if do in {AUTO, "compose"}:
        bars = working.bars_in(given.notes[:MAX_NOTES], given.metre or Metre(4, 4), given.pickup)
        if wanted.style == "hymn" and bars >= 2:
            return "harmonise"
        if bars < SHORT or (wanted.has_bars and bars < wanted.bars):
            return "continue"
        other = (
            wanted.style != AUTO and given.metre is not None and styles.styles()[wanted.style].metre != working.akin(given.metre)
        )
        return "restyle" if other else "play"
    return do


def _style(
    said: Said, wanted: Wanted, given: Given | None, do: str, mood: styles.Mood | None, random: np.random.Generator, number: int
) -> Style:
    every = styles.styles()
    if do == "harmonise":
        return every["hymn"]
    if wanted.style != AUTO:
        return every[wanted.style]
    named = every[said.genre.style] if said.genre is not None else None
    own = working.akin(given.metre) if given is not None and given.metre is not None else None
    if named is not None and (own is None or named.metre == own):
        return named
    liked = list(mood.styles) if mood else [name for name, style in every.items() if not style.four_parts]
    if given is not None and own is not None and do != "restyle":
        fitting = [name for name in liked if every[name].metre == own and not every[name].four_parts]
        liked = fitting or [name for name, style in every.items() if style.metre == own and not style.four_parts] or liked
        if given.kind in every and given.kind in liked:
            return every[given.kind]
    if do in NEEDS_NOTES:
        liked = [name for name in liked if not every[name].four_parts] or ["air"]
    if given is None:
        liked = _fitting(liked, said)
    start = 0 if mood else int(random.integers(len(liked)))
    return every[liked[(start + number) % len(liked)]]


def _fitting(liked: list[str], said: Said) -> list[str]:
    """Of styles those in the metre and at the pace that were asked for; the nearest where there are none."""
    every = styles.styles()
    if said.metre is not None:
        own = working.akin(said.metre)
        others = [name for name, style in every.items() if style.metre == own and not style.four_parts]
        liked = [name for name in liked if every[name].metre == own] or others
    aim = sum(said.tempo) / 2 if said.tempo else PACES.get(said.pace)
    if aim is None:
        return liked
    far = {name: abs(float(np.log(sum(every[name].tempo) / 2 / aim))) for name in liked}
    return [name for name in liked if far[name] <= min(far.values()) + 0.3]


def _pulses(style: Style, mood: styles.Mood | None, said: Said) -> tuple[float, float]:
    """The slowest and the fastest that will do, felt beats a minute."""
    if said.tempo:
        return said.tempo
    low, high = said.genre.tempo if said.genre and said.genre.tempo else style.tempo
    if said.pace == "slow":
        low, high = (low * 0.67, low * 0.76) if low > 96 else (low * 0.8, low * 0.95)
        return (low, high) if said.genre else (min(low, 80.0), min(high, 88.0))
    if said.pace == "fast":
        low, high = high * 1.05, high * 1.2
        return (low, high) if said.genre else (max(low, 128.0), max(high, 150.0))
    pace = mood.pace if mood else 1.0
    return low * pace, high * pace


def _modes(style: Style, mood: styles.Mood | None, said: Said) -> tuple[str, ...]:
    """The modes that will do: those asked for; else of the mood's those that the kind of music has, or the mood's first."""
    if said.modes:
        return said.modes
    usual = said.genre.modes if said.genre and said.genre.modes else style.modes
    if mood is None:
        return usual
    return tuple(mode for mode in usual if mode in mood.modes) or mood.modes[:1]


def _metre(style: Style, given: Given | None, do: str) -> Metre:
    if do == "play" and given is not None and given.metre is not None:
        return given.metre  # whatever the style is used to: what is played stays as it is
    if do == "harmonise" and given is not None and given.metre is not None and str(given.metre) in steps.METRES:
        return given.metre
    return style.metre


def _notes(
    wanted: Wanted,
    given: Given | None,
    do: str,
    modes: tuple[str, ...],
    metre: Metre,
    random: np.random.Generator,
) -> tuple[Key, tuple[Note, ...], int]:
    """The key, and the notes given, in it."""
    if given is None:
        drawn = _new_key(modes, random)
        key = wanted.key or drawn
        return Key((key.tonic + wanted.transpose) % 12, key.mode), (), 0
    key = given.key or keys.guess(given.notes)
    if wanted.key is not None and (do == "continue" or given.counted):
        key = wanted.key
    notes, pickup = given.notes, given.pickup
    if do in {"vary", "continue", "harmonise"}:
        notes = notes[:MAX_NOTES]
    if given.metre is not None and given.metre != metre:
        notes, pickup = working.in_metre(notes, given.metre, metre, pickup)
    if wanted.key is not None and wanted.key != key:
        notes, key = working.to_key(notes, key, wanted.key), wanted.key
    if wanted.transpose:
        notes, key = working.moved(notes, wanted.transpose), Key((key.tonic + wanted.transpose) % 12, key.mode)
    return key, _heard(notes), pickup


def _remarks(left_out: int, said: Said, style: Style, metre: Metre, wanted: Wanted) -> tuple[str, ...]:
    """What is done otherwise than asked."""
    found = []
    if left_out:
        found.append(
            ngettext(
                "{n} more bar of the notes given was too much.", "{n} more bars of the notes given were too much.", left_out
            ).format(n=left_out)
        )
    if said.genre is not None and not said.genre.own and wanted.style == AUTO:
        found.append(
            _("There is no style “{name}” here; the nearest is: {style}.").format(
                name=said.genre.name if said.genre.name in said.called else said.called, style=_(naming.STYLES[style.name])
            )
        )
    for name, instrument in said.near.items():
        found.append(
            _("There is no “{name}” here; the nearest is: {instrument}.").format(
                name=name, instrument=_(naming.INSTRUMENTS[instrument])
            )
        )
    if said.metre is not None and said.metre != metre:
        found.append(
            _("It is in {metre}; tunes of this kind in {asked} are not made here.").format(metre=metre, asked=said.metre)
        )
    return tuple(found)


def _cut(notes: tuple[Note, ...], do: str, metre: Metre, pickup: int, tempo: float) -> tuple[tuple[Note, ...], int]:
    """Of notes given the bars that can be played, and how many bars were left out."""
    if do not in {"play", "restyle"}:
        return notes, 0
    have = working.bars_in(notes, metre, pickup)
    bar_s = metre.bar / QUARTER * 60 / tempo
    most = max(1, min(MOST_PLAYED, int(LONGEST_S / bar_s)))
    if have <= most:
        return notes, 0
    end, at, kept = pickup + most * metre.bar, 0, []
    for note in notes:
        if at >= end:
            break
        kept.append(Note(note.pitch, min(note.length, end - at)))
        at += note.length
    return tuple(kept), have - most


def _heard(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes at an octave that instruments have."""
    pitches = [note.pitch for note in notes if note.pitch is not None]
    if not pitches:
        raise Unmakeable(_("There is no note among the notes given, only rests."))
    return working.moved(notes, fitted(notes, "piano")) if min(pitches) < 28 or max(pitches) > 100 else tuple(notes)


def _new_key(modes: tuple[str, ...], random: np.random.Generator) -> Key:
    mode = modes[int(random.integers(len(modes)))]
    return Key(TONICS[mode][int(random.integers(len(TONICS[mode])))], mode)


def _bars(wanted: Wanted, do: str, notes: tuple[Note, ...], metre: Metre, pickup: int) -> int:
    have = working.bars_in(notes, metre, pickup)
    if do in {"restyle", "play"}:
        return max(1, have)
    if do == "vary" or (do == "harmonise" and notes):
        if have > MOST_BARS:
            raise Unmakeable(_("These notes fill {bars} bars; at most {most} can be played.").format(bars=have, most=MOST_BARS))
        return max(1, have)
    if not notes:
        return wanted.bars
    if not wanted.has_bars:
        return min(MOST_BARS, max(wanted.bars, have + 4))
    if have >= wanted.bars:
        raise Unmakeable(
            _(
                "The notes given fill {have} bars already; ask for more bars than that, or to play, vary or harmonise them."
            ).format(have=have)
        )
    return wanted.bars


def _lead(band: Band, wanted: str, number: int, random: np.random.Generator) -> str:
    first = len(band.lead) == 1 or (number == 0 and random.random() < 0.6)
    drawn = band.lead[0 if first else int(random.integers(len(band.lead)))]
    return drawn if wanted == AUTO else wanted
