"""Chinese lines that leave out what they speak of, and go on with what stands there: 给老人的呢. Rules, no model."""

from __future__ import annotations

import re

from bot.services.chinese import HAN, simplified
from bot.services.talk.subjects import names_a_thing

LONGEST = 36  # characters of such a line; what is longer tells a topic
MOST = 4  # clauses
CLAUSES = re.compile(r"[，,。！!？?；;…~～\s]+")
#: What asks for something by itself, or points at one idea: no more of what stands there is wanted.
ASKS = re.compile(
    r"什么|怎么(?!办|弄|整|排|搞)|怎样|如何|为什么|为啥|谁|哪|第.[个条句]|\d ?号|[那这][个条]|投票|几票|起名|取名|画|写|"
    r"海报|图|歌|曲|配乐|诗|文案|口号|标题|名字|你是|你们是|"
    r"模型|机器人|bot|链接|导出|截止|几点|多少|是不是|能不能投|可以投|吃啥|啥时候|送啥"
)
_ENDS = r"(?:有吗|有没有?|有不|有木有|有冇|有嘛|呢|吗|那种(?:呢|有吗|感觉)?|话呢|时候呢|版本|版|行不|行吗)?"
_NOT = r"(?!.*(?:是.{0,12}的$|[你我他她说好真是有别目似]的$|的确|目的))"
#: The noun is left out behind 的: 适合怕胖的人喝的, 不用钱的有吗.
LEFT_OUT = re.compile(
    rf"{_NOT}(?:那|再|再来|来|要|想要|换|给|有没有|有木有|有没|有|多来|再给)*(?:几个|一些|点)?.{{2,18}}的{_ENDS}"
)
OFFERED = re.compile(r"(?:那|那么)?.{2,14}(?:有没有|有吗|有木有|有冇|有没|有不)(?:法子|办法|点子|招)?")
#: A new case: 海外用户呢, 如果下雨呢, 单打的话呢, 阴天怎么办.
CASE = re.compile(
    r"(?!.*(?:你(?:说|觉得|看|们)|大家|^.{0,2}(?:人|图|然后|之后|结果)呢|[吗嘛]))(?:那么?|要是|如果|万一|换成|换做|假如|给|"
    r"对|跟|针对|还有|轮到)?.{1,14}呢|"
    r"(?:那|要是|如果|万一|假如).{1,14}(?:怎么办|咋办|怎么弄|咋整|怎么整|咋弄)(?:啊|呀|嘛)?"
)
KIND = re.compile(r".{2,14}(?:版本|那种|类型|向)的?")
SOUGHT = re.compile(
    r"有没有|能不能|有没|有木有|要是|如果|那|想要|得|换成"
)  #: how a later clause begins that leaves something out, too
#: What is said around what is wanted, and is no part of it.
AROUND = re.compile(
    r"^(?:那么?|有没有|有没|有木有|能不能|换成|再来几个|来几个|再来)+(?=.{2})|(?:的?(?:有吗|有没有?|有不|有木有|有嘛)|"
    r"的?话呢|呢|吗|那种)+$"
)
FILLERS = re.compile(r"(?:那个|嗯|哦|对了|等下|啊|哈+|好吧|行|谢谢|麻烦|求|谢啦)+")


def elliptic(line: str) -> str:
    """How the next ideas should be by a line that leaves out what it speaks of; empty where it leaves out nothing."""
    text = simplified(line).strip()
    if len(text) > LONGEST or not HAN.search(text) or ASKS.search(text) or names_a_thing(text):
        return ""
    clauses = [clause for clause in CLAUSES.split(text) if clause and not FILLERS.fullmatch(clause)]
    if not 0 < len(clauses) <= MOST:
        return ""
    rules = (LEFT_OUT, OFFERED, CASE, KIND)
    told = (clause for clause in clauses if clause == clauses[0] or SOUGHT.match(clause))
    if not any(rule.fullmatch(clause) for clause in told for rule in rules):
        return ""
    return "，".join(filter(None, (AROUND.sub("", clause) for clause in clauses)))
