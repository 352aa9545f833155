"""Draws pictures that Slack has as one block to leaf through. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.slack.blocks import ELLIPSIS, Block, escaped

CAROUSEL = "carousel"
MAX_CARDS = 10  # of one carousel; Block Kit's own limit, as the next two
MAX_TITLE = 150  # characters of a card's title
MAX_ALT = 2_000  # characters of what a picture shows
MAX_TEXT = 3_900  # as of other messages; see `render`


def carousel(pictures: Sequence[tuple[int, str, str]]) -> Block:
    """A block of pictures, by number, Slack's id of the file, and what it shows.

    Of their text a title has the number alone: it is markup, and what people wrote is not to be.
    """
    return {"type": CAROUSEL, "elements": [_card(*one) for one in pictures[:MAX_CARDS]]}


def _card(number: int, file: str, alt: str) -> Block:
    hero = {"type": "image", "slack_file": {"id": file}, "alt_text": alt[:MAX_ALT] or ELLIPSIS}
    title: dict[str, Any] = {"type": "mrkdwn", "text": f"{number}."[:MAX_TITLE], "verbatim": True}
    return {"type": "card", "hero_image": hero, "title": title}


def spoken(pictures: Sequence[tuple[int, str]]) -> str:
    """What a notification and a screen reader say of the pictures."""
    return escaped("\n".join(f"{number}. {alt}" for number, alt in pictures) or ELLIPSIS, MAX_TEXT)
