"""How each kind of task is asked for: prompt text and decoding, read from `prompts/<language>/<kind>.toml`; no model."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bot.domain.ideas import Operation, Prompt
from bot.ports import Order

FOLDER = Path(__file__).parent / "prompts"
GENERAL = "general"  # the kind of every topic that no other kind recognises
INSTRUCTED = "_instructed"  # file of the wording for models that follow instructions
MANNERS = "_manners"  # file of how tone, audience and picture are said where a recipe does not say it itself
BARE = frozenset({"our", "my", "the", "a", "an", "some", "good", "new", "best"})  # "our slogan" says not of what
MOST_OPENINGS = 6  # of one way in one order, each a request of its own; more would cost more to read than they bring
LIKED = 3  # of the team's liked ideas shown as examples; more and a small model copies them

QUOTES = ('"', "”")
FULL_STOP = "."

Message = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One request for some of an order's drafts."""

    count: int
    prompt: str = ""  #: plain text to continue; empty: `messages` are
    messages: tuple[Message, ...] = ()
    opening: str = ""  #: the beginning of the answer, already written for the model; behind a prompt, with the space between
    kept: bool = False  #: the opening is part of the idea
    neutral: str = ""  #: a beginning that says nothing of the topic, behind which the same text is scored
    small: bool = False  #: the idea stands in the middle of a sentence
    stop: tuple[str, ...] = ("\n",)
    max_tokens: int = 48
    temperature: float = 1.0
    min_p: float = 0.08
    seed: int = 0
    user: str = ""  #: who it is for, hashed: engines that share fairly go by it
    prunes: bool = (
        True  #: drafts that are not worth going on with may be dropped by a service that can; not where all begin alike
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to ask a small model."""

    line: str = ""  #: plain: an example's sentence with {subject} or {a}, {b}, and {idea}
    shots: tuple[Mapping[str, str], ...] = ()  #: plain: what fills the examples' places
    shown: int = 0  #: plain: so many of the examples, by chance, for each request; 0: all
    messages: tuple[str, ...] = ()  #: chat: what the person and the assistant say in turn
    openings: tuple[str, ...] = ("",)  #: the answer begins with some of these; the drafts are shared out among them
    kept: bool = False  #: the opening is part of the idea; of a plain one it always is
    twists: tuple[str, ...] = ()  #: instead of the recipe's
    neutral: str = ""  #: instead of the recipe's
    level: str = ""  #: of polishing that it is for; empty: the usual one
    share: float = 1.0  #: of the drafts, relative to the other ways
    temperature: float | None = None  #: instead of the recipe's, as is `min_p`
    min_p: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One kind of task in one language."""

    kind: str
    language: str
    thing: str  #: what one answer is, for models that follow instructions: "a name"
    patterns: tuple[re.Pattern[str], ...] = ()  #: each finds the subject in a topic of this kind
    max_tokens: int = 48
    temperature: float = 1.0
    min_p: float = 0.08
    neutral: str = ""  #: a beginning that says nothing of the topic, for scoring relevance
    styled: str = ""  #: what {style} becomes when a style is asked for
    toned: str = ""  #: what is added to {style} when a tone is asked for, unless a way has a {twist} for it
    addressed: str = ""  #: likewise for an audience
    pictured: str = ""  #: likewise for what a picture shows
    large: bool = False  #: beyond models so small that they follow examples better than orders
    goes_on: bool = False  #: an idea continues the topic's own words
    parts: int = 0  #: lines that an idea has, separated by " / "; 0: it is one line
    characters: tuple[int, ...] = ()  #: lengths that each of the parts may have, all alike; empty: any
    rhymed: bool = False  #: of four Chinese lines the second and the fourth rhyme
    twists: tuple[str, ...] = ()  #: what {twist} becomes, one of these
    ways: Mapping[Operation, tuple[Way, ...]] = field(default_factory=dict)

    @property
    def examples(self) -> frozenset[str]:
        """The ideas in the examples, which are nobody's new ideas."""
        return frozenset(shot["idea"] for ways in self.ways.values() for way in ways for shot in way.shots)


def recognised(prompt: Prompt) -> tuple[Recipe, str]:
    """The recipe for a prompt, and what the prompt is about in the recipe's sentences."""
    topic = prompt.text.strip(" ?!.。？！:：")
    recipes = load("zh" if prompt.language == "zh" else "en")
    named = recipes.get(prompt.kind)
    for recipe in recipes.values() if named is None else (named,):
        for pattern in recipe.patterns:
            match = pattern.search(topic)
            subject = match["subject"].strip() if match else ""
            if subject and subject.lower() not in BARE:
                return recipe, subject
    return named or recipes[GENERAL], topic or prompt.text


def askings(order: Order, *, instructed: bool) -> tuple[Recipe, list[Asking]]:
    """The requests that make an order's drafts, and the recipe they come from.

    Args:
        order: what is asked for.
        instructed: the model follows instructions well; else each draft continues examples or a begun answer.
    """
    recipe, subject = recognised(order.prompt)
    words = _words(order, recipe, subject)
    if instructed:
        return recipe, [_instructed(order, recipe, words)]
    ways = _ways(order.prompt, recipe)
    counts = _shared_out(order.candidates, [way.share for way in ways])
    requests = []
    for index, (way, count) in enumerate(zip(ways, counts, strict=True)):
        if count:
            chance = random.Random(f"{order.seed}/{index}")
            words["style"] = _manner(order.prompt, recipe, toned="{twist}" not in way.line + "".join(way.messages))
            openings = chance.sample(way.openings, min(len(way.openings), count, MOST_OPENINGS))
            for opening, part in zip(openings, _shared_out(count, [1.0] * len(openings)), strict=True):
                words["twist"] = quotable(order.prompt.tone) or chance.choice(way.twists or recipe.twists or ("",))
                begun, seed = _filled(opening, words), chance.randrange(2**31)
                requests.append(_asking(way, recipe, words, order, opening=begun, count=part, seed=seed))
    return recipe, requests


def _ways(prompt: Prompt, recipe: Recipe) -> tuple[Way, ...]:
    """The ways of the recipe for what is to be done, else those of every other topic."""
    level = prompt.option("level")
    if recipe.parts and prompt.operation != "polish":  # what no other kind's words would bring into its form
        return recipe.ways.get(prompt.operation) or recipe.ways["fresh"]
    for one in (recipe, load(recipe.language)[GENERAL]):
        ways = tuple(way for way in one.ways.get(prompt.operation, ()) if way.level == level)
        if ways:
            return ways
    return load(recipe.language)[GENERAL].ways[prompt.operation][:1]


def _manner(prompt: Prompt, recipe: Recipe, *, toned: bool = True) -> str:
    """How it is to be said, as it stands in a recipe's sentence: style, tone, audience, and what a picture shows."""
    asked = (
        ("style", prompt.style, recipe.styled),
        ("tone", prompt.tone if toned else "", recipe.toned),
        ("audience", prompt.option("audience"), recipe.addressed),
        ("picture", prompt.option("picture"), recipe.pictured),
    )
    return "".join(_filled(line, {name: quotable(value)}) for name, value, line in asked if value)


def _asking(way: Way, recipe: Recipe, words: Mapping[str, str], order: Order, *, opening: str, count: int, seed: int) -> Asking:
    temperature = recipe.temperature if way.temperature is None else way.temperature
    common: dict[str, Any] = {
        "count": count,
        "max_tokens": recipe.max_tokens,
        "temperature": temperature,
        "min_p": recipe.min_p if way.min_p is None else way.min_p,
        "seed": seed,
    }
    neutral = way.neutral or recipe.neutral
    if not way.line:
        texts = [_filled(text, words) for text in way.messages]
        if order.prompt.operation == "fresh":
            texts = [*_liked_turns(texts[0], opening, way, order), *texts]
        stop = ("\n", '"') if opening.endswith('"') else ("\n", ". ")
        neutral += " " + opening if neutral and opening and way.kept else ""
        return Asking(messages=_turns(texts), opening=opening, kept=way.kept, neutral=neutral, stop=stop, **common)
    before, _idea, after = way.line.partition("{idea}")
    given = random.Random(f"{seed}/shots").sample(way.shots, min(way.shown, len(way.shots))) if way.shown else way.shots
    shots = [_filled(way.line, shot) for shot in given]
    if order.prompt.operation == "fresh":
        shots += [_filled(way.line, {**words, "idea": quotable(idea)}) for idea in order.liked[:LIKED]]
    between = "\n\n" if "\n" in way.line else "\n"
    begun = _filled(before, words)
    stop = ("\n", after[0]) if after[:1] in (*QUOTES, FULL_STOP) else ("\n",)
    space = "" if begun == begun.rstrip(" ") else " "
    small = bool(way.shots) and way.shots[0]["idea"][:1].islower()
    begun_with = {"opening": space + opening, "kept": True, "neutral": neutral and neutral + space + opening} if opening else {}
    told = {"neutral": neutral, **begun_with, "small": small, "stop": stop, **common}
    return Asking(prompt=between.join([*shots, begun.rstrip(" ")]), **told)


def _liked_turns(ask: str, opening: str, way: Way, order: Order) -> list[str]:
    """The team's liked ideas as earlier answers to the same question."""
    turns: list[str] = []
    for idea in order.liked[:LIKED]:
        answer = idea
        if opening.endswith('"'):
            answer = f'{opening}{quotable(idea)}".'
        elif not way.kept:
            answer = f"{opening} {uncapitalised(idea)}.".strip()
        turns += [ask, answer]
    return turns


def _instructed(order: Order, recipe: Recipe, words: dict[str, str]) -> Asking:
    """The request to a model that follows instructions."""
    texts = _read(recipe.language, INSTRUCTED)
    prompt = order.prompt
    level = prompt.option("level")
    ask = _filled(texts.get(f"{prompt.operation}_{level}", texts[prompt.operation]), words)
    details = {"tone": prompt.tone, "audience": prompt.option("audience"), "picture": prompt.option("picture")}
    ask += "".join("\n" + _filled(texts[name], {name: quotable(value)}) for name, value in details.items() if value)
    if order.liked:
        ask += "\n" + texts["liked"] + "".join(f"\n- {idea}" for idea in order.liked[:LIKED])
    system = _filled(texts["system"], {**words, "thing": recipe.thing})
    return Asking(
        count=order.candidates,
        messages=({"role": "system", "content": system}, {"role": "user", "content": ask}),
        neutral=recipe.neutral,
        max_tokens=2 * recipe.max_tokens,  # such models finish their sentences; few of ours are longer
        temperature=1.0,
        min_p=0.05,
        seed=random.Random(f"{order.seed}/instructed").randrange(2**31),
    )


def _words(order: Order, recipe: Recipe, subject: str) -> dict[str, str]:
    """What fills the places in the recipe's sentences."""
    prompt = order.prompt
    about = [quotable(text) for text in prompt.about] or [""]
    return {
        "topic": quotable(prompt.text.strip(" .。")),
        "subject": quotable(subject),
        "a": about[0],
        "b": about[-1],
        "a_small": uncapitalised(about[0]),
        "b_small": uncapitalised(about[-1]),
        "style": _filled(recipe.styled, {"style": quotable(prompt.style)}) if prompt.style else "",  # see `_manner` for the rest
        "twist": "",
    }


def _filled(text: str, words: Mapping[str, str]) -> str:
    """The text with its places filled in one pass, so that what people wrote is never itself taken for a place."""
    return re.sub(r"\{(\w+)\}", lambda place: words.get(place[1], place[0]), text)


def quotable(text: str) -> str:
    """A person's text as it can stand in a sentence between double quotes: one line, without such quotes."""
    return " ".join(re.sub(r"[\"“”„«»]", "'", text).split())


def uncapitalised(text: str) -> str:
    """A sentence as it continues another: small first letter (unless the word is in capitals), no full stop."""
    text = text.rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _turns(texts: list[str]) -> tuple[Message, ...]:
    return tuple({"role": "assistant" if turn % 2 else "user", "content": text} for turn, text in enumerate(texts))


def _shared_out(count: int, shares: list[float]) -> list[int]:
    """`count` in whole parts, as near to the shares as can be; the first come first."""
    total = sum(shares)
    parts = [int(count * share / total) for share in shares]
    for index in range(count - sum(parts)):
        parts[index % len(parts)] += 1
    return parts


@cache
def load(language: str) -> Mapping[str, Recipe]:
    """All recipes of a language by kind, in the order of their files' names."""
    kinds = sorted(file.stem for file in (FOLDER / language).glob("[a-z]*.toml"))
    return {kind: _recipe(kind, language, _read(language, kind)) for kind in kinds}


@cache
def _read(language: str, name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / language / f"{name}.toml").read_text(encoding="utf-8"))


def _recipe(kind: str, language: str, table: Mapping[str, Any]) -> Recipe:
    operations: tuple[Operation, ...] = ("fresh", "more", "remix", "spin", "polish")
    ways = {operation: tuple(_way(way) for way in table[operation]) for operation in operations if operation in table}
    plain = ("max_tokens", "temperature", "min_p", "neutral", "styled", "parts", "large", "goes_on", "rhymed")
    settings = {name: table[name] for name in plain if name in table}
    manners = _read(language, MANNERS)
    settings |= {name: table.get(name, manners[name]) for name in ("toned", "addressed", "pictured")}
    return Recipe(
        kind=kind,
        language=language,
        thing=table["thing"],
        characters=tuple(table.get("characters", ())),
        patterns=tuple(re.compile(pattern, re.IGNORECASE) for pattern in table.get("patterns", ())),
        twists=tuple(table.get("twists", ())),
        ways=ways,
        **settings,
    )


def _way(table: Mapping[str, Any]) -> Way:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    return Way(**values)
