"""Choices as they come in from a service, until each is finished."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from generators.client.answered import Json
from generators.client.recipes import Asking, unlisted

#: Why our own service drops choices that are not worth going on with, where it is asked to; see `generators.service.pruning`.
DROPPED = ("repeating", "alike", "enough")


@dataclass(frozen=True, slots=True)
class Made:
    """One finished choice."""

    asking: Asking
    text: str
    finished: bool  #: it came to its end; False: it was cut at the limit on length
    logprobs: tuple[float, ...] = ()
    tokens: tuple[str, ...] = ()  #: as the service spells them, one for each of `logprobs`; none where it does not
    model: str = ""  #: what made it, as the service calls it
    decoding: str = ""  #: see `bot.domain.ideas.Draft`
    dropped: str = ""  #: why our service did not go on with it; empty: it did

    @property
    def whole(self) -> str:
        """The text, with the opening where that is part of the idea."""
        if self.asking.kept:
            return (self.asking.opening + self.text).strip()  # a model may go on in the middle of a word: "A" + "wesome"
        if self.asking.listed:
            return unlisted(self.text)
        text, opening = self.text.strip(), self.asking.opening
        return text.removeprefix(opening).strip() if opening else text

    @property
    def logprob(self) -> float | None:
        """Mean per token, nats."""
        return sum(self.logprobs) / len(self.logprobs) if self.logprobs else None

    def begun(self, most: int) -> tuple[str, float | None]:
        """The text of its first tokens, `most` of them, and their mean log-probability; of a short one all. Nats."""
        text = "".join(self.tokens[:most])
        if len(self.logprobs) <= most or len(self.tokens) != len(self.logprobs) or not self.text.startswith(text):
            return self.text, self.logprob
        return text, sum(self.logprobs[:most]) / most


@dataclass(slots=True)
class Growing:
    """A choice that is still coming in."""

    text: str = ""
    logprobs: list[float] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


def grown(growing: Growing, choice: Json, asking: Asking) -> Made | None:
    """Takes a part of a choice in; the choice, when that was its end."""
    message = choice.get("delta") or choice.get("message") or {}
    growing.text += choice.get("text") or message.get("content") or ""
    logprobs = choice.get("logprobs") or {}
    values = logprobs.get("token_logprobs") or [token.get("logprob") for token in logprobs.get("content") or ()]
    growing.logprobs += [float(value) for value in values if value is not None]
    growing.tokens += logprobs.get("tokens") or [token.get("token") for token in logprobs.get("content") or ()]
    finish = choice.get("finish_reason")
    if not finish:
        return None
    if finish in DROPPED:
        return Made(asking, growing.text, finished=False, dropped=str(finish))
    text = growing.text
    for stop in asking.stop:  # transformers leaves it in; what has declined `stop` wrote on
        text = text.partition(stop)[0]
    finished = finish != "length" or text != growing.text
    return Made(asking, text, finished, tuple(growing.logprobs), tokens=tuple(map(str, growing.tokens)))


def decoding_of(body: Json, index: int) -> str:
    """How a choice was drawn: what was asked for, and which of the choices with that seed it is."""
    asked = {name: body[name] for name in ("seed", "temperature", "min_p", "max_tokens") if name in body}
    return json.dumps(asked | {"choice": index})
