"""Cards as Discord messages: always within the limits, every control once, and no text ever becomes markup."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import escaping, forms, keys, layout
from adapters.discord.render import custom_ids, file_name, render
from adapters.discord.wording import under
from bot.domain.feedback import Tally
from bot.domain.ideas import IdeaId, Person
from bot.messages import Card, Control, Field, File, Form, Key, Line, Progress
from tests.builders import NOON, an_id
from tests.fakes.discord import rules

SPECIAL = set("\\*_~`|<>[]/@")


def a_control(verb: str = "vote", target: str = "", token: str = "up", **more: Any) -> Control:
    return Control(key=Key(verb=verb, target=target, token=token), **{"label": "", "emoji": "👍", **more})


def a_line(number: int = 1, text: str = "The Third Steep", **more: Any) -> Line:
    """An idea with the controls that the house gives it."""
    id = IdeaId(an_id())
    controls = (
        a_control("vote", id, "up"),
        a_control("vote", id, "down", emoji="👎"),
        a_control("pick", id, "yes", emoji="✅", label="Pick"),
        a_control("more", id, "", emoji="➕", label="More"),
        a_control("edit", id, "text", emoji="✏️", label="Edit", asks=True, minor=True),
        a_control("polish", id, "", emoji="✨", label="Polish", minor=True),
        a_control("remix", id, "", emoji="🔀", label="Remix", asks=True, minor=True),
    )
    return Line(**{"idea": id, "number": number, "text": text, "controls": controls, **more})


def a_card(ideas: int, **more: Any) -> Card:
    whole = tuple(a_control(verb, an_id(), "", label=verb) for verb in ("spin", "board", "idea", "export"))
    lines = tuple(a_line(number) for number in range(1, ideas + 1))
    return Card(**{"title": "Ideas for “tea”", "lines": lines, "controls": whole, **more})


def payload(card: Card) -> dict[str, Any]:
    return {"flags": rules.V2, "components": render(card).to_components()}


def shown(card: Card) -> str:
    return "\n".join(rules.texts(payload(card)))


# ------------------------------------------------------------------------------------------------ escaping


def read(markup: str) -> tuple[str, str]:
    """What Discord shows for this markup, and the special characters in it that nothing escapes."""
    text, bare, at = "", "", 0
    while at < len(markup):
        one = markup[at]
        if one == "\\" and at + 1 < len(markup) and re.match(r"[^0-9A-Za-z\s]", markup[at + 1]):
            text += markup[at + 1]
            at += 2
            continue
        if one in SPECIAL and not (one == "@" and markup[at + 1 : at + 2] == escaping.BREAK):
            bare += one
        text += one
        at += 1
    return text.replace(escaping.BREAK, ""), bare


ANY_TEXT = st.text(
    alphabet=st.one_of(st.sampled_from("\\*_~`|<>[]()#@:/-+.!&123aeho \n"), st.characters(exclude_categories=["Cs"]))
)


@given(ANY_TEXT)
def test_any_text_is_shown_as_it_is_and_nothing_in_it_is_markup(text: str) -> None:
    text = text.replace(escaping.BREAK, "")

    said, bare = read(escaping.plain(text))

    assert said == text
    assert bare == ""
    assert rules.pings([escaping.plain(text)], None) == []


@pytest.mark.parametrize(
    "text",
    [
        "@everyone look",
        "@here",
        "<@123456789012345678>",
        "<@&42>",
        "<#7>",
        "[free tea](https://evil.example)",
        "https://evil.example/x",
        "<https://evil.example>",
        "discord.gg/abc",
        "<t:0:R>",
        "</ban:1>",
        "# A heading",
        "-# small",
        "- a list",
        "1. a list",
        "> a quote",
        "||spoiler||",
        "```code```",
        "a\n# heading\n\n* list",
    ],
)
def test_what_people_try_stays_text(text: str) -> None:
    markup = escaping.plain(text)

    assert read(markup) == (text, "")
    assert rules.pings([markup], None) == []
    assert "://" not in markup
    assert "discord.gg/" not in markup
    assert not re.search(r"(?m)^\s*(#{1,3} |-# |[-*+] |\d+\. |> )", markup)


@given(ANY_TEXT, st.integers(0, 60))
def test_a_shortened_text_fits_and_never_ends_in_half_an_escape(text: str, room: int) -> None:
    markup = escaping.within(text, room)

    assert len(markup) <= room
    assert read(markup)[1] == ""


# ------------------------------------------------------------------------------------------------ limits

CONTROLS = st.builds(
    a_control,
    verb=st.sampled_from(["vote", "pick", "more", "edit", "stars", "polish"]),
    target=st.sampled_from(["a" * 24, "b" * 24, ""]),
    token=st.text(alphabet="abc12", max_size=3),
    label=st.text(alphabet="ab 1é", max_size=120),
    emoji=st.sampled_from(["", "👍", "✅"]),
    asks=st.booleans(),
    minor=st.booleans(),
)
TALLIES = st.none() | st.builds(
    Tally, ups=st.integers(0, 99), downs=st.integers(0, 99), stars=st.none() | st.floats(1, 5), raters=st.integers(0, 9)
)
LINES = st.builds(
    Line,
    idea=st.integers(0, 2**40).map(lambda n: IdeaId(f"{n:024x}")),
    number=st.integers(1, 10**6),
    text=st.text(alphabet="*_ab@ \n1", max_size=400),
    note=st.text(alphabet="ab*", max_size=200),
    by=st.none() | st.just(Person(platform="discord", id="123456789012345678")),
    tally=TALLIES,
    controls=st.lists(CONTROLS, max_size=8).map(tuple),
)
CARDS = st.builds(
    Card,
    title=st.text(alphabet="ab*# \n", max_size=400),
    text=st.text(alphabet="ab*#\n @", max_size=6000),
    lines=st.lists(LINES, max_size=60).map(tuple),
    progress=st.none() | st.builds(Progress, doing=st.text(max_size=500), done=st.integers(0, 50), total=st.integers(0, 50)),
    footer=st.text(alphabet="ab*", max_size=900),
    controls=st.lists(CONTROLS, max_size=30).map(tuple),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(CARDS)
def test_any_card_is_a_message_that_discord_takes(card: Card) -> None:
    assert rules.message(payload(card)) == []


@settings(max_examples=60, deadline=None)
@given(CARDS)
def test_no_card_notifies_anybody(card: Card) -> None:
    assert rules.pings(rules.texts(payload(card)), {"parse": []}) == []


@pytest.mark.parametrize("ideas", range(11))
def test_every_control_of_every_idea_can_be_reached(ideas: int) -> None:
    card = a_card(ideas)

    reachable = custom_ids(render(card))

    wanted = [keys.custom_id(c) for line in card.lines for c in line.controls] + [keys.custom_id(c) for c in card.controls]
    assert sorted(one for one in reachable if not one.startswith("menu:")) == sorted(wanted)


@pytest.mark.parametrize("ideas", [1, 3, 5])
def test_few_ideas_have_their_votes_right_beneath_them(ideas: int) -> None:
    card = a_card(ideas)

    pieces = layout.lay(card)

    for line in card.lines:
        at = next(
            n for n, piece in enumerate(pieces) if isinstance(piece, layout.Text) and f"**{line.number}.**" in piece.content
        )
        below = pieces[at + 1]
        assert isinstance(below, layout.Row)
        assert below.controls[:2] == line.controls[:2]


def test_many_ideas_can_be_voted_up_with_one_tap() -> None:
    card = a_card(10)

    buttons = [control for piece in layout.lay(card) if isinstance(piece, layout.Row) for control in piece.controls]

    ups = [button for button in buttons if button.key.verb == "vote" and button.key.token == "up"]
    assert [button.label for button in ups] == [str(number) for number in range(1, 11)]


def test_ten_long_ideas_are_all_shown_and_what_is_cut_says_so() -> None:
    card = a_card(10)
    lines = tuple(a_line(number, "*" * 400) for number in range(1, 11))

    text = shown(Card(title=card.title, lines=lines, controls=card.controls))

    assert [int(n) for n in re.findall(r"\*\*(\d+)\.\*\*", text)] == list(range(1, 11))
    assert text.count("…") == 10


def test_a_short_idea_among_long_ones_is_whole() -> None:
    lines = (*(a_line(number, "x" * 900) for number in range(1, 6)), a_line(6, "short and sweet"))

    assert "short and sweet" in shown(Card(lines=lines))


def test_the_same_key_twice_stands_once() -> None:
    again = a_control("board", "", "")

    view = render(Card(text="x", controls=(again, again)))

    assert custom_ids(view) == ["board::"]


def test_an_empty_card_is_still_a_message() -> None:
    assert rules.message(payload(Card())) == []


def test_rendering_is_pure() -> None:
    card = a_card(7)

    assert payload(card) == payload(card)


def test_files_have_their_place_in_the_message() -> None:
    card = Card(text="Here", files=(File(name="board of März.md", media_type="text/markdown", content=b"#"),))

    parts = [one for one in rules.walk(payload(card)["components"]) if one["type"] == rules.FILE]

    assert [part["file"]["url"] for part in parts] == ["attachment://" + file_name("board of März.md")]


def test_who_wrote_an_idea_and_what_people_said_stand_under_it() -> None:
    by = Person(platform="discord", id="42")
    tally = Tally(ups=3, stars=4.5, raters=2, picked=True)

    text = shown(Card(lines=(a_line(by=by, note="a remix", tally=tally),)))

    assert "\n-# a remix · <@42> · ★ 4.5 (2) · ✅ picked" in text


# ------------------------------------------------------------------------------------------------ keys and forms

KEYS = st.builds(
    Key,
    verb=st.from_regex(r"[a-z][a-z_]{0,11}", fullmatch=True),
    target=st.text(alphabet="0123456789abcdef", max_size=24),
    token=st.text(max_size=50),
)


@given(KEYS, st.booleans())
def test_a_custom_id_gives_its_key_back_and_is_no_longer_than_it(key: Key, asks: bool) -> None:
    custom_id = keys.custom_id(Control(key=key, label="x", asks=asks))

    assert keys.read(custom_id) == (key, asks)
    assert len(custom_id) == len(str(key)) <= 100


@pytest.mark.parametrize("foreign", ["", "hello", "1:2:3", "a b:c:d", "vote:only"])
def test_other_bots_buttons_are_not_ours(foreign: str) -> None:
    assert keys.read(foreign) is None


@given(
    st.builds(
        Form,
        key=KEYS,
        title=st.text(alphabet="ab \n", min_size=1, max_size=90).filter(str.strip),
        fields=st.lists(
            st.builds(
                Field,
                name=st.just(""),
                label=st.text(alphabet="ab", min_size=1, max_size=90),
                value=st.text(max_size=500),
                placeholder=st.text(max_size=200),
                most=st.integers(1, 9000),
            ),
            min_size=1,
            max_size=7,
        ).map(lambda fields: tuple(Field(name=f"f{n}", label=f.label, value=f.value, most=f.most) for n, f in enumerate(fields))),
    )
)
@settings(max_examples=50, deadline=None)
async def test_any_form_is_a_modal_that_discord_takes(form: Form) -> None:
    assert rules.modal(forms.modal(form).to_dict()) == []


def test_a_picture_of_the_card_s_own_is_shown_and_another_file_is_offered() -> None:
    files = (
        File(name="curve.png", media_type="image/png", content=b"p", alt="A curve"),
        File(name="a.csv", media_type="text/csv", content=b"c"),
    )

    _whole, picture, other = render(Card(text="Here", files=files)).to_components()

    assert picture["items"][0]["media"]["url"] == "attachment://curve.png"
    assert picture["items"][0]["description"] == "A curve"
    assert other["file"]["url"] == "attachment://a.csv"


def test_when_an_idea_was_made_is_said_by_each_reader_s_discord() -> None:
    line = Line(idea=IdeaId(an_id()), number=1, text="Steep", at=NOON)

    assert f"<t:{int(NOON.timestamp())}:f>" in under(line, tallies=True)
