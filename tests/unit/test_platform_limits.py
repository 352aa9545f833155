"""The platforms' own limits, as the numbers their documentation gives: whatever our constants say, a message keeps to these."""

from __future__ import annotations

import json

import pytest

from adapters.discord.render import render as discord_render
from adapters.slack.render import render as slack_render
from bot.domain.feedback import Tally
from bot.domain.ideas import IdeaId, Person
from bot.messages import Card, Control, Key, Line, Progress
from tests.fakes.discord import rules


def a_line(number: int, text: str, **more: object) -> Line:
    id = IdeaId(f"{number:024x}")
    up = Control(key=Key(verb="vote", target=id, token="up"), label="", emoji="👍")
    return Line(**{"idea": id, "number": number, "text": text, "controls": (up,), **more})  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ Discord


@pytest.mark.parametrize("char", ["x", "*", "🍵"], ids=["plain", "escaped", "two units"])
def test_the_texts_of_one_discord_message_are_four_thousand_characters_at_most(char: str) -> None:
    said = {"note": "a remix of “The Third Steep”", "by": Person(platform="discord", id="123456789012345678")}
    tally = Tally(ups=12, downs=3, stars=4.5, raters=2, picked=True)
    lines = tuple(a_line(number, char * 400, tally=tally, **said) for number in range(1, 11))
    card = Card(title="Ideas for “tea”", text=char * 900, lines=lines, footer="by the model of this team")

    texts = list(rules.texts({"flags": rules.V2, "components": discord_render(card).to_components()}))

    assert sum(map(len, texts)) <= 4_000
    assert sum(map(len, texts)) > 3_800  # what there is room for is used


# ------------------------------------------------------------------------------------------------ Slack


@pytest.mark.parametrize(
    ("ideas", "footer", "shown", "blocks"),
    [(24, "All done", 24, 50), (25, "", 24, 50), (24, "All done, and so on", 24, 50), (30, "All done", 23, 49)],
    ids=["exactly fifty", "one too many", "fifty", "far too many"],
)
def test_a_slack_message_has_fifty_blocks_at_most_and_counts_the_rest(ideas: int, footer: str, shown: int, blocks: int) -> None:
    """A header, two blocks an idea, and a footer: 25 ideas without a footer are 51."""
    card = Card(title="Ideas", lines=tuple(a_line(number, "tea") for number in range(1, ideas + 1)), footer=footer)

    drawn = slack_render(card).blocks

    assert len(drawn) == blocks
    assert sum(block["type"] == "actions" for block in drawn) == shown
    left = ideas - shown
    assert (f"{left} more idea" in json.dumps(drawn)) == bool(left)


@pytest.mark.parametrize("footer", range(3))
def test_whatever_else_stands_there_a_slack_message_has_fifty_blocks_at_most(footer: int) -> None:
    for ideas in range(20, 30):
        card = Card(
            title="Ideas",
            text="words\n" * 3,
            lines=tuple(
                a_line(number, "tea", note="a remix") if number % 2 else a_line(number, "tea") for number in range(ideas)
            ),
            footer="All done" if footer else "",
            progress=Progress(doing="Thinking", done=1, total=2) if footer == 2 else None,
        )

        assert len(slack_render(card).blocks) <= 50


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("x" * 2_997, True),  # with the number before it: 3 000
        ("x" * 2_998, False),
        ("x" * 2_993 + "&", False),  # 3 001, of which the last five are one entity
        ("x" * 2_992 + "&", True),
        ("<" * 2_000, False),
    ],
    ids=["3 000", "3 001", "3 001 ending in an entity", "3 000 ending in an entity", "entities alone"],
)
def test_a_section_of_slack_s_is_three_thousand_characters_at_most(text: str, whole: bool) -> None:
    blocks = slack_render(Card(lines=(a_line(1, text),))).blocks

    written = blocks[0]["text"]["text"]
    assert len(written) <= 3_000
    assert written.endswith("…") != whole
    assert "&" not in written.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")  # no half entity


@pytest.mark.parametrize("size", [2_999, 3_000, 3_001, 6_001, 20_000])
@pytest.mark.parametrize("char", ["x", "&", "x\n"])
def test_a_long_card_s_paragraphs_are_three_thousand_characters_at_most(size: int, char: str) -> None:
    blocks = slack_render(Card(text=(char * size)[:size], footer=(char * size)[:size], title=(char * size)[:size])).blocks

    header, *rest = [block.get("text", {}).get("text") or block["elements"][0]["text"] for block in blocks]
    assert len(header) <= 150
    assert max(map(len, rest)) <= 3_000


def test_a_button_of_slack_s_is_seventy_five_characters_at_most() -> None:
    long = Control(key=Key(verb="board"), label="x" * 80, emoji="📋")
    menu = Control(key=Key(verb="export"), label="&" * 80, minor=True)

    (row,) = [block for block in slack_render(Card(text="x", controls=(long, menu))).blocks if block["type"] == "actions"]

    button, more = row["elements"]
    assert len(button["text"]["text"]) <= 75
    assert len(more["options"][0]["text"]["text"]) <= 75
