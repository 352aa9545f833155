"""An idea that is near something that exists is marked with what that is, and stays where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from numpy.typing import NDArray

from bot import wiring
from bot.config import Settings
from bot.domain.errors import GeneratorDown
from bot.services.ideas import originality
from bot.services.ideas.originality import brand_of, brands, plain, resembled, slogan_in, slogans
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from generators.client.taught import Shipped
from storage.memory import MemoryStore
from tests.builders import BLUE, RED, Hands, an_idea
from tests.unit.test_boards import asked, for_topic, pressed


async def a_house(tmp_path: Path, generator: ScriptedGenerator | None = None) -> House:
    store = MemoryStore()
    await store.open()
    made = generator or ScriptedGenerator()
    return wiring.furnish(Settings(home=tmp_path), store=store, generator=made, now=Hands(), learns=False)


@pytest.fixture
async def house(tmp_path: Path) -> House:
    return await a_house(tmp_path)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Nike", "like the brand Nike"),
        ("The Starbucks!", "like the brand Starbucks"),
        ("Starbuks", "like the brand Starbucks"),
        ("L'OREAL", ""),
        ("Just do it.", "like the slogan “Just do it” (Nike)"),
        ("Come in: melts in your mouth, not in your hands", "like the slogan “Melts in your mouth, not in your hands” (M&M's)"),
        ("一切皆有可能的茶吧", "like the slogan “一切皆有可能” (李宁)"),
        ("Harry Potter", "like Harry Potter, which is known"),
        ("A GitHub for recipes", ""),
        ("Think different tea", ""),
        ("Kites", ""),
        ("The Third Steep", ""),
        ("", ""),
    ],
)
def test_a_text_is_marked_with_the_brand_or_slogan_that_it_is_near(text: str, marked: str) -> None:
    assert resembled(text) == marked


def test_a_name_of_a_few_letters_is_near_no_brand_that_is_spelled_otherwise() -> None:
    assert brand_of("Nika") == ""
    assert brand_of("a b c d Nike") == ""


def test_the_lists_are_whole() -> None:
    assert len(brands()) > 3000
    assert all(slogan_in(slogan) is not None for slogan, _name, _said, _words in slogans())
    assert all(brand_of(name) == name for name in ("GitHub", "Spotify", "Mastodon"))


def test_nothing_that_people_wrote_is_remembered_but_its_digest() -> None:
    resembled("zq7marker and tea")

    assert "zq7marker" not in repr(originality._found.keys())


@pytest.mark.parametrize(("text", "folded"), [("The Café’s", "cafes"), ("the", "the"), ("怕上火，喝王老吉", "怕上火喝王老吉")])
def test_texts_are_compared_without_what_only_changes_their_looks(text: str, folded: str) -> None:
    assert plain(text) == folded


@pytest.mark.parametrize(
    ("text", "poem"),
    [
        ("春眠不觉晓，处处闻啼鸟", "春眠不觉晓处处闻啼鸟"),
        ("茶吧的门联：两个黄鹂鸣翠柳，一行白鹭上青天", "两个黄鹂鸣翠柳一行白鹭上青天"),
        ("两个黄鹂鸣翠柳", ""),  # one line of seven characters is too little to tell
        ("把点子听成一首曲子，或从你的几个音符写下去", ""),
        ("A soup contest", ""),
    ],
)
def test_a_quotation_of_a_poem_that_the_poet_learned_from_is_found(text: str, poem: str) -> None:
    assert Shipped().poem(text) == poem


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("Leave your phone to charge in the hall!", "leave your phone to charge in the hall"),
        ("Leave your phone to charge on the roof", ""),
        ("Hall", ""),
    ],
)
def test_an_idea_that_says_an_example_of_the_prompts_again_is_found(text: str, example: str) -> None:
    assert Shipped().example(text) == example


async def test_a_card_and_why_name_what_a_model_was_taught(house: House) -> None:
    await house.store.add(an_idea("春眠不觉晓，处处闻啼鸟"))
    await house.store.add(an_idea("Leave your phone to charge in the hall"))
    await house.store.add(an_idea("zq7marker on the roof"))

    lines = {line.number: line for line in (await asked(house, "board")).lines}
    why = (await asked(house, "why", idea="2")).text

    example = "like an example that the model was shown: “leave your phone to charge in the hall”"
    assert "has “春眠不觉晓处处闻啼鸟” of an old Chinese poem" in lines[1].note
    assert example in lines[2].note
    assert example in why
    assert lines[3].note == ""
    assert all(isinstance(key, bytes) for key in house.services.cards.lines.marks._plain)


async def test_a_card_marks_an_idea_that_is_a_brand_and_no_picture(house: House) -> None:
    await house.store.add(an_idea("Starbucks"))
    await house.store.add(an_idea("Starbucks", modality="image"))

    lines = {line.number: line for line in (await asked(house, "board")).lines}

    assert "like the brand Starbucks" in lines[1].note
    assert "brand" not in lines[2].note


async def test_why_tells_of_an_earlier_idea_that_is_near_and_of_no_later_one(house: House) -> None:
    await for_topic(house, "tea", "A soup contest", "Lanterns", "The soup contest")

    later, earlier = await asked(house, "why", idea="3"), await asked(house, "why", idea="1")

    assert "close to #1 “A soup contest”, which came before" in later.text
    assert "which came before" not in earlier.text


async def test_who_adds_an_idea_that_is_there_is_told_so_and_offered_to_merge_them(house: House) -> None:
    await for_topic(house, "tea", "A soup contest")

    card = await asked(house, "idea", text="The soup contest")
    offer = next(control for control in card.controls if control.key.verb == "merge")
    merged = await pressed(house, str(offer.key))

    assert "This may say the same as #1 “A soup contest”." in card.text
    assert merged.title == "#2 is part of #1 now"


async def test_an_idea_of_its_own_is_added_without_a_word(house: House) -> None:
    await for_topic(house, "tea", "A soup contest")

    card = await asked(house, "idea", text="Lanterns")

    assert (card.text, card.controls) == ("", ())


async def test_what_an_idea_was_made_of_and_other_channels_ideas_are_no_earlier_ones(house: House) -> None:
    (first,) = await for_topic(house, "tea", "A soup contest")
    await house.store.add(an_idea("The soup contest!", channel=BLUE))
    edited = await house.store.add(an_idea("The soup contest", parents=(first.id,), origin="edit"))

    assert await house.services.originality.near(edited) == []


class Down(ScriptedGenerator):
    async def embed(self, texts: Sequence[str]) -> NDArray[Any] | None:
        raise GeneratorDown


async def test_while_meanings_cannot_be_had_an_idea_is_added_all_the_same(tmp_path: Path) -> None:
    house = await a_house(tmp_path, Down())
    await for_topic(house, "tea", "A soup contest")

    card = await asked(house, "idea", text="The soup contest")

    assert [line.text for line in card.lines] == ["The soup contest"]
    assert len(await house.store.ideas(RED)) == 2


async def test_without_meanings_words_tell(tmp_path: Path) -> None:
    house = await a_house(tmp_path, ScriptedGenerator(embeddings=False))
    await for_topic(house, "tea", "A soup contest")

    assert "may say the same as #1" in (await asked(house, "idea", text="The soup contest")).text
