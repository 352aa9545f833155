"""How good the ideas of the embedded model are, with and without each step that is to make them better.

    python -m tests.bench.ideas [--prompts 20] [--shown 5] [--show]

Twenty prompts of NoveltyBench, typed as a person would type them; every row shows five ideas for each. Ends with `RESULT {json}`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.config import ServiceTable, Settings
from bot.domain.ideas import Draft, Prompt, Team
from bot.ports import Order
from bot.services.ideas.filtering import OFF_TOPIC, verdict
from bot.services.ideas.selecting import SAME, SAME_WORDS, Known, Option, Pool, alike, wordset
from generators.client.child import Child
from generators.client.cleaning import tidy
from generators.client.recipes import recognised
from generators.client.remote import RemoteGenerator
from tests.bench import human
from tests.bench.embedded import CACHE

PROMPTS = "novelty/prompts.jsonl"
TEAM = Team(platform="bench", id="1")
OVERSAMPLED = 4
SEED = 7

#: NoveltyBench prompts that ask for an idea, and the same as somebody types it after /brainstorm. The rest of its prompts ask for
#: facts, numbers and passwords.
TYPED = {
    "curated-0": "a story about a girl and her dog",
    "curated-2": "plot for a romcom movie set in rural Kansas for Easter",
    "curated-4": "a short love poem about someone far away",
    "curated-5": "a short poem of hatred",
    "curated-7": "a made-up historic figure and what they are famous for",
    "curated-9": "a title for a memoir of a computer science PhD student who worked on machine translation in the 1990s",
    "curated-10": "a story with three main characters Alice, Bob and Mallory",
    "curated-12": "a funny joke to begin a meeting with",
    "curated-14": "a one-sentence happy new year text to my friend",
    "curated-15": "inventions to make the world a more interesting place to live in",
    "curated-17": "items for a grocery list for a memorable shopping experience",
    "curated-20": "names for a half-elf paladin who is secretly sabotaging the heroes",
    "curated-22": "names for a loyal mixed breed dog with a fluffy scruffy tan coat",
    "curated-24": "names for my puffle in Club Penguin",
    "curated-27": "a gift for my mother, a handbag",
    "curated-29": "birthday gift for a friend's 25th birthday",
    "curated-37": "ways to survive being a graduate student",
    "curated-44": "what to do when the car won't start",
    "curated-50": "dream jobs",
    "curated-55": "ice breaking questions",
}


@dataclass
class Row:
    """One way of making ideas, and what it showed for each topic."""

    name: str
    shown: list[list[str]] = field(default_factory=list)
    broken: int = 0
    made: int = 0
    seconds: float = 0.0

    def add(self, ideas: Sequence[str], broken: int) -> None:
        self.shown.append(list(ideas))
        self.broken += broken


@dataclass(frozen=True)
class Figures:
    """What is told of a row, all shares of the ideas shown."""

    shown: float  #: ideas a topic
    distinct: float  #: kinds of ideas, where two that say the same are one kind
    near: float  #: ideas that say what an earlier one of the same topic says
    broken: float
    likeness: float  #: mean cosine of the ideas of a topic to one another


def figures(row: Row, vectors: dict[str, NDArray[np.float32]]) -> Figures:
    total = sum(map(len, row.shown))
    near, likeness = 0, []
    for ideas in row.shown:
        known: list[str] = []
        for idea in ideas:
            near += any(same(idea, other, vectors) for other in known)
            known.append(idea)
        rows = np.stack([vectors[idea] for idea in ideas]) if ideas else np.zeros((0, 1))
        if len(ideas) > 1:
            likeness.append(float((rows @ rows.T)[np.triu_indices(len(ideas), 1)].mean()))
    share = max(1, total)
    return Figures(
        total / max(1, len(row.shown)),
        (total - near) / share,
        near / share,
        row.broken / share,
        float(np.mean(likeness or [0.0])),
    )


def same(one: str, other: str, vectors: dict[str, NDArray[np.float32]]) -> bool:
    return alike(wordset(one), wordset(other)) >= SAME_WORDS or float(vectors[one] @ vectors[other]) >= SAME


def an_order(topic: str, *, candidates: int) -> Order:
    return Order(prompt=Prompt(text=topic), candidates=candidates, seed=SEED, model="", team=TEAM, alone=True)


async def plain(generator: RemoteGenerator, topic: str, count: int) -> list[tuple[str, bool]]:
    """Five ideas the obvious way: a question, its answer cut at the line's end. The text, and whether it is broken."""
    body = {
        "model": (await generator.health()).model,
        "messages": [{"role": "user", "content": f"Give me one creative idea for this: {topic}"}],
        "n": count,
        "seed": SEED,
        "max_tokens": 48,
        "temperature": 1.0,
        "stop": ["\n"],
    }
    answer = await generator._api.post("/chat/completions", body)
    made = []
    for choice in answer["choices"]:
        text, why = tidy(choice["message"]["content"], finished=choice["finish_reason"] == "stop", topic=topic)
        made.append((text or "(nothing)", why is not None))
    return made


def worth(draft: Draft) -> float:
    """What its model finds of it where it was taught to judge, else how much the topic made it likely."""
    return draft.judged if draft.judged is not None else draft.relevance or 0.0


def chosen(drafts: Sequence[Draft], vectors: dict[str, NDArray[np.float32]], count: int) -> list[str]:
    """The best different ones, as the bot chooses them."""
    pool, picked = Pool(), []
    for draft in drafts:
        pool.add(Option(draft=draft, vector=vectors[draft.text], quality=worth(draft)))
    while len(picked) < count and (option := pool.choose()) is not None:
        picked.append(option.draft.text)
    return picked


def fresh(drafts: Sequence[Draft], vectors: dict[str, NDArray[np.float32]]) -> list[Draft]:
    """Drafts that do not say what an earlier one says."""
    known, kept = Known(), []
    for draft in drafts:
        if not known.has(draft.text, vectors[draft.text]):
            kept.append(draft)
            known.add(draft.text, vectors[draft.text])
    return kept


async def measured(
    generator: RemoteGenerator, topics: Sequence[str], count: int
) -> tuple[list[Row], dict[str, NDArray[np.float32]]]:
    rows = [
        Row("plain question"),
        Row("few-shot recipes"),
        Row(f"+ {OVERSAMPLED}× drafts, broken dropped"),
        Row("+ off-topic dropped, the best by verdict or relevance"),
        Row("+ repeats dropped"),
        Row("+ different ones chosen"),
    ]
    vectors: dict[str, NDArray[np.float32]] = {}
    for place, topic in enumerate(topics):
        print(f"{place + 1}/{len(topics)} {topic}", file=sys.stderr, flush=True)
        began = time.monotonic()
        simple = await plain(generator, topic, count)
        rows[0].seconds += time.monotonic() - began
        began = time.monotonic()
        drafts = [draft async for draft in generator.draft(an_order(topic, candidates=OVERSAMPLED * count))]
        rows[5].seconds += time.monotonic() - began
        rows[5].made += len(drafts)
        texts = sorted({text for text, _broken in simple} | {draft.text or "(nothing)" for draft in drafts})
        made = await generator.embed(texts)
        assert made is not None
        vectors |= dict(zip(texts, made, strict=True))

        whole = [draft for draft in drafts if draft.broken is None]
        related = sorted((draft for draft in whole if verdict(draft) is None), key=lambda draft: -worth(draft))
        different = fresh(related, vectors)
        first = drafts[:count]
        rows[0].add([text for text, _broken in simple], sum(broken for _text, broken in simple))
        rows[1].add([draft.text or "(nothing)" for draft in first], sum(draft.broken is not None for draft in first))
        rows[2].add([draft.text for draft in whole[:count]], 0)
        rows[3].add([draft.text for draft in related[:count]], 0)
        rows[4].add([draft.text for draft in different[:count]], 0)
        rows[5].add(chosen(different, vectors, count), 0)
    return rows, vectors


async def run(topics: Sequence[str], count: int, *, show: bool) -> dict[str, float]:
    child = Child(Settings(cache=CACHE, service=ServiceTable(threads=1)))
    generator = RemoteGenerator(child, timeout_s=600)
    await child.start()
    try:
        while not (await generator.health()).ready:
            await asyncio.sleep(0.2)
        rows, vectors = await measured(generator, topics, count)
    finally:
        await generator.close()
        await child.close()
    return told(topics, rows, vectors, show=show)


def told(topics: Sequence[str], rows: Sequence[Row], vectors: dict[str, NDArray[np.float32]], *, show: bool) -> dict[str, float]:
    print(f"{'':42}{'ideas':>7}{'distinct':>10}{'near-dup':>10}{'broken':>9}{'likeness':>10}")
    result: dict[str, float] = {}
    for key, row in zip(("plain", "recipes", "unbroken", "related", "fresh", "chosen"), rows, strict=True):
        found = figures(row, vectors)
        print(f"{row.name:42}{found.shown:7.1f}{found.distinct:10.1%}{found.near:10.1%}{found.broken:9.1%}{found.likeness:10.3f}")
        result |= {f"{key}_distinct": found.distinct, f"{key}_near": found.near, f"{key}_broken": found.broken}
        result |= {f"{key}_likeness": found.likeness}
    result["ideas"] = figures(rows[-1], vectors).shown
    result["seconds_a_topic"] = rows[-1].seconds / len(topics)
    if show:
        for place, topic in enumerate(topics):
            print(f"\n{topic} [{recognised(Prompt(text=topic))[0].kind}]")
            for row in (rows[0], rows[-1]):
                print(f"  {row.name}")
                for idea in row.shown[place]:
                    print(f"    {idea}")
    return {name: round(value, 4) for name, value in result.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=len(TYPED))
    parser.add_argument("--shown", type=int, default=5)
    parser.add_argument("--show", action="store_true", help="print the ideas too")
    given = parser.parse_args()
    there = {json.loads(line)["id"] for line in human.wanted(PROMPTS).read_text(encoding="utf-8").splitlines() if line.strip()}
    topics = [typed for id, typed in TYPED.items() if id in there][: given.prompts]
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print(f"{len(topics)} topics, {given.shown} ideas each; near-duplicates: cosine ≥ {SAME}; off-topic: relevance < {OFF_TOPIC}")
    print("RESULT " + json.dumps(asyncio.run(run(topics, given.shown, show=given.show))))


if __name__ == "__main__":
    main()
