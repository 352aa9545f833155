"""What Chinese lines say back to what stands there: 喜歡第一個！再往下想, 不是啦，我要的是書名. Rules, no model."""

from __future__ import annotations

import re

from bot.services.chinese import HAN, simplified
from bot.services.talk.amounts import HAN_NUMBER, number
from bot.services.talk.polite import politely
from bot.services.talk.subjects import THINGS
from bot.words import N_, _

LONGEST = 60  # characters of such a line; what is longer tells a topic
_VERY = r"(?:哇|嗯|好|我们?|大家|个人|觉得|感觉|还是|也|就|更|最|很|挺|蛮|超|真|特别|非常|比较|太|还|算|是)*"
_ONE = rf"[那这]?第 ?{HAN_NUMBER} ?[个句条首款段篇号张](?:点子|名字|主意|想法)?"
_LIKED = (
    rf"(?:{_VERY}(?:喜欢|爱|中意|看好|欣赏){_ONE}"
    rf"|{_VERY}{_ONE.replace('?P<n>', '?P<m>')}(?:我|我们)?{_VERY}"
    r"(?:不错|不赖|棒|赞|好|可以|妙|行|喜欢|有意思|有趣|好玩|好听|有感觉|亮眼|惊艳|绝|牛|厉害|神))"
    r"(?:的|了|啊|呀|啦|哦|呢)*"
)
#: How many others, behind which one is liked.
SO_MANY = re.compile(r"(?<![第\d])(?P<count>\d{1,2}|[一两三四五六七八九十])[个条句](?!.*第)")
#: What is asked of an idea that is liked, others like it: 再往下想, 顺着这个方向多来几个.
_ONWARD = (
    r"(?=.*(?:想|发散|延伸|展开|拓展|扩展|继续|接着|往下|多来|再来|多给|再给|类似|这[种样类]))"
    r"(?:再|请|就|那|可以|能不能|帮我们?|给我们?|继续|接着|顺着|沿着|照着|按照?|朝着?|往|向|多|下去|下|着|这个|这条|这[种样类]|它|这|那个|方向|思路|路子|风格|"
    r"想想|想|发散|延伸|展开|拓展|扩展|来|写|出|给|(?:几|[\d一两三四五六七八九十]{1,2})[个条句]|一些|一点|点|些|类似|的|一?下|看看|吧|吗)+"
)
ONWARD = re.compile(rf"{_LIKED}[，,。！!\s]*{_ONWARD}")
#: That what was made is not what was meant.
_NO = (
    r"(?:(?:欸|哎|诶|唉|啊|呃|嗯|不{2,}|不(?=[，,。！!\s])|不是|不对|错|搞错|弄错|理解错|误会|你?(?:搞|弄|理解|看|听)错|你误会|不是这个(?:意思)?|不是这样|你没懂|没懂我的?意思)"
    r"(?:了|啦|的|啊|呀|哦)*[，,。！!\s]*)"
)
_I_WANT = r"(?:我们?|其实)*(?:其实|是|想|要|说|问|指|找)*(?:是|想要?|要|说|问|指|找)(?:的)?(?:其实)?是?"
CORRECTED = (
    re.compile(rf"{_NO}+{_I_WANT}(?P<topic>[^，,。！!]{{2,24}}?)(?:[，,]?\s*(?:而)?不是[^，,。]{{1,16}})?"),
    re.compile(
        rf"{_NO}*(?:我们?|其实)*(?:想?要|说|问|指|找)的不是[^，,。]{{1,16}}[，,\s]*(?:而)?是(?P<topic>[^，,。！!]{{2,24}})"
    ),
)
#: What points at something that stands there, which is no topic.
POINTS = re.compile(r"第[\d一二三四五六七八九十最]|这|那|它|上面|下面|前面|后面|刚才|\d[号个]|[要说]的$")
#: What is said to somebody else by name, as chats write it.
ASIDE = re.compile(
    r"(?!.*@(?:muse|muselab|bot|机器人)\b)(?:[@＠](?P<who>[^\s@＠，,:：]{1,12})[\s，,:：]+(?P<said>.{1,30})|(?P<before>.{2,24})[\s，,]*[@＠][^\s@＠]{1,12})",
    re.IGNORECASE,
)
TO_PEOPLE = re.compile(
    r"(?:你们?|您|妳们?|大家|各位|咱们|我们).{0,6}(?:觉得|认为|喜欢|选|挑|投|看|想|怎么说|什么意见|呢|意下)|怎么看|觉得(?:呢|怎么样|如何|哪|行|好)|"
    r"有(?:没有|什么)?(?:意见|想法|建议)(?:吗|么|没)?$|帮忙?(?:看|选|挑|把把关)|看(?:看|一下|下)|选哪|投一?票|哪[个条一]|怎么样"
)
#: One line of a poem, and what becomes of it: 把第三行换成跟柿子有关的.
ONE_LINE = re.compile(
    r"(?:请|帮我|能不能|可以|麻烦)*(?:把|将)?(?:第[一二三四1-4]|最后一?|末|首|开头(?:那)?|结尾(?:那)?|前|后)(?P<unit>行|句)(?:诗|话)?(?:给|都|能不能|可以|再|帮我)*"
    r"(?:换|改|重写|修改|调整|写)(?:一?个|一下|一换|一改|掉|成|为|得|写|讲|做)*(?:写|讲|说|用|跟|和|与|关于|有关)*(?P<how>[^，,。]{0,12}?)(?:有关|相关)?(?:的|了|吧|吗)*"
    r"(?:[，,]\s*(?:要|换成?|改成?)?(?:写|讲|说|关于|跟|和)*(?P<more>[^，,。]{1,12}?)(?:有关)?的?)?"
)
ONE_LINE_ONLY = N_(
    "One line alone cannot be made anew. Another poem: “/poem {about}”. To put in words of your own: /edit, the number and the "
    "whole text."
)
HOW_ONLY = re.compile(r".*(?:点儿?|些|说法|字眼|词|押韵|通顺|顺口)")  #: which says nothing of what it is about
#: Words that are wanted, so many of them: 写三条slogan, 给我几个有趣的理由.
_COUNT = r"(?:[\d一二两三四五六七八九十]{1,2}|几|一些|多)\s*(?:[个条句则段种款组点份]|(?<=一些))"
ASKED_IN_WORDS = re.compile(
    rf"(?:写|想|来|出|给|起|取|列|编|找|说|拟|要|搞|整|推荐|提供).{{0,4}}{_COUNT}[^，,。！？!?；;\s]{{0,10}}?"
    rf"(?:{THINGS}|原因|动机|解释|缘由|可能|好处|坏处|宣传|广告)(?:词|语)?(?:[，,。！？!?；;\s].*)?$",
    re.IGNORECASE,
)
SHORTEST = 8  # characters of such a line; 写几条文案 names no thing that they are for
OF_ONE = re.compile(r"第[\d一二三四五六七八九十最]|[\d一二三四五六七八九十]号|选它|选这|这[个条句些几]|那[个条句些几]|上面|刚才")


def onward(line: str) -> int | None:
    """The idea that a line likes and wants others like; None where it says anything else. `line`: in Simplified characters."""
    match = ONWARD.fullmatch(line.replace(" ", "").replace("著", "着").strip("，,。！!")) if len(line) <= LONGEST else None
    if match is None:
        return None
    return number(match["n"] or match["m"])


def so_many(line: str) -> int | None:
    """How many others a line wants that likes one idea: 我喜欢第二个，顺着再来三个; None where it does not say."""
    match = SO_MANY.search(line)
    return number(match["count"]) if match is not None else None


def corrected(line: str) -> str:
    """What somebody meant where something else was made, as it was written: 不是啦，我要的是書名; else empty."""
    text = " ".join(line.split()).strip(" .!?。！？～~")
    plain = simplified(text)
    if len(text) > LONGEST or len(text) != len(plain) or not HAN.search(text):
        return ""
    match = next((match for rule in CORRECTED if (match := rule.fullmatch(plain))), None)
    if match is None or POINTS.search(match["topic"]):
        return ""
    return text[slice(*match.span("topic"))].strip()


def to_somebody(line: str) -> bool:
    """Whether a line is said to somebody who is named, and asks what they think: @小李 你觉得哪个好."""
    text = " ".join(simplified(line).split()).strip(" .!?。！？")
    match = ASIDE.fullmatch(text) if len(text) <= LONGEST else None
    return match is not None and TO_PEOPLE.search(match["said"] or match["before"]) is not None


def one_line(line: str) -> str | None:
    """What one line of a poem is to be about, empty where that is not said; None where a line speaks of none."""
    text = " ".join(simplified(line).split()).strip(" .!?。！？")
    match = ONE_LINE.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        return None
    how = (match["more"] or match["how"] or "").strip("，, ")
    return "" if HOW_ONLY.fullmatch(how) else how


def of_a_line(about: str) -> str:
    """The sentence that no line of a poem is made alone, and what can be typed; `about`: what the line was to be about."""
    return _(ONE_LINE_ONLY).format(about=about or _("autumn rain"))


def in_words(line: str) -> bool:
    """Whether a Chinese line asks for so many words of its own, whatever stands there: 写三条slogan, 给我几个有趣的理由."""
    text = politely(simplified(line).strip(" .!?。！？"))
    return (
        len(text) >= SHORTEST
        and HAN.search(text) is not None
        and ASKED_IN_WORDS.search(text) is not None
        and not OF_ONE.search(text)
    )
