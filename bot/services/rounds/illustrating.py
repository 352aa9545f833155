"""Pictures of the linked ideas of a round whose method wants them: made after each reveal, one by one, and posted together.

Each is a work on the board like any other picture, made of its idea. A round without pictures is a round.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.ideas import Idea, IdeaId, Team, clean
from bot.domain.names import plain
from bot.domain.rounds import Round
from bot.messages import Card, File
from bot.ports import Chat, Clock, Commission, Maker, Store
from bot.services.cards import shortened
from bot.services.ideas.redrawing import Redrawing
from bot.services.media import awaiting
from bot.services.rounds.errands import Errand
from bot.services.rounds.linking import in_links
from bot.services.rounds.methods import read
from bot.services.rounds.showing import RoundCards
from bot.words import _

PICTURES = "round-pictures"  #: the kind of job that makes pictures which the process that revealed the ideas did not
LATER = timedelta(minutes=10)  # a process that lives is done by then
LONGEST_S = 60.0  # for one picture: a second where the media service runs already, half a minute where it starts
MOST = 24  # pictures of one round: half a minute of a processor
AT_ONCE = 8  # of them after one reveal; a message holds ten files
LAYOUT = "poster"
BEHIND = 50  # place on a card that none has: on the board the pictures stand behind the ideas until somebody votes for one
A_LINE = 90  # characters of an idea beside its picture


class Illustrating(Errand):
    """Makes and posts pictures, each once."""

    kind, later = PICTURES, LATER

    def __init__(
        self,
        *,
        store: Store,
        maker: Maker,
        redrawing: Redrawing,
        cards: RoundCards,
        chat_of: Callable[[str], Chat | None],
        clock: Clock,
        make_room: Callable[[Team], Awaitable[None]],
    ) -> None:
        """`chat_of`: the chat of a platform, where this process serves it; `make_room`: refuses where there is none for files."""
        super().__init__(store=store, clock=clock)
        self.make_room = make_room
        self.maker = maker
        self.redrawing = redrawing
        self.cards = cards
        self.chat_of = chat_of

    async def begin(self, round: Round) -> None:
        """Has what is missing made, where the round's method wants pictures."""
        if read(round.method).pictures and await self._missing(round):
            await super().begin(round)

    async def _missing(self, round: Round) -> list[Idea]:
        """The linked ideas that have no picture yet, as many as the round may still have."""
        ideas = in_links(await self.cards.ideas(round))
        there = [await self.store.idea(round.channel.team, picture_of(idea)) for idea in ideas]
        some = [idea for idea, picture in zip(ideas, there, strict=True) if picture is None]
        return some[: min(AT_ONCE, MOST - (len(ideas) - len(some)))] if len(ideas) - len(some) < MOST else []

    async def do(self, round: Round) -> None:
        """Makes what is missing, and posts it."""
        await self.make_room(round.channel.team)
        made = [await self._work(round, idea) for idea in await self._missing(round)]
        await self.store.drop_job(round.channel.team, PICTURES, round.id)
        await self._post(round, made)

    async def _work(self, round: Round, idea: Idea) -> tuple[Idea, Idea, File]:
        """An idea, its picture as a work of the board, and the file; done twice it makes nothing twice."""
        team, id = round.channel.team, picture_of(idea)
        seed = int(id[-6:], 16)
        asked = Commission(modality="image", text=plain(idea.text), options={"layout": LAYOUT}, seed=seed, language=round.locale)
        async with asyncio.timeout(LONGEST_S):
            made = await awaiting.made(self.maker, asked)
        alt, now = clean(made.alt), self.clock()
        files = [file if file.alt else replace(file, alt=alt) for file in made.files]
        await self.store.keep_media(team, id, files, now)
        work = Idea(
            id=id,
            brainstorm=None,  # nobody asked for it by itself: it counts for no limit, and /correct means something else
            channel=round.channel,
            number=0,
            text=shortened(alt, A_LINE * 4),
            origin="fresh",
            parents=(idea.id,),
            asker=round.opener,
            slot=BEHIND,
            created_at=now,
            modality="image",
            traits=tuple(made.traits.items()),
            features=made.features,
        )
        return idea, await self.store.add(work), files[0]

    async def _post(self, round: Round, made: Sequence[tuple[Idea, Idea, File]]) -> None:
        """Shows the new pictures in the round's channel, each with its idea."""
        chat = self.chat_of(round.channel.team.platform)
        reply = chat.to(round.channel) if chat is not None and made else None
        if reply is None:
            return
        lines = [f"#{work.number} → #{idea.number} {shortened(idea.text, A_LINE)}" for idea, work, _file in made]
        files = tuple(replace(file, name=f"{work.number}-{file.name}") for _idea, work, file in made)
        card = Card(title=_("Pictures of what belongs together"), text="\n".join(lines), files=files)
        quoting = [one.id for idea, work, _file in made for one in (idea, work)]
        await self.redrawing.show(reply, card, round.channel, quoting=quoting)


def picture_of(idea: Idea) -> IdeaId:
    """The id of an idea's picture: it sorts beside the idea's own."""
    return IdeaId(idea.id[:12] + hashlib.blake2b(f"{idea.id}:picture".encode(), digest_size=6).hexdigest())
