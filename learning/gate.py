"""Whether what foretells votes is the team's taste, or luck, or one person's: asked again with each learning, and right over all.

It knows rows of features and opinions about them, as `learning.forecast` does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learning import ridge
from learning.features import Matrix
from learning.forecast import Hyperparameters, Judged
from learning.opinions import NOBODY, Opinions, voter_offsets, weights
from learning.ridge import Rows, Vector
from learning.sheets import Sheet

#: The same votes are dealt anew among the ideas of each topic so often at least, and oftener where `allowed` asks for more.
DEALS = 399
#: A team is looked at again with every brainstorm, and each look is another chance for luck. So the share of deals that may go as
#: well as the real votes is largest at so many judged ideas. Up to there it rises with the ideas, as early looks can tell strong
#: tastes only, and then it falls with a power of them, as looks have no end. One level for all looks costs power where teams are
#: longest (spending functions, Lan & DeMets 1983; lab book).
MOST, FULL_IDEAS, FALLING, LEAST = 0.007, 225, 0.75, 0.0005
CLOSE = (
    8.0  # deals that are allowed to be lucky where the matter is close: with one or two it would be decided by luck of its own
)
PLAIN, HOPELESS = 0.5, 4.0  # times what is allowed, below and above which luck need not be known closer
#: Ideas beyond which, and topics from which on, errors over topics say the same in less time.
MANY, SURE_TOPICS = 1000, 30
ERRORS = 3.0  # standard errors beyond chance, over topics: as rare as `allowed` in the long run
AT_ONCE = 19  # deals; a few MB for a thousand ideas
NARROW, MANY_AT_ONCE = 50, 95  # columns up to which more deals at once take as much memory, and how many
#: Chance that a team has a taste that carries over, before its votes speak; and likelihood of luck from which a forecast has no
#: weight at all. Between that and proof it weighs as much as it is likely, and so much at most.
TASTEFUL, LIKELY_LUCK, UNPROVED = 0.25, 0.1, 0.8
#: Of what is allowed, the part that sound may be lucky by itself; and luck from which sound has no weight in a forecast.
SOUND_SHARE, SOUND_LUCK = 0.15, 0.05
VOICES = 6  # groups of people, each foretold by what the others said
COUNTED = 8  # opinions from which a person is asked for agreement
SOME = 3  # people from whom on a taste must be shared; one or two are the team


@dataclass(frozen=True, slots=True)
class Shares:
    """What each opinion adds to its idea's evidence."""

    idea: Rows  #: place among the judged, of each opinion
    voice: Rows  #: group of its person
    person: Rows  #: number, or NOBODY
    value: Vector  #: of the idea's weighted distance from its topic's mean; an idea's sum is that distance

    @classmethod
    def of(cls, said: Opinions, judged: Judged, weight: Vector, level: Vector, chance: np.random.Generator) -> Shares:
        """`weight` of each judged idea, `level` its topic's mean opinion."""
        place = np.full(int(said.idea.max()) + 1, -1)
        place[judged.ideas] = np.arange(len(judged.ideas))
        mine = place[said.idea]
        counted = weights(said) / judged.people[mine]
        value = weight[mine] * counted * (said.value - voter_offsets(said) - level[mine])
        return cls(mine, _voices(said.person, counted, chance), said.person, value)


def _voices(person: Rows, weight: Vector, chance: np.random.Generator) -> Rows:
    """People in up to `VOICES` groups that say about equally much; opinions of nobody known are dealt to groups one by one."""
    found = np.asarray(chance.integers(0, VOICES, len(person)), dtype=np.intp)
    known = person != NOBODY
    if known.any():
        said = np.bincount(person[known], weights=weight[known])
        people = np.flatnonzero(said > 0)
        group, filled = np.zeros(len(said), dtype=np.intp), np.zeros(VOICES)
        for one in people[np.argsort(-said[people], kind="stable")]:
            group[one] = int(np.argmin(filled))
            filled[group[one]] += said[one]
        found[known] = group[person[known]]
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of the judged ideas, by groups of people: what forecasts are held against."""

    topics: Rows  #: of each judged idea
    shares: Shares
    voices: Rows  #: group of each opinion; all are one where one or two people are the team
    table: NDArray[np.float64]  #: what each group says of each judged idea, shape (voices, ideas)
    alone: bool
    chance: np.random.Generator

    @classmethod
    def of(cls, page: Sheet, said: Opinions, judged: Judged, hyper: Hyperparameters, *, seed: int) -> Said:
        """Sums opinions up."""
        topics = page.topics[judged.ideas]
        weight = judged.people / (judged.people + hyper.vote_variance / max(hyper.between, 1e-6))
        level = judged.mean - ridge.centred(judged.mean, topics, weight)
        chance = np.random.default_rng(seed)
        shares = Shares.of(said, judged, weight, level, chance)
        known = np.unique(shares.person[shares.person != NOBODY])
        alone = 0 < len(known) < SOME and not (shares.person == NOBODY).any()
        voices = np.zeros(len(shares.idea), dtype=np.intp) if alone else shares.voice
        table = np.zeros((voices.max() + 1, len(judged.ideas)))
        np.add.at(table, (voices, shares.idea), shares.value)
        return cls(topics, shares, voices, table, alone, chance)

    def luck(self, rows: Matrix, enough: float, least: int = DEALS) -> float:
        """How likely luck foretells as well by these features of the judged ideas, shape (ideas, columns), 0..1.

        It is known closely only where it is near to what is `enough`, and 1 where fewer than half of the people are foretold.
        """
        centred = ridge.centred(rows.astype(np.float64), self.topics, np.ones(len(self.topics)))
        real = likeness(centred, self.topics, self.table[:, :, None])[0]
        foretold = by_others(centred, self.topics, self.table[:, :, None])[:, :, 0]
        if real <= 0 or not (self.alone or _half(foretold, self.shares, self.voices)):
            return 1.0
        if len(self.topics) > MANY and len(np.unique(self.topics)) >= SURE_TOPICS:
            by_topic = np.bincount(self.topics, weights=(foretold * self.table).sum(axis=0))
            errors = float(by_topic.sum()) / math.sqrt(max(float((by_topic**2).sum()), 1e-24))
            return 0.5 * math.erfc(errors / math.sqrt(2))
        return _luck(centred, self.topics, self.table, real, enough, least, self.chance)

    def proof(self) -> float:
        """How likely luck may be for a taste to be believed."""
        if len(self.topics) > MANY and len(np.unique(self.topics)) >= SURE_TOPICS:
            return 0.5 * math.erfc(ERRORS / math.sqrt(2))
        return allowed(len(self.topics))


@dataclass(frozen=True, slots=True)
class Belief:
    """How far a forecast may be believed, and whether the sound of ideas has a part in it."""

    worth: float  #: 0..1: 1 once votes foretell others' votes on unseen topics better than luck does
    sound: bool  #: whether how ideas sound foretells votes by itself


def believed(page: Sheet, opinions: Opinions, judged: Judged, hyper: Hyperparameters, *, seed: int) -> Belief:
    """How far a forecast may be believed.

    At least half of the people must be foretold, too. Before proof its worth is the chance that votes are a taste, from luck's
    likelihood. Meaning and surface are asked without sound, whose columns would only add noise for most teams; and sound
    by itself, at a small share of what is allowed, which is taken from the rest: both together are no luckier than that.
    """
    said = Said.of(page, opinions, judged, hyper, seed=seed)
    enough = said.proof()
    rest = (1 - SOUND_SHARE) * enough
    luck = said.luck(page.heard(0.0).rows[judged.ideas], rest)
    telling = math.ceil(1.0 / (HOPELESS * SOUND_SHARE * enough))  # fewer deals cannot tell what is rarer from what is close
    sound = said.luck(page.rows[judged.ideas][:, page.sound], SOUND_SHARE * enough, max(DEALS, telling))
    if luck <= rest or sound <= SOUND_SHARE * enough:
        return Belief(1.0, sound <= SOUND_LUCK)
    return Belief(min(UNPROVED, likely(luck)), sound <= SOUND_LUCK)


def allowed(ideas: int) -> float:
    """How likely luck may be for a taste to be believed that was looked for in so many judged ideas."""
    return float(max(LEAST, MOST * min(ideas / FULL_IDEAS, (FULL_IDEAS / ideas) ** FALLING)))


def _luck(
    rows: NDArray[np.float64],
    topics: Rows,
    table: NDArray[np.float64],
    real: float,
    enough: float,
    least: int,
    chance: np.random.Generator,
) -> float:
    """The share of deals that go as well with what they foretell as the real votes do, the real ones being one of them.

    It is counted in `least` deals, and until it is plainly too large, or small enough to tell whether it is below `enough`.
    """
    most = max(least, math.ceil(CLOSE / enough))
    lucky, deals, luck = 0, 0, 1.0
    at_once = AT_ONCE if rows.shape[1] > NARROW else MANY_AT_ONCE
    while deals < most:
        dealt = ridge.dealt(topics, at_once, chance)
        lucky += int((likeness(rows, topics, table[:, dealt]) >= real).sum())
        deals += at_once
        luck = (lucky + 1) / (deals + 1)
        if lucky > LIKELY_LUCK * most or (deals >= least and not PLAIN * enough < luck <= HOPELESS * enough):
            break
    return luck


def likely(luck: float) -> float:
    """The chance that votes follow a taste, 0..1, where luck alone does as well with a chance of `luck`.

    The most that such a likelihood can speak for a taste: odds of -1 / (e p ln p). Source: Sellke, Bayarri & Berger 2001.
    """
    if luck >= LIKELY_LUCK:
        return 0.0
    odds = TASTEFUL / (1 - TASTEFUL) / (-math.e * luck * math.log(max(luck, 1e-12)))
    return odds / (1 + odds)


def by_others(rows: NDArray[np.float64], topics: Rows, table: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each voice is foretold to say by what the others said on other topics, up to a factor; one voice by itself.

    Σ x·x' v' over the ideas of other topics: a ridge so strongly shrunk that it need not be solved. Each new topic adds to the
    likeness what its votes add, with mean 0 where they are coins, so one look goes on from the last.

    Args:
        rows: features centred inside topics, shape (ideas, columns).
        topics: of each idea.
        table: what voices say, shape (voices, ideas, deals).

    Returns:
        The same shape.
    """
    heard = table if len(table) == 1 else table.sum(axis=0) - table
    found = np.zeros_like(table)
    order = np.argsort(topics, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(topics[order])) + 1)
    whole = rows.T @ heard
    for mine in groups:
        found[:, mine] = rows[mine] @ (whole - rows[mine].T @ heard[:, mine])
    return found


def likeness(rows: NDArray[np.float64], topics: Rows, table: NDArray[np.float64]) -> Vector:
    """How what voices say goes with what the others foretell, shape (deals,)."""
    foretold = by_others(rows, topics, table)
    product = (foretold * table).sum(axis=(0, 1))
    # Each voice by itself: one person's strong taste makes the others' forecasts long, not better.
    power = np.sqrt(((foretold**2).sum(axis=1) * (table**2).sum(axis=1)).sum(axis=0))
    return np.asarray(product / np.maximum(power, 1e-12))


def _half(foretold: NDArray[np.float64], shares: Shares, voices: Rows) -> bool:
    """Whether at least half of those who said enough are foretold by what others said."""
    known = shares.person != NOBODY
    if not known.any():
        return True
    person = shares.person[known]
    agrees = np.bincount(person, weights=shares.value[known] * foretold[voices[known], shares.idea[known]])
    asked = np.bincount(person) >= COUNTED
    return bool(2 * (agrees[asked] > 0).sum() >= asked.sum())
