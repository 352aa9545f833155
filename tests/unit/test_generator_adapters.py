"""Tuned versions on a service: loaded by name before their first use, again when lost; else the base stands in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from bot.domain.ideas import Draft, Prompt, Team
from bot.ports import Order
from generators.client.remote import RemoteGenerator
from tests.contract.test_generator import at_a_port

RED, BLUE = Team(platform="test", id="red"), Team(platform="test", id="blue")
BASE, HASH = "base-7b", "ab" * 32


class WithAdapters:
    """A chat service that loads adapters the way vLLM does, knows which weights it has, and forgets when it is told to."""

    def __init__(self) -> None:
        self.loaded: dict[str, str] = {}
        self.loads: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.seeds: list[int] = []
        self.refusal: web.Response | None = None

    async def models(self, _request: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": name, "owned_by": "vllm"} for name in (BASE, *self.loaded)]})

    async def load(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.loads.append(body)
        if self.refusal is not None:
            return self.refusal
        if body["lora_name"] in self.loaded:
            message = f"The lora adapter '{body['lora_name']}' has already been loaded."
            return web.json_response({"error": {"message": message, "type": "InvalidUserInput"}}, status=400)
        self.loaded[body["lora_name"]] = body["lora_path"]
        return web.Response(text=f"Success: LoRA adapter '{body['lora_name']}' added successfully.")

    async def chat(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body["model"])
        self.seeds.append(body["seed"])
        if body["model"] not in (BASE, *self.loaded):
            message = f"The model `{body['model']}` does not exist."
            return web.json_response({"error": {"message": message, "code": "model_not_found"}}, status=404)
        told = {"role": "assistant", "content": f"An idea of {body['model']}"}
        choices = [{"index": n, "message": told, "finish_reason": "stop"} for n in range(body["n"])]
        return web.json_response({"choices": choices})


@asynccontextmanager
async def serving(**given: Any) -> AsyncIterator[tuple[WithAdapters, RemoteGenerator]]:
    service = WithAdapters()
    app = web.Application()
    app.router.add_get("/v1/models", service.models)
    app.router.add_post("/v1/chat/completions", service.chat)
    app.router.add_post("/v1/load_lora_adapter", service.load)
    async with at_a_port(app) as url:
        generator = RemoteGenerator(url, adapters="/srv/adapters", **given)
        yield service, generator
        await generator.close()


async def drafts(generator: RemoteGenerator, model: str = "", adapter: str = "", team: Team = RED, **given: Any) -> list[Draft]:
    order = Order(
        prompt=Prompt(text="names for a tea bar"), candidates=2, seed=7, model=model, team=team, adapter=adapter, **given
    )
    return [draft async for draft in generator.draft(order)]


async def test_a_version_is_loaded_by_name_before_its_first_use_and_once() -> None:
    async with serving() as (service, generator):
        for _time in range(2):
            made = await drafts(generator, "team-red-v1", HASH)
            assert {draft.model for draft in made} == {"team-red-v1"}

        assert service.loads == [{"lora_name": "team-red-v1", "lora_path": f"/srv/adapters/{HASH}"}]
        assert set(service.asked) == {"team-red-v1"}


async def test_a_version_that_is_loaded_already_needs_no_more() -> None:
    async with serving() as (service, generator):
        service.loaded["team-red-v1"] = "by somebody else"

        assert {draft.model for draft in await drafts(generator, "team-red-v1", HASH)} == {"team-red-v1"}


async def test_a_version_that_the_service_lost_is_loaded_again() -> None:
    async with serving() as (service, generator):
        await drafts(generator, "team-red-v1", HASH)
        service.loaded.clear()  # it was started anew, or made room

        made = await drafts(generator, "team-red-v1", HASH)

        assert {draft.model for draft in made} == {"team-red-v1"}
        assert len(service.loads) == 2


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_where_a_version_cannot_be_loaded_the_base_stands_in_and_the_drafts_say_so(status: int) -> None:
    async with serving() as (service, generator):
        service.loaded["team-blue-v1"] = "another team's"
        service.refusal = web.json_response({"error": {"message": "No adapter found for /srv/adapters"}}, status=status)

        made = await drafts(generator, "team-red-v1", HASH)

        assert {draft.model for draft in made} == {""}
        assert {draft.text for draft in made} == {f"An idea of {BASE}"}
        assert set(service.asked) == {BASE}


async def test_a_version_that_was_refused_is_tried_again_after_a_while_and_not_before() -> None:
    async with serving(again_s=0.2) as (service, generator):
        service.refusal = web.json_response({"error": {"message": "No adapter found for that path."}}, status=404)

        for _time in range(3):
            await drafts(generator, "team-red-v1", HASH)
        assert len(service.loads) == 1
        service.refusal = None
        await asyncio.sleep(0.25)
        mended = await drafts(generator, "team-red-v1", HASH)

    assert {draft.model for draft in mended} == {"team-red-v1"}


async def test_a_version_that_is_lost_for_good_is_stood_in_for_by_the_base() -> None:
    async with serving() as (service, generator):
        await drafts(generator, "team-red-v1", HASH)
        service.loaded.clear()
        service.refusal = web.json_response({"error": {"message": "gone"}}, status=404)

        made = await drafts(generator, "team-red-v1", HASH)

        assert {draft.model for draft in made} == {""}


async def test_each_team_is_served_with_its_own_version_only() -> None:
    async with serving() as (service, generator):
        red = await drafts(generator, "team-red-v1", HASH)
        blue = await drafts(generator, "team-blue-v1", "cd" * 32, BLUE)
        base = await drafts(generator, "", "", Team(platform="test", id="green"))

        assert [{draft.model for draft in made} for made in (red, blue, base)] == [{"team-red-v1"}, {"team-blue-v1"}, {""}]
        assert service.loaded == {"team-red-v1": f"/srv/adapters/{HASH}", "team-blue-v1": "/srv/adapters/" + "cd" * 32}


async def test_a_draft_says_how_it_was_drawn() -> None:
    import json

    async with serving() as (service, generator):
        drawn = [json.loads(draft.decoding) for draft in await drafts(generator)]

        assert [one["choice"] for one in drawn] == [0, 1]
        assert {one["seed"] for one in drawn} == set(service.seeds)
        assert all(one["temperature"] > 0 and one["max_tokens"] > 0 for one in drawn)
