"""Furnishes the house: the desk and every use case around an open store and generator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.changes import Changes, noticed
from bot.config import Settings
from bot.desk import Desk
from bot.givens import clock, new_id
from bot.metrics import Meter
from bot.ports import Generator, Maker, Store
from bot.services.bundle import Services
from bot.spool import FOLDER, Spool
from bot.use_cases import UseCases
from generators.client.scripted_media import ScriptedMaker


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything, open."""

    settings: Settings
    store: Store
    generator: Generator
    services: Services
    desk: Desk
    meter: Meter
    changes: Changes = field(default_factory=Changes)  #: told of what is written


def furnish(
    settings: Settings,
    *,
    store: Store,
    generator: Generator,
    maker: Maker | None = None,
    now: Callable[[], datetime] = clock,
    learns: bool = True,
) -> House:
    """The house around an open store, generator and maker (None: scripted media); `learns`: see `Tasting`."""
    changes = Changes()
    store = noticed(store, changes)
    cases = UseCases(settings, store=store, generator=generator, maker=maker or ScriptedMaker(), now=now, learns=learns)
    services = cases.bundle()
    services.rounds.stage.guests.changed = changes.note
    spool = Spool(settings.home / FOLDER)
    desk = Desk(services=services, commands=cases.commands, signals=cases.signals, new_id=new_id, spool=spool)
    return House(
        settings=settings, store=store, generator=generator, services=services, desk=desk, meter=cases.meter, changes=changes
    )
