#!/usr/bin/env bash
# Guessed: a filter by a moment with a zone finds the same rows, whatever zone the moment is written in.
# Seen: tortoise stores moments in its own zone, and compares them in SQLite as text with what is asked, as it stands. Before noon in
# London are six rows of twelve; before the same moment written as 20:00 in Shanghai eleven, as 7:00 in New York four, and at it none.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile tortoise-orm==1.1.9 aiosqlite==0.22.1
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import asyncio
import datetime
import sys
import tempfile
from importlib.metadata import version
from zoneinfo import ZoneInfo

from tortoise import Tortoise, fields, models

NOON = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.UTC)

class Round(models.Model):
    id = fields.IntField(primary_key=True)
    begins = fields.DatetimeField()

async def answers():
    """Zone → hours (UTC) of the rounds before noon of London, and how many begin at noon."""
    await Tortoise.init(db_url=f"sqlite://{tempfile.mkdtemp(dir='.')}/rounds.db", modules={"models": ["__main__"]}, use_tz=True, timezone="UTC")
    try:
        await Tortoise.generate_schemas()
        for hour in range(0, 24, 2):
            await Round.create(begins=NOON.replace(hour=hour))
        seen = {}
        for zone in ("Europe/London", "Europe/Berlin", "Asia/Shanghai", "America/New_York"):
            moment = NOON.astimezone(ZoneInfo(zone))
            assert moment == NOON
            before = [found.begins.hour for found in await Round.filter(begins__lt=moment).order_by("id")]
            seen[zone] = (str(moment), before, await Round.filter(begins=moment).count())
        return seen
    finally:
        await Tortoise.close_connections()

seen = asyncio.run(answers())
print("tortoise-orm", version("tortoise-orm"))
for zone, (moment, before, at) in seen.items():
    print("   ", f"{zone:17} {moment}: before {before}, at {at}")
expected = {"Europe/London": (12, 1), "Europe/Berlin": (14, 0), "Asia/Shanghai": (22, 0), "America/New_York": (8, 0)}
held = all(seen[zone][1:] == (list(range(0, end, 2)), at) for zone, (end, at) in expected.items())
sys.exit(0 if held else "changed")
PY
