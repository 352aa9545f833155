"""What people do with pictures, tunes and voices, told once and played on every platform."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.ideas import Idea, Team
from tests.acceptance.drivers import Driver
from tests.acceptance.test_stories import PLATFORMS


@pytest.fixture(params=PLATFORMS)
async def team(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Driver]:
    module = importlib.import_module(f"tests.acceptance.drivers.{request.param}")
    async with module.driving(tmp_path) as driver:
        yield driver


async def works(driver: Driver, modality: str) -> list[Idea]:
    """All works of a kind that are kept, oldest first."""
    store = driver.house.store
    teams = {idea.channel.team for idea in getattr(store, "_ideas").values()}  # noqa: B009 - the tests' store is in memory
    found = [idea for one in teams for idea in await store.team_ideas(one) if idea.modality == modality]
    return sorted(found, key=lambda idea: idea.number)


async def kept(driver: Driver, idea: Idea) -> list[str]:
    return [one.name for one in (await driver.house.store.media(idea.channel.team, [idea.id])).get(idea.id, ())]


async def test_an_idea_becomes_pictures_that_are_voted_on_and_stand_on_the_board(team: Driver) -> None:
    message = await team.ask("ann", "/brainstorm names for a tea bar -n 2")
    pictures = await team.press("ann", message, "imagine", 1)
    assert pictures is not None

    shown = await team.ideas(pictures)
    made = await works(team, "image")
    assert len(shown) == len(made) == 3
    assert len({dict(idea.traits)["layout"] for idea in made}) == 3
    assert all([await kept(team, idea) == ["picture.png"] for idea in made])
    assert "picture of #1" in await team.text(pictures)
    await team.press("ann", pictures, "vote", 2, "up")
    await team.press("bob", pictures, "vote", 2, "up")

    assert (await team.ideas(await team.ask("bob", "/board")))[0] == shown[1]


async def test_a_model_s_picture_is_varied_made_larger_and_made_again_by_its_seed(team: Driver) -> None:
    shown = await team.ask("ann", "/imagine a fox --not text --aspect 16:9 --seed 41 -n 1")
    varied = await team.press("ann", shown, "imagine", 1, "vary")
    larger = await team.press("ann", shown, "imagine", 1, "upscale")
    again = await team.ask("bob", "/imagine a fox --not text --aspect 16:9 --seed 41 -n 1")
    assert varied is not None
    assert larger is not None

    assert "Seed 41" in await team.text(shown)
    assert await team.ideas(again) == await team.ideas(shown)
    made = await works(team, "image")
    asked = [await team.house.store.brainstorm(idea.channel.team, idea.brainstorm) for idea in made if idea.brainstorm]
    options = [dict(one.prompt.options) for one in asked if one is not None and one.prompt is not None]
    assert {"negative": "text", "aspect": "16:9", "seed": "41"}.items() <= options[0].items()
    assert {"task": "img2img", "strength": "45"}.items() <= options[1].items()
    assert any(each.get("task") == "upscale" for each in options)


async def test_why_says_how_a_layout_is_liked_here_and_how_sure_that_is(team: Driver) -> None:
    pictures = await team.ask("ann", "/imagine a lighthouse -n 1 --layout logo")
    await team.press("ann", pictures, "vote", 1, "up")
    number = (await works(team, "image"))[0].number

    await team.ask("ann", f"/why {number}")

    assert "layout “logo”: 1.0 for it, 0.0 against" in (await team.private("ann"))[-1]


async def test_words_become_a_tune_and_are_said_aloud(team: Driver) -> None:
    tune = await team.ask("ann", "/compose rain on a tin roof --style waltz")
    voice = await team.ask("ann", "/say Tea for everybody")

    assert "A waltz for “rain on a tin roof”" in (await team.ideas(tune))[0]
    assert "“Tea for everybody”, spoken by joe" in (await team.ideas(voice))[0]
    assert await kept(team, (await works(team, "music"))[0]) == ["tune.wav", "score.png"]


async def test_what_is_polished_of_a_spoken_line_are_its_words(team: Driver) -> None:
    await team.ask("ann", "/say Tea for everybody")
    spoken = (await works(team, "speech"))[0]

    await team.ask("ann", f"/polish {spoken.number} -n 1")

    latest = (await team.house.store.brainstorms(spoken.channel, limit=1))[0]
    assert latest.prompt is not None
    assert (latest.prompt.operation, latest.prompt.about) == ("polish", ("Tea for everybody",))


async def test_a_picture_has_variants_that_know_where_they_come_from(team: Driver) -> None:
    pictures = await team.ask("ann", "/imagine a lighthouse of books -n 1 --layout logo")
    first = (await works(team, "image"))[0]

    variants = await team.press("bob", pictures, "imagine", 1)

    assert variants is not None
    made = (await works(team, "image"))[1:]
    assert [idea.parents for idea in made] == [(first.id,)] * 3
    assert {dict(idea.traits)["layout"] for idea in made} == {"logo"}
    assert f"picture of #{first.number}" in await team.text(variants)


async def test_nothing_to_make_something_of_is_a_sentence(team: Driver) -> None:
    await team.ask("ann", "/imagine 4711")
    await team.ask("ann", f"/say {'x' * 1500}")
    said = "\n".join(await team.private("ann"))

    assert "4711" in said
    assert "at most 1000 are allowed" in said
    assert await works(team, "image") == await works(team, "speech") == []


async def test_deleting_my_data_takes_the_pictures_made_for_me_and_of_what_i_wrote(team: Driver) -> None:
    await team.ask("ann", "/imagine my secret garden -n 1")
    mine = await team.ask("ann", "/idea A private thought")
    await team.press("bob", mine, "imagine", 1)
    await team.ask("bob", "/imagine a public square -n 1")
    assert len(await works(team, "image")) == 5

    await team.ask("ann", "/privacy delete --sure")

    left = await works(team, "image")
    assert ["public square" in idea.text for idea in left] == [True]
    board = await team.ideas(await team.ask("bob", "/board"))
    assert board == [left[0].text]
    assert await team.house.store.media_used(left[0].channel.team) > 0


async def test_another_team_s_picture_is_nobody_s(team: Driver) -> None:
    await team.ask("ann", "/imagine a red secret -n 1", team="red")
    picture = (await works(team, "image"))[0]
    other = Team(platform=picture.channel.team.platform, id="another")

    assert await team.house.store.media(other, [picture.id]) == {}
    await team.ask("bob", f"/imagine {picture.id}", team="blue")
    assert len(await works(team, "image")) == 1
