"""Sound files: what players read of an MP3, and what is unpacked of a soundfont."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import soundfile

from generators.engines.music import mp3, soundfonts
from generators.engines.music.embedded import ASSETS


def chord(rate: int, seconds: float, channels: int) -> np.ndarray:
    at = np.arange(int(rate * seconds)) / rate
    left, right = np.sin(440 * 2 * np.pi * at), np.sin(550 * 2 * np.pi * at)
    loud = np.clip(4 * at / seconds, 0, 1)  # quiet at first: the rate of the first frames is no guide to the length
    return (0.3 * loud[:, None] * np.stack([left, right][:channels], axis=1)).astype(np.float32)


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (44_100, 1), (48_000, 2), (32_000, 1)])
def test_an_mp3_is_read_back_sample_for_sample_and_near_to_what_was_packed(rate: int, channels: int):
    sound = chord(rate, 3.3, channels)

    back, heard_rate = soundfile.read(io.BytesIO(mp3.encoded(sound, rate)), dtype="float32", always_2d=True)

    assert heard_rate == rate
    assert back.shape == sound.shape
    assert 10 * np.log10((sound**2).mean() / ((back - sound) ** 2).mean()) > 25


def test_an_mp3_begins_with_a_table_of_its_length_and_places():
    sound = chord(44_100, 5.0, 2)
    content = mp3.encoded(sound, 44_100)

    assert content[36:40] == b"Xing"
    flags, frames, size = struct.unpack(">III", content[40:52])
    places = content[52:152]
    assert flags == 15
    assert frames == -(-(len(sound) + 576 + 529) // 1152)  # what LAME's and the decoder's delays push into a further frame
    assert size == len(content)
    assert list(places) == sorted(places)
    assert content[156:165] == b"LAME3.100"


def test_the_same_sound_makes_the_same_mp3():
    sound = chord(44_100, 1.0, 2)

    assert mp3.encoded(sound, 44_100) == mp3.encoded(sound, 44_100)


@pytest.mark.parametrize(
    ("bank", "program"), [(0, 68), (0, 38), (0, 80), (soundfonts.DRUM_BANK, 0)]
)  # the oboe has an odd length
def test_an_instrument_of_the_soundfont_sounds_alone_as_it_does_among_all(bank: int, program: int):
    from tinysoundfont import Synth

    whole = (ASSETS / "instruments.sf3").read_bytes()
    one = soundfonts.subset(soundfonts.read(whole), {(bank, program)})

    def heard(content: bytes) -> np.ndarray:
        synth = Synth(samplerate=8000)
        synth.program_select(0, synth.sfload(content), bank, program, bank == soundfonts.DRUM_BANK)
        synth.noteon(0, 60 if bank != soundfonts.DRUM_BANK else 38, 100)
        return np.frombuffer(synth.generate_simple(2000), dtype=np.float32)

    assert len(one) % 2 == 0
    assert np.abs(heard(one)).max() > 1e-4
    if program == 68:  # the oboe, which has an odd length; to unpack the whole font takes a third of a second
        assert np.abs(heard(one) - heard(whole)).max() < 1e-5
