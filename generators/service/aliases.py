"""OpenAI's own names for models, which clients send by default: what ours stand in for."""

from __future__ import annotations

import re
from functools import lru_cache

#: By what they make; the first that fits. Answers say which model it was in truth.
ALIASES = {
    "speech": r"tts-1(-.*)?|gpt-[\w.]+(-mini)?-tts(-.*)?",
    "hearing": r"whisper-1|gpt-[\w.]+(-mini)?-transcribe(-.*)?",
    "image": r"dall-e-[23]|gpt-image-.*|chatgpt-image-.*",
    "embedding": r"text-embedding-(3-small|3-large|ada-002)",
    "text": r"chatgpt-.*|gpt-(3\.5|4|5)([o.-].*)?|o[134](-.*)?|babbage-002|davinci-002",
}


@lru_cache(maxsize=64)
def meant(name: str) -> str:
    """What OpenAI's model of this name makes; empty: OpenAI has none of that name."""
    return next((made for made, pattern in ALIASES.items() if re.fullmatch(pattern, name)), "")
