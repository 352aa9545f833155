"""Patterns of the idea bank: what a topic fills them with, how they read then, and when they come."""

from __future__ import annotations

import gzip
from functools import cache

import numpy as np
import pytest

from bot.domain.ideas import BANKED, MAX_IDEA, Prompt, Team
from bot.ports import Order
from bot.services.ideas.filtering import unsafe
from bot.services.ideas.marks import Marks
from generators.bank import recalling
from generators.bank.bank import ASSETS
from generators.bank.kinds import asked as kind_of
from generators.bank.patterns import chinese, english
from generators.bank.patterns.asked import ANY, Asked, Slot
from generators.bank.patterns.filling import filled, titled
from generators.bank.patterns.phrase import phrase
from generators.bank.patterns.table import BLANK, ODDS, TABLE, Patterns, shipped
from generators.bank.patterns.titles import gerund
from generators.client.taught import Shipped
from generators.training.bank.build import vectors
from generators.training.bank.patterns.build import patterns, types
from generators.verse.generator import ChineseGenerator
from tests.builders import an_idea
from tests.fakes.english import EnglishOnly

#: Words of each slot, as people may type them.
WORDS = {
    "en": {
        "who": ("a lighthouse keeper", "an old spy", "my aunt"),
        "group": ("two rival food trucks", "bored knights"),
        "pair": (("a digger", "a shy mole"), ("the king", "a frog")),
        "where": ("a laundrette", "our old cannery", "Mars"),
        "creature": ("a dragon who's scared of fire", "the last bee"),
        "theme": ("having a stutter", "friendship"),
        "event": ("a power cut", "our annual report"),
        "object": ("a red umbrella", "an old letter"),
        "clause": ("nobody can lie on Tuesdays",),
        "gerund": ("failing at marathon training",),
        "hero": ("a grumpy cloud", "a bear who can't sleep"),
        "saying": ("how bees sleep",),
        "tale": ("why our hospital threw out its fax machines",),
        "advice": ("how to store dahlia bulbs over winter",),
        "what": ("old sewing machines", "tides"),
        "audience": (("basic plumbing", "renters"),),
    },
    "zh": {
        "who": ("外卖员",),
        "where": ("深夜便利店",),
        "creature": ("小刺猬",),
        "pair": (("狐狸", "刺猬"),),
        "theme": ("友谊",),
        "object": ("旧雨伞",),
        "clause": ("猫会说话",),
        "what": ("露营",),
        "doing": ("跑马拉松",),
        "audience": (("理财", "月光族"),),
        "food": ("牛肉面",),
        "place": ("社区书店",),
        "product": ("保温杯",),
        "cause": ("垃圾分类",),
        "team": ("急诊科",),
        "event": ("毕业",),
    },
}


@cache
def the_patterns(language: str) -> Patterns:
    found = shipped(language)
    assert found is not None
    return found


def test_a_title_keeps_the_words_that_its_subject_cannot_do_without():
    assert filled("Looking for {X}", ["my town's old cinemas"]) == "Looking for My Town's Old Cinemas"
    assert filled("{X} in D Minor", ["the sea"]) == "The Sea in D Minor"
    assert filled("Letters to {X}", ["the sea"]) == "Letters to the Sea"
    assert filled("Night Trains and {X}", ["the old station"]) == "Night Trains and Old Station"


def test_a_thesis_has_no_jokes_and_an_article_one_in_two():
    def shown(topic):
        told = english.asked(topic)
        drawn = the_patterns("en").drawn(told, 10, seed=4)
        return [one.topic for one in drawn]

    thesis = {one.text for one in patterns("en") if one.genre == "thesis"}
    plain = {one.text for one in patterns("en") if one.genre == ANY and one.kind == "titles"}
    assert {one.replace("…", "{X}") for one in shown("title for my thesis on tides")} <= thesis
    assert sum(one.replace("…", "{X}") in plain for one in shown("title for a blog post about tides")) == 5


def filled_by(topic: str, language: str = "en") -> list[tuple[str, tuple[str, ...]]]:
    """The slots that a topic fills, and with what."""
    told = english.asked(topic) if language == "en" else chinese.asked(topic)
    if told is None:
        return []
    found = the_patterns(language).told(told.slots, vectors([slot.told_by for slot in told.slots], language))
    return [(slot.name, slot.words) for slot in found]


def ordered(topic: str, language: str = "en", **said) -> Order:
    prompt = Prompt(text=topic, language=language, count=5)
    return Order(prompt=prompt, team=Team(platform="test", id="team"), candidates=10, wanted=5, seed=3, model="", **said)


# what a topic gives


@pytest.mark.parametrize(
    ("verb", "doing"),
    [
        ("built", "building"),
        ("build", "building"),
        ("moved", "moving"),
        ("stopped", "stopping"),
        ("tried", "trying"),
        ("swap", "swapping"),
        ("bake", "baking"),
        ("freed", "freeing"),
        ("visit", "visiting"),
    ],
)
def test_a_doing_is_made_of_a_verb(verb, doing):
    assert gerund(verb) == doing


@pytest.mark.parametrize(
    ("topic", "genre", "slots"),
    [
        ("bedtime story ideas with a digger and a shy mole", "children", [("pair", ("a digger", "a shy mole"))]),
        ("Story ideas for a ghost walk around our old cannery", "ghost", [("where", ("our old cannery",))]),
        ("ideas for a D&D one-shot set in a lighthouse", "adventure", [("where", ("a lighthouse",))]),
        ("Story for a picture book on having a stutter", "children", [("theme", ("having a stutter",))]),
        ("sci-fi premise where nobody can lie on Tuesdays", "scifi", [("clause", ("nobody can lie on Tuesdays",))]),
        ("bedtime story about a digger who’s scared of mud", "children", [("creature", ("a digger who's scared of mud",))]),
        ("Plot ideas for a cosy mystery on an allotment", "mystery", [("where", ("an allotment",))]),
        ("comic strip ideas about two lighthouse cats", "comedy", [("group", ("two lighthouse cats",))]),
        ("a mystery with a lost glove", "mystery", [("object", ("a lost glove",))]),
        ("plot about a wedding that goes wrong", ANY, [("event", ("a wedding that goes wrong",))]),
        ("a murder mystery dinner where the victim is the baker", "mystery", [("who", ("the baker",))]),
        (
            "plots about a piano tuner and the deaf woman downstairs",
            ANY,
            [("pair", ("a piano tuner", "the deaf woman downstairs"))],
        ),
        ("A retired ferry captain who still wakes up at 4:40. Give me some plots", ANY, [("who", ("A retired ferry captain",))]),
        (
            "one shot set on a 1926 sleeper train through Anatolia",
            "adventure",
            [("where", ("a 1926 sleeper train through Anatolia",))],
        ),
        ("two rival kite makers, one windless summer: where could this story go", ANY, [("group", ("two rival kite makers",))]),
        ("plot ideas where a piano tuner finds a note inside every piano he opens", ANY, [("who", ("a piano tuner",))]),
        (
            "one-shot, 4 players, they have to smuggle a singing cheese past customs",
            "adventure",
            [("object", ("a singing cheese",))],
        ),
        ("HORROR STORY IDEAS SET IN A GARDEN CENTRE IN FEBRUARY", "ghost", [("where", ("a garden centre",))]),
        (
            "a one-shot set on a salt barge where nobody may say their own name",
            "adventure",
            [("clause", ("nobody may say their own name",))],
        ),
        ("something to tell my daughter tonight about a wobbly tooth and a tram", ANY, [("pair", ("a wobbly tooth", "a tram"))]),
        ("I would love a children's book with an otter and a widow", "children", [("pair", ("an otter", "a widow"))]),
        ("need a tale about why the village clock lost its minute hand", ANY, [("object", ("the village clock",))]),
        (
            "a story about a janitor who finds a door in the boiler room",
            ANY,
            [("who", ("a janitor who finds a door in the boiler room",)), ("object", ("a door in the boiler room",))],
        ),
        ("one shot dnd adventure idea, level 3 party, swamp", "adventure", [("where", ("a swamp",))]),
        ("horror story ideas that take place in a laundromat at night", "ghost", [("where", ("a laundromat",))]),
        ("plot for a one shot, players are all kitchen staff in a castle", "adventure", [("where", ("a castle",))]),
        ("Story ideas where the translator lies on purpose", ANY, [("who", ("the translator",))]),
        ("sci-fi plot ideas about a mail carrier on mars", "scifi", [("who", ("a mail carrier on mars",))]),
        ("murder mystery plot at a village flower show", "mystery", [("event", ("a village flower show",))]),
        ("dragon story for my daughter", "children", [("creature", ("dragon",))]),
        ("storylines for our panto, must include the local mayor as himself", "comedy", [("who", ("the local mayor",))]),
        ("flash fiction about the last letter a postman delivers", ANY, [("object", ("the last letter a postman delivers",))]),
    ],
)
def test_a_plot_is_about_what_its_topic_names(topic, genre, slots):
    told = english.asked(topic)
    assert told is not None
    assert (told.kind, told.genre) == ("stories", genre)
    assert filled_by(topic) == slots


@pytest.mark.parametrize(
    ("topic", "form", "slots"),
    [
        ("title for my talk about failing at marathon training", "talk", [("gerund", ("failing at marathon training",))]),
        ("Titles for a podcast on old sewing machines", "podcast", [("what", ("old sewing machines",))]),
        ("exhibition title, photos of empty bus stops", "exhibition", [("what", ("empty bus stops",))]),
        ("a title for dad’s memoirs, he was a ship’s cook", "memoir", [("who", ("a ship's cook",))]),
        ("a title for my talk on deleting 400,000 lines of COBOL", "talk", [("gerund", ("deleting 400,000 lines of COBOL",))]),
        ("a talk title on the price of olive oil", "talk", [("what", ("the price of olive oil",))]),
        ("title for our annual report, we're a hospice", "report", [("event", ("our annual report",))]),
        (
            "Course title: basic plumbing for renters",
            "course",
            [("audience", ("basic plumbing", "renters")), ("what", ("basic plumbing",))],
        ),
        (
            "title for a talk on why our hospital threw out its fax machines",
            "talk",
            [(name, ("why our hospital threw out its fax machines",)) for name in ("tale", "saying")],
        ),
        ("what should I call my talk about how bees sleep", "talk", [("saying", ("how bees sleep",))]),
        ("title for an article about how to store dahlia bulbs", "article", [("advice", ("how to store dahlia bulbs",))]),
        (
            "youtube video title, i restored a 1961 Vespa in my kitchen",
            "video",
            [("gerund", ("restoring a 1961 Vespa in my kitchen",))],
        ),
        (
            "youtube title for a video where I build a canoe from scratch",
            "video",
            [("gerund", ("building a canoe from scratch",))],
        ),
        ("title for a photo exhibition about my town's old cinemas", "exhibition", [("what", ("my town's old cinemas",))]),
        ("album title ideas, doom metal, theme is the sea", "song", [("what", ("the sea",))]),
        ("title for my master's thesis on urban beekeeping in Nairobi", "thesis", [("what", ("urban beekeeping in Nairobi",))]),
        ("youtube titles for a video restoring a 1962 Vespa", "video", [("gerund", ("restoring a 1962 Vespa",))]),
        ("titles for a fantasy novel with a cowardly knight", "novel", [("hero", ("a cowardly knight",))]),
        ("title for a photo exhibition of empty bus stops", "exhibition", [("what", ("empty bus stops",))]),
        ("title for a children's book about a grumpy cloud", "novel", [("hero", ("a grumpy cloud",))]),
        ("exhibition title, photographs of abandoned swimming pools", "exhibition", [("what", ("abandoned swimming pools",))]),
    ],
)
def test_a_title_is_about_what_its_topic_names(topic, form, slots):
    told = english.asked(topic)
    assert told is not None
    assert (told.kind, told.genre) == ("titles", form)
    assert filled_by(topic) == slots


@pytest.mark.parametrize(
    ("topic", "kind", "genre", "slots"),
    [
        ("狐狸和刺猬的睡前故事", "stories", "children", [("pair", ("狐狸", "刺猬"))]),
        ("写一个关于外卖员的短剧", "stories", "comedy", [("who", ("外卖员",))]),
        ("以深夜便利店为背景的悬疑故事", "stories", "mystery", [("where", ("深夜便利店",))]),
        ("给五岁女儿的睡前故事，主角是一只怕黑的猫头鹰", "stories", "children", [("creature", ("怕黑的猫头鹰",))]),
        ("嫉妒这种情绪写成童话，给二年级孩子看的", "stories", "children", [("theme", ("嫉妒",))]),
        ("绘本 主角是一颗不想被腌的萝卜", "stories", "children", [("creature", ("不想被腌的萝卜",))]),
        ("如果猫会说话的世界，写个童话", "stories", "children", [("clause", ("猫会说话",))]),
        ("小红书标题 露营", "titles", "小红书", [("what", ("露营",))]),
        ("校报下学期的选题，想多写写后勤师傅", "titles", "公众号", [("who", ("后勤师傅",))]),
        ("b站视频标题,一个人骑车去拉萨", "titles", "视频", [("what", ("一个人骑车去拉萨",))]),
        ("给牛肉面馆写个广告语", "slogans", ANY, [("place", ("牛肉面馆",))]),
        ("垃圾分类进校园的口号，要押韵，小学生能喊的", "slogans", ANY, [("cause", ("垃圾分类",))]),
        ("运动会入场口号，我们是会计2班", "slogans", ANY, [("team", ("会计2班",))]),
        ("立秋朋友圈文案", "copy", ANY, [("event", ("立秋",))]),
        ("我们店叫“老槐树”，想几句广告语", "slogans", ANY, [("place", ("老槐树",))]),
        ("睡前故事点子，女儿喜欢挖掘机", "stories", "children", [("creature", ("挖掘机",))]),
        ("武侠小说开头，主角是个厨子", "stories", "fantasy", [("who", ("厨子",))]),
        ("给我几个关于外婆家老井的故事构思", "stories", ANY, [("where", ("外婆家老井",))]),
        ("想写本讲东北澡堂子的书，书名求助", "titles", "书", [("what", ("东北澡堂子",))]),
        ("两个外卖员的爱情故事", "stories", "romance", [("twins", ("一个外卖员", "另一个外卖员"))]),
        ("科幻小说，人类不需要睡觉了", "stories", "scifi", [("clause", ("人类不需要睡觉",))]),
        ("班级话剧剧本点子，环保主题", "stories", ANY, [("theme", ("环保",))]),
        ("公众号标题，讲我们厂的老师傅退休", "titles", "公众号", [("what", ("老师傅退休",))]),
    ],
)
def test_a_chinese_topic_is_about_what_it_names(topic, kind, genre, slots):
    told = chinese.asked(topic)
    assert told is not None
    assert (told.kind, told.genre) == (kind, genre)
    assert filled_by(topic, "zh") == slots


@pytest.mark.parametrize(
    "topic",
    [
        "user stories for our login page",
        "job title for somebody who writes tests",
        "chapter titles for a beginner's guide to chess",
        "headline for a job advert",
        "album title for a three piece surf rock band from Poland",
        "headline for article: city council bans leaf blowers",
        "help me name a charity evening where people swap stories",
        "gift for my physics teacher",
        "names for a tea bar",
    ],
)
def test_what_is_no_plot_or_says_too_little_fills_nothing(topic):
    assert filled_by(topic) == []


@pytest.mark.parametrize(
    "topic",
    [
        "校园故事",
        "招兼职的文案，奶茶店，学生看的",
        "云南小粒咖啡怎么卖",
        "给老师的毕业礼物",
        "驾校科目三挂了四次终于过了，朋友圈发什么",
    ],
)
def test_a_chinese_topic_that_says_too_little_fills_nothing(topic):
    assert filled_by(topic, "zh") in ([], [("where", ("校园",))])


def test_short_stories_and_blog_titles_are_told_by_their_words():
    assert kind_of("short story ideas set in a laundrette", "en") == "stories"
    assert kind_of("blog post title on switching from Excel to a database", "en") == "titles"


# how patterns read


@pytest.mark.parametrize(
    ("text", "words", "read"),
    [
        ("{a x} waits.", ("an old spy",), "An old spy waits."),
        ("{a x} waits.", ("our old cannery",), "An old cannery waits."),
        (
            "In {the x} nobody waits for {the x}.",
            ("a digger who's scared of mud",),
            "In the digger who is scared of mud nobody waits for the digger.",
        ),
        ("{the x}'s lamp.", ("a digger who's scared of mud",), "The digger's lamp."),
        ("{the x}' lamps, {the x}'s wish", ("twins",), "The twins' lamps, the twins' wish"),
        ("Only {the x} knows.", ("the last postman on Mars",), "Only the last postman on Mars knows."),
        ("{x} arrive, and {the x} stay.", ("two lighthouse cats",), "Two lighthouse cats arrive, and the lighthouse cats stay."),
        ("Asleep {in a x}.", ("a night train",), "Asleep on a night train."),
        ("Asleep {in the x}.", ("an empty hotel",), "Asleep in the empty hotel."),
        ("Alone {in a x}.", ("Mars",), "Alone on Mars."),
        ("{a one} loves {the two}.", ("a baker", "an honest critic"), "A baker loves the honest critic."),
        ("Why {X} Matter", ("the new bike racks",), "Why New Bike Racks Matter"),
        ("The Joy of {X}", ("switching from Excel to a database",), "The Joy of Switching from Excel to a Database"),
        ("{X} for {Y}", ("bookkeeping", "people with no time"), "Bookkeeping for People with No Time"),
        ("{x}和{y}吵了一架。", ("太阳", "月亮"), "太阳和月亮吵了一架。"),
    ],
)
def test_words_are_set_into_a_pattern_with_their_articles(text, words, read):
    assert filled(text, words) == read


@pytest.mark.parametrize(
    ("text", "first", "again"),
    [
        ("a unicorn", "a unicorn", "the unicorn"),
        ("an hour", "an hour", "the hour"),
        ("one umbrella", "an umbrella", "the umbrella"),
        ("my aunt", "an aunt", "the aunt"),
        ("the mayor", "the mayor", "the mayor"),
        ("three sisters", "three sisters", "the sisters"),
        ("dragon", "a dragon", "the dragon"),
        ("chess", "a chess", "the chess"),
    ],
)
def test_a_thing_is_named_first_and_again(text, first, again):
    assert (phrase(text).first(), phrase(text).again()) == (first, again)


def test_a_title_keeps_capitals_and_digits():
    assert titled("from iPhone to 1950s radios on the moon") == "From IPhone to 1950s Radios on the Moon"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_pattern_that_is_shipped_can_be_shown_with_any_words_of_its_slot(language):
    every = patterns(language)
    assert len(every) > 1000
    assert len({one.text.casefold() for one in every}) == len(every)
    for one in every:
        assert one.kind in ODDS
        for words in WORDS[language][one.slot]:
            text = filled(one.text, words if isinstance(words, tuple) else (words,))
            assert "{" not in text, text
            assert "}" not in text, text
            assert len(text) <= MAX_IDEA
            assert not unsafe(text), text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_shipped_is_built_from_the_repository(language):
    text = gzip.decompress((ASSETS / TABLE.format(language=language)).read_bytes()).decode()
    assert text.splitlines() == ["\t".join(one) for one in patterns(language)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_are_of_their_type(language):
    known = [(word, name) for word, name in types(language)][::9]
    slots = [Slot((word,), among={one: one for one in {name for _word, name in known}}) for word, _name in known]
    told = {
        slot.words[0]: slot.name
        for slot in the_patterns(language).told(slots, vectors([word for word, _name in known], language))
    }
    assert np.mean([told.get(word) == name for word, name in known]) > 0.65


# which come


def test_the_same_seed_draws_the_same_and_what_is_gone_stays_away():
    about = Asked("stories", "mystery", (Slot(("a lost glove",), "object"),))
    drawn = [one.text for one in the_patterns("en").drawn(about, 6, seed=4)]
    assert drawn == [one.text for one in the_patterns("en").drawn(about, 6, seed=4)]
    assert drawn != [one.text for one in the_patterns("en").drawn(about, 6, seed=5)]
    assert len(set(drawn)) == 6
    assert not {drawn[0]} & {one.text for one in the_patterns("en").drawn(about, 6, gone=[drawn[0].upper()], seed=4)}


def test_those_of_the_genre_come_first_and_a_bedtime_story_has_no_other():
    every = {one.text: one.genre for one in patterns("en")}
    of = {BLANK.sub("…", text): genre for text, genre in every.items()}
    about = Asked("stories", "children", (Slot(("a shy mole",), "creature"),))
    assert {of[one.topic] for one in the_patterns("en").drawn(about, 500)} == {"children"}
    about = Asked("stories", "comedy", (Slot(("a shy mole",), "creature"),))
    genres = [of[one.topic] for one in the_patterns("en").drawn(about, 500)]
    assert genres == sorted(genres, key=["comedy", ANY].index)


async def test_two_slots_take_turns():
    about = Asked("titles", "course", (Slot(("basic plumbing", "renters"), "audience"), Slot(("basic plumbing",), "what")))
    drawn = [one.text for one in the_patterns("en").drawn(about, 6, seed=1)]
    assert [("Renters" in text) for text in drawn] == [True, False] * 3


async def english_vectors(texts):
    return vectors(texts, "en")


async def test_an_order_for_a_plot_gets_them_among_the_ideas_of_the_bank():
    order = ordered("bedtime story with a digger and a shy mole")
    made = await recalling.drafts(order, order.prompt.text, english_vectors)
    named = [draft for draft in made if "digger" in draft.text and "mole" in draft.text]
    assert len(named) >= order.prompt.count
    assert {draft.model for draft in made} == {BANKED}
    assert await recalling.known(order.prompt, order.prompt.text, english_vectors) >= ODDS["stories"]


async def test_they_are_silent_while_versions_are_compared():
    order = ordered("bedtime story with a digger and a shy mole", alone=True)
    assert await recalling.drafts(order, order.prompt.text, english_vectors) == []


@pytest.mark.parametrize("topic", ["以深夜便利店为背景的悬疑故事", "以深夜便利商店為背景的懸疑故事"])
async def test_a_chinese_plot_that_no_entry_is_near_to_is_written_by_them(topic):
    generator = ChineseGenerator(EnglishOnly())
    order = ordered(topic, "zh")
    assert await generator.oversampling(order.prompt) == 1.0
    texts = [draft.text async for draft in generator.draft(order)]
    assert sum("深夜便利" in text for text in texts) >= 5


def test_why_names_the_pattern():
    marks = Marks(Shipped())
    text = the_patterns("en").drawn(Asked("stories", ANY, (Slot(("an old spy",), "who"),)), 1)[0]
    said = marks.written_for(an_idea(text=text.text, model=BANKED))
    assert text.topic in said
    assert "…" in said
    assert marks.written_for(an_idea(text="A sentence that nobody wrote.", model=BANKED)) == ""
