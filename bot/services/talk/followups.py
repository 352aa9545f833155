"""What people say of ideas in front of them: "more", "like the second one", "shorter", 用中文. Rules, no model; no store."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.services.chinese import HAN, simplified
from bot.services.talk import amending, complaining, manners, retorts, subjects, ways
from bot.services.talk.amounts import HAN_NUMBER, NOUN, NUMBER, ONE, THESE, amount, named, number
from bot.services.talk.polite import politely, tidied
from bot.services.talk.praising import continued
from bot.services.talk.tongues import HAN_NO_TONGUE, HAN_TONGUE, LANGUAGE, tongue
from bot.services.talk.turning import turned

LONGEST = 120  # characters; what is longer is hardly said of ideas that stand there, and bounds what the rules are tried on


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What is wanted of the ideas in front of somebody: more of them, and how they should be."""

    like: tuple[int, ...] = ()  #: the ideas to be like, 1 = the first shown, -1 = the last; empty: all of them
    by_number: bool = False  #: they were named by the numbers beside them, and not by their places
    constraint: str = ""  #: how they should be, in the person's words
    audience: str = ""  #: whom they should be for, in the person's words
    language: str = ""  #: "en", "zh"; empty: as before
    count: int | None = None  #: how many; None: as many as usual
    words: int | None = None  #: at most so many in an idea; None: as before
    anew: bool = False  #: what was wanted before is not any more
    times: float | None = None  #: so many times as many as there were; None: `count` says it


LIKE = re.compile(
    rf"(?:(?P<count>\d{{1,2}}|{NUMBER}|a few|some|a couple) )?(?:(?:more|ideas|ones|others|another one|something|"
    rf"variations?|versions?|and) )*(?:like|similar to|of|as|along the lines of|close to|in the (?:style|spirit) of)? ?"
    rf"(?P<ones>{ONE}(?:(?: and | or | & | ){ONE})*)(?:(?: but| and| only)? (?P<how>.+))?"
)
COUNTED = re.compile(rf"(?P<count>\d{{1,2}}|{NUMBER}) (?!but |and |only |or |more |like )(?P<how>.+)")  # how many, not which one
BUT = re.compile(r" but (?:\S+ ?){1,8}$")  # "more like 2 but funny": what follows can be nothing but how they should be
NAMES = re.compile(rf"\b(?:{NOUN})\b")  # a line that names what it wants is a topic: "for our shop, names"
_HAN_MANY = (
    r"(?:(?P<count>\d{1,2}|[一二三四五六七八九十两])(?![些点批组轮])|几|一?些|一?点儿?|多)?(?:个|些|条|点|句|款|种|组|"
    r"批|首|篇|副)?"
    r"(?:点子|主意|名字|想法|类似的|别的|不同的|不一样的|其他的|新的|这样的|有新意的)*"
)
HAN_MORE = re.compile(
    rf"换一?批|(?:下|另)一?[批组轮波]|(?:再|多|更|还要|另外|换)(?:来|给(?:我们?|咱们)?|想|出|多|写|要|生成|"
    rf"换)*{_HAN_MANY}|更多(?:的)?(?:点子|主意|名字|想法)?|"
    r"(?:还有没有|还有|有没有)(?:别的|其他的?|更多的?|没有|(?:跟|和)?(?:它|这个?)?(?:类似|差不多|相似|接近)的|"
    r"(?:像)?(?:这样|这种|这类)的)?(?:了|吗)?|继续|接着(?:来|想|写|出)?|(?:都|这些|这几个|全)+不(?:太|怎么|大)?(?:行|好|"
    r"喜欢|满意)|重来(?:一次)?|再来|(?:再|重新)+(?:来|给|想|换|出|写)(?:过)?(?:一?[批组轮]|几个)|换几[个条句]|(?:写|来|"
    r"换)[一1两2]?首"
)
HAN_LIKE = re.compile(
    rf"(?:再|更?多)?(?:来|给|想|要)?{_HAN_MANY.replace('?P<count>', '?P<before>')}"
    rf"(?P<as>更?像|类似于?|按照?|参考|照着?|跟|和|仿照)?"
    rf"(?(as)第?|第) ?{HAN_NUMBER} ?[个句条首款段篇号]?"
    rf"(?(as)(?:一样|那样|差不多|类似|这样)?|(?:一样|那样|类似|这样))(?:的)?(?:再|多)?(?:来|给|想|要|写)?"
    rf"{_HAN_MANY}(?P<how>[，,但].+)?"
)
HAN_THE = re.compile(
    rf"(?:把|将)?第 ?{HAN_NUMBER} ?[个句条首款段篇](?:那样的|这样的|类似的|的风格)?(?:再来|多来|再想)?{_HAN_MANY}"
    rf"(?:[，, ]?(?:但是?|不过|要|再)?(?P<how>.+))?"
)
_HAN_DEGREE = (
    r"(?:(?:要|再|更|稍微|可以)*[^，。,.]{1,6}(?:一点|一些|点儿?|些)|更[^，。,.]{1,8}|"
    r"(?:不要|别|不用|去掉|避免|排除|除了|除去|撇开|不算|加上|加点|少|没那么|不那么)[^，。,.]{1,12}|(?:只|就)要一?句话|"
    r"(?:要|得|最好)(?:能)?(?:押韵|对仗|工整|上口|朗朗上口|有画面感?|有意境|有节奏感?|有[创新]意|有特色|好[记玩]|实用|接地气))"
)
HAN_DEGREE = re.compile(rf"{_HAN_DEGREE}(?:[，、,]{_HAN_DEGREE})*")
HAN_LENGTH = re.compile(rf"(?:要|只要|都要)?{HAN_NUMBER}个?字的")


def follow_up(line: str) -> FollowUp | None:
    """What a line wants of the ideas in front of somebody; None where rules see a topic of its own in it."""
    found = _said(line)
    more = found is not None and found != FollowUp(constraint=found.constraint)
    how = None if more else amending.amended(line, found.constraint if found is not None else "")
    return found if how is None else FollowUp(constraint=how)


def _said(line: str) -> FollowUp | None:
    """The same, of one clause or several that are alike."""
    line = manners.HAN_ENDS.sub("，", simplified(continued(line) or line)) if len(line) <= LONGEST else ""
    text = tidied(line)
    if not text or manners.OCCASION.fullmatch(text) or subjects.of_its_own(line):
        return None
    if manners.WONDERED.fullmatch(line.strip()) and not NAMES.search(text):
        return FollowUp(constraint=text)
    if (told := complaining.wish(line)) is not None and (found := _wished(told, text)) is not None:
        return found
    if (turn := turned(line)) is not None and (found := _turned(turn.how, turn.one, turn.why)) is not None:
        return replace(found, anew=turn.refused)
    if HAN.search(text) and not re.search(r"[a-z]{3}", text):
        return _in_chinese(text)
    found = _with_commas(_in_english(text), text)
    bare = "" if found else tidied(complaining.bare(line))
    return _with_commas(_in_english(bare), bare) if bare else found


def _wished(how: str, line: str) -> FollowUp | None:
    """What is wanted behind what is wrong with the ideas that stand there; None where that is a topic, or nothing is told."""
    said, less = _in_english(tidied(how)) if how else None, complaining.less(line)
    told = complaining.TOLD.search(how) is not None and not less
    if said or told or TOPIC.search(how.casefold()) or len(how.split()) > complaining.WORDS:
        return said
    return FollowUp(constraint=", ".join(filter(None, (less, how)))) if less or how else None


def _turned(how: str, one: str, why: str) -> FollowUp | None:
    """What is wanted in words of somebody's own, maybe like one idea; with a reason only where they say how ideas are to be."""
    said = (_in_english(tidied(how)) if how else None) or (None if why else FollowUp(constraint=how))
    if said is None or (why and said != FollowUp(constraint=said.constraint)):
        return None
    like, by_number = named(one.casefold().replace("#", "")) if one else ((), False)
    return replace(
        said, like=like, by_number=by_number, constraint=f"{said.constraint} because {why}" if why else said.constraint
    )


def _with_commas(found: FollowUp | None, text: str) -> FollowUp | None:
    """How ideas should be, with the commas that were written between: "more characters, weirder"."""
    if found is None or "," not in text or not found.constraint:
        return found
    written = re.search(",? ".join(map(re.escape, found.constraint.split())), text)
    return replace(found, constraint=written[0]) if written else found


def _in_english(text: str) -> FollowUp | None:
    spoken = text.replace(",", " ").replace("  ", " ")
    if (match := ways.MORE.fullmatch(spoken)) or ways.MORE_LIKE.fullmatch(spoken):
        return FollowUp(count=number(match["count"] if match else None))
    head, _but, wish = spoken.partition(" but ")
    if wish and (more := ways.MORE.fullmatch(head)):  # "five more like these but about the sea"
        return FollowUp(count=number(more["count"]), constraint=wish)
    if (many := amount(spoken)) is not None:
        return FollowUp(count=many.count, times=many.times)
    for rule in (ways.SOMETHING, ways.ONES, ways.WHICH):
        if (match := rule.fullmatch(spoken)) and not TOPIC.search(spoken):
            return FollowUp(constraint=manners.PLAINLY.get(match["how"], match["how"]))
    if match := manners.RESEMBLING.fullmatch(spoken):
        return FollowUp(constraint=f"like {match['whom']}")
    if manners.DISLIKED.fullmatch(spoken):
        return FollowUp()
    if match := LANGUAGE.fullmatch(spoken):
        return FollowUp(language=tongue(match))
    if (match := manners.PRAISED.fullmatch(spoken)) and (match["liked"] or match["praise"]):
        how = _wish(match["wish"])
        return _like_this(match["ones"], how if how or match["praise"] else FollowUp(constraint=match["wish"]))
    if match := COUNTED.fullmatch(spoken):
        so = _how(match["how"])
        return replace(so, count=number(match["count"])) if so else None
    if (match := manners.WHAT_IF.fullmatch(spoken)) and not TOPIC.search(spoken):
        return _how(wish := match["how"] or match["all"]) or FollowUp(constraint=wish)
    match = LIKE.fullmatch(spoken)
    return _how(spoken) if match is None else _like(match, spoken)


def _like(match: re.Match[str], spoken: str) -> FollowUp | None:
    """More like one of them, and maybe how; None where what follows is no such thing."""
    how = _wish(match["how"]) if match["how"] else FollowUp()
    if how is None and BUT.search(spoken):
        how = FollowUp(constraint=match["how"])
    found = _like_this(match["ones"], how)
    return found and replace(found, count=number(match["count"]))


def _like_this(ones: str, how: FollowUp | None) -> FollowUp | None:
    like, by_number = named(ones)
    return how and replace(how, like=like, by_number=by_number)


def _wish(text: str) -> FollowUp | None:
    """How others than a named idea should be: "it has to work outdoors", "cheaper"; None where the words are none."""
    if match := manners.MUST.fullmatch(text) or manners.LACKS.fullmatch(text):
        return _how(match["how"]) or FollowUp(constraint=match["how"])
    return _how(text)


#: A word of comparison, what goes with it, and maybe something more: "a bit funnier", "darker names and about the sea".
_WITH = (
    r"(?:a|an|bit|little|touch|lot|much|even|slightly|way|far|still|also|more|less|please|and|but|the|them|these|those|"
    r"ones?)"
)
_DEGREE = "|".join(sorted(manners.DEGREES))
COMPARED = re.compile(
    rf"(?:{_WITH} )*(?:{_DEGREE})(?: (?:{_WITH}|{_DEGREE}|{NOUN}|words?|wording|language|sentences?))*(?: (?:and|but) .+)?"
)
TOPIC = re.compile(rf"\b(?:{NOUN}) (?:for|about|of|that|to) (?!{THESE})")  # a line that says what it wants, and for what


def _how(text: str) -> FollowUp | None:
    """A constraint; None where the words are none by themselves."""
    text = manners.THE_TEXT.sub("", manners.REDONE.sub("", text, count=1), count=1)
    order = ways.MADE.fullmatch(text) or manners.THEY.fullmatch(text) or manners.AGAIN.fullmatch(text)
    text = (
        manners.SOUNDING.sub("", order["how"]) if order else ways.BEGUN.sub("", text, count=1) if ways.BEGUN.match(text) else text
    )
    if match := LANGUAGE.fullmatch(text):
        return FollowUp(language=tongue(match))
    if (match := ways.AUDIENCE.fullmatch(text)) and not NAMES.search(match["who"]):
        return FollowUp(audience=match["who"].removesuffix(" instead").strip())
    if match := manners.TOO.fullmatch(text):
        return FollowUp(constraint=manners.PLAINLY.get(f"too {match['what']}", f"less {match['what']}"))
    if text in manners.PLAINLY:
        return FollowUp(constraint=manners.PLAINLY[text])
    if TOPIC.search(text):
        return None
    if order or COMPARED.fullmatch(text) or (ways.CUES.match(text) and " " in text):
        return FollowUp(constraint=re.sub(r"^(?:what|how) about ", "", text))
    return None


def _in_chinese(text: str) -> FollowUp | None:
    """What one line wants, or each of its clauses."""
    text = text.replace(" ", "").strip("，。,")
    if (liked := retorts.onward(text)) is not None:
        return FollowUp(like=(liked,), count=retorts.so_many(text))
    if match := manners.HAN_PRAISED.fullmatch(text):
        return _like_praised(match)
    first = politely(manners.HAN_CLAUSE.split(text)[0])
    clauses = [clause for one in manners.HAN_CLAUSE.split(text) if not manners.HAN_DULL.fullmatch(clause := politely(one))]
    found = [_clause(clause) for clause in clauses]
    parts = [
        part or FollowUp(constraint=manners.HAN_LACKING.sub(lambda said: "更" if "不够" in said[0] else "不那么", clause))
        for part, clause in zip(found, clauses, strict=True)
        if part or manners.beside(clause, first)
    ]
    sure = (manners.HAN_CLAUSE.search(text) and any(found)) or manners.conditions(clauses)
    return _together(parts) if sure and len(clauses) == len(parts) else _clause(text)


def _clause(text: str) -> FollowUp | None:
    text = manners.HAN_ANY.sub("", text)
    if (many := amount(text)) is not None:
        return FollowUp(count=many.count, times=many.times)
    if match := manners.HAN_VOICE.fullmatch(text):
        return FollowUp(constraint=match["how"])
    if match := LANGUAGE.fullmatch(text):
        return FollowUp(language=tongue(match))
    if match := _of_one(text):
        return _like_han(match)
    if match := HAN_MORE.fullmatch(text):
        return FollowUp(count=number(match.groupdict().get("count")))
    if match := manners.HAN_TOO.fullmatch(text):
        return FollowUp(constraint={"长": "短一点", "短": "长一点"}.get(match["what"], f"不那么{match['what']}"))
    if match := HAN_TONGUE.fullmatch(text):
        return FollowUp(language="zh" if match["zh"] else "en", count=number(match["count"]))
    if match := HAN_NO_TONGUE.fullmatch(text):
        return FollowUp(language="en" if match["en"] else "zh")
    if match := HAN_LENGTH.fullmatch(text):
        return FollowUp(words=number(match["n"]))
    if manners.HAN_KIND.fullmatch(text) or HAN_DEGREE.fullmatch(text):
        return FollowUp(constraint=manners.HAN_EXCEPT.sub("不要", text))
    if match := manners.HAN_AUDIENCE.fullmatch(text):
        return FollowUp(audience=match["who"])
    return None


def _of_one(text: str) -> re.Match[str] | None:
    """The idea that others are to be like, and how; 第3个看不懂 says nothing of others."""
    match = HAN_THE.fullmatch(text)
    how = match["how"] if match is not None else ""
    rules = (HAN_DEGREE, manners.HAN_KIND, HAN_LENGTH, manners.HAN_VOICE, LANGUAGE, manners.HAN_AUDIENCE)
    sure = not how or manners.HAN_CLAUSE.search(text) is not None or any(rule.fullmatch(how) for rule in rules)
    return HAN_LIKE.fullmatch(text) or (match if sure else None)


def _like_han(match: re.Match[str]) -> FollowUp:
    groups = match.groupdict()
    how, like = manners.HAN_BUT.sub("", groups.get("how") or ""), (number(match["n"]) or 1,)
    if asked := LANGUAGE.fullmatch(how):
        return FollowUp(like=like, language=tongue(asked))
    return FollowUp(like=like, constraint=how, count=number(groups.get("count") or groups.get("before")))


def _like_praised(match: re.Match[str]) -> FollowUp | None:
    """Others like an idea that a line praises first, and how: 第二个不错,还有没有类似的. Praise is never a part of how."""
    rest = manners.HAN_BUT.sub("", match["rest"])
    some = manners.HAN_SOME.fullmatch(rest)
    told = FollowUp(constraint=some["how"] or "", count=number(some["count"])) if some else _in_chinese(rest)
    said = told or (None if rest == match["rest"] else FollowUp(constraint=rest))
    return said and replace(said, like=said.like or (number(match["n"]) or 1,))


def _together(parts: Sequence[FollowUp]) -> FollowUp:
    """What several clauses want: each way to be once, and of the rest what was said first."""
    ways = ", ".join(dict.fromkeys(part.constraint for part in parts if part.constraint))
    told = {
        name: next((said for part in parts if (said := getattr(part, name))), getattr(parts[0], name))
        for name in ("like", "audience", "language", "count", "words", "times")
    }
    return FollowUp(constraint=ways, **told)
