"""Words to be sung, told beside what the music is to be like."""

from __future__ import annotations

import re

MOST = 4000  # characters; a ballad of twelve verses
#: “dreamy pop, lyrics: …”, or words that begin with a part's name in brackets, as song models are told them.
MARK = re.compile(r"(?:^|[\s,;.，；。])(?:lyrics|paroles|liedtext|letra|歌词)\s*[:：]\s*", re.IGNORECASE)
PART = re.compile(r"\[(?:verse|chorus|bridge|intro|outro|pre-?chorus|hook)[^\]\n]{0,20}\]", re.IGNORECASE)


def parted(text: str, lyrics: str = "") -> tuple[str, str]:
    """What the music is to be like, and the words to be sung; none: it is music without words.

    Args:
        text: what was asked for; the words may stand at its end, after “lyrics:” or from “[verse]” on.
        lyrics: the words, where they came by themselves.
    """
    if lyrics:
        return text.strip(), lyrics[:MOST].strip()
    found = MARK.search(text) or PART.search(text)
    if found is None:
        return text.strip(), ""
    words = text[found.end() :] if MARK.match(found[0]) else text[found.start() :]
    return text[: found.start()].strip(" ,;.，；。\n"), words[:MOST].strip()
