#!/usr/bin/env bash
# Guessed: the notes of a chord with their octaves, from root 4 upwards, rise.
# Seen: pychord writes a C flat with the octave of the B that it sounds as, and a B sharp with that of the C: A flat minor is Ab4 Cb4 Eb5,
# whose third lies nine semitones below its root, G sharp is G#4 B#5 D#5, and the seventh of D flat seven is below all the rest. G is right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile pychord==1.4.1 music21==10.5.1
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

from music21.pitch import Pitch
from pychord import Chord

def named(chord):
    return Chord(chord).components_with_pitch(4)

def midi(note):
    """MIDI pitch of a note like Ab4, by music21, which writes a flat as "-"."""
    return Pitch(note.replace("b", "-")).midi

print("pychord", version("pychord"), "music21", version("music21"))
seen = {chord: (named(chord), [midi(note) for note in named(chord)]) for chord in ("G", "Am", "Eb7", "Abm", "Db7", "G#", "C#M7", "Fdim")}
for chord, (notes, pitches) in seen.items():
    print("   ", f"{chord:5}", f"{' '.join(notes):18}", pitches)
roots = [f"{letter}{sign}" for letter in "ABCDEFG" for sign in ("", "b", "#")]
chords = [root + kind for root in roots for kind in ("", "m", "7", "m7", "M7")]
falling = [chord for chord in chords if (pitches := [midi(note) for note in named(chord)]) != sorted(pitches)]
print("    of", len(chords), "chords", len(falling), "do not rise:", *falling)
held = seen["G"][1] == [67, 71, 74] and seen["Abm"] == (["Ab4", "Cb4", "Eb5"], [68, 59, 75]) and seen["Db7"][1] == [61, 65, 68, 59]
held &= seen["G#"] == (["G#4", "B#5", "D#5"], [68, 84, 75]) and {"Abm", "Abm7", "Db7", "Dbm7", "G#", "G#7"} <= set(falling)
sys.exit(0 if held else "changed")
PY
