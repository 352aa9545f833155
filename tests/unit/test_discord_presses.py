"""Presses in Discord, made light."""

from __future__ import annotations

from typing import Any

from adapters.discord.presses import EVENT, lighten, lightened

VOTE = {"type": 2, "style": 2, "custom_id": "vote:one:up"}
MENU = {"type": 3, "custom_id": "menu::0", "options": [{"label": "more", "value": "more:one"}]}


def an_event(pressed: str, **more: Any) -> dict[str, Any]:
    rows = [
        {"type": 1, "components": [VOTE, {"type": 2, "style": 2, "custom_id": "pick:one:yes"}]},
        {"type": 1, "components": [MENU]},
    ]
    message = {"id": "7", "flags": 1 << 15, "components": [{"type": 17, "components": [{"type": 10, "content": "Tea"}, *rows]}]}
    return {"type": 3, "id": "8", "data": {"custom_id": pressed}, "message": message, **more}


def test_of_a_message_only_what_was_pressed_is_left() -> None:
    event = an_event("menu::0")

    light = lightened(event)

    assert light["message"] == {"id": "7", "flags": 1 << 15, "components": [{"type": 1, "components": [MENU]}]}
    assert event == an_event("menu::0")


def test_a_control_beside_a_section_is_found() -> None:
    section = {"type": 9, "components": [{"type": 10, "content": "Tea"}], "accessory": VOTE}
    event = an_event("vote:one:up", message={"id": "7", "components": [section]})

    assert lightened(event)["message"]["components"] == [{"type": 1, "components": [VOTE]}]


def test_what_cannot_be_made_light_stays_as_it_is() -> None:
    unknown, command = an_event("spin:two"), an_event("vote:one:up", type=2)

    assert lightened(unknown) is unknown
    assert lightened(command) is command


def test_what_discord_py_reads_is_light() -> None:
    read: list[dict[str, Any]] = []
    parsers = {EVENT: read.append, "READY": read.append}

    lighten(parsers)
    parsers[EVENT](an_event("vote:one:up"))

    assert read[0]["message"]["components"] == [{"type": 1, "components": [VOTE]}]
