"""An image style where the packages that would learn it are not installed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot import wiring
from bot.cli import image_style
from bot.config import MediaTable, Settings
from bot.domain.errors import Misconfigured
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import ScriptedMaker
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import RED, a_call, an_opinion


@pytest.mark.parametrize("package", ["diffusers", "PIL"])
async def test_the_package_that_is_missing_is_named(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path, media=MediaTable(image=str(tmp_path)))
    async with wiring.opened_store(settings) as store:
        house = wiring.furnish(settings, store=store, generator=ScriptedGenerator(), maker=ScriptedMaker())
        await store.settle(RED, replace(await store.settings(RED), training=True))
        await house.desk.call(a_call("imagine", what="a red cat", count=4, layout="picture"), Sheet(BareChat(), "ann"))
        for idea in await store.ideas(RED):
            await store.hear(RED.team, an_opinion(idea, "bob"))
    monkeypatch.delitem(sys.modules, "learning.pictures", raising=False)
    monkeypatch.setitem(sys.modules, package, None)  # which is how Python says that there is none

    with pytest.raises(Misconfigured, match=rf"{package}.*muselab\[image-gpu\]"):
        await image_style.run(settings, RED.team, dry_run=False, steps=6)
