"""Files that come with a message."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from adapters.slack.payloads import Body
from adapters.slack.web import Failed, Web
from bot.domain.errors import Outage
from bot.messages import Upload
from bot.words import _

log = structlog.get_logger(__name__)


def uploads(event: Body, web: Web) -> tuple[Upload, ...]:
    """The files that came with a message; their bytes are still with Slack."""

    def one(file: Body) -> Upload:
        size = int(file.get("size") or 0)

        async def fetch() -> bytes:
            try:
                return await web.download(str(file.get("url_private_download") or file.get("url_private") or ""), size)
            except Failed as failed:
                log.info("a file could not be fetched", why=str(failed), needed=failed.needed)
                raise Outage(_("Slack did not hand over the file. Please try again.")) from failed

        return Upload(name=str(file.get("name") or ""), media_type=str(file.get("mimetype") or ""), size=size, fetch=fetch)

    return tuple(one(file) for file in event.get("files") or () if isinstance(file, Mapping))
