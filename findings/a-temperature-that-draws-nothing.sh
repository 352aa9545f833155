#!/usr/bin/env bash
# Guessed: six seeds at temperature 1.5 are six texts, whoever serves the model behind OpenAI's chat path.
# Seen: transformers 5.23.0 serve: one text, six times, at any temperature, where the model's own generation_config.json has
# no do_sample (as after save_pretrained). With {"do_sample": true} as a string in generation_config, six.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile torch==2.13.0 "transformers[serving]==5.23.0" accelerate==1.15.0
cd "$work"
export HF_HOME="$work/hf"
"$work/venv/bin/python" -W ignore - <<'PY'
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.metadata import version

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

letters = sorted(pre_tokenizers.ByteLevel.alphabet())
words = Tokenizer(models.BPE(vocab={letter: number for number, letter in enumerate([*letters, "<end>"])}, merges=[]))
words.pre_tokenizer, words.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, eos_token="<end>", pad_token="<end>")
tokenizer.chat_template = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
tokenizer.save_pretrained("tiny")
shape = LlamaConfig(vocab_size=257, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, eos_token_id=256)
LlamaForCausalLM(shape).save_pretrained("tiny")

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
code = "from transformers.cli.transformers import main; main()"
environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": os.getcwd(), "OMP_NUM_THREADS": "1"}
command = [sys.executable, "-c", code, "serve", os.path.abspath("tiny"), "--port", str(port), "--device", "cpu"]
server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

def asked(**more):
    body = {"model": os.path.abspath("tiny"), "messages": [{"role": "user", "content": "a name"}], "max_tokens": 16, **more}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["choices"][0]["message"]["content"]

try:
    for _ in range(300):
        try:
            asked(temperature=0)
            break
        except urllib.error.URLError:
            time.sleep(0.5)
    plain = {asked(temperature=1.5, seed=seed) for seed in range(6)}
    told = {asked(temperature=1.5, seed=seed, generation_config='{"do_sample": true}') for seed in range(6)}
finally:
    server.terminate()
    server.wait()
print("transformers", version("transformers"), "texts of six seeds:", len(plain), "told to sample:", len(told))
sys.exit(0 if len(plain) == 1 and len(told) >= 5 else "changed")
PY
