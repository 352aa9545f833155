"""What a board's ideas are about."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.domain.errors import Refusal
from bot.domain.ideas import Idea
from bot.domain.shaping import MAX_THEME
from bot.messages import Call, Card, Control, Field, Form, Key, Param, Press, Progress, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.ideas.gaps import aspects
from bot.services.ideas.theming import Sight
from bot.services.rounds.showing import offers
from bot.words import N_, _, ngettext

HELP = N_("see what the board's ideas are about, which say the same, and what is missing")
EXAMPLES = ("/themes", "/themes --again")
NEW = "new"
SHOWN, MOST_THEMES = 4, 12  # ideas of a theme, and themes, in one message: with 50 characters each it stays below 4 000
CUT = 50
MOST_TOPIC = 60  # characters of a topic in a button's key, which holds 100
SEEN_IDEAS = 25  # numbers that are taken at once; a form's field holds no more that a person reads
PARAMS = (
    Param(name="topic", help=N_("only of ideas for this topic, or a part of it"), rest=True, recent="text"),
    Param(name="again", help=N_("group the ideas anew; names that people gave stay"), kind="flag"),
    Param(name="theme", help=N_("which theme to change: its number, or “new”")),
    Param(name="ideas", help=N_("the numbers of the ideas that belong into it, such as “3 7”"), numbers=True),
    Param(name="name", help=N_("its new name")),
)
SAID_ONLY = True  # "themes for a party" is a topic, also where a command was announced


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """For a change of the themes."""
    ask = _("“new” makes one of the ideas below")
    return Form(
        key=Key(verb="themes", token=key.token),
        title=_("Change the themes"),
        fields=(
            Field(name="theme", label=_("Number of the theme"), most=9, hint=ask),
            Field(name="ideas", label=_("Ideas that belong into it"), most=200, required=False, placeholder="3 7"),
            Field(name="name", label=_("Its new name"), most=MAX_THEME, required=False),
        ),
        submit=_("Change"),
    )


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "themes" is this command."""
    return rest.startswith("--")


def from_press(press: Press) -> Mapping[str, Value]:
    """Of which board, and what to do with it."""
    what, _bar, topic = press.key.token.partition("|")
    filled = {name: text for name in ("theme", "ideas", "name") if (text := press.values.get(name, ""))}
    doing: dict[str, Value] = {"again": True} if what == "again" else {"gap": what[4:]} if what.startswith("gap-") else {}
    return {"topic": topic, **doing, **filled}


async def run(services: Services, call: Call, reply: Reply) -> None:
    topic = str(call.args.get("topic", "")).strip()[:MOST_TOPIC]
    if call.args.get("gap"):
        await _fill(services, call, reply, topic)
        return
    if call.args.get("theme"):
        await _change(services, call, topic)
        if call.args.get("brief"):  # whoever moves one idea after another sees the themes already
            await reply.show(Card(text=_("The themes are changed."), private=True))
            return
    elif call.args.get("ideas") or call.args.get("name"):
        raise Refusal(_("Which theme? Write /themes --theme and its number, or “new”."))

    async def told() -> None:
        await reply.show(Card(title=_("Themes"), progress=Progress(doing=_("Naming the themes"))))

    anew = bool(call.args.get("again"))
    sight = await services.theming.look(call.channel, topic, anew=anew, person=call.person, told=told)
    ideas = [idea.id for _theme_of, some in sight.themes for idea in some]
    await services.redrawing.show(reply, card_of(sight), call.channel, quoting=[*ideas, *(one.id for one, _stays in sight.same)])


async def _fill(services: Services, call: Call, reply: Reply, topic: str) -> None:
    """Asks for ideas about what none is about yet."""
    aspect = next((one for one in aspects() if one.key == call.args["gap"]), None)
    if aspect is None:
        raise Refusal(_("This button is not one of Muselab's."))
    topics = (topic,) if topic else await services.boards.topics(call.channel)
    subject = topics[0] if topics else ""
    asked = f"{shortened(subject, 500)}: {aspect.said}" if subject else aspect.said
    prompt = await services.answering.prompt(call.channel, asked)
    await services.answering.brainstorm(call.channel, call.person, prompt, reply)


async def _change(services: Services, call: Call, topic: str) -> None:
    theme, name = str(call.args["theme"]).strip().lstrip("#"), str(call.args.get("name", ""))
    numbers = re.findall(r"\d{1,9}", str(call.args.get("ideas", "")))[:SEEN_IDEAS]
    ideas = [await services.finding.idea(call.channel, number) for number in dict.fromkeys(numbers)]
    fresh = theme.casefold() in (NEW, "新")
    await services.theming.change(call.person, call.channel, topic, theme="" if fresh else theme, ideas=ideas, name=name)


def card_of(sight: Sight) -> Card:
    """The themes with their ideas, what says the same, and what is missing."""
    parts = [_theme(number, theme.name, ideas) for number, (theme, ideas) in enumerate(sight.themes[:MOST_THEMES], 1)]
    if len(sight.themes) > MOST_THEMES:
        more = len(sight.themes) - MOST_THEMES
        parts.append(ngettext("and {count} more", "and {count} more", more).format(count=more))
    if sight.loose:
        came = ngettext("{count} idea came since.", "{count} ideas came since.", len(sight.loose))
        parts.append(came.format(count=len(sight.loose)))
    if sight.same:
        pairs = [f"#{goes.number} {shortened(goes.text, CUT)} = #{stays.number}" for goes, stays in sight.same]
        parts.append("\n".join([_("These may say the same:"), *pairs]))
    if sight.gaps:
        parts.append(_("No idea yet about: {gaps}").format(gaps=", ".join(gap.said for gap in sight.gaps)))
    title = _("Themes") + (f" · “{shortened(sight.topic, 120)}”" if sight.topic else "")
    return Card(title=title, text="\n\n".join(parts), controls=_controls(sight))


def _theme(number: int, name: str, ideas: tuple[Idea, ...]) -> str:
    lines = [f"{number}. {name or shortened(ideas[0].text, CUT)} ({len(ideas)})"]
    lines += [f"   #{idea.number} {shortened(idea.text, CUT)}" for idea in ideas[:SHOWN]]
    if rest := ideas[SHOWN : SHOWN + SEEN_IDEAS]:
        lines.append("   " + " ".join(f"#{idea.number}" for idea in rest))
    return "\n".join(lines)


def _controls(sight: Sight) -> tuple[Control, ...]:
    topic = sight.topic
    controls = [*offers(sight.same)]
    for gap in sight.gaps:
        label = _("Ideas about: {gap}").format(gap=gap.said)
        controls.append(Control(key=Key(verb="themes", token=f"gap-{gap.key}|{topic}"), label=label, emoji="💡"))
    change = Key(verb="themes", token=f"change|{topic}")
    controls.append(Control(key=change, label=_("Change the themes"), emoji="✏️", asks=True))
    controls.append(Control(key=Key(verb="themes", token=f"again|{topic}"), label=_("Group anew"), emoji="🔀"))
    return tuple(controls)
