"""A pass takes as much of the prompts that wait as fills it, and no bit of what they say depends on that."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from generators.engines.text.layer import Safe
from generators.engines.text.passes import PassRequest, PassResult
from generators.engines.text.sampling import Decoding
from generators.engines.text.scoring import scoring
from generators.service.events import Piece
from generators.service.full_passes import FEWEST, filled
from generators.service.jobs import Completion
from generators.service.worker import Worker
from tests import tiny

MOST = 80  # of a CPU with AVX2 alone


@dataclass(frozen=True)
class Asked:
    """A request by its tokens alone."""

    size: int
    divisible: bool = True
    most: int = MOST
    drawn: bool = False

    def first(self, tokens: int) -> Asked:
        return replace(self, size=tokens)


def rows(size: int, most: int = MOST) -> Asked:
    return Asked(size, divisible=False, most=most, drawn=True)


@pytest.mark.parametrize(
    ("requests", "sizes"),
    [
        ([Asked(64)], [64]),
        ([Asked(64), Asked(64)], [64, 16]),
        ([rows(23), Asked(20), Asked(64)], [23, 20, 37]),
        ([rows(23), Asked(57), Asked(64)], [23, 57, None]),
        ([rows(23), Asked(58)], [23, 56]),  # of its own one is not left alone
        ([rows(23), Asked(56), Asked(64)], [23, 56, None]),  # nor is one taken alone
        ([rows(70), Asked(64)], [70, 64]),  # so little room is not worth a prompt's piece
        ([rows(100), Asked(64)], [100, 64]),
        ([Asked(64, divisible=False), Asked(64)], [64, 16]),
        ([rows(64, 0), Asked(64, most=0), Asked(64, most=0)], [64, 64, 64]),
        ([], []),
    ],
)
def test_prompts_fill_what_rows_leave_of_a_pass(requests: Sequence[Asked], sizes: Sequence[int | None]) -> None:
    found = filled(requests)  # type: ignore[type-var]

    assert [None if one is None else one.size for one in found] == sizes


@pytest.mark.parametrize("taken", range(1, MOST - FEWEST + 1))
def test_whatever_rows_take_no_token_is_fed_or_left_alone(taken: int) -> None:
    for length in range(2, 66):
        found = filled([rows(taken), Asked(length), Asked(64)])  # type: ignore[type-var]

        fed = [0 if one is None else one.size for one in found]
        assert sum(fed) <= MOST
        assert any(fed[1:])
        assert all(part != 1 and whole - part != 1 for part, whole in zip(fed[1:], (length, 64), strict=True))


@pytest.fixture
def model() -> Any:
    """A model whose passes keep a row's bits up to so many tokens, and prompts wherever they are cut, if it is told so."""
    pytest.importorskip("openvino", reason="OpenVINO is not installed")
    made = tiny.graph_model(tiny.random_model("llama"))
    made.own.safe = Safe(alone=False, most=min(MOST, made.own.safe.most), anywhere=True)
    made.cut, made.full = 1, made.own.safe.most
    return made


@pytest.fixture
def fed(model: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Tokens of each pass that a worker ran."""
    counted: list[int] = []
    before = model.advance

    def advance(requests: Sequence[PassRequest]) -> list[PassResult]:
        counted.append(sum(request.size for request in requests))
        done: list[PassResult] = before(requests)
        return done

    monkeypatch.setattr(model, "advance", advance)
    return counted


def said(model: Any, count: int) -> list[list[tuple[str, float | None]]]:
    """Tokens and likelihoods of the choices of so many requests that come at once, each with a prompt of its own."""
    model._kept.clear()
    worker, told = Worker(), [list[tuple[str, float | None]]() for _request in range(count)]
    ended = threading.Semaphore(0)

    def listener(number: int) -> Any:
        def hear(events: Sequence[Any]) -> None:
            for event in events:
                if isinstance(event, Piece):
                    told[number] += [(token.text, token.logprob) for token in event.tokens]
                elif event is None:
                    ended.release()
                elif isinstance(event, Exception):
                    told[number].append((repr(event), None))

        return hear

    for number in range(count):
        prompt = f"{number} places, and what they are called by those who opened them: " + "a name, " * (number % 5 + 4)
        job = Completion(model=model, prompt=prompt, n=1, seed=number, max_tokens=9, decoding=Decoding(min_p=0.02), logprobs=0)
        worker.submit(job, listener(number))
    worker.start()
    try:
        for _request in range(count):
            assert ended.acquire(timeout=120)
    finally:
        worker.close(wait_s=20)
    return told


def test_prompts_that_are_cut_to_fill_passes_are_read_in_fewer_and_say_the_same(model: Any, fed: list[int]) -> None:
    most = model.full
    together = said(model, 12)
    full = list(fed)
    fed.clear()
    model.full = 0

    apart = said(model, 12)

    assert together == apart
    assert sum(full) == sum(fed)
    assert max(full) <= most < max(fed)
    begun = full[: full.index(next(count for count in full if count < most - 2))]
    assert len(begun) > sum(full) // most // 2  # full, but for a token or two, as long as prompts wait


def test_texts_that_are_too_much_for_a_pass_are_scored_by_some_rows_at_a_time(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = list(range(40, 60))
    texts = [[*head, *(50 + (number * place) % 150 for place in range(1, 6 + 3 * (number % 4)))] for number in range(1, 18)]
    passes: list[int] = []
    before = model.own._passed

    def passed(parts: Any) -> Any:
        passes.append(sum(part.count for part in parts))
        return before(parts)

    monkeypatch.setattr(model.own, "_passed", passed)
    together = next(found for found in model.alone(scoring(model, texts)) if found)
    fed = list(passes)
    model.heads.clear()
    one_by_one = []
    for text in texts:
        one_by_one += next(found for found in model.alone(scoring(model, [text, head])) if found)[:1]

    assert together == one_by_one
    assert max(fed) <= model.own.safe.most
    assert sum(fed) == len(head) + sum(max(2, len(text) - len(head) - 1) for text in texts)  # and nothing is filled up
