"""Hears buttons, menus and forms in Slack, and opens the forms that they ask for."""

from __future__ import annotations

import json
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import structlog

from adapters.slack import exports, settling, wording
from adapters.slack.attached import uploads
from adapters.slack.blocks import Block, read_value
from adapters.slack.payloads import Body, place_of, pressed, submitted
from adapters.slack.places import Where
from adapters.slack.reading import Shown
from adapters.slack.refusals import AGAIN
from adapters.slack.replies import PersonReply
from adapters.slack.shared import NAME, Shared, a_call, channel_of, named, now
from adapters.slack.views import CHANNEL, form_view, without_files
from adapters.slack.web import Failed, Web
from bot import plugins, signals
from bot.domain.errors import Refusal
from bot.domain.ideas import Person
from bot.messages import Call, Card, Key, Press
from bot.ports import Reply
from bot.words import _, speaking

log = structlog.get_logger(__name__)

LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired", "trigger_exchanged"})


class Pressing:
    """Every control of ours that somebody uses."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._exports = exports.Exports(shared)

    async def action(self, body: Body, web: Web) -> None:
        """A button, a menu entry, or the choice of a channel on the Home tab."""
        action = body["actions"][0]
        if action["action_id"] == CHANNEL:
            user, chosen = str(body["user"]["id"]), str(action["selected_conversation"])
            await self._shared.home.draw(web, user, chosen, str(body["trigger_id"]))
            return
        key, asks = read_value(pressed(action))
        state = place_of(body)
        press = await self.press(web, key, state, str(body["trigger_id"]), str(body["user"]["id"]))
        reply = self.reply(web, press, state, body)
        if asks:
            await self.ask(web, press, state, str(body["trigger_id"]), reply)
        elif key.verb == exports.VERB and key.token in (exports.CANVAS, exports.TABLE):
            where = Where(channel=state["channel"], thread=state.get("thread", ""), user=press.person.id)
            await self._exports.pressed(web, press, where, reply)
        else:
            await self._hand_on(web, press, reply)

    async def press(self, web: Web, key: Key, state: Mapping[str, str], id: str, user: str, **more: Any) -> Press:
        """What somebody's use of a control means; `more` are further fields of it."""
        who = await self._shared.who(web, user)
        return Press(
            id=id,
            key=key,
            person=Person(platform=NAME, id=user),
            channel=channel_of(web, state["channel"]),
            at=now(),
            locale=who.locale,
            admin=who.admin,
            outsider=who.outsider,
            **more,
        )

    def reply(self, web: Web, press: Press, state: Mapping[str, str], body: Body) -> Reply:
        """Where what was pressed is answered."""
        where = Where(channel=state["channel"], thread=state.get("thread", ""), user=press.person.id)
        if state.get("home") and (press.key.verb == "board" or press.key.verb in plugins.names(signals)):
            return self._shared.home.reply(web, where, press.id)
        url = self._shared.url({"response_url": state.get("url", "")}, of=state.get("root"))
        more = named(press.id, body)
        surface = self._shared.ours.place(web, where, url=url, streams=bool(where.thread), root=state.get("root", ""), **more)
        page = partial(self._shared.ours.there, web, where, state["root"], url) if state.get("root") else None
        offers = exports.offers(where) if press.key.verb == exports.VERB else ()
        return PersonReply(web, surface, url=url, whisper=bool(state.get("whisper")), page=page, offers=offers)

    async def ask(
        self, web: Web, press: Press, state: Mapping[str, str], trigger: str, reply: Reply, choices: tuple[Shown, ...] = ()
    ) -> None:
        """Opens the form of a control, while its trigger lasts."""
        asked = None if press.key.verb == settling.VERB else await self._shared.front.form(press)
        if isinstance(asked, Card):
            await reply.tell(asked)
            return
        kept = {**state, "key": str(press.key), "team": web.team}
        with speaking(press.locale):
            view = settling.settings_view(kept) if asked is None else form_view(asked, kept, choices)
            late = _("Slack waits three seconds for a form, and this one came too late. Please press again.")
            closed = _("Slack does not open this form. Whoever hosts Muselab finds the reason in its log.")
        try:
            await self._opened(web, trigger, view)
        except Failed as failed:
            if failed.error == "exchanged_trigger_id":
                return  # Slack sent the same press twice: the form is open
            log.log(
                logging.INFO if failed.error in LATE | AGAIN else logging.ERROR, "a form could not be opened", why=str(failed)
            )
            await reply.tell(Card(text=late if failed.error in LATE | AGAIN else closed, private=True))

    async def _opened(self, web: Web, trigger: str, view: Block) -> None:
        """Opens a form; without its places for files where the workspace refused `files:read`, as Slack then takes none."""
        try:
            await web.call("views.open", trigger_id=trigger, view=view)
        except Failed as failed:
            plain = without_files(view)
            if failed.error in LATE | AGAIN or len(plain["blocks"]) in (0, len(view["blocks"])):
                raise
            log.info("a form is opened without a place for files", why=str(failed))
            await web.call("views.open", trigger_id=trigger, view=plain)

    async def submitted(self, body: Body, web: Web) -> None:
        """A form was filled in and sent."""
        view = body["view"]
        state = json.loads(view["private_metadata"])
        key, values, files = submitted(view)
        handed = tuple(upload for name, descriptions in files.items() for upload in uploads(descriptions, web, name))
        channel = str(state.get("channel") or "")
        texts = {
            name: await wording.worded(self._shared.teams, web, text, channel) if "<" in text else text
            for name, text in values.items()
        }
        fields = {"values": texts, "uploads": handed}
        press = await self.press(web, key, state, str(body["trigger_id"]), str(body["user"]["id"]), **fields)
        reply = self.reply(web, press, state, body)
        if key.verb == settling.VERB:
            await self._settled(web, press, reply)
        else:
            await self._hand_on(web, press, reply)

    async def _settled(self, web: Web, press: Press, reply: Reply) -> None:
        """The form of the settings is the command with what was filled in."""
        who = await self._shared.who(web, press.person.id)
        call = a_call(press.id, settling.VERB, web, press.channel.id, press.person.id, who)
        await self.settle(web, replace(call, args=settling.given(press.values)), reply)

    async def settle(self, web: Web, call: Call, reply: Reply) -> None:
        """Hands a command on, unless Slack does not let work what it is to do."""
        if await self._works(settling.check(web, call), call.locale, reply):
            await self._shared.front.call(call, reply)

    async def _hand_on(self, web: Web, press: Press, reply: Reply) -> None:
        """Hands a press on, likewise."""
        if not settling.hands_out(press.key.verb) or await self._works(settling.may_hand_out(web), press.locale, reply):
            await self._shared.front.press(press, reply)

    async def _works(self, looking: Coroutine[Any, Any, None], locale: str | None, reply: Reply) -> bool:
        """Whether nothing speaks against it; who asked is told what does. Where Slack does not say it is tried."""
        with speaking(locale):
            try:
                await looking
            except Refusal as refusal:
                await reply.tell(Card(text=str(refusal), private=True))
                return False
            except Failed as failed:
                log.info("what is granted is unknown", why=str(failed))
        return True
