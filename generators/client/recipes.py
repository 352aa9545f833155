"""How each kind of task is asked for: the requests that a recipe makes of an order; no model."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.ideas import Prompt
from bot.ports import Order
from generators.client import lessons
from generators.client.composing import composed, drawn, selected
from generators.client.cookbook import FOLDER as FOLDER
from generators.client.cookbook import Recipe as Recipe
from generators.client.cookbook import Way, read
from generators.client.cookbook import load as load

GENERAL = "general"  # the kind of every topic that no other kind recognises
INSTRUCTED = "_instructed"  # file of the wording for models that follow instructions
BARE = frozenset({"our", "my", "the", "a", "an", "some", "good", "new", "best"})  # "our slogan" says not of what
MOST_OPENINGS = 6  # of one way in one order, each a request of its own; more would cost more to read than they bring
ALIKE = ("remix", "polish")  # operations whose ideas are all of the same words: such may begin alike
FORMED = 2  # ideas of a form for each one that is kept: to score one costs a tenth of writing one
ENOUGH_SHOTS = 2  # examples from which a small model takes a form
LIKED = 3  # of the team's liked ideas shown as examples; more and a small model copies them

QUOTES = ('"', "”")
FULL_STOP = "."
FIRST = "1. "  #: begins a list

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
    judged: str = ""  #: the topic by which the model judges its text; empty: it does not; see `generators.client.lessons`
    listed: bool = False  #: its lines are a numbered list, begun with "1."
    small: bool = False  #: the idea stands in the middle of a sentence
    written: tuple[str, ...] = ()  #: texts of which the likeliest are the choices, instead of any that the model writes
    stop: tuple[str, ...] = ("\n",)
    max_tokens: int = 48
    temperature: float = 1.0
    min_p: float = 0.08
    seed: int = 0
    instructed: bool = False  #: it is an instruction, not examples or a begun answer
    user: str = ""  #: who it is for, hashed: engines that share fairly go by it
    prunes: bool = (
        True  #: drafts that are not worth going on with may be dropped by a service that can; not where all begin alike
    )


def recognised(prompt: Prompt) -> tuple[Recipe, str]:
    """The recipe for a prompt, and what the prompt is about in the recipe's sentences."""
    topic = prompt.text.strip(" ?!.。？！:：")
    recipes = load("zh" if prompt.language == "zh" else "en")
    named = recipes.get(prompt.kind)
    for recipe in recipes.values() if named is None else (named,):
        if named is None and recipe.unless and recipe.unless.search(topic):
            continue
        for pattern in recipe.patterns:
            match = pattern.search(topic.replace("'", "’"))
            subject = topic[slice(*match.span("subject"))].strip() if match else ""
            if subject and subject.lower() not in BARE:
                return recipe, subject
    return named or recipes[GENERAL], topic or prompt.text


def askings(order: Order, *, instructed: bool, kin: Sequence[str] = (), taught: bool = False) -> tuple[Recipe, list[Asking]]:
    """The requests that make an order's drafts, and the recipe they come from.

    Args:
        order: what is asked for.
        kin: words near to what it is about, nearest first; see `generators.client.kindred`.
        instructed: the model follows instructions well; else each draft continues examples or a begun answer.
        taught: it had lessons in answering topics; see `generators.client.lessons`.
    """
    recipe, subject = recognised(order.prompt)
    words = _words(order, recipe, subject)
    if taught:  # by lessons that show no earlier answers: with three of them it writes half as many ideas that are new
        order = replace(order, liked=())
    if instructed:
        return recipe, [_instructed(order, recipe, words)]
    usual = _drawn(order, recipe, kin)
    ways = lessons.ways(order.prompt, recipe, usual, formed=bool(kin)) if taught else usual
    judged = lessons.judged(order.prompt, recipe) if taught else ""
    counts = _shared_out(order.candidates, [way.share for way in ways])
    requests = []
    for index, (way, count) in enumerate(zip(ways, counts, strict=True)):
        if count:
            chance = random.Random(f"{order.seed}/{index}")
            words["style"] = _manner(order.prompt, recipe, toned="{twist}" not in way.line + "".join(way.messages))
            if way.forms:
                asking = _asking(way, recipe, words, order, opening="", count=count, seed=chance.randrange(2**31))
                requests.append(replace(asking, written=composed(way.forms, subject, kin, FORMED * count, chance)))
                continue
            openings = _begun(way, kin, min(count, MOST_OPENINGS), chance)
            for opening, part in zip(openings, _shared_out(count, [1.0] * len(openings)), strict=True):
                words["twist"] = quotable(order.prompt.tone) or chance.choice(way.twists or recipe.twists or ("",))
                begun, seed = _filled(opening, words), chance.randrange(2**31)
                requests.append(_asking(way, recipe, words, order, opening=begun, count=part, seed=seed))
    return recipe, [replace(asking, judged=judged) for asking in requests] if judged else requests


def _drawn(order: Order, recipe: Recipe, kin: Sequence[str]) -> Sequence[Way]:
    """The ways of an order: of a recipe with many forms some, by chance; without words near to the topic, those without."""
    ways = _ways(order.prompt, recipe)
    if order.prompt.operation != "fresh" or not recipe.drawn:
        return ways
    fit = [way for way in ways if kin or (not way.forms and any("{" not in opening for opening in way.openings))]
    chance = random.Random(f"{order.seed}/ways")
    chance.shuffle(fit)
    return sorted(fit, key=lambda way: not way.forms)[: recipe.drawn]


def _begun(way: Way, kin: Sequence[str], most: int, chance: random.Random) -> list[str]:
    """Some of a way's beginnings, each with a word near to the topic in its place."""
    openings = [one for one in way.openings if kin or "{kin}" not in one.lower()]
    if not any("{kin}" in one.lower() for one in openings):
        return chance.sample(openings, min(len(openings), most))
    near = drawn(kin, most, chance)
    return [_filled(chance.choice(openings), {"kin": word, "Kin": word.capitalize()}) for word in near]


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
        "max_tokens": way.max_tokens or recipe.max_tokens,
        "temperature": temperature,
        "min_p": recipe.min_p if way.min_p is None else way.min_p,
        "seed": seed,
        "prunes": order.prompt.operation not in ALIKE,
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
    bank = _brief(way.shots, int(order.prompt.option("words") or 0))
    many = recipe.listed and order.prompt.operation != "polish"
    if many:
        bank, before = [{**shot, "idea": listed(shot["idea"])} for shot in bank], before + FIRST.rstrip()
    shots = [_filled(way.line, shot) for shot in selected(bank, way.shown, random.Random(f"{seed}/shots"))]
    known = order.liked[:LIKED] if order.prompt.operation == "fresh" else order.prompt.about if "{asked}" in way.line else ()
    write = listed if many else quotable
    shots += [_filled(way.line, {**words, "idea": write(idea)}) for idea in known]
    between = "\n\n" if "\n" in way.line else "\n"
    begun = _filled(before, words)
    ends = ("\n", after[0]) if after[:1] in (*QUOTES, FULL_STOP) else ("\n",)
    ends = ("\n\n", f"\n{recipe.parts + 1}.") if many else ends
    space = "" if begun == begun.rstrip(" ") else " "
    small = bool(way.shots) and way.shots[0]["idea"][:1].islower()
    begun_with = {"opening": space + opening, "kept": True, "neutral": neutral and neutral + space + opening} if opening else {}
    told = {"neutral": neutral, **begun_with, "small": small, "listed": many, "stop": ends, **common}
    return Asking(prompt=between.join([*shots, begun.rstrip(" ")]), **told)


def listed(idea: str) -> str:
    """Lines between slashes as a numbered list."""
    return "\n".join(f"{number}. {line.strip()}" for number, line in enumerate(quotable(idea).split(" / "), start=1))


def unlisted(text: str) -> str:
    """A numbered list whose "1." was begun for the model, as lines between slashes."""
    return re.sub(r"\s*\n+\s*(?:\d[.)])?\s*", " / ", text.strip())


def _brief(shots: Sequence[Mapping[str, str]], words: int) -> Sequence[Mapping[str, str]]:
    """The examples with at most so many words, where there are enough to show what brevity is; 0: all."""
    short = [shot for shot in shots if len(shot["idea"].split()) <= words]
    return short if len(short) >= ENOUGH_SHOTS else shots


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
    texts = read(recipe.language, INSTRUCTED)
    prompt = order.prompt
    level = prompt.option("level")
    ask = _filled(texts.get(f"{prompt.operation}_{level}", texts[prompt.operation]), words)
    details = {"tone": prompt.tone, "audience": prompt.option("audience"), "picture": prompt.option("picture")}
    details["gap"] = prompt.option("gap")
    ask += "".join("\n" + _filled(texts[name], {name: quotable(value)}) for name, value in details.items() if value)
    if order.material:
        ask += "\n" + texts["material"] + "".join(f"\n- {quote}" for quote in order.material)
    if order.liked:
        ask += "\n" + texts["liked"] + "".join(f"\n- {idea}" for idea in order.liked[:LIKED])
    system = _filled(texts["system"], {**words, "thing": recipe.thing})
    return Asking(
        count=order.candidates,
        messages=({"role": "system", "content": system}, {"role": "user", "content": ask}),
        instructed=True,
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
        "asked": lessons.asked(prompt, recipe),
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
    """`count` in whole parts, as near to the shares as can be, one at least each where there are enough; the first come first."""
    total, least = sum(shares), int(count >= len(shares))
    parts = [max(least, int(count * share / total)) for share in shares]
    while (over := sum(parts) - count) > 0:
        largest = max(range(len(parts)), key=parts.__getitem__)
        parts[largest] -= min(over, parts[largest] - least)
    for index in range(count - sum(parts)):
        parts[index % len(parts)] += 1
    return parts
