"""Cards become messages that Slack takes, whatever is in them."""

from __future__ import annotations

import html
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.slack.blocks import MAX_HEADER, escaped, read_value, value_of
from adapters.slack.emoji import KEYCAPS, emoji_of, pointed_at
from adapters.slack.reading import Shown, shown_in
from adapters.slack.render import only_text, render
from adapters.slack.views import form_view, home_view
from bot.domain.errors import InvalidFeedback
from bot.domain.feedback import Tally
from bot.domain.ideas import IdeaId, Person
from bot.messages import Card, Control, Field, Form, Key, Line, Progress
from tests.builders import NOON
from tests.fakes.slack.judge import Judge
from tests.fakes.slack.specs import load

ID = "0123456789abcdef01234567"

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=400)
nasty = st.sampled_from(
    [
        "<!channel>",
        "<@U0ANN>",
        "<https://evil.example|tea>",
        "*bold*",
        "&amp;",
        "a & b < c > d",
        "&" * 400,
        "`code`",
        ":fire:",
        " ",
    ]
)
texts = st.one_of(words, nasty)
verbs = st.sampled_from(["vote", "pick", "more", "remix", "edit", "stars"])
keys = st.builds(Key, verb=verbs, target=st.just(ID), token=st.text("abcdefgh0123456789", max_size=20))
controls = st.lists(
    st.builds(
        Control,
        key=keys,
        label=texts,
        emoji=st.sampled_from(["", "👍"]),
        asks=st.booleans(),
        primary=st.booleans(),
        minor=st.booleans(),
    ),
    max_size=12,
).map(tuple)
tallies = st.none() | st.builds(
    Tally, ups=st.integers(0, 999), downs=st.integers(0, 999), stars=st.none() | st.floats(1, 5), picked=st.booleans()
)
lines = st.builds(
    Line,
    idea=st.uuids().map(lambda made: IdeaId(made.hex[:24])),
    number=st.integers(1, 10**9),
    text=texts,
    by=st.none() | st.just(Person(platform="slack", id="U0ANN")),
    note=texts,
    tally=tallies,
    controls=controls,
)
cards = st.builds(
    Card,
    title=texts,
    text=st.lists(texts, max_size=30).map("\n\n".join),
    lines=st.lists(lines, max_size=25).map(tuple),
    progress=st.none() | st.builds(Progress, doing=texts, done=st.integers(0, 10), total=st.integers(0, 10)),
    footer=texts,
    controls=controls,
)
fields = st.lists(
    st.builds(
        Field,
        name=st.text("abcdefghij", min_size=1, max_size=10),
        label=texts,
        value=texts,
        placeholder=texts,
        most=st.integers(1, 4000),
        required=st.booleans(),
        multiline=st.booleans(),
        kind=st.sampled_from(["text", "choice", "file"]),
        hint=texts,
        choices=st.lists(st.tuples(st.text("abcdefghij", min_size=1, max_size=10), texts), min_size=1, max_size=120).map(tuple),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda field: field.name,
).map(tuple)
forms = st.builds(Form, key=keys, title=texts, fields=fields, submit=texts)
choices = st.lists(
    st.builds(Shown, idea=st.uuids().map(lambda made: made.hex[:24]), number=st.integers(1, 99), text=texts), max_size=12
)

slowly = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.fixture(scope="module")
def judge():
    return Judge(load())


def read(drawn):
    """Every text a person reads in blocks, with its kind."""
    found, stack = [], list(drawn)
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            if isinstance(part.get("text"), str):
                found.append((part["type"], part["text"]))
            stack += [value for value in part.values() if isinstance(value, dict | list)]
        elif isinstance(part, list):
            stack += part
    return found


@slowly
@given(cards)
def test_any_card_is_a_message_that_slack_takes(judge, card):
    drawn = render(card)

    asked = {"channel": "C0TEA", "text": drawn.text, "blocks": list(drawn.blocks)}

    assert judge.request("chat.postMessage", asked) == []
    assert judge.request("chat.update", asked | {"ts": "1.2"}) == []


@slowly
@given(cards)
def test_nothing_written_becomes_markup_a_mention_or_a_link(card):
    drawn = render(card)

    for kind, text in [*read(drawn.blocks), ("plain_text", drawn.text)]:
        assert kind == "plain_text"
        assert "<" not in text
        assert ">" not in text
        assert "&" not in text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")


@slowly
@given(cards)
def test_the_plain_form_of_any_card_is_taken_too(judge, card):
    drawn = only_text(card)

    assert judge.request("chat.postMessage", {"channel": "C0TEA", "text": drawn.text, "blocks": list(drawn.blocks)}) == []


@slowly
@given(forms, choices)
def test_any_form_is_a_modal_that_slack_takes(judge, form, choices):
    view = form_view(form, {"channel": "C0TEA", "key": str(form.key)}, choices)

    assert judge.request("views.open", {"trigger_id": "1.2", "view": view}) == []


@slowly
@given(st.lists(cards, max_size=2), texts)
def test_any_home_tab_is_one_that_slack_takes(judge, cards, note):
    view = home_view("C0TEA", cards, note=note)

    assert judge.request("views.publish", {"user_id": "U0ANN", "view": view}) == []


@given(texts, st.integers(8, 500))
def test_escaping_keeps_short_texts_whole_and_cuts_long_ones_between_characters(text, limit):
    written = escaped(text, limit)

    assert len(written) <= limit
    if len(escaped(text, 10_000)) <= limit:
        assert html.unescape(written) == html.unescape(html.escape(text, quote=False))
    else:
        assert written.endswith("…")
        assert text.startswith(html.unescape(written[:-1]).rstrip() or text[:0])


def a_line(number, text, **changes):
    vote = Control(key=Key(verb="vote", target=f"{number:024x}", token="up"), label="", emoji="👍")
    edit = Control(key=Key(verb="edit", target=f"{number:024x}", token="text"), label="Edit", asks=True, minor=True)
    return Line(idea=IdeaId(f"{number:024x}"), number=number, text=text, **{"controls": (vote, edit), **changes})


def test_a_card_reads_as_title_ideas_with_buttons_and_footer():
    board = Control(key=Key(verb="board"), label="Board", emoji="📋")
    card = Card(title="Ideas for “tea”", lines=(a_line(3, "Steep & Co", note="a remix"),), footer="All done", controls=(board,))

    blocks = render(card).blocks

    assert [block["type"] for block in blocks] == ["header", "section", "context", "actions", "context", "actions"]
    assert blocks[1]["text"]["text"] == "3. Steep &amp; Co"
    assert [element["type"] for element in blocks[3]["elements"]] == ["button", "overflow"]
    assert blocks[3]["elements"][1]["options"][0]["value"].startswith("?edit:")
    assert render(card).text == "Ideas for “tea”\n3. Steep &amp; Co\nAll done"


def test_ten_long_ideas_with_all_their_buttons_fit_one_message(judge):
    tally = Tally(ups=12, downs=3, stars=4.5, raters=2, picked=True)
    card = Card(
        title="x" * 500, lines=tuple(a_line(n, "y" * 400, tally=tally, note="a remix") for n in range(1, 11)), footer="z" * 200
    )

    drawn = render(card)

    assert judge.blocks(list(drawn.blocks), "message") == []
    assert len(shown_in(drawn.blocks, {"vote"})) == 10
    assert len(drawn.blocks[0]["text"]["text"]) == MAX_HEADER


def test_ideas_that_do_not_fit_are_counted():
    card = Card(lines=tuple(a_line(n, "y" * 400) for n in range(1, 41)))

    drawn = render(card)

    shown = len(shown_in(drawn.blocks, {"vote"}))
    assert 10 <= shown < 40
    assert f"{40 - shown} more ideas" in json.dumps(drawn.blocks)


def test_the_ideas_of_a_message_are_read_back_from_its_blocks():
    card = Card(lines=(a_line(3, "Steep & Co"), a_line(12, "Leaf")), controls=(Control(key=Key(verb="board"), label="Board"),))

    assert shown_in(render(card).blocks, {"vote", "edit"}) == (
        Shown(f"{3:024x}", 3, "Steep &amp; Co"),
        Shown(f"{12:024x}", 12, "Leaf"),
    )


@given(keys, st.booleans())
def test_a_button_s_value_gives_its_key_back(key, asks):
    assert read_value(value_of(Control(key=key, label="x", asks=asks))) == (key, asks)


def test_commands_are_named_as_they_are_written_in_slack():
    card = Card(
        title="Ideas for “/idea”",
        text="Start with /brainstorm, or add an idea with /idea. See https://x.example/help and 1/board.",
        footer="/privacy delete --sure",
        lines=(a_line(1, "/vote for tea"),),
    )

    assert render(card).text == (
        "Ideas for “/idea”\nStart with /brainstorm, or add an idea with /muse idea. See https://x.example/help and 1/board.\n"
        "1. /vote for tea\n/muse privacy delete --sure"
    )


def test_commands_inside_chinese_are_named_so_too():
    assert "用/muse idea添加" in render(Card(text="用/idea添加")).text


def test_a_foreign_button_is_none_of_ours():
    with pytest.raises(InvalidFeedback):
        read_value("approve it!")


@pytest.mark.parametrize(
    ("name", "emoji"), [("+1", "👍"), ("thumbsup::skin-tone-4", "👍"), ("keycap_ten", "🔟"), ("parrot", ""), ("one", "1️⃣")]
)
def test_slack_s_names_of_emoji_are_known(name, emoji):
    assert emoji_of(name) == emoji


@pytest.mark.parametrize(
    ("numbers", "emoji", "meant"),
    [([1, 2, 3], 2, 2), ([11, 12, 13], 2, 12), ([3, 4, 5], 3, 3), ([3, 4, 5], 1, 3), ([11, 12], 3, None)],
)
def test_a_number_emoji_means_the_idea_with_that_number_else_the_one_in_that_place(numbers, emoji, meant):
    ideas = [Shown(f"{number:024x}", number, "") for number in numbers]

    found = pointed_at(KEYCAPS[emoji - 1], ideas)

    assert (found.number if found else None) == meant


def test_when_an_idea_was_made_is_said_by_each_reader_s_slack(judge):
    card = Card(title="Board", lines=(Line(idea=IdeaId("0" * 24), number=1, text="Steep", at=NOON),))

    drawn = render(card)

    said = next(block for block in drawn.blocks if block["type"] == "context")["elements"][0]["text"]
    assert said == f"<!date^{int(NOON.timestamp())}^{{date_short_pretty}} {{time}}|2026-05-04 12:00 UTC>"
    assert judge.request("chat.postMessage", {"channel": "C0TEA", "text": drawn.text, "blocks": list(drawn.blocks)}) == []
