"""What is not to be there is left out by its meaning, too: a swimming lesson for who said "no water games"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.domain.ideas import Draft, Prompt
from bot.services.ideas.background import Background
from bot.services.ideas.filtering import refused_things
from bot.services.ideas.judging import Intake, Judging
from bot.services.ideas.selecting import Known
from bot.services.ideas.slate import Slate
from generators.client.scripted import ScriptedGenerator
from tests.builders import a_brainstorm

PARTY, WATER, TUNNEL = np.eye(3, dtype=np.float32)
MEANINGS = {
    "water games": WATER,
    "party": PARTY,
    "A swimming lesson for the whole family": 0.6 * PARTY + 0.8 * WATER,
    "A tunnel of cartons": 0.6 * PARTY + 0.8 * TUNNEL,
}


class Meaning(ScriptedGenerator):
    """A generator whose vectors are those above."""

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([MEANINGS[text] for text in texts])


async def judged(style: str, topic: np.ndarray) -> dict[str, str]:
    """What was dropped of two ideas, and why."""
    prompt = Prompt(text="ideas for the summer party", style=style)
    brainstorm = a_brainstorm(prompt=prompt)
    background = Background(
        known=Known(), taste=None, learned=None, liked=(), avoid=(), topic=topic, wish=None, gap=None, material=(), polished=None
    )
    intake = Intake(Slate(brainstorm=brainstorm, count=5, begun=0, expected=2))
    drafts = [Draft(text=text) for text in MEANINGS if text[0] == "A"]
    await Judging(Meaning()).judge(drafts, brainstorm, background, intake)
    return {one.draft.text: one.verdict for one in intake.candidates}


async def test_an_idea_that_has_to_do_with_a_refused_thing_is_unwanted() -> None:
    assert await judged("no water games", PARTY) == {"A swimming lesson for the whole family": "unwanted"}
    assert await judged("", PARTY) == {}


async def test_what_the_topic_is_about_itself_is_refused_by_its_words_alone() -> None:
    assert await judged("no water games", WATER) == {}


def test_refused_things_are_told_from_other_wishes() -> None:
    assert refused_things(Prompt(text="a party", style="short, no water games, without quizzes, not too formal")) == (
        "water games",
        "quizzes",
    )
