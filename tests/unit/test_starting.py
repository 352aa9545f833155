"""Pythons that this program starts import its own packages, wherever it stands, and a stranger in the way is named."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

import muselab
from bot import tutor
from bot.config import Settings
from bot.domain.errors import GeneratorDown
from bot.starting import SAFELY, running
from generators.client.child import Child
from generators.service.media_workers import MediaWorkers

STRANGER = "import pathlib; pathlib.Path('executed').touch(); raise SystemExit('a stranger was executed')"


@pytest.fixture
def among_strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder is one that holds packages of the names of ours."""
    for name in muselab.PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(STRANGER)
        (tmp_path / name / "__main__.py").write_text(STRANGER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        running("bot", "--help"),
        running("generators.service.media_worker", "no.such.engine"),
        running("storage.urls"),
        (
            "-c",
            "import bot.starting, subprocess, sys; sys.exit(subprocess.run(bot.starting.running('bot', '--help')).returncode)",
        ),
    ],
    ids=lambda command: " ".join(command)[-30:],
)
def test_a_module_that_is_run_is_ours_among_strangers(among_strangers: Path, command: tuple[str, ...]) -> None:
    line = command if command[0] == sys.executable else (sys.executable, "-P", *command)

    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, env={**os.environ, "LANG": "C.UTF-8"})

    assert not (among_strangers / "executed").exists(), done.stderr
    assert "stranger" not in done.stderr


def test_every_command_that_starts_a_python_looks_in_no_current_folder(tmp_path: Path) -> None:
    _launched = pytest.importorskip("learning.tuners._launched", reason="pip install 'muselab[engine]'")
    settings = Settings(home=tmp_path, cache=tmp_path)
    child = Child(settings)
    studio = MediaWorkers(settings.media, tmp_path)

    assert all(command[1] == "-P" for command in (child._command, studio._command("image"), _launched.command(2, ())))
    assert _launched.environment("cpu")["PYTHONSAFEPATH"] == SAFELY["PYTHONSAFEPATH"]


def test_no_module_of_ours_starts_a_python_by_itself() -> None:
    root = Path(muselab.__file__).parent
    sources = [file for name in muselab.PACKAGES for file in (root / name).rglob("*.py")]

    at = [str(file.relative_to(root)) for file in sources if "sys.executable" in file.read_text(encoding="utf-8")]

    assert at == ["bot/starting.py"]


async def test_the_service_comes_up_in_a_folder_of_strangers(among_strangers: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", cache=tmp_path / "cache")
    media = settings.model_copy(update={"service": settings.service.model_copy(update={"model": "none", "embedder": "none"})})
    child = Child(media)
    await child.start()
    try:
        url = await child.url()
    except GeneratorDown as error:
        pytest.fail(str(error))
    finally:
        await child.close()

    assert url.startswith("http://127.0.0.1:")
    assert not (among_strangers / "executed").exists()


async def test_the_learner_is_ours_in_a_folder_of_strangers(among_strangers: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()

    async with tutor.tutored(home, running("bot", "learn", "--help")):
        while "muselab learn" not in (told := (home / tutor.LOG).read_text() if (home / tutor.LOG).exists() else ""):
            await asyncio.sleep(0.05)

    assert "stranger" not in told
    assert not (among_strangers / "executed").exists()


# who is in the way


def test_all_packages_here_are_ours() -> None:
    assert [name for name in muselab.PACKAGES if muselab.stranger(name) is not None] == []


@pytest.mark.parametrize("name", muselab.PACKAGES)
def test_a_package_in_the_way_is_named_with_its_place_and_not_executed(among_strangers: Path, name: str) -> None:
    front = among_strangers / "front"
    front.mkdir()
    (among_strangers / name).rename(front / name)
    program = "import sys; sys.argv[0] = 'muselab'; import muselab; muselab.main()"
    path = os.pathsep.join((str(front), str(Path(muselab.__file__).parent)))

    done = subprocess.run(
        (sys.executable, "-P", "-c", program), capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path, "LANG": "C"}
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"muselab: “{name}” in {front / name} is no part of Muselab")
    assert len(done.stderr.splitlines()) == 1
    assert not (among_strangers / "executed").exists()


def test_a_package_that_was_installed_over_ours_is_no_longer_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sounds_like_ours").mkdir()
    (tmp_path / "sounds_like_ours" / "__init__.py").write_text("'''Adapters for transformers.'''\n")
    monkeypatch.syspath_prepend(tmp_path)

    assert muselab.stranger("sounds_like_ours", tmp_path) == tmp_path / "sounds_like_ours"

    (tmp_path / "sounds_like_ours" / "__init__.py").write_text(muselab.MARK + "\n")
    assert muselab.stranger("sounds_like_ours", tmp_path) is None


def test_a_package_of_which_somebody_took_the_beginning_away_is_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_of_ours").mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    assert muselab.stranger("half_of_ours", tmp_path) == tmp_path / "half_of_ours"
    assert muselab.stranger("nothing_of_ours", tmp_path) == tmp_path / "nothing_of_ours"
