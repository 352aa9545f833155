"""A local Slack: Web API, Socket Mode, signed HTTP deliveries, response URLs, files and OAuth on one aiohttp server."""

from __future__ import annotations

import asyncio
import base64
import copy
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

from tests.fair import PATIENCE_S, now
from tests.fakes.death import Death
from tests.fakes.slack import api, pictures
from tests.fakes.slack.judge import Judge
from tests.fakes.slack.people import People
from tests.fakes.slack.rates import Rates
from tests.fakes.slack.specs import load
from tests.fakes.slack.wire import Wire
from tests.fakes.slack.world import Counter, Message, Upload, View, Workspace

T = TypeVar("T")

APP_TOKEN = "xapp-1-A0MUSELAB-1-secret"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
RESPONSE_URL_USES = 5
RESPONSE_URL_LIFE_S = 30 * 60
TRIGGER_LIFE_S = 3.0


@dataclass
class Fault:
    """A planned mishap of one Web API method."""

    status: int = 200
    error: str = ""
    retry_after: int | None = None  #: seconds, of a 429
    before_s: float = 0.0  #: answers late by so much
    done: bool = False  #: the call takes effect although the answer is a failure


@dataclass
class ResponseUrl:
    """Where an interaction may be answered five times."""

    team: str
    channel: str
    user: str
    message: Message | None
    until: float
    uses: int = 0
    original: Message | None = None


class Slack(People):
    """The service, and a test's view into it.

    `violations` holds every broken rule: of ours in requests, of this server in what it sends.
    """

    def __init__(self, *, second: float = 1.0, judged: bool = True) -> None:
        self.second = second  #: how long one of Slack's seconds is for rates, in the loop's seconds
        self.ids = Counter()
        self.judge = Judge(load())
        self.judged = judged
        self.rates = Rates(
            clock=asyncio.get_running_loop().time,
            second=second,
            tiers={
                name: tier
                for name, about in self.judge.specs.methods.items()
                if (tier := Rates.tier((about["rate_limit"] or {}).get("label")))
            },
        )
        self.violations: list[str] = []
        self.calls: list[tuple[str, str, dict[str, Any]]] = []  #: (method, team, arguments), in order
        self.called_at: list[tuple[str, float]] = []  #: (method, seconds of the loop's clock), in order
        self.workspaces: dict[str, Workspace] = {}
        self.views: list[View] = []
        self.uploads: dict[str, Upload] = {}
        self.moved: dict[str, str] = {}  #: id → where a file is said to be now
        self.downloads: list[str] = []  #: ids of the files that were asked for
        self.attached: dict[str, tuple[str, bytes]] = {}  #: what people sent: id → (team, bytes)
        self.max_file = 1_000_000_000
        self.without: set[str] = set()  #: types of blocks that its workspaces refuse
        self.looks_through = 0  #: so many more messages are refused, as Slack has not looked through a picture in them yet
        self.codes: dict[str, tuple[str, str, str]] = {}  #: OAuth code → (team, user, redirect)
        self.client_id, self.client_secret = "1111.2222", "client-secret"
        self.app_token, self.signing_secret = APP_TOKEN, SIGNING_SECRET
        self.app_token_revoked = False
        self.triggers: dict[str, tuple[str, str, float]] = {}
        self.trigger_life = TRIGGER_LIFE_S
        self.response_urls: dict[str, ResponseUrl] = {}
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.wire = Wire(self)
        self.death = Death()  #: of the bot, at a point of the test's choice
        self.base = ""
        self._change = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.session: aiohttp.ClientSession | None = None

    # ------------------------------------------------------------------ life

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link/", self.wire.socket)
        app.router.add_post("/response/{id}", self._response_url)
        app.router.add_route("*", "/upload/v1/{id}", self._upload)
        app.router.add_get("/files-pri/{id}/{name}", self._download)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base = f"http://127.0.0.1:{port}"
        self.session = aiohttp.ClientSession()

    async def stop(self) -> None:
        await self.wire.close()
        if self.session is not None:
            await self.session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_base(self) -> str:
        """What `MUSELAB_SLACK__API_BASE` is set to."""
        return f"{self.base}/api/"

    # ------------------------------------------------------------------ what tests use

    def team(self, id: str) -> Workspace:
        """A workspace where the app is installed, made when first named."""
        if id not in self.workspaces:
            self.workspaces[id] = Workspace(id=id, bot_token=f"xoxb-{id}-token", bot_user=f"U0BOT{id[-3:]}")
        return self.workspaces[id]

    def fail(self, method: str, times: int = 1, **fault: Any) -> None:
        """Plans a mishap for the next `times` calls of a method: see `Fault`."""
        self.faults[method] += [Fault(**fault) for _ in range(times)]

    def count(self, method: str, team: str | None = None) -> int:
        """How often a method was called."""
        return sum(1 for name, where, _args in self.calls if name == method and team in (None, where))

    def changed(self) -> None:
        """Wakes everybody who waits."""
        self._change.set()

    async def wait(self, ready: Callable[[], T | None], *, deadline: float = PATIENCE_S, what: str = "") -> T:
        """What `ready` gives as soon as it gives something true."""
        ends = now() + deadline
        while True:
            self._change.clear()
            if found := ready():
                return found
            left = ends - now()
            if left <= 0:
                seen = [message.words for workspace in self.workspaces.values() for message in workspace.messages][-5:]
                raise AssertionError(f"waited {deadline:g} s for {what or 'something'} in vain; the latest messages: {seen}")
            try:
                await asyncio.wait_for(self._change.wait(), min(left, 0.05))
            except TimeoutError:
                continue

    # ------------------------------------------------------------------ what the methods use

    def show(self, workspace: Workspace, message: Message) -> None:
        message.versions.append((message.text, copy.deepcopy(message.blocks)))
        workspace.messages.append(message)
        self.changed()
        if message.bot and message.channel[0] == "D" and not message.only_for and self.wire.reachable():
            self.wire.later(self._echo(message))

    async def _echo(self, message: Message) -> None:
        """An app subscribed to direct messages also hears of its own."""
        event = message.as_json() | {"channel": message.channel, "channel_type": "im", "event_ts": message.ts}
        await self.event(message.team, event, echo=True)

    def change(self, message: Message, *, text: str, blocks: list[dict[str, Any]] | None) -> None:
        message.text = text
        if blocks is not None:
            message.blocks = self.with_ids(blocks)
        message.versions.append((message.text, copy.deepcopy(message.blocks)))
        self.changed()

    def with_ids(self, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The blocks as Slack keeps them: every one has an id."""
        return [{**block, "block_id": block.get("block_id") or self.ids.id("b")} for block in copy.deepcopy(blocks)]

    def view_with_ids(self, view: dict[str, Any]) -> dict[str, Any]:
        return {**view, "blocks": self.with_ids(view["blocks"])}

    def view_json(self, workspace: Workspace, view: View) -> dict[str, Any]:
        given = view.view
        return {
            "id": view.id,
            "team_id": workspace.id,
            "type": given["type"],
            "blocks": given["blocks"],
            "private_metadata": given.get("private_metadata", ""),
            "callback_id": given.get("callback_id", ""),
            "state": {"values": {}},
            "hash": view.hash,
            "title": given.get("title") or {"type": "plain_text", "text": "View Title"},
            "clear_on_close": given.get("clear_on_close", False),
            "notify_on_close": given.get("notify_on_close", False),
            "close": given.get("close"),
            "submit": given.get("submit"),
            "previous_view_id": None,
            "root_view_id": view.id,
            "app_id": "A0MUSELAB",
            "external_id": given.get("external_id", ""),
            "app_installed_team_id": workspace.id,
            "bot_id": "B0MUSELAB",
        }

    def trigger(self, team: str, user: str) -> str:
        id = f"{self.ids.id('')}.{team}.secret"
        self.triggers[id] = (team, user, asyncio.get_running_loop().time() + self.trigger_life)
        return id

    def use_trigger(self, workspace: Workspace, id: str) -> str:
        """Whose trigger it is; used once, within its life.

        Raises:
            Refused: unknown, used, late or another team's.
        """
        if id not in self.triggers:
            raise api.Refused("invalid_trigger_id")
        team, user, until = self.triggers[id]
        if team != workspace.id:
            raise api.Refused("invalid_trigger_id")
        if until == 0:
            raise api.Refused("exchanged_trigger_id")
        if asyncio.get_running_loop().time() > until:
            raise api.Refused("expired_trigger_id")
        self.triggers[id] = (team, user, 0.0)
        return user

    def response_url(self, team: str, channel: str, user: str, message: Message | None = None) -> str:
        id = self.ids.id("R")
        self.response_urls[id] = ResponseUrl(
            team, channel, user, message, asyncio.get_running_loop().time() + RESPONSE_URL_LIFE_S
        )
        return f"{self.base}/response/{id}"

    def report(self, faults: list[str]) -> None:
        """Records broken rules."""
        if self.judged:
            self.violations += faults

    # ------------------------------------------------------------------ the Web API

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if not self.death.passes(f"before {method}"):
            return _cut(request)
        args, token, basic = await _arguments(request, self.judge, method)
        team = self._team_of(token)
        self.calls.append((method, team.id if team else "", args))
        self.called_at.append((method, asyncio.get_running_loop().time()))
        self.changed()
        fault = self.faults[method].pop(0) if self.faults[method] else None
        if fault is not None:
            await asyncio.sleep(fault.before_s)
            if fault.done:
                self._answer(method, args, token, basic)
            if fault.status == 429 or fault.retry_after is not None:
                headers = {"Retry-After": str(fault.retry_after if fault.retry_after is not None else 1)}
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
            if fault.status != 200:
                return web.Response(status=fault.status, text="upstream error", content_type="text/html")
            if fault.error:
                return web.json_response({"ok": False, "error": fault.error})
        if method == "apps.connections.open" and self.wire.unreachable:
            return web.Response(status=503, text="unavailable")
        if team is not None and (why := self.rates.excess(method, team.id, args.get("channel"))):
            self.report([why])
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        body = self._answer(method, args, token, basic)
        if not self.death.passes(f"after {method}"):
            return _cut(request)
        # The official type of a thread's messages knows no block but those of years ago, unlike that of a channel's.
        judged = body["ok"] and method != "conversations.replies"
        self.report(self.judge.kind(f"R {method}", body) if judged else [])
        scopes = {"X-OAuth-Scopes": ",".join(sorted(team.scopes))} if team is not None else {}
        return web.json_response(body, headers=scopes)

    def _answer(self, method: str, args: dict[str, Any], token: str, basic: tuple[str, str] | None) -> dict[str, Any]:
        try:
            return {"ok": True, **self._dispatch(method, args, token, basic)}
        except api.Refused as refused:
            self.changed()
            return {"ok": False, "error": refused.error, **refused.more}

    def _dispatch(self, method: str, args: dict[str, Any], token: str, basic: tuple[str, str] | None) -> dict[str, Any]:
        if method == "oauth.v2.access":
            return api.exchange_code(self, args, basic)
        if method == "apps.connections.open":
            if token != self.app_token or self.app_token_revoked:
                raise api.Refused("invalid_auth" if token else "not_authed")
            return {"url": self.wire.ticket()}
        if method not in api.METHODS:
            self.report([f"{method} is not a method this Slack knows"])
            raise api.Refused("unknown_method")
        workspace = self._team_of(token)
        if workspace is None:
            raise api.Refused("invalid_auth" if token else "not_authed")
        if workspace.revoked:
            raise api.Refused("token_revoked")
        run, scope = api.METHODS[method]
        if scope and scope not in workspace.scopes:
            raise api.Refused("missing_scope", needed=scope, provided=",".join(sorted(workspace.scopes)))
        faults = self.judge.request(method, args) if self.judged else []
        if faults:
            self.report([fault.why for fault in faults])
            raise api.Refused(faults[0].error, response_metadata={"messages": [fault.why for fault in faults]})
        pictures.check(self, workspace, args.get("blocks") or [])
        return run(self, workspace, args)

    def _team_of(self, token: str) -> Workspace | None:
        return next((one for one in self.workspaces.values() if one.installed and one.bot_token == token), None)

    # ------------------------------------------------------------------ response URLs and files

    async def _response_url(self, request: web.Request) -> web.Response:
        if self.death.dead:
            return _cut(request)
        url = self.response_urls.get(request.match_info["id"])
        if url is None or asyncio.get_running_loop().time() > url.until or url.uses >= RESPONSE_URL_USES:
            return web.json_response({"ok": False, "error": "used_url" if url else "not_found"}, status=404)
        url.uses += 1
        if self.faults["response_url"]:
            fault = self.faults["response_url"].pop(0)
            return web.json_response({"ok": False, "error": fault.error}, status=fault.status)
        body = await request.json()
        self.calls.append(("response_url", url.team, body))
        known = {"text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts", "mrkdwn"}
        known |= {"unfurl_links", "unfurl_media", "metadata"}
        faults = [f"response_url: unknown key {key}" for key in sorted(set(body) - known)]
        faults += [fault.why for fault in self.judge.blocks(body.get("blocks") or [], "message")]
        self.report(faults)
        if faults:
            return web.json_response({"ok": False, "error": "invalid_blocks"}, status=400)
        self._respond(url, body)
        return web.json_response({"ok": True})

    def _respond(self, url: ResponseUrl, body: dict[str, Any]) -> None:
        original = url.original or url.message
        if original is not None and body.get("delete_original"):
            original.deleted = True
            self.changed()
            return
        if original is not None and body.get("replace_original"):
            self.change(original, text=body.get("text", ""), blocks=body.get("blocks") or [])
            return
        private = body.get("response_type", "ephemeral") == "ephemeral"
        workspace = self.team(url.team)
        message = Message(
            team=url.team,
            channel=url.channel,
            ts=self.ids.ts(),
            user=workspace.bot_user,
            bot=True,
            text=body.get("text", ""),
            blocks=self.with_ids(body.get("blocks") or []),
            thread_ts=body.get("thread_ts"),
            only_for=url.user if private else None,
        )
        url.original = message
        self.show(workspace, message)

    async def _upload(self, request: web.Request) -> web.Response:
        upload = self.uploads.get(request.match_info["id"])
        if upload is None:
            return web.Response(status=404, text="no such upload")
        if request.content_type.startswith("multipart/"):
            async for part in await request.multipart():
                upload.content = bytes(await part.read(decode=False))
        else:
            upload.content = await request.read()
        if len(upload.content) != upload.length:
            self.report([f"upload of {upload.name}: {len(upload.content)} bytes came, {upload.length} were announced"])
            return web.Response(status=400, text="length mismatch")
        return web.Response(text=f"OK - {len(upload.content)}")

    async def _download(self, request: web.Request) -> web.Response:
        """A file that somebody sent; whoever may not have it gets a page to log in, with status 200."""
        self.downloads.append(request.match_info["id"])
        if request.match_info["id"] in self.moved:
            raise web.HTTPFound(self.moved[request.match_info["id"]])
        team, content = self.attached.get(request.match_info["id"], ("", b""))
        workspace = self._team_of(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if workspace is None or workspace.id != team or "files:read" not in workspace.scopes:
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        return web.Response(body=content, content_type="application/octet-stream")


async def _arguments(request: web.Request, judge: Judge, method: str) -> tuple[dict[str, Any], str, tuple[str, str] | None]:
    """A call's arguments, however they came, with its token and basic credentials."""
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        args |= await request.json()
    elif request.content_type == "application/x-www-form-urlencoded":
        args |= api.form_of(await request.text())
    elif request.content_type.startswith("multipart/"):
        args |= dict(await request.post())
    if request.content_type != "application/json":
        args = {name: _typed(judge, method, name, value) for name, value in args.items()}
    header = request.headers.get("Authorization", "")
    token, basic = args.pop("token", ""), None
    if header.startswith("Bearer "):
        token = header.removeprefix("Bearer ")
    elif header.startswith("Basic "):
        name, _colon, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
        basic = (name, secret)
    return args, token, basic


def _cut(request: web.Request) -> web.Response:
    """Breaks the connection in place of an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _typed(judge: Judge, method: str, name: str, value: Any) -> Any:
    """A form's text as the type the method asks for."""
    if not isinstance(value, str):
        return value
    kind = (judge.specs.methods.get(method, {}).get("args", {}).get(name) or {}).get("type")
    if value[:1] in "[{" and value:
        return json.loads(value)
    if kind in {"integer", "number"} or name == "length":
        return int(value)
    if kind == "boolean":
        return value in {"1", "true", "True"}
    return value


@asynccontextmanager
async def running(*, second: float = 1.0, judged: bool = True) -> AsyncIterator[Slack]:
    """A local Slack while the block runs."""
    slack = Slack(second=second, judged=judged)
    await slack.start()
    try:
        yield slack
    finally:
        await slack.stop()
