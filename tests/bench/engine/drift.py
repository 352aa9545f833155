"""What rounding loses: how far each form of the weights strays from float32, and ideas of each to look at blind.

    python -m tests.bench.engine.drift [--ideas FILE]

KL is the mean over tokens of KL(float32 || form) in nats; "same" is how often the likeliest token is the same. All forms read the
same texts, which the float32 model has written after 16 prompts. `--ideas` writes 50 ideas of each form, shuffled and unnamed,
and beside them FILE.key, which says whose they were.
"""

from __future__ import annotations

import argparse
import ctypes
import random
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from generators.engines.text.llama import Llama
from generators.engines.text.model import TextModel, tokens_of
from generators.engines.text.pieces import Part
from generators.engines.text.rounded_weights import rounded
from generators.engines.text.sampling import Decoding
from generators.engines.text.transformers_network import network_of
from generators.engines.text.unlinked_arrays import Nameless
from generators.service import weights
from generators.service.events import Piece
from generators.service.jobs import Completion
from tests.bench.engine.engines import folder, has_bfloat16, missing, requantised, shipped
from tests.bench.engine.rivals import LlamaCpp
from tests.bench.engine.tasks import prompt

PROMPTS = 16
TOKENS = 32  #: of each text
IDEAS = 50  #: of each form, to look at

Logits = Callable[[list[int], int], Tensor]  #: tokens, and after how many of the last of them; float32, (that many, vocabulary)


def by_pass(made: Any) -> Logits:
    """Logits of a forward pass of ours."""

    def logits(ids: list[int], last: int) -> Tensor:
        room = made.room(rows=1, tokens=len(ids))
        with torch.inference_mode():
            return torch.as_tensor(
                made.logits([Part(tokens=np.array([ids]), room=room, start=0, prefix=None, last=last)])[0][0]
            ).float()

    return logits


def by_llama_cpp(file: Path) -> Logits:
    """Logits of llama.cpp."""
    engine = LlamaCpp(file, most=1)

    def logits(ids: list[int], last: int) -> Tensor:
        engine.api.llama_memory_clear(engine.memory, True)
        engine.fill([(token, place, 0, place >= len(ids) - last) for place, token in enumerate(ids)])
        size = engine.api.llama_vocab_n_tokens(engine.vocabulary)
        rows = [engine.api.llama_get_logits_ith(engine.context, place) for place in range(len(ids) - last, len(ids))]
        return torch.stack([torch.frombuffer(ctypes.string_at(row, 4 * size), dtype=torch.float32) for row in rows])

    return logits


def forms() -> dict[str, Callable[[], Logits]]:
    """Every form by name, made when it is its turn."""

    def model(dtype: torch.dtype) -> Any:
        return weights.load_text(str(folder()), device="cpu", dtype=dtype)[0]

    def compiled() -> Logits:
        from generators.engines.text.openvino import OpenVino

        return by_pass(OpenVino(rounded(network_of(model(torch.bfloat16)), Nameless(None)), threads=torch.get_num_threads()))

    found: dict[str, Callable[[], Logits]] = {}
    if has_bfloat16():
        found["ours, bfloat16"] = lambda: by_pass(Llama(model(torch.bfloat16), weights="full"))
    else:
        print("ours, bfloat16: not measured, as this CPU has none and emulates it", flush=True)
    found |= {
        "ours, int8 in torch": lambda: by_pass(Llama(model(torch.bfloat16), weights="int8")),
        "ours, int8 in OpenVINO": compiled,
    }
    if missing("llama.cpp") is None:
        for kind in ("Q8_0", "Q4_0"):
            found[f"llama.cpp, {kind}"] = lambda kind=kind: by_llama_cpp(requantised(kind))
        found["llama.cpp, Q4_1 (shipped)"] = lambda: by_llama_cpp(shipped())
    return found


def compared() -> None:
    """Prints the table."""
    model, tokenizer = weights.load_text(str(folder()), device="cpu", dtype=torch.float32)
    texts: list[list[int]] = []
    expected: list[Tensor] = []
    with torch.inference_mode():
        for number in range(PROMPTS):
            ids = tokenizer(prompt(number), return_tensors="pt")["input_ids"]
            torch.manual_seed(number)
            made = model.generate(ids, do_sample=True, min_p=0.05, top_k=0, max_new_tokens=TOKENS, pad_token_id=0)[0]
            texts.append(made.tolist())
            expected.append(model(input_ids=made[None], logits_to_keep=TOKENS).logits[0].log_softmax(-1))
    print(f"{PROMPTS} texts of {TOKENS} tokens are written in float32", file=sys.stderr, flush=True)
    del model
    for name, make in forms().items():
        logits = make()
        away: list[float] = []
        same: list[float] = []
        for ids, right in zip(texts, expected, strict=True):
            got = logits(ids, TOKENS).log_softmax(-1)[: len(right)]
            away += (right.exp() * (right - got)).sum(-1).tolist()
            same += (right.argmax(-1) == got.argmax(-1)).float().tolist()
        print(f"{name:28} KL {statistics.fmean(away):.4f}  same {statistics.fmean(same):.1%}  of {len(away)} tokens", flush=True)
        key = name.removeprefix("ours, ").replace(" ", "_").replace(",", "")
        print(f"RESULT kl_{key} {statistics.fmean(away):.4f}")
        print(f"RESULT top1_{key} {statistics.fmean(same):.3f}")


def written(file: Path) -> None:
    """Ideas of every form of ours, in a random order that the key file tells."""
    model, tokenizer = weights.load_text(str(folder()), device="cpu", dtype=torch.bfloat16)
    kinds: dict[str, dict[str, Any]] = {
        "float32": {"dtype": torch.float32, "weights": "full"},
        "bfloat16": {"dtype": torch.bfloat16, "weights": "full"},
        "int8 torch": {"dtype": torch.bfloat16, "weights": "int8"},
        "int8 OpenVINO": {"dtype": torch.bfloat16, "weights": "int8", "engine": "openvino"},
    }
    if not has_bfloat16():
        print("bfloat16: no ideas, as this CPU has none and emulates it", flush=True)
        del kinds["bfloat16"]
    lines: list[tuple[str, str]] = []
    for kind, given in kinds.items():
        dtype = given.pop("dtype")
        made: Any
        if given.pop("engine", "") == "openvino":
            from generators.engines.text.graph_model import GraphModel

            made = GraphModel(
                rounded(network_of(model.to(dtype)), Nameless(None)), tokens_of(model, tokenizer), name=kind, threads=1
            )
        else:
            made = TextModel(model.to(dtype), tokenizer, name=kind, **given)
        for number in range(IDEAS // 10):
            text, stop = prompt(4 * number), ('"', "\n")
            job = Completion(model=made, prompt=text, n=10, seed=number, max_tokens=16, decoding=Decoding(min_p=0.05), stop=stop)
            said: dict[int, str] = {}
            for events in job.steps():
                for event in events:
                    if isinstance(event, Piece):
                        said[event.choice] = said.get(event.choice, "") + event.text
            topic = text.rsplit(" for a ", 1)[1].split(" is ")[0]
            lines += [(f"{topic}: {idea}", kind) for idea in said.values()]
    random.Random(5).shuffle(lines)
    file.write_text("".join(f"{place} {line}\n" for place, (line, _kind) in enumerate(lines)), encoding="utf-8")
    file.with_suffix(file.suffix + ".key").write_text(
        "".join(f"{place} {kind}\n" for place, (_line, kind) in enumerate(lines)), encoding="utf-8"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="what rounding loses")
    parser.add_argument("--ideas", type=Path, help="write ideas of each form here, unnamed")
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.ideas:
        written(given.ideas)
    else:
        compared()


if __name__ == "__main__":
    main()
