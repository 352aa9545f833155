"""What the next ideas should have or be for, of how they should be: "something with phones" of a style. Rules, no state.

A manner, "funnier", says nothing of what an idea is about, and what is not wanted is dropped where ideas are judged; what is left
draws ideas that speak of it before others.
"""

from __future__ import annotations

import re

from bot.domain.ideas import Prompt
from bot.services.chinese import HAN

BETWEEN = re.compile(r", |，")
#: What is not wanted, or only how much of something.
NOT = re.compile(
    r"(?:no|not|without|nothing|never|less|fewer|avoid|only|just|more|even|much|a (?:bit|little|lot)|bit|too|so|very|"
    r"at most|max|under|"
    r"in (?:one|two|three|five|\d+) words?)\b|不|别|别再|没有|去掉|除了|少|更|再|稍微",
    re.IGNORECASE,
)
#: How a way begins that says what ideas are to have, or whom they are for.
BEGINS = re.compile(
    r"(?:(?:something|anything|ones|ideas|some|maybe|and|or|one|stuff|things) )*(?:with|for|about|in|at|on|that|where|"
    r"which|who|when|to|during|before|after|using|"
    r"around|from|of|involving|made)\b",
    re.IGNORECASE,
)
LEAST_WORDS, LEAST_HAN = 3, 4  # of a way that begins otherwise; a shorter one is a manner: "dry humour"


def wished(prompt: Prompt | None) -> str:
    """What an order's ideas should have or be for; empty where it says nothing of the kind."""
    if prompt is None:
        return ""
    ways = [way.strip() for way in BETWEEN.split(prompt.style) if way.strip()]
    told = [way for way in ways if not NOT.match(way) and _telling(way)]
    return ", ".join([*told, *filter(None, [prompt.option("audience")])])


def _telling(way: str) -> bool:
    if HAN.search(way):
        return len(HAN.findall(way)) >= LEAST_HAN
    return len(way.split()) >= LEAST_WORDS or BEGINS.match(way) is not None
