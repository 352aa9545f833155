"""Slack's machine-readable specifications."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tests.data import document


@dataclass(frozen=True, slots=True, kw_only=True)
class Specs:
    """What judges every request, response and event."""

    definitions: dict[str, Any]  #: JSON Schema definitions of arguments, blocks, views, events
    kinds: dict[str, Any]  #: name of a method, event or interaction → its schema
    methods: dict[str, Any]  #: name of a Web API method → arguments, errors, rate tier, scopes
    manifest: dict[str, Any]


#: Methods that came after the pages were read: what they take is what Slack's own client hands over.
NEWER = ("agents.sessions.setStatus", "blocks.validate", "functions.completeError", "functions.completeSuccess")


def of_client(method: str) -> dict[str, Any]:
    """A method as Slack's own client describes it."""
    given = inspect.signature(getattr(AsyncWebClient, method.replace(".", "_"))).parameters.values()
    named = [one for one in given if one.kind is inspect.Parameter.KEYWORD_ONLY]
    args = {one.name: {"required": one.default is inspect.Parameter.empty} for one in named}
    return {"args": args, "rate_limit": None}


@cache
def load() -> Specs:
    """The specifications, read once."""
    protocol = document("slack-protocol.schema.json")
    upload = protocol["definitions"]["FilesGetUploadURLExternalArguments"]
    for part in (upload, *upload.get("allOf", ())):  # the method's own page has it, the types forgot it
        if "filename" in part.get("properties", {}):
            part["properties"]["alt_txt"] = {"type": "string", "maxLength": 1000}
    return Specs(
        definitions=protocol["definitions"],
        kinds=protocol["definitions"]["SlackProtocol"]["properties"],
        methods=document("slack-methods.json") | {method: of_client(method) for method in NEWER},
        manifest=document("slack-manifest.schema.json"),
    )
