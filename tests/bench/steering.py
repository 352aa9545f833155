"""Whether choosing by what votes foretell wins: simulated teams, the product's own drafts and chooser, and the base beside it.

    python -m tests.bench.steering [--model NAME] [--tastes easy short soft letter] [--seeds 7 … 16] [--drafts 16 40] [--noise 20]

A team votes on ten ideas for each of 64 topics; then, for topics nobody voted on, the base and the steered model make the same
number of drafts of the same chance. Of the base's the product shows five without votes, of the steered model's five with them.
Blind pairs: an idea shown by the steered model beside one of the base; the hidden taste decides, ties count half. Drafts are kept
by the weights that wrote them, votes and choices are made anew: a second run drafts nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from bot.config import GeneratorTable
from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Draft, Prompt, Team
from bot.ports import Entry, Log, Taste
from bot.services.ideas.background import Background
from bot.services.ideas.judging import Intake, Judging
from bot.services.ideas.selecting import Even, Known
from bot.services.ideas.slate import Slate
from generators.client.coming import JUDGED_TOGETHER
from generators.client.scripted import ScriptedGenerator
from generators.service import weights
from learning.rankers.taste import Untaught
from tests.bench.crowd import CHOSEN_ON, NAMED, TASTES, Standing
from tests.bench.drafted import drafted
from tests.bench.embedded import embedded
from tests.bench.loop import blind
from tests.bench.tuning import Asked, cast

SHOWN = 5  # ideas of a card
POOL = 40  # drafts of each topic that is voted on, from which ten are shown
CHANNEL = Channel(team=Team(platform="bench", id="steering"), id="names")
NOISE = 1000  # first seed of teams that vote by chance, as in `tests.bench.noise`


class Vectors(ScriptedGenerator):
    """What the product asks for vectors; each text is embedded once."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        self.known = dict(zip(texts, embedded(texts), strict=True))

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimensions)."""
        return np.stack([self.known[text] for text in texts])

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `bot.ports.Generator`."""
        return self(texts)


@dataclass(slots=True)
class Bench:
    """Topics, drafts and vectors; a `tests.bench.tuning.Drafted`."""

    learned: list[str]
    new: list[str]
    drafts: dict[str, list[str]]  #: that can be shown, of the topics that are voted on
    orders: dict[int, list[list[Draft]]]  #: of the new topics, by how many were asked for
    embed: Vectors
    even: float = GeneratorTable().even
    at_once: bool = False  #: everything is judged before anything is shown
    shown: dict[int, list[list[str]]] = field(default_factory=dict)  #: by the base, by number of drafts

    @classmethod
    def of(cls, given: argparse.Namespace) -> Bench:
        """Drafts what was not drafted before."""
        topics = [f"names for a {thing}" for thing in NAMED[CHOSEN_ON:]][: given.topics + given.new]
        learned, new = topics[: given.topics], topics[given.topics :]
        judged = asyncio.run(drafted(learned, POOL, model=given.model))
        orders = {count: asyncio.run(drafted(new, count, model=given.model)) for count in given.drafts}
        drafts = {topic: list(dict.fromkeys(usable(some))) for topic, some in zip(learned, judged, strict=True)}
        texts = {text for some in drafts.values() for text in some}
        texts |= {draft.text for order in orders.values() for some in order for draft in some}
        return cls(learned, new, drafts, orders, Vectors(sorted(texts | set(topics))))

    def choose(self, count: int, taste: Taste | None) -> list[list[str]]:
        """What the product shows for each new topic, of so many drafts."""
        return [
            asyncio.run(self._card(topic, some, count, taste)) for topic, some in zip(self.new, self.orders[count], strict=True)
        ]

    async def _card(self, topic: str, drafts: Sequence[Draft], count: int, taste: Taste | None) -> list[str]:
        """A card's ideas, chosen while drafts arrive as `bot.services.ideas.brainstorming` does it."""
        prompt = Prompt(text=topic, count=SHOWN)
        number = self.new.index(topic)
        brainstorm = Brainstorm(
            id=BrainstormId(f"{number:024x}"),
            channel=CHANNEL,
            asker=None,
            prompt=prompt,
            model="",
            seed=number,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        background = Background(
            known=Known(),
            taste=None,
            learned=taste,
            liked=(),
            avoid=(),
            topic=self.embed([topic])[0],
            gap=None,
            material=(),
            polished=None,
        )
        slate = Slate(brainstorm=brainstorm, count=SHOWN, begun=0, expected=count)
        trust = background.trust(prompt)
        if trust is not None and trust.weighs:
            slate.pool.even = Even(SHOWN, self.even)
        intake, placed = Intake(slate), []
        together = count if self.at_once else ceil(count * JUDGED_TOGETHER)
        for first in range(0, len(drafts), together):
            await Judging(self.embed).judge(drafts[first : first + together], brainstorm, background, intake)
            placed += slate.due()
        return [one.option.draft.text for one in (*placed, *slate.rest())]


def learned(topics: Sequence[Asked], embed: Vectors) -> Taste:
    """What all of a team's votes make of its taste, as in the product: nothing is held out."""
    entries = tuple(Entry(idea=idea, prompt=asked.prompt) for asked in topics for idea in asked.ideas)
    log = Log(
        entries=entries,
        vectors=embed([entry.idea.text for entry in entries]),
        topics={asked.prompt.text: embed([asked.prompt.text])[0] for asked in topics},
    )
    return Untaught().learn(log, [said for asked in topics for said in asked.votes])


def usable(drafts: Sequence[Draft]) -> list[str]:
    """The texts that can be shown."""
    return [draft.text for draft in drafts if draft.broken is None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One team's figures with one number of drafts."""

    trusted: bool
    weighs: bool
    accuracy: float  #: of pairs of ideas of unseen topics; .5 where it could not be tested
    any: float  #: share won beside any of the base's drafts
    shown: float  #: share won beside what the product shows of them without votes
    error: float  #: of the last, over topics
    length: float  #: change of the mean length against the base's drafts
    own: float  #: different texts over all topics for every one that the base shows so

    def row(self) -> str:
        """The figures in a line."""
        trusted = "trusted" if self.trusted else "weighs " if self.weighs else "nothing"
        return (
            f"{trusted} {self.accuracy:.2f}, won {self.any:.1%} beside any draft, {self.shown:.1%} ± {self.error:.1%} beside "
            f"what is shown; length {self.length:+.0%}, distinct {self.own:.2f}"
        )


def teams(bench: Bench, name: str, seed: int, given: argparse.Namespace) -> dict[int, Outcome]:
    """One team from votes to blind pairs, by number of drafts."""
    standing = Standing.among(TASTES[name], [text for topic in bench.learned for text in bench.drafts[topic]])
    votes = argparse.Namespace(voters=given.voters, shown=given.shown, seed=seed)
    taste = learned(cast(bench, bench.learned, standing, votes), bench.embed)
    trust = taste.trust(Prompt(text=bench.new[0]))
    found: dict[int, Outcome] = {}
    for count in given.drafts:
        before = bench.shown.setdefault(count, bench.choose(count, None))
        after = bench.choose(count, taste) if trust.weighs else before
        drafts = [usable(some) for some in bench.orders[count]]
        won, error = blind(before, after, standing)
        different = [len({text.casefold() for texts in some for text in texts}) for some in (before, after)]
        found[count] = Outcome(
            trust.trusted,
            trust.weighs,
            trust.accuracy or 0.5,
            blind(drafts, after, standing)[0],
            won,
            error,
            letters(after) / letters(drafts) - 1,
            different[1] / different[0],
        )
        print(f"{name} {seed}, best {SHOWN} of {count}: {found[count].row()}", flush=True)
    return found


def letters(some: Sequence[Sequence[str]]) -> float:
    """Mean length of all texts, characters."""
    return fmean(len(text) for texts in some for text in texts)


def told(name: str, count: int, outcomes: Sequence[Outcome]) -> None:
    """Sums a taste's teams up."""
    wins, beside = [one.any for one in outcomes], [one.shown for one in outcomes]
    print(
        f"{name}, best {SHOWN} of {count}: trusted {sum(one.trusted for one in outcomes)} of {len(outcomes)}; beside any draft "
        f"{fmean(wins):.1%} ({min(wins):.1%} at least), 65 % in {sum(win >= 0.65 for win in wins)}, 55 % in "
        f"{sum(win >= 0.55 for win in wins)}; beside what is shown {fmean(beside):.1%} ({min(beside):.1%}), 65 % in "
        f"{sum(win >= 0.65 for win in beside)}; length {min(one.length for one in outcomes):+.0%} to "
        f"{max(one.length for one in outcomes):+.0%}; distinct {min(one.own for one in outcomes):.2f} at least"
    )
    figures = [
        fmean(wins),
        sum(win >= 0.65 for win in wins),
        sum(win >= 0.55 for win in wins),
        fmean(beside),
        sum(win >= 0.65 for win in beside),
        max(abs(one.length) for one in outcomes),
        min(one.own for one in outcomes),
    ]
    print(f"RESULT steer_{name}_{count} {json.dumps([round(float(one), 4) for one in figures])}", flush=True)


def main(given: argparse.Namespace) -> None:
    """Runs every team."""
    bench = Bench.of(given)
    bench.even, bench.at_once = given.even, given.at_once
    for name in given.tastes:
        outcomes = [teams(bench, name, seed, given) for seed in given.seeds]
        for count in given.drafts:
            told(name, count, [one[count] for one in outcomes])
    if given.noise:
        outcomes = [teams(bench, "random", NOISE + run, given) for run in range(given.noise)]
        for count in given.drafts:
            told("random", count, [one[count] for one in outcomes])
        believed = sum(one[given.drafts[0]].trusted for one in outcomes)
        print(f"RESULT steer_noise_trusted {believed}\nRESULT steer_noise_teams {given.noise}", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=weights.EMBEDDED, help="whose drafts: a name, a folder, or the embedded one")
    parser.add_argument("--tastes", nargs="*", choices=list(TASTES), default=["easy", "short", "soft", "letter"])
    parser.add_argument("--seeds", nargs="+", type=int, default=list(range(7, 17)))
    parser.add_argument("--topics", type=int, default=64, help="that are voted on")
    parser.add_argument("--new", type=int, default=26, help="topics nobody voted on")
    parser.add_argument("--shown", type=int, default=10, help="ideas of a topic that is voted on")
    parser.add_argument("--voters", type=int, default=24)
    parser.add_argument("--drafts", nargs="+", type=int, default=[16, 40], help="of each new topic")
    parser.add_argument("--noise", type=int, default=20, help="teams that vote by chance")
    parser.add_argument("--even", type=float, default=GeneratorTable().even, help="see MUSELAB_GENERATOR__EVEN")
    parser.add_argument("--at-once", action="store_true", help="judge everything before anything is shown")
    return parser.parse_args()


if __name__ == "__main__":
    main(arguments())
