"""A round as three people live it, told once and played on every platform; and what a round owes them when things go wrong."""

from __future__ import annotations

import asyncio

from bot.services.rounds.reminding import REMINDING
from tests.acceptance.drivers import Driver, Seen
from tests.acceptance.test_stories import team as team

LATE = "Paper lanterns over the canal"


async def test_three_people_write_alone_see_everything_weigh_it_and_decide(team: Driver) -> None:
    opened = await team.ask("ann", "/round ideas for the autumn party --ideas 2 --dots 3")
    assert "Anonymous" in await team.text(opened)

    await team.ask("ann", "/jot A soup contest")
    await team.ask("bob", f"/jot {LATE}")
    await team.ask("cat", "/jot A soup contest")

    assert "A soup contest" not in await team.text(await team.ask("bob", "/board"))
    assert "The board is empty" in await team.text(await team.ask("bob", "/board"))

    shown = await team.ask("ann", "/round --do next")
    ideas = await team.ideas(shown)
    assert sorted(idea for idea in ideas if idea in ("A soup contest", LATE)) == ["A soup contest", LATE]
    assert len(ideas) == 4
    assert "added by hand" not in await team.text(shown)

    numbers = await numbered(team)
    await team.ask("ann", f"/points #{numbers[LATE]}x2 #{numbers['A soup contest']}")
    await team.ask("bob", f"/points #{numbers[LATE]} #{numbers[LATE]} #{numbers[LATE]}")
    await team.ask("cat", f"/points #{numbers[LATE]}x4")
    assert "You have 3 points and gave 4" in (await team.private("cat"))[-1]

    talk = await team.ask("ann", "/round --do next")
    assert (await team.ideas(talk))[0] == LATE
    await team.ask("ann", "/round --do next")
    decided = await team.ask("ann", f'/decide #{numbers[LATE]} --action "buy paper" --owner Cat')
    assert "buy paper" in await team.text(decided)
    result = await team.ask("ann", "/round --do next")

    text = await team.text(result)
    assert "buy paper" in text
    assert "Cat" in text
    assert (await team.ideas(result))[0] == LATE
    assert (await team.ideas(await team.ask("bob", "/board")))[0] == LATE
    await asyncio.gather(*team.house.services.rounds.stage.picturing._making.values())
    if team.changes:
        assert sum("The result as a picture" in text for text in await team.posted()) == 1


async def numbered(team: Driver) -> dict[str, int]:
    """The numbers of the ideas on the board of the red team, by text."""
    channels = await team.house.store.channels()
    return {idea.text: idea.number for channel in channels for idea in await team.house.store.ideas(channel)}


async def test_a_round_is_led_and_joined_with_its_buttons(team: Driver) -> None:
    opened = await team.ask("ann", "/round ideas for the autumn party --ideas 1")

    await team.submit("bob", opened, "jot", 0, {"text": LATE})
    assert LATE not in await team.text(opened)
    shown = await led(team, opened, 0)
    assert LATE in await team.ideas(shown)
    number = (await numbered(team))[LATE]
    await team.submit("bob", shown, "points", 0, {"ideas": f"{number}x5"})
    talk = await led(team, shown, 2)  # merging was passed over: no two ideas say the same

    assert (await team.ideas(talk))[0] == LATE
    if team.changes:
        assert "This phase is over" in await team.text(opened)


async def test_who_has_not_spoken_is_reminded_in_private_and_once(team: Driver) -> None:
    await team.posted()  # a pipe gets answers only
    await team.ask("ann", "/round ideas for the autumn party --ideas 0")
    for person in ("ann", "bob"):
        await team.ask(person, f"/jot {person}'s idea")
    await team.ask("ann", "/round --do stop")
    await team.ask("ann", "/round ideas for the winter party --ideas 0")
    await team.ask("ann", "/jot Skating")
    reminding = team.house.services.rounds.stage.reminding
    (channel,) = await team.house.store.channels()
    (job,) = await team.house.store.jobs(channel.team, REMINDING)

    while not team.house.desk.watch.chats[channel.team.platform].ready:
        await asyncio.sleep(0.01)

    await reminding.due(job)
    await reminding.due(job)

    told = [text for text in await team.private("bob") if "has not heard from you yet" in text]
    assert len(told) == 1
    assert "ideas for the winter party" in told[0]
    assert not any("has not heard from you" in text for text in await team.private("ann"))


async def led(team: Driver, message: Seen, step: int) -> Seen:
    """Ann presses Next phase; in a terminal she types it, as its lines know no buttons."""
    if not team.changes:
        return await team.ask("ann", "/round --do next")
    shown = await team.press("ann", message, "round", 0, f"next.{step}")
    assert shown is not None
    return shown
