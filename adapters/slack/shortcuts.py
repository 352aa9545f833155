"""Hears entries in the menu of Slack's messages: “Remix this idea” on ours, “Put this on the board” on anybody's."""

from __future__ import annotations

from dataclasses import replace

from adapters.slack import wording
from adapters.slack.emoji import beside_ideas
from adapters.slack.payloads import Body
from adapters.slack.pressing import Pressing
from adapters.slack.reading import shown_in
from adapters.slack.shared import Shared, a_call
from adapters.slack.web import Web
from bot import commands, plugins
from bot.messages import Card, Key
from bot.services import doors
from bot.words import _, speaking

WORDS = "words-"  # before a command's name, of an entry whose command takes a message's words


class Shortcuts:
    """Every entry of ours."""

    def __init__(self, shared: Shared, pressing: Pressing) -> None:
        self._shared = shared
        self._pressing = pressing

    async def chosen(self, body: Body, web: Web) -> None:
        """Somebody chose one."""
        callback = str(body["callback_id"])
        if callback.startswith(WORDS):
            await self._on_words(callback.removeprefix(WORDS), body, web)
        else:
            await self._on_ideas(callback, body, web)

    async def _on_ideas(self, verb: str, body: Body, web: Web) -> None:
        """Of a message that should show ideas."""
        state, user = place(body), str(body["user"]["id"])
        ideas = shown_in(body["message"].get("blocks") or (), beside_ideas())
        key = Key(verb=verb, target=ideas[0].idea) if ideas else Key(verb=verb)
        press = await self._pressing.press(web, key, state, str(body["trigger_id"]), user)
        reply = self._pressing.reply(web, press, state, body)
        if not ideas:
            with speaking(press.locale):
                text = _("There is no idea of Muselab's in that message. Choose a message with ideas in it.")
            await reply.tell(Card(text=text, private=True))
            return
        await self._pressing.ask(web, press, state, str(body["trigger_id"]), reply, ideas)

    async def _on_words(self, verb: str, body: Body, web: Web) -> None:
        """Of anybody's message, which Slack hands over with it; its words are what the command takes."""
        state, user = place(body), str(body["user"]["id"])
        press = await self._pressing.press(web, Key(verb=verb), state, str(body["trigger_id"]), user)
        reply = self._pressing.reply(web, press, state, body)
        text = await wording.worded(self._shared.teams, web, str(body["message"].get("text") or ""), state["channel"])
        if not text.strip():
            with speaking(press.locale):
                await reply.tell(Card(text=_("There are no words on this message."), private=True))
            return
        param = next(param.name for param in doors.command(plugins.load(commands, verb)).PARAMS if param.rest)
        call = a_call(press.id, verb, web, state["channel"], user, await self._shared.who(web, user))
        await self._shared.front.call(replace(call, args={param: text}), reply)


def place(body: Body) -> dict[str, str]:
    """Where the message stands."""
    return {
        "channel": str(body["channel"]["id"]),
        "thread": str(body["message"].get("thread_ts") or ""),
        "url": str(body.get("response_url") or ""),
    }
