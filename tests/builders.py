"""Builders of values for tests: an idea, a call, a piece of feedback, with what a test does not care about filled in."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Idea, IdeaId, Person, Prompt, Team
from bot.domain.models import ModelVersion
from bot.messages import Call, Key, Press

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)

RED = Channel(team=Team(platform="test", id="red"), id="general")
BLUE = Channel(team=Team(platform="test", id="blue"), id="general")


def an_id() -> str:
    return f"{next(_numbers):024x}"


def a_person(name: str = "ann") -> Person:
    return Person(platform="test", id=name)


def an_idea(text: str = "The Third Steep", **changes: Any) -> Idea:
    given: dict[str, Any] = {"id": IdeaId(an_id()), "brainstorm": None, "channel": RED, "number": 0, "origin": "fresh"}
    return Idea(text=text, **{**given, "created_at": NOON, **changes})


def a_brainstorm(**changes: Any) -> Brainstorm:
    given: dict[str, Any] = {
        "id": BrainstormId(an_id()),
        "channel": RED,
        "asker": a_person(),
        "prompt": Prompt(text="names for a tea bar"),
        "model": "base",
        "seed": 7,
        "created_at": NOON,
    }
    return Brainstorm(**{**given, **changes})


def an_opinion(idea: Idea | IdeaId, person: str = "ann", value: float = 1.0, **changes: Any) -> Feedback:
    id = idea.id if isinstance(idea, Idea) else idea
    given: dict[str, Any] = {"signal": "vote", "token": "up" if value > 0 else "down", "at": NOON}
    return Feedback(idea=id, person=a_person(person), value=value, **{**given, **changes})


def a_call(command: str, channel: Channel = RED, person: str = "ann", **args: Any) -> Call:
    changes = {name: args.pop(name) for name in ("id", "locale", "admin", "roles") if name in args}
    return Call(**{"id": an_id(), **changes}, command=command, args=args, person=a_person(person), channel=channel, at=NOON)


def a_press(key: str, channel: Channel = RED, person: str = "ann", **changes: Any) -> Press:
    return Press(**{"id": an_id(), **changes}, key=Key.parse(key), person=a_person(person), channel=channel, at=NOON)


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


def a_version(number: int = 1, **changes: Any) -> ModelVersion:
    given: dict[str, Any] = {"id": f"team-5ca1ab1e-v{number}", "team": RED.team, "base": "base", "adapter": f"{number:064x}"}
    return ModelVersion(**{**given, "created_at": NOON + timedelta(seconds=number), **changes})
