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
from generators.verse.saying import Said
from generators.verse.signs import Ints, Signs

ASSETS = Path(__file__).parents[1] / "assets" / "poet"
TEMPERATURE = 0.9  # below, poems of one topic are one poem; above, lines fall apart
LIKELIEST = 0.9  # characters beyond this share of the likelihood are not drawn
AGAIN = 2.5  # nats taken off a character that stands in the poem already, as without it the poet repeats more than poets do
TRIES = 8  #: each line is written so many times; the likeliest is kept, so that what it must say stands well in it
DRAWN = 256  #: characters, the likeliest, of which one is drawn: beyond them lies less than a hundredth of the likelihood
LOOKED = 8  #: of these, how many are held against the known poems
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
    said: tuple[Said, ...] = ()  #: words that it must say; their characters stand nowhere else in it


@dataclass(slots=True)
class _Page:
    """Poems that are being written, `TRIES` for each wish, one a row."""

    text: Ints  #: signs, (rows, characters); 0 where none is yet
    told: npt.NDArray[np.float64]  #: log-probability, nats, (rows,)
    worth: npt.NDArray[np.float64]  #: the same less what a character costs that stood before
    needs: Ints  #: (rows, characters)
    fixed: Ints  #: signs that must stand, (rows, characters); -1 where any may
    banned: Masks  #: signs that may stand where they are fixed only, (rows, signs)

    def take(self, rows: Ints) -> None:
        """Goes on with these, by number."""
        self.text, self.told, self.worth = self.text[rows], self.told[rows], self.worth[rows]


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
        """Which characters a need lets stand, (needs, signs); none outside GB 2312, where 髪, 隠 and 馿 are 发, 隐 and 驴."""
        masks = np.zeros((form.NEEDS, len(self.signs)), dtype=bool)
        masks[form.ANY, 1:] = True
        for number, (char, groups) in enumerate(zip(chars, rhymes.split(","), strict=True), 1):
            masks[form.LEVEL, number] = self.tones[char] != "仄"
            masks[form.OBLIQUE, number] = self.tones[char] != "平"
            if self.tones[char] != "仄":
                for group in groups:
                    masks[form.rhyme_need(group), number] = True
            masks[:, number] &= bool(char.encode("gb2312", errors="ignore"))
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
        each = [wish for wish in wishes for _try in range(TRIES)]
        keywords = np.array([self.signs.keywords(wish.keywords) for wish in each])
        state = self.net.begin(keywords.tolist(), [wish.group for wish in each], length)
        page, signs, rows = self._page(each, length), keywords[:, -1], np.arange(len(each))
        for at in range(form.LINES * length):
            logits = self.net.step(state, signs, page.needs[:, at])
            free = np.log(softmax(logits) + 1e-9)
            signs = self._drawn(self._held(logits, page, at, length), chance)
            signs = np.where(page.fixed[:, at] < 0, signs, page.fixed[:, at])
            again = (page.text[:, :at] == signs[:, None]).any(axis=1)
            page.text[:, at] = signs
            page.told += free[rows, signs]
            page.worth += free[rows, signs] - AGAIN * again
            if (at + 1) % length == 0:
                best = page.worth.reshape(-1, TRIES).argmax(axis=1) + np.arange(0, len(each), TRIES)
                kept = np.repeat(best, TRIES)
                state.take(kept)
                page.take(kept)
                signs = signs[kept]
        return [self._poem(wish, page.text[row], page.told[row]) for wish, row in zip(wishes, rows[::TRIES], strict=True)]

    def _page(self, wishes: Sequence[Wish], length: int) -> _Page:
        shape = (len(wishes), form.LINES * length)
        fixed = np.full(shape, -1, dtype=np.int64)
        banned = np.zeros((len(wishes), len(self.signs)), dtype=bool)
        for row, wish in enumerate(wishes):
            for said in wish.said:
                fixed[row, said.at : said.at + len(said.text)] = self.signs.of(said.read)
                banned[row, self.signs.of(said.read + said.text)] = True
        needs = np.array([self.needs(wish) for wish in wishes])
        zeros = np.zeros(len(wishes))
        return _Page(np.zeros(shape, dtype=np.int64), zeros, zeros.copy(), needs, fixed, banned)

    def _poem(self, wish: Wish, row: Ints, told: float) -> Written:
        text = [self.signs.chars[sign - 1] for sign in row]
        for said in wish.said:
            text[said.at : said.at + len(said.text)] = said.text
        lines = ("".join(text[at : at + wish.length]) for at in range(0, len(text), wish.length))
        return Written(tuple(lines), float(told / len(text)))

    def _held(self, logits: Floats, page: _Page, at: int, length: int) -> Floats:
        """Logits of what may stand here: by its tone and rhyme, not a rhyme twice, and rather nothing again."""
        logits = np.where(self._masks[page.needs[:, at]] & ~page.banned, logits, FAR)
        before, rows = page.text[:, :at], np.arange(len(logits))[:, None]
        again = np.zeros(logits.shape, dtype=bool)
        again[rows, before] = True
        logits -= AGAIN * again
        if (at + 1) % length == 0:
            logits[rows, before[:, [end for end in (length - 1, 2 * length - 1) if end < at]]] = FAR
        if at >= self.known.window - 1:
            likely = np.argpartition(-logits, LOOKED, axis=1)[:, :LOOKED]
            for row, signs in enumerate(likely):
                self._unquoted(logits[row], before[row, -(self.known.window - 1) :], signs)
        return np.asarray(logits, dtype=np.float32)

    def _unquoted(self, logits: Floats, before: Ints, likely: Ints) -> None:
        """Takes away the likely characters with which the run would be one of a known poem."""
        run = self.signs.text(before.tolist())
        for sign in likely:
            if self.known.has(run + self.signs.chars[sign - 1]):
                logits[sign] = FAR

    def _drawn(self, logits: Floats, chance: np.random.Generator) -> Ints:
        """One of the likeliest characters for each poem."""
        shares = softmax(np.asarray(logits / TEMPERATURE, dtype=np.float32))
        likely = np.argpartition(-shares, DRAWN, axis=1)[:, :DRAWN]
        order = np.take_along_axis(likely, np.argsort(-np.take_along_axis(shares, likely, axis=1), axis=1), axis=1)
        sorted_ = np.take_along_axis(shares, order, axis=1)
        beyond = np.cumsum(sorted_, axis=1) - sorted_ > LIKELIEST
        sums = np.cumsum(np.where(beyond, 0.0, sorted_), axis=1)
        places = (sums < chance.random((len(shares), 1)) * sums[:, -1:]).sum(axis=1)
        return np.take_along_axis(order, places[:, None], axis=1)[:, 0]
