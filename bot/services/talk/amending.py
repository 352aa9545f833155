"""What a line has against ideas that stand there, and what its writer meant: "no not the cake! people in the shop". Rules.

A line is cut into clauses. Each refuses something, says that the topic was misread, says what was wanted, or tells a fact; what
comes of it is how the next ideas should be, in words that the rest of the house knows: "no cake, people in the shop".
"""

from __future__ import annotations

import re

from bot.services.chinese import HAN, simplified
from bot.services.talk.amounts import COUNTED_ONE
from bot.services.talk.plain import straightened

LONGEST = 140  # characters of such a line; what is longer tells a topic
MOST = 6  # clauses
BESIDE = 6  # words, or twice as many Chinese characters, that go on with what was wanted: "for kids, ages 6 to 9"
SEVERAL = re.compile(r"[,.;!?，。！？]\s*\w")  #: clauses
WHOLE = 0.6  # of a line, from which what was made out of it is all of it
FACT = 60  # characters of a fact that is kept; a longer one is a tale
_LED = (
    r"(?:(?:no+|nope|nah|sorry|hm+|ugh|argh|oh|ok|okay|well|but|and|so|lol|lmao|haha+|hey|wait|please|pls|yes|yeah|"
    r"actually|also|meh|erm?|um+|"
    r"omg|again|come on|guys|i think|honestly|to be clear|hang on|hold on|thanks|thank you|nice try|eh|btw|fyi|just|"
    r"still|look|man|dude)[,!. ]+)*"
)
_THE = r"(?:(?:the|any|these|those|all|another|more|that|your|some|a|an|this|even|only|just|always|yet) )*"
_WHAT = r"(?P<what>[^\W\d][\w'&-]*(?: (?!that\b|because\b|we\b|i\b)[\w'&-]+){0,4}?)"
_ENDS = (
    r"(?:(?:,| )*(?:again|please|pls|ideas?|things?|stuff|ones?|anymore|any more|at all|this time|thanks|here|tho|though|"
    r"lol|in it|in there|all the time|every time))*"
)
_BARE = (
    r"(?!(?:that|this|these|those|it|them|sure|bad|idea|good|great|so|really|quite|one|number|option|thanks?|problem|way|"
    r"worries|the|me|us|yet|now|again|enough|too|very|more|much|clue|wait|pressure)\b)"
)
_ONE = rf"(?!(?:number |no |#|idea |option )?(?:{COUNTED_ONE})\b)"
REFUSED = re.compile(
    rf"{_LED}(?:not|no|no more|not more|without|(?:that s |that is )?enough (?:of|with)|stop (?:it )?(?:with )?|"
    rf"leave out|skip|forget(?: about)?|drop|anything but|nothing (?:about|with|like)|avoid|"
    rf"(?:i|we)? ?(?:do not|don t|dont|never) (?:want|need|use|like|do|have|sell|allow)|not about|"
    rf"please no) {_THE}{_BARE}{_ONE}{_WHAT}{_ENDS}"
)
_DONE = r"(?:do|did|done|have|had|tried|try|use|used|sell|run|ran|got|offer|make|made|been doing|are doing)"
_BEFORE = (
    r"(?:already|before|last (?:year|month|week|time|summer|spring|autumn|winter)|for years|every (?:year|week|month)|twice|"
    r"once|to death)"
)
ALREADY = re.compile(
    rf"{_LED}(?:we|i|they|everyone|everybody) (?:(?:(?:ve|have|has|already|always|literally|also|all|"
    rf"just) )+{_DONE}(?: already)?|tried|did) {_THE}{_BARE}{_WHAT}"
    rf"(?: {_BEFORE})*|{_LED}(?:we|i|they) (?:also |"
    rf"all )?{_DONE} {_THE}{_BARE}(?P<done>[^\W\d][\w'&-]*(?: [\w'&-]+){{0,4}}?)(?: {_BEFORE})+"
)
USELESS = re.compile(
    rf"{_LED}{_THE}{_BARE}{_ONE}(?!(?:we|i|you|they|he|she|there|here)\b){_WHAT} (?:is|are|s|re|was|would be|isn t|"
    rf"aren t|won t be) (?:(?:really|just|simply|also|all|"
    rf"so|of) )*(?:no use|useless|not an option|no option|no good|impossible|not possible|possible|a no[ -]go|"
    rf"not allowed|allowed|banned|forbidden|off the table|off limits|out of the question|nothing for us|not for us|"
    rf"too (?:expensive|dear|much|far|loud|dangerous|risky)|illegal|an option|any use)(?: (?:to|for|at|in|"
    rf"with) .{{1,25}})?"
)
MISREAD = re.compile(
    rf"{_LED}(?:(?:(?:that|this|these|those|they|it|all of (?:these|them|this)|half of (?:these|them)|most of (?:these|"
    rf"them)|none of (?:these|this|them)|(?:these |those |the )?ideas)(?: all)? "
    rf"(?:has|have|had|got) (?:absolutely |really |literally )?(?:nothing|zero|little) to do with (?P<what>.{{2,40}}?))|"
    r"(?:(?:that|this|these|they|it|you|youre|all)(?: all)?(?: s| re| is| are| was| were| went| has gone)?(?: all|"
    r" totally| completely| way| a bit| so| kind of)* )?(?:off[ -]?topic|way off|wrong topic|the wrong topic|"
    r"beside the point|"
    r"off track|miles off|off the mark|on the wrong track)|(?:(?:that|this|these|it|they)(?: s| re| is| are| was|"
    r" were)? ?(?:not|n t|isn t|aren t|wasn t|weren t)|not)(?: at all| really| quite| exactly)* "
    r"(?:what (?:i|we) (?:meant|mean|asked(?: for| about)?|wanted?|need(?:ed)?|had in mind|was (?:asking|after|"
    r"looking for))|about (?P<about>.{2,40}?)|it|right)|"
    r"(?:i think |maybe )?you (?:(?:ve |have |totally |completely )*(?:misunderstood|misread|missed the point|got (?:it|"
    r"me|that) wrong|lost me|didn t get (?:it|me|the point)|don t get it))(?: me| it| the point| the question)?|"
    r"(?:wrong|misunderstanding|read (?:it|the question|that) again|re-?read (?:it|the question)|not even close|"
    r"what(?: the hell| on earth)?(?: is this| are these)?)|"
    r"(?:that|these|they)(?: s| is| are| re) (?:all )?(?:for|about) (?P<other>.{2,40}?))(?: 😅| lol| haha| sorry)*"
)
WANTED = re.compile(
    rf"{_LED}(?:(?:i|we)(?: am| are| was| were| m| re| d| ve| have| would| really| just| actually| only|"
    rf" all)* (?:want(?:ed)?|need(?:ed)?|meant?|said|asked for|asked about|ask about|ask for|asked|asking(?: for|"
    rf" about)?|(?:looking|hoping|searching) for|after|"
    r"talking about|thinking of|interested in|prefer|rather have|like)(?: to have| to get| like)?|(?:it|this|that|"
    r"the (?:question|topic|point|idea|problem|thing|party|event|shop|one))(?: s| is| was)(?: all| only| really| just|"
    r" meant| supposed to be)* (?:about|for|to|how|that)|"
    r"(?:more|rather|instead|better|just|only|it should be|they should be|think(?: more)?(?: of| about| like)?|focus on|"
    r"stick to|keep it to|keep to|make it|something|give (?:me|us)|try|how about|"
    r"what about)) (?P<what>.{3,90}?)(?: instead| please| pls| this time| i said)*"
)
SAID = re.compile(rf"{_LED}(?P<what>.{{3,60}}?),? (?:i|we) (?:said|meant|asked)")
FACTS = re.compile(
    rf"{_LED}(?P<what>(?:we|i|our|my|there|they|he|she|it|the (?:kids|children|people|team|boss|budget|room|party|event|"
    rf"guests?|school|place|venue|shop|customers?|[a-z]+)|everyone|everybody|nobody|no one|half of|most of|some of|"
    rf"people|kids)"
    r"(?: |'|s )(?:\S+ ?)+)"
)
AGAIN = re.compile(
    rf"{_LED}(?:something (?:else|different|new|better)|(?:some |any )?(?:others?|other ideas?|other ones|"
    rf"different (?:ones|ideas)|new ones|fresh ones)|(?:try|once|do it|go) (?:again|more)|again|another (?:go|round|"
    rf"try)|more|next|redo|start over|anything else|"
    r"(?:got|have you(?: got)?|give (?:me|us)|any|do you have) (?:anything|something|others?|other ideas?|any others?|"
    r"more) ?(?:else)?)(?: please| pls| thanks)*"
)
#: How a clause begins that asks for something.
OPEN = re.compile(
    r"(?:(?:and|but|so|ok|now|please|can|could|would) )*(?:you|how|what|who|when|where|why|draw|make|write|add|put|names?|"
    r"ideas|a poem|a poster|a logo|a song)\b"
)
BEGUN = re.compile(r"^(?:something|the|a|an|any|these|those|all) ", re.IGNORECASE)
CLAUSES = re.compile(r"\s*[.!?;…]+\s*|\s*,\s+|\s+[–—-]\s+|\s+(?=but\b|instead\b)|\s*\n\s*")
SIGNS = re.compile(r"[^\w\s'&%£$€-]")


def amended(line: str, told: str = "") -> str | None:
    """How the next ideas should be by a line that refuses something or finds something misread, maybe not told; else None.

    Args:
        line: as typed.
        told: how they should be by simpler rules, which know better unless they take all of a line of several clauses.
    """
    if len(line) > LONGEST or (told and (len(told) < WHOLE * len(line.strip()) or SEVERAL.search(line) is None)):
        return None
    if HAN.search(line):
        return _in_chinese(simplified(line))
    clauses = [clause.strip(" ,") for clause in CLAUSES.split(straightened(line)) if clause.strip(" ,")]
    parts: list[str] = []
    against = False
    for clause in clauses if len(clauses) <= MOST else ():
        said = _clause(clause) or _beside(clause, against=against, beside=bool(parts))
        if said is None:
            return None
        how, sign = said
        against = against or sign
        parts += [how] if how else []
    return ", ".join(dict.fromkeys(parts)) if against else None


def _beside(clause: str, *, against: bool, beside: bool) -> tuple[str, bool] | None:
    """What a clause of no kind is behind others: more of what is wanted, or why nothing is; None: it asks, or tells a topic."""
    if OPEN.match(clause.casefold()) or clause.endswith("?"):
        return None
    return (clause, False) if beside and len(clause.split()) <= BESIDE else ("", False) if against else None


def _clause(clause: str) -> tuple[str, bool] | None:
    """What one clause wants of the next ideas, maybe nothing, and whether it is against those there; None: it is of no kind."""
    text = " ".join(SIGNS.sub(" ", clause).replace("'", " ").split())
    plain = text.casefold()
    if not plain or re.fullmatch(_LED, f"{plain} ") or AGAIN.fullmatch(plain):
        return "", False
    for rule in (MISREAD, REFUSED, ALREADY, USELESS):
        if (match := rule.fullmatch(plain)) is not None:
            groups = match.groupdict()
            what = _written(text, match, "done" if groups.get("done") else "what")
            if rule is MISREAD:
                return (f"no {about}" if (about := groups.get("about") and _written(text, match, "about")) else what), True
            return f"no {what}", True
    for rule in (WANTED, SAID):
        if (match := rule.fullmatch(plain)) is not None:
            return _written(text, match, "what"), False
    match = FACTS.fullmatch(plain)
    return (_written(text, match, "what"), False) if match is not None and len(plain) <= FACT else None


def _written(text: str, match: re.Match[str], group: str) -> str:
    """A group of a match in small letters, as it was written."""
    start, end = match.span(group)
    return BEGUN.sub("", text[start:end].strip()) if start >= 0 else ""


_HAN_LED = (
    r"(?:等下|等等|不是|不对|不|哎|唉|诶|欸|啊|呃|额|嗯|哦|喂|拜托|忘说了?|忘了说|补充(?:一?下)?|对了|那个|其实|但是?|不过|"
    r"可是|就是|因为|所以|而且|说了|都说了|阿|我就说|[，,。！!…~ ])*"
)
HAN_CLAUSES = re.compile(r"[，,。！!？?；;…~～\s]+|(?=不过|但是?(?!愿)|可是)")
_OFF = r"(?:都|全|全都|又|完全|有点|好像|你|你们|这|这些|这个|上面|答|回答|理解|你理解|搞|弄|太|已经|严重)*"
HAN_MISREAD = re.compile(
    rf"{_HAN_LED}{_OFF}(?:跑题|跑偏|偏题|离题|偏了?|答非所问|理解错|搞错|弄错|看错|听错|想错|错|误会|搞反|反|不对题|"
    rf"文不对题|牛头不对马嘴|不是一回事|扯远|扯哪(?:儿|里)?去)(?:了|啦|吧|啊|呀|哦|这|也|都)*|"
    r"(?:这|这些|都|根本|完全|你)*(?:不是|没)(?:这个|这|我的|那个|懂|明白|理解)+(?:意思|我)?(?:啊|呀|吧|的意思)*|"
    r"(?:你)?(?:没懂|没明白|没理解)(?:我)?(?:的)?(?:意思)?"
)
_SAY = (
    r"(?:我们?|咱们?|人家|俺)?(?:刚才|一开始|其实|明明|真正|本来)*(?:说|问|指|想问|想要|要|意思|想说|讲|找)(?:的)?(?:其实|"
    r"就|主要)?(?:是|的是|就是)"
)
HAN_WANTED = re.compile(
    rf"{_HAN_LED}(?:{_SAY}|(?:(?<!要)是|而是|得是|必须是|应该是|应该|改成|换成|要(?!是)|想要|我要|我们要|主要是|重点是|"
    rf"就要|只要))(?P<what>[^，,。！!？?]{{2,30}}?)(?:啊|呀|啦|吧|哦|呢|的?)?"
)
HAN_REFUSED = re.compile(
    rf"{_HAN_LED}(?:我们?|咱们?)?(?:千万)?(?:别|不要|不用|别再|不想|不想要|别给|不要再|不能|不可以|不许|不准|除了|去掉|"
    rf"排除)(?:再|给我们?|搞|弄|整|来|做|用|写|出|提|说|放|要)*(?P<what>[^，,。！!？?]{{1,14}}?)(?:了|啊|呀|啦|吧|哦|"
    rf"之外|以外|的)*|"
    rf"{_HAN_LED}不是(?P<isnot>[^，,。！!？?]{{1,16}}?)(?:啊|呀|啦|吧|哦)*|"
    rf"{_HAN_LED}(?P<what2>[^，,。！!？?]{{1,12}}?)(?:是什么鬼|是啥鬼|是什么玩意儿?|就算了|就免了|免谈|不考虑|没用|"
    rf"不现实|不行|行不通|做不了|搞不了|不允许|不让)(?:吧|啊|呀|了|的)*|"
    rf"{_HAN_LED}(?P<what3>[^，,。！!？?]{{1,12}}?)(?:我们?|咱们?)?(?:已经|早就|去年|以前|之前|上次|都)*(?:做|搞|试|办|"
    rf"发|弄|用|玩)过(?:了|的|啦|好多?次|很多次)*"
)
HAN_FACT = re.compile(
    rf"{_HAN_LED}(?P<what>(?:我们?|咱们?|这|这里|这边|来的|客人|顾客|学生|孩子|小孩|家长|老人|老师|同事|大家|老板|领导|"
    rf"店长|物业|学校|医院|公司|预算|场地|时间|人数|经费|店里|班里|科里|家里|楼里|村里|平时|现在|对方|用户|病人|员工|"
    rf"成员|基本|一般|主要|都|只|就|没)"
    r"[^，,。！!？?]{1,24}?)(?:的|啊|呀|啦|哦|呢|嘛)*"
)
HAN_AGAIN = re.compile(
    rf"{_HAN_LED}(?:再来(?:几个|点|一批)?|换(?:几个|一批|别的)|重来|重新(?:来|想)|别的|其他的?|还有(?:别的)?|没人看|"
    rf"没用|没效果)(?:吧|呢|吗|啊)*"
)
#: What a topic begins with, where nothing was said against ideas before.
HAN_TOPIC = re.compile(r"(?:公司|学校|班里|店里|小区|单位|部门|社区|家里)(?!规定|不让|说|没有|只有|要求)[^，,是没有不]{2,}")
HAN_CLEAN = re.compile(r"^(?:我们|咱们|我|前年|去年|上次|以前|之前|要(?=[^求点]))+|[哈呵嘿😅😂🤣😭]+$")
HAN_LAUGH = re.compile(r"[哈呵嘿😅😂🤣😭]+$")
HAN_ASKS = re.compile(r"画|写|吗$|呢$|怎么|什么|哪|第.个")
HAN_CHOSEN = re.compile(r"第.[个条句]|\d+ ?号|^#?\d+$|那个$|这个$")


def _in_chinese(line: str) -> str | None:
    parts: list[str] = []
    misread = refused = False
    meant = ""
    for clause in filter(None, HAN_CLAUSES.split(line.strip())):
        if HAN_MISREAD.fullmatch(clause):
            misread = True
        elif match := HAN_REFUSED.fullmatch(clause):
            what = HAN_CLEAN.sub("", next(filter(None, match.groups()), ""))
            if HAN_CHOSEN.search(what) or (not parts and HAN_TOPIC.match(clause)):
                return None
            refused = True
            parts += [f"不要{what}"] if what else []
        elif match := HAN_WANTED.fullmatch(clause):
            meant = meant or match["what"]
            parts += re.sub(r"(?:而)?不是", "，不要", HAN_CLEAN.sub("", match["what"]), count=1).split("，")
        elif match := HAN_FACT.fullmatch(clause):
            if not parts and HAN_TOPIC.match(clause):
                return None
            parts.append(HAN_LAUGH.sub("", match["what"]))
        elif meant and len(clause) <= 2 * BESIDE and not HAN_ASKS.search(clause):
            parts.append(clause)
        elif not (HAN_AGAIN.fullmatch(clause) or re.fullmatch(_HAN_LED, clause)):
            return None
    wants = any(map(re.compile(_SAY).search, [line])) and bool(meant)
    parts.sort(key=lambda part: part.startswith("不要"))  # what is wanted first
    return "，".join(dict.fromkeys(parts)) if misread or (refused and len(parts) > 1) or wants else None
