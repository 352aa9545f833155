"""Whether a line that begins with "idea" or "story" goes on with a text of its own, or with the rest of that noun's phrase."""

from __future__ import annotations

import re

#: Words with which a phrase goes on behind a noun: "idea for …", "story about …", "name tags that …".
CONTINUING = re.compile(
    r"(?:for|about|of|on|with|without|to|from|that|which|who|whose|in|at|by|under|against|per|and|or|but|is|are|was|were|after|"
    r"before|between|into|like|as|than|when|where|how|why|not|me|us|your|ideas?|names?|titles?|slogans?|suggestions?|prompts?|"
    r"themes?|generator|board|boxe?s?|lists?|night|week|day|club|shops?|session|sessions|meeting|workshop|competition|contest)\b",
    re.IGNORECASE,
)
#: How a text of its own begins: an article, somebody's, a name in capitals, a quotation, another script.
STANDING = re.compile(r"(?:(?:an?|the|my|our|we|i|let'?s|one|every|each|no|this|some)\b|[A-Z“\"「『]|[^\x00-\x7f])")


def stands_alone(words: str) -> bool:
    """Whether the words after a noun such as "idea" or "story" are a text of their own, not the rest of that noun's phrase."""
    return STANDING.match(words) is not None and CONTINUING.match(words) is None
