"""The local Discord is honest: the real library works against it, and what Discord refuses it refuses and writes down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.spec import specification

BUTTON = {"type": 2, "style": 1, "label": "a", "custom_id": "same"}
Answer = Callable[[discord.Interaction[Any]], Awaitable[None]]


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        monkeypatch.setattr(discord.http.Route, "BASE", fake.api_base)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(fake.gateway_url))
        yield fake


class Library(discord.Client):
    """The real library with one command, whose answer the test decides."""

    def __init__(self, answer: Answer, *, intents: discord.Intents | None = None) -> None:
        super().__init__(intents=intents or discord.Intents.default(), guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.seen: list[str] = []

        @self.tree.command(name="ask", description="Asks")
        async def ask(interaction: discord.Interaction[Any], topic: str) -> None:
            await answer(interaction)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        return

    async def on_message(self, message: discord.Message) -> None:
        self.seen.append(message.content)


async def nothing(interaction: discord.Interaction[Any]) -> None:
    return


async def deferred(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.defer(thinking=True)
    view = discord.ui.LayoutView(timeout=None)
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(discord.ui.Button(label="Press", custom_id="vote:1:up"))
    view.add_item(discord.ui.Container(discord.ui.TextDisplay("An idea"), row))
    await interaction.edit_original_response(view=view)


@asynccontextmanager
async def running(fake: FakeDiscord, client: discord.Client) -> AsyncIterator[None]:
    task = asyncio.create_task(client.start(fake.token))
    try:
        await fake.connected()
        yield
    finally:
        await client.close()
        with suppress(asyncio.CancelledError):
            await task


async def test_the_real_library_connects_and_answers_without_breaking_anything(fake: FakeDiscord) -> None:
    guild, ann = fake.guild(), fake.user("ann")

    async with running(fake, Library(deferred)):
        asked = await fake.people.slash(guild.rooms[0], ann, "ask", topic="tea")
        message = await fake.people.answer(asked)

    assert message.text == "An idea"
    assert list(message.buttons) == ["vote:1:up"]
    assert asked.answered_after is not None
    assert asked.answered_after < 3
    assert fake.violations == []


@pytest.mark.parametrize("compression", ["zlib-stream", "zstd-stream", ""])
async def test_the_gateway_speaks_every_compression(fake: FakeDiscord, compression: str) -> None:
    import zlib

    import zstandard

    inflate: Any = {"zlib-stream": zlib.decompressobj(), "zstd-stream": zstandard.ZstdDecompressor().decompressobj()}.get(
        compression
    )

    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{fake.gateway_url}?v=10&encoding=json&compress={compression}") as link,
    ):
        first = await link.receive(timeout=2)

    data = inflate.decompress(first.data).decode() if inflate else first.data
    assert '"heartbeat_interval"' in data


async def test_a_late_answer_meets_an_unknown_interaction(fake: FakeDiscord) -> None:
    codes: list[int] = []

    async def late(interaction: discord.Interaction[Any]) -> None:
        try:
            await interaction.response.defer()
        except discord.NotFound as error:
            codes.append(error.code)

    room, ann = fake.guild().rooms[0], fake.user("ann")

    async with running(fake, Library(late)):
        await fake.people.slash(room, ann, "ask", topic="tea", late=True)
        await fake.people.until(lambda: codes)

    assert codes == [10062]
    assert fake.violations == []


async def test_no_answer_at_all_is_a_violation(fake: FakeDiscord) -> None:
    room, ann = fake.guild().rooms[0], fake.user("ann")

    async with running(fake, Library(nothing)):
        await fake.people.slash(room, ann, "ask", topic="tea")
        fake.skip(4)

    assert fake.violations == ["no answer within 3 s to an interaction of type 2 (ask)"]


async def test_a_second_answer_and_an_old_token_are_refused(fake: FakeDiscord) -> None:
    refused: list[tuple[int, int]] = []

    async def twice(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=True)
        interaction.response._response_type = None
        for again in (interaction.response.defer, lambda: interaction.edit_original_response(content="x")):
            try:
                await again()
            except discord.HTTPException as error:
                refused.append((error.status, error.code))
            fake.skip(15 * 60 + 1)

    room, ann = fake.guild().rooms[0], fake.user("ann")

    async with running(fake, Library(twice)):
        await fake.people.slash(room, ann, "ask", topic="tea")
        await fake.people.until(lambda: len(refused) == 2)

    assert refused == [(400, 40060), (401, 50027)]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"contnet": "x", "content": "y"}, "unknown key"),
        ({"content": 5}, "5 is not of type"),
        ({"content": "x" * 2001}, "content over 2000"),
        ({}, "an empty message"),
        ({"flags": 1 << 15, "content": "x", "components": [{"type": 10, "content": "t"}]}, "content in a components-v2 message"),
        ({"flags": 1 << 15, "components": [{"type": 10, "content": "t" * 200}] * 21}, "4200 characters of text"),
        ({"flags": 1 << 15, "components": [{"type": 17, "components": [{"type": 10, "content": "t"}] * 40}]}, "41 components"),
        ({"content": "x", "components": [{"type": 1, "components": [BUTTON, BUTTON]}]}, "same twice"),
    ],
)  # fmt: skip
async def test_a_bad_message_is_a_violation(fake: FakeDiscord, body: dict[str, Any], complaint: str) -> None:
    room = fake.guild().rooms[0]

    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {fake.token}"}) as session:
        await session.post(f"{fake.api_base}/channels/{room.id}/messages", json=body)

    assert any(complaint in violation for violation in fake.violations), fake.violations


def test_what_was_right_before_hides_nothing_that_is_wrong_beside_it() -> None:
    judge = specification()
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "yes", "custom_id": "vote:0123456789abcdef01234567:up"}]}
    button = row["components"][0]

    def said(*rows: dict[str, Any]) -> str:
        return "\n".join(
            judge.request("POST", "/channels/1/messages", {}, {"content": "x", "components": list(rows)}, "application/json")
        )

    assert said(row) == said(row, row) == ""
    assert "unknown key" in said(row, {**row, "components": [{**button, "lable": "no"}]})
    assert "style" in said(row, {**row, "components": [{**button, "style": 99}]})
    assert "custom_id" in said(row, {**row, "components": [{**button, "custom_id": "x" * 101}]})
    assert said(row) == ""


async def test_a_broken_rate_limit_is_a_violation(fake: FakeDiscord) -> None:
    room = fake.guild().rooms[0]

    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {fake.token}"}) as session:
        answers = [await session.post(f"{fake.api_base}/channels/{room.id}/messages", json={"content": str(n)}) for n in range(6)]

    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert fake.violations == ["rate: bucket limit broken by create_message"]


async def test_the_library_keeps_the_rates_and_a_nonce_posts_once(fake: FakeDiscord) -> None:
    room, ann = fake.guild().rooms[0], fake.user("ann")

    async def post(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer()
        assert isinstance(interaction.channel, discord.TextChannel)
        for _again in range(2):
            await interaction.channel.send("once", nonce="the-same")

    async with running(fake, Library(post)):
        asked = await fake.people.slash(room, ann, "ask", topic="tea")
        await fake.people.until(lambda: len([h for h in fake.rest.heard if h.operation == "create_message"]) == 2)
        await fake.people.until(lambda: asked.answered)

    assert [message.text for message in room.messages if not message.loading] == ["once"]
    assert fake.violations == []


@pytest.mark.parametrize("kind", ["bucket", "global"])
async def test_an_injected_rate_limit_is_waited_out(fake: FakeDiscord, kind: str) -> None:
    fake.limit("bulk_set_application_commands", kind, retry_after=0.05)

    async with running(fake, Library(nothing)):
        assert [one["name"] for one in fake.commands] == ["ask"]

    assert ("bulk_set_application_commands", 429, 0) in fake.rest.refused
    assert fake.violations == []


async def test_a_dropped_socket_resumes_and_what_was_missed_is_replayed(fake: FakeDiscord) -> None:
    guild, ann = fake.guild(), fake.user("ann")
    client = Library(nothing)

    async with running(fake, client):
        await fake.gateway.drop(4000)
        await fake.people.write(fake.dm(ann), ann, "missed")
        await fake.people.until(lambda: client.seen, what="the replay")

    assert client.seen == ["missed"]
    assert fake.gateway.resumes == 1
    assert guild.installed
    assert fake.violations == []


@pytest.mark.parametrize(
    ("fault", "resumes", "sessions"), [("op 7", 1, 1), ("op 9 true", 1, 1), ("op 9 false", 0, 2), ("cut", 1, 1)]
)
async def test_the_gateway_can_ask_for_a_new_connection(fake: FakeDiscord, fault: str, resumes: int, sessions: int) -> None:
    ann = fake.user("ann")
    client = Library(nothing)

    async with running(fake, client):
        if fault == "op 7":
            await fake.gateway.reconnect()
        elif fault == "cut":
            await fake.gateway.drop()
        else:
            await fake.gateway.invalidate(resumable=fault == "op 9 true")
        await fake.people.until(lambda: fake.gateway.resumes == resumes and len(fake.gateway.sessions) == sessions)
        await fake.connected()
        await fake.people.write(fake.dm(ann), ann, "back")
        await fake.people.until(lambda: client.seen)

    assert client.seen == ["back"]
    assert fake.violations == []


async def test_a_wrong_token_is_refused(fake: FakeDiscord) -> None:
    client = Library(nothing)

    with pytest.raises(discord.LoginFailure):
        await client.start("another-token")
    await client.close()


async def test_privileged_intents_must_be_switched_on(fake: FakeDiscord) -> None:
    client = Library(nothing, intents=discord.Intents.all())

    with pytest.raises(discord.PrivilegedIntentsRequired):
        await client.start(fake.token)
    await client.close()


async def test_people_cannot_do_what_discord_would_not_let_them(fake: FakeDiscord) -> None:
    room, ann = fake.guild().rooms[0], fake.user("ann")

    async with running(fake, Library(nothing)):
        with pytest.raises(AssertionError, match="needs"):
            await fake.people.slash(room, ann, "ask")
        with pytest.raises(AssertionError, match="takes str"):
            await fake.people.slash(room, ann, "ask", topic=5)
        with pytest.raises(AssertionError, match="no command"):
            await fake.people.slash(room, ann, "unknown")
