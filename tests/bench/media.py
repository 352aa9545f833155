"""Every kind of media once through the media workers, from cold: `make bench-media`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import aclosing
from pathlib import Path

from bot.config import MediaTable
from generators.engines.making import Attachment, Commission, Work
from generators.service.media_workers import MediaWorkers

TEN_SECONDS = (
    "A tea bar where every cup comes with a short story. We open at seven and close when the last guest leaves. "
    "Bring your own plants and swap them with the neighbors."
)


async def made(workers: MediaWorkers, commission: Commission) -> tuple[list[Work], float]:
    """The works, and how long they took on the clock."""
    began = time.monotonic()
    async with aclosing(workers.make(commission)) as events:
        works = [event async for event in events if isinstance(event, Work)]
    return works, time.monotonic() - began


async def measure() -> None:
    """Makes a board of three layouts, a tune of twelve bars, ten seconds of speech, and a pitch of them."""
    with tempfile.TemporaryDirectory() as cache:
        workers = MediaWorkers(MediaTable(), Path(cache))
        try:
            boards, board_s = await made(workers, Commission(task="image", text="a tea bar under the stars", count=3))
            tunes, tune_s = await made(workers, Commission(task="music", text="a tea bar under the stars", options={"bars": 12}))
            said, speech_s = await made(workers, Commission(task="speech", text=TEN_SECONDS))
            parts = tuple(
                Attachment(name=f"{kind}-{file.name}", media_type=file.media_type, content=file.content)
                for kind, works in (("image", boards), ("speech", said), ("music", tunes))
                for file in works[0].files[:1]
            )
            _clips, pitch_s = await made(workers, Commission(task="pitch", text=TEN_SECONDS, attachments=parts))
        finally:
            await workers.close()
    seconds = float(said[0].facts["seconds"])
    for key, value in (("board_s", board_s), ("tune_s", tune_s), ("speech_10s_s", 10 * speech_s / seconds), ("pitch_s", pitch_s)):
        print(f"RESULT {key} {value:.1f}")
    for task, peak in workers.peaks_mb.items():
        print(f"RESULT {task}_peak_mb {peak:.0f}")


if __name__ == "__main__":
    sys.exit(asyncio.run(measure()))
