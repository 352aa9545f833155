"""The fields of an ABC tune: header, voices, metre, unit of length, tempo. It knows no notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from generators.engines.music.notation import QUARTER, Metre

FREE = {"C": "4/4", "C|": "4/4", "": "4/4", "2/2": "4/4", "none": "4/4", "free": "4/4"}
DECORATION = re.compile(r"\+([^+\s]{1,20})\+")
SIGN = re.compile(r'!([^!|"]{1,24})!|"[\^_<>@]?([^"|]{1,30})"')
#: How books write where to go, in small letters alone; as our own inline field `[j:…]` says it.
GOING = {
    "segno": "segno", "coda": "coda", "tocoda": "coda", "alcoda": "coda", "fine": "fine",
    **dict.fromkeys(("dc", "dacapo", "dcalfine", "dacapoalfine", "dcalcoda", "dacapoalcoda", "dacoda"), "capo"),
    **dict.fromkeys(("ds", "dalsegno", "dsalfine", "dalsegnoalfine", "dsalcoda", "dalsegnoalcoda"), "dalsegno"),
}  # fmt: skip
CHORD = re.compile(r"(?:[_^=]*[A-Ga-g][,']*\d*/*\d*)+")


class Unreadable(ValueError):
    """The text is no ABC that we read; the message says where."""


def split(text: str) -> tuple[dict[str, str], str]:
    """Header fields, the first of each letter, and the music of the first voice without comments."""
    header: dict[str, str] = {}
    voices: dict[str, list[str]] = {"": []}
    voice = ""
    first = ""
    for line in _lines(text):
        first = first or _scored(line)
        line = line.split("%")[0].rstrip()
        if re.match(r"[A-Za-z+]:", line) and not line.startswith(("|:", "::")):
            if line[0] == "V" and "K" in header:
                voice = _voice(line[2:])
            elif "K" not in header or line[0] not in "KMLP":
                header.setdefault(line[0], line[2:].strip())
            elif voices.setdefault(voice, []) or voice or line[0] == "P":
                voices[voice].append(f"[{line[0]}:{line[2:].strip()}]")
        else:
            begun = re.match(r"\s*\[V:([^\]]*)\]", line)
            voice = _voice(begun[1]) if begun else voice
            voices.setdefault(voice, []).append(line.removesuffix("\\"))
    bodies = [" ".join(voices.get(first, [])), *map(" ".join, voices.values())]
    body = next((body for body in bodies if re.search("[A-Ga-g]", body)), "")
    if paced := re.search(r"\[Q:([^\]]*)\]", body):
        header.setdefault("Q", paced[1].strip())
    return header, body


def _lines(text: str) -> Iterator[str]:
    """The lines of the first tune; where a voice begins within one, a line begins."""
    headed = False
    for line in text.splitlines():
        if headed and line.startswith("X:"):
            return
        headed = headed or line.startswith("K:")
        yield from re.split(r"(?<=\S)\s*(?=\[V:)", line)


def _scored(line: str) -> str:
    """The voice that a %%score or %%staves puts on top."""
    found = re.match(r"%%(?:score|staves)\s+\W*([\w.-]+)", line)
    return found[1] if found else ""


def _voice(text: str) -> str:
    return (text.split() or [""])[0]


def plain(body: str) -> str:
    """The music without what is not played: chord names, decorations but those that say where to go, grace notes, overlays."""
    body = SIGN.sub(_going, body)
    body = re.sub(r'"[^"]*"|![^!\s]*!|\{[^}]*\}|`', "", body)
    body = DECORATION.sub(lambda found: f"[{found[1]}]" if CHORD.fullmatch(found[1]) else "", body)  # chords of ABC 1.6
    return re.sub(r"&[^|]*", "", body)


def _going(found: re.Match[str]) -> str:
    """A sign that says where to go, as a field of ours; another decoration or chord name as it is."""
    said = GOING.get(re.sub(r"[^a-z]", "", (found[1] or found[2]).casefold()))
    return f"[j:{said}]" if said else found[0]


def metre(text: str) -> Metre:
    """A metre; free ones are barred in 4/4.

    Raises:
        Unreadable: none.
    """
    text = text.strip()
    text = FREE.get(text, FREE.get(text.casefold(), text))
    found = re.match(r"\(?(\d{1,2}(?:\s*\+\s*\d{1,2})*)\)?\s*/\s*(1|2|4|8|16|32)\b", text)
    beats = sum(map(int, re.findall(r"\d+", found[1]))) if found else 0
    if not found or not 1 <= beats <= 32:
        raise Unreadable(f"metre {text[:20]!r}")
    return Metre(beats, int(found[2]))


def unit(text: str | None, of: Metre) -> Fraction:
    """The unit of length, in ticks.

    Raises:
        Unreadable: none.
    """
    if text is None:
        return Fraction(4 * QUARTER, 16 if of.beats / of.unit < 0.75 else 8)
    found = re.match(r"1\s*(?:/\s*(1|2|4|8|16|32|64))?\s*(?:$|[^\d/])", text + " ")
    if not found:
        raise Unreadable(f"unit of length {text[:20]!r}")
    return Fraction(4 * QUARTER, int(found[1] or 1))


def reach(text: str) -> str:
    """How far an accidental reaches within its bar: `pitch` (every octave), `octave` (its own), `not` (its own note).

    A tune says it (ABC 2.1, 11.3), or says that it is of ABC 2.1, where every octave is meant. The old books mean one octave, as
    notes on a staff do.
    """
    said = re.search(r"(?m)^(?:%%|I:)\s*propagate-accidentals\s+(not|octave|pitch)\b", text)
    version = re.match(r"\s*%abc-(\d+)\.(\d+)", text)
    if said:
        return said[1]
    return "pitch" if version and (int(version[1]), int(version[2])) >= (2, 1) else "octave"


def tempo(text: str | None) -> float | None:
    """Quarters a minute, of a field such as `1/4=66`, `"Allegro" 3/8=50` or `120`; None where none is said."""
    said = re.sub(r'"[^"]*"', "", text or "").strip()
    beats, equals, number = said.rpartition("=")
    found = re.match(r"\s*(\d+(?:\.\d+)?)", number)
    if not found:
        return None
    parts = [Fraction(int(above), int(below)) for above, below in re.findall(r"(\d{1,3})/(\d{1,3})", beats) if int(below)]
    quarters = sum(parts, Fraction(0)) * 4 if equals and parts else Fraction(1)
    pace = float(quarters) * float(found[1])
    return pace if pace > 0 else None
