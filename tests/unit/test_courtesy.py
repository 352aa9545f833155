"""Acknowledgements first."""

from __future__ import annotations

import asyncio

import pytest

from bot import courtesy
from bot.courtesy import Courtesy


async def test_work_begins_when_nobody_waits_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "PATIENCE_S", 60.0)
    done: list[str] = []
    kind = Courtesy()

    async def work() -> None:
        await kind.after_you()
        done.append("work")

    with kind.acknowledging():
        with kind.acknowledging():
            working = asyncio.create_task(work())
            await asyncio.sleep(0)
        done.append("one")
        await asyncio.sleep(0)
    done.append("both")
    await working

    assert done == ["one", "both", "work"]


async def test_patience_ends_where_somebody_always_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "PATIENCE_S", 0.01)
    kind = Courtesy()

    with kind.acknowledging():
        await asyncio.wait_for(kind.after_you(), 60.0)


async def test_who_finds_nobody_waiting_goes_on_at_once() -> None:
    kind = Courtesy()
    with pytest.raises(ZeroDivisionError), kind.acknowledging():
        1 / 0  # noqa: B018 - an acknowledgement that fails waits no longer

    working = kind.after_you()

    with pytest.raises(StopIteration):
        working.send(None)


async def test_of_many_who_were_patient_for_too_long_one_goes_on_and_the_others_let_who_came_meanwhile_go_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(courtesy, "PATIENCE_S", 0.01)
    done: list[int] = []
    kind = Courtesy()

    async def work(number: int) -> None:
        await kind.after_you()
        done.append(number)
        monkeypatch.setattr(courtesy, "PATIENCE_S", 60.0)  # nobody else loses patience

    with kind.acknowledging():
        working = [asyncio.create_task(work(number)) for number in range(20)]
        await working[0]
        for _turn in range(50):
            await asyncio.sleep(0)
        while_somebody_waited = list(done)
    await asyncio.gather(*working)

    assert while_somebody_waited == [0]
    assert done == list(range(20))


async def test_an_acknowledgement_on_its_way_through_the_network_holds_no_work_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "PATIENCE_S", 60.0)
    answered = asyncio.Event()
    steps: list[str] = []
    kind = Courtesy()

    async def acknowledge() -> None:
        steps.append("sent")
        await answered.wait()

    acknowledging = asyncio.ensure_future(acknowledge())
    with kind.acknowledging():
        await kind.sent(acknowledging)
    await kind.after_you()
    steps.append("work")
    answered.set()
    await acknowledging

    assert steps == ["sent", "work"]


async def test_an_acknowledgement_ends_with_whoever_asked_for_it() -> None:
    kind = Courtesy()
    acknowledging = asyncio.ensure_future(asyncio.Event().wait())

    async def ask() -> None:
        with kind.acknowledging():
            await kind.sent(acknowledging)  # type: ignore[arg-type]

    asking = asyncio.create_task(ask())
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, acknowledging, return_exceptions=True)

    assert acknowledging.cancelled()


async def test_who_has_seen_nothing_yet_goes_before_who_watches_something_grow() -> None:
    done: list[str] = []
    kind = Courtesy()

    async def work(name: str, *, first: bool) -> None:
        await kind.after_you(first=first)
        done.append(name)

    with kind.acknowledging():
        working = [asyncio.create_task(work("at the door", first=False))]
        working += [asyncio.create_task(work(name, first=False)) for name in ("one grows", "another grows")]
        working += [asyncio.create_task(work(name, first=True)) for name in ("one asks", "another asks")]
        await asyncio.sleep(0)
    await asyncio.gather(*working)

    assert done == ["at the door", "one asks", "another asks", "one grows", "another grows"]


async def test_who_leaves_the_line_holds_up_nobody_behind_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "PATIENCE_S", 60.0)
    kind = Courtesy()

    with kind.acknowledging():
        at_the_door, leaves, stays = (asyncio.create_task(kind.after_you()) for _ in range(3))
        await asyncio.sleep(0)
        leaves.cancel()
        at_the_door.cancel()
        await asyncio.gather(at_the_door, leaves, return_exceptions=True)
    await asyncio.wait_for(stays, 60.0)

    await asyncio.wait_for(kind.after_you(), 60.0)


async def test_work_that_waits_for_long_says_that_the_machine_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "PATIENCE_S", 60.0)
    kind = Courtesy()

    with kind.acknowledging():
        working = [asyncio.create_task(kind.after_you()) for _ in range(2)]
        await asyncio.sleep(0)
        at_first = kind.behind
        monkeypatch.setattr(courtesy, "BEHIND_S", 0.0)
        await asyncio.sleep(0)
        later = kind.behind
    await asyncio.gather(*working)

    assert (at_first, later, kind.behind) == (False, True, False)
