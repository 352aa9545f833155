"""`muselab serve` as people run it, a process of its own: asked with an adapter, ended while it works, started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests import tiny
from tests.unit.test_generator_lora import saved

pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")  # peft asks by the old name

ROOT = Path(__file__).parents[2]
LONG = {"prompt": "Tea", "model": "team-a", "n": 8, "max_tokens": 300, "seed": 5, "logit_bias": {"256": -100}}  # goes to its end


@asynccontextmanager
async def serving(model: Path, cache: Path) -> AsyncIterator[tuple[Process, aiohttp.ClientSession]]:
    """A service that is ready, and a client of it."""
    given = {"MODEL": str(model), "EMBEDDER": "none", "DEVICE": "cpu", "THREADS": "1", "PORT": "0"}
    settings = {f"MUSELAB_SERVICE__{name}": value for name, value in given.items()} | {
        "MUSELAB_CACHE": str(cache),
        "MUSELAB_SERVICE__ADAPTERS": str(cache),
    }
    command = (sys.executable, "-m", "bot", "serve")
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=DEVNULL, cwd=ROOT, env=os.environ | settings)
    try:
        assert process.stdout is not None
        url = json.loads(await process.stdout.readline())["listening"]
        async with aiohttp.ClientSession(url) as http:
            while (await http.get("/ready")).status != 200:
                await asyncio.sleep(0.05)
            yield process, http
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def posted(http: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    async with http.post(path, json=body) as response:
        return response.status, json.loads(await response.text()) if "json" in response.content_type else await response.text()


async def busy(http: aiohttp.ClientSession) -> bool:
    async with http.get("/metrics") as response:
        return any(
            line.startswith("muselab_rows ") and float(line.split()[1]) > 0 for line in (await response.text()).splitlines()
        )


async def test_a_service_ends_what_it_has_begun_and_says_the_same_with_an_adapter_when_it_is_started_again(
    tmp_path: Path,
) -> None:
    model, adapter = tiny.saved(tmp_path / "tiny-random"), saved(tmp_path / "a")
    load = {"lora_name": "team-a", "lora_path": str(adapter)}

    async with serving(model, tmp_path) as (process, http):
        assert (await posted(http, "/v1/completions", LONG))[0] == 404  # nobody has loaded it yet
        assert (await posted(http, "/v1/load_lora_adapter", load))[0] == 200
        under_way = asyncio.create_task(posted(http, "/v1/completions", LONG))
        while not await busy(http):
            assert not under_way.done(), await under_way
            await asyncio.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        status, answer = await under_way
        code = await process.wait()
    async with serving(model, tmp_path) as (_process, http):
        await posted(http, "/v1/load_lora_adapter", load)
        _status, again = await posted(http, "/v1/completions", LONG)
        _status, plain = await posted(http, "/v1/completions", LONG | {"model": ""})

    assert (status, code) == (200, 0)
    assert [choice["finish_reason"] for choice in answer["choices"]] == ["length"] * 8
    assert again["choices"] == answer["choices"]
    assert plain["choices"] != answer["choices"]
