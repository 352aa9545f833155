"""Who may do what here, and how often: what a channel and its team have settled, and what the host allows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from math import ceil

from bot.config import LimitsTable
from bot.domain.errors import TooMany
from bot.domain.ideas import Channel, Person, Team
from bot.domain.models import ChannelSettings
from bot.ports import Clock, Store
from bot.quotas import best
from bot.services.team.holding import held_by
from bot.words import _

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE, RESOLUTION = timedelta(minutes=1), timedelta.resolution


def whole(team: Team) -> Channel:
    """Where a team's own settings are kept: a channel that no platform has."""
    return Channel(team=team, id="")


def lasting(span: timedelta) -> str:
    """A span of time in words, in whole minutes, none of which is left out."""
    hours, minutes = divmod(max(1, ceil(span / MINUTE)), 60)
    return (
        _("{hours} h {minutes} min").format(hours=hours, minutes=minutes) if hours else _("{minutes} min").format(minutes=minutes)
    )


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
            TooMany: this person, the channel or the team has begun as many within the hour or the day as are allowed here.
        """
        settings, team = await self.store.settings(channel), await self.store.settings(whole(channel.team))
        quota = best(self.limits.roles, (*held_by(person), channel.team.id))
        admin, host = _("an admin can change it with /settings"), _("whoever hosts Muselab can change it")
        person_limit = min(filter(None, (settings.person_per_hour, quota.per_hour)), default=self.limits.person_per_hour)
        template = _("Your limit of {limit} brainstorms an hour is reached here until {until} UTC, for {wait} more; {who}.")
        who = host if person_limit == quota.per_hour else admin
        await self._room(channel.team, HOUR, person_limit, template, who, person)
        if day_limit := quota.per_day or self.limits.person_per_day:
            template = _("Your limit of {limit} brainstorms a day is reached here until {until} UTC, for {wait} more; {who}.")
            await self._room(channel.team, DAY, day_limit, template, host, person)
        channel_limit = settings.channel_per_hour or self.limits.channel_per_hour
        template = _("This channel's limit of {limit} brainstorms an hour is reached until {until} UTC, for {wait} more; {who}.")
        await self._room(channel, HOUR, channel_limit, template, admin)
        team_limit = team.team_per_hour or self.limits.team_per_hour
        template = _("Your team's limit of {limit} brainstorms an hour is reached until {until} UTC, for {wait} more; {who}.")
        await self._room(channel.team, HOUR, team_limit, template, admin)

    async def _room(
        self, place: Team | Channel, span: timedelta, limit: int, template: str, who: str, person: Person | None = None
    ) -> None:
        """Refuses one more brainstorm where `limit` were begun within the span before now; says until when, and who can help."""
        now = self.clock()
        since = now - span + RESOLUTION  # what was begun a whole span ago counts no more
        count, first = await self.store.asked(place, since, person)
        if count < limit or first is None:
            return
        begun = first if count == limit else await self._newest(limit, place, since, person)
        until = (begun + span + MINUTE - RESOLUTION).replace(second=0, microsecond=0)
        raise TooMany(template.format(limit=limit, until=f"{until:%H:%M}", wait=lasting(until - now), who=who))

    async def _newest(self, limit: int, place: Team | Channel, early: datetime, person: Person | None) -> datetime:
        """When the `limit`-th of the newest was begun, at most a minute late: more were begun while more were allowed."""
        late = self.clock()
        while late - early > MINUTE:
            middle = early + (late - early) / 2
            count, first = await self.store.asked(place, middle, person)
            if count == limit and first is not None:
                return first
            early, late = (middle, late) if count > limit else (early, middle)
        return late

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
