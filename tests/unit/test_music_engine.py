"""The music engine as the studio uses it: commissions in, files out, clear sentences for what cannot be made."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from functools import cache
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import soundfile
from PIL import Image

from generators.engines.making import Attachment, Commission, Engine, Unmakeable, Work
from generators.engines.music import embedded, measures, midi, naming, options, sound, styles
from generators.engines.music import engine as music
from generators.engines.music.choosing import Choice, choose
from generators.engines.music.instruments import DRUMS, INSTRUMENTS
from generators.engines.music.notation import QUARTER, Key, Metre, Score

TUNE = "K:G\nM:4/4\nL:1/8\nGABG d2 Bd|cABG AFD2|GABG d2 Bd|cAFA G4|"


@cache
def engine() -> Engine:
    return music.build(SimpleNamespace(music="embedded", device="auto", dtype="auto"), None)


def made(text: str = "", *, attachments: tuple[Attachment, ...] = (), count: int = 1, seed: int = 1, **given) -> list[Work]:
    commission = Commission(task="music", text=text, options=given, attachments=attachments, count=count, seed=seed)
    return list(engine().make(commission, lambda doing, done: None))


def written(seed: int = 1, attachments: tuple[Attachment, ...] = (), **given) -> tuple[Choice, Score]:
    """What would be played: much faster than playing it."""
    wanted = options.read(given)
    commission = Commission(task="music", attachments=attachments, options=given)
    choice = choose("", wanted, embedded.notes_given(commission, wanted), seed=seed, number=0)
    return choice, engine().score(choice)


def melody_of(score: Score) -> list[int]:
    return [stroke.pitch for stroke in score.voices[0].strokes]


def file_of(work: Work, suffix: str) -> bytes:
    return next(file.content for file in work.files if file.name.endswith(suffix))


def test_a_tune_comes_as_sound_picture_midi_and_score():
    (work,) = made("a cheerful tea shop", bars=4, style="reel")

    heard, rate = soundfile.read(io.BytesIO(file_of(work, ".mp3")))
    assert work.files[0].media_type == "audio/mpeg"
    assert len(heard) / rate == pytest.approx(work.facts["seconds"], abs=0.15)
    assert Image.open(io.BytesIO(file_of(work, ".png"))).size[0] == 1200
    root = ET.fromstring(file_of(work, ".musicxml"))
    assert len(list(root.iter("measure"))) == 4
    file = midi.read(file_of(work, ".mid"))
    assert max(each.end for each in file.sounds) == 4 * 4 * file.division
    assert work.alt.startswith("Cheerful reel in ")
    assert work.traits["style"] == "reel"
    assert work.features is not None
    assert work.features.name == measures.NAME


def test_the_sound_is_as_loud_as_others_unclipped_and_never_silent_for_a_bar():
    (work,) = made("storm", bars=4, style="pop", format="wav", seed=3)

    heard, rate = soundfile.read(io.BytesIO(file_of(work, ".wav")))
    assert sound.loudness(heard.astype(np.float32)) == pytest.approx(sound.LOUDNESS, abs=1.0)
    assert np.abs(heard).max() < 0.99
    seconds = work.facts["notes_s"]
    bar = int(seconds / 4 * rate)
    levels = [np.sqrt(np.mean(heard[at : at + bar] ** 2)) for at in range(0, int(seconds * rate) - bar, bar // 4)]
    assert min(levels) > 0.01


def test_the_same_commission_makes_the_same_tune_and_versions_differ():
    one = made("dragons", count=2, bars=2, style="jig")
    again = made("dragons", count=2, bars=2, style="jig")

    assert [work.files for work in one] == [work.files for work in again]
    assert file_of(one[0], ".mid") != file_of(one[1], ".mid")


def test_given_notes_are_continued():
    choice, score = written(notes="D4 F#4 A4 D5", bars=3)

    assert choice.do == "continue"
    assert [pitch % 12 for pitch in melody_of(score)[:4]] == [2, 6, 9, 2]


@pytest.mark.parametrize("style", ["reel", "jig", "waltz", "lullaby", "pop"])
def test_a_tune_lasts_as_long_as_was_asked_for_to_half_a_bar(style):
    choice, score = written(seconds=20, style=style)

    bar_s = choice.metre.bar / QUARTER * 60 / choice.tempo
    assert abs(choice.bars * bar_s - 20) <= bar_s / 2
    assert score.seconds(score.length) == pytest.approx(20, abs=bar_s)


def test_bars_that_are_named_count_before_seconds():
    choice, _score = written(seconds=60, bars=4, style="reel")

    assert choice.bars == 4


def test_a_midi_file_is_taken_up_whatever_it_is_called():
    _, first = written(bars=2, style="march")
    attachment = Attachment(name="noise.exe", media_type="application/x-msdownload", content=midi.write(first))

    _, played = written(attachments=(attachment,), do="play")

    assert [pitch % 12 for pitch in melody_of(played)] == [pitch % 12 for pitch in melody_of(first)]


def test_a_reel_becomes_a_waltz_in_another_key():
    choice, score = written(notes=TUNE, do="restyle", style="waltz", key="D")

    assert (score.metre, score.key, choice.bars) == (Metre(3, 4), Key(2, "major"), 4)
    assert melody_of(score)[0] % 12 == 2


def test_a_variation_is_near_its_tune_but_not_it():
    _, varied = written(notes=TUNE, do="vary")
    _, played = written(notes=TUNE, do="play")

    assert melody_of(varied) != melody_of(played)
    assert [p % 12 for p in melody_of(varied)[:7]] == [p % 12 for p in melody_of(played)[:7]]


def test_a_given_melody_is_harmonised_for_four_voices():
    _, score = written(notes="K:C\nL:1/4\nE E F G|G F E D|", do="harmonise")

    assert len(score.voices) == 4
    assert [pitch % 12 for pitch in melody_of(score)] == [4, 4, 5, 7, 7, 5, 4, 2]


def test_a_melody_over_six_octaves_is_brought_where_it_can_be_heard():
    _, score = written(notes="D1 A7 Eb7 C4 D7", do="play")

    assert all(21 <= pitch <= 108 for pitch in melody_of(score))
    assert [pitch % 12 for pitch in melody_of(score)] == [2, 9, 3, 0, 2]


def test_transposing_moves_every_note():
    low, high = (melody_of(written(notes=TUNE, do="play", transpose=moved)[1]) for moved in (0, 2))

    assert {(b - a) % 12 for a, b in zip(low, high, strict=True)} == {2}


@pytest.mark.parametrize("style", [name for name, style in styles.styles().items() if not style.four_parts])
def test_every_style_fills_its_bars_with_a_band(style: str):
    choice, score = written(style=style, bars=3, notes="1 3 5")

    assert score.length == 3 * choice.metre.bar
    assert len(score.voices) >= 3
    assert all(voice.strokes for voice in score.voices)
    assert all(0 <= stroke.start < score.length for voice in score.voices for stroke in voice.strokes)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"bars": 0}, "from 2 to 64"),
        ({"bars": 10_000}, "from 2 to 64"),
        ({"bars": "many"}, "from 2 to 64"),
        ({"tempo": 5}, "from 30 to 300"),
        ({"style": "dubstep"}, "There are: .*reel"),
        ({"mood": "hangry"}, "no mood"),
        ({"key": "H flat"}, "is no key"),
        ({"lead": "kazoo"}, "no lead"),
        ({"drums": "perhaps"}, "yes or no"),
        ({"colour": "red"}, "no option"),
        ({"do": "vary"}, "some must be given"),
        ({"notes": "C4 wat"}, "wat"),
        ({"notes": "r r r"}, "only rests"),
        ({"bars": 64, "tempo": 30}, "last longer"),
        ({"style": "hymn", "bars": 50}, "at most 32"),
        ({"notes": TUNE, "do": "continue", "bars": 3}, "ask for more bars"),
    ],
)
def test_what_cannot_be_made_is_said(given: dict, says: str):
    with pytest.raises(Unmakeable, match=says):
        made(**given)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("song.mid", b"MZ" * 500, "no MIDI file"),
        ("tune.abc", b"\xff\xfe\x00", "no text"),
        ("tune.abc", b"C4 " * 9_000, "too large"),
    ],
)
def test_a_file_that_is_no_music_is_refused(name: str, content: bytes, says: str):
    with pytest.raises(Unmakeable, match=says):
        made(attachments=(Attachment(name=name, media_type="audio/midi", content=content),))


def test_words_have_a_mood_in_both_languages():
    found = [
        getattr(styles.mood_of(text), "name", None)
        for text in ("slogans for a yoga studio by a lake", "跑步比赛的激情", "ledger")
    ]

    assert found == ["calm", "energetic", None]


def test_every_style_and_mood_can_be_played_and_is_named():
    assert set(styles.styles()) == set(naming.STYLES)
    assert set(styles.moods()) == set(naming.MOODS)
    assert set(INSTRUMENTS) | {"drums"} == set(naming.INSTRUMENTS)
    for style in styles.styles().values():
        assert set(style.bands) <= set(styles.bands()), style.name
        assert set(style.drums) <= set(DRUMS), style.name
    for band in styles.bands().values():
        assert {*band.lead, *band.chords, *band.bass} <= set(INSTRUMENTS), band.name
    for mood in styles.moods().values():
        assert set(mood.styles) <= set(styles.styles()), mood.name
    assert {row.name for row in options.OPTIONS} >= {"style", "mood", "tempo", "bars", "notes", "transpose"}


def test_music_needs_no_torch():
    code = """
import sys
sys.modules["torch"] = sys.modules["transformers"] = sys.modules["music21"] = None
from types import SimpleNamespace
from typing import Any
from generators.engines.music import engine as music
from generators.engines.making import Commission
engine = music.build(SimpleNamespace(music="embedded"), None)
print(len(list(engine.make(Commission(task="music", options={"bars": 2}), lambda doing, done: None))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})

    assert (done.stdout.strip(), done.returncode) == ("1", 0), done.stderr


@pytest.mark.parametrize("wish", [{"tempo": 60}, {"lead": "piano"}, {"key": "C minor"}])
def test_one_wish_more_leaves_the_series_as_it_was(wish: dict[str, Any]) -> None:
    told = options.read({"style": "waltz"})
    other = options.read({"style": "waltz", **wish})

    first, second = (choose("a tea bar", wanted, None, seed=7, number=0) for wanted in (told, other))

    assert (first.seed, first.band, first.bars) == (second.seed, second.band, second.bars)


def test_a_slower_tune_has_the_same_notes() -> None:
    (_choice, usual), (_slower, slow) = written(seed=3, style="waltz"), written(seed=3, style="waltz", tempo=60)

    assert melody_of(slow) == melody_of(usual)
    assert slow.tempo < usual.tempo
