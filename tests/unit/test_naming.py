"""Chinese names out of old poems: which topics ask for names, what a name keeps to, and how an order gets them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from bot import wiring
from bot.config import Settings
from bot.domain.errors import WrongLanguage
from bot.domain.ideas import Draft, Prompt, Team
from bot.domain.names import BORROWED, SHOWN, plain
from bot.ports import Order
from bot.services.ideas.filtering import too_long
from bot.services.ideas.marks import Marks
from generators.client.scripted import ScriptedGenerator
from generators.verse.generator import ChineseGenerator
from generators.verse.naming.asking import Asked, asked
from generators.verse.naming.kinds import table
from generators.verse.naming.making import Before, Namer
from generators.verse.naming.words import Words
from learning.gathering import gather
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import RED, Hands, a_brainstorm, a_call, an_idea
from tests.fakes.english import EnglishOnly

TEAM = Team(platform="test", id="team")


@pytest.fixture(scope="module")
def namer() -> Namer:
    return Namer()


def a_vector() -> np.ndarray:
    return np.ones(384, dtype=np.float32) / np.float32(384**0.5)


def a_prompt(text: str, **changed: object) -> Prompt:
    return Prompt(text=text, language="zh", **changed)  # type: ignore[arg-type]


def wanted(text: str, **changed: object) -> Asked:
    found = asked(a_prompt(text, **changed))
    assert found is not None
    return found


def made(namer: Namer, text: str, *, count: int = 5, seed: int = 1, before: Before | None = None, **changed: object) -> list[str]:
    return [name.text for name in namer.make(wanted(text, **changed), a_vector(), before or Before(), count=count, seed=seed)]


def a_generator(inner: ScriptedGenerator | None = None) -> ChineseGenerator:
    generator = ChineseGenerator(inner or EnglishOnly())
    generator.__dict__["_multilingual"] = lambda texts: np.tile(a_vector(), (len(texts), 1))
    return generator


async def drafted(generator: ChineseGenerator, text: str, *, candidates: int = 5, **changed: object) -> list[Draft]:
    order = Order(prompt=a_prompt(text, **changed), candidates=candidates, seed=3, model="", team=TEAM)
    return [draft async for draft in generator.draft(order)]


def test_the_shipped_words_are_enough_and_each_stands_in_its_verse() -> None:
    shipped = Words.read()

    assert len(shipped.words) > 2000
    assert shipped.vectors.shape[0] == len(shipped.words)
    for word in shipped.words:
        assert word.text in word.verse
        assert word.fields
        assert re.fullmatch(r"[\u3400-\u9fff]{2,3}", word.text)


def test_a_name_is_shown_with_its_verse_and_is_told_apart_from_it(namer: Namer) -> None:
    for name in namer.make(wanted("茶馆取名"), a_vector(), Before(), count=10, seed=2):
        assert SHOWN.fullmatch(name.shown)
        assert plain(name.shown) == name.text
        assert name.text.startswith(name.word.text)
    assert plain("一句（里面：有话）") == "一句（里面：有话）"


def test_the_same_seed_gives_the_same_names_and_another_others(namer: Namer) -> None:
    assert made(namer, "茶馆取名", seed=4) == made(namer, "茶馆取名", seed=4)
    assert made(namer, "茶馆取名", seed=4) != made(namer, "茶馆取名", seed=5)


@pytest.mark.parametrize("seed", range(6))
def test_five_names_have_different_moulds(namer: Namer, seed: int) -> None:
    five = namer.make(wanted("茶馆取名"), a_vector(), Before(), count=5, seed=seed)
    ends = [name.text.removeprefix(name.word.text) for name in five]

    assert len(set(ends)) >= 4
    assert len({name.word.text[0] for name in five}) == 5


@pytest.mark.parametrize(("said", "length"), [("，两个字", 2), ("，三个字", 3), ("，4个字", 4)])
def test_a_length_is_kept(namer: Namer, said: str, length: int) -> None:
    assert {len(name) for name in made(namer, f"茶馆取名{said}", count=8)} == {length}
    assert {len(name) for name in made(namer, "茶馆取名", count=8, options=(("words", str(length)),))} == {length}


@pytest.mark.parametrize("said", ["不要“月”", "不要月字", "别用带月字的", "不要带「月」字", "不要月"])
def test_a_refused_character_stands_in_no_name_and_no_verse(namer: Namer, said: str) -> None:
    assert wanted("茶馆取名", style=said).without == {"月"}
    shown = namer.make(wanted("酒馆取名", style=said), a_vector(), Before(), count=30, seed=1)
    assert "月" not in "".join(name.shown for name in shown)


@pytest.mark.parametrize("said", ["要带“云”字", "带云字", "名字里要有云字", "含“云”"])
def test_a_wanted_character_stands_in_every_name(namer: Namer, said: str) -> None:
    assert all("云" in name for name in made(namer, f"茶馆取名，{said}"))


@pytest.mark.parametrize(
    ("topic", "surname"), [("姓李的宝宝取名", "李"), ("李姓男宝宝起名", "李"), ("给女儿取名，姓欧阳", "欧阳")]
)
def test_a_child_gets_its_surname_and_two_characters(namer: Namer, topic: str, surname: str) -> None:
    for name in made(namer, topic):
        assert name.startswith(surname)
        assert len(name) == len(surname) + 2


def test_boys_and_girls_get_names_of_their_own(namer: Namer) -> None:
    fields = {word.text: word.fields for word in namer.words.words}

    assert all("女" in fields[name] for name in made(namer, "给女孩取名字", count=10))
    assert all("男" in fields[name] for name in made(namer, "给男孩取名字", count=10))


def test_a_child_that_lacks_water_is_named_after_water(namer: Namer) -> None:
    def wet(topic: str) -> int:
        return sum(bool(set("水清涟溪江海川润泽涵澄源雨露") & set(name[1:])) for name in made(namer, topic, count=10))

    assert wet("姓张的宝宝取名，五行缺水") > wet("姓张的宝宝取名") + 3


def test_a_cat_of_a_colour_gets_no_name_of_another(namer: Namer) -> None:
    names = "".join(made(namer, "给我家黑猫取名", count=20))

    assert not set("橘橙雪白黄") & set(names)
    assert set("墨玄黛夜") & set(names)


def test_moods_choose_other_words(namer: Namer) -> None:
    fields = {word.text: word.fields for word in namer.words.words}

    def share(style: str, field: str) -> float:
        many = namer.make(wanted("店名", style=style), a_vector(), Before(), count=40, seed=1)
        return float(np.mean([field in fields[name.word.text] for name in many]))

    assert share("可爱一点", "萌") > share("大气一点", "萌") + 0.3
    assert share("大气一点", "阔") > share("可爱一点", "阔") + 0.3


def test_short_names_are_short(namer: Namer) -> None:
    assert max(map(len, made(namer, "茶馆取名", style="短一点", count=10))) <= 3


def test_names_that_are_there_do_not_come_again_and_liked_ones_draw_their_kin(namer: Namer) -> None:
    first = namer.make(wanted("茶馆取名"), a_vector(), Before(), count=5, seed=1)
    gone = tuple(name.shown for name in first)
    later = namer.make(wanted("茶馆取名"), a_vector(), Before(gone=gone), count=20, seed=1)
    assert not {name.word.text for name in first} & {name.word.text for name in later}

    row = namer.words.vectors[namer.words.numbers["听松"]]

    def nearness(before: Before) -> float:
        chosen = namer.make(wanted("茶馆取名"), a_vector(), before, count=10, seed=1)
        return float(np.mean([namer.words.vectors[namer.words.numbers[name.word.text]] @ row for name in chosen]))

    assert nearness(Before(like=("听松茶舍（李白：高卧听松声）",))) > nearness(Before()) > nearness(Before(unlike=("听松茶舍",)))


async def test_a_model_without_chinese_leaves_names_to_the_poems() -> None:
    generator = a_generator()
    prompt = a_prompt("给我们的茶馆取名")

    drafts = await drafted(generator, prompt.text)

    assert await generator.oversampling(prompt) < 1.0
    assert len(drafts) == 5
    assert {draft.model for draft in drafts} == {BORROWED}
    assert all(SHOWN.fullmatch(draft.text) for draft in drafts)
    assert [draft.text for draft in drafts] == [draft.text for draft in await drafted(generator, prompt.text)]


async def test_other_topics_are_refused_as_before() -> None:
    generator = a_generator()

    with pytest.raises(WrongLanguage, match="/name"):
        await generator.oversampling(a_prompt("茶馆的活动点子"))
    with pytest.raises(WrongLanguage):
        await drafted(generator, "茶馆的活动点子")


async def test_a_model_with_chinese_names_itself() -> None:
    drafts = await drafted(a_generator(ScriptedGenerator(texts=["松间小馆"])), "给我们的茶馆取名", candidates=1)

    assert [draft.text for draft in drafts] == ["松间小馆"]


async def test_names_for_who_writes_traditional_are_traditional() -> None:
    drafts = await drafted(a_generator(), "為我們的書店取名，要帶“云”字".replace("云", "雲"))

    assert all("雲" in plain(draft.text) for draft in drafts)


async def test_a_name_is_made_shorter_and_others_are_like_it() -> None:
    generator = a_generator()
    about = ("听松茶舍（李白：高卧听松声）",)

    shorter = await drafted(generator, "茶馆取名", operation="polish", about=about, options=(("level", "short"),))
    more = await drafted(generator, "茶馆取名", operation="more", about=about)
    remixed = await drafted(generator, "茶馆取名", operation="remix", about=(*about, "云间茶事"))

    assert plain(shorter[0].text) == "听松"
    assert all(len(plain(draft.text)) < 4 for draft in shorter)
    assert not any(draft.text.startswith("听松") for draft in (*more, *remixed))


async def test_a_name_that_stands_in_no_poem_is_not_polished_into_another() -> None:
    with pytest.raises(WrongLanguage):
        await drafted(a_generator(), "茶馆取名", operation="polish", about=("老王的茶馆",))


def test_a_limit_on_characters_counts_the_name_alone() -> None:
    prompt = a_prompt("茶馆取名", options=(("words", "2"),))

    assert too_long("听松（李白：高卧听松声）", prompt) is None
    assert too_long("听松茶舍（李白：高卧听松声）", prompt) == "too-long"


def test_the_verse_of_a_name_is_no_mark_of_copying() -> None:
    class Every:
        def poem(self, text: str) -> str:
            return "两岸猿声啼不住" if "猿声" in text else ""

        def example(self, text: str) -> str:
            return ""

    assert Marks(Every()).of(an_idea("轻舟（李白：两岸猿声啼不住）")) == ""


async def test_names_out_of_poems_tune_no_model() -> None:
    store = MemoryStore()
    await store.open()
    brainstorm = a_brainstorm(prompt=a_prompt("茶馆取名"))
    await store.begin(brainstorm)
    for text, model in (("听松（李白：高卧听松声）", BORROWED), ("松间小馆", "")):
        await store.add(an_idea(text, brainstorm=brainstorm.id, model=model))

    (topic,) = await gather(store, RED.team)

    assert [idea.text for idea in topic.ideas] == ["松间小馆"]


async def test_a_team_gets_names_as_it_asked_and_pictures_of_a_name_show_the_name_alone(tmp_path: Path) -> None:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=a_generator(), now=Hands())
    sheet = Sheet(BareChat(), "ann")

    await house.desk.call(a_call("brainstorm", topic="茶馆店名，两个字，不要“月”"), sheet)

    ideas = await store.ideas(RED, limit=10)
    assert len(ideas) == 5
    assert all(SHOWN.fullmatch(idea.text) and len(plain(idea.text)) == 2 and "月" not in idea.text for idea in ideas)
    first, text = await house.services.finding.subject(RED, str(ideas[0].number))
    assert first is not None
    assert text == plain(first.text)
    await house.desk.close()
    await store.close()


def test_no_child_is_called_as_a_politician_of_whom_everybody_thinks(namer: Namer) -> None:
    names = made(namer, "姓李的男孩取名", count=60)

    assert len(names) == 60
    assert not any(name.startswith("李鹏") for name in names)


def test_what_names_one_flower_gets_no_name_of_another(namer: Namer) -> None:
    names = "".join(made(namer, "桂花味香水的名字", count=12))

    assert "桂" in names
    assert not set("梅兰菊莲荷桃杏茉菱") & set(names)


def test_an_app_is_called_by_what_it_does(namer: Namer) -> None:
    names = made(namer, "一个记账App的名字", count=10)

    assert sum(name.endswith(("记账", "账本")) for name in names) >= 6


def test_a_word_and_what_stands_behind_it_make_no_other_word(namer: Namer) -> None:
    joined = table().joined

    for topic in ("骑行队取名", "民谣乐队的名字", "写旅行的公众号取名", "木工工作室取名"):
        for name in namer.make(wanted(topic), a_vector(), Before(), count=60, seed=1):
            at = len(name.word.text)
            assert name.text[at - 1 : at + 1] not in joined


def test_a_character_that_few_words_have_stands_in_every_name_or_there_are_fewer(namer: Namer) -> None:
    names = made(namer, "姓沈的宝宝取名，名字要带“清”字", count=60)

    assert 0 < len(names) < 60
    assert all("清" in name for name in names)


def test_a_name_that_is_gone_does_not_come_as_part_of_another(namer: Namer) -> None:
    later = made(namer, "茶馆取名", count=60, before=Before(gone=("听松茶舍（李白：高卧听松声）",)))

    assert not any("听松" in name for name in later)
