"""Whether the loop closes: a simulated team brainstorms with the real model, votes, and gets ideas more to its taste.

    python -m tests.bench.loop [--quick] [--tastes easy short …] [--tuned easy] [--rounds 10] [--topics 8] [--voters 24]

Every round asks for names for new things. Without votes the shown ideas are the chooser's alone; with votes the ranking learns;
and before the last rounds the real learner tunes the model, with its own settings, which serves if it passes its gate.
Slate quality is where the shown ideas stand, for the hidden taste, among all drafts of the untuned model (50 is its average, 100
its best). Then twenty teams without a taste that anything could learn try a version, and nothing must be promoted. Drafts are
kept in the scratch folder by what was asked, so a second run of the same seeds drafts nothing anew.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import logging
import random
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from bot import wiring
from bot.config import Settings
from bot.domain.errors import Refusal
from bot.domain.feedback import Feedback
from bot.domain.ideas import Channel, Draft, Idea, Person, Prompt, Team
from bot.domain.models import ModelVersion
from bot.ports import Health, Order
from bot.services.models.verdicts import came_of
from bot.wiring import House
from generators.client.child import Child
from generators.client.remote import RemoteGenerator
from learning.curve import paged
from learning.judge import Evidence, classes
from learning.loop import Learning
from learning.workshop import TorchWorkshop
from storage.memory import MemoryStore
from tests.bench.crowd import CHOSEN_ON, TASTES, THINGS, Standing, Voter, a_team, ballots, vote
from tests.bench.embedded import CACHE

SIDES = ("before", "after")  # of a judge's question
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Kept:
    """The real generator, whose drafts for an order are kept on disk."""

    def __init__(self, generator: RemoteGenerator, folder: Path) -> None:
        self.generator = generator
        self.folder = folder
        self.made = 0
        folder.mkdir(parents=True, exist_ok=True)

    async def health(self) -> Health:
        return await self.generator.health()

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        file = self._file(order)
        if not file.exists():
            drafts = [asdict(draft) async for draft in self.generator.draft(order)]
            file.write_text(json.dumps(drafts))
            self.made += 1
        for kept in json.loads(file.read_text()):
            yield Draft(**kept)

    async def oversampling(self, prompt: Prompt) -> float:
        """The generator's own."""
        return await self.generator.oversampling(prompt)

    @property
    def encoder(self) -> str:
        """Who made its vectors."""
        return self.generator.encoder

    def has(self, order: Order) -> bool:
        """Whether this was asked before."""
        return self._file(order).exists()

    def _file(self, order: Order) -> Path:
        asked = repr(replace(order, team=Team(platform="bench", id="")))
        return self.folder / f"{hashlib.blake2b(asked.encode(), digest_size=12).hexdigest()}.json"

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        return await self.generator.embed(texts)

    async def close(self) -> None:
        """Whoever opened it closes it."""


@dataclass(frozen=True)
class Season:
    """One team's rounds."""

    team: Team
    quality: tuple[float, ...]  #: by round, 0..1
    slates: tuple[tuple[str, ...], ...]  #: the ideas shown, by topic
    pool: tuple[str, ...]  #: all drafts that could have been shown
    drafts: tuple[tuple[str, ...], ...]  #: all drafts that are whole, by topic
    tuned_from: int | None = None  #: the round from which a tuned version served, where one passed the gate


class Clock:
    """Time passes by a minute whenever anybody looks."""

    def __init__(self) -> None:
        self.now = EPOCH

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def topics(rounds: int, each: int) -> list[list[str]]:
    """New things to be named, each in one round only."""
    things = THINGS[CHOSEN_ON:]
    if rounds * each > len(things):
        raise SystemExit(f"There are {len(things)} things to be named, not {rounds * each}.")
    return [[f"names for a {thing}" for thing in things[start * each : (start + 1) * each]] for start in range(rounds)]


def seed_of(*parts: object) -> int:
    """A seed that only depends on what it is for."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=3).digest(), "big")


async def slate(house: House, team: Team, topic: str, seed: int, shown: int = 5) -> list[Idea]:
    """The ideas shown for a topic, in a channel of its own, which lets its topic be learned from, so that boards do not mix."""
    brainstorming = house.services.brainstorming
    brainstorming.new_seed = lambda: seed
    channel = Channel(team=team, id=topic)
    prompt = Prompt(text=topic, count=shown)
    await house.store.settle(channel, replace(await house.store.settings(channel), training=True))
    begun = await brainstorming.begin(channel=channel, asker=Person(platform="bench", id="asker"), prompt=prompt)

    async def unseen(news: object) -> None:
        """Nobody looks on."""

    return await brainstorming.work(begun, unseen)


async def cast(
    house: House, ideas: Sequence[Idea], team: Sequence[Voter], taste: Standing, shares: NDArray[np.float64], luck: random.Random
) -> None:
    """Everybody looks at a slate from the top, five ideas at a time, and votes."""
    for voter in team:
        for place, idea in enumerate(sorted(ideas, key=lambda idea: idea.slot)):
            value = vote(voter, place * 5 // max(5, len(ideas)), taste.of(idea.text), shares, luck)
            if value:
                said = Feedback(
                    idea=idea.id,
                    person=Person(platform="bench", id=voter.name),
                    signal="vote",
                    token="up" if value > 0 else "down",
                    value=value,
                    at=house.services.clock(),
                )
                await house.store.hear(idea.channel.team, said)


async def season(
    house: House,
    name: str,
    plan: Sequence[Sequence[str]],
    taste: Standing | None,
    voters: Sequence[Voter],
    *,
    seed: int,
    shown: int,
    learning: Learning | None = None,
    last: int = 2,
) -> Season:
    """A team's rounds; without a taste nobody votes. With `learning` the model is tuned before the last rounds."""
    team, luck, shares = Team(platform="bench", id=name), random.Random(f"{name.rstrip('+')}/{seed}"), ballots()
    quality, slates, pool, drafts, since = [], [], [], [], None
    for number, round_ in enumerate(plan):
        if learning is not None and number == len(plan) - last and await tuned(house, learning, team, taste):
            since = number
        if taste is not None:
            house.services.tasting.forget(team)  # learn now what would otherwise be learned within minutes
            await house.services.tasting.settled(team)
        standings = []
        for topic in round_:
            ideas = await slate(house, team, topic, seed_of(topic, seed), shown)
            slates.append(tuple(idea.text for idea in ideas))
            if taste is not None:
                standings += [taste.of(idea.text) for idea in ideas]
                await cast(house, ideas, voters, taste, shares, luck)
            for begun in await house.store.brainstorms(Channel(team=team, id=topic), limit=1):
                logged = await house.store.candidates(team, begun.id)
                pool += [candidate.draft.text for candidate in logged if candidate.verdict in ("shown", "kept")]
                drafts.append(tuple(candidate.draft.text for candidate in logged if candidate.draft.broken is None))
        quality.append(float(np.mean(standings)) if standings else 0.0)
        print(f"  {name}: a round, {len(slates)} topics so far", file=sys.stderr, flush=True)
    return Season(team, tuple(quality), tuple(slates), tuple(pool), tuple(drafts), since)


async def tuned(house: House, learning: Learning, team: Team, taste: Standing | None) -> bool:
    """Tunes the team's model on its votes so far; serves it at once where it passes its judges, whatever a trial would say.

    Also tells how the taste finds what the judges asked for: both models' drafts for unseen topics, asked in the same words.

    Returns:
        Whether it did.
    """

    async def unheard(news: object) -> None:
        """Nobody follows."""

    def look(_policy: object, evidence: Evidence) -> None:
        if taste is not None:
            sides = ([[one.text for one in getattr(q, side) if one.broken is None] for q in evidence.questions] for side in SIDES)
            before, after = sides
            win, error = blind(before, after, taste)
            print(f"  {team.id}: of the judges' drafts, {len(after)} topics, the tuned ones win {win:.1%} ± {error:.1%}")
            print(f"RESULT loop_judged_wins_{team.id.rstrip('+')} {win:.4f}", flush=True)

    assert isinstance(learning.workshop, TorchWorkshop)
    learning.workshop.look = look
    cpu = time.process_time()
    try:
        run = await learning.learn(team, unheard, now=True)
    except Refusal as refusal:
        print(f"  {team.id}: not tuned: {refusal}")
        return False
    print(f"RESULT loop_passed_{team.id.rstrip('+')} {int(run is not None and bool(run.version))}")
    print(f"RESULT loop_tuning_cpu_minutes {(time.process_time() - cpu) / 60:.2f}")
    print(f"RESULT loop_tuning_peak_mb {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}", flush=True)
    if run is not None:
        print(f"  {team.id}: tuning {run.state}, {run.pairs} pairs over {run.topics} topics: {came_of(run)}", flush=True)
    if run is None or not run.version:
        return False
    version = await house.services.versions.promote(team, run.version)
    print("  " + ", ".join(f"{name} {value:.3g}" for name, value in sorted(version.metrics.items())), flush=True)
    return True


def blind(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]], taste: Standing) -> tuple[float, float]:
    """Share of pairs, one text of either for the same topic, that the new ones win, ties half; its standard error over topics."""
    wins = []
    for before, after in zip(old, new, strict=True):
        if before and after:
            was, now = (np.array([taste.of(text) for text in texts]) for texts in (before, after))
            wins.append(float((now[:, None] > was).mean() + 0.5 * (now[:, None] == was).mean()))
    return float(np.mean(wins)), float(np.std(wins) / max(1, len(wins) - 1) ** 0.5)


def own(drafts: Sequence[Sequence[str]], first: int = 16) -> float:
    """Share of the first drafts for a topic that say something of their own, averaged over topics."""
    return float(np.mean([len(set(classes(texts[:first], None))) / len(texts[:first]) for texts in drafts if texts]))


def compared(name: str, base: Season, both: Season, plan: Sequence[Sequence[str]], taste: Standing) -> None:
    """Tells how a tuned version did beside the base on the topics of the rounds that it served, which nobody had voted on."""
    if both.tuned_from is None:
        return
    since = sum(len(round_) for round_ in plan[: both.tuned_from])
    win, error = blind(base.drafts[since:], both.drafts[since:], taste)
    slates, slate_error = blind(base.slates[since:], both.slates[since:], taste)
    kept = own(both.drafts[since:]) / own(base.drafts[since:])
    print(f"  {name}, blind, {len(base.drafts) - since} new topics: a tuned draft wins {win:.1%} ± {error:.1%},")
    print(f"  an idea shown {slates:.1%} ± {slate_error:.1%}; distinct drafts {kept:.2f} times as many")
    for key, value in {"wins": win, "shown_wins": slates, "distinct": kept}.items():
        print(f"RESULT loop_{key}_{name} {value:.4f}")


def by_round(found: Season, plan: Sequence[Sequence[str]], taste: Standing) -> tuple[float, ...]:
    """Quality of a season's slates for any taste, by round."""
    ends = np.cumsum([len(round_) for round_ in plan])[:-1]
    parts = np.split(np.arange(len(found.slates)), ends)
    return tuple(float(np.mean([taste.of(text) for row in part for text in found.slates[row]])) for part in parts)


# ------------------------------------------------------------------------------------------------ a version that is no better


class Replayed:
    """Drafts of fixed pools of real ones, drawn anew by every order: the base's, and a version's where that has its own."""

    def __init__(self, pool: Sequence[str], new: Sequence[str] = ()) -> None:
        self.pool = list(dict.fromkeys(pool))
        self.new = list(dict.fromkeys(new)) or self.pool

    async def health(self) -> Health:
        return Health(ready=True, doing="ready")

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        luck = random.Random(f"{order.seed}/{order.prompt.text}")
        pool = self.new if order.model else self.pool  # the base is ordered without a name
        for text in luck.sample(pool, min(order.candidates, len(pool))):
            yield Draft(text=text, relevance=luck.gauss(1.0, 0.3), model=order.model)

    async def oversampling(self, prompt: Prompt) -> float:
        """As many as of others."""
        return 1.0

    @property
    def encoder(self) -> str:
        """Nobody: there are none."""
        return ""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        return None  # likeness is then judged by words, which is a tenth of the work

    async def close(self) -> None:
        """Nothing is held."""


async def no_better(
    pool: Sequence[str],
    taste: Callable[[str], Standing],
    voters: Sequence[Voter],
    *,
    slates: int,
    run: int,
    new: Sequence[str] = (),
) -> str:
    """How a trial ends in which the team votes by a topic's taste: the version's reason. Both write alike, but for `new`."""
    store = MemoryStore()
    await store.open()
    clock = Clock()
    with tempfile.TemporaryDirectory() as home:
        house = wiring.furnish(Settings(home=Path(home)), store=store, generator=Replayed(pool, new), now=clock, learns=False)
        team, luck, shares = Team(platform="bench", id=f"run{run}"), random.Random(f"trial/{run}"), ballots()
        version = ModelVersion(id=f"team-{run}-v1", team=team, base="base", adapter="0" * 64, created_at=clock())
        await store.keep_version(version)
        for number in range(slates):
            topic = f"names for thing {number}"
            ideas = await slate(house, team, topic, seed_of("trial", run, number))
            await cast(house, ideas, voters, taste(topic), shares, luck)
            if number % 20 == 19:  # looks as often as a busy team's votes would have it
                clock.now += timedelta(hours=1)
                await house.services.versions.look(team)
                (version,) = await house.services.versions.of(team)
                if version.stage != "canary":
                    break
        await house.services.announcing.close()
        return version.reason


# ------------------------------------------------------------------------------------------------ all of it


def kept_drafts() -> list[str]:
    """What earlier runs drafted for any topic."""
    files = sorted((CACHE / "loop").glob("*.json"))
    return [draft["text"] for file in files for draft in json.loads(file.read_text()) if draft["broken"] is None]


async def trials(pool: Sequence[str], given: argparse.Namespace) -> None:
    """Runs and tells the trials of a version that is no better."""
    taste, voters = Standing.among(TASTES["random"], pool), a_team(given.voters, seed=given.seed)
    ends = []
    for run in range(given.runs):
        ends.append(await no_better(pool, lambda _topic: taste, voters, slates=given.slates, run=run))
        print(f"  trial {run + 1}: {ends[-1]}", file=sys.stderr, flush=True)
    print(
        f"{given.runs} trials of a version that writes as the old one, a team with a random taste, {given.slates} slates at most:"
    )
    print("  " + ", ".join(f"{reason}: {ends.count(reason)}" for reason in sorted(set(ends))))
    print(f"RESULT loop_promoted_random {ends.count('won')}")
    print(f"RESULT loop_runs_random {given.runs}")


async def main(given: argparse.Namespace) -> None:
    """Runs everything and prints the tables."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if given.only == "trials":
        await trials(kept_drafts(), given)
        return
    plan, voters = topics(given.rounds, given.topics), a_team(given.voters, seed=given.seed)
    began, cpu = time.monotonic(), time.process_time()
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = Settings(home=home)
        child = Child(settings)
        await child.start()
        stack.push_async_callback(child.close)
        adapters = str(home / wiring.ADAPTERS)
        remote = RemoteGenerator(
            child, timeout_s=900, adapters=adapters
        )  # a busy machine is slow, and that is not what is measured
        stack.push_async_callback(remote.close)
        kept = Kept(remote, CACHE / "loop")
        store = await stack.enter_async_context(wiring.opened_store(settings))
        slow = settings.model_copy(update={"generator": settings.generator.model_copy(update={"timeout_s": 900.0})})
        house = wiring.furnish(slow, store=store, generator=kept, now=Clock())
        stack.push_async_callback(house.services.tasting.close)
        learning = wiring.learning_of(settings, store) if given.tuned else None
        plain = await season(house, "nobody votes", plan, None, voters, seed=given.seed, shown=given.shown)
        print(
            f"{given.shown} ideas a topic, {given.topics} topics a round, {given.voters} voters; standing among drafts, 0 to 100"
        )
        print(f"{'taste':<10} {'learning':<14}" + "".join(f"{f'round {n + 1}':>9}" for n in range(given.rounds)))
        lifts: dict[str, float] = {}
        drawn: list[tuple[str, dict[str, list[float]]]] = []
        for name in given.tastes:
            standing = Standing.among(TASTES[name], plain.pool)
            without = by_round(plain, plan, standing)
            ranking = await season(house, name, plan, standing, voters, seed=given.seed, shown=given.shown)
            ranked = ranking.quality
            rows = {"none": without, "ranking": ranked}
            if learning is not None and name in given.tuned:
                both = await season(
                    house,
                    f"{name}+",
                    plan,
                    standing,
                    voters,
                    seed=given.seed,
                    shown=given.shown,
                    learning=learning,
                    last=given.last,
                )
                rows["and tuning"] = both.quality
                compared(name, ranking, both, plan, standing)
                for label, row in rows.items():
                    print(f"RESULT loop_last_{label.replace(' ', '_')}_{name} {np.mean(row[-given.last :]):.4f}")
            drawn.append(
                (f"standing of what is shown: {name}", {label: [100 * one for one in row] for label, row in rows.items()})
            )
            for label, row in rows.items():
                print(f"{name:<10} {label:<14}" + "".join(f"{100 * value:>9.1f}" for value in row), flush=True)
            later = max(1, given.rounds // 2)
            lifts[name] = float(np.mean(ranked[later:]) - np.mean(without[later:]))
            print(f"RESULT loop_none_{name} {np.mean(without[later:]):.4f}")
            print(f"RESULT loop_ranking_{name} {np.mean(ranked[later:]):.4f}")
        if given.picture:
            given.picture.write_text(paged(drawn, range(1, given.rounds + 1), "round"), encoding="utf-8")
        print(f"drafted anew for {kept.made} orders")
    if given.only != "seasons":
        await trials(plain.pool, given)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = time.process_time() - cpu + used.ru_utime + used.ru_stime
    print(f"RESULT loop_cpu_minutes {seconds / 60:.1f}")
    print(f"RESULT loop_minutes {(time.monotonic() - began) / 60:.1f}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two tastes, three rounds of four topics, four trials")
    parser.add_argument("--only", choices=("all", "seasons", "trials"), default="all", help="trials: with drafts of earlier runs")
    parser.add_argument("--tastes", nargs="+", choices=list(TASTES), default=["easy"])
    parser.add_argument(
        "--tuned", nargs="*", choices=list(TASTES), default=["easy"], help="tastes for which the model is tuned, too"
    )
    parser.add_argument("--last", type=int, default=2, help="rounds before which it is tuned")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--topics", type=int, default=8, help="a round")
    parser.add_argument("--shown", type=int, default=10, help="ideas a topic")
    parser.add_argument("--voters", type=int, default=24)
    parser.add_argument("--picture", type=Path, help="file for the slates' quality by round")
    parser.add_argument("--runs", type=int, default=20, help="trials of a version that is no better")
    parser.add_argument("--slates", type=int, default=420, help="of each of those, at most")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    if given.quick:
        given.tastes, given.rounds, given.topics, given.runs, given.slates = ["short", "random"], 3, 4, 4, 100
        given.tuned = []
    return given


if __name__ == "__main__":
    asyncio.run(main(arguments()))
