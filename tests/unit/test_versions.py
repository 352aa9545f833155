"""A new version is tried blind beside the old one, the team's votes decide, and nobody else's model is touched."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from bot import wiring
from bot.config import LearnTable, Settings
from bot.domain.errors import GeneratorDown, Refusal
from bot.domain.ideas import Brainstorm, Draft, Idea, Prompt
from bot.domain.models import ModelVersion
from bot.ports import Order
from bot.services.ideas.selecting import Option
from bot.services.ideas.slate import Slate, canary_slots
from bot.services.models.comparing import FREE, outcome, says, sides, silenced
from bot.services.models.versions import MUTE
from bot.services.team.governing import whole
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import BLUE, RED, Hands, a_brainstorm, a_person, a_version, an_idea, an_opinion

NEW = a_version().id


async def a_house(tmp_path: Any, generator: ScriptedGenerator | None = None, **learn: Any) -> House:
    store = MemoryStore()
    await store.open()
    settings = Settings(home=tmp_path, learn=LearnTable(**learn))
    return wiring.furnish(settings, store=store, generator=generator or ScriptedGenerator(), now=Hands())


async def a_slate(house: House, topic: str = "names for a tea bar", count: int = 4) -> tuple[Brainstorm, list[Idea]]:
    async def unseen(news: object) -> None:
        """Nobody looks."""

    begun = await house.services.brainstorming.begin(channel=RED, asker=a_person(), prompt=Prompt(text=topic, count=count))
    ideas = await house.services.brainstorming.work(begun, unseen)
    return begun, ideas


async def like(house: House, ideas: list[Idea], person: str, *, new: bool) -> None:
    for idea in ideas:
        if (idea.model == NEW) == new:
            await house.store.hear(RED.team, an_opinion(idea, person))


async def stages(house: House) -> dict[str, str]:
    return {version.id: f"{version.stage}/{version.reason}" for version in await house.services.versions.of(RED.team)}


def forward(house: House, **span: float) -> None:
    assert isinstance(house.services.clock, Hands)
    house.services.clock.forward(**span)


# mixing


async def test_a_candidate_is_tried_beside_the_base_and_every_idea_says_who_made_it(tmp_path: Any) -> None:
    generator = ScriptedGenerator()
    house = await a_house(tmp_path, generator)
    await house.store.keep_version(a_version())

    begun, ideas = await a_slate(house)

    assert (begun.model, begun.canary) == ("", NEW)
    assert Counter(idea.model for idea in ideas) == {"": 2, NEW: 2}
    assert {order.model: order.adapter for order in generator.orders} == {"": "", NEW: a_version().adapter}
    assert len({order.seed for order in generator.orders}) == 2
    logged = await house.store.candidates(RED.team, begun.id)
    assert {candidate.draft.model for candidate in logged} == {"", NEW}
    assert await stages(house) == {NEW: "canary/tried"}


async def test_the_slots_of_a_canary_are_drawn_by_lot_and_fairly() -> None:
    drawn = [canary_slots(a_brainstorm(seed=seed, canary=NEW), 5, 0.5) for seed in range(600)]

    assert {sum(slots) for slots in drawn} == {2, 3}
    for place in zip(*drawn, strict=True):
        assert 0.44 < sum(place) / 600 < 0.56  # 0.5 give or take three standard errors
    assert 0.16 < sum(sum(canary_slots(a_brainstorm(seed=s, canary=NEW), 5, 0.2)) for s in range(600)) / 3000 < 0.24


async def test_the_share_of_a_canary_can_be_chosen(tmp_path: Any) -> None:
    house = await a_house(tmp_path, canary_share=0.25)
    await house.store.keep_version(a_version())

    _begun, ideas = await a_slate(house, count=8)

    assert Counter(idea.model for idea in ideas) == {"": 6, NEW: 2}


async def test_what_is_ready_at_the_same_time_stands_in_an_order_drawn_by_lot() -> None:
    def slots_of_the_best(seed: int) -> int:
        slate = Slate(brainstorm=a_brainstorm(seed=seed), count=3, begun=0, expected=3)
        for n, text in enumerate(("best thing", "second entirely", "third otherwise")):
            slate.pool.add(Option(Draft(text=text, model=""), None, 3.0 - n))
        slate.seen = 3
        placed = slate.due()
        assert sorted(one.slot for one in placed) == [0, 1, 2]
        return next(one.slot for one in placed if one.option.draft.text == "best thing")

    found = Counter(slots_of_the_best(seed) for seed in range(300))

    assert set(found) == {0, 1, 2}
    assert all(0.24 < count / 300 < 0.43 for count in found.values())  # a third, give or take three standard errors


async def test_a_single_idea_is_the_old_version_s_as_there_is_nothing_to_compare(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await house.store.keep_version(a_version())

    begun, ideas = await a_slate(house, count=1)

    assert (begun.canary, [idea.model for idea in ideas]) == ("", [""])


async def test_another_team_s_versions_are_never_served(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    for number, stage in ((1, "live"), (2, "candidate")):
        await house.store.keep_version(a_version(number, team=BLUE.team, stage=stage))

    begun, ideas = await a_slate(house)

    assert (begun.model, begun.canary) == ("", "")
    assert {idea.model for idea in ideas} == {""}


# what a slate says


def a_mixed_slate(new: int = 2, old: int = 2, **changes: Any) -> tuple[Brainstorm, list[Idea]]:
    begun = a_brainstorm(**{"model": "", "canary": NEW, **changes})
    models = [NEW] * new + [""] * old
    return begun, [an_idea(f"idea {n}", brainstorm=begun.id, model=model) for n, model in enumerate(models)]


def test_a_slate_goes_the_way_of_the_majority_and_each_person_has_one_say() -> None:
    begun, ideas = a_mixed_slate()
    loud = [an_opinion(idea, "loud", signal=signal) for idea in ideas[:2] for signal in ("vote", "stars", "emoji")]
    others = [an_opinion(ideas[2], "ann"), an_opinion(ideas[0], "bob", -1.0)]

    said = says(*sides(begun, ideas), loud + others)

    assert said == {a_person("loud"): True, a_person("ann"): False, a_person("bob"): False}
    assert outcome(said) is False
    assert outcome(says(*sides(begun, ideas), [*loud, others[0]])) is None  # one against one


def test_who_likes_both_sides_alike_or_takes_back_has_no_say() -> None:
    begun, ideas = a_mixed_slate()

    assert says(*sides(begun, ideas), [an_opinion(ideas[0]), an_opinion(ideas[2])]) == {}
    assert outcome(says(*sides(begun, ideas), [])) is None


def test_as_many_ideas_of_either_side_are_compared_so_that_three_against_two_favours_nobody() -> None:
    won = 0
    for seed in range(2000):
        begun, ideas = a_mixed_slate(new=3, old=2, seed=seed)
        liked = random.Random(seed).choice(ideas)  # an opinion that knows nothing of versions
        said = outcome(says(*sides(begun, ideas), [an_opinion(liked)]))
        won += 0 if said is None else 1 if said else -1

    assert abs(won) < 3 * 2000**0.5  # a fair coin's three standard errors; three against two would come to +400


def test_people_s_own_ideas_and_edits_are_on_neither_side() -> None:
    begun, ideas = a_mixed_slate()
    edit = an_idea("edited", brainstorm=begun.id, author=a_person("ann"), origin="edit")

    new, old = sides(begun, [*ideas, edit])

    assert {idea.text for idea in new + old} == {idea.text for idea in ideas}


def test_who_votes_on_everything_while_others_do_not_is_silent_from_then_on() -> None:
    busy, some = a_person("busy"), [a_person(f"p{n}") for n in range(4)]

    assert silenced(Counter({busy: FREE - 1})) == frozenset()
    assert silenced(Counter({busy: FREE} | dict.fromkeys(some, 3))) == {busy}
    assert silenced(Counter({busy: 300})) == frozenset()  # alone in the team: nobody else to hear
    assert outcome({busy: True, some[0]: False, some[1]: False}, ()) is False
    assert outcome({busy: True}, {busy}) is None


# deciding


async def test_a_version_that_people_like_better_becomes_live_and_one_they_like_less_is_retired(tmp_path: Any) -> None:
    for better in (True, False):
        house = await a_house(tmp_path)
        await house.store.keep_version(a_version())
        for round_ in range(14):
            _begun, ideas = await a_slate(house, f"names for shop {round_}")
            await like(house, ideas, "ann", new=better)
        forward(house, minutes=31)
        stands = await house.services.versions.look(RED.team)

        assert stands is not None
        assert await stages(house) == {NEW: "live/won" if better else "retired/lost"}
        begun, _ideas = await a_slate(house, "names afterwards")
        assert (begun.model, begun.canary) == (NEW if better else "", "")


async def test_a_slate_is_read_when_it_is_settled_and_only_once(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await house.store.keep_version(a_version())
    begun, ideas = await a_slate(house)
    await like(house, ideas, "ann", new=True)

    early = await house.services.versions.look(RED.team)
    forward(house, minutes=31)
    settled = await house.services.versions.look(RED.team)
    await like(house, ideas, "bob", new=False)
    await like(house, ideas, "cat", new=False)
    later = await house.services.versions.look(RED.team)

    assert early is not None
    assert settled is not None
    assert later is not None
    assert (early.new, early.old) == (0, 0)
    assert (settled.new, settled.old) == (later.new, later.old) == (1, 0)
    assert (await house.services.versions.of(RED.team))[0].comparisons == (f"{begun.id}:new",)


async def test_the_previous_live_version_is_the_one_compared_with_and_is_rolled_back_to(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    old = a_version(1, stage="live")
    for version in (old, a_version(2)):
        await house.store.keep_version(version)

    begun, ideas = await a_slate(house)
    await house.services.versions.promote(RED.team, "v2")
    after, _ideas = await a_slate(house, "names for a boat")
    back = await house.services.versions.roll_back(RED.team)

    assert (begun.model, begun.canary) == (old.id, a_version(2).id)
    assert {idea.model for idea in ideas} == {old.id, a_version(2).id}
    assert after.model == a_version(2).id
    assert back is not None
    assert back.id == old.id
    assert await stages(house) == {old.id: "live/rolled back", a_version(2).id: "retired/by hand"}
    assert await house.services.versions.roll_back(RED.team) is None
    with pytest.raises(Refusal, match="base"):
        await house.services.versions.roll_back(RED.team)


async def test_a_newer_candidate_takes_the_place_of_the_canary(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await house.store.keep_version(a_version(1))
    await a_slate(house)
    await house.store.keep_version(a_version(2))

    begun, _ideas = await a_slate(house, "names for a boat")

    assert begun.canary == a_version(2).id
    assert await stages(house) == {a_version(2).id: "canary/tried", a_version(1).id: "retired/overtaken"}


async def test_while_paused_nothing_new_is_tried(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await house.store.keep_version(a_version())
    await house.services.versions.pause(RED.team, paused=True)

    begun, _ideas = await a_slate(house)

    assert begun.canary == ""
    assert (await house.store.settings(whole(RED.team))).paused
    await house.services.versions.pause(RED.team, paused=False)
    assert (await a_slate(house, "names for a boat"))[0].canary == NEW


async def test_a_version_is_named_by_id_or_number_and_only_within_its_team(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await house.store.keep_version(a_version(3))
    await house.store.keep_version(a_version(4, team=BLUE.team))
    named = house.services.versions.named

    assert [(await named(RED.team, name)).id for name in ("3", "v3", "V3", a_version(3).id)] == [a_version(3).id] * 4
    for stranger in ("4", a_version(4).id, "", "x" * 1000):
        with pytest.raises(Refusal, match="v3"):
            await named(RED.team, stranger)


# trouble


class WithoutAdapters(ScriptedGenerator):
    """A service that cannot load anybody's weights: the base stands in, and the drafts say so."""

    def _draft(self, order: Order, index: int) -> Draft:
        return replace(super()._draft(order, index), model="")


async def test_a_canary_that_cannot_be_loaded_is_stood_in_for_by_the_base_and_given_up(tmp_path: Any) -> None:
    house = await a_house(tmp_path, WithoutAdapters())
    await house.store.keep_version(a_version())

    for number in range(MUTE):
        _begun, ideas = await a_slate(house, f"names for shop {number}")
        assert [idea.model for idea in ideas] == [""] * 4  # people get their ideas all the same, and nobody is lied to

    assert await stages(house) == {NEW: "retired/broken"}


class CanaryDown(ScriptedGenerator):
    """A service that fails for every version but the base."""

    async def draft(self, order: Order) -> Any:
        if order.model:
            raise GeneratorDown
        async for draft in super().draft(order):
            yield draft


async def test_a_canary_that_breaks_the_service_does_not_take_the_brainstorm_with_it(tmp_path: Any) -> None:
    house = await a_house(tmp_path, CanaryDown())
    await house.store.keep_version(a_version())

    _begun, ideas = await a_slate(house)

    assert [idea.model for idea in ideas] == [""] * 4


def test_ids_of_versions_are_short_for_people() -> None:
    from bot.services.models.versions import short

    assert short(a_version(12)) == "v12"
    odd: ModelVersion = a_version(1, id="by-hand")
    assert short(odd) == "by-hand"
