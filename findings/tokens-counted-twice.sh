#!/usr/bin/env bash
# Guessed: of a stream that says its usage on the last choice and again at the end (llama.cpp and transformers do one each,
# gateways both), a client keeps the last.
# Seen: langchain-openai 1.7.4 adds them up: 20 tokens in and 4 out where the server counted 10 and 2. openai 3.57.0 hands
# over both as they are.
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

EVENTS = [chunk(0, "Green tea"), chunk(0, None, "stop", usage=USAGE), chunk(None, usage=USAGE), "[DONE]"]
from langchain_openai import ChatOpenAI

whole = None
for piece in ChatOpenAI(base_url=URL, api_key="none", model="m").stream("a name"):
    whole = piece if whole is None else whole + piece
seen = {name: whole.usage_metadata[name] for name in ("input_tokens", "output_tokens")}
print("langchain-openai", version("langchain-openai"), whole.content, seen, "the server said", USAGE)
sys.exit(0 if seen == {"input_tokens": 20, "output_tokens": 4} else "changed")
PY
