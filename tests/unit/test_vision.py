"""A picture in words: sure labels, what is written, colours; and a vision-language model by name."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("onnxruntime", reason="pip install 'muselab[image]'")

from PIL import Image, ImageDraw

from generators.engines.image.canvas import icon, rendered
from generators.engines.image.icons import Icons
from generators.engines.image.lettering import font
from generators.engines.making import Attachment, Commission, Engine, Unmakeable, Work
from generators.engines.shared.colour import named
from generators.engines.shared.meaning import Meaning
from generators.engines.vision import reading
from generators.engines.vision.engine import VisionEngine, build


def looked_at(picture: Image.Image, engine: Engine | None = None, text: str = "") -> Work:
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    attachment = Attachment(name="x.png", media_type="image/png", content=kept.getvalue())
    [work] = (engine or VisionEngine()).make(
        Commission(task="vision", text=text, attachments=(attachment,)), lambda _doing, _done: None
    )
    return work


def test_a_clear_thing_is_named_with_words_near_to_it() -> None:
    page = Image.new("RGBA", (320, 320), "white")
    page.alpha_composite(rendered(icon(Icons(Meaning()), "noto/soccer-ball", 0, 0, 256), 256, 256), (32, 32))

    work = looked_at(page)

    assert work.facts["label"] == "soccer ball"
    assert work.facts["sure"] > 0.3  # type: ignore[operator]
    assert "baseball" in str(work.facts["words"])
    assert "soccer ball" in work.alt


def test_nothing_is_claimed_about_what_shows_nothing() -> None:
    work = looked_at(Image.new("RGB", (64, 64), (45, 90, 200)))

    assert "label" not in work.facts
    assert work.facts["colour_names"] == "blue"
    assert work.alt == "Its main colours are blue."


@pytest.mark.skipif(reading.available() is None, reason="pip install --no-deps rapidocr-onnxruntime")
def test_text_in_a_picture_is_read_line_by_line_in_english_and_chinese() -> None:
    page = Image.new("RGB", (700, 320), "#fdf3e0")
    draw = ImageDraw.Draw(page)
    draw.text((40, 30), "Summer Sale", font=font("poppins-latin-700-normal", 72), fill="#7b1e5b")
    draw.text((40, 140), "50% off until Sunday", font=font("inter-latin-400-normal", 40), fill="#222222")
    draw.text((40, 220), "深夜书店", font=font("noto-sans-sc-chinese-simplified-500-normal", 52), fill="#0b5a8a")

    work = looked_at(page)

    assert str(work.facts["text"]).replace(" ", "") == "SummerSale/50%offuntilSunday/深夜书店"
    assert "Summer" in work.alt


def written(lines: list[str], name: str = "inter-latin-400-normal", size: tuple[int, int] = (1000, 300)) -> Image.Image:
    page = Image.new("RGB", size, "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(page).text((50, 40 + 98 * number), line, font=font(name, 44), fill="black")
    return page


@pytest.mark.skipif(reading.available() is None, reason="pip install --no-deps rapidocr-onnxruntime")
@pytest.mark.parametrize("turn", [0, 90, 270])
def test_a_turned_page_is_read(turn: int) -> None:
    work = looked_at(written(["Summer sale begins today", "Free samples at the till"]).rotate(turn, expand=True))

    assert work.facts["text"] == "Summer sale begins today / Free samples at the till"
    assert "unread" not in work.facts


@pytest.mark.skipif(reading.available() is None, reason="pip install --no-deps rapidocr-onnxruntime")
def test_writing_that_cannot_be_read_is_said_and_not_spelled_in_latin_letters() -> None:
    work = looked_at(written(["Открыть чайную в библиотеке", "Бесплатные образцы"], "noto-sans-sc-cyrillic-500-normal"))

    assert "text" not in work.facts
    assert work.facts["unread"] == 2
    assert "in a script that cannot be read here" in work.alt


@pytest.mark.skipif(reading.available() is None, reason="pip install --no-deps rapidocr-onnxruntime")
def test_a_screenshot_of_a_whole_page_is_read_in_tiles() -> None:
    lines = [f"This is line number {number}" for number in range(12, 36)]

    work = looked_at(written(lines, size=(700, 2440)))

    assert str(work.facts["text"]).split(" / ") == lines
    assert (work.facts["width"], work.facts["height"]) == (441, 1536)


def a_wall(notes: list[tuple[str, str]], turn: float = 0) -> Image.Image:
    """Sticky notes of four colours, three in a row."""
    rows = -(-len(notes) // 3)
    wall = Image.new("RGB", (1300, 60 + 380 * rows), "#f2f0ec")
    draw = ImageDraw.Draw(wall)
    for number, lines in enumerate(notes):
        x, y = 40 + 420 * (number % 3), 40 + 380 * (number // 3)
        draw.rectangle((x, y, x + 340, y + 320), fill=("#ffe76f", "#ff9fb5", "#a9e6a2", "#9ad0f6")[number % 4])
        for place, line in enumerate(lines):
            draw.text((x + 24, y + 60 + 70 * place), line, font=font("inter-latin-700-normal", 40), fill="#222222")
    return wall.rotate(turn, expand=True, fillcolor="#f2f0ec")


@pytest.mark.skipif(reading.available() is None, reason="pip install --no-deps rapidocr-onnxruntime")
@pytest.mark.parametrize("turn", [0, 3, 90, 187])
def test_each_sticky_note_is_one_text(turn: float) -> None:
    notes = [
        ("Free samples", "on Friday"),
        ("Loyalty card", "with stamps"),
        ("Open till", "midnight"),
        ("Dog friendly", "terrace"),
    ]

    work = looked_at(a_wall(notes, turn))

    assert str(work.facts["notes"]).split(" / ") == [" ".join(lines) for lines in notes]


@pytest.mark.skipif(reading.available() is None, reason="pip install --no-deps rapidocr-onnxruntime")
def test_columns_are_read_one_after_another() -> None:
    page = Image.new("RGB", (1200, 420), "white")
    columns = (["Pros", "cheap rent", "large windows"], ["Cons", "no kitchen", "loud street"])
    for place, column in enumerate(columns):
        for number, line in enumerate(column):
            ImageDraw.Draw(page).text(
                (60 + 620 * place, 40 + 90 * number), line, font=font("inter-latin-400-normal", 44), fill="black"
            )

    work = looked_at(page)

    assert str(work.facts["text"]).split(" / ") == [line for column in columns for line in column]
    assert "notes" not in work.facts


def test_colours_have_everyday_names() -> None:
    assert [named(colour) for colour in ((250, 250, 250), (12, 12, 14), (220, 30, 40), (20, 25, 70))] == [
        "white",
        "black",
        "red",
        "navy",
    ]


def test_one_picture_is_needed() -> None:
    with pytest.raises(Unmakeable, match="One picture"):
        list(VisionEngine().make(Commission(task="vision"), lambda _doing, _done: None))


@pytest.mark.filterwarnings("ignore")
def test_a_model_by_name_describes_the_picture(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="pip install 'muselab[engine]'")
    tiny_describer(tmp_path)
    engine = build(SimpleNamespace(vision=str(tmp_path), device="cpu", dtype="float32"), tmp_path)

    work = looked_at(Image.new("RGB", (64, 64), "gold"), engine, text="What is it?")

    assert work.alt == work.facts["sentence"] != ""
    assert "label" not in work.facts
    missing = build(SimpleNamespace(vision=str(tmp_path / "nothing"), device="cpu", dtype="auto"), tmp_path)
    with pytest.raises(Unmakeable, match="cannot be loaded"):
        looked_at(Image.new("RGB", (64, 64), "gold"), missing)


def tiny_describer(folder: Path) -> None:
    """Saves a tiny random model of the SmolVLM family."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import (
        Idefics3Config,
        Idefics3ForConditionalGeneration,
        Idefics3ImageProcessor,
        Idefics3Processor,
        PreTrainedTokenizerFast,
    )

    torch.manual_seed(0)
    special = ["<pad>", "<s>", "</s>", "<unk>", "<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>"]
    special += [f"<row_{row}_col_{column}>" for row in range(1, 3) for column in range(1, 3)]
    words = {token: place for place, token in enumerate([*special, *(chr(code) for code in range(32, 127))])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        additional_special_tokens=special[4:],
    )
    processor = Idefics3Processor(
        Idefics3ImageProcessor(do_image_splitting=False, size={"longest_edge": 32}, max_image_size={"longest_edge": 32}),
        fast,
        image_seq_len=4,
    )
    processor.save_pretrained(folder)
    config = Idefics3Config(
        text_config={
            "model_type": "llama",
            "vocab_size": len(words),
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 4,
            "pad_token_id": 0,
        },
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "image_size": 32,
            "patch_size": 8,
        },
        image_token_id=words["<image>"],
        scale_factor=2,
    )
    Idefics3ForConditionalGeneration(config).save_pretrained(folder)
