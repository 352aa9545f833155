"""When something ends is told in the time of whoever reads it, on every platform."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from adapters._web.templating import part
from adapters.discord.render import render as discord_render
from adapters.slack.render import render as slack_render
from adapters.terminal._render import render as terminal_render
from bot.messages import Card
from bot.words import speaking

ENDS = datetime(2026, 12, 1, 16, 30, tzinfo=UTC)
STAMP = 1_796_142_600  # the same, seconds since 1970
CARD = Card(title="Points", text="Give your points.", until=ENDS)


@pytest.fixture
def in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's clock on the wall hangs in Tokyo."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_each_reader_s_discord_tells_it_and_how_long_that_is() -> None:
    texts = json.dumps(discord_render(CARD).to_components(), ensure_ascii=False)

    assert f"Until <t:{STAMP}:f> (<t:{STAMP}:R>)" in texts
    assert "UTC" not in texts


@pytest.mark.parametrize(("locale", "before", "after"), [("en", "Until", ""), ("zh-CN", "到", "为止")])
def test_each_reader_s_slack_tells_it_within_our_words(locale: str, before: str, after: str) -> None:
    with speaking(locale):
        blocks = slack_render(CARD).blocks

    (line,) = [block for block in blocks if block["type"] == "context"]
    words = [element["text"].strip() for element in line["elements"] if element["type"] == "plain_text"]
    (moment,) = [element for element in line["elements"] if element["type"] == "mrkdwn"]
    assert words == [word for word in (before, after) if word]
    assert moment["text"].startswith(f"<!date^{STAMP}^")
    assert moment["text"].endswith("|2026-12-01 16:30 UTC>")


def test_a_notification_of_slack_which_knows_no_reader_tells_utc() -> None:
    assert "Until 16:30 UTC" in slack_render(CARD).text


@pytest.mark.usefixtures("in_tokyo")
def test_the_terminal_tells_it_by_this_machine_s_clock() -> None:
    assert any(row.kind == "footer" and row.text == "Until Dec 2 01:30" for row in terminal_render(CARD))


def test_the_page_gives_browsers_the_moment() -> None:
    html = part("card", card=CARD, writes=False)

    assert '<time datetime="2026-12-01T16:30:00+00:00">Until 16:30 UTC</time>' in html
