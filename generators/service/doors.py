"""Who may ask the service anything: the token, the host that was meant, and nobody by way of a web page."""

from __future__ import annotations

import hmac
import ipaddress
import socket
from collections.abc import Collection
from http import HTTPStatus

from aiohttp import web

from bot.config import ServiceTable
from bot.domain.errors import Misconfigured
from bot.words import _
from generators.service.error_bodies import error_answer

#: Paths that need no token: they tell nothing of what people wrote.
OPEN = frozenset({"/health", "/ready", "/metrics", "/openapi.json"})
JSON, FORM = "application/json", "multipart/form-data"
#: Where OpenAI's clients hand in files as forms.
FORMS = frozenset({"/v1/images/edits", "/v1/images/understand", "/v1/audio/music", "/v1/audio/transcriptions"})


class Door:
    """Lets requests in, or says why not.

    A web page in a browser on this machine reaches loopback too. What it can do without asking first is to post plain text and
    forms, and to have its own name mean this machine (DNS rebinding). So a body is JSON, a form comes from no page, and without
    a token the host that was asked for must be ours.
    """

    def __init__(self, *, token: str = "", hosts: Collection[str] = (), loopback: bool = True) -> None:
        """Settles who is let in.

        Args:
            token: clients must send it; empty: none is asked for.
            hosts: names that clients may ask for beside those of loopback; where there are any, a token changes nothing of that.
            loopback: only this machine reaches the service; else addresses are names of it too, which no page can make its own.
        """
        self._token = token.encode()
        self._hosts = frozenset(host.strip().lower().rstrip(".") for host in hosts)
        self._asks_host = bool(hosts) or not token
        self._loopback = loopback

    def refusal(self, request: web.Request) -> web.Response | None:
        """The answer to who is not let in; None: come in."""
        if self._asks_host and not self._is_ours(request.headers.get("Host", "")):
            message = "This service is not asked by that name. Its host adds names with MUSELAB_SERVICE__HOSTS."
            return error_answer(HTTPStatus.FORBIDDEN, message, kind="permission_error", code="host_not_allowed")
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self._token and request.path not in OPEN and not hmac.compare_digest(bearer.encode("utf-8", "replace"), self._token):
            message = "The token is missing or wrong."
            return error_answer(HTTPStatus.UNAUTHORIZED, message, kind="authentication_error", code="invalid_api_key")
        if request.method == "POST":
            return _body_refusal(request)
        return None

    def _is_ours(self, host: str) -> bool:
        name = name_of(host)
        if name in self._hosts or name == "localhost" or name.endswith(".localhost"):
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not self._loopback


def _body_refusal(request: web.Request) -> web.Response | None:
    """The answer to a body that a page could send unasked, or that nobody here reads."""
    if request.content_type == JSON:
        return None
    if request.content_type != FORM or request.path not in FORMS:
        message = f"The body's Content-Type must be {JSON}" + (f" or {FORM}." if request.path in FORMS else ".")
        return error_answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, code="unsupported_media_type")
    page = request.headers.get("Origin", ""), request.headers.get("Sec-Fetch-Site", "none")
    if page != ("", "none"):
        message = "Forms are not taken from web pages."
        return error_answer(HTTPStatus.FORBIDDEN, message, kind="permission_error", code="origin_not_allowed")
    return None


def name_of(host: str) -> str:
    """The name in a Host header, without its port, and without an IPv6 address's brackets."""
    name = host.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].rstrip(".")


def refuse_open(settings: ServiceTable) -> None:
    """Raises `Misconfigured` where other machines would reach a service that asks for no token, unless that is meant."""
    if is_loopback(settings.host) or settings.token.get_secret_value() or settings.open:
        return
    raise Misconfigured(
        _(
            "On {host} other machines reach the generation service, and it asks for no token. Set MUSELAB_SERVICE__TOKEN to a "
            "long random word, and the same as MUSELAB_GENERATOR__TOKEN where the bot runs; or set MUSELAB_SERVICE__OPEN=true if "
            "everybody in that network may use it."
        ).format(host=settings.host or "0.0.0.0")  # noqa: S104 - that is what no address means
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there; False where the name is not known."""
    try:
        addresses = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM) if host else []
    except OSError:
        return False
    return bool(addresses) and all(ipaddress.ip_address(str(place[4][0]).partition("%")[0]).is_loopback for place in addresses)
