"""Where the log goes and what a line of it looks like."""

from __future__ import annotations

import logging
import sys
from io import TextIOWrapper
from pathlib import Path

import structlog

from bot import private
from bot.config import Settings


class PrivateFile(logging.FileHandler):
    """A log that nobody else on the machine can read."""

    def _open(self) -> TextIOWrapper:
        private.file(Path(self.baseFilename))
        return super()._open()


def log_to(settings: Settings, *, quiet: bool, keep: bool = True) -> None:
    """Logs as key=value lines: to stderr, or into a file where a person is reading the screen.

    Args:
        settings: name the folder and the level.
        quiet: not to stderr.
        keep: whether a quiet log is a file; a command that only looks makes none.
    """
    level = getattr(logging, settings.log_level)
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if quiet and not keep:
        handler = logging.NullHandler()
    elif quiet:
        try:
            private.folder(settings.home)
            handler = PrivateFile(settings.home / "muselab.log", encoding="utf-8", delay=True)
        except OSError:
            handler = logging.NullHandler()  # the store will say what is wrong with the folder
    logging.basicConfig(level=level, handlers=[handler], format="%(message)s", force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells every step of every start at INFO
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
