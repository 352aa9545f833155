"""How fast the generation service's engine makes ideas, side by side with `model.generate` on the same weights and prompt.

    python -m tests.bench.engine [--rounds 3] [--tokens 48] [--quality-only]

`vs_generate` compares our best row with `generate` in bfloat16; `full_vs_generate` is at the same precision.
Rows: `generate` with num_return_sequences in both dtypes, our steps over transformers' forward pass, our own forward pass with
full weights and in eight bits. One thread. Every round runs every row once, in turn, so a busy neighbour slows all of them;
figures are medians over rounds, the last ones ratios within a round. Ends with one line `RESULT {json}`.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psutil
import torch

from bot.config import read
from generators.engines._sampling import Decoding
from generators.engines.text import TextModel
from generators.service import weights
from generators.service.events import Piece
from generators.service.jobs import Completion

COUNTS = (1, 8, 32)  #: ideas at once
PLACES = ("tea bar", "bike shop", "bakery", "second-hand book shop", "climbing hall", "flower shop")
KNOWN = (("barber", "Shear Delight"), ("bakery", "Rise & Shine"), ("book shop", "Dog Ears"), ("bike shop", "Spoke Easy"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One row, once."""

    tokens: int
    wall_s: float
    cpu_s: float
    first_s: float  #: until the first idea could be shown


def prompt(place: str) -> str:
    """A prompt of about a hundred tokens as the service's client writes them."""
    lines = [f'The best name for a {kind} is "{name}".' for kind, name in KNOWN]
    told = "Names that people gave to places, each of them short, friendly and new."
    return "\n".join([told, "", *lines, f'The best name for a {place} is "'])


def timed(made: Callable[[], Iterator[int]]) -> Run:
    """Counts the tokens that come, the first idea's arrival being the first item."""
    wall, cpu = time.perf_counter(), time.process_time()
    tokens, first = 0, 0.0
    for some in made():
        first = first or time.perf_counter() - wall
        tokens += some
    return Run(tokens=tokens, wall_s=time.perf_counter() - wall, cpu_s=time.process_time() - cpu, first_s=first)


def ours(model: TextModel, text: str, count: int, tokens: int) -> Iterator[int]:
    """What a request does, up to the text of every piece: ideas of `tokens` tokens each, from an unknown prompt."""
    model._kept.clear()
    job = Completion(model=model, prompt=text, n=count, seed=1, max_tokens=tokens, decoding=Decoding(min_p=0.05), logprobs=0)
    held = 0
    for events in job.steps():
        pieces = [event for event in events if isinstance(event, Piece)]
        held += sum(piece.spent for piece in pieces)
        if any(piece.finish for piece in pieces):
            yield held
            held = 0


def theirs(model: TextModel, text: str, count: int, tokens: int) -> Iterator[int]:
    """transformers' generate: nothing comes before everything is there."""
    ids = torch.tensor([model.encode(text)])
    with torch.inference_mode():
        made = model.model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=True,
            temperature=1.0,
            top_k=0,
            min_p=0.05,
            num_return_sequences=count,
            min_new_tokens=tokens,
            max_new_tokens=tokens,
            pad_token_id=0,
        )
    model.tokenizer.batch_decode(made[:, ids.shape[1] :])
    yield count * tokens


def drift(models: dict[str, TextModel], tokens: int) -> dict[str, tuple[float, float]]:
    """Mean KL to full float32 in nats, and how often the likeliest token is the same, over ideas for real prompts."""
    reference = models["full float32"]
    sums: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for place in PLACES:
        ids = reference.encode(prompt(place))
        with torch.inference_mode():
            made = greedy(reference, ids, tokens)
            expected = after(reference, ids, made).log_softmax(-1)
            for name, model in models.items():
                got = after(model, ids, made).log_softmax(-1)
                away = (expected.exp() * (expected - got)).sum(-1)
                same = (expected.argmax(-1) == got.argmax(-1)).float()
                sums[name] += zip(away.tolist(), same.tolist(), strict=True)
    return {
        name: (statistics.fmean(kl for kl, _ in rows), statistics.fmean(same for _, same in rows)) for name, rows in sums.items()
    }


def greedy(model: TextModel, ids: list[int], tokens: int) -> list[int]:
    """A continuation to look at models by."""
    made: list[int] = []
    prefix, logits = next(found for found in model.prefill(ids) if found is not None)
    forks = model.fork(prefix, 1)
    for _ in range(tokens):
        made.append(int(logits.argmax()))
        logits = model.step(forks, torch.tensor(made[-1:]))[0]
    return made


def after(model: TextModel, ids: list[int], made: list[int]) -> torch.Tensor:
    """What a model expects at each place of a continuation, shape (len(made), vocabulary)."""
    prefix, logits = next(found for found in model.prefill(ids) if found is not None)
    forks = model.fork(prefix, 1)
    rows = [logits]
    rows += [model.step(forks, torch.tensor([token]))[0] for token in made[:-1]]
    return torch.stack(rows)


def loaded(where: str, dtype: torch.dtype, **options: Any) -> TextModel:
    made = TextModel(*weights.load_text(where, device=torch.device("cpu"), dtype=dtype), name="embedded", **options)
    made.ends = frozenset()  # every idea has the same length, in every row
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description="the engine's speed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=64, help="of each idea")
    parser.add_argument("--quality-only", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    where, _name = weights.text_weights(weights.EMBEDDED, read().cache, lambda _doing, _done: None)
    full32, generic = loaded(where, torch.float32), loaded(where, torch.bfloat16, weights=None)
    full, int8 = loaded(where, torch.bfloat16), loaded(where, torch.bfloat16, weights="int8")
    result: dict[str, float] = {}
    for name, (kl, same) in drift({"full float32": full32, "full bfloat16": full, "int8": int8}, 32).items():
        print(f"{name:32} KL to float32 {kl:.4f}  same likeliest token {same:.1%}")
        key = name.replace(" ", "_")
        result |= {f"kl_{key}": round(kl, 4), f"top1_{key}": round(same, 3)}
    if not given.quality_only:
        # generate needs transformers' own attention, which the steps of `generic` and of the others replaced
        plain = {name: weights.load_text(where, device="cpu", dtype=dtype)[0] for name, dtype in DTYPES.items()}
        rows = {
            **{f"generate {name}": (theirs, Whole(model, full.tokenizer)) for name, model in plain.items()},
            "ours, transformers' pass": (ours, generic),
            "ours, full float32": (ours, full32),
            "ours, full bfloat16": (ours, full),
            "ours, int8": (ours, int8),
        }
        result |= raced(rows, given.rounds, given.tokens)
    print("RESULT", json.dumps(result))


DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


class Whole:
    """A model as transformers loads it, with its tokenizer."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model, self.tokenizer = model, tokenizer

    def encode(self, text: str) -> list[int]:
        return list(self.tokenizer(text)["input_ids"])


def raced(rows: dict[str, tuple[Callable[..., Iterator[int]], Any]], rounds: int, tokens: int) -> dict[str, float]:
    """The table, and its key figures."""
    runs: dict[tuple[str, int], list[Run]] = defaultdict(list)
    for count in COUNTS:
        for number in range(rounds + 1):  # the first round warms up
            text = prompt(PLACES[number % len(PLACES)])
            for name, (way, model) in rows.items():
                length = tokens if number else 8
                run = timed(lambda way=way, model=model, text=text, count=count, length=length: way(model, text, count, length))
                if number:
                    runs[name, count].append(run)
                    shown = f"N = {count}, round {number} of {rounds}, {name}: {per_cpu_s(run):.0f} tokens per CPU-second"
                    print(shown, file=sys.stderr, flush=True)  # minutes long: people see that it moves, and what it found so far
                gc.collect()
    head = "".join(f"{f'N = {count}':>16}" for count in COUNTS)
    print(f"{'tokens per CPU-second (second)':32}{head}{'first of 8 ideas':>20}")
    for name in rows:
        print(f"{name:32}" + "".join(f"{cell(runs[name, count]):>16}" for count in COUNTS) + f"{first(runs[name, 8]):18.2f} s")
    return {f"{key}_n{count}": figure for count in COUNTS for key, figure in figures(runs, count).items()} | {
        "all_rows_mb": round(psutil.Process().memory_info().rss / 1e6)
    }


def per_cpu_s(run: Run) -> float:
    return run.tokens / run.cpu_s


def cell(runs: list[Run]) -> str:
    """Medians: tokens per CPU-second, and in brackets per second."""
    per_s = statistics.median(run.tokens / run.wall_s for run in runs)
    return f"{statistics.median(map(per_cpu_s, runs)):.0f} ({per_s:.0f})"


def first(runs: list[Run]) -> float:
    return statistics.median(run.first_s for run in runs)


def figures(runs: dict[tuple[str, int], list[Run]], count: int) -> dict[str, float]:
    """Medians over the rounds of what one row made per CPU-second, relative to another in the same round."""

    def ratio(ours: str, theirs: str) -> float:
        pairs = zip(runs[ours, count], runs[theirs, count], strict=True)
        return round(statistics.median(per_cpu_s(mine) / per_cpu_s(other) for mine, other in pairs), 2)

    return {
        "vs_generate": max(ratio(f"ours, {kind}", "generate bfloat16") for kind in ("full bfloat16", "int8")),
        "vs_generate_float32": max(ratio(f"ours, {kind}", "generate float32") for kind in ("full bfloat16", "int8")),
        "full_vs_generate": ratio("ours, full bfloat16", "generate bfloat16"),
        "int8_vs_generate": ratio("ours, int8", "generate bfloat16"),
        "float32_vs_generate": ratio("ours, full float32", "generate float32"),
        "int8_vs_full": ratio("ours, int8", "ours, full bfloat16"),
        "int8_vs_float32": ratio("ours, int8", "ours, full float32"),
        "full_per_cpu_s": round(statistics.median(map(per_cpu_s, runs["ours, full bfloat16", count])), 1),
        "int8_per_cpu_s": round(statistics.median(map(per_cpu_s, runs["ours, int8", count])), 1),
    }


if __name__ == "__main__":
    main()
