"""What Chinese-speaking newcomers type is answered in Chinese, and orders in words carry what they are of."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import typed, wiring
from bot.config import Settings
from bot.domain.errors import Refusal, UnknownIdea, WrongLanguage
from bot.domain.ideas import Prompt
from bot.messages import Call
from bot.services import chinese
from bot.services.media.changes import change
from bot.services.media.ordered import altered
from bot.services.talk import answers
from bot.services.talk.deeds import deed
from bot.services.talk.orders import order
from bot.services.talk.pointing import points
from bot.services.talk.remarks import SENTENCES, answer
from bot.services.talk.wishes import wishes
from bot.words import speaking
from generators.client.languages import english_only
from generators.verse.generator import ChineseGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, Hands, a_call, a_person
from tests.fakes.english import EnglishOnly

SHOWN = ",".join(f"{number:024x}" for number in range(1, 6))


def source(under: str = "") -> typed.Source:
    return typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under=under)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("写一首情诗送给我女朋友", "/poem --form jueju --count 1 -- 情诗送给我女朋友"),
        ("写几首关于雪的诗", "/poem --form jueju -- 雪"),
        ("帮我作一首七言绝句，写长城的雪", "/poem --form jueju --count 1 -- 长城的雪（七言）"),
        ("幫我畫阿瀾", "/imagine -- 阿瀾"),
        ("给我们的咖啡店设计个logo", "/imagine --layout logo -- 我们的咖啡店"),
        ("来张海报，主题是夏季音乐节", "/imagine --layout poster -- 夏季音乐节"),
        ("帮我们做个活动海报，写上“下周五见”", "/imagine --layout poster -- 下周五见"),
        ("设计个logo，上面写“老槐树”", "/imagine --layout logo -- 老槐树"),
        ("画一幅荷花的水彩画", "/imagine --style 水彩画 --count 1 -- 荷花"),
        ("来一段开场音乐", "/compose -- 开场音乐"),
        ("draw a cat with a hat", "/imagine -- a cat with a hat"),
        ("给孩子们画一只在下雨天写日记的小猫", "/imagine -- 一只在下雨天写日记的小猫"),
        ("給老人院畫一幅荷塘", "/imagine --count 1 -- 荷塘"),
        ("替妈妈画一朵牡丹", "/imagine -- 一朵牡丹"),
        ("给值班同事写首打油诗", "/poem --form jueju --count 1 -- 值班同事"),
        ("幫我媽寫一首生日詩", "/poem --form jueju --count 1 -- 我媽，生日"),
        ("帮我爸爸来一段二胡曲", "/compose -- 我爸爸，二胡曲"),
        ("帮我们来一段开场音乐", "/compose -- 开场音乐"),
        ("给我画一张春天的图", "/imagine --count 1 -- 春天"),
        ("给我们店做个海报", "/imagine --layout poster -- 我们店"),
        ("可以寫一首關於老街屋簷的詩嗎", "/poem --form jueju --count 1 -- 老街屋簷"),
        ("写首关于半夜修bug的打油诗", "/poem --form jueju --count 1 -- 半夜修bug"),
        ("来首藏头诗，写春天", "/poem --form jueju --count 1 -- 春天"),
        ("有没有关于月亮的诗", "/poem --form jueju --count 1 -- 月亮"),
        ("来段bgm 欢快的", "/compose -- 欢快"),
        ("來一段音樂 要溫柔的", "/compose -- 溫柔"),
        ("generate 一段 8bit 的战斗音乐", "/compose -- 8bit 的战斗音乐"),
        ("write 一首关于加班的诗", "/poem --form jueju --count 1 -- 加班"),
        ("make 一个 logo 给面包店", "/imagine --layout logo --count 1 -- 面包店"),
        ("画一顶学士帽", "/imagine -- 一顶学士帽"),
        ("春节的海报", "/imagine --layout poster -- 春节"),
        ("用影子做的海报", ""),
        ("写一首现代诗", ""),
        ("画展的策划方案", ""),
        ("海报的创意", ""),
        ("draw a logo with a pun in the names", ""),
    ],
)
def test_a_work_asked_for_in_words_is_its_command(line: str, command: str) -> None:
    assert order(line) == command


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("删掉第三个", "zh-Hans"),
        ("再來一首", "zh-Hant"),
        ("help me brainstorm 双十一 campaign ideas", ""),
        ("桜の名前", ""),
    ],
)
def test_a_line_is_in_the_language_of_most_of_it(text: str, tag: str) -> None:
    assert chinese.locale(text) == tag


def test_a_line_in_chinese_is_answered_in_chinese_where_no_locale_says_otherwise() -> None:
    event = typed.parse("看看白板", source())

    assert isinstance(event, Call)
    assert event.locale == "zh-Hans"
    with pytest.raises(Refusal, match="终端"):
        typed.parse("查看状态", source())


@pytest.mark.parametrize("line", ["再短点", "太长了", "第2个，下周一能做的", "再写一首，欢快些", "删掉第三个", "shorter"])
def test_what_is_said_of_ideas_where_none_stand_is_no_topic(line: str) -> None:
    with pytest.raises(UnknownIdea):
        typed.parse(line, source())


@pytest.mark.parametrize(
    "line",
    ["下午茶点", "更年期科普", "别墅装修", "少儿编程", "bigger boats for families"],
)
def test_a_line_that_may_be_a_topic_stays_one(line: str) -> None:
    assert not points(line)


def test_which_idea_is_no_number_of_ideas() -> None:
    assert wishes("删掉第三个").count is None
    assert (wishes("三个点子，降低客户流失，快").topic, wishes("三个点子，降低客户流失，快").count) == ("降低客户流失", 3)
    assert wishes("给茶馆起5个名字").count == 5


def test_new_words_for_an_idea_edit_it() -> None:
    asked = deed("把第3个改成：用{气球}做云")

    assert asked is not None
    assert asked.line.format(3) == "/edit 3 用{气球}做云"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("我补充一个：周末开放工作室", "周末开放工作室"),
        ("我們補充一個點子，週末開放工作室", "週末開放工作室"),
        ("我们班自己的办法：图书角轮流值日", "图书角轮流值日"),
        ("加一条：楼顶看星星", "楼顶看星星"),
        ("再加一個點子：樓頂看星星", "樓頂看星星"),
        ("我的点子是楼顶看星星", "楼顶看星星"),
        ("我有个想法：楼顶看星星", "楼顶看星星"),
        ("我們的辦法：每人帶一本書", "每人帶一本書"),
    ],
)
def test_an_idea_of_ones_own_is_put_on_the_board(line: str, text: str) -> None:
    event = typed.parse(line, source(SHOWN))

    assert isinstance(event, Call)
    assert (event.command, event.args["text"]) == ("idea", text)


@pytest.mark.parametrize("line", ["我有个想法：开一家咖啡店，帮我想几个名字", "我的点子是什么", "我们的办法", "加一条街的名字"])
def test_a_request_or_a_question_is_no_idea_of_ones_own(line: str) -> None:
    event = typed.parse(line, source())

    assert isinstance(event, Call)
    assert event.command != "idea"


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("把 1 號和 2 號合併起來", "/merge {} {}"),
        ("把1号和2号合并", "/merge {} {}"),
        ("把第一条与第三条合并到一起", "/merge {} {}"),
        ("合并1和3", "/remix {} {}"),
        ("把1号放到候选里", "/state {} shortlisted"),
        ("从里面挑一个最适合孩子的", "/board"),
        ("從這些裡面幫我挑一個最合適的", "/board"),
        ("从里面挑一个吧", "/board"),
    ],
)
def test_what_is_to_be_done_with_ideas_is_its_command(line: str, command: str) -> None:
    asked = deed(line)

    assert asked is not None
    assert asked.line == command


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("幫我把這個遊戲寫成 Unity 程式碼", "code"),
        ("请帮我把这个网站改成 React 代码", "code"),
        ("写一段冒泡排序的代码", "code"),
        ("重启一下 prod-db-01", "machines"),
        ("把生产数据库重启一下", "machines"),
        ("帮我在Figma里建一个新文件", "machines"),
        ("把 1 移到进行中", "states"),
        ("这些点子是谁写的", "whose"),
        ("這些名字是誰起的", "whose"),
        ("谁写的书最好看", ""),
        ("让孩子爱上写代码", ""),
        ("在小红书上推广的点子", ""),
        ("重启人生", ""),
        ("从里面挑选礼物的办法", ""),
    ],
)
def test_what_is_not_done_here_is_said_in_one_sentence(line: str, sentence: str) -> None:
    with speaking("en"):
        assert answer(line) == SENTENCES.get(sentence, "")


@pytest.mark.parametrize(
    ("line", "intent"),
    [
        ("刚才删掉的能找回来吗", "undo"),
        ("剛刪掉的點子怎麼恢復", "undo"),
        ("email this to the team", "send"),
        ("pip install muselab", "host"),
    ],
)
def test_what_a_rule_and_a_meaning_tell_has_one_answer(line: str, intent: str) -> None:
    with speaking("en"):
        assert answer(line) == answers.answer(intent, line, (), anywhere=True)


@pytest.mark.parametrize(
    "line",
    ["我好烦，论文写不出来", "curl: (7) Failed to connect", "发邮件给小王", "为什么", "what is the weather"],
)
def test_what_is_no_topic_is_answered_by_a_sentence(line: str) -> None:
    with speaking("en"):
        assert answer(line)


@pytest.mark.parametrize("line", ["error messages that make people smile", "为什么要环保的口号", "undo button names"])
def test_topics_about_such_things_are_topics(line: str) -> None:
    assert not answer(line)


def test_seconds_of_a_tune_are_bars_at_its_pace() -> None:
    said = change("欢快一点的，30秒", "music")
    before = Prompt(text="开场", modality="music")

    assert said is not None
    made = altered(before, said, seed=1, traits={"tempo": "80", "metre": "3/4", "key": "C major"}, one=True)
    assert made.option("bars") == "13"  # 30 s are 40 beats of a second and a third


def test_a_chinese_word_in_an_english_topic_is_named() -> None:
    assert "双十一" in str(english_only(Prompt(text="ideas for 双十一 sales", language="en")))
    refusal = english_only(Prompt(text="茶馆", language="zh"))
    assert len(refusal.again) < len(str(refusal)) / 2


async def test_a_refusal_stands_alone_and_is_short_the_second_time(tmp_path: Path) -> None:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=EnglishOnly(), now=Hands())
    sheets = [Sheet(BareChat(), "ann") for _time in range(2)]

    for sheet in sheets:
        await house.desk.call(a_call("brainstorm", topic="茶馆的名字"), sheet)

    first, second = (next(iter(sheet.chat.messages.values())) for sheet in sheets)
    assert (first.title, first.controls, first.footer) == ("", (), "")
    assert "muselab model use" in first.text
    assert len(second.text) < len(first.text) / 2
    await house.desk.close()
    await store.close()


async def test_poems_are_written_though_the_other_generator_knows_no_chinese() -> None:
    poet = ChineseGenerator(EnglishOnly())

    assert await poet.oversampling(Prompt(text="秋雨", kind="jueju", language="zh")) == 1.0
    with pytest.raises(WrongLanguage):
        await poet.oversampling(Prompt(text="用示波器标定光纤陀螺的零偏漂移", language="zh"))
