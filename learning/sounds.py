"""How a text sounds, told from its spelling: what studies of brand names and of first names found people to hear in names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

#: Columns of `sounds`. Each vowel by itself: people hear size, lightness and softness in where it is spoken (Sapir 1929; Klink
#: 2000; Lowrey & Shrum 2007). Sonorants, stops and hissing: round against sharp (Köhler 1929; Klink 2000), a stop at the
#: beginning is remembered (Vanden Bergh et al. 1987). Open ends and syllables: what sounds feminine (Cassidy et al. 1999; Pogacar
#: et al. 2021). Runs of consonants: what is hard to say (Song & Schwarz 2009). Sounds that come again are liked for themselves
#: (Argo et al. 2010).
SOUND = (
    "a",
    "e",
    "i",
    "o",
    "u",
    "sonorants",
    "voiced stops",
    "voiceless stops",
    "hissing",
    "open ends",
    "silent e",
    "stop first",
    "vowel first",
    "syllables",
    "consonant runs",
    "double letters",
    "alliteration",
    "rhyme",
)
VOWELS = "aeiou"
SONORANTS, VOICED_STOPS, VOICELESS_STOPS, HISSING = "lmnrwyj", "bdg", "ptkcqx", "fvszh"
RHYME = 2  # letters that two words must have in common at their ends, and more than that each
TELLING = 3  # letters from which a word counts for alliteration and rhyme: "of the" is neither
_WORD = re.compile(r"[a-z]+")
_SYLLABLE = re.compile(r"[aeiouy]+")
_CONSONANTS = re.compile(r"[^aeiouy ]+")
_DOUBLE = re.compile(r"([a-z])\1")


def sounds(texts: Sequence[str]) -> NDArray[np.float32]:
    """How the texts sound, shape (len(texts), len(SOUND)); 0 where they have no letters of the Latin alphabet."""
    return np.array([_sounds(text) for text in texts], dtype=np.float32).reshape(len(texts), len(SOUND))


def _sounds(text: str) -> tuple[float, ...]:
    words = _WORD.findall(plain(text))
    letters = "".join(words)
    if not letters:
        return (0.0,) * len(SOUND)
    of_letters = [
        sum(map(letters.count, group)) / len(letters) for group in (*VOWELS, SONORANTS, VOICED_STOPS, VOICELESS_STOPS, HISSING)
    ]
    ends = [_silent(word) for word in words]
    telling = [word for word in words if len(word) >= TELLING]
    neighbours, count = list(pairwise(telling)), len(words)
    return (
        *of_letters,
        sum(word[-1] in VOWELS and not silent for word, silent in zip(words, ends, strict=True)) / count,
        sum(ends) / count,
        sum(word[0] in VOICED_STOPS + VOICELESS_STOPS for word in words) / count,
        sum(word[0] in VOWELS for word in words) / count,
        sum(map(_syllables, words)) / count,
        max(map(len, _CONSONANTS.findall(" ".join(words))), default=0),
        len(_DOUBLE.findall(letters)) / len(letters),
        sum(one[0] == other[0] for one, other in neighbours) / max(1, len(neighbours)),
        any(one != other and one[-RHYME:] == other[-RHYME:] for one, other in neighbours),
    )


def plain(text: str) -> str:
    """A text in small letters without accents."""
    return unicodedata.normalize("NFKD", text.replace("'", "").replace("\u2019", "")).encode("ascii", "ignore").decode().lower()


def _silent(word: str) -> bool:
    """Whether a word ends in an e that is not spoken: behind a consonant, and not its only vowel ("Rose", not "she")."""
    return len(word) > 2 and word[-1] == "e" and word[-2] not in VOWELS and _SYLLABLE.search(word[:-2]) is not None


def _syllables(word: str) -> int:
    return max(1, len(_SYLLABLE.findall(word)) - _silent(word))
