#!/usr/bin/env bash
# Guessed: a client that loses a kept connection in the middle of a PUT or DELETE says so, and lets the caller decide whether
# to send it again.
# Seen: aiohttp 3.14.5 and urllib3 2.8.0 send both a second time without being asked, the server having read the first; POST
# they do not. httpx 0.28.1 raises. A PUT that is not idempotent happens twice.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile aiohttp==3.14.5 httpx==0.28.1 urllib3==2.8.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys
from importlib.metadata import version

import aiohttp
import httpx
import urllib3

arrived = []

async def serve(reader, writer):
    """Answers the first request of a connection, reads the second whole, and closes."""
    count = 0
    while True:
        try:
            head = (await reader.readuntil(bytes([13, 10, 13, 10]))).decode()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        length = [line.partition(":")[2] for line in head.splitlines() if line.lower().startswith("content-length")]
        await reader.readexactly(int(length[0]) if length else 0)
        count += 1
        method = head.split()[0]
        if method != "GET":
            arrived.append(method)
        if count > 1:
            writer.close()
            return
        writer.write("HTTP/1.1 200 OK|Content-Length: 2||ok".replace("|", chr(13) + chr(10)).encode())
        await writer.drain()

async def by_aiohttp(url, method):
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as answer:
            await answer.read()
        async with session.request(method, url, data=b"x") as answer:
            await answer.read()

async def by_httpx(url, method):
    async with httpx.AsyncClient() as client:
        await client.get(url)
        await client.request(method, url, content=b"x")

async def by_urllib3(url, method):
    def both():
        pool = urllib3.PoolManager()
        pool.request("GET", url)
        pool.request(method, url, body=b"x")
    await asyncio.to_thread(both)

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    seen = {}
    for name, send in (("aiohttp", by_aiohttp), ("httpx", by_httpx), ("urllib3", by_urllib3)):
        for method in ("PUT", "DELETE", "POST"):
            arrived.clear()
            try:
                await send(url, method)
                said = "200"
            except (aiohttp.ClientError, httpx.HTTPError, urllib3.exceptions.HTTPError) as error:
                said = type(error).__name__
            seen[name, method] = len(arrived), said
            print(name, version(name), method, "arrived", len(arrived), "times:", said)
    return seen

seen = asyncio.run(main())
twice = {key for key, (count, said) in seen.items() if count == 2 and said == "200"}
sys.exit(0 if twice == {("aiohttp", "PUT"), ("aiohttp", "DELETE"), ("urllib3", "PUT"), ("urllib3", "DELETE")} else "changed")
PY
