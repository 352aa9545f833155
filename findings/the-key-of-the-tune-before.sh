#!/usr/bin/env bash
# Guessed: what a fresh verovio.toolkit() reads from ABC does not depend on what another one read before.
# Seen: a tune in C is played in the key of the last one that had sharps or flats: after one in E flat it has E flat, A flat and B flat,
# and C sharp and F sharp after one in D, without a word. A minor and D dorian are taken so, too. In a new process C is C.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile verovio==6.4.1 mido==1.3.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import base64
import io
import sys
from importlib.metadata import version

import mido
import verovio

def played(key):
    """MIDI pitches of the eight notes from C to c in a key, read by a toolkit of its own."""
    toolkit = verovio.toolkit()
    toolkit.setOptions({"inputFrom": "abc"})
    toolkit.loadData(f"X:1\nT:{key}\nM:4/4\nL:1/4\nK:{key}\nC D E F|G A B c|]\n")
    file = mido.MidiFile(file=io.BytesIO(base64.b64decode(toolkit.renderToMIDI())))
    return [event.note for track in file.tracks for event in track if event.type == "note_on" and event.velocity]

WHITE = [60, 62, 64, 65, 67, 69, 71, 72]
FLAT = [60, 62, 63, 65, 67, 68, 70, 72]
SHARP = [61, 62, 64, 66, 67, 69, 71, 73]
seen = [(key, played(key)) for key in ("C", "Eb", "C", "Am", "Ddor", "D", "C")]
print("verovio", version("verovio"), "(60 is C, 63 E flat, 61 C sharp)")
for key, notes in seen:
    print("   ", f"{key:5}", notes)
sys.exit(0 if [notes for _, notes in seen] == [WHITE, FLAT, FLAT, FLAT, FLAT, SHARP, SHARP] else "changed")
PY
