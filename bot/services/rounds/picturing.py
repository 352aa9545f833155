"""The result of a round as a picture: made when the round has ended, and posted below its card. Without one the card's words do.

The picture is kept nowhere but in the chat: it holds nothing that the board has not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.domain.ideas import Idea
from bot.domain.names import plain
from bot.domain.rounds import Round
from bot.messages import Card, Value
from bot.ports import Chat, Clock, Commission, Maker, Store
from bot.services.ideas import beside
from bot.services.ideas.redrawing import Redrawing
from bot.services.ideas.standing import in_points
from bot.services.media import awaiting
from bot.services.rounds.errands import Errand
from bot.services.rounds.showing import RoundCards, action_line
from bot.words import _, ngettext

PICTURE = "round-picture"  #: the kind of job that makes a picture which the process that ended the round did not
LATER = timedelta(minutes=3)  # a process that lives is done by then
LONGEST_S = 90.0  # for one picture: a second where the media service runs already, half a minute where it starts
DECISIONS, ROWS = 3, 8  # as many as `generators.engines.image.results` sets


class Picturing(Errand):
    """Makes and posts pictures of results, each once."""

    kind, later = PICTURE, LATER

    def __init__(
        self,
        *,
        store: Store,
        maker: Maker,
        redrawing: Redrawing,
        cards: RoundCards,
        chat_of: Callable[[str], Chat | None],
        clock: Clock,
    ) -> None:
        """`chat_of`: the chat of a platform, where this process serves it."""
        super().__init__(store=store, clock=clock)
        self.maker = maker
        self.redrawing = redrawing
        self.cards = cards
        self.chat_of = chat_of

    async def do(self, round: Round) -> None:
        """Makes the picture, and posts it: a result without one is a result."""
        chat = self.chat_of(round.channel.team.platform)
        ideas = await self.cards.listed(round)
        if chat is None or not ideas:
            return
        async with asyncio.timeout(LONGEST_S):
            made = await awaiting.made(self.maker, await self._commission(round, ideas))
        if not await self.store.drop_job(round.channel.team, PICTURE, round.id):
            return  # another process was first
        reply = chat.to(round.channel)
        if reply is not None:
            card = Card(title=_("The result as a picture"), files=(replace(made.files[0], alt=made.alt),))
            await self.redrawing.show(reply, card, round.channel, beside.WHOLE, quoting=[idea.id for idea in ideas])

    async def _commission(self, round: Round, ideas: list[Idea]) -> Commission:
        points = await self.cards.points(round, ideas)
        by_id = {idea.id: idea for idea in ideas}
        options: dict[str, Value] = {"task": "result", "heading": _("What came of the round")}
        taken = [one for one in round.decisions if one.idea in by_id][:DECISIONS]
        for number, one in enumerate(taken, 1):
            options[f"decision-{number}"] = by_id[one.idea].text
            options[f"action-{number}"] = action_line(one)
        for number, idea in enumerate(ideas[:ROWS], 1):
            options[f"row-{number}"] = plain(idea.text)
            if points:
                options[f"points-{number}"] = points.get(idea.id, 0)
                options[f"points-words-{number}"] = in_points(points.get(idea.id, 0))
        options["footer"] = ngettext("{count} idea", "{count} ideas", len(ideas)).format(count=len(ideas))
        seed = int(round.id[-6:], 16)
        return Commission(modality="image", text=round.topic, options=options, seed=seed, language=round.locale)
