"""How a model is tuned: every number and why, and when tuning pays at all. The table in docs/reference/tuning.md is this one."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

Loss = Literal["robust", "sigmoid"]
Unpaired = Literal["apo_zero_unpaired", "kto"]
Path = Literal["auto", "own", "trl"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One way of tuning. A field's comment names its source."""

    method: str = "dpo"  #: a file in learning/tuners; distil learns as dpo does where no forecast is trusted
    path: Path = "auto"  #: our own loop, or TRL's; auto: TRL's on a GPU where it is installed
    processes: int = 1  #: of TRL's, one a GPU, which share a step
    rank: int = 16  #: of the change to each layer; 8 to 16 suffice for preferences (Hu et al. 2021; research notes)
    alpha: float = 32.0  #: twice the rank, as the LoRA authors and PEFT's examples have it
    learning_rate: float = 7e-4  #: TRL's 1e-6 learns nothing with LoRA; at 1e-3 the loss rises before it falls (lab book)
    epochs: int = 2  #: each asks the topics in another way
    batch: int = 32  #: judged pairs (or thumbs, or texts) a step, where there are enough: eight are one topic's (lab book)
    warmup: float = 0.1  #: share of the steps in which the rate rises; it then falls linearly to 0, as in TRL
    averaged: float = 0.5  #: share of the last steps whose weights' mean is kept; a step knows few topics (arXiv 1803.05407)
    clip: float = 1.0  #: longest gradient, TRL's
    beta: float = 0.3  #: pull towards the base; 0.1 is for long answers (Rafailov et al. 2023) and lets ideas drift (lab book)
    loss: Loss = "sigmoid"  #: a margin is enough (2.2 at 0.1); "robust" (Chowdhury et al. 2024) asks for ever more
    smoothing: float = 0.1  #: share of pairs expected to be wrong: those that reach the bar are right 7 to 9 times in ten
    imitation: float = 0.02  #: weight of the chosen answers' likelihood: at 0.1 they are copied, at 0 form is lost (lab book)
    balanced: bool = True  #: pairs weigh so that chosen ideas are as long as rejected ones on average
    diversity: float = 1.0  #: power of a chosen idea's rarity in its weight: 0 off, 1 as DDPO (arXiv 2503.17126)
    unpaired: Unpaired = (
        "apo_zero_unpaired"  #: for single thumbs; needs no estimate of the divergence (D'Oosterlinck et al. 2024)
    )
    #: shares of the tuned change that are tried, largest first; the largest that keeps variety is kept: WARP, arXiv 2406.16768
    strengths: tuple[float, ...] = (1.0, 0.85, 0.7, 0.55, 0.4)
    #: more of the change than there is, tried before those where goals were labelled: an epoch goes half of the way to them (lab
    #: book), and beyond its end the line goes on for a while: ExPO, arXiv 2404.16792
    further: tuple[float, ...] = (1.6, 1.3)
    rehearsed: int = 12  #: learned topics, the latest, whose drafts decide on that; 16 drafts of each
    evened: int = 3  #: times at most that the odds of ending an answer are shifted until drafts are about as long as the base's
    labelled: int = 130  #: topics at most whose drafts a trusted forecast tells apart, in place of votes' pairs; 0: none
    sharpness: float = 3.0  #: nats by which a draft is to become likelier for each deviation that is foretold of it
    labelled_rate: float = 5e-4  #: learning rate on those; there is one epoch of them
    rounded: bool = False  #: bfloat16 in a training's passes on a CPU that multiplies in it: half of the time (lab book)
    seed: int = 7

    @property
    def digest(self) -> str:
        """Names exactly this plan."""
        return blake2b(repr(self).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """When tuning starts by itself, and what may come of it. Below, the votes order the ideas, which needs no training."""

    pairs: int = 150  #: decided pairs to learn from; fewer overfit the topics they come from (research notes)
    topics: int = 30  #: those pairs' topics
    held_out_topics: int = 8  #: with decided pairs of their own: fewer cannot tell a better model from luck
    more: float = 1.25  #: times the pairs of the last tuning; the same data again teach nothing new
    thumbs: int = 300  #: single thumbs, where pairs are too few, for the methods that need no pairs
