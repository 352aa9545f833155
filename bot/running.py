"""Runs commands, whether they were called or stand behind a control, and redraws the cards that they change."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from bot.domain.errors import UnknownCommand
from bot.domain.ideas import Idea
from bot.messages import Call, Press
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.doors import Command, args_of, redraws
from bot.words import _

log = structlog.get_logger(__name__)


class Running:
    """Runs commands."""

    def __init__(self, *, services: Services, refresh: Callable[[Idea], None]) -> None:
        """`refresh`: redraws an idea's card soon."""
        self.services = services
        self.refresh = refresh

    async def run(self, command: Command | None, call: Call, reply: Reply) -> None:
        """Runs a command as it was called."""
        if command is None:
            raise UnknownCommand
        log.info("command", command=call.command, platform=call.channel.team.platform)
        await self._served(command, call, reply)

    async def _served(self, command: Command, call: Call, reply: Reply) -> None:
        self.services.meter.commands.labels(call.channel.team.platform, call.command).inc()
        await command.run(self.services, call, reply)
        await self._redrawn(command, call)

    async def _redrawn(self, command: Command, call: Call) -> None:
        """Redraws the message that shows the idea which a command was about, where the command changes how it looks."""
        if (named := redraws(command)) and call.args.get(named):
            self.refresh(await self.services.finding.idea(call.channel, str(call.args[named]), hidden=True))

    async def run_pressed(self, command: Command | None, press: Press, reply: Reply) -> None:
        """Runs the command that a control or a form of it stands for."""
        args = None if command is None else args_of(command, press)
        if command is None or args is None:
            raise UnknownCommand(_("This button is not one of Muselab's."))
        call = Call(
            id=press.id,
            command=press.key.verb,
            args=args,
            person=press.person,
            channel=press.channel,
            at=press.at,
            locale=press.locale,
            admin=press.admin,
            roles=press.roles,
            outsider=press.outsider,
            uploads=press.uploads,
        )
        await self._served(command, call, reply)
