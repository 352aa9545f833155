"""Asks people back: the form that a control opens, or a card that says why there is none."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.domain.errors import MuselabError, Outage, StoreDown, UnknownCommand
from bot.domain.ideas import Idea
from bot.messages import Card, Form, Press
from bot.services.bundle import Services
from bot.services.doors import Command, Signal, form_of
from bot.words import _

log = structlog.get_logger(__name__)


class Asking:
    """Makes forms."""

    def __init__(self, *, services: Services, commands: Mapping[str, Command], signals: Mapping[str, Signal]) -> None:
        self.services = services
        self.commands = commands
        self.signals = signals

    async def form(self, press: Press) -> Form | Card:
        """The form a control opens; see `bot.ports.Front`."""
        verb, target = press.key.verb, press.key.target
        try:
            plugin = self.signals.get(verb) or self.commands.get(verb)
            idea: Idea | None = None
            if verb in self.signals or args_name_idea(self.commands.get(verb)):
                idea = await self.services.finding.idea(press.channel, target)
            form = await form_of(plugin, self.services, press, idea)
            return form if form is not None else sorry(UnknownCommand(_("This button is not one of Muselab's.")))
        except MuselabError as error:
            return sorry(error)
        except Exception:
            log.exception("a form could not be made", verb=verb)
            return sorry(Outage())


def sorry(error: MuselabError, *, detailed: bool = False) -> Card:
    """What went wrong, for the person who asked. The database's own words name paths and hosts: they are for admins."""
    reason = error if detailed or not isinstance(error, StoreDown) else StoreDown()
    return Card(text=str(reason), private=True)


def args_name_idea(command: Command | None) -> bool:
    """Whether a command's first parameter is an idea, so that its controls' target is one."""
    return command is not None and bool(command.PARAMS) and command.PARAMS[0].kind == "idea"
