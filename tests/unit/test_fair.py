"""The clock of tests: it counts what a loop computes and waits, and not what the machine does meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.contract.conftest import started
from tests.fair import FairLoop

ROOT = Path(__file__).parents[2]
STOPPED_S = 0.5
COMPUTING = """
import sys, time
from pathlib import Path
from tests.fair import FairLoop
loop = FairLoop()
began, fair, computed = time.monotonic(), loop.time(), time.thread_time()
print("computing", flush=True)
while not Path(sys.argv[1]).exists() or time.thread_time() - computed < 0.1:
    pass
print(time.monotonic() - began, loop.time() - fair, time.thread_time() - computed)
loop.close()
"""


def test_time_in_which_the_process_does_not_run_is_not_counted(tmp_path: Path) -> None:
    enough = tmp_path / "enough"
    with subprocess.Popen([sys.executable, "-c", COMPUTING, enough], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)  # as if others had the processor
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        time.sleep(STOPPED_S)
        process.send_signal(signal.SIGCONT)
        enough.touch()
        wall, fair, computed = map(float, process.stdout.readline().split())

    assert wall >= STOPPED_S
    assert abs(fair - computed) < 0.05
    assert wall - fair >= 0.9 * STOPPED_S


async def test_asynchronous_tests_run_in_it_and_what_is_waited_for_is_counted() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()

    await asyncio.sleep(0.05)

    assert isinstance(loop, FairLoop)
    assert 0.05 <= loop.time() - began < 0.1


@pytest.mark.asyncio(loop_factories=["jumping"])
async def test_on_a_loop_that_jumps_an_hour_passes_at_once_and_in_order() -> None:
    loop, order = asyncio.get_running_loop(), []

    async def after(seconds: float) -> None:
        await asyncio.sleep(seconds)
        order.append(loop.time())

    await asyncio.gather(after(3600.0), after(1.0), after(60.0))

    assert order == [1.0, 60.0, 3600.0]


@pytest.mark.asyncio(loop_factories=["jumping"])
async def test_on_a_loop_that_jumps_no_time_passes_while_another_thread_works() -> None:
    loop = asyncio.get_running_loop()

    async with asyncio.timeout(0.001):
        await asyncio.to_thread(time.sleep, 0.02)

    assert loop.time() == 0.0


class Late:
    """A server that is not up when the package gives up waiting, then is not ready, then is."""

    def __init__(self) -> None:
        self.refusals = [subprocess.TimeoutExpired("pg_ctl", 10), AssertionError()]

    def start(self) -> None:
        if self.refusals:
            raise self.refusals.pop(0)


def test_a_database_server_that_is_up_late_is_waited_for() -> None:
    server = Late()

    started(server.start, pause_s=0.0)

    assert server.refusals == []
