"""Plots, characters and first sentences of stories; and what comes next in one."""

from __future__ import annotations

import re

from bot.domain.ideas import Idea, IdeaId
from bot.messages import Call, Param
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.asking import COUNT, STYLE, TONE, asked
from bot.services.talk.phrases import stands_alone
from bot.words import N_

HELP = N_("get plots, characters, openings or the next lines of a story")
EXAMPLES = (N_("/story a lighthouse keeper plot"),)
KINDS = {"plot": "stories", "character": "characters", "opening": "openings", "continue": "continuations"}
PARAMS = (
    Param(name="topic", help=N_("what it is about; to continue: the text so far, or #3 for an idea"), required=True, rest=True),
    Param(
        name="what",
        help=N_("what you need: a plot, a character, an opening, or how it goes on"),
        kind="choice",
        choices=(
            ("plot", N_("a plot")),
            ("character", N_("a character")),
            ("opening", N_("an opening")),
            ("continue", N_("how it goes on")),
        ),
        short="w",
        trails=True,
    ),
    COUNT,
    STYLE,
    TONE,
)


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "story" is this command: the rest is a subject of its own."""
    return stands_alone(rest)


async def run(services: Services, call: Call, reply: Reply) -> None:
    topic, what = str(call.args.get("topic", "")), str(call.args.get("what", "plot"))
    begun: Idea | None = None
    if re.fullmatch(r"#\d+", topic.strip()):
        begun = await services.finding.idea(call.channel, topic)
        topic, what = begun.text, str(call.args.get("what", "continue"))
    prompt = await services.answering.prompt(call.channel, topic, kind=KINDS[what], **asked(call, "count", "style", "tone"))
    parents: tuple[IdeaId, ...] = () if begun is None else (begun.id,)
    await services.answering.brainstorm(call.channel, call.person, prompt, reply, parents=parents)
