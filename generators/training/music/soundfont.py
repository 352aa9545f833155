"""Takes the instruments that Muselab plays out of a large soundfont: python -m generators.training.music.soundfont FROM TO."""

from __future__ import annotations

import sys
from pathlib import Path

from generators.engines.music import soundfonts
from generators.engines.music.instruments import DRUMS, INSTRUMENTS


def main() -> None:
    """Reads the large font, writes the small one."""
    source, target = map(Path, sys.argv[1:3])
    wanted = {(0, each.program) for each in INSTRUMENTS.values()} | {(soundfonts.DRUM_BANK, 0)}
    target.write_bytes(soundfonts.subset(soundfonts.read(source.read_bytes()), wanted, drums=DRUMS.values()))


if __name__ == "__main__":
    main()
