"""Settles what must go besides a person's own rows: what repeats their words, and which messages show any of it.

It knows no database: every store gives it the same values and carries out the same plan.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storage._quotes import GAP, Quotes

Option = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A brainstorm of the team, as far as words go."""

    id: str
    mine: bool  #: the person asked for it
    operation: str
    topic: str | None
    style: str = ""
    tone: str = ""
    options: tuple[Option, ...] = ()
    about: tuple[tuple[int, str], ...] = ()  #: by place
    parents: tuple[tuple[int, str], ...] = ()  #: by place

    @property
    def derived(self) -> bool:
        """Whether its words were taken from other rows, not typed."""
        return self.operation not in ("", "fresh") or bool(self.parents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An idea of the team, as far as words go."""

    id: str
    brainstorm: str | None
    mine: bool  #: the person wrote it
    by_hand: bool  #: somebody wrote it
    text: str
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done."""

    wrote: frozenset[str]  #: their ideas
    repeated: frozenset[str]  #: a model's, and others', that say nothing but what they wrote
    rewritten: Mapping[str, str]  #: others' ideas with gaps
    asked: frozenset[str]  #: their brainstorms
    blanked: frozenset[str]  #: others' brainstorms whose prompt was theirs
    plain: frozenset[str]  #: others' brainstorms whose style, tone and details were theirs
    unquoted: Mapping[str, frozenset[int]]  #: places in others' prompts where they are quoted
    related: frozenset[str]  #: brainstorms that go back to something of theirs, their own included
    quotes: Quotes = field(compare=False)

    @property
    def gone(self) -> frozenset[str]:
        """Ideas to be deleted."""
        return self.wrote | self.repeated

    def redrawn(self, ideas: Iterable[Made], works: Collection[str] = ()) -> frozenset[str]:
        """Brainstorms whose cards show something that is not to be read any more; `works`: media that go, too."""
        changed = self.gone | self.rewritten.keys() | set(works)
        holding = {one.brainstorm for one in ideas if one.id in changed and one.brainstorm}
        return self.asked | self.blanked | self.plain | self.unquoted.keys() | holding


def planned(asked: Sequence[Asked], ideas: Sequence[Made], voices: Collection[str] = ()) -> Plan:
    """What deleting a person's data means for a team's brainstorms and ideas; `voices`: what the personas they saved say."""
    mine = [one for one in asked if one.mine]
    wrote = {one.id for one in ideas if one.mine}
    typed = [one for one in mine if not one.derived]
    details = [text for one in mine for text in (one.style, one.tone, *(value for _name, value in one.options))]
    quotes = Quotes(
        ideas=[one.text for one in ideas if one.mine], said=[*(one.topic or "" for one in typed), *filter(None, details)]
    )
    related = _related(asked, ideas, {one.id for one in mine}, wrote)
    repeated, rewritten = _repeating(ideas, quotes, related, wrote)
    others = [prompt for prompt in asked if not prompt.mine]
    places_by_prompt = {prompt.id: _quoting(prompt, quotes, wrote | repeated) for prompt in others}
    blanked, plain = _carried(others, quotes, related)
    plain |= {one.id for one in others if one.style in voices} - blanked
    return Plan(
        wrote=frozenset(wrote),
        repeated=frozenset(repeated),
        rewritten=rewritten,
        asked=frozenset(one.id for one in mine),
        blanked=frozenset(blanked),
        plain=frozenset(plain),
        unquoted={id: places for id, places in places_by_prompt.items() if places},
        related=frozenset(related),
        quotes=quotes,
    )


def _repeating(ideas: Sequence[Made], quotes: Quotes, related: set[str], wrote: set[str]) -> tuple[set[str], dict[str, str]]:
    """Ideas that say nothing but what the person wrote, and what is left of those that say more."""
    repeated: set[str] = set()
    rewritten: dict[str, str] = {}
    for one in ideas:
        near = one.brainstorm in related or not wrote.isdisjoint(one.parents)
        if one.mine or not near or not quotes.quoted(one.text):
            continue
        left = quotes.without(one.text) if one.by_hand else None
        if left is None:
            repeated.add(one.id)
        else:
            rewritten[one.id] = left
    return repeated, rewritten


def _carried(others: Sequence[Asked], quotes: Quotes, related: set[str]) -> tuple[set[str], set[str]]:
    """Others' brainstorms whose topic was taken from the person, and those whose style, tone or details were."""
    blanked, plain = set(), set()
    for prompt in others:
        if prompt.topic is None or not prompt.derived:
            continue
        here = prompt.id in related
        if quotes.same(prompt.topic) if here else quotes.quoted(prompt.topic):
            blanked.add(prompt.id)
        elif here and any(quotes.same(text) for text in _details(prompt)):
            plain.add(prompt.id)
    return blanked, plain


def _quoting(prompt: Asked, quotes: Quotes, gone: set[str]) -> frozenset[int]:
    """The places at which a prompt quotes them, by the idea that stood there or by its text."""
    theirs = {place for place, idea in prompt.parents if idea in gone}
    return frozenset(place for place, text in prompt.about if place in theirs or quotes.same(text))


def _details(prompt: Asked) -> list[str]:
    return [text for text in (prompt.style, prompt.tone, *(value for _name, value in prompt.options)) if text]


def _related(asked: Sequence[Asked], ideas: Sequence[Made], mine: set[str], wrote: set[str]) -> set[str]:
    """Brainstorms that go back, over any number of steps, to what the person asked for or wrote."""
    starting: defaultdict[str, set[str]] = defaultdict(set)
    for one in asked:
        for _place, idea in one.parents:
            starting[idea].add(one.id)
    within: defaultdict[str, set[str]] = defaultdict(set)
    children: defaultdict[str, set[str]] = defaultdict(set)
    for work in ideas:
        if work.brainstorm:
            within[work.brainstorm].add(work.id)
        for parent in work.parents:
            children[parent].add(work.id)
    related, seen = set(mine), set(wrote)
    edge = set(wrote).union(*(within[one] for one in mine))
    while edge:
        seen |= edge
        begun = {one for idea in edge for one in starting[idea]} - related
        related |= begun
        edge = {id for idea in edge for id in children[idea]}.union(*(within[one] for one in begun)) - seen
    return related


def recalled(body: str, plan: Plan) -> str:
    """An event of somebody else, as its adapter keeps it, with gaps where it repeats the words of an idea that is deleted.

    Only those about such an idea are looked at: a form on it may be filled in with its words. What people typed themselves stays.
    """
    if not any(id in body for id in plan.gone):
        return body
    try:
        content = json.loads(body)
    except ValueError:
        return plan.quotes.without(body) or GAP
    return json.dumps(_gapped(content, plan.quotes), separators=(",", ":"))


def _gapped(value: Any, quotes: Quotes) -> Any:
    if isinstance(value, str):
        return (quotes.without(value) or GAP) if quotes.same(value) else value
    if isinstance(value, list):
        return [_gapped(one, quotes) for one in value]
    if isinstance(value, dict):
        return {name: _gapped(one, quotes) for name, one in value.items()}
    return value
