"""The game lab: what goes on from what is said, kept and exported, and what belongs together gets pictures."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters._web.boards import board_of
from bot.domain.errors import Refusal
from bot.domain.ideas import Idea
from bot.domain.rounds import Round
from bot.jobs import Jobs
from bot.services.rounds import methods
from bot.services.rounds.illustrating import AT_ONCE, PICTURES, picture_of
from bot.services.rounds.linking import base, in_links, linked
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import ScriptedMaker
from tests.builders import NOON, an_id, an_idea
from tests.unit.test_rounds import ANN, BOB, HERE, Town, living


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with living(tmp_path, ScriptedGenerator()) as town:
        yield town


async def drawn(town: Town) -> None:
    """Until no picture is under way."""
    for task in list(town.rounds.stage.illustrating._making.values()):
        await task


async def played(town: Town, *, ideas: int = 0) -> Round:
    """A round in which somebody goes on from a role, and the scenes are shown."""
    round = await town.open(method="game", topic="a game about bees", ideas=ideas)
    await town.jot(BOB, "A queen without a hive\nA tax inspector")
    await town.next()
    role = (await by_text(town))["A queen without a hive"]
    await town.jot(ANN, f"#{role.number} A hollow oak\nAn office tower\n#99 of 100 honey jars")
    await town.next()
    await drawn(town)
    return await town.now(round)


async def by_text(town: Town) -> dict[str, Idea]:
    return {idea.text: idea for idea in await town.ideas()}


async def test_an_idea_that_begins_with_a_number_goes_on_from_that_idea(town: Town) -> None:
    await played(town)

    ideas = await by_text(town)

    assert ideas["A hollow oak"].parents == (ideas["A queen without a hive"].id,)
    assert ideas["An office tower"].parents == ()
    assert "#99 of 100 honey jars" in ideas  # there is no such idea: the words stay as they are
    note = (await town.rounds.cards.cards.several([ideas["A hollow oak"]], "")).lines[0].note
    assert note == f"goes on from #{ideas['A queen without a hive'].number}"


async def test_what_belongs_together_gets_pictures_on_the_board_and_what_does_not_gets_none(town: Town) -> None:
    await played(town)

    ideas = await by_text(town)
    board = await board_of(town.house.services, HERE)

    both = [ideas["A queen without a hive"], ideas["A hollow oak"]]
    works = [await town.house.store.idea(HERE.team, picture_of(idea)) for idea in both]
    assert [work.parents for work in works if work is not None] == [(idea.id,) for idea in both]
    assert [medium.owner for idea in both for medium in board.shown[idea.id].media] == [picture_of(idea) for idea in both]
    assert await town.house.store.idea(HERE.team, picture_of(ideas["An office tower"])) is None
    assert board.shown[ideas["An office tower"].id].media == ()
    (card,) = [card for card in town.chat.messages.values() if card.title == "Pictures of what belongs together"]
    assert len(card.files) == 2
    assert f"→ #{both[0].number} A queen without a hive" in card.text
    assert await town.house.store.jobs(HERE.team, PICTURES) == []


async def test_links_and_pictures_are_in_every_export(town: Town) -> None:
    await played(town)
    ideas = await by_text(town)
    role, scene = ideas["A queen without a hive"].number, ideas["A hollow oak"].number

    exported = {form: (await town.house.services.exporting.board(HERE, form)).content.decode() for form in ("jsonl", "html")}

    rows = [json.loads(line) for line in exported["jsonl"].splitlines()]
    assert next(row for row in rows if row["number"] == scene)["made_of"] == f"#{role}"
    assert {row["made_of"] for row in rows if row["kind"] == "image"} == {f"#{role}", f"#{scene}"}
    assert all(row["files"] for row in rows if row["kind"] == "image")
    assert f'<li id="i{role}">' in exported["html"]
    assert f'<a href="#i{role}">made of #{role}</a>' in exported["html"]


async def test_pictures_that_were_not_made_are_made_by_the_job_and_none_twice(town: Town) -> None:
    illustrating = town.rounds.stage.illustrating
    illustrating.maker = ScriptedMaker(fails_after=0)
    await played(town)
    before = [idea for idea in await town.ideas() if idea.modality == "image"]

    illustrating.maker = ScriptedMaker()
    town.hands.forward(minutes=11)
    jobs = Jobs(store=town.house.store, clock=town.hands, new_id=an_id, works={PICTURES: illustrating.due})
    await jobs.once()
    await illustrating.begin(await town.rounds.latest(HERE))
    await drawn(town)

    assert before == []
    assert len([idea for idea in await town.ideas() if idea.modality == "image"]) == 2
    assert len(illustrating.maker.commissions) == 2


async def test_pictures_count_for_nobody_s_limit_and_none_are_made_where_there_is_no_room(town: Town) -> None:
    illustrating = town.rounds.stage.illustrating
    room = illustrating.make_room

    async def full(_team: object) -> None:
        raise Refusal("no room")

    illustrating.make_room = full
    round = await played(town)
    before = [idea for idea in await town.ideas() if idea.modality == "image"]
    illustrating.make_room = room
    await illustrating.begin(round)
    await drawn(town)

    assert before == []
    assert len([idea for idea in await town.ideas() if idea.modality == "image"]) == 2
    assert (await town.house.store.asked(HERE, NOON))[0] == 1  # the round


async def test_the_model_goes_on_from_an_idea_too_and_is_told_which(town: Town) -> None:
    await played(town, ideas=1)

    ideas = {idea.id: idea for idea in await town.ideas()}
    generator = town.house.services.brainstorming.generator
    by_model = [idea for idea in ideas.values() if idea.author is None and idea.modality == "text" and idea.parents]

    assert by_model
    start = ideas[by_model[0].parents[0]]
    asked = generator.orders[-1].prompt.text
    assert asked.startswith("a game about bees. ")
    assert start.text in {text for order in generator.orders for text in ideas_named(order.prompt.text, ideas)}


def ideas_named(asked: str, ideas: dict[str, Idea]) -> set[str]:
    return {idea.text for idea in ideas.values() if idea.text in asked}


async def test_a_round_of_another_method_gets_no_pictures(town: Town) -> None:
    await town.open(method="brainwriting", ideas=0)
    await town.jot(BOB, "Lanterns")
    await town.next()
    (first,) = await town.ideas()
    await town.jot(ANN, f"#{first.number} on the canal")
    await town.next()
    await drawn(town)

    assert [idea.modality for idea in await town.ideas()] == ["text", "text"]
    assert not any(methods.read(name).pictures for name in methods.names() if name != "game")
    assert AT_ONCE <= 10  # what a message holds


@pytest.mark.parametrize(
    ("text", "rest", "count"),
    [
        ("#3 a harbour", "a harbour", 1),
        ("#3: a harbour", "a harbour", 1),
        ("#3，夜里的港口", "夜里的港口", 1),
        ("#3 #4 both", "both", 2),
        ("#3", "#3", 0),
        ("#5 nothing", "#5 nothing", 0),
        ("see #3", "see #3", 0),
        ("#3 #3 twice", "twice", 1),
    ],
)
def test_a_link_is_a_number_of_the_round_that_words_follow(text: str, rest: str, count: int) -> None:
    three, four = an_idea("three", number=3), an_idea("four", number=4)

    found = linked(text, {3: three.id, 4: four.id})

    assert (found[0], len(found[1])) == (rest, count)


def test_only_what_is_tied_within_the_round_is_linked() -> None:
    role = an_idea("role")
    scene, alone, elsewhere = an_idea("scene", parents=(role.id,)), an_idea("alone"), an_idea("x", parents=(an_idea("y").id,))

    assert in_links([role, scene, alone, elsewhere]) == [role, scene]


async def test_the_model_s_start_is_one_of_what_was_shown_last(town: Town) -> None:
    round = await played(town)
    ideas = [idea for idea in await town.ideas() if idea.modality == "text"]

    start = base(round, ideas)

    assert start is not None
    assert start.created_at == max(idea.created_at for idea in ideas)
    assert base(round, []) is None
