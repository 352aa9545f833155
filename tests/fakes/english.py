"""A generator that refuses Chinese, as the built-in model does."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.domain.ideas import Draft, Prompt
from bot.ports import Order
from generators.client.languages import english_only
from generators.client.scripted import ScriptedGenerator


class EnglishOnly(ScriptedGenerator):
    """A generator that knows no Chinese."""

    async def oversampling(self, prompt: Prompt) -> float:
        raise english_only(prompt)

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        raise english_only(order.prompt)
        yield
