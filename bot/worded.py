"""Lines that stand for commands of another look: votes on several ideas, and what begins as other bots' commands do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import ModuleType

from bot.domain.feedback import plain_emoji
from bot.messages import ALSO, Key
from bot.services import chinese
from bot.services.talk.amounts import counted
from bot.services.talk.correcting import meant
from bot.services.talk.deeds import Deed
from bot.services.talk.pointing import line, nothing_there
from bot.services.talk.returning import returned
from bot.services.talk.subjects import requested
from bot.services.talk.voting import Vote

BANG = re.compile(r"!(?P<line>[a-z]+\b.*)", re.IGNORECASE | re.DOTALL)
#: How a line begins whose command's name means ideas in Chinese, so that people ask for some with it: /点子 直播间留人的话术.
IDEAS = re.compile(r"/[点點]子(?![\u3400-\u9fff])")
VAGUE = re.compile(  # what names no topic
    r"(?:before|earlier|yesterday|today|last (?:time|week|night|month)|first|previous|old|other|same|beginning|start)",
    re.IGNORECASE,
)
JOINED = re.compile(r"(?:combine|mix|merge|blend|join) (#?\d{1,9}) ?(?:and|&|with|\+) ?(#?\d{1,9})", re.IGNORECASE)  # a remix
_HAN_ONE = r"(?:第?(?:\d{1,3}|[一二三四五六七八九十])(?:个|条|号)?|#\d{1,4})"
#: 1和5合一起, 2+5缝一下试试: a remix of two.
HAN_JOINED = re.compile(
    rf"(?:那|就|把|将|要不|不如|我想|可以)*(?P<one>{_HAN_ONE})(?:和|跟|与|、|\+|＋|加)(?P<other>{_HAN_ONE})(?:能不能|"
    rf"可以|可不可以|要不要|干脆|直接)?"
    r"(?:结合|缝合|合并|混合|融合|组合|合|缝|混|拼|揉|凑|捏)(?:在|成|到)?(?:一起|一下|一个|一块儿?|起来|试试)?(?:吧|啊|"
    r"呢|看看|试试|怎么样|如何)*(?:[,，。！!\s].*)?"
)
VOTED = re.compile(r"(?:(?:up)?vote|like) (?P<idea>#?\d{1,9})", re.IGNORECASE)


def slashed(text: str) -> str:
    """A line that begins as other bots' commands do, with our slash: "!pick 2"; empty for any other."""
    if not (bang := BANG.fullmatch(text)):
        return ""
    liked = VOTED.fullmatch(bang["line"])
    return f"/vote {liked['idea']} up" if liked else f"/{bang['line']}"


def joined(text: str) -> str:
    """The two ideas that a line wants to be mixed, as `/remix` takes them; empty for any other line."""
    if english := JOINED.fullmatch(text):
        return f"{english[1]} {english[2]}"
    match = HAN_JOINED.fullmatch(text)
    ones = [counted(re.sub(r"[第个条号#]", "", match[name]))[0] for name in ("one", "other")] if match else []
    return " ".join(map(str, ones))


def asks_for_ideas(text: str, words: str) -> bool:
    """Whether a line that names the command for an idea of one's own in Chinese asks for ideas; `words`: behind its name."""
    return IDEAS.match(text) is not None and requested(words)


def looked_back(text: str, under: str) -> tuple[str, dict[str, str]] | None:
    """The command and its arguments for who speaks of what was before: of earlier ideas, or of another than was meant."""
    if not under:
        return None
    if topic := returned(text):
        return "board", {"said": "before"} if VAGUE.fullmatch(topic) else {"topic": topic, "said": "back"}
    return ("restore", {"said": text, "under": under}) if meant(text) is not None else None


def votes(several: Sequence[Vote], under: str) -> tuple[Key, dict[str, str]]:
    """The first vote, and the others beside it: "like 2 and 4".

    Raises:
        UnknownIdea: nothing stands there that they could mean.
    """
    refs = [line(Deed("{}", (one.idea,), by_place=one.by_place), under) for one in several]
    if not all(refs):
        raise nothing_there()
    also = " ".join(f"{ref}:{one.says}" for ref, one in zip(refs[1:], several[1:], strict=True))
    return Key(verb="vote", target=refs[0], token=several[0].says), {ALSO: also}


def token(signal: ModuleType, text: str) -> str:
    """The token of a signal that somebody wrote, maybe in another word for it or as its emoji; empty when it is none."""
    word = chinese.simplified(text.strip().casefold()).rstrip("!！.。~～ ")
    plain = plain_emoji(word)
    if word in signal.TOKENS or plain in signal.TOKENS:
        return word if word in signal.TOKENS else plain
    return str(getattr(signal, "WORDS", {}).get(word) or signal.EMOJI.get(plain, ""))
