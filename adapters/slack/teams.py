"""The workspaces we serve: their tokens, their Web API, and what we know of their people."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol
from weakref import WeakValueDictionary

import aiohttp
import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackClientError

from adapters.slack.pace import Pace
from adapters.slack.refusals import REVOKED
from adapters.slack.web import Client, Failed, Web, client, failure
from bot.domain.errors import Misconfigured
from bot.domain.ideas import clean
from bot.words import _

log = structlog.get_logger(__name__)

KNOWN_FOR_S = 3600.0  # somebody's language and role change seldom
CONNECTED_WITHIN_S = 60.0  # a start takes a second; what still waits then has no Slack to go to
ASKED_WITHIN_S = 2.0  # people wait for their answer meanwhile; English will do
ASKED_AGAIN_S = 60.0  # after Slack did not say
MANY_PEOPLE = 10_000  # remembered at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are in one workspace."""

    team: str
    token: str
    bot_user: str
    bot_id: str
    enterprise: str = ""  #: the organisation that installed us for all of its workspaces; empty: the workspace itself did


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """What we know of a person: nothing of it is kept."""

    locale: str | None = None
    admin: bool = False
    name: str = ""  #: what others read; empty where Slack does not say
    outsider: bool = False  #: of another company, with which a channel is shared


class Identities(Protocol):
    """Knows the token of each workspace that installed us."""

    async def find(self, team: str) -> Identity | None:
        """Who we are there; None where we are not installed."""
        ...

    async def of_bot(self, user: str) -> Identity | None:
        """The workspace in which our bot is this user; None where it is none of ours."""
        ...

    def forget(self, team: str) -> None:
        """What is known of a workspace may be old: it is read again."""
        ...

    async def under(self, team: str, enterprise: str) -> Identity | None:
        """Who we are in a workspace whose organisation may have installed us for all of its workspaces."""
        ...

    async def drop(self, team: str) -> None:
        """The workspace has removed us."""
        ...


class OneTeam:
    """The single workspace whose bot token is configured."""

    def __init__(self, token: str, base: str, session: aiohttp.ClientSession) -> None:
        self._client = client(token=token, base=base, session=session)
        self._token = token
        self._identity: Identity | None = None
        self._within: set[str] = set()  #: workspaces of the organisation whose token it is

    async def sign_in(self) -> Identity:
        """Asks Slack whose token it is.

        Raises:
            Misconfigured: Slack does not accept it.
            Failed: Slack cannot be reached.
        """
        try:
            response = await self._client.auth_test()
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            failed = failure(error, "auth.test")
            if failed.error in REVOKED:
                raise Misconfigured(
                    _(
                        "Slack does not accept the bot token ({error}). Set MUSELAB_SLACK__BOT_TOKEN to the one that begins "
                        "with xoxb-."
                    ).format(error=failed.error)
                ) from error
            raise failed from error
        whole = bool(response.get("is_enterprise_install"))
        self._identity = Identity(
            team=response["team_id"],
            token=self._token,
            bot_user=response["user_id"],
            bot_id=str(response.get("bot_id") or ""),
            enterprise=str(response.get("enterprise_id") or "") if whole else "",
        )
        return self._identity

    async def find(self, team: str) -> Identity | None:
        """See `Identities`."""
        known = self._identity or await self.sign_in()
        return replace(known, team=team) if team and team in (known.team, *self._within) else None

    async def under(self, team: str, enterprise: str) -> Identity | None:
        """See `Identities`: a configured token is one workspace's, or that of an organisation for all of its own."""
        known = self._identity or await self.sign_in()
        if team and known.enterprise and enterprise == known.enterprise:
            self._within.add(team)
        return await self.find(team)

    async def of_bot(self, user: str) -> Identity | None:
        """See `Identities`."""
        known = self._identity
        return known if known is not None and known.bot_user == user else None

    def forget(self, team: str) -> None:
        """A configured token is all there is."""

    async def drop(self, team: str) -> None:
        """A configured token stays configured; Slack refuses it from now on."""
        log.error("the workspace has removed Muselab", team=team)


class Teams:
    """Every workspace's way out. Calls made before the connection is there wait for it."""

    def __init__(self, *, base: str, pace: Pace) -> None:
        self.base = base
        self.pace = pace
        self._session: aiohttp.ClientSession | None = None
        self._identities: Identities | None = None
        self._open = asyncio.Event()
        self._webs: dict[str, Web] = {}
        self._clients: dict[str, Client] = {}
        self._who: OrderedDict[tuple[str, str], tuple[float, Who]] = OrderedDict()
        self._asking: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()  #: as long as somebody waits

    def open(self, session: aiohttp.ClientSession, identities: Identities) -> None:
        """The connection is there."""
        self._session, self._identities = session, identities
        self._open.set()

    @property
    def connected(self) -> bool:
        """Whether the ways out are open."""
        return self._open.is_set()

    @property
    def session(self) -> aiohttp.ClientSession:
        """For what is no method of the Web API."""
        assert self._session is not None, "events come after the connection"
        return self._session

    async def find(self, team: str) -> Identity | None:
        """Who we are in a workspace, as soon as the connection is there; None where we are not installed.

        Raises:
            Failed: no connection came within a minute.
        """
        if not self._open.is_set():
            try:
                await asyncio.wait_for(self._open.wait(), CONNECTED_WITHIN_S)
            except TimeoutError as error:
                raise Failed("unreachable", "connect") from error
        assert self._identities is not None
        return await self._identities.find(team)

    async def of_bot(self, user: str) -> Identity | None:
        """The workspace in which our bot is this user; None where it is none of ours."""
        assert self._identities is not None, "events come after the connection"
        return await self._identities.of_bot(user) if user else None

    def known(self, team: str) -> Web:
        """A workspace's Web API; its calls fail where we are not installed."""
        if team not in self._webs:
            self._webs[team] = Web(team, self.pace, partial(self._client, team))
        return self._webs[team]

    async def _client(self, team: str, refused: Client | None = None) -> Client | None:
        if refused is not None and self._identities is not None:
            self._identities.forget(team)  # another process may have installed us anew
        identity = await self.find(team)
        if identity is None:
            return None
        known = self._clients.get(team)
        if known is None or known.token != identity.token:
            held, again = partial(self._held, team), partial(self._again, team)
            known = self._clients[team] = client(
                token=identity.token, base=self.base, session=self.session, held=held, again=again
            )
        return known

    def _held(self, team: str, method: str, seconds: float) -> None:
        self.pace.hold(method, team, seconds)

    async def _again(self, team: str, method: str) -> None:
        await self.pace.again(method, team)

    async def authorize(self, team_id: str, enterprise_id: str | None) -> AuthorizeResult | None:
        """Whether this workspace's requests are served, and as whom: Bolt asks before every one."""
        await self.find(team_id)  # waits for the connection
        assert self._identities is not None
        identity = await self._identities.under(team_id, enterprise_id or "")
        if identity is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id or identity.team,
            bot_token=identity.token,
            bot_id=identity.bot_id,
            bot_user_id=identity.bot_user,
        )

    async def who(self, web: Web, user: str) -> Who:
        """A person's language and role, asked once an hour; nothing where Slack does not say so soon.

        What somebody does meanwhile waits for the answer to the same question.
        """
        asking = self._asking.setdefault((web.team, user), asyncio.Lock())
        async with asking:
            until, known = self._who.get((web.team, user), (0.0, Who()))
            if asyncio.get_running_loop().time() < until:
                return known
            return await self._asked(web, user, known)

    async def _asked(self, web: Web, user: str, known: Who) -> Who:
        """What Slack says of a person, kept; what was `known` where it does not say."""
        now = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(ASKED_WITHIN_S):
                us = await self.find(web.team)
                profile = (await web.get("users.info", user=user, include_locale="true"))["user"]
        except (Failed, TimeoutError) as error:
            log.info("a person's language is unknown", why=str(error) or "no answer in time")
            self._who[web.team, user] = (now + ASKED_AGAIN_S, known)
            return known
        who = Who(
            locale=profile.get("locale") or None,
            admin=is_admin(profile, us),
            name=name_of(profile),
            outsider=is_outsider(profile, us),
        )
        self._who[web.team, user] = (now + KNOWN_FOR_S, who)
        if len(self._who) > MANY_PEOPLE:
            self._who.popitem(last=False)
        return who

    async def drop(self, team: str) -> None:
        """A workspace has removed us: nothing of it stays here."""
        self._webs.pop(team, None)
        self._clients.pop(team, None)
        for key in [key for key in self._who if key[0] == team]:
            del self._who[key]
        assert self._identities is not None, "events come after the connection"
        await self._identities.drop(team)


def name_of(user: Mapping[str, Any]) -> str:
    """What others read where somebody is mentioned, as `users.info` tells it."""
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return clean(next((str(name) for name in names if name), ""))


def is_outsider(user: Mapping[str, Any], us: Identity | None) -> bool:
    """Whether somebody belongs to another company than the one that installed us, as `users.info` tells it."""
    if us is None:
        return False
    enterprise = str((user.get("enterprise_user") or {}).get("enterprise_id") or "")
    ours = (us.enterprise and enterprise == us.enterprise) or str(user.get("team_id") or us.team) in (us.team, us.enterprise)
    return bool(user.get("is_stranger")) or not ours


def is_admin(user: Mapping[str, Any], us: Identity | None) -> bool:
    """Whether somebody administers the workspace that installed us: no guest, and nobody of another company."""
    guest = user.get("is_restricted") or user.get("is_ultra_restricted")
    rights = user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")
    return bool(rights) and not guest and not is_outsider(user, us)
