"""The idea bank: what it holds, which of it fits a topic, and where its ideas stand beside a model's own."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bot.domain.errors import Refusal, WrongLanguage
from bot.domain.feedback import Score, Tally
from bot.domain.ideas import BANKED, MAX_IDEA, Brainstorm, Draft, Prompt, Team
from bot.ports import Order
from bot.services.ideas.filtering import unsafe
from bot.services.ideas.marks import Marks
from bot.services.ideas.selecting import Option
from bot.services.ideas.slate import Slate, own_slots
from bot.services.ideas.standing import Standing, provenance
from bot.services.ideas.wishing import wished
from generators.bank import recalling
from generators.bank.bank import ASSETS, TABLE, Bank, shipped, unit, words
from generators.bank.kinds import asked
from generators.client.scripted import ScriptedGenerator
from generators.client.taught import Shipped
from generators.training.bank.build import entries, vectors
from generators.verse.generator import ChineseGenerator
from tests.builders import a_brainstorm, an_idea
from tests.fakes.english import EnglishOnly

LANGUAGES = ("en", "zh")
FAR = "用示波器标定光纤陀螺的零偏漂移"  #: nothing that a bank of everyday topics is near to


@cache
def the_bank(language: str) -> Bank:
    found = shipped(language)
    assert found is not None
    return found


@cache
def a_vector(topic: str, language: str = "en") -> np.ndarray:
    return vectors([topic], language)[0]


async def embedded(texts: Sequence[str]) -> np.ndarray:
    return vectors(list(texts), "en")


def an_order(text: str, *, wanted: int = 5, seed: int = 1, avoid: tuple[str, ...] = (), **changed: object) -> Order:
    prompt = Prompt(text=text, **{"language": "en", **changed})  # type: ignore[arg-type]
    team = Team(platform="test", id="team")
    return Order(prompt=prompt, candidates=wanted, wanted=wanted, seed=seed, model="", team=team, avoid=avoid)


async def recalled(text: str, **changed: object) -> list[Draft]:
    return await recalling.drafts(an_order(text, **changed), text, embedded)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shipped_is_what_was_written(language: str) -> None:
    lines = gzip.decompress((ASSETS / TABLE.format(language=language)).read_bytes()).decode().splitlines()

    assert lines == ["\t".join((one.kind, one.topic, *one.ideas)) for one in entries(language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_has_different_ideas_that_may_stand_on_a_board(language: str) -> None:
    bank = entries(language)

    assert not [one for one in bank if len(one.ideas) < 5 or max(Counter(map(str.casefold, one.ideas)).values()) > 1]
    assert not [idea for one in bank for idea in one.ideas if len(idea) > MAX_IDEA or idea != idea.strip() or unsafe(idea)]


def test_words_of_a_topic_are_folded_and_common_ones_left_out() -> None:
    assert words("Ideas for our Teachers' meeting") == {"teacher", "meeting"}
    assert words("火锅店 Wifi") == {"火", "锅", "店", "火锅", "锅店", "wifi"}


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("运动会班级口号,高二三班", "slogans"),
        ("花店母亲节朋友圈文案", "copy"),
        ("小红书标题:租房改造花了2000", "titles"),
        ("给四岁孩子的睡前故事", "stories"),
        ("同事离职送啥,大家凑了300块", "gifts"),
        ("儿童保温杯的创新点", "features"),
        ("大学摄影社招新玩什么", "activities"),
        ("怎样提高小程序的次日留存", "ways"),
        ("秋天适合拍什么", ""),
    ],
)
def test_a_chinese_topic_names_what_it_asks_for(topic: str, kind: str) -> None:
    assert asked(topic, "zh") == kind


def test_an_english_topic_names_what_its_recipe_does() -> None:
    assert (asked("gifts for a piano teacher", "en"), asked("the office plant", "en")) == ("gifts", "")


def test_what_a_topic_names_outweighs_what_it_is_about() -> None:
    bank = the_bank("zh")
    (entry, _odds), *_others = bank.near("运动会班级口号", a_vector("运动会班级口号", "zh"), "slogans")

    assert entry.kind == "slogans"


def test_features_of_a_thing_are_no_names_for_it() -> None:
    bank = the_bank("en")
    app, choir = "name for an app where neighbours lend each other tools", "names for our choir"

    assert {entry.kind for topic in (app, choir) for entry, _odds in bank.near(topic, a_vector(topic), "names")} == {"names"}
    assert "names" not in {entry.kind for entry, _odds in bank.near(choir, a_vector(choir), "ways")}


def test_the_nearest_topic_comes_first_and_what_is_far_not_at_all() -> None:
    bank = the_bank("en")
    entry, odds = bank.near("gifts for a piano teacher", a_vector("gifts for a piano teacher"), "gifts")[0]

    assert "piano" in entry.topic
    assert entry.kind == "gifts"
    assert odds > 0
    assert bank.near("zzz qqq", unit(np.random.default_rng(1).standard_normal(384).astype(np.float32))) == []


def test_a_topic_that_asks_for_the_contrary_is_far() -> None:
    bank = the_bank("en")
    best, worst = [
        max((odds for _entry, odds in bank.near(topic, a_vector(topic))), default=-9.0)
        for topic in ("how to make our meetings better", "how to make our meetings worse")
    ]

    assert worst < bank.least < 0 < best


def test_ideas_come_in_another_order_for_another_seed_and_none_twice() -> None:
    bank, topic = the_bank("en"), "gifts for a piano teacher"
    one, same, other = (bank.recalled(topic, a_vector(topic), 12, seed=seed) for seed in (1, 1, 2))
    gone = [idea.text.upper() for idea in one]

    assert one == same
    assert one != other
    assert len({idea.text.casefold() for idea in one}) == len(one)
    assert not {idea.text for idea in one} & {idea.text for idea in bank.recalled(topic, a_vector(topic), 12, gone=gone, seed=1)}


@pytest.mark.parametrize("operation", ["spin", "remix", "polish"])
async def test_what_is_about_the_words_of_an_idea_is_left_to_the_model(operation: str) -> None:
    assert await recalled("gifts for a piano teacher", operation=operation, about=("a metronome",)) == []


async def test_while_versions_are_compared_the_bank_is_silent() -> None:
    order = an_order("gifts for a piano teacher")

    assert await recalling.drafts(order, order.prompt.text, embedded)
    assert await recalling.drafts(replace(order, alone=True), order.prompt.text, embedded) == []


async def test_drafts_say_that_they_are_of_the_bank_and_of_which_topic() -> None:
    drafts = await recalled("gifts for a piano teacher", wanted=2)

    assert 0 < len(drafts) <= recalling.PLENTY * 2
    assert {draft.model for draft in drafts} == {BANKED}
    assert all(draft.recalled is not None and draft.recalled >= the_bank("en").least for draft in drafts)
    assert all(json.loads(draft.decoding)["bank"] for draft in drafts)


async def test_a_manner_that_an_ideas_own_topic_does_not_name_makes_it_less_likely() -> None:
    plain, funny = [await recalled("gifts for a piano teacher", tone=tone) for tone in ("", "funny")]

    assert max(draft.recalled or 0 for draft in funny) < max(draft.recalled or 0 for draft in plain)


async def test_what_stands_there_already_does_not_come_again() -> None:
    first = await recalled("gifts for a piano teacher")
    more = await recalled("gifts for a piano teacher", operation="more", about=(first[0].text,), avoid=(first[1].text,))

    assert more
    assert not {first[0].text, first[1].text} & {draft.text for draft in more}


async def test_behind_what_is_like_an_idea_come_the_others_of_its_topic() -> None:
    topic = "gifts for a piano teacher"
    own = [draft.text for draft in await recalled(topic, wanted=20)]
    more = [draft.text for draft in await recalled(topic, wanted=20, operation="more", about=(own[1],), avoid=tuple(own[:5]))]

    assert len(set(more)) == len(more)
    assert not set(own[5:]) - set(more)


async def test_without_vectors_of_its_encoder_the_bank_gives_nothing() -> None:
    async def none(texts: Sequence[str]) -> None:
        return None

    order = an_order("gifts for a piano teacher")
    assert await recalling.drafts(order, order.prompt.text, none) == []
    assert await recalling.known(order.prompt, order.prompt.text, none) == -np.inf


async def test_a_chinese_topic_gets_ideas_though_the_model_knows_no_chinese() -> None:
    generator = ChineseGenerator(EnglishOnly())
    order = an_order("同事离职送什么", language="zh")
    drafts = [draft async for draft in generator.draft(order)]
    old = [draft async for draft in generator.draft(an_order("同事離職送什麼", language="zh"))]

    assert await generator.oversampling(order.prompt) == 1.0
    assert len(drafts) >= order.wanted
    assert {draft.model for draft in drafts} == {BANKED}
    assert [draft.text for draft in drafts] == [draft.text async for draft in generator.draft(order)]
    assert any("會" in draft.text or "個" in draft.text or "張" in draft.text for draft in old)


async def test_a_chinese_topic_that_the_bank_is_far_from_is_refused_with_what_works() -> None:
    generator = ChineseGenerator(EnglishOnly())
    order = an_order(FAR, language="zh")

    with pytest.raises(WrongLanguage, match="/name"):
        await generator.oversampling(order.prompt)
    with pytest.raises(WrongLanguage):
        [draft async for draft in generator.draft(order)]


async def test_a_refusal_names_topics_that_the_bank_has_ideas_for() -> None:
    generator = ChineseGenerator(EnglishOnly())
    order = an_order("民宿的水电表怎么跟村委会分摊结算才不吵", language="zh")
    with pytest.raises(WrongLanguage) as refused:
        await generator.oversampling(order.prompt)

    named = re.findall("“([^”]+)”", refused.value.again)
    assert any("民宿" in topic for topic in named)
    for topic in named:
        assert [draft async for draft in generator.draft(an_order(topic, language="zh"))]


async def test_a_model_that_knows_chinese_writes_itself() -> None:
    generator = ChineseGenerator(ScriptedGenerator(texts=["一本空白的相册"]))
    drafts = [draft async for draft in generator.draft(an_order("同事离职送什么", language="zh", wanted=1))]

    assert [draft.text for draft in drafts] == ["一本空白的相册"]


BANKS = ("a metronome", "warm socks", "two concert tickets", "her first score, framed", "lemon cake", "one bench cushion")
MODELS = ("Some notebook", "Cookies", "Mug of tea", "Candles", "Flowers", "Book")


def placed(brainstorm: Brainstorm, count: int = 5) -> int:
    """How many ideas of a card are of the bank, where the bank's ideas are far better than the model's."""
    slate = Slate(brainstorm=brainstorm, count=count, begun=0, expected=len(BANKS + MODELS))
    for text in BANKS + MODELS:
        good = text in BANKS
        slate.pool.add(Option(draft=Draft(text=text, recalled=2.0 if good else None), vector=None, quality=99.0 if good else 0.0))
    return sum(one.option.draft.recalled is not None for one in slate.rest())


def test_half_of_a_card_is_the_own_of_a_version_that_the_team_tuned() -> None:
    brainstorms = [replace(a_brainstorm(), seed=seed) for seed in range(20)]

    assert {placed(replace(one, model="v-2")) for one in brainstorms} == {2}
    assert max(placed(replace(one, model="")) for one in brainstorms) == 5
    assert {len(own_slots(one, 1)) for one in brainstorms} == {0}
    assert not any(0 in own_slots(one, 5) for one in brainstorms)


def test_why_tells_for_what_an_idea_of_the_bank_was_written() -> None:
    marks, entry = Marks(Shipped()), the_bank("en").entry(0)

    assert entry.topic in marks.written_for(replace(an_idea(entry.ideas[0]), model=BANKED))
    assert marks.written_for(an_idea(entry.ideas[0])) == ""


def test_a_list_says_that_an_idea_is_out_of_the_bank() -> None:
    idea = replace(an_idea("a metronome"), model=BANKED)
    standing = Standing(idea=idea, score=Score(mean=0.0, deviation=1.0, votes=0.0), tally=Tally())

    assert provenance(standing)[-1] == "out of the idea bank"


async def test_a_manner_that_the_bank_does_not_know_is_no_refusal() -> None:
    generator = ChineseGenerator(EnglishOnly())
    drafts = [draft async for draft in generator.draft(an_order("同事离职送什么", language="zh", style="古风的"))]

    assert drafts


@pytest.mark.parametrize(
    ("style", "audience", "wish"),
    [
        ("with phones or tiktok", "", "with phones or tiktok"),
        ("shorter, with water in it", "", "with water in it"),
        ("dry humour", "", ""),
        ("no torches, people in the shop in the afternoon", "", "people in the shop in the afternoon"),
        ("要不花钱的，不要打折", "", "要不花钱的"),
        ("更搞笑", "", ""),
        ("", "school classes", "school classes"),
    ],
)
def test_what_ideas_should_have_is_told_from_how_they_are_said(style: str, audience: str, wish: str) -> None:
    options = (("audience", audience),) if audience else ()

    assert wished(Prompt(text="a museum", style=style, options=options)) == wish


def test_ideas_that_speak_of_what_is_wished_for_come_first_and_of_the_topic() -> None:
    bank, topic = the_bank("en"), "how do we get teenagers to come to our tiny local history museum"

    plain = bank.recalled(topic, a_vector(topic), 48)
    found = bank.recalled(topic, a_vector(topic), 48, wish="with a phone or a photo")

    assert not any(one.wished for one in plain)
    assert found[0].wished
    assert words(found[0].text) & {"phone", "photo"}
    assert sum(one.wished for one in found) > sum(bool(words(one.text) & {"phone", "photo"}) for one in plain)
    assert [one.odds for one in found] == sorted((one.odds for one in found), reverse=True)


async def test_where_all_ideas_of_a_topic_were_shown_that_is_said() -> None:
    generator = ChineseGenerator(EnglishOnly())
    order = an_order("火锅店夏天没生意怎么办", language="zh")
    shown = tuple(idea for entry in entries("zh") for idea in entry.ideas)

    with pytest.raises(Refusal, match="not shown already"):
        _drafts = [draft async for draft in generator.draft(replace(order, avoid=shown))]
