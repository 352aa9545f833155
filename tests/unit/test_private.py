"""What teams write is closed to everybody else on the machine: what is made, and what an earlier version left open."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.terminal._showing import saved
from bot import private, tutor, wiring
from bot.config import Settings
from bot.domain.ideas import Team
from bot.messages import File
from storage.styles import StyleFolder
from storage.weights import FILES, AdapterFolder
from tests.builders import an_idea

TEAM = Team(platform="terminal", id="local")
AT = datetime(2026, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


@pytest.fixture(autouse=True, params=[0o022, 0o000], ids=["umask 022", "umask 000"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def open_to_others(folder: Path) -> list[str]:
    """What in a folder others could look at, the folder itself included."""
    return [str(path) for path in (folder, *sorted(folder.rglob("*"))) if mode(path) & 0o077]


async def test_a_database_and_what_lies_beside_it_is_ours_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")

    async with wiring.opened_store(settings) as store:
        await store.keep_media(TEAM, an_idea().id, [File(name="a.png", media_type="image/png", content=b"1", alt="")], AT)
        names = {file.name for file in settings.home.iterdir()}

        assert names >= {"muselab.db", "muselab.db-wal", "muselab.db-shm", "media"}
        assert open_to_others(settings.home) == []


async def test_a_data_folder_of_an_earlier_version_is_closed_at_the_next_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with wiring.opened_store(Settings(home=home)):
        pass
    for name in ("works", "media/5ca1ab1e"):
        (home / name).mkdir(parents=True)
        (home / name / "picture.png").touch()
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)

    async with wiring.opened_store(Settings(home=home)):
        assert open_to_others(home) == []


async def test_a_folder_that_holds_other_things_as_well_stays_as_it_is_but_for_what_is_ours(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").touch()
    for path in (tmp_path, tmp_path / "letters", tmp_path / "letters" / "letter.txt"):
        path.chmod(0o755)

    async with wiring.opened_store(Settings(home=tmp_path)):
        pass

    assert {mode(path) for path in (tmp_path, tmp_path / "letters", tmp_path / "letters" / "letter.txt")} == {0o755}
    assert mode(tmp_path / "muselab.db") == 0o600


async def test_a_database_elsewhere_is_closed_too_and_its_folder_is_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "srv"
    elsewhere.mkdir(mode=0o755)
    before = mode(elsewhere)
    (elsewhere / "teams.db").touch(mode=0o644)
    settings = Settings(home=tmp_path / "home", store={"url": f"sqlite:///{elsewhere / 'teams.db'}"})

    async with wiring.opened_store(settings):
        assert [mode(file) for file in sorted(elsewhere.iterdir())] == [0o600] * 3

    assert mode(elsewhere) == before


def test_where_a_link_leads_is_not_touched(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    (shared / "works").mkdir()
    before = mode(shared), mode(shared / "works")
    home = tmp_path / "home"
    home.mkdir()
    (home / "works").symlink_to(shared)

    private.tighten(home)

    assert (mode(shared), mode(shared / "works")) == before
    assert mode(home) == 0o700


def test_saved_works_are_ours_alone(tmp_path: Path) -> None:
    saved(File(name="a.png", media_type="image/png", content=b"1", alt=""), tmp_path / "works")

    assert open_to_others(tmp_path / "works") == []


def test_adapters_and_styles_are_ours_alone(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    for name in (*FILES, "style"):
        (work / name).write_bytes(b"1")

    AdapterFolder(tmp_path / "adapters").keep(work, {})
    StyleFolder(tmp_path / "styles").keep(TEAM, work / "style", {})

    assert open_to_others(tmp_path / "adapters") == []
    assert open_to_others(tmp_path / "styles") == []


async def test_the_learner_s_log_is_ours_alone(tmp_path: Path) -> None:
    home = private.folder(tmp_path / "home")

    async with tutor.tutored(home, ("true",)):
        while not (home / tutor.LOG).exists():
            await asyncio.sleep(0.01)

    assert open_to_others(home) == []
