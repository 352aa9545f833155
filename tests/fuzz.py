"""Inputs that nobody would write, by the ten thousand: each is answered with a value or a sentence, and nothing breaks.

Run as `python -m tests.fuzz [--inputs 100000] [--seed 1]`. What broke is printed with the seed and the number that make it again.
The service's own description is tried by `pytest -m slow tests/contract/test_openapi.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import structlog

from adapters.discord import events, keys, presses
from adapters.slack import payloads
from bot import commands, plugins, signals, typed, wiring
from bot.config import Settings
from bot.domain.errors import Misconfigured, MuselabError
from bot.messages import Card, Key, Press, Upload
from bot.reading import read
from bot.services.media import uploads
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import png, wav
from storage.memory import MemoryStore
from tests.acceptance.drivers import slack as slack_driver
from tests.builders import NOON, RED, a_person

SHARES = {
    "typed": 0.3,
    "keys": 0.15,
    "discord": 0.15,
    "slack": 0.15,
    "uploads": 0.15,
    "config": 0.07,
    "desk": 0.02,
    "signed": 0.01,
}
WORDS = [
    *plugins.names(commands),
    *plugins.names(signals),
    "up",
    "down",
    "none",
    "-n",
    "--style",
    "--count",
    "--",
    "#1",
    "1",
    "-1",
    "=",
    "5",
]
PARTS = [
    "",
    " ",
    "\n",
    "\0",
    "\x1b[31m",
    "\u202e",
    "\ud800",
    "💥",
    "茶馆",
    "'",
    '"',
    "“",
    "”",
    "`",
    "<@U1>",
    "@everyone",
    "&lt;",
    "%s",
    "{0}",
    "../",
    "🧑‍🚀",
]
PARTS += [
    "9" * 30,
    "x" * 3000,
    "\u200b",
    "é",
    "\r",
    "\t",
    "::",
    "?",
    "vote:",
    ":up",
    "NaN",
    "1e999",
    "-0",
    "null",
    "<script>",
    "\ufeff",
]
SIGNED = (200, 400, 401, 403, 404, 413, 415)  # what Slack's signed HTTP may be answered with


class Broken(Exception):
    """Something was answered with neither a value nor a sentence."""


def text(chance: random.Random, most: int = 8) -> str:
    """Words, marks and oddities in a row."""
    picks = [chance.choice(WORDS) if chance.random() < 0.5 else chance.choice(PARTS) for _ in range(chance.randrange(most))]
    odd = "".join(
        chr(chance.choice((chance.randrange(128), chance.randrange(0x3000), chance.randrange(0x110000))))
        for _ in range(chance.randrange(4))
    )
    return chance.choice((" ", "")).join([*picks, odd])


def anything(chance: random.Random, deep: int = 3) -> Any:
    """A JSON value."""
    kind = chance.randrange(8 if deep else 5)
    if kind < 5:
        return chance.choice(
            (None, True, chance.randrange(-(2**65), 2**65), chance.random() * 10 ** chance.randrange(-3, 300), text(chance, 3))
        )
    if kind == 5:
        return [anything(chance, deep - 1) for _ in range(chance.randrange(4))]
    return {text(chance, 2): anything(chance, deep - 1) for _ in range(chance.randrange(4))}


def a_key(chance: random.Random) -> str:
    """What stands in a control, more or less."""
    target = chance.choice(("", "0" * 24, "f" * 23, text(chance, 2)))
    return chance.choice((text(chance, 4), f"{chance.choice(WORDS)}{chance.choice(':?')}{target}:{text(chance, 2)}"))


class Silent:
    """A reply that keeps what it was told."""

    address = ""
    back = ""

    def __init__(self) -> None:
        self.said: list[Card] = []

    async def ack(self, **_how: Any) -> None:
        """Nobody waits."""

    async def show(self, card: Card) -> None:
        self.said.append(card)

    async def tell(self, card: Card) -> None:
        self.said.append(card)

    async def settle(self) -> bool:
        return True


# what is tried: each takes chance, and raises what went wrong


def try_typed(chance: random.Random) -> None:
    line = chance.choice(("/", "", "")) + text(chance)
    with suppress(MuselabError):
        typed.parse(line, a_source(chance))


def a_source(chance: random.Random) -> typed.Source:
    return typed.Source(
        id=str(chance.random()), person=a_person(), channel=RED, at=NOON, locale=chance.choice((None, "zh-CN", "x"))
    )


def try_keys(chance: random.Random) -> None:
    key = a_key(chance)
    for reading in (Key.parse, keys.read, lambda one: keys.ideas_in([one])):
        with suppress(MuselabError):
            reading(key)


def try_discord(chance: random.Random) -> None:
    """Interactions in Discord's shape: its gateway sends no others; what people wrote in them is anything."""
    part = {"type": chance.choice((2, 3, 4, 19, 21)), "custom_id": a_key(chance)}
    part |= chance.choice(({"value": text(chance)}, {"values": [text(chance)]}, {"values": []}, {}))
    nested = chance.choice(([part], [{"type": 1, "components": [part]}], [{"type": 18, "component": part}], []))
    data = {"custom_id": a_key(chance), "components": nested, "resolved": {"attachments": {}}}
    event = {"type": chance.randrange(1, 6), "data": data, "message": chance.choice((None, {"components": nested}, {}))}
    presses.lightened(event)
    interaction: Any = SimpleNamespace(data=chance.choice((data, {}, None)))
    events.submitted(interaction)
    events.custom_id(interaction)
    events.handed(interaction)


def try_slack(chance: random.Random) -> None:
    """Payloads in Slack's shape, with anything where people write."""
    payloads.plain(text(chance), names=chance.choice((None, {}, {"U1": text(chance, 1)})))
    payloads.by_id(text(chance))
    payloads.mentioned(text(chance))
    given = chance.choice(({"value": text(chance)}, {"selected_option": {"value": a_key(chance)}}, {"selected_option": None}, {}))
    payloads.pressed(given)
    payloads.place_of({"container": {"type": chance.choice(("message", "view"))}, "channel": {"id": text(chance)}, "view": {}})
    view = {"private_metadata": json.dumps({"key": a_key(chance)}), "state": {"values": {"b": {text(chance, 2): given}}}}
    with suppress(MuselabError):
        payloads.submitted(view)


GOOD = (
    png(1),
    wav(1),
    b"X:1\nK:C\nCDEF",
    b"GIF89a" + b"\1" * 20 + b";",
    b"\xff\xd8\xff\xe0\0\x10" + b"\0" * 14 + b"\xff\xd9",
    b"MThd\0\0\0\6\0\1\0\1\1\xe0",
)
HEADS = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"MThd",
    b"RIFF\0\0\0\0WEBPVP8 ",
    b"RIFF\xff\xff\xff\xffWEBPVP8X",
    b"<svg",
    b"",
)


async def try_uploads(chance: random.Random) -> None:
    """Files with a bit, a piece or an end changed, and noise behind a good beginning."""
    content = bytearray(
        chance.choice(GOOD) if chance.random() < 0.7 else chance.choice(HEADS) + chance.randbytes(chance.randrange(200))
    )
    for _change in range(chance.randrange(6)):
        if content:
            at = chance.randrange(len(content))
            content[at : at + chance.choice((0, 1, 4))] = chance.choice((b"", b"\xff\xff\xff\xff", b"\0", chance.randbytes(3)))

    async def fetch() -> bytes:
        return bytes(content)

    handed = Upload(name=text(chance, 3), media_type=text(chance, 1), size=chance.choice((0, len(content), 10**9)), fetch=fetch)
    for look in (uploads.picture, uploads.notes):
        with suppress(MuselabError):
            await look(handed)


def try_config(chance: random.Random) -> None:
    name = chance.choice(list(Settings.model_fields))
    given = anything(chance)
    table = getattr(Settings.model_fields[name].annotation, "model_fields", {})
    if table and chance.random() < 0.8:
        given = {chance.choice([*table, text(chance, 1)]): anything(chance)}
    with suppress(Misconfigured):
        read(**{name: given})


async def try_desk(chance: random.Random, house: House) -> None:
    """Lines and presses served to the end: what breaks is told as a fault of ours, which is what is looked for."""
    reply: Any = Silent()
    if chance.random() < 0.5:
        try:
            event = typed.parse(text(chance), a_source(chance))
        except MuselabError:
            return
    else:
        with suppress(MuselabError):
            event = Press(id=str(chance.random()), key=Key.parse(a_key(chance)), person=a_person(), channel=RED, at=NOON)
            event = replace(event, values={text(chance, 1): text(chance)}, reaction=chance.choice(("", "👍", text(chance, 1))))
            await house.desk.press(event, reply)
        told(reply)
        return
    await (house.desk.press if isinstance(event, Press) else house.desk.call)(event, reply)  # type: ignore[arg-type]
    told(reply)


def told(reply: Silent) -> None:
    for card in reply.said:
        if "went wrong on our side" in card.text:
            raise Broken(card.text)


async def try_signed(chance: random.Random, driver: slack_driver.SlackDriver) -> None:
    """Slack's signed HTTP: any payload, signed rightly, wrongly, or by somebody long ago."""
    kind = chance.choice(("events", "slash", "block_actions", "view_submission"))
    payload = anything(chance, 4)
    payload = payload if isinstance(payload, dict) else {"type": kind, "payload": payload}
    payload |= {
        "type": chance.choice((kind, "event_callback", text(chance, 1))),
        "team_id": chance.choice(("T0RED", text(chance, 1))),
    }
    how = {"secret": chance.choice((None, None, "wrong")), "at": chance.choice((None, None, 0))}
    with suppress(UnicodeEncodeError):  # half a character cannot be sent at all
        status, _body = await driver.slack.wire.post(kind, payload, **how)  # type: ignore[arg-type]
        if status not in SIGNED:
            raise Broken(f"status {status}")


async def main(given: argparse.Namespace) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    broke: Counter[str] = Counter()
    done: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        store = MemoryStore()
        house = wiring.furnish(Settings(home=Path(folder)), store=store, generator=ScriptedGenerator(), learns=False)
        async with slack_driver.driving(Path(folder)) as driver:
            tries: dict[str, Callable[[random.Random], Awaitable[None] | None]] = {
                "typed": try_typed,
                "keys": try_keys,
                "discord": try_discord,
                "slack": try_slack,
                "uploads": try_uploads,
                "config": try_config,
                "desk": lambda chance: try_desk(chance, house),
                "signed": lambda chance: try_signed(chance, driver),
            }
            for name, share in SHARES.items():
                began = time.perf_counter()
                for number in range(round(given.inputs * share)):
                    chance = random.Random(f"{given.seed} {name} {number}")
                    try:
                        work = tries[name](chance)
                        if work is not None:
                            async with asyncio.timeout(60):
                                await work
                    except Exception as error:  # noqa: BLE001 - which ones there are is what is asked
                        broke[f"{name}: {type(error).__name__}: {str(error)[:120]}"] += 1
                        if broke.total() <= given.shown:
                            print(f"{name} {number}: {error!r:.300}")
                    done[name] += 1
                print(f"{name:>8} {done[name]:>7} inputs in {time.perf_counter() - began:.0f} s")
        await house.desk.close()
    for what, count in broke.most_common(20):
        print(f"{count:>7} × {what}")
    print("RESULT", json.dumps({"fuzz_inputs": done.total(), "fuzz_broken": broke.total()}))
    if broke:
        raise SystemExit(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shown", type=int, default=10, help="of what broke, in full")
    asyncio.run(main(parser.parse_args()))
