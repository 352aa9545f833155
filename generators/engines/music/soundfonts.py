"""A soundfont's tables: takes some instruments out of many, so that only what plays is carried, and unpacked. It knows no sound.

The format: SoundFont 2.04 with samples packed as Ogg Vorbis (SF3, as MuseScore writes it): a sample's ends are bytes in `smpl`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection
from dataclasses import dataclass

SIZES = {"phdr": 38, "pbag": 4, "pmod": 10, "pgen": 4, "inst": 22, "ibag": 4, "imod": 10, "igen": 4, "shdr": 46}
INSTRUMENT, SAMPLE, KEYS = 41, 53, 43  # what a zone can say: which instrument, which sample, for which keys
DRUM_BANK = 128


@dataclass(frozen=True, slots=True)
class Font:
    """A soundfont's parts."""

    about: bytes  #: the INFO list: who made it, whose it is
    samples: bytes  #: packed
    tables: dict[str, list[bytes]]


def read(content: bytes) -> Font:
    """A font's parts.

    Raises:
        ValueError: this is no soundfont.
    """
    if content[:4] != b"RIFF" or content[8:12] != b"sfbk":
        raise ValueError("no soundfont")
    about, samples, tables = b"", b"", {}
    for kind, body in _chunks(content, 12):
        if kind == "LIST" and body[:4] == b"INFO":
            about = body
        elif kind == "LIST":
            for name, piece in _chunks(body, 4):
                if name == "smpl":
                    samples = piece
                elif name in SIZES:
                    tables[name] = [piece[at : at + SIZES[name]] for at in range(0, len(piece), SIZES[name])]
    return Font(about, samples, tables)


def _chunks(content: bytes, at: int) -> list[tuple[str, bytes]]:
    found = []
    while at + 8 <= len(content):
        size = struct.unpack_from("<I", content, at + 4)[0]
        found.append((content[at : at + 4].decode("latin-1"), content[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return found


def subset(font: Font, wanted: Collection[tuple[int, int]], *, drums: Collection[int] = ()) -> bytes:
    """A font with some instruments only.

    Args:
        font: the large one.
        wanted: banks and programs.
        drums: of a drum kit, the keys that stay; none given: all.
    """
    taking = _Taking(font, frozenset(drums))
    for row, following in zip(font.tables["phdr"], font.tables["phdr"][1:], strict=False):
        program, bank, first = struct.unpack_from("<HHH", row, 20)
        if (bank, program) in wanted:
            taking.preset(row, first, struct.unpack_from("<H", following, 24)[0], is_kit=bank == DRUM_BANK)
    return taking.written()


class _Taking:
    """The small font while it grows."""

    def __init__(self, font: Font, drums: frozenset[int]) -> None:
        self.font, self.drums = font, drums
        self.old = font.tables
        self.new: dict[str, list[bytes]] = {name: [] for name in SIZES}
        self.packed = bytearray()
        self.instruments: dict[tuple[int, bool], int] = {}
        self.sounds: dict[int, int] = {}

    def preset(self, row: bytes, first: int, last: int, *, is_kit: bool) -> None:
        self.new["phdr"].append(row[:24] + struct.pack("<H", len(self.new["pbag"])) + row[26:])
        self._zones("p", first, last, INSTRUMENT, lambda number: self._instrument(number, is_kit=is_kit), is_kit=is_kit)

    def _instrument(self, number: int, *, is_kit: bool) -> int:
        key = (number, is_kit)
        if key not in self.instruments:
            row, following = self.old["inst"][number], self.old["inst"][number + 1]
            first, last = (struct.unpack_from("<H", each, 20)[0] for each in (row, following))
            bags = len(self.new["ibag"])
            self._zones("i", first, last, SAMPLE, self._sound, is_kit=is_kit)
            self.instruments[key] = len(self.new["inst"])
            self.new["inst"].append(row[:20] + struct.pack("<H", bags))
        return self.instruments[key]

    def _sound(self, number: int) -> int:
        if number not in self.sounds:
            self.sounds[number] = len(self.new["shdr"])
            row = bytearray(self.old["shdr"][number])
            start, end = struct.unpack_from("<II", row, 20)
            struct.pack_into("<II", row, 20, len(self.packed), len(self.packed) + end - start)
            kind = struct.unpack_from("<H", row, 44)[0]
            struct.pack_into("<HH", row, 42, 0, 1 | (kind & 0x10))  # mono: the other half of a stereo pair may be gone
            self.packed += self.font.samples[start:end]
            self.new["shdr"].append(bytes(row))
        return self.sounds[number]

    def _zones(self, letter: str, first: int, last: int, point: int, follow: Callable[[int], int], *, is_kit: bool) -> None:
        for bag in range(first, last):
            (gen, mod), (gen_end, mod_end) = (struct.unpack("<HH", self.old[letter + "bag"][at]) for at in (bag, bag + 1))
            said = [struct.unpack("<HH", row) for row in self.old[letter + "gen"][gen:gen_end]]
            if is_kit and self.drums and not self._is_played(said):
                continue
            said = [(what, follow(amount) if what == point else amount) for what, amount in said]  # follow() adds rows of its own
            self.new[letter + "bag"].append(struct.pack("<HH", len(self.new[letter + "gen"]), len(self.new[letter + "mod"])))
            self.new[letter + "gen"] += [struct.pack("<HH", *each) for each in said]
            self.new[letter + "mod"] += self.old[letter + "mod"][mod:mod_end]

    def _is_played(self, said: list[tuple[int, ...]]) -> bool:
        """Whether a zone of a drum kit has one of the keys that stay; a zone without keys is for all."""
        spans = [(amount & 255, amount >> 8) for what, amount in said if what == KEYS]
        return all(any(low <= key <= high for key in self.drums) for low, high in spans)

    def written(self) -> bytes:
        """The file."""
        for name, bag, place in (("phdr", "pbag", 24), ("inst", "ibag", 20)):
            last = bytearray(self.old[name][-1])
            struct.pack_into("<H", last, place, len(self.new[bag]))
            self.new[name].append(bytes(last))
        for letter in "pi":
            self.new[letter + "bag"].append(struct.pack("<HH", len(self.new[letter + "gen"]), len(self.new[letter + "mod"])))
            self.new[letter + "gen"].append(self.old[letter + "gen"][-1])
            self.new[letter + "mod"].append(self.old[letter + "mod"][-1])
        self.new["shdr"].append(self.old["shdr"][-1])
        self.packed += bytes(len(self.packed) % 2)  # TinySoundFont looks for the next chunk right behind an odd one
        tables = b"pdta" + b"".join(_chunk(name, b"".join(rows)) for name, rows in self.new.items())
        samples = b"sdta" + _chunk("smpl", bytes(self.packed))
        return _chunk("RIFF", b"sfbk" + _chunk("LIST", self.font.about) + _chunk("LIST", samples) + _chunk("LIST", tables))


def _chunk(name: str, body: bytes) -> bytes:
    return name.encode() + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
