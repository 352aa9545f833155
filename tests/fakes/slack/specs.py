"""Slack's machine-readable specifications."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.data import document


@dataclass(frozen=True, slots=True, kw_only=True)
class Specs:
    """What judges every request, response and event."""

    definitions: dict[str, Any]  #: JSON Schema definitions of arguments, blocks, views, events
    kinds: dict[str, Any]  #: name of a method, event or interaction → its schema
    methods: dict[str, Any]  #: name of a Web API method → arguments, errors, rate tier, scopes
    manifest: dict[str, Any]


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
        methods=document("slack-methods.json"),
        manifest=document("slack-manifest.schema.json"),
    )
