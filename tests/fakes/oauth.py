"""Discord's and Slack's sides of a sign-in on this machine: codes, tokens, and who somebody is.

Sources: https://discord.com/developers/docs/topics/oauth2, tests/data's specifications of `oauth.v2.access` and
`users.conversations`, and RFC 7636 for the proof of possession.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from aiohttp.test_utils import TestServer

CLIENT, SECRET = "app-1", "app-secret"
PAGE = 2  # channels on a page of `users.conversations`, so that there is more than one


@dataclass
class Platforms:
    """Both of them."""

    base: str = ""
    servers: tuple[str, ...] = ("9", "10")  #: of the person in Discord
    team: str = "T1"
    rooms: dict[str, str] = field(default_factory=dict)  #: of the person in Slack, id to name
    broken: bool = False  #: answers with 502
    revoked: list[str] = field(default_factory=list)  #: tokens that were given back
    asked: dict[str, dict[str, str]] = field(default_factory=dict)  #: code to what the person was sent with
    _codes: dict[str, str] = field(default_factory=dict)  #: code to the person

    def agreed(self, location: str, person: str) -> dict[str, str]:
        """A person signs in at the address they were sent to, and agrees; what they come back with."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert query["client_id"] == CLIENT
        code = f"code-{len(self._codes) + 1}"
        self._codes[code], self.asked[code] = person, query
        return {"code": code, "state": query["state"]}

    def granted(self, form: Any) -> str | None:
        """Whom a code is of: once, for the app that asked, at the address it asked for, and with its proof."""
        asked = self.asked.get(form.get("code", ""), {})
        person = self._codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        right = (form.get("client_id"), form.get("client_secret"), form.get("redirect_uri")) == (
            *(CLIENT, SECRET),
            asked.get("redirect_uri"),
        )
        return person if right and asked.get("code_challenge") in (None, proof) else None

    # Discord

    async def discord_token(self, request: web.Request) -> web.Response:
        form = await request.post()
        person = self.granted(form) if form.get("grant_type") == "authorization_code" else None
        if self.broken:
            return web.Response(status=502, text="Bad Gateway")
        if person is None:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"access_token": f"of-{person}", "token_type": "Bearer", "scope": "identify"})

    async def discord_me(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "")
        if not token.startswith("Bearer of-"):
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        return web.json_response({"id": token.removeprefix("Bearer of-"), "username": "somebody"})

    async def discord_guilds(self, request: web.Request) -> web.Response:
        if "guilds" not in next(iter(self.asked.values()))["scope"].split():
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        return web.json_response([{"id": id, "name": "a server"} for id in self.servers])

    # Slack

    async def slack_access(self, request: web.Request) -> web.Response:
        person = self.granted(await request.post())
        if self.broken:
            return web.Response(status=502, text="Bad Gateway")
        if person is None:
            return web.json_response({"ok": False, "error": "invalid_code"})
        user = {"id": person, "access_token": f"xoxp-{person}", "token_type": "user", "scope": "channels:read,groups:read"}
        return web.json_response({"ok": True, "authed_user": user, "team": {"id": self.team, "name": "team"}})

    async def slack_rooms(self, request: web.Request) -> web.Response:
        if not request.headers.get("Authorization", "").startswith("Bearer xoxp-"):
            return web.json_response({"ok": False, "error": "not_authed"})
        start = int(str((await request.post()).get("cursor") or "0"))
        some = list(self.rooms.items())[start : start + PAGE]
        following = str(start + PAGE) if start + PAGE < len(self.rooms) else ""
        channels = [{"id": id, "name": name} for id, name in some]
        return web.json_response({"ok": True, "channels": channels, "response_metadata": {"next_cursor": following}})

    async def slack_revoke(self, request: web.Request) -> web.Response:
        self.revoked.append(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return web.json_response({"ok": True, "revoked": True})


@asynccontextmanager
async def platforms() -> AsyncIterator[Platforms]:
    """Serves them for the time of the block."""
    found = Platforms()
    app = web.Application()
    app.router.add_post("/discord/oauth2/token", found.discord_token)
    app.router.add_get("/discord/users/@me", found.discord_me)
    app.router.add_get("/discord/users/@me/guilds", found.discord_guilds)
    app.router.add_post("/slack/oauth.v2.access", found.slack_access)
    app.router.add_post("/slack/users.conversations", found.slack_rooms)
    app.router.add_post("/slack/auth.revoke", found.slack_revoke)
    async with TestServer(app) as server:
        found.base = str(server.make_url("")).rstrip("/")
        yield found
