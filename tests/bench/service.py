"""The generation service under load: first idea, many brainstorms at once, hanging up, memory, a busy neighbour, adapters.

    python -m tests.bench.service [--brainstorms 64] [--candidates 5] [--tokens 16] [--requests 10000] [--engine auto]

Starts `muselab serve` with the embedded model as a process of its own. The machine may be busy: what is compared is compared side
by side in one run. Ends with lines `RESULT key value`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from tests.bench.engine import adapters

PLACES = ("tea bar", "bike shop", "bakery", "book shop", "climbing hall", "flower shop", "barber", "cinema")
KNOWN = (("barber", "Shear Delight"), ("bakery", "Rise & Shine"), ("book shop", "Dog Ears"), ("bike shop", "Spoke Easy"))
ENDLESS = {"0": -100, "2": -100}  # the embedded model's ends of a text, so that every idea has the same length
SPIN = "while True: pass"


def prompt(number: int) -> str:
    """A prompt of about a hundred tokens that no other request has."""
    lines = [f'The best name for a {kind} is "{name}".' for kind, name in KNOWN]
    return "\n".join(
        [f"Names, list {number}: short, friendly and new.", *lines, f'The best name for a {PLACES[number % 8]} is "']
    )


class Load:
    """A running service and a client of it."""

    def __init__(self, http: aiohttp.ClientSession, process: psutil.Process) -> None:
        self.http = http
        self.process = process
        self._number = 0

    def body(self, n: int, tokens: int, **given: Any) -> dict[str, Any]:
        self._number += 1
        common = {"prompt": prompt(self._number), "n": n, "max_tokens": tokens, "seed": 1, "min_p": 0.05, "logprobs": 0}
        return {**common, "stream": True, "logit_bias": ENDLESS, "user": f"team {self._number % 16}", **given}

    async def ask(self, body: dict[str, Any]) -> tuple[float, float]:
        """Seconds until the first choice was finished, and until all were."""
        began, first = time.perf_counter(), 0.0
        while True:
            async with self.http.post("/v1/completions", json=body) as response:
                if response.status == 429:
                    await asyncio.sleep(float(response.headers["Retry-After"]))
                    continue
                response.raise_for_status()
                async for line in response.content:
                    if not first and b'"finish_reason":"' in line:
                        first = time.perf_counter() - began
            return first, time.perf_counter() - began

    async def post(self, path: str, body: dict[str, Any]) -> None:
        async with self.http.post(path, json=body) as response:
            await response.read()
            response.raise_for_status()

    async def adapt(self, scratch: Path) -> None:
        """Has four adapters loaded, unless they are."""
        from tests.bench.engine.engines import folder

        async with self.http.get("/v1/models") as response:
            known = {one["id"] for one in (await response.json())["data"]}
        if set(adapters.NAMES) <= known:
            return
        for name, path in adapters.written(scratch, folder()).items():
            await self.post("/v1/load_lora_adapter", {"lora_name": name, "lora_path": str(path)})

    async def metric(self, name: str) -> float:
        async with self.http.get("/metrics") as response:
            lines = (await response.text()).splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"muselab_{name} "))

    def cpu_s(self) -> float:
        times = self.process.cpu_times()
        return times.user + times.system

    def peak_mb(self) -> float:
        status = open(f"/proc/{self.process.pid}/status").read()  # noqa: PTH123, SIM115
        return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6  # it is told in KiB


Result = dict[str, float]


async def first_of_five(load: Load, given: argparse.Namespace) -> Result:
    """The first idea of five, beside one idea alone: prompts of the same length, in turn."""
    ratios, alone_s = [], []
    for _round in range(given.rounds):
        _first, alone = await load.ask(load.body(1, given.tokens))
        first, _all = await load.ask(load.body(5, given.tokens))
        ratios.append(first / alone)
        alone_s.append(alone)
    print(f"first of five / one alone: {[round(ratio, 2) for ratio in ratios]}, alone {statistics.median(alone_s):.2f} s")
    return {"first_of_five": statistics.median(ratios)}


async def brainstorms(load: Load, given: argparse.Namespace) -> Result:
    """Many at once, of sixteen teams."""
    return await at_once(load, given, [""])


async def at_once(load: Load, given: argparse.Namespace, models: Sequence[str]) -> Result:
    """Many brainstorms at once, of these models in turn."""
    cpu, began = load.cpu_s(), time.perf_counter()
    bodies = [load.body(given.candidates, given.tokens, model=models[place % len(models)]) for place in range(given.brainstorms)]
    done = await asyncio.gather(*map(load.ask, bodies))
    every = sorted(all_s for _first, all_s in done)
    tokens = given.brainstorms * given.candidates * given.tokens
    spent = load.cpu_s() - cpu
    wall = time.perf_counter() - began
    told = f"median {statistics.median(every):.1f} s, worst {every[-1]:.1f} s, {tokens / wall:.0f} tokens/s"
    print(f"{given.brainstorms} at once: {told}")
    return {
        "worst_to_median": every[-1] / statistics.median(every),
        "tokens_per_cpu_s_at_once": tokens / spent,
        "rows_a_pass": await load.metric("batch_rows_sum") / max(1.0, await load.metric("batch_rows_count")),
    }


async def hanging_up(load: Load, given: argparse.Namespace) -> Result:
    """From the client's hanging up to the freed place, and to the freed memory."""
    rows_ms, bytes_ms = [], []
    for _round in range(given.rounds):
        async with load.http.post("/v1/completions", json=load.body(16, 400)) as response:
            for _line in range(3 * 2 * 16):  # three tokens of each: all rows hold memory
                await response.content.readline()
            held = await load.metric("kv_bytes")
        began = time.perf_counter()
        while await load.metric("rows"):
            await asyncio.sleep(0.002)
        rows_ms.append(1000 * (time.perf_counter() - began))
        while await load.metric("kv_bytes") >= held and time.perf_counter() < began + 10:
            await asyncio.sleep(0.002)
        bytes_ms.append(1000 * (time.perf_counter() - began))
    print(f"hanging up: place free after {[round(ms) for ms in rows_ms]} ms, memory after {[round(ms) for ms in bytes_ms]} ms")
    return {"cancel_place_ms": statistics.median(rows_ms), "cancel_memory_ms": statistics.median(bytes_ms)}


async def memory(load: Load, given: argparse.Namespace) -> Result:
    """Resident memory over many small requests of every kind, eight at a time; as many as fit into the time."""
    held, asked, began = [load.process.memory_info().rss / 1e6], 0, time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        await load.adapt(Path(scratch))
        while asked < given.requests and time.perf_counter() - began < 60 * given.minutes:
            for _some in range(25):
                await asyncio.gather(*(kind(load, asked + place) for place, kind in enumerate(KINDS)))
                asked += len(KINDS)
            held.append(load.process.memory_info().rss / 1e6)
            if len(held) % 5 == 1:
                print(f"{asked} requests: resident MB {held[-1]:.0f}", flush=True)
    shown = [held[place * (len(held) - 1) // 10] for place in range(11)]
    print(f"{asked} requests: resident MB {[round(mb) for mb in shown]}, highest {max(held):.0f}")
    # the first fifth, in which the kept prompts fill up, is not counted
    highest = {
        "memory_highest_early_mb": max(held[: len(held) // 5 + 1]),
        "memory_highest_late_mb": max(held[-(len(held) // 5) :]),
    }
    return {"memory_grew_mb": held[-1] - shown[2], "memory_requests": asked, **highest}


def short(number: int) -> str:
    """A prompt of a dozen tokens that no other request has."""
    return f'List {number}. The best name for a {PLACES[number % 8]} is "'


async def made(load: Load, number: int) -> None:
    """Two ideas of the model."""
    await load.ask(load.body(2, 3, prompt=short(number)))


async def adapted(load: Load, number: int) -> None:
    """Two ideas of an adapter."""
    await load.ask(load.body(2, 3, prompt=short(number), model=adapters.NAMES[number // 8 % len(adapters.NAMES)]))


async def guided(load: Load, number: int) -> None:
    """A name that keeps to an expression."""
    await load.ask(load.body(1, 4, prompt=short(number), logit_bias={}, guided_regex=f"[A-Z][a-z]{{1,{3 + number % 5}}}"))


async def dropped(load: Load, number: int) -> None:
    """Ideas whose client goes away after the first tokens."""
    async with load.http.post("/v1/completions", json=load.body(8, 40, prompt=short(number))) as response:
        await response.content.readline()


async def scored(load: Load, number: int) -> None:
    """How likely two texts are."""
    texts = [f"{short(number)}{name}" for _kind, name in KNOWN[:2]]
    await load.post("/v1/completions", {"prompt": texts, "max_tokens": 0, "echo": True, "logprobs": 0})


async def embedded(load: Load, number: int) -> None:
    """The vectors of two texts."""
    await load.post("/v1/embeddings", {"model": "", "input": [short(number), PLACES[number % 8]]})


async def chatted(load: Load, number: int) -> None:
    """An answer in a conversation."""
    await load.post("/v1/chat/completions", {"messages": [{"role": "user", "content": short(number)}], "max_tokens": 3})


async def refused(load: Load, number: int) -> None:
    """A request that cannot be served."""
    async with load.http.post("/v1/completions", json={"prompt": short(number), "temperature": -number}) as response:
        await response.read()


KINDS = (made, adapted, guided, dropped, scored, embedded, chatted, refused)


async def neighbour(load: Load, given: argparse.Namespace) -> Result:
    """Tokens per CPU-second beside processes that spin on every core, and without them."""

    async def rate() -> float:
        cpu = load.cpu_s()
        await load.ask(load.body(16, given.tokens))
        return 16 * given.tokens / (load.cpu_s() - cpu)

    ratios = []
    for _round in range(max(2, given.rounds // 2)):
        quiet = await rate()
        spinning = [await asyncio.create_subprocess_exec(sys.executable, "-c", SPIN) for _core in range(os.cpu_count() or 1)]
        try:
            ratios.append(await rate() / quiet)
        finally:
            for process in spinning:
                process.kill()
                await process.wait()
    print(f"beside busy neighbours / without, tokens per CPU-second: {[round(ratio, 2) for ratio in ratios]}")
    return {"busy_neighbour": statistics.median(ratios)}


async def with_adapters(load: Load, given: argparse.Namespace) -> Result:
    """Many brainstorms at once, half of them of the model itself and half of four adapters."""
    with tempfile.TemporaryDirectory() as scratch:
        await load.adapt(Path(scratch))
        loaded = load.process.memory_info().rss / 1e6
        result = await at_once(load, given, [model for name in adapters.NAMES for model in ("", name)])
    found = {f"adapters_{key}": value for key, value in result.items()}
    return {"adapters_loaded_mb": loaded, **found}


PARTS: dict[str, Callable[[Load, argparse.Namespace], Awaitable[Result]]] = {
    "first": first_of_five,
    "brainstorms": brainstorms,
    "hanging-up": hanging_up,
    "neighbour": neighbour,
    "adapters": with_adapters,
    "memory": memory,  # the last, as its adapters' folders are gone after it
}


async def measured(given: argparse.Namespace) -> Result:
    settings = {"WEIGHTS": given.weights, "ENGINE": given.engine, "PORT": "0", "ADAPTERS": tempfile.gettempdir()}
    environment = os.environ | {f"MUSELAB_SERVICE__{name}": value for name, value in settings.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env=environment
    )
    try:
        assert process.stdout is not None
        url = json.loads(await process.stdout.readline())["listening"]
        async with aiohttp.ClientSession(url, timeout=aiohttp.ClientTimeout(total=3600)) as http:
            load = Load(http, psutil.Process(process.pid))
            while True:
                async with http.get("/ready") as response:
                    if response.status == 200:
                        break
                await asyncio.sleep(0.2)
            await load.ask(load.body(4, 4))  # warms up
            result: Result = {"loaded_mb": load.process.memory_info().rss / 1e6, "start_peak_mb": load.peak_mb()}
            for name, part in PARTS.items():
                if not given.only or name in given.only:
                    result |= await part(load, given)
                    result["peak_with_adapters_mb" if part is with_adapters else "peak_mb"] = load.peak_mb()
            return result
    finally:
        process.terminate()
        await process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="the service under load")
    parser.add_argument("--brainstorms", type=int, default=64)
    parser.add_argument("--candidates", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=16)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=60.0, help="most that these may take")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--weights", default="auto", choices=("auto", "full", "int8"))
    parser.add_argument("--engine", default="auto", choices=("auto", "torch", "openvino"))
    parser.add_argument("--only", nargs="*", choices=tuple(PARTS), default=())
    for key, value in asyncio.run(measured(parser.parse_args())).items():
        print(f"RESULT {key} {value:.3f}")


if __name__ == "__main__":
    main()
