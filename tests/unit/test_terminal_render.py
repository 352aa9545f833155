"""Cards as rows of text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters.terminal._numbers import Numbers
from adapters.terminal._render import Page, Row, plain, render, shortened, styled
from bot.domain.errors import UnknownIdea
from bot.domain.feedback import Tally
from bot.domain.ideas import IdeaId
from bot.messages import Card, Control, Key, Line, Progress
from tests.builders import NOON, a_person, an_id

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")  # colours and styles; nothing else is ever ours


def a_line(text: str = "The Third Steep", number: int = 1, **changes: object) -> Line:
    return replace(Line(idea=IdeaId(an_id()), number=number, text=text), **changes)


def some_lines(count: int, first: int = 1) -> tuple[Line, ...]:
    return tuple(a_line(f"Idea {number}", number) for number in range(first, first + count))


def printed(card: Card) -> list[str]:
    return [plain(row) for row in render(card)]


def unstyled(text: str) -> list[str]:
    return ESCAPES.sub("", text).splitlines()


def test_a_list_is_its_title_its_numbered_ideas_and_its_footer() -> None:
    card = Card(title="Board", lines=some_lines(2, first=8), footer="2 ideas, best first")

    assert printed(card) == ["Board", "1. Idea 8", "2. Idea 9", "2 ideas, best first"]


def test_marks_follow_two_spaces_after_the_text_so_that_a_script_can_cut_there() -> None:
    tally = Tally(ups=2, downs=1, stars=4.5, raters=2, picked=True)
    line = a_line("Two  spaces\n fold", note="edited", by=a_person("ann"), tally=tally)

    assert printed(Card(lines=(line,))) == ["1. Two spaces fold  👍 2 👎 1 ★ 4.5 ✅  (edited by ann)"]


def test_nothing_is_said_of_an_idea_that_nobody_spoke_about() -> None:
    assert printed(Card(lines=(a_line(tally=Tally()),))) == ["1. The Third Steep"]


HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202eevil\u2066 [red]x[/red] \x00\r\nend"


@pytest.mark.parametrize(
    "card",
    [
        Card(title=HOSTILE),
        Card(text=HOSTILE),
        Card(footer=HOSTILE),
        Card(lines=(a_line(HOSTILE),)),
        Card(lines=(a_line(note=HOSTILE, by=a_person(HOSTILE)),)),
        Card(text="x", controls=(Control(key=Key(verb="more"), label=HOSTILE),)),
    ],
)
def test_nothing_that_was_written_moves_the_cursor_colours_a_line_or_turns_it_around(card: Card) -> None:
    rows = render(card)

    both = "\n".join(map(plain, rows)) + ESCAPES.sub("", styled(rows, width=80, colours=True))

    assert "evil" in both
    assert "[red]x[/red]" in both  # markup is text here
    dangerous = [char for char in both if unicodedata.category(char) in ("Cc", "Cf") and char != "\n"]
    assert dangerous == []


@given(st.text(max_size=60))
def test_whatever_the_text_an_idea_is_one_line_in_a_pipe(text: str) -> None:
    (row,) = printed(Card(lines=(a_line(text),)))

    assert row.startswith("1. ")
    assert len(row.splitlines()) == 1


@pytest.mark.parametrize("text", ["word " * 40, "茶馆起名字，只有一条规则" * 8, "x" * 200, "👩‍👩‍👧 " * 30])
@pytest.mark.parametrize("width", [40, 80])
def test_lines_are_wrapped_to_the_width_with_the_text_below_the_text(text: str, width: int) -> None:
    lines = unstyled(styled(render(Card(lines=(a_line(text),))), width=width, colours=True))

    assert len(lines) > 1
    assert all(cell_len(line) <= width for line in lines)
    assert lines[0].startswith(" 1. ")
    assert all(line.startswith("    ") and not line[4].isspace() for line in lines[1:])


def test_the_channel_s_number_is_said_where_it_differs_from_the_position() -> None:
    lines = (a_line("First", 1), a_line("Second", 17))

    assert unstyled(styled(render(Card(lines=lines)), width=80, colours=True)) == [" 1. First", " 2. Second  #17"]


def test_without_colours_there_are_none() -> None:
    rows = render(Card(title="Board", lines=some_lines(1), controls=(Control(key=Key(verb="more"), label="More"),)))

    coloured, bare = (styled(rows, width=80, colours=colours) for colours in (True, False))

    assert re.search(r"\x1b\[[0-9;]*3[0-7]m", coloured)
    assert not re.search(r"\x1b\[(?:[0-9;]*;)?[34][0-7]m", bare)
    assert unstyled(coloured) == unstyled(bare)


def test_a_growing_card_prints_every_idea_once_and_its_end_once() -> None:
    page, numbers = Page(), Numbers()
    lines = some_lines(2)
    working = Progress(doing="Thinking", total=2)
    versions = [
        Card(title="Tea", progress=working),
        Card(title="Tea", lines=lines[:1], progress=working),
        Card(title="Tea", lines=lines[:1], progress=working),
        Card(title="Tea", lines=lines, footer="That was all.", controls=(Control(key=Key(verb="spin"), label="Spin"),)),
        Card(title="Tea", lines=lines, footer="That was all.", controls=(Control(key=Key(verb="spin"), label="Spin"),)),
    ]

    rows = [plain(row) for card in versions for row in page.news(card, numbers)]

    assert rows == ["Tea", "1. Idea 1", "2. Idea 2", "That was all.", "s Spin"]


def test_numbers_mean_the_list_last_shown_and_hash_numbers_the_channel_s() -> None:
    numbers = Numbers()
    old, new = some_lines(3), some_lines(2, first=8)

    assert numbers.meant("3") == "3"  # nothing was shown yet: the core's own numbers
    Page().news(Card(lines=old), numbers)
    Page().news(Card(lines=new), numbers)

    assert numbers.meant("2") == new[1].idea
    assert numbers.meant("#2") == "#2"
    with pytest.raises(UnknownIdea, match="The list above has 2 ideas, no 3. Write #3"):
        numbers.meant("3")


def test_a_list_that_goes_on_after_another_was_shown_says_again_what_it_is_and_has_the_numbers_back() -> None:
    numbers, page, lines = Numbers(), Page(), some_lines(3)
    page.news(Card(title="Tea", lines=lines[:2], progress=Progress(doing="Thinking")), numbers)
    Page().news(Card(title="Board", lines=some_lines(5, first=8)), numbers)

    rows = page.news(Card(title="Tea", lines=lines), numbers)

    assert [plain(row) for row in rows] == ["Tea", "3. Idea 3"]
    assert numbers.meant("1") == lines[0].idea


def test_a_list_whose_title_was_followed_by_another_card_repeats_it_before_its_first_idea() -> None:
    numbers, page, lines = Numbers(), Page(), some_lines(2)
    page.news(Card(title="Tea", progress=Progress(doing="Thinking")), numbers)
    Page().news(Card(text="Recorded."), numbers)  # a confirmation stands between no list and its title
    first = page.news(Card(title="Tea", lines=lines[:1], progress=Progress(doing="Thinking")), numbers)
    Page().news(Card(title="Picked", lines=lines[:1]), numbers)

    second = page.news(Card(title="Tea", lines=lines), numbers)

    assert [plain(row) for row in first] == ["1. Idea 1"]
    assert [plain(row) for row in second] == ["Tea", "2. Idea 2"]


def test_an_idea_shown_by_itself_joins_the_list_instead_of_replacing_it() -> None:
    numbers, lines = Numbers(), some_lines(3)
    Page().news(Card(title="Tea", lines=lines), numbers)

    picked = Page().news(Card(title="Picked", lines=(lines[1],)), numbers)
    added = Page().news(Card(title="New", lines=(a_line("Mine", 9),)), numbers)

    assert [plain(row) for row in picked] == ["Picked", "2. Idea 2"]
    assert [plain(row) for row in added] == ["New", "4. Mine"]
    assert numbers.meant("3") == lines[2].idea


def test_a_brainstorm_of_one_idea_is_a_list_of_its_own() -> None:
    numbers, page, line = Numbers(), Page(), a_line("Only", 4)
    Page().news(Card(lines=some_lines(3)), numbers)

    page.news(Card(title="Tea", progress=Progress(doing="Thinking", total=1)), numbers)
    rows = page.news(Card(title="Tea", lines=(line,)), numbers)

    assert [plain(row) for row in rows] == ["1. Only"]
    assert numbers.meant("1") == line.idea


def controls(*labels: str) -> tuple[Control, ...]:
    return tuple(Control(key=Key(verb="board", token=label), label=label) for label in labels)


def test_controls_get_letters_of_their_labels_and_never_one_that_means_something_else() -> None:
    offered = Numbers().offer(controls("Spin", "Stop", "Export", "Quit", "撤销"), under_list=True)

    assert [letter for letter, _control in offered] == ["s", "t", "x", "u", "b"]


def test_a_forgotten_delete_is_disarmed_by_the_next_card_and_a_list_s_letters_stay() -> None:
    numbers = Numbers()
    Page().news(Card(lines=some_lines(2), controls=controls("Spin")), numbers)
    Page().news(Card(text="Sure?", controls=controls("Delete")), numbers)
    assert numbers.pressed("d") is not None

    Page().news(Card(text="Recorded."), numbers)

    assert numbers.pressed("d") is None
    assert numbers.pressed("s") is not None


def test_a_confirmation_and_its_undo_share_a_line() -> None:
    rows = render(Card(text="Recorded 👍.", controls=controls("Undo")))

    assert unstyled(styled(rows, width=80, colours=True)) == ["Recorded 👍.  u Undo"]
    assert [plain(row) for row in rows] == ["Recorded 👍."]


def test_keys_are_never_cut_between_a_letter_and_its_meaning() -> None:
    rows = render(Card(lines=some_lines(2), controls=controls("Board", "Export", "Add yours", "Spin")))

    lines = unstyled(styled(rows, width=36, colours=True))

    assert lines[-2:] == ["b Board · x Export · a Add yours", "s Spin"]


def test_the_spaces_of_an_aligned_text_stay() -> None:
    assert printed(Card(text="count:  5\n  style: dry\n\nend")) == ["count:  5", "  style: dry", "", "end"]
    assert unstyled(styled((Row(kind="text", text="  a  b"),), width=40, colours=True)) == ["  a  b"]


def test_a_shortened_text_counts_cells() -> None:
    assert shortened("茶馆起名字", 10) == "茶馆起名字"
    assert shortened("茶馆起名字", 9) == "茶馆起名…"
    assert shortened("abc", 2) == "a…"


def test_a_board_s_line_says_when_it_was_made_by_the_clock_on_this_wall() -> None:
    here = NOON.astimezone()

    card = Card(lines=(a_line(note="for “tea”", at=NOON),))

    assert unstyled(styled(render(card), width=80, colours=False)) == [
        f" 1. The Third Steep  for “tea” · {here:%b} {here.day} {here:%H:%M}"
    ]
    assert printed(card) == ["1. The Third Steep  (for “tea”)"]  # a script's line is as it was


def test_a_list_says_when_it_was_asked_for_to_who_reads_it_and_not_to_a_script() -> None:
    card = Card(title="names for a tea bar", lines=some_lines(2), at=NOON)

    shown, piped = unstyled(styled(render(card), width=80, colours=False)), printed(card)

    here = NOON.astimezone()
    assert next(line for line in shown if "tea bar" in line).endswith(f"{here:%H:%M}")
    assert piped[0] == "names for a tea bar"
