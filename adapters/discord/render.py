"""Draws a card as a Discord message of the second generation of components. Pure: the same card is the same message."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

import discord
from discord import ui

from adapters.discord import keys, layout, pieces
from bot.messages import Card, Control, File

ROW, BUTTON, MENU, TEXT = 1, 2, 3, 10  # types of components
PRIMARY, SECONDARY = 1, 2  # styles of buttons
MAX_FILES = 10  # of one message
MAX_LABEL = 80  # of a button
MAX_OPTION = 100  # of a menu's entry, and of a menu's placeholder
ROWS = 4096  # kept drawn, a kilobyte each: those of the hundreds of cards that people vote on now
MAX_ALT = 1024  # characters of a picture's description


def render(card: Card, *, attach: bool = True) -> Drawn:
    """The message. With `attach` its files have their place in it, and must be sent along under `file_name`s."""
    files = card.files[:MAX_FILES] if attach else ()
    laid = layout.lay(card, room=pieces.MAX_COMPONENTS - len(files))
    whole = ui.Container[Any]().to_component_dict() | {"components": [component(piece) for piece in laid]}
    attached = [shown(file) for file in files]
    return Drawn([whole, *(file.to_component_dict() for file in attached)])


class Drawn(ui.LayoutView):
    """A message whose components are drawn already."""

    def __init__(self, components: list[dict[str, Any]]) -> None:
        super().__init__(timeout=None)
        self._drawn = components
        self.stop()  # presses are heard by their ids, so discord.py need not keep this one and its timer

    def to_components(self) -> list[dict[str, Any]]:
        """See discord.py."""
        return self._drawn

    def has_components_v2(self) -> bool:
        """See discord.py."""
        return True


def component(piece: pieces.Piece) -> dict[str, Any]:
    """One piece of a layout as Discord has it, most without the objects of discord.py, which take ten times as long."""
    if isinstance(piece, pieces.Text):
        return {"type": TEXT, "content": piece.content}
    if isinstance(piece, pieces.Row):
        return row(piece)
    if isinstance(piece, pieces.Menu):
        return menu(piece)
    if isinstance(piece, pieces.Gallery):
        return written(ui.MediaGallery(*map(pictured, piece.files)))
    return written(ui.File(f"attachment://{file_name(piece.file.name)}"))


def written(item: ui.Item[Any]) -> dict[str, Any]:
    """What discord.py makes of one of its own."""
    return item.to_component_dict()


@lru_cache(maxsize=ROWS)
def row(piece: pieces.Row) -> dict[str, Any]:
    """A row of buttons. Of a card that is shown again most are as they were; nothing that people wrote is kept here."""
    return {"type": ROW, "components": [button(control) for control in piece.controls]}


def menu(piece: pieces.Menu) -> dict[str, Any]:
    """A menu, in the row that it fills."""
    options = [
        {
            "label": short(control.label, MAX_OPTION) or control.key.verb,
            "value": keys.custom_id(control),
            **({"emoji": emoji(control.emoji)} if control.emoji else {}),
        }
        for control in piece.controls
    ]
    made = {"type": MENU, "custom_id": piece.id, "placeholder": short(piece.placeholder, MAX_OPTION), "options": options}
    return {"type": ROW, "components": [made]}


def button(control: Control) -> dict[str, Any]:
    """A control as a button."""
    label = short(control.label, MAX_LABEL) or ("" if control.emoji else control.key.verb)
    return {
        "type": BUTTON,
        "style": PRIMARY if control.primary else SECONDARY,
        "custom_id": keys.custom_id(control),
        **({"label": label} if label else {}),
        **({"emoji": emoji(control.emoji)} if control.emoji else {}),
    }


@cache
def emoji(text: str) -> dict[str, Any]:
    """An emoji; all there are stand in the plugins."""
    return dict(discord.PartialEmoji.from_str(text).to_dict())


def shown(file: File) -> ui.Item[Any]:
    """A file of a card's own: a picture to look at, anything else to keep."""
    if file.media_type.startswith("image/"):
        return ui.MediaGallery(pictured(file))
    return ui.File(f"attachment://{file_name(file.name)}")


def pictured(file: File) -> discord.MediaGalleryItem:
    """A picture in a gallery, with words for who cannot see it."""
    return discord.MediaGalleryItem(f"attachment://{file_name(file.name)}", description=short(file.alt, MAX_ALT) or None)


def short(text: str, limit: int) -> str:
    """At most `limit` characters of one line."""
    tidy = " ".join(text.split())
    return tidy if len(tidy) <= limit else tidy[: limit - 1].rstrip() + "…"


def file_name(name: str) -> str:
    """A file's name as Discord keeps it: other characters it would replace by itself, and the message would not find its file."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name) or "file"


def custom_ids(view: ui.LayoutView) -> list[str]:
    """Every custom_id in a message, and every value of its menus, in order."""
    ids: list[str] = []
    parts: list[Any] = list(view.to_components())  # type: ignore[no-untyped-call]
    while parts:
        part = parts.pop(0)
        parts[:0] = part.get("components", ())
        if "options" in part:
            ids += [option["value"] for option in part["options"]]
        elif part.get("custom_id"):
            ids.append(part["custom_id"])
    return ids
