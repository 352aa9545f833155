"""The same tuning by TRL and PEFT: for GPUs, several of them under `accelerate launch`, and to hold our own loop against.

    accelerate launch --multi_gpu --num_processes 2 -m learning.tuners._trl --base FOLDER --training-set FILE --out FOLDER

`muselab learn` does just that where MUSELAB_LEARN__PROCESSES is more than 1; see `learning.tuners._launched`.

TRL knows no weights for single pairs, so here every pair counts the same: neither rarity nor balanced lengths change that.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from learning.dataset import Lesson, TrainingSet, loaded
from learning.plan import Plan
from learning.tuners._launched import STEPS
from learning.tuners._policy import Policy
from learning.tuners._training import Cancelled, News, Step, Stop

ROWS = "rows"  # the data set's folder in the run's
SMALL = 8  # rows on the device at once; the rest of a step is added up


def tune(policy: Policy, training_set: TrainingSet, plan: Plan, out: Path, *, news: News, stop: Stop) -> list[Step]:
    """Trains the policy's model and writes the adapter into `out / "adapter"`. The model wears PEFT's layers afterwards.

    Raises:
        Cancelled: `stop` said so; the checkpoint stays and the next call goes on from it.
    """
    from transformers import TrainerCallback

    seen: list[Step] = []
    began = time.monotonic()

    class Telling(TrainerCallback):  # type: ignore[misc]  # transformers' classes are Any to us
        def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if stop():
                control.should_training_stop = control.should_save = True

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **kwargs: Any) -> None:
            if logs and "loss" in logs:
                seen.append(_step(logs, state, time.monotonic() - began))
                news(seen[-1])

    trainer = _trainer(policy, training_set, plan, out)
    trainer.add_callback(Telling())
    checkpoints = sorted(out.glob("checkpoint-*"))
    trainer.train(resume_from_checkpoint=str(checkpoints[-1]) if checkpoints else None)
    if stop():
        raise Cancelled
    if trainer.accelerator.is_main_process:
        shutil.rmtree(out / ROWS, ignore_errors=True)  # people's words
        trainer.accelerator.unwrap_model(trainer.model).save_pretrained(out / "adapter")
    trainer.accelerator.wait_for_everyone()
    return seen


def _step(logs: dict[str, float], state: Any, seconds: float) -> Step:
    return Step(
        step=int(state.global_step),
        steps=int(state.max_steps),
        loss=float(logs["loss"]),
        accuracy=float(logs.get("rewards/accuracies", 0.0)),
        margin=float(logs.get("rewards/margins", 0.0)),
        chosen=float(logs.get("rewards/chosen", 0.0)),
        rate=float(logs.get("learning_rate", 0.0)),
        seconds=seconds,
    )


def _trainer(policy: Policy, training_set: TrainingSet, plan: Plan, out: Path) -> Any:
    """TRL's trainer for the plan's method."""
    from datasets import Dataset, load_from_disk
    from peft import LoraConfig
    from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, SFTConfig, SFTTrainer

    lora = LoraConfig(r=plan.rank, lora_alpha=plan.alpha, target_modules="all-linear", task_type="CAUSAL_LM")
    team = processes()
    with team.main_process_first():  # on disk: what one process works out of the rows beforehand, the others read beside them
        if team.is_main_process:
            Dataset.from_list(list(rows_of(policy, training_set, plan.method))).save_to_disk(str(out / ROWS))
        rows = load_from_disk(str(out / ROWS))
    common = _common(plan, out, on_gpu=policy.device.type != "cpu", sharing=team.num_processes)
    if plan.method == "sft":
        config = SFTConfig(completion_only_loss=True, **common)
        return SFTTrainer(policy.model, args=config, train_dataset=rows, processing_class=policy.tokenizer, peft_config=lora)
    if plan.method == "kto":
        config = KTOConfig(beta=plan.beta, loss_type=plan.unpaired, precompute_ref_log_probs=True, **common)
        return KTOTrainer(policy.model, args=config, train_dataset=rows, processing_class=policy.tokenizer, peft_config=lora)
    losses = (
        {"loss_type": [plan.loss, "sft"], "loss_weights": [1.0, plan.imitation]} if plan.imitation else {"loss_type": [plan.loss]}
    )
    config = DPOConfig(beta=plan.beta, label_smoothing=plan.smoothing, precompute_ref_log_probs=True, **losses, **common)
    return DPOTrainer(policy.model, args=config, train_dataset=rows, processing_class=policy.tokenizer, peft_config=lora)


def processes() -> Any:
    """All that tune together; one where nobody launched more."""
    from accelerate import PartialState

    return PartialState(cpu=not torch.cuda.is_available())


def _common(plan: Plan, out: Path, *, on_gpu: bool, sharing: int) -> dict[str, Any]:
    """What all trainers are told. TRL's own defaults are bfloat16 and gradient checkpointing, which cost time on a CPU.

    A step is the plan's batch, however many processes share it.
    """
    each = max(1, plan.batch // sharing)
    device = min(SMALL, each)
    return {
        "output_dir": str(out),
        "learning_rate": plan.learning_rate,
        "num_train_epochs": max(1, plan.epochs),
        "per_device_train_batch_size": device,
        "gradient_accumulation_steps": max(1, each // device),
        "warmup_steps": plan.warmup,
        "lr_scheduler_type": "linear",
        "max_grad_norm": plan.clip,
        "weight_decay": 0.0,
        "seed": plan.seed,
        "logging_steps": 1,
        "save_strategy": "steps",
        "save_steps": 50,
        "save_total_limit": 1,
        "report_to": "none",
        "disable_tqdm": True,
        "dataloader_pin_memory": on_gpu,
        "bf16": on_gpu and torch.cuda.is_bf16_supported(),
        "use_cpu": not on_gpu,
        "gradient_checkpointing": False,
    }


def rows_of(policy: Policy, training_set: TrainingSet, method: str) -> Iterator[dict[str, Any]]:
    """The rows of TRL's data sets, of the first way in which the topics are asked."""
    for lesson in training_set.rounds[0]:
        prompt = text_of(policy, lesson)
        if method == "sft":
            for model in lesson.models:
                yield {"prompt": prompt, "completion": lesson.answers[model.answer]}
        elif method == "kto":
            for thumb in lesson.thumbs:
                yield {"prompt": prompt, "completion": lesson.answers[thumb.answer], "label": thumb.liked}
        else:
            for pair in lesson.preference_pairs:
                yield {"prompt": prompt, "chosen": lesson.answers[pair.chosen], "rejected": lesson.answers[pair.rejected]}


def text_of(policy: Policy, lesson: Lesson) -> str:
    """A lesson's question as text; what the tokenizer puts in front by itself is left to it."""
    text = str(
        policy.tokenizer.decode(policy.question(lesson.phrase), skip_special_tokens=False, clean_up_tokenization_spaces=False)
    )
    begin = policy.tokenizer.bos_token
    return text.removeprefix(begin) if begin and policy.tokenizer("a")["input_ids"][0] == policy.tokenizer.bos_token_id else text


def _end_with(parent: int) -> None:
    """Ends this process when another has: whoever goes on with a killed run must not find its processes at work."""
    while True:
        time.sleep(1.0)
        try:
            os.kill(parent, 0)
        except ProcessLookupError:
            os._exit(1)


def main() -> None:
    """The door of `accelerate launch`. Only the first process writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, help="folder of the model")
    parser.add_argument("--training-set", type=Path, required=True, help="lessons as JSON, as a tuning run keeps them")
    parser.add_argument("--out", type=Path, required=True, help="folder for the adapter")
    parser.add_argument("--plan", type=Path, help="as JSON, as a tuning run has it; left out: the defaults")
    parser.add_argument("--parent", type=int, default=0, help="end when the process of this number is gone")
    options = parser.parse_args()
    if options.parent:
        threading.Thread(target=_end_with, args=(options.parent,), daemon=True).start()
    plan = Plan(**json.loads(options.plan.read_text(encoding="utf-8"))) if options.plan else Plan(path="trl")
    team = processes()
    options.out.mkdir(parents=True, exist_ok=True)

    def note(step: Step) -> None:
        if team.is_main_process:
            with (options.out / STEPS).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(step)) + "\n")

    on_gpu = team.device.type == "cuda"
    policy = Policy.load(options.base, device=str(team.device), dtype="bfloat16" if on_gpu else "float32")
    training_set = loaded(options.training_set.read_text(encoding="utf-8"))
    tune(policy, training_set, plan, options.out, news=note, stop=lambda: False)


if __name__ == "__main__":
    main()
