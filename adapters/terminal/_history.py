"""The lines entered in earlier sessions."""

from __future__ import annotations

import os
from pathlib import Path

import structlog
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from bot import private

log = structlog.get_logger(__name__)

HISTORY = "history"


class PrivateHistory(FileHistory):
    """A history that only its owner can read, and that a full disk costs no more than itself."""

    def store_string(self, string: str) -> None:
        """Appends an entered line."""
        try:
            super().store_string(string)
        except OSError as error:
            log.warning("the history could not be written", why=str(error))


def history(home: Path) -> History:
    """The lines entered in earlier sessions; kept for this session only where the folder cannot be written."""
    file = home / HISTORY
    try:
        private.folder(home)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError as error:
        log.warning("there is no history", why=str(error))
        return InMemoryHistory()
    return PrivateHistory(str(file))
