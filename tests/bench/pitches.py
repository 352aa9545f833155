"""Whether ideas with a title and a pitch, kept to that form by the service, are better than the recipes' ideas.

    python -m tests.bench.pitches [--drafts 6] [--look 2]

The embedded model, ten topics, three ways: the recipe; a plain question kept to a schema; examples in that form, kept to an
expression. Per way the share that is whole, that is usable (title and pitch are no echo, no repetition, no broken text, and the
pitch says something that the title does not), how many of those differ, and how near they are to the topic. `--look N` then
prints N usable ideas a topic and way, mixed, and after a line of dashes whose they were. Ends with `RESULT {json}`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import numpy as np

from bot.config import ServiceTable, Settings
from bot.domain.ideas import Prompt
from bot.ports import Order
from bot.services.ideas.selecting import SAME_WORDS, alike, wordset
from generators.client.child import Child
from generators.client.cleaning import tidy
from generators.client.remote import RemoteGenerator
from tests.bench.embedded import CACHE
from tests.bench.writing import TEAM

SEED = 11
NEW = 3  # words of a pitch, at least, that are not in its title
TOPICS = (
    "names for a tea bar",
    "a team offsite in the mountains",
    "a slogan for a bike shop",
    "features for a plant-watering app",
    "ways to make meetings shorter",
    "a birthday party for a six-year-old",
    "an exhibition about rivers",
    "a game for long train rides",
    "what to cook with too many tomatoes",
    "how a library could win teenagers",
)
SHOWN = (
    (
        "a school fair",
        "Paper Boat Race",
        "Every class folds a boat, and the one that floats longest down the gutter wins a cake.",
    ),
    ("a podcast about sleep", "Night Shift", "Nurses, bakers and lighthouse keepers tell what they do while we dream."),
    ("names for a cat cafe", "The Ninth Life", "A quiet place for second chances, for cats and for people."),
)
SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 3, "maxLength": 40},
        "pitch": {"type": "string", "minLength": 20, "maxLength": 160},
    },
    "required": ["title", "pitch"],
    "additionalProperties": False,
}
FORM = r'[A-Z][^"\n]{2,40}" - "[A-Z][^"\n]{18,150}[.!?]"'


@dataclass
class Row:
    """What one way came to."""

    made: int = 0
    whole: int = 0
    texts: list[list[str]] = field(default_factory=list)  #: usable ones, by topic
    near: list[float] = field(default_factory=list)


def usable(title: str, pitch: str, topic: str) -> bool:
    """Whether both parts are texts, and two."""
    named = tidy(title, finished=True, topic=topic)[1]
    told = tidy(pitch, finished=True, topic=topic, examples=[pitch for _topic, _title, pitch in SHOWN])[1]
    return named is None and told is None and len(wordset(pitch) - wordset(title)) >= NEW


async def by_recipe(generator: RemoteGenerator, topic: str, count: int) -> tuple[int, list[str]]:
    order = Order(prompt=Prompt(text=topic), candidates=count, seed=SEED, model="", team=TEAM)
    drafts = [draft async for draft in generator.draft(order)]
    kept = [draft.text for draft in drafts if draft.broken is None]
    return sum(draft.broken != "cut" for draft in drafts), kept


async def by_schema(generator: RemoteGenerator, topic: str, count: int) -> tuple[int, list[str]]:
    body = {
        "model": (await generator.health()).model,
        "messages": [{"role": "user", "content": f"Suggest one new idea for this: {topic}. Give it a title and a short pitch."}],
        "n": count,
        "seed": SEED,
        "max_tokens": 90,
        "temperature": 1.0,
        "min_p": 0.08,
        "response_format": {"type": "json_schema", "json_schema": {"name": "idea", "schema": SCHEMA}},
    }
    answer = await generator._api.post("/chat/completions", body)
    found = []
    for choice in answer["choices"]:
        try:
            made = json.loads(choice["message"]["content"])
            found.append((str(made["title"]), str(made["pitch"])))
        except (ValueError, KeyError, TypeError):
            continue
    return len(found), [f"{title} - {pitch}" for title, pitch in found if usable(title, pitch, topic)]


async def by_examples(generator: RemoteGenerator, topic: str, count: int) -> tuple[int, list[str]]:
    lines = [f'Asked for {asked}, somebody said: "{title}" - "{pitch}"' for asked, title, pitch in SHOWN]
    body = {
        "model": (await generator.health()).model,
        "prompt": "\n".join([*lines, f'Asked for {topic}, somebody said: "']),
        "n": count,
        "seed": SEED,
        "max_tokens": 70,
        "temperature": 1.0,
        "min_p": 0.08,
        "guided_regex": FORM,
    }
    answer = await generator._api.post("/completions", body)
    found = [
        tuple(choice["text"].removesuffix('"').split('" - "'))
        for choice in answer["choices"]
        if choice["finish_reason"] == "stop"
    ]
    pairs = [pair for pair in found if len(pair) == 2]
    return len(pairs), [f"{title} - {pitch}" for title, pitch in pairs if usable(title, pitch, topic)]


WAYS: dict[str, Callable[[RemoteGenerator, str, int], Awaitable[tuple[int, list[str]]]]] = {
    "recipe": by_recipe,
    "schema": by_schema,
    "examples": by_examples,
}


async def measured(drafts: int, look: int) -> dict[str, float]:
    child = Child(Settings(cache=CACHE, service=ServiceTable(threads=1)))
    await child.start()
    generator = RemoteGenerator(child)
    rows = {name: Row() for name in WAYS}
    try:
        while not (await generator.health()).ready:
            await asyncio.sleep(0.3)
        for topic in TOPICS:
            for name, way in WAYS.items():
                row = rows[name]
                whole, texts = await way(generator, topic, drafts)
                vectors = await generator.embed([topic, *texts])
                assert vectors is not None
                row.made, row.whole = row.made + drafts, row.whole + whole
                row.near += [float(one @ vectors[0]) for one in vectors[1:]]
                row.texts.append(texts)
    finally:
        await generator.close()
        await child.close()
    told: dict[str, float] = {}
    for name, row in rows.items():
        figures = {"whole": row.whole / row.made, "usable": sum(map(len, row.texts)) / row.made}
        figures |= {"different": sum(map(different, row.texts)) / row.made, "near": float(np.mean(row.near or [0.0]))}
        print(f"{name:10}" + "".join(f"{key} {value:.2f}  " for key, value in figures.items()), flush=True)
        told |= {f"{name}_{key}": round(value, 3) for key, value in figures.items()}
    blind(rows, look)
    return told


def different(texts: list[str]) -> int:
    """How many of these say something that none before them says."""
    known: list[str] = []
    for text in texts:
        if not any(alike(wordset(text), wordset(other)) >= SAME_WORDS for other in known):
            known.append(text)
    return len(known)


def blind(rows: dict[str, Row], look: int) -> None:
    """Some of each, mixed, and below whose each was."""
    mixed = [
        (topic, text, name)
        for name, row in rows.items()
        for topic, texts in zip(TOPICS, row.texts, strict=True)
        for text in texts[:look]
    ]
    random.Random(SEED).shuffle(mixed)
    mixed.sort(key=lambda one: TOPICS.index(one[0]))
    for number, (topic, text, _name) in enumerate(mixed):
        print(f"{number:3} {topic}: {text}")
    print("-" * 20, " ".join(f"{number}:{name}" for number, (_topic, _text, name) in enumerate(mixed)), sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drafts", type=int, default=6)
    parser.add_argument("--look", type=int, default=0)
    given = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print("RESULT", json.dumps(asyncio.run(measured(given.drafts, given.look))))


if __name__ == "__main__":
    main()
