"""The command line, as a person or a script uses it: each test runs the real command in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import wiring
from bot.config import Settings
from tests.builders import a_version
from tests.fair import START_S


@dataclass
class Done:
    status: int
    out: str
    err: str


Muselab = Callable[..., Awaitable[Done]]


@pytest.fixture
def muselab(tmp_path: Path) -> Muselab:
    async def run(*arguments: str, lines: str = "", **environment: str) -> Done:
        given = {
            "MUSELAB_HOME": str(tmp_path / "home"),
            "MUSELAB_CACHE": str(tmp_path / "cache"),
            "MUSELAB_GENERATOR__SCRIPTED": "true",
            "LANG": "C.UTF-8",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path.cwd()), **given, **environment},
        )
        async with asyncio.timeout(START_S):
            out, err = await process.communicate(lines.encode())
        assert process.returncode is not None
        return Done(process.returncode, out.decode(), err.decode())

    return run


async def test_a_topic_on_the_command_line_gives_numbered_ideas_that_stay_on_the_board(muselab: Muselab) -> None:
    asked = await muselab("brainstorm", "names", "for", "a", "tea", "bar", "-n", "3")
    board = await muselab("board")
    exported = await muselab("export", "--format", "jsonl")

    assert asked.status == 0, asked.err
    lines = asked.out.splitlines()
    assert [line.split(". ")[0] for line in lines] == ["1", "2", "3"]
    texts = {line.split(". ", 1)[1] for line in lines}
    assert {line.split(". ", 1)[1] for line in board.out.splitlines()} == texts
    assert {json.loads(line)["text"] for line in exported.out.splitlines()} == texts


async def test_nothing_that_the_command_keeps_can_be_read_by_others(muselab: Muselab, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        await muselab("brainstorm", "names", "for", "a", "tea", "bar", "-n", "3")
        await muselab("run", "--chat", "terminal", lines="/brainstorm names\n/export\n", MUSELAB_LOG_LEVEL="DEBUG")
    finally:
        os.umask(before)

    home = tmp_path / "home"
    assert {file.name for file in home.iterdir()} >= {"muselab.db", "works"}
    assert [str(path) for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077] == []


async def test_json_holds_what_is_needed_to_make_the_ideas_again(muselab: Muselab) -> None:
    asked = await muselab("brainstorm", "tea", "-n", "2", "--style", "bold", "--json")

    answer = json.loads(asked.out)
    assert answer["topic"] == "tea"
    assert answer["style"] == "bold"
    assert isinstance(answer["seed"], int)
    assert len(answer["ideas"]) == 2


async def test_lines_from_a_pipe_are_a_conversation(muselab: Muselab) -> None:
    done = await muselab(
        "run", "--chat", "terminal", lines="/brainstorm names for a tea bar -n 3\n/vote 3 up\n/board\n/nonsense\n/brainstorm\n"
    )

    assert done.status == 0, done.err
    assert "\x1b" not in done.out
    lines = done.out.splitlines()
    third = next(line for line in lines if line.startswith("3. ")).removeprefix("3. ")
    board = lines[lines.index("Board") :]
    assert board[1].startswith(f"1. {third}")
    assert "👍 1" in board[1]
    assert "There is no command “/nonsense”" in done.out
    assert "Something is missing. Write /brainstorm TOPIC" in done.out


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["brainstorm", ""], {}, "The topic is empty"),
        (["brainstorm", "x" * 10_000], {}, "at most 1000 are allowed"),
        (["brainstorm", "tea", "-n", "0"], {}, "between 1 and 10"),
        (["brainstorm", "tea", "-n", "99"], {}, "between 1 and 10"),
        (["board", "-c", "here"], {}, "is not a channel"),
        (["export", "-f", "pdf"], {}, "markdown, csv, jsonl"),
        (["export", "-o", "/nonexistent/file"], {}, "cannot be written"),
        (["run", "--chat", "telegram"], {}, "There is no “telegram” in adapters. There are: discord, slack, terminal"),
        (["board"], {"MUSELAB_STORE__URL": "mysql://x"}, "MUSELAB_STORE__URL cannot be used"),
        (["board"], {"MUSELAB_HOME": "/proc/nothing"}, "Choose another with MUSELAB_HOME"),
        (["board"], {"MUSELAB_LIMITS__AT_ONCE": "many"}, "MUSELAB_LIMITS__AT_ONCE"),
        (["board"], {"MUSELAB_RANKER__NAME": "magic"}, "There is no “magic”"),
        (["run", "--chat", "discord"], {"MUSELAB_DISCORD__TOKEN": ""}, "MUSELAB_DISCORD__TOKEN"),
        (["run", "--chat", "slack"], {}, "MUSELAB_SLACK__"),
    ],
)
async def test_what_cannot_be_done_is_one_sentence_and_a_status(
    muselab: Muselab, arguments: list[str], environment: dict[str, str], sentence: str
) -> None:
    done = await muselab(*arguments, **environment)

    assert done.status == 1
    assert sentence in done.err
    assert done.err.startswith("muselab: ")
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) == 1


async def test_a_service_that_is_not_there_is_said_within_seconds(muselab: Muselab) -> None:
    done = await muselab("brainstorm", "tea", MUSELAB_GENERATOR__SCRIPTED="false", MUSELAB_GENERATOR__URL="http://127.0.0.1:9/v1")

    assert done.status == 1
    assert "127.0.0.1:9" in done.err


async def test_a_port_in_use_is_one_sentence(muselab: Muselab) -> None:
    pytest.importorskip("torch", reason="pip install 'muselab[engine]'")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        done = await muselab("serve", "--port", port)

    assert done.status == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.err


async def test_a_database_of_the_future_is_refused_and_left_alone(muselab: Muselab, tmp_path: Path) -> None:
    import sqlite3

    await muselab("brainstorm", "tea", "-n", "1")
    (file,) = (tmp_path / "home").glob("*.db")
    with sqlite3.connect(file) as database:
        database.execute("UPDATE muselab_version SET version_num = '9999'")

    done = await muselab("board")

    assert done.status == 1
    assert "newer" in done.err


async def test_the_doctor_finds_nothing_wrong_here_and_says_what_is_missing_elsewhere(muselab: Muselab) -> None:
    well = await muselab("doctor")
    ill = await muselab("doctor", MUSELAB_STORE__URL="postgresql://127.0.0.1:9/none")

    assert well.status == 0, well.out
    assert "✗" not in well.out
    assert ill.status == 1
    assert "✗ database" in ill.out


async def test_the_doctor_says_which_tuned_model_s_weights_are_gone(muselab: Muselab, tmp_path: Path) -> None:
    await muselab("brainstorm", "names", "for", "a", "tea", "bar")
    settings = Settings(home=tmp_path / "home")
    async with wiring.opened_store(settings) as store:
        (team,) = await store.teams()
        await store.keep_version(a_version(team=team, stage="live", adapter="ab" * 16))

    ill = await muselab("doctor")

    assert ill.status == 1
    assert "✗ tuned models: the weights of team-5ca1ab1e-v1 are missing or damaged" in ill.out


async def test_the_doctor_makes_nothing(muselab: Muselab, tmp_path: Path) -> None:
    done = await muselab("doctor", MUSELAB_LOG_LEVEL="DEBUG")

    assert done.status == 0, done.out
    assert not any(os.scandir(tmp_path))


async def test_a_channel_that_never_existed_is_refused_and_those_there_are_are_named(muselab: Muselab) -> None:
    nothing_yet = await muselab("export", "-c", "discord:1:2")
    await muselab("brainstorm", "tea", "-n", "1", "-c", "discord:8123:9456")
    exported = await muselab("export", "-c", "discord:8123:9457")
    board = await muselab("board", "-c", "discord:8123:9457")
    there = await muselab("export", "-c", "discord:8123:9456", "--format", "jsonl")

    assert (nothing_yet.status, nothing_yet.out) == (1, "")
    assert "Nobody has asked for ideas in any yet" in nothing_yet.err
    for done in (exported, board):
        assert (done.status, done.out) == (1, "")
        assert "There is no channel “discord:8123:9457”. There are: discord:8123:9456" in done.err
    assert there.status == 0
    assert len(there.out.splitlines()) == 1


async def test_the_version_says_what_runs_here(muselab: Muselab) -> None:
    done = await muselab("--version")
    broken = await muselab("--version", MUSELAB_LIMITS__AT_ONCE="many")

    assert done.status == 0, done.err
    assert done.out.splitlines()[0].startswith("muselab 0.")
    assert done.out.splitlines()[-1] == "engine: scripted: fixed drafts, no model"
    assert broken.status == 0
    assert "muselab doctor says why" in broken.out


@pytest.mark.parametrize(
    "command",
    ["run", "serve", "brainstorm", "board", "export", "invite", "manifest", "migrate", "learn", "requirements", "doctor"],
)
async def test_every_command_has_help_with_an_example(muselab: Muselab, command: str) -> None:
    done = await muselab(command, "--help")

    assert done.status == 0
    assert f"muselab {command}" in done.out.split("Example")[-1]


async def test_an_export_without_anything_in_it_says_so_and_a_wrong_format_hears_of_all(muselab: Muselab) -> None:
    taught = await muselab("export", "--format", "trl")
    log = await muselab("export", "--format", "log")
    wrong = await muselab("export", "--format", "pdf")

    assert (taught.status, taught.out) == (0, "")
    assert "teach nothing yet" in taught.err
    assert "its log is empty" in log.err
    assert "markdown, csv, jsonl, html, log, trl, training" in wrong.err
