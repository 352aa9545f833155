"""How ideas are asked for and written, for whoever tunes a model: the recipes, read backwards; no model."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from bot.domain.ideas import Draft, Prompt, Team
from bot.ports import Order, Phrase
from generators.client.cleaning import tidy
from generators.client.lessons import NEUTRAL
from generators.client.recipes import (
    FIRST,
    QUOTES,
    Asking,
    Recipe,
    askings,
    listed,
    quotable,
    recognised,
    uncapitalised,
    unlisted,
)
from generators.client.served import ENGLISH_ONLY, SMALL, TAUGHT


def instructed(model: str) -> bool:
    """Whether our own service asks a model by instruction rather than by example, as `generators.client.remote` decides it."""
    return not SMALL.search(model) and not ENGLISH_ONLY.search(model)


def taught(model: str) -> bool:
    """Whether a model had our lessons, by its name."""
    return TAUGHT.search(model) is not None


NOBODY = Team(platform="", id="")
DRAWS = 12  # drafts of the order from which the way is drawn; enough that every way of a recipe has some
SENTENCE = "."


class RecipePhrasing:
    """A `bot.ports.Phrasing` over `generators.client.recipes`."""

    def __init__(self, *, instructed: bool, taught: bool = False) -> None:
        """Of the model that is tuned; see `generators.client.recipes.askings`.

        Args:
            instructed: it follows instructions well.
            taught: it had our lessons.
        """
        self.instructed = instructed
        self.taught = taught

    def phrase(self, prompt: Prompt, *, seed: int, told: bool = True) -> Phrase:
        """See `bot.ports.Phrasing`."""
        recipe, requests = askings(
            Order(prompt=prompt, candidates=DRAWS, seed=seed, model="", team=NOBODY),
            instructed=self.instructed,
            taught=self.taught,
        )
        chance = random.Random(f"{seed}/way")
        asking = chance.choices(requests, weights=[one.count for one in requests])[0]
        return _phrase(asking) if told else _untold(recipe, asking)

    def answer(self, phrase: Phrase, idea: str) -> str:
        """See `bot.ports.Phrasing`."""
        if phrase.listed:
            return phrase.before + listed(idea).removeprefix(FIRST) + phrase.after
        text = quotable(idea) if phrase.after[:1] in QUOTES else " ".join(idea.split())
        if phrase.after:
            text = text.rstrip(".") if phrase.after.startswith(SENTENCE) else text
        if phrase.kept:
            return text.removeprefix(phrase.opening) + phrase.after
        return phrase.before + (uncapitalised(text) if phrase.small else text) + phrase.after

    def idea(self, phrase: Phrase, prompt: Prompt, written: str, *, finished: bool) -> Draft:
        """See `bot.ports.Phrasing`."""
        recipe, _subject = recognised(prompt)
        whole = unlisted(written) if phrase.listed else phrase.opening + written if phrase.kept else written
        text, trouble = tidy(
            whole.strip(), finished=finished, examples=recipe.examples, topic=prompt.text, known=(*prompt.about,)
        )
        return Draft(text=text, broken=trouble)


def _phrase(asking: Asking) -> Phrase:
    common: dict[str, Any] = {
        "max_tokens": asking.max_tokens,
        "temperature": asking.temperature,
        "min_p": asking.min_p,
        "stop": asking.stop,
    }
    if asking.listed:
        return Phrase(prompt=asking.prompt, before=" ", after="\n\n", listed=True, **common)
    if asking.prompt:
        quoted = asking.stop[-1] in QUOTES
        after = '".\n' if quoted else f"{SENTENCE}\n" if asking.stop[-1] == SENTENCE else "\n"
        return Phrase(prompt=asking.prompt, before="" if quoted else " ", after=after, small=asking.small, **common)
    quoted = asking.opening.endswith('"')
    begun = bool(asking.opening) and not quoted
    return Phrase(
        messages=asking.messages,
        opening=asking.opening,
        kept=asking.kept,
        before=" " if begun else "",
        after='".' if quoted else SENTENCE if begun else "",
        small=begun,
        **common,
    )


def _untold(recipe: Recipe, asking: Asking) -> Phrase:
    """The recipe's words that say nothing of the topic, instead of the phrase."""
    phrase = _phrase(asking)
    if asking.neutral == NEUTRAL or asking.listed:
        return replace(phrase, prompt=asking.neutral)
    if not recipe.neutral:
        return replace(phrase, prompt=recipe.thing, messages=(), opening="", kept=False, before="\n", after="\n", small=False)
    quoted = recipe.neutral[-1] in QUOTES
    return replace(
        phrase,
        prompt=recipe.neutral,
        messages=(),
        opening="",
        kept=False,
        before="" if quoted else " ",
        after='".\n' if quoted else ".\n",
        small=not quoted and not recipe.neutral.endswith(":"),
    )
