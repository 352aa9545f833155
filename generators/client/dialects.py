"""What one service does not know of the OpenAI API, learnt from how it declines. It sends nothing."""

from __future__ import annotations

import json
import re
from http import HTTPStatus

from generators.client.answered import Json
from generators.client.served import OLLAMA, OWN

#: What an order can do without, and the other names under which services decline it.
OPTIONAL: dict[str, tuple[str, ...]] = {
    "min_p": (),
    "seed": (),
    "logprobs": ("top_logprobs", "logits_all", "n_probs"),  # llama-cpp-python, llama.cpp
    "continue_final_message": (),
    "add_generation_prompt": (),
    "chat_template_kwargs": (),
    "reasoning_effort": (),
    "n": ("n_cmpl",),  # older llama.cpp
    "user": (),
    "stop": (),  # reasoning models; we cut the text ourselves
    "temperature": (),  # likewise
    "generation_config": (),
}
MOST_TOKENS = "max_completion_tokens"  # OpenAI's newer name of `max_tokens`, the only one its newer models know
#: transformers' words for fields it does not know. It draws nothing, whatever the temperature, unless the model's own settings
#: say so or the request brings settings of its own; those may hold `min_p`, too. What they leave out is the model's.
UNEXPECTED = "Unexpected fields in the request"
MISSING = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)


def unthinking(owner: str) -> Json:
    """What has a chat answered without thinking aloud first: an idea is as long as a thought's beginning, and would never come.

    vLLM, SGLang and llama.cpp hand it to the model's own template, in which thinking is on where nothing else is said (Qwen 3);
    llama.cpp turns it on where the template leaves it off, too (Gemma 4; findings/one-template-two-prompts).

    Args:
        owner: who the service says it is. Ours never has a model think.
    """
    if owner == OWN:
        return {}
    return {"reasoning_effort": "none"} if owner == OLLAMA else {"chat_template_kwargs": {"enable_thinking": False}}


class Dialect:
    """How to speak to one service. What it has declined once is not said again."""

    def __init__(self) -> None:
        self.plain = True  #: it has /v1/completions
        self._unknown: set[str] = set()
        self._most = 0  #: choices in one request; 0: any number
        self._renames = False  #: it wants `max_completion_tokens`
        self._settles = False  #: it draws at random only where `generation_config` says so

    def learns(self, status: int | None, reason: str, path: str, body: Json) -> bool:
        """Notes what was declined; whether the request can be sent anew without it.

        Args:
            status: of the answer; None: it failed on the service's side.
            reason: the service's words.
            path: of the request.
            body: of the request.
        """
        if path == "/completions" and status in MISSING and "model" not in reason.lower():
            self.plain = False
            return True
        if status is not None and MOST_TOKENS in reason and "max_tokens" in body:
            self._renames = True
            return True
        most = re.search(r"\bn\b.* <= (?:value <= )?(\d+)", reason) if "n" in body else None
        if most and 0 < int(most[1]) < body["n"]:  # llama.cpp makes no more than it has slots
            self._most = int(most[1])
            return True
        self._settles |= UNEXPECTED in reason
        names = {name for name, others in OPTIONAL.items() if name in body and _named(reason, (name, *others))}
        self._unknown |= names
        return bool(names)

    def spoken(self, body: Json) -> Json:
        """The body as this service understands it."""
        request = {name: value for name, value in body.items() if name not in self._unknown}
        if self._most and "n" in request:
            request["n"] = min(request["n"], self._most)
        if self._settles and body.get("temperature") and "generation_config" not in self._unknown:
            request["generation_config"] = json.dumps({"do_sample": True, "min_p": body.get("min_p")})
        if self._renames:
            request[MOST_TOKENS] = request.pop("max_tokens")
        return request


def _named(reason: str, names: tuple[str, ...]) -> bool:
    """Whether a reason names a field: one that is also a word of English in quotes, or at the end."""
    for name in names:
        pattern = rf"['\"`]{name}['\"`]|: {name}\.?$" if name in ("stop", "user", "temperature") else rf"\b{name}\b"
        if re.search(pattern, reason):
            return True
    return False
