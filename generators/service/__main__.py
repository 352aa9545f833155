"""The generation service as a bot's child: `muselab serve` without its command line, which would cost a start .1 CPU seconds."""

from __future__ import annotations

from bot.reading import read
from bot.starting import begun
from generators.service import serve_settings


def main() -> None:
    """Serves as the environment says."""
    with begun():
        serve_settings(read(), {})


if __name__ == "__main__":
    main()
