"""The board in Slack's own forms, out of the same files as anywhere: a canvas of the channel, and a table that can be sorted."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import structlog

from adapters.slack.blocks import Block, context, plain_text
from adapters.slack.places import Where
from adapters.slack.replies import Caught
from adapters.slack.shared import Shared, a_call
from adapters.slack.web import Failed, Web
from bot.messages import Card, Control, Key, Press
from bot.ports import Reply
from bot.words import _, ngettext, speaking

log = structlog.get_logger(__name__)

VERB = "export"
CANVAS, TABLE = "canvas", "table"  # tokens of the two buttons
MOST_ROWS = 100  # of a table, which is a message for everybody; the file has them all
MOST_CHARS = 9000  # of its cells: Slack takes some 13 200 of a whole message
MOST_TEXT = 200  # characters of a cell
PAGE = 10  # rows of a table that are seen at once

#: Columns of the table by those of the file; numbers are sorted as numbers.
COLUMNS: tuple[tuple[str, Callable[[], str], bool], ...] = (
    ("number", lambda: "#", True),
    ("text", lambda: _("Idea"), False),
    ("up", lambda: "👍", True),
    ("down", lambda: "👎", True),
    ("stars", lambda: "⭐", True),
    ("state", lambda: _("State"), False),
)


def offers(where: Where) -> tuple[Control, ...]:
    """Buttons under an exported board. A conversation of one person has no canvas of its own."""
    canvas = Control(key=Key(verb=VERB, token=CANVAS), label=_("Canvas of this channel"), emoji="📝")
    table = Control(key=Key(verb=VERB, token=TABLE), label=_("Table for everybody here"), emoji="📊")
    return (table,) if where.direct else (canvas, table)


class Exports:
    """Serves those buttons."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def pressed(self, web: Web, press: Press, where: Where, reply: Reply) -> None:
        """One of them was pressed."""
        form = "markdown" if press.key.token == CANVAS else "csv"
        who, caught = await self._shared.who(web, press.person.id), Caught()
        call = a_call(press.id, VERB, web, where.channel, press.person.id, who)
        await self._shared.front.call(replace(call, args={"format": form}), caught)
        with speaking(press.locale):
            file = next(iter(caught.card.files), None) if caught.card is not None else None
            if file is None:
                if caught.card is not None:
                    await reply.tell(caught.card)
                return
            text = file.content.decode()
            try:
                said = await (self._canvas if press.key.token == CANVAS else self._table)(web, where, text)
            except Failed as failed:
                log.warning("a board could not be shown in Slack's own form", why=str(failed), needed=failed.needed)
                said = lacking(failed)
            if said:
                await reply.tell(Card(text=said, private=True))

    async def _canvas(self, web: Web, where: Where, text: str) -> str:
        content = {"type": "markdown", "markdown": text}
        await web.call("canvases.create", title=_("Board"), channel_id=where.channel, document_content=content)
        return _("The board is a canvas of this channel now. It stays as it is: what is voted from here on stands on the board.")

    async def _table(self, web: Web, where: Where, text: str) -> str:
        blocks = table(list(csv.DictReader(io.StringIO(text))))
        await web.call("chat.postMessage", **where.addressed, text=_("Board"), blocks=blocks)
        return ""


def table(ideas: list[dict[str, str]]) -> list[Block]:
    """A board as blocks: a table, and how many ideas it leaves out."""
    rows: list[list[dict[str, Any]]] = [[{"type": "raw_text", "text": name()} for _column, name, _sorts in COLUMNS]]
    room = MOST_CHARS
    for idea in ideas[:MOST_ROWS]:
        row = [cell(idea.get(column, ""), number=number) for column, _name, number in COLUMNS]
        room -= sum(len(part["text"]) for part in row)
        if room < 0:
            break
        rows.append(row)
    made: list[Block] = [
        {"type": "data_table", "caption": _("Board"), "page_size": PAGE, "row_header_column_index": 1, "rows": rows}
    ]
    left = len(ideas) - len(rows) + 1
    template = ngettext("{count} more idea is on the board.", "{count} more ideas are on the board.", left)
    return [*made, context(template.format(count=left))] if left else made


def cell(text: str, *, number: bool) -> dict[str, Any]:
    """One cell; Slack refuses an empty one."""
    if number and text:
        return {"type": "raw_number", "value": float(text), "text": f"{float(text):g}"}
    return {"type": "raw_text", "text": plain_text(text or "–", MOST_TEXT)["text"]}


def lacking(failed: Failed) -> str:
    """Why there is none."""
    if failed.error == "missing_scope":
        return _(
            "Muselab lacks the permission “{scope}” in this workspace. Install the app again with it, then ask again."
        ).format(scope=failed.needed)
    return _("Slack does not take the board in this form ({error}). The file has all of it.").format(error=failed.error)
