"""Notes in handwriting and in other scripts: each is found, and what is not made out is cut out and not spelled as nonsense."""

from __future__ import annotations

import io
import json
from functools import cache

import pytest

pytest.importorskip("onnxruntime", reason="pip install 'muselab[image]'")

from PIL import Image, ImageDraw

from generators.engines.image.lettering import font
from generators.engines.making import Attachment, Commission, Work
from generators.engines.vision import reading
from generators.engines.vision.cutouts import sheets as cut_out
from generators.engines.vision.engine import VisionEngine
from generators.engines.vision.papers import sheets, unread
from generators.engines.vision.reading import Line
from generators.engines.vision.wordlist import known
from tests import data

WRITTEN = {
    "Free samples on Friday", "Loyalty card with stamps", "Open till midnight?", "Dog friendly terrace", "Tea of the month club",
    "Cheaper than coffee", "Ask Lena about rent", "Menu in 3 languages",
}  # fmt: skip
PAPERS = ("#ffe76f", "#ff9fb5", "#a9e6a2")
reads = pytest.mark.skipif(reading.available() is None, reason="pip install --no-deps rapidocr-onnxruntime")


@cache
def engine() -> VisionEngine:
    """One for all: its networks take a while to load."""
    return VisionEngine()


def read(content: bytes) -> tuple[list[str], Work]:
    """The text of each note, and all that the engine says."""
    photo = Attachment(name="wall.png", media_type="image/png", content=content)
    [work] = engine().make(Commission(task="vision", options={"do": "notes"}, attachments=(photo,)), lambda _doing, _done: None)
    assert isinstance(work, Work)
    return [text for _title, texts in json.loads(str(work.facts["columns"])) for text in texts], work


def png(picture: Image.Image) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


def a_wall(texts: list[str], name: str = "inter-latin-700-normal") -> Image.Image:
    wall = Image.new("RGB", (60 + 330 * len(texts), 320), "#eeeeea")
    for number, text in enumerate(texts):
        left = 40 + 330 * number
        ImageDraw.Draw(wall).rectangle((left, 40, left + 290, 270), fill=PAPERS[number % 3])
        ImageDraw.Draw(wall).text((left + 20, 120), text, font=font(name, 40), fill="#222222")
    return wall


@reads
def test_each_note_in_handwriting_is_found_and_what_is_not_made_out_is_offered_as_a_picture() -> None:
    texts, work = read((data.FOLDER / "handwriting.png").read_bytes())

    assert len(texts) == len(WRITTEN)
    assert set(filter(None, texts)) <= WRITTEN
    assert 1 <= texts.count("") < len(WRITTEN)
    assert work.facts["unread"] == texts.count("")
    assert [file.name for file in work.files] == ["unread-1.jpg"]


@reads
def test_notes_in_a_script_that_is_not_known_are_offered_and_none_is_spelled_in_latin_letters() -> None:
    texts, work = read(png(a_wall(["Открыто", "Бесплатно", "Чайная"], "noto-sans-sc-cyrillic-500-normal")))

    assert texts == ["", "", ""]
    assert "text" not in work.facts


@reads
def test_printed_notes_with_names_and_in_other_languages_are_read_as_before_and_none_is_offered() -> None:
    notes = ["Ask Zalando", "Proben gratis", "免费试喝"]
    wall = a_wall(notes[:2])
    wall.paste(a_wall(notes, "noto-sans-sc-chinese-simplified-500-normal").crop((700, 0, 1050, 320)), (700, 0))

    assert [text.replace(" ", "") for text in read(png(wall))[0]] == ["AskZalando", "Probengratis"]


def test_the_word_list_knows_words_numbers_and_chinese_and_no_nonsense() -> None:
    assert known("Refill your jars: 24/7, €3.50 – Lena’s 深夜书店") == (8, 8)
    assert known("Coyalty ja.zz month cluk") == (1, 4)


def test_a_sheet_with_ink_on_which_no_line_was_found_is_one_that_is_not_read_and_an_empty_one_is_none() -> None:
    wall = a_wall(["", "", ""])
    ImageDraw.Draw(wall).line([(60 + 20 * step, 120 + 60 * (step % 2)) for step in range(12)], fill="black", width=6)
    line = Line(text="tea", sure=0.99, box=(390, 120, 460, 160))
    ImageDraw.Draw(wall).text((390, 120), "tea", font=font("inter-latin-700-normal", 40), fill="black")

    groups = unread([line], [], wall)

    assert len(sheets(wall)) == 3
    assert [(group.text, bool(group.cut)) for group in groups] == [("", True), ("tea", False)]


def test_a_part_of_a_sheet_that_a_line_of_text_cuts_off_is_no_note_of_its_own() -> None:
    wall = a_wall(["", "", ""])
    ImageDraw.Draw(wall).rectangle((40, 150, 330, 190), fill="black")  # a line from edge to edge
    ImageDraw.Draw(wall).text((60, 60), "tea", font=font("inter-latin-700-normal", 40), fill="black")
    line = Line(text="BLACK", sure=0.99, box=(40, 145, 330, 195))

    groups = unread([line], [], wall)

    assert [group.text for group in groups] == ["BLACK"]


def test_of_a_note_with_one_line_that_is_not_made_out_nothing_is_told_but_its_picture() -> None:
    wall = a_wall(["tea", "x", "y"])
    sure, unsure = Line(text="tea", sure=0.99, box=(60, 80, 130, 120)), Line(text="ctub", sure=0.8, box=(60, 120, 130, 160))

    groups = unread([sure], [unsure], wall)

    assert groups[0].text == ""
    assert groups[0].cut is not None
    assert groups[0].cut[2] - groups[0].cut[0] > 250


def test_thirteen_notes_are_two_pictures_that_open() -> None:
    files = cut_out(Image.new("RGB", (400, 400), "gold"), [(0, 0, 90, 90)] * 13)

    assert [file.name for file in files] == ["unread-1.jpg", "unread-2.jpg"]
    assert [Image.open(io.BytesIO(file.content)).size[0] for file in files] == [1204, 412]
