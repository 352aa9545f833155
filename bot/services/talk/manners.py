"""How ideas should be, said bit by bit: what a new word takes the place of, and what of it a heading shows. Rules, no model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.ideas import MAX_STYLE
from bot.services.chinese import HAN, simplified
from bot.services.talk.amounts import HAN_NUMBER, NAMED, NUMBER, ONE, ORDINALS, THESE
from bot.services.talk.subjects import DOING

#: Words of comparison that say by themselves how ideas should be.
DEGREES = frozenset(
    re.findall(
        r"\w+",
        "shorter longer funnier simpler darker bolder weirder crazier cheaper warmer softer sillier wilder fancier catchier "
        "nicer better cooler easier sharper snappier punchier stranger quirkier cleverer smarter quieter louder bigger smaller "
        "lighter happier sadder calmer braver cuter edgier fresher friendlier gentler kinder milder plainer rarer safer sweeter "
        "worse tougher trendier wittier younger older newer kitschier classier cosier cozier crisper deeper drier",
    )
)
#: A few words of length that a small model follows better than those of comparison.
PLAINLY = {
    "shorter": "short",
    "briefer": "short",
    "longer": "long",
    "too long": "short",
    "too short": "long",
    "simpler": "simple",
}
#: "they should be easy to say", "could it sound warmer", "them a bit more serious" (where "make" was only polite).
THEY = re.compile(
    r"(?:but |and |just |can |could |would |should |will |what |if )*(?:(?:they|these|those|it|the (?:ideas"
    r"|names)) (?:all )?(?:(?:should|could|must|can|might"
    r"|need to|needs to|"
    r"have to|has to|ought to) )?(?:all |also |just |really |rather )*(?:be|were|was|sound|look|feel|read)|"
    r"(?:it|them|these|those) (?=a (?:bit|little|tad|touch|lot)|more|less|much|slightly|way|even|in |with|for )) ?(?P<how>.+)"
)
SOUNDING = re.compile(r"^(?:sound|look|feel|be|seem|read) (?=\S)")  # "make it sound more expensive" wants it more expensive
#: "try again with more of a summer feel"
AGAIN = re.compile(
    r"(?:(?:try|do|redo|start) )?(?:(?:it|them|that|these) )?(?:again|once more|another (?:round|set|go|try|batch)"
    r"|redo (?:it|them|these)) "
    r"(?:but )?(?:with )?(?P<how>.+)"
)
#: "not bad, but they are a bit too long"
TOO = re.compile(
    r"(?:(?:not bad|but|nah|nope|no|meh|ugh|eh|hm+|(?:(?:all|most) of )?(?:they|these|those|them|the (?:names|ideas))(?: all)?"
    r"(?: are|'re| sound| feel| look| seem)|it is|it's|all|still|just|a bit|a little|bit|little|"
    r"much|way|far|somewhat|kind of|rather) )*too (?P<what>[a-z]+)"
)
#: Whose manner is meant: "like boaty mcboatface".
RESEMBLING = re.compile(
    r"(?:(?:more|something|anything|names?|ideas|ones|make (?:it|them|these)|a bit|rather|sounding) )*"
    r"(?:like|similar to|in the (?:style|spirit|manner) of|along the lines of) "
    rf"(?P<whom>(?!(?:{THESE}|to|me|us|you|the|an?|our|my|when|if|how|what|so|{NUMBER}|{'|'.join(ORDINALS)}|"
    rf"{NAMED} (?:\d+|{NUMBER}))\b)[^\W\d][\w'-]*"
    r"(?: (?!for\b|about\b|who\b|that\b)\w[\w'-]*){0,3})"
)
DISLIKED = re.compile(
    r"(?:(?:these|those|they|all)(?: ones| ideas| names)?(?: are)?(?: all)?(?: very| really| so| pretty| quite| just| too)? "
    r"(?:bad|boring|terrible|awful|weak|silly|stupid|generic|bland|lame|not (?:so |very )?(?:good|great|funny|helpful))|"
    r"(?:i )?(?:don'?t|do not) (?:really )?like (?:any(?: of (?:these|them))?|these|them|those)|none of (?:these|them"
    r"|those)|(?:(?:too|so|pretty|a bit) )?boring|meh|nah)"
    r"(?: (?:please )?(?:do|try|give me|show me|i want|we need|you can do|make) (?:better|harder|others|again"
    r"|something (?:better|else))"
    r"(?: ones| ideas| names)?| (?:spice|jazz|liven|shake) (?:it|them|things) up)*"
)
#: What is said for an idea before what is lacking: "the third one is good but it has to work outdoors".
PRAISED = re.compile(
    rf"(?P<liked>(?:(?:i|we) )?(?:really )?(?:like|love) )?(?P<ones>{ONE})"
    r"(?P<praise> (?:works(?: well)?|(?:is|was|looks|sounds|seems) "
    r"(?:(?:really|very|so|quite|pretty|almost|nearly|not|too|also|a) )*"
    r"(?:good|great|nice|lovely|fun|funny|cool|cute|clever|perfect|fine|ok|okay|close|there|bad|promising|interesting|right|"
    r"better|best|favou?rite|beautiful|brilliant|excellent|sweet)(?: (?:idea|one|start))?))? "
    r"(?:but|only|just|except|if only) (?P<wish>.+)"
)
#: What an idea must be: "it has to work outdoors" wants it outdoors.
MUST = re.compile(
    r"(?:(?:it|that|this|they) )?(?:(?:also|still|really|just|all) )*(?:(?:has|have|needs?|ought|got) to|must|should|"
    r"would have to) (?:(?:also|still|really|all) )*(?:(?:be|work|happen|take place|feel|sound|look|read|run|function|"
    r"stay) )?(?P<how>\S.*)"
)
LACKS = re.compile(
    r"(?:(?:it|that|this|they) )?(?:also |still |really |just )*(?:needs?|wants?|could use|could do with) (?P<how>(?!to )\S.*)"
)
#: "what if the players are the bees", "what if it is for kids"
WHAT_IF = re.compile(
    r"(?:(?:and|but|or|so|hmm) )*what if (?:(?:it|they|this|these|that|those)(?:'s|'re| is| are| was| were| could be| would be) "
    r"(?P<how>.+?)|(?P<all>(?:it|they|this|these|we|there|everybody|everyone|somebody|someone|nobody|all|every|the|our|"
    r"each)\b.+?))"
    r"(?: instead)?"
)
#: The text that stands there by its kind: "make the slogan shorter".
THE_TEXT = re.compile(
    r"(?:make|keep|get|have|want) (?:the|our|my|this|that|these|those|all the) (?:idea|name|option|suggestion|example|"
    r"slogan|title|line|tagline|motto|headline|poem|story|pun|joke|text|caption)s? (?:be |sound |to be )?(?=\S)"
)
#: A word or two that somebody wonders about: "handmade?"
WONDERED = re.compile(
    r"(?!(?:more|another|others?|why|what|which|how|who|when|where|again|next|really|help|okay|test)\b)"
    r"[a-z'-]{4,}(?: [a-z'-]{3,})?\?",
    re.IGNORECASE,
)
#: What goes before how a text should be: "rewrite it for kids", "say it in English".
REDONE = re.compile(
    r"(?:re)?(?:write|do|say|phrase|word|put|make) (?:it|this|that|them|these|those|the text)(?: again| anew)? "
    r"(?=for |in |as |like |without |with )"
)
#: "ideas for a street party" is a topic, "ideas for kids" says whom those in front of a person should be for.
OCCASION = re.compile(
    r"ideas? for (?:an?|our|my|more \w+ (?:in|on|at|for)) .+|rather questions (?:for|about) .+|"
    r"something for (?:(?:an?|our|my|the) )?\w+ (?:who|from) .+"
)

BETWEEN = ", "  #: of ways in a style
SHOWN = 3  # ways in a heading, the latest; with more it is a heap that nobody reads
MOST = 40  # characters of one way there
#: What only says how much, and changes no meaning.
MUCH = re.compile(
    r"\b(?:an?|bit|little|touch|tad|lot|much|even|very|really|slightly|way|far|still|also|more|please|rather|too|so)\b"
)
DIGITS = re.compile(r"\d+")
NOT = re.compile(r"^(?:less|not|no|without|never|fewer)\b")
#: Words that say the opposite of another.
OPPOSITES = {
    "long": "short",
    "serious": "funny",
    "casual": "formal",
    "informal": "formal",
    "light": "dark",
    "bright": "dark",
    "cheap": "expensive",
    "complex": "simple",
    "classic": "modern",
    "traditional": "modern",
    "old": "young",
    "sad": "happy",
    "loud": "quiet",
    "bold": "subtle",
    "plain": "fancy",
}
#: A question for others: 有没有更便宜的, 还有没有短一点的.
HAN_ANY = re.compile(
    r"^有(?:没有)?(?:什么|啥|哪些)(?=(?:不|便宜|省|室[内外]|户外|适合|简单)[^，。,]{0,8}的$)|"
    r"^(?:(?:还|還)?(?:有没有|有沒有|有(?=便宜|贵|大|小|短|长|简单|新|好|近|快))|还能|還能)(?=更|[^，。,]{1,6}(?:一点|一些|点)的?$|(?:不|没)那么)"
)
#: What is said of ideas that nobody wants, before how they should be: 这些都是废话，具体一点.
HAN_DULL = re.compile(
    r"(?:这些|这几个|它们|都|全|全部|也|感觉|觉得|有点|就)*(?:都|全)?是?(?:老掉牙(?:的东西)?|废话|套话|空话|老套|老一套|没用|不实用|一般般?|没(?:什么)?新意|没(?:什么)?意思"
    r"|不(?:够|太)?好)(?:了|的|啊)?"
)
#: What there is to go by, said behind how ideas are to be: 预算只有五千块, 我们只有三个人.
HAN_LIMIT = re.compile(
    r"(?:我们?|咱们)?(?:的)?(?:预算|经费|成本|资金|时间|人手|人数|场地|地方|单价|人均)[^，。,的]{1,12}|"
    r"(?:我们?|咱们)(?:这边)?(?:只|就|才|一共|总共|没)有?[^，。,的]{1,10}|(?:不|别)(?:要|能)?(?:超过|多于|高于)[^，。,的]{1,10}"
)
#: How ideas are to be, and not for whom: 搞笑的; what they must make possible: 要能让妈妈感动, 能让邻居都参与的.
HAN_KIND = re.compile(
    r"(?:要|来点|来些|想要|只要)?(?!适合|给|面向|针对|为|第)[^，。,.\s]{1,5}的(?:就行|就好|就可以)?|(?:要|得|最好)能(?!不能)[^，。,.\s]{2,14}|"
    r"能(?!不能|否|把|给我|帮)[^，。,.\s]{2,14}的"
)
#: What is not wanted: 不要月饼, 不想爬山.
HAN_NOT = re.compile(r"(?:不要|别|不用|不能|不想(?!.*(?:看[见到]|[第那这]))|避免|不带|没有)[^，。,]{1,14}")
_COUNT = r"[\d一二三四五六七八九十百千万两几]{1,6}"
#: What there is to go by, as a clause behind a topic: 预算人均150, 二十个人, 三百以内, 每份不超过20元, 十分钟.
HAN_GIVEN = re.compile(
    r"(?:我们?|咱们)?(?:的)?(?:(?:预算|经费|成本|单价|人均)|(?:时间|人手|人数|场地)(?=[只就很不有少小紧\d]))[^，。,的]{1,12}|"
    rf"(?:我们?|咱们)?(?:大概|大约|一共|总共|只有|就)?有?{_COUNT}[来多]?[个位名]?(?:人|学生|孩子|小孩|小朋友|同学|老人|员工|同事)(?:左右|以内|参加)?|"
    rf"(?:每[份个人件]|一[份人])?(?:不要?超过|最多|控制在)?{_COUNT}(?:块钱?|元|塊|分钟|小时|个小时)?(?:以内|之内|以下|左右|上下)|"
    rf"(?:每[份个人件]|一[份人])?(?:不要?超过|最多){_COUNT}(?:块钱?|元)|{_COUNT}(?:分钟|个?小时)"
)


def added(style: str, way: str) -> str:
    """A style with one more way to be; what says the same of it, or the opposite, makes way: "long" after "short, warm"."""
    meant = _sense(way)
    kept = [one for one in style.split(BETWEEN) if one and _sense(one) != meant]
    both = BETWEEN.join([*kept, way])
    while len(both) > MAX_STYLE and kept:
        kept.pop(0)
        both = BETWEEN.join([*kept, way])
    return both[:MAX_STYLE]


def asked(style: str) -> str:
    """A style without what there is to go by, 预算五百 or 二十个人, and what is not wanted: neither says how ideas are."""
    ways = [one for one in style.split(BETWEEN) if one]
    return BETWEEN.join(
        one for one in ways if not any(rule.fullmatch(simplified(one)) for rule in (HAN_GIVEN, HAN_LIMIT, HAN_NOT))
    )


def shown(style: str) -> str:
    """A style as a heading has it: the ways said last."""
    ways = [one if len(one) <= MOST else _cut(one) for one in style.split(BETWEEN)]
    between = "、" if HAN.search(style) else BETWEEN
    return between.join(ways if len(ways) <= SHOWN else ["…", *ways[-SHOWN:]])


def _cut(way: str) -> str:
    """A way that is too long to be shown, up to the end of a word; Chinese has no spaces to end at."""
    begun = way[: MOST - 1]
    words, space, rest = begun.rpartition(" ")
    return (words if space and len(rest) < MOST // 2 and way[MOST - 1 : MOST] != " " else begun).rstrip() + "…"


def _sense(way: str) -> str:
    """What a way speaks of, whichever side it takes: "a bit shorter" and "not so long" both of length."""
    bare = DIGITS.sub("0", NOT.sub("", way.casefold().strip()))  # "under 10 euros" is of what "under 20 euros" is
    word = " ".join(MUCH.sub(" ", bare).split()) or bare
    if word in DEGREES:
        word = word[:-3] + "y" if word.endswith("ier") else word.removesuffix("er")
    return OPPOSITES.get(word, word)


#: An idea that is praised, and what is said behind.
HAN_PRAISED = re.compile(
    rf"(?:[那这]?个|就|我觉得)*第? ?{HAN_NUMBER} ?[个句条首款段篇号张](?:点子|名字|主意)?"
    r"(?:我|我们)?(?:觉得)?(?:也|还|挺|蛮|很|真|最|更|比较|算|是)*"
    r"(?:不错|不赖|不坏|不差|好|棒|赞|可以|行|妙|好听|好看|好玩|有意思|有趣|喜欢)(?:的|啊|呀|哦|呢|了)*[，,。！!](?P<rest>.+)"
)
HAN_BUT = re.compile(r"^(?:[，,]|但是?|不过|要|再(?!来))+")
#: So many of a kind: 再来五个短一点的.
HAN_SOME = re.compile(
    r"(?:再|多|还)*(?:来|给我?们?|想|要|写|出)(?:(?P<count>\d{1,2}|[一二三四五六七八九十两])|几)?[个条句首些点]"
    r"(?:(?:跟|和|像|与)?(?:它|这个?|那个?)?(?:一样|这样|那样|这种|那种|类似|差不多|相似)的|(?P<how>.{1,12}的))"
)
HAN_VOICE = re.compile(
    r"(?:换|改|用)(?:一?[个种]|成|为)?(?P<how>[^，。,的]{1,6}?)的?(?:口吻|语气|风格|说法|腔调|笔调|文风)(?:来?写|说)?"
)  # "换个幽默的口吻"
HAN_TOO = re.compile(
    r"(?=.*了$|这几个|这些|它们|都)(?:这首诗?|这诗|这[个句]|这几[个句条]|这些?|那些?|它们?|都|全|感觉|觉得|有点)*太(?P<what>[^，。,.]{1,6}?)了?"
)
#: Whom ideas are to be for: 给小朋友看的; 给爸妈带什么 asks more than that.
HAN_AUDIENCE = re.compile(
    rf"(?:要|改成|换成)?(?:给(?![点些个几我])|适合|面向|针对|为)(?!什么|啥|何|{DOING})"
    r"(?P<who>[^的看用起取写想做设买选编画玩听]{1,12})(?:看|用|写|玩|听)?的?(?:看|用)?"
)
HAN_LACKING = re.compile(
    r"^(?:这些|感觉|觉得|还|都|也|有点)*不够(?=.)|^(?:这些|感觉|觉得|都|也)*有[点些](?=.)"
)  #: before what is amiss
HAN_EXCEPT = re.compile(r"^(?:排除|除了|除去|撇开|不算)")  #: of what is not wanted, as 不要 is
HAN_CLAUSE = re.compile(r"[，、,]")
HAN_ENDS = re.compile(r"[！。；](?=[\u3400-\u9fff])")  #: of sentences inside a line, which are clauses as well
#: What is said against ideas, in front of how they are to be: 这些太虚了; 太好了 is none.
HAN_GRUMBLE = re.compile(
    r"(?:这[些个句]|这几[个句条]|那[些个]|上面的?|刚才的?|它们|这|都|全|全部|也|感觉|觉得|有点|还是|好像)*(?:太|不够|过于|没什么|有[点些](?=.{1,3}$))(?!好[了啊呀，]?$|棒|赞|妙|强|厉害|有意思|有趣|好玩|可爱|感谢|牛|对了|美|精彩|完美)"
    r"[^，。,]{1,8}"
)
#: How ideas are to be, or why, behind that; what speaks of one idea or asks for something else is neither.
HAN_SAID = re.compile(
    r"(?!.*(?:第[\d一二三四五六七八九十]|什么|怎么|为啥|哪|谁|画|诗|曲|歌|图|海报|投票|表决|删|导出|选|谢谢|混|合并|总结|吗$|呢$))[^，。,]{2,16}"
)
#: What there is to go by, as a sentence of its own: 场地是医院食堂, 参加的都是老人, 预算三千.
HAN_CONDITION = re.compile(
    r"(?:我们?|咱们)?(?:的|这次|活动)*(?:总?预算|(?:人均|每人)(?:的?预算)?|经费|成本|资金|时间|人手|人数|场地|地点|地方|对象|观众|参加(?:者|人员|的人?)?|来的人?|日期|道具|设备)"
    rf"(?:是|在|就|只|都|不|没|有|大概|大约|定|一共|总共|控制|最多|为|{_COUNT})[^，。,]{{0,12}}"
)
_SET = re.compile(rf"[是在只就]|{_COUNT}")
#: Another condition behind such a one: 不能太吵, 要在室内, 还有几个老人.
HAN_CONDITIONAL = re.compile(
    r"(?:而且|并且|也|还|又)?(?:不能|不要|不许|不可以|别|要|得|必须|最好|只能|只有|没有|还有|有)[^，。,]{1,12}"
)


def beside(clause: str, first: str) -> bool:
    """Whether a Chinese clause says what there is to go by, or behind what is said against ideas how they are to be.

    Args:
        clause: without polite words, in Simplified characters.
        first: the first one of its line.
    """
    if HAN_LIMIT.fullmatch(clause) or HAN_CONDITION.fullmatch(clause):
        return True
    rule = (
        HAN_CONDITIONAL
        if HAN_CONDITION.fullmatch(first)
        else HAN_SAID
        if HAN_GRUMBLE.fullmatch(first) or HAN_DULL.fullmatch(first)
        else None
    )
    return rule is not None and rule.fullmatch(clause) is not None


def conditions(clauses: Sequence[str]) -> bool:
    """Whether clauses begin with what there is to go by, so that they are said of what stands there: 预算三千,场地是食堂."""
    return (
        bool(clauses) and HAN_CONDITION.fullmatch(clauses[0]) is not None and (len(clauses) > 1 or bool(_SET.search(clauses[0])))
    )
