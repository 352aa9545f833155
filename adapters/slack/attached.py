"""Files that come with a message or a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import structlog

from adapters.slack.payloads import Body
from adapters.slack.web import Failed, Web
from bot.domain.errors import Outage
from bot.messages import Upload
from bot.words import _

log = structlog.get_logger(__name__)


def uploads(files: Iterable[Body], web: Web, param: str = "") -> tuple[Upload, ...]:
    """Files as Slack describes them; their bytes are still with Slack.

    Args:
        files: of a message, or of a form's field.
        web: the workspace's.
        param: the field's name.
    """

    def one(file: Body) -> Upload:
        size = int(file.get("size") or 0)

        async def fetch() -> bytes:
            try:
                return await web.download(str(file.get("url_private_download") or file.get("url_private") or ""), size)
            except Failed as failed:
                log.info("a file could not be fetched", why=str(failed), needed=failed.needed)
                raise Outage(_("Slack did not hand over the file. Please try again.")) from failed

        name, kind = str(file.get("name") or ""), str(file.get("mimetype") or "")
        return Upload(name=name, media_type=kind, size=size, fetch=fetch, param=param)

    return tuple(one(file) for file in files if isinstance(file, Mapping))
