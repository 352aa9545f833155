"""Methods: what a round is made of, read from `bot/methods/<name>.toml`; no store, no model."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.ideas import MAX_IDEAS
from bot.domain.rounds import LONGEST_MIN, Step
from bot.words import _, language

FOLDER = Path(__file__).parents[2] / "methods"
CLASSIC = "classic"
WORD = "{word}"  #: in a prompt, the place of one of the method's words, by lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One way to lead a round. Texts are by language: "en", "zh"."""

    name: str
    label: Mapping[str, str]
    about: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]  #: one of them, by lot, stands where a prompt has `WORD`
    steps: tuple[Mapping[str, Any], ...]
    pictures: bool = False  #: ideas that go on from one another get pictures

    def said(self) -> tuple[str, str]:
        """Its name and what it is, in the language being spoken."""
        spoken = tongue(language())
        return self.label[spoken], self.about[spoken]

    def laid_out(self, spoken: str, lot: str, *, minutes: int | None = None, ideas: int | None = None) -> tuple[Step, ...]:
        """Its steps for one round.

        Args:
            spoken: "en" or "zh".
            lot: what the words are drawn by; the same lot draws the same.
            minutes: of every step, in the place of the method's own.
            ideas: of the model in every step that has any of its, likewise.
        """
        words = self.words.get(spoken, ())
        word = random.Random(lot).choice(words) if words else ""
        return tuple(
            Step(
                phase=one["phase"],
                minutes=minutes if minutes is not None else one["minutes"],
                prompt=one.get("prompt", {}).get(spoken, "").replace(WORD, word),
                ask=one.get("ask", one.get("prompt", {})).get(spoken, "").replace(WORD, word),
                ideas=ideas if ideas is not None and one.get("ideas") else one.get("ideas", 0),
                links=one.get("links", False),
            )
            for one in self.steps
        )


def tongue(locale: str) -> str:
    """The language of methods for a locale of ours or a language of ideas."""
    return "zh" if locale.startswith("zh") else "en"


@cache
def names() -> tuple[str, ...]:
    """The methods there are, sorted."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


@cache
def read(name: str) -> Method:
    """One method.

    Raises:
        Refusal: there is none of that name; the message lists those there are.
        ValueError: its file is not as it should be.
    """
    if name not in names():
        known = ", ".join(names())
        raise Refusal(_("There is no method “{name}”. There are: {known}.").format(name=name[:30], known=known))
    written = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    for step in written["steps"]:
        if not 1 <= step["minutes"] <= LONGEST_MIN or not 0 <= step.get("ideas", 0) <= MAX_IDEAS:
            raise ValueError(f"{name}: a step lasts 1 to {LONGEST_MIN} minutes and has at most {MAX_IDEAS} ideas.")
    words = {spoken: tuple(some) for spoken, some in written.get("words", {}).items()}
    return Method(
        name=name,
        label=written["label"],
        about=written["about"],
        words=words,
        steps=tuple(dict(one) for one in written["steps"]),
        pictures=written.get("pictures", False),
    )
