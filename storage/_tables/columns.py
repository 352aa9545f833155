"""The types of columns that make SQLite and PostgreSQL hold the same values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Double, MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from storage._rules import aware, number, storable_text

metadata = MetaData()


class Words(TypeDecorator[str]):
    """Any text; what no database stores is replaced, in values and in comparisons alike."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Before it is sent."""
        return None if value is None else storable_text(value)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite forgets the zone: it is put back here, and nowhere else."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Before it is sent."""
        return None if value is None else aware(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """After it was read."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Number(TypeDecorator[float]):
    """A double; NaN is stored as nothing."""

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> float | None:
        """Before it is sent."""
        return number(value)


class Seed(TypeDecorator[int]):
    """A whole number of any size; a seed may take all 64 bits, which no signed column holds."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        """Before it is sent."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> int | None:
        """After it was read."""
        return None if value is None else int(value)


class Json(TypeDecorator[Any]):
    """A small list or mapping as JSON text; never searched inside."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Before it is sent."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """After it was read."""
        return None if value is None else json.loads(value)
