"""Finished choices become drafts: tidied, judged broken or not, and asked how much their topic made them likely."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from math import exp, log

from bot.domain.ideas import Draft
from bot.ports import Order
from generators.client.answered import Declined, Json
from generators.client.api import Api
from generators.client.choices import Made
from generators.client.cleaning import tidy
from generators.client.fleet import Fleet
from generators.client.lessons import NEUTRAL, verdict
from generators.client.recipes import Recipe
from generators.client.scoring import log_probabilities
from generators.client.served import Served
from generators.client.tuned import Adapters

#: Tokens of a draft by which its relevance is told. The mean over the first 16 orders drafts as that over all does (rank
#: correlation .94 over 257 of them), and costs two thirds of it.
TELLING = 16
LEAST = 1e-6  # probability that is told from none; beyond it nothing is gained by being surer


class Drafting:
    """Makes drafts of what one service gave."""

    def __init__(self, api: Api | Fleet, served: Served, adapters: Adapters) -> None:
        self._api = api
        self._served = served
        self._adapters = adapters

    async def drafts(self, choices: Sequence[Made], recipe: Recipe, order: Order) -> list[Draft]:
        """Drafts of finished choices."""
        topic, known = order.prompt.text, (*order.prompt.about, *order.avoid)
        form: Json = {"goes_on": recipe.goes_on and order.prompt.operation != "polish"}
        if order.prompt.operation != "polish":
            form |= {"parts": recipe.parts, "characters": recipe.characters, "rhymed": recipe.rhymed}
        tidied = [
            (one.whole, one.dropped or "empty")  # it was dropped, or adds nothing to its beginning
            if one.dropped or (one.asking.kept and not one.text.strip())
            else tidy(one.whole, finished=one.finished, topic=topic, known=known, examples=_shown(one, recipe), **form)
            for one in choices
        ]
        good = [one for one, (_text, trouble) in zip(choices, tidied, strict=True) if trouble is None]
        neutral: dict[int, float | None] = {}
        judged: dict[int, float | None] = {}
        for model in {one.model for one in good}:  # one, unless a version was lost in the middle
            mine = [one for one in good if one.model == model]
            scored = await asyncio.gather(self._neutral(mine, model), self._judged(mine, model))
            neutral |= zip(map(id, mine), scored[0], strict=True)
            judged |= zip(map(id, mine), scored[1], strict=True)
        drafts = []
        for one, (text, trouble) in zip(choices, tidied, strict=True):
            base = neutral.get(id(one))
            own = one.begun(TELLING)[1]
            relevance = own - base if own is not None and base is not None else None
            drafts.append(
                Draft(
                    text=text,
                    logprob=one.logprob,
                    relevance=relevance,
                    judged=judged.get(id(one)),
                    tokens=len(one.logprobs),
                    broken=trouble,
                    kind="" if one.asking.instructed else recipe.kind,
                    formed=bool(one.asking.written),
                    model=order.model if one.model == order.model else "",
                    decoding=one.decoding,
                )
            )
        return drafts

    async def _neutral(self, choices: Sequence[Made], model: str) -> list[float | None]:
        """Mean log-probability per token of each text's beginning after words that say nothing of the topic.

        None where it is not known, or not asked for, as the model judges the text: who chose by both chose no better.
        """
        asked = [one for one in choices if not one.asking.judged]
        scores = await self._scores(asked, [(one.asking.neutral, one.begun(TELLING)[0]) for one in asked], model)
        means = {id(one): sum(values) / len(values) for one, values in zip(asked, scores, strict=True) if values}
        return [means.get(id(one)) for one in choices]

    async def _judged(self, choices: Sequence[Made], model: str) -> list[float | None]:
        """Log-odds by which the model finds each good; None where it was not taught to judge, or not known."""
        asked = [one for one in choices if one.asking.judged]
        scores = await self._scores(asked, [verdict(one.asking.judged, one.whole) for one in asked], model)
        odds = {id(one): log_odds(sum(values)) for one, values in zip(asked, scores, strict=True) if values}
        return [odds.get(id(one)) for one in choices]

    async def _scores(
        self, choices: Sequence[Made], pairs: Sequence[tuple[str, str]], model: str
    ) -> Sequence[list[float] | None]:
        """Log-probabilities of each text's tokens after its words, nats; None where they are not known."""
        if not choices:
            return []
        try:
            return await log_probabilities(self._api, self._served, pairs, model, choices[0].asking.user)
        except Declined:
            if self._adapters.holds(model):  # the version was lost since; its ideas are there
                return [None] * len(choices)
            raise


def log_odds(logprob: float) -> float:
    """Of what has this log-probability, nats; finite."""
    share = min(max(exp(logprob), LEAST), 1.0 - LEAST)
    return log(share / (1.0 - share))


def _shown(one: Made, recipe: Recipe) -> Collection[str]:
    """The ideas that a draft may have copied: a question in the form of the lessons shows none of the recipe's."""
    return () if one.asking.neutral == NEUTRAL else recipe.examples
