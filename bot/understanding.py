"""Whether rules understand a line: all of it, or as said of what stands in front of a person. No state."""

from __future__ import annotations

from bot.services.ideas import verses
from bot.services.media import changes
from bot.services.talk import adding, deeds, followups, pointing, polite, retorts, small_talk, swapping, wishes


def whole(text: str, under: str) -> bool:
    """Whether rules understand all of a line that is no topic and no command; `under`: as in `bot.typed.Source`."""
    pointing_at = followups.follow_up(text) is not None if under else pointing.points(text)
    return bool(small_talk.small_talk(text) or deeds.deed(text) or pointing_at)


def goes_on(text: str) -> bool:
    """Whether a line may be said of what stands in front of a person: of ideas, or of a picture, a tune or a voice."""
    refined = wishes.refinement(text) or wishes.refinement(polite.tidied(text))
    worded = swapping.swapped(text) or verses.rhyming(text) or retorts.one_line(text) is not None
    return bool(followups.follow_up(text) or refined or worded or adding.extended("…", text) or changes.modalities(text))


def points(text: str, asked: deeds.Deed | None) -> bool:
    """Whether a line can only be said of what stands there; `asked`: what of a rule's it asks for."""
    pointed = asked is not None and asked.ideas and asked.only_there
    return bool(pointed or retorts.one_line(text) is not None or swapping.swapped(text) or pointing.points(text))
