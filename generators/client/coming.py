"""An order's choices as they come in: some are judged together, and what was held back joins where too few came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from bot.domain.ideas import Draft
from bot.ports import Order
from generators.client.choices import Made
from generators.client.drafting import Drafting, Scores
from generators.client.recipes import Recipe

SCORED_AT_ONCE = 16  # drafts in one scoring request: a fifth of a second on one core
#: Share of an order's drafts that are waited for, and then judged and scored together: of a card of five the first slot is due
#: then. One by one they would cost a pass each.
JUDGED_TOGETHER = 1 / 3


@dataclass(slots=True)
class Coming:
    """What comes of one order."""

    drafting: Drafting
    recipe: Recipe
    order: Order
    together: int  #: choices that are judged and scored together while others come
    finished: asyncio.Queue[Made | Exception | None] = field(
        default_factory=asyncio.Queue
    )  #: None: one that makes some has ended
    held: list[Made] = field(default_factory=list)  #: composed texts that others were likelier than, the likeliest first
    _scores: Scores = field(default_factory=dict)

    async def drafts(self, makers: int) -> AsyncGenerator[list[Draft], None]:
        """All drafts; where fewer different ones than are wanted can be shown, also of what was held back.

        To draw anew for one missing idea costs a dozen passes, a composed one that is there a part of one.

        Args:
            makers: how many put choices into the queue, and None at their end.

        Raises:
            MuselabError: that one of them put there.
        """
        different = set[str]()
        async for some in self._judged(makers):
            different.update(draft.text.casefold() for draft in some if draft.broken is None)
            yield some
        while self.held and (missing := self.order.wanted - len(different)) > 0:
            part, self.held = self.held[:missing], self.held[missing:]
            some = await self._drafts(part)
            different.update(draft.text.casefold() for draft in some if draft.broken is None)
            yield some

    async def _judged(self, makers: int) -> AsyncGenerator[list[Draft], None]:
        """Finished choices as drafts, so many together while others come. Those that arrive meanwhile are scored together too.

        So are the last ones, if they are at most half as many: to judge them apart costs a pass of either model.
        """
        left = self.order.candidates
        while makers:
            ready: list[Made] = []
            failure: Exception | None = None
            while makers and failure is None and len(ready) < SCORED_AT_ONCE:
                if len(ready) >= self.together and self.finished.empty() and not 0 < left <= self.together // 2:
                    break
                item = await self.finished.get()
                if item is None:
                    makers -= 1
                elif isinstance(item, Exception):
                    failure = item
                else:
                    ready.append(item)
                    left -= 1
            yield await self._drafts(ready)
            if failure is not None:
                raise failure

    async def _drafts(self, choices: list[Made]) -> list[Draft]:
        return await self.drafting.drafts(choices, self.recipe, self.order, self._scores)
