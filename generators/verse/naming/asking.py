"""What a topic in Chinese asks of names: whether it asks for any, for what, how long, with which characters and surname."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.ideas import Prompt
from generators.verse.scripts import simplified

HAN_DIGITS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_THING = (
    r"(?:店|馆|队|团|社|班|群|艺|笔|网|人|小|大|乳|学|中文|品牌|产品|公司|项目|乐队|团队|球队|战队|队伍|社团|社群|班级|班刊|工作室|店铺|"
    r"公众号|账号|播客|节目|栏目|频道|活动|系列|新品|英雄|船|猫|狗|宠物|宝宝|酒|茶|菜|香水|App|app|APP|软件|系统|平台|代)"
)
_SOME = r"(?:一?[个些]|几个|\d{1,2}个|[两三四五六七八九十]{1,2}个)?"
_HOW = r"(?:[^，,。的]{1,8}的)?"
_NOUN = rf"(?:{_THING}?的?(?:名字|名称)|{_THING}名|昵称|代号|雅号|斋号|堂号|品牌名|花名)"
#: The same at the end of a subject, of which App, 品牌 and 项目 stay.
_WORD = rf"(?:的?(?:名字|名称)|{_THING}名|的?(?:昵称|代号|雅号|斋号|堂号|花名))"
_TAIL = r"(?:吧|呗|呀|啊|吗|呢|了|建议|点子|灵感|创意|推荐|方案|好)?"
#: A clause that asks for names by what is done: 给…取名, 起个好听的名字, 命名, 叫什么好.
DOING = re.compile(
    rf"(?:帮我们?|请|来|给我们?|想要?|求)?(?:起|取|想|定|改|换|求|来|要|出|想要)一?下?{_SOME}{_HOW}(?:{_NOUN}|{_THING}?名){_TAIL}$|"
    rf"(?:命名|冠名){_TAIL}$|(?:起|取|求)(?:{_THING})?名{_TAIL}$|"
    r"(?:应该|该|可以|能|要|到底)?(?:叫|起|取)(?:个|一个)?(?:什么|啥)(?:样的)?(?:名字?|名称)?(?:比较|更|最)?(?:好听?|合适|呢|才好|好呢|好呀|好啊|好一点|有意思|不错)*$"
)
#: … or by what is wanted: 茶馆的名字, 店名, 项目代号.
BEING = re.compile(rf"(?:{_NOUN}){_TAIL}$")
BARE = re.compile(rf"{_WORD}{_TAIL}$")
#: … or by how they are to be: 名字要带“云”字.
SAYING = re.compile(r"^(?:名字|名称|店名)(?:里|中)?(?:要|得|必须|不要|不能|最好|希望|带|含|有)")
#: … at the beginning: 起个名字给茶馆, 帮我们取名：…
BEGUN = re.compile(
    rf"^(?:帮我们?|请|麻烦|给我们?)*(?:起|取|想|来|要|求){_SOME}{_HOW}(?:名字|名称|店名|队名|名)(?:给|，|：|:|\s|$)(?P<rest>.*)"
)
#: What is no question for names although it has the word: what others are called, and what is done with names.
OTHER = re.compile(
    r"记住|记得|记不|认识|叫错|念错|忘记|忘了|打听|由来|来历|含义|寓意|规范|规则|名片|名单|报名|签名|点名|改名的?(?:手续|流程)|为什么|怎么(?!取|起|命)|"
    r"如何(?!取|起|命)|谁的|你(?:叫|的名)|(?:^|[^给为帮])(?:他|她|它|这|那)(?:个|本|首|部)?[^，。]{0,4}叫(?:什么|啥)$|^(?:这|那)|口号|标语|广告语|(?:英文|英语|日文|日语|外文|法文)(?:的)?名|书名|片名|歌名|标题|题目"
)
CLAUSES = re.compile(r"[，,。；;！!？?\n]+|\s{1,}")
LENGTH = re.compile(r"(?P<n>[一二两三四五六1-6])个?字")
_QUOTED = r"[“\"「『'‘](?P<{0}>[\u3400-\u9fff、，,和或]{{1,9}})[”\"」』'’]字?"
_PLAIN = r"(?P<{0}>[\u3400-\u9fff](?:[、和或][\u3400-\u9fff])*)(?:这个|这些)?字"
NOT = re.compile(
    rf"(?:不要|不能|别|不用|避开|避免|不含|不带|没有|去掉)(?:再)?(?:用|带|有|含|出现|包含)*(?:{_QUOTED.format('a')}|{_PLAIN.format('b')})的?"
)
WITH = re.compile(
    rf"(?:要|必须|得|最好|里面?|中|希望|想)*(?:带有?|含有?|包含|有|用上?|出现)(?:一?个)?(?:{_QUOTED.format('a')}|{_PLAIN.format('b')})的?"
)
NOT_ONE = re.compile(r"(?:不要|别用?|不带|避免)(?:带|有|用)?(?P<a>[\u3400-\u9fff])(?:的|了)?")  # alone in its clause: 不要月
COMPOUND = "欧阳|司马|上官|诸葛|皇甫|慕容|令狐|司徒|公孙|夏侯|尉迟|长孙|宇文|东方|南宫"
SURNAME = re.compile(
    rf"(?:^|[，,。；;\s给为我随])(?P<b>{COMPOUND}|(?![给为我随家妈爸帮替的同贵其本])[\u3400-\u9fff])姓(?![名氏的])|"
    rf"(?:^|[，,。；;\s给为我随家妈爸]|老婆|老公|爱人|太太|先生|宝宝|孩子|男孩|女孩|儿子|女儿)姓(?P<a>{COMPOUND}|(?![的名氏])[\u3400-\u9fff])|"
    rf"(?:宝宝|孩子|儿子|女儿)叫(?P<c>{COMPOUND}|(?![什啥])[\u3400-\u9fff])(?:什么|啥)"
)
BOY, GIRL = re.compile(r"男|儿子|孙子|王子|哥哥|弟弟"), re.compile(r"女|闺女|孙女|公主|姐姐|妹妹")
LEADING = re.compile(
    r"^(?:\d{1,2}个|有没有|请|帮忙?|给|为|替|帮|我们?|咱们?|自己|家|的|新开|新|开|要|想|一?[家个款只间支条艘位本档群部]|正在|准备|打算|即将|做|办|在|里)+"
)
HELPING = re.compile(r"^(?:请|麻烦)?(?:帮我们?|给我们?|帮忙|给|为|替|帮)+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of names."""

    subject: str  #: what they are for, in Simplified characters
    moods: str = ""  #: how they should be, in the person's words
    length: int | None = None  #: characters of a whole name
    having: frozenset[str] = frozenset()  #: characters of which a name must have one
    without: frozenset[str] = frozenset()  #: characters that none may have
    surname: str = ""
    sex: str = ""  #: 男 or 女; empty: nothing was said


def asked(prompt: Prompt) -> Asked | None:
    """What a prompt asks of names; None where it asks for something else. Traditional characters are read as Simplified ones."""
    if prompt.language != "zh" or prompt.kind not in ("", "names"):
        return None
    text = simplified(prompt.text)
    if prompt.kind == "" and not names(text):
        return None
    said = "，".join(part for part in (text, simplified(prompt.style), simplified(prompt.tone)) if part)
    refused = _chars(NOT, said) | frozenset(
        match["a"] for part in CLAUSES.split(said) if (match := NOT_ONE.fullmatch(part)) is not None
    )
    rest = NOT.sub("", said)
    surname = SURNAME.search(text)
    length = prompt.option("words")
    counted = LENGTH.search(said)
    return Asked(
        subject=subject(text),
        moods=f"{simplified(prompt.style)} {simplified(prompt.tone)} {simplified(prompt.option('audience'))}".strip(),
        length=int(length) if length else (HAN_DIGITS.get(counted["n"]) or int(counted["n"])) if counted else None,
        having=_chars(WITH, rest),
        without=refused,
        surname=next((group for group in surname.groups() if group), "") if surname else "",
        sex="男" if BOY.search(text) and not GIRL.search(text) else "女" if GIRL.search(text) and not BOY.search(text) else "",
    )


def names(text: str) -> bool:
    """Whether a topic in Simplified characters asks for names."""
    if OTHER.search(text):
        return False
    for clause in filter(None, CLAUSES.split(re.sub(r"[:：]", "，", text))):
        if any(rule.search(clause) for rule in (DOING, BEING, SAYING)):
            return True
    return BEGUN.match(text) is not None


def subject(text: str) -> str:
    """What names are for, out of the topic that asks for them."""
    begun = BEGUN.match(text)
    kept = begun["rest"] if begun and begun["rest"] else text
    parts = []
    for part in filter(None, CLAUSES.split(re.sub(r"[:：]", "，", WITH.sub("", NOT.sub("", kept))))):
        bare = HELPING.sub("", BARE.sub("", DOING.sub("", SAYING.sub("", part))))
        bare = LEADING.sub("", LENGTH.sub("", bare)).strip("的 ")
        if bare:
            parts.append(bare)
    return "，".join(parts) or LEADING.sub("", text) or text


def _chars(rule: re.Pattern[str], text: str) -> frozenset[str]:
    """The characters that stand in the places of a rule."""
    found = (match["a"] or match["b"] for match in rule.finditer(text))
    return frozenset(char for chars in found for char in chars if char not in "、，,和或")
