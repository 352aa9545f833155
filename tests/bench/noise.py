"""Whether a taste that nothing can learn ever gets a model promoted: real tunings, the real gate, the real trial.

Twenty teams vote by chance. For the first few the model is really tuned on their votes. The others judge one of those models by
votes of their own: which ideas they are shown, and what they say, is drawn anew, so the gate's luck is tried twenty times, the
tuner's a few times. Whatever passes the gate goes through the trial, in which each version draws from what it wrote itself.

With `--kept FOLDER` what each team came to, and the models, are kept there, and a run that was cut off goes on at its next team.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.domain.ideas import Draft, Prompt
from learning.job import Job
from learning.judge import Bar, Question, Verdict, judge
from learning.plan import Plan
from learning.run import whole
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

    def keep(self) -> None:
        """Writes down what it was asked; its weights lie in the folder."""
        asked = [
            {
                "topic": topic,
                "seed": seed,
                **{side: [asdict(one) for one in getattr(question, side)] for side in ("before", "after")},
            }
            for (topic, seed), question in self.workshop.asked.items()
        ]
        whole(self.folder / ASKED, json.dumps(asked))

    @classmethod
    def kept(cls, folder: Path, bench: Bench) -> Tuned | None:
        """The one that lies in a folder; None where none does."""
        if not (folder / ASKED).exists():
            return None
        workshop = Remembering(bench.phrasing, bench.embed)
        workshop.asked = {}
        for row in json.loads((folder / ASKED).read_text(encoding="utf-8")):
            before, after = (tuple(Draft(**one) for one in row[side]) for side in ("before", "after"))
            workshop.asked[row["topic"], row["seed"]] = Question(prompt=Prompt(text=row["topic"]), before=before, after=after)
        return cls(folder, workshop)


def unseen(_doing: str, _done: float) -> None:
    """Nobody looks on."""


def never() -> bool:
    """Nobody stops it."""
    return False


ASKED = "asked.json"


def judged(bench: Bench, topics: list[str], run: int, given: argparse.Namespace, models: list[Tuned], work: Path) -> Verdict:
    """What the gate says to one team; the first `given.real` teams tune a model of their own."""
    pool = [text for topic in topics for text in bench.drafts[topic]]
    votes = argparse.Namespace(voters=given.voters, shown=given.shown, seed=1000 + run)
    chosen = asyncio.run(voted(bench, topics, Standing.among(TASTES["random"], pool), votes))
    plan = Plan(seed=7 + run % given.real)
    folder = work / str(run)
    folder.mkdir(exist_ok=True)
    made = training_set(chosen, bench.phrasing, plan, bench.embed)
    job = Job(base=bench.base, plan=plan, bar=Bar(), training_set=made, topics=chosen, work=folder, device="cpu")
    if run < given.real:
        workshop = Remembering(bench.phrasing, bench.embed)
        workshop.asked = {}
        result = workshop(job, unseen, never)
        models.append(Tuned(result.adapter, workshop))
        models[-1].keep()
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


def ended(
    bench: Bench, topics: list[str], run: int, given: argparse.Namespace, models: list[Tuned], work: Path
) -> dict[str, Any]:
    """What one team comes to; read where it is kept."""
    file = work / f"team-{run}.json"
    if file.exists():
        if run < given.real:
            model = Tuned.kept(work / str(run) / "adapter", bench)
            assert model is not None, f"{file} is of a model that is gone; delete it"
            models.append(model)
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return kept
    verdict = judged(bench, topics, run, given, models, work)
    accuracy = {name: round(verdict.metrics.get(name, float("nan")), 3) for name in ("accuracy", "accuracy_low")}
    end = "refused: " + ", ".join(one.name for one in verdict.findings if not one.passed)
    if verdict.passed:
        end = tried(run, given, models[run % given.real])
    found = {"passed": verdict.passed, "end": end, "accuracy": accuracy}
    whole(file, json.dumps(found))
    return found


def main(given: argparse.Namespace) -> None:
    """Runs and tells all teams."""
    bench = Bench()
    topics = [f"names for a {thing}" for thing in THINGS[CHOSEN_ON:][: given.topics]]
    bench.drafted(topics)
    models: list[Tuned] = []
    passed = promoted = 0
    with ExitStack() as stack:
        work = given.kept or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        work.mkdir(parents=True, exist_ok=True)
        for run in range(given.runs):
            found = ended(bench, topics, run, given, models, work)
            passed += found["passed"]
            promoted += found["end"] == "won"
            how = "tuned" if run < given.real else "judged anew"
            print(f"  team {run + 1}, {how}: {found['accuracy']}, {found['end']}", flush=True)
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
    parser.add_argument("--kept", type=Path, help="folder in which each team's end is kept, so that a run can go on")
    return parser.parse_args()


if __name__ == "__main__":
    main(arguments())
