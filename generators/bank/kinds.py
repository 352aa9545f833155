"""What kind of thing a topic asks for, told by its words; where they do not say, a bank tells it by their meaning."""

from __future__ import annotations

import re

from bot.domain.ideas import Prompt
from generators.bank.patterns import english
from generators.client.recipes import GENERAL, recognised

#: Of Chinese topics, the first that fits: a copy for an activity is a copy. English ones are told by their recipes.
CHINESE = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("slogans", r"口号|广告语|标语|宣传语|广告词|slogan|座右铭"),
        ("copy", r"文案|朋友圈.{0,4}(?:怎么写|写什么|发什么|配文)|发[个条]?朋友圈|配文|短句|小黑板|贺词|寄语|赠言|祝福语"),
        ("titles", r"标题|选题|题目(?!.{0,6}(?:游戏|问))|起个题|书名|片名|展览?名|专辑名|活动主题|栏目名|内容方向"),
        ("stories", r"故事|剧情|小说|剧本|绘本|短剧|小品|童话|反派|角色设定|悬疑|言情"),
        ("gifts", r"礼物|礼品|伴手礼|回礼|奖品|纪念品|见面礼|手信|送.{0,12}(?:什么|啥|点什么)"),
        ("features", r"功能|改进|创新点|改造点|还缺什么|优化建议|升级建议|加点什么|怎么设计"),
        ("activities", r"活动|团建|游戏|玩什么|玩点什么|破冰|节目|环节|怎么过|怎么庆祝|招新玩"),
        ("ways", r"怎么办|如何|怎样|怎么(?!过|庆祝|设计|写|说)|办法|有什么招|咋"),
    )
)


def asked(topic: str, language: str) -> str:
    """The kind that the words of a topic name; empty where they name none."""
    if language == "zh":
        return next((kind for kind, pattern in CHINESE if pattern.search(topic)), "")
    kind = recognised(Prompt(text=topic, language=language))[0].kind
    return english.kind(topic) if kind == GENERAL else kind
