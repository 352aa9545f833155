"""What people do with Muselab, told once and played on every platform."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from bot.domain.ideas import Draft, Team
from bot.domain.models import Tuning
from bot.ports import Order
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from tests.acceptance import drivers
from tests.acceptance.drivers import Driver, Seen
from tests.builders import NOON, a_version
from tests.fair import PATIENCE_S

PLATFORMS = sorted(
    path.stem for path in Path(drivers.__file__).parent.glob("*.py") if not path.stem.startswith("_") and path.stem != "conftest"
)


@pytest.fixture(params=PLATFORMS)
async def team(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Driver]:
    module = importlib.import_module(f"tests.acceptance.drivers.{request.param}")
    async with module.driving(tmp_path) as driver:
        yield driver


async def soon(said: Callable[[], Awaitable[bool]]) -> None:
    """Waits until something is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not await said():
            await asyncio.sleep(0.05)


async def test_ask_get_different_ideas_vote_and_see_the_favourite_lead_the_board(team: Driver) -> None:
    message = await team.ask("ann", "/brainstorm names for a tea bar -n 4")
    ideas = await team.ideas(message)
    assert len(set(ideas)) == 4

    await team.press("ann", message, "vote", 3, "up")
    await team.press("bob", message, "vote", 3, "up")
    await team.press("bob", message, "vote", 1, "down")
    board = await team.ideas(await team.ask("ann", "/board"))

    assert board[0] == ideas[2]
    assert board[-1] == ideas[0]
    assert sorted(board) == sorted(ideas)


async def test_a_vote_is_confirmed_and_said_again_replaces_the_first(team: Driver) -> None:
    message = await team.ask("ann", "/brainstorm team offsite -n 2")
    ideas = await team.ideas(message)

    await team.press("bob", message, "vote", 1, "up")
    await team.press("bob", message, "vote", 1, "down")

    assert any(ideas[0] in said for said in await team.private("bob"))
    assert (await team.ideas(await team.ask("bob", "/board")))[-1] == ideas[0]


async def test_an_edit_stands_on_the_board_beside_the_original_and_can_be_picked(team: Driver) -> None:
    message = await team.ask("ann", "/brainstorm slogans for a bike shop -n 2")
    original = (await team.ideas(message))[0]

    await team.submit("bob", message, "edit", 1, {"text": "Roll on, roll far"})
    board = await team.ask("ann", "/board")
    place = (await team.ideas(board)).index("Roll on, roll far") + 1
    await team.press("ann", board, "pick", place, "yes")

    board = await team.ask("ann", "/board")
    assert (await team.ideas(board))[0] == "Roll on, roll far"
    assert original in await team.ideas(board)
    assert "✅" in await team.text(board) or "picked=True" in await team.text(board)


async def test_a_person_s_own_idea_stands_beside_the_model_s(team: Driver) -> None:
    await team.ask("ann", "/brainstorm names for a tea bar -n 2")

    await team.ask("bob", "/idea The Third Steep")

    assert "The Third Steep" in await team.ideas(await team.ask("ann", "/board"))


async def test_more_remix_spin_and_polish_give_new_ideas_with_their_origin(team: Driver) -> None:
    message = await team.ask("ann", "/brainstorm names for a tea bar -n 2")
    first = await team.ideas(message)

    more = await team.press("ann", message, "more", 1)
    assert more is not None
    assert not set(await team.ideas(more)) & set(first)
    remix = await team.ask("ann", "/remix 1 2 -n 2")
    assert len(await team.ideas(remix)) == 2
    spin = await team.ask("ann", "/spin underwater -n 2")
    assert "underwater" in await team.text(spin)
    polished = await team.ask("ann", "/polish 1 -n 1")
    assert len(await team.ideas(polished)) == 1


async def test_deleting_my_data_takes_my_votes_ideas_and_topics_and_leaves_the_others(team: Driver) -> None:
    message = await team.ask("ann", "/brainstorm secret plans for a tea bar -n 2")
    ideas = await team.ideas(message)
    await team.ask("ann", "/idea My own private thought")
    await team.press("ann", message, "vote", 1, "up")
    await team.press("bob", message, "vote", 2, "up")

    await team.ask("ann", "/privacy delete --sure")

    board = await team.ask("bob", "/board")
    assert (await team.ideas(board))[0] == ideas[1]
    assert "My own private thought" not in await team.ideas(board)
    await team.ask("ann", "/privacy show")
    assert "Topics: 0. Ideas you wrote: 0. Votes: 0." in (await team.private("ann"))[-1]


async def test_two_teams_never_see_each_other(team: Driver) -> None:
    red = await team.ask("ann", "/brainstorm names for a tea bar -n 2", team="red")
    await team.ask("bob", "/idea A blue secret", team="blue")

    blue_board = await team.ideas(await team.ask("bob", "/board", team="blue"))
    red_board = await team.ideas(await team.ask("ann", "/board", team="red"))

    assert blue_board == ["A blue secret"]
    assert sorted(red_board) == sorted(await team.ideas(red))


async def test_a_reaction_is_a_vote_and_taking_it_away_withdraws_it(team: Driver) -> None:
    message = await team.ask("ann", "/idea The Third Steep")
    await team.ask("bob", "/idea The Fourth Steep")

    async def leads(text: str) -> bool:
        return (await team.ideas(await team.ask("bob", "/board")))[0] == text

    assert await leads("The Fourth Steep")
    await team.react("bob", message, "🔥")
    await soon(lambda: leads("The Third Steep"))
    await team.react("bob", message, "🔥", away=True)
    await soon(lambda: leads("The Fourth Steep"))


async def test_a_refusal_is_one_clear_sentence_and_changes_nothing(team: Driver) -> None:
    await team.ask("ann", "/brainstorm names for a tea bar -n 99")

    said = "\n".join(await team.private("ann"))

    assert "between 1 and 10" in said
    assert await team.ideas(await team.ask("ann", "/board")) == []


async def the_team(driver: Driver) -> Team:
    """The red team, once it has asked for something."""
    store: Any = driver.house.store
    return next(iter(store._brainstorms.values())).channel.team  # type: ignore[no-any-return]


async def test_a_hidden_idea_stands_nowhere_until_it_is_restored(team: Driver) -> None:
    message = await team.ask("ann", "/brainstorm names for a tea bar -n 3")
    gone, *left = await team.ideas(message)
    await team.ask("ann", "/vote 1 up")

    await team.ask("admin", "/hide #1")
    hidden = await team.ideas(await team.ask("ann", "/board"))
    await team.ask("ann", "/export")
    await team.ask("admin", "/hide")
    listed = (await team.private("admin"))[-1]
    await team.ask("admin", "/restore #1")
    back = await team.ideas(await team.ask("ann", "/board"))

    assert sorted(hidden) == sorted(left)
    assert gone[:20] in listed
    assert back[0] == gone  # with the vote that it had


async def test_the_message_of_a_hidden_idea_loses_it(team: Driver) -> None:
    message = await team.ask("ann", "/brainstorm names for a tea bar -n 3")
    gone, *left = await team.ideas(message)
    if not team.changes:
        pytest.skip("here what was written scrolls away and cannot be changed")

    await team.ask("admin", "/hide 1")

    async def redrawn() -> bool:
        return await team.ideas(message) == left

    await soon(redrawn)
    assert gone not in await team.ideas(message)


async def test_who_is_no_admin_hides_only_what_they_wrote(team: Driver) -> None:
    if type(team).__name__.startswith("Terminal"):
        pytest.skip("whoever sits at the terminal may do everything")
    await team.ask("ann", "/brainstorm names for a tea bar -n 1")
    await team.ask("ann", "/idea The Third Steep")
    await team.ask("bob", "/hide 1")
    await team.ask("bob", "/hide 2")
    refused = (await team.private("bob"))[-2:]

    await team.ask("ann", "/hide 2")
    await team.ask("ann", "/restore 2")
    mine = await team.ideas(await team.ask("ann", "/board"))
    await team.ask("admin", "/hide 2")
    await team.ask("ann", "/restore 2")
    last = (await team.private("ann"))[-1]

    assert all("Only admins may hide" in one for one in refused)
    assert "The Third Steep" in mine
    assert "only an admin may restore it" in last


async def test_what_people_add_is_read_before_it_stands_there(team: Driver) -> None:
    await team.ask("ann", "/brainstorm names for a tea bar -n 1")
    word = "f" + "uck"

    await team.ask("ann", f"/idea {word} them")
    await team.ask("ann", f"/edit 1 {word} them")

    refused = (await team.private("ann"))[-2:]
    assert all("do not belong on a team's board" in one for one in refused)
    assert len(await team.ideas(await team.ask("ann", "/board"))) == 1


async def test_admins_look_at_the_team_s_model_and_have_the_last_word_on_it(team: Driver) -> None:
    message = await team.ask("ann", "/brainstorm names for a tea bar -n 4")
    whose = await the_team(team)
    idea = (await team.house.store.team_ideas(whose))[0]
    learned = (f"{idea.id}:ann:vote", f"{idea.id}:bob:vote")
    version = a_version(team=whose, trained_on=learned, metrics={"accuracy": 0.64})
    await team.house.store.keep_version(version)
    run = Tuning(id="1" * 24, team=whose, began_at=NOON, changed_at=NOON)
    await team.house.store.take_tuning(run, NOON)
    curve = ((1, 0.7, 0.5, 0.0, 0.0), (20, 0.41, 0.75, 1.0, -0.1))  # comes with the version as a picture
    await team.house.store.keep_tuning(replace(run, state="done", version=version.id, curve=curve))

    mixed = await team.ask("ann", "/brainstorm names for a boat -n 4")
    await team.ask("admin", "/model show 1")
    await team.ask("admin", "/model promote v1")
    await team.ask("admin", "/model")

    assert len(set(await team.ideas(mixed)) | set(await team.ideas(message))) == 8
    look, _promoted, listing = (await team.private("admin"))[-3:]
    assert "being tried" in look
    assert "2 votes by 2 people on 1 idea" in look
    assert "64 of 100 pairs of ideas" in look
    assert "v1 · live · an admin decided so" in listing
    assert "v1" not in await team.text(mixed)  # nobody is told which ideas are whose


async def test_only_admins_change_the_model(team: Driver) -> None:
    await team.ask("ann", "/brainstorm names for a tea bar -n 2")
    whose = await the_team(team)
    await team.house.store.keep_version(a_version(team=whose))
    if whose.platform == "terminal":
        pytest.skip("whoever sits at the terminal may do everything")

    for action in ("promote v1", "rollback", "pause", "resume"):
        await team.ask("ann", f"/model {action}")
        assert "Only people who manage this channel" in (await team.private("ann"))[-1]

    assert [version.stage for version in await team.house.store.versions(whose)] == ["candidate"]


async def test_the_admin_channel_hears_what_became_of_the_model(team: Driver) -> None:
    await team.ask("ann", "/brainstorm names for a tea bar -n 2")
    whose = await the_team(team)
    await team.house.store.keep_version(a_version(team=whose))
    await team.ask("admin", "/settings --admin-channel here")

    await team.ask("ann", "/brainstorm names for a boat -n 4")
    await team.ask("admin", "/model promote 1")

    async def heard() -> bool:
        posted = await team.posted()
        return any("v1 is being tried" in said for said in posted) and any("v1 is live from now on" in said for said in posted)

    await soon(heard)


async def test_a_channel_keeps_personas_by_name_and_ideas_are_in_the_one_it_uses(team: Driver) -> None:
    shown = await team.ask("admin", "/persona")
    if team.changes:  # there are buttons and a form
        await team.submit("admin", shown, "persona", 0, {"save": "brand voice", "text": "plain and warm"})
        await team.press("admin", await team.ask("admin", "/persona"), "persona", 0, "use")
    else:
        await team.ask("admin", '/persona --save "brand voice" plain and warm')
        await team.ask("admin", '/persona --use "brand voice"')
    await team.ask("admin", "/persona --save critic a grumpy critic")

    usual = await team.ask("ann", "/brainstorm names for a tea bar -n 2")
    once = await team.ask("ann", "/brainstorm names for a boat -n 2 --style critic")

    assert "brand voice: plain and warm (used here)" in (await team.private("admin"))[-1]
    assert "plain and warm" in await team.text(usual)
    assert "a grumpy critic" in await team.text(once)


async def test_copy_names_poems_and_stories_are_ideas_like_any_other(team: Driver) -> None:
    for line in (
        "/copy a bike shop --audience commuters --tone funny -n 2",
        "/name a bike shop --tone warm -n 2",
        "/poem autumn rain --form haiku -n 2",
        "/story a lighthouse --what character -n 2",
        "/story #1 -n 2",
    ):
        message = await team.ask("ann", line)
        assert len(await team.ideas(message)) == 2, line

    await team.press("bob", message, "vote", 1, "up")
    liked = (await team.ideas(message))[0]
    assert (await team.ideas(await team.ask("bob", "/board")))[0] == liked


async def test_a_form_that_a_language_has_not_is_refused_with_those_it_has(team: Driver) -> None:
    await team.ask("ann", "/poem autumn rain --form jueju")

    assert "line, haiku, couplet, quatrain, limerick" in "\n".join(await team.private("ann"))


@pytest.mark.parametrize(
    ("line", "said", "possible"),
    [
        ("/poem the sea, a sonnet", "“sonnet”", "haiku"),
        ("/poem 春江 律詩", "律诗", "絕句"),
        ("/poem 春江 律诗", "律诗", "绝句"),
    ],
)
async def test_a_form_that_nobody_writes_is_refused_with_those_that_are(
    team: Driver, line: str, said: str, possible: str
) -> None:
    await team.ask("ann", line)

    answer = "\n".join(await team.private("ann"))
    assert said in answer
    assert possible in answer or "haiku" in answer  # Discord tells a person's own language, which is English here


async def test_an_acrostic_without_four_characters_is_refused_with_how_many_it_needs(team: Driver) -> None:
    await team.ask("ann", "/poem 秋雨 --form cangtou")

    assert "毕业快乐" in "\n".join(await team.private("ann"))


async def test_liked_ideas_are_found_again_by_what_they_mean(team: Driver) -> None:
    await team.ask("ann", "/idea Tea under the old bridge")
    bridge = await team.ask("bob", "/idea Bridge picnic with tea")
    await team.ask("bob", "/idea A week without screens")
    await team.press("ann", bridge, "vote", 1, "up")

    await team.ask("ann", "/recommend tea picnic at the bridge")

    said = (await team.private("ann"))[-1]
    assert "Bridge picnic with tea" in said
    assert "Tea under the old bridge" not in said
    assert "A week without screens" not in said


async def test_a_duel_is_blind_and_its_winner_stands_above_its_loser(team: Driver) -> None:
    message = await team.ask("ann", "/brainstorm names for a tea bar -n 2")
    ideas = await team.ideas(message)

    shown = await team.ask("bob", "/duel")
    text = (await team.private("bob"))[-1]
    await team.press("bob", shown, "duel", 0, "a")

    assert all(idea in text for idea in ideas)
    left = min(ideas, key=text.index)
    assert "Heard: #" in (await team.private("bob"))[-1]
    assert await team.ideas(await team.ask("ann", "/board")) == [left, next(idea for idea in ideas if idea != left)]


async def test_what_i_deleted_is_read_in_no_message_any_more(team: Driver) -> None:
    house = getattr(team, "house", None)
    if house is None or not any(chat.changes for chat in house.services.redrawing.chats()):
        pytest.skip("here what was written scrolls away and cannot be changed")
    marked = ("the zq7f3ax1 topic", "the zq7f3ax2 idea", "zq7f3ax3")
    await team.ask("ann", f"/brainstorm plans for {marked[0]} of ours -n 2 -s {marked[2]}")
    idea = await team.ask("ann", f"/idea A lantern walk for {marked[1]} by the canal")
    number = len(await team.ideas(await team.ask("bob", "/board")))
    for line in (f"/more {number} -n 2", f"/polish {number} -n 2", f"/remix {number} 1 -n 2", "/more 1 -n 2", f"/pick {number}"):
        await team.ask("bob", line)
    assert await team.ideas(idea)
    before = "\n".join(await team.posted())
    if not before:
        pytest.skip("here answers are no messages in a channel")
    assert [words for words in marked if words not in before] == []

    await team.ask("ann", "/privacy delete --sure")
    assert await house.services.redrawing.redraw()

    async def gone() -> bool:
        return "zq7f3ax" not in "\n".join(await team.posted())

    await soon(gone)
    assert "deleted by the person who wrote it" in "\n".join(await team.posted())
    assert "zq7f3ax" not in "\n".join(await team.ideas(await team.ask("bob", "/board")))


def gated(house: House, drafts: int) -> asyncio.Event:
    """Lets the generator make so many drafts of each order and no more; tells when it stands still."""
    generator, still = cast("ScriptedGenerator", house.generator), asyncio.Event()
    make = generator.draft

    async def draft(order: Order) -> AsyncIterator[Draft]:
        left = drafts
        async for made in make(order):
            if not left:
                still.set()
                await asyncio.Event().wait()
            left -= 1
            yield made

    generator.draft = draft  # type: ignore[method-assign]
    return still


async def test_what_is_being_made_is_stopped_and_what_is_there_stays(team: Driver) -> None:
    still = gated(team.house, drafts=12)
    asking = asyncio.create_task(team.ask("ann", "/brainstorm names for a tea bar -n 5"))
    await still.wait()

    who = "admin" if at_a_pipe(team) else "ann"  # a pipe's lines are served one after another
    await team.ask(who, "/stop")
    message = await asking

    assert "Stopped" in (await team.private(who))[-1]
    assert "Stopped" in await team.text(message)
    shown = await team.ideas(message)
    assert len(shown) < 5
    assert sorted(await team.ideas(await team.ask("bob", "/board"))) == sorted(shown)
    await team.ask(who, "/stop")
    assert "nothing to stop" in (await team.private(who))[-1].lower()


def at_a_pipe(team: Driver) -> bool:
    """Whether lines are served one after another, and what is written scrolls away."""
    return not any(chat.changes for chat in team.house.services.redrawing.chats())


async def test_a_result_is_taken_away_and_brought_back(team: Driver) -> None:
    message = await team.ask("ann", "/brainstorm names for a tea bar -n 3")
    ideas = await team.ideas(message)
    await team.ask("bob", "/idea The Third Steep")

    if at_a_pipe(team):
        await team.ask("ann", "/delete")
    else:
        await team.press("bob", message, "delete")
        assert "may take it away" in (await team.private("bob"))[-1]
        await team.press("ann", message, "delete")
    assert "3 ideas are taken away" in (await team.private("ann"))[-1]
    assert await team.ideas(await team.ask("ann", "/board")) == ["The Third Steep"]

    await team.ask("ann", "/delete --undo")
    assert "3 ideas are back" in (await team.private("ann"))[-1]
    assert sorted(await team.ideas(await team.ask("ann", "/board"))) == sorted([*ideas, "The Third Steep"])
    if team.changes:
        await soon_shows(team, message, ideas)


async def soon_shows(team: Driver, message: Seen, ideas: list[str]) -> None:
    async def shown() -> bool:
        return await team.ideas(message) == ideas

    await soon(shown)


async def soon_told(team: Driver, person: str, words: str) -> None:
    async def told() -> bool:
        return words in "\n".join(await team.private(person))

    await soon(told)


async def test_a_topic_is_put_right_and_what_was_made_for_the_wrong_one_makes_way(team: Driver) -> None:
    old = await team.ask("ann", "/brainstorm names for a tee bar -n 2")

    new = await team.ask("ann", "/correct names for a tea bar")
    await soon_told(team, "ann", "The ideas for “names for a tee bar” made way")
    board = await team.ideas(await team.ask("bob", "/board"))

    assert "names for a tea bar" in await team.text(new)
    assert sorted(board) == sorted(await team.ideas(new))
    if team.changes:
        await soon_shows(team, old, [])

    await team.ask("ann", "/delete --undo")
    assert len(await team.ideas(await team.ask("bob", "/board"))) == 4


async def test_what_others_have_voted_on_stays_when_its_topic_is_put_right(team: Driver) -> None:
    old = await team.ask("ann", "/brainstorm names for a tee bar -n 2")
    await team.press("bob", old, "vote", 1, "up")

    await team.ask("ann", "/correct names for a tea bar")

    await soon_told(team, "ann", "stay, as others have said what they think")
    assert len(await team.ideas(await team.ask("bob", "/board"))) == 4
