"""What every store promises to those who entrust a token to it, over memory, SQLite and PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from storage.urls import build

SEALED = bytes(range(256))


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "memory":
        return "memory:"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'muselab.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[Any]:
    opened = build(url)
    await opened.open()
    yield opened
    await opened.close()


async def test_what_a_team_entrusted_comes_back_byte_by_byte(store: Any) -> None:
    await store.keep_installation("slack", "T0RED", SEALED)

    assert await store.installation("slack", "T0RED") == SEALED
    assert await store.installation("slack", "T0BLUE") is None
    assert await store.installation("discord", "T0RED") is None


async def test_installing_again_replaces_what_was_there(store: Any) -> None:
    await store.keep_installation("slack", "T0RED", b"old")
    await store.keep_installation("slack", "T0RED", b"new")

    assert await store.installation("slack", "T0RED") == b"new"


async def test_what_a_leaving_team_entrusted_is_gone_and_others_stay(store: Any) -> None:
    await store.keep_installation("slack", "T0RED", SEALED)
    await store.keep_installation("slack", "T0BLUE", SEALED)

    await store.drop_installation("slack", "T0RED")
    await store.drop_installation("slack", "T0RED")

    assert await store.installation("slack", "T0RED") is None
    assert await store.installation("slack", "T0BLUE") == SEALED
