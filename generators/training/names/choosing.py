"""Which of the verses that a word stands in is shown beside it: a bright one, rather short, by a poet whom readers know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from generators.training.names.verses import Verse, words

#: Characters of verses that nobody wants beside a name: grief, death, war, office, what is coarse.
GLOOMY = frozenset(
    "愁泪死哭恨墓鬼老病残败亡悲寂寞孤怨哀伤断离别愤血兵战戈胡虏贼臣妾奴妓尸骨冢坟丧坠枯衰灭毒蛇鼠虫蝇狗猪粪屎尿奸淫贱贫穷苦泣"
    "啼惆怅凄惨冤仇杀戮刑狱囚逐谪贬暮朽腐痛疾瘴魄僧佛禅吊祭奠旧废荒乱破伐征戍虎狼憎厌愧惭惊忧虑怕怯悔非难恶羞耻辱罪盗盲聋哑癞"
    "疮痍弃绝失丑陋俗妖魔误徒空催凋谢尽零落歇稀瘦冷霾毁劫殁憔悴呜咽伶仃漂泊萧蛮夷狄羌妇女婢嫖倡娼狎床枕衾裸胸乳醉死俺汝尔谁何"
    "不未莫无休勿否岂那嗟叹"
)
#: Poets whom every reader knows, and those whom most know. Facts of reputation: who stands in 唐诗三百首, 千家诗 and 宋词三百首.
KNOWN = frozenset(
    re.findall(
        r"\w+",
        "诗经 楚辞 李白 杜甫 王维 白居易 孟浩然 王昌龄 李商隐 杜牧 刘禹锡 柳宗元 韦应物 岑参 高适 王之涣 贺知章 "
        "张九龄 苏轼 辛弃疾 李清照 陆游 杨万里 范成大 王安石 欧阳修 晏殊 晏几道 秦观 黄庭坚 周邦彦 姜夔 柳永 "
        "温庭筠 李煜 纳兰性德 贾岛 李贺 朱熹 林逋 元稹 张若虚 曹操 韩愈 范仲淹 ",
    )
)
READ = frozenset(
    re.findall(
        r"\w+",
        "张籍 王建 王勃 骆宾王 陈子昂 张说 宋之问 沈佺期 储光羲 常建 祖咏 王湾 刘长卿 钱起 卢纶 韩翃 李益 "
        "司空曙 戴叔伦 张继 孟郊 卢仝 皎然 贯休 齐己 许浑 张祜 韩偓 韦庄 皮日休 陆龟蒙 司空图 罗隐 杜荀鹤 郑谷 "
        "李群玉 薛涛 梅尧臣 苏舜钦 苏辙 曾巩 司马光 邵雍 程颢 陈与义 曾几 张先 贺铸 吴文英 蒋捷 史达祖 张炎 "
        "周密 张孝祥 朱敦儒 叶绍翁 赵师秀 徐玑 徐照 翁卷 戴复古 刘克庄 文同 秦韬玉 李颀 寒山 王禹偁 晁补之 张耒 "
        "陈师道 冯延巳 李璟 顾况 方岳 真山民 雷震 志南 朱淑真 王令 毛滂 刘翰 卢梅坡 王淇 曹豳 谢枋得 裴迪 丘为 "
        "綦毋潜 崔颢 刘方平 金昌绪 李峤 虞世南 上官仪 释道潜 释志南 仇远 ",
    )
)
NAMELESS = frozenset({"无名氏", "不详", "郊庙朝会歌辞"})
NOTED = 6.0  # that a verse stands in an anthology which every pupil learns from
FAME = {1: 4.0, 2: 1.5, 0: 0.0}
EVEN = {5: 1.0, 7: 0.6, 4: 0.3, 6: -0.2, 8: -1.5}  #: how well a verse of that length reads beside a name


def liked(verse: Verse, noted: frozenset[str]) -> float:
    """How gladly a verse is shown."""
    author = 1 if verse.author in KNOWN else 2 if verse.author in READ else 0
    return (
        FAME[author]
        + EVEN[len(verse.text)]
        + (NOTED if verse.text in noted else 0.0)
        - 5.0 * len(set(verse.text) & GLOOMY)
        - 2.0 * sum(map(_rare, verse.text))
        - (3.0 if verse.author in NAMELESS or verse.author.startswith(("释", "宋太", "宋徽", "宋真")) else 0.0)
    )


def _rare(char: str) -> bool:
    """Whether a character is none of the 6 763 of GB 2312: a variant that hardly anybody reads, or that fonts lack."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def chosen(wanted: Iterable[str], verses: Iterable[Verse], noted: frozenset[str]) -> Mapping[str, Verse]:
    """The best verse for each word that stands in one where the verse breaks; the same text every time."""
    names, best = frozenset(wanted), dict[str, tuple[float, str, Verse]]()
    for verse in verses:
        for word in names.intersection(words(verse.text)):
            key = (liked(verse, noted), verse.text, verse)
            if word not in best or key[:2] > best[word][:2]:
                best[word] = key
    return {word: verse for word, (_value, _text, verse) in best.items()}
