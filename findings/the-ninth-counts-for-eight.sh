#!/usr/bin/env bash
# Guessed: the accuracy that trl's DPOTrainer tells of nine pairs is the share of the nine, whatever the batch.
# Seen: eval_rewards/accuracies is the mean of the batches' means. Of nine pairs of which the last alone is wrong it is 0.889 one by one
# and 0.5 in batches of eight, where the margin of the rewards is none at all. eval_loss, in the same line, is the same each time.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile trl==1.16.0 transformers==5.23.0 torch==2.13.0 datasets==5.2.0 accelerate==1.15.0
cd "$work"
HF_HUB_OFFLINE=1 "$work/venv/bin/python" -W ignore - 2>/dev/null <<'PY'
import sys
from importlib.metadata import version

from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, PrinterCallback, set_seed
from trl import DPOConfig, DPOTrainer

set_seed(0)
letters = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
by_letter = Tokenizer(models.BPE(vocab=letters, merges=[]))
by_letter.pre_tokenizer, by_letter.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=by_letter, eos_token="<end>", pad_token="<pad>")
size = LlamaConfig(vocab_size=len(tokenizer), hidden_size=32, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2)
policy, reference = LlamaForCausalLM(size), LlamaForCausalLM(size)

def figures(pairs, batch):
    settings = DPOConfig(output_dir="out", report_to=[], use_cpu=True, disable_tqdm=True, per_device_eval_batch_size=batch)
    rows = Dataset.from_list(pairs)
    trainer = DPOTrainer(policy, reference, args=settings, processing_class=tokenizer, train_dataset=rows, eval_dataset=rows)
    trainer.remove_callback(PrinterCallback)
    told = trainer.evaluate()
    return {key: round(told[f"eval_{key}"], 4) for key in ("loss", "rewards/accuracies", "rewards/chosen", "rewards/margins")}

right = {"prompt": "Name a tea bar: ", "chosen": "Leaf Room", "rejected": "Put a sign on it"}
wrong = right | {"chosen": right["rejected"], "rejected": right["chosen"]}
if figures([right], 1)["rewards/accuracies"] == 0:  # which of the two the policy prefers, beside its reference, is chance
    right, wrong = wrong, right
pairs = [right] * 8 + [wrong]
seen = {batch: figures(pairs, batch) for batch in (1, 9, 8)}
print("trl", version("trl"), "nine pairs, the ninth alone wrong")
for batch, told in seen.items():
    print(f"    {batch} to a batch: {told}")
one, nine, eight = seen.values()
held = one["rewards/accuracies"] == nine["rewards/accuracies"] == 0.8889 and eight["rewards/accuracies"] == 0.5
held &= abs(one["loss"] - eight["loss"]) < 0.0002 and one["rewards/margins"] > 0.001 > abs(eight["rewards/margins"])
sys.exit(0 if held else "changed")
PY
