"""Whole sets of the embedded model on forty topics of eight kinds: one mould, words of recipes, and what two ideas become.

    python -m tests.bench.moulds [--topics 40] [--show]

Each topic is brainstormed as the bot does it; of every fourth set the first two ideas are remixed, the first polished, and more
like it asked for. A set has one mould where two of its five ideas begin with the same two telling words, or three with the same
one. Ends with `RESULT {json}`.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.config import ServiceTable, Settings
from bot.domain.ideas import Channel, Idea, Operation, Person, Prompt, Team
from bot.furnishing import furnish
from bot.services.ideas.selecting import FILLER
from generators.client.child import Child
from generators.client.remote import RemoteGenerator
from storage.memory import MemoryStore
from tests.bench.embedded import CACHE

TOPICS = Path(__file__).parents[1] / "data" / "topics.txt"  #: five of each kind, written for this benchmark
SEED = 20261129
PERSON = Person(platform="bench", id="ann")
FORM = re.compile(r"\bsentence\b|\banswer with\b|\bthe name only\b", re.IGNORECASE)


def begins(text: str) -> tuple[str, ...]:
    """Its first two telling words; told here as the bot's own rule is what is measured."""
    return tuple([word for word in re.findall(r"[a-z0-9]+", text.lower().replace("'", "")) if word not in FILLER][:2])


def of_one_mould(ideas: Sequence[str]) -> bool:
    """See the module."""
    starts = [begins(idea) for idea in ideas]
    both, first = Counter(starts), Counter(start[:1] for start in starts)
    return max(both.values(), default=0) > 1 or max(first.values(), default=0) > 2


async def run(topics: Sequence[str], *, show: bool) -> dict[str, float]:
    numbers, seeds = itertools.count(1), random.Random(SEED)
    child = Child(Settings(cache=CACHE, service=ServiceTable(threads=1)))
    generator = RemoteGenerator(child, timeout_s=600)
    await child.start()
    store = MemoryStore()
    await store.open()
    noon = datetime(2026, 11, 29, 12, tzinfo=UTC)
    house = furnish(Settings(), store=store, generator=generator, now=lambda: noon + timedelta(seconds=next(numbers)))
    brainstorming = house.services.answering.brainstorming
    brainstorming.new_seed = lambda: seeds.randrange(2**31)

    async def made(
        place: int, topic: str, operation: Operation = "fresh", about: Sequence[Idea] = ()
    ) -> tuple[list[Idea], float]:
        channel = Channel(team=Team(platform="bench", id=str(place)), id="main")
        prompt = Prompt(text=topic, operation=operation, about=tuple(one.text for one in about))
        begun = await brainstorming.begin(channel=channel, asker=PERSON, prompt=prompt, parents=tuple(one.id for one in about))
        began = time.monotonic()

        async def step(_news: object) -> None:
            return None

        ideas = await brainstorming.work(begun, step)
        return ideas, time.monotonic() - began

    counts: Counter[str] = Counter()
    seconds: dict[str, float] = Counter()
    try:
        while not (await generator.health()).ready:
            await asyncio.sleep(0.2)
        for place, topic in enumerate(topics):
            ideas, took = await made(place, topic)
            texts = [idea.text for idea in ideas]
            counts.update(
                sets=1, ideas=len(ideas), mould=of_one_mould(texts), form=sum(bool(FORM.search(text)) for text in texts)
            )
            if show:
                print(f"{topic}\n  " + "\n  ".join(texts), flush=True)
            if place % 4 == 0 and len(ideas) > 1:
                counts["followed"] += 1
                seconds["fresh"] += took
                operations: tuple[tuple[Operation, int], ...] = (("remix", 2), ("polish", 1), ("more", 1))
                for operation, parents in operations:
                    more, took = await made(place, topic, operation, ideas[:parents])
                    counts[f"none_{operation}"] += not more
                    seconds[operation] += took
                    if show:
                        print(f"  {operation}:\n    " + "\n    ".join(one.text for one in more), flush=True)
    finally:
        await house.desk.close()
        await generator.close()
        await child.close()
        await store.close()
    return {
        "one_mould": counts["mould"] / counts["sets"],
        "ideas_a_set": counts["ideas"] / counts["sets"],
        "form_words": counts["form"],
        **{f"none_{operation}": counts[f"none_{operation}"] for operation in ("remix", "polish", "more")},
        **{f"{operation}_ratio": round(seconds[operation] / seconds["fresh"], 2) for operation in ("remix", "polish", "more")},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--topics", type=int, default=40)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    topics = TOPICS.read_text(encoding="utf-8").splitlines()
    step = max(1, len(topics) // given.topics)
    print("RESULT " + json.dumps(asyncio.run(run(topics[::step], show=given.show))))


if __name__ == "__main__":
    main()
