"""Files are written apart from the database: nobody else's write waits for them, and no row is without its file."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from bot.domain.errors import StoreDown
from bot.domain.ideas import Team
from storage.media import LEFTOVER_S, Folder, digest_of
from storage.sql import SqlStore
from storage.urls import build
from tests.contract.stores import NOW, TEAM, an_idea
from tests.contract.test_media_store import a_file, kept, on_disk
from tests.fair import until

DIGEST = digest_of(b"picture")


async def opened(tmp_path: Path, files: Folder) -> SqlStore:
    """A board on SQLite, which has one writer, with these files."""
    store = build(f"sqlite:///{tmp_path / 'muselab.db'}", media=files.path)
    assert isinstance(store, SqlStore)
    store._files = files
    await store.open()
    return store


class Slow(Folder):
    """Takes a file when it is let go."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.asked, self.let_go = threading.Event(), threading.Event()

    def put(self, team: Team, contents: Mapping[str, bytes]) -> None:
        self.asked.set()
        assert self.let_go.wait(60)
        super().put(team, contents)


async def test_while_a_file_is_being_written_others_write_on_the_board(tmp_path: Path) -> None:
    files = Slow(tmp_path / "media")
    store = await opened(tmp_path, files)
    keeping = asyncio.create_task(store.keep_media(TEAM, "idea", [a_file()], NOW))
    await until(files.asked.is_set)

    other = await store.add(an_idea())
    still = not keeping.done()
    files.let_go.set()
    await keeping

    assert still
    assert other.number == 1
    assert await kept(store, "idea") == ["picture.png"]
    await store.close()


class Contested(Folder):
    """Somebody deletes the last row of the same bytes, and the file with it, before ours is there."""

    puts = 0

    def put(self, team: Team, contents: Mapping[str, bytes]) -> None:
        super().put(team, contents)
        self.puts += 1
        if self.puts == 1:
            self.drop(team, contents)


async def test_a_file_that_goes_between_its_writing_and_its_row_is_written_again(tmp_path: Path) -> None:
    store = await opened(tmp_path, Contested(tmp_path / "media"))

    await store.keep_media(TEAM, "idea", [a_file()], NOW)

    assert await store.content(TEAM, DIGEST) == b"picture"
    await store.close()


async def test_a_file_whose_row_never_came_is_swept_when_it_is_old(tmp_path: Path) -> None:
    again = await opened(tmp_path, Folder(tmp_path / "media"))
    elsewhere = build(f"sqlite:///{tmp_path}", media=tmp_path / "media")  # a folder is no database
    with pytest.raises(StoreDown):
        await elsewhere.keep_media(TEAM, "idea", [a_file()], NOW)
    (orphan,) = on_disk(tmp_path / "media")

    await again.drop_media(TEAM, ["nobody"])
    young = orphan.exists()
    os.utime(orphan, (orphan.stat().st_atime, orphan.stat().st_mtime - LEFTOVER_S - 60))
    await again.drop_media(TEAM, ["nobody"])

    assert young
    assert on_disk(tmp_path / "media") == []
    await again.close()


class Unlisted(Folder):
    """Does not say what it has."""

    def leftovers(self, team: Team, known: Iterable[str]) -> list[str]:
        raise OSError("the listing is refused")


async def test_a_sweep_that_cannot_be_made_keeps_nothing_from_being_deleted(tmp_path: Path) -> None:
    store = await opened(tmp_path, Unlisted(tmp_path / "media"))
    await store.keep_media(TEAM, "idea", [a_file()], NOW)

    assert await store.drop_media(TEAM, ["idea"]) == 1

    assert on_disk(tmp_path / "media") == []
    await store.close()
