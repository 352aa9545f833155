"""Runs openai (Python, npm), litellm, LangChain and llm against our service with the embedded model; a line for what was tried.

    python -m tests.bench.clients FOLDER

The folder is made by `make bench-clients`: `venv/` with the Python clients, `node_modules/` with openai's of npm. Nothing of them
is installed beside Muselab.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from bot.starting import running

HERE = Path(__file__).parent
TRIED_S = 180.0  # for one client; the tiny model writes 30 tokens a second beside a busy neighbour
LOADED_S = 300.0  # the first start prepares the model
CLIENTS = ("openai_python", "litellm_python", "langchain_python", "llm_python", "openai_npm")


def command(client: str, folder: Path) -> list[str]:
    """What runs a client's script."""
    if client.endswith("_npm"):
        return ["node", str(HERE / f"{client}.mjs")]
    return [str(folder / "venv" / "bin" / "python"), str(HERE / f"{client}.py")]


async def served() -> tuple[asyncio.subprocess.Process, str]:
    """The service, and its base URL."""
    environment = {**os.environ, "MUSELAB_SERVICE__PORT": "0", "MUSELAB_SERVICE__TOKEN": "bench"}
    process = await asyncio.create_subprocess_exec(
        *running("bot", "serve"), env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if line.startswith(b'{"listening"'):
            base = json.loads(line)["listening"]
            await asyncio.to_thread(ready, base)
            return process, base + "/v1"
    raise SystemExit("the service does not start")


def ready(base: str) -> None:
    """Waits until the model is loaded."""
    until = time.monotonic() + LOADED_S
    while time.monotonic() < until:
        with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(base + "/ready"):
            return
        time.sleep(0.5)
    raise SystemExit("the model is not loaded")


async def main(folder: Path) -> int:
    process, base = await served()
    failed = 0
    try:
        for client in CLIENTS:
            environment = {
                **os.environ, "OPENAI_API_KEY": "bench", "OPENAI_BASE_URL": base, "NODE_PATH": str(folder / "node_modules"),
                "LLM_USER_PATH": str(folder / "llm"),
            }  # fmt: skip
            done = await asyncio.to_thread(
                subprocess.run, command(client, folder), env=environment, cwd=folder, capture_output=True, text=True,
                timeout=TRIED_S, check=False,
            )  # fmt: skip
            lines = [line for line in done.stdout.splitlines() if line.startswith(("ok ", "no "))]
            failed += sum(line.startswith("no ") for line in lines) + bool(done.returncode)
            print(f"{client}:", *(lines or [done.stderr.strip()[-600:]]), sep="\n  ")
    finally:
        process.terminate()
        await process.wait()
    print(f"RESULT clients_failed {failed}")
    return failed


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]).resolve())))
