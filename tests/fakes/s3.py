"""A local object store that speaks S3, as far as files are written, read, listed and deleted; it checks every signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote
from xml.sax.saxutils import escape, unescape

from aiohttp import web

KEY, SECRET, REGION, BUCKET = "local-key", "local-secret", "eu-local", "muse"
XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/s3/aws4_request, "
    r"SignedHeaders=(?P<names>[^,]+), Signature=(?P<signature>[0-9a-f]{64})"
)
PAGE = 2  # objects in one listing: so few that clients have to ask for the next page


@dataclass
class S3:
    """One bucket."""

    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    port: int = 0
    away: bool = False  #: answers everything with 503
    full: bool = False  #: takes nothing more
    denied: frozenset[str] = frozenset()  #: methods that this key may not use
    heard: list[str] = field(default_factory=list)  #: methods

    @property
    def url(self) -> str:
        """What to settle."""
        return f"s3://{BUCKET}/board?endpoint=http://127.0.0.1:{self.port}&region={REGION}"

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.heard.append(request.method)
        if self.away:
            return refused(503, "SlowDown", "Please reduce your request rate.")
        if wrong := forged(request, body):
            return refused(403, wrong, "The request signature we calculated does not match the signature you provided.")
        bucket, _slash, name = request.match_info["path"].partition("/")
        if bucket != BUCKET:
            return refused(404, "NoSuchBucket", "The specified bucket does not exist")
        if request.method in self.denied and request.method != "POST":
            return refused(403, "AccessDenied", "Access Denied")
        if not name:
            return self._listed(request) if request.method == "GET" else self._deleted(request, body)
        if request.method == "PUT":
            if self.full:
                return refused(507, "XMinioStorageFull", "Storage backend has reached its minimum free drive threshold.")
            self.objects[name] = body, datetime.now(UTC)
            return web.Response(headers={"ETag": etag(body)})
        if request.method == "DELETE":
            self.objects.pop(name, None)
            return web.Response(status=204)
        if name not in self.objects:
            return refused(404, "NoSuchKey", "The specified key does not exist.")
        content, at = self.objects[name]
        return web.Response(
            body=content, headers={"ETag": etag(content), "Last-Modified": at.strftime("%a, %d %b %Y %H:%M:%S GMT")}
        )

    def _listed(self, request: web.Request) -> web.Response:
        prefix, after = request.query.get("prefix", ""), request.query.get("continuation-token", "")
        names = sorted(name for name in self.objects if name.startswith(prefix) and name > after)
        some = names[:PAGE]
        more = f"<NextContinuationToken>{escape(some[-1])}</NextContinuationToken>" if len(names) > PAGE else ""
        rows = "".join(
            f"<Contents><Key>{escape(name)}</Key><LastModified>{self.objects[name][1]:%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
            f"<ETag>{escape(etag(self.objects[name][0]))}</ETag><Size>{len(self.objects[name][0])}</Size></Contents>"
            for name in some
        )
        truncated = "true" if more else "false"
        return xml(
            f"<ListBucketResult {XMLNS}><Name>{BUCKET}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(some)}</KeyCount>"
            f"<MaxKeys>{PAGE}</MaxKeys><IsTruncated>{truncated}</IsTruncated>{more}{rows}</ListBucketResult>"
        )

    def _deleted(self, request: web.Request, body: bytes) -> web.Response:
        if request.headers.get("Content-MD5") != base64.b64encode(hashlib.md5(body).digest()).decode():
            return refused(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
        names = [unescape(name) for name in re.findall(r"<Key>(.*?)</Key>", body.decode())]
        if "POST" in self.denied:  # said of each by itself
            why = "<Code>AccessDenied</Code><Message>Access Denied</Message>"
            errors = "".join(f"<Error><Key>{escape(name)}</Key>{why}</Error>" for name in names)
            return xml(f"<DeleteResult {XMLNS}>{errors}</DeleteResult>")
        for name in names:
            self.objects.pop(name, None)
        rows = "".join(f"<Deleted><Key>{escape(name)}</Key></Deleted>" for name in names)
        return xml(f"<DeleteResult {XMLNS}>{rows}</DeleteResult>")


def forged(request: web.Request, body: bytes) -> str:
    """What is wrong with a request's signature, as an S3 error code; empty where it is right.

    Source: docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    """
    given = SIGNED.fullmatch(request.headers.get("Authorization", ""))
    if given is None or given["key"] != KEY or given["region"] != REGION:
        return "InvalidAccessKeyId"
    hashed = request.headers.get("x-amz-content-sha256", "")
    if hashed not in (hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD"):
        return "XAmzContentSHA256Mismatch"
    query = "&".join(sorted(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in request.query.items()))
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in given["names"].split(";"))
    path = quote(request.path, safe="/-_.~")
    canonical = "\n".join((request.method, path, query, headers, given["names"], hashed))
    scope = f"{given['day']}/{REGION}/s3/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{SECRET}".encode()
    for part in (given["day"], REGION, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signed = "\n".join(("AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, digest))
    right = hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()
    return "" if hmac.compare_digest(right, given["signature"]) else "SignatureDoesNotMatch"


def etag(content: bytes) -> str:
    return f'"{hashlib.md5(content).hexdigest()}"'


def xml(content: str, status: int = 200) -> web.Response:
    return web.Response(status=status, text=f'<?xml version="1.0" encoding="UTF-8"?>{content}', content_type="application/xml")


def refused(status: int, code: str, message: str) -> web.Response:
    return xml(f"<Error><Code>{code}</Code><Message>{message}</Message></Error>", status)


@asynccontextmanager
async def running() -> AsyncIterator[S3]:
    """The object store, until the block is left."""
    store = S3()
    runner = web.AppRunner(store.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    store.port = runner.addresses[0][1]
    try:
        yield store
    finally:
        await runner.cleanup()
