"""The client of a media service: commissions become requests, its events become steps and works."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import AsyncGenerator

from bot.domain.errors import GeneratorDown, Refusal
from bot.domain.ideas import Features
from bot.messages import File, Progress
from bot.ports import Commission, Made
from bot.words import _
from generators.client.answered import Declined, Json
from generators.client.api import Api
from generators.client.servers import Fixed, Server


class RemoteMaker:
    """Media from our own service, wherever it runs. It does not own the server: who opened that closes it."""

    def __init__(self, server: str | Server, *, token: str = "", timeout_s: float = 600.0) -> None:
        """Connects to nothing yet.

        Args:
            server: the API's base URL ending in /v1, or where it is just now (a `Child`).
            token: bearer token, when `server` is a URL.
            timeout_s: for one commission, waiting included.
        """
        self._api = Api(Fixed(server, token) if isinstance(server, str) else server, timeout_s=timeout_s)

    async def make(self, commission: Commission) -> AsyncGenerator[Progress | Made, None]:
        """See `bot.ports.Maker`."""
        body = asked(commission)
        pieces: defaultdict[int, bytearray] = defaultdict(bytearray)
        try:
            async for event in self._api.stream(f"/media/{commission.modality}", body):
                if event["type"] == "step":
                    yield Progress(doing=str(event["doing"]), done=round(100 * float(event["done"])), total=100)
                elif event["type"] == "piece":
                    pieces[int(event["file"])] += base64.b64decode(event["b64"])
                elif event["type"] == "work":
                    yield made(event, pieces)
                    pieces.clear()
        except Declined as error:
            raise Refusal(error.reason or None) from error
        except (KeyError, TypeError, ValueError) as error:
            raise GeneratorDown(
                _("The media service does not speak Muselab's language. MUSELAB_MEDIA__URL names another `muselab serve`.")
            ) from error

    async def close(self) -> None:
        """Closes the connections."""
        await self._api.close()


def asked(commission: Commission) -> Json:
    """A commission as a request."""
    return {
        "text": commission.text,
        "options": dict(commission.options),
        "count": commission.count,
        "seed": commission.seed,
        "language": commission.language,
        "stream": True,
        "attachments": [
            {"name": file.name, "media_type": file.media_type, "b64_json": base64.b64encode(file.content).decode()}
            for file in commission.attachments
        ],
    }


def made(event: Json, pieces: defaultdict[int, bytearray]) -> Made:
    """A work, its files put together from their pieces."""
    files = tuple(
        File(name=str(file["name"]), media_type=str(file["media_type"]), content=bytes(pieces[place]))
        for place, file in enumerate(event["files"])
    )
    features = Features.of_list(event["features"]) if event.get("features") else None  # None of a service from before them
    return Made(files=files, alt=str(event["alt"]), traits=dict(event["traits"]), facts=dict(event["facts"]), features=features)
