#!/usr/bin/env bash
# Guessed: what a handler writes into an event stream reaches its reader when it is written, compressed or not.
# Seen: with enable_compression aiohttp's server gives each piece to zlib and flushes none: five events, each of which waits until the one
# before was read, do not come at all while the stream is open, and all together when it ends. Without compression each comes alone.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile aiohttp==3.14.5
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys
from importlib.metadata import version

import aiohttp
from aiohttp import web

EVENTS = 5
PATIENCE = 2.0  # seconds that a reader waits for an event that was written to a reader on the same machine

async def events(request):
    stream = web.StreamResponse(headers={"content-type": "text/event-stream"})
    if request.query["compressed"] == "yes":
        stream.enable_compression()
    await stream.prepare(request)
    for number in range(EVENTS):
        await stream.write(b"data: vote %d\n\n" % number)
        await request.app["next"].get()
    await stream.write_eof()
    return stream

async def read(port, app, compressed):
    """How many events came while the stream was open, and how many at its end."""
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}/?compressed={compressed}") as answer:
        open_ = b""
        for _ in range(EVENTS):
            try:
                open_ += await asyncio.wait_for(answer.content.readany(), PATIENCE)
            except TimeoutError:
                pass
            app["next"].put_nowait(None)
        return open_.count(b"data:"), (await answer.content.read()).count(b"data:")

async def main():
    app = web.Application()
    app["next"] = asyncio.Queue()
    app.router.add_get("/", events)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    seen = {compressed: await read(runner.addresses[0][1], app, compressed) for compressed in ("no", "yes")}
    await runner.cleanup()
    print("aiohttp", version("aiohttp"), "- events that came while the stream was open, and at its end:", seen)
    return seen

sys.exit(0 if asyncio.run(main()) == {"no": (EVENTS, 0), "yes": (0, EVENTS)} else "changed")
PY
