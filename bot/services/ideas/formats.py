"""The files that a board can be exported as. It imports nothing: the command line lists them before it knows what it will do."""

from __future__ import annotations

#: By name: the suffix, and the media type.
FORMATS = {
    "markdown": ("md", "text/markdown"),
    "csv": ("csv", "text/csv"),
    "jsonl": ("jsonl", "application/x-ndjson"),
    "html": ("html", "text/html"),
}
