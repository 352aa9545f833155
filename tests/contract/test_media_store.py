"""What every store promises about files, over memory, SQLite and PostgreSQL."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.errors import StoreDown
from bot.domain.ideas import BrainstormId, Channel, Features, IdeaId, Prompt, Team
from bot.messages import File
from bot.ports import MediaStore, Store
from storage.media import LEFTOVER_S, Folder, digest_of
from storage.memory import MemoryStore
from storage.urls import build
from tests.contract.stores import ANN, BOB, NOW, OTHERS, TEAM, a_brainstorm, a_vote, an_idea, later


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture(params=["memory", "sqlite", "postgresql", pytest.param("pgbouncer", marks=pytest.mark.pooler)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "memory":
        return "memory:"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'muselab.db'}"
    return str(request.getfixturevalue("pooled_url" if request.param == "pgbouncer" else "postgres_url"))


@pytest.fixture
async def store(url: str, folder: Path) -> AsyncIterator[Store]:
    opened = build(url, media=folder)
    await opened.open()
    yield opened
    await opened.close()


def a_file(content: bytes = b"picture", name: str = "picture.png", alt: str = "a teapot") -> File:
    return File(name=name, media_type="image/png", content=content, alt=alt)


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def kept(store: MediaStore, owner: str, team: Team = TEAM) -> list[str]:
    return [one.name for one in (await store.media(team, [owner])).get(owner, ())]


async def test_files_come_back_as_they_were_kept(store: Store) -> None:
    await store.keep_media(TEAM, "idea", [a_file(), a_file(b"midi", "tune.mid", "")], NOW)

    first, second = (await store.media(TEAM, ["idea", "nobody"]))["idea"]

    assert (first.name, first.media_type, first.alt, first.size, first.place) == ("picture.png", "image/png", "a teapot", 7, 0)
    assert (second.place, second.owner, second.made_at) == (1, "idea", NOW)
    assert first.digest == digest_of(b"picture")
    assert await store.content(TEAM, first.digest) == b"picture"
    assert await store.content(TEAM, second.digest) == b"midi"


async def test_keeping_again_replaces_what_was_kept(store: Store) -> None:
    await store.keep_media(TEAM, "idea", [a_file(b"old", "old.png"), a_file(b"older", "older.png")], NOW)

    await store.keep_media(TEAM, "idea", [a_file(b"new", "new.png")], later(1))

    assert await kept(store, "idea") == ["new.png"]
    assert await store.content(TEAM, digest_of(b"old")) is None


async def test_another_team_reaches_nothing_even_with_the_digest(store: Store) -> None:
    await store.keep_media(TEAM, "idea", [a_file()], NOW)

    assert await store.content(OTHERS, digest_of(b"picture")) is None
    assert await store.media(OTHERS, ["idea"]) == {}
    assert await store.drop_media(OTHERS, ["idea"]) == 0
    assert await store.media_used(OTHERS) == 0
    assert await store.content(TEAM, digest_of(b"picture")) == b"picture"


async def test_two_teams_with_the_same_file_keep_a_copy_each(store: Store) -> None:
    await store.keep_media(TEAM, "ours", [a_file()], NOW)
    await store.keep_media(OTHERS, "theirs", [a_file()], NOW)

    await store.drop_media(TEAM, ["ours"])

    assert await store.content(TEAM, digest_of(b"picture")) is None
    assert await store.content(OTHERS, digest_of(b"picture")) == b"picture"


async def test_a_file_that_two_ideas_share_stays_until_the_last_goes(store: Store, folder: Path, url: str) -> None:
    await store.keep_media(TEAM, "one", [a_file()], NOW)
    await store.keep_media(TEAM, "two", [a_file(name="same.png")], NOW)
    assert await store.media_used(TEAM) == len(b"picture")

    assert await store.drop_media(TEAM, ["one"]) == 1
    assert await store.content(TEAM, digest_of(b"picture")) == b"picture"
    assert await store.drop_media(TEAM, ["two", "two"]) == 1

    assert await store.content(TEAM, digest_of(b"picture")) is None
    assert on_disk(folder) == []


async def test_twenty_who_keep_and_drop_the_same_file_at_once_lose_nothing(store: Store) -> None:
    async def come_and_go(number: int) -> None:
        await store.keep_media(TEAM, f"idea-{number}", [a_file()], NOW)
        if number % 2:
            await store.drop_media(TEAM, [f"idea-{number}"])

    await asyncio.gather(*(come_and_go(number) for number in range(20)))

    assert await store.content(TEAM, digest_of(b"picture")) == b"picture"
    await store.drop_media(TEAM, [f"idea-{number}" for number in range(20)])
    assert await store.content(TEAM, digest_of(b"picture")) is None


async def test_what_nobody_liked_is_spare_oldest_first(store: Store) -> None:
    ideas = [await store.add(an_idea(modality="image")) for _number in range(4)]
    for age, idea in enumerate(ideas):
        await store.keep_media(TEAM, idea.id, [a_file(str(age).encode()), a_file()], later(-age))
    await store.hear(TEAM, a_vote(ideas[2]))
    await store.hear(TEAM, a_vote(ideas[3], value=-1.0))

    assert await store.spare_media(TEAM, later(1)) == [ideas[3].id, ideas[1].id, ideas[0].id]
    assert await store.spare_media(TEAM, later(-2)) == [ideas[3].id]
    assert await store.spare_media(OTHERS, later(1)) == []


async def test_what_a_person_handed_in_and_asked_for_is_shown_to_them(store: Store) -> None:
    asked = a_brainstorm(asker=ANN, prompt=Prompt(text="a teapot", modality="image"))
    await store.begin(asked)
    picture = await store.add(an_idea(asker=ANN, modality="image", brainstorm=asked.id))
    others = await store.add(an_idea(asker=BOB, modality="image"))
    await store.keep_media(TEAM, asked.id, [a_file(b"photo", "photo.png")], NOW)
    await store.keep_media(TEAM, picture.id, [a_file()], later(1))
    await store.keep_media(TEAM, others.id, [a_file(b"other")], NOW)

    assert [one.name for one in (await store.about(TEAM, ANN)).media] == ["picture.png", "photo.png"]


async def test_forgetting_a_person_deletes_their_files_and_all_that_was_made_of_them(store: Store, folder: Path) -> None:
    asked = a_brainstorm(asker=ANN, prompt=Prompt(text="a teapot", modality="image"))
    await store.begin(asked)
    wrote = await store.add(an_idea(author=ANN, asker=ANN, origin="human"))
    of_hers = await store.add(an_idea(asker=BOB, modality="image", parents=(wrote.id,)))
    of_that = await store.add(an_idea(asker=BOB, modality="pitch", parents=(of_hers.id,)))
    for_her = await store.add(an_idea(asker=ANN, modality="image", brainstorm=asked.id))
    bobs = await store.add(an_idea(asker=BOB, modality="image"))
    for number, owner in enumerate((asked.id, of_hers.id, of_that.id, for_her.id, bobs.id)):
        await store.keep_media(TEAM, owner, [a_file(f"secret-{number}".encode())], NOW)
    await store.hear(TEAM, a_vote(of_that, person=BOB))

    gone = await store.forget(TEAM, ANN)

    assert gone.media == 4
    assert [idea.id for idea in await store.team_ideas(TEAM)] == [bobs.id]
    assert await store.feedback(TEAM, [of_that.id]) == []
    left = [await store.content(TEAM, digest_of(f"secret-{number}".encode())) for number in range(5)]
    assert left == [None, None, None, None, b"secret-4"]
    assert not isinstance(store, MemoryStore) or on_disk(folder) == []
    assert isinstance(store, MemoryStore) or len(on_disk(folder)) == 1


async def test_forgetting_leaves_the_files_of_another_team(store: Store) -> None:
    await store.add(an_idea(author=ANN))
    await store.keep_media(OTHERS, "theirs", [a_file()], NOW)

    await store.forget(TEAM, ANN)

    assert await store.content(OTHERS, digest_of(b"picture")) == b"picture"


async def test_what_was_measured_of_a_work_is_its_team_s_alone_and_goes_with_it(store: Store) -> None:
    measured = Features(name="looks/1", values=(0.5, -0.25))
    hers = await store.add(an_idea(asker=ANN, modality="image", features=measured))
    theirs = await store.add(an_idea(channel=Channel(team=OTHERS, id="other"), asker=ANN, modality="image", features=measured))
    old = await store.add(an_idea(asker=BOB, modality="image"))

    seen = {idea.id: idea.features for idea in await store.team_ideas(TEAM)}
    await store.forget(TEAM, ANN)

    assert seen == {hers.id: measured, old.id: None}
    assert [idea.features for idea in await store.team_ideas(TEAM)] == [None]
    assert await store.idea(TEAM, hers.id) is None
    assert [(idea.id, idea.features) for idea in await store.team_ideas(OTHERS)] == [(theirs.id, measured)]


# the folder


async def test_a_folder_that_cannot_be_written_is_an_outage_and_no_row_stays(tmp_path: Path) -> None:
    blocked = tmp_path / "media"
    blocked.write_text("a file where the folder should be")
    store = build(f"sqlite:///{tmp_path / 'muselab.db'}", media=blocked)
    await store.open()
    try:
        with pytest.raises(StoreDown, match="cannot be kept"):
            await store.keep_media(TEAM, "idea", [a_file()], NOW)
        assert await kept(store, "idea") == []
    finally:
        await store.close()


async def test_what_a_crash_left_between_file_and_row_is_swept_once_it_is_old(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    store = build(f"sqlite:///{tmp_path / 'muselab.db'}", media=folder)
    await store.open()
    try:
        await store.keep_media(TEAM, "idea", [a_file()], NOW)
        young, old = (Folder(folder).of(TEAM) / name for name in ("young", "old"))
        for path in (young, old):
            path.write_bytes(b"left")
        os.utime(old, (time.time() - LEFTOVER_S - 60,) * 2)

        await store.drop_media(TEAM, [IdeaId("nobody"), BrainstormId("nothing")])

        assert sorted(path.name for path in on_disk(folder)) == sorted([digest_of(b"picture"), "young"])
    finally:
        await store.close()
