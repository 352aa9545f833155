"""Drafts that are not worth going on with end early, the same ones every time, and say why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generators.client.choices import DROPPED, Growing, grown
from generators.client.cleaning import repeating, repetitive
from generators.client.recipes import Asking
from generators.engines.text.sampling import Decoding
from generators.service.events import Piece
from generators.service.jobs import Completion
from generators.service.pruning import ALIKE, ENOUGH, REPEATING, Pruning
from tests import tiny

DECODING = Decoding(temperature=1.0, top_p=1.0, min_p=0.05)


def pruning(*, share: float = 0.0, least: int = 1, count: int = 24, alike: int = 0, repeating: bool = False) -> Pruning:
    return Pruning(share=share, least=least, count=count, alike=alike, repeating=repeating)


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
    whole, first, again = finishes(None), finishes(pruning(share=0.25)), finishes(pruning(share=0.25))

    assert first == again
    assert set(first) == set(whole)
    kept = {index: finish for index, finish in first.items() if finish != ENOUGH}
    assert 6 <= len(kept) < len(whole)
    assert all(whole[index] == finish for index, finish in kept.items())


@pytest.mark.parametrize(
    ("ended", "dropped", "enough"),
    [(5, 0, False), (6, 0, True), (4, 3, False), (5, 3, True), (3, 8, False), (4, 8, True), (2, 10, False)],
)
def test_enough_is_a_share_of_what_was_not_dropped_and_never_too_few(ended: int, dropped: int, enough: bool) -> None:
    mine = pruning(share=0.6, least=4, count=10)

    for number in range(ended + dropped):
        mine.ended(by_itself=number < ended)

    assert mine.satisfied == enough


def test_choices_that_are_handed_out_whole_are_those_that_are_handed_out_bit_by_bit() -> None:
    model = tiny.text_model("llama")
    form = {"prompt": "names", "n": 6, "seed": 3, "max_tokens": 24, "decoding": DECODING, "stop": ("e",), "logprobs": 0}
    bit_by_bit = [piece for events in Completion(model=model, **form).steps() for piece in events if isinstance(piece, Piece)]

    whole = [
        piece for events in Completion(model=model, **form, whole=True).steps() for piece in events if isinstance(piece, Piece)
    ]

    ends = {piece.choice: piece for piece in whole if piece.finish}
    for index, piece in ends.items():
        parts = [part for part in bit_by_bit if part.choice == index]
        assert piece.text == "".join(part.text for part in parts)
        assert piece.tokens == tuple(token for part in parts for token in part.tokens)
        assert piece.finish == parts[-1].finish
        assert sum(part.spent for part in parts) == sum(part.spent for part in whole if part.choice == index)
    assert len(ends) == 6
    assert len(whole) <= 12 < len(bit_by_bit)


@pytest.mark.parametrize("finish", DROPPED)
def test_a_dropped_choice_says_so_and_is_no_idea(finish: str) -> None:
    made = grown(Growing(), {"text": "Organize a", "finish_reason": finish}, replace(Asking(count=1), stop=("\n",)))

    assert made is not None
    assert (made.dropped, made.finished) == (finish, False)
