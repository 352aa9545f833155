#!/usr/bin/env bash
# Guessed: where a word was found in a text, text[start:end] is that word.
# Seen: flashtext2 says of a word of one Chinese character that closes the text that it ends at 1, wherever it begins: who marks it marks
# nothing, or turns the text about. In the middle of a text, and of longer words, the end is right; flashtext, whose heir it is, has all.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile flashtext2==1.1.0 flashtext==2.7
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import flashtext
import flashtext2

WORDS = {"茶": "tea", "图": "picture", "茶馆": "tea house", "图书馆": "library", "名字": "name", "c": "language"}
TEXTS = ("开茶馆的人都喝茶", "去图书馆看图", "茶和图", "要喝茶。", "给茶馆起名字", "written in c")

def found(processor, text):
    """(found word, start, end) of each, and what stands there."""
    for word, meaning in WORDS.items():
        processor.add_keyword(word, meaning)
    spans = processor.extract_keywords_with_span(text) if hasattr(processor, "extract_keywords_with_span") else processor.extract_keywords(text, span_info=True)
    return [(start, end, text[start:end]) for _, start, end in spans]

print("flashtext2", version("flashtext2"), "flashtext", version("flashtext"))
seen = {text: (found(flashtext.KeywordProcessor(), text), found(flashtext2.KeywordProcessor(case_sensitive=False), text)) for text in TEXTS}
for text, (first, second) in seen.items():
    print("   ", text, second, "" if first == second else f"flashtext: {first}")
differ = {text: (first[-1], second[-1]) for text, (first, second) in seen.items() if first != second}
held = differ == {"开茶馆的人都喝茶": ((7, 8, "茶"), (7, 1, "")), "去图书馆看图": ((5, 6, "图"), (5, 1, "")), "茶和图": ((2, 3, "图"), (2, 1, ""))}
sys.exit(0 if held else "changed")
PY
