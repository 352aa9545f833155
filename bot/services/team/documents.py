"""Documents as text, and text in pieces that can be quoted: Markdown, plain text, PDF."""

from __future__ import annotations

import asyncio
import re

from bot.domain.errors import Refusal
from bot.domain.ideas import clean
from bot.messages import Upload
from bot.services.ideas.lists import decoded
from bot.services.media.uploads import fetched, shown
from bot.services.team import pdf_text
from bot.starting import running
from bot.words import _

MOST_BYTES = 10_000_000  # a report with pictures has 5 MB
READING_S = 60.0  # for one PDF; its process ends itself before that, where it gets a whole core
PIECE = 500  # characters of a piece: a paragraph, and what the encoder of meanings reads at once
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
SENTENCE = re.compile(r"(?<=[.!?。！？；;])\s*")


async def text_of(upload: Upload) -> str:
    """What is written in a document.

    Raises:
        Refusal: it is none of those that can be read, or has no text; the message says what to do.
        Outage: it could not be fetched.
    """
    name, content = shown(upload.name), await fetched(upload, MOST_BYTES)
    if content.startswith(WORKBOOKS):
        raise Refusal(
            _("{name} is a workbook or an archive. Please save it as PDF or plain text, and add that.").format(name=name)
        )
    text = await _pdf(name, content) if content[:1024].find(b"%PDF-") >= 0 else decoded(name, content)
    if not clean(text):
        raise Refusal(_("{name} has no text that could be read; pages that are pictures are not read.").format(name=name))
    return text


async def _pdf(name: str, content: bytes) -> str:
    """The text of a PDF, read by another process."""
    quiet = asyncio.subprocess.DEVNULL
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*running(pdf_text.__name__), stdin=pipe, stdout=pipe, stderr=quiet)
    try:
        async with asyncio.timeout(READING_S):
            out, _none = await process.communicate(content)
    except TimeoutError as error:
        raise Refusal(_("{name} takes too long to read. Please save its text, and add that.").format(name=name)) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == pdf_text.LOCKED:
        raise Refusal(_("{name} is protected by a password. Please save it without one.").format(name=name))
    if process.returncode:
        raise Refusal(_("{name} is damaged or cut off. Please attach it again.").format(name=name))
    return out.decode("utf-8", "replace")


def pieces_of(text: str) -> list[str]:
    """A text in pieces: whole paragraphs as far as they fit, long ones cut between sentences, else between words."""
    pieces: list[str] = []
    open_piece = ""
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        for part in _parts(clean(re.sub(r"^\s*#+\s*", "", paragraph))):
            if open_piece and len(open_piece) + len(part) + 1 > PIECE:
                pieces.append(open_piece)
                open_piece = ""
            open_piece = f"{open_piece} {part}".strip()
    return [*pieces, open_piece] if open_piece else pieces


def _parts(paragraph: str) -> list[str]:
    """A paragraph in parts that a piece can hold."""
    if len(paragraph) <= PIECE:
        return [paragraph] if paragraph else []
    parts: list[str] = []
    for sentence in filter(None, SENTENCE.split(paragraph)):
        rest = sentence
        while len(rest) > PIECE:
            at = rest.rfind(" ", 0, PIECE)
            at = at if at > 0 else PIECE
            parts.append(rest[:at])
            rest = rest[at:].strip()
        if rest:
            parts.append(rest)
    return parts
