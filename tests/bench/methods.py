"""Whether a round's methods give more different, usable drafts than the topic alone, with as many drafts of the embedded model.

    python -m tests.bench.methods [--topics 2] [--drafts 14] [--method scamper …]

A draft is usable when it is neither broken, unsafe nor off-topic; distinct when no earlier usable one for the same topic says the
same. Both are shares of all drafts. Ends with `RESULT {json}`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence

from bot.config import ServiceTable, Settings
from bot.domain.ideas import Draft, Prompt, Team
from bot.ports import Order
from bot.services.ideas.filtering import verdict
from bot.services.rounds import methods
from generators.client.child import Child
from generators.client.remote import RemoteGenerator
from tests.bench.embedded import CACHE
from tests.bench.ideas import fresh

TEAM = Team(platform="bench", id="1")
SEED = 7
#: Topics that nothing was tuned on.
TOPICS = (
    "how to make our library's Saturday mornings livelier",
    "ways to waste less food in a school canteen",
    "what a small museum could do with its empty courtyard",
    "how neighbours could share their tools",
)


def asked(topic: str, name: str, drafts: int) -> list[tuple[str, int]]:
    """What the model is asked by a method, and how many drafts for each of its steps; all together `drafts`."""
    steps = [step for step in methods.read(name).laid_out("en", f"{topic}/{name}") if step.ideas]
    share, more = divmod(drafts, len(steps))
    return [(f"{topic}. {step.ask}" if step.ask else topic, share + (place < more)) for place, step in enumerate(steps)]


async def drawn(generator: RemoteGenerator, wanted: Sequence[tuple[str, int]]) -> list[Draft]:
    """The drafts of all steps, each with a seed of its own."""
    drafts: list[Draft] = []
    for place, (text, count) in enumerate(wanted):
        order = Order(prompt=Prompt(text=text), candidates=count, seed=SEED + 1000 * place, model="", team=TEAM, alone=True)
        drafts += [draft async for draft in generator.draft(order)] if count else []
    return drafts


async def shares(generator: RemoteGenerator, drafts: Sequence[Draft]) -> tuple[int, int]:
    """How many are usable, and how many of these are distinct."""
    usable = [draft for draft in drafts if verdict(draft) is None]
    if not usable:
        return 0, 0
    vectors = await generator.embed([draft.text for draft in usable])
    assert vectors is not None
    return len(usable), len(fresh(usable, {draft.text: row for draft, row in zip(usable, vectors, strict=True)}))


async def run(names: Sequence[str], topics: Sequence[str], drafts: int) -> dict[str, float]:
    """Usable and distinct shares of each method, and of the topic alone."""
    child = Child(Settings(cache=CACHE, service=ServiceTable(threads=1)))
    generator = RemoteGenerator(child, timeout_s=600)
    await child.start()
    counted = {name: [0, 0, 0] for name in ("plain", *names)}
    try:
        while not (await generator.health()).ready:
            await asyncio.sleep(0.2)
        for topic in topics:
            for name, counts in counted.items():
                print(f"{topic}: {name}", file=sys.stderr, flush=True)
                made = await drawn(generator, [(topic, drafts)] if name == "plain" else asked(topic, name, drafts))
                usable, distinct = await shares(generator, made)
                for place, count in enumerate((len(made), usable, distinct)):
                    counts[place] += count
    finally:
        await generator.close()
        await child.close()
    result: dict[str, float] = {}
    print(f"{'':16}{'drafts':>8}{'usable':>9}{'distinct':>10}")
    for name, (made, usable, distinct) in counted.items():
        print(f"{name:16}{made:8}{usable / made:9.0%}{distinct / made:10.0%}")
        result |= {f"{name}_usable": round(usable / made, 3), f"{name}_distinct": round(distinct / made, 3)}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--topics", type=int, default=2)
    parser.add_argument("--drafts", type=int, default=14)
    parser.add_argument("--method", nargs="*", default=[name for name in methods.names() if name not in ("classic", "duel")])
    given = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print("RESULT " + json.dumps(asyncio.run(run(given.method, TOPICS[: given.topics], given.drafts))))


if __name__ == "__main__":
    main()
