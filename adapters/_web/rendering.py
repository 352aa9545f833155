"""Draws cards and forms: what one person is told, and asked."""

from __future__ import annotations

from adapters._web.guard import Visitor
from adapters._web.templating import part
from bot.messages import Card, Form


def card(shown: Card, visitor: Visitor) -> str:
    """A card that one person reads."""
    return part("card", card=shown, writes=visitor.writes)


def form(asked: Form) -> str:
    """A form that a control opens."""
    return part("form", form=asked)
