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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LOCALES = ("en", "zh_Hans")  #: languages everything is written in
#: Languages that come of another by conversion, and what OpenCC calls that; its words are those of Taiwan: 软件 becomes 軟體.
CONVERTED = {"zh_Hant": ("zh_Hans", "s2twp")}
#: What OpenCC leaves as it is on the mainland: quotation marks; and a word that it takes for another one.
OF_TAIWAN = str.maketrans("“”‘’", "「」『』")
REPLY = ("回復", "回覆")
FALLBACK = "en"
FOLDER = Path(__file__).parent / "locale"

_current: ContextVar[str] = ContextVar("locale", default=FALLBACK)


def negotiate(locale: str | None) -> str:
    """The locale of ours that fits a platform's tag (`zh-CN`, `en-US`) or an environment's (`zh_CN.UTF-8`) best, else English.

    Chinese is in Simplified characters, unless the tag names a place or a script that has Traditional ones.
    """
    spoken, *more = re.split(r"[-_.@]", (locale or "").strip().lower())
    if spoken != "zh":
        return FALLBACK
    return "zh_Hant" if {"hant", "tw", "hk", "mo"} & {*more} and "hans" not in more else "zh_Hans"


@cache
def catalogue(locale: str) -> _gettext.NullTranslations:
    """The compiled catalogue of one of `LOCALES`, or of `CONVERTED`."""
    written, conversion = CONVERTED.get(locale, (locale, ""))
    source = FOLDER / written / "LC_MESSAGES" / "muselab.po"
    if locale == FALLBACK or not source.exists():
        return _gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with source.open("rb") as file:
        messages = read_po(file, locale=written)
    if conversion:
        _convert(messages, conversion)
    write_mo(compiled, messages)
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


def _convert(messages: Catalog, conversion: str) -> None:
    """Turns every translation into other characters; what stands in Latin letters (placeholders, commands, settings) stays."""
    import opencc

    converting = opencc.OpenCC(conversion).convert

    def convert(text: str) -> str:
        return str(converting(text)).translate(OF_TAIWAN).replace(*REPLY)

    for message in messages:
        if message.id:
            said = message.string
            message.string = convert(said) if isinstance(said, str) else tuple(map(convert, said or ()))


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
    """The locale being spoken now, one of `LOCALES` or of `CONVERTED`."""
    return _current.get()


def _(text: str) -> str:
    """`text` in the language being spoken now."""
    return catalogue(_current.get()).gettext(text) if text else ""


def ngettext(one: str, many: str, n: int) -> str:
    """`one` or `many`, whichever fits `n`, in the language being spoken now."""
    return catalogue(_current.get()).ngettext(one, many, n)


def in_quotes(text: str) -> str:
    """A text between the quotation marks of the language being spoken now: those of Taiwan are of another kind."""
    return f"「{text}」" if language() in CONVERTED else f"“{text}”"


def N_(text: str) -> str:  # noqa: N802 - gettext's own name
    """Marks `text` for translation later with `_`."""
    return text
