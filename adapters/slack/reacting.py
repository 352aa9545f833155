"""Hears what becomes of messages of ours in Slack: reactions to them, and that somebody deleted one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapters.slack.emoji import beside_ideas, emoji_of, pointed_at, said_by
from adapters.slack.payloads import Body
from adapters.slack.places import Where
from adapters.slack.pressing import Pressing
from adapters.slack.reading import shown_in
from adapters.slack.replies import Address, Caught, PersonReply
from adapters.slack.shared import Shared, a_call
from adapters.slack.teams import Who
from adapters.slack.web import Web
from bot.messages import Key


class Reacting:
    """Everything that is done to a message of ours, beside its controls."""

    def __init__(self, shared: Shared, pressing: Pressing) -> None:
        self._shared = shared
        self._pressing = pressing

    async def reacted(self, body: Body, web: Web) -> None:
        """A reaction is a press when it says something, to an idea of a message of ours."""
        event = body["event"]
        emoji, item = emoji_of(str(event["reaction"])), event.get("item") or {}
        if item.get("type") != "message":
            return
        us = await self._shared.teams.find(web.team)
        if us is None or event.get("item_user", us.bot_user) != us.bot_user:
            return  # of other people's messages nothing is read
        ideas = await self._shared.ours.ideas_at(web, str(item["channel"]), str(item["ts"]))
        meant = pointed_at(emoji, ideas)
        verb, token = ("vote", "up") if meant is not None else said_by(emoji)
        if meant is None and len(ideas) == 1:
            meant = ideas[0]
        if meant is None or not verb:
            if len(ideas) > 1 and event["type"] == "reaction_added":
                await self._hint(web, str(item["channel"]), str(item["ts"]), str(event["user"]))
            return
        if event["type"] == "reaction_removed":
            token = "none"
        key = Key(verb=verb, target=meant.idea, token=token)
        state = {"channel": str(item["channel"])}
        press = await self._pressing.press(web, key, state, str(body["event_id"]), str(event["user"]), reaction=emoji)
        where = Where(channel=press.channel.id, user=press.person.id)
        await self._shared.front.press(press, PersonReply(web, self._shared.ours.place(web, where)))

    async def _hint(self, web: Web, channel: str, ts: str, user: str) -> None:
        """Tells a person, once a message, how reactions vote there; the desk knows an event that came before."""
        where = Where(channel=channel, user=user)
        call = a_call(f"hint-{channel}-{ts}-{user}", "help", web, channel, user, await self._shared.who(web, user))
        await self._shared.front.call(
            replace(call, args={"said": "reaction"}), PersonReply(web, self._shared.ours.place(web, where))
        )

    async def deleted(self, event: Body, web: Web) -> None:
        """A message is gone. Slack tells so in direct conversations alone, as we may not read channels."""
        before, us = event.get("previous_message") or {}, await self._shared.teams.find(web.team)
        if us is None or us.bot_user != before.get("user") or us.bot_id not in (before.get("bot_id"), ""):
            return  # of other people's messages nothing is read
        ideas = [one.idea for one in shown_in(before.get("blocks") or (), beside_ideas())]
        await self._gone(web, str(event["channel"]), str(event["deleted_ts"]), str(before.get("thread_ts") or ""), ideas)

    async def _gone(self, web: Web, channel: str, ts: str, thread: str, ideas: Sequence[str]) -> None:
        """What a deleted message of ours showed is hidden."""
        call = a_call(f"deleted-{channel}-{ts}", "hide", web, channel, "", Who(admin=True))
        for address in {str(Address(web.team, channel, ts, thread)), str(Address(web.team, channel, ts))}:
            args = {"deleted": address, "shown": ",".join(ideas)}
            await self._shared.front.call(replace(call, id=f"{call.id}-{address}", args=args), Caught())
