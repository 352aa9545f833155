"""A board has a shape: topics, states, kinds; and leaves with all that is known of its ideas."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from bot import wiring
from bot.commands import board as board_command
from bot.config import Settings
from bot.domain.ideas import Channel, Idea, Prompt
from bot.domain.models import ChannelSettings
from bot.domain.shaping import Merge
from bot.messages import MAX_KEY, Card, File
from bot.services.ideas.standing import View
from bot.services.views import key_of, view_of
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import NOON, RED, Hands, a_brainstorm, a_call, a_person, a_press, an_idea, an_opinion
from tests.unit.test_memos import Shown


@pytest.fixture
async def house(tmp_path: Path) -> House:
    store = MemoryStore()
    await store.open()
    return wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands(), learns=False)


async def for_topic(house: House, topic: str, *texts: str, channel: Channel = RED) -> list[Idea]:
    begun = a_brainstorm(prompt=Prompt(text=topic), channel=channel)
    await house.store.begin(begun)
    given = {"brainstorm": begun.id, "channel": channel, "asker": a_person()}
    return [await house.store.add(an_idea(text, slot=slot, **given)) for slot, text in enumerate(texts)]


async def asked(house: House, command: str, **args: Any) -> Card:
    reply = Shown()
    await house.desk.call(a_call(command, **args), reply)
    return reply.cards[-1]


async def pressed(house: House, key: str, person: str = "ann") -> Card:
    reply = Shown()
    await house.desk.press(a_press(key, person=person), reply)
    return reply.cards[-1]


def texts(card: Card) -> list[str]:
    return [line.text for line in card.lines]


async def test_ideas_that_nobody_spoke_of_stand_as_their_cards_have_them_the_best_of_each_first(house: House) -> None:
    await for_topic(house, "tea", "tea 1", "tea 2", "tea 3")
    await for_topic(house, "trees", "tree 1", "tree 2")

    assert texts(await asked(house, "board")) == ["tree 1", "tea 1", "tree 2", "tea 2", "tea 3"]


async def test_the_whole_board_says_what_each_idea_is_for(house: House) -> None:
    await for_topic(house, "names for a tea bar", "Steep")
    await house.store.add(an_idea("Mine", author=a_person(), origin="human"))

    card = await asked(house, "board")

    notes = {line.text: line.note for line in card.lines}
    assert "for “names for a tea bar”" in notes["Steep"]
    assert "for" not in notes["Mine"]
    assert all(line.at is not None for line in card.lines)


async def test_a_board_of_a_topic_has_that_topic_s_ideas_only(house: House) -> None:
    await for_topic(house, "Names for a  Tea bar", "Steep")
    await for_topic(house, "trees to plant", "Oak")

    card = await asked(house, "board", topic="tea BAR")

    assert texts(card) == ["Steep"]
    assert card.title == "Board · “tea BAR”"


async def test_where_there_is_nothing_for_a_topic_the_topics_are_named(house: House) -> None:
    await for_topic(house, "trees to plant", "Oak")

    card = await asked(house, "board", topic="tea")

    assert not card.lines
    assert "No idea here is for “tea”" in card.text
    assert "trees to plant" in card.text


async def test_a_dropped_idea_leaves_the_board_is_found_with_its_reason_and_comes_back_with_undo(house: House) -> None:
    (steep, leaf) = await for_topic(house, "tea", "Steep", "Leaf")

    dropped = await asked(house, "state", idea=str(steep.number), state="dropped", reason="sounds steep")
    without = await asked(house, "board")
    only = await asked(house, "board", topic="dropped")
    await pressed(house, str(dropped.controls[0].key))
    back = await asked(house, "board")

    assert dropped.title == "Dropped: sounds steep"
    assert texts(without) == ["Leaf"]
    assert "1 dropped" in without.footer
    assert texts(only) == ["Steep"]
    assert "dropped: sounds steep" in only.lines[0].note
    assert texts(back) == ["Steep", "Leaf"]
    assert leaf.number == 2


async def test_picked_ideas_come_first_then_shortlisted_ones(house: House) -> None:
    await for_topic(house, "tea", "Steep", "Leaf", "Cup", "Pot")
    await asked(house, "state", idea="4", state="shortlisted")
    await asked(house, "pick", idea="3")

    assert texts(await asked(house, "board")) == ["Cup", "Pot", "Steep", "Leaf"]
    assert texts(await asked(house, "board", state="shortlisted")) == ["Pot"]
    assert texts(await asked(house, "board", state="picked")) == ["Cup"]
    assert texts(await asked(house, "board", state="open")) == ["Steep", "Leaf"]


async def test_a_picked_idea_is_not_dropped_before_the_pick_is_taken_back(house: House) -> None:
    await for_topic(house, "tea", "Steep")
    await asked(house, "pick", idea="1")

    refused = await asked(house, "state", idea="1", state="dropped")

    assert "/pick 1 --undo" in refused.text


async def test_an_undo_that_comes_late_changes_nothing(house: House) -> None:
    await for_topic(house, "tea", "Steep")
    first = await asked(house, "state", idea="1", state="dropped")
    hands = house.services.clock
    assert isinstance(hands, Hands)
    hands.forward(seconds=1)
    await asked(house, "state", idea="1", state="shortlisted")

    late = await pressed(house, str(first.controls[0].key))

    assert "was changed since" in late.text
    assert texts(await asked(house, "board", state="shortlisted")) == ["Steep"]


async def test_only_who_may_pick_says_what_becomes_of_an_idea(house: House) -> None:
    await for_topic(house, "tea", "Steep")
    await house.store.settle(RED, ChannelSettings(pickers="admins"))

    refused = await asked(house, "state", idea="1", state="dropped", person="bob")
    allowed = await asked(house, "state", idea="1", state="dropped", admin=True)

    assert "only its admins may pick" in refused.text
    assert allowed.title == "Dropped"


async def test_people_s_own_ideas_and_pictures_can_be_looked_at_alone(house: House) -> None:
    await for_topic(house, "tea", "Steep")
    await house.store.add(an_idea("Mine", author=a_person(), origin="human"))
    await house.store.add(an_idea("A teapot", modality="image"))

    assert texts(await asked(house, "board", kind="people")) == ["Mine"]
    assert texts(await asked(house, "board", topic="image")) == ["A teapot"]


async def test_a_page_of_a_view_turns_within_that_view(house: House) -> None:
    await for_topic(house, "trees", "Oak")
    await for_topic(house, "tea", *(f"tea {number}" for number in range(12)))

    first = await asked(house, "board", topic="tea")
    second = await pressed(house, str(first.controls[0].key))

    assert len(first.lines) == 10
    assert texts(second) == ["tea 10", "tea 11"]
    assert second.title == "Board · “tea”"


@pytest.mark.parametrize("topic", ["tea", "a|b:c", "茶" * 200, "x" * 1000])
def test_the_key_of_a_page_holds_its_view_within_a_button_s_room(topic: str) -> None:
    key = key_of(View(topic=topic, state="shortlisted", kind="people"), 1000)

    number, view = view_of(key.token)

    assert len(str(key)) <= MAX_KEY
    assert (number, view.state, view.kind) == (1000, "shortlisted", "people")
    assert topic.startswith(view.topic)
    assert view.topic


@pytest.mark.parametrize(
    ("line", "is_one"),
    [("2", True), ("dropped", True), ("已入围", True), ('"tea"', True), ("games for two", False), ("games", False), ("", False)],
)
def test_a_line_that_begins_with_board_is_the_command_only_where_the_rest_says_so(line: str, is_one: bool) -> None:
    assert board_command.said(line) is is_one


async def test_every_export_has_topic_state_people_lineage_model_stars_and_files(house: House) -> None:
    (steep, leaf) = await for_topic(house, "tea", "Steep", "Leaf")
    child = await house.store.add(an_idea("Steeper", parents=(steep.id,), origin="more", model="team-v2", asker=a_person("bob")))
    work = await house.store.add(an_idea("A teapot", modality="image"))
    await house.store.keep_media(RED.team, work.id, [File(name="picture.png", media_type="image/png", content=b"x")], NOON)
    await house.store.hear(RED.team, an_opinion(child, signal="stars", token="4", value=0.55))
    await asked(house, "state", idea=str(steep.number), state="dropped", reason="=too steep")
    merge = Merge(idea=leaf.id, into=child.id, channel=RED, by=a_person(), at=NOON)
    await house.store.merge(RED.team, merge)

    exporting = house.services.exporting
    forms = ("markdown", "csv", "jsonl", "html")
    out = {form: (await exporting.board(RED, form)).content.decode() for form in forms}

    rows = {row["text"]: row for row in map(json.loads, out["jsonl"].splitlines())}
    cells = {row["text"]: row for row in csv.DictReader(io.StringIO(out["csv"]))}
    assert (rows["Steep"]["state"], rows["Steep"]["topic"]) == ("dropped", "tea")
    assert rows["Steep"]["asked_by"] == "test:ann"
    assert cells["Steep"]["reason"] == "'=too steep"
    assert (rows["Steeper"]["made_of"], rows["Steeper"]["merged"]) == (f"#{steep.number}", f"#{leaf.number}")
    assert (rows["Steeper"]["model"], rows["Steeper"]["stars"]) == ("team-v2", 4)
    assert rows["A teapot"]["files"] == f"{work.number}-picture.png"
    for form in ("markdown", "html"):
        said = out[form].replace("\\", "")
        names = ("team-v2", f"{work.number}-picture.png", "test:bob")
        facts = ("=too steep", "for “tea”", f"made of #{steep.number}", "★ 4.0", *names)
        assert [fact for fact in facts if fact not in said] == []
