"""Events that the database does not take in time, as files: what was acknowledged outlives the process all the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import structlog

from bot import private
from bot.domain.ideas import Person, Team
from bot.inbox import Name
from bot.ports import Arrival

log = structlog.get_logger(__name__)

FOLDER = "waiting"  # in the data folder


class Spool:
    """One small file an event, from when the database was too slow for it until it has it.

    Writing takes a tenth of a millisecond, as it waits for no disk: a file outlives its process at once, and a power cut
    perhaps not, like the newest votes in SQLite. Whoever waits to be acknowledged cannot wait for a disk as well.
    """

    def __init__(self, folder: Path) -> None:
        """Nothing is written yet."""
        self._folder = folder
        self._names: set[Name] = set()

    def has(self, name: Name) -> bool:
        """Whether this process keeps an event here."""
        return name in self._names

    def keep(self, arrival: Arrival) -> bool:
        """Writes an event; False where that cannot be done, and the log says why."""
        path = self._path((arrival.team, arrival.id))
        draft = path.with_suffix(".part")
        try:
            private.folder(self._folder)
            with open(draft, "wb", opener=private.opener) as out:
                out.write(json.dumps(written(arrival)).encode())
            draft.replace(path)
        except OSError as error:
            log.warning("an event that the database does not take cannot be written to the disk either", why=str(error))
            return False
        self._names.add((arrival.team, arrival.id))
        return True

    def drop(self, name: Name) -> None:
        """Deletes an event that the database has."""
        self._names.discard(name)
        with suppress(OSError):
            self._path(name).unlink(missing_ok=True)

    def left(self, platforms: Iterable[str], since: datetime) -> list[Arrival]:
        """Events of these platforms that a process left here, the oldest first. Whatever came before `since` is deleted."""
        found: list[Arrival] = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                arrival = read(path)
            except (OSError, ValueError, KeyError, TypeError) as error:
                log.warning("a file among the events that wait is none", file=path.name, why=type(error).__name__)
                continue
            if arrival.at < since:
                self.drop((arrival.team, arrival.id))
            elif arrival.team.platform in platforms:
                self._names.add((arrival.team, arrival.id))
                found.append(arrival)
        return sorted(found, key=lambda one: (one.at, one.id))

    def _path(self, name: Name) -> Path:
        team, id = name
        whole = "\0".join((team.platform, team.id, id)).encode("utf-8", "surrogatepass")
        return self._folder / f"{hashlib.blake2b(whole, digest_size=16).hexdigest()}.json"


def written(arrival: Arrival) -> dict[str, str]:
    """An event as it stands in its file."""
    return {
        "platform": arrival.team.platform,
        "team": arrival.team.id,
        "id": arrival.id,
        "at": arrival.at.isoformat(),
        "body": arrival.body,
        "subject": arrival.subject,
        "person_platform": "" if arrival.person is None else arrival.person.platform,
        "person": "" if arrival.person is None else arrival.person.id,
    }


def read(path: Path) -> Arrival:
    """The event in a file."""
    row = json.loads(path.read_text(encoding="utf-8"))
    person = Person(platform=str(row["person_platform"]), id=str(row["person"])) if row["person"] else None
    return Arrival(
        team=Team(platform=str(row["platform"]), id=str(row["team"])),
        id=str(row["id"]),
        at=datetime.fromisoformat(row["at"]),
        body=str(row["body"]),
        subject=str(row["subject"]),
        person=person,
    )
