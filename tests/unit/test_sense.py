"""Which drafts of a small model a reader would find sense in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.ideas import Draft, Prompt
from bot.services.ideas.sense import sense, table

NAMES = Prompt(text="names for a rowing club")
DRAFT = Draft(text="Oar & Anchor", logprob=-3.0, relevance=1.0, kind="names", formed=True)


def test_an_idea_nearer_to_its_topic_makes_more_sense() -> None:
    near, far = (sense(DRAFT, NAMES, cosine) for cosine in (0.6, 0.1))

    assert near is not None
    assert far is not None
    assert near > far


def test_a_sentence_that_repeats_its_topic_or_itself_makes_less() -> None:
    prompt = Prompt(text="a story about a clockmaker")
    plain = Draft(text="A thief learns to mend what he stole", logprob=-1.2, kind="stories")
    topic = replace(plain, text="A clockmaker learns about a clockmaker")

    assert (sense(plain, prompt, 0.4) or 0.0) > (sense(topic, prompt, 0.4) or 0.0)


@pytest.mark.parametrize(
    ("draft", "prompt"),
    [
        (replace(DRAFT, kind=""), NAMES),
        (replace(DRAFT, kind="haikus"), NAMES),
        (DRAFT, replace(NAMES, operation="remix", about=("Oar", "Tide"))),
        (DRAFT, replace(NAMES, language="zh")),
        (DRAFT, None),
    ],
)
def test_of_drafts_that_nobody_has_read_nothing_is_said(draft: Draft, prompt: Prompt | None) -> None:
    assert sense(draft, prompt, 0.3) is None


@pytest.mark.parametrize("draft", [DRAFT, Draft(text="Row to the mill and back", logprob=-1.2, kind="activities")])
def test_what_its_model_finds_good_makes_more(draft: Draft) -> None:
    good, other = (sense(replace(draft, judged=odds), NAMES, 0.3) for odds in (1.0, -1.0))

    assert good is not None
    assert other is not None
    assert good > other


def test_all_kinds_weigh_the_same_things() -> None:
    unjudged, judged = ({frozenset(weights) for weights in table()[one].values()} for one in ("unjudged", "judged"))

    assert len(unjudged) == len(judged) == 1
    assert judged.pop() ^ unjudged.pop() == {"judged", "level", "relevance"}
