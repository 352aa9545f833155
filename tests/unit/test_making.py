"""A commission stores before it shows, goes on where it stopped, keeps to its room, and ends in words when it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import wiring
from bot.commands import imagine
from bot.config import MediaTable, Settings
from bot.domain.errors import GeneratorDown, Refusal
from bot.domain.ideas import Brainstorm, Idea, Modality, Prompt
from bot.messages import File, Progress
from bot.services.media import making
from bot.services.media.making import MB
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import ScriptedMaker
from storage.memory import MemoryStore
from tests.builders import RED, Hands, a_person, a_press, an_idea, an_opinion


async def a_house(tmp_path: Path, maker: ScriptedMaker, **media: Any) -> House:
    store = MemoryStore()
    await store.open()
    settings = Settings(home=tmp_path, media=MediaTable(**media))
    return wiring.furnish(settings, store=store, generator=ScriptedGenerator(), maker=maker, now=Hands())


async def begun(
    house: House, modality: Modality = "image", *, count: int = 2, files: tuple[File, ...] = (), **more: Any
) -> Brainstorm:
    prompt = Prompt(text="a tea bar", count=count, modality=modality)
    return await house.services.making.begin(channel=RED, asker=a_person(), prompt=prompt, files=files, **more)


async def unseen(_news: Progress | Idea) -> None:
    """Nobody looks."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "AGAIN_S", 0.0)


async def test_a_work_and_its_files_are_stored_before_it_is_shown(tmp_path: Path) -> None:
    house = await a_house(tmp_path, ScriptedMaker())
    begins = await begun(house)
    shown: list[Idea] = []

    async def step(news: Progress | Idea) -> None:
        if isinstance(news, Idea):
            assert await house.store.idea(RED.team, news.id) == news
            assert (await house.store.media(RED.team, [news.id]))[news.id]
            shown.append(news)

    made = await house.services.making.work(begins, step)

    assert made == shown
    finished = await house.store.brainstorm(RED.team, begins.id)
    assert finished is not None
    assert finished.state == "done"


async def test_a_commission_cut_off_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    broken = ScriptedMaker(fails_after=1)
    house = await a_house(tmp_path, broken)
    begins = await begun(house, count=3)
    with pytest.raises(GeneratorDown):
        await house.services.making.work(begins, unseen)
    first = await house.store.ideas_of(RED.team, begins.id)

    house.services.making.maker = whole = ScriptedMaker()
    made = await house.services.making.work(begins, unseen)

    assert len(first) == 1
    assert [idea.slot for idea in made] == [0, 1, 2]
    assert made[0].id == first[0].id
    (asked,) = whole.commissions
    assert (asked.count, asked.seed) == (2, begins.seed + 1)  # as they would have been made the first time


async def test_a_service_that_died_before_the_first_work_is_asked_once_more(tmp_path: Path) -> None:
    maker = ScriptedMaker(fails_after=0)
    house = await a_house(tmp_path, maker)

    with pytest.raises(GeneratorDown):
        await house.services.making.work(await begun(house, count=1), unseen)

    assert len(maker.commissions) == 2


async def test_what_an_engine_refuses_is_not_asked_twice_and_is_over(tmp_path: Path) -> None:
    maker = ScriptedMaker(fails_after=0, failure=Refusal("Not like this."))
    house = await a_house(tmp_path, maker)
    begins = await begun(house)

    with pytest.raises(Refusal, match="Not like this"):
        await house.services.making.work(begins, unseen)

    assert len(maker.commissions) == 1
    ended = await house.store.brainstorm(RED.team, begins.id)
    assert ended is not None
    assert ended.state == "failed"


def large(number: int) -> tuple[File, ...]:
    return (File(name="photo.png", media_type="image/png", content=bytes([number]) * (MB * 4 // 10)),)


async def test_when_the_room_is_full_what_nobody_voted_for_goes_the_oldest_first(tmp_path: Path) -> None:
    house = await a_house(tmp_path, ScriptedMaker(), team_mb=1)
    liked, *others = [await house.store.add(an_idea(f"picture {number}", modality="image")) for number in range(3)]
    for number, idea in enumerate((liked, *others)):
        at = house.services.clock() - timedelta(hours=9 - number)
        await house.store.keep_media(RED.team, idea.id, large(number), at)
    await house.store.hear(RED.team, an_opinion(liked))

    await begun(house)

    assert set(await house.store.media(RED.team, [liked.id, *(idea.id for idea in others)])) == {liked.id, others[1].id}
    assert await house.store.media_used(RED.team) < MB
    assert await house.store.idea(RED.team, others[0].id) is not None  # its words and votes stay


async def test_when_every_file_was_voted_for_a_full_room_is_a_sentence(tmp_path: Path) -> None:
    house = await a_house(tmp_path, ScriptedMaker(), team_mb=1)
    for number in range(3):
        idea = await house.store.add(an_idea(f"picture {number}", modality="image"))
        await house.store.keep_media(RED.team, idea.id, large(number), house.services.clock())
        await house.store.hear(RED.team, an_opinion(idea))

    with pytest.raises(Refusal, match="take 1 MB, all that is allowed"):
        await begun(house)


async def test_files_that_nobody_voted_for_go_after_their_time(tmp_path: Path) -> None:
    house = await a_house(tmp_path, ScriptedMaker(), keep_days=30)
    old, liked, new = [await house.store.add(an_idea(f"picture {number}", modality="image")) for number in range(3)]
    now = house.services.clock()
    for idea, days in ((old, 31), (liked, 31), (new, 29)):
        await house.store.keep_media(RED.team, idea.id, large(days), now - timedelta(days=days))
    await house.store.hear(RED.team, an_opinion(liked))

    await begun(house)

    assert set(await house.store.media(RED.team, [old.id, liked.id, new.id])) == {liked.id, new.id}


async def test_a_pitch_makes_the_parts_that_are_missing_and_takes_the_liked_ones(tmp_path: Path) -> None:
    maker = ScriptedMaker()
    house = await a_house(tmp_path, maker)
    idea = await house.store.add(an_idea("a tea bar"))
    first = await house.services.making.work(await begun(house, "image", parents=(idea.id,)), unseen)
    await house.store.hear(RED.team, an_opinion(first[0]))

    made = await house.services.making.work(await begun(house, "pitch", count=1, parents=(idea.id,)), unseen)

    assert [asked.modality for asked in maker.commissions] == ["image", "speech", "music", "pitch"]
    parts = {file.name.partition("-")[0]: file.content for file in maker.commissions[-1].attachments}
    (liked,) = (await house.store.media(RED.team, [first[0].id]))[first[0].id]
    assert set(parts) == {"image", "speech", "music"}
    assert parts["image"] == await house.store.content(RED.team, liked.digest)
    assert [one.modality for one in made] == ["pitch"]


async def test_a_part_of_a_pitch_is_made_again_alone_and_taken_by_the_next_cut(tmp_path: Path) -> None:
    maker = ScriptedMaker()
    house = await a_house(tmp_path, maker)
    (pitch,) = await house.services.making.work(await begun(house, "pitch", count=1), unseen)
    assert pitch.brainstorm is not None
    parts = {idea.modality: idea for idea in await house.store.ideas_of(RED.team, pitch.brainstorm)}

    (again,) = await house.services.making.work(await begun(house, "image", count=1, parents=(parts["image"].id,)), unseen)
    before = len(maker.commissions)
    await house.services.making.work(await begun(house, "pitch", count=1, parents=(pitch.id,)), unseen)

    assert [asked.modality for asked in maker.commissions[before:]] == ["pitch"]  # nothing else had to be made
    taken = {file.name.partition("-")[0]: file.content for file in maker.commissions[-1].attachments}
    for modality, idea in (("image", again), ("speech", parts["speech"]), ("music", parts["music"])):
        (kept, *_more) = (await house.store.media(RED.team, [idea.id]))[idea.id]
        assert taken[modality] == await house.store.content(RED.team, kept.digest)


async def test_a_pitch_of_a_picture_shows_that_picture(tmp_path: Path) -> None:
    maker = ScriptedMaker()
    house = await a_house(tmp_path, maker)
    (picture,) = await house.services.making.work(await begun(house, "image", count=1), unseen)

    await house.services.making.work(await begun(house, "pitch", count=1, parents=(picture.id,)), unseen)

    assert [asked.modality for asked in maker.commissions] == ["image", "speech", "music", "pitch"]


async def test_a_pitch_without_a_tune_is_still_one(tmp_path: Path) -> None:
    class Tuneless(ScriptedMaker):
        async def make(self, commission):  # type: ignore[no-untyped-def]
            if commission.modality == "music":
                raise Refusal("No tunes here.")
            async for event in super().make(commission):
                yield event

    house = await a_house(tmp_path, Tuneless())

    (made,) = await house.services.making.work(await begun(house, "pitch", count=1), unseen)

    assert made.modality == "pitch"


async def test_what_the_team_liked_fills_what_nobody_chose_and_nothing_else(tmp_path: Path) -> None:
    maker = ScriptedMaker()
    house = await a_house(tmp_path, maker)
    for number in range(12):
        layout = "logo" if number % 2 else "poster"
        work = await house.store.add(an_idea(f"board {number}", modality="image", traits=(("layout", layout),)))
        await house.store.hear(RED.team, an_opinion(work, value=1.0 if layout == "logo" else -1.0))

    def layouts() -> list[str]:
        found: list[Mapping[str, Any]] = [asked.options for asked in maker.commissions for _one in range(asked.count)]
        return [str(options.get("layout", "")) for options in found]

    for _time in range(6):
        await house.services.making.work(await begun(house, count=1), unseen)
    chosen = layouts()
    asked = await begun(house, count=1)
    assert asked.prompt is not None
    await house.services.making.work(replace(asked, prompt=replace(asked.prompt, options=(("layout", "poster"),))), unseen)

    assert chosen.count("logo") > chosen.count("poster")
    assert layouts()[-1] == "poster"


async def test_a_seed_that_is_named_gives_the_same_pictures_and_is_shown(tmp_path: Path) -> None:
    maker = ScriptedMaker()
    house = await a_house(tmp_path, maker)
    prompt = Prompt(text="a tea bar", count=2, modality="image", options=(("seed", "77"), ("layout", "poster")))
    begins = await house.services.making.begin(channel=RED, asker=a_person(), prompt=prompt)

    await house.services.making.work(begins, unseen)
    card = await house.services.cards.brainstorm(begins)

    assert begins.seed == 77
    assert maker.commissions[0].seed == 77
    assert "seed" not in maker.commissions[0].options
    assert card.footer == "Seed 77"


def test_buttons_beside_a_model_s_picture_vary_it_and_make_it_larger() -> None:
    drawn = an_idea(modality="image", traits=(("layout", "poster"),))
    made = an_idea(modality="image", traits=(("layout", "picture"), ("model", "flux")))

    assert len(imagine.on_idea(drawn)) == 1
    _again, vary, larger = imagine.on_idea(made)
    assert imagine.from_press(a_press(str(vary.key))) == {"what": made.id, "how": "img2img", "strength": 45}
    assert imagine.from_press(a_press(str(larger.key))) == {"what": made.id, "how": "upscale", "count": 1}
