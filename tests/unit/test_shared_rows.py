"""Choices that have said the same so far are computed as one row, and come out as if each had had its own."""

from __future__ import annotations

from typing import Any

import pytest

from generators.engines.text.passes import PassRequest, PassResult
from generators.engines.text.sampling import Decoding
from generators.service.events import Piece
from generators.service.jobs import Completion
from tests import tiny

pytest.importorskip("openvino", reason="OpenVINO is not installed")

CHOICES = 24
DECODINGS = [
    Decoding(temperature=0.0),
    Decoding(temperature=0.5, min_p=0.05),
    Decoding(temperature=0.7, presence_penalty=0.4, repetition_penalty=1.2),
]


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny.graph_model(tiny.random_model("llama"))


@pytest.fixture
def rows(model: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each pass of choices that go on had."""
    counted: list[int] = []
    before = model.advance

    def advance(requests: list[PassRequest]) -> list[PassResult]:
        counted.extend(len(request.tokens) for request in requests if request.drawn)
        done: list[PassResult] = before(requests)
        return done

    monkeypatch.setattr(model, "advance", advance)
    return counted


def pieces(model: Any, decoding: Decoding, *, n: int = CHOICES, top: int = 2) -> dict[int, list[Any]]:
    """What is told of each choice: text, tokens with their likelihoods, and why it ended."""
    told: dict[int, list[Any]] = {}
    job = Completion(
        model=model, prompt="A tea bar is ", n=n, seed=5, max_tokens=70, decoding=decoding, stop=("q",), logprobs=top
    )
    for events in job.steps():
        for event in events:
            if isinstance(event, Piece):
                told.setdefault(event.choice, []).append((event.text, event.tokens, event.finish))
    return told


@pytest.mark.parametrize("decoding", DECODINGS)
def test_every_choice_is_what_it_is_with_a_row_of_its_own(
    model: Any, rows: list[int], decoding: Decoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = pieces(model, decoding)
    shared = sum(rows)
    rows.clear()
    monkeypatch.setattr(model, "parts", False)

    apart = pieces(model, decoding)

    assert together == apart
    assert shared < sum(rows)


def test_choices_that_say_the_same_need_one_row_and_part_for_good(model: Any, rows: list[int]) -> None:
    pieces(model, Decoding(temperature=0.0))
    assert set(rows) == {1}
    rows.clear()

    told = pieces(model, Decoding(temperature=1.0))

    assert rows[0] < CHOICES
    assert len({"".join(text for text, _tokens, _finish in choice) for choice in told.values()}) > rows[0]


def test_no_page_is_held_when_all_have_ended(model: Any) -> None:
    model._kept.clear()
    before = model.held_bytes

    pieces(model, Decoding(temperature=0.8))
    model._kept.clear()

    assert model.held_bytes == before
