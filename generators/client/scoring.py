"""How likely texts are after given words, asked of our own service."""

from __future__ import annotations

from collections.abc import Sequence

from generators.client.answered import Json
from generators.client.api import Api
from generators.client.fleet import Fleet
from generators.client.served import OWN, Served


async def log_probabilities(
    api: Api | Fleet, served: Served, pairs: Sequence[tuple[str, str]], model: str, user: str
) -> list[list[float] | None]:
    """Log-probabilities of the tokens of each text after its words, nats; None where another service cannot tell, or of no text.

    Args:
        api: the service.
        served: who it is.
        pairs: the words before, and the text.
        model: whose.
        user: who it is for, hashed.

    Raises:
        Declined: the service does not know the model.
    """
    values: list[list[float] | None] = [None] * len(pairs)
    asked = [place for place, (_before, text) in enumerate(pairs) if text]
    if not asked or await served.owner() != OWN:
        return values
    prompts = ["".join(pairs[place]) for place in asked]
    scoring: Json = {"model": model, "prompt": prompts, "max_tokens": 0, "echo": True, "logprobs": 0, "user": user}
    answer = await api.post("/completions", scoring)
    for choice in answer["choices"]:
        place, logprobs = asked[choice["index"]], choice["logprobs"]
        tail = [
            value
            for offset, value in zip(logprobs["text_offset"], logprobs["token_logprobs"], strict=True)
            if offset >= len(pairs[place][0]) and value is not None
        ]
        values[place] = tail or None
    return values
