"""Connections to PostgreSQL: behind a pooler, where the server has too few, and as many as the host settled."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest

from bot.domain.errors import StoreDown
from bot.ports import Store
from storage import _engines, migrate
from storage._engines import connected
from storage.urls import build
from tests.contract.conftest import Postgres
from tests.contract.stores import CHANNEL, NOW, TEAM, a_brainstorm, a_vote, an_idea, people


async def used(store: Store, person: int) -> None:
    """What one person does."""
    asked = a_brainstorm(asker=people(person + 1)[-1])
    await store.begin(asked)
    idea = await store.add(an_idea(brainstorm=asked.id))
    await store.hear(TEAM, a_vote(idea, person=asked.asker))
    assert (await store.idea(TEAM, idea.id)) == idea
    assert len(await store.feedback(TEAM, [idea.id])) == 1
    assert await store.finish(asked, "done", NOW)


@pytest.mark.pooler
async def test_a_board_behind_a_pooler_opens_again_and_again(empty_pooled_url: str) -> None:
    for _start in range(3):
        store = build(empty_pooled_url)
        await store.open()
        await asyncio.gather(*(used(store, person) for person in range(20)))
        await store.close()

    assert await migrate.current(empty_pooled_url) == migrate.head()


@pytest.mark.pooler
async def test_two_bots_behind_a_pooler_read_their_own_rows(pooled_url: str) -> None:
    one, two = build(pooled_url), build(pooled_url)
    await asyncio.gather(one.open(), two.open())

    await asyncio.gather(*(used(store, person) for person in range(30) for store in (one, two)))

    assert len(await one.ideas(CHANNEL)) == len(await two.ideas(CHANNEL)) == 60
    await asyncio.gather(one.close(), two.close())


async def test_no_statement_is_prepared_under_a_name(postgres: Postgres, postgres_url: str) -> None:
    store = build(postgres_url, pool=2)
    await store.open()
    await used(store, 1)
    async with store._engine.connect() as connection:  # type: ignore[attr-defined]
        held = await connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''")
        assert held.scalar_one() == 0
    await store.close()


async def test_who_finds_no_connection_left_waits_for_one(
    postgres: Postgres, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_engines, "WAIT_S", 100.0)  # a busy machine may need longer than people would wait
    name = urlsplit(postgres_url).path.removeprefix("/")
    user = "few"
    await postgres.run(f"DROP ROLE IF EXISTS {user}", f"CREATE ROLE {user} LOGIN CONNECTION LIMIT 4")
    await postgres.run(
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {user}",
        f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {user}",
        database=name,
    )
    few = postgres_url.replace("postgres:", f"{user}:", 1)
    assert few != postgres_url
    one, two = build(few), build(few)
    try:
        await asyncio.gather(one.open(), two.open())
        await asyncio.gather(*(used(store, person) for person in range(40) for store in (one, two)))

        assert len(await one.ideas(CHANNEL)) == 80
    finally:
        await asyncio.gather(one.close(), two.close())
        await postgres.run(f"DROP OWNED BY {user}", database=name)
        await postgres.run(f"DROP ROLE {user}")


async def test_a_server_that_never_has_room_is_told_of(
    postgres: Postgres, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_engines, "WAIT_S", 0.2)
    await postgres.run("DROP ROLE IF EXISTS nobody_else", "CREATE ROLE nobody_else LOGIN CONNECTION LIMIT 0")

    store = build(postgres_url.replace("postgres:", "nobody_else:", 1))
    with pytest.raises(StoreDown, match="no connection left"):
        await store.open()

    await store.close()
    await postgres.run("DROP ROLE nobody_else")


async def test_as_many_connections_are_taken_as_the_host_settled(postgres_url: str) -> None:
    engine, _where = connected(postgres_url, pool=3)
    async with AsyncExitStack() as stack:
        for _number in range(3):
            await stack.enter_async_context(engine.connect())
        assert (engine.pool.size(), engine.pool.checkedout()) == (3, 3)  # type: ignore[attr-defined]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await engine.connect()
    await engine.dispose()
