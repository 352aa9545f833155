"""The order of a round's ideas once people have weighed them, and which of them share the first place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.feedback import Feedback, Tally
from bot.domain.ideas import Idea, IdeaId
from bot.domain.rounds import Round, signal
from bot.services.ideas.standing import Standing, in_points
from bot.words import _

NAMED = 4  # ideas that share the first place, named one by one; of more, points have told nothing


@dataclass(frozen=True, slots=True)
class Weighed:
    """An idea of a round, and what people said of it."""

    idea: Idea
    points: int  #: of this round
    tally: Tally
    mean: float  #: of its score

    @property
    def seen(self) -> tuple[int, bool, int]:
        """What everybody sees of it. Votes count beside points alone: other orders, such as that of duels, have their own."""
        return self.points, self.tally.picked, self.tally.ups - self.tally.downs if self.points else 0


def weighed(standings: Sequence[Standing], points: Mapping[IdeaId, int]) -> list[Weighed]:
    """A round's ideas, best first: by points, among those with as many by votes, then by everything else that people said."""
    found = [Weighed(one.idea, points.get(one.idea.id, 0), one.tally, one.score.mean) for one in standings]
    return sorted(found, key=lambda one: (*one.seen, one.mean), reverse=True)


def level(ordered: Sequence[Weighed]) -> list[Idea]:
    """The ideas that share the first place by points and votes; none where one has it alone, or no points were given."""
    if not ordered or not ordered[0].points:
        return []
    first = [one.idea for one in ordered if one.seen == ordered[0].seen]
    return first if len(first) > 1 else []


def level_said(ordered: Sequence[Weighed], *, running: bool) -> str:
    """That the first place is shared, and what decides; empty where it is not."""
    ideas = level(ordered)
    if not ideas:
        return ""
    numbers = ", ".join(f"#{idea.number}" for idea in ideas[:NAMED]) + (" …" if len(ideas) > NAMED else "")
    shared = _("A tie: {numbers} have {points} each.").format(numbers=numbers, points=in_points(ordered[0].points))
    how = _("A 👍 for one of them breaks it, or whoever leads decides.") if running else _("Nothing has broken it yet.")
    return f"{shared} {how}"


def counted(feedback: Sequence[Feedback], round: Round) -> dict[IdeaId, int]:
    """The points of a round by idea."""
    points: dict[IdeaId, int] = {}
    for vote in feedback:
        if vote.signal == signal(round.id) and vote.token.isdecimal():
            points[vote.idea] = points.get(vote.idea, 0) + int(vote.token)
    return points
