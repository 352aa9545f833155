"""The Slack chat: turns what people do there into calls and presses. Every handler tells Slack first, and works afterwards."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from adapters.slack import wording
from adapters.slack.attached import uploads
from adapters.slack.emoji import beside_ideas, emoji_of, pointed_at, said_by
from adapters.slack.home import Home
from adapters.slack.keeping import KEPT, Keeping, Kept, Way
from adapters.slack.lines import line_of
from adapters.slack.link import SignedHttp, SocketMode
from adapters.slack.naming import name_of
from adapters.slack.ours import Ours
from adapters.slack.payloads import Body, claims, is_direct, is_for_us, mentioned, place_of, pressed, submitted
from adapters.slack.render import CHANNEL, FORM, Shown, form_view, read_value, shown_in
from adapters.slack.replies import Address, Caught, PersonReply, PlaceReply
from adapters.slack.surface import AGAIN, PAUSE_S, Where
from adapters.slack.teams import Teams, Who
from adapters.slack.web import Failed, ResponseUrl, Web
from bot import plugins, signals, typed
from bot.courtesy import Courtesy
from bot.domain.errors import MuselabError
from bot.domain.ideas import Channel, Person, Team
from bot.messages import Call, Card, Form, Key, Press, Upload
from bot.ports import Front, Reply
from bot.services.ideas.following import LATEST
from bot.words import _, speaking

log = structlog.get_logger(__name__)

NAME = "slack"
Handle = Callable[[Body, Web], Coroutine[Any, Any, None]]
ANY = re.compile(r"")  # whatever it is called: its value says what it means
DRAIN_S = 5.0  # at shutdown, for answers under way
AGAIN_KEY = "muselab_again"  # says of an event that it was kept, and comes from the inbox
LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired", "trigger_exchanged"})


class SlackChat:
    """Slack, connected."""

    name = NAME
    changes = True

    def __init__(self, *, teams: Teams, connect: Callable[[SlackChat], Coroutine[Any, Any, None]], second: float = 1.0) -> None:
        """Nothing happens yet.

        Args:
            teams: the ways out, to be opened by `connect`.
            connect: opens the connection, and serves until cancelled.
            second: how long one of Slack's seconds is for pacing, in real seconds.
        """
        self._connect = connect
        self.teams = teams
        self.server: SocketMode | SignedHttp | None = None
        self._front: Front | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._ours = Ours(spawn=self._start, pause_s=PAUSE_S * second)
        self._home: Home | None = None
        self.acks = Courtesy()  #: Slack has its answers from `server`, after whose hearing alone the work begins

    # ------------------------------------------------------------------------------------------ the port

    @property
    def ready(self) -> bool:
        """See `bot.ports.Chat`."""
        return self.teams.connected

    async def run(self, front: Front) -> None:
        """See `bot.ports.Chat`."""
        self._front = front
        self._home = Home(front=front, who=self._who, call=a_call)
        await self._connect(self)

    def at(self, address: str) -> Reply | None:
        """See `bot.ports.Chat`."""
        place = Address.parse(address)
        if place is None:
            return None
        return PlaceReply(
            self._ours.there(self.teams.known(place.team), Where(channel=place.channel, thread=place.thread), place.ts)
        )

    def back(self, channel: Channel, way: str, address: str) -> Reply | None:
        """See `bot.ports.Chat`."""
        state: Way = json.loads(way)
        web = self.teams.known(channel.team.id)
        url = self._url({"response_url": state["url"]}, age_s=time.time() - state["at"])
        where = Where(channel=state["channel"], thread=state["thread"], user=state["user"])
        place = Address.parse(address)
        if place is not None:
            surface = self._ours.there(web, where, place.ts, url)
        else:
            more = {
                "streams": state["streams"],
                "root": state["root"],
                "name": state["name"],
                "since": state["at"],
                "unsure": True,
            }
            surface = self._ours.place(web, where, url=url, **more)
        return PersonReply(web, surface, url=url, aloud=state["aloud"])

    async def again(self, body: str) -> bool:
        """See `bot.ports.Chat`."""
        record: Kept = json.loads(body)
        handles = {"command": self._command, "action": self._action, "form": self._submitted}
        handle = handles.get(record["kind"]) or self._events[record["body"]["event"]["type"]]
        id = str(record["body"].get("event_id") or record["body"].get("trigger_id"))
        self._start(handle({**record["body"], AGAIN_KEY: True}, self.teams.known(record["team"])), (record["team"], id))
        return True

    def to(self, channel: Channel) -> Reply | None:
        """See `bot.ports.Chat`."""
        return PlaceReply(self._ours.place(self.teams.known(channel.team.id), Where(channel=channel.id)))

    async def close(self) -> None:
        """See `bot.ports.Chat`."""
        if self._tasks:
            _done, late = await asyncio.wait(self._tasks, timeout=DRAIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    # ------------------------------------------------------------------------------------------ listening

    def listen(self, app: AsyncApp) -> None:
        """Registers everything with Bolt. Acknowledging is each handler's first statement."""
        app.middleware(Keeping(lambda: self.front))
        app.command(ANY)(self._on(self._command))
        app.action(ANY)(self._on(self._action))
        app.view(FORM)(self._on(self._submitted))
        app.shortcut({"callback_id": ANY, "type": "message_action"})(self._on(self._shortcut))
        for event, handle in self._events.items():
            app.event(event)(self._on(handle))

    @property
    def _events(self) -> Mapping[str, Handle]:
        return {
            "app_mention": self._said,
            "message": self._said,
            "reaction_added": self._reacted,
            "reaction_removed": self._reacted,
            "app_home_opened": self._opened,
            "app_uninstalled": self._removed,
            "tokens_revoked": self._removed,
        }

    async def owner(self, body: Body) -> str:
        """The workspace whose message an event is about, where it may be another than the one it came under; empty: that one.

        In a channel that companies share, a press comes in the name of the presser's, a reaction under any of them.
        """
        event = body.get("event") or {}
        if str(event.get("type", "")).startswith("reaction_"):
            item = event.get("item") or {}
            whose = await self.teams.of_bot(str(event.get("item_user") or ""))
            return whose.team if whose is not None else self._ours.team_of(str(item.get("channel")), str(item.get("ts")))
        if event.get("type") == "app_mention":
            for id in mentioned(str(event.get("text", ""))):
                if (whose := await self.teams.of_bot(id)) is not None:
                    return whose.team
            return ""
        message = body.get("message") or {}
        whose = await self.teams.of_bot(str(message.get("user") or ""))
        if whose is not None:
            return whose.team
        if message and body.get("type") != "block_actions":
            return ""  # a shortcut on somebody's message: it is used in the user's own workspace
        return await self._installed(claims(body)) or self._ours.team_in(str((body.get("container") or {}).get("channel_id", "")))

    async def _installed(self, teams: Iterable[str]) -> str:
        """The first of these workspaces in which we are installed; empty: none."""
        for team in filter(None, teams):
            if await self.teams.find(team) is not None:
                return team
        return ""

    def _on(self, handle: Handle) -> Callable[..., Coroutine[Any, Any, None]]:
        async def on(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
            await ack()
            self._start(handle(body, self._web(context)), (context.team_id or "", str(context.get(KEPT, ""))))

        return on

    def _start(self, work: Coroutine[Any, Any, None], key: tuple[str, str] = ("", "")) -> asyncio.Task[None]:
        """`key`: the workspace and the event's id, where it is kept."""
        task = asyncio.create_task(self._guarded(work, key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None], key: tuple[str, str]) -> None:
        """The desk serves what can go wrong in the house; this logs what can go wrong in Slack's own payloads."""
        try:
            await self.acks.after_you()
            await self._work(work)
            if key[1]:
                self.front.done(Team(platform=NAME, id=key[0]), key[1])
        finally:
            work.close()  # it may never have begun

    async def _work(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Failed as failed:
            log.warning("Slack refused", why=str(failed), needed=failed.needed)
        except Exception:
            log.exception("something from Slack could not be served")

    @property
    def front(self) -> Front:
        """The desk."""
        assert self._front is not None, "events come after run"
        return self._front

    @property
    def home(self) -> Home:
        """Everybody's Home tab."""
        assert self._home is not None, "events come after run"
        return self._home

    def _web(self, context: AsyncBoltContext) -> Web:
        """The Web API of the workspace that installed us, also in channels shared between workspaces."""
        return self.teams.known(context.team_id or "")

    async def _who(self, web: Web, user: str) -> Who:
        return await self.teams.who(web, user)

    # ------------------------------------------------------------------------------------------ typed lines

    async def _command(self, body: Body, web: Web) -> None:
        line = line_of(str(body["command"]), str(body.get("text", "")))
        where = Where(channel=str(body["channel_id"]), user=str(body["user_id"]))
        url = self._url(body)
        id = str(body["trigger_id"])
        reply = PersonReply(web, self._ours.place(web, where, url=url, **named(id, body)), url=url)
        bare = typed.bare(line)
        if bare is not None:
            self.home.was_in(web, where)
            state = {"channel": where.channel, "url": str(body.get("response_url") or "")}
            await self._ask(web, await self._press(web, bare, state, id, where.user), state, id, reply)
        else:
            await self._typed(line, id, web, where, reply, explicit=True)

    async def _said(self, body: Body, web: Web) -> None:
        """Somebody mentioned us, or wrote to us directly."""
        event = body["event"]
        if event.get("subtype") == "message_deleted":
            await self._deleted(event, web)
        us = await self.teams.find(web.team)
        if not is_for_us(event) or us is None or event["user"] == us.bot_user:
            return
        direct = is_direct(event)
        root = str(event.get("thread_ts") or (event["ts"] if direct else ""))
        where = Where(channel=str(event["channel"]), thread=root, user=str(event["user"]))
        surface = self._ours.place(web, where, streams=bool(root), **named(str(body["event_id"]), body))
        reply = PersonReply(web, surface, aloud=direct, status=root if direct else "")
        files = uploads(event.get("files") or (), web)
        line = str(event.get("text", ""))
        under = str(event.get("thread_ts") or (LATEST if direct else ""))
        alone = "/imagine" if files else "/help"
        await self._typed(line, str(body["event_id"]), web, where, reply, files, alone=alone, under=under)

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
        words = await wording.line(self.teams, web, line) or alone
        who = await self._who(web, where.user)
        self.home.was_in(web, where)
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
            await self.front.call(replace(meant, uploads=files), reply)
        else:
            await self.front.press(meant, reply)

    # ------------------------------------------------------------------------------------------ pressing

    async def _action(self, body: Body, web: Web) -> None:
        """A button, a menu entry, or the choice of a channel on the Home tab."""
        action = body["actions"][0]
        if action["action_id"] == CHANNEL:
            user, chosen = str(body["user"]["id"]), str(action["selected_conversation"])
            await self.home.draw(web, user, chosen, str(body["trigger_id"]))
            return
        key, asks = read_value(pressed(action))
        state = place_of(body)
        press = await self._press(web, key, state, str(body["trigger_id"]), str(body["user"]["id"]))
        reply = self._reply(web, press, state, body)
        if asks:
            await self._ask(web, press, state, str(body["trigger_id"]), reply)
        else:
            await self.front.press(press, reply)

    async def _press(self, web: Web, key: Key, state: Mapping[str, str], id: str, user: str, **more: Any) -> Press:
        who = await self._who(web, user)
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

    def _reply(self, web: Web, press: Press, state: Mapping[str, str], body: Body) -> Reply:
        where = Where(channel=state["channel"], thread=state.get("thread", ""), user=press.person.id)
        if state.get("home") and (press.key.verb == "board" or press.key.verb in plugins.names(signals)):
            return self.home.reply(web, where, press.id)
        url = self._url({"response_url": state.get("url", "")})
        more = named(press.id, body)
        surface = self._ours.place(web, where, url=url, streams=bool(where.thread), root=state.get("root", ""), **more)
        page = partial(self._ours.there, web, where, state["root"], url) if state.get("root") else None
        return PersonReply(web, surface, url=url, whisper=bool(state.get("whisper")), page=page)

    async def _ask(
        self, web: Web, press: Press, state: Mapping[str, str], trigger: str, reply: Reply, choices: tuple[Shown, ...] = ()
    ) -> None:
        """Opens the form of a control, while its trigger lasts."""
        asked = await self.front.form(press)
        if not isinstance(asked, Form):
            await reply.tell(asked)
            return
        with speaking(press.locale):
            view = form_view(asked, {**state, "key": str(press.key), "team": web.team}, choices)
            late = _("Slack waits three seconds for a form, and this one came too late. Please press again.")
            closed = _("Slack does not open this form. Whoever hosts Muselab finds the reason in its log.")
        try:
            await web.call("views.open", trigger_id=trigger, view=view)
        except Failed as failed:
            if failed.error == "exchanged_trigger_id":
                return  # Slack sent the same press twice: the form is open
            log.log(
                logging.INFO if failed.error in LATE | AGAIN else logging.ERROR, "a form could not be opened", why=str(failed)
            )
            await reply.tell(Card(text=late if failed.error in LATE | AGAIN else closed, private=True))

    async def _submitted(self, body: Body, web: Web) -> None:
        view = body["view"]
        state = json.loads(view["private_metadata"])
        key, values, files = submitted(view)
        handed = tuple(upload for name, descriptions in files.items() for upload in uploads(descriptions, web, name))
        texts = {name: await wording.worded(self.teams, web, text) if "<" in text else text for name, text in values.items()}
        fields = {"values": texts, "uploads": handed}
        press = await self._press(web, key, state, str(body["trigger_id"]), str(body["user"]["id"]), **fields)
        await self.front.press(press, self._reply(web, press, state, body))

    async def _shortcut(self, body: Body, web: Web) -> None:
        """“Remix this idea” on a message."""
        message, verb, user = body["message"], str(body["callback_id"]), str(body["user"]["id"])
        state = {
            "channel": str(body["channel"]["id"]),
            "thread": str(message.get("thread_ts") or ""),
            "url": str(body.get("response_url") or ""),
        }
        ideas = shown_in(message.get("blocks") or (), beside_ideas())
        key = Key(verb=verb, target=ideas[0].idea) if ideas else Key(verb=verb)
        press = await self._press(web, key, state, str(body["trigger_id"]), user)
        reply = self._reply(web, press, state, body)
        if not ideas:
            with speaking(press.locale):
                text = _("There is no idea of Muselab's in that message. Choose a message with ideas in it.")
            await reply.tell(Card(text=text, private=True))
            return
        await self._ask(web, press, state, str(body["trigger_id"]), reply, ideas)

    # ------------------------------------------------------------------------------------------ reacting

    async def _reacted(self, body: Body, web: Web) -> None:
        """A reaction is a press when it says something, to an idea of a message of ours."""
        event = body["event"]
        emoji, item = emoji_of(str(event["reaction"])), event.get("item") or {}
        if item.get("type") != "message":
            return
        us = await self.teams.find(web.team)
        if us is None or event.get("item_user", us.bot_user) != us.bot_user:
            return  # of other people's messages nothing is read
        ideas = await self._ours.ideas_at(web, str(item["channel"]), str(item["ts"]))
        meant = pointed_at(emoji, ideas)
        verb, token = ("vote", "up") if meant is not None else said_by(emoji)
        if meant is None and len(ideas) == 1:
            meant = ideas[0]
        if meant is None or not verb:
            if len(ideas) > 1 and event["type"] == "reaction_added":
                await self._hint(web, str(item["channel"]), str(item["ts"]), str(event["user"]))
            return
        if event["type"] == "reaction_removed":
            token = "none"
        key = Key(verb=verb, target=meant.idea, token=token)
        state = {"channel": str(item["channel"])}
        press = await self._press(web, key, state, str(body["event_id"]), str(event["user"]), reaction=emoji)
        where = Where(channel=press.channel.id, user=press.person.id)
        await self.front.press(press, PersonReply(web, self._ours.place(web, where)))

    async def _hint(self, web: Web, channel: str, ts: str, user: str) -> None:
        """Tells a person, once a message, how reactions vote there; the desk knows an event that came before."""
        where = Where(channel=channel, user=user)
        call = a_call(f"hint-{channel}-{ts}-{user}", "help", web, channel, user, await self._who(web, user))
        await self.front.call(replace(call, args={"said": "reaction"}), PersonReply(web, self._ours.place(web, where)))

    # ------------------------------------------------------------------------------------------ deleting

    async def _deleted(self, event: Body, web: Web) -> None:
        """A message is gone. Slack tells so in direct conversations alone, as we may not read channels."""
        before, us = event.get("previous_message") or {}, await self.teams.find(web.team)
        if us is None or us.bot_user != before.get("user") or us.bot_id not in (before.get("bot_id"), ""):
            return  # of other people's messages nothing is read
        ideas = [one.idea for one in shown_in(before.get("blocks") or (), beside_ideas())]
        await self._gone(web, str(event["channel"]), str(event["deleted_ts"]), str(before.get("thread_ts") or ""), ideas)

    async def _gone(self, web: Web, channel: str, ts: str, thread: str, ideas: Sequence[str]) -> None:
        """What a deleted message of ours showed is hidden."""
        call = a_call(f"deleted-{channel}-{ts}", "hide", web, channel, "", Who(admin=True))
        for address in {str(Address(web.team, channel, ts, thread)), str(Address(web.team, channel, ts))}:
            args = {"deleted": address, "shown": ",".join(ideas)}
            await self.front.call(replace(call, id=f"{call.id}-{address}", args=args), Caught())

    # ------------------------------------------------------------------------------------------ home

    async def _opened(self, body: Body, web: Web) -> None:
        """Somebody opened our Home tab, or our conversation."""
        event = body["event"]
        user = str(event["user"])
        if event.get("tab") == "messages":
            await self.home.suggest(web, user, str(event["channel"]))
        elif event.get("tab") == "home":
            await self.home.opened(web, user, str(event["channel"]), str(body["event_id"]))

    async def _removed(self, body: Body, web: Web) -> None:
        """A workspace removed us, or took our token away."""
        event = body["event"]
        if event["type"] == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            under: Body = next(iter(body.get("authorizations") or ()), {})
            whole = under.get("is_enterprise_install") or body.get("is_enterprise_install")
            await self.teams.drop(str(body.get("enterprise_id") or "") if whole else web.team)

    # ------------------------------------------------------------------------------------------ parts

    def _url(self, body: Body, *, age_s: float = 0.0) -> ResponseUrl | None:
        url = str(body.get("response_url") or "")
        return ResponseUrl(url, lambda: self.teams.session, age_s=age_s) if url else None


def named(id: str, body: Body) -> dict[str, Any]:
    """What the message that answers an event is found again by; of an event that comes again it may be there already."""
    return {"name": name_of(id), "unsure": bool(body.get(AGAIN_KEY)), "since": time.time()}


def now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)


def a_call(id: str, command: str, web: Web, channel: str, user: str, who: Who) -> Call:
    """A command that a person's Home tab gives for them."""
    return Call(
        id=id,
        command=command,
        person=Person(platform=NAME, id=user),
        channel=channel_of(web, channel),
        at=now(),
        locale=who.locale,
        admin=who.admin,
        outsider=who.outsider,
    )


def channel_of(web: Web, id: str) -> Channel:
    """A conversation of a workspace."""
    return Channel(team=Team(platform=NAME, id=web.team), id=id)
