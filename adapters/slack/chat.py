"""The Slack chat: turns what people do there into calls and presses. Every handler tells Slack first, and works afterwards."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from adapters.slack.emoji import emoji_of, pointed_at
from adapters.slack.link import SignedHttp, SocketMode
from adapters.slack.render import CHANNEL, CHOICE, FORM, Shown, form_view, home_view, read_value, shown_in
from adapters.slack.replies import Address, Caught, HomeReply, PersonReply, PlaceReply
from adapters.slack.surface import Surface, Where
from adapters.slack.teams import Teams, Who
from adapters.slack.web import Failed, ResponseUrl, Web
from bot import commands, plugins, signals, typed
from bot.domain.errors import MuselabError
from bot.domain.ideas import Channel, Person, Team
from bot.messages import Call, Card, Form, Key, Press
from bot.ports import Front, Reply
from bot.words import _, speaking

log = structlog.get_logger(__name__)

Body = Mapping[str, Any]

NAME = "slack"
ANY = re.compile(r"")  # whatever it is called: its value says what it means
FREE = "muse"  # the command that takes any line
MANY = 5_000  # messages of ours remembered, with the ideas on them; older ones are read back from Slack
DRAIN_S = 5.0  # at shutdown, for answers under way
LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired", "trigger_exchanged"})
SPECIAL = re.compile(r"<(?:[@#!]?)([^<>|]*)(?:\|([^<>]*))?>")  # a mention, a channel or a link as Slack writes it


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
        self.second = second
        self.teams = teams
        self.server: SocketMode | SignedHttp | None = None
        self._front: Front | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._surfaces: OrderedDict[str, Surface] = OrderedDict()
        self._last_channel: OrderedDict[tuple[str, str], str] = OrderedDict()

    # ------------------------------------------------------------------------------------------ the port

    async def run(self, front: Front) -> None:
        """See `bot.ports.Chat`."""
        self._front = front
        await self._connect(self)

    def at(self, address: str) -> Reply | None:
        """See `bot.ports.Chat`."""
        place = Address.parse(address)
        if place is None:
            return None
        known = self._surfaces.get(address)
        if known is not None:
            return PlaceReply(known)
        surface = self._surface(self.teams.known(place.team), Where(channel=place.channel), ts=place.ts)
        self._remember(surface)
        return PlaceReply(surface)

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

        async def on_command(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
            await ack()
            self._start(self._command(body, self._web(context)))

        async def on_action(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
            await ack()
            self._start(self._action(body, self._web(context)))

        async def on_form(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
            await ack()
            self._start(self._submitted(body, self._web(context)))

        async def on_shortcut(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
            await ack()
            self._start(self._shortcut(body, self._web(context)))

        app.command(ANY)(on_command)
        app.action(ANY)(on_action)
        app.view(FORM)(on_form)
        app.shortcut({"callback_id": ANY, "type": "message_action"})(on_shortcut)
        for event, handle in {
            "app_mention": self._said,
            "message": self._said,
            "reaction_added": self._reacted,
            "reaction_removed": self._reacted,
            "app_home_opened": self._opened,
            "app_uninstalled": self._removed,
            "tokens_revoked": self._removed,
        }.items():
            app.event(event)(self._on_event(handle))

    def _on_event(self, handle: Callable[[Body, Web], Coroutine[Any, Any, None]]) -> Callable[..., Coroutine[Any, Any, None]]:
        async def on_event(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
            await ack()
            self._start(handle(body, self._web(context)))

        return on_event

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """The desk serves what can go wrong in the house; this logs what can go wrong in Slack's own payloads."""
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

    def _web(self, context: AsyncBoltContext) -> Web:
        """The Web API of the workspace that installed us, also in channels shared between workspaces."""
        return self.teams.known(context.team_id or "")

    async def _who(self, web: Web, user: str) -> Who:
        return await self.teams.who(web, user)

    # ------------------------------------------------------------------------------------------ typed lines

    async def _command(self, body: Body, web: Web) -> None:
        name, text = str(body["command"]).lstrip("/").lower(), plain(str(body.get("text", "")))
        line = (text or "/help") if name == FREE else f"/{name} {text}"
        where = Where(channel=str(body["channel_id"]), user=str(body["user_id"]))
        url = self._url(body)
        reply = PersonReply(self, web, self._surface(web, where, url=url), url=url)
        await self._typed(line, str(body["trigger_id"]), web, where, reply)

    async def _said(self, body: Body, web: Web) -> None:
        """Somebody mentioned us, or wrote to us directly."""
        event = body["event"]
        if event.get("subtype") or event.get("bot_id") or not event.get("user"):
            return  # edits, joins and the words of bots, our own among them
        direct = event.get("channel_type") == "im" or str(event["channel"]).startswith("D")
        if event["type"] == "message" and not direct:
            return
        root = str(event.get("thread_ts") or (event["ts"] if direct else ""))
        where = Where(channel=str(event["channel"]), thread=root, user=str(event["user"]))
        surface = self._surface(web, where, streams=bool(root))
        reply = PersonReply(self, web, surface, aloud=direct, status=root if direct else "")
        line = re.sub(r"^\s*(?:<@[^>]*>[\s,:]*)+", "", str(event.get("text", "")))
        await self._typed(plain(line) or "/help", str(body["event_id"]), web, where, reply)

    async def _typed(self, line: str, id: str, web: Web, where: Where, reply: PersonReply) -> None:
        who = await self._who(web, where.user)
        self._was_in(web, where)
        source = typed.Source(
            id=id,
            person=Person(platform=NAME, id=where.user),
            channel=channel_of(web, where.channel),
            at=now(),
            locale=who.locale,
            admin=who.admin or where.direct,
        )
        with speaking(who.locale):
            try:
                meant = typed.parse(line, source)
            except MuselabError as error:
                await reply.tell(Card(text=str(error), private=True))
                return
        if isinstance(meant, Call):
            await self.front.call(meant, reply)
        else:
            await self.front.press(meant, reply)

    # ------------------------------------------------------------------------------------------ pressing

    async def _action(self, body: Body, web: Web) -> None:
        """A button, a menu entry, or the choice of a channel on the Home tab."""
        action = body["actions"][0]
        if action["action_id"] == CHANNEL:
            await self._draw_home(web, str(body["user"]["id"]), str(action["selected_conversation"]), str(body["trigger_id"]))
            return
        value = action.get("value") or (action.get("selected_option") or {}).get("value") or ""
        key, asks = read_value(str(value))
        state = self._state(body)
        press = await self._press(web, key, state, str(body["trigger_id"]), str(body["user"]["id"]))
        reply = self._reply(web, press, state, body)
        if asks:
            await self._ask(web, press, state, str(body["trigger_id"]), reply)
        else:
            await self.front.press(press, reply)

    def _state(self, body: Body) -> dict[str, str]:
        """What a form opened now has to remember until it is submitted: where the answer goes."""
        container = body.get("container") or {}
        if container.get("type") == "view":
            kept = json.loads((body.get("view") or {}).get("private_metadata") or "{}")
            return {"channel": str(kept.get("channel", "")), "home": "1"}
        message = body.get("message") or {}
        return {
            "channel": str((body.get("channel") or {}).get("id") or container.get("channel_id", "")),
            "thread": str(message.get("thread_ts") or container.get("thread_ts") or ""),
            "url": str(body.get("response_url") or ""),
            "whisper": "1" if container.get("is_ephemeral") else "",
        }

    async def _press(self, web: Web, key: Key, state: Mapping[str, str], id: str, user: str, **more: Any) -> Press:
        who = await self._who(web, user)
        return Press(
            id=id,
            key=key,
            person=Person(platform=NAME, id=user),
            channel=channel_of(web, state["channel"]),
            at=now(),
            locale=who.locale,
            admin=who.admin or state["channel"].startswith("D"),
            **more,
        )

    def _reply(self, web: Web, press: Press, state: Mapping[str, str], body: Body) -> Reply:
        where = Where(channel=state["channel"], thread=state.get("thread", ""), user=press.person.id)
        if state.get("home") and (press.key.verb == "board" or press.key.verb in plugins.names(signals)):
            return HomeReply(self._redrawing(web, where, press.id))
        url = self._url({"response_url": state.get("url", "")})
        surface = self._surface(web, where, url=url, streams=bool(where.thread))
        return PersonReply(self, web, surface, url=url, whisper=bool(state.get("whisper")))

    async def _ask(
        self, web: Web, press: Press, state: Mapping[str, str], trigger: str, reply: Reply, choices: tuple[Shown, ...] = ()
    ) -> None:
        """Opens the form of a control, while its trigger lasts."""
        asked = await self.front.form(press)
        if not isinstance(asked, Form):
            await reply.tell(asked)
            return
        with speaking(press.locale):
            view = form_view(asked, {**state, "key": str(press.key)}, choices)
            late = _("Slack waits three seconds for a form, and this one came too late. Please press again.")
        try:
            await web.call("views.open", trigger_id=trigger, view=view)
        except Failed as failed:
            if failed.error == "exchanged_trigger_id":
                return  # Slack sent the same press twice: the form is open
            log.info("a form could not be opened", why=str(failed))
            await reply.tell(Card(text=late, private=True))

    async def _submitted(self, body: Body, web: Web) -> None:
        view = body["view"]
        state = json.loads(view["private_metadata"])
        key, values = Key.parse(state["key"]), {}
        for fields in view["state"]["values"].values():
            for name, given in fields.items():
                if name == CHOICE:
                    key = Key(verb=key.verb, target=given["selected_option"]["value"], token=key.token)
                else:
                    values[name] = given.get("value") or ""
        press = await self._press(web, key, state, str(body["trigger_id"]), str(body["user"]["id"]), values=values)
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
        if not emoji or item.get("type") != "message":
            return
        ideas = await self._ideas_at(web, str(item["channel"]), str(item["ts"]))
        meant = pointed_at(emoji, ideas)
        verb, token = ("vote", "up") if meant is not None else said_by(emoji)
        if meant is None and len(ideas) == 1:
            meant = ideas[0]
        if meant is None or not verb:
            return
        if event["type"] == "reaction_removed":
            token = "none"
        key = Key(verb=verb, target=meant.idea, token=token)
        state = {"channel": str(item["channel"])}
        press = await self._press(web, key, state, str(body["event_id"]), str(event["user"]), reaction=emoji)
        where = Where(channel=press.channel.id, user=press.person.id)
        await self.front.press(press, PersonReply(self, web, self._surface(web, where)))

    async def _ideas_at(self, web: Web, channel: str, ts: str) -> tuple[Shown, ...]:
        """The ideas on a message: remembered, or read back from Slack when it is one of ours from before."""
        surface = self._surfaces.get(str(Address(web.team, channel, ts)))
        if surface is not None and surface.lines:
            return tuple(Shown(line.idea, line.number, line.text) for line in surface.lines)
        try:
            told = await web.get("reactions.get", channel=channel, timestamp=ts)
        except Failed as failed:
            log.info("a message could not be read", why=str(failed), needed=failed.needed)
            return ()
        message = told.get("message") or {}
        identity = await self._identity(web.team)
        if not identity or message.get("user") != identity:
            return ()
        return shown_in(message.get("blocks") or (), beside_ideas())

    async def _identity(self, team: str) -> str:
        known = await self.teams.find(team)
        return known.bot_user if known is not None else ""

    # ------------------------------------------------------------------------------------------ home

    async def _opened(self, body: Body, web: Web) -> None:
        """Somebody opened our Home tab, or our conversation."""
        event = body["event"]
        user = str(event["user"])
        if event.get("tab") == "messages":
            await self._suggest(web, str(event["channel"]), user)
        elif event.get("tab") == "home":
            channel = self._last_channel.get((web.team, user), str(event["channel"]))
            await self._draw_home(web, user, channel, str(body["event_id"]))

    async def _suggest(self, web: Web, channel: str, user: str) -> None:
        with speaking((await self._who(web, user)).locale):
            prompts = [{"title": title, "message": message} for title, message in suggestions()]
            title = _("What shall we think about?")
        await web.call("assistant.threads.setSuggestedPrompts", channel_id=channel, prompts=prompts, title=title)

    def _redrawing(self, web: Web, where: Where, id: str) -> Callable[[Card | None, str], Coroutine[Any, Any, None]]:
        async def redraw(board: Card | None, note: str) -> None:
            await self._draw_home(web, where.user, where.channel, id, board=board, note=note)

        return redraw

    async def _draw_home(self, web: Web, user: str, channel: str, id: str, *, board: Card | None = None, note: str = "") -> None:
        """Draws the Home tab: a channel's board and settings."""
        who = await self._who(web, user)
        cards = []
        for command in ("board", "settings"):
            if command == "board" and board is not None:
                cards.append(board)
                continue
            caught = Caught()
            call = Call(
                id=f"{id}:{command}",
                command=command,
                person=Person(platform=NAME, id=user),
                channel=channel_of(web, channel),
                at=now(),
                locale=who.locale,
                admin=who.admin,
            )
            await self.front.call(call, caught)
            if caught.card is not None:
                cards.append(caught.card)
        with speaking(who.locale):
            view = home_view(channel, cards, note=note)
        await web.call("views.publish", user_id=user, view=view)

    async def _removed(self, body: Body, web: Web) -> None:
        """A workspace removed us, or took our token away."""
        event = body["event"]
        if event["type"] == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            await self.teams.drop(web.team)

    # ------------------------------------------------------------------------------------------ parts

    def _surface(self, web: Web, where: Where, *, ts: str = "", url: ResponseUrl | None = None, streams: bool = False) -> Surface:
        return Surface(
            web, where, ts=ts, url=url, streams=streams, placed=self._remember, spawn=self._start, pause_s=5.0 * self.second
        )

    def _remember(self, surface: Surface) -> None:
        """Keeps a message of ours at hand, so that all who change it take turns."""
        address = str(Address(surface.web.team, surface.where.channel, surface.ts))
        self._surfaces[address] = surface
        self._surfaces.move_to_end(address)
        if len(self._surfaces) > MANY:
            self._surfaces.popitem(last=False)

    def _url(self, body: Body) -> ResponseUrl | None:
        url = str(body.get("response_url") or "")
        return ResponseUrl(url, self.teams.session) if url else None

    def _was_in(self, web: Web, where: Where) -> None:
        """Remembers where somebody last used us: their Home tab begins there."""
        self._last_channel[web.team, where.user] = where.channel
        self._last_channel.move_to_end((web.team, where.user))
        if len(self._last_channel) > MANY:
            self._last_channel.popitem(last=False)


def now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)


def channel_of(web: Web, id: str) -> Channel:
    """A conversation of a workspace."""
    return Channel(team=Team(platform=NAME, id=web.team), id=id)


def plain(text: str) -> str:
    """What a person typed, without Slack's way of writing it: names instead of mentions, addresses instead of links."""
    return html.unescape(SPECIAL.sub(lambda found: found[2] or found[1], text)).strip()


def beside_ideas() -> frozenset[str]:
    """Verbs whose buttons stand beside an idea: every signal's, and those commands' that take an idea first."""
    taking = {
        name for name in plugins.names(commands) if (params := plugins.load(commands, name).PARAMS) and params[0].kind == "idea"
    }
    return frozenset({*plugins.names(signals), *taking})


def said_by(emoji: str) -> tuple[str, str]:
    """The signal and the token that an emoji says; empty when it says nothing."""
    for name in plugins.names(signals):
        token = plugins.load(signals, name).EMOJI.get(emoji)
        if token is not None:
            return name, token
    return "", ""


def suggestions() -> tuple[tuple[str, str], ...]:
    """What the conversation with us offers to somebody who has just opened it: (title, message)."""
    return (
        (_("Names"), _("names for a tea bar")),
        (_("A slogan"), _("a slogan for a bicycle repair shop")),
        (_("In another style"), _("a story about a lighthouse --style “dry humour”")),
        (_("What can you do?"), "/help"),
    )
