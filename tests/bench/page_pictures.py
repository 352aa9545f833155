"""Pictures of every page, at the widths of a phone and of a desk, in both languages, light and dark.

python -m tests.bench.page_pictures FOLDER [--only board-1440-en-light ...]

They are looked at by people, and some of them stand in `docs/`. Without `--only` there is a sheet of all, `all.webp`, too.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import itertools
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageOps

from bot.domain.ideas import Idea, Person, Prompt
from bot.domain.models import Tuning
from bot.domain.shaping import Mark, Theme
from bot.messages import File
from bot.services.rounds.leading import Wish
from bot.words import speaking
from tests.acceptance.drivers.bare import PLATFORM, Sheet
from tests.browsing import HERE, Staged, a_browser, a_page, staged
from tests.builders import NOON, a_brainstorm, a_call, a_version, an_idea, an_opinion

ANN = Person(platform=PLATFORM, id="ann")

IDEAS = {
    "en": (
        "Steam & Story: every cup comes with a page of a novel",
        "The Third Steep",
        "Leaf Lines",
        "A tea bar that moves one street further each week",
        "Rain check: half price while it rains",
        "Slow Pour Society",
        "Cups without handles, to warm cold hands",
        "Night tea for people on late shifts",
        "Guess the harvest, drink for free",
        "The Quiet Kettle",
        "A wall of leaves from every regular",
        "Five-minute tea, five-minute tale",
    ),
    "zh": (
        "一杯茶，一页小说",
        "三泡之后",
        "叶下有诗",
        "每周搬一条街的茶铺",
        "下雨半价",
        "慢泡社",
        "暖手的无柄杯",
        "给夜班人的夜茶",
        "猜产地，免单",
        "安静的壶",
        "常客的叶子墙",
        "五分钟茶，五分钟故事",
    ),
}
TOPIC = {"en": "ideas for a tea bar", "zh": "茶铺的点子"}
STYLE = {"en": "warm", "zh": "温暖"}
REASON = {"en": "needs a licence", "zh": "需要执照"}
THEMES = {"en": ("Stories", "Places and times", "Ways to pay"), "zh": ("故事", "地点与时间", "怎么付钱")}
TALL, GAP, SMALL_QUALITY = 300, 6, 55  # of a sheet of all: pixels of a picture at most, and between two; a quarter of a MB
QUALITY = 70  # of WebP: text stays sharp, a picture takes 20 to 40 kB


async def board(stage: Staged, lang: str) -> list[Idea]:
    """A board that a team has worked on."""
    store, now = stage.house.store, stage.house.services.clock()
    asked = a_brainstorm(channel=HERE, prompt=Prompt(text=TOPIC[lang], style=STYLE[lang]), asker=ANN, state="done")
    await store.begin(asked)
    of_it = {"channel": HERE, "brainstorm": asked.id}
    ideas = [await store.add(an_idea(text, **of_it)) for text in IDEAS[lang]]
    for place, idea in enumerate(ideas):
        for voter in range((7 * place + 3) % 5):
            await store.hear(HERE.team, an_opinion(idea, f"p{voter}", value=-1.0 if (place + voter) % 4 == 3 else 1.0))
    await store.hear(HERE.team, an_opinion(ideas[0], "ann", signal="pick", token="yes"))
    for place, state, reason in ((3, "shortlisted", ""), (4, "shortlisted", ""), (8, "dropped", REASON[lang])):
        mark = Mark(idea=ideas[place].id, channel=HERE, state=state, reason=reason, by=ANN, at=now)  # type: ignore[arg-type]
        await store.mark(HERE.team, mark)
    groups = ((0, 2, 11), (3, 7, 10, 1), (4, 8))
    themes = [
        Theme(id=f"{number:024x}", channel=HERE, name=name, ideas=tuple(ideas[place].id for place in group), by=ANN, at=now)
        for number, (name, group) in enumerate(zip(THEMES[lang], groups, strict=True), 1)
    ]
    await store.keep_themes(HERE, "", themes)
    return ideas


async def gallery(stage: Staged, ideas: list[Idea]) -> None:
    """Pictures, drawn by the sketch engine of the house, which needs no model."""
    for place, tint in enumerate(((217, 119, 87), (70, 110, 160), (120, 150, 90))):
        picture = Image.linear_gradient("L").resize((480, 300))
        drawn = ImageOps.colorize(picture, (250, 246, 238), tint)
        ImageDraw.Draw(drawn).ellipse((160 + 20 * place, 70, 320 + 20 * place, 230), fill=(250, 246, 238))
        png = io.BytesIO()
        drawn.save(png, "PNG")
        work = await stage.house.store.add(an_idea(ideas[place].text, channel=HERE, modality="image", parents=(ideas[place].id,)))
        file = File(name="a.png", media_type="image/png", content=png.getvalue(), alt=ideas[place].text)
        await stage.house.store.keep_media(HERE.team, work.id, [file], stage.house.services.clock())


async def learned(stage: Staged, lang: str) -> None:
    """Brainstorms that were liked more and more, a version that is live and one that is tried."""
    store = stage.house.store
    for number in range(10):
        asked = a_brainstorm(
            channel=HERE,
            prompt=Prompt(text=f"{TOPIC[lang]} {number + 1}", style=STYLE[lang]),
            asker=ANN,
            state="done",
            created_at=NOON + timedelta(days=number),
        )
        await store.begin(asked)
        for place in range(5):
            text = IDEAS[lang][(number + place) % 12]
            idea = await store.add(an_idea(f"{text} ({number + 1}.{place})", channel=HERE, brainstorm=asked.id))
            await store.hear(HERE.team, an_opinion(idea, value=1.0 if place <= (number + 1) // 3 else -1.0))
    curve = tuple((float(step), 0.69 - 0.03 * step, 0.5 + 0.03 * step, 0.1 * step, 0.1) for step in range(12))
    when = stage.house.services.clock()
    drawn = tuple(f"{number:024x}:{'old' if number % 4 == 0 else 'new'}" for number in range(9))
    for number, stage_, more in ((1, "live", {"reason": "won"}), (2, "canary", {"comparisons": drawn, "reason": "judged"})):
        version = a_version(number, team=HERE.team, stage=stage_, **more)
        await store.keep_version(version)
        run = Tuning(
            id=f"{number:024x}", team=HERE.team, version=version.id, curve=curve, began_at=when, changed_at=when, holder="host"
        )
        taken = await store.take_tuning(replace(run, leased_until=when + timedelta(minutes=1)), when)
        assert taken is not None
        await store.keep_tuning(replace(taken, state="done", version=version.id, curve=curve))


async def round_at(stage: Staged, lang: str, phase: str) -> None:
    """A round in which two have written, led on to a phase."""
    services, chat = stage.house.services, stage.chat
    wish = Wish(topic=TOPIC[lang], method="classic", ideas=0, dots=5)
    sheet = Sheet(chat, "ann")
    await sheet.ack()
    with speaking("zh-CN" if lang == "zh" else "en"):
        round = await services.rounds.open(HERE, ANN, wish, sheet)
        for person, some in (("ann", IDEAS[lang][:4]), ("bob", IDEAS[lang][4:8])):
            call = replace(a_call("jot", HERE), person=Person(platform=PLATFORM, id=person))
            await services.contributing.jot(call, await services.rounds.latest(HERE, round.id), "\n".join(some))
        while (round := await services.rounds.latest(HERE, round.id)).now.phase != phase:
            await services.rounds.next(replace(a_call("round", HERE), person=ANN), round, round.step, sheet)


Scene = Callable[[Staged, str], Awaitable[object]]
#: What stands there, and which page is looked at.
SCENES: dict[str, tuple[Scene, str]] = {
    "board": (board, "/"),
    "themes": (board, "/?by=theme"),
    "gallery": (lambda stage, lang: with_gallery(stage, lang), "/gallery"),
    "learning": (learned, "/learning"),
    "opening": (board, "/round"),
    "writing": (lambda stage, lang: round_at(stage, lang, "writing"), "/round"),
    "points": (lambda stage, lang: round_at(stage, lang, "points"), "/round"),
    "decision": (lambda stage, lang: round_at(stage, lang, "decision"), "/round"),
    "screen": (lambda stage, lang: round_at(stage, lang, "discussion"), "/round?screen=1"),
}


async def with_gallery(stage: Staged, lang: str) -> None:
    await gallery(stage, await board(stage, lang))


async def pictures(folder: Path, only: Sequence[str]) -> None:
    """Takes them all, or only those named."""
    async with a_browser() as browser:
        for name, lang in itertools.product(SCENES, ("en", "zh")):
            wanted = [
                (width, scheme, shot)
                for width, scheme in itertools.product((390, 1440), ("light", "dark"))
                if (shot := f"{name}-{width}-{lang}-{scheme}") and (not only or shot in only)
            ]
            if not wanted:
                continue
            scene, path = SCENES[name]
            with tempfile.TemporaryDirectory() as home:
                async with staged(Path(home)) as stage:
                    await scene(stage, lang)
                    for width, scheme, shot in wanted:
                        await photographed(browser, stage, folder / f"{shot}.webp", path, lang, width, scheme)


async def photographed(browser: Any, stage: Staged, file: Path, path: str, lang: str, width: int, scheme: str) -> None:
    """One picture, of the whole page."""
    view = {"width": width, "height": 844 if width < 500 else 900}
    page = await a_page(browser, stage, await stage.secret("ann"), viewport=view, color_scheme=scheme)
    await page.goto(f"{stage.url}{path}{'&' if '?' in path else '?'}lang={lang}")
    if path != "/learning":  # which nothing changes while it is looked at
        await page.wait_for_selector("#state:not(:empty)", state="attached")
    whole = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size({"width": width, "height": max(view["height"], whole)})  # what is out of sight is not drawn
    png = await page.screenshot()
    await page.context.close()
    Image.open(io.BytesIO(png)).convert("RGB").save(file, "WEBP", quality=QUALITY, method=6)


def sheet(folder: Path, file: Path) -> None:
    """All of them on one: a scene a row, at a desk and on a phone."""
    rows = []
    for name in SCENES:
        row = []
        for (width, cell), lang, scheme in itertools.product(((1440, 360), (390, 150)), ("en", "zh"), ("light", "dark")):
            picture = Image.open(folder / f"{name}-{width}-{lang}-{scheme}.webp")
            small = picture.resize((cell, round(picture.height * cell / picture.width)), Image.Resampling.LANCZOS)
            row.append(small.crop((0, 0, cell, min(small.height, TALL))))
        rows.append(row)
    whole = Image.new("RGB", (sum(one.width + GAP for one in rows[0]) + GAP, len(rows) * (TALL + GAP) + GAP), "grey")
    for number, row in enumerate(rows):
        left = GAP
        for one in row:
            whole.paste(one, (left, GAP + number * (TALL + GAP)))
            left += one.width + GAP
    whole.save(file, "WEBP", quality=SMALL_QUALITY, method=6)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=())
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(pictures(options.folder, options.only))
    if not options.only:
        sheet(options.folder, options.folder / "all.webp")
