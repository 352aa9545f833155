"""Rewriting an idea: the edit becomes an idea of its own, and says that the original was worth the work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.errors import InvalidFeedback
from bot.domain.feedback import Tally
from bot.domain.ideas import MAX_IDEA, Idea
from bot.messages import Control, Field, Form, Key, Press
from bot.services.ideas.substituting import Swap
from bot.words import N_, _

if TYPE_CHECKING:
    from bot.services.bundle import Services

HELP = N_("write your own version of an idea; it joins the board")
EXAMPLES = (N_("/edit 2 The Tea Room"),)
WORDS_ONLY = True  # there is no such thing of pictures and sounds
TOKENS = ("text",)
EMOJI: dict[str, str] = {}
#: Somebody found it worth rewriting, and not good as it was: a faint yes for who learns taste, and no vote on any board. That the
#: edit beats the original is in their lineage.
WORTH = 0.3


def value(token: str) -> float:
    if token == "none":
        return 0.0
    if token != "text":
        raise InvalidFeedback(_("Please write the idea as it should be."))
    return WORTH


def said(token: str, text: str) -> str:
    return _("Your version is on the board: “{idea}”.").format(idea=text)


def controls(idea: Idea, tally: Tally | None) -> tuple[Control, ...]:
    return (Control(key=Key(verb="edit", target=idea.id, token="text"), label=_("Edit"), emoji="✏️", asks=True, minor=True),)


async def form(services: Services, key: Key, idea: Idea) -> Form:
    """The idea's text, to be changed."""
    return Form(
        key=key,
        title=_("Make it better"),
        fields=(Field(name="text", label=_("The idea, in your words"), value=idea.text, most=MAX_IDEA, multiline=True),),
        submit=_("Save"),
    )


async def act(services: Services, press: Press, idea: Idea) -> Idea:
    """Puts the edited version on the board; where a line named words inside it, with others in their place."""
    if old := press.values.get("old", ""):
        press = replace(press, values={"text": Swap(old, press.values["text"]).within(idea.text)})
    return await services.listening.edited(press, idea)
