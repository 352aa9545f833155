"""What is kept about a person: shown, handed over, deleted."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.ideas import Brainstorm, Idea, Person, Team
from bot.messages import File
from bot.ports import Forgotten, Kept, Medium, Store
from bot.services.ideas.redrawing import Redrawing
from bot.services.team.abroad import Abroad, both
from bot.services.votes.refitting import Tasting

MOST_RUNS = 10_000  # of tuning; a team tunes once an hour at most
MOST_ARCHIVE = 7_000_000  # bytes of files in one archive: Discord takes 10 MB in a message, with the rest of it


class Forgetting:
    """Gives people power over what is kept about them, one team at a time."""

    def __init__(self, store: Store, tasting: Tasting, redrawing: Redrawing, *, abroad: Abroad, runs: Path | None = None) -> None:
        """`runs`: the folder of tuning runs, one folder each; None: nobody tunes here."""
        self.abroad = abroad
        self.runs = runs
        self.store = store
        self.tasting = tasting
        self.redrawing = redrawing

    async def about(self, person: Person, team: Team) -> Kept:
        """Everything kept about a person in a team, and in rounds of others in which they took part from there."""
        return await self.abroad.about(person, team)

    async def export(self, person: Person, team: Team) -> File:
        """The same as a JSON file, in which files are named; their bytes are in `archives`."""
        records = await self.about(person, team)
        content = {
            "person": {"platform": person.platform, "id": person.id},
            "topics": [asked(brainstorm) for brainstorm in records.brainstorms],
            "ideas": [written(idea) for idea in records.ideas],
            "feedback": [
                {"at": vote.at.isoformat(), "idea": vote.idea, "signal": vote.signal, "said": vote.token, "value": vote.value}
                for vote in records.feedback
            ],
            "media": [named(medium) for medium in records.media],
            "material": [
                {"at": one.at.isoformat(), "document": one.name, "part": one.place + 1, "text": one.text}
                for one in records.material
            ],
            "personas": [
                {"at": one.at.isoformat(), "channel": one.channel.id, "name": one.name, "says": one.voice}
                for one in records.personas
            ],
        }
        text = json.dumps(content, ensure_ascii=False, indent=2)
        return File(name="muselab-about-me.json", media_type="application/json", content=text.encode())

    async def archives(self, person: Person, team: Team) -> list[File]:
        """The files they handed in or had made, in as many archives as messages need; none where there are no files."""
        records = await self.store.about(team, person)
        archives: list[File] = []
        for group in grouped(records.media):
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:  # pictures and sounds are small already
                for medium in group:
                    content = await self.store.content(team, medium.digest)
                    if content is not None:
                        archive.writestr(path_of(medium), content)
            name = f"muselab-about-me-{len(archives) + 1}.zip"
            archives.append(File(name=name, media_type="application/zip", content=packed.getvalue()))
        return archives

    async def forget(self, person: Person, team: Team, *, before: datetime | None = None) -> Forgotten:
        """Deletes it, also from the messages that show it; what they asked for until `before` and is not done yet never is."""
        gone = both(await self.store.forget(team, person, before=before), await self.abroad.forget(person, team))
        await self.abroad.deleted(team)
        self.redrawing.soon()
        await self._forget_runs(team)
        return gone

    async def _forget_runs(self, team: Team) -> None:
        """Deletes what interrupted tuning runs of the team were to learn from; such a run gathers it anew.

        A run that somebody works on deletes it at its end.
        """
        if self.runs is None:
            return
        now = self.redrawing.clock()
        for run in await self.store.tunings(team, limit=MOST_RUNS):
            if run.state == "running" and (run.leased_until is None or run.leased_until <= now):
                await asyncio.to_thread(shutil.rmtree, self.runs / run.id, ignore_errors=True)


def asked(brainstorm: Brainstorm) -> dict[str, Any]:
    """A brainstorm they asked for, with everything they said."""
    prompt = brainstorm.prompt
    entry: dict[str, Any] = {"at": brainstorm.created_at.isoformat(), "id": brainstorm.id, "channel": brainstorm.channel.id}
    if prompt is None:
        return entry
    return entry | {
        "topic": prompt.text,
        "count": prompt.count,
        "style": prompt.style,
        "tone": prompt.tone,
        "kind": prompt.kind,
        "language": prompt.language,
        "modality": prompt.modality,
        "operation": prompt.operation,
        "about": list(prompt.about),
        "options": dict(prompt.options),
    }


def written(idea: Idea) -> dict[str, Any]:
    """An idea they wrote."""
    return {
        "at": idea.created_at.isoformat(),
        "id": idea.id,
        "channel": idea.channel.id,
        "number": idea.number,
        "text": idea.text,
        "origin": idea.origin,
    }


def named(medium: Medium) -> dict[str, Any]:
    """A file they handed in or had made."""
    return {
        "at": medium.made_at.isoformat(),
        "of": medium.owner,
        "name": medium.name,
        "media_type": medium.media_type,
        "size": medium.size,
        "shows": medium.alt,
        "file": path_of(medium),
    }


def path_of(medium: Medium) -> str:
    """Where a file is in an archive: names are other programs', and may hold anything."""
    tidy = "".join(char if char.isalnum() or char in "._- " else "_" for char in medium.name).lstrip(".") or "file"
    return f"{medium.owner}/{medium.place}-{tidy[-100:]}"


def grouped(media: Sequence[Medium]) -> Iterator[list[Medium]]:
    """The files in groups that fit an archive each; a larger one is alone."""
    group: list[Medium] = []
    for medium in media:
        if group and sum(one.size for one in group) + medium.size > MOST_ARCHIVE:
            yield group
            group = []
        group.append(medium)
    if group:
        yield group
