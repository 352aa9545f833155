"""Boards: words that can be read, that lie where nothing else lies, and versions that differ."""

from __future__ import annotations

import io
import random
import subprocess
import sys
from itertools import combinations, product

import pytest

pytest.importorskip("onnxruntime", reason="pip install 'muselab[image]'")
pytest.importorskip("resvg_py", reason="pip install 'muselab[image]'")

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from generators.engines.image import lettering, standins
from generators.engines.image.boards import BOARDS, LAYOUTS, Asked, Boards
from generators.engines.image.canvas import Canvas
from generators.engines.image.design import told
from generators.engines.image.engine import ImageEngine
from generators.engines.image.icons import kind_of
from generators.engines.image.looks import looks
from generators.engines.image.scenes import clear
from generators.engines.image.works import MOST_BYTES, shown
from generators.engines.making import Commission, Unmakeable
from generators.engines.shared.colour import contrast, hexed, ink, library

LONG = (
    "A neighbourhood repair café that lends out tools, teaches people to mend what they own, keeps a ledger of everything "
    "saved from the landfill, and turns each repaired thing into a small story with a photo, a name and a date, so the street "
    "slowly builds its own museum of mended things — open on Saturdays, run by volunteers, paid for by a jar on the counter and "
    "by everyone who ever got something back."
)
CHINESE = "深夜书店：一家只在午夜营业的书店，每本书都附一杯热茶"


@pytest.fixture(scope="module")
def boards() -> Boards:
    return Boards()


def quiet(_doing: str, _done: float) -> None:
    """Nobody watches."""


def assert_sound(canvas: Canvas) -> None:
    words = [each for each in canvas.placed if each.kind == "text"]
    assert words
    for each in canvas.placed:
        left, top, right, bottom = each.box
        assert 0 <= left <= right <= canvas.width, each
        assert 0 <= top <= bottom <= canvas.height, each
    for one, other in combinations(canvas.placed, 2):
        if "text" in (one.kind, other.kind):
            apart = (
                one.box[2] <= other.box[0]
                or other.box[2] <= one.box[0]
                or one.box[3] <= other.box[1]
                or other.box[3] <= one.box[1]
            )
            assert apart, (one, other)
    assert all(each.contrast >= 4.5 for each in words), words


@pytest.mark.parametrize(("layout", "composition"), [(layout, name) for layout in BOARDS for name in LAYOUTS[layout]])
def test_words_never_touch_and_can_be_read_in_every_composition(boards: Boards, layout: str, composition: str) -> None:
    texts = (
        (LONG, "Ship happy") if layout == "poster" else (LONG,)
    )  # posters are laid out anew where nothing stands under the title
    for number, text in enumerate(texts):
        board = boards.make(text, Asked(layout=layout, composition=composition, style="flat"), number, seed=number)

        assert_sound(board.canvas)
        assert board.traits["layout"] == layout


def test_a_text_lies_within_the_box_that_is_recorded_for_it(boards: Boards) -> None:
    text = boards.readable("Ångström “Quality” jumps — ship it 🚀 for 5 €!")
    for size, pairing in ((34, lettering.PAIRINGS[1]), (61, lettering.PAIRINGS[8])):
        page = Image.new("RGB", (800, 400), "white")
        block = lettering.fitted(text, pairing.heading, 500, 300, largest=size, smallest=10)

        box = lettering.write(
            page, block, (120, 50), (0, 0, 0), "center", 500, lambda _letter, size: Image.new("RGBA", (size, size), "red")
        )

        left, top, right, bottom = ImageChops.invert(page).getbbox() or (0, 0, 0, 0)
        assert box[0] - 3 <= left
        assert box[1] - 1 <= top
        assert right <= box[2] + 3
        assert bottom <= box[3] + 1
        assert box[0] >= 120
        assert box[2] <= 620


def test_chinese_is_set_in_a_font_that_has_it(boards: Boards) -> None:
    assert all(lettering.face("inter-latin-400-normal", letter) for letter in CHINESE)

    board = boards.make(boards.readable(CHINESE), Asked(layout="poster", style="flat"), 0, seed=3)

    assert_sound(board.canvas)
    assert board.title == "深夜书店"
    assert {"books", "open book", "hot beverage", "teacup without handle"} & set(board.things)


def test_letters_that_no_font_has_get_a_sentence_instead_of_boxes(boards: Boards) -> None:
    with pytest.raises(Unmakeable, match="letters"):
        boards.readable("مقهى الكتب في منتصف الليل")
    with pytest.raises(Unmakeable, match="nothing"):
        boards.readable(" \u200b\n ")
    with pytest.raises(Unmakeable, match="nothing"):
        boards.readable("“…”")
    assert boards.readable("caf\u0065\u0301 \u0627 corner") == "café corner"


def test_icons_are_found_by_meaning_by_keyword_by_chinese_word_and_by_emoji(boards: Boards) -> None:
    def found(text: str) -> list[str]:
        return [thing.name for thing in boards.icons.things(text, 4)]

    assert {"hot beverage", "teapot"} & set(found("a coffee bar"))
    assert {"dog face", "dog", "service dog", "guide dog", "poodle"} & set(found("walks for puppies"))
    assert {"cat", "cat face"} & set(found("猫咪咖啡馆"))
    assert found("party 🚀")[0] == "rocket"


def test_what_an_idea_wants_less_of_is_not_drawn_nor_what_denies_it(boards: Boards) -> None:
    def found(text: str) -> set[str]:
        return {thing.name for thing in boards.icons.things(text, 4)}

    assert not {"automobile", "auto rickshaw", "taxi"} & found("Städte für Menschen: mehr Bäume, weniger Autos")
    assert not {"automobile", "taxi"} & found("A city without cars")
    assert "automobile" in found("Without cars")  # nothing else is in it
    assert "muted speaker" not in found("A weather app that speaks like a grumpy sailor")
    assert not {"boxing-glove", "box-arrow-up"} & set(boards.icons.marks("Zero-waste lunch boxes for schools", 3))


def test_versions_of_one_commission_differ_and_can_be_made_again(boards: Boards) -> None:
    made = [boards.make("Moonlit cinema on the roof", Asked(style="soft"), number, seed=5) for number in range(3)]
    again = boards.make("Moonlit cinema on the roof", Asked(style="soft"), 1, seed=5)

    assert {board.traits["layout"] for board in made} == {"poster", "moodboard", "logo"}
    assert len({board.traits["palette"] for board in made}) == 3
    assert len({board.traits["font"] for board in made}) == 3
    assert made[1].canvas.done().tobytes() == again.canvas.done().tobytes()


def test_the_engine_yields_pictures_with_alt_text_traits_and_facts() -> None:
    engine = ImageEngine()
    steps: list[float] = []

    works = list(
        engine.make(
            Commission(task="image", text="Rooftop honey", options={"style": "flat"}, count=2, seed=1),
            lambda _doing, done: steps.append(done),
        )
    )
    engine.close()
    engine.close()

    assert len(works) == 2
    for work in works:
        picture = Image.open(io.BytesIO(work.files[0].content))
        assert picture.size == (work.facts["width"], work.facts["height"])
        assert "Rooftop honey" in work.alt
        assert work.facts["contrast"] >= 4.5  # type: ignore[operator]
        assert work.features == looks(work.files[0].content)
    assert steps == sorted(steps)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"layout": "billboard"}, "poster, moodboard, logo"),
        ({"palette": "octarine"}, "ocean"),
        ({"composition": "split"}, "layout"),
        ({"task": "sculpture"}, "board"),
    ],
)
def test_what_cannot_be_chosen_is_answered_with_what_can(options: dict[str, str], said: str) -> None:
    with pytest.raises(Unmakeable, match=said):
        list(ImageEngine().make(Commission(task="image", text="honey", options=options), quiet))


def test_boards_are_made_without_torch() -> None:
    made = (
        "import sys; sys.modules['torch'] = None; sys.modules['transformers'] = None\n"
        "from generators.engines.image.engine import ImageEngine\n"
        "from generators.engines.making import Commission\n"
        "c = Commission(task='image', text='Rooftop honey', options={'layout': 'poster', 'style': 'starry'})\n"
        "print(len(list(ImageEngine().make(c, lambda doing, done: None))))"
    )

    said = subprocess.run([sys.executable, "-c", made], capture_output=True, text=True, check=False)

    assert said.stdout == "1\n", said.stderr


def test_a_title_is_cut_where_a_person_would_cut_it() -> None:
    assert told("Brew & Borrow: coffee with a book").title == "Brew & Borrow"
    assert told("Brew & Borrow: coffee with a book").rest == "coffee with a book"
    assert told("Ship happy").rest == ""
    assert told("# C++ & C#").title == told("C++ & C#").name == "C++ & C#"
    assert told(LONG).title == "A neighbourhood repair café that lends out tools"
    assert told(LONG).rest.endswith("got something back.")
    assert told("x" * 300).title.endswith("…")


def test_a_poem_stands_line_by_line(boards: Boards) -> None:
    text = "Steam leaves the kettle, / the window writes its own name, / morning comes slowly"

    assert told(text).rest == "the window writes its own name,\nmorning comes slowly"
    assert told("春眠不觉晓 / 处处闻啼鸟").title == "春眠不觉晓"
    block = lettering.fitted("one\ntwo three", lettering.PAIRINGS[0].body, 600, 200, largest=30, smallest=10)
    assert block.lines == ("one", "two three")
    board = boards.make(boards.readable(text), Asked(layout="poster", composition="framed", style="flat"), 0, seed=1)
    assert_sound(board.canvas)
    assert next(each.text for each in board.canvas.placed if each.kind == "text") == "Steam leaves the kettle,"


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast(hexed("#767676"), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)  # the lightest grey WCAG allows on white
    rng = random.Random(0)
    for palette in library():
        assert contrast(palette.dark, palette.light) >= 7
        ground = rng.choice(palette.colours)
        assert contrast(ink(ground, *palette.accents), ground) >= 4.5


def test_a_picture_that_were_too_large_for_a_message_becomes_a_jpeg() -> None:
    noise = Image.frombytes("RGB", (1600, 1600), random.Random(0).randbytes(3 * 1600 * 1600))

    small, large = shown(noise.resize((64, 64)), "picture"), shown(noise, "picture")

    assert (small.name, small.media_type) == ("picture.png", "image/png")
    assert (large.name, large.media_type) == ("picture.jpg", "image/jpeg")
    assert len(large.content) <= MOST_BYTES
    assert Image.open(io.BytesIO(large.content)).size == (1600, 1600)


@pytest.mark.parametrize(
    ("idea", "drawn", "not_drawn"),
    [
        ("a lighthouse of books", "books", "light rail"),
        ("Slow Tea Bar: one pot, one friend, one hour", "teapot", "chocolate bar"),
        ("A subscription for houseplants that never die", "potted plant", "game die"),
        ("A board game about climate negotiations", "game die", "clapper board"),
        ("Dog-friendly co-working by the sea", "dog", "seal"),
        ("Solar powered ice cream truck", "ice cream", "ice"),
        ("Night market for second-hand bicycles", "bicycle", "raised hand"),
    ],
)
def test_what_an_idea_says_is_drawn_and_not_what_its_words_could_mean_elsewhere(
    boards: Boards, idea: str, drawn: str, not_drawn: str
) -> None:
    names = [thing.name for thing in boards.icons.things(idea, 6)]

    assert drawn in names[:3]
    assert not_drawn not in names


def test_a_man_and_a_woman_who_do_the_same_are_one_thing(boards: Boards) -> None:
    names = [kind_of(thing.name) for thing in boards.icons.things("A podcast about scientists with laptops", 6)]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", ["things", "signs"])
def test_whatever_stands_for_a_phrase_can_be_drawn(boards: Boards, kind: str) -> None:
    _pattern, told = standins.table(kind)
    known = set(boards.icons._marks if kind == "signs" else boards.icons._named)

    assert {name for names in told.values() for name in names} <= known
    assert standins.standing("Museums and Libraries, second-hand", kind).names[0] in ("classical building", "bank")


@pytest.mark.parametrize(
    ("text", "drawn"),
    [("春节", "red paper lantern"), ("戴學士帽的貓", "graduation cap"), ("一只柴犬", "dog face"), ("龙舟", "dragon")],
)
def test_chinese_words_that_no_drawing_is_called_by_find_what_stands_for_them(boards: Boards, text: str, drawn: str) -> None:
    assert drawn in [thing.name for thing in boards.icons.things(text, 4)]
    assert {name for words in standins.in_chinese(text).values() for name in words} <= set(boards.icons._named)


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("一座灯塔", "灯塔"),
        ("一座牌坊", "牌坊"),
        ("夏季音乐节", ""),
        ("春节", ""),
        ("一只猫", ""),
        ("灯塔和猫", "灯塔"),
        ("一口锅加个灯塔", "灯塔"),
        ("一口锅加个辣椒", ""),
        ("一个杯子", ""),
    ],
)
def test_a_board_says_what_it_names_and_does_not_show(boards: Boards, text: str, lacking: str) -> None:
    assert boards.make(text, Asked(layout="moodboard"), 0, 1).lacking == lacking


def test_what_is_not_wanted_is_not_drawn(boards: Boards) -> None:
    text = "下雨天写日记的小猫"

    with_rain, dry = (boards.make(text, Asked(layout="poster", without=gone), 0, 1).things for gone in ("", "雨"))

    assert "cloud with rain" in with_rain
    assert not set(boards.icons.called("雨")) & set(dry)


@given(width=st.integers(200, 1600), height=st.integers(200, 1600), seed=st.integers(0, 999), company=st.booleans())
def test_far_things_of_a_landscape_can_be_seen_whole(width: int, height: int, seed: int, company: bool) -> None:
    unit = min(width, height)
    before = [(width / 2, height * 0.65, unit * 0.5)] + company * [(width * 0.18, height * 0.7, unit * 0.28)]
    horizon, span = height * 0.62, (width * 0.1, width * 0.9)

    found = clear(before, horizon, unit, span, random.Random(seed))

    boxes = [(x - side / 2, horizon - side * 0.86, x + side / 2, horizon + side * 0.14) for x, side in found]
    nearer = [(x - side / 2, y - side / 2, x + side / 2, y + side / 2) for x, y, side in before]
    for one, other in [*combinations(boxes, 2), *product(boxes, nearer)]:
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert all(span[0] - 1e-6 <= box[0] and box[2] <= span[1] + 1e-6 for box in boxes[: len(found)])


def test_a_name_for_a_logo_says_what_comes_of_it() -> None:
    assert told("Turn rain into street art").name == "Street Art"
    assert told("Rent a grandma to learn cooking").name == "Rent a Grandma"
    assert told("Night market for second-hand bicycles").name == "Night Market"


@pytest.mark.parametrize("pairing", lettering.PAIRINGS, ids=lambda pairing: pairing.name)
def test_a_word_is_set_in_one_family(pairing: lettering.Pairing) -> None:
    file = lettering.alike("Trà sữa đường đen", pairing.heading)

    used = {found for letter in "Trà sữa đường đen" if (found := lettering.face(file, letter))}
    assert all(each.startswith("noto-sans-sc-") for each in used)
    assert lettering.alike("Honey and lemon", pairing.heading) == pairing.heading
    assert lettering.alike("蜂蜜柠檬", pairing.heading) == pairing.heading


def test_a_letter_that_would_be_put_together_of_parts_is_none_of_a_font() -> None:
    assert not lettering.has("noto-sans-sc-chinese-simplified-500-normal", "ờ")
    assert lettering.has("noto-sans-sc-vietnamese-500-normal", "ờ")
    assert lettering.has("inter-latin-400-normal", "é")


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("一口锅加个辣椒", {"pot of food", "hot pepper"}),
        ("一口铁锅", {"pot of food"}),
        ("一个杯子", {"teacup without handle"}),
        ("一只猫在看海", {"cat", "water wave"}),
        ("幫我畫一隻貓坐在海邊", {"cat", "water wave"}),
    ],
)
def test_a_pot_and_the_sea_are_drawn(boards: Boards, text: str, drawn: set[str]) -> None:
    assert drawn <= {thing.name for thing in boards.icons.things(text, 4)}
