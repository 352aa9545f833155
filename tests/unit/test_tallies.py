"""What people say of an idea is seen wherever it is shown: on its own message, on boards, on a decision."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.messages import Card
from bot.wiring import House
from tests.acceptance.drivers.bare import PLATFORM, BareChat, Sheet
from tests.builders import a_call, a_press, an_idea
from tests.fair import PATIENCE_S
from tests.unit.test_desk import chat, house  # noqa: F401 - fixtures


@pytest.fixture
async def wired(house: House, chat: BareChat) -> House:  # noqa: F811
    house.desk.watch.chats = {PLATFORM: chat, "test": chat}
    house.desk.watch.tallies.pause_s = 0.02
    return house


async def shown(house: House, chat: BareChat, command: str, **args: object) -> Callable[[], Card]:  # noqa: F811
    """The message that a command shows, as it looks when asked."""
    sheet = Sheet(chat, "ann")
    await house.desk.call(a_call(command, **args), sheet)  # type: ignore[arg-type]
    return lambda: chat.messages[sheet.address]


async def soon(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            await asyncio.sleep(0.02)


def ups(card: Card) -> list[int]:
    return [0 if line.tally is None else line.tally.ups for line in card.lines]


async def test_votes_on_a_person_s_own_idea_change_its_message_and_the_board(wired: House, chat: BareChat) -> None:  # noqa: F811
    await wired.store.add(an_idea("The Second Steep"))
    mine = await shown(wired, chat, "idea", text="The Third Steep")
    board = await shown(wired, chat, "board")
    order = [line.idea for line in board().lines]

    for person in ("bob", "cleo", "dan"):
        await wired.desk.press(a_press(f"vote:{mine().lines[0].idea}:up", person=person), Sheet(chat, person))
    await soon(lambda: ups(mine()) == [3] and sum(ups(board())) == 3)

    assert mine().title == "A new idea on the board"
    assert [line.idea for line in board().lines] == order


async def test_a_decision_s_message_shows_the_votes_after_it_in_its_own_language(wired: House, chat: BareChat) -> None:  # noqa: F811
    idea = await wired.store.add(an_idea("The Second Steep"))
    picked = await shown(wired, chat, "pick", idea=idea.id, locale="zh-CN")
    heading = picked().title

    await wired.desk.press(a_press(f"vote:{idea.id}:up", person="bob"), Sheet(chat, "bob"))
    await soon(lambda: ups(picked()) == [1])

    assert picked().title == heading != "Picked"


async def test_a_hidden_idea_leaves_its_own_message_and_the_board_and_comes_back(wired: House, chat: BareChat) -> None:  # noqa: F811
    mine = await shown(wired, chat, "idea", text="The Third Steep")
    await wired.store.add(an_idea("The Second Steep"))
    board = await shown(wired, chat, "board")

    await wired.desk.call(a_call("hide", idea="1", admin=True), Sheet(chat, "ann"))
    await soon(lambda: not mine().lines and len(board().lines) == 1)
    assert "off the board" in mine().text

    await wired.desk.call(a_call("restore", idea="1", admin=True), Sheet(chat, "ann"))
    await soon(lambda: len(mine().lines) == 1)


class Late(Sheet):
    """A reply whose change arrives after something that was done meanwhile."""

    def __init__(self, sheet: Sheet, meanwhile: Callable[[], Awaitable[None]]) -> None:
        super().__init__(sheet.chat, sheet.person, sheet.address)
        self.meanwhile = meanwhile

    async def show(self, card: Card) -> None:
        await self.meanwhile()
        await super().show(card)


async def test_a_page_that_is_turned_while_its_tallies_are_drawn_stays_turned(
    wired: House,
    chat: BareChat,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ideas = [await wired.store.add(an_idea(f"Steep {n}")) for n in range(12)]
    sheet = Sheet(chat, "ann")
    await wired.desk.call(a_call("board"), sheet)
    at, drawn = chat.at, 0

    async def turned() -> None:
        await wired.desk.press(a_press("board::2", person="bob"), Sheet(chat, "bob", sheet.address))

    def late(address: str) -> Sheet | None:
        nonlocal drawn
        drawn += 1
        found = at(address)
        return Late(found, turned) if found is not None and drawn == 1 else found

    monkeypatch.setattr(chat, "at", late)
    await wired.desk.press(a_press(f"vote:{ideas[-1].id}:up", person="bob"), Sheet(chat, "bob"))

    await soon(lambda: drawn > 1 and len(chat.messages[sheet.address].lines) == 2)
