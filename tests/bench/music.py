"""Music beside the books and beside chance: melodies, four-part writing, what is copied, how long a tune takes, how it sounds.

    make bench-music            # python -m tests.bench.music [--tunes 80] [--chorales 16]

The corpus is needed (the music21 package); no tune or hymn that the models were trained on is in what is measured here.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence

import numpy as np

from generators.engines.music import embedded, partwriting, steps
from generators.engines.music.cells import HOLD, MASK, VOICES
from generators.engines.music.fourparts import Harmonist, Sketch
from generators.engines.music.known import WINDOW, Known
from generators.engines.music.melody import Composer, Order
from generators.engines.music.nets import FourPartNet, MelodyNet, weights
from generators.engines.music.notation import MODES, Note, Tune
from generators.training.music import chorales, corpus
from generators.training.music.chorales import Chorale

GIVEN = 8  # notes of a held-out tune that are continued
BARS = 12
CROP = 96  # eighths of a chorale: twelve bars of 4/4


def result(key: str, value: float) -> None:
    print(f"RESULT {key} {value:.4g}")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    print("\n| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row) + " |")


# melodies


def shape(lines: Sequence[tuple[Sequence[int], int, str]], known: set[tuple[int, ...]]) -> dict[str, float]:
    """What melodies are like: pitches, tonic and mode of each."""
    inside, repeated, stepwise, leaps, spreads, sizes, copied, windows = [], [], [], [], [], [], 0, 0
    for pitches, tonic, mode in lines:
        moves = np.diff(pitches)
        inside += [(pitch - tonic) % 12 in MODES[mode] for pitch in pitches]
        repeated += list(moves == 0)
        stepwise += list((np.abs(moves) > 0) & (np.abs(moves) <= 2))
        leaps += list(np.abs(moves) > 7)
        sizes += list(np.abs(moves))
        spreads.append(max(pitches) - min(pitches))
        for at in range(len(moves) - WINDOW + 1):
            windows += 1
            copied += tuple(moves[at : at + WINDOW].tolist()) in known
    return {
        "in_scale": float(np.mean(inside)), "repeated": float(np.mean(repeated)), "steps": float(np.mean(stepwise)),
        "leaps": float(np.mean(leaps)), "range": float(np.mean(spreads)), "interval": float(np.mean(sizes)),
        "copied": copied / max(1, windows),
    }  # fmt: skip


def sounding(notes: Sequence[Note]) -> list[int]:
    return [note.pitch for note in notes if note.pitch is not None]


def continued(tune: Tune, composer: Composer, seed: int) -> list[int]:
    """What the model makes of a tune's first notes, without these."""
    given = tune.notes[:GIVEN]
    order = Order(
        key=tune.key,
        metre=tune.metre,
        kind=tune.kind,
        bars=BARS,
        given=given,
        pickup=tune.parts[0].pickup,
        seed=seed,
        temperature=0.92,
    )
    notes = composer.write(order)
    assert notes[-1].pitch is not None
    assert notes[-1].pitch % 12 == tune.key.tonic, "a melody did not close on the tonic"
    return sounding(notes[GIVEN:])


def melodies(count: int) -> None:
    train, held_out = corpus.split(corpus.families(corpus.tunes()))
    known = set().union(*(corpus.windows(tune) for tune in train))
    usable = []
    for tune in held_out:
        try:
            steps.encode(tune)
        except steps.Uncommon:
            continue
        if sum(note.length for note in tune.notes[:GIVEN]) < 4 * tune.metre.bar and tune.parts[0].pickup < tune.metre.bar:
            usable.append(tune)
    chosen = usable[:: max(1, len(usable) // count)][:count]
    composer = Composer(MelodyNet(weights(embedded.ASSETS / "melody.safetensors")), Known.read(embedded.ASSETS / "known.bits"))
    random = np.random.default_rng(1)
    started = time.process_time()
    ours = [(continued(tune, composer, seed), tune.key.tonic, tune.key.mode) for seed, tune in enumerate(chosen)]
    spent = time.process_time() - started
    books = [(sounding(tune.notes), tune.key.tonic, tune.key.mode) for tune in chosen]
    chance = [(random.integers(60, 85, 80).tolist(), tune.key.tonic, tune.key.mode) for tune in chosen]
    rows = {"held-out tunes": shape(books, known), "model": shape(ours, known), "chance": shape(chance, known)}
    table(["melodies", *rows["model"]], [[name, *values.values()] for name, values in rows.items()])
    each = [shape([line], known) for line in books]
    for name in ("in_scale", "repeated"):
        low, high = np.percentile([one[name] for one in each], [5, 95])
        print(f"{name}: nine of ten held-out tunes are between {low:.3f} and {high:.3f}")
    for name, value in rows["model"].items():
        result(f"melody_{name}", value)
    result("melody_copied_books", rows["held-out tunes"]["copied"])
    result("melody_notes_per_cpu_s", sum(len(line) for line, _, _ in ours) / spent)


def surprise() -> None:
    """How well the models foretell what they never saw, by the training's own judge."""
    import torch
    from safetensors.torch import load_file

    from generators.training.music import fourparts, melody
    from generators.training.music.nets import FourParts, Melody

    tune_net, part_net = Melody(), FourParts()
    for net, name in ((tune_net, "melody"), (part_net, "fourparts")):
        net.load_state_dict({key: tensor.float() for key, tensor in load_file(embedded.ASSETS / f"{name}.safetensors").items()})
    torch.set_num_threads(1)
    _, held_out = corpus.split(corpus.families(corpus.tunes()))
    found = melody.judged(tune_net, melody.encoded(held_out))
    result("melody_note_perplexity", float(np.exp(found["nll"])))
    result("melody_pitch_perplexity", float(np.exp(found["pitch"])))
    result("melody_length_perplexity", float(np.exp(found["length"])))
    _, judges = chorales.split(list(chorales.chorales()))
    for name, value in fourparts.judged(part_net, judges).items():
        result(f"fourparts_{name}_nats", value)


# four parts


def harmonised(piece: Chorale, harmonist: Harmonist, seed: int, *, repair: bool) -> np.ndarray:
    """Bach's soprano with the model's lower voices, pitches."""
    cells = piece.cells[:CROP].copy()
    cells[:, 1:] = MASK
    sketch = Sketch(cells=cells, places=piece.places[:CROP], closes=piece.closes[:CROP], tonic=piece.tonic, minor=piece.minor)
    return partwriting.sounding(harmonist.fill(sketch, seed, repair=repair), piece.offset)


def mean(faults: Sequence[partwriting.Faults]) -> list[float]:
    return [float(np.mean([getattr(each, name) for each in faults])) for name in partwriting.Faults.__slots__]


def four_parts(count: int) -> None:
    _, held_out = chorales.split(list(chorales.chorales()))
    chosen = [piece for piece in held_out if not (piece.cells == 63).any()][:count]
    harmonist = Harmonist(FourPartNet(weights(embedded.ASSETS / "fourparts.safetensors")))
    rows: dict[str, list[partwriting.Faults]] = {}
    places = [piece.places[:CROP] for piece in chosen]
    rows["Bach"] = [partwriting.count(piece.pitches[:CROP], place) for piece, place in zip(chosen, places, strict=True)]
    foreign = []
    for number, piece in enumerate(chosen):
        other = chosen[number - 1]
        size = min(len(piece.cells), len(other.cells), CROP)
        mixed = np.concatenate((piece.pitches[:size, :1], other.pitches[:size, 1:] - other.tonic + piece.tonic), axis=1)
        foreign.append(partwriting.count(mixed, piece.places[:size]))
    rows["foreign lower voices"] = foreign
    active = {"Bach": float(np.mean([np.mean(piece.cells[:CROP, 1:] != HOLD) for piece in chosen]))}
    same = {}
    for name, repair in (("model alone", False), ("model, held to the rules", True)):
        started = time.process_time()
        made = [harmonised(piece, harmonist, number, repair=repair) for number, piece in enumerate(chosen)]
        rows[name] = [partwriting.count(pitches, place) for pitches, place in zip(made, places, strict=True)]
        same[name] = float(np.mean([np.mean(p[:, 1:] == q.pitches[:CROP, 1:]) for p, q in zip(made, chosen, strict=True)]))
        active[name] = float(np.mean([np.mean(np.diff(p[:, 1:], axis=0) != 0) for p in made]))
        result(f"{'ruled' if repair else 'alone'}_cpu_s", (time.process_time() - started) / len(chosen))
    names = list(partwriting.Faults.__slots__)
    table(["four parts", *names], [[name, *mean(faults)] for name, faults in rows.items()])
    bach, ours = mean(rows["Bach"]), mean(rows["model, held to the rules"])
    for name, theirs, value in zip(names, bach, ours, strict=True):
        result(f"parts_{name}", value)
        result(f"bach_{name}", theirs)
    for name, value in same.items():
        print(f"{name}: {value:.2f} of the lower voices' notes are Bach's own; {VOICES - 1} voices, {len(chosen)} chorales")
    print("pitch changes in the lower voices for each eighth:", {name: round(value, 2) for name, value in active.items()})


# the whole thing

TUNE = """
import json, resource, sys, time
began = time.perf_counter()
from types import SimpleNamespace
from generators.engines.music import engine as music
from generators.engines.making import Commission
engine = music.build(SimpleNamespace(music="embedded"), None)
commission = Commission(task="music", text=sys.argv[1], options=json.loads(sys.argv[2]), seed=1)
work = next(iter(engine.make(commission, lambda doing, done: None)))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
sizes = {file.name: len(file.content) for file in work.files}
found = dict(wall=time.perf_counter() - began, cpu=time.process_time(), peak=peak, sizes=sizes)
head = json.dumps(found | dict(facts=dict(work.facts), alt=work.alt)).encode()
sys.stdout.buffer.write(head + b"\\n" + work.files[0].content)
"""


def tune(name: str, text: str, options: dict[str, object]) -> None:
    """One tune from a cold start, in a process of its own, and what can be heard of it."""
    import soundfile

    command = [sys.executable, "-c", TUNE, text, json.dumps(options)]
    said = subprocess.run(command, capture_output=True, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"}).stdout
    head, _, sound = said.partition(b"\n")
    found = json.loads(head)
    wave, rate = soundfile.read(io.BytesIO(sound))
    heard = wave.mean(axis=1)
    bar = int(found["facts"]["notes_s"] / found["facts"]["bars"] * rate)
    bars = heard[: len(heard) // bar * bar].reshape(-1, bar)
    levels = 20 * np.log10(np.sqrt((bars**2).mean(axis=1)) + 1e-9)
    spectrum = np.abs(np.fft.rfft(heard))
    heights = np.fft.rfftfreq(len(heard), 1 / rate)
    centroid = float((spectrum * heights).sum() / spectrum.sum())
    facts, sizes = found["facts"], found["sizes"]
    print(f"\n{found['alt']}\n  wall {found['wall']:.1f} s, cpu {found['cpu']:.1f} s, peak {found['peak']:.0f} MB, files {sizes}")
    print(f"  {facts['loudness_lufs']} LUFS, peak {facts['peak_dbfs']} dBFS, spectral centroid {centroid:.0f} Hz")
    print(
        f"  sound {len(heard) / rate:.1f} s for notes of {facts['notes_s']} s, bars {levels.min():.0f} to {levels.max():.0f} dBFS"
    )
    result(f"{name}_s", found["wall"])
    result(f"{name}_cpu_s", found["cpu"])
    result(f"{name}_peak_mb", found["peak"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tunes", type=int, default=80)
    parser.add_argument("--chorales", type=int, default=16)
    parser.add_argument("--only", choices=("melodies", "parts", "surprise"), help="one part of it")
    chosen = parser.parse_args()
    parts = {"melodies": lambda: melodies(chosen.tunes), "parts": lambda: four_parts(chosen.chorales), "surprise": surprise}
    if chosen.only:
        parts[chosen.only]()
        return
    tune("tune", "a cheerful tea shop", {"bars": BARS})
    tune("pop", "a sports drink full of energy", {"bars": BARS, "style": "pop"})
    tune("hymn", "an old castle", {"bars": BARS, "style": "hymn"})
    for part in parts.values():
        part()


if __name__ == "__main__":
    main()
