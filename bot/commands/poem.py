"""Poems in short forms."""

from __future__ import annotations

import re

from bot.domain.errors import Refusal
from bot.domain.modalities import TEXT
from bot.messages import Call, Param
from bot.ports import Reply
from bot.services import chinese
from bot.services.bundle import Services
from bot.services.ideas.asking import COUNT, STYLE, TONE, asked
from bot.services.ideas.verses import FORMS
from bot.services.talk import orders
from bot.services.talk.heard import INSTEAD
from bot.services.talk.phrases import stands_alone
from bot.services.usage import named
from bot.words import N_, _

HELP = N_("get short poems, line by line between slashes")
EXAMPLES = (N_("/poem autumn rain haiku"),)
#: Characters in a line, where a form has so many; the option of the prompt that tells the poet.
LENGTHS, LENGTH = {"wujue": "5", "qijue": "7"}, "length"
#: The form that begins its lines with the topic's characters, and the option of the prompt that tells the poet which.
ACROSTIC, FIRST = "cangtou", "first"
#: Forms that nobody here writes, as the last words of a topic, where they would be passed over in silence.
ABSENT = re.compile(
    r"(?:^|.*?[\s,，、])(?:an? |as an? )?(?P<form>sonnet|villanelle|sestina|tanka|ghazal|acrostic|"
    r"(?:五言|七言)?律诗|五律|七律|宋词|古风|古体诗)",
    re.IGNORECASE,
)
LINES = 4  #: of a jueju
#: A whole request that stands behind the command, as it is typed: 写首打油诗，讲毛肚的.
WHOLE = re.compile(r"/poem (?:--form (?P<form>\w+) )?(?:--\w+ \S+ )*-- (?P<topic>.+)")
PICTURE = "picture"  #: is said beside where the poem is about the picture that was made last
USUAL = {"en": "haiku", "zh": "jueju"}
PARAMS = (
    Param(name="topic", help=N_("what it is about: words, or the number of an idea"), kind="about", required=True, rest=True),
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
            ("wujue", N_("a jueju of five characters a line")),
            ("qijue", N_("a jueju of seven characters a line")),
            ("cangtou", N_("a jueju whose lines begin with the topic's four characters")),
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
    idea, topic = await services.finding.subject(call.channel, str(call.args.get("topic", "")))
    other = str(call.args.get("said", ""))
    if other == PICTURE:
        topic, other = await services.finding.pictured(call.channel), ""
    elif idea is not None and idea.modality != TEXT:
        topic = (await services.finding.topic(idea)).text
    form = str(call.args.get("form", ""))
    if idea is None and (whole := WHOLE.fullmatch(orders.order(topic))):
        form, topic = form or whole["form"] or "", whole["topic"]
    if not form and (absent := ABSENT.fullmatch(chinese.simplified(topic))):
        param = next(param for param in PARAMS if param.name == "form")
        raise Refusal(_("“{value}” is not one of {known}.").format(value=absent["form"], known=named(param)))
    prompt = await services.answering.prompt(call.channel, topic, **fields)
    form = form or USUAL[prompt.language]
    kind = FORMS[form].get(prompt.language)
    if kind is None:
        possible = ", ".join(name for name, kinds in FORMS.items() if prompt.language in kinds)
        raise Refusal(
            _("The form “{form}” is not written in the language of this topic. Possible here: {possible}.").format(
                form=form, possible=possible
            )
        )
    options = {LENGTH: LENGTHS[form]} if form in LENGTHS else {}
    if form == ACROSTIC:
        options[FIRST] = _first(prompt.text)
    elif kind == FORMS["jueju"]["zh"] and other:
        options[INSTEAD] = other
    prompt = await services.answering.like(prompt, call.channel, count=prompt.count, kind=kind, options=options)
    parents = (idea.id,) if idea is not None else ()
    await services.answering.brainstorm(call.channel, call.person, prompt, reply, parents=parents)


def _first(topic: str) -> str:
    """The characters with which an acrostic's lines begin."""
    first = "".join(chinese.HAN.findall(topic.partition("（")[0]))
    if len(first) != LINES:
        raise Refusal(_("The lines of this form begin with the topic's characters; give four Chinese ones, such as 毕业快乐."))
    return first
