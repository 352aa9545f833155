"""The Slack chat: hands what people do there to whoever hears it. Slack has its answer first, and the work follows."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import cached_property
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from adapters.slack.handing import Handing
from adapters.slack.home import Home
from adapters.slack.keeping import Keeping, Kept, Way
from adapters.slack.link import SignedHttp, SocketMode
from adapters.slack.ours import Ours
from adapters.slack.owning import owner
from adapters.slack.payloads import Body
from adapters.slack.places import Where
from adapters.slack.pressing import Pressing
from adapters.slack.reacting import Reacting
from adapters.slack.refusals import AGAIN
from adapters.slack.replies import Address, PersonReply, PlaceReply
from adapters.slack.shared import AGAIN_KEY, NAME, Shared, a_call
from adapters.slack.shortcuts import Shortcuts
from adapters.slack.standing import Standing, StandingReply
from adapters.slack.steps import StepReply, Steps
from adapters.slack.surface import PAUSE_S
from adapters.slack.talking import Talking
from adapters.slack.teams import Teams
from adapters.slack.web import Failed, Web
from bot.courtesy import Courtesy
from bot.domain.errors import Outage
from bot.domain.ideas import Channel, Person, Team
from bot.ports import Front, Reply

log = structlog.get_logger(__name__)

Handle = Callable[[Body, Web], Coroutine[Any, Any, None]]
DRAIN_S = 5.0  # at shutdown, for answers under way


class SlackChat:
    """Slack, connected."""

    name = NAME
    changes = True

    def __init__(
        self,
        *,
        teams: Teams,
        connect: Callable[[SlackChat], Coroutine[Any, Any, None]],
        acks: Courtesy,
        second: float = 1.0,
    ) -> None:
        """Nothing happens yet.

        Args:
            teams: the ways out, to be opened by `connect`.
            connect: opens the connection, and serves until cancelled.
            acks: told who waits for Slack's answer; work asks it before it begins.
            second: how long one of Slack's seconds is for pacing, in real seconds.
        """
        self._connect = connect
        self.teams = teams
        self.server: SocketMode | SignedHttp | None = None
        self._front: Front | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._ours = Ours(spawn=self._start, pause_s=PAUSE_S * second)
        self._home: Home | None = None
        self._shared = Shared(teams=teams, ours=self._ours, desk=lambda: self.front, homes=lambda: self.home)
        self._pressing = Pressing(self._shared)
        self._reacting = Reacting(self._shared, self._pressing)
        self._talking = Talking(self._shared, self._pressing, self._reacting)
        self._shortcuts = Shortcuts(self._shared, self._pressing)
        self._steps = Steps(self._shared)
        self.acks = acks  #: Slack has its answers from `server`, after whose hearing alone the work begins

    # ------------------------------------------------------------------------------------------ the port

    @property
    def ready(self) -> bool:
        """See `bot.ports.Chat`."""
        return self.teams.connected

    async def run(self, front: Front) -> None:
        """See `bot.ports.Chat`."""
        self._front = front
        self._home = Home(front=front, who=self._shared.who, call=a_call)
        await self._connect(self)

    def at(self, address: str) -> Reply | None:
        """See `bot.ports.Chat`."""
        if (standing := Standing.parse(address)) is not None:
            return StandingReply(self.teams.known(standing.team), standing)
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
        url = self._shared.url({"response_url": state["url"]}, age_s=time.time() - state["at"], of=state["root"] or None)
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
        if step := state.get("step"):
            return StepReply(web, surface, step=step)
        return PersonReply(web, surface, url=url, aloud=state["aloud"])

    async def again(self, body: str) -> bool:
        """See `bot.ports.Chat`."""
        record: Kept = json.loads(body)
        kind = record["kind"] if record["kind"] != "event" else record["body"]["event"]["type"]
        id = str(record["body"].get("event_id") or record["body"].get("trigger_id"))
        came = record.get("at", 0.0)  # the version before did not keep it: then all of the channel is looked through
        self._hand(kind, {**record["body"], AGAIN_KEY: came}, record["team"], id)
        return True

    def to(self, channel: Channel) -> Reply | None:
        """See `bot.ports.Chat`."""
        return PlaceReply(self._ours.place(self.teams.known(channel.team.id), Where(channel=channel.id)))

    def whisper(self, channel: Channel, person: Person) -> Reply | None:
        """See `bot.ports.Chat`."""
        web = self.teams.known(channel.team.id)
        return PersonReply(web, self._ours.place(web, Where(channel=channel.id, user=person.id)))

    async def close(self) -> None:
        """See `bot.ports.Chat`."""
        if self._tasks:
            _done, late = await asyncio.wait(self._tasks, timeout=DRAIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    # ------------------------------------------------------------------------------------------ listening

    def listen(self, app: AsyncApp) -> None:
        """Has Bolt hand over what is Slack's, and of a workspace of ours."""
        app.middleware(Keeping(lambda: self.front))
        app.middleware(Handing(self._handles, self._hand))

    @cached_property
    def _handles(self) -> Mapping[str, Handle]:
        """What serves each kind of request; see `handing.kind_of`."""
        return {
            "command": self._talking.command,
            "action": self._pressing.action,
            "form": self._pressing.submitted,
            "shortcut": self._shortcuts.chosen,
            "app_mention": self._talking.said,
            "message": self._talking.said,
            "reaction_added": self._reacting.reacted,
            "reaction_removed": self._reacting.reacted,
            "agent_session_stopped": self._talking.stopped,
            "function_executed": self._steps.executed,
            "app_home_opened": self._opened,
            "app_uninstalled": self._removed,
            "tokens_revoked": self._removed,
        }

    async def owner(self, body: Body) -> str:
        """See `owning.owner`."""
        return await owner(self.teams, self._ours, body)

    def _hand(self, kind: str, body: Body, team: str, kept: str) -> None:
        """Starts serving a request of the workspace that installed us, also in channels shared between workspaces."""
        self._start(self._handles[kind](body, self.teams.known(team)), (team, kept), first=kind == "command")

    def _start(
        self, work: Coroutine[Any, Any, None], key: tuple[str, str] = ("", ""), *, first: bool = False
    ) -> asyncio.Task[None]:
        """`key`: the workspace and the event's id, where it is kept; `first`: see `Courtesy.after_you`."""
        task = asyncio.create_task(self._guarded(work, key, first))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None], key: tuple[str, str], first: bool) -> None:
        """The desk serves what can go wrong in the house; this logs what can go wrong in Slack's own payloads."""
        try:
            await self.acks.after_you(first=first)
            end = self.front.done if await self._work(work) else self.front.again
            if key[1]:
                end(Team(platform=NAME, id=key[0]), key[1])
        finally:
            work.close()  # it may never have begun

    async def _work(self, work: Coroutine[Any, Any, None]) -> bool:
        """Whether it came to an end; False where what kept it from that may pass."""
        try:
            await work
        except Failed as failed:
            log.warning("Slack refused", why=str(failed), needed=failed.needed)
            return failed.error not in AGAIN
        except Outage as error:
            log.warning("something from Slack could not be served now", why=str(error))
            return False
        except Exception:
            log.exception("something from Slack could not be served")
        return True

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
