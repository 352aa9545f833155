"""What travels between the media workers and an engine's process: a small JSON message and the bytes that belong to it."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Sequence
from typing import Any, BinaryIO

from bot.domain.ideas import Features
from generators.engines.making import Attachment, Commission, Part, Rendered, Work

HEAD = struct.Struct("<I")  # length of the JSON part; it lists the lengths of the parts that follow
MOST = 512 * 2**20  # bytes of one part; a length beyond it is noise on the pipe, and must not be believed

Json = dict[str, Any]
Frame = tuple[Json, list[bytes]]


def packed(message: Json, parts: Sequence[bytes] = ()) -> bytes:
    """A frame as bytes."""
    head = json.dumps(message | {"parts": [len(part) for part in parts]}).encode()
    return b"".join([HEAD.pack(len(head)), head, *parts])


def read(source: BinaryIO) -> Frame | None:
    """The next frame; None when the other side is gone."""
    head = source.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    message = json.loads(source.read(_sane(HEAD.unpack(head)[0])))
    return message, [source.read(_sane(size)) for size in message.pop("parts")]


async def receive(source: asyncio.StreamReader) -> Frame | None:
    """The next frame; None when the other side is gone."""
    try:
        size = HEAD.unpack(await source.readexactly(HEAD.size))[0]
        message = json.loads(await source.readexactly(_sane(size)))
        return message, [await source.readexactly(_sane(part)) for part in message.pop("parts")]
    except asyncio.IncompleteReadError:
        return None


def _sane(size: int) -> int:
    if not 0 <= size <= MOST:
        raise ValueError(f"A part of {size} bytes")
    return size


def of_commission(commission: Commission, language: str) -> bytes:
    """A commission on its way to an engine."""
    message = {
        "task": commission.task,
        "text": commission.text,
        "options": dict(commission.options),
        "count": commission.count,
        "seed": commission.seed,
        "language": language,
        "attachments": [{"name": one.name, "media_type": one.media_type} for one in commission.attachments],
    }
    return packed(message, [one.content for one in commission.attachments])


def commission_of(frame: Frame) -> tuple[Commission, str]:
    """The commission in a frame, and the language of the person who gave it."""
    message, parts = frame
    attachments = [Attachment(**one, content=part) for one, part in zip(message["attachments"], parts, strict=True)]
    fields = {name: message[name] for name in ("task", "text", "options", "count", "seed")}
    return Commission(**fields, attachments=tuple(attachments)), message["language"]


def of_work(work: Work) -> bytes:
    """A finished work on its way to the media workers."""
    message = {
        "kind": "work",
        "alt": work.alt,
        "traits": dict(work.traits),
        "facts": dict(work.facts),
        "features": work.features.listed if work.features else None,
        "files": [{"name": file.name, "media_type": file.media_type} for file in work.files],
    }
    return packed(message, [file.content for file in work.files])


def work_of(frame: Frame) -> Work:
    """The work in a frame."""
    message, parts = frame
    files = tuple(Rendered(**one, content=part) for one, part in zip(message["files"], parts, strict=True))
    features = Features.of_list(message["features"]) if message["features"] else None
    return Work(files=files, alt=message["alt"], traits=message["traits"], facts=message["facts"], features=features)


def of_part(part: Part) -> bytes:
    """A part of a work that is still being made."""
    return packed({"kind": "part", "media_type": part.media_type}, [part.content])


def part_of(frame: Frame) -> Part:
    """The part in a frame."""
    message, [content] = frame
    return Part(media_type=message["media_type"], content=content)
