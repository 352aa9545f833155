"""Who may do what here, and how often: what a channel and its team have settled, and what the host allows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.config import LimitsTable
from bot.domain.errors import TooMany
from bot.domain.ideas import Channel, Person, Team
from bot.domain.models import ChannelSettings
from bot.ports import Clock, Store
from bot.words import _

HOUR = timedelta(hours=1)


def whole(team: Team) -> Channel:
    """Where a team's own settings are kept: a channel that no platform has."""
    return Channel(team=team, id="")


class Governing:
    """Looks settings and limits up."""

    def __init__(self, *, store: Store, clock: Clock, limits: LimitsTable) -> None:
        self.store = store
        self.clock = clock
        self.limits = limits

    async def administers(self, person: Person, roles: Collection[str], channel: Channel) -> bool:
        """Whether the channel or its team has named this person, or one of their roles, as an admin."""
        named = {*(await self.store.settings(channel)).admins, *(await self.store.settings(whole(channel.team))).admins}
        return bool(named & {person.id, *roles})

    async def admit(self, person: Person, channel: Channel) -> None:
        """Lets one more brainstorm begin.

        Raises:
            TooMany: this person, the channel or the team has begun as many within the hour as are allowed here.
        """
        settings, team = await self.store.settings(channel), await self.store.settings(whole(channel.team))
        since = self.clock() - HOUR
        person_limit = settings.person_per_hour or self.limits.person_per_hour
        template = _("Your limit of {limit} brainstorms an hour is reached here. Please try again in {minutes} min.")
        self._within(await self.store.asked(channel.team, since, person), person_limit, template)
        channel_limit = settings.channel_per_hour or self.limits.channel_per_hour
        template = _("This channel's limit of {limit} brainstorms an hour is reached. Please try again in {minutes} min.")
        self._within(await self.store.asked(channel, since), channel_limit, template)
        team_limit = team.team_per_hour or self.limits.team_per_hour
        template = _("Your team's limit of {limit} brainstorms an hour is reached. Please try again in {minutes} min.")
        self._within(await self.store.asked(channel.team, since), team_limit, template)

    async def admit_idea(self, person: Person, channel: Channel) -> None:
        """Lets a person put one more idea of their own on the board.

        Raises:
            TooMany: they have put as many there within the hour as is allowed.
        """
        template = _("Your limit of {limit} ideas of your own an hour is reached here. Please try again in {minutes} min.")
        since = self.clock() - HOUR
        self._within(await self.store.added(channel.team, since, person), self.limits.person_ideas_per_hour, template)

    async def admit_ideas(self, person: Person, channel: Channel, count: int) -> None:
        """Lets a person put a list of ideas on the board at once.

        Raises:
            TooMany: with these they would have put more there within the hour than is allowed.
        """
        limit = self.limits.person_ideas_per_hour
        already, _first = await self.store.added(channel.team, self.clock() - HOUR, person)
        if already + count > limit:
            raise TooMany(
                _("These are {count} ideas; you may add {left} more within the hour. Admins may add any number.").format(
                    count=count, left=max(0, limit - already)
                )
            )

    def _within(self, asked: tuple[int, datetime | None], limit: int, template: str) -> None:
        count, first = asked
        if count >= limit and first is not None:
            minutes = max(1, round((first + HOUR - self.clock()).total_seconds() / 60))
            raise TooMany(template.format(limit=limit, minutes=minutes))

    def awake(self, settings: ChannelSettings) -> datetime:
        """From when on the channel wants messages again: now, or the end of its quiet hours."""
        now = self.clock()
        if settings.quiet_until is None or not self.quiet(settings):
            return now
        end = datetime.combine(now.date(), settings.quiet_until, tzinfo=now.tzinfo)
        return end if end > now else end + timedelta(days=1)

    def quiet(self, settings: ChannelSettings) -> bool:
        """Whether the channel wants no unasked message now."""
        begin, end, now = settings.quiet_from, settings.quiet_until, self.clock().time()
        if begin is None or end is None or begin == end:
            return False
        return begin <= now < end if begin < end else now >= begin or now < end
