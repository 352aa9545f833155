"""Hears what people type in Slack: slash commands, mentions of us, and direct messages. Of no other message is anything read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog

from adapters.slack import exports, settling, wording
from adapters.slack.attached import uploads
from adapters.slack.lines import line_of
from adapters.slack.payloads import Body, is_direct, is_for_us, session_of
from adapters.slack.places import Where
from adapters.slack.pressing import Pressing
from adapters.slack.reacting import Reacting
from adapters.slack.replies import PersonReply
from adapters.slack.shared import NAME, Shared, a_call, channel_of, named, now
from adapters.slack.web import Web
from bot import typed
from bot.domain.errors import MuselabError
from bot.domain.ideas import Person
from bot.messages import Call, Card, Control, Upload
from bot.services.ideas.finding import LATEST
from bot.words import speaking

log = structlog.get_logger(__name__)


class Talking:
    """Every line that somebody types to us."""

    def __init__(self, shared: Shared, pressing: Pressing, reacting: Reacting) -> None:
        self._shared = shared
        self._pressing = pressing
        self._reacting = reacting

    async def command(self, body: Body, web: Web) -> None:
        """A slash command; one that takes something and has nothing behind it opens its form."""
        line = line_of(str(body["command"]), str(body.get("text", "")))
        where = Where(channel=str(body["channel_id"]), user=str(body["user_id"]))
        url = self._shared.url(body)
        id = str(body["trigger_id"])
        reply = PersonReply(web, self._shared.ours.place(web, where, url=url, **named(id, body)), url=url)
        bare = typed.bare(line)
        if bare is not None:
            self._shared.home.was_in(web, where)
            state = {"channel": where.channel, "url": str(body.get("response_url") or "")}
            await self._pressing.ask(web, await self._pressing.press(web, bare, state, id, where.user), state, id, reply)
        else:
            await self._typed(line, id, web, where, reply, explicit=True)

    async def said(self, body: Body, web: Web) -> None:
        """Somebody mentioned us, or wrote to us directly."""
        event = body["event"]
        if event.get("subtype") == "message_deleted":
            await self._reacting.deleted(event, web)
        us = await self._shared.teams.find(web.team)
        if not is_for_us(event) or us is None or event["user"] == us.bot_user:
            return
        direct = is_direct(event)
        root = str(event.get("thread_ts") or (event["ts"] if direct else ""))
        where = Where(channel=str(event["channel"]), thread=root, user=str(event["user"]))
        surface = self._shared.ours.place(web, where, streams=bool(root), **named(str(body["event_id"]), body))
        reply = PersonReply(web, surface, aloud=direct, status=root if direct else "")
        files = uploads(event.get("files") or (), web)
        line = str(event.get("text", ""))
        under = str(event.get("thread_ts") or (LATEST if direct else ""))
        alone = "/imagine" if files else "/help"
        await self._typed(line, str(body["event_id"]), web, where, reply, files, alone=alone, under=under)

    async def stopped(self, body: Body, web: Web) -> None:
        """Somebody pressed Slack's own Stop in their conversation with us: what they asked for there ends."""
        channel, thread, user = session_of(body["event"])
        if not (channel and user):
            log.warning("a session was stopped that Slack does not name", fields=sorted(body["event"]))
            return
        where = Where(channel=channel, thread=thread, user=user)
        id = str(body["event_id"])
        reply = PersonReply(web, self._shared.ours.place(web, where, **named(id, body)), aloud=where.direct)
        await self._shared.front.call(a_call(id, "stop", web, channel, user, await self._shared.who(web, user)), reply)
        await reply.unwait(thread)

    async def _typed(
        self,
        line: str,
        id: str,
        web: Web,
        where: Where,
        reply: PersonReply,
        files: tuple[Upload, ...] = (),
        *,
        alone: str = "",
        **more: Any,
    ) -> None:
        """Hands on what was typed; `alone` is what no words at all mean, `more` is further fields of `typed.Source`."""
        words = await wording.line(self._shared.teams, web, line, where.channel) or alone
        who = await self._shared.who(web, where.user)
        self._shared.home.was_in(web, where)
        source = typed.Source(
            id=id,
            person=Person(platform=NAME, id=where.user),
            channel=channel_of(web, where.channel),
            at=now(),
            locale=who.locale,
            admin=who.admin,
            outsider=who.outsider,
            **more,
        )
        with speaking(who.locale):
            try:
                meant = typed.parse(words, source)
            except MuselabError as error:
                await reply.tell(Card(text=str(error), private=True))
                return
        if isinstance(meant, Call):
            with speaking(who.locale):
                reply.offers = offers(meant.command, where, admin=who.admin)
            await self._pressing.settle(web, replace(meant, uploads=files), reply)
        else:
            await self._shared.front.press(meant, reply)


def offers(command: str, where: Where, *, admin: bool) -> tuple[Control, ...]:
    """What stands under a command's answer in Slack alone."""
    if command == settling.VERB:
        return (settling.change(),) if admin else ()
    return exports.offers(where) if command == exports.VERB else ()
