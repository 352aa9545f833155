"""Who somebody is by the word of Discord or Slack, and which boards they may see there: OAuth 2.0's authorization code.

Of a sign-in nothing is kept but the session: the token that proves it is used for a question or two, and forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp
import structlog

from bot.config import Settings
from bot.domain.errors import Outage
from bot.domain.ideas import Channel, Person
from bot.ports import ChannelReaders, Chat
from bot.words import _

log = structlog.get_logger(__name__)

DISCORD_AUTHORIZE = "https://discord.com/oauth2/authorize"
DISCORD_API = "https://discord.com/api/v10"
SLACK_AUTHORIZE = "https://slack.com/oauth/v2/authorize"
SLACK_API = "https://slack.com/api"
SLACK_SCOPES = "channels:read,groups:read"  # of the person, to list the channels that this person is in
ANSWER_S = 8.0  # for all questions of a sign-in; a page has ten seconds
MOST_PAGES = 10  # of a person's channels in Slack, 200 each; whoever is in more finds the board by /page


class NotProven(Exception):
    """The platform does not vouch for them: the code is old, used or another's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A person, and the boards that they may see."""

    person: Person
    boards: tuple[tuple[Channel, str], ...]  #: with the channels' names


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What comes back from the platform, and what was kept for it."""

    code: str
    redirect: str  #: the address that it came back to
    verifier: str  #: of PKCE


class Provider(Protocol):
    """A platform that knows who somebody is."""

    name: str

    def begin(self, redirect: str, state: str, challenge: str) -> str:
        """Where the person is sent; `challenge`: of PKCE, by S256."""
        ...

    async def proven(self, back: Return, boards: Sequence[Channel]) -> Proven:
        """Who came back, and which of the boards they may see.

        Raises:
            NotProven: the platform does not say.
            Outage: it cannot be reached.
        """
        ...


class DiscordSignIn:
    """Discord says who they are; the bot, who is in the server, whether they can read a channel there."""

    name = "discord"

    def __init__(self, settings: Settings, readers: ChannelReaders) -> None:
        self.id, self.secret = settings.web.discord_id, settings.web.discord_secret
        self.api = settings.discord.api_base.rstrip("/") or DISCORD_API
        self.readers = readers

    def begin(self, redirect: str, state: str, challenge: str) -> str:
        """See `Provider`."""
        asked = {
            "client_id": self.id,
            "response_type": "code",
            "scope": "identify guilds",
            "redirect_uri": redirect,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{DISCORD_AUTHORIZE}?{urlencode(asked)}"

    async def proven(self, back: Return, boards: Sequence[Channel]) -> Proven:
        """See `Provider`."""
        form = {
            "grant_type": "authorization_code",
            "code": back.code,
            "redirect_uri": back.redirect,
            "code_verifier": back.verifier,
            "client_id": self.id,
            "client_secret": self.secret.get_secret_value(),
        }
        async with asking() as http:
            granted = await told(http, "POST", f"{self.api}/oauth2/token", data=form)
            bearer = {"Authorization": f"Bearer {granted.get('access_token', '')}"}
            user = await told(http, "GET", f"{self.api}/users/@me", headers=bearer)
            servers = {text_of(one, "id") for one in await listed(http, f"{self.api}/users/@me/guilds", headers=bearer)}
        person = Person(platform=self.name, id=text_of(user, "id"))
        names = await self.readers.read_by(person, [board for board in boards if board.team.id in servers])
        return Proven(person=person, boards=tuple(names.items()))


class SlackSignIn:
    """Slack says who they are, of which workspace, and which channels they are in."""

    name = "slack"

    def __init__(self, settings: Settings) -> None:
        self.id, self.secret = settings.web.slack_id, settings.web.slack_secret
        self.pkce = settings.web.slack_pkce
        self.api = settings.slack.api_base.rstrip("/") or SLACK_API

    def begin(self, redirect: str, state: str, challenge: str) -> str:
        """See `Provider`."""
        asked = {"client_id": self.id, "user_scope": SLACK_SCOPES, "redirect_uri": redirect, "state": state}
        proof = {"code_challenge": challenge, "code_challenge_method": "S256"} if self.pkce else {}
        return f"{SLACK_AUTHORIZE}?{urlencode(asked | proof)}"

    async def proven(self, back: Return, boards: Sequence[Channel]) -> Proven:
        """See `Provider`."""
        form = {
            "code": back.code,
            "redirect_uri": back.redirect,
            "client_id": self.id,
            "client_secret": self.secret.get_secret_value(),
        } | ({"code_verifier": back.verifier} if self.pkce else {})
        async with asking() as http:
            granted = await slack_told(http, f"{self.api}/oauth.v2.access", data=form)
            user, team = granted.get("authed_user") or {}, granted.get("team") or {}
            person, workspace = Person(platform=self.name, id=text_of(user, "id")), text_of(team, "id")
            bearer = {"Authorization": f"Bearer {user.get('access_token', '')}"}
            inside = await self._inside(http, bearer)
            await slack_told(http, f"{self.api}/auth.revoke", headers=bearer, needed=False)
        mine = [board for board in boards if board.team.id == workspace and board.id in inside]
        return Proven(person=person, boards=tuple((board, inside[board.id]) for board in mine))

    async def _inside(self, http: aiohttp.ClientSession, bearer: Mapping[str, str]) -> dict[str, str]:
        """The channels that whoever the token is of is in, by id, with their names."""
        found: dict[str, str] = {}
        cursor = ""
        for _page in range(MOST_PAGES):
            asked = {"types": "public_channel,private_channel", "exclude_archived": "true", "limit": "200", "cursor": cursor}
            page = await slack_told(http, f"{self.api}/users.conversations", data=asked, headers=bearer)
            found |= {str(one["id"]): str(one.get("name") or "") for one in page.get("channels", ())}
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return found


def providers(settings: Settings, chats: Sequence[Chat]) -> dict[str, Provider]:
    """Those that are configured; Discord only beside its chat, which alone knows who reads what."""
    table, found = settings.web, dict[str, Provider]()
    readers = next((chat for chat in chats if chat.name == "discord" and isinstance(chat, ChannelReaders)), None)
    if table.discord_id and table.discord_secret.get_secret_value() and readers is not None:
        found["discord"] = DiscordSignIn(settings, readers)
    if table.slack_id and table.slack_secret.get_secret_value():
        found["slack"] = SlackSignIn(settings)
    return found


def asking() -> aiohttp.ClientSession:
    """For the questions of one sign-in."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S))


async def told(http: aiohttp.ClientSession, method: str, url: str, **more: Any) -> dict[str, Any]:
    """An object in JSON.

    Raises:
        NotProven: it is a refusal, or no such answer.
        Outage: none came.
    """
    body = await answered(http, method, url, **more)
    if not isinstance(body, dict):
        raise NotProven
    return body


async def listed(http: aiohttp.ClientSession, url: str, **more: Any) -> list[dict[str, Any]]:
    """A list of objects in JSON; it raises what `told` does."""
    body = await answered(http, "GET", url, **more)
    if not isinstance(body, list) or not all(isinstance(one, dict) for one in body):
        raise NotProven
    return body


async def answered(http: aiohttp.ClientSession, method: str, url: str, **more: Any) -> Any:
    """An answer in JSON; it raises what `told` does."""
    try:
        async with http.request(method, url, allow_redirects=False, **more) as answer:
            body = await answer.json(content_type=None) if answer.status < 500 else None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Outage(_("The platform cannot be reached now. Please try again in a moment.")) from error
    except ValueError as error:
        raise NotProven from error
    if body is None:
        raise Outage(_("The platform cannot be reached now. Please try again in a moment."))
    if answer.status >= 400:
        log.info("a sign-in was refused", status=answer.status)
        raise NotProven
    return body


async def slack_told(http: aiohttp.ClientSession, url: str, *, needed: bool = True, **more: Any) -> dict[str, Any]:
    """As `told`; Slack's refusals come as answers. `needed`: False where nothing depends on it."""
    body = await told(http, "POST", url, **more)
    if needed and body.get("ok") is not True:
        log.info("a sign-in was refused", why=str(body.get("error", ""))[:60])
        raise NotProven
    return body


def text_of(answer: Mapping[str, Any], name: str) -> str:
    """A field that must be there.

    Raises:
        NotProven: it is not.
    """
    found = answer.get(name)
    if not isinstance(found, str) or not found:
        raise NotProven
    return found
