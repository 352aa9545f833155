"""Moving ideas by hand: into a state, into a theme, onto another idea; as the commands that say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters._web import templating
from adapters._web.boards import Board, Shown, state_title
from bot import typed
from bot.domain.errors import Refusal
from bot.domain.ideas import Channel, IdeaId
from bot.messages import Call, Key, Press
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.ideas.standing import STATES
from bot.words import _

NEW, NO = "new", "none"  # in a theme's place: one that is begun with the idea, and none at all
OFFERED = 80  # characters of an idea in a list to choose from


async def events_of(services: Services, fields: Mapping[str, Any], source: typed.Source) -> list[Call | Press]:
    """What the desk is told for one move, in order.

    Args:
        services: to see how the idea stands.
        fields: `to`: "state-…", "theme-…" or "idea-…"; `idea`: an id; `reason`; `name` of a theme.
        source: who, where and when.

    Raises:
        Refusal: it says nowhere to move to, or no idea of this channel.
    """
    kind, _dash, where = str(fields.get("to", "")).partition("-")
    if kind == "theme" and where:
        return [await themed(services, fields, source, where)]
    idea = await services.finding.idea(source.channel, str(fields.get("idea", "")))
    if kind == "idea" and where:
        return [called(source, "merge", {"idea": idea.id, "into": where})]
    if kind != "state" or where not in STATES:
        raise Refusal(_("This page has grown old. Please reload it and try again."))
    if where == "picked":
        return [pressed(source, idea.id, "yes")]
    reason = str(fields.get("reason", "")).strip() if where != "open" else ""
    (tally,) = await services.boards.tallies(source.channel.team, [idea])
    mark = (await services.store.marks(source.channel)).get(idea.id)
    events: list[Call | Press] = [pressed(source, idea.id, "none")] if tally.picked else []
    if not events or (where, reason) != (("open", "") if mark is None else (mark.state, mark.reason)):
        events.append(called(source, "state", {"idea": idea.id, "state": where, "reason": reason}))
    return events


async def themed(services: Services, fields: Mapping[str, Any], source: typed.Source, theme: str) -> Call:
    """An idea into a theme, or a theme's new name, or both."""
    args: dict[str, str | int | bool] = {"theme": theme, "brief": True}
    if fields.get("idea"):
        args["ideas"] = str((await services.finding.idea(source.channel, str(fields["idea"]))).number)
    if fields.get("name"):
        args["name"] = str(fields["name"])
    return called(source, "themes", args)


def called(source: typed.Source, command: str, args: Mapping[str, str | int | bool]) -> Call:
    """A command, as somebody would have typed it."""
    return Call(
        id=f"{source.id}-{command}",
        command=command,
        args=args,
        person=source.person,
        channel=source.channel,
        at=source.at,
        locale=source.locale,
        outsider=source.outsider,
    )


def pressed(source: typed.Source, idea: IdeaId, token: str) -> Press:
    """Picked, or no longer."""
    return Press(
        id=f"{source.id}-pick",
        key=Key(verb="pick", target=idea, token=token),
        person=source.person,
        channel=source.channel,
        at=source.at,
        locale=source.locale,
        outsider=source.outsider,
    )


async def moving(services: Services, board: Board, one: Shown, to: str) -> str:
    """The form that moves an idea without a mouse; `to`: what is chosen at first."""
    themes = await services.store.themes(one.idea.channel, "")
    apart = [(f"theme-{NO}", _("In no theme"))] if one.theme else []
    states = [(f"state-{state}", state_title(f"state-{state}")) for state in STATES]
    groups = [
        (_("State"), states),
        (
            _("Theme"),
            [*((f"theme-{theme.id}", theme.name or "…") for theme in themes), *apart, (f"theme-{NEW}", _("New theme"))],
        ),
        (_("Says the same as"), others(board, one)),
    ]
    return templating.part("moving", idea=one.idea.id, number=one.idea.number, groups=groups, to=to or f"state-{one.state}")


def others(board: Board, one: Shown) -> Sequence[tuple[str, str]]:
    """The ideas that an idea may be merged into: of words, by number."""
    if one.idea.modality != "text":
        return []
    ideas = [other.idea for other in board.shown.values() if other.idea.modality == "text" and other.idea.id != one.idea.id]
    ideas.sort(key=lambda idea: idea.number)
    return [(f"idea-{idea.id}", f"#{idea.number} {shortened(idea.text, OFFERED)}") for idea in ideas]


async def naming(services: Services, channel: Channel, id: str) -> str:
    """The form that renames a theme.

    Raises:
        Refusal: it is gone.
    """
    theme = next((theme for theme in await services.store.themes(channel, "") if theme.id == id), None)
    if theme is None:
        raise Refusal(_("This page has grown old. Please reload it and try again."))
    return templating.part("naming", theme=theme)
