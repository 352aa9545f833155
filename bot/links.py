"""URLs as people may see them: without the user, the password and the keys in them, however odd they are."""

from __future__ import annotations

import re

from bot.words import _

HIDDEN = "…"
_ANOTHER = re.compile(r",\s*(?=[\w+.-]+://)")  # a comma may stand in a password
_END = re.compile(r"[?#]")  # of what tells where; keys come behind it


def shown(urls: str) -> str:
    """One URL, or several with commas between them, with nothing in it but scheme, host, port and path.

    What cannot be told apart from a secret is left out: a password may hold “/”, “?” and “@”, though it should not.
    """
    return ", ".join(_shown(one) for one in _ANOTHER.split(urls.strip()))


def _shown(url: str) -> str:
    scheme, there, rest = url.partition("://")
    if not there:
        scheme, rest = "", url
    where, *more = _END.split(rest, maxsplit=1)
    if more and "@" in more[0]:  # a “?” in a password, or an “@” in a key: nobody knows
        where = HIDDEN
    where = where.rpartition("@")[2]
    return scheme + there + where


def reason(error: BaseException) -> str:
    """Why an address could not be reached, in the words of the library, which quotes a URL that it cannot read whole."""
    if isinstance(error, ValueError):
        return _("it is no URL that can be used; “/”, “?”, “#” and “@” in a password are written %2F, %3F, %23 and %40")
    return str(error) or type(error).__name__
