"""The two small models and the rules that hold them: numpy beside torch, melodies that close, parts that break no rule."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from generators.engines.music import embedded, partwriting, steps
from generators.engines.music.cells import BOTTOM, HOLD, MASK, VOICES
from generators.engines.music.fourparts import Harmonist, Sketch
from generators.engines.music.known import WINDOW, Known
from generators.engines.music.melody import Composer, Order, bars_of, plan_of
from generators.engines.music.nets import FourPartNet, MelodyNet, weights
from generators.engines.music.notation import MODES, Key, Metre, Note
from generators.training.music.nets import FourParts, Melody


@cache
def melody_net() -> MelodyNet:
    return MelodyNet(weights(embedded.ASSETS / "melody.safetensors"))


@cache
def known() -> Known:
    return Known.read(embedded.ASSETS / "known.bits")


@cache
def four_part_net() -> FourPartNet:
    return FourPartNet(weights(embedded.ASSETS / "fourparts.safetensors"))


def an_order(**given) -> Order:
    return Order(**({"key": Key(2, "major"), "metre": Metre(4, 4), "kind": "reel", "bars": 4, "seed": 3} | given))


def test_the_melody_model_in_numpy_says_what_it_says_in_torch():
    torch.manual_seed(1)
    net = Melody(width=32, layers=2, heads=4, dropout=0.0).eval()
    ours = MelodyNet({name: tensor.numpy() for name, tensor in net.state_dict().items()})
    rows = np.array([[15, 5, 0, 1, 4], [17, 5, 12, 1, 4], [0, 9, 24, 1, 4], [22, 9, 48, 1, 4]])
    past = steps.before(rows)

    state = ours.begin(1, (1, 0, 0))
    found = [ours.step(state, past[None, at], *rows[at, 2:]) for at in range(len(rows))]
    lengths = [ours.lengths(hidden, rows[at : at + 1, 0])[0] for at, (_, hidden) in enumerate(found)]

    with torch.no_grad():
        pitch, length = net(torch.tensor(rows)[None], torch.tensor(past)[None], torch.tensor([[1, 0, 0]]))
    np.testing.assert_allclose([logp[0] for logp, _ in found], pitch[0].log_softmax(-1), atol=1e-4)
    np.testing.assert_allclose(lengths, length[0].log_softmax(-1), atol=1e-4)


def test_the_four_part_model_in_numpy_says_what_it_says_in_torch():
    torch.manual_seed(2)
    net = FourParts(width=48, layers=2, heads=6, dropout=0.0).eval()
    ours = FourPartNet({name: tensor.numpy() for name, tensor in net.state_dict().items()})
    cells = np.array([[40, 34, 30, 20], [HOLD, MASK, MASK, MASK], [42, 35, MASK, HOLD]])
    places, closes = np.array([0, 1, 2]), np.array([0, 0, 1])

    found = ours.logprobs(cells, places, closes, 1, 7)

    with torch.no_grad():
        said = net(*(torch.tensor(each)[None] for each in (cells, places, closes)), torch.tensor([[1, 7]]))
    np.testing.assert_allclose(found, said[0].log_softmax(-1), atol=1e-4)


@pytest.mark.parametrize(
    ("kind", "metre", "mode"),
    [("reel", "4/4", "major"), ("jig", "6/8", "dorian"), ("slip jig", "9/8", "minor"), ("air", "3/4", "major")],
)
def test_a_melody_fills_its_bars_and_closes_on_the_tonic(kind: str, metre: str, mode: str):
    beats, unit = map(int, metre.split("/"))
    order = an_order(kind=kind, metre=Metre(beats, unit), key=Key(9, mode), bars=6)

    notes = Composer(melody_net(), known()).write(order)

    assert sum(note.length for note in notes) == 6 * order.metre.bar
    assert notes[-1].pitch is not None
    assert notes[-1].pitch % 12 == 9
    sounding = [note.pitch for note in notes if note.pitch is not None]
    assert np.mean([(pitch - 9) % 12 in MODES[mode] for pitch in sounding]) > 0.85


def test_a_melody_begins_with_the_notes_given():
    given = (Note(62, 12), Note(66, 12), Note(69, 24))

    notes = Composer(melody_net(), known()).write(an_order(given=given))

    assert notes[:3] == given


def test_the_same_seed_writes_the_same_melody_and_another_one_another():
    composer = Composer(melody_net(), known())

    one, again, other = (composer.write(an_order(seed=seed, bars=2)) for seed in (5, 5, 6))

    assert one == again
    assert one != other


def test_what_a_variation_keeps_stays_and_the_rest_fits():
    kept = {0: Note(62, 48), 48: Note(64, 48), 192: Note(66, 96)}

    notes = Composer(melody_net(), known()).write(an_order(kept=kept, anchors={96: 69}, bars=4))

    at = np.cumsum([0, *(note.length for note in notes)])
    found = dict(zip(at.tolist(), notes, strict=False))
    assert {tick: found[tick] for tick in kept} == kept
    assert found[96].pitch == 69


def test_runs_that_are_in_the_books_are_known_and_few_others(tmp_path):
    random = np.random.default_rng(4)
    books = random.integers(-5, 6, (400, WINDOW)).tolist()
    Known.of(books).write(tmp_path / "known.bits")

    found = Known.read(tmp_path / "known.bits")

    assert all(found.share(np.cumsum([60, *run]).tolist()) == 1.0 for run in books)
    others = [found.share(np.cumsum([60, *run]).tolist()) for run in random.integers(-5, 6, (400, WINDOW)).tolist()]
    assert np.mean(others) < 0.02


def test_the_books_that_were_trained_on_fill_a_fifth_of_the_filter():
    bits = np.unpackbits(np.fromfile(embedded.ASSETS / "known.bits", dtype=np.uint8))

    assert 0.15 < bits.mean() < 0.2  # 1 - exp(-3 x 272 726 / 2^22) = 0.18


@pytest.mark.parametrize("bars", range(1, 65))
def test_every_length_has_a_plan_whose_phrases_add_up(bars: int):
    assert sum(bars_of(plan_of(bars), bars)) == bars
    assert min(bars_of(plan_of(bars), bars)) > 0


def chord_line(*chords: tuple[int, int, int, int]) -> np.ndarray:
    return np.array(chords)


class TestRules:
    def test_parallel_fifths_and_octaves_are_counted_where_both_voices_move(self):
        moving = chord_line(
            (72, 67, 64, 48), (74, 69, 65, 50)
        )  # soprano and bass in octaves; alto and bass in fifths (19 semitones)
        still = chord_line((72, 67, 64, 48), (72, 67, 64, 48))

        fifths, octaves = partwriting.parallels(moving)

        assert (fifths.sum(), octaves.sum()) == (1, 1)
        assert sum(each.sum() for each in partwriting.parallels(still)) == 0

    def test_crossing_spacing_and_range_are_shares_of_all(self):
        pitches = chord_line((72, 67, 64, 48), (60, 64, 55, 48), (79, 64, 55, 48), (72, 67, 64, 30))

        faults = partwriting.count(pitches, np.arange(4))

        assert (faults.crossing, faults.spacing) == (25.0, 25.0)
        assert faults.range == pytest.approx(100 / 16)  # one note of sixteen

    def test_triads_and_sevenths_are_chords_and_clusters_are_not(self):
        pitches = chord_line((72, 67, 64, 48), (71, 65, 62, 55), (72, 70, 69, 55))

        faults = partwriting.count(pitches, np.zeros(3, dtype=int))

        assert faults.tertian == pytest.approx(200 / 3)


def ode_to_joy() -> Sketch:
    soprano = [64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 60, 60]
    cells = np.full((32, VOICES), MASK)
    cells[:, 0] = HOLD
    cells[::2, 0] = np.array(soprano) + 7 - BOTTOM - (-5)  # in G, a fifth up
    closes = np.zeros(32, dtype=np.int64)
    closes[-4:] = 1
    return Sketch(cells=cells, places=np.arange(32) % 8, closes=closes, tonic=7, minor=False)


def test_a_hymn_is_harmonised_without_parallels_and_keeps_its_melody():
    sketch = ode_to_joy()

    cells = Harmonist(four_part_net()).fill(sketch, seed=1)

    pitches = partwriting.sounding(cells, sketch.offset)
    faults = partwriting.count(pitches, sketch.places)
    assert (cells[:, 0] == sketch.cells[:, 0]).all()
    assert MASK not in cells
    assert (faults.fifths, faults.octaves, faults.crossing) == (0, 0, 0)
    assert pitches[-1, 3] % 12 == 7
