"""The pitch engine: a real clip by the real ffmpeg."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from bot.config import MediaTable
from generators.client.scripted_media import png, wav
from generators.engines.making import Attachment, Commission, Unmakeable
from generators.engines.pitch import captions, clip
from generators.engines.pitch import engine as pitch

PICTURE = Attachment(name="image-board.png", media_type="image/png", content=png(1))
VOICE = Attachment(name="speech-speech.wav", media_type="audio/wav", content=wav(1))
TUNE = Attachment(name="music-tune.wav", media_type="audio/wav", content=wav(2))


@pytest.mark.parametrize("parts", [(PICTURE, VOICE, TUNE), (PICTURE, VOICE)], ids=["with a tune", "without"])
def test_a_clip_has_a_picture_a_sound_and_captions(parts: tuple[Attachment, ...], tmp_path: Path) -> None:
    ffmpeg = pytest.importorskip("imageio_ffmpeg", reason="muselab[speech] is not installed")
    asked = Commission(task="pitch", text="A tea bar <b>where</b> every cup comes with a story", attachments=parts)

    (work,) = pitch.build(MediaTable(), tmp_path).make(asked, lambda _doing, _done: None)

    (tmp_path / "clip.mp4").write_bytes(work.files[0].content)
    told = subprocess.run(
        [ffmpeg.get_ffmpeg_exe(), "-i", tmp_path / "clip.mp4"], capture_output=True, text=True, check=False
    ).stderr
    assert "Video: h264" in told
    assert "Audio: aac" in told
    assert "Subtitle: mov_text" in told
    assert "Duration: 00:00:04" in told
    page = work.files[1].content.decode()
    assert "<b>" not in page
    assert page.count("data:audio/") == len(parts) - 1
    assert "<script" not in page
    assert work.features is not None
    assert work.features.values[-1] == (1.0 if TUNE in parts else -1.0)


def test_a_pitch_without_its_parts_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unmakeable, match="picture and a spoken line"):
        list(pitch.build(MediaTable(), tmp_path).make(Commission(task="pitch", text="x", attachments=(VOICE,)), print))


def test_captions_follow_one_another_to_the_end() -> None:
    lines = captions.timed("one two three four five six seven eight nine ten", 10.0)

    assert [line.text for line in lines] == ["one two three four five", "six seven eight nine ten"]
    assert lines[0].start == 0.0
    assert lines[0].end == lines[1].start
    assert lines[1].end == pytest.approx(10.0)
    assert captions.subrip(lines).startswith("1\n00:00:00,000 --> 00:00:0")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Steam rises, / the window sleeps", ["Steam rises,", "the window sleeps"]),
        ("Ship happy. Go home!", ["Ship happy.", "Go home!"]),
        ("深夜书店：一家只在午夜营业的书店，每本书都附一杯热茶", 2),
        ("", []),
    ],
)
def test_captions_break_where_the_text_pauses_and_lose_no_word(text: str, parts: list[str] | int) -> None:
    found = captions.phrases(text)

    assert found == parts or len(found) == parts
    assert "".join("".join(found).split()) == "".join(text.replace(" / ", " ").split())


def test_the_words_stand_in_the_picture_while_they_are_said(tmp_path: Path) -> None:
    ffmpeg = pytest.importorskip("imageio_ffmpeg", reason="muselab[speech] is not installed")
    text = "One story waits in every single cup here. Another."
    (work,) = pitch.build(MediaTable(), tmp_path).make(
        Commission(task="pitch", text=text, attachments=(PICTURE, VOICE)), lambda _doing, _done: None
    )
    (tmp_path / "clip.mp4").write_bytes(work.files[0].content)

    def white(second: float) -> int:
        """Columns of the band in which something white stands."""
        command = [ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-ss", str(second), "-i", tmp_path / "clip.mp4"]
        band = f"crop={clip.WIDE}:{clip.BAND}:0:{clip.TALL - clip.BAND}"
        seen = subprocess.run(
            [*command, "-frames:v", "1", "-vf", band, "-f", "rawvideo", "-pix_fmt", "gray", "-"], capture_output=True, check=True
        ).stdout
        rows = [seen[at : at + clip.WIDE] for at in range(0, len(seen), clip.WIDE)]
        return sum(any(row[x] > 180 for row in rows) for x in range(clip.WIDE))

    assert white(0.5) > 2 * white(3.5) > 50  # the long caption, then the short one


def test_a_page_holds_heavy_parts_in_fewer_bytes() -> None:
    chance = np.random.default_rng(0)
    kept = io.BytesIO()
    Image.fromarray(chance.integers(0, 256, (900, 900, 3), dtype=np.uint8)).save(kept, "PNG")
    heavy = Attachment(name="image-a.png", media_type="image/png", content=kept.getvalue())
    sound = io.BytesIO()
    soundfile.write(sound, 0.1 * np.sin(np.arange(44_100 * 20) / 20).astype(np.float32), 44_100, format="WAV")
    tune = Attachment(name="music-a.wav", media_type="audio/wav", content=sound.getvalue())

    written = pitch.page("A tea bar", heavy, VOICE, tune)

    assert len(heavy.content) + len(tune.content) > 4_000_000 > 3 * len(written)
    assert b"data:image/jpeg" in written
    assert b"data:audio/ogg" in written
    assert b"data:audio/wav" in written  # the voice is short
