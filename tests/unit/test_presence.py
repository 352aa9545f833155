"""Who works in a data folder is known for as long as it lives, and no longer."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

from bot import presence
from bot.presence import present, running

WAITS = """
import sys
from pathlib import Path
from bot.presence import present
with present(Path(sys.argv[1])):
    print("in", flush=True)
    sys.stdin.read()
"""


def test_a_process_is_known_while_it_works_there(tmp_path: Path) -> None:
    with present(tmp_path):
        (one,) = running(tmp_path)
        assert (one.pid, one.ours, one.there) == (os.getpid(), True, True)

    assert running(tmp_path) == []
    assert not one.there


def test_two_processes_of_one_folder_are_both_known(tmp_path: Path) -> None:
    with present(tmp_path), present(tmp_path):
        assert len(running(tmp_path)) == 2


def test_a_process_that_was_killed_is_not_taken_for_a_living_one(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WAITS, str(tmp_path)], stdin=-1, stdout=-1) as killed:
        assert killed.stdout is not None
        killed.stdout.readline()
        assert [one.pid for one in running(tmp_path)] == [killed.pid]
        killed.send_signal(signal.SIGKILL)

    assert running(tmp_path) == []
    assert list((tmp_path / presence.FOLDER).iterdir()) == []


def test_a_process_of_another_container_is_not_taken_for_one_of_ours(tmp_path: Path) -> None:
    with present(tmp_path):
        (one,) = running(tmp_path)
        one.file.write_text("pid:[of another container]")

        assert [there.ours for there in running(tmp_path)] == [False]


def test_what_tells_of_a_process_can_be_read_by_nobody_else(tmp_path: Path) -> None:
    with present(tmp_path):
        (one,) = running(tmp_path)
        assert stat.S_IMODE(one.file.stat().st_mode) == 0o600
        assert stat.S_IMODE(one.file.parent.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_written_stops_nobody_from_working(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")

    with present(tmp_path / "home"):
        pass
