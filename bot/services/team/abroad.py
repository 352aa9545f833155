"""What people of a team wrote and said in rounds of another team: it is kept there, and is theirs to see and to delete."""

from __future__ import annotations

from bot.domain.ideas import Person, Team
from bot.ports import Forgotten, Kept, Store
from bot.services.rounds.guests import Guests
from bot.services.votes.refitting import Tasting


class Abroad:
    """Finds and deletes it."""

    def __init__(self, *, store: Store, guests: Guests, tasting: Tasting) -> None:
        self.store = store
        self.guests = guests
        self.tasting = tasting

    async def _hosts(self, team: Team) -> list[Team]:
        """Teams in whose rounds people of a team took part."""
        return sorted({visit.host.team for visit in await self.store.visits(team)})

    async def about(self, person: Person, team: Team) -> Kept:
        """Everything that is stored about a person in their team, and in rounds of others."""
        kept = await self.store.about(team, person)
        for host in await self._hosts(team):
            there = await self.store.about(host, person)
            names = ("brainstorms", "ideas", "feedback", "media", "material", "personas")
            kept = Kept(**{name: (*getattr(kept, name), *getattr(there, name)) for name in names})
        return kept

    async def forget(self, person: Person, team: Team) -> Forgotten:
        """Deletes what a person wrote and said in rounds of other teams."""
        gone = Forgotten(topics=0, ideas=0, feedback=0)
        for host in await self._hosts(team):
            there = await self.store.forget(host, person)
            gone = both(gone, there)
            await self.deleted(host)
        return gone

    async def forget_all(self, team: Team) -> None:
        """Deletes what anybody of a team wrote and said in rounds of other teams."""
        people: dict[Team, set[Person]] = {}
        for visit in await self.store.visits(team):
            host = visit.host.team
            notes = await self.store.notes(host, visit.round)
            ideas = await self.store.ideas_of(host, visit.brainstorm)
            hidden = [one for one in await self.store.ideas(visit.host, hidden=True) if one.brainstorm == visit.brainstorm]
            votes = await self.store.feedback(host, [idea.id for idea in (*ideas, *hidden)])
            wrote = [*(note.author for note in notes), *(idea.author for idea in (*ideas, *hidden))]
            said = [*wrote, *(vote.person for vote in votes)]
            people.setdefault(host, set()).update(one for one in said if one is not None and one.platform == team.platform)
        for host, theirs in people.items():
            for person in sorted(theirs):
                await self.store.forget(host, person)
            await self.deleted(host)

    async def deleted(self, host: Team) -> None:
        """Something of a team's was deleted: its taste is learned anew, and guests' cards that show it are redrawn."""
        self.tasting.forget(host)
        await self.guests.again(host)


def both(one: Forgotten, other: Forgotten) -> Forgotten:
    """What was deleted in two places."""
    names = ("topics", "ideas", "feedback", "media")
    return Forgotten(**{name: getattr(one, name) + getattr(other, name) for name in names})
