"""What one learning costs, side by side with another commit's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from tests.bench.voters.gate import ROOT, checked_out

#: A team of so many ideas, five a topic, whose taste is plain, so that every step of a learning is taken. Only what both know.
CHILD = """
import json, sys, time
import numpy as np
from learning.opinions import Opinions
from learning.sheets import sheet
try:
    from learning.trusting import learned  # its name up to November 2026
except ImportError:
    from learning.trust import learned

count, rounds = int(sys.argv[1]), int(sys.argv[2])
chance = np.random.default_rng(0)
vectors = chance.normal(size=(count, 384)).astype(np.float32)
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
texts = [" ".join(f"word{n}" for n in chance.integers(0, 500, chance.integers(2, 9))) for _ in range(count)]
worth = -np.log([len(text) for text in texts])
worth = (worth - worth.mean()) / worth.std()
said = [(idea, person, 1.0 if worth[idea] + chance.normal() > 0 else -1.0) for idea in range(count) for person in range(6)]
ideas, people, values = zip(*said)
said = Opinions(np.array(ideas, dtype=np.intp), np.array(people, dtype=np.intp), np.array(values), np.ones(len(said)))
each = max(5, -(-count // 28))  # fewer than 30 topics, whose votes the other commit dealt 131 times
page = sheet(texts, vectors, np.arange(count) // each, None)
spent = []
for _round in range(rounds):
    began = time.process_time()
    fit = learned(page, said)
    spent.append(time.process_time() - began)
print(json.dumps({"spent": min(spent), "trusted": bool(getattr(getattr(fit, "hyperparameters", None), "trusted", True))}))
"""


def cost(tree: Path, ideas: int, rounds: int) -> tuple[float, bool]:
    """CPU seconds of a learning, the least of some, and whether it came to trust."""
    command = [sys.executable, "-c", CHILD, str(ideas), str(rounds)]
    ended = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"{tree}: {ended.stderr[-2000:]}")
    told = json.loads(ended.stdout.splitlines()[-1])
    return float(told["spent"]), bool(told["trusted"])


def costs(vs: str, sizes: tuple[int, ...] = (100, 200, 299)) -> dict[str, float]:
    """The dearest learning below 300 ideas here, and how many times the other commit's median ratio is."""
    here, ratios = [], []
    with checked_out(vs) as tree:
        for ideas in sizes:
            (other, _), (ours, sure) = cost(tree, ideas, 1), cost(ROOT, ideas, 3)
            print(f"{ideas} ideas: {ours:.2f} CPU seconds here, {other:.1f} at {vs}; trusted here: {sure}", flush=True)
            here.append(ours)
            ratios.append(other / ours)
    return {"learning_cpu_s": max(here), "learning_ratio": median(ratios)}
