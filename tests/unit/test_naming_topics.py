"""Which topics ask for names, of what, and how the words that names are made of were taken out of verses."""

from __future__ import annotations

import numpy as np
import pytest

from bot.domain.ideas import Prompt
from generators.training.names.build import KEPT, kept
from generators.training.names.choosing import chosen
from generators.training.names.verses import Verse, words
from generators.verse.naming.asking import asked, names
from generators.verse.naming.kinds import table
from generators.verse.naming.making import Before, Namer
from generators.verse.naming.words import Words

NAMING = (
    """
给我们的茶馆取名|给一家奶茶店起个名字|咖啡馆的名字，靠海|旧书店取个名|给花店起个好听的名字|牛肉面馆叫什么好
清吧起名，要有点神秘|大理民宿取名
山里的民宿店名|给我家橘猫起个名字|姓李的男宝宝取名，大气一点|龙年出生的宝宝，姓周，名字要带“云”字|民谣乐队的名字|大学天文社叫什么名字好
徒步俱乐部的队名|一个记账App的名字|智能台灯新产品命名|公众号名字推荐|数据平台项目的代号|老同学聚会群的群名|给我的帆船取名|起个名字给茶馆
帮我们团队起个队名|我们队叫什么好|新公司叫啥名字好|求店名，卖手工皮具|有没有好听的店名|帮忙想个品牌名：有机蔬菜|幫我們想幾個茶館的名字|宝宝取什么名字好
昵称推荐，女生，文艺|给我的船命名|我们的咖啡馆该叫什么|想给新品起名|花店叫啥
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
OTHER = (
    """
茶馆的活动点子|怎么记住大家的名字|让新同事记住名字的游戏|取名字有什么讲究|给茶馆写一句口号|我们店的广告语|这首歌叫什么|你叫什么名字|名片设计|名人讲座的主题
起一个小说标题|书名|歌名推荐|报名流程怎么简化|命名规范怎么定|变量命名规范|给孩子取名的习俗由来|团队命名投票规则|求一个英文名字|给公司取个英文名|他叫什么
签名墙的创意|点名小游戏|为什么叫双十一|降低客户流失|周末团建去哪儿
咖啡馆的装修风格|写一首关于茶馆的诗|猫不吃饭怎么办|给妈妈的生日礼物|年会节目|店里的名牌怎么做
名字贴纸的图案|怎么给客户起草邮件
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.fixture(scope="module")
def namer() -> Namer:
    return Namer()


def a_prompt(text: str) -> Prompt:
    return Prompt(text=text, language="zh")


@pytest.mark.parametrize("topic", NAMING)
def test_topics_that_ask_for_names_are_known(topic: str) -> None:
    assert asked(a_prompt(topic)) is not None


@pytest.mark.parametrize("topic", OTHER)
def test_topics_about_names_and_all_others_ask_for_none(topic: str) -> None:
    assert not names(topic)


@pytest.mark.parametrize("topic", NAMING)
def test_no_topic_that_asks_for_names_stays_without(namer: Namer, topic: str) -> None:
    found = asked(a_prompt(topic))

    assert found is not None
    assert len(namer.make(found, np.zeros(384, dtype=np.float32), Before(), count=5, seed=1)) == 5


def test_there_is_a_kind_of_its_own_for_most_things() -> None:
    kinds = {table().kind(found.subject)[0].name for topic in NAMING if (found := asked(a_prompt(topic)))}

    assert kinds >= {"茶", "奶茶", "咖啡", "书店", "花店", "饭馆", "酒馆", "民宿", "猫狗", "宝宝", "乐队", "社团", "公司", "船"}


def test_words_are_taken_where_a_verse_breaks() -> None:
    assert set(words("白日依山尽")) == {"白日", "依山", "山尽", "依山尽"}
    assert {"故人", "西辞", "黄鹤", "鹤楼", "黄鹤楼"} == set(words("故人西辞黄鹤楼"))


def test_a_bright_verse_of_a_known_poet_is_shown_before_a_sad_or_unknown_one() -> None:
    sad, plain_, known = (
        Verse("清风断客魂", "李白", ""),
        Verse("清风过小楼", "某生", ""),
        Verse("清风拂面来", "王维", ""),
    )

    assert chosen(["清风"], (sad, plain_, known), frozenset())["清风"] is known
    assert chosen(["清风"], (sad, plain_), frozenset())["清风"] is plain_
    assert chosen(["清风"], (plain_, known), frozenset({plain_.text}))["清风"] is plain_  # every pupil knows it


def test_the_list_of_words_is_read_with_its_fields_and_verses() -> None:
    fields, pinned = kept("# a remark\n[茶]\n听松 煎茶=静对煎茶灶\n\n[声]\n听松\n")

    assert fields == {"听松": ["茶", "声"], "煎茶": ["茶"]}
    assert pinned == {"煎茶": "静对煎茶灶"}


def test_what_is_shipped_is_what_was_kept() -> None:
    fields, pinned = kept(KEPT.read_text(encoding="utf-8"))
    shipped = {word.text: word for word in Words.read().words}

    assert fields.keys() == shipped.keys()
    assert all(shipped[word].fields == frozenset(some) for word, some in fields.items())
    assert all(shipped[word].verse == verse for word, verse in pinned.items())
