"""The board: a channel's ideas, best first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.feedback import Feedback, Score, Tally, tallies
from bot.domain.ideas import Channel, Idea, IdeaId, Person, Team
from bot.ports import Ranker, Store

PAGE = 10  # ideas on one page; a Discord message has room for ten with their buttons
WHOLE = 10_000  # ideas of a channel that are ranked; far more than people look at, and bounds memory

Beyond = Callable[[Team, Person, Sequence[IdeaId]], Awaitable[Mapping[IdeaId, float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An idea's place on the board."""

    idea: Idea
    score: Score
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a board."""

    standings: tuple[Standing, ...]
    number: int  #: of this page, from 1
    pages: int  #: at least 1
    total: int  #: ideas on the whole board


class Boards:
    """Ranks ideas by what people said."""

    def __init__(self, *, store: Store, ranker_of: Callable[[Team], Ranker], beyond: Beyond | None = None) -> None:
        """`ranker_of`: the ranker that scores a team's ideas now; `beyond`: what one person will say beyond the scores."""
        self.store = store
        self.ranker_of = ranker_of
        self.beyond = beyond

    async def all(self, channel: Channel, person: Person | None = None) -> list[Standing]:
        """The channel's ideas: picked ones first, then by score; newer ones first among equals.

        With a `person`, in the order in which this person is thought to like them, as far as that is known; for their eyes alone.
        """
        ideas = await self.store.ideas(channel, limit=WHOLE)
        standings = await self.standings(channel.team, ideas)
        beyond: Mapping[IdeaId, float] = {}
        if person is not None and self.beyond is not None:
            beyond = await self.beyond(channel.team, person, [idea.id for idea in ideas])

        def place(s: Standing) -> tuple[bool, float, float, int]:
            return not s.tally.picked, -s.score.mean - beyond.get(s.idea.id, 0.0), -s.score.votes, -s.idea.number

        return sorted(standings, key=place)

    async def page(self, channel: Channel, number: int) -> Page:
        """One page; a number past either end gives the nearest page."""
        standings = await self.all(channel)
        pages = max(1, -(-len(standings) // PAGE))
        number = max(1, min(number, pages))
        shown = standings[(number - 1) * PAGE : number * PAGE]
        return Page(standings=tuple(shown), number=number, pages=pages, total=len(standings))

    async def tallies(self, team: Team, ideas: Sequence[Idea]) -> list[Tally]:
        """What people said of each idea, in the order given: all that a card shows, and quicker than a `Standing`."""
        counts = tallies(await self.store.feedback(team, [idea.id for idea in ideas]))
        return [counts.get(idea.id, Tally()) for idea in ideas]

    async def standings(self, team: Team, ideas: Sequence[Idea]) -> list[Standing]:
        """Score and tally of each idea, in the order given."""
        ids = [idea.id for idea in ideas]
        feedback = await self.store.feedback(team, ids)
        scores: Mapping[IdeaId, Score] = self.ranker_of(team).score(ids, by_others(ideas, feedback))
        counts = tallies(feedback)
        return [Standing(idea=idea, score=scores[idea.id], tally=counts.get(idea.id, Tally())) for idea in ideas]

    async def heard(self, idea: Idea) -> list[Feedback]:
        """What others said of an idea and of its channel's ideas, from which the habits of those who spoke of it are known."""
        ideas = await self.store.ideas(idea.channel, limit=WHOLE)
        ideas = ideas if any(other.id == idea.id for other in ideas) else [*ideas, idea]
        return by_others(ideas, await self.store.feedback(idea.channel.team, [one.id for one in ideas]))


def by_others(ideas: Sequence[Idea], feedback: Sequence[Feedback]) -> list[Feedback]:
    """What people said of ideas that are not their own: nobody's word counts for their own idea."""
    authors = {idea.id: idea.author for idea in ideas if idea.author is not None}
    return [vote for vote in feedback if authors.get(vote.idea) != vote.person]
