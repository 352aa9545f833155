#!/usr/bin/env bash
# Guessed: with POST among its methods requests-cache sends a second request where the body is another.
# Seen: a body that is a JSON list is sorted before it becomes the key: ["b", "a"] gets the answer of ["a", "b"], in that one's order, so
# that of a service that answers text by text each text gets the other's. Within an object a list keeps its order; ?a=2&a=1 is ?a=1&a=2.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile requests-cache==1.3.3 requests==2.34.2
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import http.server
import json
import sys
import threading
from importlib.metadata import version

import requests_cache

class Lengths(http.server.BaseHTTPRequestHandler):
    """Answers a list of texts by the list of their lengths, and a GET by its own address."""

    def do_POST(self):
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.say([len(text) for text in (texts["input"] if isinstance(texts, dict) else texts)])

    def do_GET(self):
        self.say(self.path)

    def say(self, answer):
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Says nothing."""

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Lengths)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}/"
session = requests_cache.CachedSession(backend="memory", allowable_methods=["GET", "POST"])

def asked(body):
    return session.post(address, json=body).json()

texts, turned = ["a", "four"], ["four", "a"]
seen = {
    "a list": (asked(texts), asked(turned)),
    "in an object": (asked({"input": texts}), asked({"input": turned})),
    "numbers as text": (asked(["10", "9"]), asked(["9", "10"])),
    "in the address": tuple(session.get(address + query).json() for query in ("?a=1&a=2", "?a=2&a=1")),
}
print("requests-cache", version("requests-cache"), "lengths of", texts, "and of", turned)
for name, answers in seen.items():
    print("   ", f"{name:16}", *answers)
held = seen["a list"] == ([1, 4], [1, 4]) and seen["in an object"] == ([1, 4], [4, 1])
held = held and seen["numbers as text"] == ([2, 1], [2, 1]) and seen["in the address"] == ("/?a=1&a=2",) * 2
sys.exit(0 if held else "changed")
PY
