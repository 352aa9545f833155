"""What a secret lets somebody do: come onto the page, by a link, a session or a link for readers; or join two channels."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.domain.ideas import Channel, Person

PassKind = Literal["link", "session", "share", "bridge"]

ENTRIES: tuple[PassKind, ...] = ("session", "share")  # with which somebody comes in again and again

LINK_LASTS = timedelta(minutes=10)  # long enough to walk to another device, too short to be found in a log
SESSION_LASTS = timedelta(hours=12)  # a working day; who left the channel since is let in no longer than that
SHARE_LASTS = timedelta(days=30)  # a project's end; an admin can end it at any time
TOKEN_BYTES = 32  # 256 bits, as OWASP's session cheat sheet asks for at least 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Somebody may see the board of one channel; with a session they also take part, as the person of the chat they are.

    Who has one for a "bridge" may join another channel with this one, and comes onto no page with it.

    The secret itself is nowhere kept: whoever reads the database cannot come in with what stands there.
    """

    digest: str  #: of the secret, see `digest_of`
    kind: PassKind
    channel: Channel
    person: Person  #: who asked for it
    made_at: datetime  #: aware, UTC
    until: datetime  #: aware, UTC
    locale: str = ""  #: the person's language, as the platform's tag
    outsider: bool = False  #: as of a call


def new_secret() -> str:
    """What stands in a link or a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(secret: str) -> str:
    """How a secret is kept: SHA-256, 64 hex digits. It is random, so that nothing slower is needed against guessing."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
