"""A database's own errors become ours here, each as one sentence that says what to do."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.domain.errors import Misconfigured, MuselabError, StoreAway, StoreDown
from bot.links import reason
from bot.words import N_, _

# By the beginning of SQLite's error name (https://www.sqlite.org/rescode.html) or PostgreSQL's SQLSTATE (its manual, appendix A);
# the first that fits is taken.
_SENTENCES = {
    "SQLITE_FULL": N_("The disk is full: the database {where} cannot grow. Free some space; nothing stored is lost."),
    "SQLITE_READONLY": N_("The database {where} is read-only. Make the file and its folder writable for this user."),
    "SQLITE_BUSY": N_("The database {where} is locked by another program. Close that program, or try again in a moment."),
    "SQLITE_LOCKED": N_("The database {where} is locked by another program. Close that program, or try again in a moment."),
    "SQLITE_CANTOPEN": N_("The database {where} cannot be opened. Check that its folder exists and is writable."),
    "SQLITE_NOTADB": N_("The file {where} is not a database. Choose another file for MUSELAB_STORE__URL."),
    "SQLITE_CORRUPT": N_("The database {where} is damaged. Restore it from a backup, or choose another file."),
    "SQLITE_IOERR": N_("The database {where} cannot be read or written: the disk reports an error."),
    "53100": N_("The disk of the database {where} is full. Free some space there; nothing stored is lost."),
    "53300": N_("The database {where} has no connection left. Raise its max_connections, or try again in a moment."),
    "25006": N_("The database {where} is read-only. Point MUSELAB_STORE__URL at the server that takes writes."),
    "28": N_("The database {where} refuses the user name or the password in MUSELAB_STORE__URL."),
    "3D000": N_("The database {where} does not exist. Create it with `createdb`, or correct MUSELAB_STORE__URL."),
    "42501": N_("The user of the database {where} may not do that. Let it create and change tables there."),
    "55P03": N_("The database {where} was locked for too long. Please try again in a moment."),
    "57014": N_("The database {where} took too long to answer. Please try again in a moment."),
    "40": N_("The database {where} was too busy to take this. Please try again in a moment."),
    "57P": N_("The database {where} is restarting. Please try again in a moment."),
    "08": N_("The connection to the database {where} broke. Please try again in a moment."),
}
_SAME_AS = {  # the operating system's word for it, when an SQLite file's folder is made
    errno.ENOSPC: "SQLITE_FULL",
    errno.EACCES: "SQLITE_READONLY",
    errno.EPERM: "SQLITE_READONLY",
    errno.EROFS: "SQLITE_READONLY",
    errno.EEXIST: "SQLITE_CANTOPEN",
    errno.ENOENT: "SQLITE_CANTOPEN",
    errno.ENOTDIR: "SQLITE_CANTOPEN",
    errno.ENAMETOOLONG: "SQLITE_CANTOPEN",
}
_SETTLED = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_NOTADB", "25006", "28", "3D000", "42501")  # waiting mends none of these

#: Waiting a moment mends these: a server restarts, fails over, has no connection left, or two transactions met.
_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "53300", "55P03", "40", "57P", "08")
#: asyncpg's words, without a SQLSTATE, for a connection that broke before it was used; SQLAlchemy goes by the same.
_CLOSED = "connection is closed"


def code_of(error: BaseException) -> str:
    """SQLite's error name or PostgreSQL's SQLSTATE, wherever in the chain of causes it stands; empty when there is none."""
    link: BaseException | None = error
    while link is not None:
        code = getattr(link, "sqlite_errorname", None) or getattr(link, "sqlstate", None)
        if code:
            return str(code)
        if isinstance(link, OSError) and link.errno in _SAME_AS:
            return _SAME_AS[link.errno]
        link = getattr(link, "orig", None) or link.__cause__
    return ""


def fault(error: BaseException, where: str, *, opening: bool = False) -> MuselabError:
    """What to raise for a database's error.

    Args:
        error: the database's, the driver's or the operating system's.
        where: the database, in words a person recognises, without a password.
        opening: nothing works yet; what only a person can mend is then `Misconfigured`.
    """
    code = code_of(error)
    for start, sentence in _SENTENCES.items():
        if code.startswith(start):
            kind = Misconfigured if opening and start in _SETTLED else StoreAway if start in _PASSING else StoreDown
            return kind(_(sentence).format(where=where))
    if isinstance(error, (TimeoutError, PoolTimeout)):
        return StoreDown(_("The database {where} did not answer in time. Please try again in a moment.").format(where=where))
    broken = isinstance(error, ConnectionError) or _CLOSED in str(error)
    if broken or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return StoreAway(_(_SENTENCES["08"]).format(where=where))
    why = str(getattr(error, "orig", None) or error).strip().partition("\n")[0] or type(error).__name__
    return StoreDown(_("The database {where} cannot be used: {why}.").format(where=where, why=why.rstrip(".")))


def ours(error: BaseException, where: str, *, opening: bool = False) -> Exception:
    """As `fault`; for a value that must not be stored, which is the caller's mistake and not the database's, what it raised."""
    if isinstance(error, StatementError) and isinstance(error.orig, ValueError):
        return error.orig
    return fault(error, where, opening=opening)


def unreachable(error: BaseException, where: str) -> MuselabError:
    """What to raise when a server could not be connected to."""
    if code_of(error) and not isinstance(error, OSError):
        return fault(error, where, opening=True)
    if isinstance(error, TimeoutError):
        return StoreAway(_("The database {where} did not answer in time. Please try again in a moment.").format(where=where))
    if isinstance(error, ValueError):  # it would quote what it took for the port, a part of the password perhaps
        return Misconfigured(_("The database {where} cannot be reached: {why}.").format(where=where, why=reason(error)))
    why = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
    return StoreAway(_("The database {where} cannot be reached: {why}.").format(where=where, why=why))


@contextmanager
def translated(where: str, *, opening: bool = False) -> Iterator[None]:
    """Raises our errors for the database's; see `fault`."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise ours(error, where, opening=opening) from error
