#!/usr/bin/env bash
# Guessed: a tune of two endings lasts as long in MIDI whether verovio reads it as ABC or as MusicXML.
# Seen: from ABC it plays the first ending both times, the second after it: of endings it reads none. `::` is no bar line to it: two bars
# become one of eight quarters, and both sections are played as one, twice. Nothing is logged. From MusicXML both tunes come out right,
# and by music21 from either.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile verovio==6.4.1 music21==10.5.1 mido==1.3.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import base64
import io
import sys
from importlib.metadata import version

import mido
import verovio
from music21 import converter, midi

PITCHES = dict(zip((60, 62, 64, 65, 67, 69, 71, 72), "CDEFGABc", strict=True))
HEAD = "X:1\nT:Tea\nM:4/4\nL:1/4\nK:C\n"
BARS = {"endings": ["CDEF", "GABc", "GGGG", "CCCC"], "sections": ["CDEF", "GABc", "cBAG", "FEDC"]}
ABC = {"endings": "|: C D E F | G A B c |1 G G G G :|2 C C C C |]", "sections": "|: C D E F | G A B c :: c B A G | F E D C :|"}
PLAYED = {"endings": "CDEF GABc GGGG CDEF GABc CCCC", "sections": "CDEF GABc CDEF GABc cBAG FEDC cBAG FEDC"}
FORWARD, BACKWARD = ('<repeat direction="forward"/>', '<repeat direction="backward"/>')
LINES = {  # of each bar in MusicXML, at its left and at its right
    "endings": [
        (FORWARD, ""),
        ("", ""),
        ('<ending number="1" type="start"/>', '<ending number="1" type="stop"/>' + BACKWARD),
        ('<ending number="2" type="start"/>', '<ending number="2" type="stop"/>'),
    ],
    "sections": [(FORWARD, ""), ("", BACKWARD), (FORWARD, ""), ("", BACKWARD)],
}

def line(side, inside):
    return f'<barline location="{side}">{inside}</barline>' if inside else ""

def note(letter):
    step, octave = letter.upper(), 5 if letter == "c" else 4
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note>{pitch}<duration>1</duration><type>quarter</type></note>"

def musicxml(tune):
    bars = []
    for number, (letters, (left, right)) in enumerate(zip(BARS[tune], LINES[tune], strict=True), 1):
        metre = "<divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time>"
        first = f"<attributes>{metre}</attributes>" if number == 1 else ""
        bars.append(f'<measure number="{number}">{first}{line("left", left)}{"".join(map(note, letters))}{line("right", right)}</measure>')
    parts = '<part-list><score-part id="P1"><part-name>Tea</part-name></score-part></part-list>'
    return f'<?xml version="1.0"?><score-partwise version="4.0">{parts}<part id="P1">{"".join(bars)}</part></score-partwise>'

def notes(content):
    """The bars that a MIDI file plays, in letters."""
    played = [PITCHES[one.note] for one in mido.MidiFile(file=io.BytesIO(content)) if one.type == "note_on" and one.velocity]
    return " ".join("".join(played[at : at + 4]) for at in range(0, len(played), 4))

def by_verovio(text, kind):
    toolkit = verovio.toolkit()
    toolkit.setOptions({"inputFrom": {"musicxml": "xml"}.get(kind, kind)})
    toolkit.loadData(text)
    return notes(base64.b64decode(toolkit.renderToMIDI()))

def read_of_abc(tune):
    """How many bars and endings verovio finds."""
    toolkit = verovio.toolkit()
    toolkit.setOptions({"inputFrom": "abc"})
    toolkit.loadData(HEAD + ABC[tune] + "\n")
    return toolkit.getMEI().count("<measure "), toolkit.getMEI().count("<ending ")

def by_music21(text, kind):
    return notes(midi.translate.music21ObjectToMidiFile(converter.parse(text, format=kind)).writestr())

seen = {}
for tune, expected in PLAYED.items():
    for kind, text in (("abc", HEAD + ABC[tune] + "\n"), ("musicxml", musicxml(tune))):
        for reader, read in (("verovio", by_verovio), ("music21", by_music21)):
            played = read(text, kind)
            seen[tune, kind, reader] = played == expected
            print(f"{reader} {version(reader)} from {kind:8} {tune:8} {'right' if played == expected else 'wrong'}: {played}")
read = {tune: read_of_abc(tune) for tune in PLAYED}
print("bars and endings that verovio finds in ABC:", read)
wrong = {key for key, right in seen.items() if not right}
held = wrong == {(tune, "abc", "verovio") for tune in PLAYED} and read == {"endings": (4, 0), "sections": (3, 0)}
sys.exit(0 if held else f"changed: {wrong}")
PY
