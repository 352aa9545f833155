"""How well ideas are ordered, on real people's judgements, by the code that orders them in the product.

    python -m tests.bench.ranking [--quick]

Reads people's judgements (`tests.bench.human` says where they lie). A *pair* is two answers to one prompt whose true values
clearly differ; a table's figure is the share of pairs ordered rightly, its mean and spread over prompts and seeds. `--quick`
learns from a quarter of the caption contests. Ends with one line `RESULT {json}`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, pstdev

import numpy as np
from numpy.typing import NDArray

from bot.services.ideas.selecting import Taste as Likeness
from learning.forecast import Fit, refitted
from learning.opinions import NOBODY, Opinions
from learning.rankers.bayes import PRIOR
from learning.sheets import Sheet, sheet
from learning.trust import learned
from tests.bench import human
from tests.bench.embedded import embedded

NEEDED = (
    "captions/contests.csv",
    "captions/captions_300_per_contest.csv.gz",
    "aut/aut_originality.csv.gz",
    "polis/statements.csv",
    "polis/votes.csv.gz",
)
SEEDS = range(3)
#: Unfunny, somewhat funny, funny on the scale of feedback: 👎, three stars ("a faint yes"), 👍.
FACES = np.array([-1.0, 0.1, 1.0])
CLEAR = 2.5  # standard errors by which two captions' true means must differ
CLEAR_USE = 0.75 / 2  # of the scale -1..+1: 0.75 points of originality out of 1..5
TESTED = 6  # contests held out, drawn by chance from those with enough votes
ENOUGH, MANY = 80, 200  # votes on a caption; captions with so many in a contest that can be tested
VOTES = (0, 1, 2, 5, 10, 20)
OWN = (20, 100, 500)
ADAPTED = (20, 50, 100, 500)
LARGE = 250  # answers of an object or statements of a conversation that can be tested

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """Answers to several prompts, and the topic each belongs to."""

    texts: list[str]
    topic: list[str]

    def page(self, about: dict[str, str]) -> Sheet:
        """Their features."""
        names = list(dict.fromkeys(self.topic))
        number = {name: place for place, name in enumerate(names)}
        vectors = embedded([*self.texts, *(about[name] for name in names)])
        count = len(self.texts)
        return sheet(self.texts, vectors[:count], np.array([number[name] for name in self.topic]), vectors[count:])


class Table:
    """Shares of pairs by row and column."""

    def __init__(self, title: str, columns: Iterable[object]) -> None:
        self.title = title
        self.columns = [str(column) for column in columns]
        self.found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    def add(self, row: str, column: object, share: float | None) -> None:
        if share is not None:
            self.found[row, str(column)].append(share)

    def mean(self, row: str, column: object) -> float:
        return fmean(self.found[row, str(column)])

    def show(self) -> None:
        rows = list(dict.fromkeys(row for row, _column in self.found))
        width = max(len(row) for row in rows)
        print(f"\n{self.title}\n{'':{width}}  " + "  ".join(f"{column:>11}" for column in self.columns))
        for row in rows:
            cells = (self.found.get((row, column)) for column in self.columns)
            print(
                f"{row:{width}}  " + "  ".join(f"{fmean(c):.3f} ±{pstdev(c):.3f}" if c else " " * 11 for c in cells), flush=True
            )


def pairs_right(score: Floats, truth: Floats, gap: Callable[[NDArray[np.intp], NDArray[np.intp]], Floats]) -> float | None:
    """Share of clear pairs in the right order; ties count half."""
    one, other = np.triu_indices(len(truth), 1)
    apart = truth[one] - truth[other]
    clear = np.abs(apart) >= np.maximum(gap(one, other), 1e-9)
    if not clear.any():
        return None
    return float(np.mean((np.sign((score[one] - score[other])[clear]) * np.sign(apart[clear]) + 1) / 2))


def joined(prior: Floats, strength: float, favour: Floats, against: Floats) -> Floats:
    """The mean of the posterior that `learning.rankers.bayes.posterior` gives, for many ideas at once."""
    for_it, against_it = strength * (1 + prior) / 2 + favour, strength * (1 - prior) / 2 + against
    return np.asarray((for_it - against_it) / (for_it + against_it))


def crowd(ideas: NDArray[np.intp], counts: NDArray[np.int64]) -> Opinions:
    """Counts of each face, shape (ideas, 3), as opinions of nobody we know."""
    row, face = np.nonzero(counts)
    return Opinions(ideas[row], np.full(len(row), NOBODY), FACES[face], counts[row, face].astype(np.float64))


def ratings(ideas: NDArray[np.intp], values: Floats) -> Opinions:
    """One opinion of each idea."""
    return Opinions(ideas, np.full(len(ideas), NOBODY), values, np.ones(len(ideas)))


def nothing() -> Opinions:
    """No opinions."""
    none = np.zeros(0, dtype=np.intp)
    return Opinions(none, none, np.zeros(0), np.zeros(0))


# ---------------------------------------------------------------------------------------------- captions


@dataclass(frozen=True)
class Captions:
    """Caption contests: texts and counts of unfunny, somewhat funny, funny."""

    answers: Answers
    counts: NDArray[np.int64]
    about: dict[str, str]


def read_captions(contests: Callable[[str], bool] = lambda contest: True) -> Captions:
    """The top 20 and 280 random captions of each contest."""
    with human.wanted("captions/contests.csv").open(encoding="utf-8") as file:
        about = {row["contest"]: f"{row['description']} {row['context']} {row['anomaly']}" for row in csv.DictReader(file)}
    rows = [row for row in read_zipped(human.wanted("captions/captions_300_per_contest.csv.gz")) if contests(row["contest"])]
    counts = np.array([[int(row["unfunny"]), int(row["somewhat_funny"]), int(row["funny"])] for row in rows])
    return Captions(Answers([row["caption"] for row in rows], [row["contest"] for row in rows]), counts, about)


def read_zipped(file: Path) -> Iterator[dict[str, str]]:
    """The rows of a gzipped CSV file."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def held_out(captions: Captions) -> list[str]:
    """Contests to test on, by chance."""
    voted: defaultdict[str, int] = defaultdict(int)
    for contest, votes in zip(captions.answers.topic, captions.counts.sum(axis=1), strict=True):
        voted[contest] += int(votes >= ENOUGH)
    able = sorted(contest for contest, count in voted.items() if count >= MANY)
    return list(np.random.default_rng(0).choice(able, size=min(TESTED, len(able)), replace=False))


def bench_captions(table: Table, adapted: Table, *, quick: bool) -> None:
    """Direct votes on captions of contests nobody voted on before; and what a contest's own votes add on its other captions."""
    everything = read_captions()
    tested = held_out(everything)
    others = sorted({contest for contest in everything.answers.topic if contest not in tested})
    kept = set(tested) | set(others[:: 4 if quick else 1])
    captions = read_captions(lambda contest: contest in kept)
    page = captions.answers.page(captions.about)
    topic = np.array(captions.answers.topic)
    learned_from = np.flatnonzero(~np.isin(topic, tested))
    log = crowd(learned_from, captions.counts[learned_from])
    began = time.perf_counter()
    cold = learned(page, log)
    print(f"captions: learned from {len(learned_from)} captions in {time.perf_counter() - began:.0f} s; {described(cold)}")
    ideas = np.flatnonzero(np.isin(topic, tested) & (captions.counts.sum(axis=1) >= ENOUGH))
    for seed in SEEDS:
        chance = np.random.default_rng(seed)
        half = np.array([chance.multivariate_hypergeometric(counts, counts.sum() // 2) for counts in captions.counts[ideas]])
        rest = captions.counts[ideas] - half
        truth, error = mean_and_error(rest)
        for votes in VOTES:
            drawn = np.array([chance.multivariate_hypergeometric(counts, votes) for counts in half])
            warm = refitted(cold, log.and_(crowd(ideas, drawn)))
            favour, against = drawn @ np.maximum(FACES, 0), drawn @ np.maximum(-FACES, 0)
            scores = {
                "votes alone (bayes)": joined(np.zeros(len(ideas)), 2 * PRIOR, favour, against),
                "mean vote": (drawn @ FACES) / max(votes, 1),
                "forecast alone": warm.prior[ideas],
                "votes + forecast (taste)": joined(warm.prior[ideas], warm.hyperparameters.strength, favour, against),
            }
            for contest in tested:
                mine = topic[ideas] == contest
                for name, score in scores.items():
                    share = pairs_right(score[mine], truth[mine], lambda i, j, e=error[mine]: CLEAR * np.hypot(e[i], e[j]))
                    table.add(name, votes, share)
        for contest in tested:
            adapt(adapted, "captions", cold, log, np.flatnonzero(topic == contest), captions, chance)


def mean_and_error(counts: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Mean of unfunny -1, somewhat funny 0, funny +1, and its standard error."""
    total = counts.sum(axis=1)
    mean = (counts[:, 2] - counts[:, 0]) / total
    variance = (counts[:, 2] + counts[:, 0]) / total - mean**2
    return mean, np.sqrt(np.maximum(variance, 0.02) / total)


def adapt(
    table: Table, what: str, cold: Fit, log: Opinions, ideas: NDArray[np.intp], captions: Captions, chance: np.random.Generator
) -> None:
    """One vote each on some of a topic's ideas: are its other ideas ordered better than without?"""
    order = chance.permutation(ideas)
    rest = order[len(order) // 2 :]
    counts = captions.counts[rest]
    truth, error = mean_and_error(counts)
    for votes in ADAPTED[:3]:
        few = order[: min(votes, len(order) // 2)]
        drawn = np.array([chance.multivariate_hypergeometric(count, 1) for count in captions.counts[few]])
        warm = refitted(cold, log.and_(crowd(few, drawn)))
        for name, fit in (("pooled forecast", cold), ("with the topic's own votes", warm)):
            share = pairs_right(fit.prior[rest], truth, lambda i, j: 2.0 * np.hypot(error[i], error[j]))
            table.add(f"{what}: {name}", votes, share)


def described(fit: Fit) -> str:
    """What was learned, in a line."""
    hyper = fit.hyperparameters
    accuracy = "untested" if hyper.accuracy is None else f"{hyper.accuracy:.3f} ±{hyper.error:.3f} on unseen topics"
    penalties = f"penalties {hyper.penalty:.0f} and {dict(hyper.topic_penalties)}"
    return f"{accuracy}, slope {hyper.slope:.2f}, worth {hyper.strength:.0f} votes, {penalties}"


# ---------------------------------------------------------------------------------------------- uses of things


def bench_uses(table: Table, adapted: Table) -> None:
    """Originality of uses of one object, foretold from other objects and from some answers of its own."""
    rows = list(read_zipped(human.wanted("aut/aut_originality.csv.gz")))
    answers = Answers([row["response"] for row in rows], [row["prompt"] for row in rows])
    value = (np.array([float(row["target"]) for row in rows]) - 3) / 2
    topic = np.array(answers.topic)
    page = answers.page({name: name for name in answers.topic})
    for thing in sorted(set(answers.topic)):
        ideas = np.flatnonzero(topic == thing)
        if len(ideas) < LARGE:
            continue
        others = np.flatnonzero(topic != thing)
        log = ratings(others, value[others])
        cold = learned(page, log)
        print(f"uses of a {thing}: {described(cold)}", flush=True)
        for seed in SEEDS:
            order = np.random.default_rng(seed).permutation(ideas)
            for own in OWN:
                few, rest = order[:own], order[own:]
                if len(rest) < 100:
                    continue
                warm = refitted(cold, log.and_(ratings(few, value[few])))
                likeness = Likeness(vectors=page.vectors[few], means=value[few] - value[few].mean()).of(page.vectors[rest])
                scores = {
                    "likeness to own judged answers": likeness,
                    "forecast from other objects": cold.prior[rest],
                    "the same with own votes (taste)": warm.prior[rest],
                }
                for name, score in scores.items():
                    share = pairs_right(score, value[rest], lambda i, j: np.full(len(i), CLEAR_USE))
                    table.add(name, own, share)
                    if score is not likeness:
                        kept = "with the topic's own votes" if "taste" in name else "pooled forecast"
                        adapted.add(f"uses: {kept}", own, share)


# ---------------------------------------------------------------------------------------------- the wrong task


def bench_wrong(table: Table) -> None:
    """Statements of real groups, in one kind of task with captions: a forecast that says nothing, or the opposite."""
    captions = read_captions(lambda contest: int(contest) % 4 == 0)
    with human.wanted("polis/statements.csv").open(encoding="utf-8") as file:
        statements = {(row["conv"], row["comment-id"]): row["comment-body"] for row in csv.DictReader(file)}
    said: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in read_zipped(human.wanted("polis/votes.csv.gz")):
        if row["vote"] != "0":
            said[row["conv"], row["comment-id"]][int(row["vote"] == "1")] += 1
    able = [key for key in sorted(statements) if sum(said[key]) >= 2 * max(VOTES)]
    talks = sorted({talk for talk, _id in able if sum(key[0] == talk for key in able) >= 20})
    able = [key for key in able if key[0] in talks]
    joint = Answers(
        [*captions.answers.texts, *(statements[key] for key in able)], [*captions.answers.topic, *(talk for talk, _id in able)]
    )
    page = joint.page({**captions.about, **{talk: talk.replace("-", " ") for talk in talks}})
    count = len(captions.answers.texts)
    log = crowd(np.arange(count), captions.counts)
    cold = learned(page, log)
    print(f"statements: {described(cold)}, learned from captions, {len(talks)} conversations", flush=True)
    ideas = np.arange(count, len(joint.texts))
    counts = np.array([said[key] for key in able])
    of_talk = np.array([talk for talk, _id in able])
    for seed in SEEDS:
        chance = np.random.default_rng(seed)
        half = np.array([chance.multivariate_hypergeometric(votes, votes.sum() // 2) for votes in counts])
        rest = counts - half
        truth = (rest[:, 1] - rest[:, 0]) / rest.sum(axis=1)
        error = np.sqrt(np.maximum(1 - truth**2, 0.02) / rest.sum(axis=1))
        for votes in VOTES[1:]:
            drawn = np.array([chance.multivariate_hypergeometric(half_votes, votes) for half_votes in half])
            both = np.stack([drawn[:, 0], np.zeros(len(drawn), dtype=np.int64), drawn[:, 1]], axis=1)
            warm = refitted(cold, log.and_(crowd(ideas, both)))
            alone = joined(np.zeros(len(ideas)), 2 * PRIOR, drawn[:, 1] * 1.0, drawn[:, 0] * 1.0)
            with_it = joined(warm.prior[ideas], warm.hyperparameters.strength, drawn[:, 1] * 1.0, drawn[:, 0] * 1.0)
            for talk in talks:
                mine = of_talk == talk
                for name, score in (("votes alone (bayes)", alone), ("with a forecast of another task", with_it)):
                    share = pairs_right(score[mine], truth[mine], lambda i, j, e=error[mine]: CLEAR * np.hypot(e[i], e[j]))
                    table.add(name, votes, share)


def bench_wrong_for_captions(table: Table) -> None:
    """Captions, in one kind of task with uses of things."""
    uses = list(read_zipped(human.wanted("aut/aut_originality.csv.gz")))
    everything = read_captions()
    tested = held_out(everything)
    captions = read_captions(lambda contest: contest in tested)
    texts = [*(row["response"] for row in uses), *captions.answers.texts]
    joint = Answers(texts, [*(row["prompt"] for row in uses), *captions.answers.topic])
    page = joint.page({**{row["prompt"]: row["prompt"] for row in uses}, **captions.about})
    log = ratings(np.arange(len(uses)), (np.array([float(row["target"]) for row in uses]) - 3) / 2)
    cold = learned(page, log)
    print(f"captions: {described(cold)}, learned from uses of things", flush=True)
    able = np.flatnonzero(captions.counts.sum(axis=1) >= ENOUGH)
    ideas, counts, contest = len(uses) + able, captions.counts[able], np.array(captions.answers.topic)[able]
    for seed in SEEDS:
        chance = np.random.default_rng(seed)
        half = np.array([chance.multivariate_hypergeometric(count, count.sum() // 2) for count in counts])
        truth, error = mean_and_error(counts - half)
        for votes in VOTES[1:]:
            drawn = np.array([chance.multivariate_hypergeometric(count, votes) for count in half])
            warm = refitted(cold, log.and_(crowd(ideas, drawn)))
            favour, against = drawn @ np.maximum(FACES, 0), drawn @ np.maximum(-FACES, 0)
            alone = joined(np.zeros(len(ideas)), 2 * PRIOR, favour, against)
            with_it = joined(warm.prior[ideas], warm.hyperparameters.strength, favour, against)
            for name in tested:
                mine = contest == name
                for row, score in (("votes alone (bayes)", alone), ("with a forecast of another task", with_it)):
                    share = pairs_right(score[mine], truth[mine], lambda i, j, e=error[mine]: CLEAR * np.hypot(e[i], e[j]))
                    table.add(row, votes, share)


def main() -> None:
    """Runs everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="learn from a quarter of the contests")
    options = parser.parse_args()
    for name in NEEDED:  # before hours of work, not after
        human.wanted(name)
    captions = Table("captions: pairs ordered rightly by direct votes on each caption", VOTES)
    uses = Table("uses of one object: pairs ordered rightly by its own judged answers", OWN)
    wrong = Table("statements with a forecast learned from captions: pairs ordered rightly by direct votes", VOTES[1:])
    astray = Table("captions with a forecast learned from uses of things: pairs ordered rightly by direct votes", VOTES[1:])
    adapted = Table("what a topic's own votes do to its other ideas", ADAPTED)
    bench_uses(uses, adapted)
    bench_wrong(wrong)
    bench_wrong_for_captions(astray)
    bench_captions(captions, adapted, quick=options.quick)
    for table in (captions, uses, wrong, astray, adapted):
        table.show()
    print("RESULT " + json.dumps(result(captions, uses, (wrong, astray), adapted)))


def result(captions: Table, uses: Table, wrong: Iterable[Table], adapted: Table) -> dict[str, float]:
    """The figures to hold, by name."""
    by_votes = [
        table.mean("with a forecast of another task", votes) - table.mean("votes alone (bayes)", votes)
        for table in wrong
        for votes in VOTES[1:]
    ]
    gains = [
        adapted.mean(f"{what}: with the topic's own votes", votes) - adapted.mean(f"{what}: pooled forecast", votes)
        for what in ("captions", "uses")
        for votes in ADAPTED
        if adapted.found.get((f"{what}: pooled forecast", str(votes)))
    ]
    taste_row, own_row = "votes + forecast (taste)", "the same with own votes (taste)"
    found = {
        **{f"captions_r{votes}": captions.mean(taste_row, votes) for votes in (1, 5, 20)},
        **{f"aut_{own}": uses.mean(own_row, own) for own in OWN},
        "wrong_prior_delta": min(by_votes),
        "adaptation_delta": min(gains),
    }
    return {name: round(value, 4) for name, value in found.items()}


if __name__ == "__main__":
    main()
