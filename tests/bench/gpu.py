"""The whole way of a tuning on one device, end to end: numbers, votes, tuning, judging, serving, and what each step takes.

    python -m tests.bench.gpu [--device cuda] [--model Qwen/Qwen3-4B-Instruct-2507] [--topics 45] [--path auto] [--processes 1]

It is what `muselab learn --now` and `muselab run` do with this device, on the votes of a simulated team, in a folder of its own.
The model drafts names for new things, the team votes on them, the model is tuned and judged, and its version, passed or not, is
loaded by our service on the same device and drafts beside the base. Ends with RESULT lines, and with 1 where a step went wrong.
With `--ideas made` the names are made from lists: for models too small to write any.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import torch

from bot import wiring
from bot.config import LearnTable, ServiceTable, Settings
from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Draft, Idea, IdeaId, Person, Prompt, Team
from bot.ports import Order, Phrasing, Store
from bot.services.models.verdicts import came_of
from generators.client.child import Child
from generators.client.remote import RemoteGenerator
from learning.dataset import Lesson
from learning.judge import Evidence, classes
from learning.loop import Learning
from learning.tuners._policy import Policy
from learning.workshop import TorchWorkshop
from storage.weights import AdapterFolder
from tests.bench.crowd import CHOSEN_ON, CONCRETE, POSITIVE, TASTES, THINGS, Standing, a_team, ballots, vote
from tests.bench.loop import EPOCH

TEAM = Team(platform="bench", id="gpu")
DRAWN = 24  # drafts of a topic, of which the team sees some
NEAR = 0.05  # nats a token by which a device may differ from float32 on the CPU: TF32 and other orders of adding
SERVED = 16  # drafts that are asked of each version


class Wrong(Exception):
    """A step did not come to what it must."""


@dataclass
class Report:
    """What steps took, told as they end."""

    device: torch.device
    figures: dict[str, float] = field(default_factory=dict)

    def tell(self, name: str, value: float) -> None:
        """A figure."""
        self.figures[name] = value
        print(f"RESULT gpu_{name} {value:.4g}", flush=True)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Seconds, and the most memory on the device meanwhile."""
        on_gpu = self.device.type == "cuda"
        if on_gpu:
            torch.cuda.reset_peak_memory_stats(self.device)
        began = time.monotonic()
        yield
        if on_gpu:
            torch.cuda.synchronize(self.device)
            self.tell(f"{name}_peak_mb", torch.cuda.max_memory_allocated(self.device) / 2**20)
        self.tell(f"{name}_s", time.monotonic() - began)


def same_numbers(folder: str, device: str, phrasing: Phrasing, report: Report, *, near: float = NEAR) -> None:
    """Log-probabilities of some answers on the device beside those of the CPU in float32.

    Raises:
        Wrong: they differ.
    """
    answers = tuple(made(random.Random(1), 6))
    phrase = phrasing.phrase(Prompt(text="names for a tea bar"), seed=1)
    lesson = Lesson(topic="numbers", phrase=phrase, answers=tuple(phrasing.answer(phrase, text) for text in answers))
    found = []
    for where in ("cpu", device):
        policy = Policy.load(folder, device=where)
        tree = policy.tree(lesson)
        with torch.inference_mode():
            found.append((policy.logprobs(tree).cpu(), torch.tensor([len(branch) for branch in tree.branches])))
    gap = float(((found[0][0] - found[1][0]).abs() / found[0][1]).max())
    report.tell("logprob_gap", gap)
    if not gap <= near:
        raise Wrong(f"Log-probabilities on {device} differ from the CPU's by {gap:.3g} nats a token; {near} is allowed.")


def made(luck: random.Random, count: int) -> list[str]:
    """Names from lists, some to a taste and some not."""
    words = [*sorted(POSITIVE), *sorted(CONCRETE)]
    return [" ".join(luck.sample(words, luck.choice((1, 2, 3)))).title() for _name in range(count)]


def written(policy: Policy, phrasing: Phrasing, topic: str, seed: int) -> list[str]:
    """What the model drafts for a topic, that can be shown and is not said twice."""
    prompt = Prompt(text=topic)
    phrase = phrasing.phrase(prompt, seed=seed)
    drafts = [phrasing.idea(phrase, prompt, text, finished=ended) for text, ended in policy.write(phrase, DRAWN, seed=seed)]
    texts = [draft.text for draft in drafts if draft.broken is None]
    return [text for place, text in enumerate(texts) if classes(texts, None)[place] == place]


async def voted(store: Store, drafts: dict[str, list[str]], given: argparse.Namespace) -> None:
    """The team sees some drafts of every topic and votes by a taste."""
    standing = Standing.among(TASTES["short"], [text for texts in drafts.values() for text in texts])
    voters, shares, luck = a_team(given.voters, seed=given.seed), ballots(), random.Random(given.seed)
    for number, (topic, texts) in enumerate(drafts.items()):
        at, id = EPOCH + timedelta(hours=number), BrainstormId(f"{number:024x}")
        channel = Channel(team=TEAM, id="names")
        await store.settle(channel, replace(await store.settings(channel), training=True))
        begun = Brainstorm(id=id, channel=channel, asker=None, prompt=Prompt(text=topic), model="", seed=number, created_at=at)
        await store.begin(begun)
        for slot, text in enumerate(texts[: given.shown]):
            one = Idea(
                id=IdeaId(f"{number:012x}{slot:012x}"),
                brainstorm=id,
                channel=channel,
                number=0,
                text=text,
                origin="fresh",
                slot=slot,
                created_at=at,
            )
            idea = await store.add(one)
            for voter in voters:
                value = vote(voter, slot // 2, standing.of(text), shares, luck)
                token, person = ("up" if value > 0 else "down"), Person(platform="bench", id=voter.name)
                if value:
                    said = Feedback(idea=idea.id, person=person, signal="vote", token=token, value=value, at=at)
                    await store.hear(TEAM, said)


async def tuned(learning: Learning, store: Store, keep: Path, report: Report) -> str:
    """Tunes and judges as `muselab learn --now` does, and keeps the adapter whether it passed or not.

    Raises:
        Wrong: the run broke, or its adapter changes nothing.
    """

    async def unheard(news: object) -> None:
        """Nobody follows."""

    def look(policy: Policy, evidence: Evidence) -> None:
        assert policy.adapter is not None
        policy.adapter.save(keep, base=learning.base.name)
        report.tell("judged_topics", len(evidence.margins))

    assert isinstance(learning.workshop, TorchWorkshop)
    learning.workshop.look = look
    run = await learning.learn(TEAM, unheard, now=True)
    if run is None or run.state not in ("done", "refused"):
        raise Wrong(f"The tuning ended as {run.state if run else 'nothing'}: {run.trouble if run else ''}")
    print(f"{run.pairs} pairs over {run.topics} topics: {came_of(run)}", flush=True)
    report.tell("pairs", run.pairs)
    report.tell("passed", float(run.state == "done"))
    for version in await store.versions(TEAM):
        for name, value in sorted(version.metrics.items()):
            report.tell(f"judge_{name}", value)
    return AdapterFolder(learning.adapters.root if isinstance(learning.adapters, AdapterFolder) else keep).keep(keep, {})


async def served(settings: Settings, adapter: str, report: Report) -> None:
    """Our service on the device drafts with the tuned version and with the base.

    Raises:
        Wrong: the version was not served by its own weights.
    """
    child = Child(settings)
    await child.start()
    remote = RemoteGenerator(child, timeout_s=900.0, adapters=str(settings.adapters))
    try:
        drafts: dict[str, list[Draft]] = {}
        for model, weights in (("", ""), ("gpu-v1", adapter)):
            order = Order(
                prompt=Prompt(text="names for a tea bar"), candidates=SERVED, seed=7, model=model, team=TEAM, adapter=weights
            )
            with report.step("serving_tuned" if weights else "serving_base"):
                drafts[model] = [draft async for draft in remote.draft(order)]
        makers = {draft.model for draft in drafts["gpu-v1"]}
        if makers != {"gpu-v1"}:
            raise Wrong(f"The tuned version's drafts were made by {sorted(map(str, makers))}.")
        if [draft.text for draft in drafts["gpu-v1"]] == [draft.text for draft in drafts[""]]:
            raise Wrong("The tuned version drafts just what the base drafts, from the same seed.")
        report.tell("served_drafts", sum(map(len, drafts.values())))
    finally:
        await remote.close()
        await child.close()


async def through(given: argparse.Namespace, home: Path) -> dict[str, float]:
    """Every step, one after another. Raises `Wrong`."""
    settings = Settings(
        home=home,
        service=ServiceTable(model=given.model, embedder=given.embedder, device=given.device),
        learn=LearnTable(device=given.device, path=given.path, processes=given.processes),
    )
    async with wiring.opened_store(settings) as store:
        learning = wiring.learning_of(settings, store)
        report = Report(torch.device(learning.device))
        name = torch.cuda.get_device_name(report.device) if report.device.type == "cuda" else "the CPU"
        print(f"torch {torch.__version__} on {name}; {learning.base.name}", flush=True)
        same_numbers(learning.base.folder, learning.device, learning.phrasing, report)
        topics = [f"names for a {thing}" for thing in THINGS[CHOSEN_ON:][: given.topics]]
        with report.step("drafting"):
            drafts = drafted(learning, topics, given)
        await voted(store, drafts, given)
        with report.step("tuning"):
            adapter = await tuned(learning, store, home / "kept", report)
    await served(settings, adapter, report)
    return report.figures


def drafted(learning: Learning, topics: Sequence[str], given: argparse.Namespace) -> dict[str, list[str]]:
    """What the team will see of."""
    if given.ideas == "made":
        return {topic: made(random.Random(topic), given.shown) for topic in topics}
    policy = Policy.load(learning.base.folder, device=learning.device)
    write: Callable[[int, str], list[str]] = lambda number, topic: written(policy, learning.phrasing, topic, number)  # noqa: E731
    return {topic: write(number, topic) for number, topic in enumerate(topics)}


def main(given: argparse.Namespace) -> None:
    """Runs and tells."""
    with tempfile.TemporaryDirectory(prefix="muselab-gpu-") as home:
        try:
            asyncio.run(through(given, Path(home)))
        except Wrong as wrong:
            print(f"wrong: {wrong}\nRESULT gpu_ok 0")
            sys.exit(1)
    print("RESULT gpu_ok 1")


def arguments(line: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="auto", help='"auto", "cuda", "cuda:1", "cpu"')
    parser.add_argument("--model", default="embedded", help='"embedded", a Hugging Face name, or a folder')
    parser.add_argument("--embedder", default="embedded", help='"embedded", a name, a folder, or "none"')
    parser.add_argument("--path", default="auto", choices=("auto", "own", "trl"), help="how it is tuned")
    parser.add_argument("--processes", type=int, default=1, help="of TRL's path, one a GPU")
    parser.add_argument("--ideas", default="written", choices=("written", "made"))
    parser.add_argument("--topics", type=int, default=45, help="a third of them to judge by")
    parser.add_argument("--shown", type=int, default=10, help="ideas a topic")
    parser.add_argument("--voters", type=int, default=24)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args(line)


if __name__ == "__main__":
    main(arguments())
