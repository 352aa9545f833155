"""Contract: requests to a service whose models are still loading."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import aiohttp
import pytest

from generators.service.app import Service
from generators.service.ending import Ending
from tests import tiny


@pytest.fixture
async def service() -> AsyncIterator[tuple[str, Service]]:
    async with tiny.served(tiny.text_model("llama", name="tiny")) as place:
        yield place


async def waiting(ending: Ending) -> None:
    """Until somebody waits for it."""
    while not ending._waiting:
        await asyncio.sleep(0.01)


async def test_who_prefers_to_wait_is_answered_when_the_models_are_there(service: tuple[str, Service]) -> None:
    url, loading = service[0], service[1].loading
    models, loading.models, loading.status = loading.models, None, "loading"

    async with aiohttp.ClientSession() as http:
        asked = asyncio.create_task(http.get(f"{url}/models", headers={"Prefer": "respond-async, wait=30"}))
        await waiting(loading.end)
        loading.models, loading.status = models, "ready"
        loading.end.come()

        async with await asked as answer:
            assert answer.status == 200
            assert [model["id"] for model in (await answer.json())["data"]] == ["tiny"]


@pytest.mark.parametrize("said", [{}, {"Prefer": "wait=0"}, {"Prefer": "await=30"}, {"Prefer": "return=minimal"}])
async def test_who_does_not_is_refused_at_once(service: tuple[str, Service], said: dict[str, str]) -> None:
    url, loading = service[0], service[1].loading
    loading.models, loading.status = None, "loading"

    async with aiohttp.ClientSession() as http, http.get(f"{url}/models", headers=said) as answer:
        assert answer.status == 503
        assert (await answer.json())["error"]["code"] == "loading"


async def test_who_has_waited_for_models_that_cannot_be_loaded_is_told_so(service: tuple[str, Service]) -> None:
    url, loading = service[0], service[1].loading
    loading.models, loading.status, loading.doing = None, "loading", "starting"

    async with aiohttp.ClientSession() as http:
        asked = asyncio.create_task(http.get(f"{url}/models", headers={"Prefer": "wait=30"}))
        await waiting(loading.end)
        loading.status, loading.doing = "failed", "the weights are broken"
        loading.end.come()

        async with await asked as answer:
            assert answer.status == 503
            assert "the weights are broken" in (await answer.json())["error"]["message"]


async def test_an_end_is_heard_once_by_whoever_waits_and_at_once_by_whoever_comes_later() -> None:
    ending, heard = Ending(), list[str]()
    assert not await ending.within(0.0)

    ending.then(lambda: heard.append("before"))
    thread = threading.Thread(target=ending.come)
    thread.start()
    assert await ending.within(30.0)
    thread.join()
    ending.then(lambda: heard.append("after"))

    assert heard == ["before", "after"]
    assert await ending.within(30.0)


def test_an_end_after_its_loop_was_closed_is_nobodys_error() -> None:
    ending = Ending()
    asyncio.run(ending.within(0.0))

    ending.come()

    heard = list[bool]()
    ending.then(lambda: heard.append(True))
    assert heard == [True]
