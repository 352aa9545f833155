"""Files and texts that are wrong or dangerous: one sentence for each, by the command as by the service, and nothing is made."""

from __future__ import annotations

import base64
import io
import json
import random
import struct
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from bot import wiring
from bot.config import MediaTable, Settings
from bot.wiring import House
from generators.client.maker import RemoteMaker
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import chunk, png
from generators.service.media_workers import MediaWorkers
from storage.memory import MemoryStore
from tests.acceptance.drivers.terminal import Seat, channel
from tests.media_services import serving

pytest.importorskip("onnxruntime", reason="pip install 'muselab[image,music,speech]'")


def bomb() -> bytes:
    """A hundred megapixels of nothing in a hundred kilobytes."""
    head = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 10_001 * 10_000, 9)
    parts = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content) for kind, content in parts)


def notes(count: int) -> bytes:
    """A MIDI file of one track with so many notes."""
    body = b"\0\x90\x3c\x40\x01\x3c\0" * count + b"\0\xff\x2f\0"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 480) + b"MTrk" + struct.pack(">I", len(body)) + body


@dataclass(frozen=True)
class Bad:
    """Something that somebody hands in."""

    name: str
    content: bytes
    task: str  #: of the service
    line: str  #: at the terminal, with the file's path in it
    said: str  #: in both sentences


SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PICTURES = [
    Bad(f"bomb.{task}", bomb(), task, line, "megapixels")
    for task, line in (("image", "/imagine --picture {path}"), ("vision", "/brainstorm a hat --picture {path}"))
] + [
    Bad("cat.png", b"MZ\x90\0" + random.Random(0).randbytes(9000), "image", "/imagine --picture {path}", "cat.png"),
    Bad("cut.png", png(3)[: len(png(3)) // 2], "image", "/imagine --picture {path}", "cut off"),
    Bad("logo.svg", SCRIPT, "image", "/imagine --picture {path}", "SVG"),
    Bad("logo.png", SCRIPT, "vision", "/copy a hat --picture {path}", "SVG"),
]
SOUNDS = [
    Bad("million.mid", notes(1_000_000), "music", "/compose --file {path}", "large"),
    Bad("many.mid", notes(140_000), "music", "/compose --file {path}", "notes"),
    Bad("cut.mid", notes(100)[:300], "music", "/compose --file {path}", "cut.mid"),
]
LONG = ("".join(random.Random(1).choices("abcdefgh ", k=10_000))).strip()
TEXTS = [("image", "/imagine"), ("music", "/compose"), ("speech", "/say")]


@pytest.fixture(scope="module")
def table() -> MediaTable:
    return MediaTable(threads=1)


@pytest.fixture
async def base(table: MediaTable, tmp_path: Path) -> AsyncIterator[str]:
    """The service with its real engines."""
    async with serving(MediaWorkers(table, tmp_path)) as url:
        yield url


@pytest.fixture
async def house(base: str, tmp_path: Path) -> AsyncIterator[House]:
    store = MemoryStore()
    await store.open()
    maker = RemoteMaker(base, token="secret", timeout_s=60.0)
    yield wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), maker=maker)
    await maker.close()
    await store.close()


async def typed(house: House, tmp_path: Path, line: str) -> str:
    """What is printed for a line; and nothing was made."""
    seat = Seat(house, "ann", "red", tmp_path)
    answer = await seat.say(line)
    await seat.leave()
    assert list(await house.store.ideas(channel("red"))) == []
    assert "Something went wrong" not in answer
    return answer.strip()


@pytest.mark.parametrize("bad", [*PICTURES, *SOUNDS], ids=lambda bad: f"{bad.name}-{bad.task}")
async def test_a_bad_file_is_a_sentence_at_the_terminal(house: House, tmp_path: Path, bad: Bad) -> None:
    (tmp_path / bad.name).write_bytes(bad.content)

    answer = await typed(house, tmp_path, bad.line.format(path=tmp_path / bad.name))

    assert bad.said in answer
    assert "Traceback" not in answer
    assert len(answer) < 300


@pytest.mark.parametrize("bad", [*PICTURES, *SOUNDS[:-1]], ids=lambda bad: f"{bad.name}-{bad.task}")
async def test_a_bad_file_is_a_sentence_of_the_service(base: str, bad: Bad) -> None:
    handed = {"name": bad.name, "media_type": "image/png", "b64_json": base64.b64encode(bad.content).decode()}
    body = io.BytesIO(json.dumps({"text": "a hat", "attachments": [handed]}).encode())

    async with aiohttp.ClientSession(headers={"Authorization": "Bearer secret"}) as http:
        async with http.post(f"{base}/media/{bad.task}", data=body, headers={"Content-Type": "application/json"}) as answer:
            told = await answer.json()

    assert answer.status == 400
    assert told["error"]["code"] == "unmakeable"
    assert bad.said in told["error"]["message"] or bad.name in told["error"]["message"]


@pytest.mark.parametrize(("task", "command"), TEXTS)
async def test_ten_thousand_characters_are_a_sentence_in_both(
    house: House, base: str, tmp_path: Path, task: str, command: str
) -> None:
    answer = await typed(house, tmp_path, f"{command} {LONG}")
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer secret"}) as http:
        async with http.post(f"{base}/media/{task}", json={"text": LONG}) as sent:
            told = await sent.json()

    assert "at most" in answer
    assert sent.status == 400
    assert "at most" in told["error"]["message"] or "long" in told["error"]["message"]
