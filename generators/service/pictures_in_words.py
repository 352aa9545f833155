"""Pictures in conversations: a text model reads what the vision engine says they show."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from generators.engines.making import Attachment
from generators.service.events import BadRequest
from generators.service.media_forms import decoded
from generators.service.media_http import MediaHttp
from generators.service.wire.chats import ChatRequest, Message, PicturePart, TextPart

MOST_PICTURES = 8  # of one request; the embedded vision takes a second for each, a model more
DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w.+-]+=[^;,]*)*)(;base64)?,", re.ASCII)
SAID = "[A picture. {words}]"


async def seen(asked: ChatRequest, media: MediaHttp | None) -> ChatRequest:
    """The request with words in the place of its pictures.

    Raises:
        BadRequest: a picture is no data URL, there are too many, or nobody here sees.
    """
    pictures = [part for message in asked.messages for part in message.pictures]
    if not pictures:
        return asked
    if media is None:
        raise BadRequest("This service sees no pictures.", param="messages")
    if len(pictures) > MOST_PICTURES:
        raise BadRequest(f"There are {len(pictures)} pictures; at most {MOST_PICTURES} are looked at.", param="messages")
    handed = {id(part): attachment(part.url) for part in pictures}  # all of them can be looked at before any is
    messages: list[Message] = []
    for message in asked.messages:
        parts: list[object] = []
        for part in message.content if isinstance(message.content, list) else ():
            if isinstance(part, PicturePart):
                words = await media.described(handed[id(part)], message.text)
                parts.append(TextPart(type="text", text=SAID.format(words=words) + "\n"))
            else:
                parts.append(part)
        messages.append(message.model_copy(update={"content": parts}) if parts else message)
    return asked.model_copy(update={"messages": messages})


def attachment(url: str) -> Attachment:
    """The picture in a data URL. Nothing is fetched from anywhere: who asks could not see what this machine sees.

    Raises:
        BadRequest: it is another URL, or broken.
    """
    found = DATA_URL.match(url)
    if found is None:
        raise BadRequest("image_url: send the picture itself as a data URL (data:image/png;base64,…).", param="messages")
    kind, rest = found[1] or "image/png", url[found.end() :]
    if found[3]:
        return decoded("the picture", kind, rest)
    return Attachment(name="the picture", media_type=kind, content=unquote_to_bytes(rest))
