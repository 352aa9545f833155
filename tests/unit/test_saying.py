"""Poems name what they are about: a topic's words stand in them, at places whose tones they have."""

from __future__ import annotations

import numpy as np
import pytest

from bot.domain.ideas import Prompt, Team
from bot.ports import Order
from generators.client.scripted import ScriptedGenerator
from generators.verse import forms, saying
from generators.verse.generator import ChineseGenerator
from generators.verse.keywords import Keywords
from generators.verse.rhymes import rhymes
from generators.verse.saying import Said
from generators.verse.scripts import simplified
from generators.verse.writing import Poet, Wish

#: 奶茶: 仄平; 程序员: 平仄平; 快乐: 仄仄.
TONES = {"茶": "平", "程": "平", "序": "仄", "员": "平", "快": "仄", "乐": "仄"}


@pytest.fixture(scope="module")
def poet() -> Poet:
    return Poet()


async def poems(poet: Poet, topic: str, **changed: object) -> list[list[str]]:
    generator = ChineseGenerator(ScriptedGenerator(), poet)
    generator.__dict__["_multilingual"] = lambda texts: np.ones((len(texts), 384), dtype=np.float32) / 384**0.5
    prompt = Prompt(text=topic, language="zh", kind="jueju", **changed)  # type: ignore[arg-type]
    order = Order(prompt=prompt, candidates=3, seed=7, model="", team=Team(platform="test", id="team"))
    return [draft.text.split(" / ") async for draft in generator.draft(order)]


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("毛肚", ["毛肚"]),
        ("毛肚七上八下", ["毛肚", "七上八下"]),
        ("毕业，送给初三的孩子们", ["毕业", "初三"]),
        ("海浪和猫", ["海浪", "猫"]),
        ("雨天的外卖员", ["雨天", "外卖员"]),
        ("剧本杀", ["剧本杀"]),
        ("我们公司的年会", ["公司", "年会"]),
        ("给周一", ["周一"]),
        ("内卷", ["内卷"]),
        ("双十一", ["双十一"]),
        ("去爬山", ["爬山"]),
        ("AI", []),
    ],
)
def test_a_topic_is_told_by_its_rarest_words(topic: str, words: list[str]) -> None:
    assert saying.telling(topic) == words


@pytest.mark.parametrize("length", [5, 7])
@pytest.mark.parametrize("word", ["奶茶", "程序员", "快乐", "茶"])
def test_a_word_stands_where_the_pattern_has_its_tones(word: str, length: int) -> None:
    places = saying.places(word, length, TONES)

    for place in places:
        lines, first = forms.patterns(length)[place.pattern]
        wanted = lines[place.line][place.at : place.at + len(word)]
        tones = [TONES.get(char, "仄") for char in word]
        ends = place.at + len(word) == length
        assert all(want in ("中", tone) for want, tone in zip(wanted, tones, strict=True))
        assert (place.group in rhymes(word[-1])) == (ends and (place.line in (1, 3) or (place.line == 0 and first)))
    assert places


def test_four_oblique_characters_fit_nowhere_and_stand_where_the_fewest_are_off() -> None:
    assert {place.off for place in saying.places("快乐快乐", 7, TONES)} == {1}


def test_two_words_stand_in_two_lines_of_one_pattern() -> None:
    ways = saying.together([saying.places(word, 5, TONES) for word in ("奶茶", "程序员")])

    assert {len(row) for row in ways} == {2}
    assert all(one.pattern == other.pattern and one.line != other.line for one, other in ways)
    assert len({one.line for one, _other in (saying.drawn(ways, np.random.default_rng(seed)) for seed in range(30))}) > 1


def test_a_second_word_is_left_out_rather_than_set_against_the_tones() -> None:
    ways = saying.together([saying.places(word, 7, TONES) for word in ("奶茶", "快乐快乐")])

    assert {len(row) for row in ways} == {1}


def test_a_word_is_said_where_it_was_set_and_its_characters_nowhere_else(poet: Poet) -> None:
    wish = Wish(keywords=("", "毛肚", "", ""), length=7, pattern=0, group=6, said=(Said(7, "毛肚", "毛肚"),))

    for poem in poet.write([wish] * 3, np.random.default_rng(3)):
        text = "".join(poem.lines)
        assert poem.lines[1].startswith("毛肚")
        assert text.count("毛") == text.count("肚") == 1


@pytest.mark.parametrize("topic", ["程序员", "奶茶", "咖啡和代码", "海浪和猫"])
async def test_every_poem_says_what_its_topic_is_told_by_and_keeps_its_form(poet: Poet, topic: str) -> None:
    for lines in await poems(poet, topic):
        assert all(word in "".join(lines) for word in saying.telling(topic))
        assert "".join(lines).encode("gb2312")
        assert forms.even(lines)
        assert forms.rhymed(lines)
        assert forms.in_tune(lines, poet.tones) == 1.0


def test_keywords_share_no_character_with_what_is_said() -> None:
    keywords = Keywords(["秋雨", "明月", "落叶"], np.eye(3, dtype=np.float32))

    near, _nearness = keywords.near(np.eye(3, dtype=np.float32)[0], without="秋")
    plan = keywords.plan({2: "秋雨"}, ["秋雨"], near, np.zeros(2, dtype=np.float32), np.random.default_rng(1))

    assert "秋雨" not in near
    assert plan[2] == "秋雨"
    assert plan.count("秋雨") == 1
    assert len([word for word in plan if word]) >= 2


@pytest.mark.parametrize(("first", "length"), [("毕业快乐", "5"), ("天天向上", "7"), ("奶茶续命", "7"), ("畢業快樂", "5")])
async def test_an_acrostics_lines_begin_with_its_characters(poet: Poet, first: str, length: str) -> None:
    for lines in await poems(poet, first, options=(("first", first), ("length", length))):
        assert "".join(line[0] for line in lines) == first
        assert forms.even(lines)
        assert forms.rhymed([simplified(line) for line in lines])
        assert forms.in_tune([simplified(line) for line in lines], poet.tones) > 0.9
