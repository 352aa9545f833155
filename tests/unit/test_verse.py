"""Chinese rhymes, tones and forms; and the poet, which keeps them."""

from __future__ import annotations

import numpy as np
import pytest

from bot.domain.errors import Misconfigured
from generators.client.cleaning import tidy
from generators.engines.text.multilingual import Multilingual
from generators.verse import forms
from generators.verse.rhymes import GROUPS, rhyme, rhymes
from generators.verse.runs import HASHES, WINDOW, Runs
from generators.verse.scripts import is_traditional, simplified, traditional
from generators.verse.writing import ASSETS

SPRING = ("春眠不觉晓", "处处闻啼鸟", "夜来风雨声", "花落知多少")
TOWER = ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼")
TONES = dict(zip("白日依山尽黄河入海流欲穷千里目更上一层楼", "仄仄平平仄平平仄仄平仄平平仄仄仄仄仄平平", strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [("流", "楼"), ("归", "飞"), ("论", "门"), ("东", "风"), ("烟", "天"), ("斜", "家"), ("诗", "知"), ("鱼", "西")],
)
def test_finals_of_one_group_rhyme_even_where_pinyin_writes_them_differently(one: str, other: str) -> None:
    assert rhyme(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("诗", "鸡"), ("字", "低"), ("家", "书"), ("烟", "云"), ("楼", "楼"), ("a", "b"), ("", "天")]
)
def test_others_do_not_even_where_pinyin_writes_them_alike(one: str, other: str) -> None:
    assert not rhyme(one, other)


def test_every_group_has_a_character() -> None:
    assert set().union(*map(rhymes, "麻波皆开微豪尤寒文唐庚齐支姑")) == set(GROUPS)


@pytest.mark.parametrize("length", [5, 7])
def test_in_every_pattern_the_even_lines_end_level_and_the_third_oblique(length: int) -> None:
    for lines, first in forms.patterns(length):
        assert [len(line) for line in lines] == [length] * 4
        assert [line[-1] for line in lines] == ["平" if first else "仄", "平", "仄", "平"]


def test_a_famous_poem_is_in_tune_and_rhymes() -> None:
    assert forms.even(TOWER)
    assert forms.rhymed(TOWER)
    assert forms.in_tune(TOWER, TONES) == 1.0


@pytest.mark.parametrize("lines", [TOWER[:3], (*TOWER[:3], "更上一层"), ("abcde",) * 4, (*TOWER[:3], "更上，层楼")])
def test_four_lines_of_one_length_or_no_jueju(lines: tuple[str, ...]) -> None:
    assert not forms.even(lines)


@pytest.mark.parametrize(
    ("raw", "trouble"),
    [
        (" / ".join(TOWER), None),
        ("，/ ".join(TOWER) + "。", None),
        (" / ".join(SPRING), None),
        ("小巷茶烟起 / 竹帘半卷斜 / 客来无别事 / 共坐看流水", "form"),
        ("小巷茶烟起 / 竹帘半卷斜 / 客来无别事", "form"),
        ("小巷茶烟起 / 竹帘半卷斜 / 客来无事 / 共坐看飞花", "form"),
    ],
)
def test_a_models_jueju_is_checked(raw: str, trouble: str | None) -> None:
    assert tidy(raw, finished=True, parts=4, characters=(5, 7), rhymed=True)[1] == trouble


def test_known_runs_are_found_again_and_others_hardly_ever() -> None:
    runs = Runs.of(["".join(TOWER)])

    assert runs.has("".join(TOWER)[3 : 3 + WINDOW])
    assert not runs.has("小巷茶烟起竹帘")


@pytest.mark.parametrize(
    ("simple", "other"), [("头发发展", "頭髮發展"), ("软件", "軟體"), ("干杯", "乾杯"), ("一只猫", "一隻貓")]
)
def test_words_are_converted_and_not_only_characters(simple: str, other: str) -> None:
    assert traditional(simple) == other
    assert simplified("軟件頭髮") == "软件头发"


@pytest.mark.parametrize(
    ("text", "is_it"), [("為茶館取名", True), ("为茶馆取名", False), ("山水", False), ("a tea bar", False), ("", False)]
)
def test_traditional_is_told_by_its_characters(text: str, is_it: bool) -> None:
    assert is_traditional(text) is is_it


def test_without_the_encoder_s_package_a_sentence_says_how_to_get_it() -> None:
    with pytest.raises(Misconfigured, match="pip install"):
        Multilingual("no_such_package")(["秋雨"])


def test_the_shipped_filter_takes_as_few_others_for_known_as_is_said() -> None:
    bits = np.unpackbits(np.fromfile(ASSETS / "known.bits", dtype=np.uint8))

    assert bits.mean() ** HASHES < 1 / 70
