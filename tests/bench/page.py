"""The page under its promises: first paint with 200 ideas, one person's press on fifty others' screens, axe's findings.

python -m tests.bench.page [--ideas 200] [--watchers 50] [--presses 40] [--axe FILE]

Server, streams and browser share this machine. The watchers are streams of the server's own kind, read by this process; the
time of an event is from just before the press is sent to when a watcher has read it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from adapters._web.guard import Visitor
from tests.bench.page_pictures import SCENES
from tests.browsing import HERE, Staged, a_browser, a_page, staged
from tests.builders import an_idea

PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
LOADS = 7


async def first_paint(browser: Any, stage: Staged, secret: str) -> float:
    """The median of some loads, ms from the navigation's start; a cold one before them does not count."""
    page = await a_page(browser, stage, secret, viewport={"width": 1440, "height": 900}, bypass_csp=True)
    times = []
    for _load in range(LOADS + 1):
        await page.goto(stage.url, wait_until="load")
        await page.wait_for_function(f"{PAINTED} !== null")
        times.append(float(await page.evaluate(PAINTED)))
    await page.context.close()
    return statistics.median(times[1:])


async def event_times(stage: Staged, watchers: int, presses: int) -> list[float]:
    """Milliseconds from each press to each watcher's having read of it."""
    idea = (await stage.house.store.ideas(HERE))[0]
    secrets = [await stage.secret(f"watcher-{number}") for number in range(watchers)]
    ann = await stage.secret("ann")
    headers = {"Origin": stage.url, "Cookie": f"muselab={ann}", "X-Muselab-Token": token(ann)}
    came: asyncio.Queue[float] = asyncio.Queue()
    ready = asyncio.Semaphore(0)
    times: list[float] = []

    async def watch(http: aiohttp.ClientSession, secret: str) -> None:
        async with http.get(f"{stage.url}/events", headers={"Cookie": f"muselab={secret}"}) as stream:
            async for line in stream.content:
                if line.startswith(b"event: hello"):
                    ready.release()
                if line.startswith(b"event: board"):
                    came.put_nowait(time.perf_counter())

    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, read_bufsize=2**20) as http:
        tasks = [asyncio.create_task(watch(http, secret)) for secret in secrets]
        for _watcher in secrets:
            await ready.acquire()
        for number in range(presses):
            token_of = ("up", "down")[number % 2]
            fields = {"id": f"{number:032x}", "key": f"vote:{idea.id}:{token_of}"}
            began = time.perf_counter()
            pressing = asyncio.create_task(post(http, f"{stage.url}/press", fields, headers))
            times += [1000 * (await came.get() - began) for _watcher in secrets]
            await pressing
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return times


async def post(http: aiohttp.ClientSession, url: str, fields: dict[str, str], headers: dict[str, str]) -> None:
    async with http.post(url, data=fields, headers=headers) as answer:
        assert answer.status == 200, await answer.text()


def token(secret: str) -> str:
    return Visitor(entry=None, secret=secret).token  # type: ignore[arg-type]  # only the secret counts


async def axe_findings(browser: Any, axe: Path) -> tuple[int, list[str]]:
    """On how many views axe looked, and its serious and critical findings; a few ideas show it all that two hundred would."""
    looked, found = 0, []
    for (name, (scene, path)), lang in itertools.product(SCENES.items(), ("en", "zh")):
        with tempfile.TemporaryDirectory() as home:
            async with staged(Path(home)) as stage:
                await scene(stage, lang)
                for width, scheme in itertools.product((390, 1440), ("light", "dark")):
                    view = {"width": width, "height": 900}
                    page = await a_page(
                        browser, stage, await stage.secret("ann"), viewport=view, color_scheme=scheme, bypass_csp=True
                    )
                    await page.goto(f"{stage.url}{path}{'&' if '?' in path else '?'}lang={lang}")
                    await page.add_script_tag(path=str(axe))
                    said = await serious(page)
                    looked += 1
                    if name == "board":  # with a form in front of it
                        await page.click("button.move")
                        await page.wait_for_selector("dialog[open] #to")
                        said += await serious(page)
                        looked += 1
                    found += [f"{what} on {name} {width} {scheme} {lang}" for what in said]
                    await page.context.close()
    return looked, found


async def serious(page: Any) -> list[str]:
    """What axe finds serious or critical on a page as it is now, with the first places."""
    found = (await page.evaluate("axe.run()"))["violations"]
    return [
        f"{one['id']} at {[node['html'][:160] for node in one['nodes'][:2]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as home:
        async with staged(Path(home)) as stage:
            for number in range(options.ideas):
                await stage.house.store.add(
                    an_idea(f"Idea number {number} of a long afternoon, said at some length", channel=HERE)
                )
            secret = await stage.secret()
            before = memory_mb()
            times = sorted(await event_times(stage, options.watchers, options.presses))
            after = memory_mb()
            print(f"RESULT event_p50_ms={statistics.median(times):.0f}")
            print(f"RESULT event_p95_ms={times[int(0.95 * len(times))]:.0f}")
            print(f"RESULT watching_mb={after - before:.0f}")
            async with a_browser() as browser:
                print(f"RESULT first_paint_ms={await first_paint(browser, stage, secret):.0f}")
    print(f"RESULT load={os.getloadavg()[0]:.0f}")
    if options.axe:
        async with a_browser() as browser:
            looked, found = await axe_findings(browser, options.axe)
        print(*found, sep="\n")
        print(f"RESULT axe_views={looked}")
        print(f"RESULT axe_serious={len(found)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ideas", type=int, default=200)
    parser.add_argument("--watchers", type=int, default=50)
    parser.add_argument("--presses", type=int, default=40)
    parser.add_argument("--axe", type=Path, default=None, help="axe.min.js of npm's axe-core")
    asyncio.run(main(parser.parse_args()))
