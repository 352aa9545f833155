"""How much of a tuned change is kept: as much as leaves the model as inventive as it was, and its drafts as long.

Tuning that moves a model far enough to be heard also narrows what it writes. Along the line from the base to the tuned model both
come back, variety sooner than taste is lost (WARP, arXiv 2406.16768; DeRa, arXiv 2402.02992, says why: a share of the change is
nearly a stronger pull towards the base). So shares are tried, the largest first, on topics that were learned: the topics held out
stay unseen until the gate asks them, once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log

from learning.judge import Bar, Embed, Evidence, Question, judge, lengths

LOOKS = frozenset({"distinct", "utility", "length", "copied", "broken", "unsafe"})
CAUTION = 0.7  # of what the gate allows to be lost or changed: drafts for other topics move either measure by chance

WITHIN = 0.08  # log of a length that is let be: half of what the gate allows; chance moves the mean of 200 drafts by 0.05
GAIN = 1.5  # log-odds a log of length: names end at one token in seven, where lengths go as 1 / chance; some of it is not learned


def drift(questions: Sequence[Question]) -> float:
    """Log of the length of what the tuned model writes over that of what the base writes."""
    before, after = lengths(questions)
    return log(max(after, 1.0) / max(before, 1.0))


def evened(drift: Callable[[], float], shifted: Callable[[float], Callable[[], None]], *, tries: int) -> float:
    """Shifts the odds of ending an answer until lengths are the base's; returns the drift that is left.

    Args:
        drift: of what the model writes now; see the function of that name.
        shifted: changes the model's log-odds of ending by so much, and returns what takes that back.
        tries: shifts at most.
    """
    left = drift()
    for _try in range(tries):
        if abs(left) <= WITHIN:
            break
        undo, was = shifted(GAIN * left), left
        left = drift()
        if abs(left) >= abs(was):  # it is long for another reason, such as words said again and again
            undo()
            return was
    return left


def strongest(
    shares: Sequence[float],
    asked: Callable[[float], Sequence[Question]],
    bar: Bar,
    embed: Embed | None,
    taught: Sequence[str] = (),
) -> float:
    """The first share whose drafts keep their form; the last where none does, for the gate to refuse.

    Args:
        shares: of the change, falling.
        asked: what base and tuned model write with this share.
        bar: what the gate allows.
        embed: vectors of drafts, to tell which say the same.
        taught: what was learned for other topics than these: whoever says it here knows it by heart.
    """
    less = {name: CAUTION * getattr(bar, name) for name in ("lost", "longer", "copied", "broken")}
    careful = replace(bar, **less)
    for share in shares[:-1]:
        verdict = judge(Evidence(margins={}, questions=asked(share), taught=taught, embed=embed), careful)
        if all(finding.passed for finding in verdict.findings if finding.name in LOOKS):
            return share
    return shares[-1]
