"""Files by what is in them, in an object store that speaks S3: one prefix a team, one object a digest. It knows no database.

The same rules hold as in a folder (`storage.media`): an object is there before the row that names it, and goes after the last.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.domain.errors import Misconfigured, Refusal
from bot.domain.ideas import Team
from bot.words import _
from storage.media import LEFTOVER_S, name_of

SCHEME = "s3://"
CONNECT_S, REQUEST_S = 3, 30  # a picture of 20 MB takes seconds; somebody waits, and so do SQLite's other writers
RETRIES, RETRY_S = 2, 10.0  # a passing 503; what takes longer is told
SAID = 200  # characters of what the store says in its refusal
WORDS = frozenset({"endpoint", "region"})


class Bucket:
    """Where the bytes are. Blocking; call it in a thread."""

    def __init__(self, url: str) -> None:
        """Connects to nothing yet.

        Args:
            url: `s3://bucket/prefix`, with `?endpoint=http://minio:9000&region=…` where it is not Amazon's. Keys come from the
                environment, as for every program that speaks S3: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or its role.

        Raises:
            Misconfigured: the URL names no bucket, or the package that is needed is not installed.
        """
        parts = urlsplit(url)
        given = dict(parse_qsl(parts.query))
        if not parts.netloc or not given.keys() <= WORDS:
            raise Misconfigured(
                _(
                    "MUSELAB_STORE__MEDIA cannot be used. Write a folder, or s3://bucket/prefix?endpoint=http://host:9000&region=us-east-1"
                )
            )
        if importlib.util.find_spec("obstore") is None:
            raise Misconfigured(_("Keeping pictures in an object store needs one more package: pip install 'muselab[s3]'"))
        from obstore.store import S3Store

        self.where = f"{SCHEME}{parts.netloc}{parts.path}"  #: in messages
        endpoint = {"endpoint": given["endpoint"]} if "endpoint" in given else {}
        self._store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            region=given.get("region", "us-east-1"),
            virtual_hosted_style_request=not endpoint,
            client_options={
                "allow_http": given.get("endpoint", "").startswith("http:"),
                "connect_timeout": f"{CONNECT_S}s",
                "timeout": f"{REQUEST_S}s",
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_S)},
            **endpoint,  # type: ignore[arg-type]  # a mapping of its own options
        )

    def put(self, team: Team, contents: Mapping[str, bytes]) -> None:
        """Writes files; one that is there becomes young again, so that a sweep that runs now leaves it."""
        for digest, content in contents.items():
            self.write(f"{name_of(team)}/{digest}", content)

    def get(self, team: Team, digest: str) -> bytes | None:
        """The bytes of a file; None when it is not there."""
        return self.read(f"{name_of(team)}/{digest}")

    def missing(self, team: Team, digests: Iterable[str]) -> list[str]:
        """Those of these files that are not there."""
        return [digest for digest in digests if not self._is_there(f"{name_of(team)}/{digest}")]

    def _is_there(self, name: str) -> bool:
        import obstore

        try:
            with as_system_errors():
                obstore.head(self._store, name)
        except FileNotFoundError:
            return False
        return True

    def drop(self, team: Team, digests: Iterable[str]) -> None:
        """Deletes files."""
        names = [f"{name_of(team)}/{digest}" for digest in digests]
        if names:
            self.delete(names)

    def leftovers(self, team: Team, known: frozenset[str]) -> list[str]:
        """Old files that no row names."""
        import obstore

        old = datetime.now(UTC) - timedelta(seconds=LEFTOVER_S)
        with as_system_errors():
            there: list[Any] = [one for some in obstore.list(self._store, prefix=name_of(team)) for one in some]
        names = [(one["path"].rpartition("/")[2], one["last_modified"]) for one in there]
        return [name for name, at in names if name not in known and at < old]

    def names(self) -> list[str]:
        """Some whole names of files that are there."""
        import obstore

        with as_system_errors():
            some: Any = next(iter(obstore.list(self._store)), [])
        return [one["path"] for one in some]

    def delete(self, names: list[str]) -> None:
        """Deletes files by their whole names."""
        import obstore

        with as_system_errors():
            obstore.delete(self._store, names)

    def write(self, name: str, content: bytes) -> None:
        """Writes a file by its whole name."""
        import obstore

        with as_system_errors():
            obstore.put(self._store, name, content)

    def read(self, name: str) -> bytes | None:
        """The bytes of a file by its whole name; None when it is not there."""
        import obstore

        try:
            with as_system_errors():
                return bytes(obstore.get(self._store, name).bytes())
        except FileNotFoundError:
            return None


def saved(url: str, name: str) -> bytes | None:
    """One file, for a backup; None: it went away.

    Raises:
        Refusal: the object store cannot be reached, or refuses.
    """
    bucket = Bucket(url)
    try:
        return bucket.read(name)
    except OSError as error:
        raise Refusal(
            _("Pictures and sounds cannot be read from {folder}: {why}.").format(folder=bucket.where, why=error)
        ) from error


def restored(url: str, name: str, content: bytes) -> None:
    """Writes one file out of a backup.

    Raises:
        Refusal: the object store cannot be reached, or refuses.
    """
    bucket = Bucket(url)
    try:
        bucket.write(name, content)
    except OSError as error:
        raise Refusal(
            _("Pictures and sounds cannot be kept in {folder}: {why}.").format(folder=bucket.where, why=error)
        ) from error


@contextmanager
def as_system_errors() -> Iterator[None]:
    """The object store's errors as the operating system's, each as short as people can read it.

    Raises:
        OSError: it cannot be reached, or refuses.
    """
    from obstore.exceptions import BaseError

    try:
        yield
    except BaseError as error:
        said = str(error).partition("\n")[0].rpartition(" - ")[2].partition(": <")[0]
        raise OSError(said[:SAID].strip().rstrip(".") or type(error).__name__) from error
