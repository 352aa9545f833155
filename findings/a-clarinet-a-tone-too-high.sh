#!/usr/bin/env bash
# Guessed: a MusicXML score made into MIDI sounds as it is meant: a clarinet in B flat a tone lower than its part is written.
# Seen: verovio does so. music21 and partitura put the written notes into the MIDI, without a word, so that a clarinet in unison with a
# piano plays a tone above it. music21 is right where toSoundingPitch() is called before, which its own writer does for a lone part only.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile verovio==6.4.1 music21==10.5.1 partitura==1.9.0 mido==1.3.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import base64
import io
import sys
from importlib.metadata import version
from pathlib import Path

import mido
import partitura
import verovio
from music21 import converter

def part(name, transpose, steps):
    notes = "".join(f"<note><pitch><step>{step}</step><octave>5</octave></pitch><duration>1</duration><type>quarter</type></note>" for step in steps)
    attributes = f"<attributes><divisions>1</divisions><key><fifths>{2 if transpose else 0}</fifths></key><time><beats>4</beats><beat-type>4</beat-type></time>"
    attributes += f"<clef><sign>G</sign><line>2</line></clef>{transpose}</attributes>"
    return f'<part id="{name}"><measure number="1">{attributes}{notes}</measure></part>'

names = "".join(f'<score-part id="{name}"><part-name>{name}</part-name></score-part>' for name in ("Clarinet", "Piano"))
a_tone_lower = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
xml = f'<score-partwise version="4.0"><part-list>{names}</part-list>{part("Clarinet", a_tone_lower, "DEDE")}{part("Piano", "", "CDCD")}</score-partwise>'
Path("unison.musicxml").write_text(xml)

def tracks(file):
    """MIDI pitches of each track that has notes, the first four."""
    played = ([event.note for event in track if event.type == "note_on" and event.velocity][:4] for track in file.tracks)
    return [notes for notes in played if notes]

def by_verovio():
    toolkit = verovio.toolkit()
    toolkit.loadData(xml)
    return tracks(mido.MidiFile(file=io.BytesIO(base64.b64decode(toolkit.renderToMIDI()))))

def by_music21(score):
    return tracks(mido.MidiFile(score.write("midi", fp="of-music21.mid")))

def by_partitura():
    partitura.save_score_midi(partitura.load_musicxml("unison.musicxml"), "of-partitura.mid", part_voice_assign_mode=0)
    return tracks(mido.MidiFile("of-partitura.mid"))

score = converter.parse("unison.musicxml")
seen = {
    "verovio": by_verovio(),
    "music21": by_music21(score),
    "music21, toSoundingPitch()": by_music21(score.toSoundingPitch()),
    "music21, the part alone": by_music21(score.parts[0]),
    "partitura": by_partitura(),
}
print(" ".join(f"{package} {version(package)}" for package in ("verovio", "music21", "partitura")), "(clarinet and piano in unison from C, 72)")
for how, notes in seen.items():
    print("   ", f"{how:27}", *notes)
unison = [[72, 74, 72, 74]] * 2
held = seen["verovio"] == unison == seen["music21, toSoundingPitch()"] and seen["music21, the part alone"] == unison[:1]
held &= all(sorted(seen[reader]) == [[72, 74, 72, 74], [74, 76, 74, 76]] for reader in ("music21", "partitura"))
sys.exit(0 if held else "changed")
PY
