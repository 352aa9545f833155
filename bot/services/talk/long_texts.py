"""Texts that are longer than an idea, asked for as a topic: "write a speech", "an invitation for the fair". Rules, no model."""

from __future__ import annotations

import re

_ASK = (
    r"(?:(?:please|can you|could you|would you|help me|i need you to|i want you to|i need|we need|i want|let's|ok|now|and|so|hi|"
    r"what about|how about)[, ]+)*"
)
_WRITE = r"(?:(?:write|draft|compose|prepare|create|make|do|give|word|formulate)(?: me| us)? )?"
#: No post, caption, slogan or description, which are as long as an idea; no play, programme or guide, of which people want ideas.
_TEXT = (
    r"(?:speech|toast|invitation|invite|letter|cover letter|e-?mail|mail|article|essay|report|script|newsletter|press release|"
    r"eulogy|sermon|proposal|lecture|presentation|obituary|statement|contract|c\.?v\.?|resume|job ad|song|lyrics|blog ?post|"
    r"thank[- ]you (?:note|letter)|announcement|biography|bio|rap)"
)
LONG = re.compile(
    rf"{_ASK}{_WRITE}(?!.* in (?:one|a|two) (?:lines?|sentences?)\b)(?P<thing>(?:an?|our|my) "
    rf"(?:(?!(?:for|about|of|to|on|in|with|ideas?|names?|titles?)\b)[\w'-]+ ){{0,3}}?{_TEXT})"
    r"(?:[,.:;!?].*|$| (?:for|to|about|on|of|that|in|at|with|from|by|because|who|which|as)\b.*)",
    re.IGNORECASE | re.DOTALL,
)


def longer(topic: str) -> str:
    """The text that a topic asks for and that no idea can hold: "a speech"; empty where it asks for anything else."""
    match = LONG.fullmatch(" ".join(topic.split()))
    return match["thing"] if match is not None else ""
