#!/usr/bin/env bash
# Guessed: litellm rebuilds a stream of two choices as the server sent it: the first ended by itself ("stop"), the second was
# cut off ("length").
# Seen: litellm 1.110.2 loses what comes after the first end: both choices of stream_chunk_builder say "stop", and no chunk
# handed on says "length". Their texts are right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile litellm==1.110.2 openai==3.57.0 aiohttp==3.14.5
cd "$work"
export LITELLM_LOCAL_MODEL_COST_MAP=True
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

import litellm

litellm.suppress_debug_info = True
asked = [{"role": "user", "content": "two names"}]
chunks = list(litellm.completion(model="openai/m", api_base=URL, api_key="none", messages=asked, stream=True, n=2))
ends = [piece.choices[0].finish_reason for piece in chunks if piece.choices and piece.choices[0].finish_reason]
built = [(choice.message.content, choice.finish_reason) for choice in litellm.stream_chunk_builder(chunks, messages=asked).choices]
print("litellm", version("litellm"), "ends handed on:", ends, "rebuilt:", built)
sys.exit(0 if ends == ["stop"] and built == [("Green tea", "stop"), ("Blue coffee", "stop")] else "changed")
PY
