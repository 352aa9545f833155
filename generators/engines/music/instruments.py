"""The instruments of the soundfont that the repository carries, by the names people use. It knows no sound."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instrument:
    """What can play a voice."""

    program: int  #: General MIDI, 0..127
    lowest: int  #: MIDI pitch that it plays well
    highest: int
    level: float = 1.0  #: evens out how loud the recordings are


INSTRUMENTS = {
    "piano": Instrument(0, 28, 100),
    "electric piano": Instrument(4, 36, 96),
    "harpsichord": Instrument(6, 36, 88, 0.8),
    "music box": Instrument(10, 60, 100),
    "vibraphone": Instrument(11, 53, 89),
    "marimba": Instrument(12, 45, 96),
    "church organ": Instrument(19, 36, 96, 0.7),
    "accordion": Instrument(21, 53, 89, 0.8),
    "guitar": Instrument(24, 40, 83),
    "steel guitar": Instrument(25, 40, 86),
    "double bass": Instrument(32, 28, 60),
    "bass guitar": Instrument(33, 28, 60),
    "synth bass": Instrument(38, 28, 60, 0.8),
    "cello": Instrument(42, 36, 76),
    "pizzicato strings": Instrument(45, 36, 96),
    "harp": Instrument(46, 36, 100),
    "strings": Instrument(48, 36, 96, 0.8),
    "choir": Instrument(52, 43, 84, 0.8),
    "trumpet": Instrument(56, 54, 86, 0.8),
    "horn": Instrument(60, 41, 77),
    "saxophone": Instrument(65, 49, 80, 0.8),
    "oboe": Instrument(68, 58, 91, 0.9),
    "clarinet": Instrument(71, 50, 91),
    "flute": Instrument(73, 60, 96),
    "recorder": Instrument(74, 60, 98),
    "chip": Instrument(80, 45, 96, 0.5),
    "warm pad": Instrument(89, 36, 90, 0.7),
    "banjo": Instrument(105, 48, 86),
    "kalimba": Instrument(108, 53, 93),
    "bagpipes": Instrument(109, 58, 81, 0.6),
    "fiddle": Instrument(110, 55, 98),
}

DRUMS = {
    "kick": 36, "rim": 37, "snare": 38, "closed hat": 42, "open hat": 46, "ride": 51, "crash": 49, "tambourine": 54,
    "low tom": 45, "high tom": 50, "conga": 63, "shaker": 70, "triangle": 81,
}  # fmt: skip
