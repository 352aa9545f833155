"""An image style learnt from liked pictures, from votes to the next picture."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import wiring
from bot.cli import image_style
from bot.config import MediaTable, Settings
from bot.domain.errors import Refusal
from bot.domain.ideas import Idea
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import ScriptedMaker
from learning.liked import pictures
from storage.styles import StyleFolder
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import RED, a_call, a_person, an_opinion

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("diffusers", reason="pip install 'muselab[image-gpu]'")

from tests.tiny_pictures import stable as stable

pytestmark = pytest.mark.filterwarnings("ignore")  # diffusers and transformers announce their own changes


@pytest.fixture
async def house(stable: Path, tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(home=tmp_path, media=MediaTable(image=str(stable)))
    async with wiring.opened_store(settings) as store:
        yield wiring.furnish(settings, store=store, generator=ScriptedGenerator(), maker=ScriptedMaker())


async def liked(house: House, count: int, *, layout: str = "picture", agreed: bool = True) -> list[Idea]:
    """Pictures with a vote each."""
    await house.store.settle(RED, replace(await house.store.settings(RED), training=agreed))
    await house.desk.call(a_call("imagine", what="a red cat", count=count, layout=layout), Sheet(BareChat(), "ann"))
    made = sorted(await house.store.ideas(RED), key=lambda idea: idea.number)
    for idea in made:
        await house.store.hear(RED.team, an_opinion(idea, "bob"))
    return made


def maker(house: House) -> Any:
    return house.services.making.maker


async def refused(house: House, **args: Any) -> str:
    chat = BareChat()
    await house.desk.call(a_call("imagine", what="a blue cat", count=1, **args), Sheet(chat, "ann"))
    return " ".join(card.text + card.footer for card in chat.messages.values())


async def test_a_style_is_learnt_from_votes_asked_for_by_name_and_gone_with_a_picture(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    learnt = await liked(house, 4)

    await image_style.run(house.settings, RED.team, dry_run=False, steps=6)

    assert "learnt from 4 pictures in 6 steps" in capsys.readouterr().out
    await house.desk.call(a_call("imagine", what="a blue cat", count=1, style="ours"), Sheet(BareChat(), "ann"))
    asked = maker(house).commissions[-1]
    assert str(asked.options["adapter"]) in {str(file) for file in (house.settings.home / "styles").iterdir()}
    assert "style" not in asked.options
    made = max(await house.store.ideas(RED), key=lambda idea: idea.number)
    assert dict(made.traits)["style"] == "ours"

    await house.store.forget(RED.team, a_person("ann"))
    before = len(maker(house).commissions)
    assert "no image style of its own" in await refused(house, style="ours")
    assert len(maker(house).commissions) == before
    assert not list((house.settings.home / "styles").iterdir())
    assert all([await house.store.idea(RED.team, one.id) is None for one in learnt])


async def test_only_pictures_without_letters_that_were_liked_where_people_agreed_teach(house: House) -> None:
    assert await pictures(house.store, RED.team) == []
    boards = await liked(house, 1, layout="poster")
    assert await pictures(house.store, RED.team) == []
    works = await liked(house, 3)

    found = await pictures(house.store, RED.team)
    assert {one.id for one in found} == {idea.id for idea in works} - {idea.id for idea in boards}
    assert {one.words for one in found} == {"a red cat"}

    await house.store.hear(RED.team, an_opinion(works[-1], "cat", value=-1.0))
    assert len(await pictures(house.store, RED.team)) == 2
    await house.store.settle(RED, replace(await house.store.settings(RED), training=False))
    assert await pictures(house.store, RED.team) == []


async def test_too_few_pictures_or_no_model_is_a_sentence(house: House) -> None:
    await liked(house, 2)

    with pytest.raises(Refusal, match="training on"):
        await image_style.run(house.settings, RED.team, dry_run=False, steps=6)
    with pytest.raises(Refusal, match="MUSELAB_MEDIA__IMAGE"):
        await image_style.run(Settings(home=house.settings.home), RED.team, dry_run=False, steps=6)


def test_a_style_half_written_or_of_another_model_is_none(tmp_path: Path) -> None:
    styles = StyleFolder(tmp_path / "styles")
    weights = tmp_path / "w"
    weights.write_bytes(b"w")
    styles.keep(RED.team, weights, {"base": "a", "pictures": []})

    assert styles.note(RED.team) == {"base": "a", "pictures": []}
    (tmp_path / "styles" / styles.name(RED.team)).unlink()
    assert styles.note(RED.team) is None
    styles.drop(RED.team)
    styles.drop(RED.team)
