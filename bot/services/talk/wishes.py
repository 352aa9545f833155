"""What a person adds to a topic in words: how many, how they should be, for whom, in which language. Rules, no model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.domain.ideas import MAX_IDEAS
from bot.services.chinese import HAN, simplified
from bot.services.talk.amounts import HAN_DIGITS, HAN_NUMBERS, NUMBERS
from bot.services.talk.followups import FollowUp
from bot.services.talk.manners import DEGREES, HAN_GIVEN, HAN_NOT, PLAINLY
from bot.services.talk.openings import POLITELY, THINGS, opened
from bot.services.talk.subjects import DOING, of_its_own
from bot.services.talk.tongues import LANGUAGES

MOST_WORDS = 30  # a longer limit says nothing of an idea

_NUMBER = rf"\d{{1,3}}|{'|'.join(NUMBERS)}"
#: What is counted in a topic itself: "3 course dinner ideas", "10 year anniversary gifts".
MEASURED = (
    r"(?:course|player|person|people|day|night|week|month|year|hour|minute|second|page|star|part|step|bedroom|room|door|piece|"
    r"word|line|euro|dollar|pound|percent|mile|metre|meter|km|kg|storey|story|seat|wheel|legged|th|st|nd|rd|pm|am|shot|act|pot|"
    r"pan|tray|bowl|man|woman|ingredient|round|sided|tier|string|panel|lane|acre|click|button|handed|off|on)s?\b"
)
#: What a word says of ideas by itself, behind a comma or before the thing that is asked for.
PLAIN = (
    frozenset(
        re.findall(
            r"[\w-]+",
            "short long brief funny simple serious playful elegant minimal modern classic memorable original unusual "
            "concrete catchy silly weird bold dark warm cheap clever witty cute cool friendly formal informal poetic "
            "professional snappy punchy quirky rhyming rhymed romantic scary cheerful happy sad calm dramatic ironic "
            "sarcastic absurd futuristic plain easy practical creative crazy wild fun fancy edgy kid-friendly "
            "family-friendly one-word two-word realistic lowercase alliterative positive hopeful local sustainable "
            "inclusive outdoors indoors outdoor indoor online remote quick healthy vegan vegetarian cosy cozy vintage retro",
        )
    )
    | DEGREES
)
_ADJECTIVE = (
    rf"(?:(?:very|really|quite|not too|not|rather|a bit|super|more) )*(?:{'|'.join(sorted(PLAIN, key=len, reverse=True))})"
)
ADJECTIVES = re.compile(rf"(?:and |but |keep (?:it|them) |make (?:it|them) )*{_ADJECTIVE}(?: ?(?:and|but|or|&) ?{_ADJECTIVE})*")
NOT = re.compile(r"(?:and |but |please )*(?:no|without|avoid|nothing|not|never|don'?t use|only|less|fewer)(?: \S+){1,6}")
LED = re.compile(r"^(?:(?:and|but|please) )+(?=\S)", re.IGNORECASE)  #: before how ideas should be
NOW = re.compile(r" (?:now|this time|instead|please)$", re.IGNORECASE)  #: behind whom they are for
LIMIT = re.compile(
    rf"(?:and |but )?(?:in |of |with )?(?:at most |max(?:imum|\.)? |up to |under |no more than |not more than |just |only )?"
    rf"(?P<words>{_NUMBER})[ -]words?(?: (?:each|max(?:imum)?|at most|or less|or fewer|long|only))*"
)
PRICE = re.compile(
    r"(?:and |but )?(?:for )?(?:under|below|less than|at most|up to|max(?:imum|\.)?|no more than) (?:[£$€¥]\d+|\d+ ?"
    r"(?:euros?|dollars?|bucks|pounds|usd|eur|gbp|yuan|rmb|[£$€¥]))(?: each| per person| a head)?"
)
SPOKEN = re.compile(
    rf"(?:and |but |please |all )*(?:in|into) (?:{'|'.join(f'(?P<{code}>{words})' for code, words in LANGUAGES.items())})"
)
MEANT_FOR = re.compile(r"(?:and |but )?(?:suitable |meant )?(?:for|aimed at|suitable for) (?P<who>(?:\S+ ?){1,5})")
MANY = re.compile(
    rf"(?:and |give me |i need |make it |about )*(?P<count>{_NUMBER})(?: of (?:them|these|each)| options?| {THINGS})?(?: please)?"
)
LEADING = re.compile(
    rf"(?:(?:please |can you |could you )*(?:give|get|show|make|list|write|suggest|find|think of|come up with|i need|i want|"
    rf"we need|i'd like|tell)(?: me| us)? )?(?:about )?(?P<count>{_NUMBER}) (?P<how>(?:{_ADJECTIVE},? (?:and )?)*)"
    rf"(?!{MEASURED})(?P<rest>(?:\S+ ){{0,2}}?{THINGS}\b.*)",
    re.IGNORECASE | re.DOTALL,
)
#: Things that nobody could list, where it is said that so many are to be given: "give me 5 villains for a swamp campaign".
GIVEN = re.compile(
    rf"(?:please |can you |could you )*(?:(?:give|get|show) (?:me|us)|list|suggest|invent|think of|come up with) "
    rf"(?P<count>{_NUMBER}) (?P<how>(?:{_ADJECTIVE},? (?:and )?)*)(?!{MEASURED})"
    r"(?P<rest>(?:[\w-]+ ){0,2}?[\w-]{2,}s (?:for|about|of|from|in|on|at|who|that|to|with) .+)",
    re.IGNORECASE | re.DOTALL,
)
HOW = re.compile(rf"(?P<how>(?:{_ADJECTIVE},? (?:and )?)+)(?P<rest>{THINGS} (?:for|about|of) .+)", re.IGNORECASE | re.DOTALL)
INSIDE = re.compile(rf"(?P<rest>.*\b{THINGS} (?:for|about) .+?) (?P<clause>in (?:{'|'.join(LANGUAGES.values())}))", re.IGNORECASE)

#: What is sold or done is told behind what is needed: "we need a tagline. we sell solar panels to farmers".
NEEDED = re.compile(
    rf"(?:(?:i|we) (?:need|want)|(?:i'm|we're) looking for|give (?:me|us)|write)(?: some| an?| a few| the)? "
    rf"(?P<thing>(?:\S+ )?{THINGS})\s*[.,;:]+\s*"
    r"we (?P<does>sell|make|offer|build|run|repair|teach|are|grow|rent|plan) (?P<rest>.+)",
    re.IGNORECASE | re.DOTALL,
)
PLAIN_IDEAS = re.compile(r"^(?:ideas?|suggestions?) (?:for|about|on) (?=\S+ \S)", re.IGNORECASE)  # which every topic is asked for
BOTH = re.compile(
    r"(?P<many>(?:give me |i need |make it )*\w+ (?:ideas?|names?|options?|slogans?|titles?)) (?:in|of|with) "
    r"(?P<limit>.*\bwords?\b.*)"
)

HEADED = re.compile(
    r"(?:ideas|suggestions|点子|主意|想法|创意|建议)\s*[,，;；:：]\s*(?=\S)", re.IGNORECASE
)  # 三个点子，降低客户流失
FILLERS = frozenset(
    {
        "please",
        "pls",
        "thanks",
        "thank you",
        "many thanks",
        "thanks a lot",
        "thx",
        "cheers",
        "quick",
        "fast",
        "asap",
        "谢谢",
        "谢谢你",
        "快",
        "快点",
        "急",
        "很急",
        "在线等",
    }
)
CLAUSES = re.compile(r"\s*[,;，；。]\s*")

_HAN_COUNT = rf"(?P<count>\d{{1,3}}|[{HAN_DIGITS}]{{1,2}})"
_HAN_THINGS = r"(?:点子|主意|名字|想法|口号|标题|广告语|标语|创意|方案|建议|名称|礼物|活动)"
BARE = re.compile(rf"(?:some |the )?{THINGS}|{_HAN_THINGS}", re.IGNORECASE)
_HAN_MANY = rf"{_HAN_COUNT}\s*(?:[个個]|[条條]|句|[种種]|款|首|[则則])"
HAN_MANY = re.compile(rf"(?<![第\d一二三四五六七八九十])(?P<many>{_HAN_MANY})(?={_HAN_THINGS})")
#: A number alone in its clause, or behind a word that asks; 第三个 and 选一个 say which one.
HAN_ALONE = re.compile(rf"(?:^|(?<=[\s，,。、起想出给給要取]))(?P<many>{_HAN_MANY})(?=[^\w]|$)")

#: Who is asked, and to do what, with how many behind what is wanted: 抽奖奖品想十个, 生日礼物给我推荐三个.
HAN_BEHIND = re.compile(
    rf"(?<=[^\W\d]{{2}})(?<![也多再还都就要又的])(?P<many>(?:给我们?|给|帮我们?|替我们?|请|再|我们?|能不能|都|幫我|給我|給)*(?:推荐|推薦|想|出|起|取|来|來|给|給|列|要|写|寫|整|搞|弄)(?:出|一下)?"
    rf"(?:{_HAN_MANY}|[几幾](?:[个個]|[条條]|句|[种種])))(?=[^\w]|$)"
)
HAN_ASKING = re.compile(r"^(?:请|帮我|给我|帮忙|麻烦|来|想|要|我要|我想要|写|出|起|取)+(?=\s*(?:" + _HAN_THINGS + r"|给|为))")
HAN_HOW = re.compile(
    r"(?:要|都要|尽量|最好|得)?(?:(?:很|更|简|有|幽|搞|文|可|好|响|高|温|严|正|浪|大|古|现|科)?"
    r"(?:短|长|趣|默|笑|艺|爱|记|亮|雅|级|暖|肃|式|漫|胆|风|代|感|洁|单|新颖|诗意|押韵|活泼|实用|便宜|专业|通俗|朗朗上口))(?:一?点儿?|一些|些)?"
)
HAN_LIMIT = re.compile(rf"(?:每[个句条])?(?:不超过|最多|限|至多)?{_HAN_COUNT.replace('count', 'words')}个?字(?:以内|之内|以下)?")
HAN_FOR = re.compile(rf"(?:给|适合|面向|针对)(?!{DOING})" r"(?P<who>[^，。,的看用起取写想做设买选编画]{1,10})(?:看|用|的)?")
HAN_SPOKEN = re.compile(r"(?:要|请)?(?:用|写成|以)?(?:(?P<zh>中文|汉语|普通话)|(?P<en>英文|英语))(?:写|的|来写|回答)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """A topic, and what was said beside it; each is empty where nothing was."""

    topic: str
    count: int | None = None  #: as said; it may be more than can be had at once
    how: tuple[str, ...] = ()  #: in the person's words: "short", "no puns"
    words: int | None = None  #: at most so many in an idea; of Chinese, characters
    audience: str = ""
    language: str = ""  #: "en", "zh"


def wishes(line: str) -> Wishes:
    """What a topic says of the ideas beside what they are for: clauses are read from the end, up to one that is the topic's."""
    text = opened(" ".join(line.split()))
    found: dict[str, Any] = {"how": []}
    clauses = CLAUSES.split(text)
    while len(clauses) > 1 and (not clauses[-1] or _clause(clauses[-1].strip(" .!。！"), found)):
        clauses.pop()
    topic = _kept(text, len(clauses)) if len(clauses) > 1 else clauses[0]
    topic = _begun(topic, found)
    if "count" in found:
        topic = HEADED.sub("", topic, count=1)
    if (match := INSIDE.fullmatch(topic)) and "language" not in found and _clause(match["clause"], found):
        topic = match["rest"]
    if not topic.strip():
        return Wishes(topic=line)
    topic = topic[:1].upper() + topic[1:] if line[:1].isupper() and not topic[:1].isupper() and topic != line else topic
    found["how"] = tuple(reversed(found["how"]))
    if BARE.fullmatch(topic) and "audience" in found:  # "names, for kids": what they are for was said nowhere else
        who = found.pop("audience")
        topic = f"给{who}的{topic}" if HAN.search(topic) else f"{topic} for {who}"
    return Wishes(topic=topic, **found)


def _kept(text: str, clauses: int) -> str:
    """The first clauses of a text, with the signs between them as they were written."""
    ends = [match.start() for match in CLAUSES.finditer(text)]
    return text[: ends[clauses - 1]] if clauses <= len(ends) else text


def _begun(topic: str, found: dict[str, Any]) -> str:
    """The topic without how many are wanted, and without how they should be, where it begins with that."""
    if HAN.search(topic):
        match = HAN_BEHIND.search(topic) or HAN_MANY.search(topic) or HAN_ALONE.search(topic)
        if match and (not match["count"] or _number(match["count"])) and "count" not in found:
            found |= {"count": _number(match["count"])} if match["count"] else {}
            topic = topic[: match.start("many")] + topic[match.end("many") :]
        return HAN_ASKING.sub("", topic, count=1).strip() or topic
    if needed := NEEDED.fullmatch(topic):
        does = (
            "is" if needed["does"].lower() == "are" else needed["does"].lower() + ("es" if needed["does"].endswith("ch") else "s")
        )
        return f"{needed['thing']} for a team that {does} {needed['rest'].rstrip(' .!')}"
    if (polite := POLITELY.fullmatch(topic)) and not LEADING.fullmatch(topic):
        topic = PLAIN_IDEAS.sub("", polite["rest"]).rstrip(" ?")
    match = LEADING.fullmatch(topic) or GIVEN.fullmatch(topic)
    if match and _number(match["count"]):
        found.setdefault("count", _number(match["count"]))
    match = match or HOW.fullmatch(topic)
    if match is None:
        return topic
    found["how"] += [
        part for part in reversed(re.split(r",? and |, | (?=\S)", match["how"].strip(" ,"))) if part and part != "and"
    ]
    return str(match["rest"])


def _clause(text: str, found: dict[str, Any]) -> bool:
    """Reads one clause; whether it says something of the ideas, and nothing of the topic."""
    folded = simplified(text.casefold().replace("’", "'"))
    chinese = bool(HAN.search(text))
    if match := (HAN_SPOKEN if chinese else SPOKEN).fullmatch(folded):
        found.setdefault("language", "zh" if match["zh"] else "en")
    elif (match := (HAN_LIMIT if chinese else LIMIT).fullmatch(folded)) and 0 < (_number(match["words"]) or 0) <= MOST_WORDS:
        found.setdefault("words", _number(match["words"]))
    elif (match := (HAN_ALONE if chinese else MANY).fullmatch(folded)) and _number(match["count"]):
        found.setdefault("count", _number(match["count"]))
    elif any(rule.fullmatch(folded) for rule in ((HAN_HOW, HAN_NOT, HAN_GIVEN) if chinese else (ADJECTIVES, NOT, PRICE))):
        found["how"].append(text if chinese else LED.sub("", text))
    elif (match := (HAN_FOR if chinese else MEANT_FOR).fullmatch(folded)) and "audience" not in found:
        found["audience"] = NOW.sub("", text[match.start("who") : match.end("who")].strip())
    else:
        return folded in FILLERS
    return True


def _number(word: str) -> int | None:
    if word.isdecimal():
        return int(word) or None
    if word in HAN_NUMBERS or word in NUMBERS:
        return HAN_NUMBERS.get(word) or NUMBERS.get(word)
    return 10 + HAN_NUMBERS[word[1]] if len(word) == 2 and word[0] == "十" and word[1] in HAN_NUMBERS else None


def refinement(line: str) -> FollowUp | None:
    """What a line of nothing but wishes wants of the ideas in front of somebody: "10 names, short, for kids"; else None."""
    parts = [] if of_its_own(line) else [part for part in CLAUSES.split(line) if part.strip()]
    if len(parts) == 1 and (match := BOTH.fullmatch(parts[0].strip(" .!").casefold())):
        parts = [match["many"], match["limit"]]  # "10 ideas in 5 words max"
    found: dict[str, Any] = {"how": []}
    first = wishes(parts[0]) if parts else None
    rest = all(_clause(part.strip(" .!。！"), found) for part in parts[1:])
    if first is None or not rest:
        return None
    if _clause(parts[0].strip(" .!。！"), found):
        count = found.get("count")
    elif first.count and BARE.fullmatch(first.topic):
        count = found.get("count") or first.count
        found["how"] += first.how
    else:
        return None
    if len(parts) == 1 and set(found) <= {"how", "audience"} and not found["how"]:
        return None  # "for our shop": what it is for may be all that a topic says
    how = ", ".join(PLAINLY.get(one.casefold(), one) for one in found["how"])
    number = min(count, MAX_IDEAS) if count else None
    return FollowUp(
        count=number, constraint=how, words=found.get("words"), **{name: found.get(name, "") for name in ("audience", "language")}
    )
