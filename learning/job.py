"""What a workshop is given to tune with, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from learning.dataset import TrainingSet
from learning.judge import Bar, Verdict
from learning.plan import Plan
from learning.sets import Split


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The model that is tuned."""

    folder: str  #: where transformers finds it
    name: str
    digest: str  #: of its weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a workshop is given: plain values and folders, to work on in a thread."""

    base: Base
    plan: Plan
    bar: Bar
    training_set: TrainingSet
    topics: Split
    work: Path
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a workshop made."""

    adapter: Path
    verdict: Verdict
    metrics: Mapping[str, float]
    versions: Mapping[str, str]  #: of the libraries
    curve: tuple[tuple[float, ...], ...] = ()  #: see `learning.curve.points`


#: Tunes and judges. Blocks; is called in a thread; tells how far it is (doing, share) and asks whether to stop.
Workshop = Callable[[Job, Callable[[str, float], None], Callable[[], bool]], Made]
