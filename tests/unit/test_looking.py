"""A look at a database leaves it, and the folder it lies in, as they are."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import Misconfigured
from storage import urls
from storage.looking import look
from tests.builders import a_version, an_idea


def everything(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Each file of a folder: its mode, when it was changed, and what is in it."""
    found = {path: path.stat() for path in (folder, *folder.rglob("*"))}
    return {
        str(path): (stat.st_mode, stat.st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path, stat in found.items()
    }


async def test_a_database_that_is_not_there_stays_so(tmp_path: Path) -> None:
    seen = await look(f"sqlite:///{tmp_path / 'none' / 'muselab.db'}")

    assert not seen.made
    assert list(everything(tmp_path)) == [str(tmp_path)]


async def test_an_empty_file_stays_empty(tmp_path: Path) -> None:
    (tmp_path / "muselab.db").touch(mode=0o644)
    before = everything(tmp_path)

    seen = await look(f"sqlite:///{tmp_path / 'muselab.db'}")

    assert not seen.made
    assert everything(tmp_path) == before


@pytest.mark.parametrize("name", ["muselab.db", "a b?c%20d#.db"])
async def test_versions_are_read_and_nothing_changes(tmp_path: Path, name: str) -> None:
    url = f"sqlite:///{tmp_path / name}"
    store = urls.build(url)
    await store.open()
    await store.add(an_idea())
    await store.keep_version(version := a_version(team=an_idea().channel.team))
    await store.close()
    (tmp_path / name).chmod(0o644)
    before = everything(tmp_path)

    seen = await look(url)

    assert seen.made
    assert version.id in [one.id for one in seen.versions]
    assert everything(tmp_path) == before


async def test_a_database_that_is_in_use_is_seen_as_it_is_just_now(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'muselab.db'}"
    store = urls.build(url)
    await store.open()
    await store.add(an_idea())
    await store.keep_version(version := a_version(team=an_idea().channel.team))
    assert (tmp_path / "muselab.db-wal").exists()

    seen = await look(url)

    assert version.id in [one.id for one in seen.versions]
    await store.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE muselab_version SET version_num = '9999'", "newer"),
        ("UPDATE muselab_version SET version_num = '0001'", "muselab migrate"),
    ],
)
async def test_a_database_of_another_version_is_told_and_not_migrated(tmp_path: Path, change: str, said: str) -> None:
    url = f"sqlite:///{tmp_path / 'muselab.db'}"
    store = urls.build(url)
    await store.open()
    await store.close()
    with closing(sqlite3.connect(tmp_path / "muselab.db")) as database, database:
        database.execute(change)
    before = everything(tmp_path)

    with pytest.raises(Misconfigured, match=said):
        await look(url)

    assert everything(tmp_path) == before
