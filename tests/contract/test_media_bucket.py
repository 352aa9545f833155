"""Files in an object store: all that a store promises of files in a folder, and what only an object store can do to us."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli import doctor
from bot.config import Settings, StoreTable
from bot.domain.errors import Misconfigured, Refusal, StoreDown
from bot.ports import Store
from storage import backup
from storage.media import LEFTOVER_S, name_of
from storage.probing import tried
from storage.urls import build, files_at
from tests.contract import test_media_store as folders
from tests.contract.stores import NOW, TEAM, later
from tests.contract.test_media_store import a_file, kept
from tests.fakes.s3 import BUCKET, KEY, S3, SECRET, running

pytest.importorskip("obstore", reason="the object store's package is not installed: pip install 'muselab[s3]'")

DIGEST = folders.digest_of(b"picture")
#: What the suite over folders asks of the store alone, and holds here as well.
SHARED = (
    folders.test_files_come_back_as_they_were_kept,
    folders.test_keeping_again_replaces_what_was_kept,
    folders.test_another_team_reaches_nothing_even_with_the_digest,
    folders.test_two_teams_with_the_same_file_keep_a_copy_each,
    folders.test_twenty_who_keep_and_drop_the_same_file_at_once_lose_nothing,
    folders.test_what_nobody_liked_is_spare_oldest_first,
    folders.test_forgetting_leaves_the_files_of_another_team,
)


@pytest.fixture
async def s3(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[S3]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    async with running() as local:
        yield local


@pytest.fixture
async def store(s3: S3, tmp_path: Path) -> AsyncIterator[Store]:
    opened = build(f"sqlite:///{tmp_path / 'muselab.db'}", media=s3.url)
    await opened.open()
    yield opened
    await opened.close()


@pytest.mark.parametrize("promise", SHARED, ids=[one.__name__.removeprefix("test_") for one in SHARED])
async def test_what_is_promised_of_a_folder_holds(promise, store: Store) -> None:  # type: ignore[no-untyped-def]
    await promise(store)


async def test_files_lie_under_the_prefix_and_their_teams_name_and_go_with_the_last_row(store: Store, s3: S3) -> None:
    await store.keep_media(TEAM, "one", [a_file()], NOW)
    await store.keep_media(TEAM, "two", [a_file(name="same.png")], NOW)
    assert list(s3.objects) == [f"board/{name_of(TEAM)}/{DIGEST}"]

    await store.drop_media(TEAM, ["one"])
    assert len(s3.objects) == 1
    await store.drop_media(TEAM, ["two"])

    assert s3.objects == {}


async def test_what_a_crash_left_is_swept_once_it_is_old_however_many_pages_the_listing_has(store: Store, s3: S3) -> None:
    await store.keep_media(TEAM, "idea", [a_file()], NOW)
    old = datetime.now(UTC) - timedelta(seconds=LEFTOVER_S + 60)
    for number in range(5):
        s3.objects[f"board/{name_of(TEAM)}/old-{number}"] = b"left", old
    s3.objects[f"board/{name_of(TEAM)}/young"] = b"left", datetime.now(UTC)
    s3.objects["board/another-team/old"] = b"left", old

    await store.drop_media(TEAM, ["nobody"])

    left = {name.rpartition("/")[2] for name in s3.objects}
    assert left == {DIGEST, "young", "old"}


async def test_a_store_that_takes_nothing_more_is_an_outage_and_no_row_stays(store: Store, s3: S3) -> None:
    s3.full = True

    with pytest.raises(StoreDown, match=f"cannot be kept in s3://{BUCKET}/board: .*507"):
        await store.keep_media(TEAM, "idea", [a_file()], NOW)

    assert await kept(store, "idea") == []


async def test_a_wrong_key_is_said_without_it(store: Store, monkeypatch: pytest.MonkeyPatch, s3: S3, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    other = build(f"sqlite:///{tmp_path / 'other.db'}", media=s3.url)
    await other.open()

    with pytest.raises(StoreDown) as refused:
        await other.keep_media(TEAM, "idea", [a_file()], NOW)

    assert "403" in str(refused.value)
    assert "secret" not in str(refused.value)
    await other.close()


async def test_what_cannot_be_read_just_now_is_an_outage_and_not_a_file_that_is_gone(
    store: Store, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.keep_media(TEAM, "idea", [a_file()], NOW)
    s3.away = True

    with pytest.raises(StoreDown):
        await store.content(TEAM, DIGEST)

    s3.away = False
    assert await store.content(TEAM, DIGEST) == b"picture"


async def test_a_backup_holds_the_files_of_a_bucket_and_is_restored_into_a_folder_or_a_bucket(
    store: Store, s3: S3, tmp_path: Path
) -> None:
    await store.keep_media(TEAM, "idea", [a_file(), a_file(b"midi", "tune.mid")], later(1))
    s3.objects[f"board/{name_of(TEAM)}/{'0' * 64}"] = b"of nobody", datetime.now(UTC)
    file = tmp_path / "saved.zip"

    def places(name: str, media: Path | str) -> backup.Places:
        home = tmp_path / name
        home.mkdir(exist_ok=True)
        url = f"sqlite:///{(tmp_path if name == 'here' else home) / 'muselab.db'}"
        return backup.Places(store_url=url, media=media, adapters=home / "adapters", styles=home / "styles")

    def alone(work: Coroutine[Any, Any, backup.Contents]) -> backup.Contents:
        """As a command that nobody else's loop waits for."""
        return asyncio.run(work)

    contents = await asyncio.to_thread(alone, backup.save(places("here", s3.url), file))
    s3.objects.clear()
    await asyncio.to_thread(alone, backup.restore(file, places("bucket", s3.url)))
    await asyncio.to_thread(alone, backup.restore(file, places("folder", tmp_path / "folder" / "media")))

    assert contents.files == 2
    assert {content for content, _at in s3.objects.values()} == {b"picture", b"midi"}
    assert files_at(tmp_path / "folder" / "media").get(TEAM, DIGEST) == b"picture"
    assert await asyncio.to_thread(files_at(s3.url).get, TEAM, DIGEST) == b"picture"
    s3.away = True
    with pytest.raises(Refusal, match=f"cannot be read from s3://{BUCKET}/board"):
        await asyncio.to_thread(alone, backup.save(places("here", s3.url), tmp_path / "again.zip"))


@pytest.mark.parametrize("url", ["s3://", "s3:///prefix", "s3://bucket?endpont=http://x"])
def test_a_url_that_names_no_bucket_is_refused_with_how_to_write_one(url: str) -> None:
    with pytest.raises(Misconfigured, match="s3://bucket/prefix"):
        files_at(url)


def test_a_host_names_a_folder_or_a_bucket(tmp_path: Path) -> None:
    def place(media: str) -> Path | str:
        return Settings(home=tmp_path, store=StoreTable(media=media)).media_place

    assert place("") == tmp_path / "media"
    assert place("/mnt/shared/media") == Path("/mnt/shared/media")
    assert place(" s3://muse/board?region=eu ") == "s3://muse/board?region=eu"


@pytest.mark.parametrize(
    ("denied", "said"),
    [
        ("PUT", "cannot be written .*403.* Allow s3:PutObject"),
        ("GET", "cannot be read .*403.* Allow s3:GetObject"),
        ("POST", "cannot be deleted .* Allow s3:DeleteObject.* A file muselab-doctor-[0-9a-f]{16} stays"),
    ],
)
async def test_the_doctor_says_what_may_not_be_done_in_a_bucket(s3: S3, denied: str, said: str) -> None:
    s3.denied = frozenset({denied})

    say, well = await asyncio.to_thread(tried, s3.url)

    assert not well
    assert re.search(said, say)
    assert KEY not in say
    assert len(s3.objects) == (denied == "POST")


async def test_the_doctor_leaves_a_bucket_as_it_was_where_all_is_well(store: Store, s3: S3, tmp_path: Path) -> None:
    await store.keep_media(TEAM, "idea", [a_file()], NOW)
    before = dict(s3.objects)

    (finding,) = await doctor._files(Settings(home=tmp_path, store=StoreTable(media=s3.url)))

    assert (finding.ok, finding.say) == (True, f"s3://{BUCKET}/board")
    assert s3.objects == before


async def test_the_doctor_says_of_a_bucket_that_it_is_not_there(s3: S3, tmp_path: Path) -> None:
    nowhere = Settings(home=tmp_path, store=StoreTable(media=s3.url.replace(f"s3://{BUCKET}", "s3://other")))
    unnamed = Settings(home=tmp_path, store=StoreTable(media="s3://"))

    (missing,), (wrong,) = await doctor._files(nowhere), await doctor._files(unnamed)

    assert (missing.ok, wrong.ok) == (False, False)
    assert "s3://other/board" in missing.say
    assert "404" in missing.say
    assert "s3://bucket/prefix" in wrong.say
    assert await doctor._files(Settings(home=tmp_path)) == []
