"""What a forecast is worth on new topics while votes come in, beside another commit: simulated teams, real captions."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench.voters.gate import EACH, PEOPLE, TASTE, WEAK, Teams

LEARNED = (9, 15, 24, 36, 48, 63)  # topics that were voted on
NEW = 40  # topics that nobody voted on
KINDS = {"taste": TASTE, "weak": WEAK, "coin": 0.0}
#: Only what both commits know.
CHILD = """
import json, sys
import numpy as np
from learning.opinions import Opinions
from learning.sheets import sheet
try:
    from learning.trusting import learned  # its name up to November 2026
except ImportError:
    from learning.trust import learned

kept, found = np.load(sys.argv[1]), []
each, looks = json.loads(sys.argv[2])
for team in range(int(kept["teams"])):
    texts, vectors, topics, worth, ideas, people, values = (kept[f"{name}{team}"] for name in "tvgwipo")
    texts, first = texts.tolist(), looks[-1] * each
    for look in looks:
        few = ideas < look * each
        said = Opinions(ideas[few], people[few], values[few], np.ones(int(few.sum())))
        fit = learned(sheet(texts[:look * each], vectors[:look * each], topics[:look * each], None), said)
        right = []
        for start in range(first, len(texts), each):
            mine = slice(start, start + each)
            foretold = fit.foretell(texts[mine], vectors[mine], None, None)
            one, other = np.triu_indices(each, 1)
            gap = worth[mine][one] - worth[mine][other]
            right.append(np.mean((np.sign((foretold[one] - foretold[other]) * gap) + 1) / 2))
        found.append(float(np.mean(right)))
print(json.dumps(found))
"""


def growing(teams: Teams, count: int, trees: list[Path]) -> dict[str, NDArray[np.float64]]:
    """For each kind of team, shares of pairs of new topics' ideas in order, shape (trees, teams, looks); .5 without weight."""
    found = {}
    for kind, liking in KINDS.items():
        arrays: dict[str, NDArray[np.generic]] = {"teams": np.array(count)}
        for number in range(count):
            team = teams.drawn([liking] * PEOPLE, 300 + number, LEARNED[-1] + NEW)
            known = team.said.idea < LEARNED[-1] * EACH
            said = (team.said.idea[known], team.said.person[known], team.said.value[known])
            whole = (np.array(team.texts), team.vectors, team.topics, team.worth, *said)
            arrays |= {f"{name}{number}": values for name, values in zip("tvgwipo", whole, strict=True)}
        with tempfile.TemporaryDirectory(prefix="muselab-early-") as folder:
            file = Path(folder) / "teams.npz"
            np.savez(file, **arrays)  # type: ignore[arg-type]
            found[kind] = np.stack([_of(tree, file).reshape(count, len(LEARNED)) for tree in trees])
    return found


def _of(tree: Path, file: Path) -> NDArray[np.float64]:
    command = [sys.executable, "-c", CHILD, str(file), json.dumps([EACH, LEARNED])]
    ended = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"{tree}: {ended.stderr[-2000:]}")
    return np.array(json.loads(ended.stdout.splitlines()[-1]), dtype=float)
