"""What the small poet writes: form, rhyme, tones, copies, topics named and found again, repetitions; both nets' perplexity.

    python -m tests.bench.poet [--poems FOLDER] [--out FOLDER] [--show] [--topics TOPIC …]

`--poems` is the unpacked npm package chinese-poetry 2.0.1, in which copies and its own repetitions are counted. `--out` is
the folder of a training, whose nets' perplexity is then told too. Ends with one line `RESULT {json}`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, pstdev

import numpy as np

from bot.domain.ideas import Prompt, Team
from bot.ports import Order
from generators.client.scripted import ScriptedGenerator
from generators.engines.text.multilingual import Multilingual
from generators.verse import forms
from generators.verse.generator import ChineseGenerator
from generators.verse.saying import telling
from generators.verse.writing import Poet

#: Ten topics of each of four kinds: old pictures, seasons and places, feelings, and what no old poem knows.
TOPICS = (
    ("秋雨", "明月", "茶馆", "梅花", "渔舟", "古寺", "落花", "飞雪", "垂柳", "孤雁"),
    (
        "春天的江南",
        "夏夜的荷塘",
        "秋天的边塞",
        "冬天的山村",
        "清晨的海边",
        "黄昏的城楼",
        "雨后的竹林",
        "月下的小船",
        "深山的泉水",
        "城里的桃花",
    ),
    ("思念故乡", "送别朋友", "登高望远", "独自饮酒", "老年回忆", "读书到深夜", "久别重逢", "归隐田园", "失眠的夜晚", "离家远行"),
    (
        "深夜书店",
        "程序员加班",
        "地铁上的早晨",
        "咖啡和代码",
        "猫在窗台上",
        "团队的新年聚会",
        "火星探险",
        "雨天的外卖员",
        "机器人学写诗",
        "周一的会议",
    ),
)
EACH = 10  # poems a topic
READ = 5  # poems that a person gets for a topic, the best one first
WINDOW = 7  # characters: longer runs that stand in a poem of the corpus are copied


async def poems_of(topic: str, seed: int, generator: ChineseGenerator, count: int = EACH) -> list[tuple[str, ...]]:
    """Poems for a topic, as `/poem` has them drafted."""
    prompt = Prompt(text=topic, language="zh", kind="jueju")
    order = Order(prompt=prompt, candidates=count, seed=seed, model="", team=Team(platform="bench", id="poet"))
    return [tuple(draft.text.split(" / ")) async for draft in generator.draft(order)]


def repeated(lines: Sequence[str]) -> int:
    """How many characters of a poem stood in it before."""
    text = "".join(lines)
    return len(text) - len(set(text))


def found_again(written: Sequence[Sequence[tuple[str, ...]]], topics: Sequence[str], embed: Multilingual) -> float:
    """The share of poems whose own topic is the nearest of the ten topics of its kind."""
    asked = embed(topics)
    right = [
        int(np.argmax(asked @ vector)) == number
        for number, poems in enumerate(written)
        for vector in embed(["，".join(poem) for poem in poems])
    ]
    return fmean(right)


def named(written: Sequence[Sequence[tuple[str, ...]]], topics: Sequence[str], least: int) -> float:
    """The share of poems in which so many of the words that tell their topic stand, or all where there are fewer."""
    told = [
        sum(word in "".join(poem) for word in words) >= min(least, len(words))
        for words, poems in zip(map(telling, topics), written, strict=True)
        for poem in poems
    ]
    return fmean(told)


def copied(poems: Sequence[Sequence[str]], known: frozenset[str]) -> float:
    """The share of the poems' runs of seven characters that stand in the corpus."""
    runs = [text[at : at + WINDOW] for text in map("".join, poems) for at in range(len(text) - WINDOW + 1)]
    return fmean(run in known for run in runs)


def of_corpus(folder: Path, poems: Sequence[Sequence[str]]) -> dict[str, float]:
    """What is counted against the corpus."""
    from generators.training.poet import corpus

    train, _judges = corpus.split(corpus.poems(folder))
    texts = ["".join(poem.lines) for poem in train]
    known = frozenset(text[at : at + WINDOW] for text in texts for at in range(len(text) - WINDOW + 1))
    theirs = [repeated(poem.lines) for poem in train]
    return {"copied": copied(poems, known), "corpus_repeated": fmean(theirs), "corpus_repeated_spread": pstdev(theirs)}


def perplexities(folder: Path, out: Path) -> dict[str, float]:
    """Of both nets over all held-out poems, where they were trained."""
    import torch
    from safetensors.torch import load_file

    from generators.training.poet import corpus, train
    from generators.verse.signs import Signs

    torch.set_num_threads(1)
    learned, judges = corpus.split(corpus.poems(folder))
    knows = train.known(out, folder, learned, judges)
    encoder = train.Encoder(Signs(knows["chars"]), knows["keywords"], dict(zip(knows["chars"], knows["tones"], strict=True)))
    batches = train.held_out(encoder, judges, len(judges))
    found = {}
    for name, kind in train.NETS.items():
        if (out / f"{name}.safetensors").exists():
            net = kind(len(encoder.signs))
            net.load_state_dict({key: value.float() for key, value in load_file(out / f"{name}.safetensors").items()})
            found[f"{name}_perplexity"] = train.judged(net, batches)["perplexity"]
    return found


def measured(written: Sequence[Sequence[Sequence[tuple[str, ...]]]], poet: Poet, embed: Multilingual) -> dict[str, float]:
    """What is counted in the poems alone; `written` is by kind of topic, then by topic."""
    every = [poem for kind in written for poems in kind for poem in poems]
    tuned = [forms.in_tune(poem, poet.tones) for poem in every]
    return {
        "poems": len(every),
        "even": fmean(map(forms.even, every)),
        "rhymed": fmean(map(forms.rhymed, every)),
        "in_tune": fmean(tuned),
        "wholly_in_tune": fmean(share == 1.0 for share in tuned),
        "found_again": fmean(found_again(kind, topics, embed) for kind, topics in zip(written, TOPICS, strict=True)),
        **{
            f"found_again_{name}": found_again(kind, topics, embed)
            for name, kind, topics in zip(("old", "places", "feelings", "modern"), written, TOPICS, strict=True)
        },
        "named": fmean(named(kind, topics, 1) for kind, topics in zip(written, TOPICS, strict=True)),
        "named_modern": named(written[-1], TOPICS[-1], 1),
        "named_wholly": fmean(named(kind, topics, 2) for kind, topics in zip(written, TOPICS, strict=True)),
        "repeated": fmean(map(repeated, every)),
        "different": len(set(every)) / len(every),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--poems", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--show", action="store_true", help="print two poems of every topic")
    parser.add_argument(
        "--topics", nargs="+", default=(), help="print the best of five poems for each of these, and measure nothing"
    )
    chosen = parser.parse_args()
    poet, embed = Poet(), Multilingual()
    generator = ChineseGenerator(ScriptedGenerator(embeddings=False), poet)
    for topic in chosen.topics:
        print(topic, "，".join(asyncio.run(poems_of(topic, 1, generator, READ))[0]))
    if chosen.topics:
        return
    began = time.process_time()
    written = [[asyncio.run(poems_of(topic, 1, generator)) for topic in kind] for kind in TOPICS]
    spent = time.process_time() - began
    every = [poem for kind in written for poems in kind for poem in poems]
    result = measured(written, poet, embed) | {"cpu_s_a_poem": spent / len(every)}
    if chosen.poems:
        result |= of_corpus(chosen.poems, every)
    if chosen.poems and chosen.out:
        result |= perplexities(chosen.poems, chosen.out)
    if chosen.show:
        for kind, topics in zip(written, TOPICS, strict=True):
            for topic, poems in zip(topics, kind, strict=True):
                print(topic, *("  " + "，".join(poem) for poem in poems[:2]), sep="\n")
    print("RESULT", json.dumps({key: round(value, 4) for key, value in result.items()}))


if __name__ == "__main__":
    main()
