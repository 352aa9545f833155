"""How long a team's taste takes to follow one more vote, and whether anybody waits for it.

    python -m tests.bench.refit [--votes 10000] [--refits 300]

Ideas for 300 topics and a few hundred pictures, votes of forty people who share a taste. After each new vote the whole is
refitted in a thread, as the bot does, while the event loop counts how late it wakes. CPU time is that thread's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from dataclasses import replace

import numpy as np

from bot.domain.feedback import Feedback
from bot.domain.ideas import Features, IdeaId, Prompt
from bot.ports import Entry, Log, Taste
from learning.rankers.taste import build
from tests.builders import an_idea, an_opinion

TOPICS, EACH, PICTURES = 300, 8, 300
WIDTH, LOOKS = 384, 160  # of the embedder's vectors, and of a picture's features
PEOPLE = [f"p{number}" for number in range(40)]
TICK_S = 0.005


def a_log(chance: np.random.Generator) -> tuple[Log, np.ndarray]:
    """Ideas and pictures, and how good each is."""
    vectors = chance.normal(size=(TOPICS * EACH + PICTURES, WIDTH)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = [f"word{number}" for number in range(3000)]
    entries = []
    for place in range(TOPICS * EACH):
        text = " ".join(chance.choice(words, size=4))
        entries.append(Entry(idea=an_idea(text, id=IdeaId(f"i{place}")), prompt=Prompt(text=f"names for thing {place // EACH}")))
    looks = chance.normal(size=(PICTURES, LOOKS)).clip(-3, 3) / 3
    for place in range(PICTURES):
        features = Features(name="bench", values=tuple(map(float, looks[place])))
        picture = an_idea("a picture", id=IdeaId(f"m{place}"), modality="image", features=features, brainstorm=f"b{place // 2}")
        entries.append(Entry(idea=picture, prompt=Prompt(text="image", modality="image")))
    vectors[TOPICS * EACH :] = 0
    worth = np.concatenate([8 * vectors[: TOPICS * EACH] @ chance.normal(size=WIDTH) / 8, looks @ chance.normal(size=LOOKS) / 3])
    topics = {f"names for thing {number}": vectors[number] for number in range(TOPICS)}
    return Log(entries=tuple(entries), vectors=vectors, topics=topics), worth


def some_votes(log: Log, worth: np.ndarray, count: int, chance: np.random.Generator) -> list[Feedback]:
    """Each by somebody on something they have not voted on."""
    pairs = chance.choice(len(log.entries) * len(PEOPLE), size=count, replace=False)
    found = []
    for place, person in zip(pairs // len(PEOPLE), pairs % len(PEOPLE), strict=True):
        value = 1.0 if worth[place] + chance.normal() > 0 else -1.0
        found.append(an_opinion(log.entries[place].idea.id, PEOPLE[person], value))
    return found


async def follow(taste: Taste, votes: list[Feedback], more: list[Feedback]) -> tuple[list[float], list[float], list[float]]:
    """Wall and CPU seconds of a refit after each vote, and how late the loop was meanwhile."""
    wall, cpu, late = [], [], []

    async def tick() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK_S)
            late.append(time.perf_counter() - before - TICK_S)

    def refit() -> Taste:
        began, used = time.perf_counter(), time.thread_time()
        found = taste.refit(votes)
        wall.append(time.perf_counter() - began)
        cpu.append(time.thread_time() - used)
        return found

    ticking = asyncio.create_task(tick())
    for number, vote in enumerate(more):
        votes[number] = replace(votes[number], value=-votes[number].value)  # somebody changed their mind
        votes.append(vote)
        taste = await asyncio.to_thread(refit)
    ticking.cancel()
    return wall, cpu, late


def main() -> None:
    """Runs it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--votes", type=int, default=10_000)
    parser.add_argument("--refits", type=int, default=300)
    options = parser.parse_args()
    chance = np.random.default_rng(7)
    log, worth = a_log(chance)
    votes = some_votes(log, worth, options.votes + options.refits, chance)
    began = time.thread_time()
    taste = build().learn(log, votes[: options.votes])
    learnt = time.thread_time() - began
    wall, cpu, late = asyncio.run(follow(taste, votes[: options.votes], votes[options.votes :]))
    trusted = [taste.trust(entry.prompt).trusted for entry in (log.entries[0], log.entries[-1])]
    found = {"votes": options.votes, "ideas": len(log.entries), "learn_cpu_s": round(learnt, 2), "forecasts_trusted": trusted}
    for name, values in (("refit_wall_ms", wall), ("refit_cpu_ms", cpu), ("loop_late_ms", late)):
        found |= {f"{name}_{q}": round(1000 * float(np.percentile(values, q)), 1) for q in (50, 99)}
    print("RESULT " + json.dumps(found))


if __name__ == "__main__":
    main()
