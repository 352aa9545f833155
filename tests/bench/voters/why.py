"""Whether what `/why` says of ideas is true, where simulated teams like what is known: real answers, planted tastes."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import IdeaId, Prompt
from bot.ports import Entry, Log
from learning.rankers.taste import Learned, build
from learning.reasons import columns_of
from learning.trust import learned
from tests.bench import human
from tests.bench.embedded import embedded
from tests.bench.ranking import read_zipped
from tests.builders import an_idea, an_opinion

EACH, PEOPLE, SHARE = 40, 12, 0.5  # answers of an object; voters; of the answers that each of them votes on
TOLD = 0.04  # amounts from which a line is held to be a claim
Floats = NDArray[np.float64]


def answers(seed: int) -> tuple[list[str], list[str], Floats]:
    """Some answers for each object, the object, and how original people found them."""
    rows = list(read_zipped(human.wanted("aut/aut_originality.csv.gz")))
    by: defaultdict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        by[row["prompt"]].append(place)
    chance = np.random.default_rng(seed)
    kept = [int(place) for some in by.values() if len(some) >= EACH for place in chance.choice(some, EACH, replace=False)]
    return (
        [rows[place]["response"] for place in kept],
        [rows[place]["prompt"] for place in kept],
        np.array([float(rows[place]["target"]) for place in kept]),
    )


def middling(vectors: NDArray[np.float32], topics: list[str]) -> Floats:
    """Cosine of each answer to the middle of its object's answers."""
    found = np.zeros(len(topics))
    for topic in set(topics):
        mine = np.flatnonzero(np.array(topics) == topic)
        centre = vectors[mine].mean(axis=0)
        found[mine] = vectors[mine] @ (centre / np.linalg.norm(centre))
    return found


def told(seed: int = 0) -> dict[str, dict[str, float]]:
    """For each taste: the share of lines whose sign a fit without their columns agrees with, and of wrong words."""
    texts, topics, original = answers(seed)
    vectors = embedded(texts)
    tastes = {
        "original": original,
        "ordinary": -original,
        "short": -np.log(np.array([len(text) for text in texts])),
        "middle": middling(vectors, topics),
    }
    ids = [IdeaId(f"i{place:04}") for place in range(len(texts))]
    entries = [
        Entry(idea=an_idea(text, id=id), prompt=Prompt(text=f"uses for a {topic}"))
        for text, id, topic in zip(texts, ids, topics, strict=True)
    ]
    about = sorted(set(topics))
    vector_of = dict(zip((f"uses for a {name}" for name in about), embedded(about), strict=True))
    log = Log(entries=tuple(entries), vectors=vectors, topics=vector_of)
    found = {}
    for name, worth in tastes.items():
        chance = np.random.default_rng(seed)
        centred = worth - np.array([worth[np.array(topics) == topic].mean() for topic in topics])
        centred /= centred.std()
        said = [
            an_opinion(id, f"p{person:02}", 1.0 if centred[place] + chance.normal() > 0 else -1.0)
            for place, id in enumerate(ids)
            for person in range(PEOPLE)
            if chance.random() < SHARE
        ]
        found[name] = judged(build().learn(log, said), ids, said, middling(vectors, topics), texts, topics)
    return found


def judged(
    taste: Learned, ids: list[IdeaId], said: list, middle: Floats, texts: list[str], topics: list[str]
) -> dict[str, float]:
    """Every line of every idea beside what the forecast becomes without the columns, chosen anew; and beside the idea itself."""
    (kind,) = taste.kinds.values()
    page = kind.fit.sheet
    if not kind.fit.hyperparameters.trusted:
        return {"trusted": 0.0}
    gone = {}
    for what, mine in columns_of(page.dimensions, page.rows.shape[1]).items():
        rows = page.rows.copy()
        rows[:, mine] = 0.0
        gone[what] = kind.fit.prior - learned(replace(page, rows=rows), kind.said).prior
    counts: Counter[str] = Counter()
    topic_lines: defaultdict[str, set[bool]] = defaultdict(set)
    of_topic = np.array(topics)
    size: defaultdict[str, float] = defaultdict(float)
    for row, id in enumerate(ids):
        for reason in taste.reasons(id, said):
            size[reason.what] += abs(reason.amount) / len(ids)
            if reason.what == "topic" and abs(reason.amount) > 1e-9:
                topic_lines[topics[row]].add(reason.amount > 0)
            if reason.what not in gone or abs(reason.amount) < TOLD:
                continue
            counts["lines"] += 1
            counts[f"lines of {reason.what}"] += 1
            counts["agree"] += gone[reason.what][row] * reason.amount > 0
            if reason.side:
                others = of_topic == topics[row]
                more = (
                    middle[row] < middle[others].mean()
                    if reason.what == "originality"
                    else len(texts[row]) > np.exp(np.mean(np.log([len(texts[other]) for other in np.flatnonzero(others)])))
                )
                counts["sides"] += 1
                counts["wrong sides"] += (reason.side == "more") != more
    named = {name: counts[name] for name in counts if name.startswith("lines")}
    return {
        "trusted": 1.0,
        "sign": counts["agree"] / max(1, counts["lines"]),
        "wrong_side": counts["wrong sides"] / max(1, counts["sides"]),
        "topics_of_both_signs": float(sum(len(signs) > 1 for signs in topic_lines.values())),
        **named,
        **{f"size of {what}": round(amount, 3) for what, amount in size.items()},
    }
