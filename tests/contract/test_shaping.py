"""How people shape a board, on every store: what became of ideas, which are one, which belong together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import UnknownIdea
from bot.domain.feedback import duel
from bot.domain.ideas import Channel, Idea
from bot.domain.rounds import RoundId, signal, worth
from bot.domain.shaping import Mark, Merge, Theme
from bot.ports import Store
from tests.contract.stores import ANN, BOB, CHANNEL, NOW, OTHERS, TEAM, a_vote, an_idea, everything_in, later, new_id

THEIRS = Channel(team=OTHERS, id="general")


async def some(store: Store, count: int, **given: Any) -> list[Idea]:
    return [await store.add(an_idea(text=f"idea {number}", **given)) for number in range(count)]


def a_mark(idea: Idea, state: Any = "shortlisted", **given: Any) -> Mark:
    return Mark(**{"idea": idea.id, "channel": idea.channel, "state": state, "by": ANN, "at": NOW, **given})


def a_merge(idea: Idea, into: Idea, **given: Any) -> Merge:
    return Merge(**{"idea": idea.id, "into": into.id, "channel": idea.channel, "by": ANN, "at": NOW, **given})


def a_theme(*ideas: Idea, **given: Any) -> Theme:
    fields = {"id": new_id(), "channel": CHANNEL, "name": "tea", "ideas": tuple(one.id for one in ideas), "at": NOW}
    return Theme(**{**fields, **given})


async def said(store: Store, idea: Idea) -> set[tuple[str, str, float]]:
    return {(vote.person.id, vote.signal, vote.value) for vote in await store.feedback(idea.channel.team, [idea.id])}


async def test_the_latest_mark_counts_and_taking_it_back_leaves_the_one_before(store: Store) -> None:
    (idea,) = await some(store, 1)

    first = await store.mark(TEAM, a_mark(idea))
    second = await store.mark(TEAM, a_mark(idea, "dropped", reason="too dear", at=later(1)))
    dropped = await store.marks(CHANNEL)
    stale = await store.unmark(TEAM, idea.id, NOW)
    back = await store.unmark(TEAM, idea.id, later(1))

    assert first is None
    assert second == a_mark(idea)
    assert dropped == {idea.id: a_mark(idea, "dropped", reason="too dear", at=later(1))}
    assert (stale, back) == (False, True)
    assert await store.marks(CHANNEL) == {idea.id: a_mark(idea)}


async def test_another_team_s_idea_cannot_be_shaped(store: Store) -> None:
    mine, other = await some(store, 2)

    for attempt in (store.mark(OTHERS, a_mark(mine)), store.merge(OTHERS, a_merge(mine, other))):
        with pytest.raises(UnknownIdea):
            await attempt
    await store.mark(TEAM, a_mark(mine))
    await store.merge(TEAM, a_merge(other, mine))

    assert not await store.unmark(OTHERS, mine.id, NOW)
    assert not await store.split(OTHERS, other.id)
    assert await store.merged_into(OTHERS, other.id) is None
    assert await store.marks(THEIRS) == {}
    assert await store.merges(THEIRS) == []


async def test_ideas_of_two_channels_are_not_merged(store: Store) -> None:
    (here,) = await some(store, 1)
    (there,) = await some(store, 1, channel=Channel(team=TEAM, id="elsewhere"))

    with pytest.raises(UnknownIdea):
        await store.merge(TEAM, a_merge(here, there))


async def test_a_merged_idea_is_in_no_list_and_its_votes_count_for_the_one_that_stays(store: Store) -> None:
    kept, part = await some(store, 2)
    await store.hear(TEAM, a_vote(kept, at=later(5)))
    await store.hear(TEAM, a_vote(part, value=-1.0, token="down", at=later(1)))  # said before, of the other
    await store.hear(TEAM, a_vote(part, person=BOB, value=-1.0, token="down"))
    for one in duel(kept.id, part.id, BOB, NOW):
        await store.hear(TEAM, one)

    merged = await store.merge(TEAM, a_merge(part, kept))

    assert merged
    assert [idea.id for idea in await store.ideas(CHANNEL)] == [kept.id]
    assert await store.merged_into(TEAM, part.id) == kept.id
    assert await said(store, kept) == {(ANN.id, "vote", 1.0), (BOB.id, "vote", -1.0), (BOB.id, f"duel:{part.id}", 0.5)}


async def test_points_that_a_person_gave_to_both_add_up(store: Store) -> None:
    kept, part = await some(store, 2)
    for idea, dots, second in ((kept, 2, 1), (part, 1, 0)):
        given = {"signal": signal(RoundId("r1")), "token": str(dots), "value": worth(dots, 5), "at": later(second)}
        await store.hear(TEAM, a_vote(idea, **given))

    await store.merge(TEAM, a_merge(part, kept))

    (vote,) = await store.feedback(TEAM, [kept.id])
    assert (vote.token, vote.at) == ("3", later(1))
    assert vote.value == pytest.approx(worth(3, 5))


async def test_a_vote_taken_back_is_taken_back_of_what_was_merged_too(store: Store) -> None:
    kept, part = await some(store, 2)
    await store.hear(TEAM, a_vote(part))
    await store.merge(TEAM, a_merge(part, kept))

    before = await store.hear(TEAM, a_vote(kept, value=0.0, token="none", at=later(1)))

    assert before is not None
    assert before.value == 1.0
    assert await said(store, kept) == set()


async def test_splitting_gives_both_their_own_votes_back(store: Store) -> None:
    kept, part = await some(store, 2)
    await store.hear(TEAM, a_vote(kept))
    await store.hear(TEAM, a_vote(part, value=-1.0, token="down", at=later(1)))
    await store.merge(TEAM, a_merge(part, kept))
    together = await said(store, kept)

    first, second = await store.split(TEAM, part.id), await store.split(TEAM, part.id)

    assert (first, second) == (True, False)
    assert together == {(ANN.id, "vote", -1.0)}
    assert await said(store, kept) == {(ANN.id, "vote", 1.0)}
    assert await said(store, part) == {(ANN.id, "vote", -1.0)}
    assert len(await store.ideas(CHANNEL)) == 2
    assert await store.merges(CHANNEL) == []


async def test_what_was_merged_into_a_merged_idea_goes_and_comes_back_with_it(store: Store) -> None:
    kept, middle, part = await some(store, 3)
    await store.hear(TEAM, a_vote(part))
    await store.merge(TEAM, a_merge(part, middle))
    await store.merge(TEAM, a_merge(middle, kept, at=later(1)))
    at_first = await said(store, kept), await store.merged_into(TEAM, part.id)

    again = await store.merge(TEAM, a_merge(part, kept))
    await store.split(TEAM, middle.id)

    assert at_first == ({(ANN.id, "vote", 1.0)}, kept.id)
    assert not again
    assert await store.merged_into(TEAM, part.id) == middle.id
    assert await said(store, middle) == {(ANN.id, "vote", 1.0)}
    assert await said(store, kept) == set()
    assert {idea.id for idea in await store.ideas(CHANNEL)} == {kept.id, middle.id}


async def test_themes_keep_their_order_and_only_their_channel_s_ideas(store: Store) -> None:
    one, two, three = await some(store, 3)
    (theirs,) = await some(store, 1, channel=THEIRS)
    first, second = a_theme(two, one, theirs), a_theme(three, name="trees")

    await store.keep_themes(CHANNEL, "", [a_theme(one)])
    await store.keep_themes(CHANNEL, "", [first, second])
    await store.keep_themes(CHANNEL, "tea", [a_theme(one, topic="tea")])

    assert await store.themes(CHANNEL, "") == [replace(first, ideas=(two.id, one.id)), second]
    assert await store.themes(THEIRS, "") == []
    assert len(await store.themes(CHANNEL, "tea")) == 1


async def test_an_idea_moves_between_themes_and_a_theme_gets_a_name_or_a_part_of_its_own(store: Store) -> None:
    one, two, three = await some(store, 3)
    first, second = a_theme(one, two), a_theme(three)
    await store.keep_themes(CHANNEL, "", [first, second])

    await store.reshape(replace(second, name="", ideas=(one.id,)))
    await store.reshape(replace(first, name="leaves", by=BOB, ideas=()))
    part = a_theme(three, name="new", by=ANN)
    await store.reshape(part)
    await store.reshape(replace(part, channel=THEIRS, name="stolen"))

    assert [(theme.name, theme.by, theme.ideas) for theme in await store.themes(CHANNEL, "")] == [
        ("leaves", BOB, (two.id,)),
        ("tea", None, (one.id,)),
        ("new", ANN, (three.id,)),
    ]


async def test_an_idea_is_taken_out_of_the_themes_of_one_board_and_of_no_other(store: Store) -> None:
    one, two = await some(store, 2)
    await store.keep_themes(CHANNEL, "", [a_theme(one, two)])
    await store.keep_themes(CHANNEL, "tea", [a_theme(one, topic="tea")])

    await store.loosen(CHANNEL, "", [one.id])
    await store.loosen(THEIRS, "", [two.id])
    await store.loosen(CHANNEL, "", [])

    assert [theme.ideas for theme in await store.themes(CHANNEL, "")] == [(two.id,)]
    assert [theme.ideas for theme in await store.themes(CHANNEL, "tea")] == [(one.id,)]


async def test_a_person_s_words_leave_the_shape_of_the_board_and_others_ideas_stand_for_themselves(
    store: Store, url: str
) -> None:
    mine = await store.add(an_idea(text="Azure teapots everywhere", origin="human", author=ANN, asker=ANN))
    other, third = await some(store, 2)
    await store.hear(TEAM, a_vote(other, person=BOB))
    await store.merge(TEAM, a_merge(other, mine))
    await store.mark(TEAM, a_mark(third, "dropped", reason="zanzibar is far away"))
    named = a_theme(mine, third, name="zebra words", by=ANN)
    quoting = a_theme(other, name="azure teapots everywhere")
    await store.keep_themes(CHANNEL, "", [named, quoting])

    await store.forget(TEAM, ANN)

    kept = str(await everything_in(store, url)) if url != "memory:" else str((store._marks, store._themes))  # type: ignore[attr-defined]
    assert not any(word in kept.casefold() for word in ("zanzibar", "zebra", "teapots", ANN.id))
    assert {idea.id for idea in await store.ideas(CHANNEL)} == {other.id, third.id}
    assert await said(store, other) == {(BOB.id, "vote", 1.0)}
    assert (await store.marks(CHANNEL))[third.id].state == "dropped"


async def test_a_team_that_leaves_takes_the_shape_of_its_boards_along(store: Store) -> None:
    one, two = await some(store, 2)
    (theirs,) = await some(store, 1, channel=THEIRS)
    await store.mark(TEAM, a_mark(one))
    await store.mark(OTHERS, a_mark(theirs))
    await store.merge(TEAM, a_merge(two, one))
    await store.keep_themes(CHANNEL, "", [a_theme(one)])

    await store.forget_team(TEAM)

    assert await store.marks(CHANNEL) == {}
    assert await store.merges(CHANNEL) == []
    assert await store.themes(CHANNEL, "") == []
    assert len(await store.marks(THEIRS)) == 1
