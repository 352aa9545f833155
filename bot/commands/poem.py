"""Poems in short forms."""

from __future__ import annotations

from bot.domain.errors import Refusal
from bot.messages import Call, Param
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.asking import COUNT, STYLE, TONE, asked
from bot.services.ideas.talking import stands_alone
from bot.words import N_, _

HELP = N_("get short poems, line by line between slashes")
EXAMPLES = (N_("/poem autumn rain haiku"),)
#: The recipe of each form in each language of ideas.
FORMS = {
    "line": {"en": "poems", "zh": "poems"},
    "haiku": {"en": "haikus", "zh": "haikus"},
    "couplet": {"en": "couplets", "zh": "couplets"},
    "quatrain": {"en": "quatrains", "zh": "quatrains"},
    "limerick": {"en": "limericks", "zh": "limericks"},
    "jueju": {"zh": "jueju"},
}
USUAL = {"en": "haiku", "zh": "jueju"}
PARAMS = (
    Param(name="topic", help=N_("what it is about"), required=True, rest=True),
    Param(
        name="form",
        help=N_("which form"),
        kind="choice",
        choices=(
            ("line", N_("a first line")),
            ("haiku", N_("a haiku")),
            ("couplet", N_("two lines that rhyme")),
            ("quatrain", N_("four lines")),
            ("limerick", N_("a limerick")),
            ("jueju", N_("a jueju, in Chinese")),
        ),
        short="f",
        trails=True,
    ),
    COUNT,
    STYLE,
    TONE,
)


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "poem" is this command: the rest is a subject of its own."""
    return stands_alone(rest)


async def run(services: Services, call: Call, reply: Reply) -> None:
    fields = asked(call, "count", "style", "tone")
    prompt = await services.answering.prompt(call.channel, str(call.args.get("topic", "")), **fields)
    form = str(call.args.get("form") or USUAL[prompt.language])
    kind = FORMS[form].get(prompt.language)
    if kind is None:
        possible = ", ".join(name for name, kinds in FORMS.items() if prompt.language in kinds)
        raise Refusal(
            _("The form “{form}” is not written in the language of this topic. Possible here: {possible}.").format(
                form=form, possible=possible
            )
        )
    prompt = await services.answering.like(prompt, call.channel, count=prompt.count, kind=kind)
    await services.answering.brainstorm(call.channel, call.person, prompt, reply)
