"""A board as a file: Markdown or a web page to read, CSV for a spreadsheet, JSON lines for programs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.ideas import Channel, Team
from bot.messages import THUMBNAIL, File
from bot.services.ideas.board import Boards
from bot.services.ideas.board_page import as_html
from bot.services.ideas.formats import FORMATS
from bot.services.ideas.standing import Standing, detailed, facts, named, shared
from bot.services.models.versions import Versions
from bot.words import _

MARKUP, BACKSLASH = re.compile(r"([\\`*_{}\[\]<>()#+!|~])"), r"\\\1"
MOST_SEEN = 300  # small pictures on a page: with about 15 kB each it stays below what Discord takes
COLUMNS = (
    "rank", "number", "text", "score", "up", "down", "points", "stars", "picked", "origin", "written_by", "model", "created_at",
    "state", "reason", "topic", "asked_by", "made_of", "merged", "kind", "files",
)  # fmt: skip


class Exporting:
    """Writes boards."""

    def __init__(self, boards: Boards, versions: Versions) -> None:
        self.boards = boards
        self.versions = versions

    async def board(self, channel: Channel, form: str) -> File:
        """The channel's whole board, what was dropped last. While a version is tried nobody is told which ideas are its own.

        Raises:
            Refusal: there is no such format.
        """
        if form not in FORMATS:
            raise Refusal(_("There is no format “{form}”. There are: {known}.").format(form=form, known=", ".join(FORMATS)))
        standings = await detailed(self.boards.store, channel, await self.boards.all(channel), files=True)
        if any(version.stage == "canary" for version in await self.versions.of(channel.team)):
            standings = [replace(standing, idea=replace(standing.idea, model="")) for standing in standings]
        if form == "html":
            text = as_html(standings, await self._thumbnails(channel.team, standings))
        else:
            text = {"markdown": as_markdown, "csv": as_csv, "jsonl": as_jsonl}[form](standings)
        suffix, media_type = FORMATS[form]
        return File(name=f"board.{suffix}", media_type=media_type, content=text.encode())

    async def _thumbnails(self, team: Team, standings: Sequence[Standing]) -> Mapping[str, bytes]:
        """The small pictures of the first works of a board."""
        store = self.boards.store
        works = [standing.idea.id for standing in standings if standing.idea.modality != "text"][:MOST_SEEN]
        thumbnails: dict[str, bytes] = {}
        for owner, files in (await store.media(team, works)).items():
            small = next((file for file in files if file.name == THUMBNAIL), None)
            content = await store.content(team, small.digest) if small is not None else None
            if content is not None:
                thumbnails[owner] = content
        return thumbnails


def row(rank: int, standing: Standing) -> dict[str, Any]:
    """One idea by column name. People are named by platform and id, as they are kept."""
    idea, tally = standing.idea, standing.tally
    told = idea.origin != "unsigned"
    return {
        "rank": rank,
        "number": idea.number,
        "text": idea.text,
        "score": round(standing.score.mean, 4),
        "up": tally.ups,
        "down": tally.downs,
        "points": tally.points,
        "stars": tally.stars,
        "picked": tally.picked,
        "origin": idea.origin,
        "written_by": named(idea.signed),
        "model": idea.model if told else "",
        "created_at": idea.created_at.isoformat(),
        "state": standing.state,
        "reason": standing.reason,
        "topic": standing.topic,
        "asked_by": named(idea.asker if told else None),
        "made_of": " ".join(f"#{number}" for number in standing.made_of),
        "merged": " ".join(f"#{number}" for number in standing.merged),
        "kind": idea.modality,
        "files": " ".join(standing.files),
    }


def as_markdown(standings: Sequence[Standing]) -> str:
    """A numbered list; text that looks like markup is escaped."""
    lines, common = [f"# {_('Board')}", ""], shared(standings)
    if common:
        lines += [MARKUP.sub(BACKSLASH, _("All of these: {facts}").format(facts=" · ".join(common))), ""]
    for rank, standing in enumerate(standings, start=1):
        text = MARKUP.sub(BACKSLASH, standing.idea.text)
        marks = f"👍 {standing.tally.ups} 👎 {standing.tally.downs}" + (" ✅" if standing.tally.picked else "")
        own = [fact for fact in facts(standing) if fact not in common]
        more = "".join(f" · {MARKUP.sub(BACKSLASH, fact)}" for fact in (f"#{standing.idea.number}", *own))
        lines.append(f"{rank}. {text} — {marks}{more}")
    return "\n".join(lines) + "\n"


def as_csv(standings: Sequence[Standing]) -> str:
    """RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for rank, standing in enumerate(standings, start=1):
        values = row(rank, standing)
        for name in ("text", "reason", "topic"):
            if values[name].startswith(("=", "+", "-", "@")):
                values[name] = "'" + values[name]
        writer.writerow(values)
    return out.getvalue()


def as_jsonl(standings: Sequence[Standing]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(row(rank, s), ensure_ascii=False) + "\n" for rank, s in enumerate(standings, start=1))
