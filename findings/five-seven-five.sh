#!/usr/bin/env bash
# Guessed: a package that counts syllables is right on at least nine haiku lines of ten, so that 5-7-5 can be checked with it.
# Seen: of twelve plain lines syllables 1.1.5 is right on 5 ("walked", "erase", "people" get one too many), pyphen 0.18.1 on 5
# (it never parts off one letter: "open" is one), pronouncing 0.3.0 (CMU) on 10.
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
    "An old silent pond": 5, "The tea bar opens": 5, "with no leaves to blow": 5, "How soon it must die": 5,
    "No sign can foretell": 5, "Light of the moon": 4, "Creep eastward": 3, "Seven employees laughed": 6,
    "She walked and talked and played": 6, "Chocolate and people": 6, "Every hour a quiet fire": 7, "A frog jumps into the pond": 7,
}
parts = pyphen.Pyphen(lang="en_US")
COUNT = {
    "syllables": syllables.estimate,
    "pyphen": lambda word: parts.inserted(word).count("-") + 1,
    "pronouncing": lambda word: pronouncing.syllable_count(pronouncing.phones_for_word(word.lower())[0]),
}
seen = {}
for name, count in COUNT.items():
    told = {line: sum(map(count, re.findall("[A-Za-z]+", line))) for line in LINES}
    seen[name] = sum(told[line] == right for line, right in LINES.items())
    print(name, version(name), seen[name], "of", len(LINES), {line: (told[line], LINES[line]) for line in LINES if told[line] != LINES[line]})
sys.exit(0 if seen["syllables"] <= 7 and seen["pyphen"] <= 7 and seen["pronouncing"] >= 10 else "changed")
PY
