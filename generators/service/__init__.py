"""The generation service: an OpenAI-compatible HTTP server around one text model and one embedder."""

from __future__ import annotations

from pathlib import Path

from bot.config import MediaTable, ServiceTable


def serve(settings: ServiceTable, *, cache: Path, media: MediaTable | None = None) -> None:
    """Serves until SIGTERM or SIGINT, or, when `settings.tied`, until standard input ends.

    Prints one line on stdout once it listens: `{"listening": "http://127.0.0.1:PORT"}`. Loading goes on behind `/health`.

    Raises:
        Misconfigured: the port is taken, the model does not exist, a package it needs is missing.
    """
    from generators.service.loading import Loading  # here, as importing the package must stay cheap

    loading = Loading()
    if settings.tied:  # a bot's child can always listen: its models load beside a quarter of a second of imports
        loading.begin(settings, cache)
    from generators.service.run import serve as run

    run(settings, cache=cache, media=media or MediaTable(), loading=loading)
