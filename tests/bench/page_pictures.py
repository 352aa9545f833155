"""Pictures of every page, at the widths of a phone and of a desk, in both languages, light and dark.

python -m tests.bench.page_pictures FOLDER [--only board-1440-en-light ...]

They are looked at by people, and some of them stand in `docs/`.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import itertools
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from bot.domain.ideas import Idea, Person
from bot.domain.models import ModelVersion, Tuning
from bot.domain.shaping import Mark, Theme
from bot.messages import File
from tests.acceptance.drivers.bare import PLATFORM
from tests.browsing import HERE, Staged, a_browser, a_page, staged
from tests.builders import an_idea, an_opinion

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
THEMES = {"en": ("Stories", "Places and times", "Ways to pay"), "zh": ("故事", "地点与时间", "怎么付钱")}
QUALITY = 70  # of WebP: text stays sharp, a picture takes 20 to 40 kB


async def furnished(stage: Staged, lang: str) -> list[Idea]:
    """A board that a team has worked on."""
    store, now = stage.house.store, stage.house.services.clock()
    await stage.house.desk.call(a_round(stage, lang, now), stage.reply("ann"))
    ideas = [await store.add(an_idea(text, channel=HERE)) for text in IDEAS[lang]]
    for place, idea in enumerate(ideas):
        for voter in range((7 * place + 3) % 5):
            value = -1.0 if (place + voter) % 4 == 3 else 1.0
            await store.hear(HERE.team, an_opinion(idea, f"p{voter}", value=value, token="up" if value > 0 else "down"))
    await store.hear(HERE.team, an_opinion(ideas[0], "ann", signal="pick", token="yes"))
    ann = Person(platform=PLATFORM, id="ann")
    for place, state, reason in ((3, "shortlisted", ""), (4, "shortlisted", ""), (8, "dropped", REASON[lang])):
        mark = Mark(idea=ideas[place].id, channel=HERE, state=state, reason=reason, by=ann, at=now)  # type: ignore[arg-type]
        await store.mark(HERE.team, mark)
    groups = ((0, 2, 11), (3, 7, 10, 1), (4, 8))
    themes = [
        Theme(id=f"{number:024x}", channel=HERE, name=name, ideas=tuple(ideas[place].id for place in group), by=ann, at=now)
        for number, (name, group) in enumerate(zip(THEMES[lang], groups, strict=True), 1)
    ]
    await store.keep_themes(HERE, "", themes)
    return ideas


REASON = {"en": "needs a licence", "zh": "需要执照"}
