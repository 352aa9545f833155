"""The result of a round as a picture: made when the round has ended, and posted below its card. Without one the card's words do.

The picture is kept nowhere but in the chat: it holds nothing that the board has not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.errors import MuselabError
from bot.domain.ideas import Idea
from bot.domain.jobs import Job
from bot.domain.rounds import Round, RoundId
from bot.messages import Card, File, Value
from bot.ports import Chat, Clock, Commission, Made, Maker, Store
from bot.services.ideas import beside
from bot.services.ideas.redrawing import Redrawing
from bot.services.ideas.standing import in_points
from bot.services.rounds.showing import RoundCards, action_line
from bot.words import _, ngettext, speaking

PICTURE = "round-picture"  #: the kind of job that makes a picture which the process that ended the round did not
LATER = timedelta(minutes=3)  # a process that lives is done by then
LONGEST_S = 90.0  # for one picture: a second where the media service runs already, half a minute where it starts
DECISIONS, ROWS = 3, 8  # as many as `generators.engines.image.results` sets

log = structlog.get_logger(__name__)


class Picturing:
    """Makes and posts pictures of results, each once."""

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
        self.store = store
        self.maker = maker
        self.redrawing = redrawing
        self.cards = cards
        self.chat_of = chat_of
        self.clock = clock
        self._making: set[asyncio.Task[None]] = set()

    async def begin(self, round: Round) -> None:
        """Has the picture of a round that has just ended made, beside what else there is to do."""
        job = Job(kind=PICTURE, subject=round.id, team=round.channel.team, due=self.clock() + LATER)
        await self.store.plan_job(job)
        task = asyncio.create_task(self._guarded(round))
        self._making.add(task)
        task.add_done_callback(self._making.discard)

    async def due(self, job: Job) -> None:
        """Makes a picture that was not made; the work of a job."""
        assert job.team is not None
        round = await self.store.round(job.team, RoundId(job.subject))
        if round is not None:
            await self._guarded(round)

    async def close(self) -> None:
        """Stops; what is not made is made by the job. Safe to call twice."""
        tasks = list(self._making)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _guarded(self, round: Round) -> None:
        """A result without a picture is a result; whatever goes wrong is for the log."""
        try:
            with speaking(round.locale):
                await self._post(round)
        except (MuselabError, TimeoutError) as error:
            log.info("a result gets no picture", round=round.id, why=str(error) or type(error).__name__)
        except Exception:
            log.exception("making the picture of a result broke", round=round.id)

    async def _post(self, round: Round) -> None:
        chat = self.chat_of(round.channel.team.platform)
        ideas = await self.cards.listed(round)
        if chat is None or not ideas:
            return
        async with asyncio.timeout(LONGEST_S):
            picture = await self._made(await self._commission(round, ideas))
        if not await self.store.drop_job(round.channel.team, PICTURE, round.id):
            return  # another process was first
        reply = chat.to(round.channel)
        if reply is not None:
            card = Card(title=_("The result as a picture"), files=(picture,))
            await self.redrawing.show(reply, card, round.channel, beside.WHOLE, quoting=[idea.id for idea in ideas])

    async def _made(self, commission: Commission) -> File:
        async with aclosing(self.maker.make(commission)) as events:
            async for event in events:
                if isinstance(event, Made):
                    first = event.files[0]
                    return replace(first, alt=event.alt)
        raise TimeoutError("the media service made nothing")

    async def _commission(self, round: Round, ideas: list[Idea]) -> Commission:
        points = await self.cards.points(round, ideas)
        by_id = {idea.id: idea for idea in ideas}
        options: dict[str, Value] = {"task": "result", "heading": _("What came of the round")}
        taken = [one for one in round.decisions if one.idea in by_id][:DECISIONS]
        for number, one in enumerate(taken, 1):
            options[f"decision-{number}"] = by_id[one.idea].text
            options[f"action-{number}"] = action_line(one)
        for number, idea in enumerate(ideas[:ROWS], 1):
            options[f"row-{number}"] = idea.text
            if points:
                options[f"points-{number}"] = points.get(idea.id, 0)
                options[f"points-words-{number}"] = in_points(points.get(idea.id, 0))
        options["footer"] = ngettext("{count} idea", "{count} ideas", len(ideas)).format(count=len(ideas))
        seed = int(round.id[-6:], 16)
        return Commission(modality="image", text=round.topic, options=options, seed=seed, language=round.locale)
