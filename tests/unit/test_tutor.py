"""The bot's learner is started, started again when it dies, and never outlives the bot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import tutor
from tests.fair import START_S, until

NOTES = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); "
TIED = "import sys; from bot.tutor import tie; tie(); print('tied', flush=True); import time; time.sleep(3600)"


async def noted(file: Path, count: int) -> list[int]:
    await until(lambda: len(lines(file)) >= count, what="its start", patience_s=START_S)
    return [int(pid) for pid in lines(file)]


def lines(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_learner_that_dies_is_started_again_and_ends_with_the_bot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tutor, "FIRST_S", 0.01)
    file = tmp_path / "started"
    script = NOTES + "n = len(open(sys.argv[1]).readlines()); time.sleep(3600 if n > 1 else 0)"

    async with tutor.tutored(tmp_path, (sys.executable, "-c", script, str(file))):
        _first, second = await noted(file, 2)
        assert alive(second)

    assert not alive(second)


def test_a_tied_learner_ends_when_whoever_started_it_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", TIED], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdout.readline()
    assert os.getpriority(os.PRIO_PROCESS, child.pid) >= os.getpriority(os.PRIO_PROCESS, 0)

    child.stdin.close()
    child.wait(timeout=START_S)
    child.stdout.close()

    assert child.returncode != 0


def test_a_tied_learner_that_ends_by_itself_ends_quietly() -> None:
    script = "from bot.tutor import tie; tie(); import time; time.sleep(0.2)"

    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stderr is not None
        said = child.stderr.read()
        assert (child.wait(START_S), said) == (0, b"")
