"""Values that are offered for what is made: looks, palettes, moods, instruments. Engines know more, which can be written, too."""

from __future__ import annotations

from collections.abc import Mapping

from bot.words import N_

Offered = Mapping[str, tuple[str, ...]]  #: by the option's name

IMAGE: Offered = {
    "style": (
        *(
            N_("ours"),
            "flat",
            "soft",
            "painted",
            "shaded",
            "bold",
            "chalk",
            "impasto",
            "expressionist",
            "pencil",
            "linocut",
            "engraving",
        ),
        *("watercolour", "oil", "mist", "glass", "crayon", "sepia", "starry", "gouache", "noir", "wave", "mosaic"),
        *(N_("building"), N_("turned"), N_("badge")),
    ),
    "palette": ("ocean", "forest", "sunset", "candy", "night", "earth", "mono", "berry", "citrus", "tech", "warm", "calm"),
}
MUSIC: Offered = {
    "style": (
        *("reel", "jig", "slip jig", "hornpipe", "strathspey", "march", "waltz", "polka", "minuet", "air", "lullaby", "ballad"),
        *(N_("pop"), N_("chill"), N_("bossa"), "chiptune", "anthem", N_("hymn")),
    ),
    "mood": (
        *("cheerful", "energetic", "calm", "dreamy", "sad", "tense", "heroic", "playful", "romantic", "mysterious", "festive"),
        "nostalgic",
    ),
    "lead": (
        *("fiddle", "flute", "piano", "electric piano", "harpsichord", "music box", "vibraphone", "marimba", "church organ"),
        *("accordion", "guitar", "steel guitar", "cello", "pizzicato strings", "harp", "strings", "choir", "trumpet", "horn"),
        *("saxophone", "oboe", "clarinet", "recorder", N_("chip"), "warm pad", "banjo", "kalimba", "bagpipes"),
    ),
}
SPEECH: Offered = {
    "voice": ("joe", "june", "otto", "robot"),
    "language": ("en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja"),
}
OFFERED: Mapping[str, Offered] = {"image": IMAGE, "music": MUSIC, "speech": SPEECH}  #: by modality
