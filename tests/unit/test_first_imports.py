"""What stands between a start and the first idea: nothing heavy is imported before the generation service begins to load."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.errors import Misconfigured
from bot.starting import begun

ROOT = Path(__file__).parents[2]


@pytest.fixture
def garbage() -> Iterator[None]:
    usual = gc.get_threshold()
    yield
    gc.set_threshold(*usual)


def imported(first: str, looked_for: str) -> str:
    """Which of some packages are there once others were imported, in a Python of its own."""
    code = f"import sys, {first}\nprint(*(name for name in {looked_for.split()} if name in sys.modules))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout.strip()


def test_a_bot_begins_its_service_before_it_imports_chats_database_and_arrays() -> None:
    before = "bot.__main__, bot.cli.serving, generators.client.handover"

    assert imported(before, "numpy aiohttp sqlalchemy prompt_toolkit discord slack_bolt bot.use_cases bot.cli.serving") == (
        "bot.cli.serving"
    )


def test_a_service_begins_to_load_before_it_imports_its_server_and_a_command_line() -> None:
    before = "generators.service.__main__, generators.service.loading"

    assert imported(before, "aiohttp typer torch generators.service.wire.requests generators.service.loading") == (
        "generators.service.loading"
    )


def test_an_error_is_one_sentence_and_a_status(garbage: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, begun():
        raise Misconfigured("There is no such model.")

    assert ended.value.code == 1
    assert capsys.readouterr().err == "muselab: There is no such model.\n"
