"""Whether a Chinese line names a thing of its own that ideas are wanted of: 公司团建, 送老师什么. Rules, no model.

Such a line is a topic, whatever stands there, also with limits behind commas; 便宜一点 and 预算只有五千块 name none.
"""

from __future__ import annotations

import re

from bot.services.chinese import HAN, simplified
from bot.services.talk.polite import politely

#: What people ask ideas of, or want made in words; pictures, tunes and poems have rules of their own.
THINGS = (
    "活动|团建|游戏|节目|环节|玩法|项目|任务|仪式|礼物|礼品|小礼|伴手礼|回礼|见面礼|贺礼|纪念品|奖品|福利|奖励|惩罚|惊喜|"
    "文案|配文|短句|标题|题目|题材|选题|辩题|论题|课题|话题|主题|栏目|口号|标语|广告语|广告词|宣传语|slogan|祝福语|提示语|寄语|赠言|台词|"
    "班规|规矩|规则|公约|守则|约定|菜单|食谱|故事|情节|剧情|剧本|小说|小品|短剧|开头|结局|设定|人设|桥段|点子|创意|想法|构思|方案|办法|方法|"
    "建议|功能|改进|优化|创新点|装饰|布置|装扮|理由|借口|比喻|说法|实验|妙招|技巧|清单|介绍|提纲|论点"
)
_PLAIN = (
    "搞笑|幽默|有趣|好玩|有意思|可爱|便宜|简单|实用|文艺|温馨|温暖|温柔|浪漫|高级|大气|霸气|正式|严肃|活泼|俏皮|轻松|新颖|独特|特别|新鲜|具体|"
    "通俗|接地气|专业|古风|押韵|朗朗上口|治愈|室内|户外|线上|线下|免费|省钱|短|长|好|大|小|新|酷|美|快|慢|贵|难"
)
#: A clause that ends in such a thing, maybe with how it is to be, and says of what it is.
NAMED = re.compile(
    rf"(?P<of>[^，,；;：:。！!？?]{{2,}}?)小?(?:{THINGS})(?:{_PLAIN})?(?=[\s，,；;：:。！!？?]|$|[\d二三四五六七八九十]+[来多]?[个名位人])"
)
#: What a thing of its own is to hold: 年终总结写哪些内容; 目前有啥 and 都有哪些 are asked of what stands there.
LISTED = re.compile(
    r"[^，,；;：:。！!？?a-z]{3,}(?<!目前)(?<!现在)(?<![都向令])(?:写|看|定|有|加|比较|问|查|讲|聊)些?(?:哪些|什么|啥)(?:内容|条|方面)?"
    r"(?=[，,；;：:。！!？?]|$)"
)
#: A question of something new; 怎么样 and 怎么用 ask what stands there is worth, or how something here is used.
ASKED = re.compile(r"怎么(?!样|了|用|回事)|如何|怎样|咋|什么|啥|哪些|哪里|哪儿")
GIFT = re.compile(r"送(?!给?我)[^，,。]*(?:什么|啥)")  # 同事离职送啥; whoever wants ideas sent says where
SHORTEST = 6  # characters of such a question; 为什么, 还有什么 and 什么意思 have fewer
#: What points at something that stands there, asks for more of it, or is said to the bot.
THERE = re.compile(
    r"第 ?[\d一二三四五六七八九十]+(?=[个条句首款段篇号张项种]|\W|$)|[\d一二三四五六七八九十]号(?!楼|线)|编号|"
    r"这|那(?!天|年|种\W|种$)|它|你|^(?:再|换|更|还|多来|来)|别的|其[他它](?!人)|类似|上面|刚才|刚刚|前面|以上|之前|"
    r"(?<![别不能要会老太])太(?![阳极空太])|谁|为什么|为啥|凭什么|"
    r"^哪些|^有(?:没有)?(?:什么|啥|哪些)(?:不|便宜|省|室[内外]|户外|适合|简单)[^，。,]{0,8}的$|"
    r"^(?:把|下载|合并|隐藏|添加|删除?|提个?|许愿)|所有|(?:自己|别人|大家)的点子|两个点子|\d的"
)
COMPARED = re.compile(r"[更再还]")  # which asks for other ideas, if a question does not say it of its own thing
#: What is done for somebody, behind 给: 给爸妈带什么 says more than whom ideas are for.
DOING = r"[^，。,]{1,8}(?:什么|啥|怎么|如何|哪些)|[^，。,]{2,8}(?:送(?![餐货水奶])|办(?!公)|立|布置|准备|搞|弄)"
_SOME = r"(?:一?[点些个]|几[个条句]|[一二两三四五六七八九十\d]+[个条句份段种])"
#: What says how a thing is to be, or how many, and not of what: 不要惩罚, 要有创意, 搞笑的标题, 起个标题.
MANNER = re.compile(
    rf"(?:不|没|别(?!墅)|去掉|删掉|避免)[^的，,]{{0,4}}的?|(?:要|想要|最好|得|只要|就要)[^的，,]{{0,4}}|"
    rf"(?:加|有|少|多|来|给我?|写|出|起|取|想|改|换|做)?{_SOME}?(?:[很最]?(?:{_PLAIN})(?:一?点儿?|一些)?的?)?|有|缺乏?"
)

#: Words that are wanted, and are no idea themselves: 直播间留人的话术. An idea of one's own may well be a game, or a gift.
WORDED = (
    "话术|文案|配文|标题|题目|选题|口号|标语|广告语|广告词|宣传语|slogan|祝福语|寄语|赠言|台词|名字|名称|店名|班名|队名|书名|点子|创意|想法|方案|办法|方法|建议|思路|"
    "妙招|技巧|策略|攻略|灵感|主意"
)
#: What asks for ideas where it stands behind a word for them: a question, so many of them, or what they are for.
REQUESTED = re.compile(
    rf".*(?:怎么|如何|怎样|咋|什么|啥|哪些|有没有).*|.*(?:{WORDED})(?:[，,].+)?|(?:给|帮|替|为).{{1,12}}(?:起|取|想|出)[几一二三四五六七八九十\d]?.+|"
    rf"(?:想|要|求|来|出|写)?(?:[\d二两三四五六七八九十]{{1,2}}|几)[个条句种款].+|(?:适合|关于|针对|面向|用于).+|.{{2,}}的(?:{THINGS})(?:[，,].+)?|"
    r"(?:[^，,]{0,6})(?:团建|破冰|年会|班会|聚会|聚餐|婚礼|生日|春游|运动会|晚会|周年庆|开学|毕业)小?(?:活动|游戏|节目|环节|礼物|奖品)",
    re.IGNORECASE,
)


def requested(words: str) -> bool:
    """Whether words ask for ideas, and are none: 怎么让员工早点到, 同学聚会的游戏; 前台放一盆多肉 is one."""
    text = politely(simplified(words).casefold().strip(" .!?。！？"))
    return HAN.search(text) is not None and REQUESTED.fullmatch(text) is not None


def names_a_thing(line: str) -> bool:
    """Whether a line names a thing of its own, and points at nothing that stands there: 公司团建,二十个人."""
    text = _plainly(line)
    if COMPARED.search(text):
        return False
    match = NAMED.match(text)
    return LISTED.match(text) is not None or (match is not None and MANNER.fullmatch(match["of"]) is None)


def of_its_own(line: str) -> bool:
    """Whether a line names a thing of its own, or asks of something new: 楼上半夜拖椅子,怎么沟通."""
    text = _plainly(line)
    return (len(text) >= SHORTEST and ASKED.search(text) is not None) or names_a_thing(line)


def _plainly(line: str) -> str:
    """A Chinese line in simplified characters without polite words; empty where it points at something, or is not Chinese."""
    text = politely(simplified(line).casefold().strip())
    return text if HAN.search(text) and not THERE.search(text) else ""
