"""The words a person reads, in that person's language: gettext catalogues chosen by a context variable.

`_("…")` translates now, in the language of the call being served; `N_("…")` only marks a text that is translated later.
Catalogues are `bot/locale/<locale>/LC_MESSAGES/muselab.po`; English is the language of the source.
"""

from __future__ import annotations

import gettext as _gettext
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LOCALES = ("en", "zh_Hans")  #: languages everything is written in
FALLBACK = "en"
FOLDER = Path(__file__).parent / "locale"

_current: ContextVar[str] = ContextVar("locale", default=FALLBACK)


def negotiate(locale: str | None) -> str:
    """The locale of ours that fits a platform's tag (`zh-CN`, `en-US`) or an environment's (`zh_CN.UTF-8`) best, else English.

    Who reads Traditional characters is nearer to Simplified ones than to English.
    """
    spoken = re.split(r"[-_.@]", (locale or "").strip().lower(), maxsplit=1)[0]
    return "zh_Hans" if spoken == "zh" else FALLBACK


@cache
def catalogue(locale: str) -> _gettext.NullTranslations:
    """The compiled catalogue of one of `LOCALES`."""
    source = FOLDER / locale / "LC_MESSAGES" / "muselab.po"
    if locale == FALLBACK or not source.exists():
        return _gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


@contextmanager
def speaking(locale: str | None) -> Iterator[None]:
    """Everything translated inside, in this task, is in `locale`."""
    token = _current.set(negotiate(locale))
    try:
        yield
    finally:
        _current.reset(token)


def of_environment() -> str | None:
    """The locale that this process's environment asks for."""
    return os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")


def language() -> str:
    """The locale being spoken now, one of `LOCALES`."""
    return _current.get()


def _(text: str) -> str:
    """`text` in the language being spoken now."""
    return catalogue(_current.get()).gettext(text) if text else ""


def ngettext(one: str, many: str, n: int) -> str:
    """`one` or `many`, whichever fits `n`, in the language being spoken now."""
    return catalogue(_current.get()).ngettext(one, many, n)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name
    """Marks `text` for translation later with `_`."""
    return text
