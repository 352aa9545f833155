"""How a view of a board is said: its title, what stands beside an idea, what to press; and the key that turns its pages."""

from __future__ import annotations

from dataclasses import replace

from bot.messages import MAX_KEY, Card, Control, Key, Line
from bot.services.ideas.standing import KINDS, STATES, Page, Standing, View
from bot.words import _, in_quotes, ngettext

MOST_TOPIC = 40  # characters of a topic or a reason beside an idea; ten of them leave a message room for the ideas
TURNING = len("board::1000|shortlisted|people|")  # of a key, before the topic


def heading(view: View) -> str:
    """What is looked at, in a line."""
    parts = [_("Board")]
    if view.topic:
        parts.append(in_quotes(cut(view.topic, 120)))
    parts += [_(names[value]) for names, value in ((STATES, view.state), (KINDS, view.kind)) if value]
    return " · ".join(parts)


def empty(page: Page) -> Card:
    """What is said where there is nothing to show."""
    view = page.view
    if view == View() and not page.dropped:
        text = _("The board is empty. Start with /brainstorm and a topic, or add an idea with /idea.")
    elif page.topics:
        text = _("No idea here is for “{topic}”. The topics are:").format(topic=cut(view.topic, 120))
        text += "\n" + "\n".join(f"· {cut(topic, 120)}" for topic in page.topics)
    else:
        text = _("Nothing on the board is like that.")
        text += " " + left_out(page) if page.dropped else ""
    return Card(title=heading(view), text=text)


def left_out(page: Page) -> str:
    """How many ideas are not shown as they were dropped."""
    return ngettext("{count} dropped: /board dropped", "{count} dropped: /board dropped", page.dropped).format(count=page.dropped)


def footer(page: Page) -> str:
    """How many there are, and where one is."""
    parts = [ngettext("{count} idea, best first", "{count} ideas, best first", page.total).format(count=page.total)]
    if page.pages > 1:
        parts.append(_("page {number} of {pages}").format(number=page.number, pages=page.pages))
    if not page.view.topic and (topic := only_topic(page)):
        parts.append(_("for “{topic}”").format(topic=cut(topic, 120)))
    if page.dropped:
        parts.append(left_out(page))
    return " · ".join(parts)


def turned(page: Page) -> tuple[Control, ...]:
    """What turns the page."""
    controls = []
    if page.number > 1:
        controls.append(Control(key=key_of(page.view, page.number - 1), label=_("Previous"), emoji="◀️"))
    if page.number < page.pages:
        controls.append(Control(key=key_of(page.view, page.number + 1), label=_("Next"), emoji="▶️"))
    return tuple(controls)


def key_of(view: View, number: int) -> Key:
    """The key of a page. A topic that it has no room for is cut, and what begins so is looked at."""
    if view == View():
        return Key(verb="board", token=str(number))
    topic = view.topic[: MAX_KEY - TURNING]
    return Key(verb="board", token="|".join((str(number), view.state, view.kind, topic)))


def view_of(token: str) -> tuple[int, View]:
    """The page and the view in a key's token; the first of the whole board where it names none."""
    number, state, kind, topic = (*token.split("|", 3), "", "", "")[:4]
    view = View(topic=topic, state=state if state in STATES else "", kind=kind if kind in KINDS else "")
    return (int(number) if number.isdecimal() else 1), view


def only_topic(page: Page) -> str:
    """What all the ideas on a page are for, where that is one thing; empty elsewhere."""
    topics = {standing.topic for standing in page.standings}
    return topics.pop() if len(topics) == 1 else ""


def noted(line: Line, standing: Standing, *, topic: bool) -> Line:
    """An idea's line with what its board knows of it; `topic`: also what it is for."""
    notes = [line.note] if line.note else []
    if standing.state in ("shortlisted", "dropped"):
        said = _(STATES[standing.state])
        notes.append(f"{said}: {cut(standing.reason)}" if standing.reason else said)
    if standing.merged:
        notes.append(_("with {numbers}").format(numbers=" ".join(f"#{number}" for number in standing.merged)))
    if standing.topic and topic:
        notes.append(_("for “{topic}”").format(topic=cut(standing.topic)))
    return replace(line, note=" · ".join(notes), at=standing.idea.created_at)


def cut(text: str, most: int = MOST_TOPIC) -> str:
    """At most so many characters, with an ellipsis where something is left out."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
