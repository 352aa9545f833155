"""Ties, second thoughts, people who vote for themselves, on everything, or with many voices: seen on a real board."""

from __future__ import annotations

from typing import Any

from bot import wiring
from bot.config import RankerTable, Settings
from bot.domain.ideas import Idea
from bot.services.ideas.standing import Standing
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import RED, Hands, a_brainstorm, a_person, a_press, an_idea


async def a_house(tmp_path: Any, ranker: str = "taste") -> House:
    store = MemoryStore()
    await store.open()
    settings = Settings(home=tmp_path, ranker=RankerTable(name=ranker))
    return wiring.furnish(settings, store=store, generator=ScriptedGenerator(), now=Hands(), learns=False)


async def ideas(house: House, count: int) -> list[Idea]:
    begun = a_brainstorm()
    await house.store.begin(begun)
    return [await house.store.add(an_idea(f"idea {n}", brainstorm=begun.id)) for n in range(count)]


async def vote(house: House, idea: Idea, person: str, token: str = "up", signal: str = "vote") -> None:
    value = {"up": 1.0, "down": -1.0, "none": 0.0}[token]
    press = a_press(f"{signal}:{idea.id}:{token}", person=person)
    await house.services.listening.hear(press, idea, signal=signal, token=token, value=value)


async def board(house: House) -> list[Standing]:
    return await house.services.boards.all(RED)


async def test_ideas_with_the_same_votes_share_a_score_and_the_newer_one_leads(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    first, second, _none = await ideas(house, 3)
    for idea in (first, second):
        await vote(house, idea, "ann")

    standings = await board(house)

    assert [s.idea.id for s in standings[:2]] == [second.id, first.id]
    assert standings[0].score == standings[1].score
    assert [s.idea.id for s in await board(house)] == [s.idea.id for s in standings]


async def test_a_vote_taken_back_leaves_the_board_as_it_was(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    one, _other = await ideas(house, 2)
    before = await board(house)

    await vote(house, one, "ann", "down")
    moved = await board(house)
    await vote(house, one, "ann", "none")

    assert moved != before
    assert await board(house) == before


async def test_nobody_lifts_their_own_idea(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    (made,) = await ideas(house, 1)
    own = await house.services.listening.own(a_person("ann"), RED, "My own idea", made.brainstorm)
    await vote(house, made, "bob")

    await vote(house, own, "ann")

    standings = await board(house)
    assert [s.idea.id for s in standings] == [made.id, own.id]
    assert standings[1].score.mean == 0
    await vote(house, own, "bob")
    assert (await board(house))[0].score.mean == (await board(house))[1].score.mean


async def test_who_likes_everything_changes_no_order(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    some = await ideas(house, 12)
    for voter in ("bob", "cat", "dan"):
        await vote(house, some[3], voter)
        await vote(house, some[7], voter, "down")
    before = [s.idea.id for s in await board(house)]

    for idea in some:
        await vote(house, idea, "ann")

    assert [s.idea.id for s in await board(house)] == before


async def test_one_person_is_one_voice_through_all_signals_and_ten_are_ten(tmp_path: Any) -> None:
    for ranker in ("bayes", "taste", "bradley_terry"):
        house = await a_house(tmp_path, ranker)
        loud, liked = await ideas(house, 2)
        for signal in ("vote", "stars", "emoji", "pick"):
            await vote(house, loud, "ann", signal=signal)
        await vote(house, loud, "ann", "none", signal="pick")  # a pick leads the board by itself
        for n in range(2):
            await vote(house, liked, f"p{n}")

        assert (await board(house))[0].idea.id == liked.id, ranker
