#!/usr/bin/env bash
# Guessed: read from ABC, a sharp holds to the end of the bar, and [CEG]2 lasts as long as [C2E2G2]; the documentation shows accidentals
# and chords, and lists other things as limitations.
# Seen: by verovio, in sound, the sharp is for its own note alone, whether or not the file says that it is ABC 2.1, and the 2 behind a
# chord is left out, so that all that follows comes early. symusic plays both as the standard of ABC says.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile verovio==6.4.1 symusic==0.6.0 mido==1.3.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import base64
import io
import sys
from importlib.metadata import version
from pathlib import Path

import mido
import symusic
import verovio

def by_verovio(abc):
    """Notes as (quarters from the start, MIDI pitch)."""
    toolkit = verovio.toolkit()
    toolkit.setOptions({"inputFrom": "abc"})
    toolkit.loadData(abc)
    file = mido.MidiFile(file=io.BytesIO(base64.b64decode(toolkit.renderToMIDI())))
    notes, ticks = [], 0
    for event in mido.merge_tracks(file.tracks):
        ticks += event.time
        if event.type == "note_on" and event.velocity:
            notes.append((round(ticks / file.ticks_per_beat, 1), event.note))
    return sorted(notes)

def by_symusic(abc):
    Path("tune.abc").write_text(abc)
    score = symusic.Score("tune.abc")
    return sorted((round(note.time / score.ticks_per_quarter, 1), note.pitch) for track in score.tracks for note in track.notes)

TUNES = {
    "a sharp": "X:1\nT:a\nM:4/4\nL:1/4\nK:C\n^F F F F|F4|]\n",
    "the same, of ABC 2.1": "%abc-2.1\nX:1\nT:a\nM:4/4\nL:1/4\nK:C\n^F F F F|F4|]\n",
    "[CEG]2 c2": "X:1\nT:a\nM:4/4\nL:1/4\nK:C\n[CEG]2 c2|]\n",
    "[C2E2G2] c2": "X:1\nT:a\nM:4/4\nL:1/4\nK:C\n[C2E2G2] c2|]\n",
}
print("verovio", version("verovio"), "symusic", version("symusic"))
seen = {}
for name, abc in TUNES.items():
    for reader, read in (("verovio", by_verovio), ("symusic", by_symusic)):
        seen[name, reader] = read(abc)
        print("   ", f"{name:21} {reader:8}", seen[name, reader])

def pitches(name, reader):
    return [pitch for _, pitch in seen[name, reader]]

sharp, alone = [66, 66, 66, 66, 65], [66, 65, 65, 65, 65]
held = all(pitches(name, "symusic") == sharp and pitches(name, "verovio") == alone for name in list(TUNES)[:2])
last = {key: notes[-1] for key, notes in seen.items()}
held &= last["[CEG]2 c2", "verovio"] == (1.0, 72) and all(last[key] == (2.0, 72) for key in last if "c2" in key[0] and key != ("[CEG]2 c2", "verovio"))
sys.exit(0 if held else "changed")
PY
