"""New topics asked as a team asks: its own words for what it wants, and things that nobody asked about."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain.ideas import Prompt
from learning.gathering import Topic

THINGS: tuple[str, ...] = tuple(Path(__file__).with_suffix("").with_name("things.txt").read_text(encoding="utf-8").splitlines())
#: "names for a | tea bar": what is asked for, the word that joins it, and an article, before the thing itself.
ASKED = re.compile(r"(?P<asked>.+?\s(?:for|about|of))\s(?P<article>an?|the|our|my|your)\s(?P<thing>\S.*)", re.IGNORECASE)
OFTEN = 3  # topics that a team has to have asked in the same words; what was asked once is not how it asks


@dataclass(frozen=True, slots=True)
class Asking:
    """One way in which a team asks."""

    asked: str  #: "names for"
    article: str  #: "a" also where "an" was said
    kind: str
    style: str

    @classmethod
    def of(cls, prompt: Prompt) -> Asking | None:
        """The way of a prompt; None where it names no thing by an article, or is no plain English request."""
        found = ASKED.fullmatch(prompt.text.strip(" ?!.:…"))
        if found is None or prompt.language != "en" or prompt.operation != "fresh" or prompt.modality != "text":
            return None
        article = found["article"].lower()
        return cls(found["asked"].lower(), "a" if article == "an" else article, prompt.kind, prompt.style)

    def about(self, thing: str) -> Prompt:
        """The same asked about another thing."""
        article = "an" if self.article == "a" and thing[:1].lower() in "aeiou" else self.article
        return Prompt(text=f"{self.asked} {article} {thing}", kind=self.kind, style=self.style)


def new_topics(topics: Sequence[Topic], *, seed: int) -> list[Prompt]:
    """As many as there are `THINGS`, in the ways in which the team asks, each as often as the team does.

    Only the words of topics that may be learned from are taken. None where the team asks in no way often.
    """
    own = [way for topic in topics if topic.told and (way := Asking.of(topic.prompt)) is not None]
    ways = [(way, count) for way, count in Counter(own).items() if count >= OFTEN]
    if not ways:
        return []
    known = {topic.prompt.text.casefold() for topic in topics}
    drawn = random.Random(f"{seed}/topics").choices([way for way, _ in ways], weights=[count for _, count in ways], k=len(THINGS))
    prompts = [way.about(thing) for way, thing in zip(drawn, THINGS, strict=True)]
    return [prompt for prompt in prompts if prompt.text.casefold() not in known]


def own_topics(topics: Sequence[Topic]) -> list[Prompt]:
    """Those that the team asked itself, as they are asked anew; of channels that agreed to training only."""
    return [replace(topic.prompt, about=()) for topic in topics if topic.told and topic.prompt.operation == "fresh"]
