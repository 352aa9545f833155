"""A team's own image style in a folder: one small file of weights a team, and beside it what it was learnt from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot import private
from bot.domain.ideas import Team
from storage.media import name_of

WEIGHTS, NOTE = ".safetensors", ".json"


class StyleFolder:
    """The `Styles` port over a folder. The note is written last, and without it there is no style."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, team: Team, weights: Path, note: Mapping[str, Any]) -> None:
        """See `bot.ports.Styles`."""
        private.folder(self.root)
        self.drop(team)
        weights.replace(self._file(team, WEIGHTS))
        private.close(self._file(team, WEIGHTS))
        draft = private.file(self._file(team, ".part"))
        draft.write_text(json.dumps(note, indent=1, sort_keys=True), encoding="utf-8")
        draft.replace(self._file(team, NOTE))

    def note(self, team: Team) -> Mapping[str, Any] | None:
        """See `bot.ports.Styles`."""
        try:
            note: Mapping[str, Any] = json.loads(self._file(team, NOTE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return note if self._file(team, WEIGHTS).is_file() else None

    def name(self, team: Team) -> str:
        """See `bot.ports.Styles`."""
        return self._file(team, WEIGHTS).name

    def drop(self, team: Team) -> None:
        """See `bot.ports.Styles`."""
        for suffix in (NOTE, WEIGHTS):
            self._file(team, suffix).unlink(missing_ok=True)

    def _file(self, team: Team, suffix: str) -> Path:
        return self.root / (name_of(team) + suffix)
