"""The pitch engine: a real clip by the real ffmpeg."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.config import MediaTable
from generators.engines import pitch
from generators.engines.making import Attachment, Commission, Unmakeable
from generators.scripted_media import png, wav

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


def test_a_pitch_without_its_parts_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unmakeable, match="picture and a spoken line"):
        list(pitch.build(MediaTable(), tmp_path).make(Commission(task="pitch", text="x", attachments=(VOICE,)), print))


def test_captions_follow_one_another_to_the_end() -> None:
    lines = pitch.timed("one two three four five six seven eight nine ten", 10.0).split("\n")

    assert lines[1].startswith("00:00:00,000 --> ")
    assert lines[5].endswith("--> 00:00:10,000")
    assert lines[1].split(" --> ")[1] == lines[5].split(" --> ")[0]
