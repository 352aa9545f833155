"""Pictures in blocks: files that Slack must have, and must have looked through, before a message may show them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.world import Workspace

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack

MAX_ALT = 2000  # characters of what a picture shows


def check(slack: Slack, workspace: Workspace, blocks: Any) -> None:
    """Refuses blocks that the workspace does not take."""
    from tests.fakes.slack.api import Refused

    if not isinstance(blocks, list):
        return
    for block in blocks:
        if block.get("type") in slack.without:
            raise Refused("invalid_blocks")
    found = list(_pictures(blocks))
    for picture in found:
        upload = slack.uploads.get(picture["slack_file"].get("id"))
        if upload is None or upload.team != workspace.id or not upload.title:
            slack.report([f"a block shows {picture['slack_file']}, which is no file of the workspace"])
        if not 1 <= len(picture["alt_text"]) <= MAX_ALT:
            slack.report([f"{len(picture['alt_text'])} characters of what a picture shows"])
    if found and slack.looks_through:
        slack.looks_through -= 1
        raise Refused("invalid_blocks")


def _pictures(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, list):
        for one in part:
            yield from _pictures(one)
    elif isinstance(part, dict):
        if isinstance(part.get("slack_file"), dict):
            yield part
        for value in part.values():
            yield from _pictures(value)
