"""Our own forward pass of the Llama family: what transformers computes, in fewer operations, in full and in eight bits."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest
import torch

from bot.config import ServiceTable
from bot.domain.errors import Misconfigured
from generators.engines.text.kv_cache import KVCache, Shape
from generators.engines.text.language_model import ROOM
from generators.engines.text.linear import Int8, Packed, matrix, saturates
from generators.engines.text.model import TextModel
from generators.engines.text.sampling import Decoding, chance
from generators.engines.text.tensor_sampling import choose
from generators.service.events import Piece
from generators.service.jobs import Completion
from generators.service.loading import load
from tests import tiny

FAMILY = ("llama", "mistral", "qwen2", "qwen3")
CPU = torch.device("cpu")
SHAPE = Shape(layers=1, groups=2, width=2, dtype=torch.float32, device=CPU)
PROMPT = "The best name for a tea bar is"


def finished(model: TextModel, **given) -> dict[int, str]:
    settings = {"n": 1, "seed": 3, "max_tokens": 24, "decoding": Decoding()} | given
    said: dict[int, str] = {}
    for events in Completion(model=model, prompt=PROMPT, **settings).steps():
        for event in events:
            if isinstance(event, Piece):
                said[event.choice] = said.get(event.choice, "") + event.text
    return said


def random_matrix(*, rows: int = 24, columns: int = 40) -> tuple[torch.Tensor, torch.Tensor]:
    chance = torch.Generator().manual_seed(4)
    return torch.randn(rows, columns, generator=chance), torch.randn(rows, generator=chance)


def test_our_own_pass_runs_the_family_and_nothing_else() -> None:
    assert [tiny.text_model(family).fast for family in (*FAMILY, "gpt2", "windowed")] == [True] * 4 + [False] * 2


@pytest.mark.parametrize("family", FAMILY)
def test_both_passes_say_the_same_greedily(family: str) -> None:
    fast, slow = tiny.text_model(family), tiny.text_model(family, weights=None)

    texts = [finished(model, n=2, max_tokens=2 * ROOM, decoding=Decoding(temperature=0.0)) for model in (fast, slow)]

    assert not slow.fast
    assert texts[0] == texts[1]


@pytest.mark.parametrize("family", FAMILY)
def test_both_passes_draw_the_same_ideas_from_the_same_chance(family: str) -> None:
    fast, slow = tiny.text_model(family), tiny.text_model(family, weights=None)

    ours, theirs = (finished(model, n=24, seed=8, max_tokens=12, decoding=Decoding(min_p=0.02)) for model in (fast, slow))

    # one uniform number a token: two texts part only where it falls within rounding of a border between two tokens
    assert sum(ours[choice] == theirs[choice] for choice in ours) >= 23


def test_a_prompt_of_several_pieces_gives_the_logits_of_transformers() -> None:
    fast = tiny.text_model("qwen3")
    ids = [40 + 3 * place % 200 for place in range(150)]

    logits = next(found for found in fast.prefill(ids) if found is not None)[1]

    with torch.inference_mode():
        whole = fast.model(input_ids=torch.tensor([ids])).logits[0, -1]
    torch.testing.assert_close(logits, whole, atol=2e-4, rtol=1e-4)


@pytest.mark.parametrize("weights", ["full", "int8"])
def test_a_choice_is_the_same_alone_and_among_others_that_end_before_it(weights) -> None:
    model = tiny.text_model("llama", weights=weights)
    among = finished(model, n=9, seed=11, max_tokens=40, decoding=Decoding(temperature=1.3), stop=("e", "a", "q"))

    alone = finished(model, n=1, seed=11, max_tokens=40, decoding=Decoding(temperature=1.3), stop=("e", "a", "q"))

    assert len({len(text) for text in among.values()}) > 2
    assert among[0] == alone[0]


def test_rows_that_are_left_keep_their_keys_and_say_where_they_went() -> None:
    room = KVCache(SHAPE, rows=5, tokens=4)
    key = torch.arange(5.0)[:, None, None, None].expand(5, 2, 3, 2)
    room.write(0, key, -key)
    room.advance(3)

    order = room.select([0, 3, 4])

    assert sorted(order) == [0, 3, 4]
    assert order[0] == 0  # who needs not move stays
    keys, values = (of[0] for of in room.held())
    assert keys[:, 0, 0, 0].tolist() == order
    assert values[:, 1, 2, 1].tolist() == [-row for row in order]


def test_room_grows_and_keeps_what_it_holds() -> None:
    room = KVCache(SHAPE, rows=1, tokens=2)
    pieces = [torch.full((1, 2, 1, 2), float(step)) for step in range(9)]

    for piece in pieces:
        room.prepare(1)
        keys, values = room.write(0, piece, 2 * piece)
        room.advance(1)

    assert keys[0, 0, :, 0].tolist() == list(range(9))
    assert values[0, 0, :, 1].tolist() == [2 * step for step in range(9)]


def test_eight_bits_are_within_a_hundredth_of_the_product() -> None:
    weight, bias = random_matrix()
    x = torch.randn(7, 40, generator=torch.Generator().manual_seed(1))

    product = Int8(weight, bias)(x)

    exact = x @ weight.T + bias
    # each factor is off by at most half a step of 1/127 of the largest in its row, which is 2 to 3 times the mean
    assert float((product - exact).norm() / exact.norm()) < 0.015
    assert float((product - exact).norm()) > 0.0


@pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="sums of pairs saturate on x86-64 only")
@pytest.mark.skipif(not hasattr(torch.cpu, "get_capabilities"), reason="this torch does not tell what the CPU has")
def test_a_cpu_whose_sums_of_pairs_saturate_is_found_out() -> None:
    has = torch.cpu.get_capabilities()
    limited = os.environ.get("ONEDNN_MAX_CPU_ISA") in ("AVX2", "AVX512_CORE")

    assert saturates() == (limited or not (has["avx512_vnni"] or has["avx_vnni"]))


@pytest.mark.parametrize("outlier", [1.0, 40.0])
def test_a_row_in_two_parts_loses_nothing_but_what_rounding_the_matrix_loses(outlier: float) -> None:
    weight, bias = random_matrix()
    scales = weight.abs().amax(1, keepdim=True) / 127
    x = torch.randn(7, 40, generator=torch.Generator().manual_seed(1))
    x[:, 3] *= outlier

    product = Int8(weight, bias, parted=True)(x)

    exact = x @ ((weight / scales).round() * scales).T + bias
    # each of 40 numbers is off by at most half a step of 1/(63 * 126) of the largest: sqrt(40)/15 876 of the row's length
    assert float((product - exact).norm() / exact.norm()) < 5e-4


def test_a_large_row_does_not_coarsen_the_row_beside_it() -> None:
    small = torch.linspace(-1.0, 1.0, 40)[None]
    eight = Int8(*random_matrix())

    beside = eight(torch.cat((small, 1000.0 * small.flip(1))))

    assert torch.equal(beside[:1], eight(small))


def test_a_row_of_nothing_stays_nothing() -> None:
    weight, _bias = random_matrix()

    product = Int8(weight, None)(torch.zeros(2, 40))

    assert torch.equal(product, torch.zeros(2, 24))


@pytest.mark.skipif(not torch.ops.mkldnn._is_mkldnn_bf16_supported(), reason="this CPU has no bfloat16")
def test_a_packed_matrix_multiplies_like_the_plain_one() -> None:
    weight, bias = (part.to(torch.bfloat16) for part in random_matrix())
    x = torch.randn(7, 40, generator=torch.Generator().manual_seed(1))

    packed = matrix(weight, bias, "full")

    exact = x.to(torch.bfloat16).float() @ weight.float().T + bias.float()
    assert isinstance(packed, Packed)
    torch.testing.assert_close(packed(x), exact, atol=0.06, rtol=0.01)  # the product is rounded to eight bits of mantissa


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_row_alone_is_multiplied_as_it_is_among_others(dtype: torch.dtype) -> None:
    chance = torch.Generator().manual_seed(4)
    # wide enough that a sum in another order shows: in bfloat16 one product in some thousands is rounded to another number
    weight, x = torch.randn(4096, 1536, generator=chance).to(dtype), torch.randn(8, 1536, generator=chance)
    made = matrix(weight, None, "full")

    alone = torch.cat([made(x[row : row + 1]) for row in range(8)])

    assert torch.equal(alone, made(x))


def test_min_p_draws_as_the_whole_distribution_cut_by_hand_would() -> None:
    likely = torch.tensor([0.4, 0.3, 0.2, 0.06, 0.04])
    logits = likely.log().expand(6000, -1)

    drawn = choose(logits, [[]] * 6000, [chance(5, row) for row in range(6000)], Decoding(min_p=0.12, temperature=1.0))

    shares = torch.bincount(drawn, minlength=5) / 6000
    kept = torch.tensor([0.4, 0.3, 0.2, 0.06, 0.0]) / 0.96  # 0.12 × 0.4 = 0.048: only the last lies below
    assert shares[4] == 0
    assert bool(((shares - kept).abs() < 4 * (kept * (1 - kept) / 6000).sqrt() + 1e-9).all())


def test_min_p_comes_before_top_p() -> None:
    logits = torch.tensor([[0.5, 0.3, 0.15, 0.05]]).log().expand(300, -1)

    drawn = choose(logits, [[]] * 300, [chance(1, row) for row in range(300)], Decoding(min_p=0.2, top_p=0.55))

    # min-p leaves 0.5, 0.3, 0.15; 0.55 of their sum is 0.52, which the second crosses
    assert set(drawn.tolist()) == {0, 1}


def test_eight_bits_for_another_family_are_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = tiny.saved(tmp_path / "gpt2", "gpt2")
    settings = ServiceTable(model=str(folder), embedder="none", device="cpu", weights="int8", threads=1)

    with pytest.raises(Misconfigured, match="cannot run with int8 weights"):
        load(settings, tmp_path, lambda _doing, _done: None)


@pytest.mark.parametrize("weights", ["full", "int8"])
def test_a_loaded_model_holds_its_matrices_once(tmp_path: Path, weights) -> None:
    folder = tiny.saved(tmp_path / "llama")
    settings = ServiceTable(model=str(folder), embedder="none", device="cpu", engine="torch", weights=weights, threads=1)

    model = load(settings, tmp_path, lambda _doing, _done: None).text

    assert all(part.weight.numel() == 0 for part in model.model.model.layers.modules() if isinstance(part, torch.nn.Linear))
    assert len(finished(model, n=3, decoding=Decoding(min_p=0.05))) == 3
