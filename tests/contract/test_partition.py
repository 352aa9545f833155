"""A network that is cut between a bot and PostgreSQL: it waits, and what it stored is stored once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.domain.errors import StoreAway
from bot.patience import patient
from storage.urls import build
from tests.contract.conftest import Postgres
from tests.contract.stores import NOW, TEAM, a_brainstorm, a_vote, an_idea, later

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]  # seconds of waiting for a network that is gone


class Wire:
    """The only way to a server, which can be cut."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.cut = False
        self.refused = asyncio.Event()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut:
            self.refused.set()
            writer.transport.abort()
            return
        there_reader, there_writer = await asyncio.open_unix_connection(self._server)
        self._open |= {writer, there_writer}
        with suppress(ConnectionError):
            await asyncio.gather(pump(reader, there_writer), pump(there_reader, writer))
        self._open -= {writer, there_writer}

    def fail(self) -> None:
        self.cut = True
        for writer in self._open:
            writer.transport.abort()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


@pytest.fixture
async def wire(postgres: Postgres) -> AsyncIterator[Wire]:
    host = parse_qs(urlsplit(postgres.url("postgres")).query)["host"][0]
    made = Wire(str(Path(host) / ".s.PGSQL.5432"))
    server = await asyncio.start_server(made.carry, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    made.fail()
    server.close()


async def test_what_comes_while_the_network_is_cut_is_stored_once_when_it_is_back(postgres: Postgres, wire: Wire) -> None:
    name = await postgres.migrated()
    store = build(f"postgresql://postgres@127.0.0.1:{wire.port}/{name}")
    await store.open()
    waiting = patient(store)
    idea = await waiting.add(an_idea())

    wire.fail()
    votes = [asyncio.create_task(waiting.hear(TEAM, a_vote(idea, signal=f"s{number}"))) for number in range(3)]
    added = asyncio.create_task(waiting.add(an_idea(text="Second Steep")))
    refused = asyncio.ensure_future(wire.refused.wait())
    await asyncio.wait([refused, *votes, added], return_when=asyncio.FIRST_COMPLETED)
    before = [task.done() for task in (*votes, added)]
    wire.cut = False
    await asyncio.gather(*votes, added)

    assert before == [False] * 4
    assert len(await store.feedback(TEAM, [idea.id])) == 3
    assert [one.number for one in await store.team_ideas(TEAM)] == [2, 1]
    await store.close()


async def test_who_was_cut_off_for_longer_than_its_lease_writes_no_more_when_it_is_back(postgres: Postgres, wire: Wire) -> None:
    name = await postgres.migrated()
    near, far = build(postgres.url(name)), build(f"postgresql://postgres@127.0.0.1:{wire.port}/{name}")
    await near.open()
    await far.open()
    begun = a_brainstorm(holder="far", leased_until=later(20))
    await far.begin(begun)

    wire.fail()
    with pytest.raises(StoreAway):
        await far.lease(begun, later(40))
    (taken,) = await near.take_up(later(21), later(41), "near")
    wire.cut = False

    assert not await far.place(begun, "C1/1")
    assert not await far.finish(begun, "failed", NOW)
    assert await near.finish(taken, "done", later(22))
    await near.close()
    await far.close()
