"""Completions for the arguments of commands, as a person types them."""

from __future__ import annotations

from bot.domain.ideas import Channel
from bot.messages import Param
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.doors import Command, of_hidden
from bot.words import _

SUGGESTIONS = 25  # Discord shows no more


async def suggestions(
    services: Services, command: Command | None, channel: Channel, param: str, typed: str
) -> list[tuple[str, str]]:
    """Labels and values for an argument that hold what was typed; see `bot.ports.Front.suggest`.

    Raises:
        StoreDown: the ideas cannot be read.
    """
    wanted = next((one for one in command.PARAMS if one.name == param), None) if command is not None else None
    if command is None or wanted is None:
        return []
    choices = await _choices(services, command, channel, wanted)
    part = typed.casefold()
    return [(shortened(label, 100), value) for label, value in choices if part in label.casefold()][:SUGGESTIONS]


async def _choices(services: Services, command: Command, channel: Channel, param: Param) -> list[tuple[str, str]]:
    if of_hidden(command):
        return [numbered(one.idea.number, one.idea.text) for one in await services.moderating.hidden(channel)]
    if param.kind in ("idea", "about"):
        return [numbered(one.idea.number, one.idea.text) for one in await services.boards.all(channel)]
    if param.choices:
        return [(_(label), value) for value, label in param.choices]
    if offered := getattr(command, "SUGGESTED", {}).get(param.name):
        return [(one if _(one) == one else f"{_(one)} · {one}", one) for one in offered]
    names = [one.name for one in await services.personas.all(channel)] if param.personas else []
    if names or param.suggested or param.recent:
        recent = await _recent(services, channel, param)
        return [(one, one) for one in dict.fromkeys([*names, *recent, *map(_, param.suggested)])]
    return []


def numbered(number: int, text: str) -> tuple[str, str]:
    """An idea as a choice."""
    return f"#{number} {text}", str(number)


async def _recent(services: Services, channel: Channel, param: Param) -> list[str]:
    """What this channel gave for a parameter lately, where prompts keep it."""
    if not param.recent:
        return []
    brainstorms = await services.store.brainstorms(channel, limit=50)
    return [used for one in brainstorms if one.prompt is not None and (used := getattr(one.prompt, param.recent))]
