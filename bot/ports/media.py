"""Where the files of media lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ideas import Team
from bot.messages import File


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A file as it is kept, without its bytes."""

    owner: str  #: id of the idea that it is, or of the brainstorm it was handed in with
    place: int  #: among the owner's files, 0 = the one to show or play first
    name: str
    media_type: str
    digest: str  #: SHA-256 of the bytes, hexadecimal; the file's address within its team
    size: int  #: bytes
    alt: str  #: what it shows or says
    made_at: datetime  #: aware, UTC


class MediaStore(Protocol):
    """Keeps files by what is in them, each team's apart: a digest of another team's is an unknown digest."""

    async def keep_media(self, team: Team, owner: str, files: Sequence[File], at: datetime) -> None:
        """Keeps an owner's files, in their order, in the place of those it had."""
        ...

    async def media(self, team: Team, owners: Sequence[str]) -> Mapping[str, tuple[Medium, ...]]:
        """The files of each owner that has any, by place."""
        ...

    async def content(self, team: Team, digest: str) -> bytes | None:
        """The bytes of one of the team's files."""
        ...

    async def drop_media(self, team: Team, owners: Sequence[str]) -> int:
        """Deletes owners' files; bytes that nothing else of the team refers to are gone. How many files that were."""
        ...

    async def media_used(self, team: Team) -> int:
        """Bytes that the team's files take; what two of them share counts once."""
        ...

    async def spare_media(self, team: Team, before: datetime) -> list[str]:
        """Owners whose files were kept before a moment and that nobody has said anything good of, the oldest first."""
        ...
