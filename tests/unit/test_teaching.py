"""Teaching: lessons as they are written down, split by topic, learned, and put where they are read."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from peft import PeftModel

from generators.client.lessons import NEUTRAL
from generators.service import taught_weights
from generators.training.taught import corpus
from generators.training.taught.corpus import Lesson
from generators.training.taught.export import changes
from generators.training.taught.forest import Tree, batches, loss
from generators.training.taught.train import Plan, Teaching
from tests import tiny

#: Of PEFT, which asks transformers by a name that is about to go.
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")


def a_lesson(
    topic: str = "names for a tea bar", *, kind: str = "names", manner: str = "", ideas: tuple[str, ...] = ("Leaf",)
) -> Lesson:
    return Lesson(kind, topic, manner, ideas)


def some_lessons(count: int = 20) -> list[Lesson]:
    return [a_lesson(f"names for shop {number}", ideas=("The Red Door", "Two Bells")) for number in range(count)]


def test_every_shipped_lesson_has_six_ideas_and_a_topic_of_its_own() -> None:
    every = corpus.lessons()

    assert len(every) >= 1000
    assert all(len({idea.casefold() for idea in lesson.ideas}) == 6 for lesson in every)
    assert all(text == " ".join(text.split()) and text for lesson in every for text in (lesson.topic, *lesson.ideas))
    assert all(idea.endswith((".", "!", "?")) for lesson in every if lesson.kind.startswith("stories") for idea in lesson.ideas)
    asked = [(lesson.topic.casefold(), lesson.manner) for lesson in every]
    assert len(asked) == len(set(asked))


def test_a_topic_is_learned_or_judged_by_and_never_both() -> None:
    every = [*some_lessons(), *(a_lesson(lesson.topic, manner="funny") for lesson in some_lessons())]

    learned, apart = corpus.split(every, seed=1)

    assert len(learned) + len(apart) == len(every)
    assert apart
    assert not {one.topic for one in learned} & {one.topic for one in apart}


def test_a_question_has_the_form_in_which_the_model_is_asked() -> None:
    lesson = a_lesson(manner="funny")

    asked = corpus.question(lesson, {}, random.Random(1))

    assert asked == NEUTRAL.replace("anything", "names for a tea bar, funny")
    assert corpus.answers(lesson) == [" Leaf\n"]


def test_examples_are_others_of_the_kind() -> None:
    lesson, other = a_lesson(), a_lesson("names for a cat", ideas=("Moss",))
    pools = {"names": [lesson, other], "gifts": [a_lesson("gifts for a cat", kind="gifts", ideas=("a box",))]}

    asked = {corpus.question(lesson, pools, random.Random(seed)) for seed in range(40)}

    plain = "Topic: names for a tea bar\nIdea:"
    assert asked == {plain, f"Topic: names for a cat\nIdea: Moss\n\n{plain}"}


def test_a_line_that_is_no_lesson_is_named(tmp_path: Path) -> None:
    (tmp_path / "names.jsonl").write_text('{"topic": "x", "manner": "", "ideas": ["y"]}\n{"topic": "x"}\n')

    with pytest.raises(ValueError, match=r"names\.jsonl, line 2"):
        corpus.lessons(tmp_path)


def test_forests_hold_so_many_tokens() -> None:
    trees = [Tree((1,) * size, ((2, 3),)) for size in (4, 4, 20, 1)]

    assert [[tree.tokens for tree in forest] for forest in batches(trees, 12)] == [[6, 6], [22], [3]]


def test_a_branch_has_the_loss_that_it_has_alone() -> None:
    model = tiny.random_model("llama")
    trees = [Tree((5, 6, 7), ((8, 9), (10, 11, 12))), Tree((20, 21), ((22,),))]

    found, tokens = loss(model, trees)

    alone = 0.0
    for tree in trees:
        for branch in tree.branches:
            with torch.inference_mode():
                logits = model(torch.tensor([[*tree.trunk, *branch]])).logits[0, len(tree.trunk) - 1 : -1]
            alone += float(torch.nn.functional.cross_entropy(logits, torch.tensor(branch), reduction="sum"))
    assert tokens == 6
    assert found.item() == pytest.approx(alone, rel=1e-4)


def test_two_steps_teach_and_what_is_exported_is_what_peft_merges(tmp_path: Path) -> None:
    # a pass of 2 000 tokens holds all lessons, so two epochs are two steps
    plan = Plan(epochs=2, rank=4, alpha=8, rate=1e-2, warm=0.01, tokens=20_000, accumulate=1, every=1)
    teaching = Teaching(tiny.random_model("llama"), tiny.tokenizer(), some_lessons(), plan)
    before, told = teaching.judged(), []

    teaching.go(told.append)
    teaching.save(tmp_path)

    assert [row["step"] for row in told] == [1, 2]
    assert told[-1]["apart"] == pytest.approx(teaching.judged(), rel=1e-5)
    assert teaching.judged() < before
    made, lost = changes(tmp_path)
    assert lost < 0.02
    taught_weights.write(made, tmp_path / "ideas.npz")
    merged = PeftModel.from_pretrained(tiny.random_model("llama"), tmp_path).merge_and_unload().state_dict()
    plain = tiny.random_model("llama").state_dict()
    for name, one in taught_weights.read(tmp_path / "ideas.npz").items():
        wanted = (merged[f"{name}.weight"] - plain[f"{name}.weight"]).numpy()
        assert np.linalg.norm(one.rows(0, len(wanted)) - wanted) < 0.03 * np.linalg.norm(wanted)
