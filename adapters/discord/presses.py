"""Makes presses light: of the message that a control stands on, discord.py reads no component.

It makes objects of every one, twice, before it tells which was pressed: a third of all that a vote costs. The event says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

PRESS = 3  # the type of interactions that come from a message's controls
ACTION_ROW = 1  # the type of components that hold controls
EVENT = "INTERACTION_CREATE"

Parse = Callable[[Any], None]
Press = Callable[[dict[str, Any], str], None]  # takes an event without components, and what was pressed or chosen


def lighten(parsers: dict[str, Parse], noted: Parse = lambda _event: None, pressed: Press | None = None) -> None:
    """Puts `lightened` before discord.py's own reading of interactions.

    `noted` sees each first; `pressed` takes what stands on the message it is said to stand on, and discord.py does not.
    """
    whole = parsers[EVENT]

    def parse(event: Any) -> None:
        light = lightened(event)
        noted(light)
        if pressed is not None and light is not event:
            pressed(light | {"message": light["message"] | {"components": []}}, chosen(event["data"]))
        else:
            whole(light)

    parsers[EVENT] = parse


def ignore(parsers: dict[str, Parse], events: Iterable[str]) -> None:
    """Leaves events unread that come with an intent which is needed for others."""
    for name in events:
        if name in parsers:
            parsers[name] = lambda _event: None


def lightened(event: dict[str, Any]) -> dict[str, Any]:
    """The event with no other control on its message than the one it is about; any other event as it is."""
    message = event.get("message")
    if event.get("type") != PRESS or message is None:
        return event
    pressed = found(message.get("components", ()), event["data"]["custom_id"])
    if pressed is None:
        return event
    return event | {"message": message | {"components": [{"type": ACTION_ROW, "components": [pressed]}]}}


def chosen(data: dict[str, Any]) -> str:
    """What was pressed: a button's own id, or the value of a menu's entry."""
    return str(data["values"][0] if data.get("values") else data["custom_id"])


def found(components: Any, custom_id: str) -> dict[str, Any] | None:
    """The component of this id, however deep it lies."""
    for component in components:
        if component.get("custom_id") == custom_id:
            return dict(component)
        inside = [*component.get("components", ()), *filter(None, [component.get("accessory")])]
        deeper = found(inside, custom_id) if inside else None
        if deeper is not None:
            return deeper
    return None
