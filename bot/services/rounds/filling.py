"""Asks for ideas about what none of a board's ideas is about yet; while a round runs, they are the round's."""

from __future__ import annotations

from bot.domain.errors import Refusal
from bot.messages import Call
from bot.ports import Reply
from bot.services.cards import shortened
from bot.services.chinese import HAN
from bot.services.ideas.answering import Answering
from bot.services.ideas.board import Boards
from bot.services.ideas.gaps import KIND, LEVEL, SAID, Aspect, aspects
from bot.services.ideas.standing import folded
from bot.services.rounds.belonging import ROUND
from bot.services.rounds.leading import Rounds
from bot.words import _

QUOTED = 500  # characters of a topic; with an aspect's name the new topic stays within what a topic may have


class Filling:
    """Fills gaps."""

    def __init__(self, *, answering: Answering, boards: Boards, rounds: Rounds) -> None:
        self.answering = answering
        self.boards = boards
        self.rounds = rounds

    async def fill(self, call: Call, reply: Reply, topic: str, gap: str) -> None:
        """Brainstorms about one aspect.

        Args:
            call: who asks, and where.
            reply: where the ideas are shown.
            topic: of the board; empty: of the round that runs, or what was asked for last.
            gap: key of an aspect.

        Raises:
            Refusal: there is no such aspect.
        """
        aspect = next((one for one in aspects() if one.key == gap), None)
        if aspect is None:
            raise Refusal(_("This button is not one of Muselab's."))
        round = await self.rounds.open_to_all(call.channel)
        round = round if round is not None and folded(topic) in folded(round.topic) else None  # else of another board
        subject = topic or (round.topic if round is not None else "")
        if not subject:
            subject = next(iter(await self.boards.topics(call.channel)), "")
        subject = shortened(subject, QUOTED)
        said = named(aspect, subject)
        prompt = await self.answering.prompt(
            call.channel,
            f"{subject}: {said}" if subject else said,
            kind=KIND,
            about=(subject[:1].upper() + subject[1:] or said,),
            options={LEVEL: aspect.key, SAID: said_whole(aspect, subject), ROUND: round.id if round is not None else ""},
        )
        await self.answering.brainstorm(call.channel, call.person, prompt, reply)
        if round is not None:
            await self.rounds.stage.redraw(await self.rounds.latest(call.channel, round.id))


def named(aspect: Aspect, subject: str) -> str:
    """An aspect's name in the topic's language; without a topic in the language being spoken."""
    if not subject:
        return aspect.said
    return aspect.zh if HAN.search(subject) else aspect.en


def said_whole(aspect: Aspect, subject: str) -> str:
    """What an aspect is, for a model that follows instructions."""
    return aspect.zh if HAN.search(subject) else aspect.meaning
