"""What people say of the parts of a picture: "add a moon", "bigger wings", 麦穗再大一点. Rules, no model.

Boards are designed from words, so that no part of one can be moved, enlarged, added or taken away; what else a line says can be
done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.services.chinese import HAN, simplified
from bot.services.media import worded
from bot.services.media.changes import Change, change
from bot.services.talk.openings import THINGS
from bot.services.talk.plain import straightened
from bot.words import N_, _

LONGEST = 90  # characters of such a line; what is longer tells a topic
#: What is said of the parts of a board.
STAYING = N_(
    "Parts of a picture cannot be moved, enlarged, added or taken away. What can change are its colours, style, kind, shape and "
    "words: “make it purple”, “as watercolour”, “as a poster”, “square”, “without text”. For another picture: {command}"
)
ANOTHER = N_("/imagine and what it should show")
_ASK = (
    r"(?:(?:please|now|just|maybe|perhaps|and|also|then|ok(?:ay)?|no|yes|hmm|well|but|so)[, ]+|"
    r"(?:can|could|would|will) (?:you|we|u)(?: please| also| just)? |"
    r"(?:let'?s|i want(?: you)? to|i(?:'d| would) like(?: you)? to|we (?:should|could)|try to) )*"
)
_SOME = r"(?:an?|the|some|one|two|three|four|five|six|more|another|a few|several|\d{1,2}|its|his|her|their)"
_THE = r"(?:the|that|this|those|these|its|his|her|their|one|two|three|an?|some|all the|all)"
_SIZE = r"(?:bigger|larger|smaller|longer|shorter|taller|thicker|thinner|rounder|fatter|slimmer|sharper|closer|higher|lower)"
_PLACE = (
    r"(?:next to|beside|besides|on|onto|in|into|to|behind|under|above|over|near|around|at|in front of|between|(?:to the )?left of"
    r"|(?:to the )?right of)"
)
#: Something more in the picture, and where.
ADDED = re.compile(
    rf"{_ASK}(?:(?:add|put|place|insert|include|stick|draw in|paint in)(?: in)?|(?:it|this|that) (?:needs|could use|should have)|"
    rf"give (?:it|him|her|them)|with|there should be) (?P<thing>{_SOME} \S.*?)(?: (?P<place>{_PLACE} \S.*))?"
)
#: More or less of what is there, or in another size.
SIZED = re.compile(
    rf"{_ASK}(?:(?:make|draw|paint|give|with|have|it|them|should have) )*(?:an? |the |much |a bit |way )*"
    rf"(?P<thing>{_SIZE} (?:[a-z-]+ ?){{1,3}}|(?:more|fewer|less) (?:[a-z-]+ )?[a-z-]+s)"
)
OTHERS = (
    re.compile(
        rf"{_ASK}(?:remove|take (?:away|out|off)|delete|erase|get rid of|lose|drop|leave out|hide|cut(?: off| out)?) {_THE} \S.*"
    ),
    re.compile(rf"{_ASK}(?:take|move|push|pull|bring) {_THE} \S.* (?:away|out|off|up|down|back|closer)"),
    re.compile(rf"{_ASK}(?:move|shift|turn|flip|rotate|mirror|raise|lower|swap|push|pull|tilt|bend|centre|center) {_THE} \S.*"),
    re.compile(rf"{_ASK}(?:zoom (?:in|out)(?: .*)?|make {_THE} (?:[a-z-]+ ){{1,3}}(?:{_SIZE}|[a-z-]+))"),
    re.compile(
        rf"{_ASK}{_THE} (?:[a-z-]+ ){{1,3}}(?:should|must|needs to|has to|is|are) (?:be )?(?:too |much )*(?:{_SIZE}|big|small)"
    ),
    re.compile(rf"(?:one|two|an?) (?:[a-z-]+ ){{1,2}}(?:less|more)|without {_THE} \S.*"),
)
#: What is no part of a picture but all of it, or something else that stands there.
WHOLE = re.compile(
    rf"\b(?:pictures?|images?|drawings?|posters?|logos?|mood ?boards?|boards?|ideas?|ones|titles?|topics?|versions?|texts?|words|"
    rf"letters|fonts?|colou?rs?|numbers?|lists?|votes?|channel|poll|{THINGS})\b|"
    r"\b(?:the|this|that|all|first|second|third|last) one\b|\b(?:like|of) (?:this|these|that|those|them)\b"
)
#: What nobody draws bigger or smaller: "bigger profits" is a topic where a picture stands, too.
UNSEEN = re.compile(
    r"\b(?:profits?|sales|bills?|costs?|customers?|clients?|members?|meetings?|audiences?|budgets?|revenues?|savings?|margins?|"
    r"queues?|"
    r"weekends?|hours|days|weeks|months|years|flights?|prices?|salar(?:y|ies)|wages|teams?|companies|businesses|classes|"
    r"tickets?|e-?mails?|"
    r"followers|subscribers|views|clicks|visitors|donations?|donors?|turnout|attendance|deadlines?|waits?|waiting|holidays?|"
    r"breaks?|"
    r"risks?|problems?|mistakes|errors|bugs|delays?|complaints?|debts?|taxes|loans?|goals?|ambitions?|dreams?|impact|growth|"
    r"productivity|efficiency|morale|engagement|traffic|reach|sign-?ups|volunteers?|employees|staff|jobs?|market share)$"
)
CLAUSES = re.compile(r"\s*[,;]\s*(?:and |but )?|\s+(?:and|but|plus)\s+")
_DEGREE = r"(?:大|小|高|低|多|少|粗|细|长|短|胖|瘦|近|远|圆|宽|窄|密|稀)"
#: What all of a Chinese clause fits that speaks of a part, in Simplified characters.
HAN_PART = re.compile(
    r"(?!.*(?:点子|名字|口号|标题|主意|想法|诗|首|[:：]))(?:"
    rf"(?:把|将|让)?[^，,]{{0,8}}?(?:再|更|稍微|稍|有点|可以|能不能|画得?|弄得?|变|改)+{_DEGREE}(?:(?:一?点儿?|一些|些)了?|了)?(?:吧|吗)?|"
    rf"(?:把|将|让)?[^，,]{{0,8}}?(?:太|不够){_DEGREE}了?|"
    r"(?:把|将|让)?[^，,]{1,8}?(?:往|向|移到?|挪到?|放到?|放在|搬到?|靠)(?:左|右|上|下|前|后|中|里|旁|边).{0,4}|"
    r"(?:请|帮我|要|能不能|可以|还)*(?:(?:再|多)+(?:画|加|添|补)?|加|添|补)(?:上|进)?(?:几|一|两|三|四|五|些|点|\d)(?:些|点)?[个只条朵棵盏颗片辆座群匹头位根]?(?:[^，,]{0,6})|"
    r"(?:把|将)?[^，,]{0,8}?(?:去掉|删掉|拿掉|移除|擦掉|抹掉)(?:[^，,]{1,6})?(?:吧|吗)?)"
)
#: Something more in the picture, said of one thing with its measure word: 加个灯笼; or beside what is said of all of it: 加月亮.
_HAN_MEASURE = "[个只条朵棵盏颗片辆座群匹头位根轮把艘束]"
HAN_WORK = re.compile(r"第[一二三四五六1-6][张幅个]")  #: which of the pictures is meant, before what is to be in it
_HAN_ADD = (
    r"(?!.*(?:点子|名字|口号|标题|主意|想法|诗|首|[:：]))(?:第[一二三四1-6][张幅个]图?)?"
    r"(?:请|帮我|再|还|也|要|能不能|可以)*(?:加|添|补)(?:上|进|点|些)?"
)
HAN_ADDED = re.compile(
    rf"{_HAN_ADD}[几一两三四五]?{_HAN_MEASURE}(?P<thing>(?!班|微信|好友|群|会|人|菜|油|薪|需求|功能)[^，,的]{{1,6}}?)(?:进去|上去|吧|吗)*"
)
HAN_ADDED_BESIDE = re.compile(rf"{_HAN_ADD}(?P<thing>(?!.*(?:点|些|色)$)[^，,的]{{1,6}}?)(?:进去|上去|吧|吗)*")
HAN_SIZED = re.compile(rf"(?:把|将|让)?[^，,]{{1,6}}?{_DEGREE}(?:一?点儿?|一些|些)(?P<thing>)")  #: 月亮大一点, beside that
_GONE = r"(?:去掉|去除|删掉|删了|删除|拿掉|拿走|移除|擦掉|抹掉|不要了?|别画了?|不画了?)"
#: A thing that is not to be drawn: 把雨去掉, 不要背景里的山. What is of all of a picture is no thing.
HAN_GONE = re.compile(
    rf"(?:请|帮我|能不能|可以|麻烦)*(?:(?:把|将)?(?P<before>[^，,]{{1,10}}?)(?:都|给|也|全)*{_GONE}|{_GONE}(?P<behind>[^，,]{{1,10}}?))(?:吧|吗|好吗|啊|行吗|行不行|好不好|可以吗)?"
)
#: What only says which one, or where.
HAN_WHICH = re.compile(
    r"^(?:(?:那|这)?(?:[一两三几]?(?:[个只条朵棵盏颗片辆座群匹头位根把些]))|[左右上下前后旁里]面?边?的|[^，,]{1,4}[里上中]的?的?|所有的?)"
)
HAN_ALL = re.compile(r"它|这个?|那个?|第.+|\d+|背景|底色|颜色|边框|文?字|标题|全部?|海报|图片?|画面?|.*(?:点子|名字|个|张|首)")
NOTHING = re.compile(r"no|yes|ok(?:ay)?|hmm|well|please|now|thanks|nice|good|great|cool|wow")  #: clauses that ask for nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What was said of the parts of a picture."""

    thing: str = ""  #: what is to be in it: "a cat", "bigger wings"; empty where something is to go or to move
    place: str = ""  #: where: "next to the cup"
    gone: str = ""  #: in Chinese: what is not to be drawn
    whole: Change | None = None  #: what the same line says of all of it


def parts(line: str) -> Parts | None:
    """What a line says of the parts of a picture; None where it says anything else.

    It means so only where a picture stands there: "add a moon" may be said of names, too.
    """
    if len(line) > LONGEST:
        return None
    return _in_chinese(line) if HAN.search(line) else _in_english(line)


def staying(shown: str = "") -> str:
    """The sentence that the parts of a board stay, and what can be said of it; `shown`: what another picture is of."""
    return _(STAYING).format(command=f"/imagine {shown}" if shown else _(ANOTHER))


def _in_english(line: str) -> Parts | None:
    text = straightened(line.casefold())
    if (said := _part(text)) is not None and " and " not in text:
        return said
    clauses = [clause for clause in CLAUSES.split(text) if clause and not NOTHING.fullmatch(clause)]
    of_all = [one for one in (change(clause, "image") for clause in clauses) if one is not None and not (one.cannot or one.work)]
    of_parts = [one for one in (_part(clause) for clause in clauses if change(clause, "image") is None) if one is not None]
    if not of_parts or len(of_all) + len(of_parts) < len(clauses):
        return said
    options = dict(option for one in of_all for option in one.options)
    return Parts(
        thing=of_parts[0].thing,
        place=of_parts[0].place,
        whole=Change(options=tuple(sorted(options.items()))) if options else None,
    )


def _part(text: str) -> Parts | None:
    if WHOLE.search(text):
        return None
    if (match := SIZED.fullmatch(text)) and match["thing"] == text and UNSEEN.search(text):
        return None
    if match := ADDED.fullmatch(text) or match:
        return Parts(thing=match["thing"].strip(), place=match.groupdict().get("place") or "")
    return Parts() if any(rule.fullmatch(text) for rule in OTHERS) else None


def _in_chinese(line: str) -> Parts | None:
    if change(line, "image") is not None:
        return None
    if gone := _gone(line.strip(" ,，。.!！?？").replace(" ", "")):
        return Parts(gone=gone)
    clauses = [clause for clause in worded.CLAUSE.split(line.strip(" ,，;；、。.!！?？")) if clause]
    of_all = [clause for clause in clauses if change(clause, "image") is not None]
    of_parts = [clause for clause in clauses if clause not in of_all]
    rules = (HAN_ADDED, *((HAN_SIZED, HAN_ADDED_BESIDE) if of_all else ()))
    plain = [simplified(clause).replace(" ", "") for clause in of_parts]
    added = [next((match for rule in rules if (match := rule.fullmatch(clause))), None) for clause in plain]
    if not plain or not all(one or HAN_PART.fullmatch(clause) for one, clause in zip(added, plain, strict=True)):
        return None
    which = next((match[0] for clause in plain if (match := HAN_WORK.match(clause))), "")
    said = change(which + "，".join(of_all), "image") if of_all else None
    thing = next((part[slice(*one.span("thing"))] for one, part in zip(added, of_parts, strict=True) if one), "")
    return Parts(thing=thing, whole=said if said is not None and said.options and not said.cannot else None)


def _gone(text: str) -> str:
    """The thing that all of a line wants away, as it was written; empty where it wants something else, or what is no thing."""
    plain = simplified(text)
    match = HAN_GONE.fullmatch(plain)
    if match is None:
        return ""
    start, end = match.span("before" if match["before"] else "behind")
    start += len(plain[start:end]) - len(HAN_WHICH.sub("", plain[start:end]))
    return "" if HAN_ALL.fullmatch(plain[start:end]) else (text if len(text) == len(plain) else plain)[start:end]
