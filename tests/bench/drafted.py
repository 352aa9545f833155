"""Drafts of the generation service for a benchmark's topics, kept on disk by the weights that wrote them and what was asked."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

from bot.config import ServiceTable, Settings
from bot.domain.ideas import Draft, Prompt, Team
from bot.ports import Order
from generators.client.child import Child
from generators.client.remote import RemoteGenerator
from generators.service import weights
from generators.service.digests import Digests
from tests.bench.embedded import CACHE
from tests.bench.loop import Kept, seed_of

TEAM = Team(platform="bench", id="")
WAIT_S = 900.0  # for one order on a busy machine; how long drafts take is not what is measured


def digest_of(model: str) -> str:
    """Names the weights of a text model: the name, and the bytes of the file that it lies in."""
    place = weights.text_place(model, CACHE, lambda _doing, _done: None)
    files = [place.packed] if place.packed is not None else sorted(Path(place.where).glob("*.safetensors"))
    told = hashlib.blake2b(place.name.encode(), digest_size=6)
    for file in files:
        told.update(Digests(CACHE).of(file).encode())
    return f"{place.name.rpartition('/')[2]}-{told.hexdigest()}"


async def drafted(topics: Sequence[str], count: int, *, model: str = weights.EMBEDDED) -> list[list[Draft]]:
    """So many drafts for each topic by a service of our own; what was asked before of the same weights is read.

    Drafts of other recipes are kept, too: delete the folder `drafted` in `CACHE` after a change of what requests show.
    """
    child = Child(Settings(cache=CACHE, service=ServiceTable(model=model, threads=1)))
    remote = RemoteGenerator(child, timeout_s=WAIT_S)
    kept = Kept(remote, CACHE / "drafted" / digest_of(model))
    found: list[list[Draft]] = []
    started = False
    try:
        for topic in topics:
            order = Order(
                prompt=Prompt(text=topic), candidates=count, seed=seed_of(topic, count), model="", team=TEAM, alone=True
            )
            if not started and not kept.has(order):
                await child.start()
                while not (await remote.health()).ready:
                    await asyncio.sleep(0.2)
                started = True
            found.append([draft async for draft in kept.draft(order)])
    finally:
        await remote.close()
        await child.close()
    return found
