"""Lessons without votes: the model's own drafts for topics that nobody voted on, told apart by what the votes foretell of them.

A forecast that has earned trust orders drafts for new topics as rightly as a few votes do, costs nobody a vote, and is asked for
as many topics as are wanted. What people voted on themselves is left to the judge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import Draft, Prompt
from bot.ports import Phrase, Phrasing, Taste
from learning.critics import taste_of
from learning.dataset import Lesson, PreferencePair, Thumb
from learning.job import Job
from learning.judge import Embed, Evidence, classes
from learning.plan import Plan
from learning.sets import SEEDS, Split, rarities, with_balance
from learning.tuners._policy import Policy
from learning.workshop import TorchWorkshop

DRAFTED = 24  # drafts of each topic: what stands out among them is as good as the best of many more (lab book)
TOLD_APART = 3  # drafts at either end that become pairs: nine of them, which share six ideas
LOW = 2.0  # deviations below the mean at which what is rejected lies; the very worst are broken rather than unwanted (2502.16825)
FEW = 8  # different drafts of a topic, below which its ends mean little
SURE = 0.85  # weight of such a pair: the share that was right, over tastes that a forecast is trusted in

Write = Callable[[Phrase, Prompt, int, int], Sequence[Draft]]  # a phrase for a prompt, how many, a seed


@dataclass(frozen=True, slots=True, kw_only=True)
class Labeller:
    """Makes them."""

    taste: Taste
    phrasing: Phrasing
    embed: Embed | None
    write: Write  #: the base model's drafts

    def lesson(self, prompt: Prompt, *, seed: int) -> Lesson | None:
        """One topic's; None where its kind's forecast is not trusted, or where too few different drafts came."""
        if not self.taste.trust(prompt).trusted:
            return None
        draw = int.from_bytes(blake2b(f"{seed}/labelled/{prompt.text}".encode(), digest_size=4).digest()) % SEEDS
        phrase = self.phrasing.phrase(prompt, seed=draw)
        texts = different([draft.text for draft in self.write(phrase, prompt, DRAFTED, draw) if draft.broken is None])
        if len(texts) < FEW:
            return None
        foretold = self.taste.foretell(prompt, texts, self.embed(texts) if self.embed is not None else None)
        if foretold is None or float(np.ptp(foretold)) < 1e-9:
            return None
        best, worst = ends(foretold)
        rarity = rarities(texts, self.embed)
        kept = [*best, *worst]
        return Lesson(
            topic=blake2b(prompt.text.encode(), digest_size=8).hexdigest(),
            phrase=phrase,
            answers=tuple(self.phrasing.answer(phrase, texts[place]) for place in kept),
            preference_pairs=tuple(
                PreferencePair(chosen=one, rejected=other, weight=SURE, rarity=round(float(rarity[kept[one]]), 6))
                for one in range(len(best))
                for other in range(len(best), len(kept))
            ),
            models=tuple(Thumb(answer=one, liked=True, weight=1.0) for one in range(len(best))),
        )


def different(texts: Sequence[str]) -> list[str]:
    """The texts without those that say again, in other letters, what came before."""
    firsts = classes(texts, None)
    return [text for place, text in enumerate(texts) if firsts[place] == place]


def ends(foretold: NDArray[np.float64]) -> tuple[list[int], list[int]]:
    """The places of the most liked, best first, and of those nearest to `LOW` deviations below the mean, of the others."""
    order = np.argsort(-foretold, kind="stable")
    best, others = order[:TOLD_APART], order[TOLD_APART:]
    low = float(foretold.mean() - LOW * foretold.std())
    worst = others[np.argsort(np.abs(foretold[others] - low), kind="stable")][:TOLD_APART]
    return best.tolist(), worst.tolist()


def lessons(labeller: Labeller, prompts: Sequence[Prompt], diversity: float, *, seed: int) -> tuple[Lesson, ...]:
    """Those of many topics, with what is chosen in them as long as what is rejected, on average."""
    found = [lesson for prompt in prompts if (lesson := labeller.lesson(prompt, seed=seed)) is not None]
    return with_balance(found, diversity) if found else ()


def taught(found: Sequence[Lesson], phrasing: Phrasing) -> list[str]:
    """The ideas that they teach, as people would read them."""
    prompt = Prompt(text="names")
    answers = [(lesson.phrase, lesson.answers[model.answer]) for lesson in found for model in lesson.models]
    return [phrasing.idea(phrase, prompt, answer.removesuffix(phrase.after), finished=True).text for phrase, answer in answers]


class Knowing(TorchWorkshop):
    """A workshop whose judge also knows what was taught besides what people voted on."""

    also: Sequence[str] = ()

    def evidence(self, policy: Policy, job: Job, report: Callable[[str, float], None], stop: Callable[[], bool]) -> Evidence:
        """See `TorchWorkshop`."""
        found = super().evidence(policy, job, report, stop)
        return replace(found, taught=[*found.taught, *self.also])


def labelled(
    folder: str, phrasing: Phrasing, embed: Embed, chosen: Split, topics: Sequence[str], *, seed: int
) -> tuple[Lesson, ...]:
    """Lessons on topics nobody voted on: drafts of the model in a folder, told apart by what the learned topics' votes foretell.

    Raises:
        SystemExit: the votes have earned no trust.
    """
    policy = Policy.load(folder, dtype="bfloat16")

    def write(phrase: Phrase, prompt: Prompt, count: int, seed: int) -> list[Draft]:
        answers = policy.write(phrase, count, seed=seed)
        return [phrasing.idea(phrase, prompt, text, finished=ended) for text, ended in answers]

    labeller = Labeller(taste=taste_of(chosen.learned, embed), phrasing=phrasing, embed=embed, write=write)
    found = lessons(labeller, [Prompt(text=topic) for topic in topics], Plan().diversity, seed=seed)
    if not found:
        raise SystemExit("The forecast has earned no trust on these votes, so nothing is labelled.")
    return found
