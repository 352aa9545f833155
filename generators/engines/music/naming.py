"""What styles, moods and instruments are called, for people."""

from __future__ import annotations

from bot.words import FALLBACK, N_, _, language
from generators.engines.music.notation import QUARTER, Key, Score, Voice

STYLES = {
    "reel": N_("reel"), "jig": N_("jig"), "slip jig": N_("slip jig"), "hornpipe": N_("hornpipe"), "strathspey": N_("strathspey"),
    "march": N_("march"), "waltz": N_("waltz"), "polka": N_("polka"), "minuet": N_("minuet"), "air": N_("air"),
    "lullaby": N_("lullaby"), "ballad": N_("ballad"), "pop": N_("pop tune"), "chill": N_("chill-out tune"),
    "bossa": N_("bossa nova"),
    "chiptune": N_("chiptune"), "anthem": N_("anthem"), "hymn": N_("four-part hymn"),
}  # fmt: skip
MOODS = {
    "cheerful": N_("cheerful"), "energetic": N_("energetic"), "calm": N_("calm"), "dreamy": N_("dreamy"), "sad": N_("sad"),
    "tense": N_("tense"), "heroic": N_("heroic"), "playful": N_("playful"), "romantic": N_("romantic"),
    "mysterious": N_("mysterious"), "festive": N_("festive"), "nostalgic": N_("nostalgic"),
}  # fmt: skip
INSTRUMENTS = {
    "piano": N_("piano"), "electric piano": N_("electric piano"), "harpsichord": N_("harpsichord"), "music box": N_("music box"),
    "vibraphone": N_("vibraphone"), "marimba": N_("marimba"), "church organ": N_("church organ"), "accordion": N_("accordion"),
    "guitar": N_("guitar"), "steel guitar": N_("steel guitar"), "double bass": N_("double bass"),
    "bass guitar": N_("bass guitar"),
    "synth bass": N_("synth bass"), "cello": N_("cello"), "pizzicato strings": N_("pizzicato strings"), "harp": N_("harp"),
    "strings": N_("strings"), "choir": N_("choir"), "trumpet": N_("trumpet"), "horn": N_("horn"), "saxophone": N_("saxophone"),
    "oboe": N_("oboe"), "clarinet": N_("clarinet"), "flute": N_("flute"), "recorder": N_("recorder"), "chip": N_("chip sound"),
    "warm pad": N_("warm pad"), "banjo": N_("banjo"), "kalimba": N_("kalimba"), "bagpipes": N_("bagpipes"),
    "fiddle": N_("fiddle"),
    "drums": N_("drums"),
}  # fmt: skip
MODES = {"major": N_("major"), "minor": N_("minor"), "dorian": N_("dorian"), "mixolydian": N_("mixolydian")}


def key_name(key: Key) -> str:
    """A key, in the reader's language."""
    return f"{key.spell(key.tonic)[0]} {_(MODES[key.mode])}"


def players(voices: tuple[Voice, ...]) -> str:
    """The instruments, each once, in the reader's language."""
    names: list[str] = []
    for voice in voices:
        bare = voice.name.partition("(")[2].rstrip(")") or voice.name
        if bare not in names:
            names.append(bare)
    return (", " if language() == FALLBACK else "、").join(_(INSTRUMENTS[name]) for name in names)


def described(score: Score, *, style: str, mood: str, bars: int, seconds: float) -> str:
    """What a tune is, for who cannot hear it."""
    said = _("{style} in {key}: {bars} bars, {pace} beats a minute, {seconds} seconds, played by {players}.").format(
        style=_("{mood} {style}").format(mood=_(MOODS[mood]), style=_(STYLES[style])) if mood else _(STYLES[style]),
        key=key_name(score.key),
        bars=bars,
        pace=round(score.tempo * QUARTER / score.metre.pulse),
        seconds=round(seconds),
        players=players(score.voices),
    )
    return said[0].upper() + said[1:]
