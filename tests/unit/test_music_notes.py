"""Notes as people give them and as files keep them: ABC, typed notes, degrees, MIDI, MusicXML, keys, metres."""

from __future__ import annotations

import struct
from xml.etree import ElementTree as ET

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generators.engines.making import Unmakeable
from generators.engines.music import abc, keys, listening, midi, musicxml, working
from generators.engines.music.notation import QUARTER, Key, Metre, Note, Score, Stroke, Voice

KERRY = """X:1
T:The Test Cobbler
M:6/8
L:1/8
R:Jig
K:D
A|d>ed fga|(3gag ecA|[1 dfa gec:|[2 dfa d3:|
|:f2 f ^g2 g|=f3-f3:|"""

D = Key(2, "major")


def pitches(notes) -> list[int | None]:
    return [note.pitch for note in notes]


def a_score(notes: list[tuple[int, int, int]], *, metre: Metre | None = None, key: Key = D, pickup: int = 0) -> Score:
    voice = Voice(name="fiddle", program=110, strokes=tuple(Stroke(*note) for note in notes))
    return Score(title="Test", key=key, metre=metre or Metre(4, 4), tempo=120, pickup=pickup, voices=(voice,))


class TestAbc:
    def test_a_jig_is_read_with_its_pickup_key_and_last_ending(self):
        tune = abc.read(KERRY)

        first, _second = tune.parts

        assert (tune.title, tune.kind, tune.metre, tune.key) == ("The Test Cobbler", "jig", Metre(6, 8), D)
        assert first.pickup == 12
        assert pitches(first.notes)[-4:] == [74, 78, 81, 74]  # d f a d: the second ending
        assert first.length == 12 + 3 * 72 - 24 + 8 * 3 - 12  # the triplet bar is 2 eighths and three eighths long

    def test_accidentals_last_for_the_bar_and_the_signature_for_the_tune(self):
        notes = abc.read("K:D\nL:1/4\nf ^g g f | g f =f f |").notes

        assert pitches(notes) == [78, 80, 80, 78, 79, 78, 77, 77]

    def test_a_tie_carries_an_accidental_over_the_bar_line(self):
        notes = abc.read("M:2/4\nL:1/4\nK:C\nC ^F-|F F|^f-[Af]|f2|").notes

        assert [(note.pitch, note.length) for note in notes] == [(60, 24), (66, 48), (65, 24), (78, 48), (77, 48)]

    @pytest.mark.parametrize(
        ("says", "sounds"),
        [
            ("", [66, 77, 66]),
            ("%abc-2.0\n", [66, 77, 66]),
            ("%abc-2.1\n", [66, 78, 66]),
            ("%%propagate-accidentals pitch\n", [66, 78, 66]),
            ("%abc-2.1\nI:propagate-accidentals octave\n", [66, 77, 66]),
            ("%%propagate-accidentals not\n", [66, 77, 65]),
        ],
    )
    def test_an_accidental_reaches_other_octaves_where_the_tune_says_so(self, says: str, sounds: list[int]):
        assert pitches(abc.read(f"{says}X:1\nM:3/4\nL:1/4\nK:C\n^F f F|").notes) == sounds

    def test_dotted_rhythms_and_ties_have_their_lengths(self):
        notes = abc.read("L:1/8\nK:C\nc>d e<f g2-g2|").notes

        assert [note.length for note in notes] == [18, 6, 6, 18, 48]

    @settings(max_examples=60)
    @given(st.text(alphabet="ABcdefgz|:[]()<>-^_=,'/1234567890 \n{}\"!K", max_size=120))
    def test_whatever_is_typed_is_read_or_refused(self, text: str):
        try:
            tune = abc.read(text)
        except abc.Unreadable:
            return

        assert all(note.length > 0 for note in tune.notes)

    def test_a_bar_of_a_wrong_length_is_refused_only_when_strict(self):
        text = "M:4/4\nL:1/4\nK:C\ncdec|cde|cdec|"

        assert len(abc.read(text).notes) == 11
        with pytest.raises(abc.Unreadable, match="wrong length"):
            abc.read(text, strict=True)


class TestTyped:
    def test_names_degrees_and_syllables_say_the_same(self):
        names = listening.typed("D4 F#4 A4 D5", None)
        degrees = listening.typed("1 3 5 8", D)
        syllables = listening.typed("do mi sol do", D)

        assert pitches(names.notes) == pitches(degrees.notes) == [62, 66, 69, 74]
        assert pitches(syllables.notes)[:3] == [62, 66, 69]
        assert degrees.counted
        assert not names.counted

    def test_a_name_without_octave_is_near_the_note_before(self):
        assert pitches(listening.typed("A4 C D", None).notes) == [69, 72, 74]

    def test_lengths_and_rests_are_understood(self):
        notes = listening.typed("C4:h r:q D4q. E4:1/8", None).notes

        assert [(note.pitch, note.length) for note in notes] == [(60, 48), (None, 24), (62, 36), (64, 12)]

    def test_abc_keeps_its_key_and_metre(self):
        given_notes = listening.typed(KERRY, None)

        assert (given_notes.key, given_notes.metre, given_notes.pickup) == (D, Metre(6, 8), 12)

    @pytest.mark.parametrize(
        ("text", "says"), [("C4 hello", "hello"), ("C9", "C9"), ("   ", "No notes"), ("C4 " * 900, "characters")]
    )
    def test_what_is_no_note_is_named(self, text: str, says: str):
        with pytest.raises(Unmakeable, match=says):
            listening.typed(text, None)

    @settings(max_examples=40)
    @given(st.text(max_size=60))
    def test_no_text_breaks_it(self, text: str):
        try:
            listening.typed(text, None)
        except Unmakeable:
            return


class TestMidi:
    def test_what_is_written_is_read_again(self):
        notes = [(0, 24, 62), (24, 12, 66), (36, 12, 69), (48, 48, 74)]

        file = midi.read(midi.write(a_score(notes, metre=Metre(3, 4))))

        assert [(s.start * QUARTER // file.division, s.pitch) for s in file.sounds] == [
            (start, pitch) for start, _, pitch in notes
        ]
        assert (file.metre, file.key, round(file.tempo)) == (Metre(3, 4), D, 120)

    def test_the_melody_is_taken_from_the_high_busy_voice(self):
        low = Voice(name="bass", program=32, strokes=tuple(Stroke(at, 24, 40) for at in range(0, 192, 24)))
        high = Voice(name="flute", program=73, strokes=tuple(Stroke(at, 24, 72 + at // 24) for at in range(0, 192, 24)))
        score = Score(title="", key=D, metre=Metre(4, 4), tempo=100, pickup=0, voices=(low, high))

        heard = listening.from_midi(midi.write(score))

        assert pitches(heard.notes) == list(range(72, 80))
        assert {note.length for note in heard.notes} == {24}

    def test_a_key_struck_again_before_it_is_let_go_is_two_notes_in_a_row(self):
        struck = b"\x00\x90\x3c\x50" + b"\x60\x90\x3c\x50" + b"\x60\x80\x3c\x00" + b"\x60\x80\x3c\x00"
        content = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">I", len(struck)) + struck

        assert [(sound.start, sound.end) for sound in midi.read(content).sounds] == [(0, 96), (96, 192)]

    def test_a_status_goes_on_across_a_text_in_the_middle(self):
        struck = b"\x00\x90\x3c\x50\x00\xff\x05\x02la" + b"\x60\x3c\x00\x00\x3e\x50\x60\x3e\x00"
        content = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">I", len(struck)) + struck

        assert [(sound.start, sound.pitch) for sound in midi.read(content).sounds] == [(0, 60), (96, 62)]

    def test_a_foreign_chunk_among_the_tracks_is_passed_over(self):
        struck = b"\x00\x90\x3c\x50\x60\x80\x3c\x00"
        tracks = b"XFIH\0\0\0\3abc" + b"MTrk" + struct.pack(">I", len(struck)) + struck

        assert len(midi.read(b"MThd" + struct.pack(">IHHH", 6, 1, 1, 96) + tracks).sounds) == 1

    def test_a_signature_of_c_major_is_what_files_say_that_know_no_key(self):
        for signature, key in ((b"\x00\x00", None), (b"\x02\x00", D), (b"\x00\x01", Key(9, "minor"))):
            struck = b"\x00\xff\x59\x02" + signature + b"\x00\x90\x3c\x50\x60\x80\x3c\x00"
            content = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">I", len(struck)) + struck

            assert midi.read(content).key == key

    def test_the_tempo_is_the_earliest_wherever_it_is_written(self):
        def track(body: bytes) -> bytes:
            return b"MTrk" + struct.pack(">I", len(body)) + body

        late = track(b"\x60\xff\x51\x03" + (1_000_000).to_bytes(3, "big"))
        early = track(b"\x00\xff\x51\x03" + (400_000).to_bytes(3, "big") + b"\x00\x90\x3c\x50\x60\x80\x3c\x00")

        assert midi.read(b"MThd" + struct.pack(">IHHH", 6, 1, 2, 96) + late + early).tempo == 150

    def test_a_million_notes_are_refused(self):
        many = b"\x01\x90\x3c\x40\x01\x80\x3c\x00" * 1_000_000
        content = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 480) + b"MTrk" + struct.pack(">I", len(many)) + many

        with pytest.raises(Unmakeable, match="too large"):
            listening.from_midi(content)

    def test_as_many_notes_as_a_small_file_can_hold_are_refused(self):
        many = b"\x00\x90\x3c\x00" + b"\x00\x3c\x40\x01\x3c\x00" * 80_000  # running status: six bytes a note
        content = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 480) + b"MTrk" + struct.pack(">I", len(many)) + many

        assert len(content) < midi.MAX_BYTES
        with pytest.raises(Unmakeable, match="too large"):
            listening.from_midi(content)

    def test_a_silence_of_years_is_cut_to_a_few_bars(self):
        years = b"\xff\xff\xff\x7f"
        body = b"\x00\x90\x3c\x40" + years + b"\x3c\x00" + years + b"\x40\x40\x01\x40\x00"
        content = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 1) + b"MTrk" + struct.pack(">I", len(body)) + body

        notes = listening.from_midi(content).notes

        assert (notes[0].pitch, notes[-1].pitch) == (60, 64)
        assert sum(note.length for note in notes) <= 11 * Metre(4, 4).bar  # two lengths of at most five bars, and the last note

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"MZ\x90\x00" * 100, "no MIDI file"),
            (b"", "no MIDI file"),
            (b"MThd" + struct.pack(">IHHH", 6, 1, 1, 0xE728), "film frames"),
            (b"MThd" + struct.pack(">IHHH", 6, 1, 0, 480), "no notes"),
            (b"MThd" + struct.pack(">IHHH", 6, 1, 1, 480) + b"MTrk\0\0\0\x04\x00\x3c\x40\x00", "broken"),
        ],
    )
    def test_other_files_are_refused_with_the_reason(self, content: bytes, says: str):
        with pytest.raises(Unmakeable, match=says):
            listening.from_midi(content)

    @settings(max_examples=40)
    @given(st.binary(max_size=300))
    def test_no_bytes_break_it(self, content: bytes):
        try:
            listening.from_midi(b"MThd" + struct.pack(">IHHH", 6, 0, 2, 96) + b"MTrk\0\0\1\0" + content)
        except Unmakeable:
            return


class TestMusicXml:
    @settings(max_examples=40)
    @given(st.lists(st.sampled_from([3, 4, 6, 8, 9, 12, 18, 24, 30, 36, 42, 48, 72, 96]), min_size=1, max_size=30), st.booleans())
    def test_every_bar_is_full(self, lengths: list[int], has_pickup: bool):
        starts = [sum(lengths[:number]) for number in range(len(lengths))]
        pickup = 24 if has_pickup else 0
        assume(sum(lengths) > pickup)
        score = a_score([(start, length, 62) for start, length in zip(starts, lengths, strict=True)], pickup=pickup)

        root = ET.fromstring(musicxml.write(score, score.voices))

        sums = [sum(int(d.text) for d in measure.iter("duration")) for measure in root.iter("measure")]
        assert sums[0] == pickup or not has_pickup
        assert all(each == 96 for each in (sums[1:-1] if has_pickup else sums[:-1]))
        assert sum(sums) >= sum(lengths)

    def test_notes_are_spelt_in_the_key(self):
        root = ET.fromstring(musicxml.write(a_score([(0, 96, 66)], key=Key(2, "major")), a_score([(0, 96, 66)]).voices))

        assert [(p.findtext("step"), p.findtext("alter")) for p in root.iter("pitch")] == [("F", "1")]


class TestKeys:
    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("D", D),
            ("F# minor", Key(6, "minor")),
            ("Bb", Key(10, "major")),
            ("em", Key(4, "minor")),
            ("A dorian", Key(9, "dorian")),
        ],
    )
    def test_keys_are_understood(self, text: str, key: Key):
        assert keys.named(text) == key

    @pytest.mark.parametrize("text", ["", "H", "D flatulent", "42", "D minor please"])
    def test_what_is_no_key_is_not(self, text: str):
        assert keys.named(text) is None

    @pytest.mark.parametrize(
        ("text", "key"), [("K:G\nG2 B2 d2 B2 | A F D F | G4", Key(7, "major")), ("A4 C5 E5 G#4 A4", Key(9, "minor"))]
    )
    def test_the_key_is_guessed_from_notes(self, text: str, key: Key):
        assert keys.guess(listening.typed(text, None).notes) == key

    def test_signatures_count_sharps_and_flats(self):
        fifths = [key.fifths for key in (D, Key(10, "major"), Key(9, "minor"), Key(4, "dorian"), Key(2, "mixolydian"))]

        assert fifths == [2, -2, 0, 2, 1]


class TestWorking:
    def test_a_tune_in_minor_has_its_degrees_lowered(self):
        notes = listening.typed("1 3 5 6", D).notes

        assert pitches(working.to_key(notes, D, Key(2, "minor"))) == [62, 65, 69, 70]

    def test_a_reel_becomes_a_waltz_of_as_many_bars(self):
        reel = [Note(60 + number % 8, 12) for number in range(32)]

        waltz, pickup = working.in_metre(reel, Metre(4, 4), Metre(3, 4), 0)

        assert (working.bars_in(waltz, Metre(3, 4), pickup), sum(note.length for note in waltz)) == (4, 4 * 72)
        assert pitches(waltz) == pitches(reel)
        assert [sum(note.length for note in waltz[:number]) for number in (8, 16, 24)] == [72, 144, 216]  # bar for bar

    def test_a_pickup_stays_a_pickup(self):
        tune = abc.read(KERRY)

        notes, pickup = working.in_metre(tune.notes, Metre(6, 8), Metre(2, 4), 12)

        assert 0 < pickup < 48
        assert notes[0].pitch == 69

    def test_a_variation_keeps_the_first_bar_and_changes_another(self):
        notes = [Note(60 + number % 8, 24) for number in range(16)]

        whole, anchors = working.kept_bars(notes, Metre(4, 4), 0, share=1.0, seed=1)

        assert set(whole) >= {0, 24, 48, 72}
        assert len(anchors) == 1
