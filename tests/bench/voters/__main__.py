"""Runs them all: `python -m tests.bench.voters [--vs e8d463d] [--quick] [--only board,gate,early,why,people,speed]`.

Reads people's judgements (`tests.bench.human` says where they lie). Ends with one line `RESULT {json}`.
"""

from __future__ import annotations

import argparse
import json
from statistics import fmean

from tests.bench import human
from tests.bench.voters.board import boards
from tests.bench.voters.early import LEARNED, growing
from tests.bench.voters.gate import LOOKS, MISSED_AT, ROOT, TASTE, WEAK, Teams, checked_out, missed, trusted
from tests.bench.voters.people import gains
from tests.bench.voters.speed import costs
from tests.bench.voters.why import told

PARTS = ("board", "gate", "early", "why", "people", "speed")
NEEDED = ("captions/contests.csv", "captions/captions_300_per_contest.csv.gz", "aut/aut_originality.csv.gz", "polis/votes.csv.gz")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vs", default="e8d463d", help="the commit whose learning is timed beside this one's")
    parser.add_argument("--quick", action="store_true", help="a quarter of the teams")
    parser.add_argument("--only", default=",".join(PARTS))
    given = parser.parse_args()
    for name in NEEDED:
        human.wanted(name)
    result: dict[str, float] = {}
    for part in given.only.split(","):
        result |= {
            "board": board,
            "gate": gate,
            "early": early,
            "why": why,
            "people": people,
            "speed": lambda given: costs(given.vs),
        }[part](given)
    print("RESULT " + json.dumps({name: round(float(value), 4) for name, value in result.items()}))


def board(given: argparse.Namespace) -> dict[str, float]:
    """Order under bad voters."""
    found = {}
    for kind, row in boards(10 if given.quick else 40).items():
        line = f"{kind:>14}: {row['raw']:.3f} by raw votes, {row['ours']:.3f} by what they count for, ± {row['error']:.3f}"
        more = f"{row['passed']:.3f} with what is passed over, ± {row['passed_error']:.3f}, weight {row['weight']:.2f}"
        print(f"{line}; {more}", flush=True)
        found |= {kind: row["passed"], f"{kind}_raw": row["raw"], f"{kind}_votes": row["ours"]}
    return found


def gate(given: argparse.Namespace) -> dict[str, float]:
    """Luck and tastes over looks."""
    teams, count = Teams(), 30 if given.quick else 120
    coin = trusted(teams, [0.0] * 6, count)
    alone = trusted(teams, [3.0, *[0.0] * 5], max(8, count // 8), LOOKS[4::5])
    found: dict[str, float] = {
        "coin_trust_20": float(coin.any(axis=1).mean()),
        "coin_trust_a_look": float(coin.mean()),
        "one_person_trusted": float(alone.any(axis=1).mean()),
    }
    print(f"twenty looks, {count} teams: " + ", ".join(f"{name} {value:.3f}" for name, value in found.items()), flush=True)
    with checked_out(given.vs) as other:
        for name, liking in (("", TASTE), ("_weak", WEAK)):
            here, there = (missed(teams, liking, max(12, count // 5), tree) for tree in (ROOT, other))
            for row, topics in enumerate(MISSED_AT):
                figures = f"{here[row, 0]:.3f} not believed, {here[row, 1]:.3f} without weight; {there[row, 0]:.3f} at {given.vs}"
                print(f"a taste of strength {liking} at {topics} topics: {figures}", flush=True)
            found |= {f"missed_trust{name}": here[-1, 0], f"missed_trust{name}_vs": there[-1, 0]}
    return found


def early(given: argparse.Namespace) -> dict[str, float]:
    """What the forecast is worth at every number of topics."""
    found = {}
    with checked_out(given.vs) as other:
        for kind, both in growing(Teams(), 4 if given.quick else 12, [ROOT, other]).items():
            apart = both[0] - both[1]
            error = apart.std(axis=0) / len(apart) ** 0.5
            for topics, here, there, off in zip(LEARNED, *both.mean(axis=1), error, strict=True):
                print(f"{kind:>6} after {topics:>2} topics: {here:.3f} here, {there:.3f} at {given.vs}, ± {off:.3f}", flush=True)
            found |= {f"early_{kind}": float(both[0].mean()), f"early_{kind}_worst": float(apart.mean(axis=0).min())}
    return found


def why(given: argparse.Namespace) -> dict[str, float]:
    """Whether reasons are true."""
    found = told()
    for taste, row in found.items():
        print(f"{taste:>9}: " + ", ".join(f"{name} {value:.3f}" for name, value in row.items()), flush=True)
    return {
        "why_sign": min(row.get("sign", 1.0) for row in found.values()),
        "why_sign_mean": fmean(row.get("sign", 1.0) for row in found.values()),
        "why_wrong_side": max(row.get("wrong_side", 0.0) for row in found.values()),
    }


def people(given: argparse.Namespace) -> dict[str, float]:
    """What knowing who agrees with whom gains."""
    found = gains()
    for name, row in found.items():
        print(f"{name[:34]:>34}: " + ", ".join(f"{what} {value:.3f}" for what, value in row.items()), flush=True)
    return {
        "people_auc_gain": fmean(row["gain"] for row in found.values()),
        "people_auc_worst": min(row["gain"] for row in found.values()),
    }


if __name__ == "__main__":
    main()
