"""The media workers: engines in processes of their own, with every way in which they can end."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from bot.config import MediaTable
from bot.messages import THUMBNAIL
from generators.engines.making import Attachment, Commission, Task, Unmakeable, Work
from generators.service.media_workers import Broke, MediaWorkers, Missing, Step
from generators.service.worker import Full
from tests.fair import START_S, until

ENGINES = "tests.engines"


def a_commission(text: str = "a teapot", task: Task = "image", **given: Any) -> Commission:
    return Commission(task=task, text=text, **given)


@pytest.fixture
async def workers(tmp_path: Path) -> AsyncIterator[MediaWorkers]:
    made = MediaWorkers(MediaTable(threads=1), tmp_path, engines=ENGINES)
    yield made
    await made.close()


async def works(workers: MediaWorkers, commission: Commission, **given: Any) -> list[Work]:
    async with aclosing(workers.make(commission, **given)) as events:
        return [event async for event in events if isinstance(event, Work)]


def pid(work: Work) -> int:
    return int(work.alt.split()[-1])


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:  # it went between the two looks
        return True


async def until_gone(process: int) -> None:
    await until(lambda: gone(process), what="the engine's end", patience_s=START_S)


async def test_nothing_runs_until_something_is_wanted_and_one_engine_serves_again(workers: MediaWorkers) -> None:
    assert workers.running == ()

    first = await works(workers, a_commission(count=2, seed=5, attachments=(Attachment(name="a", media_type="b", content=b"c"),)))
    again = await works(workers, a_commission(seed=5))

    assert len(first) == 2
    assert first[0].files[0].content == again[0].files[0].content
    assert first[0].files[0].content != first[1].files[0].content
    assert first[0].facts["attached"] == 1
    assert first[0].facts["threads"] == "1"
    assert pid(first[0]) == pid(again[0]) != os.getpid()
    assert workers.running == ("image",)
    assert workers.peaks_mb["image"] > 5


async def test_progress_is_told_while_it_works(workers: MediaWorkers) -> None:
    async with aclosing(workers.make(a_commission(count=2))) as events:
        seen = [event async for event in events]

    assert [event.done for event in seen if isinstance(event, Step)] == [0.0, 0.5]
    assert [type(event) for event in seen] == [Step, Work, Step, Work]


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("impossible", Unmakeable, "not one of Muselab"),
        ("missing", Missing, r"pip install 'muselab\[image\]'"),
        ("broken", Broke, "failed"),
        ("memory", Broke, "not enough memory"),
        ("die", Broke, "stopped in the middle"),
    ],
)
async def test_whatever_goes_wrong_in_an_engine_is_a_sentence_and_the_next_commission_works(
    workers: MediaWorkers, text: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        await works(workers, a_commission(text))

    assert len(await works(workers, a_commission())) == 1


async def test_what_is_said_is_in_the_person_s_language(workers: MediaWorkers) -> None:
    with pytest.raises(Unmakeable, match="按钮"):
        await works(workers, a_commission("impossible"), language="zh_Hans")


async def test_a_task_without_an_engine_is_refused(workers: MediaWorkers, tmp_path: Path) -> None:
    with pytest.raises(Unmakeable, match="makes no"):
        await works(workers, a_commission(task="pitch"))
    with pytest.raises(Unmakeable, match="makes no"):
        await works(MediaWorkers(MediaTable(image="none"), tmp_path, engines=ENGINES), a_commission())


async def test_whoever_hangs_up_ends_the_work_and_nothing_else(workers: MediaWorkers) -> None:
    music = await works(workers, a_commission(task="music"))
    before = await works(workers, a_commission())
    async with aclosing(workers.make(a_commission("slow"))) as events:
        assert isinstance(await anext(events), Step)

    await until_gone(pid(before[0]))
    assert pid((await works(workers, a_commission(task="music")))[0]) == pid(music[0])
    assert pid((await works(workers, a_commission()))[0]) != pid(before[0])


async def test_a_commission_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    workers = MediaWorkers(MediaTable(threads=1, timeout_s=3.0), tmp_path, engines=ENGINES)
    try:
        with pytest.raises(Broke, match="longer than 3 s"):
            await works(workers, a_commission("slow"))
        assert workers.running == ()
    finally:
        await workers.close()


async def test_the_longest_unused_engine_gives_way_when_memory_is_short(tmp_path: Path) -> None:
    workers = MediaWorkers(MediaTable(threads=1, memory_mb=50), tmp_path, engines=ENGINES)
    try:
        first = await works(workers, a_commission())
        await works(workers, a_commission(task="music"))

        assert workers.running == ("music",)
        await until_gone(pid(first[0]))
    finally:
        await workers.close()


async def test_an_idle_engine_gives_its_memory_back(tmp_path: Path) -> None:
    workers = MediaWorkers(MediaTable(threads=1, idle_s=0.1), tmp_path, engines=ENGINES)
    try:
        first = await works(workers, a_commission())

        await until_gone(pid(first[0]))
        assert workers.running == ()
        assert len(await works(workers, a_commission())) == 1
    finally:
        await workers.close()


async def test_commissions_take_turns_and_too_many_are_refused(tmp_path: Path) -> None:
    workers = MediaWorkers(MediaTable(threads=1, at_once=1, waiting=1), tmp_path, engines=ENGINES)
    try:
        slow = workers.make(a_commission("slow"))
        await anext(slow)
        waits = workers.make(a_commission(task="music"))
        said = await anext(waits)
        assert isinstance(said, Step)
        assert "Waiting" in said.doing
        waiting = asyncio.create_task(anext(waits))
        await asyncio.sleep(0.05)

        with pytest.raises(Full):
            await works(workers, a_commission(task="speech"))

        await slow.aclose()
        assert isinstance(await waiting, Step)
        await waits.aclose()
        assert workers.waiting == 0
    finally:
        await workers.close()


async def test_each_work_with_a_picture_gets_a_small_one(workers: MediaWorkers) -> None:
    pytest.importorskip("PIL", reason="muselab[image] is not installed")
    from PIL import Image

    (made,) = await works(workers, a_commission())
    (said,) = await works(workers, a_commission(task="speech"))

    small = made.files[-1]
    assert (small.name, small.media_type) == (THUMBNAIL, "image/jpeg")
    assert max(Image.open(io.BytesIO(small.content)).size) <= 320
    assert THUMBNAIL not in {file.name for file in said.files}
