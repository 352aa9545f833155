"""Bodies with files in them: forms as OpenAI's clients send them, and JSON with the files as text."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Mapping
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from generators.engines.making import Attachment
from generators.service.events import BadRequest
from generators.service.taking import read

MOST_BODY = 96 * 2**20  # bytes; a pitch hands in a board, a tune and a voice, a third larger as text
Fields = dict[str, str | list[str]]  #: the text fields of a form; several of one name are a list
MOST_FIELD = 20_000  # bytes of one text field of a form


async def json_body(request: web.Request) -> Any:
    """The JSON body; larger than those of texts, as files may be in it."""
    return await asyncio.to_thread(read, await request.clone(client_max_size=MOST_BODY).read())


def decoded(name: str, media_type: str, text: str) -> Attachment:
    """A file that came as text."""
    try:
        return Attachment(name=name, media_type=media_type, content=base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"attachments: {name[:60]} is not valid base64.", param="attachments") from error


async def form(request: web.Request) -> tuple[dict[str, Any], list[Attachment]]:
    """The text fields and the files of a form, or of a JSON body with `attachments`.

    OpenAI's `mask` comes last and says that a part is to be made anew.
    """
    if not request.content_type.startswith("multipart/"):
        body = await json_body(request)
        given = body.pop("attachments", []) if isinstance(body, dict) else []
        return body, [
            decoded(str(one.get("name", "")), str(one.get("media_type", "")), str(one.get("b64_json", "")))
            for one in given
            if isinstance(one, dict)
        ]
    fields: Fields = {}
    files: list[Attachment] = []
    masks: list[Attachment] = []
    try:
        await fill(request, fields, files, masks)
    except (HttpProcessingError, ValueError, AssertionError) as error:  # aiohttp raises these, depending on what is wrong
        raise BadRequest("The body is not a valid form.") from error
    given = typed(fields)
    if masks:
        options = given.get("options", {})
        given["options"] = {"task": "inpaint", **(options if isinstance(options, dict) else {})}
    return given, [*files, *masks]


async def fill(request: web.Request, fields: Fields, files: list[Attachment], masks: list[Attachment]) -> None:
    """Reads a form."""
    room = MOST_BODY
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise BadRequest("The form has a form inside.")
        limit = min(room, MOST_BODY if part.filename else MOST_FIELD)
        content = await limited(part, limit)
        room -= len(content)
        if part.filename:
            media_type = part.headers.get("Content-Type", "application/octet-stream")
            file = Attachment(name=part.filename, media_type=media_type, content=content)
            (masks if part.name == "mask" else files).append(file)
        else:
            put(fields, part.name or "", content.decode("utf-8", "replace"))


def put(fields: Fields, name: str, value: str) -> None:
    """One more field; of a name that ends in `[]`, or comes again, all are kept."""
    key = name.removesuffix("[]")
    before = fields.get(key)
    if before is None:
        fields[key] = [value] if name.endswith("[]") else value
    else:
        fields[key] = [*(before if isinstance(before, list) else [before]), value]


async def limited(part: BodyPartReader, limit: int) -> bytes:
    """The part's bytes.

    Raises:
        BadRequest: there are more than `limit`.
    """
    content = bytearray()
    while chunk := await part.read_chunk(2**16):
        content += chunk
        if len(content) > limit:
            raise BadRequest(f"{part.name}: larger than {limit} bytes.", param=part.name)
    return bytes(content)


def typed(fields: Mapping[str, str | list[str]]) -> dict[str, Any]:
    """Fields of a form, where everything is text, as JSON would have them."""
    values: dict[str, Any] = dict(fields)
    if "options" in values:
        try:
            values["options"] = read(str(values["options"]).encode())
        except BadRequest as error:
            raise BadRequest("options: not valid JSON.", param="options") from error
    return values
