"""Second lessons: what was read is read in, kept apart by topic, and learned: to write what is good, and to tell it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model

from generators.client.lessons import GOOD, OTHER, verdict
from generators.training.taught import corpus, readings
from generators.training.taught.forest import Tree, judged
from generators.training.taught.preferring import Plan, Preferring
from generators.training.taught.readings import Reading
from generators.training.taught.train import LINEAR
from tests import tiny

#: Of PEFT, which asks transformers by a name that is about to go.
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")


def some_readings(count: int = 20) -> list[Reading]:
    drafts = ("The Red Door", "Two Bells", "A shop of shop", "Names for names")
    return [Reading(f"names for shop {number}", drafts, (True, True, False, False)) for number in range(count)]


def test_every_shipped_reading_has_drafts_and_no_topic_twice() -> None:
    every = readings.every()

    read = [one for one in every if not one.lesson]
    assert sum(len(one.drafts) for one in read) >= 5000
    assert all(len(set(one.drafts)) == len(one.drafts) == len(one.good) for one in every)
    assert len({(one.topic, one.drafts) for one in read}) == len(read)
    assert {one.topic for one in every if one.lesson} <= {lesson.asked for lesson in corpus.lessons()}


def test_what_is_kept_apart_was_read_and_is_not_learned() -> None:
    every = [*some_readings(), Reading("gifts for a cat", ("a box", "a sea"), (True, False), lesson=True)]

    learned, apart = readings.split(every)

    assert len(learned) + len(apart) == len(every)
    assert apart
    assert not any(one.lesson for one in apart)
    assert not {one.topic for one in learned} & {one.topic for one in apart}


def test_a_lessons_ideas_are_the_good_ones_beside_its_own_drafts(tmp_path: Path) -> None:
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "gifts.jsonl").write_text('{"topic": "gifts for a cat", "manner": "", "ideas": ["a box"]}\n')
    (tmp_path / "read.jsonl").write_text(
        '{"topic": "names", "good": ["Moss"], "others": ["Cat"]}\n{"topic": "gifts for a cat", "own": ["a sea"]}\n'
    )

    assert readings.every(tmp_path, tmp_path / "lessons") == (
        Reading("names", ("Moss", "Cat"), (True, False)),
        Reading("gifts for a cat", ("a box", "a sea"), (True, False), lesson=True),
    )


def test_a_line_that_is_no_reading_is_named(tmp_path: Path) -> None:
    (tmp_path / "read.jsonl").write_text(
        '{"topic": "names", "good": [], "others": []}\n{"topic": "gifts for nobody", "own": []}\n'
    )

    with pytest.raises(ValueError, match=r"read\.jsonl, line 2"):
        readings.every(tmp_path)


def test_a_branch_and_its_verdict_are_as_likely_as_they_are_alone() -> None:
    model = tiny.random_model("llama")
    tree, tail, verdicts = Tree((5, 6, 7), ((8, 9), (10, 11, 12))), [30, 31], [40, 41]

    with torch.inference_mode():
        logps, found = judged(model, tree, tail, verdicts)

    for row, branch in enumerate(tree.branches):
        with torch.inference_mode():
            chances = torch.log_softmax(model(torch.tensor([[*tree.trunk, *branch, *tail]])).logits[0].float(), dim=-1)
        alone = sum(float(chances[len(tree.trunk) - 1 + place, token]) for place, token in enumerate(branch))
        assert logps[row].item() == pytest.approx(alone, abs=1e-3)
        assert found[row].tolist() == pytest.approx(chances[-1, verdicts].tolist(), abs=1e-3)


class Words:
    """A tokenizer that has a token for either verdict."""

    def __init__(self) -> None:
        self._tiny = tiny.tokenizer()

    def __call__(self, text: str, **told: bool) -> dict[str, list[int]]:
        """The tokens of a text."""
        return {"input_ids": [len(text)]} if text in {GOOD, OTHER} else dict(self._tiny(text, **told))


def test_a_tokenizer_without_a_token_for_a_verdict_is_refused() -> None:
    with pytest.raises(ValueError, match="one token each"):
        Preferring(tiny.random_model("llama"), tiny.tokenizer(), [], Plan())


def test_it_learns_to_write_what_is_good_and_to_tell_it() -> None:
    form = LoraConfig(r=4, lora_alpha=8, target_modules=LINEAR, task_type="CAUSAL_LM")
    model = get_peft_model(tiny.random_model("llama"), form)
    preferring = Preferring(model, Words(), some_readings(), Plan(epochs=3, rate=1e-2, every=5))
    before, said = preferring.told(), []
    one = preferring.apart[0]
    with torch.inference_mode():
        first = preferring._judged(one)[0]

    preferring.go(said.append)

    assert preferring.told() > max(before, 0.9)  # the same drafts in all topics: they can be told apart
    with torch.inference_mode():
        gained = preferring._judged(one)[0] - first
    assert min(gained[:2]) > max(gained[2:])
    assert said[-1]["told"] == preferring.told()


def test_the_verdict_asked_for_is_the_one_that_was_learned() -> None:
    before, good = verdict("names for a tea bar", "Leaf")

    assert before == "Topic: names for a tea bar\nIdea: Leaf\nGood:"
    assert good == " yes"
