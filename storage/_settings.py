"""The part of the store on SQLite or PostgreSQL that keeps what channels have settled, and the versions of models."""

from __future__ import annotations

from time import monotonic

from sqlalchemy import select, text, update

from bot.domain.ideas import Channel, Team
from bot.domain.models import ChannelSettings, ModelVersion
from bot.ports.storage import Amend
from storage import _rows
from storage import _tables as t
from storage._connections import Connections
from storage._rules import CHANGING, storable

SETTLED_S = 1.0  # every event looks its channel's settings up several times
CHANNELS = 10_000  # whose settings are remembered; a kilobyte each


class SqlSettings(Connections):
    """The methods of the `Store` port about settings and versions."""

    _settled: dict[Channel, tuple[float, ChannelSettings]]

    async def settings(self, channel: Channel) -> ChannelSettings:
        """What the channel has settled; all defaults when nothing. Another process's change shows after `SETTLED_S`."""
        known, now = self._settled, monotonic()
        at, settings = known.get(channel, (float("-inf"), None))
        if settings is not None and now - at < SETTLED_S:
            return settings
        both = (channel.id, "")  # the team's own are kept under no channel's id, and whoever asks for one soon asks for the other
        async with self._prepared_read() as runner:
            rows = await runner.run(self._ready.settings, _rows.team_of(channel.team) | {"ids": both})
        there = {row["channel"]: _rows.settings_of(row) for row in rows}
        if len(known) >= CHANNELS:
            known.clear()
        for id in both:
            known[Channel(team=channel.team, id=id)] = now, there.get(id) or ChannelSettings()
        return known[channel][1]

    async def settle(self, channel: Channel, settings: ChannelSettings) -> None:
        """Stores what the channel has settled."""
        row = _rows.settings_row(settings)
        upsert = self._insert(t.settings).values(**_rows.place_of(channel), **row)
        async with self._write_autocommit() as connection:
            await connection.execute(upsert.on_conflict_do_update(index_elements=["platform", "team", "channel"], set_=row))
        self._settled = {}  # a new one, as what is being read at this moment may be what was settled before

    async def amend(self, channel: Channel, change: Amend) -> ChannelSettings:
        """Changes what the channel has settled; whoever else changes it waits for the row."""
        place, mine = _rows.place_of(channel), t.settings.c
        usual = self._insert(t.settings).values(**place, **_rows.settings_row(ChannelSettings())).on_conflict_do_nothing()
        here = [mine[name] == value for name, value in place.items()]
        async with self._write_transaction() as connection:
            await connection.execute(usual)
            row = (await connection.execute(select(t.settings).where(*here).with_for_update())).mappings().one()
            new = change(_rows.settings_of(dict(row)))
            await connection.execute(update(t.settings).where(*here).values(**_rows.settings_row(new)))
        self._settled = {}
        return storable(new)

    async def versions(self, team: Team) -> list[ModelVersion]:
        """The team's versions and the base's, newest first."""
        async with self._prepared_read() as runner:
            return [_rows.version_of(row) for row in await runner.run(self._ready.versions, _rows.team_of(team))]

    async def keep_version(self, version: ModelVersion) -> None:
        """Stores a version, or changes what can change of a stored one; a new live one retires the one before."""
        row = _rows.version_row(version)
        changed = {name: row[name] for name in CHANGING}
        upsert = self._insert(t.versions).on_conflict_do_update(index_elements=["platform", "team", "id"], set_=changed)
        rival = (t.versions.c.platform == row["platform"], t.versions.c.team == row["team"], t.versions.c.id != version.id)
        retired = update(t.versions).where(*rival, t.versions.c.stage == "live").values(stage="retired")
        async with self._write_transaction() as connection:
            if self._engine.dialect.name == "postgresql":  # two that become live at once: the second sees the first
                await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:team, 0))"), {"team": row["team"]})
            if version.stage == "live":
                await connection.execute(retired)
            await connection.execute(upsert, row)
