"""Slack's machine-readable specifications, as they lie beside the repository."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "protocol"


@dataclass(frozen=True, slots=True, kw_only=True)
class Specs:
    """What judges every request, response and event."""

    definitions: dict[str, Any]  #: JSON Schema definitions of arguments, blocks, views, events
    kinds: dict[str, Any]  #: name of a method, event or interaction → its schema
    methods: dict[str, Any]  #: name of a Web API method → arguments, errors, rate tier, scopes
    manifest: dict[str, Any]


@cache
def load() -> Specs:
    """The specifications; the test that asks is skipped where they are not."""
    if not (FOLDER / "slack-protocol.schema.json").exists():
        pytest.skip(f"Slack's specifications are not at {FOLDER}")
    protocol = json.loads((FOLDER / "slack-protocol.schema.json").read_text(encoding="utf-8"))
    upload = protocol["definitions"]["FilesGetUploadURLExternalArguments"]
    for part in (upload, *upload.get("allOf", ())):  # the method's own page has it, the types forgot it
        if "filename" in part.get("properties", {}):
            part["properties"]["alt_txt"] = {"type": "string", "maxLength": 1000}
    return Specs(
        definitions=protocol["definitions"],
        kinds=protocol["definitions"]["SlackProtocol"]["properties"],
        methods={
            file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted((FOLDER / "slack-methods").glob("*.json"))
        },
        manifest=json.loads((FOLDER / "slack-manifest.schema.json").read_text(encoding="utf-8")),
    )
