#!/usr/bin/env bash
# Guessed: two LoRA adapters put together with weights .5 and .5 by combination_type="linear" change the model by the mean of their
# changes, and an adapter with itself by its own.
# Seen: the matrices A and B are averaged one by one, each by the root of its weight, and then multiplied: of an adapter with itself the
# change comes out doubled, and of two drawn by chance it is farther from their mean than no change at all. "cat" gives the mean, at twice the rank.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile peft==0.21.2 transformers==5.23.0 torch==2.13.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import torch
from peft import LoraConfig, get_peft_model

torch.manual_seed(0)
lora = LoraConfig(r=4, target_modules=["0"], init_lora_weights=False)
model = get_peft_model(torch.nn.Sequential(torch.nn.Linear(16, 16, bias=False)), lora, adapter_name="a")
model.add_adapter("b", lora)
change = model.base_model.model[0].get_delta_weight

def average(kind, first, second):
    """How long the average's change is beside the mean of both, and how far it lies from it (0: it is the mean, 1: as far as no change)."""
    name = f"{kind} {first} {second}"
    model.add_weighted_adapter([first, second], [0.5, 0.5], name, combination_type=kind)
    mean = (change(first) + change(second)) / 2
    return round(float(change(name).norm() / mean.norm()), 3), round(float((change(name) - mean).norm() / mean.norm()), 3)

seen = {(kind, pair): average(kind, *pair) for kind in ("linear", "cat") for pair in ("aa", "ab")}
print("peft", version("peft"))
for (kind, pair), (length, away) in seen.items():
    print(f"{kind:6} of {pair[0]} and {pair[1]}: {length} times as long as the mean, {away} of its length away from it")
held = seen["linear", "aa"] == (2.0, 1.0) and seen["linear", "ab"][1] > 0.9 and all(seen["cat", pair][1] < 0.001 for pair in ("aa", "ab"))
sys.exit(0 if held else "changed")
PY
