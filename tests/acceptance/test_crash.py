"""kill -9 at any moment loses nothing that was acknowledged, and the next start goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from bot import wiring
from bot.config import Settings
from bot.domain.ideas import BrainstormId, IdeaId
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import ScriptedMaker, png
from storage.urls import build
from tests.acceptance.drivers.bare import BareChat
from tests.builders import RED
from tests.fair import START_S

VICTIM = """
import asyncio, sys
from bot import wiring
from bot.config import Settings
from bot.domain.ideas import Idea, Prompt
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import ScriptedMaker, png
from storage.urls import build
from tests.builders import RED, a_person, a_press

async def main():
    store = build(sys.argv[1])
    await store.open()
    house = wiring.furnish(Settings(home="."), store=store, generator=ScriptedGenerator(delay_s=0.05))
    begun = await house.services.brainstorming.begin(
        channel=RED, asker=a_person(), prompt=await house.services.answering.prompt(RED, "tea", count=5)
    )
    print("id", begun.id, flush=True)
    shown = []
    async def step(news):
        if isinstance(news, Idea):
            press = a_press(f"vote:{news.id}:up")
            await house.services.listening.hear(press, news, signal="vote", token="up", value=1.0)
            print("id", news.id, flush=True)
            shown.append(news)
            if len(shown) == 4:
                await asyncio.Event().wait()  # however late the kill comes, it comes in the middle
    await house.services.brainstorming.work(begun, step)
    print("finished", flush=True)

asyncio.run(main())
"""


def ids(lines: str) -> list[str]:
    """What the victim acknowledged; its log lines say other things."""
    return [line.removeprefix("id ") for line in lines.splitlines() if line.startswith("id ")]


async def line_of(victim: asyncio.subprocess.Process) -> str:
    """Its next line; a victim that ended by itself has none, and proves nothing."""
    assert victim.stdout is not None
    line = (await victim.stdout.readline()).decode()
    assert line, f"it ended by itself, with exit status {await victim.wait()}"
    return line


async def test_a_bot_killed_in_the_middle_keeps_every_shown_idea_and_vote_and_goes_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'muselab.db'}"
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-c", VICTIM, url, stdout=asyncio.subprocess.PIPE, env={**os.environ, "MUSELAB_HOME": str(tmp_path)}
    )
    assert victim.stdout is not None
    told: list[str] = []
    async with asyncio.timeout(START_S):
        while len(told) < 3:  # the brainstorm and two of its ideas
            told += ids(await line_of(victim))
    victim.send_signal(signal.SIGKILL)
    last = (await victim.stdout.read()).decode()
    await victim.wait()
    assert "finished" not in last, "it was killed too late to tell anything"
    id, shown, rest = BrainstormId(told[0]), [IdeaId(one) for one in told[1:]], [IdeaId(one) for one in ids(last)]

    store = build(url)
    await store.open()
    house = wiring.furnish(
        Settings(home=tmp_path),
        store=store,
        generator=ScriptedGenerator(),
        now=lambda: wiring.clock() + timedelta(seconds=30),  # half a minute later: the dead process's lease has ended
    )
    house.desk.watch.chats = {"test": BareChat()}
    stored = {idea.id for idea in await store.ideas_of(RED.team, id)}
    assert {*shown, *rest} <= stored
    assert {said.idea for said in await store.feedback(RED.team, list(stored))} >= {*shown, *rest}
    now = house.services.clock()
    (found,) = await store.take_up(now, now + timedelta(seconds=20))
    await house.desk.watch.resume(found)
    ideas = await store.ideas_of(RED.team, id)
    finished = await store.brainstorm(RED.team, id)
    await store.close()

    assert len(ideas) == 5
    assert stored <= {idea.id for idea in ideas}
    assert sorted(idea.number for idea in ideas) == [1, 2, 3, 4, 5]
    assert finished is not None
    assert finished.state == "done"


MAKING = """
import asyncio, sys
from pathlib import Path
from bot import wiring
from bot.config import Settings
from bot.domain.ideas import Idea, Prompt
from bot.messages import File
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import ScriptedMaker, png
from generators.client.scripted_media import ScriptedMaker, png
from storage.urls import build
from tests.builders import RED, a_person

async def main():
    store = build(sys.argv[1], media=Path(sys.argv[2]))
    await store.open()
    house = wiring.furnish(Settings(home="."), store=store, generator=ScriptedGenerator(), maker=ScriptedMaker(delay_s=0.2))
    begun = await house.services.making.begin(
        channel=RED, asker=a_person(), prompt=Prompt(text="tea", count=5, modality="image"),
        files=(File(name="photo.png", media_type="image/png", content=png(9)),),
    )
    print("id", begun.id, flush=True)
    shown = []
    async def step(news):
        if isinstance(news, Idea):
            print("id", news.id, flush=True)
            shown.append(news)
            if len(shown) == 4:
                await asyncio.Event().wait()  # however late the kill comes, it comes in the middle
    await house.services.making.work(begun, step)
    print("finished", flush=True)

asyncio.run(main())
"""


async def test_a_bot_killed_while_pictures_are_made_keeps_those_shown_and_makes_the_rest(tmp_path: Path) -> None:
    url, media = f"sqlite:///{tmp_path / 'muselab.db'}", tmp_path / "media"
    victim = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        MAKING,
        url,
        media,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "MUSELAB_HOME": str(tmp_path)},
    )
    assert victim.stdout is not None
    told: list[str] = []
    async with asyncio.timeout(START_S):
        while len(told) < 3:  # the commission and two pictures
            told += ids(await line_of(victim))
    victim.send_signal(signal.SIGKILL)
    assert "finished" not in (await victim.stdout.read()).decode(), "it was killed too late to tell anything"
    await victim.wait()

    store, maker = build(url, media=media), ScriptedMaker()
    await store.open()
    house = wiring.furnish(
        Settings(home=tmp_path),
        store=store,
        generator=ScriptedGenerator(),
        maker=maker,
        now=lambda: wiring.clock() + timedelta(seconds=30),  # the dead process's lease has ended
    )
    house.desk.watch.chats = {"test": BareChat()}
    now = house.services.clock()
    (found,) = await store.take_up(now, now + timedelta(seconds=20))
    await house.desk.watch.resume(found)
    ideas = await store.ideas_of(RED.team, BrainstormId(told[0]))
    files = await store.media(RED.team, [idea.id for idea in ideas])
    contents = [await store.content(RED.team, files[idea.id][0].digest) for idea in ideas]
    finished = await store.brainstorm(RED.team, BrainstormId(told[0]))
    await store.close()

    assert {*told[1:]} <= {idea.id for idea in ideas}
    assert [idea.slot for idea in ideas] == [0, 1, 2, 3, 4]
    assert len(set(contents)) == 5  # each seed once: nothing was made twice, nothing left out
    assert [file.content for file in maker.commissions[0].attachments] == [png(9)]  # the file handed in outlived the crash
    assert finished is not None
    assert finished.state == "done"
