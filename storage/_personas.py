"""The part of the store on SQLite or PostgreSQL that keeps personas."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ideas import Channel, Person, Team
from bot.domain.models import ChannelSettings
from bot.domain.personas import Persona, folded
from storage import _rows
from storage import _tables as t
from storage._connections import Connections
from storage._rules import storable, storable_text

KEY = ("platform", "team", "channel", "folded")


class SqlPersonas(Connections):
    """The methods of the `PersonaStore` port."""

    _settled: dict[Channel, tuple[float, ChannelSettings]]

    async def keep_persona(self, persona: Persona) -> None:
        """Stores a persona of its channel in the place of one of the same name."""
        row = persona_row(storable(persona))
        upsert = self._insert(t.personas).values(**row)
        changed = {name: row[name] for name in row if name not in KEY}
        async with self._write_autocommit() as connection:
            await connection.execute(upsert.on_conflict_do_update(index_elements=KEY, set_=changed))

    async def personas(self, channel: Channel) -> list[Persona]:
        """The channel's personas, by name."""
        query = select(t.personas).where(_rows.in_channel(t.personas, channel)).order_by(t.personas.c.folded)
        async with self._read_autocommit() as connection:
            return [persona_of(dict(row)) for row in (await connection.execute(query)).mappings()]

    async def drop_persona(self, channel: Channel, name: str) -> bool:
        """Deletes the persona of that name for good, from SQLite's write-ahead log too."""
        named = t.personas.c.folded == storable_text(folded(name))
        async with self._write_transaction() as connection:
            gone = await connection.execute(delete(t.personas).where(_rows.in_channel(t.personas, channel), named))
        if gone.rowcount:
            await self._overwrite_log()
        return gone.rowcount > 0


async def personas_of(connection: AsyncConnection, team: Team, person: Person) -> tuple[Persona, ...]:
    """The personas that a person saved."""
    mine = t.personas.c
    query = select(t.personas).where(_rows.in_team(t.personas, team), _rows.by(t.personas, "person", person))
    rows = await connection.execute(query.order_by(mine.channel, mine.folded))
    return tuple(persona_of(dict(row)) for row in rows.mappings())


async def forget_personas(connection: AsyncConnection, team: Team, person: Person) -> None:
    """Deletes what a person saved; a channel that used it has no style from then on."""
    mine, theirs = t.personas.c, (_rows.in_team(t.personas, team), _rows.by(t.personas, "person", person))
    s = t.settings.c
    used = exists(select(mine.folded).where(*theirs, mine.channel == s.channel, mine.name == s.style))
    await connection.execute(update(t.settings).where(_rows.in_team(t.settings, team), used).values(style=None))
    await connection.execute(delete(t.personas).where(*theirs))


def persona_row(persona: Persona) -> dict[str, Any]:
    """The columns of a persona."""
    return {
        **_rows.place_of(persona.channel),
        "folded": persona.folded,
        "name": persona.name,
        "voice": persona.voice,
        **_rows.columns_of(persona.by, "person"),
        "at": persona.at,
    }


def persona_of(row: _rows.Row) -> Persona:
    """The persona in a row."""
    person = _rows.person_of(row, "person")
    assert person is not None  # the columns are never NULL
    return Persona(channel=_rows.channel_of(row), name=row["name"], voice=row["voice"], by=person, at=row["at"])
