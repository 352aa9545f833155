"""“Brainstorm” as a step of Slack's workflows: Slack asks for it by an event, and waits to be told how it ended."""

from __future__ import annotations

import json
from typing import Any

import structlog

from adapters.slack.payloads import Body
from adapters.slack.places import Where
from adapters.slack.replies import PersonReply
from adapters.slack.shared import NAME, Shared, channel_of, named, now
from adapters.slack.web import Failed, Web
from bot.domain.ideas import MAX_IDEAS, Person
from bot.messages import Call, Card
from bot.words import _

log = structlog.get_logger(__name__)

BRAINSTORM = "brainstorm"  # the step's name in the manifest, and the command that it is
MAX_ERROR = 1000  # characters of what a workflow's maker reads; Slack names no limit


class Steps:
    """Hears of steps that workflows have come to."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def executed(self, body: Body, web: Web) -> None:
        """A workflow has come to our step."""
        event = body["event"]
        if event["function"]["callback_id"] != BRAINSTORM:
            return
        given, step = event.get("inputs") or {}, str(event["function_execution_id"])
        where = Where(channel=str(given.get("channel") or ""), user=str(given.get("user") or ""))
        id = str(body["event_id"])
        reply = StepReply(web, self._shared.ours.place(web, where, **named(id, body)), step=step)
        if not where.channel or not where.user:
            await reply.tell(Card(text=_("This step needs a channel, and the person in whose name it asks.")))
            return
        who = await self._shared.who(web, where.user)
        call = Call(
            id=id,
            command=BRAINSTORM,
            args={"topic": str(given.get("topic") or ""), **counted(given.get("count"))},
            person=Person(platform=NAME, id=where.user),
            channel=channel_of(web, where.channel),
            at=now(),
            locale=who.locale,
            outsider=who.outsider,  # and never an admin: whoever makes a workflow names anybody
        )
        await self._shared.front.call(call, reply)


def counted(count: Any) -> dict[str, int]:
    """How many ideas a step asks for; a workflow's numbers come as numbers or as text."""
    text = str(count or "").strip()
    return {"count": int(text)} if text.isdecimal() and len(text) < 9 else {}


class StepReply(PersonReply):
    """Posts in the step's channel, and tells the workflow how it ended."""

    def __init__(self, *given: Any, step: str, **more: Any) -> None:
        """`step`: the id of what Slack waits for."""
        super().__init__(*given, **more)
        self.step = step
        self._ended = False

    @property
    def back(self) -> str:
        """See `bot.ports.Reply`: another process tells the workflow, too."""
        return json.dumps({**json.loads(super().back), "step": self.step})

    async def show(self, card: Card) -> None:
        """See `bot.ports.Reply`."""
        await super().show(card)
        if card.progress is not None:
            return
        if not card.lines:
            await self._failed("\n".join(filter(None, (card.title, card.text, card.footer))))
            return
        ideas = "\n".join(f"{line.number}. {line.text}" for line in card.lines)
        stands = {"message_ts": self.surface.ts} if self.surface.ts else {}
        await self._tells("functions.completeSuccess", outputs={"ideas": ideas, **stands})

    async def tell(self, card: Card) -> None:
        """What stands in the way is the workflow's end."""
        await self._failed("\n".join(filter(None, (card.title, card.text))))

    async def _failed(self, why: str) -> None:
        await self._tells("functions.completeError", error=why[:MAX_ERROR] or _("Nothing came."))

    async def _tells(self, method: str, **how: Any) -> None:
        """Tells Slack once; that an answer was told before, by another process, is no harm."""
        if self._ended:
            return
        self._ended = True
        try:
            await self.web.call(method, function_execution_id=self.step, **how)
        except Failed as failed:
            log.warning("a workflow was not told how its step ended", why=str(failed))


def step() -> dict[str, Any]:
    """The step as the manifest describes it."""

    def field(type: str, title: str, description: str) -> dict[str, str]:
        return {"type": type, "title": title, "description": description}

    about = {
        "topic": field("string", _("Topic"), _("What the ideas are for")),
        "channel": field("slack#/types/channel_id", _("Channel"), _("Where they are posted; Muselab is a member of it")),
        "user": field("slack#/types/user_id", _("Person"), _("In whose name Muselab is asked")),
        "count": field("integer", _("How many"), _("1 to {most}").format(most=MAX_IDEAS)),
    }
    made = {
        "ideas": field("string", _("Ideas"), _("One in each line")),
        "message_ts": field("slack#/types/message_ts", _("Message"), _("The timestamp of the message they stand on")),
    }
    return {
        "title": "Muselab: Brainstorm",
        "description": _("Different ideas for a topic, to be voted on in a channel"),
        "input_parameters": {"properties": about, "required": ["topic", "channel", "user"]},
        "output_parameters": {"properties": made, "required": ["ideas"]},
    }
