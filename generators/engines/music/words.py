"""What the words of an order ask of music: pace, key, metre, players, kind, mood, in five languages. It knows no notes.

The phrases stand in `words.toml`. A text is cut into the longest of them; what is negated turns into its contrary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from generators.engines.music import keys
from generators.engines.music.genres import Genre, genres, mixed, table
from generators.engines.music.notation import Key, Metre
from generators.engines.music.styles import mood_of, moods, styles

SHORT = 4  # words: a text of so few speaks of music and nothing else
BPM = (30, 300)  #: as the option `tempo` has them
UNITS = r"bpm|beats?(?: per minute| a minute)?|schläge|pulsations|battements|pulsos|拍(?!子)"
NUMBER = re.compile(rf"(\d{{2,3}})\s*(?:{UNITS})\b|(?:tempo|bpm|♩\s*=|每分钟)\s*:?\s*(\d{{2,3}})", re.IGNORECASE)
METRE = re.compile(r"(?<![\d/])(\d{1,2})/(2|4|8|16)(?![\d/])")
NOTE = {"do": "C", "ut": "C", "ré": "D", "re": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A", "si": "B"}
SHARP = r"(?:[#♯]|[\s-]?sharp\b|is\b|[\s-]?dièse|[\s-]?sostenido)"
FLAT = r"(?:[b♭](?![a-z])|[\s-]?flat\b|e?s\b|[\s-]?bémol|[\s-]?bemol)"
MODES = "minor|major|min|maj|moll|dur|mineur|majeur|menor|mayor|dorian|mixolydian|lydian|phrygian|小调|大调|dorisch|mixolydisch"
KEY = re.compile(
    rf"(?<![\w])(?P<note>[A-Ga-gHh]|do|ut|ré|re|mi|fa|sol|la|si)(?P<sharp>{SHARP})?(?P<flat>{FLAT})?[\s-]*(?P<mode>{MODES})(?![a-z])",
    re.IGNORECASE,
)
IN_KEY = re.compile(r"\b(?:in|en)\s+(?P<note>[A-G])(?P<sharp>[#♯]|[\s-]sharp)?(?P<flat>[b♭]|[\s-]flat)?(?![\w'])(?!\s*/)")
MODE_NAMES = {
    "min": "minor", "moll": "minor", "mineur": "minor", "menor": "minor", "小调": "minor", "phrygian": "minor",
    "dorisch": "dorian", "mixolydisch": "mixolydian", "mixolydian": "mixolydian", "dorian": "dorian", "minor": "minor",
}  # fmt: skip
CONTRARY = {"slow": "fast", "fast": "slow"}
BRIGHT = {"cheerful", "energetic", "heroic", "playful", "festive"}  #: moods; their contrary is in minor, that of others in major
#: Who is meant together where one name is denied, or a family is named.
FAMILIES = {
    "brass": ("trumpet", "horn"), "woodwind": ("clarinet", "flute", "oboe", "recorder", "saxophone"),
    "bass": ("double bass", "bass guitar", "synth bass"), "guitar": ("guitar", "steel guitar"),
    "piano": ("piano", "electric piano"), "strings": ("strings", "fiddle", "cello", "pizzicato strings"),
}  # fmt: skip
LENTO = (45.0, 62.0)  #: felt beats a minute; beside a kind of music it is the plain word for slow in two languages
#: A number by itself where music is spoken of: "polka, 120", "swing at 160".
BARE = re.compile(r"(?:\bat|@|,)\s*(\d{2,3})\s*$")
ENDINGS = ("es", "er", "en", "em", "e", "s", "n", "ly")


@dataclass(slots=True, kw_only=True)
class Said:
    """What a text asks for; empty where it asks for nothing."""

    tempo: tuple[float, float] | None = None  #: felt beats a minute
    pace: str = ""  #: "slow" or "fast", beside what is usual
    key: Key | None = None
    modes: tuple[str, ...] = ()
    metre: Metre | None = None
    genre: Genre | None = None
    called: str = ""  #: the genre in the words of the text
    players: tuple[str, ...] = ()  #: instruments, in the order they were named
    alone: bool = False  #: nobody but those
    without: frozenset[str] = frozenset()
    near: dict[str, str] = field(default_factory=dict)  #: by the name of an instrument that is not here the nearest
    drums: bool | None = None
    mood_text: str = ""  #: what is left for the mood
    rest: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Phrase:
    kind: str
    value: str
    sure: bool = True  #: whether it is of music wherever it stands


@cache
def _phrases() -> Mapping[tuple[str, ...], _Phrase]:
    found: dict[tuple[str, ...], _Phrase] = {(name,): _Phrase("genre", name) for name in styles()}
    found |= {(name + "s",): _Phrase("genre", name) for name in styles()}
    found |= {tuple(name.split()): _Phrase("genre", name) for name in styles()}
    for kind, rows in table().items():
        for value, row in rows.items():
            if value == "near":
                for name, near in row.items():
                    found |= _rows("genre", name, near["words"])
            else:
                found |= _rows(kind, value, row)
    return found


def _rows(kind: str, value: str, text: str) -> dict[tuple[str, ...], _Phrase]:
    phrases = [phrase.strip() for phrase in text.replace("\n", " ").split(",")]
    return {
        tuple(_tokens(phrase.rstrip("?"))): _Phrase(kind, value, sure=not phrase.endswith("?")) for phrase in phrases if phrase
    }


@cache
def _han() -> re.Pattern[str]:
    words = {"".join(phrase) for phrase in _phrases() if re.search(r"[\u3400-\u9fff]", phrase[0])}
    words |= {word for mood in moods().values() for word in mood.zh}
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


def _tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*|[&/.,;:!?，。；！？]", text.casefold().replace("’", "'"))


def read(text: str) -> Said:
    """What a text asks for."""
    said = Said()
    text = _numbers(re.sub(r"([升降])([A-Ga-g])", lambda each: each[2] + {"升": "#", "降": "b"}[each[1]], text), said)
    tokens = _tokens(_han().sub(lambda found: f" {found[0]} ", text))
    marked = list(_marked(tokens))
    words = [token for token in tokens if token[0].isalnum()]
    musical = len(words) <= SHORT or said.tempo is not None or said.key is not None or said.metre is not None
    musical = musical or any(
        phrase and phrase.sure and phrase.kind in {"music", "instrument", "genre", "tempo"} for phrase, _w, _n in marked
    )
    for phrase, word, negated in marked:
        if phrase is not None and (phrase.sure or musical):
            _take(said, phrase, word, negated=negated)
        elif not negated:
            said.rest.append(word)
        elif musical and (mood := mood_of(word)):
            _mood(said, mood.name, negated=True)
    if musical and said.tempo is None and (bare := BARE.search(text)) and BPM[0] <= int(bare[1]) <= BPM[1]:
        said.tempo = (float(bare[1]), float(bare[1]))
    if said.tempo == LENTO and said.genre is not None:
        said.tempo, said.pace = None, "slow"
    said.mood_text = " ".join(said.rest)
    return said


def _numbers(text: str, said: Said) -> str:
    """Beats a minute, key and metre; what is left of the text."""
    if (found := NUMBER.search(text)) and BPM[0] <= int(found[1] or found[2]) <= BPM[1]:
        pace = float(found[1] or found[2])
        said.tempo = (pace, pace)
        text = text[: found.start()] + " " + text[found.end() :]
    if (found := METRE.search(text)) and 1 <= int(found[1]) <= 16:
        said.metre = Metre(int(found[1]), int(found[2]))
        text = text[: found.start()] + " " + text[found.end() :]
    for pattern in (KEY, IN_KEY):
        if said.key is None and (found := pattern.search(text)) and (key := _key(found)) is not None:
            said.key = key
            text = text[: found.start()] + " " + text[found.end() :]
    return text


def _key(found: re.Match[str]) -> Key | None:
    named, mode = found["note"], (found.groupdict().get("mode") or "major").casefold()
    note = NOTE.get(named.casefold(), named.upper())
    flat = bool(found["flat"])
    if note == "H":
        note = "B"  # German
    elif note == "B" and mode in {"dur", "moll"}:
        flat = True
    if named == "a" and mode in {"minor", "major"} and re.match(r"\s*\w", found.string[found.end() :]):
        return None  # "a minor detail"
    return keys.named(f"{note}{'#' if found['sharp'] else 'b' if flat else ''} {MODE_NAMES.get(mode, 'major')}")


def _marked(tokens: list[str]) -> Iterator[tuple[_Phrase | None, str, bool]]:
    """The text in the longest phrases, and whether each is negated."""
    at, negated, reach = 0, False, 0
    while at < len(tokens):
        phrase, used = _longest(tokens, at)
        word = " ".join(tokens[at : at + used])
        at += used
        if not word[0].isalnum() or (phrase and (phrase.kind, phrase.value) == ("turning", "but")):
            negated = False
        elif phrase and (phrase.kind, phrase.value) == ("turning", "not"):
            negated, reach = True, 2
        elif not (phrase and phrase.kind == "turning"):
            yield phrase, word, negated
            reach -= 1
            negated = negated and reach > 0


def _longest(tokens: list[str], at: int) -> tuple[_Phrase | None, int]:
    for used in range(min(5, len(tokens) - at), 0, -1):
        if phrase := _phrases().get(tuple(tokens[at : at + used])):
            return phrase, used
    word = tokens[at]
    stems = (word.removesuffix(ending) for ending in ENDINGS if word.endswith(ending) and len(word) - len(ending) >= 4)
    return next((phrase for stem in stems if (phrase := _phrases().get((stem,)))), None) or _compound(tokens, at), 1


def _compound(tokens: list[str], at: int) -> _Phrase | None:
    """The end of a German word made of two, the beginning of which is put behind it: Klaviersolo, Trauerwalzer."""
    word = tokens[at]
    for cut in range(4, len(word) - 3):
        first, last = (
            _phrases().get((word[:cut].removesuffix("s"),)) or _phrases().get((word[:cut],)),
            _phrases().get((word[cut:],)),
        )
        if first and last:
            tokens.insert(at + 1, word[:cut] if (word[:cut],) in _phrases() else word[:cut].removesuffix("s"))
            return last
    return None


def _take(said: Said, phrase: _Phrase, word: str, *, negated: bool) -> None:
    kind, value = phrase.kind, phrase.value
    if kind == "tempo" and not negated:
        low, high = map(float, value.split())
        said.tempo = said.tempo or (low, high)
    elif kind == "pace":
        said.pace = CONTRARY[value] if negated else value
    elif kind == "mode":
        said.modes = ({"major": "minor"}.get(value, "major"),) if negated else (value,)
    elif kind == "metre" and not negated:
        beats, unit = map(int, value.split("/"))
        said.metre = said.metre or Metre(beats, unit)
    elif kind in {"instrument", "instrument_near", "family"}:
        _named(said, phrase, word, negated=negated)
    elif kind == "players":
        said.alone = said.alone or not negated
    elif kind == "genre" and not negated:
        genre = genres()[value]
        said.pace = said.pace or ("slow" if value == "ballad" else "")  # a jazz ballad; our own is slow anyway
        said.genre = mixed(said.genre, genre)
        said.called = word if said.genre.name == genre.name else said.called
    elif kind == "mood":
        _mood(said, value, negated=negated)
    elif kind == "music":
        said.rest.append(word)


def _named(said: Said, phrase: _Phrase, word: str, *, negated: bool) -> None:
    """An instrument, one that is only near, or a family."""
    if phrase.kind == "family" and not negated:
        if phrase.value != "bass":  # deep bass is no solo for it
            _player(said, FAMILIES[phrase.value][0], negated=False)
        return
    if phrase.kind == "instrument_near" and not negated:
        said.near[word] = phrase.value
    _player(said, phrase.value, negated=negated)


def _player(said: Said, name: str, *, negated: bool) -> None:
    if name == "drums":
        said.drums = not negated
    elif negated:
        said.without |= set(FAMILIES.get(name, (name,)))
    elif name not in said.players:
        said.players = (*said.players, name)


def _mood(said: Said, name: str, *, negated: bool) -> None:
    if not negated:
        said.rest.append(name)
    else:
        said.modes = said.modes or (("minor",) if name in BRIGHT else ("major",))
