"""A local Hugging Face hub: the paths, headers and ranges that its own client library asks for, over real HTTP in a thread."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = 1000  # bytes from which a file is one of LFS, with a sha256; the real hub goes by kind


@dataclass
class Hub:
    """What it has, and what befell it."""

    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    licences: dict[str, str] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    damaged: set[str] = field(default_factory=set)  #: files of which other bytes are sent
    cut_after: dict[str, int] = field(default_factory=dict)  #: bytes of a file after which the connection is closed, once
    asked: list[tuple[str, str]] = field(default_factory=list)  #: path and Range of every GET of a file
    url: str = ""


@contextmanager
def running() -> Iterator[Hub]:
    """A hub on loopback."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_told: Any) -> None:
            return None

        def do_GET(self) -> None:
            _answer(hub, self, body=True)

        def do_HEAD(self) -> None:
            _answer(hub, self, body=False)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(hub: Hub, request: BaseHTTPRequestHandler, *, body: bool) -> None:
    path = request.path.partition("?")[0].strip("/")
    if path.startswith("api/models/"):
        name = "/".join(path.split("/")[2:4])
        _refuse(request, hub, name) if name not in hub.repositories or name in hub.gated else _listing(hub, request, name)
        return
    name, _resolve, rest = path.partition("/resolve/")
    file = rest.partition("/")[2]
    if name not in hub.repositories or name in hub.gated or file not in hub.repositories[name]:
        _refuse(request, hub, name)
        return
    _file(hub, request, hub.repositories[name][file], file, body=body)


def _refuse(request: BaseHTTPRequestHandler, hub: Hub, name: str) -> None:
    gated = name in hub.gated
    request.send_response(403 if gated else 404)
    request.send_header("X-Error-Code", "GatedRepo" if gated else "RepoNotFound")
    request.send_header("Content-Length", "0")
    request.end_headers()


def _listing(hub: Hub, request: BaseHTTPRequestHandler, name: str) -> None:
    siblings = []
    for file, content in hub.repositories[name].items():
        one: dict[str, Any] = {"rfilename": file, "size": len(content), "blobId": _blob(content)}
        if len(content) >= LARGE:
            one["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
        siblings.append(one)
    told = {
        "id": name,
        "modelId": name,
        "sha": COMMIT,
        "siblings": siblings,
        "tags": [],
        "cardData": {"license": hub.licences.get(name, "")},
    }
    text = json.dumps(told).encode()
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(text)))
    request.end_headers()
    request.wfile.write(text)


def _file(hub: Hub, request: BaseHTTPRequestHandler, content: bytes, file: str, *, body: bool) -> None:
    wanted, begin = request.headers.get("Range", ""), 0
    if wanted.startswith("bytes="):
        begin = int(wanted.removeprefix("bytes=").partition("-")[0])
    sent = bytes(len(content)) if file in hub.damaged else content
    request.send_response(206 if begin else 200)
    request.send_header("ETag", f'"{hashlib.sha256(content).hexdigest() if len(content) >= LARGE else _blob(content)}"')
    request.send_header("X-Repo-Commit", COMMIT)
    request.send_header("Accept-Ranges", "bytes")
    request.send_header("Content-Length", str(len(content) - begin))
    if begin:
        request.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
    request.end_headers()
    if not body:
        return
    hub.asked.append((file, wanted))
    cut = hub.cut_after.pop(file, None)
    request.wfile.write(sent[begin:] if cut is None else sent[begin:cut])
    request.wfile.flush()
    if cut is not None:
        request.close_connection = True


def _blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
