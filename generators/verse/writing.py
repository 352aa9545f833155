"""Writes 绝句 for keywords: many at once, each in a pattern of its own, which masks keep; then the likeliest come first."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from generators.engines.shared.layers import Floats, softmax, weights
from generators.verse import forms
from generators.verse import signs as form
from generators.verse.net import PoetNet
from generators.verse.rhymes import GROUPS
from generators.verse.runs import Runs
from generators.verse.signs import Ints, Signs

ASSETS = Path(__file__).parents[1] / "assets" / "poet"
TEMPERATURE = 0.8  # below, poems of one topic are one poem; above, lines fall apart
LIKELIEST = 0.9  # characters beyond this share of the likelihood are not drawn
AGAIN = 2.5  # nats taken off a character that stands in the poem already, as without it the poet repeats more than poets do
FAR = np.float32(-1e9)

Masks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Written:
    """A poem, and how likely the poet finds it."""

    lines: tuple[str, ...]
    logprob: float  #: mean per character, nats, before masks and temperature


@dataclass(frozen=True, slots=True)
class Wish:
    """What one poem is to be."""

    keywords: tuple[str, ...]  #: one a line, "" for none
    length: int  #: characters in a line, 5 or 7
    pattern: int  #: which of `forms.patterns`
    group: int  #: which of `rhymes.GROUPS`


class Poet:
    """Knows characters, their tones and rhymes, and what follows what. Its weights are loaded with it: 11 MB."""

    def __init__(self, folder: Path = ASSETS) -> None:
        knows = json.loads(gzip.decompress((folder / "poet.json.gz").read_bytes()))
        self.signs = Signs(knows["chars"])
        self.tones = dict(zip(knows["chars"], knows["tones"], strict=True))
        self.keywords: list[str] = knows["keywords"]
        self.shares = np.array([knows["groups"][name] for name in GROUPS])  #: of the poems that rhyme on each group
        self.net = PoetNet(weights(folder / "poet.safetensors"))
        self.known = Runs.read(folder / "known.bits")
        self._masks = self._allowed(knows["chars"], knows["rhymes"])

    def _allowed(self, chars: str, rhymes: str) -> Masks:
        """Which characters a need lets stand, (needs, signs)."""
        masks = np.zeros((form.NEEDS, len(self.signs)), dtype=bool)
        masks[form.ANY, 1:] = True
        for number, (char, groups) in enumerate(zip(chars, rhymes.split(","), strict=True), 1):
            masks[form.LEVEL, number] = self.tones[char] != "仄"
            masks[form.OBLIQUE, number] = self.tones[char] != "平"
            if self.tones[char] != "仄":
                for group in groups:
                    masks[form.rhyme_need(group), number] = True
        return masks

    def needs(self, wish: Wish) -> list[int]:
        """What each character of a poem must be."""
        lines, first = forms.patterns(wish.length)[wish.pattern]
        needs = [form.TONE_NEEDS[tone] for line in lines for tone in line]
        for number in range(form.LINES):
            if number == 1 or number == 3 or (number == 0 and first):
                needs[(number + 1) * wish.length - 1] = form.rhyme_need(GROUPS[wish.group])
        return needs

    def write(self, wishes: Sequence[Wish], chance: np.random.Generator) -> list[Written]:
        """One poem for each wish, all with lines of one length."""
        length = wishes[0].length
        keywords = np.array([self.signs.keywords(wish.keywords) for wish in wishes])
        needs = np.array([self.needs(wish) for wish in wishes])
        state = self.net.begin(keywords.tolist(), [wish.group for wish in wishes], length)
        signs, rows = keywords[:, -1], np.arange(len(wishes))
        text = np.zeros((len(wishes), form.LINES * length), dtype=np.int64)
        told = np.zeros(len(wishes))
        for at in range(form.LINES * length):
            logits = self.net.step(state, signs, needs[:, at])
            free = np.log(softmax(logits) + 1e-9)
            signs = self._drawn(self._held(logits, text[:, :at], needs[:, at], length), chance)
            text[:, at] = signs
            told += free[rows, signs]
        return [self._poem(row, length, float(sum_ / text.shape[1])) for row, sum_ in zip(text, told, strict=True)]

    def _poem(self, row: Ints, length: int, logprob: float) -> Written:
        text = self.signs.text(row.tolist())
        return Written(tuple(text[at : at + length] for at in range(0, len(text), length)), logprob)

    def _held(self, logits: Floats, before: Ints, needs: Ints, length: int) -> Floats:
        """Logits of what may stand here: by its tone and rhyme, not a rhyme twice, and rather nothing again."""
        logits = np.where(self._masks[needs], logits, FAR)
        at = before.shape[1]
        ends = [end for end in (length - 1, 2 * length - 1) if end < at and (at + 1) % length == 0]
        for row in range(len(logits)):
            logits[row, before[row]] -= AGAIN
            for end in ends:
                logits[row, before[row, end]] = FAR
            if len(run := before[row, -(self.known.window - 1) :]) == self.known.window - 1:
                self._unquoted(logits[row], self.signs.text(run.tolist()))
        return np.asarray(logits, dtype=np.float32)

    def _unquoted(self, logits: Floats, run: str) -> None:
        """Takes away the likely characters with which the run would be one of a known poem."""
        for sign in np.argsort(logits)[-8:]:
            if self.known.has(run + self.signs.chars[sign - 1]):
                logits[sign] = FAR

    def _drawn(self, logits: Floats, chance: np.random.Generator) -> Ints:
        """One of the likeliest characters for each poem."""
        shares = softmax(np.asarray(logits / TEMPERATURE, dtype=np.float32))
        order = np.argsort(-shares, axis=1)
        sorted_ = np.take_along_axis(shares, order, axis=1)
        beyond = np.cumsum(sorted_, axis=1) - sorted_ > LIKELIEST
        sums = np.cumsum(np.where(beyond, 0.0, sorted_), axis=1)
        places = (sums < chance.random((len(shares), 1)) * sums[:, -1:]).sum(axis=1)
        return np.take_along_axis(order, places[:, None], axis=1)[:, 0]
