"""The local Discord itself: its state, its servers, its book of violations, and its faults."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.fakes.death import Death
from tests.fakes.discord.endpoints import ACK_S
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.people import People
from tests.fakes.discord.rates import Rates
from tests.fakes.discord.rest import MAX_REQUEST, Fault, Rest
from tests.fakes.discord.spec import specification
from tests.fakes.discord.talk import Asked, Message
from tests.fakes.discord.world import DM_ROOM, GROUP_ROOM, Guild, Room, User, snowflake

GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 9, 1 << 12, 1 << 15
FILE_LIMIT = 10 * 1024 * 1024  # docs: reference, uploading files


class FakeDiscord:
    """`async with FakeDiscord() as fake:` serves on a free port of this machine until the end."""

    def __init__(self, *, token: str = "a-bot-token", shards: int = 1) -> None:
        self.token, self.shards = token, shards
        self.bot = User("muselab", bot=True)
        self.owner = User("owner")
        self.application = self.bot.id
        self.users: dict[str, User] = {}
        self.guilds: list[Guild] = []
        self.rooms: dict[str, Room] = {}
        self.commands: list[dict[str, Any]] = []
        self.asked: dict[str, Asked] = {}
        self.nonces: dict[tuple[str, str], Message] = {}
        self.people = People(self)
        self.rest = Rest(self)
        self.gateway = Gateway(self)
        self.rates = Rates()
        self.death = Death()  #: of the bot, at a point of the test's choice
        self.revoked = False  #: the token is refused from now on
        self.privileged = 0  #: privileged intents switched on for the application
        self.quick = True  #: IDENTIFYs need not be 5 s apart
        self.judging = True  #: off: nothing is kept to be judged, for measuring speed
        self.delay_s = 0.0  #: before every answer
        self.blocked = ""  #: a word that the server's AutoMod lets nobody say
        self.handed: dict[tuple[str, str], bytes] = {}  #: what people gave with commands, by id and name
        self.file_limit = FILE_LIMIT  #: bytes of one file
        self.said_limit = FILE_LIMIT  #: what interactions say the limit is
        self._skipped = 0.0
        self._noted: list[str] = []
        self._records: list[tuple[Any, ...]] = []
        self._change: asyncio.Future[None] | None = None
        self._runner: web.AppRunner | None = None
        self._base = ""

    # serving

    async def __aenter__(self) -> FakeDiscord:
        app = web.Application(client_max_size=MAX_REQUEST)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/cdn/{message}/{name}", self._file)
        app.router.add_route("*", "/api/v10/{path:.*}", self.rest.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._base = f"{host}:{port}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.gateway.drop(1001)
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_base(self) -> str:
        """For `MUSELAB_DISCORD__API_BASE`."""
        return f"http://{self._base}/api/v10"

    @property
    def gateway_url(self) -> str:
        """For `MUSELAB_DISCORD__GATEWAY`."""
        return f"ws://{self._base}/gateway"

    @property
    def cdn(self) -> str:
        return f"http://{self._base}/cdn"

    def hand_over(self, name: str, content: bytes) -> dict[str, Any]:
        """A file that somebody gives with a command; as an interaction names it."""
        id = snowflake()
        self.handed[id, name] = content
        url = f"{self.cdn}/{id}/{name}"
        return {"id": id, "filename": name, "size": len(content), "url": url, "proxy_url": url, "content_type": "image/png"}

    async def _file(self, request: web.Request) -> web.Response:
        handed = self.handed.get((request.match_info["message"], request.match_info["name"]))
        if handed is not None:
            return web.Response(body=handed)
        for room in self.rooms.values():
            for message in room.messages:
                if message.id == request.match_info["message"] and request.match_info["name"] in message.files:
                    return web.Response(body=message.files[request.match_info["name"]])
        return web.Response(status=404)

    # time

    def clock(self) -> float:
        """Seconds; `skip` makes them pass."""
        return asyncio.get_running_loop().time() + self._skipped

    def skip(self, seconds: float) -> None:
        """Lets time pass for tokens and limits."""
        self._skipped += seconds

    # the world

    def user(self, name: str, **more: Any) -> User:
        """A new person."""
        user = User(name, **more)
        self.users[user.id] = user
        return user

    def guild(self, name: str = "Makers", *, installed: bool = True) -> Guild:
        """A new server with one room."""
        guild = Guild(name, self.bot, installed=installed)
        self.guilds.append(guild)
        self.room(guild)
        return guild

    def room(self, guild: Guild, name: str = "ideas", **more: Any) -> Room:
        """A new room of a server; the bot learns of it when it connects."""
        room = Room(name, self.bot, guild=guild, **more)
        guild.rooms.append(room)
        self.rooms[room.id] = room
        return room

    def among(self, *people: User, group: bool = False) -> Room:
        """A conversation of people which the bot is no part of: two friends', or a group's."""
        room = Room("friends", self.bot, type=GROUP_ROOM if group else DM_ROOM, people=list(people))
        self.rooms[room.id] = room
        return room

    def dm(self, user: User) -> Room:
        """The direct conversation of somebody and the bot."""
        for room in self.rooms.values():
            if room.type == DM_ROOM and room.person is user:
                return room
        room = Room(user.name, self.bot, type=DM_ROOM, person=user)
        self.rooms[room.id] = room
        return room

    async def delete(self, message: Message) -> None:
        """A message is deleted."""
        message.deleted = True
        guild = message.room.guild
        if message.ephemeral_for is None:
            data = {"id": message.id, "channel_id": message.room.id} | ({"guild_id": guild.id} if guild else {})
            intent = GUILD_MESSAGES if guild else DIRECT_MESSAGES
            await self.gateway.dispatch("MESSAGE_DELETE", data, guild=guild.id if guild else None, intent=intent)

    async def delete_room(self, room: Room) -> None:
        """A channel is deleted."""
        room.deleted = True
        assert room.guild is not None
        data = {"id": room.id, "type": room.type, "guild_id": room.guild.id, "name": room.name, "position": 0}
        data |= {"permission_overwrites": []}
        await self.gateway.dispatch("CHANNEL_DELETE", data, guild=room.guild.id, intent=1)

    async def announce(self, message: Message, name: str) -> None:
        """Tells the bot of a message, as far as its intents and the message content allow."""
        guild = message.room.guild
        if guild is not None and not guild.installed:
            return
        data = message.payload(self.cdn)
        if name == "MESSAGE_UPDATE":
            data["edited_timestamp"] = data["edited_timestamp"] or data["timestamp"]
        named = message.author is not self.bot and (
            f"<@{self.bot.id}>" in data["content"] or (message.reply_to is not None and message.reply_to.author is self.bot)
        )
        if named:
            data["mentions"] = [self.bot.payload()]
        if message.reply_to is not None and message.author is not self.bot:
            data["message_reference"] = {"type": 0, "message_id": message.reply_to.id, "channel_id": message.room.id}
        if guild is not None:
            data["guild_id"] = guild.id
            data["member"] = {key: value for key, value in message.author.member().items() if key != "user"}
            if message.author is not self.bot and not named and not self.privileged & MESSAGE_CONTENT:
                data |= {"content": "", "embeds": [], "components": [], "attachments": []}
        intent = GUILD_MESSAGES if guild else DIRECT_MESSAGES
        await self.gateway.dispatch(name, data, guild=guild.id if guild else None, intent=intent)

    # the book

    def note(self, violation: str) -> None:
        """Writes down a violation."""
        self._noted.append(violation)

    def record(self, what: tuple[Any, ...]) -> None:
        """Keeps something said, to be judged when somebody asks."""
        if self.judging:
            self._records.append(what)

    def judge_event(self, name: str, data: Any) -> None:
        """Keeps an event, to be judged when somebody asks."""
        if self.judging:
            self._records.append(("event", name, json.loads(json.dumps(data))))

    @property
    def violations(self) -> list[str]:
        """Everything that broke a specification, a rule or a limit so far, ours and the client's."""
        spec = specification()
        records, self._records = self._records, []
        for kind, *rest in records:
            self._noted += {"request": spec.request, "response": spec.response, "event": spec.event}[kind](*rest)
        return [*self._noted, *self.missed]

    @property
    def missed(self) -> list[str]:
        """Interactions that nobody answered in time, though they came in time."""
        return [
            f"no answer within 3 s to an interaction of type {one.type} ({one.data.get('name') or one.data.get('custom_id')})"
            for one in self.asked.values()
            if one.answered is None and not one.excused and self.clock() - one.born > ACK_S
        ]

    # waiting

    def changed(self) -> None:
        """Wakes everybody who waits for a change."""
        if self._change is not None and not self._change.done():
            self._change.set_result(None)
        self._change = None

    def next_change(self) -> asyncio.Future[None]:
        """Done when something has happened."""
        if self._change is None or self._change.done():
            self._change = asyncio.get_running_loop().create_future()
        return self._change

    async def connected(self, shards: int = 1) -> None:
        """Waits until the bot has registered its commands and identified."""

        def there() -> bool:
            live = [one for one in self.gateway.sessions.values() if one.link is not None and one.valid]
            return len(live) >= shards and bool(self.commands)

        await self.people.until(there, what="the bot")

    # faults

    def fail(
        self, operation: str, status: int, *, times: int = 1, code: int = 0, takes_effect: bool = False, of: int = 0
    ) -> None:
        """The next requests of an operation (its operationId) are answered with an error, or `CUT` off; see `Fault`."""
        body: Any = {"code": code, "message": f"{status}: injected"} if status < 500 else "<html>upstream error</html>"
        self.rest.faults.append(Fault(operation, status, body, times=times, takes_effect=takes_effect, of=of))

    def limit(self, operation: str, kind: str, *, retry_after: float = 0.2, times: int = 1) -> None:
        """The next requests of an operation meet a rate limit: "bucket", "global" or "cloudflare"."""
        if kind == "cloudflare":
            self.rest.faults.append(Fault(operation, 429, "<html>error code: 1015</html>", times=times, headers={"Via": ""}))
            return
        body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": kind == "global", "code": 0}
        headers = {
            "Retry-After": str(retry_after),
            "Via": "1.1 google",
            "X-RateLimit-Scope": "global" if kind == "global" else "user",
        }
        self.rest.faults.append(Fault(operation, 429, body, times=times, headers=headers))
