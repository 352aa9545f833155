"""Whether a team prefers a new version of the model: evidence from comparisons, good however often one looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

import numpy as np

from bot.ports import Balance

#: Prior on the share of comparisons that a better version wins, Beta(6, 4) cut to above a half: most tuned models that are any
#: better win 55 to 70 of 100.
PRIOR = (6.0, 4.0)
ENOUGH = 20.0  # evidence that decides; a version that is no better reaches it at most once in 20 times, whenever one stops
MOST = 400  # comparisons; who is not ahead by then is not ahead by anything a team would notice
GRID = 999  # shares between 0 and 1 at which the interval is looked for: one tenth of a percent


def evidence(new: int, old: int) -> float:
    """How many times likelier `new` wins and `old` losses are if the new version is better than if nobody could tell.

    E = ∫ p^new (1-p)^old π(p) dp / 2^-(new + old), π = Beta(6, 4) restricted to p > 1/2.

    If each comparison, whatever went before it, is won by the new version with a chance of at most 1/2, then E is a
    supermartingale that begins at 1: for every p > 1/2 a win multiplies by 2p and a loss by 2(1-p), which is at most 1 on
    average, and mixing over p keeps that. So the chance that E ever reaches 20 is at most 1/20 (Ville 1939), also for whoever
    looks after every vote and stops when it pleases.

    Args:
        new: comparisons that the new version won, >= 0.
        old: that the old one won, >= 0.

    Returns:
        E > 0. `evidence(old, new)` is the same against the new version.

    Source: mixture of likelihood ratios, Robbins 1970; as an e-process, Ramdas et al. 2023 (arXiv 2210.01948), section 2.
    """
    return exp(min(700.0, _log_evidence(new, old)))  # exp overflows beyond


def _log_evidence(new: int, old: int) -> float:
    from scipy.special import betaincc, betaln  # a third of a second, which a bot without a trial need not spend at its start

    wins, losses = PRIOR[0] + new, PRIOR[1] + old
    above = float(betaincc(wins, losses, 0.5)) / float(betaincc(*PRIOR, 0.5))
    if above <= 0.0:  # only beyond some thousand losses in a row
        return -700.0
    return (new + old) * log(2.0) + float(betaln(wins, losses)) - float(betaln(*PRIOR)) + log(above)


def balance(won: Sequence[bool]) -> Balance:
    """Where a trial stands after some comparisons, in the order in which they were drawn; it ends at the first decision.

    Args:
        won: for each comparison, whether the new version won it.

    Returns:
        The counts up to the decision, the evidence either way, and an interval for the share that the new version wins, which
        holds with a chance of 95 % at all times together.
    """
    new = old = 0
    decision = ""
    for one in won:
        new, old = new + one, old + (not one)
        decision = decided(new, old)
        if decision:
            break
    low, high = interval(new, old)
    return Balance(new=new, old=old, favour=evidence(new, old), against=evidence(old, new), low=low, high=high, decision=decision)


def decided(new: int, old: int) -> str:
    """What the counts decide: "won", "lost", "even" or, so far, nothing."""
    if evidence(new, old) >= ENOUGH:
        return "won"
    if evidence(old, new) >= ENOUGH:
        return "lost"
    return "even" if new + old >= MOST else ""


def interval(new: int, old: int, *, error: float = 0.05) -> tuple[float, float]:
    """Shares that the comparisons do not contradict: those p against which a uniform mixture has evidence below 1/error.

    Source: Robbins 1970; the same inequality as in `evidence`, so it holds at all times together.
    """
    from scipy.special import betaln

    shares = np.linspace(0.0, 1.0, GRID + 2)[1:-1]
    against = float(betaln(new + 1, old + 1)) - new * np.log(shares) - old * np.log1p(-shares)
    inside = shares[against < log(1.0 / error)]
    return (float(inside[0]), float(inside[-1])) if len(inside) else (0.0, 1.0)
