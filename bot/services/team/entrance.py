"""Whom a team lets take part: blocked people, people of other companies, roles that may ask, vote and pick."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.errors import NotAllowed
from bot.domain.feedback import PICK
from bot.domain.models import ChannelSettings
from bot.messages import Call, Press
from bot.ports import Store
from bot.services.doors import Command, reads, secluded
from bot.services.team.governing import whole
from bot.words import _

ALWAYS = frozenset({"help", "privacy"})  # what is kept about somebody is theirs to see and to delete, whoever they are
WITHDRAWN = "none"  # the token of every signal that takes back what was said
OPINIONS = frozenset({"duel", "points"})  # commands that are votes
MODERATING = frozenset({"hide", "restore"})  # who may, is settled there


class Entrance:
    """Looks whether somebody may do what they are about to do."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def admit(self, event: Call | Press, command: Command | None, *, signal: bool) -> None:
        """Lets an event in.

        Args:
            event: a command, or the press of a control.
            command: whose, where it is one's.
            signal: it says what somebody thinks of an idea.

        Raises:
            NotAllowed: the person may not do that here; the message says who may.
        """
        verb = event.command if isinstance(event, Call) else event.key.verb
        if verb in ALWAYS:
            return
        settings = await self.store.settings(whole(event.channel.team))
        if event.person.id in settings.blocked:
            raise NotAllowed(_("You may not take part here. An admin of this team can change that."))
        if event.outsider and not settings.outsiders:
            raise NotAllowed(_("Only people of the team that Muselab belongs to may use it here."))
        if not event.admin:
            self._by_role(event, verb, settings, asks=asks(verb, command), says=signal or verb in OPINIONS)

    def _by_role(self, event: Call | Press, verb: str, settings: ChannelSettings, *, asks: bool, says: bool) -> None:
        if isinstance(event, Press) and event.key.token == WITHDRAWN:
            return  # what somebody said is theirs to take back
        if verb == PICK:
            return  # who may, depends on the idea too: see `bot.services.votes.listening`
        if says and lacks(event.roles, settings.voters):
            raise NotAllowed(_("Here only some roles may say what they think of ideas. An admin of this team can change that."))
        if not says and asks and lacks(event.roles, settings.askers):
            raise NotAllowed(_("Here only some roles may ask for ideas. An admin of this team can change that."))


def lacks(roles: Collection[str], wanted: Collection[str]) -> bool:
    """Whether some roles are wanted, and these are none of them."""
    return bool(wanted) and not set(roles) & set(wanted)


def asks(verb: str, command: Command | None) -> bool:
    """Whether a command makes something, which others see and the machine works for."""
    return command is not None and verb not in MODERATING and not reads(command) and not secluded(command)
