"""Choices and the numbers of ideas are understood wherever people put them on a line."""

from __future__ import annotations

import pytest

from bot import typed
from bot.messages import Call, Value
from tests.builders import NOON, RED, a_person


def meant(line: str) -> tuple[str, dict[str, Value]] | str:
    event = typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON))
    return (event.command, dict(event.args)) if isinstance(event, Call) else str(event.key)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/imagine 3, moodboard", {"what": "3", "layout": "moodboard"}),
        ("/imagine moodboard 3", {"what": "3", "layout": "moodboard"}),
        ("/imagine moodboard of 3", {"what": "3", "layout": "moodboard"}),
        ("/imagine a moodboard for idea #3", {"what": "#3", "layout": "moodboard"}),
        ("/imagine idea 3, logo", {"what": "3", "layout": "logo"}),
        ("/imagine 3 as a logo", {"what": "3", "layout": "logo"}),
        ("/imagine purple 3", {"what": "3", "palette": "purple"}),
        ("/imagine poster of a cat", {"what": "a cat", "layout": "poster"}),
        ("/imagine route 66", {"what": "route 66"}),
        ("/imagine 3 a red fox", {"what": "3 a red fox"}),
        ("/画 3，海报", {"what": "3", "layout": "poster"}),
        ("/画 海报 3", {"what": "3", "layout": "poster"}),
        ("/画 3的海报", {"what": "3", "layout": "poster"}),
        ("/compose 3, mp3", {"what": "3", "format": "mp3"}),
        ("/compose mp3 of 3", {"what": "3", "format": "mp3"}),
        ("/compose a calm tune for 3", {"what": "3", "mood": "calm"}),
        ("/say 3, mp3", {"what": "3", "format": "mp3"}),
        ("/say take 5", {"what": "take 5"}),
        ("/polish short 3", {"idea": "3", "level": "short"}),
        ("/state 3, dropped, too expensive", {"idea": "3", "state": "dropped", "reason": "too expensive"}),
        ("/remix 1 and 2", {"first": "1", "second": "2"}),
        ("/remix 1, 2", {"first": "1", "second": "2"}),
        ("/why idea 3", {"idea": "3"}),
    ],
)
def test_an_idea_is_found_before_and_behind_what_is_to_be_made_of_it(line: str, told: dict[str, Value]) -> None:
    assert meant(line)[1] == told


@pytest.mark.parametrize(
    ("line", "topic", "form"),
    [
        ("/poem autumn rain haiku", "autumn rain", "haiku"),
        ("/poem the sea, a haiku", "the sea", "haiku"),
        ("/poem the sea as a couplet", "the sea", "couplet"),
        ("/poem the sea – haiku", "the sea", "haiku"),
        ("/poem limerick on cats", "cats", "limerick"),
        ("/poem limericks for anna", "anna", "limerick"),
        ("/poem a haiku about autumn rain", "autumn rain", "haiku"),
        ("/poem haiku: the sea", "the sea", "haiku"),
        ("/poem line of duty", "line of duty", None),
        ("/poem in praise of the haiku", "in praise of the haiku", None),
        ("/poem haiku", "haiku", None),
        ("/诗 秋雨，绝句", "秋雨", "jueju"),
        ("/诗 绝句：秋雨", "秋雨", "jueju"),
        ("/诗 绝句 秋雨", "秋雨", "jueju"),
        ("/诗 关于秋雨的绝句", "秋雨", "jueju"),
        ("/诗 秋雨 七言绝句", "秋雨", "qijue"),
        ("/诗 春天的花", "春天的花", None),
    ],
)
def test_a_form_stands_wherever_it_is_put_and_is_no_part_of_the_topic(line: str, topic: str, form: str | None) -> None:
    assert meant(line) == ("poem", {"topic": topic} | ({"form": form} if form else {}))


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("/vote 3, up", "vote:3:up"),
        ("/vote up 3", "vote:3:up"),
        ("/vote down for idea 3", "vote:3:down"),
        ("/vote idea 3 up", "vote:3:up"),
        ("/vote 1 Yes!", "vote:1:up"),
        ("/vote 1 thumbs down", "vote:1:down"),
        ("/vote 1 点赞", "vote:1:up"),
        ("/vote 1 點讚", "vote:1:up"),
        ("/vote 1 同意", "vote:1:up"),
        ("/vote 1 倒", "vote:1:down"),
        ("/vote 1 点踩", "vote:1:down"),
        ("/vote 1 弃权", "vote:1:none"),
        ("/stars 3, 5", "stars:3:5"),
        ("/edit 3 The Tea Room 5", "edit:3:text"),
    ],
)
def test_a_vote_is_understood_in_every_order_and_in_peoples_words(line: str, key: str) -> None:
    assert meant(line) == key


def test_an_ideas_id_is_never_moved() -> None:
    id = "0123456789abcdef01234567"

    assert meant(f"/state {id} dropped in 2027") == ("state", {"idea": id, "state": "dropped", "reason": "in 2027"})
