"""Of a tuned change as much is kept as leaves drafts unlike one another, and the adapter that is published says how much."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from math import log
from operator import itemgetter
from pathlib import Path
from statistics import fmean

import pytest
import torch

from bot.domain.ideas import Draft, Prompt
from learning.judge import Bar, Question
from learning.rehearsal import WITHIN, drift, evened, strongest
from learning.tuners._lora import CONFIG
from tests.lessons import a_lesson, a_policy

USUAL = tuple(
    f"{first} {second}" for first in ("Amber", "Brook", "Cedar", "Delta") for second in ("Anvil", "Bell", "Comet", "Dune")
)


def a_question(after: Sequence[str]) -> Question:
    before, made = (tuple(Draft(text=text) for text in texts) for texts in (USUAL, after))
    return Question(prompt=Prompt(text="names"), before=before, after=made)


def repeating(times: int) -> list[str]:
    """As many drafts as ever, the last ones all the same."""
    return [*USUAL[: len(USUAL) - times], *["Amber Anvil"] * times]


def test_the_largest_share_that_keeps_variety_is_kept_and_none_below_it_is_tried() -> None:
    tried: list[float] = []

    def asked(share: float) -> list[Question]:
        tried.append(share)
        return [a_question(repeating(round(8 * share) - 4))] * 4  # the whole change repeats 4 of 16, 0.7 of it 2, half none

    assert strongest((1.0, 0.7, 0.5, 0.2), asked, Bar(), None) == 0.5
    assert tried == [1.0, 0.7, 0.5]


def test_a_change_that_costs_no_variety_is_kept_whole() -> None:
    assert strongest((1.0, 0.5), lambda _share: [a_question(USUAL[::-1])], Bar(), None) == 1.0


def test_where_no_share_keeps_variety_the_last_goes_before_the_gate() -> None:
    assert strongest((1.0, 0.5), lambda _share: [a_question(["Same"] * 16)], Bar(), None) == 0.5


def test_a_change_that_only_shortens_is_made_smaller_too() -> None:
    short = [text.split()[0][:2] + text.split()[1][:3] for text in USUAL]

    assert strongest((1.0, 0.5), lambda share: [a_question(short if share == 1.0 else USUAL)], Bar(), None) == 0.5


def test_a_change_that_says_what_was_taught_for_other_topics_is_made_smaller() -> None:
    by_heart = [*USUAL[:12], "The Golden Oar", "Moxie", "Erebo", "Aurora"]

    def asked(share: float) -> list[Question]:
        return [a_question(by_heart if share == 1.0 else USUAL)]

    assert strongest((1.0, 0.5), asked, Bar(), None, taught=["Moxie", "Erebo", "Aurora", "Amber Anvil"]) == 0.5
    assert strongest((1.0, 0.5), asked, Bar(), None, taught=["Amber Anvil"]) == 1.0  # the base says that too


def test_the_odds_of_ending_are_shifted_until_drafts_are_as_long_as_the_bases() -> None:
    for begun in (0.35, -0.3):
        lengths, shifts = [begun], list[float]()

        def shifted(by: float, lengths: list[float] = lengths, shifts: list[float] = shifts) -> Callable[[], None]:
            shifts.append(by)
            lengths.append(lengths[-1] - 0.4 * by)  # half is learned, or a little less
            return lengths.clear

        left = evened(partial(itemgetter(-1), lengths), shifted, tries=3)

        assert abs(left) < WITHIN
        assert 1 < len(shifts) <= 3
        assert all(by * begun > 0 for by in shifts)  # longer drafts are to end sooner, shorter ones later


def test_lengths_that_only_chance_moved_are_let_be_and_tries_have_an_end() -> None:
    lengths = [0.3, 0.25, 0.2, 0.15]
    seen, shifts = iter(lengths), list[float]()

    def shifted(by: float) -> Callable[[], None]:
        shifts.append(by)
        return shifts.clear

    assert evened(lambda: 0.04, shifted, tries=3) == 0.04
    assert shifts == []
    assert evened(lambda: next(seen), shifted, tries=2) == 0.2
    assert len(shifts) == 2


def test_a_shift_that_does_not_help_is_taken_back() -> None:
    seen, state = iter([0.3, 0.2, 0.25]), ["tuned"]

    def shifted(by: float) -> Callable[[], None]:
        state.append(f"shifted by {by:.2f}")

        def undo() -> None:
            state.pop()

        return undo

    assert evened(lambda: next(seen), shifted, tries=3) == 0.2
    assert state == ["tuned", "shifted by 0.45"]


def test_drift_is_the_log_of_the_drafts_lengths() -> None:
    assert drift([a_question([text[:5] for text in USUAL])]) == pytest.approx(log(5 / fmean(map(len, USUAL))))
    assert drift([a_question(USUAL)]) == 0.0


def test_a_share_of_a_change_is_less_of_it_and_is_saved_as_such(tmp_path: Path) -> None:
    policy, fresh = a_policy(), a_policy()
    adapter = policy.adapt(rank=4, alpha=8.0, seed=1)
    with torch.no_grad():
        for layer in adapter.layers.values():
            layer.up.normal_(0, 0.05)
    tree = policy.tree(a_lesson())

    with torch.no_grad():
        whole = policy.logprobs(tree)
        adapter.weigh(2.0)
        quarter = policy.logprobs(tree)
        with policy.as_base():
            base = policy.logprobs(tree)
        adapter.save(tmp_path, base="tiny")
        fresh.wear(tmp_path)
        again = fresh.logprobs(tree)

    assert 0 < (quarter - base).abs().sum() < (whole - base).abs().sum()
    assert torch.equal(again, quarter)
    assert json.loads((tmp_path / CONFIG).read_text())["lora_alpha"] == 2.0
