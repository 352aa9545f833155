"""Team material: what admins add, list and remove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.domain.errors import NotAllowed, Refusal
from bot.domain.material import Piece
from bot.messages import Call, Upload
from bot.ports import Clock, Store
from bot.services.events import own_id
from bot.services.ideas.quoting import Quoting, embedded
from bot.services.media.uploads import shown
from bot.services.team.documents import pieces_of, text_of
from bot.words import _

MOST_DOCUMENTS = 20  # of a team; so many fit one list
MOST_PIECES = 600  # of a team: 300 000 characters, a hundred pages; all of them are compared with every topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as it is listed."""

    id: str
    name: str
    pieces: int
    characters: int
    at: datetime  #: aware, UTC


class Material:
    """Takes documents in, and out again."""

    def __init__(self, *, store: Store, quoting: Quoting, clock: Clock, new_id: Callable[[], str]) -> None:
        self.store = store
        self.quoting = quoting
        self.clock = clock
        self.new_id = new_id

    async def add(self, call: Call, upload: Upload) -> Document:
        """Keeps a document for the team.

        Raises:
            NotAllowed: the person is no admin.
            Refusal: it cannot be read, there is no room for it, or there are no meanings here to find it by.
            Outage: it could not be fetched, or embedded now.
        """
        only_admins(call)
        team, name = call.channel.team, shown(upload.name)
        id = own_id(self.new_id)
        others = [piece for piece in await self.store.material(team) if piece.document != id]
        if len({piece.document for piece in others}) >= MOST_DOCUMENTS:
            raise Refusal(_("A team has at most {most} documents here. Remove one first.").format(most=MOST_DOCUMENTS))
        texts = pieces_of(await text_of(upload))
        if len(others) + len(texts) > MOST_PIECES:
            raise Refusal(
                _("{name} has {count} paragraphs; there is room for {left} more. Add the part that matters.").format(
                    name=name, count=len(texts), left=max(0, MOST_PIECES - len(others))
                )
            )
        vectors = await embedded(self.quoting.generator, texts)
        if vectors is None:
            raise Refusal(_("The service that makes ideas here has no embeddings, by which material is found."))
        encoder, now = self.quoting.generator.encoder, self.clock()
        pieces = [
            Piece(
                team=team, document=id, name=name, place=place, text=text, encoder=encoder, vector=vector, by=call.person, at=now
            )
            for place, (text, vector) in enumerate(zip(texts, vectors, strict=True))
        ]
        await self.store.keep_material(team, pieces)
        return listed(pieces)[0]

    async def documents(self, call: Call) -> list[Document]:
        """The team's documents, in the order they were added.

        Raises:
            NotAllowed: the person is no admin.
        """
        only_admins(call)
        return listed(await self.store.material(call.channel.team))

    async def remove(self, call: Call, named: str) -> Document:
        """Deletes a document for good, by its id, its number in the list or its name.

        Raises:
            NotAllowed: the person is no admin.
            Refusal: there is none of that name.
        """
        documents = await self.documents(call)
        found = next((one for one in documents if named in (one.id, one.name)), None)
        if found is None and named.lstrip("#").isdecimal() and 0 < int(named.lstrip("#")) <= len(documents):
            found = documents[int(named.lstrip("#")) - 1]
        if found is None or not await self.store.drop_material(call.channel.team, found.id):
            raise Refusal(_("There is no document “{name}” here. /material lists those there are.").format(name=named[:40]))
        return found


def only_admins(call: Call) -> None:
    """Lets admins go on.

    Raises:
        NotAllowed: the person is none.
    """
    if not call.admin:
        raise NotAllowed(_("Only people who manage this channel may see and change the team's material."))


def listed(pieces: list[Piece]) -> list[Document]:
    """Documents of pieces that are in order."""
    documents = []
    for id, some in groupby(pieces, key=lambda piece: piece.document):
        mine = list(some)
        size = sum(len(piece.text) for piece in mine)
        documents.append(Document(id=id, name=mine[0].name, pieces=len(mine), characters=size, at=mine[0].at))
    return documents
