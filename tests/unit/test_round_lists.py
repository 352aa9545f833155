"""What stands on a round's cards: words beside numbers, themes as headings, ties by name, points that are no votes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.domain.ideas import Idea, IdeaId
from bot.domain.rounds import Round
from bot.domain.shaping import Theme
from bot.messages import Card, Key
from bot.services.ideas.gaps import aspects
from bot.services.ideas.standing import View
from bot.services.rounds.listing import MOST_SIGNS, by_theme, listed
from generators.client.scripted import ScriptedGenerator
from tests.acceptance.drivers.bare import Sheet
from tests.builders import NOON, an_id, an_idea, an_opinion
from tests.unit.test_round_results import pressed, written
from tests.unit.test_rounds import ANN, BOB, CAT, HERE, Town, living

TEXTS = [f"Lantern walk through {place}" for place in ("the park", "a tunnel", "our roofs", "five yards")]
PRICE = ("Sell ten tickets", "Charge a small fee", "Ask for a donation", "Get a sponsor", "Let it be free", "Pay by song")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with living(tmp_path, ScriptedGenerator()) as town:
        yield town


async def at(town: Town, round: Round, phase: str) -> Card:
    """The round's card once it is at a phase."""
    while (await town.now(round)).now.phase != phase:
        await town.next()
    return town.card(await town.now(round))


async def numbers(town: Town) -> dict[str, int]:
    return {idea.text: idea.number for idea in await town.ideas()}


async def test_a_pair_that_may_say_the_same_is_offered_with_its_words(town: Town) -> None:
    round = await written(town, "A soup contest", "The soup contest", "Lanterns")

    said = town.card(round).text

    assert round.now.phase == "merging"
    assert "A soup contest" in said
    assert "The soup contest" in said


async def test_points_are_told_as_points_and_never_as_votes(town: Town) -> None:
    round = await written(town, *TEXTS)
    await at(town, round, "points")
    first = (await numbers(town))[TEXTS[0]]
    await town.give(BOB, f"{first}x3")
    await town.give(CAT, f"{first}x2")

    card = await at(town, round, "discussion")

    (line,) = [line for line in card.lines if line.number == first]
    assert line.note.startswith("5 points")
    assert line.tally is None or line.tally.ups == 0
    assert next(control.label for control in line.controls if control.key.token == "up") == ""
    exported = (await town.house.services.exporting.board(HERE, "jsonl")).content.decode()
    row = next(row for row in map(json.loads, exported.splitlines()) if row["number"] == first)
    assert (row["up"], row["points"]) == (0, 5)


async def test_a_tie_is_named_says_what_breaks_it_and_a_vote_does(town: Town) -> None:
    round = await written(town, *TEXTS)
    await at(town, round, "points")
    by = await numbers(town)
    one, two = by[TEXTS[1]], by[TEXTS[2]]
    await town.give(BOB, f"{one}x2 {two}x2")

    tied = await at(town, round, "discussion")
    best = next(idea for idea in await town.ideas() if idea.number == max(one, two))
    await town.house.store.hear(HERE.team, an_opinion(best))
    broken = await at(town, round, "decision")

    assert f"A tie: #{min(one, two)}, #{max(one, two)} have 2 points each." in tied.text or (
        f"A tie: #{max(one, two)}, #{min(one, two)} have 2 points each." in tied.text
    )
    assert "A tie" not in broken.text
    assert broken.lines[0].number == best.number


async def test_a_tie_that_nothing_broke_is_told_with_the_result_and_none_where_it_was_decided(town: Town) -> None:
    round = await written(town, *TEXTS)
    await at(town, round, "points")
    by = await numbers(town)
    await town.give(BOB, f"{by[TEXTS[1]]} {by[TEXTS[2]]}")
    await at(town, round, "decision")
    await town.next()
    open_end = town.card(await town.now(round))

    chosen = next(idea for idea in await town.ideas() if idea.text == TEXTS[2])
    await town.house.services.contributing.decide(town.call(ANN), await town.now(round), chosen, "", "")

    assert "Nothing has broken it yet." in open_end.text
    assert "A tie" not in (await town.rounds.cards.card(await town.now(round))).text


async def test_many_ideas_stand_under_the_names_of_their_themes(town: Town) -> None:
    round = await written(town, *(f"Idea of soup {n}" for n in range(6)), *(f"Walk in the dark {n * 7}" for n in range(4)))
    await town.house.services.contributing.rounds.stage.show(round, None)
    ideas = await town.ideas()
    soups = tuple(idea.id for idea in ideas if "soup" in idea.text)
    walks = tuple(idea.id for idea in ideas if "Walk" in idea.text)
    some = [
        Theme(id=an_id(), channel=HERE, name=name, ideas=ids, at=NOON) for name, ids in (("Soups", soups), ("Walks", walks[1:]))
    ]
    await town.house.store.keep_themes(HERE, "", some)
    await at(town, round, "points")

    card = await town.rounds.cards.card(await town.now(round), room=5)

    left_out = next(idea for idea in ideas if idea.id == walks[0])
    assert card.text.index("Soups\n#") < card.text.index("Walks\n#") < card.text.index(f"In no theme\n#{left_out.number} ")


def test_a_list_names_what_a_message_has_room_for_and_counts_the_rest() -> None:
    ideas = [an_idea(f"{n} " + "word " * 30, number=n) for n in range(1, 61)]

    said = listed(by_theme(ideas, []))

    assert len(said) < MOST_SIGNS + 200
    shown = said.count("\n#") + 1
    assert f"and {60 - shown} more on the board" in said
    assert shown > 35


def test_themes_that_hold_few_of_the_ideas_are_no_headings() -> None:
    ideas = [an_idea(f"idea {n}", number=n) for n in range(1, 9)]
    few = Theme(id="1", channel=HERE, name="Few", ideas=(ideas[0].id,), at=NOON)

    assert by_theme(ideas, [few]) == [("", ideas)]


# ------------------------------------------------------------------------------------------ gaps


async def filled(town: Town, gap: str = "price", topic: str = "") -> Card:
    return await pressed(town, Key(verb="themes", token=f"gap-{gap}|{topic}"))


@pytest.fixture
async def priced(tmp_path: Path) -> AsyncIterator[Town]:
    async with living(tmp_path, ScriptedGenerator(texts=PRICE)) as town:
        yield town


async def test_a_gap_asked_for_while_a_round_runs_brings_ideas_of_the_round_that_points_are_given_to(priced: Town) -> None:
    round = await written(priced, *TEXTS)
    await at(priced, round, "points")

    answer = await filled(priced)

    assert answer.title == "Ideas for “the autumn party: price”"
    listed = {line.text for line in priced.card(await priced.now(round)).lines}
    assert {line.text for line in answer.lines} <= listed
    given, left = await priced.give(BOB, f"{answer.lines[0].number}x3")
    assert (given, left) == ({answer.lines[0].number: 3}, 2)
    decided = await priced.house.services.contributing.decide(
        priced.call(ANN), await priced.now(round), await idea_of(priced, answer.lines[0].idea), "do it", ""
    )
    assert [one.idea for one in decided.decisions] == [answer.lines[0].idea]


async def idea_of(town: Town, id: str) -> Idea:
    found = await town.house.store.idea(HERE.team, IdeaId(id))
    assert found is not None
    return found


async def test_a_gap_of_another_board_or_after_the_round_is_no_part_of_it(priced: Town) -> None:
    round = await written(priced, *TEXTS)

    other = await filled(priced, topic="winter")
    sheet = Sheet(priced.chat, "ann")
    await sheet.ack()
    await priced.rounds.stop(priced.call(ANN), await priced.now(round), sheet)
    later = await filled(priced, "risk")

    mine = {idea.id for idea in await priced.rounds.cards.ideas(await priced.now(round))}
    assert other.title == "Ideas for “winter: price”"
    assert not mine & {line.idea for card in (other, later) for line in card.lines}


async def test_ideas_for_a_gap_are_duelled_over_with_the_round_s_own(priced: Town) -> None:
    round = await written(priced, TEXTS[0], method="duel")
    await at(priced, round, "duels")
    await filled(priced)

    duel = await priced.house.services.duelling.next(HERE, CAT, of=await priced.rounds.duelled(HERE))

    assert duel is not None


async def test_a_draft_that_is_not_about_the_gap_is_not_shown(tmp_path: Path) -> None:
    beside = ("Paint the barn", "Juggle with melons")
    async with living(tmp_path, ScriptedGenerator(texts=[*beside, *PRICE])) as town:
        await written(town, *TEXTS)

        answer = await filled(town)

        order = town.house.services.brainstorming.generator.orders[-1]
    assert not {line.text for line in answer.lines} & {*beside}
    assert order.prompt.kind == "gaps"
    assert order.prompt.option("level") == "price"
    assert order.prompt.about == ("The autumn party",)


async def test_a_gap_that_nobody_knows_is_refused(town: Town) -> None:
    with pytest.raises(Refusal):
        await town.house.services.filling.fill(town.call(ANN), Sheet(town.chat, "ann"), "", "nonsense")
    assert "nonsense" not in {aspect.key for aspect in aspects()}


# ------------------------------------------------------------------------------------------ who wrote what


async def test_nothing_tells_an_anonymous_round_s_people_from_its_model(town: Town) -> None:
    round = await town.open(ideas=2)
    await town.jot(BOB, "\n".join(TEXTS))
    await town.next()
    exported = (await town.house.services.exporting.board(HERE, "jsonl")).content.decode()
    markdown = (await town.house.services.exporting.board(HERE, "markdown")).content.decode()
    people, _dropped = await town.house.services.boards.viewed(HERE, View(kind="people"))

    rows = [json.loads(line) for line in exported.splitlines()]
    assert len({row["text"] for row in rows}) > len(TEXTS)  # the model wrote, too
    assert {(row["origin"], row["written_by"], row["asked_by"], row["model"]) for row in rows} == {("unsigned", "", "", "")}
    assert "bob" not in markdown
    assert "written by" not in markdown
    assert "asked for by" not in markdown
    assert people == []
    assert (await town.now(round)).state == "running"
