"""What can be asked of a tune: one table, read by the engine, shown by the commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.words import N_, _
from generators.engines.making import Option, Unmakeable
from generators.engines.music import keys
from generators.engines.music.instruments import INSTRUMENTS
from generators.engines.music.notation import Key
from generators.engines.music.sound import FORMATS
from generators.engines.music.styles import moods, styles

AUTO = "auto"
WAYS = ("auto", "compose", "continue", "vary", "harmonise", "restyle", "play")
LEAST_BARS = 2  # one bar is no tune
MOST_BARS = 64  # two minutes of a reel; the melody model has read hardly anything longer
LONGEST_S = 240  # a slow air of 64 bars would be five minutes, which nobody hears to the end in a chat


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that can be asked for."""

    name: str
    help: str
    default: Option = AUTO
    choices: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None


OPTIONS = (
    Row(name="do", help=N_("compose, continue, vary, harmonise, restyle or play the notes given"), choices=WAYS),
    Row(name="style", help=N_("what kind of music: reel, waltz, ballad, hymn …"), choices=(AUTO, *styles())),
    Row(name="mood", help=N_("the feeling: cheerful, calm, heroic …; by itself it follows the words"), choices=(AUTO, *moods())),
    Row(name="tempo", help=N_("beats a minute"), default=0, lowest=30, highest=300),
    Row(name="bars", help=N_("length in bars"), default=12, lowest=LEAST_BARS, highest=MOST_BARS),
    Row(name="key", help=N_("for example D, F# minor, A dorian")),
    Row(name="transpose", help=N_("semitones up or down"), default=0, lowest=-24, highest=24),
    Row(name="notes", help=N_("notes to begin with or to work on: C4 E4 G4, or 1 3 5, or ABC"), default=""),
    Row(name="lead", help=N_("the instrument that plays the melody"), choices=(AUTO, *INSTRUMENTS)),
    Row(name="drums", help=N_("whether there may be drums"), default=True),
    Row(name="format", help=N_("of the sound file"), default="mp3", choices=tuple(FORMATS)),
    Row(name="seconds", help=N_("length in seconds; of a tune in bars, to the bar"), default=10, lowest=1, highest=LONGEST_S),
    Row(name="lyrics", help=N_("words to be sung, for a model that sings"), default=""),
)
BY_NAME = {row.name: row for row in OPTIONS}
YES, NO = {"1", "yes", "true", "on"}, {"0", "no", "false", "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for, checked. "auto" or "" where nothing is."""

    do: str
    style: str
    mood: str
    tempo: float  #: felt beats a minute; 0: what the style is used to
    bars: int
    has_bars: bool  #: whether the length was asked for, or is the usual one
    key: Key | None
    transpose: int
    notes: str
    lead: str
    drums: bool
    format: str
    seconds: float
    has_seconds: bool  #: whether the length was asked for so
    lyrics: str

    def timed(self, bar_s: float) -> Wanted:
        """The same with a length in bars where it was told in seconds alone; `bar_s`: how long a bar lasts, seconds."""
        if self.has_bars or not self.has_seconds:
            return self
        return replace(self, bars=min(MOST_BARS, max(LEAST_BARS, round(self.seconds / bar_s))), has_bars=True)


def read(given: Mapping[str, Option]) -> Wanted:
    """Checks what is asked for.

    Raises:
        Unmakeable: an unknown option, or a value that cannot be; says what can.
    """
    for name in given:
        if name not in BY_NAME:
            raise Unmakeable(
                _("A tune has no option “{name}”; it has {options}.").format(name=name[:30], options=", ".join(BY_NAME))
            )
    values = {row.name: _value(row, given.get(row.name, row.default)) for row in OPTIONS}
    key = None
    if values["key"] != AUTO:
        key = keys.named(str(values["key"]))
        if key is None:
            raise Unmakeable(
                _("“{key}” is no key. Write one like D, Bb, F# minor or A dorian.").format(key=str(values["key"])[:30])
            )
    return Wanted(
        do=str(values["do"]), style=str(values["style"]), mood=str(values["mood"]), tempo=float(values["tempo"]),
        bars=int(values["bars"]), has_bars="bars" in given, key=key, transpose=int(values["transpose"]),
        notes=str(values["notes"]),
        lead=str(values["lead"]), drums=bool(values["drums"]), format=str(values["format"]), seconds=float(values["seconds"]),
        has_seconds="seconds" in given,
        lyrics=str(values["lyrics"]),
    )  # fmt: skip


def _value(row: Row, value: Option) -> Option:
    if row.choices:
        return _choice(row, value)
    if row.lowest is not None and row.highest is not None:
        return _number(row, value)
    if isinstance(row.default, bool):
        word = str(value).strip().casefold()
        if word not in YES | NO:
            raise Unmakeable(_("“{name}” is yes or no, not “{value}”.").format(name=row.name, value=str(value)[:30]))
        return word in YES
    return str(value).strip()


def _choice(row: Row, value: Option) -> str:
    word = " ".join(str(value).strip().casefold().replace("_", " ").split())
    for choice in row.choices:
        if word == choice or word == choice + "s":
            return choice
    raise Unmakeable(
        _("There is no {name} “{value}”. There are: {choices}.").format(
            name=row.name, value=str(value)[:30], choices=", ".join(row.choices)
        )
    )


def _number(row: Row, value: Option) -> float:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    assert row.lowest is not None
    assert row.highest is not None
    if value == row.default:
        return number
    if not row.lowest <= number <= row.highest:
        raise Unmakeable(
            _("“{name}” is from {lowest} to {highest}, not {value}.").format(
                name=row.name, lowest=round(row.lowest), highest=round(row.highest), value=str(value)[:30]
            )
        )
    return number if row.name in {"tempo", "seconds"} else round(number)
