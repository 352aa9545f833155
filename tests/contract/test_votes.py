"""Votes that come at once on PostgreSQL: each is counted, each hears what it replaced, and one that fails is alone with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import UnknownIdea
from bot.domain.feedback import Feedback
from bot.domain.ideas import Idea, IdeaId
from bot.ports import Store
from storage.urls import build
from tests.contract.stores import ANN, BOB, OTHERS, TEAM, a_vote, an_idea, later, people


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Store]:
    made = build(postgres_url)
    await made.open()
    yield made
    await made.close()


async def said(store: Store, *ideas: Idea) -> set[tuple[str, str, float]]:
    return {(one.idea, one.person.id, one.value) for one in await store.feedback(TEAM, [idea.id for idea in ideas])}


async def test_many_votes_at_once_are_all_counted(store: Store) -> None:
    ideas = [await store.add(an_idea()) for _ in range(5)]
    crowd = people(120)

    before = await asyncio.gather(*(store.hear(TEAM, a_vote(idea, person=person)) for person in crowd for idea in ideas))

    assert before == [None] * 600
    assert len(await said(store, *ideas)) == 600


async def test_two_processes_that_vote_for_the_same_do_not_lock_one_another(store: Store, postgres_url: str) -> None:
    ideas, other = [await store.add(an_idea()) for _ in range(20)], build(postgres_url)
    await other.open()
    crowd = people(20)

    votes = [(one, idea, person) for person in crowd for idea in ideas for one in (store, other)]
    await asyncio.gather(*(one.hear(TEAM, a_vote(idea, person=person)) for one, idea, person in votes))

    assert len(await said(store, *ideas)) == 400
    await other.close()


async def test_each_hears_what_it_replaced_also_when_one_person_changes_their_mind_at_once(store: Store) -> None:
    idea = await store.add(an_idea())
    votes = [a_vote(idea, person=BOB, value=value, token=str(value), at=later(n)) for n, value in enumerate((1.0, -1.0, 0.5))]

    others = [store.hear(TEAM, a_vote(idea, person=person)) for person in people(10)]
    before = (await asyncio.gather(*(store.hear(TEAM, vote) for vote in votes), *others))[:3]

    assert before == [None, votes[0], votes[1]]
    assert (idea.id, BOB.id, 0.5) in await said(store, idea)


async def test_a_vote_that_is_withdrawn_at_once_is_withdrawn(store: Store) -> None:
    idea = await store.add(an_idea())
    crowd = people(30)

    async def change(person) -> Feedback | None:
        voting = asyncio.create_task(store.hear(TEAM, a_vote(idea, person=person)))
        await asyncio.sleep(0)
        before = await store.hear(TEAM, a_vote(idea, person=person, token="none", value=0))
        await voting
        return before

    replaced = await asyncio.gather(*map(change, crowd))

    assert [one is not None for one in replaced] == [True] * 30
    assert await said(store, idea) == set()


async def test_who_votes_for_nothing_of_theirs_is_told_alone(store: Store) -> None:
    mine = await store.add(an_idea())
    nothing, foreign = IdeaId("0" * 24), mine.id

    results = await asyncio.gather(
        store.hear(TEAM, a_vote(mine)),
        store.hear(TEAM, a_vote(nothing, person=BOB)),
        store.hear(OTHERS, a_vote(foreign, person=BOB)),
        store.hear(TEAM, a_vote(mine, person=people(1)[0])),
        return_exceptions=True,
    )

    assert [type(one) for one in results] == [type(None), UnknownIdea, UnknownIdea, type(None)]
    assert len(await said(store, mine)) == 2


async def test_an_idea_that_goes_at_that_moment_takes_only_its_own_votes(store: Store, postgres_url: str) -> None:
    stays = [await store.add(an_idea()) for _ in range(10)]
    goes = [await store.add(an_idea(author=ANN)) for _ in range(10)]
    other = build(postgres_url)
    await other.open()

    votes = [other.hear(TEAM, a_vote(idea, person=person)) for person in people(10) for idea in (*stays, *goes)]
    results = await asyncio.gather(*votes, store.forget(TEAM, ANN), return_exceptions=True)

    assert {type(one) for one in results[:-1]} <= {type(None), UnknownIdea}
    assert len(await said(store, *stays)) == 100
    await other.close()


async def test_odd_words_are_stored_as_one_by_one(store: Store) -> None:
    idea = await store.add(an_idea())
    odd = ["a\0b", "\ud800", "🍵", "'; --", ""]

    await asyncio.gather(
        *(store.hear(TEAM, a_vote(idea, person=person, token=token)) for person, token in zip(people(5), odd, strict=True))
    )

    assert {one.token for one in await store.feedback(TEAM, [idea.id])} == {"a\ufffdb", "\ufffd", "🍵", "'; --", ""}
