"""Whether tunes out of files are played note for note: `python -m tests.bench.tunes [STEP]`.

Every STEP-th work of music21's corpus becomes a MIDI file, which mido and our reader read independently. A file is equal where
the reader finds the very notes that mido does, and where what is played has every onset of one of its voices, in the same places,
to the bar at which four minutes are full. `make bench-files` gets what it needs.
"""

from __future__ import annotations

import io
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from generators.engines.making import Unmakeable
from generators.engines.music import listening, midi, options, writing
from generators.engines.music.choosing import choose
from generators.engines.music.notation import QUARTER

NEAR = 1.5  # ticks of 24 to a quarter that an onset may be moved: it is written on that grid


def struck(content: bytes) -> set[tuple[int, int, int, int]]:
    """Notes as mido reads them: track, channel, pitch, tick."""
    import mido

    found = set()
    for number, track in enumerate(mido.MidiFile(file=io.BytesIO(content), clip=True).tracks):
        tick = 0
        for message in track:
            tick += message.time
            if message.type == "note_on" and message.velocity:
                found.add((number, message.channel, message.note, tick))
    return found


def equal(content: bytes) -> str:
    """Empty where the file is read and played note for note; else what is not."""
    notes = struck(content)
    file = midi.read(content)
    read = {(sound.track, sound.channel, sound.pitch, sound.start) for sound in file.sounds}
    if read != notes:
        return f"{len(notes - read)} notes missing, {len(read - notes)} too many"
    choice = choose("", options.read({"do": "play"}), listening.from_midi(content), seed=1, number=0)
    strokes = writing.band(choice, writing.melody(None, choice)).voices[0].strokes  # type: ignore[arg-type]  # nothing is composed
    played = [(stroke.start, stroke.pitch % 12) for stroke in strokes]
    lines: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for track, channel, pitch, tick in notes:
        if channel != midi.DRUM_CHANNEL:
            lines[track, channel][tick] = max(pitch, lines[track, channel].get(tick, 0))
    cut = bool(choice.remarks)
    return "" if any(_same(played, line, file.division, cut=cut) for line in lines.values()) else "played otherwise"


def _same(played: list[tuple[int, int]], line: dict[int, int], division: int, *, cut: bool) -> bool:
    ticks = sorted(line)
    if len(played) > len(ticks) or (len(played) < len(ticks) and not cut):
        return False
    return all(
        abs((tick - ticks[0]) / division * QUARTER - start) <= NEAR and line[tick] % 12 == pitch
        for tick, (start, pitch) in zip(ticks, played, strict=False)
    )


def works(step: int) -> Iterator[tuple[str, bytes]]:
    """Names and MIDI files of the corpus; works that music21 itself cannot write are left out, and named."""
    from music21 import converter, corpus
    from music21 import midi as theirs

    for path in sorted(corpus.getPaths())[::step]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                parsed: Any = converter.parse(path)
                pieces = parsed.scores if "Opus" in parsed.classes else [parsed]
                files = [theirs.translate.streamToMidiFile(piece).writestr() for piece in pieces]
        except Exception as error:  # noqa: BLE001 - whatever music21 raises about a file of its own
            print(f"  left out: {path.name}: {type(error).__name__}", file=sys.stderr)
            continue
        yield from ((path.name, content) for content in files)


def main() -> None:
    """Every file, and a RESULT line."""
    step = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    began, right, total, empty = time.process_time(), 0, 0, 0
    for name, content in works(step):
        try:
            said = equal(content)
        except midi.Unreadable as error:
            said = error.why
        except Unmakeable as error:
            said = str(error)
        if said == "empty" or "drums only" in said:
            empty += 1  # works without notes, and for drums alone
            continue
        total += 1
        right += not said
        if said:
            print(f"  {name}: {said}")
    print(f"{right} of {total} files note for note ({empty} without a tune), {time.process_time() - began:.0f} CPU seconds")
    print(f"RESULT midi_equal {right / max(total, 1):.4f}")


if __name__ == "__main__":
    main()
