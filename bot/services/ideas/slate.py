"""A card's slots while drafts arrive: when each is due, whose it is where two versions stand side by side, what goes into it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from math import ceil

from bot.domain.ideas import Brainstorm, SlotKind
from bot.services.ideas.selecting import Option, Pool

TUNED = 0.5  # share of a card that a team's own version writes itself, whatever the idea bank has
EXPLORING = 4  # ideas from which one of them is a draw by chance: without such draws the log could not judge another ranker


@dataclass(frozen=True, slots=True)
class Placed:
    """A chosen draft and where it stands."""

    slot: int
    kind: SlotKind
    option: Option


@dataclass(slots=True)
class Slate:
    """The slots that one order, or one order for each of two versions, is to fill.

    Slot j of n is due once (j + 1)/(n + 1) of the drafts were seen. What is due at the same time is chosen together and then put
    into its slots in an order drawn by lot, so that where an idea stands says little of how good it was thought to be. Which
    slots are a canary's is drawn by lot before anything arrives; each is filled from its own version's drafts. Likewise some
    slots are a tuned version's own beside the idea bank.
    """

    brainstorm: Brainstorm
    count: int  #: slots of the whole card
    begun: int  #: of them filled before this order
    expected: int  #: drafts ordered
    share: float = 0.5  #: of the slots that are the canary's, where there is one
    pool: Pool = field(default_factory=Pool)
    seen: int = 0
    filled: int = 0  #: by this order

    def due(self) -> list[Placed]:
        """What can be shown now; empty while the next slot must wait, be it for drafts of its own version."""
        wanted = self.count - self.begun
        ready = 0
        while self.filled + ready < wanted and self.seen * (wanted + 1) >= (self.filled + ready + 2) * self.expected:
            ready += 1
        return self._placed(ready, waiting=True)

    def rest(self) -> list[Placed]:
        """What can be shown now that nothing more comes: a slot whose own version has nothing left takes what there is."""
        return self._placed(self.count - self.begun - self.filled, waiting=False)

    def _placed(self, ready: int, *, waiting: bool) -> list[Placed]:
        first = self.begun + self.filled
        placements: list[Placed] = []
        for slot in range(first, first + ready):
            option = self._chosen(slot, waiting=waiting)
            if option is None:
                break
            kind: SlotKind = "explore" if slot == exploring(self.brainstorm, self.count) else "exploit"
            placements.append(Placed(slot, kind, option))
        self.filled += len(placements)
        return self._shuffled(placements)

    def _chosen(self, slot: int, *, waiting: bool) -> Option | None:
        chance = random.Random(f"{self.brainstorm.seed}/{slot}") if slot == exploring(self.brainstorm, self.count) else None
        if self.brainstorm.canary:
            new = canary_slots(self.brainstorm, self.count, self.share)[slot]
            option = self.pool.choose(chance, lambda option: self._is_new(option) == new)
        elif slot in own_slots(self.brainstorm, self.count):
            option = self.pool.choose(chance, lambda option: option.draft.recalled is None)
        else:
            return self.pool.choose(chance)
        return option if option is not None or waiting else self.pool.choose(chance)

    def _is_new(self, option: Option) -> bool:
        return option.draft.model == self.brainstorm.canary

    def _shuffled(self, placements: list[Placed]) -> list[Placed]:
        """The same slots with the options of each version changed round among them."""
        chance = random.Random(f"{self.brainstorm.seed}/order/{self.begun + self.filled}")
        order = list(range(len(placements)))
        for new in (True, False):
            mine = [place for place in order if self._is_new(placements[place].option) == new]
            for place, other in zip(mine, chance.sample(mine, len(mine)), strict=True):
                order[place] = other
        return [
            Placed(one.slot, placements[other].kind, placements[other].option)
            for one, other in zip(placements, order, strict=True)
        ]


def exploring(brainstorm: Brainstorm, count: int) -> int | None:
    """The slot that is a draw by chance, the same one when an interrupted brainstorm goes on; None where there are too few."""
    return random.Random(f"{brainstorm.seed}/explore").randrange(count) if count >= EXPLORING else None


def own_slots(brainstorm: Brainstorm, count: int) -> frozenset[int]:
    """The slots that what a version of the team's wrote has to itself, by lot: else nobody would see what it learned.

    The first slot is not among them: it is filled as soon as anything is there.
    """
    own = min(ceil(TUNED * count), count - 1) if brainstorm.model else 0
    return frozenset(random.Random(f"{brainstorm.seed}/own").sample(range(1, count), own))


def canary_slots(brainstorm: Brainstorm, count: int, share: float) -> list[bool]:
    """For each slot whether it is the canary's, drawn by lot; `share * count` of them, what is broken of that rounded by lot."""
    chance = random.Random(f"{brainstorm.seed}/canary")
    new = int(share * count + chance.random())
    return chance.sample([True] * new + [False] * (count - new), count)
