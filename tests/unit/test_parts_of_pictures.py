"""What is said of parts of a picture, of a word in it, of rhymes, and of "it" with more words, is never a topic."""

from __future__ import annotations

import pytest

from bot import typed
from bot.domain.errors import UnknownIdea
from bot.messages import ALSO, Call, Press
from bot.services.ideas.substituting import Swap
from bot.services.ideas.verses import rhyming
from bot.services.media.depicted import parts
from bot.services.talk.deeds import deed
from bot.services.talk.swapping import swapped
from bot.wiring import House
from generators.engines.image.standins import standing
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, a_call, a_person, an_id
from tests.unit.test_changing_works import commissions
from tests.unit.test_desk import house as house

PLACES = [
    ("can you put a cat next to the cup", "a cat", "next to the cup"),
    ("Add a moon", "a moon", ""),
    ("please add some stars above the roof", "some stars", "above the roof"),
    ("it needs a hat", "a hat", ""),
    ("bigger wings", "bigger wings", ""),
    ("make it with a longer tail", "longer tail", ""),
    ("more stars", "more stars", ""),
    ("fewer slices", "fewer slices", ""),
    ("take away one slice", "", ""),
    ("remove the tree", "", ""),
    ("can you take the dog away?", "", ""),
    ("move the cup to the left", "", ""),
    ("make the roof red", "", ""),
    ("make the wings bigger", "", ""),
    ("zoom in", "", ""),
    ("the moon is too small", "", ""),
]


async def said(house: House, line: str) -> BareChat:
    chat = BareChat()
    event = typed.parse(line, typed.Source(id=an_id(), person=a_person(), channel=RED, at=NOON, under="latest"))
    assert not isinstance(event, Press)
    await house.desk.call(event, Sheet(chat, "ann"))
    return chat


async def pictured(house: House, what: str, **options: str) -> None:
    await house.desk.call(a_call("imagine", what=what, count=1, **options), Sheet(BareChat(), "ann"))


@pytest.mark.parametrize(("line", "thing", "place"), PLACES, ids=[line for line, _thing, _place in PLACES])
async def test_parts_of_a_picture_are_answered_by_what_can_change(house: House, line: str, thing: str, place: str) -> None:
    found = parts(line)
    await pictured(house, "a cup")

    chat = await said(house, line)

    assert found is not None
    assert (found.thing, found.place, found.whole) == (thing, place, None)
    assert len(commissions(house)) == 1
    assert "cannot be moved, enlarged, added or taken away" in chat.whispers["ann"][-1].text
    assert "/hide" not in chat.whispers["ann"][-1].text


async def test_the_picture_with_the_thing_is_offered(house: House) -> None:
    await pictured(house, "a cup")

    beside, among = await said(house, "put a cat next to the cup"), await said(house, "add a moon")

    assert beside.whispers["ann"][-1].text.endswith("/imagine a cat next to the cup")
    assert among.whispers["ann"][-1].text.endswith("/imagine a cup with a moon")


async def test_colours_are_changed_and_of_the_parts_it_is_said(house: House) -> None:
    await pictured(house, "a dragon")

    chat = await said(house, "no, bigger wings and a purple background")

    assert commissions(house)[-1].options["palette"] == "purple"
    assert chat.whispers["ann"][-1].text.endswith("/imagine a dragon with bigger wings")


@pytest.mark.parametrize(
    "line",
    [
        "make it purple", "remove the text", "add more ideas", "names for a tea bar", "more like this", "delete 2",
        "take away the second one", "more pictures", "less is more", "without text",
    ],
)  # fmt: skip
def test_what_is_said_of_all_of_it_is_of_no_part(line: str) -> None:
    assert parts(line) is None


async def test_under_ideas_in_words_such_a_line_goes_on_with_those(house: House) -> None:
    await house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=2), Sheet(BareChat(), "ann"))

    chat = await said(house, "add a moon")

    assert not any("cannot be moved" in card.text for cards in chat.whispers.values() for card in cards)
    assert chat.messages


@pytest.mark.parametrize(
    ("line", "scene"),
    [
        ("a picture of it on a wooden table", "on a wooden table"),
        ("draw it with a hat", "with a hat"),
        ("can you draw it in the snow?", "in the snow"),
        ("paint this under a big tree", "under a big tree"),
        ("an illustration of it next to a bicycle", "next to a bicycle"),
        ("sketch it as a superhero", "as a superhero"),
        ("make me a drawing of that at night", "at night"),
        ("show me it from above", "from above"),
    ],
)
async def test_it_is_drawn_with_what_was_said(house: House, line: str, scene: str) -> None:
    await house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=2), Sheet(BareChat(), "ann"))

    await said(house, line)

    (made,) = commissions(house)
    assert (made.modality, made.text) == ("image", f"a tea bar {scene}")


async def test_it_is_the_idea_that_was_picked(house: House) -> None:
    await house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=3), Sheet(BareChat(), "ann"))
    ideas = await house.services.store.ideas(RED, limit=10)
    pick = typed.parse("pick 2", typed.Source(id=an_id(), person=a_person(), channel=RED, at=NOON, under="latest"))
    assert isinstance(pick, Call)
    await house.desk.call(pick, Sheet(BareChat(), "ann"))

    await said(house, "a picture of it on a wooden table")

    (picked,) = [idea for idea in ideas if idea.number == 2]
    (made,) = commissions(house)
    assert made.text == f"{picked.text} on a wooden table"


@pytest.mark.parametrize(
    "line",
    [
        "show me what the launch poster could look like",
        "Show us how a poster would look",
        "what could our poster look like?",
        "let me see how the summer party poster might look",
        "I want to see what a poster would look like",
        "how would the poster look",
        "show me what its poster could look like",
        "imagine what a poster could look like",
    ],
)
def test_what_a_poster_could_look_like_is_a_poster_of_it(line: str) -> None:
    asked = deed(line)

    assert asked is not None
    assert (asked.modality, asked.layout) == ("image", "poster")


@pytest.mark.parametrize(
    ("line", "swap"),
    [
        ('change "wooden" to "marble"', Swap("wooden", "marble")),
        ("replace “wooden” with “marble”", Swap("wooden", "marble")),
        ("can you swap 'wooden' for 'marble'?", Swap("wooden", "marble")),
        ("replace the word wooden by marble", Swap("wooden", "marble")),
        ('please change the word "wooden" into "marble".', Swap("wooden", "marble")),
        ('use "marble" instead of "wooden"', Swap("wooden", "marble")),
        ('switch "wooden" to "marble" please', Swap("wooden", "marble")),
        ("把“木”换成“石”", Swap("木", "石")),
        ('change 2 to "The Tea Room"', None),
        ("change the title to Fun Day", None),
        ("swap meet ideas", None),
    ],
)
def test_a_word_in_place_of_another(line: str, swap: Swap | None) -> None:
    assert swapped(line) == swap


def test_a_word_is_changed_where_it_stands_alone() -> None:
    assert Swap("art", "craft").within("An Art fair for artists") == "An craft fair for artists"
    assert Swap("tea", "coffee").within("A steam room") == ""
    assert Swap("ai", "机器").within("AI工具和ai") == "机器工具和机器"


def test_chinese_words_are_found_in_either_characters() -> None:
    assert Swap("流浪貓", "石虎").within("帮流浪猫回家，流浪猫") == "帮石虎回家，石虎"
    assert Swap("猫", "虎").within("帮流浪貓回家") == "帮流浪虎回家"


async def test_a_picture_is_made_anew_with_the_word_changed(house: House) -> None:
    await pictured(house, "a cup on a wooden table", palette="blue")

    await said(house, 'change "wooden" to "marble"')

    before, after = commissions(house)
    assert (after.text, after.seed, after.options) == ("a cup on a marble table", before.seed, before.options)


async def test_a_topic_is_asked_anew_with_the_word_changed(house: House) -> None:
    await house.desk.call(a_call("brainstorm", topic="names for a zebra club", count=2), Sheet(BareChat(), "ann"))

    await said(house, 'change "zebra" to "marble"')

    latest, *_rest = await house.services.store.brainstorms(RED, limit=1)
    assert latest.prompt is not None
    assert (latest.prompt.text, latest.prompt.count) == ("names for a marble club", 2)


async def test_a_word_of_an_idea_is_changed_by_its_number(house: House) -> None:
    await house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=2), Sheet(BareChat(), "ann"))
    one = min(await house.services.store.ideas(RED, limit=5), key=lambda idea: idea.number)
    word = next(word for word in one.text.split() if word.isalpha() and not Swap(word, "x").within("names for a tea bar"))

    found, missing = await said(house, f'change "{word}" to "marble"'), await said(house, 'change "qqqq" to "marble"')

    assert "/edit" in found.whispers["ann"][-1].text
    assert "qqqq" in missing.whispers["ann"][-1].text
    assert len(await house.services.store.brainstorms(RED, limit=5)) == 1


def test_a_word_is_changed_of_nothing_where_nothing_stands() -> None:
    with pytest.raises(UnknownIdea):
        typed.parse('change "wooden" to "marble"', typed.Source(id="1", person=a_person(), channel=RED, at=NOON))


RHYMES = [
    "can it rhyme more", "make it rhyme", "with rhymes", "Can you make them rhyme?", "they should rhyme", "it doesn't rhyme",
    "rhyme more", "rhyming please",
]  # fmt: skip


@pytest.mark.parametrize("line", RHYMES)
async def test_poems_rhyme_when_they_should(house: House, line: str) -> None:
    await house.desk.call(a_call("poem", topic="autumn rain", form="haiku"), Sheet(BareChat(), "ann"))

    await said(house, line)

    assert rhyming(line)
    latest, *_rest = await house.services.store.brainstorms(RED, limit=1)
    assert latest.prompt is not None
    assert (latest.prompt.kind, latest.prompt.text) == ("couplets", "autumn rain")


async def test_couplets_that_should_rhyme_more_are_limericks(house: House) -> None:
    await house.desk.call(a_call("poem", topic="autumn rain", form="couplet"), Sheet(BareChat(), "ann"))

    await said(house, "can it rhyme more")

    latest, *_rest = await house.services.store.brainstorms(RED, limit=1)
    assert latest.prompt is not None
    assert latest.prompt.kind == "limericks"


async def test_ideas_that_are_no_poems_rhyme_in_their_own_way(house: House) -> None:
    await house.desk.call(a_call("brainstorm", topic="slogans for a tea bar", count=2), Sheet(BareChat(), "ann"))

    await said(house, "can they rhyme?")

    latest, *_rest = await house.services.store.brainstorms(RED, limit=1)
    assert latest.prompt is not None
    assert (latest.prompt.text, latest.prompt.style) == ("slogans for a tea bar", "rhyming")


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("a jingle for it, like 10 seconds", "10"),
        ("a jingle for it, about half a minute", "30"),
        ("a tune for it, 10s", "10"),
        ("a 15 second jingle for it", "15"),
        ("make a jingle for it, one minute long", "60"),
        ("a song for this, around twenty seconds", "20"),
        ("a jingle for it, a minute", "60"),
        ("a half a minute tune for it", "30"),
    ],
)
async def test_a_jingle_is_as_long_as_was_said(house: House, line: str, seconds: str) -> None:
    await house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=2), Sheet(BareChat(), "ann"))

    await said(house, line)

    (made,) = commissions(house)
    assert (made.modality, made.text, made.options["seconds"]) == ("music", "a tea bar", seconds)


def test_a_jingle_for_one_idea_is_about_as_long_as_was_said() -> None:
    event = typed.parse("a jingle for 2, like 10 seconds", typed.Source(id="1", person=a_person(), channel=RED, at=NOON))

    assert isinstance(event, Call)
    assert (event.command, event.args) == ("compose", {"what": "2", "bars": 4})  # 9.6 seconds at 100 beats a minute


@pytest.mark.parametrize("line", ["pixel art of a queen bee", "画一只狐狸，像素风", "draw a castle in pixel art"])
async def test_pixel_art_is_a_mosaic_and_that_is_said(house: House, line: str) -> None:
    chat = await said(house, line)

    (made,) = commissions(house)
    assert made.options["style"] == "mosaic"
    assert "instead" not in made.options
    assert any("mosaic of small pieces" in card.text or "马赛克" in card.text for card in chat.messages.values())


async def test_a_mosaic_that_was_asked_for_is_no_pixel_art(house: House) -> None:
    chat = await said(house, "mosaic of a queen bee")

    assert not any("small pieces" in card.text for card in chat.messages.values())


async def test_a_picture_that_is_to_be_pixel_art_is_a_mosaic_and_that_is_said(house: House) -> None:
    await pictured(house, "a cup")

    chat = await said(house, "as pixel art")

    assert any("mosaic of small pieces" in card.text for card in chat.messages.values())


@pytest.mark.parametrize("kind", ["things", "signs"])
def test_a_queen_bee_has_no_bed(kind: str) -> None:
    assert not {"bed", "person in bed"} & set(standing("a queen bee", kind).names)
    assert standing("a queen size bed", kind).names == ("bed",)
    assert "bee" not in standing("a queen bee", kind).text


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("+1 for 2, 4 sucks", "2 up 4 down"),
        ("love 1, hate 3", "1 up 3 down"),
        ("I like 2 but not 3", "2 up 3 down"),
        ("I love number 1 and hate number 3", "1 up 3 down"),
        ("-1 for 2, +1 for 4", "2 down 4 up"),
        ("1 is great, 2 is boring", "1 up 2 down"),
        ("3 stinks, I like 5", "3 down 5 up"),
        ("we love 1, we hate 2 and 3 is great", "1 up 2 down 3 up"),
    ],
)
def test_several_votes_in_a_line_are_all_given(line: str, given: str) -> None:
    event = typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under="latest"))

    assert isinstance(event, Press)
    assert f"{event.key.target} {event.key.token} {event.values[ALSO]}".replace(":", " ") == given
