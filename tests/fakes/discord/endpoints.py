"""What each endpoint does to the local Discord, and the refusals it answers with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.discord import rules
from tests.fakes.discord.talk import Asked, Message
from tests.fakes.discord.world import DM_ROOM, NEWS_ROOM, TEXT_ROOM, THREAD_ROOM, Room, now, snowflake

if TYPE_CHECKING:
    from tests.fakes.discord.server import FakeDiscord

ACK_S = 3.0  # docs: interactions/receiving-and-responding
TOKEN_S = 15 * 60.0
ENTRY_POINT = 4  # the type of an Activity's command
USER_FOLLOWUPS = 5  # of an application that only a person installed
REPLY_MESSAGE, DEFER, DEFER_UPDATE, UPDATE, AUTOCOMPLETE, MODAL = 4, 5, 6, 7, 8, 9
#: Which callbacks answer which interaction: docs, interaction callback type.
ANSWERS = {2: {4, 5, 9}, 3: {4, 5, 6, 7, 9}, 4: {8}, 5: {4, 5, 6, 7}}


@dataclass
class Heard:
    """A request, read."""

    operation: str
    method: str
    path: str
    body: Any
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)  #: field name -> (file name, content)
    query: dict[str, str] = field(default_factory=dict)
    at: float = 0.0  #: on the fake's clock


class Refused(Exception):
    """An error answer."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.body = status, {"code": code, "message": message, **more}


UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")


def text_of(permissions: int | str | None) -> str | None:
    """Permissions as Discord gives them back."""
    return None if permissions is None else str(permissions)


class Endpoints:
    """Every endpoint, by its operationId in the specification."""

    fake: FakeDiscord

    # who we are

    async def get_my_user(self, heard: Heard) -> tuple[int, Any]:
        return 200, {**self.fake.bot.payload(), "mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}

    async def get_my_application(self, heard: Heard) -> tuple[int, Any]:
        owner = self.fake.owner.payload()
        return 200, {
            "id": self.fake.application,
            "name": self.fake.bot.name,
            "icon": None,
            "description": "",
            "type": None,
            "verify_key": "0" * 64,
            "flags": 0,
            "flags_new": "0",
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "owner": owner,
            "bot_public": True,
            "bot_require_code_grant": False,
            "approximate_guild_count": len(self.fake.guilds),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": None,
            "eligible_oauth2_scopes": [],
        }

    get_my_oauth2_application = get_my_application

    async def get_gateway(self, heard: Heard) -> tuple[int, Any]:
        return 200, {"url": self.fake.gateway_url}

    async def get_bot_gateway(self, heard: Heard) -> tuple[int, Any]:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return 200, {"url": self.fake.gateway_url, "shards": self.fake.shards, "session_start_limit": limit}

    # people

    async def get_guild_member(self, heard: Heard, guild: str, user: str) -> tuple[int, Any]:
        found = self.fake.users.get(user)
        here = next((one for one in self.fake.guilds if one.id == guild and one.installed), None)
        if found is None or here is None:
            raise Refused(404, 10007, "Unknown Member")
        return 200, found.member()

    async def get_user(self, heard: Heard, user: str) -> tuple[int, Any]:
        found = self.fake.users.get(user)
        if found is None:
            raise Refused(404, 10013, "Unknown User")
        return 200, found.payload()

    async def leave_guild(self, heard: Heard, guild: str) -> tuple[int, Any]:
        here = next((one for one in self.fake.guilds if one.id == guild and one.installed), None)
        if here is None:
            raise Refused(404, 10004, "Unknown Guild")
        here.installed = False
        return 204, None

    # commands

    async def list_application_commands(self, heard: Heard, application: str) -> tuple[int, Any]:
        return 200, self.fake.commands

    async def bulk_set_application_commands(self, heard: Heard, application: str) -> tuple[int, Any]:
        self._check(rules.commands(heard.body))
        entries = [one for one in self.fake.commands if one["type"] == ENTRY_POINT]
        if any(one["name"] not in [new["name"] for new in heard.body if new.get("type") == ENTRY_POINT] for one in entries):
            raise Refused(400, 50240, "You cannot remove this app's Entry Point command in a bulk update operation.")
        known = {(one["type"], one["name"]): one["id"] for one in self.fake.commands}
        self.fake.commands = [
            {
                "description": "",
                **{key: value for key, value in one.items() if value is not None},
                "default_member_permissions": text_of(one.get("default_member_permissions")),
                "type": one.get("type") or 1,
                "id": known.get((one.get("type") or 1, one["name"])) or snowflake(),
                "application_id": application,
                "version": snowflake(),
            }
            for one in heard.body
        ]
        return 200, self.fake.commands

    # interactions

    async def create_interaction_response(self, heard: Heard, id: str, token: str) -> tuple[int, Any]:
        asked = self.fake.asked.get(token)
        if asked is None or asked.id != id:
            raise Refused(*UNKNOWN_INTERACTION)
        age = self.fake.clock() - asked.born
        if age > ACK_S:
            raise Refused(*UNKNOWN_INTERACTION)
        if asked.answered is not None:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        kind, data = heard.body["type"], heard.body.get("data") or {}
        if kind not in ANSWERS[asked.type] or (kind in (DEFER_UPDATE, UPDATE) and asked.message is None):
            self._check([f"callback {kind} to an interaction of type {asked.type}"])
        if kind == DEFER and (data.get("flags") or 0) & ~rules.EPHEMERAL:
            self._check(["a deferral takes no flag but EPHEMERAL"])
        resource = await self._respond(asked, kind, data, heard)
        asked.answered, asked.answered_after = kind, age
        about: dict[str, Any] = {"id": asked.id, "type": asked.type, "channel_id": asked.room.id}
        if asked.original is not None:
            about |= {
                "response_message_id": asked.original.id,
                "response_message_loading": asked.original.loading,
                "response_message_ephemeral": asked.original.ephemeral_for is not None,
            }
        if heard.query.get("with_response") not in ("1", "true", "True"):
            return 204, None
        return 200, {"interaction": about, **({"resource": resource} if resource else {})}

    async def _respond(self, asked: Asked, kind: int, data: dict[str, Any], heard: Heard) -> dict[str, Any] | None:
        if kind == AUTOCOMPLETE:
            asked.choices = data["choices"]
        elif kind == MODAL:
            self._check(rules.modal(data))
            asked.modal = data
        elif kind in (REPLY_MESSAGE, DEFER):
            if kind == REPLY_MESSAGE:
                self._check(rules.message(data, files=len(heard.files)))
            asked.original = self._made(asked.room, data, heard, asked=asked, loading=kind == DEFER)
            await self._announce(asked.original)
            return {"type": kind, "message": asked.original.payload(self.fake.cdn)} if kind == REPLY_MESSAGE else None
        elif kind == DEFER_UPDATE:
            asked.original = asked.message
        elif kind == UPDATE:
            assert asked.message is not None
            asked.original = asked.message
            await self._changed(asked.message, data, heard)
            return {"type": kind, "message": asked.message.payload(self.fake.cdn)}
        return None

    # webhooks: answers on behalf of an interaction

    def _on_behalf(self, token: str) -> Asked:
        asked = self.fake.asked.get(token)
        if asked is None or asked.answered is None:
            raise Refused(*UNKNOWN_WEBHOOK)
        if self.fake.clock() - asked.born > TOKEN_S:
            raise Refused(401, 50027, "Invalid Webhook Token")
        return asked

    async def execute_webhook(self, heard: Heard, application: str, token: str) -> tuple[int, Any]:
        asked = self._on_behalf(token)
        body = heard.body or {}
        self._check(rules.message(body, files=len(heard.files)))
        if asked.original is not None and asked.original.loading and not asked.original.deleted:
            # The first follow-up to a deferral takes the deferral's place, and its privacy.
            await self._changed(asked.original, body, heard)
            return 200, asked.original.payload(self.fake.cdn)
        if "1" in asked.owners() and asked.room.guild is not None and len(asked.followups) >= USER_FOLLOWUPS:
            raise Refused(400, 40094, "This interaction has reached the maximum number of follow up messages.")
        message = self._made(asked.room, body, heard, asked=asked)
        asked.followups.append(message)
        await self._announce(message)
        return (200, message.payload(self.fake.cdn)) if heard.query.get("wait") else (204, None)

    def _original(self, token: str) -> Message:
        asked = self._on_behalf(token)
        if asked.original is None or asked.original.deleted:
            raise Refused(*UNKNOWN_MESSAGE)
        return asked.original

    def _followup(self, token: str, id: str) -> Message:
        asked = self._on_behalf(token)
        for one in (*asked.followups, *([asked.original] if asked.original else ())):
            if one.id == id and not one.deleted:
                return one
        raise Refused(*UNKNOWN_MESSAGE)

    async def get_original_webhook_message(self, heard: Heard, application: str, token: str) -> tuple[int, Any]:
        return 200, self._original(token).payload(self.fake.cdn)

    async def update_original_webhook_message(self, heard: Heard, application: str, token: str) -> tuple[int, Any]:
        message = self._original(token)
        await self._changed(message, heard.body or {}, heard)
        return 200, message.payload(self.fake.cdn)

    async def delete_original_webhook_message(self, heard: Heard, application: str, token: str) -> tuple[int, Any]:
        await self.fake.delete(self._original(token))
        return 204, None

    async def update_webhook_message(self, heard: Heard, application: str, token: str, id: str) -> tuple[int, Any]:
        message = self._followup(token, id)
        await self._changed(message, heard.body or {}, heard)
        return 200, message.payload(self.fake.cdn)

    async def delete_webhook_message(self, heard: Heard, application: str, token: str, id: str) -> tuple[int, Any]:
        await self.fake.delete(self._followup(token, id))
        return 204, None

    # rooms and messages

    def _room(self, id: str, *, send: bool = False) -> Room:
        room = self.fake.rooms.get(id)
        if room is None or room.deleted:
            raise Refused(*UNKNOWN_CHANNEL)
        if (room.guild is not None and not room.guild.installed) or "view" in room.denied or room.people or not room.joined:
            raise Refused(403, 50001, "Missing Access")
        if send and "send" in room.denied:
            raise Refused(403, 50013, "Missing Permissions")
        return room

    def _message(self, room: Room, id: str) -> Message:
        for message in room.messages:
            if message.id == id and not message.deleted and message.ephemeral_for is None:
                return message
        raise Refused(*UNKNOWN_MESSAGE)

    async def get_channel(self, heard: Heard, channel: str) -> tuple[int, Any]:
        return 200, self._room(channel).payload()

    async def create_dm(self, heard: Heard) -> tuple[int, Any]:
        user = self.fake.users.get(str(heard.body["recipient_id"]))
        if user is None:
            raise Refused(404, 10013, "Unknown User")
        return 200, self.fake.dm(user).payload()

    async def get_message(self, heard: Heard, channel: str, id: str) -> tuple[int, Any]:
        return 200, self._message(self._room(channel), id).payload(self.fake.cdn)

    async def create_message(self, heard: Heard, channel: str) -> tuple[int, Any]:
        room, body = self._room(channel, send=True), heard.body or {}
        if room.type == DM_ROOM and "send" in room.denied:
            raise Refused(403, 50007, "Cannot send messages to this user")
        self._check(rules.message(body, files=len(heard.files)))
        nonce = body.get("nonce")
        if nonce and body.get("enforce_nonce") and (room.id, nonce) in self.fake.nonces:
            return 200, self.fake.nonces[room.id, nonce].payload(self.fake.cdn)
        message = self._made(room, body, heard)
        if nonce:
            self.fake.nonces[room.id, nonce] = message
        await self._announce(message)
        return 200, message.payload(self.fake.cdn)

    async def update_message(self, heard: Heard, channel: str, id: str) -> tuple[int, Any]:
        message = self._message(self._room(channel), id)
        if message.author is not self.fake.bot:
            raise Refused(403, 50005, "Cannot edit a message authored by another user")
        await self._changed(message, heard.body or {}, heard)
        return 200, message.payload(self.fake.cdn)

    async def delete_message(self, heard: Heard, channel: str, id: str) -> tuple[int, Any]:
        await self.fake.delete(self._message(self._room(channel), id))
        return 204, None

    async def create_thread_from_message(self, heard: Heard, channel: str, id: str) -> tuple[int, Any]:
        room = self._room(channel)
        message = self._message(room, id)
        if room.type not in (TEXT_ROOM, NEWS_ROOM) or "threads" in room.denied:
            raise Refused(403, 50013, "Missing Permissions")
        if message.id in self.fake.rooms:
            raise Refused(400, 160004, "A thread has already been created for this message")
        name = heard.body["name"]
        thread = Room(name, self.fake.bot, guild=room.guild, type=THREAD_ROOM, parent=room, id=message.id)
        self.fake.rooms[thread.id] = thread
        assert room.guild is not None
        room.guild.rooms.append(thread)
        await self.fake.gateway.dispatch(
            "THREAD_CREATE", {**thread.payload(), "newly_created": True}, guild=room.guild.id, intent=1
        )
        return 201, thread.payload()

    async def add_my_message_reaction(self, heard: Heard, channel: str, id: str, emoji: str) -> tuple[int, Any]:
        message = self._message(self._room(channel), id)
        message.reactions.setdefault(emoji, set()).add(self.fake.bot.id)
        return 204, None

    # what all of them need

    def _check(self, wrong: list[str]) -> None:
        if wrong:
            for one in wrong:
                self.fake.note(one)
            errors = {"_errors": [{"code": "INVALID", "message": one} for one in wrong]}
            raise Refused(400, 50035, "Invalid Form Body", errors=errors)

    def _made(
        self, room: Room, body: dict[str, Any], heard: Heard, *, asked: Asked | None = None, loading: bool = False
    ) -> Message:
        private = asked is not None and bool((body.get("flags") or 0) & rules.EPHEMERAL)
        self._moderate({} if private else body)
        message = Message(room, self.fake.bot, body, loading=loading, asked=asked)
        message.ephemeral_for = asked.user if asked is not None and private else None
        self._take(message, heard)
        room.messages.append(message)
        return message

    def _moderate(self, body: dict[str, Any]) -> None:
        if self.fake.blocked and any(self.fake.blocked in text for text in rules.texts(body)):
            raise Refused(400, 200000, "Message was blocked by automatic moderation")

    def _take(self, message: Message, heard: Heard) -> None:
        given = message.body.get("attachments")
        kept = {str(one.get("id")): one for one in given or []}
        if given is not None:  # those named by their id stay, all others go
            message.files = {name: content for name, content in message.files.items() if message.file_ids.get(name) in kept}
        if heard.files:
            message.files |= {
                (kept.get(re.sub(r"\D", "", name)) or {}).get("filename") or given: content
                for name, (given, content) in heard.files.items()
            }
        for part in message.parts:
            named = [part["file"]] if part["type"] == rules.FILE else []
            named += [item["media"] for item in part["items"]] if part["type"] == rules.GALLERY else []
            if any(one["url"].removeprefix("attachment://") not in message.files for one in named):
                self._check(["a file component without its attachment"])
        for text in rules.texts(message.body):
            message.pinged += rules.pings([text], message.body.get("allowed_mentions"))
        message.times.append(heard.at)

    async def _changed(self, message: Message, body: dict[str, Any], heard: Heard) -> None:
        was_v2 = message.v2 and not message.loading
        wrong = rules.message(body, was_v2=was_v2, files=len(heard.files), new=message.loading)
        if was_v2 and "flags" in body and not (body["flags"] or 0) & rules.V2:
            wrong.append("the components-v2 flag cannot be taken back")
        self._check(wrong)
        self._moderate({} if message.ephemeral_for else body)
        if message.loading:
            message.loading = False
        else:
            message.history.append(message.body)
            message.edited_at = now()
        flags = (message.body.get("flags") or 0) | (body.get("flags") or 0)
        message.body = {**message.body, **body, "flags": flags}
        self._take(message, heard)
        await self._announce(message, name="MESSAGE_UPDATE")

    async def _announce(self, message: Message, name: str = "MESSAGE_CREATE") -> None:
        if message.ephemeral_for is None:
            await self.fake.announce(message, name)
