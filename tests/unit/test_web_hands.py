"""What hands do on the page: ideas moved into states, themes and one another, and a round that is led and joined there."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters._web.boards import board_of, columns
from adapters._web.drawing import KEPT, Drawing
from bot.domain.ideas import Channel, Idea, Team
from bot.domain.models import ChannelSettings
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import PLATFORM
from tests.browsing import HERE, heard
from tests.builders import an_idea, an_opinion
from tests.guests import HOST, Guests, welcomed

THERE = Channel(team=Team(platform=PLATFORM, id="blue"), id="general")


@pytest.fixture
async def guests(tmp_path: Path) -> AsyncIterator[Guests]:
    async with welcomed(tmp_path) as guests:
        yield guests


async def some(guests: Guests, *texts: str, channel: Channel = HERE) -> list[Idea]:
    return [await guests.house.store.add(an_idea(text, channel=channel)) for text in texts]


async def standing(guests: Guests, by: Any = "state") -> dict[str, list[str]]:
    board = await board_of(guests.house.services, HERE)
    found = columns(list(board.shown.values()), by, board.themes)
    return {heading: [one.idea.text for one in ideas] for _id, heading, ideas in found if ideas}


async def moved(guests: Guests, secret: str, idea: str, to: str, **more: str) -> str:
    status, told = await guests.post("/shape", secret, {"idea": idea, "to": to} | more)
    assert status == 200, told
    return html.unescape("\n".join(told["cards"]))


# ------------------------------------------------------------------------------------------ states


async def test_an_idea_goes_through_every_state_and_says_why(guests: Guests) -> None:
    secret = await guests.secret()
    (idea,) = await some(guests, "One")

    for state in ("shortlisted", "picked", "open", "dropped", "picked"):
        await moved(guests, secret, idea.id, f"state-{state}", reason="because")
        assert list(await standing(guests)) == [state.capitalize()]

    await moved(guests, secret, idea.id, "state-dropped", reason="too long")
    _status, text, _headers = await guests.get("/", secret)
    assert "too long" in text


async def test_a_move_is_taken_back_by_its_button_and_is_posted_in_no_chat(guests: Guests) -> None:
    secret = await guests.secret()
    (idea,) = await some(guests, "One")

    told = await moved(guests, secret, idea.id, "state-shortlisted")
    await guests.post("/press", secret, {"key": re.search(r'data-key="(state:[^"]+)"', told)[1]})  # type: ignore[index]

    assert list(await standing(guests)) == ["Open"]
    assert guests.chat.messages == {}


@pytest.mark.parametrize("to", ["", "state-", "state-lost", "topic-1", "theme-"])
async def test_nowhere_is_no_place_to_move_to(guests: Guests, to: str) -> None:
    (idea,) = await some(guests, "One")

    status, told = await guests.post("/shape", await guests.secret(), {"idea": idea.id, "to": to})

    assert status == 403
    assert "reload" in told["error"]


async def test_nobody_moves_another_teams_idea_and_no_reader_moves_any(guests: Guests) -> None:
    (theirs,) = await some(guests, "Theirs", channel=THERE)
    (mine,) = await some(guests, "Mine")

    status, told = await guests.post("/shape", await guests.secret(), {"idea": theirs.id, "to": "state-dropped"})
    assert (status, "no idea" in told["error"]) == (403, True)
    told_of_merging = await moved(guests, await guests.secret(), mine.id, f"idea-{theirs.id}")
    assert "no idea" in told_of_merging
    status, _told = await guests.post("/shape", await guests.secret(kind="share"), {"idea": mine.id, "to": "state-dropped"})
    assert status == 403
    for path in (f"/menu?idea={theirs.id}", f"/moving?idea={theirs.id}", "/naming?theme=1"):
        assert (await guests.get(path, await guests.secret()))[0] in (403, 404)
    assert await guests.house.store.marks(THERE) == {}


# ------------------------------------------------------------------------------------------ merging


async def test_what_is_merged_keeps_its_votes_and_is_parted_again_from_the_menu(guests: Guests) -> None:
    secret = await guests.secret()
    one, two = await some(guests, "One", "Two")
    await guests.house.store.hear(HERE.team, an_opinion(one, "bob"))

    await moved(guests, secret, one.id, f"idea-{two.id}")
    board = await board_of(guests.house.services, HERE)
    (whole,) = board.shown.values()
    assert (whole.idea.id, whole.parts, whole.tally.ups if whole.tally else 0) == (two.id, (one.id,), 1)
    assert "1 more says the same" in (await guests.get("/", secret))[1]

    _status, menu, _headers = await guests.get(f"/menu?idea={two.id}", secret)
    assert f"merge:{one.id}:undo" in json.loads(menu)["html"]
    await guests.post("/press", secret, {"key": f"merge:{one.id}:undo"})
    assert sorted((await board_of(guests.house.services, HERE)).shown) == sorted([one.id, two.id])


async def test_the_form_that_moves_offers_states_themes_and_the_other_ideas(guests: Guests) -> None:
    secret = await guests.secret()
    one, two = await some(guests, "One", "<b>Two</b>")
    await moved(guests, secret, two.id, "theme-new")

    _status, text, _headers = await guests.get(f"/moving?idea={one.id}&to=state-dropped", secret)

    form = json.loads(text)["form"]
    theme = (await guests.house.store.themes(HERE, ""))[0]
    offered = set(re.findall(r'value="((?:state|theme|idea)-[^"]+)"', form))
    states = {f"state-{state}" for state in ("picked", "shortlisted", "open", "dropped")}
    assert offered == states | {f"theme-{theme.id}", "theme-new", f"idea-{two.id}"}
    assert 'value="state-dropped" selected' in form
    assert "<b>Two" not in form


# ------------------------------------------------------------------------------------------ themes


async def test_themes_are_begun_joined_renamed_and_shown_in_order(guests: Guests) -> None:
    secret = await guests.secret()
    one, two, three = await some(guests, "One", "Two", "Three")

    await moved(guests, secret, one.id, "theme-new", name="First")
    await moved(guests, secret, two.id, "theme-new")
    first, second = await guests.house.store.themes(HERE, "")
    await moved(guests, secret, three.id, f"theme-{first.id}")
    await guests.post("/shape", secret, {"to": f"theme-{second.id}", "name": "Second"})

    assert await standing(guests, "theme") == {"First": ["Three", "One"], "Second": ["Two"]}
    _status, text, _headers = await guests.get("/?by=theme", secret)
    assert text.index("First") < text.index("Second") < text.index("In no theme yet")
    assert (await guests.get("/?by=theme&lang=zh", secret))[0] == 200


async def test_an_idea_is_moved_out_of_its_theme_with_the_form_or_by_dropping_it_beside_the_themes(guests: Guests) -> None:
    secret = await guests.secret()
    one, two = await some(guests, "One", "Two")
    await moved(guests, secret, one.id, "theme-new", name="First")
    _status, form, _headers = await guests.get(f"/moving?idea={one.id}", secret)
    _status, loose, _headers = await guests.get(f"/moving?idea={two.id}", secret)
    _status, page, _headers = await guests.get("/?by=theme", secret)

    await moved(guests, secret, one.id, "theme-none")

    assert await standing(guests, "theme") == {"In no theme yet": ["Two", "One"]}
    assert 'value="theme-none"' in json.loads(form)["form"]
    assert "theme-none" not in json.loads(loose)["form"]
    assert re.search(r'id="theme-none"[^>]*data-drop="yes"', page)


async def test_a_theme_that_is_gone_is_not_renamed(guests: Guests) -> None:
    _status, told = await guests.post("/shape", await guests.secret(), {"to": "theme-5", "name": "X"})

    assert "no theme" in told["cards"][0]


# ------------------------------------------------------------------------------------------ drawing once


async def test_an_idea_is_drawn_anew_when_it_changes_and_only_then(guests: Guests) -> None:
    secret = await guests.secret()
    one, _two = await some(guests, "One", "Two")
    drawing = Drawing(guests.house.services)
    board = await board_of(guests.house.services, HERE)
    before = await drawing.ideas(list(board.shown.values()), writes=True)

    await guests.post("/press", secret, {"key": f"vote:{one.id}:up"})
    again = await board_of(guests.house.services, HERE)
    after = await drawing.ideas(list(again.shown.values()), writes=True)

    assert [id for id in before if before[id] is not after[id]] == [one.id]
    assert len(drawing._kept) <= KEPT
    read = await drawing.ideas(list(again.shown.values()), writes=False)
    assert "data-key" not in "".join(read.values())


async def test_each_person_sees_their_own_votes_and_ideas_on_the_same_board(guests: Guests) -> None:
    ann, bob = await guests.secret("ann"), await guests.secret("bob")
    await guests.post("/say", ann, {"text": "Mine", "as": "idea"})
    (idea,) = await guests.house.store.ideas(HERE)
    await guests.post("/press", bob, {"key": f"vote:{idea.id}:up"})

    hers, his = (await guests.get("/", ann))[1], (await guests.get("/", bob))[1]

    assert (">yours<" in hers, ">yours<" in his) == (True, False)
    assert ('aria-pressed="true"' in hers, 'aria-pressed="true"' in his) == (False, True)


# ------------------------------------------------------------------------------------------ deadlines


class Stuck(MemoryStore):
    """A database that answers no question about settings any more, which every page asks."""

    stuck = False

    async def settings(self, channel: Channel) -> ChannelSettings:
        if self.stuck:
            await asyncio.Event().wait()
        return await super().settings(channel)


async def test_no_page_waits_for_a_database_that_does_not_answer(tmp_path: Path) -> None:
    store = Stuck()
    async with welcomed(tmp_path, store=store, deadline_s=0.02) as guests:
        secret = await guests.secret()
        store.stuck = True
        addresses = (
            "/",
            "/round",
            "/round/own",
            "/gallery",
            "/learning",
            "/cards?ids=1",
            "/menu?idea=1",
            "/moving?idea=1",
            "/events",
        )

        for address in (*addresses, "/naming?theme=1", "/media/a/b", "/curve/v1"):
            assert (await guests.get(address, secret))[0] == 503, address
        for address in ("/press", "/form", "/say", "/shape"):
            assert (await guests.post(address, secret, {"key": "board::", "text": "/help"}))[0] == 503, address


async def test_a_stream_lasts_longer_than_a_page_may_take(tmp_path: Path) -> None:
    async with welcomed(tmp_path, deadline_s=0.3) as guests:
        idea = (await some(guests, "One"))[0]
        await board_of(guests.house.services, HERE)  # the first time costs imports
        headers = HOST | {"Cookie": f"muselab={await guests.secret()}"}
        async with guests.client.get("/events", headers=headers) as stream:
            await heard(stream, "hello")
            await asyncio.sleep(0.35)
            await guests.house.services.store.hear(HERE.team, an_opinion(idea))
            assert (await heard(stream, "board"))["ideas"][0]["id"] == idea.id


# ------------------------------------------------------------------------------------------ rounds


async def begun(guests: Guests, secret: str, **fields: str) -> None:
    given = {"as": "round", "text": "names for a tea bar", "f-ideas": "0"} | fields
    status, told = await guests.post("/say", secret, given)
    assert status == 200, told


async def led_on(guests: Guests, secret: str) -> str:
    """What the page says after whoever leads has pressed Next."""
    _status, text, _headers = await guests.get("/round", secret)
    await guests.post("/press", secret, {"key": re.search(r'data-key="(round:[^:]+:next[^"]*)"', text)[1]})  # type: ignore[index]
    return (await guests.get("/round", secret))[1]


async def own(guests: Guests, secret: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((await guests.get("/round/own", secret))[1])
    return found


async def test_a_round_keeps_what_was_written_from_everybody_else_until_the_reveal(guests: Guests) -> None:
    ann, bob, reader = await guests.secret("ann"), await guests.secret("bob"), await guests.secret(kind="share")
    assert "No round was held here yet" in (await guests.get("/round", ann))[1]
    await begun(guests, ann, **{"f-dots": "3", "f-minutes": "2", "f-named": ""})
    (round,) = await guests.house.store.rounds(HERE)
    assert (round.dots, round.now.minutes, round.named) == (3, 2, False)

    await guests.post("/press", ann, {"key": f"jot:{round.id}:", "f-text": "Steam & Story"})

    assert (await own(guests, ann))["notes"] == ["Steam & Story"]
    assert ((await own(guests, bob))["notes"], (await own(guests, bob))["leads"]) == ([], False)
    for secret in (bob, reader):
        _status, text, _headers = await guests.get("/round", secret)
        assert "Steam" not in text
        assert 'data-left="120"' in text
        assert "1 person has written so far." in text
    assert "A round runs:" in (await guests.get("/", bob))[1]
    assert "jot:" not in (await guests.get("/round", reader))[1]


async def test_a_rounds_points_are_given_in_place_and_told_to_nobody_before_they_count(guests: Guests) -> None:
    ann, bob = await guests.secret("ann"), await guests.secret("bob")
    await begun(guests, ann)
    (round,) = await guests.house.store.rounds(HERE)
    await guests.post("/press", ann, {"key": f"jot:{round.id}:", "f-text": "Steam & Story\nLeaf"})
    await led_on(guests, ann)
    number = next(idea.number for idea in await guests.house.store.ideas(HERE) if idea.text == "Leaf")

    await guests.post("/press", bob, {"key": f"points:{round.id}:", "f-ideas": f"{number}x2"})
    assert (await own(guests, bob))["points"] == {str(number): 2}
    assert (await own(guests, ann))["points"] == {}
    assert "2 points" not in (await guests.get("/round", ann))[1]

    await led_on(guests, ann)
    _status, text, _headers = await guests.get("/round?screen=1", bob)
    assert "2 points" in text
    assert 'class="screen"' in text
    refused = await guests.post("/press", bob, {"key": f"round:{round.id}:next.3"})
    assert "Only whoever opened the round" in refused[1]["cards"][0]


@pytest.mark.parametrize("method", ["hats", "duel", "cafe", "brainwriting"])
async def test_every_phase_of_a_method_is_shown(guests: Guests, method: str) -> None:
    ann = await guests.secret("ann")
    await begun(guests, ann, **{"f-method": method})
    (round,) = await guests.house.store.rounds(HERE)
    seen = []
    while round.state == "running":
        status, text, _headers = await guests.get("/round?lang=zh", ann)
        assert status == 200
        seen += re.findall(r"(\d+) / \d+</span>", text)
        await led_on(guests, ann)
        round = (await guests.house.store.round(HERE.team, round.id)) or round

    assert seen == [str(number) for number in range(1, len(seen) + 1)]
    _status, text, _headers = await guests.get("/round?lang=en", ann)
    assert "Result" in text
    assert 'data-as="round"' in text


async def test_what_says_the_same_is_merged_on_the_rounds_page_one_pair_after_another(guests: Guests) -> None:
    ann = await guests.secret("ann")
    await begun(guests, ann)
    (round,) = await guests.house.store.rounds(HERE)
    same = "A soup contest for all\nFor all, a soup contest!\nPaper lanterns over it\nOver it: paper lanterns"
    await guests.post("/press", ann, {"key": f"jot:{round.id}:", "f-text": same})

    text = await led_on(guests, ann)
    keys = re.findall(r'data-key="(merge:[^"]+)"', text)
    _status, told = await guests.post("/press", ann, {"key": keys[0]})

    assert len(keys) == 2
    assert ":undo" in told["cards"][0]
    assert len((await board_of(guests.house.services, HERE)).shown) == 3
    assert re.findall(r'data-key="(merge:[^"]+)"', (await guests.get("/round", ann))[1]) == keys[1:]
