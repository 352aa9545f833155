"""Asks a person for text and files in a modal; what they submit is read from the event, so a restart in between does no harm."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from adapters.discord import pickers
from adapters.discord.render import short
from adapters.discord.slash import MAX_TYPES
from bot.messages import Field, Form

MAX_TITLE = 45  # characters of a modal's title, and of a field's label
MAX_FIELDS = 5
MAX_HINT = 100  # characters of a label's description
MAX_PLACEHOLDER = 100
MAX_CHOICES, MAX_CHOICE = 25, 100  # options of a menu, and characters of one
MAX_BOXES = 10  # of a checkbox group
MAX_RADIO = 5  # a radio group holds ten; of more than a few a menu takes less room
MAX_LENGTH = 4000  # of one field


class Upload(ui.FileUpload[ui.Modal]):
    """A place for a file that is asked for by kind, which discord.py does not know yet."""

    takes: tuple[str, ...] = ()

    def to_component_dict(self) -> Any:
        """See discord.py."""
        described = dict(super().to_component_dict())
        return described | ({"file_types": list(self.takes)} if self.takes else {})


def modal(form: Form, guild: discord.Guild | None = None) -> ui.Modal:
    """The form as Discord shows it. Its button always says "Submit". `guild`: whose roles its pickers may show."""
    modal = ui.Modal(title=short(form.title, MAX_TITLE), timeout=None, custom_id=str(form.key))
    for field in form.fields[:MAX_FIELDS]:
        part = entry(field) if not field.picks else pickers.picker(field, guild)
        modal.add_item(
            ui.Label(text=short(field.label, MAX_TITLE), description=short(field.hint, MAX_HINT) or None, component=part)
        )
    modal.stop()  # before it is shown: discord.py then keeps nothing of it, and most forms are never sent
    return modal


def entry(field: Field) -> ui.Item[ui.Modal]:
    """One field."""
    if field.kind == "file":
        upload = Upload(custom_id=field.name, required=field.required, min_values=int(field.required), max_values=1)
        upload.takes = field.takes[:MAX_TYPES]
        return upload
    if field.kind == "choice":
        if field.many:
            return boxes(field)
        return radio(field) if 2 <= len(field.choices) <= MAX_RADIO else choice(field)
    most = min(field.most, MAX_LENGTH)
    return ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.paragraph if field.multiline else discord.TextStyle.short,
        default=field.value[:most] or None,
        placeholder=short(field.placeholder, MAX_PLACEHOLDER) or None,
        required=field.required,
        max_length=most,
    )


def radio(field: Field) -> ui.RadioGroup[ui.Modal]:
    """A few values, all of them seen at once."""
    options = [
        discord.RadioGroupOption(label=short(label, MAX_CHOICE), value=value, default=value == field.value)
        for value, label in field.choices
    ]
    return ui.RadioGroup(custom_id=field.name, required=field.required, options=options)


def boxes(field: Field) -> ui.CheckboxGroup[ui.Modal]:
    """Values of which several may be chosen."""
    chosen = field.value.split()
    options = [
        discord.CheckboxGroupOption(label=short(label, MAX_CHOICE), value=value, default=value in chosen)
        for value, label in field.choices[:MAX_BOXES]
    ]
    least = int(field.required)
    return ui.CheckboxGroup(
        custom_id=field.name, required=field.required, min_values=least, max_values=len(options), options=options
    )


def choice(field: Field) -> ui.Select[ui.Modal]:
    """A field with values to choose from."""
    options = [
        discord.SelectOption(label=short(label, MAX_CHOICE), value=value, default=value == field.value)
        for value, label in field.choices[:MAX_CHOICES]
    ]
    return ui.Select(
        custom_id=field.name,
        placeholder=short(field.placeholder, MAX_PLACEHOLDER) or None,
        options=options,
        required=field.required,
        min_values=int(field.required),
    )
