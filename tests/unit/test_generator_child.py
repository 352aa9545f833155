"""The service as a child process: started, killed, restarted, never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import ServiceTable, Settings
from bot.domain.errors import GeneratorDown
from bot.domain.ideas import Prompt, Team
from bot.ports import Order
from generators.client.child import Child
from generators.client.remote import RemoteGenerator
from tests import tiny
from tests.fair import START_S, now, until_now

SERVE = (
    "import sys\nfrom bot.reading import read\nfrom bot.domain.errors import MuselabError\nfrom generators.service import serve\n"
    "settings = read()\n"
    "try:\n    serve(settings.service, cache=settings.cache)\n"
    "except MuselabError as error:\n    sys.exit(str(error))\n"
)
COMMAND = (sys.executable, "-c", SERVE)
ROOT = Path(__file__).parents[2]


def an_order(text: str = "names for a bar", *, candidates: int = 3) -> Order:
    return Order(prompt=Prompt(text=text), candidates=candidates, seed=1, model="", team=Team(platform="terminal", id="1"))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.saved(tmp_path_factory.mktemp("model") / "tiny-random")


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> Settings:
    return Settings(cache=tmp_path, service=ServiceTable(model=str(folder), embedder="none", device="cpu", threads=1))


@pytest.fixture
async def child(settings: Settings) -> AsyncIterator[Child]:
    made = Child(settings, command=COMMAND)
    await made.start()
    yield made
    await made.close()


async def test_a_killed_child_fails_its_draft_at_once_and_the_next_one_works(child: Child) -> None:
    generator = RemoteGenerator(child, timeout_s=START_S)
    first = [draft async for draft in generator.draft(an_order())]
    killed = child.pid
    drafting = generator.draft(an_order("things to do with children on a rainy weekend", candidates=120))  # takes seconds
    await anext(drafting)

    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    began = now()
    with pytest.raises(GeneratorDown):
        [draft async for draft in drafting]
    took = now() - began
    again = [draft async for draft in generator.draft(an_order())]
    await generator.close()

    assert took < 5.0
    assert sorted(draft.text for draft in again) == sorted(draft.text for draft in first)
    assert child.restarts == 1
    assert child.pid != killed


async def test_closing_ends_the_child_and_may_be_done_twice(child: Child) -> None:
    await child.url()
    pid = child.pid

    await child.close()
    await child.close()

    assert pid is not None
    assert not alive(pid)
    with pytest.raises(GeneratorDown):
        await child.url()


async def test_only_who_holds_the_token_is_served(child: Child) -> None:
    stranger = RemoteGenerator(await child.url(), token="guess", timeout_s=START_S)

    with pytest.raises(GeneratorDown, match="token"):
        [draft async for draft in stranger.draft(an_order())]
    await stranger.close()


async def test_a_child_that_cannot_start_says_why(settings: Settings) -> None:
    broken = settings.model_copy(update={"service": ServiceTable(model="/no/such/folder", embedder="none")})
    child = Child(broken, command=COMMAND)
    generator = RemoteGenerator(child, timeout_s=START_S)
    await child.start()

    with pytest.raises(GeneratorDown):
        [draft async for draft in generator.draft(an_order())]
    health = await generator.health()
    while not health.failed:
        assert not health.ready
        await asyncio.sleep(0.01)
        health = await generator.health()
    await child.close()
    await generator.close()

    assert "There is no model folder /no/such/folder" in health.doing


async def test_a_command_that_does_not_exist_is_told(settings: Settings) -> None:
    child = Child(settings, command=("/no/such/python",))
    await child.start()

    with pytest.raises(GeneratorDown, match="cannot be started"):
        await child.url()
    await child.close()


def test_the_child_does_not_outlive_a_killed_bot(settings: Settings) -> None:
    bot = (
        "import asyncio\nfrom bot.reading import read\nfrom generators.client.child import Child\n"
        f"command = {COMMAND!r}\n"
        "async def main():\n"
        "    child = Child(read(), command=command)\n    await child.start()\n    await child.url()\n"
        "    print(child.pid, flush=True)\n    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    given = {"MUSELAB_CACHE": str(settings.cache), "MUSELAB_SERVICE__MODEL": settings.service.model}
    with subprocess.Popen([sys.executable, "-c", bot], stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, **given}) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())

        process.kill()

    until_now(lambda: not alive(pid), what="the child's end")  # it may be importing torch, which answers nobody


def test_the_bots_side_never_imports_torch() -> None:
    code = (
        "import sys\nsys.modules['torch'] = None\nsys.modules['transformers'] = None\n"
        "import generators.client.child, generators.client.remote, generators.client.scripted, generators.service\n"
    )

    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_a_port_in_use_is_told_in_a_sentence(folder: Path, unused_tcp_port: int) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", unused_tcp_port))
        taken.listen()
        given = {"MUSELAB_SERVICE__PORT": str(unused_tcp_port), "MUSELAB_SERVICE__MODEL": str(folder)}
        ended = subprocess.run(COMMAND, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **given}, check=False)

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.strip().endswith(
        f"The generation service cannot listen on 127.0.0.1:{unused_tcp_port}: "
        "the port is in use; choose another with MUSELAB_SERVICE__PORT."
    )


def test_a_model_that_cannot_be_loaded_ends_the_service_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
    given = {"MUSELAB_SERVICE__MODEL": str(tmp_path), "MUSELAB_SERVICE__EMBEDDER": "none"}

    ended = subprocess.run(COMMAND, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **given}, check=False)

    assert ended.returncode == 1
    assert ended.stdout.startswith('{"listening": "http://127.0.0.1:')
    assert ended.stderr.strip().splitlines()[-1].startswith(f"The model “{tmp_path}” cannot be loaded: ")


def test_a_model_that_does_not_exist_ends_the_service_with_a_sentence(tmp_path: Path) -> None:
    given = {"MUSELAB_SERVICE__MODEL": str(tmp_path / "nothing"), "MUSELAB_SERVICE__EMBEDDER": "none"}

    ended = subprocess.run(COMMAND, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **given}, check=False)

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.strip() == f"There is no model folder {tmp_path / 'nothing'}."


def test_a_service_for_other_machines_without_a_token_does_not_start_and_says_what_to_do() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "serve", "--host", "0.0.0.0"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "MUSELAB_SERVICE__TOKEN"},
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "MUSELAB_SERVICE__TOKEN" in ended.stderr
    assert "MUSELAB_SERVICE__OPEN=true" in ended.stderr
