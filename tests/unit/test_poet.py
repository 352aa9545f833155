"""The poet that is shipped: its two forms compute the same, its poems keep the form, and who asks gets them in any company."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from bot.domain.ideas import Draft, Prompt, Team
from bot.ports import Order
from generators.client.scripted import ScriptedGenerator
from generators.engines.text.multilingual import available
from generators.verse import forms
from generators.verse import signs as form
from generators.verse.generator import ChineseGenerator
from generators.verse.keywords import Keywords
from generators.verse.rhymes import GROUPS
from generators.verse.writing import ASSETS, Poet, Wish

TEAM = Team(platform="test", id="team")


@pytest.fixture(scope="module")
def poet() -> Poet:
    return Poet()


def an_order(text: str = "秋雨的绝句", **changed: object) -> Order:
    fields: dict[str, object] = {"language": "zh", "kind": "jueju"}
    return Order(prompt=Prompt(text=text, **{**fields, **changed}), candidates=3, seed=7, model="", team=TEAM)  # type: ignore[arg-type]


async def poems(order: Order, generator: ChineseGenerator) -> list[str]:
    return [draft.text async for draft in generator.draft(order)]


@pytest.fixture
def generator(poet: Poet) -> ChineseGenerator:
    made = ChineseGenerator(ScriptedGenerator(), poet)
    made.__dict__["_multilingual"] = lambda texts: np.ones((len(texts), 384), dtype=np.float32) / 384**0.5
    return made


def test_numpy_and_torch_compute_the_same(poet: Poet) -> None:
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    from generators.training.poet.nets import Poet as Net

    net = Net(len(poet.signs))
    net.load_state_dict({name: value.float() for name, value in load_file(ASSETS / "poet.safetensors").items()})
    text, length = "白日依山尽黄河入海流欲穷千里目更上一层楼", 5
    row = poet.signs.keywords(["白日", "", "千里", ""]) + poet.signs.of(text)
    needs = np.zeros(len(row), dtype=np.int64)
    needs[form.BEFORE - 1 : -1] = poet.needs(Wish(keywords=("",) * 4, length=length, pattern=1, group=GROUPS.index("尤")))
    rhymes = torch.tensor([GROUPS.index("尤") + 1])
    with torch.no_grad():
        theirs = net.eval()(torch.tensor([row]), torch.from_numpy(form.places(length)), torch.from_numpy(needs[None]), rhymes)

    state = poet.net.begin([row[: form.BEFORE]], [GROUPS.index("尤")], length)
    ours = [poet.net.step(state, np.array([row[at]]), needs[[at]])[0] for at in range(form.BEFORE - 1, len(row))]

    assert np.allclose(np.stack(ours), theirs[0].numpy(), atol=2e-3)


@pytest.mark.parametrize("length", [5, 7])
@pytest.mark.parametrize("pattern", range(4))
def test_every_poem_keeps_length_rhyme_and_tones(poet: Poet, length: int, pattern: int) -> None:
    wishes = [Wish(keywords=("明月", "", "江水", ""), length=length, pattern=pattern, group=group) for group in (6, 7)]

    written = poet.write(wishes, np.random.default_rng(1))

    for poem in written:
        assert forms.even(poem.lines)
        assert forms.rhymed(poem.lines)
        assert forms.in_tune(poem.lines, poet.tones) == 1.0


async def test_the_same_order_gives_the_same_poems_and_another_seed_others(generator: ChineseGenerator) -> None:
    first, again = await poems(an_order(), generator), await poems(an_order(), generator)

    assert first == again
    assert len(set(first)) == 3


async def test_what_a_topic_asks_for_decides_the_length(generator: ChineseGenerator) -> None:
    five, seven = await poems(an_order("秋雨的五绝"), generator), await poems(an_order("秋雨的七绝"), generator)

    assert {len(line) for poem in five for line in poem.split(" / ")} == {5}
    assert {len(line) for poem in seven for line in poem.split(" / ")} == {7}


@pytest.mark.parametrize("length", ["5", "7"])
async def test_a_form_of_one_length_gives_lines_of_that_length(generator: ChineseGenerator, length: str) -> None:
    made = await poems(an_order("秋雨", options=(("length", length),)), generator)

    assert {len(line) for poem in made for line in poem.split(" / ")} == {int(length)}


async def test_a_topic_in_traditional_characters_is_answered_in_them(generator: ChineseGenerator) -> None:
    simple, other = await poems(an_order("风云和龙门"), generator), await poems(an_order("風雲和龍門"), generator)

    assert simple != other
    assert [len(poem) for poem in simple] == [len(poem) for poem in other]


class Asked(ScriptedGenerator):
    """Knows what it was asked for, and writes Simplified Chinese."""

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        self.orders.append(order)
        yield Draft(text="一些软件")


@pytest.mark.parametrize(
    "changed", [{"operation": "polish", "about": ("小巷茶烟起",)}, {"kind": "names"}, {"language": "en", "kind": ""}]
)
async def test_all_else_is_the_language_models(changed: dict[str, object]) -> None:
    inner = Asked()

    made = await poems(an_order(**changed), ChineseGenerator(inner))

    assert made == ["一些软件"]
    assert len(inner.orders) == 1


async def test_ideas_for_a_traditional_topic_are_converted(poet: Poet) -> None:
    assert await poems(an_order("為茶館取名", kind="names"), ChineseGenerator(Asked(), poet)) == ["一些軟體"]


async def test_a_kind_is_recognised_in_traditional_characters_too(generator: ChineseGenerator) -> None:
    (first, *_others) = await poems(an_order("深夜書店的絕句", kind=""), generator)

    assert len(first.split(" / ")) == 4


def test_words_of_a_topic_come_before_what_is_near_it(poet: Poet) -> None:
    keywords = Keywords(["秋雨", "明月", "落叶"], np.eye(3, dtype=np.float32))

    assert keywords.standing("秋雨里的茶馆", poet.signs)[0] == "秋雨"
    assert keywords.near(np.array([0.0, 0.2, 0.9], dtype=np.float32))[0][0] == "落叶"


def test_a_plan_has_a_word_of_the_topic_and_none_twice() -> None:
    keywords = Keywords(["秋雨", "明月", "落叶"], np.eye(3, dtype=np.float32))
    nearness = np.array([0.5, 0.4], dtype=np.float32)

    for seed in range(20):
        plan = keywords.plan({}, ["秋雨"], ["明月", "落叶"], nearness, np.random.default_rng(seed))

        said = [word for word in plan if word]
        assert len(plan) == 4
        assert "秋雨" in said
        assert len(said) == len(set(said)) >= 2


@pytest.mark.model
def test_the_nearest_words_have_to_do_with_the_topic(poet: Poet) -> None:
    if not available():
        pytest.skip("the multilingual encoder is not installed")
    generator = ChineseGenerator(ScriptedGenerator(embeddings=False), poet)

    near, _how = generator._keywords.near(asyncio.run(generator._vectors(["深秋的雨夜"]))[0])

    assert any("雨" in word or "秋" in word for word in near[:5])
