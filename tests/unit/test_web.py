"""The page: who gets in, what they may do, and that nothing anybody wrote becomes markup. No browser is needed for that."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters._web import learned
from adapters._web.boards import Board, board_of, columns, difference, state_title
from adapters._web.guard import POLICY, Rates
from adapters._web.server import Page
from bot import wiring
from bot.config import Settings, WebTable
from bot.domain.errors import TooMany
from bot.domain.ideas import Channel, Person, Team
from bot.domain.models import ChannelSettings
from bot.domain.moderation import Hiding
from bot.domain.passes import digest_of
from bot.messages import File
from bot.services.team.governing import whole
from bot.words import speaking
from generators.client.scripted import ScriptedGenerator
from tests.acceptance.drivers.bare import PLATFORM, Sheet
from tests.browsing import HERE
from tests.builders import NOON, a_call, a_version, an_idea, an_opinion
from tests.fair import PATIENCE_S
from tests.guests import HOST, PORT, Guests, welcomed

THERE = Channel(team=Team(platform=PLATFORM, id="blue"), id="general")
ANN = Person(platform=PLATFORM, id="ann")


@pytest.fixture
async def guests(tmp_path: Path) -> AsyncIterator[Guests]:
    async with welcomed(tmp_path) as guests:
        yield guests


async def link_of(guests: Guests, person: str = "ann", *words: str, admin: bool = False) -> str:
    """The link that the bot gives somebody in the chat."""
    sheet = Sheet(guests.chat, person)
    args = dict(zip(("action", "link"), words, strict=False))
    call = replace(a_call("page", HERE, person, admin=admin, **args), person=Person(platform=PLATFORM, id=person))
    await guests.house.desk.call(replace(call, at=guests.hands()), sheet)
    text = guests.chat.whispers[person][-1].text
    found = re.search(r"http://\S+?(/(?:in|share)/\S+)", text)
    return found.group(1) if found else text


# ------------------------------------------------------------------------------------------ getting in


async def test_the_link_from_the_chat_lets_its_person_in_once_and_a_look_does_not_use_it_up(guests: Guests) -> None:
    link = await link_of(guests)

    assert (await guests.get(link))[0] == 200  # a chat looks into links by itself
    status, (_text, headers) = await guests.post(link)
    again, _answer = await guests.post(link)

    assert (status, headers["Location"], again) == (303, "/", 401)
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # plain http on this machine
    secret = re.search(r"muselab=([^;]+)", cookie).group(1)  # type: ignore[union-attr]
    assert (await guests.get("/", secret))[0] == 200
    (kept,) = await guests.house.store.passes(HERE.team, "session", guests.hands())
    assert (kept.person, kept.digest) == (ANN, digest_of(secret))
    assert secret not in repr(kept)


async def test_behind_https_the_cookie_goes_over_https_only(guests: Guests, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, web=WebTable(port=PORT, url="https://board.example.org"))
    house = wiring.furnish(settings, store=guests.house.store, generator=ScriptedGenerator(), now=guests.hands)
    page = Page(front=house.desk, services=house.services, changes=house.changes)
    secret = await guests.secret(kind="share")
    async with TestClient(TestServer(page.app())) as client:
        async with client.get(f"/share/{secret}", headers={"Host": "board.example.org"}, allow_redirects=False) as answer:
            assert answer.status == 303
            assert "; Secure" in answer.headers["Set-Cookie"]
    await house.desk.close()


async def test_a_link_ends_by_itself_and_so_does_a_session(guests: Guests) -> None:
    link, session = await link_of(guests), await guests.secret()
    guests.hands.forward(minutes=11)

    assert (await guests.post(link))[0] == 401
    assert (await guests.get("/", session))[0] == 200
    guests.hands.forward(hours=1)
    assert (await guests.get("/", session))[0] == 401


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/round",
            "/round/own",
            "/gallery",
            "/learning",
            "/cards?ids=1",
            "/menu?idea=1",
            "/moving?idea=1",
            "/naming?theme=1",
        ),
        *("/events", "/media/a/b", "/curve/v1"),
    ],
)
async def test_without_a_link_nobody_sees_anything(guests: Guests, path: str) -> None:
    await guests.house.store.add(an_idea("Hush", channel=HERE))

    status, text, _headers = await guests.get(path, "guessed")

    assert status == 401
    assert "Hush" not in text


async def test_a_reader_reads_and_an_admin_ends_the_link(guests: Guests) -> None:
    await guests.house.store.add(an_idea(channel=HERE))
    assert "manage this channel" in await link_of(guests, "bob", "share")
    link = await link_of(guests, "ann", "share", admin=True)
    status, _text, headers = await guests.get(link)
    secret = re.search(r"muselab=([^;]+)", headers["Set-Cookie"]).group(1)  # type: ignore[union-attr]

    read, text, _headers = await guests.get("/", secret)
    wrote, answer = await guests.post("/say", secret, {"text": "Mine", "as": "idea"})
    learning, _text, _headers = await guests.get("/learning", secret)
    assert (status, read, wrote, learning) == (303, 200, 403, 403)
    assert "The Third Steep" in text
    assert '<button type="button" class="press"' not in text
    assert "/page" in answer["error"]

    assert digest_of(secret)[:8] in await link_of(guests, "ann", "shares", admin=True)
    await link_of(guests, "ann", "revoke", digest_of(secret)[:8], admin=True)
    assert (await guests.get("/", secret))[0] == 401


async def test_who_is_blocked_is_let_out(guests: Guests) -> None:
    secret, link = await guests.secret(), await link_of(guests)
    await guests.house.store.settle(whole(HERE.team), ChannelSettings(blocked=("ann",)))

    assert (await guests.get("/", secret))[0] == 401
    assert (await guests.post(link))[0] == 401


async def test_who_leaves_is_out_everywhere(guests: Guests) -> None:
    secret = await guests.secret()

    status, (_text, headers) = await guests.post("/out", secret)

    assert status == 303
    assert 'muselab=""' in headers["Set-Cookie"]
    assert (await guests.get("/", secret))[0] == 401


# ------------------------------------------------------------------------------------------ writes, and other sites


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Muselab-Token": ""},
        {"X-Muselab-Token": "0" * 64},
        {"Origin": "https://elsewhere.example"},
        {"Origin": ""},
        {"Origin": "null"},
    ],
)
async def test_a_write_that_our_page_did_not_send_is_refused(guests: Guests, headers: dict[str, str]) -> None:
    secret = await guests.secret()

    status, answer = await guests.post("/say", secret, {"text": "Mine", "as": "idea"}, **headers)

    assert status == 403
    assert answer["error"]
    assert await guests.house.store.ideas(HERE) == []


async def test_one_sessions_token_is_no_others(guests: Guests) -> None:
    mine, theirs = await guests.secret(), await guests.secret("bob")

    status, _answer = await guests.post("/say", mine, {"text": "X", "as": "idea"}, **{"X-Muselab-Token": guests.token(theirs)})

    assert status == 403


async def test_a_page_of_another_name_is_not_answered(guests: Guests) -> None:
    secret = await guests.secret()

    status, _text, _headers = await guests.get("/", secret, Host="evil.example:8060")

    assert status == 421


async def test_every_answer_forbids_foreign_scripts_frames_and_copies(guests: Guests) -> None:
    secret = await guests.secret()
    for path in ("/", "/gallery", "/learning", "/nowhere", "/static/page.js"):
        _status, text, headers = await guests.get(path, secret)
        assert headers["Content-Security-Policy"] == POLICY
        assert "unsafe" not in POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        if "text/html" in headers["Content-Type"]:
            assert headers["Cache-Control"] == "no-store"
            assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|<style", text)


def test_rates_fill_evenly_and_forget_whom_they_have_not_seen_for_long() -> None:
    now = [0.0]
    rates = Rates(2, lambda: now[0])
    rates.take("ann")
    rates.take("ann")
    with pytest.raises(TooMany):
        rates.take("ann")
    rates.take("bob")

    now[0] = 30.0
    rates.take("ann")
    with pytest.raises(TooMany):
        rates.take("ann")


async def test_who_writes_too_quickly_is_told_so(guests: Guests) -> None:
    secret = await guests.secret()
    for _time in range(60):
        guests.page.guard.writes.take(digest_of(secret))

    status, answer = await guests.post("/say", secret, {"text": "Mine", "as": "idea"})

    assert (status, "quick" in answer["error"]) == (429, True)


# ------------------------------------------------------------------------------------------ what is shown


NASTY = '<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7 * 7 }} & \u202e'


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", ["/", "/?by=topic", "/?by=kind", "/?by=theme", "/gallery", "/learning"])
async def test_what_people_wrote_stays_text(guests: Guests, path: str, lang: str) -> None:
    secret = await guests.secret()
    idea = await guests.house.store.add(an_idea(NASTY, channel=HERE, modality="image"))
    await guests.house.store.hear(HERE.team, replace(an_opinion(idea), person=ANN))
    await guests.house.store.keep_media(
        HERE.team, idea.id, [File(name=NASTY, media_type="image/png", content=b"png", alt=NASTY)], guests.hands()
    )

    _status, text, _headers = await guests.get(f"{path}{'&' if '?' in path else '?'}lang={lang}", secret)

    assert "<script>" not in text
    assert "<img src=x" not in text
    assert "49" not in re.sub(r"[0-9a-f]{12,}", "", text)
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in text


async def test_nobody_sees_another_teams_ideas_or_files(guests: Guests) -> None:
    theirs = await guests.house.store.add(an_idea("Their secret", channel=THERE, modality="image"))
    file = File(name="a.png", media_type="image/png", content=b"png")
    await guests.house.store.keep_media(THERE.team, theirs.id, [file], guests.hands())
    (medium,) = (await guests.house.store.media(THERE.team, [theirs.id]))[theirs.id]
    mine, others = await guests.secret(), await guests.secret(channel=THERE)
    where = f"/media/{theirs.id}/{medium.digest}"

    for path in ("/", "/gallery", "/learning", f"/cards?ids={theirs.id}"):
        assert "Their secret" not in (await guests.get(path, mine))[1]
    assert (await guests.get(where, mine))[0] == 404
    assert (await guests.get(where, others))[0] == 200
    status, answer = await guests.post("/press", mine, {"key": f"vote:{theirs.id}:up"})
    assert status == 200
    assert "card" in answer["cards"][0]
    assert await guests.house.store.feedback(THERE.team, [theirs.id]) == []


async def test_a_hidden_ideas_file_is_gone_and_a_drawing_is_handed_out_to_be_kept(guests: Guests) -> None:
    idea = await guests.house.store.add(an_idea(channel=HERE, modality="image"))
    files = [
        File(name="a.svg", media_type="image/svg+xml", content=b"<svg/>"),
        File(name="b.png", media_type="image/png", content=b"b"),
    ]
    await guests.house.store.keep_media(HERE.team, idea.id, files, guests.hands())
    drawing, picture = (await guests.house.store.media(HERE.team, [idea.id]))[idea.id]
    secret = await guests.secret()

    _status, _text, headers = await guests.get(f"/media/{idea.id}/{drawing.digest}", secret)
    assert headers["Content-Disposition"] == "attachment"
    assert headers["Content-Type"] == "application/octet-stream"
    _status, _text, headers = await guests.get(f"/media/{idea.id}/{picture.digest}", secret)
    assert headers["Content-Type"] == "image/png"

    hiding = Hiding(idea=idea.id, channel=HERE, number=idea.number, hidden=True, by=ANN, at=guests.hands())
    await guests.house.store.hide(HERE.team, hiding)
    assert (await guests.get(f"/media/{idea.id}/{picture.digest}", secret))[0] == 404
    assert "The Third Steep" not in (await guests.get("/", secret))[1]


async def test_ideas_stand_in_columns_and_move_as_they_are_judged(guests: Guests) -> None:
    store = guests.house.store
    ideas = [await store.add(an_idea(text, channel=HERE)) for text in ("One", "Two", "Three")]
    await store.hear(HERE.team, an_opinion(ideas[0]))
    await store.hear(HERE.team, an_opinion(ideas[1], signal="pick", token="pick"))

    board = await board_of(guests.house.services, HERE)
    found = {id: [one.idea.text for one in column] for id, _heading, column in columns(list(board.shown.values()), "state")}

    assert found == {"state-picked": ["Two"], "state-shortlisted": [], "state-open": ["One", "Three"], "state-dropped": []}


async def test_hidden_tallies_tell_nothing_on_the_page(guests: Guests) -> None:
    await guests.house.store.settle(HERE, ChannelSettings(hide_tally=True))
    idea = await guests.house.store.add(an_idea("One", channel=HERE))
    before = await board_of(guests.house.services, HERE)
    await guests.house.store.hear(HERE.team, an_opinion(idea))
    after = await board_of(guests.house.services, HERE)

    assert not difference(before, after)
    assert [id for id, _heading, column in columns(list(after.shown.values()), "state") if column] == ["state-open"]


def test_nothing_differs_from_itself() -> None:
    assert not difference(Board(shown={}), Board(shown={}))


# ------------------------------------------------------------------------------------------ taking part


async def test_what_is_done_on_the_page_is_the_persons_of_the_chat_and_is_told_there(guests: Guests) -> None:
    secret = await guests.secret()

    status, _answer = await guests.post("/say", secret, {"text": "/vote is my idea", "as": "idea"})
    assert status == 200
    (idea,) = await guests.house.store.ideas(HERE)
    assert (idea.text, idea.author) == ("/vote is my idea", ANN)
    assert any(line.idea == idea.id for card in guests.chat.messages.values() for line in card.lines)

    status, answer = await guests.post("/press", secret, {"key": f"vote:{idea.id}:up"})
    assert status == 200
    assert "👍" in answer["cards"][0]
    (vote,) = await guests.house.store.feedback(HERE.team, [idea.id])
    assert (vote.person, vote.value) == (ANN, 1.0)


async def test_a_brainstorm_from_the_page_is_posted_in_the_channel_and_stands_on_the_board(guests: Guests) -> None:
    secret = await guests.secret()

    status, _answer = await guests.post("/say", secret, {"text": "names for a tea bar", "as": "brainstorm"})

    assert status == 200
    (made,) = await guests.house.store.brainstorms(HERE, limit=5)
    assert made.address in guests.chat.messages
    assert len((await board_of(guests.house.services, HERE)).shown) == len(guests.chat.messages[made.address].lines) > 0


async def test_a_press_that_is_sent_twice_counts_once(guests: Guests) -> None:
    secret = await guests.secret()
    same = {"id": "f" * 32, "text": "Mine", "as": "idea"}

    await guests.post("/say", secret, same)
    await guests.post("/say", secret, same)

    assert len(await guests.house.store.ideas(HERE)) == 1


async def test_a_typed_line_is_answered_for_the_person_alone(guests: Guests) -> None:
    secret = await guests.secret()
    posted = dict(guests.chat.messages)

    _status, answer = await guests.post("/say", secret, {"text": "/help", "as": ""})
    _status, refused = await guests.post("/say", secret, {"text": "/helo", "as": ""})

    assert "/brainstorm" in answer["cards"][0]
    assert "/help" in refused["error"]
    assert guests.chat.messages == posted


async def test_stars_are_asked_for_with_a_form_and_given_with_it(guests: Guests) -> None:
    secret = await guests.secret()
    idea = await guests.house.store.add(an_idea(channel=HERE))

    _status, asked = await guests.post("/form", secret, {"key": f"stars:{idea.id}:ask"})
    key = re.search(r'data-key="([^"]+)"', asked["form"]).group(1)  # type: ignore[union-attr]
    _status, answer = await guests.post("/press", secret, {"key": key, "f-stars": "4"})

    assert 'name="f-stars"' in asked["form"]
    assert "★★★★" in answer["cards"][0]


# ------------------------------------------------------------------------------------------ the stream


async def test_one_persons_press_reaches_anothers_screen_in_their_language(guests: Guests) -> None:
    idea = await guests.house.store.add(an_idea(channel=HERE))
    theirs = await guests.secret("bob", locale="zh-CN")
    headers = HOST | {"Cookie": f"muselab={theirs}"}
    async with asyncio.timeout(PATIENCE_S), guests.client.get("/events", headers=headers) as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        assert stream.headers["Content-Security-Policy"] == POLICY
        hello = await event(stream)
        assert list(hello["hello"]) == [idea.id]

        await guests.post("/press", await guests.secret(), {"key": f"vote:{idea.id}:up"})
        told = await event(stream)

    (found,) = told["board"]["ideas"]
    assert found["id"] == idea.id
    assert found["version"] != hello["hello"][idea.id]
    assert "</span> 1</button>" in found["html"]
    assert found["columns"]["state"] == ["state-open", boards_title("zh_Hans", "state-open")]


def boards_title(locale: str, column: str) -> str:
    with speaking(locale):
        return state_title(column)


async def event(stream: Any) -> dict[str, Any]:
    """The next event of a stream, by its name."""
    name = ""
    while True:
        line = (await stream.content.readline()).decode().rstrip("\n")
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            return {name: json.loads(line.removeprefix("data: "))}


async def test_what_was_missed_can_be_asked_for(guests: Guests) -> None:
    idea = await guests.house.store.add(an_idea(channel=HERE))
    secret = await guests.secret()

    _status, text, _headers = await guests.get(f"/cards?ids={idea.id},{'0' * 24}", secret)

    told = json.loads(text)
    assert [one["id"] for one in told["ideas"]] == [idea.id]
    assert told["gone"] == ["0" * 24]


# ------------------------------------------------------------------------------------------ what was learned


def test_words_that_tell_liked_ideas_from_others_are_found_and_luck_is_not() -> None:
    liked = [an_idea(f"a playful name {number}") for number in range(6)]
    others = [an_idea(f"a corporate name {number}") for number in range(6)]
    opinions = {idea.id: 1.0 for idea in liked} | {idea.id: -1.0 for idea in others}

    up, down = learned.words([*liked, *others], opinions)

    assert up == ("playful",)
    assert down == ("corporate",)
    assert learned.words(liked[:3], opinions) == ((), ())


async def test_the_learning_page_counts_what_was_asked_and_liked(guests: Guests) -> None:
    secret = await guests.secret()
    await guests.post("/say", secret, {"text": "names for a tea bar", "as": "brainstorm"})
    ideas = await guests.house.store.ideas(HERE)
    await guests.house.store.hear(HERE.team, an_opinion(ideas[0]))
    await guests.house.store.hear(HERE.team, an_opinion(ideas[1], value=-1.0))

    found = await learned.learned(guests.house.services, HERE)
    status, text, _headers = await guests.get("/learning", secret)

    assert [(one.share.liked, one.share.judged) for one in found.rounds] == [(1, 2)]
    assert found.best == (next(idea for idea in ideas if idea.id == ideas[0].id),)
    assert [(usage.here, usage.team) for _day, usage in found.days] == [(0, 0)] * 6 + [(1, 1)]
    assert (status, "names for a tea bar" in text) == (200, True)


def test_shares_are_drawn_as_a_line_and_halves_told_apart() -> None:
    rounds = [learned.Round(share=learned.Share(name="", liked=liked, judged=4), at=NOON) for liked in (1, 1, 3, 4)]
    found = learned.summed(rounds[:2]), learned.summed(rounds[2:])

    assert [one.of_hundred for one in found] == [25, 88]
    assert [learned.of_hundred(evidence) for evidence in (0.5, 1.0, 20.0, 1e9)] == [0, 0, 100, 100]


async def test_the_model_is_rolled_back_on_the_page_by_whom_the_team_named_an_admin(guests: Guests) -> None:
    store, (ann, bob) = guests.house.store, (await guests.secret("ann"), await guests.secret("bob"))
    await store.settle(whole(HERE.team), ChannelSettings(admins=("ann",)))
    await store.keep_version(a_version(1, team=HERE.team, stage="live", reason="won"))
    await store.keep_version(a_version(2, team=HERE.team, stage="canary"))
    button = 'data-key="model::rollback"'

    hers, his = (await guests.get("/learning", ann))[1], (await guests.get("/learning", bob))[1]
    _status, refused = await guests.post("/press", bob, {"key": "model::rollback"})
    _status, told = await guests.post("/press", ann, {"key": "model::rollback"})

    assert (button in hers, button in his) == (True, False)
    assert "Being tried now" in his
    assert "Only people who manage" in refused["cards"][0]
    assert "Rolled back" in told["cards"][0]
    assert {one.id[-2:]: one.stage for one in await guests.house.services.versions.of(HERE.team)} == {
        "v1": "live",
        "v2": "retired",
    }
