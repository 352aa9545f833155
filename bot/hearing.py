"""Hears signals: a press becomes an opinion of an idea, which is confirmed and drawn on its card."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.domain.feedback import Tally
from bot.domain.ideas import Idea
from bot.inbox import Inbox
from bot.messages import ALSO, Card, Control, Key, Press
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.doors import Signal, act, token_of, undoable
from bot.services.events import under_way
from bot.watch import Watch
from bot.words import _

log = structlog.get_logger(__name__)


class Hearing:
    """Hears what people say with controls and reactions."""

    def __init__(self, *, services: Services, inbox: Inbox, watch: Watch) -> None:
        self.services = services
        self.inbox = inbox
        self.watch = watch

    async def hear(self, signal: Signal, press: Press, reply: Reply) -> None:
        """Hears what a press says with a signal, of one idea or of several, and confirms each."""
        await self._one(signal, press, reply)
        for target, _colon, token in (other.partition(":") for other in press.values.get(ALSO, "").split()):
            await self._one(signal, replace(press, key=replace(press.key, target=target, token=token), values={}), reply)

    async def _one(self, signal: Signal, press: Press, reply: Reply) -> None:
        verb = press.key.verb
        finding = self.services.finding
        old, under = press.values.get("old", ""), press.values.get("under", "")
        edited = verb == "edit"
        idea = await (
            finding.having(press.channel, old, under, edited=edited) if old else finding.idea(press.channel, press.key.target)
        )
        settings = await self.services.store.settings(idea.channel)
        if press.reaction and not settings.reactions:
            return
        event = under_way()
        again = event is not None and event.again
        if event is not None and again and await self.inbox.overtaken(event):
            self.refresh(idea)  # what this person said later is what counts
            return
        token = token_of(signal, press)
        value = signal.value(token)
        if press.reaction and value == 0 and not await self._said_by(press, idea):
            return
        heard = again and await self._heard(press, idea, value)
        new = await act(signal, self.services, press, idea)
        await self.services.listening.hear(press, idea, signal=verb, token=press.reaction or token, value=value)
        self.services.meter.votes.labels(press.person.platform, verb).inc()
        log.debug("feedback", signal=verb, platform=press.person.platform)  # counted above; a line of each costs a tenth of it
        self.refresh(idea)
        if press.reaction:
            return  # the emoji on the message is confirmation enough
        text = signal.said(token, shortened(idea.text if new is None else new.text, 100))
        if settings.hide_tally:
            (tally,) = await self.services.boards.tallies(idea.channel.team, [idea])
            text += "\n" + said_so_far(tally)
        undo = Control(key=Key(verb=verb, target=idea.id, token="none"), label=_("Undo"), emoji="↩️")
        undo_offered = value != 0 and new is None and undoable(signal)
        await reply.tell(Card(text=text, controls=(undo,) if undo_offered else (), private=True, again=heard))

    async def _heard(self, press: Press, idea: Idea, value: float) -> bool:
        """Whether this very press was heard before, by a process that did not live to note it: it may have been confirmed."""
        votes = await self.services.listening.feedback_of(idea.channel.team, idea.id, press.person)
        mine = [one for one in votes if one.signal == press.key.verb]
        return any(one.at == press.at for one in mine) or (value == 0 and not mine)

    def refresh(self, idea: Idea) -> None:
        """What shows the idea is redrawn soon; what is being served is served with that."""
        event = under_way()
        if self.watch.tallies.refresh(idea, None if event is None else (event.team, event.id)) and event is not None:
            event.owes = True

    async def _said_by(self, press: Press, idea: Idea) -> bool:
        """Whether the emoji that was taken away is what the person's current opinion rests on."""
        votes = await self.services.listening.feedback_of(idea.channel.team, idea.id, press.person)
        return any(one.signal == press.key.verb and one.token == press.reaction for one in votes)


def said_so_far(tally: Tally) -> str:
    """A tally in words."""
    return _("So far: 👍 {ups} 👎 {downs}").format(ups=tally.ups, downs=tally.downs)
