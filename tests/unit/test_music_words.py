"""What words ask of a tune: pace, key, metre, players, kind of music, in five languages; and what is only near is said."""

from __future__ import annotations

import pytest

from generators.engines.music import genres, options, styles, words
from generators.engines.music.choosing import Choice, choose
from generators.engines.music.instruments import INSTRUMENTS
from generators.engines.music.notation import Key, Metre
from tests.bench import descriptions

ROWS = descriptions.rows()


def chosen(text: str, seed: int = 1, **asked: str) -> Choice:
    return choose(text, options.read(asked), None, seed=seed, number=0)


def test_nine_of_ten_descriptions_come_out_as_a_musician_expects():
    said = {row.description: descriptions.wrong(row) for row in ROWS}

    assert len(ROWS) >= 120
    assert sum(not wrong for wrong in said.values()) >= 0.9 * len(ROWS), {text: wrong for text, wrong in said.items() if wrong}


def test_a_slow_sad_waltz_is_slow_sad_and_in_three():
    for seed in range(8):
        choice = chosen("slow sad waltz", seed)

        assert (choice.metre, choice.key.mode in {"minor", "dorian"}) == (Metre(3, 4), True)
        assert 84 <= choice.tempo <= 96


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("house music 128 bpm", "There is no style “house” here; the nearest is: pop tune."),
        ("a tango for the bakery", "There is no style “tango” here; the nearest is: bossa nova."),
        ("some spooky tavern music", "There is no style “tavern music” here; the nearest is: air."),
        ("a 探戈 for the bakery", "There is no style “探戈” here; the nearest is: bossa nova."),
        ("a lullaby on a ukulele", "There is no “ukulele” here; the nearest is: guitar."),
        ("a tune in 5/4", "It is in 4/4; tunes of this kind in 5/4 are not made here."),
        ("an irish jig", ""),
        ("a waltz", ""),
    ],
)
def test_what_is_only_near_is_said(text: str, remark: str):
    metre_free = [
        each for each in chosen(text).remarks if not remark or "It is in" not in each or each.startswith("It is in 4/4")
    ]

    assert metre_free == [remark] * bool(remark) or (remark.startswith("It is in") and "in 5/4 are not made" in metre_free[0])


@pytest.mark.parametrize(
    "text",
    [
        "A house for elderly neighbours who cook together every day",
        "rock climbing for children behind the old railway station",
        "a minor change to how we sort our recycling at the office",
        "soul food delivered by cargo bikes across the whole city",
        "keys that are never lost because the door knows who you are",
    ],
)
def test_ideas_that_are_not_about_music_ask_for_no_kind_of_music(text: str):
    said = words.read(text)

    assert (said.genre, said.modes, said.key, said.players) == (None, (), None, ())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("song in D minor", Key(2, "minor")),
        ("d-Moll", Key(2, "minor")),
        ("ein Lied in B-Dur", Key(10, "major")),
        ("h-Moll", Key(11, "minor")),
        ("Fis-Dur", Key(6, "major")),
        ("Es-Dur", Key(3, "major")),
        ("en si bémol majeur", Key(10, "major")),
        ("fa sostenido menor", Key(6, "minor")),
        ("升F小调", Key(6, "minor")),
        ("降B大调", Key(10, "major")),
        ("a melody in A", Key(9, "major")),
        ("C# dorian", Key(1, "dorian")),
    ],
)
def test_keys_are_read_as_each_language_writes_them(text: str, key: Key):
    assert words.read(text).key == key


@pytest.mark.parametrize(
    ("text", "modes"),
    [("not happy", ("minor",)), ("nicht fröhlich", ("minor",)), ("不快乐", ("minor",)), ("pas triste", ("major",))],
)
def test_what_is_negated_turns_into_its_contrary(text: str, modes: tuple[str, ...]):
    assert words.read(text).modes == modes


def test_what_the_options_say_counts_before_the_words():
    choice = chosen("slow sad waltz in D minor on a violin", style="reel", tempo="180", key="G", lead="flute")

    assert (choice.style.name, choice.tempo, choice.key, choice.lead) == ("reel", 180, Key(7, "major"), "flute")


def test_every_player_kind_and_mood_that_words_name_is_there():
    table = genres.table()

    assert set(table["instrument"]) | set(table["instrument_near"]) <= set(INSTRUMENTS) | {"drums"}
    assert set(table["family"]) <= set(words.FAMILIES)
    assert set(table["mood"]) <= set(styles.moods())
    for genre in genres.genres().values():
        assert genre.style in styles.styles(), genre
        assert {genre.lead, genre.chords} - {""} <= set(INSTRUMENTS), genre
        assert not genre.band or genre.band in styles.bands(), genre
