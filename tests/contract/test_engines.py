"""What the client keeps to whoever serves the model: ours, vLLM, llama.cpp, llama-cpp-python, transformers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.errors import GeneratorDown, Refusal
from generators.client.remote import RemoteGenerator
from tests.contract.engines import KINDS, NEEDS, Place, llama, running
from tests.contract.test_generator import an_order, drafts_of
from tests.fair import START_S

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=KINDS)
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    async with running(request.param) as place:
        yield place


@pytest_asyncio.fixture(loop_scope="module")
async def generator(place: Place) -> AsyncIterator[RemoteGenerator]:
    remote = RemoteGenerator(place.url, model=place.model, timeout_s=START_S)
    yield remote
    await remote.close()


async def test_it_is_ready_and_names_its_model(generator: RemoteGenerator) -> None:
    health = await generator.health()

    assert health.ready
    assert health.model


@pytest.mark.parametrize("operation", ["fresh", "polish"])
async def test_as_many_drafts_come_as_are_asked_for(generator: RemoteGenerator, operation: str) -> None:
    drafts = await drafts_of(generator, an_order(operation=operation, about=("Steep and Dream",), candidates=7))

    assert len(drafts) == 7
    assert all(draft.text or draft.broken for draft in drafts)
    assert all("\n" not in draft.text for draft in drafts)


@pytest.mark.parametrize("operation", ["fresh", "polish"])
async def test_drafts_of_one_order_differ(generator: RemoteGenerator, operation: str) -> None:
    drafts = await drafts_of(generator, an_order(operation=operation, about=("Steep and Dream",), candidates=6))

    texts = [draft.text for draft in drafts if len(draft.text) > 2]  # a random model ends some at once, and those may be alike
    assert len(texts) >= 3
    assert len(set(texts)) == len(texts)


async def test_likelihood_is_told_where_the_engine_tells_it(generator: RemoteGenerator, place: Place) -> None:
    drafts = await drafts_of(generator, an_order(candidates=4))

    if place.scored:
        assert all(draft.logprob is not None and draft.logprob <= 0 for draft in drafts if draft.tokens)
        assert any(draft.tokens for draft in drafts)
    else:
        assert all(draft.logprob is None for draft in drafts)


async def test_the_same_seed_gives_the_same_drafts_where_the_engine_has_seeds(generator: RemoteGenerator, place: Place) -> None:
    if not place.seeded:
        pytest.skip("its seed is one for the whole process: what else runs changes the text")

    first = await drafts_of(generator, an_order(candidates=3))
    again = await drafts_of(generator, an_order(candidates=3))

    assert sorted(draft.text for draft in first) == sorted(draft.text for draft in again)


async def test_a_topic_longer_than_the_model_can_read_is_refused_in_its_words(generator: RemoteGenerator, place: Place) -> None:
    if place.kind == "transformers":
        pytest.skip("it reads on beyond what the model was trained for")
    if place.kind == "llama-cpp-python":
        pytest.skip("it hangs up without a word, which is an outage like any other")

    order = replace(an_order(candidates=1), liked=("Steep and dream of tea " * 60,) * 3)
    with pytest.raises(Refusal):
        await drafts_of(generator, order)


async def test_an_unknown_model_is_refused_where_the_engine_has_several(generator: RemoteGenerator, place: Place) -> None:
    if place.kind in ("llama.cpp", "llama-cpp-python"):
        pytest.skip("it serves the one model it has under any name")

    with pytest.raises(Refusal):
        await drafts_of(generator, an_order(model="no-such-model", candidates=1))


async def test_leaving_early_lets_the_next_order_through(generator: RemoteGenerator) -> None:
    async for _draft in generator.draft(an_order(candidates=8)):
        break

    async with asyncio.timeout(START_S):
        assert len(await drafts_of(generator, an_order(candidates=2))) == 2


async def test_vectors_or_none_where_the_engine_has_none(generator: RemoteGenerator, place: Place) -> None:
    try:
        vectors = await generator.embed(["a tea bar", "zebras"])
    except GeneratorDown:
        pytest.fail("no embeddings is an answer, not an outage")

    assert (vectors is not None) == (place.kind == "ours")


async def test_a_model_that_thinks_first_is_asked_for_the_idea_alone(tmp_path: Path) -> None:
    for name in NEEDS["llama.cpp"]:
        pytest.importorskip(name)
    with llama(tmp_path, thinking=True) as url:
        remote = RemoteGenerator(url, model="Qwen3-8B", timeout_s=START_S)  # a name of a model that is asked in a chat
        drafts = await drafts_of(remote, an_order(operation="polish", about=("Steep and Dream",), candidates=6))
        await remote.close()

    assert any(len(draft.text) > 2 for draft in drafts)
