"""Our generation service as people run it: `muselab serve` as a process, spoken to over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from tests.bench.engine import adapters
from tests.bench.engine.tasks import Task

START_S = 300.0  # loading takes seconds; on a machine that is busy with everything else, minutes


class Service:
    """The service with some settings."""

    def __init__(self, model: Path, **settings: str) -> None:
        """Starts it and waits until it can work.

        Args:
            model: the folder of the model that it serves by itself; adapters are made for it.
            settings: of the service.
        """
        given = {f"MUSELAB_SERVICE__{name.upper()}": value for name, value in settings.items()}
        given |= {"MUSELAB_SERVICE__THREADS": "1", "OMP_NUM_THREADS": "1", "MUSELAB_SERVICE__EMBEDDER": "none"}
        given["MUSELAB_SERVICE__ADAPTERS"] = tempfile.gettempdir()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--port", "0"],
            env=os.environ | given,
            stdout=subprocess.PIPE,
            stderr=self.log,
            cwd=Path(__file__).parents[3],
        )
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["listening"]
        self.watched = psutil.Process(self.process.pid)
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(self._ready())
        self.model = model
        self.adapters: tempfile.TemporaryDirectory[str] | None = None

    def cpu_s(self) -> float:
        """CPU time of the service so far."""
        spent = self.watched.cpu_times()
        return spent.user + spent.system

    def do(self, task: Task) -> Iterator[int]:
        if task.adapters and self.adapters is None:  # in the short round that warms up
            self.adapters = tempfile.TemporaryDirectory()
            self.loop.run_until_complete(self._adapted(Path(self.adapters.name)))
        arrived = self.loop.run_until_complete(self._answers(task))
        self.first_s = min(at for _tokens, at in arrived)
        yield sum(tokens for tokens, _at in arrived)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        if self.adapters is not None:
            self.adapters.cleanup()

    async def _adapted(self, folder: Path) -> None:
        """Has it load four adapters."""
        async with aiohttp.ClientSession() as session:
            for name, path in adapters.written(folder, self.model).items():
                asked = {"lora_name": name, "lora_path": str(path)}
                async with session.post(f"{self.url}/v1/load_lora_adapter", json=asked) as answer:
                    if answer.status != 200:
                        raise RuntimeError(f"{name} was not loaded: {await answer.text()}")

    async def _ready(self) -> None:
        began = time.monotonic()
        async with aiohttp.ClientSession() as session:
            while time.monotonic() - began < START_S:
                async with session.get(f"{self.url}/health") as answer:
                    said = await answer.json()
                if said.get("status") in ("ready", "ok"):
                    return
                if self.process.poll() is not None:
                    break
                await asyncio.sleep(0.2)
        self.log.seek(0)
        raise RuntimeError(f"the service did not start: {self.log.read()[-2000:].decode()}")

    async def _answers(self, task: Task) -> list[tuple[int, float]]:
        """Per idea: how many tokens it has, and when it was whole."""
        began = time.perf_counter()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session:
            parts = [
                self._answer(session, text, adapters.NAMES[number % 4] if task.adapters else "", task, began)
                for number, text in enumerate(task.prompts)
            ]
            return [idea for ideas in await asyncio.gather(*parts) for idea in ideas]

    async def _answer(
        self, session: aiohttp.ClientSession, text: str, model: str, task: Task, began: float
    ) -> list[tuple[int, float]]:
        asked: dict[str, Any] = {"prompt": text, "n": task.n, "max_tokens": task.tokens, "temperature": 1.0, "min_p": 0.05}
        asked |= {"model": model, "seed": 1, "stream": True, "logprobs": 0}  # as the bot asks
        made: dict[int, int] = {}
        whole: dict[int, float] = {}
        async with session.post(f"{self.url}/v1/completions", json=asked) as answer:
            answer.raise_for_status()
            async for line in answer.content:
                if not line.startswith(b"data: {"):
                    continue
                for choice in json.loads(line[6:]).get("choices", ()):
                    index = choice["index"]
                    made[index] = made.get(index, 0) + len((choice.get("logprobs") or {}).get("tokens") or ())
                    if choice.get("finish_reason"):
                        whole[index] = time.perf_counter() - began
        return [(made[index], whole[index]) for index in made]
