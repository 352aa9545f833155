#!/usr/bin/env bash
# Guessed: the regular expression that outlines-core makes of a pydantic model keeps its bounds (1 to 5, multiples of 5, no
# repeats), or it refuses them.
# Seen: outlines-core 0.2.14 leaves them out without a word: {"stars":9}, {"share":7.5}, {"step":3} and {"tags":["a","a"]} all
# match. Lengths and patterns of strings are kept. llguidance 1.9.1 keeps all but the repeats, which it refuses.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile outlines_core==0.2.14 llguidance==1.9.1 pydantic==2.14.4
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import json
import re
import sys
from importlib.metadata import version

from llguidance import LLMatcher, LLTokenizer
from outlines_core.json_schema import build_regex_from_schema
from pydantic import Field, create_model

WRONG = {
    "stars": (int, Field(ge=1, le=5), 9),
    "share": (float, Field(gt=0, lt=1), 7.5),
    "step": (int, Field(multiple_of=5), 3),
    "tags": (set[str], ..., ["a", "a"]),
    "name": (str, Field(min_length=3, max_length=5), "abcdefgh"),
    "kind": (str, Field(pattern="^[a-z]+$"), "A9"),
}
words = LLTokenizer("byte")

def guided(schema, text):
    matcher = LLMatcher(words, LLMatcher.grammar_from_json_schema(schema))
    if matcher.get_error():
        return "refused"
    return matcher.try_consume_tokens(words.tokenize_str(text)) == len(text) and matcher.is_accepting()

seen = {}
for field, (kind, rule, wrong) in WRONG.items():
    schema = json.dumps(create_model("Idea", **{field: (kind, rule)}).model_json_schema())
    text = json.dumps({field: wrong}, separators=(",", ":"))
    spaced = json.dumps({field: wrong})
    pattern = build_regex_from_schema(schema)
    seen[field] = bool(re.fullmatch(pattern, text) or re.fullmatch(pattern, spaced)), guided(schema, text)
    print(text, "taken by outlines-core, llguidance:", seen[field])
print("outlines_core", version("outlines_core"), "llguidance", version("llguidance"))
expected = {"stars": (True, False), "share": (True, False), "step": (True, False), "tags": (True, "refused"),
            "name": (False, False), "kind": (False, False)}
sys.exit(0 if seen == expected else "changed")
PY
