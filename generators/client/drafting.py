"""Finished choices become drafts: tidied, judged broken or not, and asked how much their topic made them likely."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from math import exp, log

from bot.domain.errors import MuselabError
from bot.domain.ideas import Draft
from bot.ports import Order
from generators.client.answered import Declined, Json
from generators.client.api import Api
from generators.client.choices import Made
from generators.client.cleaning import tidy
from generators.client.embeddings import Embeddings
from generators.client.fleet import Fleet
from generators.client.lessons import NEUTRAL, verdict
from generators.client.polishing import strays
from generators.client.recipes import Recipe
from generators.client.scoring import log_probabilities
from generators.client.served import OWN, Served
from generators.client.tuned import Adapters

#: Tokens of a draft by which its relevance is told. The mean over the first 16 orders drafts as that over all does (rank
#: correlation .94 over 257 of them), and costs two thirds of it.
TELLING = 16
Scores = dict[tuple[str, str, str], list[float] | None]  #: log-probabilities of texts, by model, the words before and the text
LEAST = 1e-6  # probability that is told from none; beyond it nothing is gained by being surer


class Drafting:
    """Makes drafts of what one service gave."""

    def __init__(self, api: Api | Fleet, served: Served, adapters: Adapters, vectors: Embeddings) -> None:
        self._api = api
        self._served = served
        self._adapters = adapters
        self._vectors = vectors

    async def drafts(self, choices: Sequence[Made], recipe: Recipe, order: Order, known: Scores) -> list[Draft]:
        """Drafts of finished choices.

        Args:
            choices: of the order.
            recipe: which they were asked for by.
            order: whose.
            known: what is known of the order's texts already; what is asked for here is put there.
        """
        tidied = _tidied(choices, recipe, order)
        good = [one for one, (_text, trouble) in zip(choices, tidied, strict=True) if trouble is None]
        scored, _ahead = await asyncio.gather(
            self._scores(good, known), self._embedded([text for text, trouble in tidied if trouble is None])
        )
        drafts = []
        for one, (text, trouble) in zip(choices, tidied, strict=True):
            relevance, judged = _told(one, scored.get(id(one)))
            drafts.append(
                Draft(
                    text=text,
                    logprob=one.logprob,
                    relevance=relevance,
                    judged=judged,
                    tokens=len(one.logprobs),
                    broken=trouble,
                    kind="" if one.asking.instructed else recipe.kind,
                    formed=bool(one.asking.written),
                    model=order.model if one.model == order.model else "",
                    decoding=one.decoding,
                )
            )
        return drafts

    async def _embedded(self, texts: Sequence[str]) -> None:
        """Has vectors of texts made beside their scores: whoever judges them asks for these next, and finds them remembered.

        Behind the scores they would wait for those of the drafts that come after these.
        """
        with suppress(MuselabError):  # whoever needs them asks again, and is told
            if texts and await self._served.owner() == OWN:
                await self._vectors.of(texts)

    async def _scores(self, choices: Sequence[Made], known: Scores) -> dict[int, list[float] | None]:
        """What `_scored` tells of each choice, by its `id`."""
        scored: dict[int, list[float] | None] = {}
        for model in {one.model for one in choices}:  # one, unless a version was lost in the middle
            mine = [one for one in choices if one.model == model]
            scored |= zip(map(id, mine), await self._scored(mine, model, known), strict=True)
        return scored

    async def _scored(self, choices: Sequence[Made], model: str, known: Scores) -> Sequence[list[float] | None]:
        """Log-probabilities of a yes behind each text where the model was taught to judge, else of each text's beginning after
        words that say nothing of the topic, nats; who chose by both chose no better. None: not known.

        Args:
            choices: at least one.
            model: whose.
            known: what need not be asked for: a small model writes the same name up to nine times of eleven.
        """
        pairs = [
            verdict(one.asking.judged, one.whole) if one.asking.judged else (one.asking.neutral, one.begun(TELLING)[0])
            for one in choices
        ]
        try:
            new = [pair for pair in dict.fromkeys(pairs) if (model, *pair) not in known]
            values = await log_probabilities(self._api, self._served, new, model, choices[0].asking.user)
            known |= {(model, *pair): value for pair, value in zip(new, values, strict=True)}
            return [known[model, *pair] for pair in pairs]
        except Declined:
            if self._adapters.holds(model):  # the version was lost since; its ideas are there
                return [None] * len(choices)
            raise


def _tidied(choices: Sequence[Made], recipe: Recipe, order: Order) -> list[tuple[str, str | None]]:
    """Each choice's text as an idea, and why it cannot be one."""
    topic, there = order.prompt.text, (*order.prompt.about, *order.avoid)
    form: Json = {"goes_on": recipe.goes_on and order.prompt.operation != "polish"}
    if order.prompt.operation != "polish":
        form |= {"parts": recipe.parts, "characters": recipe.characters, "rhymed": recipe.rhymed}
    tidied = [
        (one.whole, one.dropped or "empty")  # it was dropped, or adds nothing to its beginning
        if one.dropped or (one.asking.kept and not one.text.strip())
        else tidy(one.whole, finished=one.finished, topic=topic, known=there, examples=_shown(one, recipe), **form)
        for one in choices
    ]
    if order.prompt.operation == "polish" and order.prompt.about:
        tidied = [
            (text, trouble or ("form" if strays(text, order.prompt, instructed=one.asking.instructed) else None))
            for one, (text, trouble) in zip(choices, tidied, strict=True)
        ]
    return tidied


def _told(one: Made, values: list[float] | None) -> tuple[float | None, float | None]:
    """A choice's relevance and its model's verdict, of the log-probabilities asked for; None: not asked for, or not known."""
    if not values:
        return None, None
    if one.asking.judged:
        return None, log_odds(sum(values))
    own = one.begun(TELLING)[1]
    return None if own is None else own - sum(values) / len(values), None


def log_odds(logprob: float) -> float:
    """Of what has this log-probability, nats; finite."""
    share = min(max(exp(logprob), LEAST), 1.0 - LEAST)
    return log(share / (1.0 - share))


def _shown(one: Made, recipe: Recipe) -> Collection[str]:
    """The ideas that a draft may have copied: a question in the form of the lessons shows none of the recipe's."""
    return () if one.asking.neutral == NEUTRAL else recipe.examples
