"""Whether tuning pays: a simulated team votes on the real model's ideas, its model is tuned, judged, and compared blind.

    python -m tests.bench.tuning [--tastes plain soft] [--topics 64] [--new 10] [--choosing --sharpness 2] [--method dpo] [--trl]

The team is that of `tests.bench.crowd`: hidden tastes, votes as noisy as people's on captions. Blind pairs: an idea of the tuned
model beside one of the base for the same new topic; the hidden taste decides, ties count half. How tuning is done is chosen with
`--choosing`, on other topics than those of which anything is reported. With `--trl` a few steps
are timed instead, by our loop and by TRL's trainer on the same pairs.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

import learning.tuners
from bot import plugins
from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Draft, Idea, IdeaId, Person, Prompt, Team
from bot.ports import Phrase, Taste
from generators.client.phrasing import RecipePhrasing, instructed, taught
from generators.engines.text.embedder import Embedder
from generators.service import weights
from learning.bases import base_of
from learning.critics import taste_of
from learning.dataset import TrainingSet, count
from learning.gathering import gather
from learning.job import Job
from learning.judge import Bar, Embed, Evidence, Question, Verdict, classes, distinct
from learning.plan import Plan
from learning.run import whole
from learning.sets import Split, split, training_set
from learning.tuners._policy import Policy
from learning.tuners._training import Cancelled, batches
from learning.workshop import TorchWorkshop
from storage.memory import MemoryStore
from tests.bench.crowd import CHOSEN_ON, TASTES, THINGS, Standing, a_team, ballots, vote
from tests.bench.embedded import CACHE
from tests.bench.loop import EPOCH, blind

DRAWN = 20  # base drafts of each of two ways to ask, for each topic
SHOWN = 4  # of a topic's drafts: one of four, as the bot makes four for every idea it shows
KEPT_EVERY = 20  # questions after which the base's answers are written down
TEAM = Team(platform="bench", id="tuning")


class Bench:
    """The model, and what it drafted before any tuning."""

    def __init__(self) -> None:
        where, self.name = weights.text_weights(weights.EMBEDDED, CACHE, lambda _doing, _done: None)
        self.base = base_of(where, self.name)
        self.phrasing = RecipePhrasing(instructed=instructed(self.name), taught=taught(self.name))
        self.embed = Embedder(weights.vector_weights(weights.EMBEDDED)[0])
        self.file = CACHE / "tuning-drafts.json"
        self.drafts: dict[str, list[str]] = json.loads(self.file.read_text()) if self.file.exists() else {}

    def drafted(self, topics: Sequence[str]) -> None:
        """Drafts for the topics that have none yet; kept between runs."""
        missing = [topic for topic in topics if topic not in self.drafts]
        policy = Policy.load(self.base.folder, dtype="bfloat16") if missing else None
        for number, topic in enumerate(missing):
            assert policy is not None
            prompt, found = Prompt(text=topic), dict[str, None]()
            for seed in (1, 2):
                phrase = self.phrasing.phrase(prompt, seed=10 * number + seed)
                for text, ended in policy.write(phrase, DRAWN, seed=seed):
                    draft = self.phrasing.idea(phrase, prompt, text, finished=ended)
                    if draft.broken is None:
                        found.setdefault(draft.text)
            self.drafts[topic] = list(found)
            self.file.write_text(json.dumps(self.drafts))


class Sparing(TorchWorkshop):
    """A workshop that keeps what the base drafted, as several seeds ask it for the same."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.phrasing, bench.embed)
        self.file = CACHE / "asked-of-base.json"
        self.known: dict[str, list[tuple[str, bool]]] = json.loads(self.file.read_text()) if self.file.exists() else {}

    def write(self, policy: Policy, phrase: Phrase, prompt: Prompt, count: int, *, seed: int) -> tuple[Draft, ...]:
        """See `TorchWorkshop`."""
        if policy.changed:
            return super().write(policy, phrase, prompt, count, seed=seed)
        key = hashlib.blake2b(repr((phrase, count, seed)).encode(), digest_size=10).hexdigest()
        if key not in self.known:
            self.known[key] = policy.write(phrase, count, seed=seed)
            if len(self.known) % KEPT_EVERY == 0:
                self.keep()
        return tuple(self.phrasing.idea(phrase, prompt, text, finished=ended) for text, ended in self.known[key])

    def keep(self) -> None:
        """Writes them down."""
        others = json.loads(self.file.read_text()) if self.file.exists() else {}  # another run's, meanwhile
        self.known = {**others, **self.known}
        whole(self.file, json.dumps(self.known))


class Drafted(Protocol):
    """Drafts of the base, and what embeds them."""

    drafts: dict[str, list[str]]  #: that can be shown, by topic

    @property
    def embed(self) -> Embed:
        """What embeds them."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A topic, what was shown for it, and the votes on that."""

    prompt: Prompt
    brainstorm: Brainstorm
    ideas: list[Idea]
    votes: list[Feedback]


def shown(texts: Sequence[str], count: int, embed: Embed, luck: random.Random) -> list[str]:
    """Some of the drafts, no two alike."""
    own = [texts[place] for place, first in enumerate(classes(texts, embed)) if first == place]
    return luck.sample(own, min(count, len(own)))


def cast(bench: Drafted, topics: Sequence[str], taste: Standing, given: argparse.Namespace) -> list[Asked]:
    """What is shown to the team for each topic, and how it votes on that."""
    voters, shares, luck = a_team(given.voters, seed=given.seed), ballots(), random.Random(f"votes/{given.seed}")
    found = []
    for number, topic in enumerate(topics):
        at = EPOCH + timedelta(hours=number)
        channel, id, prompt = Channel(team=TEAM, id="names"), BrainstormId(f"{number:024x}"), Prompt(text=topic)
        begun = Brainstorm(id=id, channel=channel, asker=None, prompt=prompt, model="", seed=number, created_at=at)
        ideas, votes = [], []
        for slot, text in enumerate(shown(bench.drafts[topic], given.shown, bench.embed, luck)):
            name = IdeaId(f"{number:012x}{slot:012x}")
            ideas.append(
                Idea(id=name, brainstorm=id, channel=channel, number=0, text=text, origin="fresh", slot=slot, created_at=at)
            )
            for voter in voters:
                value = vote(voter, slot // 2, taste.of(text), shares, luck)  # two messages of five ideas read as one
                if value:
                    person = Person(platform="bench", id=voter.name)
                    token = "up" if value > 0 else "down"
                    votes.append(Feedback(idea=name, person=person, signal="vote", token=token, value=value, at=at))
        found.append(Asked(prompt, begun, ideas, votes))
    return found


async def voted(bench: Drafted, topics: Sequence[str], taste: Standing, given: argparse.Namespace) -> Split:
    """What the team's votes teach."""
    store = MemoryStore()
    for asked in cast(bench, topics, taste, given):
        channel = asked.brainstorm.channel
        await store.settle(channel, replace(await store.settings(channel), training=True))
        await store.begin(asked.brainstorm)
        for idea in asked.ideas:
            await store.add(idea)
        for said in asked.votes:
            await store.hear(TEAM, said)
    return split(await gather(store, TEAM))


def right(chosen: Split, taste: Standing) -> float:
    """Share of the pairs to learn from that the hidden taste agrees with."""
    pairs = [pair for topic in chosen.learned for pair in topic.pairs]
    return float(np.mean([taste.of(pair.chosen.text) > taste.of(pair.rejected.text) for pair in pairs])) if pairs else 0.0


def fit(questions: Sequence[Question], side: str) -> list[list[str]]:
    """The drafts of one side that can be shown, by topic."""
    return [[draft.text for draft in getattr(question, side) if draft.broken is None] for question in questions]


def spread(questions: Sequence[Question], embed: Embedder) -> tuple[float, float]:
    """Share of drafts that say something of their own, before and after."""

    def mean(drafts: Sequence[Sequence[Draft]]) -> float:
        return float(np.mean([distinct(some, embed) for some in drafts]))

    return mean([question.before for question in questions]), mean([question.after for question in questions])


def tuned(
    bench: Bench, name: str, taste: Standing, learned: Sequence[str], new: Sequence[str], given: argparse.Namespace
) -> None:
    """One taste, from votes to blind pairs."""
    chosen = asyncio.run(voted(bench, learned, taste, given))
    tried = {name: getattr(given, name) for name in ("epochs", "beta", "imitation", "seed", "method", "labelled", "sharpness")}
    plan = Plan(learning_rate=given.rate, **tried)
    pairs = sum(len(topic.pairs) for topic in chosen.learned)
    print(f"{name}: {pairs} pairs over {len(chosen.learned)} topics, {right(chosen, taste):.0%} of them right", flush=True)
    made = training_set(chosen, bench.phrasing, plan, bench.embed)
    if given.trl:
        ours, theirs = timed(bench, made, plan)
        print(f"RESULT tuning_pair_cpu_s {ours:.3f}\nRESULT trl_pair_cpu_s {theirs:.3f}\nRESULT trl_ratio {theirs / ours:.2f}")
        return
    workshop = Sparing(bench)
    questions: list[Question] = []

    def look(policy: Policy, evidence: Evidence) -> None:
        asked = [workshop.question(policy, Prompt(text=topic), seed=500 + number) for number, topic in enumerate(new)]
        questions.extend([*evidence.questions, *asked])  # nobody voted on the ones, and the others were held out

    workshop.look = look
    with tempfile.TemporaryDirectory() as work:
        job = Job(base=bench.base, plan=plan, bar=Bar(), training_set=made, topics=chosen, work=Path(work), device="cpu")
        told: list[str] = []

        def tell(doing: str, done: float) -> None:
            if (line := f"  {doing} {10 * int(10 * done)} %") not in told:
                told.append(line)
                print(line, flush=True)

        result = workshop(job, tell, lambda: False)
    workshop.keep()
    _report(
        name,
        result.verdict,
        result.metrics["run_cpu_s"],
        result.metrics["peak_mb"],
        pairs,
        blind(fit(questions, "before"), fit(questions, "after"), taste),
        spread(questions, bench.embed),
    )
    _chosen(name, questions, taste_of(chosen.learned, bench.embed), taste, bench)
    print("  " + ", ".join(f"{key} {value:.3g}" for key, value in sorted({**result.verdict.metrics, **result.metrics}.items())))
    print(f"RESULT tuned_strength_{name} {result.metrics['strength']:.2f}", flush=True)
    if given.show:
        for question in questions:
            print(f"  {question.prompt.text}: " + " · ".join(draft.text for draft in question.after[:6]))


def timed(bench: Bench, made: TrainingSet, plan: Plan) -> tuple[float, float]:
    """CPU seconds for each judged pair of two steps: by our loop, with the base's log-probabilities, and by TRL, without them."""
    some = [lesson for lesson in made.rounds[0] if len(lesson.preference_pairs) >= plan.batch][:3]  # a step each
    few, found = TrainingSet(rounds=(tuple(some),)), []
    for path in ("own", "trl"):
        moments: list[float] = []
        chosen = replace(plan, path=path, epochs=1)
        tuner = plugins.load(learning.tuners, plan.method).build(chosen)
        with tempfile.TemporaryDirectory() as work, suppress(Cancelled):
            policy = Policy.load(bench.base.folder)
            tuner.tune(
                policy,
                few,
                Path(work),
                base=bench.base.name,
                news=lambda _step, moments=moments: moments.append(time.process_time()),
                stop=lambda moments=moments: len(moments) >= 3,
            )
        steps = batches(few, tuner.objective, chosen) if path == "own" else [[]] * 3
        judged = sum(count(step, "preference_pairs") if path == "own" else plan.batch for step in steps[1:3])
        found.append((moments[2] - moments[0]) / judged)
    return found[0], found[1]


def _report(
    name: str, verdict: Verdict, cpu_s: float, peak_mb: float, pairs: int, win: tuple[float, float], kept: tuple[float, float]
) -> None:
    accuracy, low = (verdict.metrics.get(key, float("nan")) for key in ("accuracy", "accuracy_low"))
    print(f"  held-out pairs in order {accuracy:.0%}, at least {low:.0%}")
    print(f"  blind pairs won on new topics {win[0]:.1%} ± {win[1]:.1%}; distinct {kept[0]:.2f} → {kept[1]:.2f}")
    print(f"  {cpu_s / 60:.1f} CPU minutes to tune, {peak_mb:.0f} MB at most")
    print("  the gate: " + ("may be tried" if verdict.passed else "refused: " + " ".join(verdict.reasons)), flush=True)
    print(f"RESULT tuned_wins_{name} {win[0]:.4f}")
    print(f"RESULT tuned_distinct_{name} {kept[1] / max(1e-9, kept[0]):.4f}")
    print(f"RESULT tuned_passed_{name} {int(verdict.passed)}")
    print(f"RESULT tuning_pairs_{name} {pairs}")
    print(f"RESULT tuning_cpu_minutes_{name} {cpu_s / 60:.2f}")
    print(f"RESULT tuning_peak_mb {peak_mb:.0f}", flush=True)


def _chosen(name: str, questions: Sequence[Question], forecast: Taste, taste: Standing, bench: Bench) -> None:
    """Tells how what the forecast would show of either model's drafts does: the same number of drafts, one chooser, or none."""
    before, after = fit(questions, "before"), fit(questions, "after")
    topics = [question.prompt.text for question in questions]
    base, tuned = (best(drafts, topics, forecast, bench) for drafts in (before, after))
    for label, sides in {"chosen": (base, tuned), "steered": (before, base), "both": (before, tuned)}.items():
        win, error = blind(*sides, taste)
        print(f"  {label}: {win:.1%} ± {error:.1%}\nRESULT tuned_{label}_{name} {win:.4f}", flush=True)


def best(drafts: Sequence[Sequence[str]], topics: Sequence[str], forecast: Taste, bench: Bench) -> list[list[str]]:
    """Of each topic's drafts the `SHOWN` different ones that are foretold to please most; the first ones where nothing is."""
    found = []
    for topic, texts in zip(topics, drafts, strict=True):
        own = [texts[place] for place, first in enumerate(classes(texts, None)) if first == place]
        foretold = forecast.foretell(Prompt(text=topic), own, bench.embed(own))
        found.append([own[place] for place in np.argsort(-foretold)[:SHOWN]] if foretold is not None else own[:SHOWN])
    return found


def main(given: argparse.Namespace) -> None:
    """Runs everything."""
    torch.set_num_threads(1)
    began = time.process_time()
    bench = Bench()
    things = THINGS if given.choosing else THINGS[CHOSEN_ON:]
    topics = [f"names for a {thing}" for thing in things[: given.topics + given.new]]
    bench.drafted(topics)
    learned, new = topics[: given.topics], topics[given.topics :]
    pool = [text for topic in topics for text in bench.drafts[topic]]
    for name in given.tastes:
        tuned(bench, name, Standing.among(TASTES[name], pool), learned, new, given)
    print(f"RESULT tuning_bench_cpu_minutes {(time.process_time() - began) / 60:.1f}")
    print(f"RESULT tuning_bench_peak_mb {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tastes", nargs="+", choices=list(TASTES), default=["easy"])
    parser.add_argument("--topics", type=int, default=80, help="that are voted on; a quarter of them is held out to judge by")
    parser.add_argument("--new", type=int, default=10, help="topics nobody voted on, for the blind pairs")
    parser.add_argument("--shown", type=int, default=10, help="ideas a topic")
    parser.add_argument("--voters", type=int, default=24)
    parser.add_argument("--rate", type=float, default=Plan().learning_rate)
    parser.add_argument("--epochs", type=int, default=Plan().epochs)
    parser.add_argument("--beta", type=float, default=Plan().beta)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--show", action="store_true", help="also print ideas of the tuned model")
    parser.add_argument("--trl", action="store_true", help="only time a few steps of ours and of TRL on the same pairs")
    parser.add_argument("--imitation", type=float, default=Plan().imitation)
    parser.add_argument(
        "--labelled", type=int, default=Plan().labelled, help="topics whose drafts a trusted forecast tells apart"
    )
    parser.add_argument("--sharpness", type=float, default=Plan().sharpness)
    parser.add_argument("--method", choices=("distil", "dpo", "sft"), default="distil")
    parser.add_argument("--choosing", action="store_true", help="topics that settings are chosen on")
    return parser.parse_args()


if __name__ == "__main__":
    main(arguments())
