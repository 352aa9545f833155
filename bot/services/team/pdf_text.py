"""Reads the text out of a PDF, as a program of its own: a file that makes a reader run wild takes nothing else with it.

The file comes on standard input, the text goes to standard output. The exit status is 3 for a file with a password, 4 for one
that cannot be read.
"""

from __future__ import annotations

import io
import logging
import sys

LOCKED, UNREADABLE = 3, 4
MOST_PAGES = 500  # more than what is kept of a team altogether
MEMORY = 2**30  # bytes; a scanned book of 20 MB needs a third of that
SECONDS = 30  # of the processor


def bounded() -> None:
    """Keeps this process within its bounds, where the system knows any."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def extracted(content: bytes) -> tuple[int, str]:
    """The exit status, and the text."""
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return LOCKED, ""
        return 0, "\n\n".join(page.extract_text() for page in list(reader.pages)[:MOST_PAGES])
    except Exception:  # noqa: BLE001 - whatever a damaged file makes a reader do, it is damaged
        return UNREADABLE, ""


def main() -> int:
    """Does it; the exit status."""
    logging.disable(logging.CRITICAL)
    bounded()
    status, text = extracted(sys.stdin.buffer.read())
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    return status


if __name__ == "__main__":
    sys.exit(main())
