"""What the numbers and letters on the screen mean."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.errors import UnknownIdea
from bot.messages import Control, Line
from bot.words import ngettext

#: A number by itself, not how many points it is given.
POSITION = re.compile(r"(?<![#\w×*:])(?<![x×*:]\s)\d{1,9}(?![\d.])")
TAKEN = "eq"  # letters with a meaning of their own: edit, leave
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Numbers:
    """The list that a person's numbers count in, and the controls that their letters press."""

    def __init__(self) -> None:
        self.lines: list[Line] = []  #: the list last shown, by position; a list that still grows is the same object
        self.under: object = None  #: the message whose title or ideas were printed last; another one repeats its title
        self._under_list: dict[str, Control] = {}
        self._elsewhere: dict[str, Control] = {}

    def meant(self, reference: str) -> str:
        """What the core calls the idea that a person typed: its id for a position on the screen, else the reference itself.

        Raises:
            UnknownIdea: the list on the screen is shorter than that.
        """
        text = reference.strip()
        if not self.lines or not text.isdecimal():
            return text
        line = self.line(text)
        if line is None:
            raise UnknownIdea(
                ngettext(
                    "The list above has {count} idea, no {number}. Write #{number} for idea number {number} of the channel.",
                    "The list above has {count} ideas, no {number}. Write #{number} for idea number {number} of the channel.",
                    len(self.lines),
                ).format(count=len(self.lines), number=int(text))
            )
        return line.idea

    def counted(self, text: str) -> str:
        """A text of several numbers, such as "1 1 2" or "1x3 #7", with those of the channel for positions on the screen.

        Raises:
            UnknownIdea: as above.
        """

        def number(found: re.Match[str]) -> str:
            self.meant(found[0])
            line = self.line(found[0])
            return found[0] if line is None else f"#{line.number}"

        return POSITION.sub(number, text) if self.lines else text

    def line(self, reference: str) -> Line | None:
        """The shown line that a reference means, if it is on the screen."""
        text = reference.strip()
        if text.isdecimal():
            return self.lines[int(text) - 1] if 1 <= int(text) <= len(self.lines) else None
        stable = text.removeprefix("#")
        return next((line for line in self.lines if stable.isdecimal() and line.number == int(stable)), None)

    def join(self, line: Line) -> int:
        """The position of a line shown by itself: its own in the list, or the next one at its end."""
        for position, known in enumerate(self.lines, start=1):
            if known.idea == line.idea:
                return position
        self.lines.append(line)
        return len(self.lines)

    def offer(self, controls: Sequence[Control], *, under_list: bool, grew: bool = False) -> tuple[tuple[str, Control], ...]:
        """Gives each control a letter, and makes those letters press them.

        The letters of the latest list stay while other cards come and go. Those of any other card live until the next card, so
        that a forgotten “delete” is never pressed by accident; only a list that `grew` ends at its own time and leaves them.
        """
        offered = dict(lettered(controls))
        if under_list:
            self._under_list = offered
            self._elsewhere = {key: control for key, control in self._elsewhere.items() if grew and key not in offered}
        else:
            self._elsewhere = offered
        return tuple(offered.items())

    def pressed(self, letter: str) -> Control | None:
        """The control that a letter presses now."""
        return self._elsewhere.get(letter) or self._under_list.get(letter)


def lettered(controls: Sequence[Control]) -> tuple[tuple[str, Control], ...]:
    """A letter for each control: the first free one of its label, of its verb, of the alphabet; none when all are taken."""
    by_letter: dict[str, Control] = {}
    for control in controls:
        wishes = control.label.lower() + control.key.verb + LETTERS
        letter = next((wish for wish in wishes if wish in LETTERS and wish not in TAKEN and wish not in by_letter), None)
        if letter is not None:
            by_letter[letter] = control
    return tuple(by_letter.items())
