#!/usr/bin/env bash
# Guessed: LangChain's ChatOpenAI(n=2).stream() keeps the two choices of each chunk's index apart, or gives the first alone,
# as invoke() does.
# Seen: langchain-openai 1.7.4 strings both together as they come ("GreenBlue tea coffee"), and their ends too ("stoplength").
# openai 3.57.0 below it tells them apart.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile langchain-openai==1.7.4 openai==3.57.0 aiohttp==3.14.5
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import asyncio
import json
import sys
import threading
from importlib.metadata import version

from aiohttp import web

USAGE = {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}

def chunk(index, text=None, finish=None, **more):
    delta = {"role": "assistant", "content": text} if text else {}
    choices = [{"index": index, "delta": delta, "finish_reason": finish}] if index is not None else []
    return {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, **more}

async def chat(request):
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await answer.prepare(request)
    for event in EVENTS:
        await answer.write(f"data: {event if isinstance(event, str) else json.dumps(event)}".encode() + bytes([10, 10]))
    await answer.write_eof()
    return answer

def serve():
    async def run():
        app = web.Application()
        app.router.add_post("/v1/chat/completions", chat)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        PORT.append(runner.addresses[0][1])
        READY.set()
        await asyncio.Event().wait()
    asyncio.run(run())

PORT, READY = [], threading.Event()
threading.Thread(target=serve, daemon=True).start()
READY.wait()
URL = f"http://127.0.0.1:{PORT[0]}/v1"

EVENTS = [chunk(0, "Green"), chunk(1, "Blue"), chunk(0, " tea"), chunk(1, " coffee"), chunk(0, None, "stop"), chunk(1, None, "length"), "[DONE]"]

import openai
from langchain_openai import ChatOpenAI

whole = None
for piece in ChatOpenAI(base_url=URL, api_key="none", model="m", n=2).stream("two names"):
    whole = piece if whole is None else whole + piece
seen = whole.content, whole.response_metadata["finish_reason"]
texts = {0: "", 1: ""}
stream = openai.OpenAI(base_url=URL, api_key="none").chat.completions.create(
    model="m", n=2, stream=True, messages=[{"role": "user", "content": "two names"}]
)
for piece in stream:
    texts[piece.choices[0].index] += piece.choices[0].delta.content or ""
print("langchain-openai", version("langchain-openai"), seen, "openai", version("openai"), texts)
sys.exit(0 if seen == ("GreenBlue tea coffee", "stoplength") and texts == {0: "Green tea", 1: "Blue coffee"} else "changed")
PY
