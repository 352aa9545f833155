"""What a line says of ideas is counted, and what else it asks is done."""

from __future__ import annotations

import pytest

from bot.domain.errors import WrongLanguage
from bot.domain.ideas import Idea
from bot.domain.models import ChannelSettings
from bot.messages import Card
from bot.services.team.governing import whole
from bot.wiring import House
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, a_brainstorm, a_call, an_idea
from tests.unit.test_desk import house as house

TEXTS = ("A night with torches", "Scan the paintings with a phone", "Deadwood", "Tickets for a coin", "A quiz about whale bones")


@pytest.fixture
async def ideas(house: House) -> list[Idea]:
    asked = a_brainstorm(created_at=NOON, state="done")
    await house.store.begin(asked)
    return [await house.store.add(an_idea(text, brainstorm=asked.id)) for text in TEXTS]


async def told(house: House, ideas: list[Idea], line: str, command: str = "brainstorm", **args: str) -> list[Card]:
    """The cards that only the person sees, of a line under these ideas."""
    sheet = Sheet(BareChat(), "ann")
    under = ",".join(idea.id for idea in ideas)
    given = {"topic": line, "spoken": under} if command == "brainstorm" else {"said": line, "under": under}
    await house.desk.call(a_call(command, **given, **args), sheet)
    return sheet.chat.whispers.get("ann", [])


async def votes(house: House, ideas: list[Idea]) -> dict[int, float]:
    """What was said of each idea, by its place."""
    found = await house.store.feedback(RED.team, [idea.id for idea in ideas])
    return {1 + [idea.id for idea in ideas].index(one.idea): one.value for one in found}


async def brainstorms(house: House) -> int:
    return len(await house.store.brainstorms(RED, limit=9))


async def test_several_opinions_of_one_line_are_each_counted(house: House, ideas: list[Idea]) -> None:
    cards = await told(house, ideas, "2 👍 4 👎")

    assert await votes(house, ideas) == {2: 1.0, 4: -1.0}
    assert [card.controls[0].key.token for card in cards] == ["none", "none"]
    assert await brainstorms(house) == 1


async def test_an_idea_is_named_by_a_word_of_its_own(house: House, ideas: list[Idea]) -> None:
    await told(house, ideas, "haha ok the ticket one is fun")

    assert await votes(house, ideas) == {4: 1.0}


async def test_what_is_asked_behind_an_opinion_is_done(house: House, ideas: list[Idea]) -> None:
    await told(house, ideas, "omg yes 1!! more like that")

    latest = (await house.store.brainstorms(RED, limit=1))[0]
    assert await votes(house, ideas) == {1: 1.0}
    assert latest.parents == (ideas[0].id,)


async def test_how_it_would_be_done_is_no_topic(house: House, ideas: list[Idea]) -> None:
    cards = await told(house, ideas, "I like the second one best. How would we actually do it?")

    assert await votes(house, ideas) == {2: 1.0}
    assert f"/why {ideas[1].number}" in cards[-1].text
    assert await brainstorms(house) == 1


async def test_a_decision_is_one(house: House, ideas: list[Idea]) -> None:
    await told(house, ideas, "ok going with deadwood")

    (picked,) = await house.store.feedback(RED.team, [ideas[2].id])
    assert picked.signal == "pick"


async def test_who_may_not_vote_is_told_so_and_gets_the_rest(house: House, ideas: list[Idea]) -> None:
    await house.store.settle(whole(RED.team), ChannelSettings(voters=("jury",)))

    cards = await told(house, ideas, "omg yes 1!! more like that")

    assert "only some roles" in cards[0].text
    assert await votes(house, ideas) == {}
    assert await brainstorms(house) == 2


async def test_who_may_not_ask_gets_nothing_made(house: House, ideas: list[Idea]) -> None:
    await house.store.settle(whole(RED.team), ChannelSettings(askers=("jury",)))

    await told(house, ideas, "3 is nice. logo for it?", command="more")

    assert await brainstorms(house) == 1


async def test_a_line_that_says_neither_is_asked_about(house: House, ideas: list[Idea]) -> None:
    (card,) = await told(house, ideas, "3 reminds me of my ex")

    assert [control.key.token for control in card.controls] == ["up", "down"]
    assert {control.key.target for control in card.controls} == {ideas[2].id}
    assert f"/vote #{ideas[2].number} up" in card.text
    assert await votes(house, ideas) == {}


async def test_a_wish_that_is_an_opinion_alone_is_counted(house: House, ideas: list[Idea]) -> None:
    await told(house, ideas, "not 4, we did that last year", command="more")

    assert await votes(house, ideas) == {4: -1.0}
    assert await brainstorms(house) == 1


async def test_a_wish_stays_one(house: House, ideas: list[Idea]) -> None:
    await told(house, ideas, "no torches please, the house is made of wood", command="more")

    assert await votes(house, ideas) == {}
    assert await brainstorms(house) == 2


async def test_other_words_for_an_idea_may_stand_behind_an_opinion(house: House, ideas: list[Idea]) -> None:
    await told(house, ideas, "3 is nice! change 3 to Driftwood")

    assert "Driftwood" in [idea.text for idea in await house.store.ideas(RED)]


async def test_a_picture_of_two_ideas_shows_the_words_of_both(house: House, ideas: list[Idea]) -> None:
    found = await house.services.finding.subject(RED, f"{ideas[0].number}+{ideas[2].id}")

    assert found == (None, "A night with torches + Deadwood")


async def test_what_is_asked_about_an_idea_may_be_answered_in_words(house: House, ideas: list[Idea]) -> None:
    await told(house, ideas, "3 reminds me of my ex")
    await told(house, ideas, "yes FOR it!")

    assert await votes(house, ideas) == {3: 1.0}


async def test_several_ideas_are_taken_off_the_board(house: House, ideas: list[Idea]) -> None:
    cards = await told(house, ideas, "fair. drop the ticket one, and 5 too")

    hidden = [idea.text for idea in await house.store.ideas(RED, hidden=True) if idea.hidden]
    assert sorted(hidden) == sorted([TEXTS[3], TEXTS[4]]) or "may hide" in cards[0].text


async def test_a_vote_is_taken_back_by_a_word_of_its_idea(house: House, ideas: list[Idea]) -> None:
    await told(house, ideas, "1 and 3 are great")
    await told(house, ideas, "ugh. undo the vote on the torches one")

    assert {place for place, value in (await votes(house, ideas)).items() if value} == {3}


async def test_a_question_behind_an_opinion_names_its_idea(house: House, ideas: list[Idea]) -> None:
    cards = await told(house, ideas, "第4个不错，具体怎么操作？")

    assert f"/why #{ideas[3].number}" in cards[-1].text


@pytest.mark.parametrize("line", ["就第二个", "社团招新没人来，怎么办"])
async def test_a_topic_that_was_named_in_place_of_another_can_be_taken(house: House, line: str) -> None:
    refusal = WrongLanguage("none")
    refusal.topics = ("下雨天没客人怎么办", "社团招新没人来，怎么办")
    answering = house.services.answering
    await answering._failure(a_brainstorm(), refusal)

    sheet = Sheet(BareChat(), "ann")
    await house.desk.call(a_call("brainstorm", topic=line, spoken="" if line.startswith("就") else "latest"), sheet)

    (one,) = await house.store.brainstorms(RED, limit=9)
    assert one.prompt is not None
    assert one.prompt.text == "社团招新没人来，怎么办"


async def test_a_place_where_nothing_stands_and_nothing_was_named_is_told_so(house: House) -> None:
    sheet = Sheet(BareChat(), "ann")
    await house.desk.call(a_call("brainstorm", topic="就第二个", spoken=""), sheet)

    assert "no ideas here yet" in sheet.chat.whispers["ann"][0].text
    assert await brainstorms(house) == 0


@pytest.mark.parametrize("line", ["delete the second and the third", "把2和3删掉", "drop 2 and 3"])
async def test_ideas_are_hidden_several_at_once(house: House, ideas: list[Idea], line: str) -> None:
    sheet = Sheet(BareChat(), "ann")
    await house.desk.call(a_call("brainstorm", topic=line, spoken=",".join(idea.id for idea in ideas), admin=True), sheet)

    hidden = [idea.text for idea in await house.store.ideas(RED, hidden=True) if idea.hidden]
    assert sorted(hidden) == sorted(TEXTS[1:3])


async def test_others_like_an_idea_may_be_wanted_with_how(house: House, ideas: list[Idea]) -> None:
    await told(house, ideas, "1 and 5 are ok. more like 1 please, things we can try on monday")

    latest = (await house.store.brainstorms(RED, limit=1))[0]
    assert latest.parents == (ideas[0].id,)
    assert latest.prompt is not None
    assert latest.prompt.style == "things we can try on monday"


async def test_who_votes_by_a_role_takes_a_vote_back_and_edits_in_words(house: House, ideas: list[Idea]) -> None:
    await house.store.settle(whole(RED.team), ChannelSettings(voters=("jury",)))
    under = ",".join(idea.id for idea in ideas)
    for line in ("1 and 3 are great", "undo the vote on the torches one", "3 is nice! change 3 to Driftwood"):
        await house.desk.call(a_call("brainstorm", topic=line, spoken=under, roles=("jury",)), Sheet(BareChat(), "ann"))

    found = await house.store.feedback(RED.team, [idea.id for idea in ideas])
    assert {one.idea for one in found if one.signal == "vote" and one.value > 0} == {ideas[2].id}
    assert "Driftwood" in [idea.text for idea in await house.store.ideas(RED)]
