"""Makes lines: one idea as it is shown, with everything that can be done to it; made once for as long as it looks the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.bridges import from_guest
from bot.domain.feedback import Tally
from bot.domain.ideas import Idea
from bot.messages import Control, Line
from bot.services.doors import Command, Signal, of_words, on_idea, place_beside
from bot.services.ideas.marks import Marks
from bot.words import _, language

#: Controls of ideas remembered, a few kilobytes each. People vote on hundreds of ideas at a time, and of a card that is shown
#: again all ideas but one look as they did. Making the controls of one takes longer than all else about it.
REMEMBERED = 4096
#: What controls depend on. Nothing of an idea changes but that it is hidden, and that texts are deleted, which no control shows.
Looks = tuple[Any, ...]


class Lines:
    """Makes lines; the plugins say what can be pressed."""

    def __init__(self, *, commands: Mapping[str, Command], signals: Mapping[str, Signal], marks: Marks) -> None:
        self.marks = marks
        self.commands = commands
        self.signals = signals
        self._controls: OrderedDict[Looks, tuple[Control, ...]] = OrderedDict()

    def line(self, idea: Idea, tally: Tally | None, note: str = "") -> Line:
        """One idea; `tally`: as far as it is shown."""
        return Line(
            idea=idea.id,
            number=idea.number,
            text=idea.text,
            by=idea.signed,
            note=" · ".join(filter(None, (note or origin(idea), home(idea), self.marks.of(idea)))),
            tally=tally,
            controls=self._beside(idea, tally),
        )

    def _beside(self, idea: Idea, tally: Tally | None) -> tuple[Control, ...]:
        """What can be pressed; the same tuple for as long as that is the same, by which adapters know it again."""
        key = (idea.id, idea.modality, idea.traits, idea.origin, idea.hidden, tally, language())
        known = self._controls.get(key)
        if known is not None:
            self._controls.move_to_end(key)
            return known
        made = self._controls[key] = self._made(idea, tally)
        while len(self._controls) > REMEMBERED:
            self._controls.popitem(last=False)
        return made

    def _made(self, idea: Idea, tally: Tally | None) -> tuple[Control, ...]:
        pressed = [control for signal in self.signals.values() for control in signal.controls(idea, tally)]
        pressed += self._of_commands(idea)
        if idea.modality != "text":
            pressed = self.without_words_only(pressed)
        pressed.sort(key=lambda control: place_beside(self._plugin(control.key.verb)))
        return tuple(pressed)

    def _of_commands(self, idea: Idea) -> tuple[Control, ...]:
        """Those that no vote changes."""
        key = (idea.id, idea.modality, idea.traits, idea.origin, idea.hidden, language())
        made = self._controls.get(key)
        if made is None:
            made = self._controls[key] = tuple(one for command in self.commands.values() for one in on_idea(command, idea))
        self._controls.move_to_end(key)
        return made

    def without_words_only(self, controls: Sequence[Control]) -> list[Control]:
        """The controls that make sense of pictures and sounds."""
        return [control for control in controls if not of_words(self._plugin(control.key.verb))]

    def _plugin(self, verb: str) -> Signal | Command | None:
        return self.signals.get(verb) or self.commands.get(verb)


def home(idea: Idea) -> str:
    """From which platform somebody of another team is whom everybody is told to have written an idea; empty for all others."""
    author = idea.signed
    return from_platform(author.platform) if author is not None and from_guest(idea) else ""


def from_platform(platform: str) -> str:
    """Where somebody is from."""
    return _("from {platform}").format(platform=platform_name(platform))


def platform_name(platform: str) -> str:
    """A chat, as people call it."""
    return _("a terminal") if platform == "terminal" else platform.capitalize()


def origin(idea: Idea) -> str:
    """Where an idea came from, when not out of the model at the first asking."""
    return {
        "more": _("one more like another"),
        "remix": _("a remix"),
        "polish": _("polished"),
        "edit": _("edited"),
        "human": _("added by hand"),
    }.get(idea.origin, "")
