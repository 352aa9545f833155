"""Several services: the one with least to do, another one when one dies, versions on each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web

from bot.config import GeneratorTable
from bot.domain.errors import GeneratorDown
from bot.ports import Order
from generators.client import fleet
from generators.client.remote import RemoteGenerator
from tests.contract.test_generator import an_order, at_a_port, drafts_of
from tests.fair import PATIENCE_S
from tests.fakes.vllm import BASE, Vllm

HASH = "ab" * 32


@asynccontextmanager
async def serving(count: int, *others: str) -> AsyncIterator[tuple[list[Vllm], RemoteGenerator]]:
    services = [Vllm() for _number in range(count)]
    async with AsyncExitStack() as stack:
        urls = [await stack.enter_async_context(at_a_port(service.app())) for service in services]
        generator = RemoteGenerator(",".join([*others, *urls]), adapters="/srv/adapters", timeout_s=PATIENCE_S)
        yield services, generator
        await generator.close()


async def test_requests_are_shared_out_and_the_drafts_are_those_of_one_service() -> None:
    async with serving(1) as (_services, generator):
        alone = [await drafts_of(generator, an_order(seed=seed)) for seed in range(6)]
    async with serving(3) as (services, generator):
        shared = await asyncio.gather(*(drafts_of(generator, an_order(seed=seed)) for seed in range(6)))

    assert [len(service.bodies) for service in services] == [2, 2, 2]
    assert [sorted(draft.text for draft in made) for made in shared] == [sorted(draft.text for draft in made) for made in alone]


async def test_a_service_that_cannot_be_reached_is_passed_over(unused_tcp_port: int) -> None:
    async with serving(1, f"http://127.0.0.1:{unused_tcp_port}/v1") as (services, generator):
        for _time in range(3):
            assert len(await drafts_of(generator, an_order())) == 6
        health = await generator.health()

    assert len(services[0].bodies) == 3
    assert health.ready
    assert health.doing == "1 of 2 services are ready"


async def test_one_that_fails_before_its_first_word_is_left_for_another() -> None:
    async with serving(2) as (services, generator):
        services[0].dies_after = 0

        assert [len(await drafts_of(generator, an_order(seed=seed))) for seed in range(2)] == [6, 6]


async def test_one_that_fails_in_the_middle_is_an_outage_as_half_an_idea_is_on_screen() -> None:
    async with serving(2) as (services, generator):
        for service in services:
            service.dies_after = 3

        with pytest.raises(GeneratorDown, match="EngineCore"):
            await drafts_of(generator, an_order())


async def test_one_that_is_well_again_gets_work_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "CHECK_S", 0.02)
    async with serving(2) as (services, generator):
        services[0].ill, services[0].dies_after = True, 0
        for _time in range(2):
            await drafts_of(generator, an_order())
        before = len(services[0].bodies)
        assert before == 1
        await drafts_of(generator, an_order())
        assert len(services[0].bodies) == before  # it rests

        services[0].ill, services[0].dies_after = False, None
        async with asyncio.timeout(PATIENCE_S):
            while len(services[0].bodies) == before:
                await asyncio.sleep(0.02)
                await drafts_of(generator, an_order())


async def test_where_all_are_full_they_are_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    full = 3

    async def busy(request: web.Request) -> web.StreamResponse:
        nonlocal full
        if full:
            full -= 1
            return web.json_response({"error": {"message": "queue"}}, status=429, headers={"Retry-After": "0.1"})
        return await service.chat(request)

    service = Vllm()
    app = web.Application()
    app.router.add_get("/v1/models", service.models)
    app.router.add_post("/v1/chat/completions", busy)
    async with at_a_port(app) as one:
        generator = RemoteGenerator([one, one.replace("127.0.0.1", "localhost")], timeout_s=PATIENCE_S)
        assert len(await drafts_of(generator, an_order())) == 6
        await generator.close()


async def test_none_that_answers_is_an_outage() -> None:
    generator = RemoteGenerator("http://127.0.0.1:1/v1, http://127.0.0.1:2/v1", timeout_s=2)

    assert not (await generator.health()).ready
    with pytest.raises(GeneratorDown):
        await drafts_of(generator, an_order())
    await generator.close()


async def test_a_version_is_loaded_on_each_and_again_where_one_lost_it() -> None:
    async with serving(2) as (services, generator):
        order = {"model": "team-red-v1", "adapter": HASH}
        made = [draft for seed in range(2) for draft in await drafts_of(generator, an_order_of(order, seed))]
        assert [service.adapters for service in services] == [{"team-red-v1": f"/srv/adapters/{HASH}"}] * 2
        services[1].adapters.clear()  # it was started anew
        made += [draft for seed in range(4) for draft in await drafts_of(generator, an_order_of(order, seed))]

    assert {draft.model for draft in made} == {"team-red-v1"}
    assert {body["model"] for service in services for body in service.bodies} == {"team-red-v1"}


def an_order_of(given: dict[str, str], seed: int) -> Order:
    return replace(an_order(seed=seed), **given)


async def test_one_url_twice_is_one_service() -> None:
    async with serving(1) as (services, _generator), at_a_port(services[0].app()) as url:
        generator = RemoteGenerator(f"{url}, {url}/", timeout_s=5)
        assert (await generator.health()).model == BASE
        assert (await generator.health()).doing == "ready"
        await generator.close()


def test_several_urls_may_be_a_list_in_the_file() -> None:
    assert GeneratorTable.model_validate({"url": ["http://a/v1", "http://b/v1"]}).url == "http://a/v1,http://b/v1"
