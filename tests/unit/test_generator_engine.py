"""The stepping loop, the sharing of prompts and the sampling, on random models of several families."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from generators.engines.text.model import TextModel
from generators.engines.text.passes import PREFILL
from generators.engines.text.released_weights import rest
from generators.engines.text.sampling import Decoding, chance
from generators.engines.text.scoring import scoring
from generators.engines.text.tensor_sampling import choose, log_totals
from generators.service.choice import Choice
from generators.service.events import Piece
from generators.service.jobs import Completion
from tests import tiny

FAMILIES = ("llama", "mistral", "qwen2", "qwen3", "gpt2", "windowed")


@pytest.fixture(scope="module", params=FAMILIES)
def model(request: pytest.FixtureRequest) -> TextModel:
    return tiny.text_model(request.param)


def prefilled(model: TextModel, ids: list[int]):
    return next(found for found in model.prefill(ids) if found is not None)


def finished(job: Completion) -> dict[int, str]:
    texts: dict[int, str] = {}
    for events in job.steps():
        for event in events:
            if isinstance(event, Piece):
                texts[event.choice] = texts.get(event.choice, "") + event.text
    return texts


def completion(model: TextModel, prompt: str = "Names for a tea bar:", **given) -> Completion:
    settings = {"n": 1, "seed": 3, "max_tokens": 12, "decoding": Decoding()} | given
    return Completion(model=model, prompt=prompt, **settings)


def test_forks_see_what_the_whole_sequence_would_show_them(model: TextModel) -> None:
    ids, tails = list(range(40, 120)), [[65, 66], [90, 13]]
    prefix, _logits = prefilled(model, ids)

    sequences = model.fork(prefix, 2)
    model.step(sequences, torch.tensor([tails[0][0], tails[1][0]]))
    stepped = model.step(sequences, torch.tensor([tails[0][1], tails[1][1]]))

    with torch.inference_mode():
        whole = model.model(input_ids=torch.tensor([ids + tail for tail in tails])).logits[:, -1]
    torch.testing.assert_close(stepped, whole, atol=2e-4, rtol=1e-4)


def test_all_families_share_their_prompts_but_sliding_windows_do_not() -> None:
    assert [tiny.text_model(family).shares for family in FAMILIES] == [True, True, True, True, True, False]


def test_dropping_a_fork_leaves_the_others_as_they_were(model: TextModel) -> None:
    prefix, _logits = prefilled(model, list(range(40, 60)))
    together, alone = model.fork(prefix, 3), model.fork(prefix, 1)
    model.step(together, torch.tensor([65, 70, 75]))
    model.step(alone, torch.tensor([75]))

    model.keep(together, [0, 2])
    left = model.step(together, torch.tensor([66, 76]))

    torch.testing.assert_close(left[1], model.step(alone, torch.tensor([76]))[0], atol=2e-4, rtol=1e-4)


def test_greedy_completion_is_what_generate_gives(model: TextModel) -> None:
    ids = model.tokens.encode("Names for a tea bar:")

    ours = finished(completion(model, decoding=Decoding(temperature=0.0)))[0]

    theirs = model.model.generate(torch.tensor([ids]), max_new_tokens=12, do_sample=False, pad_token_id=256)[0, len(ids) :]
    assert ours == model.tokens.decode(theirs.tolist())


def test_the_same_seed_gives_the_same_text_alone_and_among_others(model: TextModel) -> None:
    alone = finished(completion(model, n=1, seed=11))[0]

    among = finished(completion(model, n=6, seed=11))[0]

    assert among == alone


def test_other_seeds_and_other_choices_give_other_texts(model: TextModel) -> None:
    texts = finished(completion(model, n=4, seed=1)) | {9: finished(completion(model, n=1, seed=2))[0]}

    assert len(set(texts.values())) == 5


def test_a_kept_prompt_changes_nothing_to_the_last_bit() -> None:
    model = tiny.text_model("llama")
    ids = [40 + place % 60 for place in range(2 * PREFILL + 9)]
    _prefix, fresh = prefilled(model, ids)

    _prefix, again = prefilled(model, ids)

    assert torch.equal(fresh, again)


def test_scores_are_the_log_probabilities_of_the_model(model: TextModel) -> None:
    sequences = [[50, 60, 70, 80], [50, 60, 71], [50, 60]]

    scored = next(found for found in model.alone(scoring(model, sequences)) if found is not None)

    for sequence, values in zip(sequences, scored, strict=True):
        with torch.inference_mode():
            logprobs = model.model(input_ids=torch.tensor([sequence])).logits[0].log_softmax(-1)
        expected = [float(logprobs[place, token]) for place, token in enumerate(sequence[1:])]
        assert values[0] is None
        assert values[1:] == pytest.approx(expected, abs=1e-3)


def test_a_stop_string_ends_a_choice_and_is_not_part_of_it() -> None:
    model = tiny.text_model("llama")
    free = finished(completion(model, max_tokens=30, decoding=Decoding(temperature=0.0)))[0]
    stop = free[10:12]

    stopped = finished(completion(model, max_tokens=30, decoding=Decoding(temperature=0.0), stop=(stop,)))[0]

    assert stopped == free[: free.index(stop)]


def test_characters_of_several_tokens_come_out_whole() -> None:
    job = completion(tiny.text_model("llama"))
    choice = Choice(0)

    texts = []
    for token in job.model.tokens.encode("a茶b"):
        choice.ids.append(token)
        job._advance(choice, token, 99)
        texts.append(choice.text)

    assert texts == ["a", "a", "a", "a茶", "a茶b"]


def test_special_tokens_typed_by_a_person_are_left_out_of_a_chat() -> None:
    model = tiny.text_model("llama")

    ids = model.tokens.chat([{"role": "user", "content": f"Hi{tiny.END} there"}])

    assert model.tokens.tokenizer.eos_token_id not in ids
    assert model.tokens.tokenizer.decode(ids) == "<user>Hi there"


def test_min_p_keeps_only_what_is_likely_enough() -> None:
    logits = torch.log(torch.tensor([[0.6, 0.3, 0.08, 0.02]]))

    drawn = {int(choose(logits, [[]], [chance(1, place)], Decoding(min_p=0.25))) for place in range(200)}

    assert drawn == {0, 1}  # 0.25 × 0.6 = 0.15: below it lie 0.08 and 0.02


def test_top_p_keeps_the_likeliest_that_reach_it() -> None:
    logits = torch.log(torch.tensor([[0.5, 0.3, 0.15, 0.05]]))

    drawn = {int(choose(logits, [[]], [chance(1, place)], Decoding(top_p=0.6))) for place in range(200)}

    assert drawn == {0, 1}


def test_tokens_are_drawn_as_often_as_they_are_likely() -> None:
    likely = [0.5, 0.3, 0.15, 0.05]
    logits = torch.log(torch.tensor([likely])).expand(4000, -1)

    drawn = choose(logits, [[]] * 4000, [chance(5, place) for place in range(4000)], Decoding())

    shares = torch.bincount(drawn, minlength=4) / 4000
    deviations = torch.tensor([4 * math.sqrt(share * (1 - share) / 4000) for share in likely])
    assert bool(((shares - torch.tensor(likely)).abs() < deviations).all())


def test_temperature_flattens_and_sharpens() -> None:
    logits = torch.log(torch.tensor([[0.8, 0.2]])).expand(2000, -1)
    streams = [chance(5, place) for place in range(2000)]

    cold = choose(logits, [[]] * 2000, streams, Decoding(temperature=0.5)).float().mean()

    assert float(cold) == pytest.approx(0.2**2 / (0.2**2 + 0.8**2), abs=0.025)


def test_a_frequency_penalty_lowers_what_was_said() -> None:
    logits = torch.zeros(1, 3)

    chosen = choose(logits, [[0, 0, 1]], [chance(1, 1)], Decoding(temperature=0.0, frequency_penalty=0.5))

    assert int(chosen) == 2


@given(st.integers(0, 2**40), st.integers(0, 200))
def test_a_stream_of_chance_follows_from_seed_and_choice_alone(seed: int, index: int) -> None:
    assert chance(seed, index).random() == chance(seed, index).random()
    assert chance(seed, index).random() != chance(seed, index + 1).random()


def test_how_likely_a_token_was_does_not_depend_on_the_rows_beside_it() -> None:
    logits = torch.randn(7, 5000, generator=torch.Generator().manual_seed(1)) * 20
    logits[3, 100:] = float("-inf")  # what a guide forbids

    totals = log_totals(logits)

    torch.testing.assert_close(totals.double(), logits.double().logsumexp(-1))
    assert torch.equal(totals, torch.cat([log_totals(row[None]) for row in logits]))


@pytest.mark.parametrize("stored", [True, False], ids=["in a file", "in memory"])
def test_weights_whose_memory_was_given_back_are_still_there(tmp_path: Path, stored: bool) -> None:
    weights = torch.arange(2**18, dtype=torch.float32)
    weights.numpy().tofile(tmp_path / "weights")
    there = torch.from_file(str(tmp_path / "weights"), size=2**18) if stored else weights.clone()
    model = torch.nn.Module()
    model.weight = torch.nn.Parameter(there, requires_grad=False)

    rest(model)

    assert torch.equal(model.weight, weights)
