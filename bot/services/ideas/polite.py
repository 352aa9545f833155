"""What a line says without what is only polite: "could you make it shorter, please" is "make it shorter"."""

from __future__ import annotations

import re
import unicodedata

POLITE = re.compile(
    r"^(?:(?:can|could|would|will|may|please|pls|kindly|hey|ok|okay|yes|hmm+|well|great|nice|thanks|thank you|and|now|then|so|"
    r"let s|lets|i d|i would|i|we|you|us|me|want|need|like to (?:see|have|get)|like (?=more|some|a few)|give|show|get|have|"
    r"do|make (?=more|some|a few)|try (?=more|some|again))(?:,)? )+|"
    r"(?:,? (?:please|pls|thanks|thank you|though|maybe|for me|for us|if you can|if possible))+$"
)
HAN_POLITE = re.compile(
    r"^(?:那么?|请你?|麻烦你?|能不能|能否|可以|可不可以|帮我|给我|我(?:想要|想|要)|再?请|好的?|嗯)+|"
    r"(?:谢谢|好吗|可以吗|行吗|吧|吗|呢|啊|呀|一下|啦)+$"
)


def tidied(line: str) -> str:
    """The line without emoji, quotation marks, closing signs and polite words; small letters."""
    folded = unicodedata.normalize("NFKC", line).casefold()
    plain = "".join(char if unicodedata.category(char)[0] in "LNZ" or char in "#&-,，。'’%+" else " " for char in folded)
    text = re.sub(r"[\s]+", " ", plain.replace("’", "'").replace("#", "")).strip(" ,，。'-")
    return politely(politely(text, POLITE))


def politely(text: str, rule: re.Pattern[str] = HAN_POLITE) -> str:
    """A text without polite words before and behind."""
    before = ""
    while before != text:
        before, text = text, rule.sub("", text).strip(" ,，。")
    return text
