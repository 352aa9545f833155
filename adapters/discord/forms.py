"""Asks a person for text in a modal; what they submit is read from the event, so that a restart in between does no harm."""

from __future__ import annotations

import discord
from discord import ui

from adapters.discord.render import short
from bot.messages import Field, Form

MAX_TITLE = 45  # characters of a modal's title, and of a field's label
MAX_FIELDS = 5
MAX_PLACEHOLDER = 100
MAX_LENGTH = 4000  # of one field


def modal(form: Form) -> ui.Modal:
    """The form as Discord shows it. Its button always says "Submit"."""
    made = ui.Modal(title=short(form.title, MAX_TITLE), timeout=None, custom_id=str(form.key))
    for field in form.fields[:MAX_FIELDS]:
        made.add_item(ui.Label(text=short(field.label, MAX_TITLE), component=entry(field)))
    made.stop()  # before it is shown: discord.py then keeps nothing of it, and most forms are never sent
    return made


def entry(field: Field) -> ui.TextInput[ui.Modal]:
    """One field."""
    most = min(field.most, MAX_LENGTH)
    return ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.paragraph if field.multiline else discord.TextStyle.short,
        default=field.value[:most] or None,
        placeholder=short(field.placeholder, MAX_PLACEHOLDER) or None,
        required=field.required,
        max_length=most,
    )
