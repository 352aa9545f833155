"""The command line's commands that keep a board safe: migrate, backup, restore, move."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import private
from bot.config import Settings
from bot.domain.errors import Refusal
from bot.logs import log_to
from bot.reading import read
from bot.words import _

if TYPE_CHECKING:
    from storage import backup

Block = Callable[[Coroutine[Any, Any, Any]], Any]


def register(app: typer.Typer, block: Block) -> None:
    """Adds the commands; `block` runs them to their end."""
    _register_migrate(app, block)

    @app.command("backup", epilog="Example:  muselab backup /mnt/disk/muselab-2026-11-29.zip")
    def save(file: Annotated[Path, typer.Argument(help="Where to; the file must not be there yet.")]) -> None:
        """Write everything into one file, also while Muselab runs, and read it back to check it."""
        from storage import backup

        settings = settled()
        contents = block(backup.save(places(settings), file))
        print(_("{file}: {said}. It was read back and is whole.").format(file=file, said=said(contents)))

    @app.command("restore", epilog="Example:  muselab restore /mnt/disk/muselab-2026-11-29.zip")
    def restore(file: Annotated[Path, typer.Argument(help="What `muselab backup` wrote.")]) -> None:
        """Put a backup in place, where there is no board yet."""
        from storage import backup

        settings = settled()
        settings.home.mkdir(parents=True, exist_ok=True)
        contents = block(backup.restore(file, places(settings)))
        print(_("Restored: {said}. Start with `muselab run`.").format(said=said(contents)))

    @app.command("move", epilog="Example:  muselab move postgresql://muselab@db/muselab")
    def moved(url: Annotated[str, typer.Argument(help="The URL of an empty database.")]) -> None:
        """Copy the board into another database, such as from SQLite to PostgreSQL. Stop Muselab first."""
        from storage import move, urls

        settings = settled()
        counts = block(move.move(settings.store_url, url))
        print(
            _(
                "{rows} rows were copied and counted. Set MUSELAB_STORE__URL to the new database and start again; the old one is "
                "as it was. Pictures and sounds stay in {folder}."
            ).format(rows=sum(counts.values()), folder=urls.files_at(settings.media_place).where)
        )


def _register_migrate(app: typer.Typer, block: Block) -> None:
    @app.command(epilog="Example:  muselab migrate")
    def migrate() -> None:
        """Bring the database to this version's schema. Back it up first: there is no way back."""
        settings = read()
        log_to(settings, quiet=True)
        private.folder(settings.home)
        from storage import migrate as migrations

        before, after = block(migrations.upgrade(settings.store_url))
        if before == after:
            print(_("The database is up to date (revision {revision}).").format(revision=after))
        else:
            print(_("The database went from {before} to {after}.").format(before=before or _("nothing"), after=after))


def settled() -> Settings:
    """The configuration, with a database that can be kept.

    Raises:
        Refusal: the database is memory.
    """
    settings = read()
    log_to(settings, quiet=True)
    if settings.store_url.strip() == "memory:":
        raise Refusal(_("memory: keeps nothing that could be saved or moved."))
    return settings


def places(settings: Settings) -> backup.Places:
    """Where this installation keeps what it keeps."""
    from bot import wiring
    from storage import backup

    return backup.Places(
        store_url=settings.store_url,
        media=settings.media_place,
        adapters=settings.adapters,
        styles=wiring.styles_folder(settings),
    )


def said(contents: backup.Contents) -> str:
    """What is in a backup, in words."""
    return _("{ideas} ideas, {votes} votes, {files} files, {size} MB").format(
        ideas=contents.rows.get("ideas", 0),
        votes=contents.rows.get("feedback", 0),
        files=contents.files,
        size=round(contents.size / 1e6, 1),
    )
