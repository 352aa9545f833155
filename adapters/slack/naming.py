"""Names by which a message of ours is found again."""

from __future__ import annotations

import hashlib


def name_of(event: str) -> str:
    """What the message that answers an event is found by: a digest, as the event's id is a secret while it lasts."""
    return hashlib.blake2b(event.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
