"""Several requests in one pass: each row's numbers are to the bit what they are when its request is alone."""

from __future__ import annotations

import pytest
import torch

from generators.engines.text.model import TextModel
from generators.engines.text.passes import PassRequest
from generators.engines.text.sampling import Decoding, Draw, chance
from generators.engines.text.tensor_sampling import adjusted
from tests import tiny

DTYPES = ("float32", "bfloat16")
FAMILY = ("llama", "qwen3")


def model(family: str = "llama", *, dtype: str = "float32", weights="full") -> TextModel:
    made = tiny.random_model(family).to(getattr(torch, dtype))
    return TextModel(made, tiny.tokenizer(), name="tiny", weights=weights)


def prefixes(model: TextModel, *lengths: int):
    return [next(found for found in model.prefill(list(range(40, 40 + length))) if found)[0] for length in lengths]


def stepped(model: TextModel, sequences, tokens: list[list[int]]) -> list[torch.Tensor]:
    return [model.step(sequences, torch.tensor(column)) for column in tokens]


@pytest.mark.parametrize(("dtype", "weights"), [("float32", "full"), ("bfloat16", "full"), ("float32", "int8")])
@pytest.mark.parametrize("family", FAMILY)
def test_a_request_in_a_mixed_pass_gets_the_bits_it_gets_alone(family: str, dtype: str, weights) -> None:
    made = model(family, dtype=dtype, weights=weights)
    long, short = prefixes(made, 90, 7)
    alone, first, second = made.fork(long, 1), made.fork(long, 1), made.fork(short, 5)
    expected = stepped(made, alone, [[65], [66], [67]])

    mixed = []
    for step in range(3):
        column = torch.tensor([[70 + step + row] for row in range(5)])
        prompt = made.fork(short, 1)
        requests = [
            PassRequest(model=made, sequences=prompt, tokens=torch.tensor([list(range(50, 50 + 11 * (step + 1)))])),
            PassRequest(model=made, sequences=second, tokens=column),
            PassRequest(model=made, sequences=first, tokens=torch.tensor([[65 + step]])),
        ]
        mixed.append(made.advance(requests)[2].logits[:, -1])

    assert made.fast
    for ours, theirs in zip(mixed, expected, strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize(("dtype", "weights"), [("float32", "full"), ("bfloat16", "full"), ("float32", "int8")])
def test_a_choice_gets_the_same_bits_however_many_there_are_beside_it(dtype: str, weights) -> None:
    made = model(dtype=dtype, weights=weights)
    (prefix,) = prefixes(made, 70)

    alone = stepped(made, made.fork(prefix, 1), [[65], [66]])
    among = stepped(made, made.fork(prefix, 23), [[65 + row for row in range(23)], [66 + row for row in range(23)]])

    assert torch.equal(alone[1][0], among[1][0])


def test_draws_of_different_kinds_do_not_disturb_one_another() -> None:
    logits = [3.0 * torch.randn(rows, 257, generator=torch.Generator().manual_seed(rows)) for rows in (3, 1, 4, 2, 2)]
    ways = [
        Decoding(min_p=0.1),
        Decoding(temperature=0.0),
        Decoding(top_p=0.8, temperature=0.7),
        Decoding(min_p=0.02, top_p=0.9, frequency_penalty=0.5),
        Decoding(repetition_penalty=1.3, logit_bias={7: 5.0}),
    ]

    def draws() -> list[Draw]:
        return [
            Draw(way, [chance(place, row) for row in range(len(rows))], said=[[5, 5, 9]] * len(rows), prompt=[1, 2])
            for place, (way, rows) in enumerate(zip(ways, logits, strict=True))
        ]

    from generators.engines.text.tensor_sampling import drawn

    together = drawn(logits, draws()).tolist()
    apart = [token for rows, draw in zip(logits, draws(), strict=True) for token in drawn([rows], [draw]).tolist()]

    assert together == apart


def test_a_repetition_penalty_lowers_what_was_said_and_what_stands_in_the_prompt() -> None:
    logits = torch.tensor([[2.0, 1.5, 1.4, -1.0]])
    draw = Draw(Decoding(repetition_penalty=2.0), [chance(1, 1)], said=[[0]], prompt=[1, 3])

    assert adjusted(draw, logits).tolist() == [[1.0, 0.75, pytest.approx(1.4), -2.0]]
