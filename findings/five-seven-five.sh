#!/usr/bin/env bash
# Guessed: a package that counts syllables is right on at least nine haiku lines of ten, so that 5-7-5 can be checked with it.
# Seen: of 18 plain lines syllables 1.1.5 is right on 11 ("walked", "leaves", "sign" are two to it), pyphen 0.18.1 on 10 (it
# parts off no single letter: "opens" and "over" are one), pronouncing 0.3.0, a dictionary, on 18.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile syllables==1.1.5 pyphen==0.18.1 pronouncing==0.3.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import re
import sys
from importlib.metadata import version

import pronouncing
import pyphen
import syllables

LINES = {
    "An old silent pond": 5, "A frog jumps into the pond": 7, "Splash! Silence again": 5, "Over the wintry": 5,
    "forest, winds howl in a rage": 7, "with no leaves to blow": 5, "I write, erase, rewrite": 6, "Erase again, and then": 6,
    "A poppy blooms": 4, "In the cicada's cry": 6, "No sign can foretell": 5, "How soon it must die": 5, "Light of the moon": 4,
    "Moves west, flowers' shadows": 6, "Creep eastward": 3, "The tea bar opens": 5, "Seven employees laughed": 6,
    "She walked and talked and played": 6,
}
parts = pyphen.Pyphen(lang="en_US")
COUNT = {
    "syllables": syllables.estimate,
    "pyphen": lambda word: parts.inserted(word).count("-") + 1,
    "pronouncing": lambda word: pronouncing.syllable_count((pronouncing.phones_for_word(word.lower()) or pronouncing.phones_for_word(word.lower().rstrip("s'")))[0]),
}
seen = {}
for name, count in COUNT.items():
    told = {line: sum(map(count, re.findall("[A-Za-z']+", line))) for line in LINES}
    seen[name] = sum(told[line] == right for line, right in LINES.items())
    print(name, version(name), seen[name], "of", len(LINES), {line: (told[line], LINES[line]) for line in LINES if told[line] != LINES[line]})
sys.exit(0 if seen["syllables"] <= 12 and seen["pyphen"] <= 12 and seen["pronouncing"] >= 17 else "changed")
PY
