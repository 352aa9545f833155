"""Tunes out of files of the field: "play" keeps every onset, in whatever metre, form and voice they are written."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.engines.making import Unmakeable
from generators.engines.music import abc, listening, midi, options, working, writing
from generators.engines.music.choosing import Choice, choose
from generators.engines.music.listening import Given
from generators.engines.music.notation import QUARTER, Metre, Note, Score

DIVISION = 480
METRES = [(1, 4), (2, 4), (3, 4), (4, 4), (5, 4), (6, 4), (7, 4), (3, 2), (4, 2), (3, 8), (5, 8), (6, 8), (7, 8), (9, 8), (12, 8),
          (15, 8), (6, 16), (12, 16)]  # fmt: skip

Event = tuple[int, bytes]  #: quarters times DIVISION, and a message


def number(value: int) -> bytes:
    """Of variable length."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


def a_track(events: Sequence[Event]) -> bytes:
    body, now = b"", 0
    for tick, message in sorted(events, key=lambda event: (event[0], event[1][:1] != b"\xff", event[1][0] & 0xF0 == 0x90)):
        body += number(tick - now) + message
        now = tick
    return b"MTrk" + struct.pack(">I", len(body)) + body


def a_file(*tracks: Sequence[Event], form: int = 1) -> bytes:
    return b"MThd" + struct.pack(">IHHH", 6, form, len(tracks), DIVISION) + b"".join(map(a_track, tracks))


def metre(beats: int, unit: int, tick: int = 0) -> Event:
    return tick, bytes((0xFF, 0x58, 4, beats, unit.bit_length() - 1, 24, 8))


def tempo(quarters: float, tick: int = 0) -> Event:
    return tick, b"\xff\x51\x03" + round(60e6 / quarters).to_bytes(3, "big")


def named(name: str) -> Event:
    return 0, bytes((0xFF, 3, len(name))) + name.encode()


def notes(starts: Sequence[int], length: int, pitches: Sequence[int] = (60, 62, 64, 65, 67), channel: int = 0) -> list[Event]:
    struck = [(start, bytes((0x90 | channel, pitches[at % len(pitches)], 80))) for at, start in enumerate(starts)]
    return struck + [(start + length, bytes((0x80 | channel, pitches[at % len(pitches)], 0))) for at, start in enumerate(starts)]


def played(content: bytes | Given, **asked: str) -> tuple[Choice, Score]:
    found = content if isinstance(content, Given) else listening.from_midi(content)
    choice = choose("", options.read({"do": "play"} | asked), found, seed=1, number=0)
    return choice, writing.band(choice, writing.melody(None, choice))  # type: ignore[arg-type]  # nothing is composed


def onsets(score: Score) -> list[int]:
    return [stroke.start for stroke in score.voices[0].strokes]


@pytest.mark.parametrize(("beats", "unit"), METRES)
@pytest.mark.parametrize("pickup", [0, 1])
def test_a_tune_in_any_metre_is_played_note_for_note_and_barred_as_written(beats: int, unit: int, pickup: int):
    each = 4 * DIVISION // unit
    starts = [at * each for at in range(pickup + 4 * beats)]
    first = [metre(pickup, unit)] if pickup else []
    content = a_file([*first, metre(beats, unit, pickup * each), *notes(starts, each)])

    choice, score = played(content)

    assert onsets(score) == [start * QUARTER // DIVISION for start in starts]
    assert (choice.metre, choice.pickup) == (Metre(beats, unit), pickup * 4 * QUARTER // unit % Metre(beats, unit).bar)
    assert all(voice.strokes for voice in score.voices[:3])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(1, 200), min_size=1, max_size=60),
    st.sampled_from(METRES),
    st.sampled_from(["auto", "waltz", "reel", "jig", "polka", "slip jig"]),
)
def test_no_rhythm_loses_an_onset_when_played_nor_when_its_metre_changes(gaps: list[int], written: tuple[int, int], style: str):
    starts = [sum(gaps[:at]) * DIVISION // 48 for at in range(len(gaps))]
    content = a_file([metre(*written), *notes(starts, 5)])

    _, same = played(content, style=style)
    other, _pickup = working.in_metre(listening.from_midi(content).notes, Metre(*written), Metre(3, 4), 0)

    assert len(onsets(same)) == len(starts)
    if (
        min(gaps) > 1
    ):  # sixty notes closer than the grid's ticks are all played, one tick after another, and so cannot stay in place
        assert all(abs(onset - start * QUARTER / DIVISION) <= 1.5 for onset, start in zip(onsets(same), starts, strict=True))
    assert len(set(onsets(same))) == len(starts)
    assert len([note for note in other if note.pitch is not None]) == len(starts)


def test_a_long_note_is_one_note():
    _, score = played(a_file([metre(4, 4), *notes([0, 12 * DIVISION], 12 * DIVISION)]))

    assert onsets(score) == [0, 12 * QUARTER]


def test_a_tune_that_is_too_long_is_played_to_a_bar_and_the_rest_is_said():
    choice, score = played(a_file([metre(4, 4), tempo(240), *notes([at * DIVISION for at in range(800)], DIVISION)]))

    assert len(onsets(score)) == 160 * 4
    assert choice.remarks == ("40 more bars of the notes given were too much.",)


@pytest.mark.parametrize("said", [20.0, 40.0, 123.0, 400.0])
def test_the_pace_is_the_files(said: float):
    assert played(a_file([tempo(said), *notes([0, 480, 960, 1440], 480)]))[0].tempo == pytest.approx(said, rel=1e-4)


def test_a_short_count_in_is_not_the_pace():
    late = [tempo(75, 10), *notes([at * 480 for at in range(16)], 480)]

    assert midi.read(a_file([tempo(200), *late])).tempo == pytest.approx(75, rel=1e-4)


def test_a_pace_that_changes_all_the_time_is_taken_in_the_mean():
    slower = [tempo(quarters, at * 480) for at, quarters in enumerate((120, 110, 100, 90, 80))]

    assert 90 < midi.read(a_file([*slower, *notes([at * 480 for at in range(5)], 480)])).tempo < 105


def test_seventy_tracks_are_read():
    content = a_file(*(notes([at * 480 for at in range(8)], 480, channel=number % 9) for number in range(70)))

    assert len(midi.read(content).sounds) == 560


def test_of_patterns_the_first_is_taken():
    content = a_file([metre(4, 4)], notes([0, 480, 960], 480), notes([0, 240], 480, (80,)), form=2)

    assert [sound.pitch for sound in midi.read(content).sounds] == [60, 62, 64]


@pytest.mark.parametrize("padding", [b"", b"INFO\3\0\0\0abc\0"])
def test_a_file_in_a_riff_envelope_is_read(padding: bytes):
    inside = a_file(notes([0, 480], 480))
    data = b"RMID" + padding + b"data" + struct.pack("<I", len(inside)) + inside

    assert len(midi.read(b"RIFF" + struct.pack("<I", len(data)) + data).sounds) == 2


def test_a_clock_byte_of_a_performance_is_passed_over():
    sounds = midi.read(a_file([(0, b"\xf8"), *notes([0, 480], 480)])).sounds

    assert [sound.start for sound in sounds] == [0, 480]


def test_a_pace_within_the_music_counts_where_the_header_says_none():
    assert listening.typed("X:1\nL:1/8\nK:C\n[Q:1/4=60]CDEF|", None).tempo == 60


def test_notes_that_are_never_let_go_sound_to_the_end_of_their_track():
    struck = [(at * 480, bytes((0x90, 60 + at, 80))) for at in range(3)]

    assert [(s.start, s.end) for s in midi.read(a_file([*struck, (1920, b"\xff\x2f\0")])).sounds] == [
        (0, 1920), (480, 1920), (960, 1920)
    ]  # fmt: skip


def test_a_pad_that_repeats_one_note_is_not_the_tune():
    pad = notes([at * 480 for at in range(16)], 480, (72,), channel=1)
    cello = notes([at * 480 for at in range(16)], 480, (48, 50, 52, 53, 55, 57, 59, 60), channel=2)

    heard = listening.from_midi(a_file([metre(4, 4)], pad, cello))

    assert [note.pitch for note in heard.notes][:4] == [48, 50, 52, 53]


def test_a_track_that_is_called_melody_is_the_tune():
    high = [named("Violin"), *notes([at * 480 for at in range(8)], 480, (84, 86, 88), channel=1)]
    sung = [named("Melody"), *notes([at * 480 for at in range(8)], 480, (60, 62, 64), channel=2)]

    assert listening.from_midi(a_file(high, sung)).notes[0].pitch == 60


def test_an_explicit_style_of_another_metre_restyles_a_long_tune_and_is_obeyed_in_its_bars_when_played():
    content = a_file([metre(4, 4), *notes([at * 480 for at in range(40)], 480)])
    given_notes = listening.from_midi(content)

    choice = choose("", options.read({"style": "waltz"}), given_notes, seed=1, number=0)

    assert (choice.do, choice.metre) == ("restyle", Metre(3, 4))
    assert len(choice.notes) == 40
    assert played(content, style="waltz")[0].metre == Metre(4, 4)


def heard(text: str) -> str:
    return "".join(
        "C.D.EF.G.A.B"[note.pitch % 12] if note.pitch is not None else "z" for note in abc.read(text, played=True).notes
    )


HEAD = "X:1\nM:4/4\nL:1/8\nK:C\n"


@pytest.mark.parametrize(
    ("music", "sounds"),
    [
        ("|:CDEF|1GABc:|2c4|", "CDEFGABCCDEFC"),
        # the order of parts, with repeats in them
        ("P:A\nCD|\nP:B\nEF|", "CDEF"),
        # gone back to the beginning or the sign: no repeats, the last ending, until the end or by the coda
        ("CD|EF!fine!|GA!D.C.!|]", "CDEFGACDEF"),
        ("CD|EF|GA!D.C.!|]", "CDEFGACDEFGA"),
        ('CD|!segno!EF|"Fine"GA|AB"^D.S. al Fine"|]', "CDEFGAABEFGA"),
        ("|:CD|1E2:|2F2!fine!||GA!D.C.alfine!|]", "CDECDFGACDF"),
        ("CD|!segno!EF!coda!|GA!D.S.alcoda!||!coda!Bc|]", "CDEFGAEFBC"),
        ("CD|SEF|O GA|AB!dacapo!|O Bc|]", "CDEFGAABCDEFBC"),
        ("C!D.C.!D|EF|]", "CDCDEF"),
        ("|:C|[1 D :|[2 E :|[3 F |]", "CDCECF"),
        ("C2:: D2 :: E2 :|", "CCDDEE"),
        ("|: C | D || E | F :|", "CDEFCDEF"),
        ("|: C |[1,3 D :|[2,4 E :| F", "CDCECDCEF"),
        ("C |1 D :|2 E || F |1 G :|2 A ||", "CDCEFGFA"),
        ("C | D :| E | F :| G", "CDCDEFEFG"),
        ("V:1\nCDEF|\nV:2\nGGGG|\nV:1\nGABc|", "CDEFGABC"),
        ("[V:A] CDEF|\n[V:B] GGGG|", "CDEF"),
        ("[V:1] CD|[V:2] GG|\n[V:1] EF|[V:2] GG|", "CDEF"),
        ("%%score (T) (B)\nV:B\nGGGG|\nV:T\nCDEF|", "CDEF"),
        ("CDEF|\n\nX:2\nM:3/4\nK:G\nGAB|", "CDEF"),
        ("+fermata+G !trill!A +D.C.+ F", "GAF"),
        ("+CEG+ D", "GD"),
        ("CDEF & GGGG | AB", "CDEFAB"),
        ("C Z2 D", "CzzD"),
        ("{g}C (3DEF [CEG]2", "CDEFG"),
    ],
)
def test_abc_sounds_as_musicians_play_it(music: str, sounds: str):
    assert heard(HEAD + music) == sounds


@pytest.mark.parametrize(
    ("plan", "music", "sounds"),
    [
        ("ABA", "P:A\nCD|\nP:B\nEF|", "CDEFCD"),
        ("A2.(BA)2", "[P:A]CD|[P:B]EF|", "CDCDEFCDEFCD"),
        ("AAB", "P:A\n|:C|1D:|2E|]\nP:B\nF|", "CDCECDCEF"),
        ("AXB", "P:A\nCD|\nP:B\nEF|", "CDEF"),  # no part has that letter
        ("A9(A9)9", "P:A\nC|", "C" * 64),  # as much as anybody writes
        ("(AB", "P:A\nC|\nP:B\nD|", "CD"),  # a broken order is none
    ],
)
def test_the_parts_of_abc_are_played_in_the_order_that_its_head_says(plan: str, music: str, sounds: str):
    assert heard(f"X:1\nP:{plan}\nM:4/4\nL:1/8\nK:C\n{music}") == sounds


@pytest.mark.parametrize(
    ("field", "quarters"),
    [
        ("Q:1/4=66", 66),
        ("Q:120", 120),
        ("Q:3/8=50", 75),
        ('Q:"Andante" 1/8=80', 40),
        ("Q:1/4 1/8=60", 90),
        ('Q:"Allegro"', 136),
        ('Q:"Giusto"', None),
    ],
)
def test_the_tempo_of_abc_is_kept(field: str, quarters: float | None):
    assert listening.typed(f"X:1\n{field}\nL:1/8\nK:C\nCDEF|", None).tempo == quarters


def test_abc_without_metre_or_key_is_read_and_its_key_is_heard():
    found = listening.typed("X:1\nM:none\nK:none\nG2A2B2c2 d2G2|", None)

    assert (found.metre, found.key) == (Metre(4, 4), None)


def test_changes_of_key_and_length_within_abc_count():
    tune = abc.read("X:1\nL:1/8\nK:C\nF|[K:G]F|[L:1/4]F|\nK:C\nF|", played=True)

    assert tune.notes == (Note(65, 12), Note(66, 12), Note(66, 24), Note(65, 24))


def test_a_tune_whose_repeats_come_to_hours_is_taken_up_and_played_as_far_as_anybody_listens():
    def content(count: int) -> bytes:
        body = bytes([0x00, 0x90, 60, 80, 0x81, 0x70, 0x80, 60, 0]) * count + b"\0\xff\x2f\0"
        return b"MThd" + struct.pack(">IHHH", 6, 0, 1, DIVISION) + b"MTrk" + struct.pack(">I", len(body)) + body

    choice, score = played(content(55_878))  # what music21 makes of the longest tune of its corpus

    assert 500 < len(onsets(score)) < 2_000
    assert any("too much" in remark for remark in choice.remarks)
    with pytest.raises(Unmakeable, match="60000 notes"):
        played(content(60_001))
