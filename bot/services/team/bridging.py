"""Joins a channel with one of another team on another platform, as the admins of both agree; and ends that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.bridges import CODE_LASTS, TRY_EVERY, Bridge, BridgeId, new_code, tidied
from bot.domain.errors import Elsewhere, NotAllowed, Refusal, TooMany
from bot.domain.ideas import Channel, Team
from bot.domain.jobs import Job
from bot.domain.passes import Pass, digest_of
from bot.messages import Call, Card
from bot.ports import Chat, Clock, Store
from bot.services.lines import platform_name
from bot.services.rounds.stage import Stage
from bot.words import FALLBACK, _, speaking

NEWS = "bridge-news"  #: the kind of job that tells a room that a bridge was made, or has ended
SOON = timedelta(seconds=30)  # from when a room is to be told until a job does it, should this process not live to
MADE, ENDED = "made", "ended"

log = structlog.get_logger(__name__)


class Bridging:
    """The bridges of a house."""

    def __init__(
        self, *, store: Store, stage: Stage, chat_of: Callable[[str], Chat | None], clock: Clock, new_id: Callable[[], str]
    ) -> None:
        """`chat_of`: the chat of a platform, where this process serves it."""
        self.store = store
        self.stage = stage
        self.chat_of = chat_of
        self.clock = clock
        self.new_id = new_id

    async def of(self, channel: Channel) -> Bridge | None:
        """The channel's bridge."""
        return next((one for one in await self.store.bridges(channel.team) if channel in one.sides), None)

    async def code(self, call: Call) -> str:
        """A code that joins another channel with this one; a code that was given for this channel before is good no more.

        Raises:
            NotAllowed: the person does not manage the channel.
            Refusal: it has a bridge.
        """
        await self._may(call)
        await self._refuse_second(call.channel)
        now = self.clock()
        for old in await self.store.passes(call.channel.team, "bridge", now):
            if old.channel == call.channel:
                await self.store.drop_pass(call.channel.team, old.digest)
        code = new_code()
        await self.store.keep_pass(
            Pass(
                digest=digest_of(code),
                kind="bridge",
                channel=call.channel,
                person=call.person,
                made_at=now,
                until=now + CODE_LASTS,
            )
        )
        return code

    async def join(self, call: Call, code: str) -> Bridge:
        """Joins this channel with the one that a code was given for, and tells both rooms.

        Raises:
            NotAllowed: the person does not manage the channel.
            TooMany: the team has just tried another code.
            Refusal: it is no code, or one that is used or too old; or a channel has a bridge; or both are of one platform.
        """
        await self._may(call)
        await self._refuse_second(call.channel)
        now, team = self.clock(), call.channel.team
        if await self.store.turn(f"bridge:{team.platform}:{team.id}", TRY_EVERY, now) > now:
            raise TooMany(_("That was quick. Please wait {seconds} seconds, and try again.").format(seconds=TRY_EVERY.seconds))
        given = await self.store.take_pass(digest_of(tidied(code)), now, "bridge")
        if given is None:
            unknown = _(
                "This code is not known, was used, or is older than {minutes} minutes. Get another with /bridge --do code."
            )
            raise Refusal(unknown.format(minutes=CODE_LASTS // timedelta(minutes=1)))
        if given.channel.team.platform == team.platform:
            raise Refusal(_("A bridge joins two platforms, such as Discord and Slack. Both of these channels are on one."))
        bridge = Bridge(id=BridgeId(self.new_id()), sides=(given.channel, call.channel), made_at=now)
        if not await self.store.keep_bridge(bridge):
            raise Refusal(_("One of these channels has a bridge already. End it there first: /bridge --do end."))
        log.info("a bridge was made", platforms=[side.team.platform for side in bridge.sides])
        await self._tell(bridge, MADE)
        return bridge

    async def end(self, call: Call) -> Bridge:
        """Ends the channel's bridge, and tells both rooms; a round that runs goes on at its host alone.

        Raises:
            NotAllowed: the person does not manage the channel.
            Refusal: there is no bridge.
        """
        await self._may(call)
        there = await self.of(call.channel)
        bridge = None if there is None else await self.store.drop_bridge(call.channel.team, there.id)
        if bridge is None:
            raise Refusal(_("This channel has no bridge."))
        log.info("a bridge was ended", platforms=[side.team.platform for side in bridge.sides])
        for side in bridge.sides:
            await self._part(side.team, bridge.id)
        await self._tell(bridge, ENDED)
        return bridge

    async def _part(self, host: Team, bridge: BridgeId) -> None:
        """The rounds that run go on without their guests."""
        for guest in await self.store.guests(host):
            round = await self.store.round(host, guest.round) if guest.bridge == bridge else None
            if round is not None and round.state == "running":
                await self.stage.redraw(round)

    async def _may(self, call: Call) -> None:
        if not call.admin:
            raise NotAllowed(_("Only people who manage this channel may make or end a bridge. Anybody may look: /bridge."))

    async def _refuse_second(self, channel: Channel) -> None:
        if await self.of(channel) is not None:
            raise Refusal(_("This channel has a bridge already. End it first: /bridge --do end."))

    # ------------------------------------------------------------------------------------------ telling

    async def _tell(self, bridge: Bridge, what: str) -> None:
        """Tells both rooms: at once where their chats are served here, else by a job."""
        for side in bridge.sides:
            subject = "/".join((what, bridge.across(side).team.platform, side.id))
            job = Job(kind=NEWS, subject=subject, team=side.team, due=self.clock() + SOON)
            await self.store.plan_job(job)
            try:
                await self.due(job)
            except Elsewhere:
                log.info("a room is told of a bridge by another process", platform=side.team.platform)
                await self.store.plan_job(replace(job, due=self.clock()))
                continue
            await self.store.drop_job(side.team, NEWS, subject)

    async def due(self, job: Job) -> None:
        """Tells a room; the work of a job.

        Raises:
            Elsewhere: another process serves its chat.
        """
        assert job.team is not None
        what, platform, id = job.subject.split("/", 2)
        chat = self.chat_of(job.team.platform)
        if chat is None or not chat.ready:
            raise Elsewhere
        channel = Channel(team=job.team, id=id)
        with speaking((await self.store.settings(channel)).language or FALLBACK):
            reply = chat.to(channel)
            if reply is not None:
                await reply.show(news(what, platform))


def news(what: str, platform: str) -> Card:
    """What a room is told."""
    name = platform_name(platform)
    if what == ENDED:
        return Card(
            text=_("The bridge to {platform} has ended. Rounds here are this channel's alone again.").format(platform=name)
        )
    text = _(
        "From the next round on, rounds of this channel and of one in {platform} are held in both: people of both write, weigh "
        "and see what came of it. Nothing else of this channel is seen there. Its admins end it with /bridge --do end."
    )
    return Card(title=_("A bridge to {platform}").format(platform=name), text=text.format(platform=name))
