"""How many ideas of a round are put on one card: which stand there by themselves, and which are named in a line each."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.ideas import Idea
from bot.domain.shaping import Theme
from bot.services.cards import shortened
from bot.services.ideas.theming import LEAST
from bot.words import _

MOST_SIGNS = 3_000  # characters of all those lines; a message holds 4 000, and the rest of the card takes some hundreds
A_LINE = 70  # characters of such an idea
COVERED = 0.5  # share of the ideas that themes must have, so that their names say how the list goes on


def parted(ideas: Sequence[Idea], room: int, themes: Sequence[Theme] | None, *, best_first: bool) -> tuple[Sequence[Idea], str]:
    """Which ideas stand on a card by themselves, and what its text says of the others, which is read before those.

    Of more than there is room for, the best alone are shown, as whoever reads the card looks for them at its top; where none is
    better yet, all of them are named in the text: by theme where a board has themes, else in their order.

    `themes`: None: nobody who reads it may see or make any.
    """
    if len(ideas) <= room:
        return ideas, ""
    if best_first:
        return ideas[:room], _("The best {shown} of {count}; the others are on the board.").format(shown=room, count=len(ideas))
    groups = by_theme(ideas, themes or ())
    hint = _("Ideas that belong together stand together after /themes.")
    untold = themes is None or len(ideas) < LEAST or groups[0][0] != ""
    return (), listed(groups) if untold else f"{hint}\n\n{listed(groups)}"


def by_theme(ideas: Sequence[Idea], themes: Sequence[Theme]) -> list[tuple[str, list[Idea]]]:
    """Ideas under the names of a board's themes, those in none last; under one empty name where themes have few of them."""
    mine = {idea.id: idea for idea in ideas}
    groups = [(theme.name, [mine[id] for id in theme.ideas if id in mine]) for theme in themes]
    groups = [(name or shortened(some[0].text, A_LINE), some) for name, some in groups if some]
    inside = {idea.id for _name, some in groups for idea in some}
    if len(inside) < COVERED * len(ideas):
        return [("", list(ideas))]
    rest = [idea for idea in ideas if idea.id not in inside]
    return [*groups, (_("In no theme"), rest)] if rest else groups


def listed(groups: Sequence[tuple[str, Sequence[Idea]]]) -> str:
    """Ideas in a line each, under the names of their groups; of very many that there are more."""
    parts: list[str] = []
    signs = left = 0
    for name, some in groups:
        lines = [name] if name else []
        for idea in some:
            line = f"#{idea.number} {shortened(idea.text, A_LINE)}"
            signs += len(line) + 1
            if signs > MOST_SIGNS:
                left += 1
            else:
                lines.append(line)
        if len(lines) > bool(name):
            parts.append("\n".join(lines))
    more = [_("… and {count} more on the board").format(count=left)] if left else []
    return "\n\n".join([*parts, *more])


def pairs_said(pairs: Sequence[tuple[Idea, Idea]]) -> str:
    """Ideas that may say the same, with their words: nobody looks two numbers up among forty."""
    said = [
        f"#{goes.number} = #{stays.number}\n   {shortened(goes.text, A_LINE)}\n   {shortened(stays.text, A_LINE)}"
        for goes, stays in pairs
    ]
    return "\n".join(said)
