"""Tries an object store out: whether it is there, and whether files may be written, read and deleted in it."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from bot.words import _
from storage.bucket import Bucket

NAME = "muselab-doctor-"  # and some digits: nobody's file


def tried(url: str) -> tuple[str, bool]:
    """The object store's name, or a sentence on what is wrong with it, and whether all is well. Blocking.

    A small file is written, read and deleted there.

    Raises:
        Misconfigured: see `storage.bucket.Bucket`.
    """
    bucket, name, content = Bucket(url), NAME + secrets.token_hex(8), b"may be deleted"
    steps: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: bucket.write(name, content), _("files cannot be written in {where}: {why}. Allow s3:PutObject there")),
        (lambda: read(bucket, name, content), _("files cannot be read from {where}: {why}. Allow s3:GetObject there")),
        (lambda: bucket.names(), _("files cannot be listed in {where}: {why}. Allow s3:ListBucket, for what a crash has left")),
        (
            lambda: bucket.delete([name]),
            _(
                "files cannot be deleted in {where}: {why}. Allow s3:DeleteObject, as people may have theirs deleted. "
                "A file {name} stays there"
            ),
        ),
    )
    wrong = ""
    for step, say in steps:
        try:
            step()
        except OSError as error:
            wrong = wrong or say.format(where=bucket.where, why=error, name=name)
            if step is steps[0][0]:
                break  # there is nothing to read, and nothing to delete
    return (wrong, False) if wrong else (bucket.where, True)


def read(bucket: Bucket, name: str, content: bytes) -> None:
    """Reads a file that was written just now.

    Raises:
        OSError: it is not there, or is another.
    """
    if bucket.read(name) != content:
        raise OSError(_("what was written does not come back"))
