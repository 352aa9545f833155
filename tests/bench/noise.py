"""Whether a taste that nothing can learn ever gets a model promoted: real tunings, the real gate, the real trial.

Twenty teams vote by chance. For the first few the model is really tuned on their votes. The others judge one of those models by
votes of their own: which ideas they are shown, and what they say, is drawn anew, so the gate's luck is tried twenty times, the
tuner's a few times. Whatever passes the gate goes through the trial, in which each version draws from what it wrote itself.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.domain.ideas import Draft, Prompt
from learning.job import Job
from learning.judge import Bar, Question, Verdict, judge
from learning.plan import Plan
from learning.sets import training_set
from learning.tuners._policy import Policy
from learning.workshop import REHEARSAL, TorchWorkshop
from tests.bench.crowd import CHOSEN_ON, TASTES, THINGS, Standing, a_team, chance
from tests.bench.loop import no_better
from tests.bench.tuning import Bench, voted


class Remembering(TorchWorkshop):
    """A workshop that asks a model the same question once."""

    asked: dict[tuple[str, int], Question]

    def question(self, policy: Policy, prompt: Prompt, *, seed: int, before: tuple[Draft, ...] | None = None) -> Question:
        """See `TorchWorkshop`: the same words and seed give the same drafts, except while rehearsing, when the model changes."""
        if seed >= REHEARSAL:
            return super().question(policy, prompt, seed=seed, before=before)
        key = (prompt.text, seed)
        if key not in self.asked:
            self.asked[key] = super().question(policy, prompt, seed=seed, before=before)
        return self.asked[key]


@dataclass(frozen=True)
class Tuned:
    """A model tuned on votes by chance."""

    folder: Path
    workshop: Remembering


def unseen(_doing: str, _done: float) -> None:
    """Nobody looks on."""


def never() -> bool:
    """Nobody stops it."""
    return False


def judged(bench: Bench, topics: list[str], run: int, given: argparse.Namespace, models: list[Tuned], work: Path) -> Verdict:
    """What the gate says to one team; the first `given.real` teams tune a model of their own."""
    pool = [text for topic in topics for text in bench.drafts[topic]]
    votes = argparse.Namespace(voters=given.voters, shown=given.shown, seed=1000 + run)
    chosen = asyncio.run(voted(bench, topics, Standing.among(TASTES["random"], pool), votes))
    plan = Plan(seed=7 + run % given.real)
    folder = work / str(run)
    folder.mkdir()
    made = training_set(chosen, bench.phrasing, plan, bench.embed)
    job = Job(base=bench.base, plan=plan, bar=Bar(), training_set=made, topics=chosen, work=folder, device="cpu")
    if run < given.real:
        workshop = Remembering(bench.phrasing, bench.embed)
        workshop.asked = {}
        result = workshop(job, unseen, never)
        models.append(Tuned(result.adapter, workshop))
        return result.verdict
    model = models[run % given.real]
    policy = Policy.load(bench.base.folder)
    policy.wear(model.folder)
    return judge(model.workshop.evidence(policy, job, unseen, never), job.bar)


def tried(run: int, given: argparse.Namespace, model: Tuned) -> str:
    """How the trial of a model that passed the gate ends."""
    old, new = (
        [draft.text for question in model.workshop.asked.values() for draft in getattr(question, side) if draft.broken is None]
        for side in ("before", "after")
    )
    return asyncio.run(no_better(old, whatever, a_team(given.voters, seed=1000 + run), slates=given.slates, run=run, new=new))


def whatever(topic: str) -> Standing:
    """A taste that is another for every topic.

    The trial draws hundreds of slates from a few hundred texts. With one taste for all of them whichever version happens to have
    the luckier texts has them in every slate, and is really better, as no version can be that writes for new topics.
    """
    return Standing(lambda text: chance(f"{topic}/{text}"), np.linspace(0.0, 1.0, 1001))


def main(given: argparse.Namespace) -> None:
    """Runs and tells all teams."""
    bench = Bench()
    topics = [f"names for a {thing}" for thing in THINGS[CHOSEN_ON:][: given.topics]]
    bench.drafted(topics)
    models: list[Tuned] = []
    passed = promoted = 0
    with tempfile.TemporaryDirectory() as work:
        for run in range(given.runs):
            verdict = judged(bench, topics, run, given, models, Path(work))
            accuracy = {name: round(verdict.metrics.get(name, float("nan")), 3) for name in ("accuracy", "accuracy_low")}
            end = "refused: " + ", ".join(one.name for one in verdict.findings if not one.passed)
            if verdict.passed:
                passed += 1
                end = tried(run, given, models[run % given.real])
                promoted += end == "won"
            print(f"  team {run + 1}, {'tuned' if run < given.real else 'judged anew'}: {accuracy}, {end}", flush=True)
    print(f"RESULT noise_runs {given.runs}\nRESULT noise_tuned {given.real}")
    print(f"RESULT noise_passed_gate {passed}\nRESULT noise_promoted {promoted}", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--real", type=int, default=4, help="of them that tune a model: five minutes each")
    parser.add_argument("--topics", type=int, default=40, help="a third of them to judge by")
    parser.add_argument("--shown", type=int, default=10)
    parser.add_argument("--voters", type=int, default=24)
    parser.add_argument("--slates", type=int, default=420)
    return parser.parse_args()


if __name__ == "__main__":
    main(arguments())
