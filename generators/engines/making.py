"""What a media engine is: it turns a commission into files. The words that image, music, speech and vision engines share.

An engine is a module of this folder with the door `build(settings, cache) -> Engine`. It is imported in a process of its own,
so that a crash, a cancellation or an eviction takes nothing else with it; it knows no HTTP, no chat and no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.ideas import Features
from bot.domain.modalities import Modality

Task = Modality  #: a row of `bot.domain.modalities`, made by the engine in the folder of that name
Option = str | int | float | bool
Report = Callable[[str, float], None]  #: what is being done, for people, and the share of it that is done, 0..1


def one_of_several(report: Report, number: int, count: int) -> Report:
    """A report of one work of several, of which `number` are done."""
    return lambda doing, done: report(doing, (number + done) / count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that a person handed in. Nothing of it is believed, its name and type least."""

    name: str
    media_type: str  #: as claimed
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """What is wanted."""

    task: Task
    text: str = ""  #: the idea to show, the mood to play, the words to say
    options: Mapping[str, Option] = field(default_factory=dict)  #: the engine's own: layout, style, tempo, voice …
    attachments: tuple[Attachment, ...] = ()
    count: int = 1  #: different versions wanted
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One file of a work."""

    name: str  #: with its suffix
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One finished version."""

    files: tuple[Rendered, ...]  #: the one to show or play first comes first
    alt: str  #: what a picture shows or a sound says, for who cannot see or hear it
    traits: Mapping[str, str] = field(default_factory=dict)  #: what can be liked about it: layout, palette, style, key, voice …
    facts: Mapping[str, Option] = field(default_factory=dict)  #: measured: seconds, width, height, tempo, loudness; words seen
    features: Features | None = None  #: the version in numbers that taste is learned from; None: this engine measures nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Further bytes of the first file of the work that comes next: only where a commission's options ask for `parts`."""

    media_type: str
    content: bytes


class Unmakeable(Exception):
    """The commission cannot be carried out as asked; the message is a sentence for the person who asked."""


class Engine(Protocol):
    """Makes works. Used by one thread at a time."""

    def make(self, commission: Commission, report: Report) -> Iterator[Work | Part]:
        """Yields `commission.count` works as they are finished; the same commission gives the same works.

        Raises:
            Unmakeable: bad input, or something this engine cannot do; nothing was made.
        """
        ...

    def close(self) -> None:
        """Gives memory back. Safe to call twice."""
        ...
