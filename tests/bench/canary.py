"""How often a canary is promoted, and how soon, by how often it wins: exactly, and with voters who share a slate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from learning.canary import MOST, balance, decided


def fates(share: float) -> dict[str, NDArray[np.float64]]:
    """The chance of each decision after so many comparisons, each won with chance `share`; by dynamic programming, exact."""
    found = {name: np.zeros(MOST + 1) for name in ("won", "lost", "even")}
    alive = np.ones(1)  #: chance of being undecided with so many wins
    for drawn in range(1, MOST + 1):
        after = np.zeros(drawn + 1)
        after[1:] += share * alive
        after[:-1] += (1 - share) * alive
        for new in range(drawn + 1):
            if after[new] and (how := decided(new, drawn - new)):
                found[how][drawn] += after[new]
                after[new] = 0.0
        alive = after
    return found


def median(chances: NDArray[np.float64]) -> int:
    """The number of comparisons by which half of those that get there are there."""
    return int(np.searchsorted(np.cumsum(chances), chances.sum() / 2))


def shared_slates(runs: int, *, voters: int, luck: float, each_vote: bool, seed: int) -> float:
    """How often a version that is no better is promoted when voters judge the same slates.

    Args:
        runs: trials of up to 400 comparisons.
        voters: people who judge each slate.
        luck: deviation of how much better one side's ideas happen to be, in deviations of one voter's own opinion.
        each_vote: count every voter as a comparison; else the slate's majority is one.
        seed: of the chance.
    """
    chance = np.random.default_rng(seed)
    promoted = 0
    for _run in range(runs):
        slates = MOST // voters + 1 if each_vote else 2 * MOST
        said = luck * chance.standard_normal((slates, 1)) + chance.standard_normal((slates, voters)) > 0
        votes = 2 * said.sum(axis=1) - voters
        won = said.ravel() if each_vote else votes[votes != 0] > 0
        promoted += balance(won[:MOST].tolist()).decision == "won"
    return promoted / runs


def main() -> None:
    """Prints the table."""
    print("wins of 100   promoted   retired   no difference   comparisons until promoted (median)")
    for share in (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7):
        found = fates(share)
        won, lost, even = (float(found[name].sum()) for name in ("won", "lost", "even"))
        print(f"{100 * share:>11.0f} {won:>10.1%} {lost:>9.1%} {even:>15.1%} {median(found['won']):>22}")
        print(f"RESULT canary_promoted_{100 * share:.0f} {won:.4f}")
        print(f"RESULT canary_median_{100 * share:.0f} {median(found['won'])}")
    for each in (True, False):
        rate = shared_slates(400, voters=5, luck=0.7, each_vote=each, seed=1)
        print(f"no better, five voters a slate, {'every vote counts' if each else 'a slate counts once'}: promoted {rate:.1%}")
        print(f"RESULT canary_shared_{'votes' if each else 'slates'} {rate:.4f}")


if __name__ == "__main__":
    main()
