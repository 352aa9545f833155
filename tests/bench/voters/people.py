"""Whether knowing who agrees with whom foretells a person's votes better than what everybody says: real conversations."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from bot.domain.feedback import Feedback
from bot.domain.ideas import IdeaId
from learning.opinions import Voices
from learning.people import People
from learning.rankers.bayes import build
from tests.bench import human
from tests.bench.ranking import read_zipped
from tests.builders import a_person, an_opinion

PEOPLE, HIDDEN, ENOUGH = 60, 0.2, 6  # of a conversation, the busiest; of their votes; hidden votes of a person, of both kinds


def area(score: list[float], liked: list[bool]) -> float:
    """Chance that a liked one stands above a disliked one; ties count half."""
    ups = np.array([one for one, up in zip(score, liked, strict=True) if up])
    downs = np.array([one for one, up in zip(score, liked, strict=True) if not up])
    return float(np.mean((np.sign(ups[:, None] - downs[None, :]) + 1) / 2))


def conversations() -> dict[str, list[Feedback]]:
    """Each conversation's votes by its busiest people."""
    found: defaultdict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for row in read_zipped(human.wanted("polis/votes.csv.gz")):
        if row["vote"] != "0":
            found[row["conv"]].append((row["comment-id"], row["voter-id"], float(row["vote"])))
    kept = {}
    for name, said in sorted(found.items()):
        count: defaultdict[str, int] = defaultdict(int)
        for _idea, person, _value in said:
            count[person] += 1
        busiest = sorted(count, key=lambda person: (-count[person], person))[:PEOPLE]
        latest = {(idea, person): value for idea, person, value in said if person in set(busiest)}
        kept[name] = [an_opinion(IdeaId(idea), person, value) for (idea, person), value in sorted(latest.items())]
    return kept


def gains(seed: int = 0) -> dict[str, dict[str, float]]:
    """For each conversation, the area under the curve of held-out votes, by score alone and with the person's factors."""
    found = {}
    for name, said in conversations().items():
        chance = np.random.default_rng(seed)
        hidden = chance.random(len(said)) < HIDDEN
        known = [one for one, out in zip(said, hidden, strict=True) if not out]
        people = People.of(Voices.of(known))
        scores = build().score(sorted({one.idea for one in said}), known)
        by: defaultdict[str, list[Feedback]] = defaultdict(list)
        for one, out in zip(said, hidden, strict=True):
            if out:
                by[one.person.id].append(one)
        plain, personal = [], []
        for person, some in by.items():
            liked = [one.value > 0 for one in some]
            if len(some) < ENOUGH or all(liked) or not any(liked):
                continue
            plain.append(area([scores[one.idea].mean for one in some], liked))
            personal.append(area([scores[one.idea].mean + people.adds(a_person(person), one.idea) for one in some], liked))
        apart = np.array(personal) - np.array(plain)
        found[name] = {
            "people": len(plain),
            "plain": float(np.mean(plain)),
            "personal": float(np.mean(personal)),
            "gain": float(apart.mean()),
            "error": float(apart.std() / np.sqrt(len(apart))),
            "weight": people.weight,
        }
    return found
