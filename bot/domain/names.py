"""Names that were taken out of old poems: how one is shown with its verse, and what made it."""

from __future__ import annotations

import re

#: What made such a name, as a version of the model is named. No model is tuned on what another hand wrote.
BORROWED = "names-of-verses"
#: A name and the verse that it comes from, as it is shown: 听松茶舍（李白：高卧听松声）, 清扬（《诗经》：清扬婉兮）.
SHOWN = re.compile(r"(?P<name>[^（）：]{1,10})（[^（）：]{2,8}：[\u3400-\u9fff]{4,8}）")


def shown(name: str, source: str) -> str:
    """A name with where it is from."""
    return f"{name}（{source}）"


def plain(text: str) -> str:
    """A name without its verse; any other text as it is."""
    match = SHOWN.fullmatch(text.strip())
    return match["name"] if match else text.strip()
