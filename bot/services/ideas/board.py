"""The board: a channel's ideas, best first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from bot.domain.feedback import EDIT, Feedback, Score, Tally, tallies
from bot.domain.ideas import Channel, Idea, IdeaId, Person, Team
from bot.ports import Ranker, Store
from bot.services.ideas.standing import STATES, Page, Standing, View, detailed, folded, topics_of
from bot.services.ideas.substituting import stems

PAGE = 10  # ideas on one page; a Discord message has room for ten with their buttons
WHOLE = 10_000  # ideas of a channel that are ranked; far more than people look at, and bounds memory
NAMED = 10  # topics that are named where there is nothing for the one asked for; a message holds them with their words
RANKS = {state: place for place, state in enumerate(STATES)}

Beyond = Callable[[Team, Person, Sequence[IdeaId]], Awaitable[Mapping[IdeaId, float]]]


class Boards:
    """Ranks ideas by what people said."""

    def __init__(self, *, store: Store, ranker_of: Callable[[Team], Ranker], beyond: Beyond | None = None) -> None:
        """`ranker_of`: the ranker that scores a team's ideas now; `beyond`: what one person will say beyond the scores."""
        self.store = store
        self.ranker_of = ranker_of
        self.beyond = beyond

    async def all(self, channel: Channel, person: Person | None = None) -> list[Standing]:
        """The channel's ideas: picked ones first, then shortlisted ones, dropped ones last; among those by score.

        Ideas that nobody has spoken of stand by what is foretold of them: by their score where taste was learned, and beside
        that in the order in which their brainstorm's card has them, the best of each first. Newer ones lead among equals.

        With a `person`, in the order in which this person is thought to like them, as far as that is known; for their eyes alone.
        """
        ideas = await self.store.ideas(channel, limit=WHOLE)
        marks = await self.store.marks(channel)
        standings = [replace(one, mark=marks.get(one.idea.id)) for one in await self.standings(channel.team, ideas)]
        beyond: Mapping[IdeaId, float] = {}
        if person is not None and self.beyond is not None:
            beyond = await self.beyond(channel.team, person, [idea.id for idea in ideas])

        def place(s: Standing) -> tuple[int, float, float, int, int]:
            unheard = s.idea.slot if not s.score.votes else 0
            return RANKS[s.state], -s.score.mean - beyond.get(s.idea.id, 0.0), -s.score.votes, unheard, -s.idea.number

        return sorted(standings, key=place)

    async def viewed(self, channel: Channel, view: View) -> tuple[list[Standing], int]:
        """The ideas that a view of the board shows, in order; and how many more it would if they had not been dropped."""
        everything = await self.all(channel)
        if view.topic:
            topics = await topics_of(self.store, channel, [standing.idea for standing in everything])
            wanted = folded(view.topic)
            everything = [one for one in everything if wanted in folded(topics.get(one.idea.id, ""))]
        shown = [standing for standing in everything if view.has(standing)]
        dropped = [one for one in everything if one.state == "dropped" and replace(view, state="dropped").has(one)]
        return shown, 0 if view.state else len(dropped)

    async def page(self, channel: Channel, number: int, view: View | None = None) -> Page:
        """One page of a view, all but what was dropped where there is none; a number past either end gives the nearest page."""
        view = view or View()
        standings, dropped = await self.viewed(channel, view)
        pages = max(1, -(-len(standings) // PAGE))
        number = max(1, min(number, pages))
        shown = standings[(number - 1) * PAGE : number * PAGE]
        return Page(
            standings=tuple(await detailed(self.store, channel, shown)),
            number=number,
            pages=pages,
            total=len(standings),
            view=view,
            dropped=dropped,
            topics=() if standings or not view.topic else await self.topics(channel),
        )

    async def topics(self, channel: Channel) -> tuple[str, ...]:
        """What the channel's ideas answer, the latest first, some."""
        ideas = await self.store.ideas(channel, limit=WHOLE)
        return tuple(dict.fromkeys((await topics_of(self.store, channel, ideas)).values()))[:NAMED]

    async def closest(self, channel: Channel, words: str) -> str:
        """The channel's topic that most of some words stand in, the latest of several; empty where none has one of them."""
        ideas = await self.store.ideas(channel, limit=WHOLE)
        topics = dict.fromkeys((await topics_of(self.store, channel, ideas)).values())
        wanted = stems(words)
        shared = {topic: len(wanted & stems(topic)) for topic in topics}
        return max(shared, key=lambda topic: shared[topic], default="") if any(shared.values()) else ""

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
    """What people said of ideas that are not their own: nobody's word counts for their own idea, and no edit is a vote."""
    authors = {idea.id: idea.author for idea in ideas if idea.author is not None}
    return [vote for vote in feedback if authors.get(vote.idea) != vote.person and vote.signal != EDIT]
