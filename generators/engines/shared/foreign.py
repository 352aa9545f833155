"""Asks another service that speaks OpenAI's paths for pictures and speech. Blocking, for engines in processes of their own."""

from __future__ import annotations

import base64
import json
import os
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot import links
from bot.words import _
from generators.engines.making import Unmakeable
from generators.engines.shared.manners import Manners

TIMEOUT_S = 300.0  # a large model on a busy GPU needs a minute for a picture
MOST = 64 * 2**20  # bytes of an answer; ten pictures of 2048 pixels as text
UNKNOWN = frozenset({400, 422})  # how services answer to fields they do not know
TOKEN = "MUSELAB_MEDIA__FOREIGN_TOKEN"  # in the environment, where secrets are


class Declined(Unmakeable):
    """The service refuses; its message is for people."""

    def __init__(self, status: int, why: str, param: str) -> None:
        super().__init__(_("The media service refuses: {why}").format(why=why))
        self.status, self.why, self.param = status, why, param


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a service is, and which of its models is meant."""

    base: str  #: ends in /v1
    model: str  #: empty: the service's own choice
    manners: Manners = field(default_factory=Manners, compare=False)  #: what it has declined so far

    @classmethod
    def named(cls, text: str) -> Server | None:
        """The service that `http://gpu:8000/v1` names, with a model `http://gpu:8000/v1#flux`; None for other names."""
        if not text.startswith(("http://", "https://")):
            return None
        base, _sign, model = text.partition("#")
        return cls(base=base.rstrip("/"), model=model)

    def told(self, path: str, body: Mapping[str, Any]) -> bytes:
        """The answer to a JSON body.

        Raises:
            Unmakeable: the service refuses, or is not there; the message says which and why.
        """
        fields = {name: value for name, value in body.items() if value not in ("", None)}
        return self._agreed(path, fields, lambda said: self._asked(path, json.dumps(said).encode(), "application/json"))

    def sent(self, path: str, fields: Mapping[str, str], files: Mapping[str, bytes], *, kind: str = "image/png") -> bytes:
        """The answer to a form with files of a media type; raises as above."""
        given = {name: value for name, value in fields.items() if value}
        return self._agreed(path, given, lambda said: self._form(path, said, files, kind))

    def _agreed(self, path: str, fields: Mapping[str, Any], ask: Callable[[Mapping[str, Any]], bytes]) -> bytes:
        """The answer, what the service does not know left out."""
        while True:
            said = self.manners.spoken(path, fields)
            try:
                return ask(said)
            except Declined as error:
                if error.status not in UNKNOWN or not self.manners.learns(path, error.why, error.param, said):
                    raise

    def _form(self, path: str, fields: Mapping[str, Any], files: Mapping[str, bytes], kind: str) -> bytes:
        line = secrets.token_hex(16)
        parts = [
            f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        for name, content in files.items():
            field = name.partition(" ")[0]  # several files of one field have a number behind it
            where = f'form-data; name="{field}"; filename="{name}.{kind.partition("/")[2]}"'
            head = f"Content-Disposition: {where}\r\nContent-Type: {kind}\r\n\r\n"
            parts.append(f"--{line}\r\n{head}".encode() + content + b"\r\n")
        return self._asked(path, b"".join(parts) + f"--{line}--\r\n".encode(), f"multipart/form-data; boundary={line}")

    def _asked(self, path: str, body: bytes, kind: str) -> bytes:
        request = urllib.request.Request(self.base + path, data=body, headers={"Content-Type": kind})  # noqa: S310 - http(s) alone
        if token := os.environ.get(TOKEN):
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - likewise
                content: bytes = answer.read(MOST)
                return content
        except urllib.error.HTTPError as error:
            raise Declined(error.code, *reason(error.read(10_000), error.code)) from error
        except (OSError, ValueError) as error:
            raise Unmakeable(
                _("The media service {url} cannot be reached: {why}").format(
                    url=links.shown(self.base), why=links.reason(error)[:200]
                )
            ) from error


def reason(body: bytes, status: int) -> tuple[str, str]:
    """Why a service refuses, in its own words where it has some; and the field that it names beside them."""
    try:
        answer = json.loads(body)
        error = answer.get("error", answer.get("detail"))
        if isinstance(error, list) and error:  # FastAPI's
            return str(error[0]["msg"])[:300], str(error[0]["loc"][-1])
        if isinstance(error, dict):
            return str(error["message"])[:300], str(error.get("param") or "")
        return str(error or f"HTTP {status}")[:300], ""
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return f"HTTP {status}", ""


def pictures(answer: bytes) -> list[bytes]:
    """The pictures in OpenAI's answer.

    Raises:
        Unmakeable: it is no such answer.
    """
    try:
        texts = [one.get("b64_json") or str(one["url"]).partition("base64,")[2] for one in json.loads(answer)["data"]]
        pictures = [base64.b64decode(text, validate=True) for text in texts]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unmakeable(_("The media service does not answer as OpenAI's would.")) from error
    if not all(pictures) or not pictures:
        raise Unmakeable(_("The media service sent no picture, or only a link to one."))
    return pictures
