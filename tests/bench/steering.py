"""The base steered while it drafts, by what a team's votes foretell: what costs no training, and what tuning has to beat.

    python -m tests.bench.steering [--tastes easy short] [--seeds 7 8] [--drafts 16 40 160] [--strengths 3 6]

Best of n: the four drafts that are foretold to please most, of n. Step by step: a population of drafts of which, every few
tokens, those go on that are foretold to please, in proportion to exp(strength x what they gain); blockwise controlled decoding,
Mudgal et al. 2024, arXiv 2310.17022. Both draw from the same model, and a population of n drafts costs the tokens of n drafts.
Votes, tastes and topics are those of `tests.bench.tuning`; the forecast is learned from the topics that a tuning learns from.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import DynamicCache

from bot.domain.ideas import Prompt
from bot.ports import Phrase
from learning.critics import taste_of
from learning.judge import classes
from learning.tuners._policy import Policy, drawn
from tests.bench.crowd import CHOSEN_ON, TASTES, THINGS, Standing
from tests.bench.loop import blind
from tests.bench.tuning import SHOWN, Bench, best, voted

EVERY = 2  # tokens between two choices: names have two to six
Value = Callable[[Sequence[str]], NDArray[np.float64]]


def stepwise(policy: Policy, phrase: Phrase, count: int, value: Value, *, strength: float, seed: int) -> list[tuple[str, bool]]:
    """Answers of a population that is chosen from while it is written; see `Policy.write` for what it returns.

    Finished answers stay as they are: only unfinished ones are chosen from, so that one early end does not fill the population.
    """
    chance, luck = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
    written: list[list[int]] = [[] for _ in range(count)]
    worth = np.zeros(count)
    living, done = list(range(count)), dict[int, tuple[str, bool]]()
    with torch.inference_mode():
        cache = DynamicCache(config=policy.model.config)
        question = torch.tensor([policy.question(phrase)], device=policy.device)
        logits = policy._next(question, cache).expand(count, -1)
        cache.batch_repeat_interleave(count)
        for length in range(phrase.max_tokens):
            tokens = drawn(logits, phrase.temperature, phrase.min_p, chance)
            for row, token in zip(living, tokens.tolist(), strict=True):
                written[row].append(token)
                if (text := policy._ended(written[row], phrase)) is not None:
                    done[row] = (text, True)
            going = [place for place, row in enumerate(living) if row not in done]
            if not going or length + 1 == phrase.max_tokens:
                break
            if length % EVERY == EVERY - 1 and len(going) > 1:
                now = value([policy._text(written[living[place]]).strip() or "…" for place in going])
                weight = np.exp(strength * (now - worth[[living[place] for place in going]]))
                kept = np.sort(luck.choice(len(going), len(going), p=weight / weight.sum()))
                texts = [list(written[living[going[one]]]) for one in kept]
                for place, text, one in zip(going, texts, kept, strict=True):
                    written[living[place]], worth[living[place]] = text, now[one]
                sources = [going[one] for one in kept]
            else:
                sources = going
            cache.batch_select_indices(torch.tensor(sources, device=policy.device))
            logits = policy._next(tokens[sources, None].to(policy.device), cache)
            living = [living[place] for place in going]
    return [done.get(row) or (policy._text(written[row]), False) for row in range(count)]


@dataclass(frozen=True, slots=True)
class Steered:
    """One team's topics, drafted in one way."""

    drafts: list[list[str]]  #: by topic, those that can be shown
    share: float  #: of all drafts that can be shown and say something of their own


def drafts_of(bench: Bench, write: Callable[[Phrase, Prompt, int], list[tuple[str, bool]]], topics: Sequence[str]) -> Steered:
    """Each topic's drafts; every topic is asked in the same words whichever way it is drafted."""
    found, own, all_ = [], 0, 0
    for number, topic in enumerate(topics):
        prompt = Prompt(text=topic)
        phrase = bench.phrasing.phrase(prompt, seed=500 + number)
        answers = write(phrase, prompt, number)
        drafts = [bench.phrasing.idea(phrase, prompt, text, finished=ended) for text, ended in answers]
        texts = [draft.text for draft in drafts if draft.broken is None]
        own, all_ = own + len(set(classes(texts, None))), all_ + len(drafts)
        found.append(texts)
    return Steered(found, own / all_)


def team(bench: Bench, policy: Policy, name: str, seed: int, given: argparse.Namespace, kept: dict[int, Steered]) -> None:
    """One team: votes, forecast, and every way of drafting; `kept`: what the base drafted, by number of drafts."""
    topics = [f"names for a {thing}" for thing in THINGS[CHOSEN_ON:][: given.topics + given.new]]
    learned, new = topics[: given.topics], topics[given.topics :]
    standing = Standing.among(TASTES[name], [text for topic in topics for text in bench.drafts[topic]])
    chosen = asyncio.run(voted(bench, learned, standing, argparse.Namespace(voters=given.voters, shown=given.shown, seed=seed)))
    taste = taste_of(chosen.learned, bench.embed)
    trust = taste.trust(Prompt(text=new[0]))
    print(
        f"{name}, seed {seed}: trusted {trust.trusted}, {trust.accuracy or 0.5:.0%} of pairs of unseen topics in order",
        flush=True,
    )

    def written(count: int) -> Steered:
        if count not in kept:
            kept[count] = drafts_of(bench, lambda phrase, _prompt, number: policy.write(phrase, count, seed=900 + number), new)
        return kept[count]

    base = written(given.drafts[0])
    plain = best(base.drafts, new, taste, bench)

    def tell(label: str, steered: Steered) -> None:
        shown = best(steered.drafts, new, taste, bench)
        stands = [100 * fmean(standing.of(text) for texts in some for text in texts) for some in (steered.drafts, shown)]
        raw, error = blind(base.drafts, steered.drafts, standing)
        won, off = blind(plain, shown, standing)
        any_, unsure = blind(base.drafts, shown, standing)
        letters = [fmean(len(text) for texts in some for text in texts) for some in (base.drafts, shown)]
        print(
            f"  {label:>18}: a draft stands at {stands[0]:.1f}, the best {SHOWN} at {stands[1]:.1f}; won against the base: a "
            f"draft {raw:.1%} ± {error:.1%}, the best {SHOWN} of either {won:.1%} ± {off:.1%}, "
            f"beside any draft {any_:.1%} ± {unsure:.1%}, length {letters[1] / letters[0] - 1:+.0%}; "
            f"{steered.share:.2f} are their own",
            flush=True,
        )
        key = f"{name}_{seed}_{label.replace(' ', '_')}"
        figures = (*stands, raw, won, any_, letters[1] / letters[0] - 1, steered.share)
        print(f"RESULT steer_{key} {json.dumps([round(one, 4) for one in figures])}", flush=True)

    for count in given.drafts:
        tell(f"best of {count}", base if count == given.drafts[0] else written(count))
    for strength in given.strengths if trust.trusted else ():

        def write(phrase: Phrase, prompt: Prompt, number: int, strength: float = strength) -> list[tuple[str, bool]]:
            def value(texts: Sequence[str]) -> NDArray[np.float64]:
                foretold = taste.foretell(prompt, texts, bench.embed(texts))
                assert foretold is not None
                return foretold

            return stepwise(policy, phrase, given.drafts[0], value, strength=strength, seed=900 + number)

        tell(f"step by step {strength:g}", drafts_of(bench, write, new))


def main(given: argparse.Namespace) -> None:
    """Runs every team."""
    torch.set_num_threads(1)
    bench = Bench()
    bench.drafted([f"names for a {thing}" for thing in THINGS[CHOSEN_ON:][: given.topics + given.new]])
    policy, kept = Policy.load(bench.base.folder, dtype="bfloat16"), dict[int, Steered]()
    for name in given.tastes:
        for seed in given.seeds:
            team(bench, policy, name, seed, given, kept)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tastes", nargs="+", choices=list(TASTES), default=["easy", "short"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[7, 8])
    parser.add_argument("--topics", type=int, default=64, help="that are voted on; a third of them is left to judge by")
    parser.add_argument("--new", type=int, default=10, help="topics nobody voted on")
    parser.add_argument("--shown", type=int, default=10, help="ideas a topic")
    parser.add_argument("--voters", type=int, default=24)
    parser.add_argument("--drafts", nargs="+", type=int, default=[16, 40, 160], help="of each topic; the first is the base's")
    parser.add_argument("--strengths", nargs="*", type=float, default=[3.0, 6.0])
    return parser.parse_args()


if __name__ == "__main__":
    main(arguments())
