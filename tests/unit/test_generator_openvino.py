"""The forward pass in OpenVINO: what transformers computes with these matrices, and a row the same alone and among others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import peft
import pytest
import torch
from safetensors.torch import load_file, save_file

from bot.config import ServiceTable
from bot.domain.errors import Misconfigured
from generators.engines.text.graph_model import GraphModel
from generators.engines.text.lora import read
from generators.engines.text.passes import PassRequest, Prefix
from generators.engines.text.pieces import Part
from generators.engines.text.sampling import Decoding
from generators.engines.text.scoring import scoring
from generators.service.events import Piece
from generators.service.jobs import Completion
from generators.service.loading import load
from generators.service.placement import pick_engine
from tests import tiny
from tests.unit.test_generator_lora import EVERYTHING, logits, saved

openvino = pytest.importorskip("openvino", reason="OpenVINO is not installed")

FAMILY = ("llama", "mistral", "qwen2", "qwen3")
PROMPT = "The best name for a tea bar is a name that nobody had before, and a name that is easily said by all"


def finished(model: GraphModel, **given) -> dict[int, str]:
    settings = {"n": 1, "seed": 3, "max_tokens": 24, "decoding": Decoding()} | given
    said: dict[int, str] = {}
    for events in Completion(model=model, prompt=PROMPT, **settings).steps():
        for event in events:
            if isinstance(event, Piece):
                said[event.choice] = said.get(event.choice, "") + event.text
    return said


def in_openvino(family: str = "llama") -> GraphModel:
    return tiny.graph_model(tiny.random_model(family))


def rounded(family: str) -> Any:
    """A model whose matrices are whole numbers of eight bits times a scale a row, as the graph holds them."""
    model = tiny.random_model(family)
    with torch.no_grad():
        for part in model.modules():
            if isinstance(part, torch.nn.Linear | torch.nn.Embedding):
                scales = (part.weight.abs().amax(1, keepdim=True) / 127).half().float()
                part.weight.copy_((part.weight / scales).round() * scales)
    return model


@pytest.mark.parametrize("family", FAMILY)
def test_openvino_expects_what_transformers_expects_of_the_same_matrices(family: str) -> None:
    model = rounded(family)
    ours = tiny.openvino_pass(model, exact=True)
    prompt = torch.tensor([[40 + 3 * place % 200 for place in range(75)]])
    room = ours.room(rows=1, tokens=75)
    for piece in prompt.split(64, dim=1):
        after = torch.from_numpy(ours.logits([Part(tokens=piece, room=room, start=room.length, prefix=None, last=1)])[0])
    prefix = Prefix(ids=tuple(prompt[0].tolist()), blocks=room.held())
    sequences = ours.room(rows=2, tokens=40)
    said, expected = [torch.stack((after[0, 0].argmax(), torch.tensor(7)))], []
    for _step in range(40):
        part = Part(tokens=said[-1][:, None], room=sequences, start=75 + len(said) - 1, prefix=prefix, last=1)
        expected.append(torch.from_numpy(ours.logits([part])[0][:, 0]))
        said.append(expected[-1].argmax(-1))

    texts = torch.cat((prompt.expand(2, -1), torch.stack(said[:-1], 1)), 1)
    with torch.inference_mode():
        theirs = model(input_ids=texts).logits[:, 75:]

    assert tiny.equal(theirs.argmax(-1), torch.stack(said[1:], 1))  # the same tokens greedily
    torch.testing.assert_close(torch.stack(expected, 1).softmax(-1), theirs.softmax(-1), atol=2e-3, rtol=0.0)  # and chances


def test_a_choice_in_openvino_is_the_same_alone_and_among_others_that_end_before_it() -> None:
    model = in_openvino()
    assert model.engine == "openvino"
    among = finished(model, n=9, seed=11, max_tokens=40, decoding=Decoding(temperature=1.3), stop=("e", "a", "q"))

    alone = finished(model, n=1, seed=11, max_tokens=40, decoding=Decoding(temperature=1.3), stop=("e", "a", "q"))

    assert len({len(text) for text in among.values()}) > 2
    assert among[0] == alone[0]


def test_a_kept_beginning_changes_no_bit_and_ended_texts_give_their_pages_back() -> None:
    model = in_openvino("qwen3")
    fresh = finished(model, n=5, seed=2)
    held = model.own.pool.used

    again = finished(model, n=5, seed=2)

    assert again == fresh
    assert model.own.pool.used == held == 4  # the kept prompt of 100 letters; the texts' own pages are free


def test_scores_in_openvino_follow_from_the_text_alone() -> None:
    model = in_openvino()
    texts = [model.tokens.encode(text) for text in ("The tea bar", "The tea house by the sea", "The tea")]

    together = next(found for found in model.alone(scoring(model, texts)) if found is not None)

    for text, scores in zip(texts, together, strict=True):
        alone = next(found for found in model.alone(scoring(model, [text])) if found is not None)[0]
        assert scores[1:] == pytest.approx(alone[1:], abs=1e-4)


def test_a_model_that_openvino_does_not_cover_runs_in_torch(tmp_path: Path) -> None:
    folder = tiny.saved(tmp_path / "gpt2", "gpt2")

    model = load(ServiceTable(model=str(folder), embedder="none", device="cpu", threads=1), tmp_path, lambda *_told: None).text

    assert (model.engine, model.fast) == ("torch", False)


def test_openvino_is_picked_on_a_cpu_unless_something_it_has_not_is_asked_for() -> None:
    cpu, gpu = torch.device("cpu"), torch.device("cuda")
    others: list[dict] = [{"weights": "full"}, {"dtype": "bfloat16"}, {"engine": "torch"}]

    assert pick_engine(ServiceTable(), cpu) == "openvino"
    assert pick_engine(ServiceTable(weights="int8"), cpu) == "openvino"
    assert pick_engine(ServiceTable(), gpu) == "torch"
    assert {pick_engine(ServiceTable(**asked), cpu) for asked in others} == {"torch"}


@pytest.mark.parametrize("asked", [{"device": "cuda"}, {"weights": "full"}])
def test_openvino_for_a_gpu_or_full_weights_is_refused_in_a_sentence(asked) -> None:
    with pytest.raises(Misconfigured, match="OpenVINO is for int8 weights on a CPU"):
        pick_engine(ServiceTable(engine="openvino", **asked), torch.device(asked.get("device", "cpu")))


def test_openvino_for_another_family_is_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = tiny.saved(tmp_path / "gpt2", "gpt2")
    settings = ServiceTable(model=str(folder), embedder="none", device="cpu", engine="openvino", threads=1)

    with pytest.raises(Misconfigured, match="cannot run in OpenVINO"):
        load(settings, tmp_path, lambda _doing, _done: None)


def test_a_model_of_the_family_is_loaded_into_openvino_by_itself(tmp_path: Path) -> None:
    folder = tiny.saved(tmp_path / "llama")
    settings = ServiceTable(model=str(folder), embedder="none", device="cpu", threads=1)

    model = load(settings, tmp_path, lambda _doing, _done: None).text

    assert model.engine == "openvino"
    assert len(finished(model, n=3, decoding=Decoding(min_p=0.05))) == 3


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")  # peft asks by the old name
@pytest.mark.parametrize("family", ["llama", "qwen2", "qwen3"])
@pytest.mark.parametrize(
    ("targets", "settings"),
    [(EVERYTHING, {}), (("q_proj", "v_proj", "down_proj"), {"use_rslora": True}), (("up_proj",), {"layers_to_transform": [1]})],
    ids=["all", "some", "one layer"],
)
def test_an_adapter_in_openvino_gives_what_peft_gives(tmp_path: Path, family: str, targets, settings) -> None:
    model = rounded(family)
    ours = tiny.openvino_pass(model, exact=True)
    adapter = read(saved(tmp_path / "a", family, targets=targets, **settings), ours, name="a", base="tiny-random")
    ours.allow_changes()
    ids = torch.tensor([list(range(40, 100))])

    def after(changes) -> torch.Tensor:
        part = Part(tokens=ids, room=ours.room(rows=1, tokens=60), start=0, prefix=None, last=60, adapter=changes)
        return torch.from_numpy(ours.logits([part])[0])

    changed, plain = after(adapter), after(None)

    with torch.inference_mode():
        expected = peft.PeftModel.from_pretrained(model, tmp_path / "a").eval()(input_ids=ids).logits
    torch.testing.assert_close(changed.softmax(-1), expected.softmax(-1), atol=2e-3, rtol=0.0)
    assert float((changed - plain).abs().max()) > 0.1  # it does change something


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")
def test_adapters_share_a_pass_in_openvino_and_a_row_gets_the_bits_it_gets_alone(tmp_path: Path) -> None:
    model, ids = in_openvino(), list(range(40, 140))
    before = model.step(model.fork(next(found for found in model.prefill(ids) if found)[0], 3), torch.tensor([65, 66, 67]))
    ranks = (4, 16, 7)
    one, two, three = (
        model.adapter(saved(tmp_path / str(rank), seed=rank, rank=rank, targets=EVERYTHING[: 3 + rank % 5]), str(rank))
        for rank in ranks
    )

    def request(adapter, count: int) -> PassRequest:
        model._kept.clear()
        prefix, _logits = next(found for found in model.alone(model.prefilling(ids, adapter)) if found)
        return PassRequest(model=model, sequences=model.fork(prefix, count), tokens=torch.arange(65, 65 + count)[:, None])

    adapters = (one, two, three, None)
    alone = [model.advance([request(adapter, 1)])[0].logits[0] for adapter in adapters]
    several = [model.advance([request(adapter, 7)])[0].logits[0] for adapter in adapters]
    mixed = model.advance([request(three, 1), request(None, 3), request(two, 5), request(one, 2), request(two, 1)])
    model.rest()
    anew = model.advance([request(two, 1), request(one, 1)])

    for had in (several, [mixed[3].logits[0], mixed[2].logits[0], mixed[0].logits[0], mixed[1].logits[0]]):
        assert all(tiny.equal(first, second) for first, second in zip(had, alone, strict=True))
    assert tiny.equal(mixed[4].logits[0], alone[1])
    assert tiny.equal(anew[0].logits[0], alone[1])
    assert tiny.equal(anew[1].logits[0], alone[0])
    assert len({tuple(rows[0, :4].tolist()) for rows in alone}) == 4  # and each is its own
    assert tiny.equal(before[0], alone[3][0])  # the model's own were the same before there were adapters


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")
def test_adapters_that_cannot_be_together_take_turns_and_a_pass_that_failed_can_be_run_again(tmp_path: Path) -> None:
    model, ids = in_openvino(), list(range(40, 60))
    ours = model.own
    adapters = [model.adapter(saved(tmp_path / str(seed), seed=seed), str(seed)) for seed in (1, 2, 3)]

    def requests() -> list[PassRequest]:
        model._kept.clear()
        prefixes = [next(found for found in model.alone(model.prefilling(ids, one)) if found)[0] for one in (*adapters, None)]
        return [
            PassRequest(model=model, sequences=model.fork(prefix, 2), tokens=torch.tensor([[65], [66]])) for prefix in prefixes
        ]

    together = [outcome.logits for outcome in model.advance(requests())]
    ours._changes._most = 2 * max(one.ranks for one in adapters)  # two of the three
    assert [len(group) for group in ours._changes.groups(adapters)] == [2, 1]
    begun = requests()
    with pytest.raises(AttributeError):  # in the second pass, which has no pages
        model.advance([*begun[:2], replace(begun[2], sequences=replace(begun[2].sequences, cache=None)), begun[3]])

    in_turn = [outcome.logits for outcome in model.advance(begun)]

    assert all(tiny.equal(one, other) for one, other in zip(in_turn, together, strict=True))


@pytest.mark.parametrize("out", [96, 960])
def test_ranks_that_may_be_together_are_found_out_on_this_machine(out: int) -> None:
    from generators.engines.text.determinism import TRIED, most_ranks

    assert most_ranks(out) in (*TRIED, 0)


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")
def test_an_adapter_that_overflows_ruins_no_text_but_its_own(tmp_path: Path) -> None:
    model, ids = in_openvino(), list(range(40, 60))
    good = model.adapter(saved(tmp_path / "good"), "good")
    state = load_file(saved(tmp_path / "huge", seed=2) / "adapter_model.safetensors")
    save_file({key: 1e30 * value for key, value in state.items()}, tmp_path / "huge" / "adapter_model.safetensors")
    huge = model.adapter(tmp_path / "huge", "huge")
    alone = [next(found for found in model.alone(model.prefilling(ids, one)) if found)[1] for one in (good, None)]
    model._kept.clear()

    works = [model.prefilling(ids, one) for one in (huge, good, None)]
    overflowed, *others = model.advance([next(work) for work in works])

    assert not np.isfinite(overflowed.logits).all()
    assert all(tiny.equal(other.logits[0, -1], expected) for other, expected in zip(others, alone, strict=True))


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")
def test_a_prompt_kept_in_openvino_is_never_anothers(tmp_path: Path) -> None:
    ids = list(range(40, 170))
    fresh = logits(in_openvino(), ids)
    model = in_openvino()
    one, two = (model.adapter(saved(tmp_path / str(seed), seed=seed), str(seed)) for seed in (1, 2))

    changed = [logits(model, ids, adapter) for adapter in (one, two, one)]

    assert tiny.equal(logits(model, ids), fresh)
    assert tiny.equal(changed[0], changed[2])
    assert not tiny.equal(changed[0], changed[1])


def test_rows_hold_no_more_memory_than_a_request_was_counted_for() -> None:
    model = in_openvino()
    for prompt in (31, 32, 33):
        prefix, _logits = next(found for found in model.prefill([40 + place for place in range(prompt)]) if found)
        for asked in (1, 31, 33, 64):
            before = model.held_bytes
            sequences = model.fork(prefix, 5)
            for _step in range(asked):
                model.step(sequences, torch.full((5,), 65))

            assert 0 < model.held_bytes - before <= 5 * model.row_bytes(asked)
            del sequences


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")
def test_who_has_no_adapter_is_computed_without_those_that_are_loaded(tmp_path: Path) -> None:
    model, ids = in_openvino(), list(range(40, 80))
    before = logits(model, ids)
    adapter = model.adapter(saved(tmp_path / "a"), "a")
    changeable = model.own._changeable

    after, ran = logits(model, ids), not changeable.fresh
    logits(model, ids, adapter)

    assert tiny.equal(before, after)
    assert not ran
    assert not changeable.fresh
