"""The services of other makers that Muselab is tried against, each really running, on tiny random models."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests import tiny
from tests.contract.test_generator import at_a_port
from tests.fair import START_S
from tests.fakes.vllm import Vllm

KINDS = ("ours", "vllm", "llama.cpp", "llama-cpp-python", "transformers")
NEEDS = {
    "llama.cpp": ("xllamacpp", "gguf"),
    "llama-cpp-python": ("llama_cpp", "gguf", "starlette_context", "sse_starlette", "uvicorn"),
    "transformers": ("accelerate", "fastapi", "uvicorn"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an engine is."""

    kind: str
    url: str
    model: str = ""  #: what to configure; empty: what it lists
    seeded: bool = True  #: the same seed gives the same text
    scored: bool = True  #: it tells log-probabilities


@asynccontextmanager
async def running(kind: str) -> AsyncIterator[Place]:
    """An engine, until the block is left. Skips, and says what is missing, where its packages are not installed."""
    missing = [name for name in NEEDS.get(kind, ()) if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; see docs/reference/engines.md")
    if kind == "ours":
        async with tiny.served(tiny.text_model(), tiny.vector_model()) as (url, _service):
            yield Place(kind, url)
    elif kind == "vllm":
        async with at_a_port(Vllm().app()) as url:
            yield Place(kind, url)
    else:
        with tempfile.TemporaryDirectory() as folder:
            if kind == "llama.cpp":
                with llama(Path(folder)) as url:
                    yield Place(kind, url)
            else:
                async with _process(kind, Path(folder)) as place:
                    yield place


@contextmanager
def llama(folder: Path, *, thinking: bool = False) -> Iterator[str]:
    """llama.cpp's own server, in this process; its model thinks aloud before it answers unless it is told not to, or never."""
    import xllamacpp

    from tests import tiny_gguf

    template = tiny_gguf.THINKING if thinking else tiny_gguf.PLAIN
    settings = xllamacpp.CommonParams()
    settings.model.path = str(tiny_gguf.written(folder / "tiny.gguf", template=template))
    settings.n_ctx, settings.n_parallel, settings.port = 4 * tiny_gguf.CONTEXT, 4, 0
    settings.cpuparams.n_threads, settings.warmup, settings.verbosity = 1, False, 0
    server = xllamacpp.Server(settings)
    yield f"{server.listening_address}/v1"
    del server


@asynccontextmanager
async def _process(kind: str, folder: Path) -> AsyncIterator[Place]:
    """An engine that is a program of its own."""
    port = _free_port()
    if kind == "transformers":
        model = str(folder / "tiny")
        tiny.random_model("llama").save_pretrained(model)
        words = tiny.tokenizer()
        words.chat_template = tiny.TEMPLATE
        words.save_pretrained(model)
        code = "from transformers.cli.transformers import main; main()"
        command = ["-c", code, "serve", model, "--port", str(port), "--device", "cpu"]
        place = Place(kind, f"http://127.0.0.1:{port}/v1", model=model, seeded=False, scored=False)
    else:
        from tests import tiny_gguf

        file = str(tiny_gguf.written(folder / "tiny.gguf"))
        command = ["-m", "llama_cpp.server", "--model", file, "--port", str(port), "--n_ctx", str(tiny_gguf.CONTEXT)]
        command += ["--interrupt_requests", "false"]
        place = Place(kind, f"http://127.0.0.1:{port}/v1")
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "HF_HUB_CACHE": str(folder)}
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment, stdout=quiet, stderr=quiet)
    try:
        await _answers(place.url, process)
        yield place
    finally:
        process.terminate()
        await process.wait()


async def _answers(url: str, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(START_S), aiohttp.ClientSession() as session:
        while process.returncode is None:
            try:
                async with session.get(url + "/models"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
    pytest.fail(f"the engine ended with {process.returncode} as it started")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
