"""Native emoji on messages, heard as feedback: which idea is meant, and what is said of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import discord
import structlog

from adapters.discord import events, keys, layout, places
from adapters.discord.hinting import Direct, Hints
from adapters.discord.keeping import body_of_reaction
from adapters.discord.pacing import TROUBLE
from adapters.discord.render import custom_ids
from bot import plugins, signals
from bot.domain.feedback import plain_emoji
from bot.domain.ideas import Channel, Person, Team
from bot.messages import Call, Card, Key, Press
from bot.ports import Front

log = structlog.get_logger(__name__)

REMEMBERED = 2000  # messages whose ideas are known without asking Discord; a reaction to an older one costs a request
REMOVED = "REACTION_REMOVE"


class Silent:
    """The answer to a reaction: that it stands there is answer enough."""

    address = back = ""

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Discord expects nothing."""

    async def settle(self) -> bool:
        """There is nothing to wait for."""
        return True

    async def show(self, card: Card) -> None:
        """Nobody asked to see anything."""

    async def tell(self, card: Card) -> None:
        """There is no private answer to a reaction."""


def kept_press(record: Mapping[str, Any]) -> Press:
    """A reaction that was kept; see `adapters.discord.keeping`."""
    return Press(
        id=record["id"],
        key=Key.parse(record["key"]),
        person=Person(platform=places.NAME, id=record["person"]),
        channel=Channel(team=Team(platform=places.NAME, id=record["team"]), id=record["channel"]),
        at=datetime.fromisoformat(record["at"]),
        reaction=record["reaction"],
        roles=tuple(record.get("roles", ())),
    )


class Idea(NamedTuple):
    """One idea on a message."""

    id: str
    number: int  #: beside it, what people type; 0 when unknown


class Shown:
    """Which ideas the latest messages show."""

    def __init__(self) -> None:
        self._ideas: OrderedDict[int, tuple[Idea, ...]] = OrderedDict()

    def remember(self, message: int, ideas: tuple[Idea, ...]) -> None:
        """Notes the ideas of a message."""
        self._ideas[message] = ideas
        self._ideas.move_to_end(message)
        while len(self._ideas) > REMEMBERED:
            self._ideas.popitem(last=False)

    def on(self, message: int) -> tuple[Idea, ...] | None:
        """The ideas of a message; None when nothing is known of it."""
        return self._ideas.get(message)


class Reactions:
    """Turns reactions into presses."""

    def __init__(
        self,
        client: discord.Client,
        shown: Shown,
        front: Front,
        turn: Callable[[], Awaitable[None]],
        serves: Callable[[int | None], bool],
    ) -> None:
        """`serves`: whether a server is one of those that this bot is for."""
        self._client = client
        self._serves = serves
        self._shown = shown
        self._front = front
        self._turn = turn
        self._meanings = meanings()
        self._hints = Hints()

    async def hear(self, payload: discord.RawReactionActionEvent) -> None:
        """One emoji put on a message or taken away; what says nothing to us is passed over."""
        me = self._client.user
        if not self._serves(payload.guild_id):
            return
        if me is None or payload.user_id == me.id or payload.message_author_id not in (None, me.id):
            return
        emoji = plain_emoji(payload.emoji.name or "") if payload.emoji.id is None else ""
        number, meaning = events.NUMBERS.get(emoji), self._meanings.get(emoji)
        if number is None and meaning is None and payload.event_type == REMOVED:
            return
        shown = await self._ideas_at(payload.channel_id, payload.message_id)
        idea = target(shown, number)
        if idea is None or (number is None and meaning is None):
            if len(shown) > 1 and payload.event_type != REMOVED:
                await self._hint(payload)
            return
        signal, token = meaning or ("vote", "up")
        now = datetime.now(UTC)
        press = Press(
            # Discord gives reactions no id. Saying it again changes nothing, so every one may be its own event.
            id=f"reaction-{payload.message_id}-{payload.user_id}-{emoji}-{now.timestamp()}",
            key=Key(verb=signal, target=idea, token="none" if payload.event_type == REMOVED else token),
            person=Person(platform=places.NAME, id=str(payload.user_id)),
            channel=self._place(payload),
            at=now,
            reaction=emoji,
            roles=tuple(str(role.id) for role in payload.member.roles) if payload.member is not None else (),
        )
        await self._front.press(replace(press, body=body_of_reaction(press)), Silent())

    async def _hint(self, payload: discord.RawReactionActionEvent) -> None:
        """Tells a person, once a message, how reactions vote there; the desk knows an event that came before."""
        call = Call(
            id=f"hint-{payload.message_id}-{payload.user_id}",
            command="help",
            args={"said": "reaction"},
            person=Person(platform=places.NAME, id=str(payload.user_id)),
            channel=self._place(payload),
            at=datetime.now(UTC),
        )
        await self._front.call(call, Direct(self._client, payload.user_id, self._hints, self._turn))

    def _place(self, payload: discord.RawReactionActionEvent) -> Channel:
        if payload.guild_id is None:
            return places.alone(payload.user_id, payload.channel_id)
        return places.in_server(payload.guild_id, self._client.get_channel(payload.channel_id), payload.channel_id)

    async def _ideas_at(self, channel: int, message: int) -> tuple[Idea, ...]:
        """The ideas on a message, asked for where nobody remembers: after a restart, or very old."""
        known = self._shown.on(message)
        if known is not None:
            return known
        try:
            await self._turn()
            full_message = await self._client.get_partial_messageable(channel).fetch_message(message)
        except TROUBLE as error:
            log.info("a message reacted to is out of reach", why=str(error))
            return ()
        ideas = ideas_on(full_message) if full_message.author == self._client.user else ()
        self._shown.remember(message, ideas)
        return ideas


def ideas_on(message: discord.Message) -> tuple[Idea, ...]:
    """The ideas that a message of ours shows, top first: their ids are in its controls, their numbers in its text."""
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    ids = keys.ideas_in(custom_ids(view))
    text = "\n".join(item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay))
    numbers = [int(number) for number in layout.NUMBER.findall(text)]
    if len(numbers) != len(ids):  # the card was cut, and only the places are certain
        numbers = [0] * len(ids)
    return tuple(Idea(id, number) for id, number in zip(ids, numbers, strict=True))


def target(shown: tuple[Idea, ...], number: int | None) -> str | None:
    """The idea a reaction means: the only one; for a number emoji the one with that number, else the one in that place."""
    if number is None:
        return shown[0].id if len(shown) == 1 else None
    numbered = [idea.id for idea in shown if idea.number == number]
    if numbered:
        return numbered[0]
    return shown[number - 1].id if number <= len(shown) else None


def meanings() -> dict[str, tuple[str, str]]:
    """The signal and the token that each emoji stands for; the signals say which."""
    return {
        plain_emoji(emoji): (name, token)
        for name in reversed(plugins.names(signals))  # where two signals know an emoji, the first by name has it
        for emoji, token in plugins.load(signals, name).EMOJI.items()
    }


def ideas_of(card: Card) -> tuple[Idea, ...]:
    """The ideas a card shows, top first."""
    return tuple(Idea(line.idea, line.number) for line in card.lines)
