"""How often a taste in media is seen where votes are coins, and how often a real one is seen: simulated teams, one learning each.

Works are those of `tests/unit/test_media_taste.py`: of two sorts, all else by chance.
Votes follow the sort with chance p, else a coin.
"""

from __future__ import annotations

import random
import sys
import time
import zlib

import numpy as np

from learning.forecast import Fit
from learning.opinions import Opinions
from learning.rankers.taste import GROUPS
from learning.sheets import sheet
from learning.trust import learned
from tests.unit.test_media_taste import a_picture, a_tune

TEAMS = 300
JUDGED = 0.8  # of the works; the others say how well what was learned orders works that nobody voted on
KINDS = {"pictures": a_picture, "tunes": a_tune}


def a_team(works: list[tuple[bool, tuple[float, ...]]], p: float, chance: random.Random, each: int) -> tuple[Fit, list[bool]]:
    """What is learned of one team's votes; and which works it would like."""
    rows = np.array([values for _sort, values in works], dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    lots = [zlib.crc32(f"{chance.random()}".encode()) % GROUPS for _commission in range(0, len(works), each)]
    numbers = {lot: number for number, lot in enumerate(sorted(set(lots)))}
    page = sheet([""] * len(works), rows, np.array([numbers[lots[place // each]] for place in range(len(works))]), None)
    said = [
        (place, person, 1.0 if (sort if chance.random() < p else chance.random() < 0.5) else -1.0)
        for place, (sort, _values) in enumerate(works)
        if chance.random() < JUDGED
        for person in range(chance.choice((1, 2)))
    ]
    ideas, people, values = zip(*said, strict=True)
    votes = Opinions(np.array(ideas, dtype=np.intp), np.array(people, dtype=np.intp), np.array(values), np.ones(len(said)))
    return learned(page, votes), [place in set(ideas) for place in range(len(works))]


def ordered(fit: Fit, works: list[tuple[bool, tuple[float, ...]]], judged: list[bool]) -> float:
    """Of pairs of works that nobody voted on, one of each sort, the share that stand rightly; ties count half."""
    new = [place for place, known in enumerate(judged) if not known]
    liked, others = ([fit.prior[place] for place in new if works[place][0] is sort] for sort in (True, False))
    pairs = [(np.sign(one - other) + 1) / 2 for one in liked for other in others]
    return float(np.mean(pairs)) if pairs else 0.5


def main(teams: int) -> None:
    print("works          p    commission of   trusted   order of new works   CPU s a learning")
    worst = 0.0
    for kind, made in KINDS.items():
        whole = [(bool(number % 2), made(bool(number % 2), number).values) for number in range(400)]
        for count, p, each in [
            (50, 0.0, 1),
            (50, 0.0, 4),
            (50, 0.5, 1),
            (50, 0.5, 4),
            (125, 0.0, 1),
            (125, 0.5, 1),
            (50, 1.0, 1),
        ]:
            chance, trusted, order, began = random.Random(f"{kind} {count} {p} {each}"), 0, [], time.process_time()
            for _team in range(teams):
                works = chance.sample(whole, count)
                fit, judged = a_team(works, p, chance, each)
                trusted += fit.hyperparameters.trusted
                order += [ordered(fit, works, judged)] if fit.hyperparameters.trusted else []
            cost = (time.process_time() - began) / teams
            said = f"{np.mean(order):.2f}" if order else "-"
            print(f"{count:4} {kind:9} {p:3} {each:12} {trusted / teams:12.1%} {said:>16} {cost:20.2f}", flush=True)
            worst = max(worst, trusted / teams) if p == 0 else worst
    print(f"RESULT luck_trusted {worst:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TEAMS)
