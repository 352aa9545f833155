"""What was measured on this machine, remembered in a file of the cache folder. It knows no models."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

MEASURED = "measured.json"  # whoever deletes it has everything measured again
MOMENTS = 3  # in which each choice is timed, the best of which counts: a neighbour that is busy in one is quiet in another
#: after which it is measured again: within a month a machine gets other neighbours and microcode, and it takes a second or two
OLD_S = 30 * 86400.0

Choice = TypeVar("Choice", str, int)

log = logging.getLogger(__name__)


def remembered(
    cache: Path,
    key: str,
    choices: Sequence[Choice],
    measure: Callable[[Choice], float],
    *,
    moments: int = MOMENTS,
    now: Callable[[], float] = time.time,
) -> dict[Choice, float]:
    """A number for each choice: the least of some moments, as it was measured here not long ago, or as it is now.

    Args:
        cache: the folder to remember it in.
        key: what was measured, with everything that it depends on.
        choices: all are measured in each moment, one after the other, so that a bad moment is bad for all.
        measure: the number of a choice, in this moment.
        moments: how many.
        now: seconds since 1970.
    """
    file = cache / MEASURED
    known, written = _read(file)
    mine = known.get(key, {})
    age = now() - _number(mine.get("at"), written)
    if not all(isinstance(mine.get(str(choice)), int | float) for choice in choices) or not 0 <= age < OLD_S:
        least = {choice: measure(choice) for choice in choices}
        for _moment in range(moments - 1):
            least = {choice: min(least[choice], measure(choice)) for choice in choices}
        mine = {str(choice): number for choice, number in least.items()} | {"at": int(now())}
        log.info("measured", extra={"of": key, **mine})
        _write(file, {**_read(file)[0], key: mine})  # read again: another service may have measured something meanwhile
    return {choice: float(mine[str(choice)]) for choice in choices}


def recalled(cache: Path, key: str, names: Sequence[str], *, now: Callable[[], float] = time.time) -> list[float] | None:
    """Numbers that are remembered and not old; None where one is missing."""
    known, written = _read(cache / MEASURED)
    mine = known.get(key, {})
    if not all(isinstance(mine.get(name), int | float) for name in names):
        return None
    return [float(mine[name]) for name in names] if 0 <= now() - _number(mine.get("at"), written) < OLD_S else None


def remember(cache: Path, key: str, numbers: Mapping[str, float], *, now: Callable[[], float] = time.time) -> None:
    """Keeps numbers for `recalled`. Where the folder cannot be written they are measured again."""
    _write(cache / MEASURED, {**_read(cache / MEASURED)[0], key: {**numbers, "at": int(now())}})


def _read(file: Path) -> tuple[dict[str, dict[str, float]], float]:
    """What a file holds, and when it was written; what is broken is nothing."""
    with suppress(OSError, ValueError):
        read = json.loads(file.read_text(encoding="utf-8"))
        known = {name: one for name, one in read.items() if isinstance(one, dict)} if isinstance(read, dict) else {}
        return known, file.stat().st_mtime
    return {}, 0.0


def _write(file: Path, known: Mapping[str, Mapping[str, float]]) -> None:
    with suppress(OSError):  # then it is measured again
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}")  # another service may do the same just now
        part.write_text(json.dumps(known, indent=1), encoding="utf-8")
        part.replace(file)


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise
