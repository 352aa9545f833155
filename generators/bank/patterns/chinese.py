"""What a Chinese topic for a plot, a title, a slogan or a copy is about; in Simplified characters."""

from __future__ import annotations

import re
from collections.abc import Mapping

from generators.bank.kinds import CHINESE
from generators.bank.patterns.asked import ANY, Asked, Slot, same

GENRES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(words)
    for name, words in {
        "children": r"绘本|童话|睡前|儿童|孩子|女儿|儿子|幼儿|小朋友|宝宝",
        "mystery": r"悬疑|推理|侦探|剧本杀|破案|谋杀",
        "ghost": r"恐怖|惊悚|灵异|鬼故事|怪谈|吓人",
        "romance": r"言情|爱情|甜宠|恋爱|甜文|虐恋",
        "scifi": r"科幻|赛博|太空|外星",
        "fantasy": r"奇幻|武侠|玄幻|仙侠|修仙|魔法|神话|江湖",
        "comedy": r"喜剧|小品|搞笑|短剧|四格|情景剧|好笑|沙雕|梗",
    }.items()
}
FORMATS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(words)
    for name, words in {
        "公众号": r"公众号|推文|文章|微信|新闻稿|校报|专栏",
        "小红书": r"小红书|笔记",
        "视频": r"视频|抖音|[Bb]站|vlog|快手",
        "播客": r"播客|电台|音频",
        "讲座": r"讲座|分享会|课程|培训|公开课|演讲|讲课|工作坊|班会|论文|报告",
        "书": r"书名|回忆录|小说|绘本|散文|诗集|书",
        "展览": r"展览|影展|画展|书展|展",
        "活动": r"活动|晚会|运动会|沙龙|比赛|主题日|年会|派对",
    }.items()
}
#: One of something that is named behind it; not 一个人.
MEASURE = (
    r"(?:一|两|几|那|这|某)(?:只|个|位|条|头|辆|座|家|间|把|封|群|对|台|棵|颗|块|朵|匹|本|张|名|段|场|件|双|枚|次|种|所|台|部|口|杯|碗|盏|扇)"
    r"(?!人[\u3400-\u9fff])(?=[\u3400-\u9fff]{2})"
)
END = r"[,，。；;！!？?\s]|$"
STORY = "(?:故事|剧情|小说|剧本|绘本|短剧|小品|童话|漫画|征文|短篇|独幕剧|微电影|情景剧|四格|怪谈|短片|跑团|模组|武侠|科幻|大戏)"
MEANT = "(?:点子|创意|设定|大纲|灵感|情节|脑洞|想法|开头)?"
TITLE = r"(?:标题|选题|题目|书名|片名|展览?名|专辑名|课程名|活动主题)"
MANNER = (
    "悬疑|推理|恐怖|惊悚|科幻|奇幻|武侠|搞笑|喜剧|睡前|儿童|短篇|短|长篇|微|爱情|言情|温馨|校园|古风|职场|都市|治愈|幼儿|寓言|的"
)
MEDIUM = (
    "公众号|小红书|抖音|[Bb]站|短?视频|直播间?|账号|文章|推文|笔记|课程|培训|播客|节目|展览|摄影展|画展|展|讲座|分享会|"
    "演讲|班会|主题|活动|ppt|PPT|帖子|知乎|vlog|论文|毕业|毕设|硕士|电台|栏目|的"
)
#: Who or what a plot is about, the first that fits.
HEROES = (
    rf"主(?:角|人公)(?:是|为|叫)?(?:一?[个位只条名头]的?)?(?P<x>.+?)(?:{END})",
    rf"(?:主题|题材)(?:是|为|[:：])?\s*(?P<x>.+?)(?:的?(?:{MANNER})*{STORY}|{END})",
    r"以(?P<x>.+?)为(?:主角|背景|主题|题材|题)",
    rf"(?:关于|(?<!没)有关|讲述?的?是?|围绕)(?P<x>.+?)(?:的(?:{MANNER})*{STORY}|{END})",
    rf"(?:^|[,，。\s])(?P<x>[^,，。\s]+?)的(?:{MANNER})*{STORY}",
    rf"{STORY}{MEANT}[,，:：\s]+(?:写|讲)?(?P<x>(?![要不别想适求请给能\d]|[一二三四五六七八九十两]个人|[一二三四五六七八九十]分钟).+?)(?:{END})",
    rf"^(?P<x>[^,，。\s]{{2,6}}?)这[种个][^,，]{{0,8}}.*{STORY}",
    rf"^(?P<x>[^,，。\s]{{4,}})[,，\s]+.*(?:{STORY})",
    rf"(?P<x>{MEASURE}[^,，。\s]+?)(?:的(?:{MANNER})*{STORY}|{END})",
    rf"^(?P<x>[^,，。的\s]{{2,6}}?)(?:{MANNER})+{STORY}",
    r"(?P<x>(?:怕|不肯|不爱|不敢)[^,，。\s]{1,6})$",
)
WHERE = (
    rf"(?:发生在|只在|[场背]景(?:只能|只有|就|放|设)?[在是有]?|设定在|地点[是在])(?P<x>(?![,，。]).+?)(?:里|中|内|上)?"
    rf"(?:的(?:{MANNER})*{STORY}|{END})"
)
SUBJECTS = (
    r"一?[本部篇集](?:讲|写|关于|说)(?P<x>[^,，。]+?)的(?:书|小说|散文|诗集|绘本|回忆录)",
    rf"(?:主题|内容|方向|题材)(?:是|为|[:：])\s*(?P<x>.+?)(?:{END})",
    (
        rf"(?:关于|(?<!没)有关|围绕|讲讲?|聊聊?|介绍|写写?|教|拍|研究)(?:的?(?:都|全)?是)?(?P<x>.+?)"
        rf"(?:的[^,，的]{{0,6}}{TITLE}|的?(?:{MEDIUM})*(?:{TITLE}|{END}))"
    ),
    rf"{TITLE}\s*[:：,，\s]\s*(?P<x>.+?)(?:{END})",
    rf"^(?P<x>.+?)的?(?:{MEDIUM})*(?:的|系列|大)?{TITLE}",
)
SLOGAN = "(?:广告语|口号|标语|宣传语|广告词|slogan)"
LINES = {
    "slogans": (
        rf"我们是(?P<x>.+?)(?:{END})",
        rf"^(?P<x>[^,，。\s]+?)的?(?:宣传|招生|品牌|入场|开业|比赛|安全|提示|警示)?的?{SLOGAN}",
        rf"^(?P<x>[^,，。\s]+?)(?:要参加|要|开在|正在|打算|写|想|来几?[句条]|{END})(?=.*(?:{SLOGAN}|押韵|口号))",
    ),
    "copy": (r"^(?P<x>[^,，。\s]{2,7}?)的?(?:发|配)?的?(?:朋友圈|海报|宣传)?(?:文案|配文|海报)",),
}
#: A shop by its name, which alone says what its slogan is about: 我们店叫“老槐树”，想几句广告语.
NAMED = re.compile(
    r"(?:店|饭馆|餐厅|餐馆|面馆|民宿|公司|品牌|工作室|农场|茶馆|咖啡馆|铺子|摊子|牌子)(?:的)?(?:名字)?(?:叫做?|名叫|是叫|名是|名字是|名为|取名)\s*"
    r"(?:[“「『\"《](?P<quoted>[^”」』\"》]{2,8})[”」』\"》]|(?P<bare>[^“”「」『』\"《》，,。\s的]{2,5})(?=[，,。\s]))"
)
SURER = 1.5  # than what is near to such a name by chance
PAIR = re.compile(r"(?:和|与|跟|遇[见到上]|碰[见到上]|爱上|、)")
PLOT = re.compile(rf"{STORY}|女主|男主|主角|主人公|脑洞|课本剧|反转")
REFUSED = re.compile(r"(?:不要|不用|不能|别|不)太?[^,，。\s]{1,5}")
LEADS = re.compile(
    r"一个(?P<p>[^,，。\s一]{2,8})[,，]?一个(?P<q>[^,，。\s]{2,8})|女主(?:角)?(?:是|为)(?P<x>[^,，。]+?)[,，\s]*男主(?:角)?(?:是|为)(?P<y>[^,，。\s]+)"
)
THEMED = re.compile(r"(?:^|[,，。\s])(?P<x>[^,，。\s的]{2,6})(?:主题|题材)(?=[的,，。\s]|$)")
#: Two of one kind: 两个外卖员的爱情故事.
TWINS = re.compile(r"(?:两|俩)(?P<of>[个只位条头辆台匹棵名])(?P<x>(?!人|小朋友|孩子)[^,，。\s的、和与]{2,7})(?=的|[,，。\s]|$)")
WORLD = (
    "(?:人类|世界上|全世界|全城|全国|全村|地球|所有|每个人|人人|没有?人|动物|植物|时间|月亮|太阳|星星|机器人|互联网|语言|记忆|重力|"
    "影子|天空|大海)"
)
PREMISE = re.compile(
    rf"{STORY}{MEANT}[,，:：\s]+(?P<w>{WORLD}[^,，。？]{{3,14}}?)(?=[,，。？]|$)|"
    r"(?:如果|假如|在(?:一个)?)?(?P<x>[^,，。]{4,14}?)(?:之后的世界|以后的世界|的世界|之后$|以后$)|(?:如果|假如)(?P<y>[^,，。？]{3,18})(?:[,，。？]|$)"
)
#: What a topic begins and ends with and that says nothing of what it is about.
BEFORE = re.compile(
    rf"^(?:请|帮我们?|给我们?|替我们?|为我们?|给|为|帮|替|(?:我们?|咱们?)(?:学校|公司|社区|小区|单位|部门|科室|车间|厂里?|店里?|校|班里?|院里?|队里?|村里?|镇上?|县|家)的?(?=..)|"
    rf"我们的?|咱们?的?|想(?!念|象)要?|求|要|来|写|编|起|取|做|讲|出|几[个条句]|"
    rf"[一二三四五六七八九十两\d]+(?:个|条|句|篇|则)(?!人)|{MEASURE}|(?:县城|镇上)?新开的|写写|悬疑|推理|恐怖|科幻|奇幻|搞笑|睡前|短篇|"
    r"好听的|好玩的|有趣的|温馨的|感人的|(?:[一二三四五六七八九十\d]+岁的?)?(?:女儿|儿子|孩子|宝宝)的|(?:女儿|儿子|孩子|宝宝|小孩|娃)(?:很|最|特别|超)?(?:喜欢|爱)(?:看|玩)?|多写写?|就?是|"
    r"(?:个|位|只)(?=[^的]{1,6}的)|关于|有关|如果|假如|公众号|小红书|抖音账?号?|[Bb]站|播客|校报|的|[,，:：\s])+"
)
BEHIND = re.compile(
    r"(?:的|写|想|来|起|取|要|做|句|个|条|几|一|用|帮忙|季度|年度|月度|冲刺|运动会|入场|招新|招生|进校园|进社区|进企业|横幅|公益活动|活动|[\d一二三四五六七八九十]+周年|墙上|上墙|加油|宣传|推广|主题|题材|[,，:：\s])+$"
)
#: What no words that fill a slot have: who asks, how, and what for.
ASKING = re.compile(
    rf"[\d一二三四五六七八九十]岁$|分[鐘钟]|以[內内]|方向|\d字|怎么|什么|如何|哪些|几个|求|点子|想法|创意|灵感|我|你|他|她|咱|别|请|{TITLE}|{STORY}|"
    r"口号|文案|^[在把]|^不[^的]+$|^适合|班里|大家"
)
VERBS = re.compile(r"[要了着被让越]|可以|[会能](?=[\u3400-\u9fff])")  # a sentence, where they stand in a phrase's noun
HAPPENS = re.compile(r"可以|[会能](?=[\u3400-\u9fff])|忘了|消失|忽然|突然|再也")  # a premise
TEAM = re.compile(r"(?:队|社|团|班|科|部|组|协会|公司|厂|局|处|系|营)$")
#: Whose word ends so is a place, whatever is sold there, or some people.
SELLING = re.compile(r"^(?:卖|做|专?修|开)[^的]+的(?=.)")  # 卖假发的网店
HOUSES = {"place": re.compile(r"(?:[馆店院吧铺坊行园摊厅城]|铺子)$"), "team": TEAM}
HAPPENED = re.compile(
    r"(?:退休|毕业|结婚|离职|上线|开业|获奖|入职|搬家|出生|离婚|考研|创业|转行|失业|复工|开学|升学)$"
)  # and nobody
NOTICE = re.compile(r"[招聘]|转让|出租|通知|公告|提醒|搬|打烊|停业|开业")  # what is made known is no occasion
LONGEST, LONGEST_TITLE, LONGEST_PREMISE = 9, 12, 16  # characters that fill a slot: of more a sentence trips
PAIRED = dict.fromkeys(("who", "creature", "object"), "pair") | dict.fromkeys(("theme", "where", "doing"), "")
NONE = {"doing": ""}  # words for a doing fill none of these
HERO = same("who", "creature", "where", "object", "theme") | NONE
TITLES = {"who": "who", "doing": "doing"} | dict.fromkeys(
    ("theme", "object", "food", "place", "product", "cause", "event"), "what"
)
OF = {
    "slogans": same("food", "place", "product", "cause", "team") | NONE,
    "copy": same("food", "place", "product", "event") | NONE,
}


def asked(topic: str) -> Asked | None:
    """What a topic gives; None: it asks for none of these kinds, or says nothing that patterns could hold."""
    text = topic.strip(" ?？!！。.")
    kind = next((kind for kind, pattern in CHINESE if pattern.search(text)), "")
    if kind == "stories" or (not kind and PLOT.search(text)):
        found = Asked("stories", _first(REFUSED.sub("", text), GENRES), tuple(_story(text)))
    elif kind == "titles":
        found = Asked(kind, _first(text, FORMATS), tuple(_words(text, SUBJECTS, LONGEST_TITLE, TITLES, "what")))
    elif kind == "slogans" and (named := NAMED.search(text)) is not None:
        return Asked(kind, ANY, (Slot((named["quoted"] or named["bare"],), "place"),), surer=SURER)
    elif kind in LINES:
        found = Asked(kind, ANY, tuple(_words(text, LINES[kind], LONGEST, OF[kind])))
    else:
        return None
    return found if found.slots else None


def _first(text: str, patterns: Mapping[str, re.Pattern[str]]) -> str:
    return next((name for name, pattern in patterns.items() if pattern.search(text)), ANY)


def _story(text: str) -> list[Slot]:
    if (premise := PREMISE.search(text)) is not None and (
        words := _trimmed(premise["w"] or premise["x"] or premise["y"], LONGEST_PREMISE)
    ):
        return [Slot((words.removesuffix("了"),), "clause")]
    if (leads := LEADS.search(text)) is not None and (halves := _both(leads["x"] or leads["p"], leads["y"] or leads["q"])):
        return [Slot(halves, "pair")]
    if (twins := TWINS.search(text)) is not None and not ASKING.search(twins["x"]):
        return [Slot((f"一{twins['of']}{twins['x']}", f"另一{twins['of']}{twins['x']}"), "twins")]
    text = re.sub(r"^想?[给为帮][^写讲编,，]{1,6}(?=[写讲编])", "", text)
    if (place := re.search(WHERE, text)) is not None and (words := _trimmed(place["x"], LONGEST)):
        return [Slot((words,), "where")]
    if (theme := THEMED.search(text)) is not None and (words := _trimmed(theme["x"], LONGEST)):
        return [Slot((words,), "theme")]
    for pattern in HEROES:
        found = re.search(pattern, text)
        if found is not None and (slot := _hero(_trimmed(found["x"], 2 * LONGEST))) is not None:
            return [slot]
    return []


def _hero(words: str) -> Slot | None:
    """The slot that words fill; None: they are a sentence or too many."""
    halves = PAIR.split(words)
    if len(halves) == 2 and (both := _both(*halves)):
        return Slot(both, among=PAIRED)
    if VERBS.search(words.rsplit("的", 1)[-1]):
        return Slot((words.removesuffix("了"),), "clause") if HAPPENS.search(words) and len(words) <= LONGEST_TITLE else None
    return Slot((words,), among=HERO, otherwise="theme" if "的" in words else "") if 0 < len(words) <= LONGEST else None


def _both(one: str, other: str) -> tuple[str, str] | tuple[()]:
    """Two beings; empty: one of them is none."""
    first, second = _trimmed(one, LONGEST), _trimmed(other, LONGEST)
    return (
        (first, second) if first and second and not VERBS.search(first.rsplit("的", 1)[-1] + second.rsplit("的", 1)[-1]) else ()
    )


def _words(text: str, patterns: tuple[str, ...], longest: int, among: Mapping[str, str], otherwise: str = "") -> list[Slot]:
    """The slot that the first fitting pattern gives; none of it may be left."""
    for pattern in patterns:
        if (found := re.search(pattern, text)) is None:
            continue
        words = _trimmed(found["x"], longest)
        if not words and among is not TITLES:
            continue
        words = SELLING.sub("", words)
        words = "" if re.search(r"要" if among is TITLES else r"[要了着]|越来?越", words) else words
        if among is OF["copy"] and NOTICE.search(words):
            return []
        if among is TITLES and HAPPENED.search(words):
            return [Slot((words,), "what")]
        name = next((name for name, ends in HOUSES.items() if among.get(name) == name and ends.search(words)), "")
        return [Slot((words,), name, among, otherwise=otherwise)] if words else []
    return []


def _trimmed(text: str, longest: int) -> str:
    """Without what says nothing; empty: nothing is left, or too much, or a question."""
    words = BEHIND.sub("", BEFORE.sub("", text.strip())).split("、")[0].strip('“”"《》 ')
    return words if 2 <= len(words) <= longest and not ASKING.search(words) else ""
