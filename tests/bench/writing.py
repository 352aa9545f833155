"""What the recipes of the writing commands are worth: the same model, asked plainly and by recipe.

    python -m tests.bench.writing [--drafts 12] [--show]

Per kind of text, four topics: the share of drafts that are usable in form (finished, one text, the lines its form has, no copy of
the question or of an example), how many of those differ, and how near they are to the topic. Ends with `RESULT {json}`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from dataclasses import dataclass, field

import numpy as np

from bot.config import ServiceTable, Settings
from bot.domain.ideas import Prompt, Team
from bot.ports import Order
from bot.services.ideas.selecting import SAME, SAME_WORDS, alike, wordset
from generators.client.child import Child
from generators.client.cleaning import tidy
from generators.client.recipes import load
from generators.client.remote import RemoteGenerator
from tests.bench.embedded import CACHE

TEAM = Team(platform="bench", id="1")
SEED = 11
TOPICS = ("a neighbourhood bike shop", "autumn rain", "a bakery that opens at midnight", "an old lighthouse")
#: How a person would ask for each kind of text without Muselab.
PLAIN = {
    "copy": "Write advertising copy of one or two sentences for {topic}.",
    "names": "Suggest a name for {topic}.",
    "stories": "Write the plot of a story about {topic} in one sentence.",
    "characters": "Invent a character for a story about {topic}. One sentence.",
    "openings": "Write the first sentence of a story about {topic}.",
    "haikus": "Write a haiku about {topic} on one line, its lines separated by slashes.",
    "couplets": "Write two lines that rhyme about {topic} on one line, separated by a slash.",
}


@dataclass
class Row:
    """What one way of asking made of one kind."""

    texts: list[list[str]] = field(default_factory=list)  #: usable ones, by topic
    made: int = 0
    near: list[float] = field(default_factory=list)

    def figures(self, vectors: dict[str, np.ndarray]) -> dict[str, float]:
        usable = sum(map(len, self.texts))
        different = 0
        for texts in self.texts:
            known: list[str] = []
            for text in texts:
                if not any(
                    alike(wordset(text), wordset(other)) >= SAME_WORDS or float(vectors[text] @ vectors[other]) >= SAME
                    for other in known
                ):
                    known.append(text)
            different += len(known)
        return {
            "usable": usable / max(1, self.made),
            "different": different / max(1, self.made),
            "near": float(np.mean(self.near or [0.0])),
        }


async def plainly(generator: RemoteGenerator, kind: str, topic: str, count: int) -> list[str]:
    recipe = load("en")[kind]
    body = {
        "model": (await generator.health()).model,
        "messages": [{"role": "user", "content": PLAIN[kind].format(topic=topic)}],
        "n": count,
        "seed": SEED,
        "max_tokens": max(48, recipe.max_tokens),
        "temperature": 1.0,
        "stop": ["\n"],
    }
    answer = await generator._api.post("/chat/completions", body)
    kept = []
    for choice in answer["choices"]:
        done = choice["finish_reason"] == "stop"
        text, why = tidy(choice["message"]["content"], finished=done, topic=topic, parts=recipe.parts)
        kept += [text] if why is None else []
    return kept


async def by_recipe(generator: RemoteGenerator, kind: str, topic: str, count: int) -> list[str]:
    order = Order(prompt=Prompt(text=topic, kind=kind), candidates=count, seed=SEED, model="", team=TEAM, alone=True)
    return [draft.text async for draft in generator.draft(order) if draft.broken is None]


async def measured(drafts: int, *, show: bool) -> dict[str, float]:
    settings = Settings(cache=CACHE, service=ServiceTable(threads=1))
    child = Child(settings)
    await child.start()
    generator = RemoteGenerator(child)
    told: dict[str, float] = {}
    try:
        while not (await generator.health()).ready:
            await asyncio.sleep(0.3)
        print(f"{'':12}{'plain question':^30}{'recipe':^30}")
        print(f"{'':12}" + f"{'usable':>10}{'different':>10}{'near':>10}" * 2)
        for kind in PLAIN:
            cells = []
            for name, way in (("plain", plainly), ("recipe", by_recipe)):
                row, vectors = Row(), {}
                for topic in TOPICS:
                    texts = await way(generator, kind, topic, drafts)
                    row.made += drafts
                    row.texts.append(texts)
                    found = await generator.embed([topic, *texts])
                    assert found is not None
                    vectors |= dict(zip(texts, found[1:], strict=True))
                    row.near += [float(one @ found[0]) for one in found[1:]]
                    if show:
                        print(f"-- {kind}, {topic}, {name}", *texts[:5], sep="\n     ")
                figures = row.figures(vectors)
                told |= {f"{kind}_{name}_{figure}": round(value, 3) for figure, value in figures.items()}
                cells.append("".join(f"{value:10.2f}" for value in figures.values()))
            print(f"{kind:12}" + "".join(cells), flush=True)
    finally:
        await generator.close()
        await child.close()
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drafts", type=int, default=12)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print("RESULT", json.dumps(asyncio.run(measured(given.drafts, show=given.show))))


if __name__ == "__main__":
    main()
