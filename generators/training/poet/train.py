"""Trains a poet: python -m generators.training.poet.train --poems FOLDER --out FOLDER [--net baseline]."""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from generators.training.loop import Run
from generators.training.poet import begin, corpus
from generators.training.poet.corpus import Poem
from generators.training.poet.nets import Baseline, Poet
from generators.verse import signs as form
from generators.verse.rhymes import GROUPS, rhymes
from generators.verse.signs import Signs

Net = Poet | Baseline
NETS: dict[str, type[Poet] | type[Baseline]] = {"poet": Poet, "baseline": Baseline}
BATCH = 48  # poems: larger ones take fewer steps a CPU minute, and learn less in it
NO_WORDS = 0.1  # share of poems shown without any keyword
NO_WORD = 0.3  # of the others' lines, those without one
ONE_CHAR = 0.15  # share of keywords of which only one character is shown
FREE = 0.15  # share of poems in which no tone is told, so that the poet also writes without a pattern
STRAY = 0.1  # of the other poems' places, those whose tone is not told
Batch = tuple[Tensor, Tensor, Tensor, Tensor]


class Encoder:
    """Poems as numbers, with keywords and needs drawn by chance."""

    def __init__(self, signs: Signs, keywords: Sequence[str], tones: dict[str, str]) -> None:
        self.signs = signs
        self.keywords = frozenset(keywords)
        self.tones = tones

    def batch(self, poems: Sequence[Poem], chance: np.random.Generator, *, told: bool = False) -> Batch:
        """Signs, places, needs and rhymes as `nets.Inputs` takes them, for poems with lines of one length.

        Args:
            poems: of one length.
            chance: what keywords and needs are drawn by.
            told: nothing is left out, as when the poet writes: a keyword for each line that has one, and every tone.
        """
        long = len(poems[0].lines[0])
        rows = np.zeros((len(poems), form.BEFORE + 4 * long), dtype=np.int64)
        needs = np.zeros_like(rows)
        groups = np.zeros(len(poems), dtype=np.int64)
        for number, poem in enumerate(poems):
            rows[number, : form.BEFORE] = self.signs.keywords(self._words(poem, chance, told=told))
            rows[number, form.BEFORE :] = self.signs.of("".join(poem.lines))
            group = corpus.rhyme_of(poem.lines)
            groups[number] = GROUPS.index(group) + 1 if group else 0
            needs[number, form.BEFORE - 1 : -1] = self._needs(poem, group, chance, told=told)
        return torch.from_numpy(rows), torch.from_numpy(form.places(long)), torch.from_numpy(needs), torch.from_numpy(groups)

    def _words(self, poem: Poem, chance: np.random.Generator, *, told: bool) -> list[str]:
        if not told and chance.random() < NO_WORDS:
            return [""] * form.LINES
        chosen = []
        for line in poem.lines:
            found = [line[at : at + 2] for at in corpus.places(line) if line[at : at + 2] in self.keywords]
            if not found or (not told and chance.random() < NO_WORD):
                chosen.append("")
                continue
            word = found[int(chance.integers(len(found)))]
            chosen.append(word[int(chance.integers(2))] if chance.random() < ONE_CHAR else word)
        return chosen

    def _needs(self, poem: Poem, group: str, chance: np.random.Generator, *, told: bool) -> list[int]:
        free = not told and chance.random() < FREE
        needs = []
        for number, line in enumerate(poem.lines):
            for char in line[:-1]:
                hidden = free or (not told and chance.random() < STRAY)
                needs.append(form.ANY if hidden else form.TONE_NEEDS[self.tones.get(char, "中")])
            needs.append(self._last(number, line[-1], group))
        return needs

    def _last(self, number: int, char: str, group: str) -> int:
        """What the end of a line must be: the rhyme where the poem has one, or its tone."""
        if group and number != 2 and group in rhymes(char) and self.tones.get(char) != "仄":
            return form.rhyme_need(group)
        return form.TONE_NEEDS[self.tones.get(char, "中")]


class Batches:
    """Batches of poems of one length, each poem once a round, in an order that chance gives."""

    def __init__(self, poems: list[Poem], chance: np.random.Generator) -> None:
        self.by_length = [[poem for poem in poems if len(poem.lines[0]) == long] for long in form.LENGTHS]
        self.chance = chance
        self.waiting: list[list[Poem]] = []

    def take(self) -> list[Poem]:
        """The next batch."""
        if not self.waiting:
            for poems in self.by_length:
                order = self.chance.permutation(len(poems))
                self.waiting += [[poems[at] for at in order[first : first + BATCH]] for first in range(0, len(order), BATCH)]
            self.chance.shuffle(self.waiting)
        return self.waiting.pop()


def losses(net: nn.Module, batch: Batch, *, each: bool = False) -> Tensor:
    """Negative log-likelihood per character, nats: the mean, or of each."""
    logits = net(*batch)[:, :-1]
    return functional.cross_entropy(
        logits.flatten(0, 1), batch[0][:, form.BEFORE :].flatten(), reduction="none" if each else "mean"
    )


def judged(net: nn.Module, batches: Sequence[Batch]) -> dict[str, float]:
    """Mean negative log-likelihood per character over held-out poems, and the perplexity that it is."""
    net.eval()
    with torch.no_grad():
        every = torch.cat([losses(net, batch, each=True) for batch in batches])
    net.train()
    return {"nll": every.mean().item(), "perplexity": every.mean().exp().item()}


def held_out(encoder: Encoder, poems: list[Poem], most: int) -> list[Batch]:
    """At most so many held-out poems as batches, with the same keywords each time."""
    chance = np.random.default_rng(7)
    some = Batches(poems, chance)
    count = min(most, len(poems)) // BATCH
    return [encoder.batch(some.take(), chance, told=True) for _ in range(count)]


def begun(net: Net, poems: list[Poem], signs: Signs) -> Net:
    """The network with the characters' vectors and commonness counted beforehand, which spares it a third of its training."""
    often, beside = begin.counted(poems, signs)
    table = net.inputs.sign.weight
    with torch.no_grad():
        table.copy_(torch.from_numpy(begin.vectors(beside, table.shape[1])))
        net.bias.copy_(torch.from_numpy(begin.commonness(often)))
    return net


def known(out: Path, folder: Path, train: list[Poem], judges: list[Poem]) -> dict[str, Any]:
    """What there is to know of characters: which there are, their tones and groups of rhymes; the words that can be keywords.

    It is kept in `poet.json.gz` of the folder `out`, which a training that goes on reads.
    """
    file = out / "poet.json.gz"
    if not file.exists():
        chars = "".join(sorted({char for poem in (*train, *judges) for line in poem.lines for char in line}))
        tones = corpus.tones(folder)
        ends = Counter(group for poem in train if (group := corpus.rhyme_of(poem.lines)))
        knows = {
            "chars": chars,
            "tones": "".join(tones.get(char, "中") for char in chars),
            "rhymes": ",".join("".join(sorted(rhymes(char))) for char in chars),
            "groups": {name: ends[name] / ends.total() for name in GROUPS},
            "keywords": corpus.keywords(train),
        }
        out.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(json.dumps(knows, ensure_ascii=False).encode(), mtime=0))
    return cast("dict[str, Any]", json.loads(gzip.decompress(file.read_bytes())))


def main() -> None:
    """Trains, and writes NAME.safetensors and what the poet knows of characters."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--poems", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--net", choices=NETS, default="poet")
    parser.add_argument("--cpu-minutes", type=float, default=25)
    parser.add_argument("--until", type=float, default=float("inf"), help="CPU minutes at which to stop for now")
    parser.add_argument("--weights", type=Path, help="a trained net's, to go on from with a fresh optimiser")
    parser.add_argument("--rate", type=float, default=2.5e-3, help="the highest learning rate")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    torch.manual_seed(chosen.seed)
    torch.set_num_threads(1)
    train, judges = corpus.split(corpus.poems(chosen.poems))
    knows = known(chosen.out, chosen.poems, train, judges)
    signs = Signs(knows["chars"])
    print(len(train), "poems to train on,", len(judges), "held out,", len(signs), "signs")  # noqa: T201
    encoder = Encoder(signs, knows["keywords"], dict(zip(knows["chars"], knows["tones"], strict=True)))
    net = NETS[chosen.net](len(signs))
    if chosen.weights is None:
        begun(net, train, signs)
    else:
        net.load_state_dict({name: value.float() for name, value in load_file(chosen.weights).items()})
    run = Run(net, chosen.out, chosen.net, budget_s=chosen.cpu_minutes * 60, rate=chosen.rate, until_s=chosen.until * 60)
    chance = np.random.default_rng(chosen.seed + run.step)
    batches = Batches(train, chance)
    judge = held_out(encoder, judges, 960)
    run.go(lambda: losses(net, encoder.batch(batches.take(), chance)), lambda: judged(net, judge), every=200)
    print(json.dumps(judged(net, held_out(encoder, judges, len(judges)))))  # noqa: T201


if __name__ == "__main__":
    main()
