"""Media in memory: the twin of `storage.media`."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.domain.feedback import Feedback
from bot.domain.ideas import IdeaId, Person, Team
from bot.messages import File
from bot.ports import Medium
from storage._rules import aware, storable
from storage.media import digest_of


class MemoryMedia:
    """The part of the store in memory that keeps media."""

    _lock: threading.RLock
    _feedback: dict[tuple[IdeaId, Person, str], Feedback]

    def __init__(self) -> None:
        super().__init__()
        self._media: dict[tuple[Team, str], tuple[Medium, ...]] = {}
        self._contents: dict[tuple[Team, str], bytes] = {}

    async def keep_media(self, team: Team, owner: str, files: Sequence[File], at: datetime) -> None:
        """Keeps an owner's files in the place of those it had."""
        team, owner = storable(team), storable(owner)
        media = tuple(
            storable(
                Medium(
                    owner=owner,
                    place=place,
                    name=file.name,
                    media_type=file.media_type,
                    digest=digest_of(file.content),
                    size=len(file.content),
                    alt=file.alt,
                    made_at=aware(at),
                )
            )
            for place, file in enumerate(files)
        )
        with self._lock:
            self._media.pop((team, owner), None)
            if media:
                self._media[team, owner] = media
            self._contents |= {(team, one.digest): file.content for one, file in zip(media, files, strict=True)}
            self._tidy(team)

    async def media(self, team: Team, owners: Sequence[str]) -> Mapping[str, tuple[Medium, ...]]:
        """The files of each owner that has any, by place."""
        team = storable(team)
        with self._lock:
            return {owner: files for owner in map(storable, owners) if (files := self._media.get((team, owner)))}

    async def content(self, team: Team, digest: str) -> bytes | None:
        """The bytes of one of the team's files."""
        with self._lock:
            return self._contents.get((storable(team), digest))

    async def drop_media(self, team: Team, owners: Sequence[str]) -> int:
        """Deletes owners' files; bytes that nothing else refers to are gone."""
        with self._lock:
            return self._drop_media(storable(team), owners)

    def _drop_media(self, team: Team, owners: Iterable[str]) -> int:
        gone = [self._media.pop((team, storable(owner)), ()) for owner in dict.fromkeys(owners)]
        self._tidy(team)
        return sum(map(len, gone))

    def _tidy(self, team: Team) -> None:
        named = {(where, one.digest) for (where, _owner), files in self._media.items() if where == team for one in files}
        self._contents = {key: content for key, content in self._contents.items() if key[0] != team or key in named}

    async def media_used(self, team: Team) -> int:
        """Bytes that the team's files take."""
        with self._lock:
            return sum(len(content) for (where, _digest), content in self._contents.items() if where == storable(team))

    async def spare_media(self, team: Team, before: datetime) -> list[str]:
        """Owners whose files nobody has said anything good of, the oldest first."""
        team = storable(team)
        with self._lock:
            liked = {key[0] for key, vote in self._feedback.items() if vote.value > 0}
            spare = [
                (files[0].made_at, owner)
                for (where, owner), files in self._media.items()
                if where == team and files[0].made_at < aware(before) and owner not in liked
            ]
        return [owner for _at, owner in sorted(spare)]
