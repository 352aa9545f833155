#!/usr/bin/env bash
# Guessed: a line of JSON lines ends at its line feed, so that a text may hold any other character that JSON allows in it.
# Seen: iter_lines of httpx and httpx2, and with it ollama's client, end lines at U+0085 and U+2028 too, which word processors paste and
# JSON writers leave as they are: the first half does not parse. Event streams hold the same texts whole in httpx-sse and openai.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile httpx==0.28.1 httpx2==2.16.2 httpx-sse==0.4.3 ollama==0.6.3 openai==3.57.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

import httpx
import httpx2
import httpx_sse
import ollama
import openai

TEXTS = {"U+0085": "tea\u0085bar", "U+2028": "tea\u2028bar", "a tab": "tea\tbar"}

class Model(BaseHTTPRequestHandler):
    """Answers as Ollama (JSON lines) and as OpenAI (event stream) with the text that the model's name asks for."""
    def log_message(self, *args): pass
    def do_POST(self):
        name = json.loads(self.rfile.read(int(self.headers["content-length"])))["model"]
        if self.path == "/api/chat":
            kind, pieces = "application/x-ndjson", ({"model": name, "message": {"role": "assistant", "content": TEXTS[name]}, "done": True},)
            body = "".join(json.dumps(piece, ensure_ascii=False) + "\n" for piece in pieces)
        else:
            choice = {"index": 0, "delta": {"role": "assistant", "content": TEXTS[name]}, "finish_reason": "stop"}
            piece = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": name, "choices": [choice]}
            kind, body = "text/event-stream", f"data: {json.dumps(piece, ensure_ascii=False)}\n\ndata: [DONE]\n\n"
        self.send_response(200)
        self.send_header("content-type", kind + "; charset=utf-8")
        self.send_header("content-length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
messages = [{"role": "user", "content": "A name"}]

def lines(library, name):
    with library.stream("POST", base + "/api/chat", json={"model": name}) as answer:
        return "".join(json.loads(line)["message"]["content"] for line in answer.iter_lines())

def by_ollama(name):
    return "".join(part.message.content for part in ollama.Client(host=base).chat(model=name, messages=messages, stream=True))

def by_httpx_sse(name):
    with httpx.Client() as client, httpx_sse.connect_sse(client, "POST", base + "/v1/chat/completions", json={"model": name}) as events:
        return "".join(json.loads(event.data)["choices"][0]["delta"]["content"] for event in events.iter_sse() if event.data != "[DONE]")

def by_openai(name):
    parts = openai.OpenAI(base_url=base + "/v1", api_key="none").chat.completions.create(model=name, messages=messages, stream=True)
    return "".join(part.choices[0].delta.content or "" for part in parts)

def whole(read, name):
    try:
        return read(name) == TEXTS[name]
    except ValueError as error:
        return type(error).__name__

readers = {"httpx": lambda name: lines(httpx, name), "httpx2": lambda name: lines(httpx2, name), "ollama": by_ollama, "httpx-sse": by_httpx_sse, "openai": by_openai}
held = True
for reader, read in readers.items():
    seen = [whole(read, name) for name in TEXTS]
    print(reader, version(reader), dict(zip(TEXTS, seen)))
    expected = ["JSONDecodeError", "JSONDecodeError", True] if reader in ("httpx", "httpx2", "ollama") else [True, True, True]
    held = held and seen == expected
sys.exit(0 if held else "changed")
PY
