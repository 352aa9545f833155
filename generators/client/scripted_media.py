"""Media without any model: tiny pictures and sounds that follow from the seed alone, for tests and for trying out a chat."""

from __future__ import annotations

import asyncio
import io
import json
import math
import struct
import wave
import zlib
from collections.abc import AsyncGenerator

from bot.domain.errors import GeneratorDown
from bot.domain.ideas import Features
from bot.messages import File, Progress
from bot.ports import Commission, Made

SIDE = 16  # pixels
RATE = 8000  # samples a second
LENGTH_S = 0.1
LAYOUTS = ("poster", "moodboard", "logo")
TUNES = ("reel", "waltz", "march")
PINNED = (("Pros", ("Cheap rent.", "Large windows.")), ("Cons", ("A loud street.",)))
SAID = ("A tea bar on a roof.", "Tea by bicycle.")


class ScriptedMaker:
    """Makes the same works for the same commission, at once or after a delay, and fails where it is told to."""

    def __init__(self, *, delay_s: float = 0.0, fails_after: int | None = None, failure: Exception | None = None) -> None:
        """Nothing happens yet.

        Args:
            delay_s: seconds before each work.
            fails_after: works of each commission before `failure` is raised; None: never.
            failure: what is raised then; `GeneratorDown` by default.
        """
        self.delay_s = delay_s
        self.fails_after = fails_after
        self.failure = failure
        self.commissions: list[Commission] = []  #: everything that was asked for, in order

    async def make(self, commission: Commission) -> AsyncGenerator[Progress | Made, None]:
        """Yields a step and a work, `commission.count` times."""
        self.commissions.append(commission)
        for number in range(commission.count):
            yield Progress(doing="drawing", done=number, total=commission.count)
            await asyncio.sleep(self.delay_s)
            if self.fails_after is not None and number >= self.fails_after:
                raise self.failure or GeneratorDown
            yield made(commission, commission.seed + number)

    async def close(self) -> None:
        """Nothing is held."""


def made(commission: Commission, seed: int) -> Made:
    """One work of any modality."""
    if commission.modality == "image":
        layout = str(commission.options.get("layout") or LAYOUTS[seed % len(LAYOUTS)])
        file = File(name="picture.png", media_type="image/png", content=png(seed))
        features = Features.of("layout/1", [float(layout == each) for each in LAYOUTS])
        alt = f"A {layout} of “{commission.text}”, number {seed}"
        painted = {"model": "scripted"} if "negative" in commission.options or "task" in commission.options else {}
        return Made(files=(file,), alt=alt, traits={"layout": layout, **painted}, features=features)
    if commission.modality == "music":
        tune = str(commission.options.get("style") or TUNES[seed % len(TUNES)])
        sound = File(name="tune.wav", media_type="audio/wav", content=wav(seed))
        score = File(name="score.png", media_type="image/png", content=png(seed))
        return Made(files=(sound, score), alt=f"A {tune} for “{commission.text}”, number {seed}", traits={"style": tune})
    if commission.modality == "vision":
        facts = {"label": "espresso", "words": "cup", "text": "Open", "columns": json.dumps(PINNED)}
        return Made(files=(), alt="The picture shows: espresso.", facts=facts)
    if commission.modality == "hearing":
        said = " ".join(SAID)
        return Made(files=(), alt=said, facts={"text": said, "thoughts": json.dumps(SAID), "seconds": 4.0})
    if commission.modality == "pitch":
        clip = File(name="pitch.html", media_type="text/html", content=f"<p>{seed}</p>".encode())
        return Made(files=(clip,), alt=f"A pitch of “{commission.text}”, number {seed}", traits={})
    voice = str(commission.options.get("voice") or "joe")
    sound = File(name="speech.wav", media_type="audio/wav", content=wav(seed))
    return Made(files=(sound,), alt=f"“{commission.text}”, spoken by {voice}", traits={"voice": voice})


def png(seed: int) -> bytes:
    """A square of one colour."""
    colour = bytes((seed * 67 + shift) % 256 for shift in (40, 110, 180))
    rows = b"".join(b"\0" + colour * SIDE for _row in range(SIDE))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, content) for kind, content in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def wav(seed: int) -> bytes:
    """A short tone."""
    pitch = 220 + 20 * (seed % 20)
    samples = (int(8000 * math.sin(2 * math.pi * pitch * at / RATE)) for at in range(int(RATE * LENGTH_S)))
    into = io.BytesIO()
    with wave.open(into, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return into.getvalue()
