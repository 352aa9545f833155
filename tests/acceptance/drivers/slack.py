"""Slack: the real adapter and Slack's own client libraries against the local Slack, two workspaces installed by OAuth."""

from __future__ import annotations

import asyncio
import html
import re
import socket
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from cryptography.fernet import Fernet
from pydantic import SecretStr
from yarl import URL

from adapters.slack import Watch, build
from adapters.slack.chat import SlackChat
from adapters.slack.emoji import EMOJI
from adapters.slack.lines import SLASH
from adapters.slack.manifest import SCOPES
from bot import wiring
from bot.config import Settings, SlackTable
from bot.ports import Generator, Store
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers import Seen
from tests.fair import PATIENCE_S
from tests.fakes.slack import Message, Slack, running

TEAMS = {"red": "T0RED", "blue": "T0BLUE"}
CHANNEL = "C0GENERAL"
SECOND = 0.02  # one of Slack's seconds, for rates
NAMES = {emoji: name for name, emoji in EMOJI.items()}
IDEA = re.compile(r"(\d+)\. (.*)", re.DOTALL)


def user(person: str) -> str:
    return f"U0{person.upper()}"


def a_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class SlackDriver:
    """See `tests.acceptance.drivers.Driver`."""

    changes = True

    def __init__(self, house: House, chat: SlackChat, slack: Slack) -> None:
        self.house = house
        self.chat = chat
        self.slack = slack

    async def settle(self) -> None:
        """Waits until the chat has nothing left to do."""
        async with asyncio.timeout(PATIENCE_S):
            while self.chat._tasks:
                await asyncio.wait(list(self.chat._tasks))

    async def ask(self, person: str, line: str, *, team: str = "red") -> Seen:
        name, _space, rest = line.removeprefix("/").partition(" ")
        command, text = (f"/{name}", rest) if name in SLASH else ("/muse", line)
        before = self._count(team)
        ack = await self.slack.slash(TEAMS[team], CHANNEL, user(person), command, text)
        assert not ack.missed
        assert ack.status == 200
        await self.settle()
        return Seen(place=self._since(before, team))

    async def press(
        self, person: str, message: Seen, verb: str, n: int = 0, token: str = "", *, team: str = "red"
    ) -> Seen | None:
        before = self._count(team)
        await self.slack.press(message.place, self.value(message, verb, n, token), user(person))
        await self.settle()
        new = self._since(before, team)
        return Seen(place=new) if new is not None and new.only_for is None else None

    async def submit(
        self, person: str, message: Seen, verb: str, n: int, values: Mapping[str, str], *, team: str = "red"
    ) -> Seen | None:
        await self.slack.press(message.place, self.value(message, verb, n, None), user(person))
        modal = await self.slack.modal(TEAMS[team], user(person))
        before = self._count(team)
        await self.slack.submit_view(modal, dict(values))
        await self.settle()
        new = self._since(before, team)
        return Seen(place=new) if new is not None and new.only_for is None else None

    async def react(self, person: str, message: Seen, emoji: str, *, team: str = "red", away: bool = False) -> None:
        await self.slack.react(message.place, NAMES[emoji.replace("\ufe0f", "")], user(person), remove=away)
        await self.settle()

    async def ideas(self, message: Seen) -> list[str]:
        return [html.unescape(text) for text, _values in self.lines(message.place)]

    async def text(self, message: Seen) -> str:
        return html.unescape(message.place.words)

    async def private(self, person: str, *, team: str = "red") -> list[str]:
        return [html.unescape(message.words) for message in self.slack.private(TEAMS[team], user(person))]

    async def posted(self, *, team: str = "red") -> list[str]:
        return [html.unescape(message.words) for message in self.slack.posts(TEAMS[team], CHANNEL)]

    def value(self, message: Seen, verb: str, n: int, token: str | None) -> str:
        """What the control carries that a person means."""
        place: Message = message.place
        beside = self.lines(place)
        values = beside[n - 1][1] if n else [*place.buttons(), *place.options()]
        for value in values:
            found, _target, said = value.removeprefix("?").split(":", 2)
            if found == verb and token in (None, said):
                return str(value)
        raise AssertionError(f"no control {verb}:{token} among {values}")

    def lines(self, message: Message) -> list[tuple[str, list[str]]]:
        """The ideas on a message: their text, and what their controls carry."""
        found: list[tuple[str, list[str]]] = []
        for block in message.blocks:
            if block["type"] == "section" and (idea := IDEA.fullmatch(block["text"]["text"])):
                found.append((idea[2], []))
            elif block["type"] == "actions" and found:
                for element in block["elements"]:
                    found[-1][1].extend([option["value"] for option in element.get("options", ())] or [element["value"]])
        return found

    def _count(self, team: str) -> int:
        return len(self.slack.team(TEAMS[team]).messages)

    def _since(self, before: int, team: str) -> Message | None:
        """The newest message of ours since then; one that everybody sees first."""
        came = self.slack.team(TEAMS[team]).messages[before:]
        new = [message for message in came if message.bot and not message.files and not is_carousel(message)]
        return next((one for one in reversed(new) if one.only_for is None), new[-1] if new else None)


def is_carousel(message: Message) -> bool:
    """Whether it shows pictures alone."""
    return bool(message.blocks) and message.blocks[0]["type"] == "carousel"


async def install(slack: Slack, base: str, team: str, *, asking: Collection[str] | None = SCOPES) -> None:
    """Somebody adds the app to their workspace, in a browser. `asking`: for which permissions; None: an older bot's, whatever."""
    slack.team(team).installed = False
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        page = await browser.get(f"{base}/slack/install")
        link = URL(html.unescape(re.search(r'href="(https://slack.com/oauth[^"]+)"', await page.text())[1]))  # type: ignore[index]
        assert asking is None or set(link.query["scope"].split(",")) == set(asking)
        slack.codes[f"code-{team}"] = (team, "U0ADMIN", link.query.get("redirect_uri", ""))
        back = {"code": f"code-{team}", "state": link.query["state"]}
        cookie = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in page.cookies.items())}
        done = await browser.get(f"{base}/slack/oauth_redirect", params=back, headers=cookie)
        assert done.status == 200, await done.text()


def settings_for(slack: Slack, home: Path, **changes: object) -> Settings:
    """Settings that lead to the local Slack, by signed HTTP."""
    port = a_port()
    given = {
        "client_id": slack.client_id,
        "client_secret": SecretStr(slack.client_secret),
        "signing_secret": SecretStr(slack.signing_secret),
        "installations_key": SecretStr(Fernet.generate_key().decode()),
        "api_base": slack.api_base,
        "port": port,
        "public_url": f"http://127.0.0.1:{port}",
    }
    return Settings(home=home, slack=SlackTable(**{**given, **changes}))


def people(slack: Slack, team: str) -> None:
    """A workspace with a channel and the people of the stories."""
    workspace = slack.team(team)
    workspace.scopes = frozenset(SCOPES)
    workspace.conversation(CHANNEL)
    for name in ("ann", "bob", "cleo", "admin"):
        workspace.person(user(name))["is_admin"] = name == "admin"


async def reachable(port: int) -> None:
    """Waits until somebody listens there."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.close()
            await writer.wait_closed()
            return


#: A watchdog for tests. slack_sdk measures the age of the latest pong by the clock on the wall: four pings are longer than a busy
#: machine keeps this process waiting, after which it would leave a connection that is sound.
QUICK = Watch(tick_s=0.05, ping_s=2.0, broken_s=0.5, quiet_s=60.0, first_wait_s=0.02)


@asynccontextmanager
async def connected(
    slack: Slack,
    home: Path,
    *,
    store: Store | None = None,
    generator: Generator | None = None,
    watch: Watch = QUICK,
    ready: bool = True,
) -> AsyncIterator[SlackDriver]:
    """One workspace ("red") over Socket Mode; leaving it is what happens when the bot is stopped."""
    people(slack, TEAMS["red"])
    table = SlackTable(
        bot_token=SecretStr(slack.team(TEAMS["red"]).bot_token), app_token=SecretStr(slack.app_token), api_base=slack.api_base
    )
    settings = Settings(home=home, slack=table)
    house = wiring.furnish(settings, store=store or MemoryStore(), generator=generator or ScriptedGenerator())
    await house.store.open()
    chat = build(settings, installations=house.store, second=slack.second, watch=watch)
    serving = asyncio.create_task(house.desk.serve([chat]))
    try:
        if ready:
            await slack.wire.connected()
        yield SlackDriver(house, chat, slack)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@asynccontextmanager
async def driving(tmp_path: Path) -> AsyncIterator[SlackDriver]:
    async with running(second=SECOND) as slack:
        store = MemoryStore()
        await store.open()
        settings = settings_for(slack, tmp_path)
        house = wiring.furnish(settings, store=store, generator=ScriptedGenerator())
        chat = build(settings, installations=store, second=SECOND)
        serving = asyncio.create_task(house.desk.serve([chat]))
        try:
            await reachable(settings.slack.port)
            slack.wire.request_url = f"{settings.slack.public_url}/slack/events"
            for team in TEAMS.values():
                people(slack, team)
                await install(slack, settings.slack.public_url, team)
            yield SlackDriver(house, chat, slack)
            assert not slack.violations, "\n".join(slack.violations)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            await store.close()
