#!/usr/bin/env bash
# Guessed: a stream that ends without a finish_reason and without [DONE] (a worker died behind a gateway that closes politely)
# raises in every client.
# Seen: openai 3.57.0 and langchain-openai 1.7.4 end as if all were well, with half a text and finish_reason None; litellm
# 1.110.2 raises MidStreamFallbackError.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile langchain-openai==1.7.4 litellm==1.110.2 openai==3.57.0 aiohttp==3.14.5
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

EVENTS = [chunk(0, "Half"), chunk(0, " an idea")]
import litellm
import openai
from langchain_openai import ChatOpenAI

litellm.suppress_debug_info = True
asked = [{"role": "user", "content": "an idea"}]

def by_openai():
    pieces = list(openai.OpenAI(base_url=URL, api_key="none").chat.completions.create(model="m", stream=True, messages=asked))
    return "".join(piece.choices[0].delta.content for piece in pieces), pieces[-1].choices[0].finish_reason

def by_langchain():
    pieces = list(ChatOpenAI(base_url=URL, api_key="none", model="m").stream("an idea"))
    return "".join(piece.content for piece in pieces), pieces[-1].response_metadata.get("finish_reason")

def by_litellm():
    pieces = list(litellm.completion(model="openai/m", api_base=URL, api_key="none", messages=asked, stream=True))
    return "".join(piece.choices[0].delta.content or "" for piece in pieces), pieces[-1].choices[0].finish_reason

seen = {}
for name, read in (("openai", by_openai), ("langchain-openai", by_langchain), ("litellm", by_litellm)):
    try:
        seen[name] = read()
    except Exception as error:
        seen[name] = type(error).__name__
    print(name, version(name), seen[name])
half = ("Half an idea", None)
sys.exit(0 if seen == {"openai": half, "langchain-openai": half, "litellm": "MidStreamFallbackError"} else "changed")
PY
