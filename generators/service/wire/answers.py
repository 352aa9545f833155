"""OpenAI's answers, made of our events."""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from generators.service.events import BadRequest, Call, TokenScore

Json = dict[str, Any]


def error(message: str, *, kind: str, param: str | None = None, code: str | None = None) -> Json:
    """An error in OpenAI's shape."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def usage(prompt: int, completion: int) -> Json:
    """How many tokens a request took."""
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def model(name: str, *, made: str, created: int, root: str = "", parent: str | None = None) -> Json:
    """One of the models in GET /v1/models.

    Args:
        name: as requests name it.
        made: what it makes: text, embedding, or a modality.
        created: when it was loaded, Unix seconds.
        root: what it stands for; empty: its name.
        parent: the model that an adapter changes.
    """
    told: Json = {"id": name, "object": "model", "created": created, "owned_by": "muselab"}
    return told | {"root": root or name, "parent": parent, "modality": made}


class Answer:
    """The envelope of one completion or chat: whole, and in chunks."""

    def __init__(self, id: str, model: str, *, chat: bool) -> None:
        self.chat = chat
        self._id = id
        self._model = model
        self._created = int(time.time())

    def whole(self, choices: list[Json], used: Json) -> Json:
        """The answer that is sent at once."""
        return self._envelope("chat.completion" if self.chat else "text_completion", choices) | {"usage": used}

    def chunk(self, choices: list[Json], used: Json | None = None) -> Json:
        """A part of a streamed answer."""
        return self._envelope("chat.completion.chunk" if self.chat else "text_completion", choices) | (
            {"usage": used} if used else {}
        )

    def choice(
        self,
        index: int,
        text: str,
        tokens: Sequence[TokenScore],
        finish: str | None,
        *,
        told: bool,
        offset: int = 0,
        calls: Sequence[Call] = (),
    ) -> Json:
        """A whole choice of a completion, a streamed part of one, or a whole choice of a chat.

        Args:
            index: of the choice.
            text: of the choice, or of this part.
            finish: why the choice ended; None: it did not yet.
            tokens: those of this text.
            told: whether logprobs were asked for.
            offset: characters of the choice before this part.
            calls: tools that it calls.
        """
        if self.chat:
            logprobs = _chat_logprobs(tokens) if told else None
            message: Json = {"role": "assistant", "content": None if calls and not text else text, "refusal": None}
            if calls:
                message["tool_calls"] = [called(call) for call in calls]
            return {
                "index": index,
                "message": message,
                "logprobs": logprobs,
                "finish_reason": finish,
            }
        return {"index": index, "text": text, "logprobs": _logprobs(tokens, offset) if told else None, "finish_reason": finish}

    def part(
        self,
        index: int,
        text: str,
        tokens: Sequence[TokenScore],
        finish: str | None,
        *,
        told: bool,
        offset: int,
        calls: Sequence[Call] = (),
    ) -> Json:
        """A streamed part of a choice; the first of a chat's also names the role. A call comes whole."""
        if not self.chat:
            return self.choice(index, text, tokens, finish, told=told, offset=offset)
        delta: Json = {"content": text} if text else {}
        if offset == 0:
            delta = {"role": "assistant"} | delta
        if calls:
            delta["tool_calls"] = [{"index": call.number} | called(call) for call in calls]
        return {"index": index, "delta": delta, "logprobs": _chat_logprobs(tokens) if told else None, "finish_reason": finish}

    def _envelope(self, kind: str, choices: list[Json]) -> Json:
        return {"id": self._id, "object": kind, "created": self._created, "model": self._model, "choices": choices}


def called(call: Call) -> Json:
    """A call in a chat's answer."""
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def embeddings(rows: list[list[float]], model: str, tokens: int, encoding: str, dimensions: int | None = None) -> Json:
    """The answer of /v1/embeddings; of each vector the first `dimensions` numbers, as long as one again.

    Raises:
        BadRequest: the vectors are shorter than that.
    """
    if dimensions is not None and rows and dimensions < len(rows[0]):
        cut = np.asarray(rows, dtype=np.float64)[:, :dimensions]
        rows = (cut / np.maximum(np.linalg.norm(cut, axis=1, keepdims=True), 1e-12)).tolist()
    if dimensions is not None and rows and dimensions > len(rows[0]):
        raise BadRequest(f"dimensions: this model's vectors have {len(rows[0])} numbers, not {dimensions}.", param="dimensions")
    coded: list[Any] = list(rows)
    if encoding == "base64":
        coded = [base64.b64encode(np.asarray(row, dtype="<f4").tobytes()).decode() for row in rows]
    data = [{"object": "embedding", "index": index, "embedding": row} for index, row in enumerate(coded)]
    return {"object": "list", "data": data, "model": model, "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}


def _logprobs(tokens: Sequence[TokenScore], offset: int) -> Json:
    offsets = []
    for token in tokens:
        offsets.append(offset)
        offset += len(token.text)
    return {
        "tokens": [token.text for token in tokens],
        "token_logprobs": [token.logprob for token in tokens],
        "top_logprobs": [dict(token.top) for token in tokens] if any(token.top for token in tokens) else None,
        "text_offset": offsets,
    }


def _chat_logprobs(tokens: Sequence[TokenScore]) -> Json:
    def one(text: str, logprob: float | None) -> Json:
        return {"token": text, "logprob": logprob, "bytes": list(text.encode("utf-8", "replace"))}

    return {
        "content": [one(token.text, token.logprob) | {"top_logprobs": [one(*other) for other in token.top]} for token in tokens],
        "refusal": None,
    }
