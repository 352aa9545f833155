"""What every store promises of messages that show ideas beside their brainstorm's card, and of what is to end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.ideas import BrainstormId, IdeaId
from bot.ports import Post, Store
from storage.urls import build
from tests.contract.stores import NOW, OTHERS, TEAM, a_brainstorm, later
from tests.contract.test_store import another, url  # noqa: F401 - fixtures

ONE, TWO, THREE = IdeaId("1" * 24), IdeaId("2" * 24), IdeaId("3" * 24)


@pytest.fixture
async def store(url: str, tmp_path: Path) -> AsyncIterator[Store]:  # noqa: F811
    opened = build(url, media=tmp_path / "media")
    await opened.open()
    yield opened
    await opened.close()


async def test_the_messages_that_show_an_idea_are_found_the_newest_first_and_none_of_another_team(store: Store) -> None:
    await store.posted(TEAM, "C-1", [ONE, TWO], NOW, card="board::1", locale="zh_Hans")
    await store.posted(TEAM, "C-2", [ONE], later(1), card=f"idea:{ONE}:")
    await store.posted(TEAM, "C-3", [THREE], later(2), card="board::2")
    await store.posted(TEAM, "C-4", [ONE], later(3))  # nothing draws it anew
    await store.posted(OTHERS, "C-5", [ONE], later(4), card="board::1")

    assert await store.posts(TEAM, [ONE]) == [
        Post(team=TEAM, address="C-2", card=f"idea:{ONE}:", ideas=(ONE,)),
        Post(team=TEAM, address="C-1", card="board::1", ideas=(ONE, TWO), locale="zh_Hans"),
    ]
    assert await store.posts(TEAM, []) == []


async def test_a_message_that_shows_something_else_now_is_found_by_that(store: Store) -> None:
    await store.posted(TEAM, "C-1", [ONE], NOW, card="board::1")

    await store.posted(TEAM, "C-1", [TWO], later(1), card="board::2")

    assert await store.posts(TEAM, [ONE]) == []
    assert [post.card for post in await store.posts(TEAM, [TWO])] == ["board::2"]


async def test_of_very_many_messages_those_of_late_are_found(store: Store) -> None:
    for number in range(12):
        await store.posted(TEAM, f"C-{number}", [ONE], later(number), card="board::1")

    assert [post.address for post in await store.posts(TEAM, [ONE])] == [f"C-{number}" for number in range(11, 1, -1)]


async def test_only_what_is_running_is_told_to_end_and_only_by_its_team(store: Store) -> None:
    made = a_brainstorm()
    await store.begin(made)

    assert not await store.stop(OTHERS, made.id)
    assert await store.stopped([made.id]) == []
    assert await store.stop(TEAM, made.id)
    assert await store.stopped([made.id, BrainstormId("0" * 24)]) == [made.id]
    await store.finish(made, "done", later(1))
    assert not await store.stop(TEAM, made.id)
