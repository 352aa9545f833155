"""What a board's ideas are about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.domain.errors import Refusal
from bot.domain.ideas import Idea
from bot.domain.shaping import MAX_THEME
from bot.messages import Call, Card, Control, Field, Form, Key, Param, Press, Progress, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.ideas.reshaping import NONE, Changed, Numbered
from bot.services.ideas.theming import Sight, TooFew
from bot.services.rounds.showing import offers
from bot.words import N_, _, ngettext

HELP = N_("see what the board's ideas are about, which say the same, and what is missing")
EXAMPLES = ("/themes", "/themes --again")
NEW = ("new", "新")
NOWHERE = (NONE, "others", "无", "其他")  # how people write "in no theme"
SHOWN, MOST_THEMES = 4, 12  # ideas of a theme, and themes, in one message: with 50 characters each it stays below 4 000
CUT = 50
MOST_TOPIC = 60  # characters of a topic in a button's key, which holds 100
SEEN_IDEAS = 25  # numbers that are taken at once; a form's field holds no more that a person reads
#: For who wants all of it summed up in a few lines.
SUMMARY = N_("I write no summaries; these are the ideas in groups. /export makes a file of all of them.")
PARAMS = (
    Param(name="topic", help=N_("only of ideas for this topic, or a part of it"), rest=True, recent="text"),
    Param(name="again", help=N_("group the ideas anew; names that people gave stay"), kind="flag"),
    Param(name="theme", help=N_("which theme to change: its number, “new”, or “none” for ideas that are to be in no theme")),
    Param(name="ideas", help=N_("the numbers of the ideas that belong into it, such as “3 7”"), numbers=True),
    Param(name="name", help=N_("its new name")),
)
SAID_ONLY = True  # "themes for a party" is a topic, also where a command was announced


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """For a change of the themes."""
    ask = _("“new” makes one of the ideas below; “none” takes them out of theirs")
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
        await services.filling.fill(call, reply, topic, str(call.args["gap"]))
        return
    if call.args.get("theme"):
        changed = await _change(services, call, topic)
        if call.args.get("brief"):  # whoever moves one idea after another sees the themes already
            await reply.show(Card(text=_("The themes are changed."), private=True))
            return
        ideas = [idea.id for one in changed.themes for idea in one.ideas]
        quoting = [*ideas, *(idea.id for idea in changed.loose)]
        await services.redrawing.show(reply, changed_card(changed), call.channel, quoting=quoting)
        return
    if call.args.get("ideas") or call.args.get("name"):
        raise Refusal(_("Which theme? Write /themes --theme and its number, or “new”."))

    async def told() -> None:
        await reply.show(Card(title=_("Themes"), progress=Progress(doing=_("Naming the themes"))))

    anew = bool(call.args.get("again"))
    try:
        sight = await services.theming.look(call.channel, topic, anew=anew, person=call.person, told=told)
    except TooFew:
        if not call.args.get("said"):
            raise
        await services.cards.commands["board"].run(services, replace(call, command="board", args={"said": "summary"}), reply)
        return
    ideas = [idea.id for _theme_of, some in sight.themes for idea in some]
    card = card_of(sight)
    if call.args.get("said"):
        card = replace(card, text=f"{_(SUMMARY)}\n\n{card.text}")
    await services.redrawing.show(reply, card, call.channel, quoting=[*ideas, *(one.id for one, _stays in sight.same)])


async def _change(services: Services, call: Call, topic: str) -> Changed:
    theme, name = str(call.args["theme"]).strip().lstrip("#").casefold(), str(call.args.get("name", ""))
    numbers = re.findall(r"\d{1,9}", str(call.args.get("ideas", "")))[:SEEN_IDEAS]
    ideas = [await services.finding.idea(call.channel, number) for number in dict.fromkeys(numbers)]
    theme = "" if theme in NEW else NONE if theme in NOWHERE else theme
    return await services.reshaping.change(call.person, call.channel, topic, theme=theme, ideas=ideas, name=name)


def card_of(sight: Sight) -> Card:
    """The themes with their ideas, what says the same, and what is missing."""
    placed = [Numbered(number=number, theme=theme, ideas=ideas) for number, (theme, ideas) in enumerate(sight.themes, 1)]
    parts = [_theme(one) for one in placed[:MOST_THEMES]]
    if len(sight.themes) > MOST_THEMES:
        more = len(sight.themes) - MOST_THEMES
        parts.append(ngettext("and {count} more", "and {count} more", more).format(count=more))
    if sight.outside:
        parts.append(_apart(sight.outside))
    if sight.loose:
        came = ngettext("{count} idea came since.", "{count} ideas came since.", len(sight.loose))
        parts.append(came.format(count=len(sight.loose)))
    if sight.same:
        pairs = [f"#{goes.number} {shortened(goes.text, CUT)} = #{stays.number}" for goes, stays in sight.same]
        parts.append("\n".join([_("These may say the same:"), *pairs]))
    if sight.gaps:
        parts.append(_("No idea yet about: {gaps}").format(gaps=", ".join(gap.said for gap in sight.gaps)))
    return Card(title=_title(sight.topic), text="\n\n".join(parts), controls=_controls(sight))


def changed_card(changed: Changed) -> Card:
    """What a change touched, and no more: who renames one theme has read the others."""
    parts = [_theme(one) for one in changed.themes[:MOST_THEMES]]
    if changed.loose:
        parts.append(_apart(changed.loose))
    everything = Control(key=Key(verb="themes", token=f"look|{changed.topic}"), label=_("All themes"), emoji="🗂️")
    text = "\n\n".join(parts) or _("The themes are as they were.")
    return Card(title=_title(changed.topic), text=text, controls=(everything, _changes(changed.topic)))


def _title(topic: str) -> str:
    return _("Themes") + (f" · “{shortened(topic, 120)}”" if topic else "")


def _theme(one: Numbered) -> str:
    lines = [f"{one.number}. {one.theme.name or shortened(one.ideas[0].text, CUT)} ({len(one.ideas)})"]
    lines += [f"   #{idea.number} {shortened(idea.text, CUT)}" for idea in one.ideas[:SHOWN]]
    if rest := one.ideas[SHOWN : SHOWN + SEEN_IDEAS]:
        lines.append("   " + " ".join(f"#{idea.number}" for idea in rest))
    return "\n".join(lines)


def _apart(ideas: tuple[Idea, ...]) -> str:
    """Ideas that are in no theme."""
    lines = [f"   #{idea.number} {shortened(idea.text, CUT)}" for idea in ideas[:SHOWN]]
    if rest := ideas[SHOWN : SHOWN + SEEN_IDEAS]:
        lines.append("   " + " ".join(f"#{idea.number}" for idea in rest))
    return "\n".join([_("In no theme ({count}):").format(count=len(ideas)), *lines])


def _changes(topic: str) -> Control:
    return Control(key=Key(verb="themes", token=f"change|{topic}"), label=_("Change the themes"), emoji="✏️", asks=True)


def _controls(sight: Sight) -> tuple[Control, ...]:
    topic = sight.topic
    controls = [*offers(sight.same)]
    for gap in sight.gaps:
        label = _("Ideas about: {gap}").format(gap=gap.said)
        controls.append(Control(key=Key(verb="themes", token=f"gap-{gap.key}|{topic}"), label=label, emoji="💡"))
    controls.append(_changes(topic))
    controls.append(Control(key=Key(verb="themes", token=f"again|{topic}"), label=_("Group anew"), emoji="🔀"))
    return tuple(controls)
