"""What a host has to do again and again, whoever of its processes does it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.jobs import Jobs
from bot.services.bundle import Services
from bot.services.rounds.guests import GONE, HOME, VISIT
from bot.services.rounds.illustrating import PICTURES
from bot.services.rounds.picturing import PICTURE
from bot.services.rounds.planning import LATE, OPENING
from bot.services.rounds.reminding import REMINDING
from bot.services.rounds.stage import CLOSING
from bot.services.team.bridging import NEWS

DEPARTURES = "departures"
HOURLY = "17 * * * *"  # days pass until a team that has left is forgotten; not on the hour, when every program wakes


@asynccontextmanager
async def kept(services: Services, new_id: Callable[[], str]) -> AsyncIterator[None]:
    """Inside, what is due is done.

    Raises:
        StoreDown: what repeats could not be planned.
    """
    jobs = Jobs(
        store=services.store,
        clock=services.clock,
        new_id=new_id,
        works={
            DEPARTURES: lambda _job: services.leaving.sweep(),
            CLOSING: services.rounds.due,
            OPENING: services.planning.due,
            LATE: services.planning.due,
            REMINDING: services.rounds.stage.reminding.due,
            VISIT: services.rounds.stage.guests.due,
            HOME: services.rounds.stage.home,
            GONE: services.rounds.stage.guests.gone,
            NEWS: services.bridging.due,
            PICTURE: services.rounds.stage.picturing.due,
            PICTURES: services.rounds.stage.illustrating.due,
        },
    )
    await jobs.repeat(DEPARTURES, HOURLY)
    jobs.watch()
    try:
        yield
    finally:
        await jobs.close()
        await services.rounds.stage.close()
