"""What people do in Slack, and what they see: a test's view."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fair import PATIENCE_S
from tests.fakes.slack.wire import Ack
from tests.fakes.slack.world import Message, View, Workspace

if TYPE_CHECKING:
    from tests.fakes.slack.judge import Judge
    from tests.fakes.slack.wire import Wire

TOKEN = "verification-token"


def escaped(text: str) -> str:
    """What a person typed, as Slack writes it into events and commands."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mentioning(workspace: Workspace, text: str) -> str:
    """Names of people and conversations as Slack writes them: by their ids alone, without labels."""
    ids = {person["name"]: id for id, person in workspace.people.items()} | {"muselab": workspace.bot_user}
    said = re.sub(r"@(\w+)", lambda found: f"<@{ids[found[1]]}>" if found[1] in ids else found[0], text)
    return re.sub(r"#([A-Z]\w+)", lambda found: f"<#{found[1]}>" if found[1] in workspace.conversations else found[0], said)


class People:
    """Mixed into the server: everything a person can do."""

    wire: Wire
    judge: Judge
    last: tuple[str, dict[str, Any]]  #: the latest delivery, to repeat it
    heard: Ack  #: what the app said to it

    # ------------------------------------------------------------------ doing

    async def slash(self, team: str, channel: str, user: str, command: str, text: str = "") -> Ack:
        """Types a slash command."""
        workspace = self._there(team, channel, user)
        payload = {
            "token": TOKEN,
            "team_id": team,
            "team_domain": team.lower(),
            "channel_id": channel,
            "channel_name": "directmessage" if channel[0] == "D" else channel.lower(),
            "user_id": user,
            "user_name": workspace.person(user)["name"],
            "command": command,
            "text": mentioning(workspace, escaped(text)),
            "api_app_id": "A0MUSELAB",
            "is_enterprise_install": "true" if workspace.enterprise else "false",
            **({"enterprise_id": workspace.enterprise, "enterprise_name": "org"} if workspace.enterprise else {}),
            "response_url": self.response_url(team, channel, user),
            "trigger_id": self.trigger(team, user),
        }
        ack = await self._deliver("slash", payload)
        if isinstance(ack.body, str) and ack.body:
            ack.body = {"text": ack.body}
        if isinstance(ack.body, dict) and (ack.body.get("text") or ack.body.get("blocks")):
            self._respond(self.response_urls[payload["response_url"].rsplit("/", 1)[1]], ack.body)
        return ack

    async def click(self, message: Message, value: str, user: str, *, of: str = "") -> Ack:
        """Presses the button whose value is `value`; `of` is the presser's workspace, where the channel is shared."""
        for block, element in message.elements():
            if element["type"] == "button" and element.get("value") == value:
                action = {key: element[key] for key in ("type", "action_id", "text", "value")}
                return await self._act(message, block, action, user, of=of)
        raise AssertionError(f"the message has no button {value!r}, only {sorted(message.buttons())}")

    async def overflow(self, message: Message, value: str, user: str) -> Ack:
        """Chooses the menu entry whose value is `value`."""
        for block, element in message.elements():
            for option in element.get("options", ()):
                if option["value"] == value:
                    action = {"type": "overflow", "action_id": element["action_id"], "selected_option": option}
                    return await self._act(message, block, action, user)
        raise AssertionError(f"no menu of the message has {value!r}, only {sorted(message.options())}")

    async def press(self, message: Message, value: str, user: str) -> Ack:
        """Uses the button or menu entry whose value is `value`."""
        if value in message.buttons():
            return await self.click(message, value, user)
        return await self.overflow(message, value, user)

    async def press_home(self, team: str, user: str, value: str) -> Ack:
        """Uses a button on the person's Home tab."""
        workspace = self.team(team)
        view = next(one for one in reversed(self.views) if one.user == user and one.view["type"] == "home")
        for block in view.view["blocks"]:
            for element in [*(block.get("elements") or []), *([block["accessory"]] if "accessory" in block else [])]:
                if element.get("value") == value:
                    action = {key: element[key] for key in ("type", "action_id", "text", "value")}
                    break
                chosen = next((one for one in element.get("options", ()) if one["value"] == value), None)
                if chosen is not None:
                    action = {"type": element["type"], "action_id": element["action_id"], "selected_option": chosen}
                    break
            else:
                continue
            action |= {"block_id": block["block_id"], "action_ts": self.ids.ts()}
            payload = self._interaction("block_actions", workspace, user) | {
                "actions": [action],
                "view": self.view_json(workspace, view),
                "container": {"type": "view", "view_id": view.id},
            }
            self.report(self.judge.kind("block_actions", {**payload, "response_url": ""}))
            return await self._deliver("block_actions", payload, judged=False)
        raise AssertionError(f"the Home tab has no {value!r}")

    async def choose_channel(self, team: str, user: str, channel: str) -> Ack:
        """Chooses a conversation in the menu on the person's Home tab."""
        workspace = self.team(team)
        view = next(one for one in reversed(self.views) if one.user == user and one.view["type"] == "home")
        block, element = next(
            (block, element)
            for block in view.view["blocks"]
            for element in block.get("elements") or ()
            if element["type"] == "conversations_select"
        )
        action = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": self.ids.ts(),
            "selected_conversation": channel,
        }
        payload = self._interaction("block_actions", workspace, user) | {
            "actions": [action],
            "view": self.view_json(workspace, view),
            "container": {"type": "view", "view_id": view.id},
        }
        self.report(self.judge.kind("block_actions", {**payload, "response_url": ""}))
        return await self._deliver("block_actions", payload, judged=False)

    async def submit_view(self, view: View, values: Mapping[str, str | tuple[str, bytes]]) -> Ack:
        """Fills a modal's inputs, named by action id, and submits it; a file is its name and its bytes."""
        workspace = self.team(view.team)
        state: dict[str, dict[str, Any]] = {}
        for block in view.view["blocks"]:
            if block["type"] == "input":
                element = block["element"]
                given = self._given(workspace, element, values.get(element["action_id"]))
                empty = not any(given.values())
                assert not empty or block.get("optional"), f"Slack does not send the modal without {element['action_id']}"
                state[block["block_id"]] = {element["action_id"]: {"type": element["type"], **given}}
        if unknown := set(values) - {name for one in state.values() for name in one}:
            raise AssertionError(f"the modal has no {sorted(unknown)}")
        shown = self.view_json(workspace, view)
        shown["state"] = {"values": state}
        payload = self._interaction("view_submission", workspace, view.user) | {"view": shown, "response_urls": []}
        self.report(self.judge.kind("view_submission", payload))
        ack = await self._deliver("view_submission", payload, judged=False)
        body = ack.body if isinstance(ack.body, dict) else {}
        if body.get("response_action") == "errors":
            view.errors = body["errors"]
            if not set(view.errors) <= {block["block_id"] for block in view.view["blocks"]}:
                self.report([f"errors for unknown blocks {sorted(view.errors)}"])
        elif body.get("response_action") == "update":
            view.view = self.view_with_ids(body["view"])
        elif not ack.missed and ack.status == 200:
            view.open = False
        return ack

    def _given(self, workspace: Workspace, element: dict[str, Any], value: str | tuple[str, bytes] | None) -> dict[str, Any]:
        """What somebody put into an input, as Slack sends it."""
        if element["type"] == "file_input":
            assert "files:read" in workspace.scopes, "without files:read Slack has no place for files"
            assert value is None or isinstance(value, tuple), "this input takes a file"
            assert value is None or len(value[1]) <= 10_000_000, "Slack takes files of 10 MB in a modal"
            return {"files": [self.attach(workspace.id, *value)] if value else []}
        if element["type"] == "static_select":
            wanted = value or element.get("initial_option", {}).get("value")
            return {"selected_option": next((option for option in element["options"] if option["value"] == wanted), None)}
        if element["type"] == "multi_users_select":
            return {"selected_users": [user for user in str(value or "").split() if user in workspace.people]}
        if element["type"] == "conversations_select":
            return {"selected_conversation": value}
        text = element.get("initial_value") if value is None else value
        assert len(text or "") <= element.get("max_length", 3000), "Slack does not send so long a text"
        return {"value": text}

    async def shortcut(self, message: Message, callback: str, user: str) -> Ack:
        """Uses a message shortcut."""
        workspace = self._there(message.team, message.channel, user)
        payload = self._interaction("message_action", workspace, user) | {
            "callback_id": callback,
            "action_ts": self.ids.ts(),
            "message_ts": message.ts,
            "message": message.as_json(),
            "channel": {"id": message.channel, "name": message.channel.lower()},
            "response_url": self.response_url(message.team, message.channel, user),
        }
        payload.pop("api_app_id")
        return await self._deliver("message_action", payload)

    async def react(self, message: Message, emoji: str, user: str, *, remove: bool = False) -> Ack:
        """Adds or removes a reaction."""
        people = message.reactions.setdefault(emoji, set())
        (people.discard if remove else people.add)(user)
        self._there(message.team, message.channel, user)
        event = {
            "type": "reaction_removed" if remove else "reaction_added",
            "user": user,
            "reaction": emoji,
            "item_user": message.user,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "event_ts": self.ids.ts(),
        }
        return await self.event(message.team, event)

    async def say(
        self,
        team: str,
        channel: str,
        user: str,
        text: str,
        *,
        thread: str | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> Message:
        """Writes a message, maybe with files; the app hears of it in direct messages, or when it is mentioned."""
        workspace = self._there(team, channel, user)
        typed = mentioning(workspace, escaped(text))
        message = Message(team=team, channel=channel, ts=self.ids.ts(), user=user, text=typed, thread_ts=thread)
        self.show(workspace, message)
        common: dict[str, Any] = {
            "user": user,
            "text": typed,
            "ts": message.ts,
            "team": team,
            "channel": channel,
            "event_ts": message.ts,
        }
        if thread:
            common["thread_ts"] = thread
        if files:
            common["files"] = [self.attach(team, name, content) for name, content in files.items()]
        if channel[0] == "D":
            shared = {"subtype": "file_share"} if files else {}
            await self.event(team, {"type": "message", "channel_type": "im", **shared, **common})
        elif f"<@{workspace.bot_user}>" in typed:
            await self.event(team, {"type": "app_mention", **common})
        return message

    async def delete(self, message: Message) -> None:
        """Somebody who may deletes a message; the app hears of it in direct messages."""
        message.deleted = True
        if message.channel[0] != "D":
            return
        now = self.ids.ts()
        event = {
            "type": "message",
            "subtype": "message_deleted",
            "hidden": True,
            "channel": message.channel,
            "channel_type": "im",
            "ts": now,
            "event_ts": now,
            "deleted_ts": message.ts,
            "previous_message": message.as_json(),
        }
        await self.event(message.team, event)

    def attach(self, team: str, name: str, content: bytes) -> dict[str, Any]:
        """Hands a file over to Slack; as events name it."""
        id = self.ids.id("F")
        self.attached[id] = (team, content)
        url = f"{self.base}/files-pri/{id}/{name}"
        now, kind = int(time.time()), {"mimetype": "image/png", "filetype": "png", "pretty_type": "PNG"}
        about = {"id": id, "created": now, "timestamp": now, "name": name, "title": name, "size": len(content), **kind}
        truths = ("editable", "is_external", "is_public", "public_url_shared", "display_as_bot", "is_starred", "has_rich_preview")
        whose = {
            "user": "U0ANN",
            "user_team": team,
            "username": "",
            "mode": "hosted",
            "external_type": "",
            "file_access": "visible",
        }
        links = {"url_private": url, "url_private_download": url, "permalink": url, "permalink_public": url}
        return about | dict.fromkeys(truths, False) | whose | links | {"media_display_type": "unknown"}

    async def mention(self, team: str, channel: str, user: str, text: str, *, thread: str | None = None) -> Message:
        """Writes "@muselab …" in a channel."""
        return await self.say(team, channel, user, f"@muselab {text}", thread=thread)

    async def dm(self, team: str, user: str, text: str, *, thread: str | None = None) -> Message:
        """Writes to the app directly."""
        return await self.say(team, "D" + user[1:], user, text, thread=thread)

    async def open_home(self, team: str, user: str, tab: str = "home") -> Ack:
        """Opens the app: its Home or its Messages tab."""
        self._there(team, "D" + user[1:], user)
        event = {"type": "app_home_opened", "user": user, "channel": "D" + user[1:], "tab": tab, "event_ts": self.ids.ts()}
        return await self.event(team, event)

    async def event(self, team: str, event: dict[str, Any], *, id: str = "", echo: bool = False, under: str = "") -> Ack:
        """Something happened: the app gets an event. An `echo` of the app's own doing is not what `repeat` repeats.

        In a channel that is shared it comes under any of the workspaces' authorizations: `under`.
        """
        workspace = self.team(under or team)
        team = under or team
        payload = {
            "token": TOKEN,
            "team_id": team,
            "context_team_id": team,
            "api_app_id": "A0MUSELAB",
            "event": event,
            "type": "event_callback",
            "event_id": id or self.ids.id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team,
                    "user_id": workspace.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": bool(under),
        }
        if workspace.enterprise:
            payload["enterprise_id"] = workspace.enterprise
            payload["authorizations"][0] |= {"enterprise_id": workspace.enterprise, "is_enterprise_install": True}
        bare = {**payload, "event": {"type": event["type"]}}
        self.report(self.judge.kind("event_callback", bare))
        if event.get("subtype") is None and event.get("bot_id") is None:
            self.report(self.judge.kind(event["type"].replace("removed", "added"), _as_added(event)))
        if echo:
            return await self.wire.deliver("events", payload)
        return await self._deliver("events", payload, judged=False)

    async def repeat(self, *, attempt: int = 1) -> Ack:
        """Delivers the latest thing once more."""
        kind, payload = self.last
        return await self.wire.again(kind, payload, attempt=attempt)

    # ------------------------------------------------------------------ seeing

    def seen(self, team: str, channel: str, *, by: str | None = None) -> list[Message]:
        """The messages in a channel, oldest first: what everybody sees, and what is only for `by`."""
        return [
            message
            for message in self.team(team).messages
            if message.channel == channel and not message.deleted and message.only_for in (None, by)
        ]

    def posts(self, team: str, channel: str) -> list[Message]:
        """The app's messages that everybody in the channel sees."""
        return [message for message in self.seen(team, channel) if message.bot]

    def private(self, team: str, user: str) -> list[Message]:
        """What only this person sees."""
        return [message for message in self.team(team).messages if message.only_for == user and not message.deleted]

    async def message(self, team: str, channel: str, containing: str = "", *, deadline: float = PATIENCE_S) -> Message:
        """The newest of the app's messages that holds a text, as soon as there is one."""
        return await self.wait(
            lambda: next((one for one in reversed(self.posts(team, channel)) if containing in one.words), None),
            deadline=deadline,
            what=f"a message with {containing!r} in {channel}",
        )

    async def whisper(self, team: str, user: str, containing: str = "", *, deadline: float = PATIENCE_S) -> Message:
        """The newest message for this person alone that holds a text, as soon as there is one."""
        return await self.wait(
            lambda: next((one for one in reversed(self.private(team, user)) if containing in one.words), None),
            deadline=deadline,
            what=f"a private message with {containing!r} for {user}",
        )

    async def modal(self, team: str, user: str, *, deadline: float = PATIENCE_S) -> View:
        """The modal that this person has open, as soon as there is one."""
        return await self.wait(
            lambda: next(
                (
                    one
                    for one in reversed(self.views)
                    if one.team == team and one.user == user and one.open and one.view["type"] == "modal"
                ),
                None,
            ),
            deadline=deadline,
            what=f"a modal for {user}",
        )

    # ------------------------------------------------------------------ payloads

    def _there(self, team: str, channel: str, user: str) -> Workspace:
        workspace = self.team(team)
        workspace.person(user)
        workspace.conversation(channel).members.add(user)
        return workspace

    def _interaction(self, type: str, workspace: Workspace, user: str) -> dict[str, Any]:
        name = workspace.person(user)["name"]
        return {
            "type": type,
            "team": {"id": workspace.id, "domain": workspace.id.lower()},
            "user": {"id": user, "name": name, "username": name, "team_id": workspace.id}
            if type == "block_actions"
            else {"id": user, "name": name, "team_id": workspace.id},
            "api_app_id": "A0MUSELAB",
            "token": TOKEN,
            "trigger_id": self.trigger(workspace.id, user),
            "is_enterprise_install": bool(workspace.enterprise),
            **({"enterprise": {"id": workspace.enterprise, "name": "org"}} if workspace.enterprise else {}),
        }

    async def _act(self, message: Message, block: dict[str, Any], action: dict[str, Any], user: str, *, of: str = "") -> Ack:
        workspace = self._there(message.team, message.channel, user)
        action = action | {"block_id": block["block_id"], "action_ts": self.ids.ts()}
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.only_for is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = self._interaction("block_actions", workspace, user) | {
            "container": container,
            "channel": {"id": message.channel, "name": message.channel.lower()},
            "state": {"values": {}},
            "response_url": self.response_url(message.team, message.channel, user, message),
            "actions": [action],
        }
        if message.only_for is None:
            payload["message"] = message.as_json()
        if of:
            payload["team"] = {"id": of, "domain": of.lower()}
            payload["user"] = {**payload["user"], "team_id": of}
        return await self._deliver("block_actions", payload)

    async def _deliver(self, kind: str, payload: dict[str, Any], *, judged: bool = True) -> Ack:
        if judged:
            self.report(self.judge.kind(kind, payload))
        self.last = (kind, payload)
        self.heard = await self.wire.deliver(kind, payload)
        return self.heard


def _as_added(event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "type": event["type"].replace("reaction_removed", "reaction_added")}
