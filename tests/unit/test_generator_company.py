"""A row has the same bits alone and among others, in a model as wide as the embedded one: narrow ones hide where sums change."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from generators.engines.text.language_model import LanguageModel
from generators.engines.text.layer import ROWS, Safe, limits
from generators.engines.text.model import TextModel
from generators.engines.text.passes import PREFILL, PassRequest
from generators.engines.text.pieces import Steady
from generators.engines.text.sampling import Decoding
from generators.engines.text.scoring import scoring
from generators.service.events import Piece
from generators.service.jobs import Completion
from tests import tiny
from tests.unit.test_generator_lora import EVERYTHING

pytest.importorskip("openvino", reason="OpenVINO is not installed")

PROMPT = list(range(40, 140))
LONG = [40 + 3 * place % 200 for place in range(64)]  # a piece of a prompt, which with seventeen rows makes 81 tokens
COMPANY = (1, 7, 16, 17, 31, 79, 80, 90, 200)


@pytest.fixture(scope="module")
def wide() -> Any:
    """One layer of the width of SmolLM2-135M, in random numbers."""
    torch.manual_seed(7)
    sizes = {"hidden_size": 576, "intermediate_size": 1536, "num_attention_heads": 9, "num_key_value_heads": 3}
    config = LlamaConfig(vocab_size=257, num_hidden_layers=1, eos_token_id=256, bos_token_id=None, **sizes)
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        for weights in model.parameters():
            weights.mul_(2.0)
    return model


@pytest.fixture(scope="module")
def in_openvino(wide: Any) -> LanguageModel:
    return tiny.graph_model(wide)


@pytest.fixture(scope="module")
def in_torch(wide: Any) -> TextModel:
    return TextModel(wide, tiny.tokenizer(), name="wide-random", weights="int8")


@pytest.fixture(params=["in_openvino", "in_torch"])
def model(request: pytest.FixtureRequest) -> LanguageModel:
    found: LanguageModel = request.getfixturevalue(request.param)
    assert found.fast
    return found


def rows(model: LanguageModel, count: int, adapter: Any = None) -> PassRequest:
    model._kept.clear()
    prefix = next(found for found in model.alone(model.prefilling(PROMPT, adapter)) if found)[0]
    return PassRequest(model=model, sequences=model.fork(prefix, count), tokens=65 + torch.arange(count)[:, None] % 90)


def a_piece(model: LanguageModel, adapter: Any = None) -> PassRequest:
    return PassRequest(model=model, sequences=model.begin(64, adapter), tokens=torch.tensor([LONG]))


def saved(model: Any, folder: Path, *, rank: int) -> Path:
    """A random adapter as PEFT writes it."""
    torch.manual_seed(rank)
    config = peft.LoraConfig(r=rank, lora_alpha=16, target_modules=list(EVERYTHING), init_lora_weights=False)
    peft.get_peft_model(deepcopy(model), config).save_pretrained(folder)
    return folder


def said(model: LanguageModel, count: int, *, prompt: str = "A tea bar is ", seed: int = 5) -> dict[int, str]:
    found: dict[int, str] = {}
    job = Completion(model=model, prompt=prompt, n=count, seed=seed, max_tokens=12, decoding=Decoding(min_p=0.02))
    for events in job.steps():
        for event in events:
            if isinstance(event, Piece):
                found[event.choice] = found.get(event.choice, "") + event.text
    return found


def test_a_row_has_the_same_bits_alone_and_beside_any_number_of_others(model: LanguageModel) -> None:
    alone = model.advance([rows(model, 1)])[0].logits[0]

    for others in COMPANY:
        requests = [rows(model, others), rows(model, 1)]
        outcomes = model.advance(requests)

        assert tiny.equal(outcomes[1].logits[0], alone), others
        assert tiny.equal(outcomes[0].logits[0], alone), others


def test_a_row_has_the_same_bits_beside_pieces_of_prompts_and_so_have_these(model: LanguageModel) -> None:
    alone, piece = model.advance([rows(model, 1)])[0].logits[0], model.advance([a_piece(model)])[0].logits[0]

    for others in (1, 16, 17, 64):
        before, mine, after, long = model.advance([a_piece(model), rows(model, 1), rows(model, others), a_piece(model)])

        assert tiny.equal(mine.logits[0], alone), others
        assert tiny.equal(before.logits[0], piece), others
        assert tiny.equal(long.logits[0], piece), others
        assert tiny.equal(after.logits[0], alone), others


def test_a_seed_gives_the_same_text_alone_among_many_and_after_a_restart(wide: Any, model: LanguageModel) -> None:
    alone = said(model, 1)[0]
    made_again = {
        "openvino": lambda: tiny.graph_model(wide),
        "torch": lambda: TextModel(wide, tiny.tokenizer(), name="wide", weights="int8"),
    }
    again = made_again[model.engine]()

    assert {said(model, count)[0] for count in (8, 32, 100)} == {alone}
    assert said(again, 1)[0] == alone
    assert again.engine == model.engine


def test_texts_are_scored_alike_alone_and_with_others_in_a_pass_that_is_cut(model: LanguageModel) -> None:
    texts = [[*PROMPT[:20], *(50 + (number * place) % 150 for place in range(1, 30))] for number in range(1, 8)]

    together, again = (next(found for found in model.alone(scoring(model, texts)) if found) for _time in range(2))

    assert together == again
    for text, scores in zip(texts, together, strict=True):
        whole = next(found for found in model.alone(scoring(model, [text])) if found)[0]
        assert scores[1:] == pytest.approx(
            whole[1:], abs=2e-3
        )  # what is shared is computed apart, and eight bits round it a step away


def scored(model: LanguageModel, texts: Sequence[Sequence[int]]) -> tuple[list[list[float | None]], int]:
    """The texts' scores, and how many tokens were fed for them."""
    work, fed = scoring(model, texts), 0
    outcome = None
    while True:
        try:
            request = next(work) if outcome is None else work.send(outcome)
        except StopIteration as end:
            return end.value, fed
        fed += request.size
        outcome = model.advance([request])[0]


def test_a_row_that_is_scored_feeds_no_token_that_tells_nothing(model: LanguageModel) -> None:
    model.heads.clear()
    tails = [[50, 60, 70, 80, 90, 91], [51], [52, 53], [54, 55, 56, 57]]

    together, fed = scored(model, [[*PROMPT, *tail] for tail in tails])

    assert fed == len(PROMPT) + 5 + 2 + 3  # of six, of two (none is fed alone), of four
    assert [len(scores) for scores in together] == [len(PROMPT) + len(tail) for tail in tails]


def test_a_beginning_of_scored_texts_is_not_read_again_for_another_topic(model: LanguageModel) -> None:
    model.heads.clear()
    first, second = ([[*PROMPT, *topic, *tail] for tail in ([60, 61, 62], [70, 71])] for topic in ([50, 51, 52], [53, 54]))
    fresh, all_read = scored(model, second)
    model.heads.clear()
    scored(model, first)

    again, read = scored(model, second)

    assert again == fresh
    assert read <= all_read - PREFILL  # that of a pass whose bits depend on where a prompt is cut begins at such a place
    assert len(model.heads) == 1  # nearly the same: the newest is enough to go on from


def test_of_prompts_that_differ_in_their_ends_one_is_kept_and_of_others_each(model: LanguageModel) -> None:
    model._kept.clear()
    ends = ([50, 51, 52], [53, 54], [55, 56, 57, 58])
    for ids in (*([*PROMPT, *end] for end in ends), LONG, PROMPT[20:]):
        next(found for found in model.alone(model.prefilling(ids)) if found)

    assert [kept.ids[: len(PROMPT)] for kept in model._kept] == [tuple(PROMPT[20:]), tuple(LONG), tuple(PROMPT)]
    model._kept.clear()


@pytest.mark.parametrize("last", [1, 10, 300, 590])
def test_a_text_longer_than_a_pass_is_scored_as_transformers_scores_it(wide: Any, last: int) -> None:
    model = tiny.graph_model(wide)
    ids = [40 + 7 * place % 200 for place in range(600)]  # several passes on any CPU

    request = PassRequest(model=model, sequences=model.begin(600), tokens=torch.tensor([ids, ids[::-1]]), last=last)
    request.sequences.cache = model.own.room(rows=2, tokens=600)
    logits = model.advance([request])[0].logits

    with torch.inference_mode():
        expected = wide(input_ids=torch.tensor([ids, ids[::-1]])).logits[:, -last:]
    assert logits.shape == expected.shape
    away = torch.nn.functional.kl_div(torch.from_numpy(logits).log_softmax(-1), expected.softmax(-1), reduction="none").sum(-1)
    assert float(away.mean()) < 0.01


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")  # peft asks by the old name
def test_a_row_with_an_adapter_has_the_same_bits_beside_adapters_of_others(wide: Any, tmp_path: Path) -> None:
    model = tiny.graph_model(wide)
    plain = model.advance([rows(model, 1)])[0].logits[0]
    adapters = [model.adapter(saved(wide, tmp_path / str(rank), rank=rank), str(rank)) for rank in (4, 16)]
    alone = [model.advance([rows(model, 1, one)])[0].logits[0] for one in (*adapters, None)]
    piece = model.advance([a_piece(model, adapters[0])])[0].logits[0]

    for others in (1, 16, 17, 79, 90):
        requests = [rows(model, others, adapters[1]), rows(model, 1, adapters[0]), rows(model, 1), a_piece(model, adapters[0])]
        outcomes = [outcome.logits[0] for outcome in model.advance(requests)]

        assert tiny.equal(outcomes[0], alone[1]), others
        assert tiny.equal(outcomes[1], alone[0]), others
        assert tiny.equal(outcomes[2], alone[2]), others
        assert tiny.equal(outcomes[3], piece), others
    assert tiny.equal(alone[2], plain)


@pytest.mark.parametrize(
    ("border", "alone", "expected"),
    [
        (81, False, Safe(alone=False, most=80)),  # AVX2
        (10_000, False, Safe(alone=False, most=ROWS[-1])),  # AVX-512 without VNNI
        (10_000, True, Safe(alone=True, most=ROWS[-1])),  # VNNI
        (17, True, Safe(alone=True, most=16)),
        (5, False, Safe(alone=True, most=ROWS[-1])),  # not worth it: said, and nothing is cut
    ],
)
def test_the_largest_pass_that_keeps_bits_is_found(border: int, alone: bool, expected: Safe, caplog) -> None:
    found = limits(lambda count: alone if count == 1 else count < border)

    assert found == expected
    assert ("texts may depend" in caplog.text) == (border == 5)


def test_a_prompt_has_the_same_bits_wherever_a_kept_one_ends(in_openvino: Any) -> None:
    model, whole = in_openvino, [40 + 5 * place % 200 for place in range(65 + 64)]
    assert model.cut == (1 if model.own.safe.most > PREFILL else PREFILL)  # smaller passes would cut pieces once more
    model._kept.clear()
    _prefix, expected = next(found for found in model.prefill(whole) if found is not None)

    for known in (2, 31, 32, 33, 64, 65, 100, len(whole) - 1, len(whole)):
        model._kept.clear()
        list(model.prefill(whole[:known]))
        _prefix, found = next(found for found in model.prefill(whole) if found is not None)
        assert (found == expected).all(), known


def test_a_pass_is_filled_up_until_that_has_cost_as_much_as_another_size() -> None:
    steady = Steady(worth=3)

    sizes = [steady.size(count, least=1, most=8) for count in (8, 7, 7, 7, 6, 6, 5, 9, 1)]

    assert sizes == [8, 8, 8, 8, 6, 6, 6, 9, 1]


def test_a_pass_is_never_filled_up_beyond_what_keeps_its_bits() -> None:
    steady = Steady(worth=100)

    assert [steady.size(count, least=2, most=4) for count in (9, 3, 1)] == [9, 3, 3]
