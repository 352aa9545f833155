"""Team material: documents that admins add, in pieces that ideas are fed with and that are quoted with their source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ideas import Person, Team


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some sentences of a document that belong together."""

    team: Team
    document: str  #: id of the document: 24 hex digits that sort by time
    name: str  #: the document's
    place: int  #: in the document, 0 = first
    text: str
    encoder: str  #: what made the vector, by name and version
    vector: bytes  #: of the text, unit length, little-endian 32-bit floats
    by: Person  #: who added the document
    at: datetime  #: aware, UTC: when


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A piece as it is quoted."""

    text: str
    source: str  #: the document's name
