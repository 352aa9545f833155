"""The recipes as they are written down, in `prompts/<language>/<kind>.toml`: words, examples and decoding of each kind."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bot.domain.ideas import Operation

FOLDER = Path(__file__).parent / "prompts"
TAUGHT = ("asked", "own", "formed", "heat", "bar", "longest", "oversampling")  # of how a taught model is asked
MANNERS = "_manners"  # file of how tone, audience and picture are said where a recipe does not say it itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to ask a small model."""

    line: str = ""  #: plain: an example's sentence with {subject} or {a}, {b}, and {idea}
    shots: tuple[Mapping[str, str], ...] = ()  #: plain: what fills the examples' places
    shown: int = 0  #: plain: so many of the examples in a request, one of their few selections by chance; 0: all
    messages: tuple[str, ...] = ()  #: chat: what the person and the assistant say in turn
    openings: tuple[str, ...] = ("",)  #: the answer begins with some of these; the drafts are shared out among them
    forms: tuple[str, ...] = ()  #: whole ideas but for words near to the topic, which the model only chooses from
    kept: bool = False  #: the opening is part of the idea; of a plain one it always is
    twists: tuple[str, ...] = ()  #: instead of the recipe's
    neutral: str = ""  #: instead of the recipe's
    level: str = ""  #: of polishing that it is for; empty: the usual one
    share: float = 1.0  #: of the drafts, relative to the other ways
    temperature: float | None = None  #: instead of the recipe's, as are `min_p` and `max_tokens`
    min_p: float | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One kind of task in one language."""

    kind: str
    language: str
    thing: str  #: what one answer is, for models that follow instructions: "a name"
    patterns: tuple[re.Pattern[str], ...] = ()  #: each finds the subject in a topic of this kind
    unless: re.Pattern[str] | None = None  #: a topic with these words is none of this kind, whatever fits
    max_tokens: int = 48
    temperature: float = 1.0
    min_p: float = 0.08
    neutral: str = ""  #: a beginning that says nothing of the topic, for scoring relevance
    styled: str = ""  #: what {style} becomes when a style is asked for
    toned: str = ""  #: what is added to {style} when a tone is asked for, unless a way has a {twist} for it
    addressed: str = ""  #: likewise for an audience
    pictured: str = ""  #: likewise for what a picture shows
    large: bool = False  #: beyond models so small that they follow examples better than orders
    drawn: int = 0  #: so many of the fresh ways, by chance, for each order; 0: all
    goes_on: bool = False  #: an idea continues the topic's own words
    parts: int = 0  #: lines that an idea has, separated by " / "; 0: it is one line
    listed: bool = False  #: a small model is shown and writes its lines as a numbered list: between slashes it stops after one
    characters: tuple[int, ...] = ()  #: lengths that each of the parts may have, all alike; empty: any
    rhymed: bool = False  #: of four Chinese lines the second and the fourth rhyme
    twists: tuple[str, ...] = ()  #: what {twist} becomes, one of these
    asked: str = ""  #: a topic of this kind as a taught model's lessons have it: "names for {subject}"; empty: it had none
    own: bool = False  #: a taught model too is asked in this recipe's own ways; in the form of its lessons it only judges
    formed: float = 0.0  #: of a taught model's drafts, how many are of a form for each one that it writes
    heat: float = 0.6  #: temperature of what a taught model writes
    bar: float = 0.1  #: its min_p
    longest: int = 32  #: tokens of what it writes
    oversampling: float = 1.0  #: how many times as many drafts an idea as of other models: they are short, and cost little
    ways: Mapping[Operation, tuple[Way, ...]] = field(default_factory=dict)

    @property
    def kindred(self) -> bool:
        """Whether some of its beginnings have a place for a word near to the topic."""
        return any("{kin}" in one.lower() for way in self.ways.get("fresh", ()) for one in (*way.openings, *way.forms))

    @property
    def examples(self) -> frozenset[str]:
        """The ideas in the examples, which are nobody's new ideas."""
        return frozenset(shot["idea"] for ways in self.ways.values() for way in ways for shot in way.shots)


@cache
def load(language: str) -> Mapping[str, Recipe]:
    """All recipes of a language by kind, in the order of their files' names."""
    kinds = sorted(file.stem for file in (FOLDER / language).glob("[a-z]*.toml"))
    return {kind: _recipe(kind, language, read(language, kind)) for kind in kinds}


@cache
def read(language: str, name: str) -> dict[str, Any]:
    """A file of a language, as it stands."""
    return tomllib.loads((FOLDER / language / f"{name}.toml").read_text(encoding="utf-8"))


def _recipe(kind: str, language: str, table: Mapping[str, Any]) -> Recipe:
    operations: tuple[Operation, ...] = ("fresh", "more", "remix", "spin", "polish")
    ways = {operation: tuple(_way(way, table) for way in table[operation]) for operation in operations if operation in table}
    plain = (
        "max_tokens",
        "temperature",
        "min_p",
        "neutral",
        "styled",
        "parts",
        "listed",
        "large",
        "goes_on",
        "rhymed",
        "drawn",
        *TAUGHT,
    )
    settings = {name: table[name] for name in plain if name in table}
    manners = read(language, MANNERS)
    settings |= {name: table.get(name, manners[name]) for name in ("toned", "addressed", "pictured")}
    return Recipe(
        kind=kind,
        language=language,
        thing=table["thing"],
        characters=tuple(table.get("characters", ())),
        patterns=tuple(re.compile(pattern, re.IGNORECASE) for pattern in table.get("patterns", ())),
        unless=re.compile(table["unless"], re.IGNORECASE) if "unless" in table else None,
        twists=tuple(table.get("twists", ())),
        ways=ways,
        **settings,
    )


def _way(way: Mapping[str, Any], table: Mapping[str, Any]) -> Way:
    """A way; one that only gives ideas has the recipe's line, and its subjects in their order."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in way.items()}
    ideas = values.pop("ideas", ())
    if ideas:
        shots = tuple({"subject": subject, "idea": idea} for subject, idea in zip(table["subjects"], ideas, strict=True))
        values |= {"line": table["line"], "shots": shots}
    if "shots" in values:
        manner = {"style": "", "twist": (*table.get("twists", ()), "")[0]}
        values["shots"] = tuple({**manner, **shot} for shot in values["shots"])
    return Way(**values)
