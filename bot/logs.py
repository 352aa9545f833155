"""Where the log goes and what a line of it looks like, whoever wrote it: we or a library."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import Processor

from bot import private
from bot.config import Settings

#: What every line has: the fields that hold just now (the brainstorm, the request), how bad it is, and when.
FIELDS: Sequence[Processor] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


class PrivateFile(logging.FileHandler):
    """A log that nobody else on the machine can read."""

    def _open(self) -> TextIOWrapper:
        private.file(Path(self.baseFilename))
        return super()._open()


def log_to(settings: Settings, *, quiet: bool, keep: bool = True) -> None:
    """Logs as key=value lines, or as JSON: to stderr, or into a file where a person is reading the screen.

    Args:
        settings: name the folder, the level and the format.
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
    handler.setFormatter(formatter(settings.log_format))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells every step of every start at INFO
    structlog.configure(
        processors=[*FIELDS, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def formatter(format: str) -> ProcessorFormatter:
    """What makes a line of a record, ours or a library's: "lines" or "json"."""
    lines = structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False) if format == "json" else lines
    return ProcessorFormatter(
        foreign_pre_chain=[*FIELDS, ExtraAdder()],
        processors=[ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, renderer],
    )
