"""The wheel is a product: built, installed in a clean environment, and run beside strangers of its packages' names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import muselab

ROOT = Path(__file__).parent.parent.parent
MADE_BY = (
    "pyproject.toml",
    "MANIFEST.in",
    "README.md",
    "LICENSE",
    "THIRD_PARTY.md",
    "muselab.py",
)  #: what the build reads beside the packages
#: Texts that only a training reads.
LEFT_OUT = tuple(
    f"generators/training/{name}/"
    for name in ("taught/data", "taught/read", "bank/en", "bank/zh", "bank/read", "bank/patterns/en", "bank/patterns/zh")
)
CACHES = ("__pycache__", ".egg-info", ".pyc", ".mo")

pytestmark = pytest.mark.timeout(600)  # built, unpacked and started several times on a busy machine


def package_files() -> list[str]:
    """Every file of the packages: those that git knows, or all that lie there where there is no git."""
    done = subprocess.run(("git", "ls-files", "-z", *muselab.PACKAGES), cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0 and done.stdout:
        return sorted(name for name in done.stdout.split("\0") if name and (ROOT / name).exists())
    lying = (file.relative_to(ROOT) for name in muselab.PACKAGES for file in (ROOT / name).rglob("*") if file.is_file())
    return sorted(file.as_posix() for file in lying if not any(part.endswith(CACHES) for part in file.parts))


def built(files: list[str], out: Path) -> Path:
    """The wheel of these files, built in a folder of its own: caches and earlier builds in the checkout have no say in it."""
    source = out / "source"
    for name in (*files, *MADE_BY):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    build = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    done = subprocess.run((*build, "--wheel-dir", out, source), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = out.glob("muselab-*.whl")
    return wheel


@dataclass
class Installed:
    """The product of a wheel in an environment of its own, run in a folder where strangers' packages lie."""

    python: Path
    folder: Path
    home: Path

    def run(self, *line: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs a program there."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MUSELAB_"))}
        given = {"MUSELAB_HOME": str(self.home), "MUSELAB_CACHE": str(self.home / "cache"), "LANG": "C.UTF-8"}
        scripted = {"MUSELAB_GENERATOR__SCRIPTED": "true"}
        environment = {**kept, **given, **scripted, **more}
        return subprocess.run(line, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def muselab(self, *arguments: str) -> str:
        """What the command says, which must succeed."""
        done = self.run(self.python.with_name("muselab"), *arguments)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(package_files(), tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """In a new environment that sees the packages Muselab needs where they lie, but not this checkout."""
    work = tmp_path_factory.mktemp("installed")
    venv.create(work / "venv", with_pip=False, symlinks=True)
    python = work / "venv" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", "--no-compile")
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # or this checkout counts as installed
    done = subprocess.run((*pip, str(wheel)), capture_output=True, text=True, env=alone)
    assert done.returncode == 0, done.stderr
    (packages,) = (work / "venv" / "lib").glob("python*/site-packages")
    # A path in such a file is looked in last, and the files of this kind in there, an editable Muselab's too, are not read.
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    folder = work / "empty"
    for name in ("bot", "adapters", "storage"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(f"raise SystemExit('the stranger {name} was imported')\n")
    return Installed(python=python, folder=folder, home=work / "home")


def test_every_file_of_the_packages_but_lessons_is_in_the_wheel_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        inside = [name for name in opened.namelist() if ".dist-info/" not in name]
        licences = [name.rpartition("/")[2] for name in opened.namelist() if "/licenses/" in name]

    files = [name for name in package_files() if not name.startswith(LEFT_OUT)]
    assert len(files) < len(package_files())
    assert sorted(inside) == sorted([*files, "muselab.py"])
    assert sorted(licences) == ["LICENSE", "THIRD_PARTY.md"]


def test_the_installed_product_is_the_wheel_s_and_not_the_checkout_s(installed: Installed) -> None:
    done = installed.run(installed.python, "-P", "-c", "import bot, muselab; print(bot.__file__, muselab.__file__)")

    assert done.returncode == 0, done.stderr
    assert str(ROOT) not in done.stdout.replace(str(installed.python), "")
    assert all(Path(file).is_relative_to(installed.python.parent.parent) for file in done.stdout.split())


def test_ideas_come_and_are_exported_among_strangers(installed: Installed) -> None:
    asked = installed.muselab("brainstorm", "names for a tea bar", "-n", "3")
    exported = installed.muselab("export", "--format", "jsonl")

    texts = [line.split(". ", 1)[1] for line in asked.splitlines()]
    assert len(texts) == 3
    assert {json.loads(line)["text"] for line in exported.splitlines()} >= set(texts)


def test_a_database_is_made_by_the_wheel_s_own_migrations(installed: Installed, tmp_path: Path) -> None:
    done = installed.run(installed.python.with_name("muselab"), "migrate", MUSELAB_HOME=str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert "from nothing to" in done.stdout


def test_what_needs_no_database_works_from_the_wheel(installed: Installed) -> None:
    manifest = json.loads(installed.muselab("manifest", "slack"))
    version = installed.muselab("--version")

    assert manifest["display_information"]["name"]
    assert version.startswith("muselab 0.")


def test_a_service_that_the_wheel_starts_comes_up_among_strangers(installed: Installed) -> None:
    program = (
        "import asyncio\n"
        "from bot.reading import read\n"
        "from generators.client.child import Child\n"
        "async def main():\n"
        "    child = Child(read())\n"
        "    await child.start()\n"
        "    print(await child.url())\n"
        "    await child.close()\n"
        "asyncio.run(main())\n"
    )

    done = installed.run(
        *(installed.python, "-P", "-c", program), MUSELAB_SERVICE__MODEL="none", MUSELAB_SERVICE__EMBEDDER="none"
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("http://127.0.0.1:")


def test_whoever_puts_a_stranger_in_front_is_told_which_one(installed: Installed) -> None:
    done = installed.run(installed.python, "-m", "muselab", "board")  # -m looks in the current folder first

    assert done.returncode == 1
    assert f"“bot” in {installed.folder / 'bot'} is no part of Muselab" in done.stderr
    assert "was imported" not in done.stderr
