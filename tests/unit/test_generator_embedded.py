"""The embedded models themselves: converted once, offline, and good for ideas."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from bot.config import ServiceTable
from bot.domain.ideas import Draft, Prompt, Team
from bot.ports import Order
from generators.client.cookbook import load as load_recipes
from generators.client.remote import RemoteGenerator
from generators.service import weights
from generators.service.loading import Models, load
from tests import tiny

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("embedded")]


@pytest.fixture(scope="module")
def models(unpacked: Path) -> Models:
    return load(ServiceTable(device="cpu", threads=1), unpacked, lambda _doing, _done: None)


async def drafts_of(models: Models, *texts: str, candidates: int = 12, **given) -> list[list[Draft]]:
    async with tiny.served(models.text, models.vectors) as (url, _service):
        generator = RemoteGenerator(url)
        made = []
        for text in texts:
            prompt = Prompt(text=text, **given)
            order = Order(
                prompt=prompt, candidates=candidates, seed=1, model="", team=Team(platform="terminal", id="1"), alone=True
            )
            made.append([draft async for draft in generator.draft(order)])
        await generator.close()
    return made


def test_the_model_knows_english_and_shares_prompts(models: Models) -> None:
    prefix, logits = next(found for found in models.text.prefill(models.text.tokens.encode("The capital of France is")) if found)

    assert len(prefix.ids) == 5
    likeliest = [models.text.tokens.decode([int(token)]) for token in np.argsort(-np.asarray(logits))[:10]]
    assert " Paris" in likeliest  # of 49 152; its lessons in ideas put small words before it
    assert models.text.shares


def test_the_conversion_is_complete_and_not_made_twice(models: Models, unpacked: Path) -> None:
    told: list[str] = []

    where, name = weights.text_weights(weights.EMBEDDED, unpacked, lambda doing, _done: told.append(doing))

    assert weights.complete(Path(where))
    assert (name.startswith(weights.TAUGHT_NAME), told) == (True, [])
    assert [left.name for left in Path(where).parent.iterdir()] == [Path(where).name]


def test_vectors_are_those_of_all_minilm(models: Models) -> None:
    assert models.vectors is not None
    sentences = ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"]

    vectors = models.vectors.embed(sentences)[0]

    likeness = vectors[0] @ vectors[1:].T
    np.testing.assert_allclose(likeness, [0.695, 0.943, 0.257], atol=0.01)  # published on the model's page


async def test_names_are_short_and_mostly_new(models: Models) -> None:
    (drafts,) = await drafts_of(models, "names for a tea bar", candidates=20)

    good = [draft for draft in drafts if draft.broken is None]
    assert len(good) >= 12
    assert len({draft.text.casefold() for draft in good}) >= 8  # for a card of five
    assert all(len(draft.text) <= 60 for draft in good)
    assert all(draft.judged is not None for draft in good)  # by the model itself
    names = load_recipes("en")["names"]  # and so it was asked in the form of its lessons
    assert {json.loads(draft.decoding)["temperature"] for draft in good if not draft.formed} == {names.heat}


async def test_ideas_are_nearer_to_their_own_topic_than_to_another(models: Models) -> None:
    assert models.vectors is not None
    topics = ("how to make meetings shorter", "a story about a lighthouse keeper")

    made = await drafts_of(models, *topics, candidates=32)

    asked = models.vectors.embed(topics)[0]
    for own, drafts in enumerate(made):
        good = [draft.text for draft in drafts if draft.broken is None]
        assert len(good) >= 4
        near = np.asarray(models.vectors.embed(good)[0]) @ np.asarray(asked).T
        assert (near[:, own] > near[:, 1 - own]).mean() >= 0.75


async def test_relevance_tells_ideas_of_another_topic_apart(models: Models) -> None:
    (drafts,) = await drafts_of(models, "a slogan for a bike shop", candidates=24)

    scored = sorted((draft for draft in drafts if draft.relevance is not None), key=lambda draft: -(draft.relevance or 0))
    third = len(scored) // 3
    of_bikes = re.compile("bik|cycl|wheel|ride")
    best, worst = (
        sum(bool(of_bikes.search(draft.text.casefold())) for draft in part) for part in (scored[:third], scored[-third:])
    )
    assert best >= worst


def test_the_model_is_there_as_it_was_before_its_lessons_too(models: Models) -> None:
    ids = models.text.tokens.encode("The capital of France is")

    def likeliest(adapter) -> str:
        _prefix, logits = next(found for found in models.text.alone(models.text.prefilling(ids, adapter)) if found)
        return models.text.tokens.decode([int(np.asarray(logits).argmax())])

    listed = {told["id"]: told.get("taught") for told in models.listed()}
    assert listed[weights.TEXT_NAME] is False
    assert likeliest(models.adapter(weights.TEXT_NAME)) == " Paris" != likeliest(None)


async def test_a_draft_is_polished_by_the_model_as_it_was_before_its_lessons(models: Models) -> None:
    drafts = ["Host a potluck dinner where each neighbour brings a dish", "the new people gets a map with all good lunch places"]

    for draft in drafts:
        (versions,) = await drafts_of(models, "ideas", candidates=16, operation="polish", about=(draft,))
        good = [version.text for version in versions if version.broken is None]
        assert good
        assert all({"potluck", "dish", "map"} & set(text.casefold().split()) for text in good)


async def test_polishing_shortens_and_keeps_the_words(models: Models) -> None:
    long = "It would be quite nice to possibly have a day without any meetings, maybe on Wednesdays for instance"

    (drafts,) = await drafts_of(models, "better meetings", candidates=24, operation="polish", about=(long,))

    good = [draft.text for draft in drafts if draft.broken is None]
    assert good
    assert all(len(text) < len(long) for text in good)
    assert any("meeting" in text for text in good)
