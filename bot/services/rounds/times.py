"""When rounds are planned for, as people write it: "Mon 09:00", 每天 9:30, "2026-12-01 14:00", or a cron expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.errors import InvalidTimes
from bot.words import _

DAYS = {
    **dict.fromkeys(("daily", "every day", "每天", "每日"), "*"),
    **dict.fromkeys(("weekdays", "工作日"), "1-5"),
    **{name: str(number) for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))},
    **{
        f"{week}{day}": str(number)
        for week in ("周", "每周", "星期")
        for number, day in enumerate(("日", "一", "二", "三", "四", "五", "六"))
    },
    **dict.fromkeys(("周天", "每周天", "星期天"), "0"),
}
DAILY = re.compile(r"(?P<day>[a-z ]+|[\u4e00-\u9fff]+)\s*(?P<hour>\d{1,2})[:：](?P<minute>\d{2})", re.IGNORECASE)
ONCE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2})[:：](\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Once at a moment, or again and again."""

    repeats: str = ""  #: a cron expression
    once: datetime | None = None  #: aware, UTC


def read(text: str, zone: str) -> Times:
    """What a person wrote, in the time of a zone. A cron expression is not looked into.

    Raises:
        InvalidTimes: there is no such zone, or no such day or hour.
    """
    plain = text.strip()
    if (found := ONCE.fullmatch(plain)) is not None:
        return Times(once=_moment(*map(int, found.groups()), zone=zone))
    if (found := DAILY.fullmatch(plain)) is not None:
        day, hour, minute = found["day"].strip().casefold(), int(found["hour"]), int(found["minute"])
        weekday = DAYS.get(day) or DAYS.get(re.sub(r"^(?:every )?(\w{3})\w*day$|^(?:every )(\w{3})$", r"\1\2", day))
        if weekday is None or hour > 23 or minute > 59:
            raise InvalidTimes(
                _("“{times}” names no time. Write Mon 09:00, daily 09:00 or 2026-12-01 14:00.").format(times=plain[:40])
            )
        return Times(repeats=f"{minute} {hour} * * {weekday}")
    return Times(repeats=plain)


def _moment(*parts: int, zone: str) -> datetime:
    year, month, day, hour, minute = parts
    try:
        return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise InvalidTimes(
            _("There is no time zone “{zone}”. Write one such as Europe/Berlin or UTC.").format(zone=zone)
        ) from error
    except (ValueError, OverflowError) as error:
        shown = f"{year}-{month}-{day} {hour}:{minute:02}"
        wrong = _("“{times}” names no time. Write Mon 09:00, daily 09:00 or 2026-12-01 14:00.")
        raise InvalidTimes(wrong.format(times=shown)) from error
