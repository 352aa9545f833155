"""Asks one service for the choices of a request, in the words that it knows, and of the model that it has just now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from http import HTTPStatus

from bot.domain.errors import GeneratorDown
from bot.words import _
from generators.client.answered import Declined, Json
from generators.client.api import Api
from generators.client.choices import Growing, Made, decoding_of, grown
from generators.client.dialects import Dialect, unthinking
from generators.client.fleet import Fleet
from generators.client.recipes import Asking
from generators.client.scoring import log_probabilities
from generators.client.served import CONTINUING, OWN, SGLANG, Served
from generators.client.tuned import Adapters

#: Share of a request's choices that are enough, on our own service, of those that are not dropped, and how many at any rate. The
#: longest third of a small model's drafts costs half of a brainstorm's passes, a few rows in each, and half of them are cut off
#: at the limit, or ramble; see docs/lab/ideas.md.
ENOUGH, LEAST = 0.6, 4
FEW = 4  # choices of a request that is left to its end
ALIKE = 4  # words with which two drafts may not both begin


class Choosing:
    """Requests to one service, or to several that serve the same models."""

    def __init__(self, api: Api | Fleet, served: Served, adapters: Adapters) -> None:
        self._api = api
        self._served = served
        self._adapters = adapters
        self._dialect = Dialect()

    async def of(self, asking: Asking, model: str, *, count: int, seed: int) -> AsyncGenerator[Made, None]:
        """The choices of one request. What the service declines to know is left out, for good, and the request sent anew.

        A version that the service has lost, by a restart or to make room, is loaded again, once; then the base stands in.
        """
        again = False
        while True:
            path, body = await self._body(asking, model, count=count, seed=seed)
            growing: defaultdict[int, Growing] = defaultdict(Growing)
            try:
                async with aclosing(self._api.stream(path, body)) as events:  # who has had enough hangs up at once
                    async for event in events:
                        for choice in event.get("choices") or ():
                            index = int(choice.get("index", 0))
                            done = grown(growing[index], choice, asking)
                            if done is not None:
                                yield replace(done, model=model, decoding=decoding_of(body, index))
                return
            except Declined as error:
                if not growing and not again and error.status == HTTPStatus.NOT_FOUND and await self._moved(model):
                    model, again = await self._served.model(), True
                    continue
                if not growing and error.status == HTTPStatus.NOT_FOUND and self._adapters.holds(model):
                    known = not again and await self._adapters.again(model)
                    model, again = (model, True) if known else (await self._served.model(), again)
                    continue
                if growing or not self._dialect.learns(error.status, error.reason, path, body):
                    raise
            except GeneratorDown as error:  # llama-cpp-python answers 500 to what it was not started for
                if growing or not self._dialect.learns(None, str(error), path, body):
                    raise
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise GeneratorDown(_("The generation service does not speak the OpenAI API.")) from error

    async def written(self, asking: Asking, model: str) -> list[Made]:
        """The texts that a request brings along, the likeliest first; in their order where likelihoods cannot be had."""
        end = asking.stop[-1].strip()  # a text that wants to go on is less likely to end here
        texts = [text + end for text in asking.written]
        scores = await log_probabilities(self._api, self._served, [(asking.prompt, text) for text in texts], model, asking.user)
        made = [
            Made(asking, text, finished=True, logprobs=tuple(values or ()), model=model)
            for text, values in zip(asking.written, scores, strict=True)
        ]
        return sorted(made, key=lambda one: one.logprob or 0.0, reverse=True)

    async def _moved(self, model: str) -> bool:
        """Whether another process answers now, which has another model than the one that was asked."""
        before = self._served.named
        return model == before != await self._served.model()

    async def _body(self, asking: Asking, model: str, *, count: int, seed: int) -> tuple[str, Json]:
        """Path and body of one request."""
        owner = await self._served.owner()
        continuing = owner in CONTINUING
        if owner == SGLANG and self._adapters.holds(model):
            model = f"{await self._served.model()}:{model}"  # the name alone would be passed over in silence
        body: Json = {
            "model": model,
            "n": count,
            "seed": seed % 2**31,
            "max_tokens": asking.max_tokens,
            "temperature": asking.temperature,
            "min_p": asking.min_p,
            "stop": list(asking.stop),
            "stream": True,
        }
        if owner == OWN:
            body["user"] = asking.user  # nobody else shares itself out by it
            body["stream_options"] = {"whole_choices": True}  # a draft is looked at when it is finished
            if asking.prunes and count > FEW:
                body["prune"] = {"share": ENOUGH, "least": LEAST, "alike": ALIKE, "repeating": True}
        if asking.prompt and self._dialect.plain:
            path = "/completions"
            body |= {"prompt": asking.prompt + asking.opening, "logprobs": 0 if continuing else 1}
        else:
            path = "/chat/completions"
            messages = list(asking.messages) or [{"role": "user", "content": asking.prompt + asking.opening}]
            if asking.messages and asking.opening and continuing:
                messages.append({"role": "assistant", "content": asking.opening})
                body |= {"continue_final_message": True, "add_generation_prompt": False}
            body |= {"messages": messages, "logprobs": True, **unthinking(owner)}
        return path, self._dialect.spoken(body)
