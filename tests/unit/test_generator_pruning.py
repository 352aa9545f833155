"""Drafts that are not worth going on with end early, the same ones every time, and say why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generators.client.choices import DROPPED, Growing, grown
from generators.client.cleaning import repeating, repetitive
from generators.client.recipes import Asking
from generators.engines.text.sampling import Decoding
from generators.service.jobs import Completion
from generators.service.pruning import ALIKE, ENOUGH, REPEATING, Pruning
from tests import tiny

DECODING = Decoding(temperature=1.0, top_p=1.0, min_p=0.05)


def pruning(*, enough: int = 0, alike: int = 0, repeating: bool = False) -> Pruning:
    return Pruning(enough=enough, alike=alike, repeating=repeating)


def test_what_begins_as_another_does_is_dropped_once_its_words_are_whole() -> None:
    mine = pruning(alike=3)

    assert mine.why(0, "Organize a scavenger") is None  # might become "scavengers"
    assert mine.why(0, "Organize a scavenger hunt") is None
    assert mine.why(1, "organize a Scavenger, ") == ALIKE
    assert mine.why(2, "Organize a picnic in ") is None
    assert mine.why(0, "Organize a scavenger hunt for all ") is None


def test_what_says_the_same_again_is_dropped_and_only_that() -> None:
    mine = pruning(repeating=True)

    assert mine.why(0, "a quick quick") is None
    assert mine.why(0, "a quick quick ") == REPEATING
    assert mine.why(1, "a quick game, then a long ") is None


@pytest.mark.parametrize(
    "text",
    [
        "Have a shorter Monday meeting by having a shorter Monday meeting",
        "Create a DIY DIY library",
        "One team per team room for the team and every team",
        "A picnic by the lake, with kites",
    ],
)
def test_what_is_repeating_early_is_repetitive_at_its_end(text: str) -> None:
    words = text.split()
    early = any(repeating(words[:count]) for count in range(1, len(words) + 1))

    assert not early or repetitive(text)


def finishes(prune: Pruning | None, *, n: int = 24) -> dict[int, str]:
    model = tiny.text_model("llama")
    job = Completion(
        model=model, prompt="names", n=n, seed=3, max_tokens=24, decoding=DECODING, stop=("e", "\n"), pruning=prune, together=0
    )
    return {
        piece.choice: piece.finish for events in job.steps() for piece in events if getattr(piece, "finish", None) is not None
    }


def test_a_request_that_has_enough_ends_and_the_same_ones_are_dropped_every_time() -> None:
    whole, first, again = finishes(None), finishes(pruning(enough=6)), finishes(pruning(enough=6))

    assert first == again
    assert set(first) == set(whole)
    kept = {index: finish for index, finish in first.items() if finish != ENOUGH}
    assert 6 <= len(kept) < len(whole)
    assert all(whole[index] == finish for index, finish in kept.items())


@pytest.mark.parametrize("finish", DROPPED)
def test_a_dropped_choice_says_so_and_is_no_idea(finish: str) -> None:
    made = grown(Growing(), {"text": "Organize a", "finish_reason": finish}, replace(Asking(count=1), stop=("\n",)))

    assert made is not None
    assert (made.dropped, made.finished) == (finish, False)
