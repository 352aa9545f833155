"""Reads the configuration, once at the door: `muselab.toml`, `.env`, the environment; secrets from the environment only.

Nested names take two underscores: `MUSELAB_STORE__URL`. The environment wins over `.env`, `.env` over `muselab.toml`.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from bot.config import FILE, Settings, Table
from bot.domain.errors import Misconfigured
from bot.words import _


def read(**given: Any) -> Settings:
    """Reads the configuration; `given` wins over every source.

    Raises:
        Misconfigured: a file cannot be read, a value is impossible, a name is unknown, or a secret stands in the file.
    """
    refuse_secrets_in(Path(FILE))
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Misconfigured(
            _("The setting “{name}” cannot be used: {why}. (In the environment it is {variable}.)").format(
                name=where, why=first["msg"], variable="MUSELAB_" + where.replace(".", "__").upper()
            )
        ) from error
    except (OSError, tomllib.TOMLDecodeError, ValueError) as error:
        raise Misconfigured(_("The configuration cannot be read: {why}.").format(why=error)) from error


def chat_names(settings: Settings) -> tuple[str, ...]:
    """The chats to serve: those configured, else those whose tokens are set, else the terminal."""
    if settings.chats:
        return settings.chats
    slack = settings.slack.bot_token or settings.slack.client_id
    names = [name for name, there in (("discord", settings.discord.token), ("slack", slack)) if there]
    return tuple(names) or ("terminal",)


def refuse_secrets_in(file: Path) -> None:
    """Raises `Misconfigured` when a secret, or a table or name we do not know, stands in the file."""
    if not file.exists():
        return
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(_("{file} cannot be read: {why}.").format(file=file, why=error)) from error
    for name, table in tables.items():
        if name not in Settings.model_fields:
            raise Misconfigured(_("{file} has an unknown name “{name}”.").format(file=file, name=name))
        kind = Settings.model_fields[name].annotation
        if not (isinstance(table, dict) and isinstance(kind, type) and issubclass(kind, Table)):
            continue
        for key in table:
            if key in kind.model_fields and kind.model_fields[key].annotation is SecretStr:
                variable = f"MUSELAB_{name.upper()}__{key.upper()}"
                raise Misconfigured(
                    _("{file} holds a secret, “{name}.{key}”. Put it into the environment or .env as {variable}.").format(
                        file=file, name=name, key=key, variable=variable
                    )
                )


def colours() -> bool:
    """Whether the person wants colours (https://no-color.org)."""
    return not os.environ.get("NO_COLOR")
