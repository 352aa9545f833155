"""A service that answers as vLLM does (its shapes as of 0.22): envelopes, errors, adapters; the words are a script's."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Sequence
from typing import Any

from aiohttp import web

BASE = "Qwen/Qwen3-8B"
CONTEXT = 2048
WORDS = ("Steep Thoughts", "Leaf and Let Live", "The Slow Pot", "Kettle Club", "Second Steep", "Cup of Quiet", "Tannin Hall")


def error(status: int, message: str, kind: str, param: str | None = None) -> web.Response:
    body = {"error": {"message": message, "type": kind, "param": param, "code": status}}
    return web.json_response(body, status=status)


class Vllm:
    def __init__(self, *, token: str = "", lora: bool = True, words: Sequence[str] = WORDS, chunk_s: float = 0.0) -> None:
        self._words = words
        self._chunk_s = chunk_s  #: before each word
        self.token = token
        self.adapters: dict[str, str] = {}
        self.bodies: list[dict[str, Any]] = []
        self.dies_after: int | None = None  #: chunks of the next stream, then an error in the stream
        self.ill = False
        self._lora = lora

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/health", self.health)
        app.router.add_get("/v1/models", self.models)
        app.router.add_post("/v1/chat/completions", self.chat)
        app.router.add_post("/v1/completions", self.complete)
        app.router.add_post("/v1/embeddings", self.embed)
        if self._lora:  # the route is there with VLLM_ALLOW_RUNTIME_LORA_UPDATING only
            app.router.add_post("/v1/load_lora_adapter", self.load)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.token and request.path.startswith("/v1") and request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"error": "Unauthorized"}, status=401)
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return web.json_response({"detail": "Not Found"}, status=404)

    async def health(self, _request: web.Request) -> web.Response:
        return web.Response(status=503 if self.ill else 200)  # no body

    async def models(self, _request: web.Request) -> web.Response:
        common = {"object": "model", "created": 1760000000, "owned_by": "vllm", "permission": [{"object": "model_permission"}]}
        listed = [common | {"id": BASE, "root": BASE, "parent": None, "max_model_len": CONTEXT}]
        listed += [common | {"id": name, "root": path, "parent": BASE} for name, path in self.adapters.items()]
        return web.json_response({"object": "list", "data": listed})

    async def load(self, request: web.Request) -> web.Response:
        body = await request.json()
        name, path = body["lora_name"], body["lora_path"]
        if name in self.adapters:
            said = f"The lora adapter '{name}' has already been loaded. If you want to load the adapter in place, "
            return error(400, said + "set 'load_inplace' to True.", "InvalidUserInput")
        if "missing" in path:
            return error(404, f"Loading lora {name} failed: No adapter found for {path}", "NotFoundError")
        self.adapters[name] = path
        return web.Response(text=f"Success: LoRA adapter '{name}' added successfully.")

    async def embed(self, _request: web.Request) -> web.Response:
        return web.json_response({"detail": "Not Found"}, status=404)  # a text model has no such route

    async def complete(self, request: web.Request) -> web.StreamResponse:
        return await self._answered(request, chat=False)

    async def chat(self, request: web.Request) -> web.StreamResponse:
        return await self._answered(request, chat=True)

    async def _answered(self, request: web.Request, *, chat: bool) -> web.StreamResponse:
        body = await request.json()
        if body["model"] not in (BASE, *self.adapters):
            return error(404, f"The model `{body['model']}` does not exist.", "NotFoundError", "model")
        said = "".join(message["content"] for message in body["messages"]) if chat else body["prompt"]
        if len(said) > CONTEXT:
            told = f"This model's maximum context length is {CONTEXT} tokens. However, your request has {len(said)} input tokens."
            return error(400, told + " Please reduce the length of the input messages.", "BadRequestError", "input_tokens")
        self.bodies.append(body)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        for place, chunk in enumerate(self._chunks(body, said, chat=chat)):
            if place == self.dies_after:
                failure = {"error": {"message": "EngineCore encountered an issue.", "type": "InternalServerError", "param": None}}
                await _send(response, json.dumps(failure))
                break
            await asyncio.sleep(self._chunk_s)
            await _send(response, json.dumps(chunk))
        await _send(response, "[DONE]")
        return response

    def _chunks(self, body: dict[str, Any], said: str, *, chat: bool) -> list[dict[str, Any]]:
        """Each choice's role (of a chat), its words, and its end."""
        kind = "chat.completion.chunk" if chat else "text_completion"
        envelope = {"id": "cmpl-7f0a", "object": kind, "created": 1760000000, "model": body["model"]}
        made: list[dict[str, Any]] = []
        for index in range(body.get("n", 1)):
            begun = {"index": index, "delta": {"role": "assistant", "content": ""}, "logprobs": None, "finish_reason": None}
            made += [begun] if chat else []
            words = self._words[(zlib.crc32(f"{body['seed']}{said}".encode()) + index) % len(self._words)].split(" ")
            for place, word in enumerate(words):
                last = place == len(words) - 1
                made.append(_choice(index, word + (" " if not last else ""), end=last, body=body, chat=chat))
        return [envelope | {"choices": [choice]} for choice in made]


def _choice(index: int, text: str, *, end: bool, body: dict[str, Any], chat: bool) -> dict[str, Any]:
    score = -0.1 * (1 + len(text) % 7)
    ended = {"finish_reason": "stop" if end else None, "stop_reason": None}
    if chat:
        told = {"content": [{"token": text, "logprob": score, "bytes": list(text.encode()), "top_logprobs": []}]}
        return {"index": index, "delta": {"content": text}, "logprobs": told if body.get("logprobs") else None, **ended}
    told = {"tokens": [text], "token_logprobs": [score], "top_logprobs": [{text: score}], "text_offset": [0]}
    return {"index": index, "text": text, "logprobs": told if body.get("logprobs") is not None else None, **ended}


async def _send(response: web.StreamResponse, payload: str) -> None:
    await response.write(f"data: {payload}\n\n".encode())
