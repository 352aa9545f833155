"""What people want to choose between, in Chinese: 大家投票选班服颜色：白、藏青、酒红. Rules, no model."""

from __future__ import annotations

import re

from bot.services.chinese import HAN, simplified

LONGEST = 90  # characters of such a line; what is longer tells a topic
MOST = 8  # things to choose between in one line; more are a list, for which there is /import
#: Who calls whom to do what, before the word for a vote.
_BEGIN = (
    r"(?:请|帮我们?|给我们?|麻烦|来|那么?|就|现在|我想|我们|我|咱们|大家|大伙儿?|让|叫|同学们?|同事们?|家长们?|全班|全员|各位|一起|发起|搞|做|弄|开|办|"
    r"进行|组织|举行|[一1]?[个次]|一下|想|要|[，,\s])*"
)
CALL = rf"{_BEGIN}(?:投票|投[一1]?个票|投[一1]?下票?|投[一1]投票?|表决|票选)"
_ITEM = r"[^、/／|;；，,。？?！!：:\s]{1,14}"
_SUBJECT = r"(?!系统|制度|机制|结果)[^、：:]{0,16}?"
#: The call first, what it is about, then what is chosen between.
LISTED = (
    re.compile(rf"{CALL}{_SUBJECT}\s*[：:]\s*(?P<items>{_ITEM}(?:\s*[、/／|;；，,]\s*{_ITEM})+)"),
    re.compile(rf"{CALL}{_SUBJECT}[\s，,]+(?P<items>{_ITEM}(?:\s*[、/／|]\s*{_ITEM})+)"),
    re.compile(
        rf"(?:选|挑|定|决定)[^、：:，,]{{1,8}}?(?:投票|表决|票选)\s*[：:，,\s]\s*(?P<items>{_ITEM}(?:\s*[、/／|]\s*{_ITEM})+)"
    ),
    re.compile(rf"(?P<items>{_ITEM}(?:\s*[、/／|]\s*{_ITEM})+)[\s，,。：:]+{CALL}[^、：:，,]{{0,12}}"),
)
BETWEEN = re.compile(r"\s*[、/／|;；，,]\s*")


def options(line: str) -> tuple[str, ...]:
    """What a line wants people to choose between by a vote, as it was written; empty where it wants no such thing."""
    text = " ".join(line.split()).strip(" .!?。！？～~")
    if len(text) > LONGEST or not HAN.search(text):
        return ()
    plain = simplified(text)
    match = next((match for rule in LISTED if (match := rule.fullmatch(plain))), None)
    if match is None:
        return ()
    written = text if len(text) == len(plain) else plain
    found = tuple(dict.fromkeys(BETWEEN.split(written[slice(*match.span("items"))].strip())))
    return found if 1 < len(found) <= MOST else ()
