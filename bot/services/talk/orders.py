"""Pictures, tunes and poems that people ask for in words, of a subject of their own: 画一只戴帽子的猫. Rules, no model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bot.services.chinese import HAN, simplified
from bot.services.media.changes import change
from bot.services.talk.amounts import number
from bot.services.talk.deeds import KNOWN, LAYOUTS

LONGEST = 120  # characters of such a line; what is longer tells a topic
RULES = Path(__file__).with_suffix(".toml")
MOST = {"/poem": 10, "/imagine": 6, "/compose": 4}  # works at once, as the commands have it
#: Kinds of picture that say how it is painted, not which board it is.
PAINTED = frozenset({"水彩画", "油画", "素描", "铅笔画", "版画", "蜡笔画", "粉笔画"})
#: What goes before and behind the subject of a poem: 关于春天的诗 is about 春天.
BEFORE = re.compile(
    r"^(?:关于|關於|有关|有關|描写|描寫|描述|赞美|讚美|歌颂|歌頌|[送写寫献獻]?[给給](?=..)|[写寫讲講](?=..)|主[题題]是|"
    r"[题題]目[是叫]|[，,：:\s])+"
)
#: Kinds of poems that nobody here writes, in whose place a jueju is written.
NOT_WRITTEN = r"(?:打油|藏[头頭]|[一二三四五六七八九十两兩]行|儿童|兒童|童|[长長]|叙事|敘事|朗[诵誦])[诗詩]"
#: Rhymes for speaking, which are asked for as these are: 给交接班编个顺口溜.
SPOKEN = re.compile(
    r"(?:[一两四4几]?[个首段句])?(?P<kind>顺口溜|順口溜|三句半|快板书?|顺口的(?:词|话|句子)|押韵的(?:词|话|句子))"
)
#: Of these, the one that is a jueju whose lines begin with four characters that are given.
ACROSTIC = re.compile(r"藏[头頭]")
_SMALL = rf"(?:{NOT_WRITTEN[:-4]}|小|古|短|咏物|詠物)?"
BEHIND = re.compile(rf"的?{_SMALL}(?:[诗詩]歌?|[诗詩][词詞]|[绝絕]句|[五七][绝絕])(?:吧|呗|呀|[来來]?看看|[给給]我看)?[，,\s]*$")
#: The kind first, the subject behind it: 七言绝句，写长城的雪.
FIRST = re.compile(
    rf"^{_SMALL}(?:[诗詩]歌?|[诗詩][词詞]|[绝絕]句|[五七][绝絕]|[五七]言)+(?:一首)?(?:吧|呗|啊)?(?:[，,：:\s]+(?:讲|写|说|关于)?|"
    rf"送给|献给|写给|讲讲|讲|喊|关于|写的是|"
    r"(?=[损損夸誇逗笑])(?:[损損夸誇逗笑]{1,2}(?:一下|一[损夸逗笑])?|调侃|調侃|吐槽))"
    r"(?:[写寫讲講]|关于|關於|描写|描寫|主[题題]是?|[题題]目[是叫]?|题为|[给給])*[：:]?(?=.)"
)
#: Clauses behind the kind of poem: what it is about, and what is no part of that.
ABOUT = re.compile(
    r"(?:内容)?(?:要|是|就)?(?:讲讲?|講講?|[写寫](?!在|到|[给給]|得|成|上)|说说?|說說?|关于|關於|描写|描寫|"
    r"主[题題](?!公|曲|班|餐|酒|[乐樂])是?"
    r"|[题題]目[是叫]?)[：:]?(?P<about>.{2,}?)的?"
)
#: How something goes, behind what it is, which alone is a title: 毛肚七上八下.
_NUMBER = "[一二三四五六七八九十百千万]"
IDIOM = re.compile(rf"(?<=[\u3400-\u9fff]{{2}}){_NUMBER}[\u3400-\u9fff]{_NUMBER}[\u3400-\u9fff]的?$")
#: Where a poem is to hang, and whom one for an occasion is for.
HUNG = re.compile(
    r"(?<=[诗詩])(?:贴|貼|挂|掛|印|放|发|發)(?!现|明|光|生|呆).{1,10}$|"
    r"(?<=..[诗詩])(?<!打油[诗詩])(?<!藏[头頭][诗詩])[送写寫献獻][给給].+$"
)
RHYMED = re.compile(
    r"(?:要|得|最好|能|记得|記得|请|請)*(?:押韵|押韻|对仗|對仗|工整|上口|朗朗上口)(?:的|一点|一點|些)*|[五七]言(?:的|[绝絕]句)*"
)
ASIDE = re.compile(
    rf"(?:{RHYMED.pattern})|"
    r"(?:写|寫|送|献|獻|念|读|讀)*[给給].+|(?:用来|用來|要|想|好|准备|準備)*(?:贴|貼|挂|掛|印|放|发|發|写|寫)(?:在|到).+"
)
TITLED = re.compile(r"^以(?P<title>.+?)为(?:主?题|题目)")
_OPEN, _SHUT = "[\"“‘']", "[\"”’']"
_TITLE = rf"(?:{_OPEN}(?P<quoted>[^\"“”]+?){_SHUT}|(?P<title>\S.*?))"
#: A picture that letters stand on, and what they are to say: "a poster with the title Parking Mad", "a logo that says Oak".
TITLED_PICTURE = re.compile(
    r"(?:(?:(?:can|could|would|will) (?:you|we|i)|please|now|ok(?:ay)?|and|then|let'?s|i(?:'d| would) like(?: you to)?"
    r"|i want|we want"
    r"|we need|i need)[, ]+)*"
    r"(?:(?:do|make|draw|design|create|give|have|get|show|paint|print|prepare|sketch|generate)(?: me| us)? )?"
    r"(?:an? |the |our |one |another )?(?:[a-z-]+ ){0,2}?(?P<kind>poster|logo|flyer|flier|banner|sign|cover|leaflet|placard)"
    r"(?: (?:for|of) (?:it|this|that|them|these))?(?: (?:as well|too|also|please|now|then))*,? "
    r"(?:(?:with|and) (?:the |a |as )?(?:title|headline|heading|words?|text|name|caption|lettering|slogan|line|sentence)"
    r"(?: on (?:it|top))?(?: of| that says| saying| reading)?:?|"
    r"(?:that|which) (?:says|reads|is (?:called|titled))(?: on it)?:?|(?:it )?(?:should|must|has to) (?:say|read):?|"
    r"(?:titled|entitled|called|named|saying|reading|headed):?|with(?= [\"“]))"
    rf" {_TITLE}(?: (?:on (?:it|top|the top)|as (?:the |its |a )?(?:title|headline|heading|text|caption)|written on it"
    rf"|in big letters))*",
    re.IGNORECASE,
)
#: The same in Chinese: 帮我们做个活动海报，写上“下周五见”.
HAN_POSTER = re.compile(
    r"(?:请|帮我们?|给我们?|麻烦|能不能|可以|再|来)*(?:做|画|设计|弄|生成|来|出|"
    r"搞)(?:一?[张幅个份款])?(?P<of>[^，,。“\"「『]{0,10}?)"
    r"(?P<kind>海报|宣传画|横幅|标志|徽标|logo|封面|邀请函|贺卡)[，,\s]*(?:上面?|正中|中间|标题)?(?:要|就)?(?:写上?着?|"
    r"印上?着?|的?字是|的?标题(?:是|用|写)?|写的是)"
    r"\s*[：:]?\s*[“\"「『](?P<title>[^”\"」』]+)[”\"」』](?:几个字|这几个字|字样|就行|吧)*",
    re.IGNORECASE,
)
#: What names an idea, and is no title: "the first", "number 2", "it".
POINTED = re.compile(
    r"(?:in|on|at|of|under|above|below|bigger|smaller|larger|bolder|more|less|without|about|for) .*|(?:big|small|larg"
    r"|bold)ger|bigger|smaller|"
    r"larger|bolder|(?:the |our |my )?(?:(?:number |idea |no )?#?\d{1,3}|first|second|third|fourth|fifth|last|it|this"
    r"|that|them|these|those|title|name|"
    r"text|idea)(?: (?:one|idea|name|title|of .+))?"
)
FILLER = re.compile(r"^(?:(?:and|now|ok|okay|then|also|so),? )+(?=\S+ \S)", re.IGNORECASE)  # "and a poster for our party"
PLEASE = re.compile(r"(?:,? (?:please|pls|plz|thanks|thank you))+$", re.IGNORECASE)
LENGTH = re.compile(r"[五七](?=言|绝)")
#: What makes a question of a request behind it: 可以写一首关于老街的诗吗.
ASKED = re.compile(r"[，,\s]*(?:(?:好|行|可以|成|可不可以|好不好|行不行)?(?:[吗嗎么嘛呢啊呀吧呗]|谢谢|謝謝)+)$")
#: 不 that makes a question, behind the first clause: 能画个招牌不.
WHETHER = re.compile(r"^((?:你|请问|請問|这里|這裡)?(?:能|可以|会|會)[^，,\s]+?)不(?=[，,\s]|$)")
#: English words that stand for a Chinese one in a line of both, and where: generate 一段战斗音乐, 来一个 poster.
MIXED = (
    (
        re.compile(r"^(?:please )?(?:generate|make|create|design|compose|give (?:me|us))\s*(?=[\u3400-\u9fff])", re.IGNORECASE),
        "来",
    ),
    (re.compile(r"^(?:please )?(?:draw|paint|sketch)\s*(?=[\u3400-\u9fff])", re.IGNORECASE), "画"),
    (re.compile(r"^(?:please )?write\s*(?=[\u3400-\u9fff])", re.IGNORECASE), "写"),
    (re.compile(r"(?<=[\u3400-\u9fff])\s*(?:music|tune)\b", re.IGNORECASE), "音乐"),
    (re.compile(r"(?<=[\u3400-\u9fff])\s*(?:poem)\b", re.IGNORECASE), "诗"),
    (re.compile(r"(?<=[\u3400-\u9fff])\s*(?:picture|image)\b", re.IGNORECASE), "图片"),
)
#: Words for music before how it is to be, and what goes with that: bgm 欢快的, 音乐要温柔一点的.
HOW_IT_SOUNDS = re.compile(
    r"^(?:背景)?(?:音[乐樂]|曲子?|[乐樂]曲|配[乐樂]|bgm|旋律)[，,：:\s]*(?:要|最好|"
    r"得)?(?P<how>[^，,]{1,14}?)(?:一?[点點]儿?|一些|些)?的?$",
    re.IGNORECASE,
)


def order(line: str) -> str:
    """The typed command for what a line asks for; empty where it asks for none of these."""
    text = PLEASE.sub("", FILLER.sub("", line.strip(" .!?。！？~～")))
    if not text or len(text) > LONGEST:
        return ""
    chinese = HAN.search(text) is not None
    if poster := _lettered(text) if chinese else _titled(text):
        return poster
    text = _in_one_tongue(SPOKEN.sub("首打油诗", ASKED.sub("", text))) if chinese else text
    plain = (simplified(text) if chinese else text).casefold()
    language = "chinese" if chinese else "english"
    if re.search(_table()["words"][language], plain):
        return ""
    said = text if len(plain) == len(text) else plain  # the subject is told in the characters that somebody wrote
    for command, rules in _rules(language).items():
        for rule in rules if not (chinese and re.search(_table()["words"][command], plain)) else ():
            if (match := rule.fullmatch(plain)) and manner(match.groupdict().get("manner")):
                groups = {name: said[slice(*match.span(name))].strip(" ，,：:") for name in match.groupdict() if match[name]}
                return _typed(command, groups, kind=match.groupdict().get("kind") or "")
    return ""


def _lettered(text: str) -> str:
    """The typed command for a picture that is to bear a Chinese text; else empty."""
    match = HAN_POSTER.fullmatch(text)
    if match is None:
        return ""
    kind = match["kind"].casefold()
    return _bearing(LAYOUTS.get(kind, kind), match["title"].strip())


def _titled(text: str) -> str:
    """The typed command for a picture with a title that a line names: "a poster that says Grand Opening"; else empty."""
    match = TITLED_PICTURE.fullmatch(" ".join(text.split()))
    title = (match["quoted"] or match["title"]).strip() if match else ""
    if match is None or not title or (not match["quoted"] and POINTED.fullmatch(title)):
        return ""
    return _bearing(match["kind"].casefold(), title)


def _bearing(kind: str, title: str) -> str:
    """The typed command for a picture of a kind that bears a title."""
    layout = kind if kind in KNOWN else "poster"  # of these boards the one that letters stand on
    return f"/imagine --layout {layout} -- {title}"


def form(line: str) -> str:
    """The kind of poem that a line asks for and that is not written here: 打油诗; empty where it asks for no such one."""
    if spoken := SPOKEN.search(line):
        return spoken["kind"]
    found = re.search(NOT_WRITTEN, line)
    return found[0] if found else ""


def _in_one_tongue(text: str) -> str:
    """A Chinese line without the English verbs and nouns in it that have a Chinese one in the rules, and without 不 for 吗."""
    text = WHETHER.sub(lambda match: match[1], text)
    for english, word in MIXED:
        text = english.sub(word, text)
    return text


def manner(words: str | None) -> bool:
    """Whether words say how a picture is drawn; also where there are none."""
    said = change(words, "image") if words else None
    return not words or (said is not None and bool(said.options) and not (said.work or said.cannot or said.again))


def _typed(command: str, groups: Mapping[str, str], *, kind: str) -> str:
    options: dict[str, str] = {}
    text = groups.get("text", "")
    count = number(groups.get("n"))
    chinese = HAN.search(text) is not None
    if command == "/compose" and (sounds := HOW_IT_SOUNDS.match(text)):
        text = sounds["how"]
    if command == "/poem" and chinese:
        acrostic, text = ACROSTIC.search(text), _subject(text)
        options["form"] = "cangtou" if acrostic and re.fullmatch(rf"(?:{HAN.pattern}){{4}}(?:（[五七]言）)?", text) else "jueju"
        count = count if "n" in groups else 1
    layout = LAYOUTS.get(kind, kind.replace(" ", ""))
    if layout in KNOWN:
        options["layout"] = layout
    if "form" in groups:
        options["form"], count = groups["form"], count or 1
    if kind in PAINTED:
        options["style"] = kind
    if count and (command != "/compose" or count > 1):
        options["count"] = str(min(count, MOST[command]))
    parts = (
        # for whom a cat is drawn is not in the picture, nor in what an acrostic's lines begin with
        "" if (command == "/imagine" and text) or options.get("form") == "cangtou" else groups.get("whom", ""),
        text,
        groups.get("more", ""),
        groups.get("manner", ""),
    )  # how it is to be stands behind, where it is read
    subject = ("，" if chinese else ", ").join(dict.fromkeys(part for part in parts if part))
    if not subject:
        return ""
    return " ".join([command, *(f"--{name} {value}" for name, value in options.items()), "--", subject])


def _subject(text: str) -> str:
    """What a poem is about, and how long its lines are where that was said."""
    long = LENGTH.search(text)
    bare = FIRST.sub("", _told(text))
    bare = TITLED.sub(lambda match: match["title"], BEHIND.sub("", BEFORE.sub("", bare))).strip(" ，,：:")
    bare = IDIOM.sub("", re.sub(r"^[五七]言|的?[五七]言$", "", bare)).strip('《》“”"')
    return f"{bare}（{long[0]}言）" if long and bare else bare


def _told(text: str) -> str:
    """The clauses of a request for a poem that tell what it is about: not whom it is for, where it hangs and that it rhymes."""
    first, *rest = re.split(r"[，,；;]\s*", text)
    first = HUNG.sub("", first)
    bare = not BEHIND.sub("", BEFORE.sub("", first)).strip()  # 写首诗,送给妈妈 has nothing else that it is about
    about = next((match["about"] for clause in rest if (match := ABOUT.fullmatch(clause))), "")
    if about:
        own = BEHIND.sub("", BEFORE.sub("", first)).strip()
        return f"{own}，{about}" if own and own != first else about
    return "，".join(
        [BEHIND.sub("", first) or first, *(clause for clause in rest if not (RHYMED if bare else ASIDE).fullmatch(clause))]
    )


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))


@cache
def _rules(language: str) -> Mapping[str, Sequence[re.Pattern[str]]]:
    """The patterns of each command in a language, the parts put in."""
    parts = re.compile("|".join(sorted(_table()["parts"], key=len, reverse=True)))

    def whole(rule: str) -> re.Pattern[str]:
        return re.compile(parts.sub(lambda part: str(_table()["parts"][part[0]]), rule))

    return {command: tuple(map(whole, rules)) for command, rules in _table()[language].items()}
