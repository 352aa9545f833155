"""What every generator keeps to: the scripted one, ours over HTTP, and a foreign service that can do little."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np
import pytest
from aiohttp import web

from bot.domain.errors import GeneratorDown, Refusal
from bot.domain.ideas import Draft, Prompt, Team
from bot.ports import Generator, Order
from generators.client.remote import RemoteGenerator
from generators.client.scripted import ScriptedGenerator
from tests import tiny
from tests.fair import PATIENCE_S, START_S

Remote = Callable[..., RemoteGenerator]

TEAM = Team(platform="terminal", id="1")


def an_order(text: str = "names for a tea bar", *, candidates: int = 6, seed: int = 1, model: str = "", **given) -> Order:
    return Order(prompt=Prompt(text=text, **given), candidates=candidates, seed=seed, model=model, team=TEAM)


async def drafts_of(generator: Generator, order: Order) -> list[Draft]:
    return [draft async for draft in generator.draft(order)]


class Foreign:
    """A chat-only service in OpenAI's manner: no streams, no `n`, no `seed`, no logprobs, no completions, no embeddings."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, object]] = []
        self.answers = ["Steep Thoughts", "Leaf & Let Live", "The Slow Pot", "Kettle Club", "Second Steep", "Cup of Quiet"]
        self.owner = "somebody"
        self.unknown: tuple[str, ...] = ("min_p", "seed", "logprobs", "n", "chat_template_kwargs")
        self.failure: web.Response | None = None

    async def models(self, _request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "foreign-7b", "object": "model", "owned_by": self.owner}]})

    async def chat(self, request: web.Request) -> web.Response:
        body = await request.json()
        for name in self.unknown:
            if name in body and not (name == "n" and body["n"] == 1):
                return web.json_response({"error": {"message": f"Unrecognized request argument supplied: {name}"}}, status=400)
        if self.failure is not None:
            return self.failure
        self.bodies.append(body)
        text = self.answers[(len(self.bodies) - 1) % len(self.answers)]
        message = {"role": "assistant", "content": text}
        return web.json_response({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


@asynccontextmanager
async def at_a_port(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def foreign() -> AsyncIterator[tuple[str, Foreign]]:
    service = Foreign()
    app = web.Application()
    app.router.add_get("/v1/models", service.models)
    app.router.add_post("/v1/chat/completions", service.chat)
    async with at_a_port(app) as url:
        yield url, service


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    """Makes clients, and closes them after the test."""
    made: list[RemoteGenerator] = []

    def make(url: str, **given) -> RemoteGenerator:
        made.append(RemoteGenerator(url, **given))
        return made[-1]

    yield make
    for generator in made:
        await generator.close()


@pytest.fixture(params=["scripted", "ours", "foreign"])
async def generator(request: pytest.FixtureRequest) -> AsyncIterator[Generator]:
    if request.param == "scripted":
        yield ScriptedGenerator()
        return
    place = tiny.served(tiny.text_model(), tiny.vector_model()) if request.param == "ours" else foreign()
    async with place as (url, _service):
        remote = RemoteGenerator(url, timeout_s=START_S)
        yield remote
        await remote.close()


async def test_a_ready_generator_says_so_and_names_its_model(generator: Generator) -> None:
    health = await generator.health()

    assert health.ready
    assert health.model


@pytest.mark.parametrize("operation", ["fresh", "more", "remix", "spin", "polish"])
async def test_an_order_yields_as_many_drafts_as_it_asks_for(generator: Generator, operation: str) -> None:
    order = an_order(operation=operation, about=("Steep and Dream", "The Daily Leaf"))

    drafts = await drafts_of(generator, order)

    assert len(drafts) == 6
    assert all(draft.text or draft.broken for draft in drafts)


async def test_several_orders_at_once_do_not_disturb_one_another(generator: Generator) -> None:
    at_once = await asyncio.gather(*(drafts_of(generator, an_order(seed=seed)) for seed in range(4)))

    assert [len(drafts) for drafts in at_once] == [6, 6, 6, 6]


async def test_closing_the_iterator_early_does_no_harm(generator: Generator) -> None:
    async for _draft in generator.draft(an_order()):
        break

    assert len(await drafts_of(generator, an_order())) == 6


async def test_vectors_are_of_unit_length_and_the_same_for_the_same_text(generator: Generator) -> None:
    vectors = await generator.embed(["a tea bar", "zebras", "a tea bar"])

    if vectors is None:
        return  # the foreign service has none
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert float(vectors[0] @ vectors[1]) < 0.999


async def test_no_texts_have_no_vectors(generator: Generator) -> None:
    vectors = await generator.embed([])

    assert vectors is None or len(vectors) == 0


async def test_closing_twice_is_safe(generator: Generator) -> None:
    await generator.close()


@pytest.mark.parametrize("kind", ["scripted", "ours"])
async def test_the_same_order_gives_the_same_drafts_whatever_else_is_made(kind: str, remote: Remote) -> None:
    if kind == "scripted":
        generator: Generator = ScriptedGenerator()
        assert await drafts_of(generator, an_order()) == await drafts_of(generator, an_order())
        return
    async with tiny.served(tiny.text_model()) as (url, _service):
        generator = remote(url)
        alone = await drafts_of(generator, an_order())
        among, *_others = await asyncio.gather(*(drafts_of(generator, an_order(seed=seed)) for seed in (1, 2, 3)))

    assert sorted(draft.text for draft in among) == sorted(draft.text for draft in alone)


async def test_ours_tells_likelihood_and_relevance(remote: Remote) -> None:
    async with tiny.served(tiny.text_model()) as (url, _service):
        generator = remote(url)
        drafts = await drafts_of(generator, an_order(candidates=24))

    assert all(draft.logprob is not None and draft.logprob < 0 for draft in drafts if draft.tokens)
    assert all((draft.relevance is None) == (draft.broken is not None) for draft in drafts)


async def test_a_foreign_service_is_asked_once_for_each_draft_without_what_it_lacks(remote: Remote) -> None:
    async with foreign() as (url, service):
        generator = remote(url)
        drafts = await drafts_of(generator, an_order())

    assert sorted(draft.text for draft in drafts) == sorted(service.answers)
    assert all(draft.logprob is None and draft.relevance is None for draft in drafts)
    assert len(service.bodies) == 6
    assert not set(service.unknown) & set(service.bodies[-1])


@pytest.mark.parametrize(
    ("owner", "told"),
    [("library", {"reasoning_effort": "none"}), ("vllm", {"chat_template_kwargs": {"enable_thinking": False}})],
)
async def test_a_model_is_asked_not_to_think_in_its_service_s_words(owner: str, told: dict[str, object], remote: Remote) -> None:
    async with foreign() as (url, service):
        service.owner, service.unknown = owner, ("n",)
        await drafts_of(remote(url), an_order(candidates=2))

    assert {
        name: service.bodies[-1][name] for name in ("reasoning_effort", "chat_template_kwargs") if name in service.bodies[-1]
    } == told


async def test_a_service_without_embeddings_is_asked_for_them_once(remote: Remote) -> None:
    async with foreign() as (url, _service):
        generator = remote(url)

        assert await generator.embed(["tea"]) is None
        assert await generator.embed(["tea"]) is None


async def test_a_text_is_embedded_once(remote: Remote) -> None:
    async with tiny.served(tiny.text_model(), tiny.vector_model()) as (url, service):
        generator = remote(url)
        first = await generator.embed(["tea", "coffee"])
        spent = service.metrics.prompt_tokens
        again = await generator.embed(["coffee", "tea"])

    assert first is not None
    assert again is not None
    np.testing.assert_array_equal(again, first[::-1])
    assert service.metrics.prompt_tokens == spent


async def test_a_service_that_is_not_there_is_down(unused_tcp_port: int, remote: Remote) -> None:
    generator = remote(f"http://127.0.0.1:{unused_tcp_port}/v1", timeout_s=1)

    assert not (await generator.health()).ready
    with pytest.raises(GeneratorDown):
        await drafts_of(generator, an_order())
    with pytest.raises(GeneratorDown):
        await generator.embed(["tea"])


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"error": {"message": "bad key"}}, GeneratorDown),
        (404, {"error": {"message": "The model does not exist"}}, Refusal),
        (400, {"error": {"message": "too long for the context"}}, Refusal),
        (422, {"detail": "no"}, Refusal),
        (500, {"error": "boom"}, GeneratorDown),
        (503, {}, GeneratorDown),
        (200, ["not", "openai"], GeneratorDown),
        (200, {"choices": [{"index": "x"}]}, GeneratorDown),
    ],
)
async def test_foreign_errors_become_ours(status: int, body: object, error: type[Exception], remote: Remote) -> None:
    async with foreign() as (url, service):
        service.failure = web.Response(status=status, text=json.dumps(body), content_type="application/json")
        generator = remote(url, timeout_s=PATIENCE_S)

        with pytest.raises(error):
            await drafts_of(generator, an_order(candidates=1))


async def test_a_busy_service_is_asked_again(remote: Remote) -> None:
    async with foreign() as (url, service):
        service.failure = web.json_response({}, status=429, headers={"Retry-After": "0.1"})
        generator = remote(url, timeout_s=PATIENCE_S)
        drafting = asyncio.create_task(drafts_of(generator, an_order(candidates=1)))
        await asyncio.sleep(0.05)
        service.failure = None

        assert len(await drafting) == 1


async def test_an_unknown_model_is_refused(remote: Remote) -> None:
    async with tiny.served(tiny.text_model()) as (url, _service):
        generator = remote(url)

        with pytest.raises(Refusal, match="no-such-model"):
            await drafts_of(generator, an_order(model="no-such-model"))


async def test_a_wrong_token_is_an_outage_that_says_what_to_set(remote: Remote) -> None:
    async with tiny.served(tiny.text_model(), token="right") as (url, _service):
        generator = remote(url, token="wrong")

        with pytest.raises(GeneratorDown, match="MUSELAB_GENERATOR__TOKEN"):
            await drafts_of(generator, an_order())


async def test_a_chinese_topic_is_refused_in_a_sentence_by_a_model_that_knows_none(remote: Remote) -> None:
    async with tiny.served(tiny.text_model(name="SmolLM2-135M-Instruct")) as (url, _service):
        generator = remote(url)

        with pytest.raises(Refusal, match="English only"):
            await drafts_of(generator, an_order("给茶吧起个名字", language="zh"))


async def test_a_loading_service_tells_how_far_it_is_and_is_waited_for(remote: Remote) -> None:
    async with tiny.served(tiny.text_model()) as (url, service):
        models, service.loading.models, service.loading.status = service.loading.models, None, "loading"
        service.loading.report("converting", 0.4)
        generator = remote(url, timeout_s=START_S)

        health = await generator.health()
        drafting = asyncio.create_task(drafts_of(generator, an_order()))
        await asyncio.sleep(0.3)
        service.loading.models, service.loading.status = models, "ready"

        assert (health.ready, health.doing, health.done) == (False, "converting", 0.4)
        assert len(await drafting) == 6


async def test_how_many_drafts_pay_is_not_asked_of_a_silent_service_for_as_long_as_its_drafts(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    silent = asyncio.Event()

    async def never(request: web.Request) -> web.Response:
        asked.append(request.path)
        await silent.wait()
        return web.json_response({})

    monkeypatch.setattr("generators.client.api.CONNECT_S", 0.2)
    app = web.Application()
    app.router.add_get("/{path:.*}", never)
    async with at_a_port(app) as url:
        pays = await remote(url, timeout_s=START_S).oversampling(Prompt(text="names for a tea bar", language="en"))
        silent.set()

    assert (pays, asked) == (1.0, ["/health"])


async def test_how_many_drafts_pay_is_the_recipes_for_a_taught_model_that_is_still_loading(remote: Remote) -> None:
    async with tiny.served(tiny.text_model(name="SmolLM2-135M-Muselab-of-tests")) as (url, service):
        models, service.loading.models, service.loading.status = service.loading.models, None, "loading"
        asking = asyncio.create_task(remote(url, timeout_s=START_S).oversampling(Prompt(text="gifts for a nurse", language="en")))
        await asyncio.sleep(0.3)
        service.loading.models, service.loading.status = models, "ready"

        assert await asking > 1.0


@pytest.mark.parametrize(("may_do", "good", "own"), [(True, 10, False), (True, 9, True), (False, 10, True)])
async def test_where_the_bank_has_enough_good_ideas_the_embedded_model_drafts_none(
    remote: Remote, monkeypatch: pytest.MonkeyPatch, may_do: bool, good: int, own: bool
) -> None:
    banked = [Draft(text=f"A known idea, number {place}", recalled=0.2 if place < good else 0.1) for place in range(12)]

    async def known(*_given: object) -> list[Draft]:
        return banked

    monkeypatch.setattr("generators.bank.recalling.drafts", known)
    async with tiny.served(tiny.text_model(name="SmolLM2-135M-Muselab-of-tests")) as (url, _service):
        order = replace(an_order("gifts for a nurse", candidates=2), wanted=5, known_do=may_do)
        drafts = [draft async for draft in remote(url, timeout_s=START_S).draft(order)]

    assert drafts[:12] == banked
    assert bool(drafts[12:]) == own


async def test_the_scripted_generator_fails_and_breaks_where_it_is_told_to() -> None:
    generator = ScriptedGenerator(texts=["First"], broken_every=2, fails_after=3)

    drafts = []

    async def take_all() -> None:
        async for draft in generator.draft(an_order()):
            drafts.append(draft)

    with pytest.raises(GeneratorDown):
        await take_all()

    assert drafts[0].text == "First"
    assert [draft.broken for draft in drafts] == [None, "empty", None]
