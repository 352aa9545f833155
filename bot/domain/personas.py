"""Personas: voices that a channel keeps by name, such as “brand voice”; a name stands wherever a style may stand."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ideas import MAX_STYLE, Channel, Person, clean

MAX_VOICE = MAX_STYLE  # characters of what a persona says: it goes into prompts as a style does, and crowds out as much
MAX_NAME = 30  # characters; a name is a few words, and stands on two buttons
MAX_PERSONAS = 10  # of a channel: two buttons each and two more are 22, and a Discord message holds 25


def folded(name: str) -> str:
    """A name as it is found: “Brand Voice” and “ｂｒａｎｄ  voice” are the same."""
    return clean(unicodedata.normalize("NFKC", name)).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A voice of a channel. Its names there differ when folded; saving one again replaces it."""

    channel: Channel
    name: str  #: as it was written
    voice: str  #: who speaks, or how: "a grumpy critic who finds the flaw in everything"
    by: Person  #: who saved it last
    at: datetime  #: aware, UTC: when

    @property
    def folded(self) -> str:
        """The name as it is found."""
        return folded(self.name)

    @property
    def token(self) -> str:
        """What controls call it: 64 bits of its name's hash, as a key holds no name of any length and no colon."""
        return hashlib.sha256(self.folded.encode()).hexdigest()[:16]
