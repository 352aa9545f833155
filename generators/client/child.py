"""The generation service as a child process on loopback: started, watched, restarted; it knows nothing of models."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.config import Settings
from bot.domain.errors import GeneratorDown
from bot.ports import Health
from bot.starting import SAFELY, running
from bot.words import _

START_S = 60.0  # the port is bound before anything is loaded; importing torch from a cold disk takes most of this
STOP_S = 5.0  # after a polite SIGTERM; what is unfinished then is of no use to anybody
BACKOFF_S = (0.2, 30.0)  # first and longest pause before a restart; doubled while the child keeps dying young
YOUNG_S = 20.0  # a child that lived longer than this is restarted without a growing pause
HOPELESS = 2  # young deaths one after another; a third start will hardly end otherwise, though it is tried
LINE_LIMIT = 2**20  # bytes of one line on stderr; a library that logs a whole tensor must not stop the reading

log = logging.getLogger(__name__)


class Child:
    """Runs the generation service and keeps it running. Dies with this process, however that ends: the child watches its stdin.

    It satisfies `generators.client.remote.Server`: `RemoteGenerator(child)`.
    """

    def __init__(self, settings: Settings, *, command: Sequence[str] | None = None) -> None:
        """Nothing is started yet.

        Args:
            settings: the service's table and the cache folder go to the child through its environment.
            command: what to run instead of this Python's `-m generators.service`.
        """
        self.token = secrets.token_urlsafe(24)  #: the child answers nobody without it
        self.restarts = 0
        self._settings = settings
        self._command = tuple(command or running("generators.service"))
        self._process: asyncio.subprocess.Process | None = None
        self._url = ""
        self._changed = asyncio.Event()
        self._trouble = ""
        self._deaths = 0
        self._young_deaths = 0  #: one after another
        self._watching: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The living child's process id."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Begins to run and watch the child; returns at once. Safe to call twice."""
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch(), name="generation service")

    async def url(self) -> str:
        """Base of the living child's API, waiting for it to listen, through one restart if need be.

        Raises:
            GeneratorDown: it does not come up; the message says what it said last.
        """
        if self._watching is None or self._watching.done():
            raise GeneratorDown(self._trouble or None)
        deaths = self._deaths
        try:
            async with asyncio.timeout(START_S):
                while not self._url:
                    if self._deaths > deaths:
                        raise GeneratorDown(self._trouble)
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError as error:
            raise GeneratorDown(self._trouble or None) from error
        return self._url

    def state(self) -> Health | None:
        """What is known without asking the child; None when it listens and can be asked itself."""
        if self._url:
            return None
        doing = self._trouble or _("starting the generation service")
        return Health(ready=False, doing=doing, failed=self._young_deaths >= HOPELESS)

    async def close(self) -> None:
        """Stops the child and waits for its end. Safe to call twice."""
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None

    async def _watch(self) -> None:
        """Runs one child after another, until cancelled."""
        pause = BACKOFF_S[0]
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._run()
            except OSError as error:
                self._say(_("The generation service cannot be started: {why}.").format(why=error))
            self._young_deaths += 1
            if loop.time() - began > YOUNG_S:
                pause, self._young_deaths = BACKOFF_S[0], 0
            await asyncio.sleep(pause)
            pause = min(pause * 2, BACKOFF_S[1])
            self.restarts += 1

    async def _run(self) -> None:
        """One child, from its start to its end."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **SAFELY, **environment(self._settings, self.token)},
            limit=LINE_LIMIT,
            start_new_session=True,  # Ctrl-C in the terminal is the bot's to answer; it then stops the child itself
        )
        self._process = process
        lines: list[str] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(process))
                tasks.create_task(_log_lines(process, lines))
                await process.wait()
        finally:
            self._url = ""
            await stop(process)
        last = lines[-1] if lines else _("it said nothing")
        log.warning("the generation service ended", extra={"code": process.returncode, "last": last})
        self._say(_("The generation service stopped ({why}). It is being started again.").format(why=last))

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Waits for the line that says where the child listens."""
        assert process.stdout is not None
        async for line in process.stdout:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                self._url = str(json.loads(line)["listening"]).rstrip("/") + "/v1"
                self._trouble = ""
                self._changed.set()

    def _say(self, trouble: str) -> None:
        self._trouble = trouble
        self._deaths += 1
        self._changed.set()


class OnDemand(Child):
    """A child that makes media only, for a team whose words come from elsewhere; it is started when it is first needed."""

    def __init__(self, settings: Settings, *, command: Sequence[str] | None = None) -> None:
        service = settings.service.model_copy(update={"model": "none", "embedder": "none"})
        super().__init__(settings.model_copy(update={"service": service}), command=command)

    async def url(self) -> str:
        """See `Child`."""
        await self.start()
        return await super().url()


async def _log_lines(process: asyncio.subprocess.Process, lines: list[str]) -> None:
    """Passes the child's log on, and keeps its last line."""
    assert process.stderr is not None
    while True:
        try:
            line = await process.stderr.readline()
        except ValueError:  # longer than LINE_LIMIT: that line is lost, the next is read
            continue
        if not line:
            return
        text = line.decode("utf-8", "replace").strip()
        if text:
            lines[:] = [text]
            log.debug("generation service", extra={"line": text})


async def stop(process: asyncio.subprocess.Process) -> None:
    """Ends a process: politely, then for certain."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def environment(settings: Settings, token: str) -> Mapping[str, str]:
    """What tells the child how to run: the service's table, on loopback, on any free port, behind the token."""
    table = settings.served.model_dump(exclude={"token", "host", "port", "tied", "open", "hosts"})
    variables = {f"MUSELAB_SERVICE__{name.upper()}": str(value) for name, value in table.items()}
    media = settings.media.model_dump(exclude={"url", "token"})
    variables |= {f"MUSELAB_MEDIA__{name.upper()}": str(value) for name, value in media.items()}
    return variables | {
        "MUSELAB_SERVICE__TOKEN": token,
        "MUSELAB_SERVICE__HOST": "127.0.0.1",
        "MUSELAB_SERVICE__PORT": "0",
        "MUSELAB_SERVICE__HOSTS": "",
        "MUSELAB_SERVICE__TIED": "true",
        "MUSELAB_CACHE": str(Path(settings.cache).absolute()),
        "PYTHONUNBUFFERED": "1",
    }
