"""What people do in the local Discord, checked as their own application would check it, and what they then see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from tests.fair import PATIENCE_S, now
from tests.fakes.discord import rules
from tests.fakes.discord.talk import Asked, Message
from tests.fakes.discord.world import Room, User

if TYPE_CHECKING:
    from tests.fakes.discord.server import FakeDiscord

T = TypeVar("T")
STRING, INTEGER, BOOLEAN, ATTACHMENT = 3, 4, 5, 11
REACTIONS, DM_REACTIONS = 1 << 10, 1 << 13


class People:
    """Everybody's hands and eyes."""

    def __init__(self, fake: FakeDiscord) -> None:
        self.fake = fake

    async def slash(self, room: Room, user: User, name: str, /, *, late: bool = False, **options: Any) -> Asked:
        """Uses a slash command. `late`: its 3 seconds are over before the bot hears of it."""
        command = self.command(name, 1)
        handed = {option: value for option, value in options.items() if isinstance(value, tuple)}
        files = {option: self.fake.hand_over(*file) for option, file in handed.items()}
        options |= {option: file["id"] for option, file in files.items()}
        data: dict[str, Any] = {"id": command["id"], "name": name, "type": 1, "options": self.given(command, options)}
        if files:
            data["resolved"] = {"attachments": {file["id"]: file for file in files.values()}}
        return await self.ask(2, room, user, data, late=late)

    async def menu(self, message: Message, user: User, name: str, /, *, room: Room | None = None) -> Asked:
        """Uses a command of a message's context menu."""
        command = self.command(name, 3)
        data = {
            "id": command["id"],
            "name": name,
            "type": 3,
            "target_id": message.id,
            "resolved": {"messages": {message.id: message.payload(self.fake.cdn)}},
        }
        return await self.ask(2, room or message.room, user, data)

    async def complete(self, room: Room, user: User, name: str, option: str, typed: str, **others: Any) -> list[dict[str, Any]]:
        """Types into an option and sees what is offered."""
        command = self.command(name, 1)
        described = {one["name"]: one for one in command.get("options", ())}
        assert described[option].get("autocomplete"), f"{option} of /{name} offers nothing"
        options = [
            *self.given(command, others, partly=True),
            {"name": option, "type": described[option]["type"], "value": typed, "focused": True},
        ]
        asked = await self.ask(4, room, user, {"id": command["id"], "name": name, "type": 1, "options": options})
        await self.until(lambda: asked.choices is not None, what="choices")
        assert asked.choices is not None
        return asked.choices

    async def click(self, message: Message, user: User, custom_id: str, *, late: bool = False, room: Room | None = None) -> Asked:
        """Presses a button."""
        button = message.buttons[custom_id]
        assert not button.get("disabled"), "nobody can press a disabled button"
        data = {"custom_id": custom_id, "component_type": rules.BUTTON}
        return await self.ask(3, room or message.room, user, data, message=message, late=late)

    async def choose(self, message: Message, user: User, custom_id: str, value: str) -> Asked:
        """Chooses from a menu."""
        options = message.selects[custom_id]["options"]
        assert value in [option["value"] for option in options], f"{value} is not offered"
        data = {"custom_id": custom_id, "component_type": rules.SELECT, "values": [value]}
        return await self.ask(3, message.room, user, data, message=message)

    async def submit(self, asked: Asked, **values: str | tuple[str, bytes]) -> Asked:
        """Fills in the modal that an interaction was answered with; a file is its name and its bytes."""
        await self.until(lambda: asked.modal is not None, what="a modal")
        assert asked.modal is not None
        inputs = {one["custom_id"]: one for one in rules.walk(asked.modal["components"]) if "custom_id" in one}
        assert set(values) <= set(inputs), f"the modal has the fields {set(inputs)}"
        files = {name: self.fake.hand_over(*value) for name, value in values.items() if isinstance(value, tuple)}
        components = []
        for n, (name, one) in enumerate(inputs.items(), 1):
            given = self.filled(one, files[name]["id"] if name in files else values.get(name))  # type: ignore[arg-type]
            part = {"type": one["type"], "id": 100 + n, "custom_id": name, **given}
            components.append({"type": rules.LABEL, "id": n, "component": part})
        data: dict[str, Any] = {"custom_id": asked.modal["custom_id"], "components": components}
        if files:
            data["resolved"] = {"attachments": {file["id"]: file for file in files.values()}}
        return await self.ask(5, asked.room, asked.user, data, message=asked.message, opener=asked)

    @staticmethod
    def filled(one: dict[str, Any], value: str | None) -> dict[str, Any]:
        """A modal's component as it is sent; what Discord's own input would not let through fails the test."""
        name = one["custom_id"]
        if one["type"] == rules.TEXT_INPUT:
            text = (one.get("value") or "") if value is None else value
            assert len(text) <= (one.get("max_length") or 4000), f"{name} takes no such length"
            assert len(text) >= (one.get("min_length") or 0), f"{name} is too short"
            assert text or not one.get("required", True), f"{name} must be filled in"
            return {"value": text}
        if value is None and one["type"] in rules.SELECTS:
            return {"values": [default["id"] for default in one.get("default_values", ())]}
        default = [option["value"] for option in one.get("options", ()) if option.get("default")]
        chosen = default if value is None else value.split() if one["type"] in (rules.BOXES, *rules.SELECTS) else [value]
        chosen = [one for one in chosen if one]
        assert chosen or not one.get("required", True), f"{name} must be filled in"
        fixed = (rules.SELECT, rules.RADIO, rules.BOXES)
        assert one["type"] not in fixed or set(chosen) <= {option["value"] for option in one["options"]}, "not offered"
        if one["type"] == rules.RADIO:
            return {"value": chosen[0] if chosen else None}
        return {"values": chosen}

    async def react(self, message: Message, user: User, emoji: str, *, remove: bool = False) -> None:
        """Puts an emoji on a message, or takes it back."""
        who = message.reactions.setdefault(emoji, set())
        (who.discard if remove else who.add)(user.id)
        guild = message.room.guild
        if message.room.people or not message.room.joined or (guild is not None and not guild.installed):
            return  # nothing that happens there is told to who is no part of it
        data: dict[str, Any] = {
            "user_id": user.id,
            "channel_id": message.room.id,
            "message_id": message.id,
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        if guild is not None:
            data["guild_id"] = guild.id
        if not remove:
            data["message_author_id"] = message.author.id
            if guild is not None:
                data["member"] = user.member()
        name = "MESSAGE_REACTION_REMOVE" if remove else "MESSAGE_REACTION_ADD"
        intent = REACTIONS if guild is not None else DM_REACTIONS
        await self.fake.gateway.dispatch(name, data, guild=guild.id if guild else None, intent=intent)

    async def write(self, room: Room, user: User, text: str, *, answering: Message | None = None) -> Message:
        """Writes a message, maybe in answer to another, whose author it then mentions."""
        message = Message(room, user, {"content": text}, reply_to=answering)
        room.messages.append(message)
        await self.fake.announce(message, "MESSAGE_CREATE")
        return message

    async def ask(
        self,
        type: int,
        room: Room,
        user: User,
        data: dict[str, Any],
        *,
        message: Message | None = None,
        opener: Asked | None = None,
        late: bool = False,
    ) -> Asked:
        """Sends an interaction to the application."""
        if message is not None:
            assert not message.deleted, "the message is gone"
            assert message.ephemeral_for in (None, user), "only one person sees this message"
        asked = Asked(
            type,
            user,
            room,
            self.fake.application,
            data,
            self.fake.clock() - (3.5 if late else 0),
            message=message,
            opener=opener,
        )
        asked.excused = late
        self.fake.asked[asked.token] = asked
        await self.deliver(asked)
        return asked

    async def deliver(self, asked: Asked) -> None:
        """Dispatches an interaction; called again, it is a duplicate of the same."""
        guild = asked.room.guild
        data = asked.payload(self.fake.cdn, self.fake.said_limit)
        await self.fake.gateway.dispatch("INTERACTION_CREATE", data, guild=guild.id if guild and guild.installed else None)

    def command(self, name: str, type: int) -> dict[str, Any]:
        """A registered command."""
        for one in self.fake.commands:
            if one["name"] == name and one["type"] == type:
                return one
        raise AssertionError(f"there is no command {name}; there are {[one['name'] for one in self.fake.commands]}")

    def given(self, command: dict[str, Any], options: dict[str, Any], *, partly: bool = False) -> list[dict[str, Any]]:
        """Options as Discord sends them; what its own input would not let through fails the test."""
        described = {one["name"]: one for one in command.get("options", ())}
        missing = [name for name, one in described.items() if one.get("required") and name not in options]
        assert partly or not missing, f"/{command['name']} needs {missing}"
        made = []
        for name, value in options.items():
            one = described[name]
            kinds = {STRING: str, INTEGER: int, BOOLEAN: bool, ATTACHMENT: str}
            assert isinstance(value, kinds[one["type"]]), f"{name} takes {kinds[one['type']].__name__}"
            if one.get("choices"):
                assert value in [choice["value"] for choice in one["choices"]], f"{name}={value} is not offered"
            if one["type"] == INTEGER:
                assert one.get("min_value", value) <= value <= one.get("max_value", value), f"{name}={value} is out of range"
            if one["type"] == STRING:
                assert one.get("min_length", 0) <= len(value) <= one.get("max_length", 6000), (
                    f"{name} has {len(value)} characters"
                )
            made.append({"name": name, "type": one["type"], "value": value})
        return made

    async def until(self, true: Callable[[], T], *, what: str = "it", timeout: float = PATIENCE_S) -> T:
        """Waits until something holds, and gives it back."""
        end = now() + timeout
        while not (result := true()):
            left = end - now()
            if left <= 0:
                raise AssertionError(f"{what} did not come within {timeout:g} s; refused: {self.fake.rest.refused[-5:]}")
            waiter = self.fake.next_change()
            try:
                await asyncio.wait_for(asyncio.shield(waiter), min(left, 0.2))
            except TimeoutError:
                continue
        return result

    async def answer(self, asked: Asked, n: int = 1, **how: Any) -> Message:
        """The n-th message shown for an interaction, once it is there."""
        await self.until(lambda: len(asked.answers) >= n, what=f"answer {n}", **how)
        return asked.answers[n - 1]

    def sees(self, room: Room, user: User) -> list[Message]:
        """The messages of a room that somebody sees."""
        return [one for one in room.messages if not one.deleted and one.ephemeral_for in (None, user)]
