#!/usr/bin/env bash
# Guessed: before its first step a model tuned with DPO is its own reference, whatever the adapter begins with: rewards 0, loss ln 2.
# Seen: an adapter that PiSSA or OLoRA begins takes its part out of the base's weights, and the reference of TRL's DPOTrainer is the model without its
# adapter, so what is left. Rewards are not 0 before anything was learned, and every pair is judged against that other model. With the
# usual beginning they are 0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile trl==1.16.0 peft==0.21.2 transformers==5.23.0 torch==2.13.0 datasets==5.2.0 accelerate==1.15.0
cd "$work"
HF_HUB_OFFLINE=1 "$work/venv/bin/python" -W ignore - 2>/dev/null <<'PY'
import sys
from importlib.metadata import version

from datasets import Dataset
from peft import LoraConfig
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, set_seed
from trl import DPOConfig, DPOTrainer

set_seed(0)
letters = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
by_letter = Tokenizer(models.BPE(vocab=letters, merges=[]))
by_letter.pre_tokenizer, by_letter.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=by_letter, eos_token="<end>", pad_token="<pad>")
LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), hidden_size=64, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4)).save_pretrained("base")
pairs = Dataset.from_list([{"prompt": "Name a tea bar: ", "chosen": "Leaf Room", "rejected": "Put a sign on it"}] * 4)

def before_learning(beginning):
    """Loss and rewards of one step at a learning rate of 0."""
    settings = DPOConfig(output_dir="out", report_to=[], use_cpu=True, max_steps=1, logging_steps=1, learning_rate=0.0, disable_tqdm=True)
    adapter = LoraConfig(r=8, init_lora_weights=beginning, target_modules=["q_proj", "v_proj"])
    trainer = DPOTrainer(LlamaForCausalLM.from_pretrained("base"), args=settings, processing_class=tokenizer, train_dataset=pairs, peft_config=adapter)
    trainer.train()
    return {key: round(float(trainer.state.log_history[0][key]), 4) for key in ("loss", "rewards/chosen", "rewards/rejected")}

seen = {str(beginning): before_learning(beginning) for beginning in (True, "pissa", "olora")}
print("trl", version("trl"), "peft", version("peft"))
for beginning, figures in seen.items():
    print(f"init_lora_weights={beginning}: {figures}")
rewards = {beginning: max(abs(figures["rewards/chosen"]), abs(figures["rewards/rejected"])) for beginning, figures in seen.items()}
sys.exit(0 if rewards["True"] == 0 and rewards["pissa"] > 0.001 and rewards["olora"] > 0.001 else "changed")
PY
