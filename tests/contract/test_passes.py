"""What the page needs of every store: links that work once, sessions and links for readers that end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.ideas import Channel
from bot.domain.passes import Pass, digest_of, new_secret
from bot.ports import Store
from tests.contract.stores import ANN, BOB, CHANNEL, NOW, OTHERS, TEAM

HOUR = timedelta(hours=1)


def a_pass(secret: str = "secret", **changes: Any) -> Pass:
    given: dict[str, Any] = {"kind": "session", "channel": CHANNEL, "person": ANN, "made_at": NOW, "until": NOW + HOUR}
    return Pass(digest=digest_of(secret), **{**given, **changes})


def test_two_secrets_are_never_the_same_and_nothing_of_them_is_in_their_digest() -> None:
    one, other = new_secret(), new_secret()

    assert one != other
    assert len(one) >= 43  # 256 bits in base64
    assert digest_of(one) != digest_of(other)
    assert one not in digest_of(one)


async def test_a_session_is_found_as_it_was_kept_until_it_ends(store: Store) -> None:
    session = a_pass(locale="zh-CN", outsider=True)
    await store.keep_pass(session)

    assert await store.found_pass(session.digest, NOW) == session
    assert await store.found_pass(session.digest, session.until) is None
    assert await store.found_pass(digest_of("another"), NOW) is None


async def test_of_many_that_use_a_link_at_once_one_gets_in(store: Store) -> None:
    link = a_pass(kind="link")
    await store.keep_pass(link)

    came_in = await asyncio.gather(*(store.take_pass(link.digest, NOW) for _person in range(8)))

    assert [one for one in came_in if one is not None] == [link]


async def test_a_link_is_no_session_and_a_session_no_link(store: Store) -> None:
    link, session = a_pass("a", kind="link"), a_pass("b")
    await store.keep_pass(link)
    await store.keep_pass(session)

    assert await store.found_pass(link.digest, NOW) is None
    assert await store.take_pass(session.digest, NOW) is None
    assert await store.take_pass(link.digest, link.until) is None  # too late


async def test_a_team_lists_and_ends_its_own_passes_only(store: Store) -> None:
    mine, later = a_pass("a", kind="share"), a_pass("b", kind="share", made_at=NOW + timedelta(minutes=1))
    theirs = a_pass("c", kind="share", channel=Channel(team=OTHERS, id="general"))
    for one in (mine, later, theirs, a_pass("d")):
        await store.keep_pass(one)

    assert await store.passes(TEAM, "share", NOW) == [later, mine]
    assert await store.drop_pass(TEAM, theirs.digest) is False
    assert await store.drop_pass(TEAM, mine.digest) is True
    assert await store.drop_pass(TEAM, mine.digest) is False
    assert await store.passes(TEAM, "share", NOW) == [later]
    assert await store.passes(OTHERS, "share", NOW) == [theirs]


async def test_what_has_ended_is_deleted_with_the_teams_next_pass(store: Store) -> None:
    old = a_pass("old")
    await store.keep_pass(old)
    await store.keep_pass(a_pass("new", made_at=old.until, until=old.until + HOUR))

    assert await store.found_pass(old.digest, NOW) is None  # not even by a clock that was set back


async def test_a_person_who_is_forgotten_is_let_in_no_more_and_others_are(store: Store) -> None:
    mine, theirs, elsewhere = a_pass("a"), a_pass("b", person=BOB), a_pass("c", channel=Channel(team=OTHERS, id="general"))
    for one in (mine, theirs, elsewhere):
        await store.keep_pass(one)

    await store.forget(TEAM, ANN)

    assert await store.found_pass(mine.digest, NOW) is None
    assert await store.found_pass(theirs.digest, NOW) == theirs
    assert await store.found_pass(elsewhere.digest, NOW) == elsewhere


async def test_a_team_that_is_forgotten_keeps_no_pass(store: Store) -> None:
    mine = a_pass()
    theirs = replace(a_pass("b"), channel=Channel(team=OTHERS, id="general"))
    await store.keep_pass(mine)
    await store.keep_pass(theirs)

    await store.forget_team(TEAM)

    assert await store.found_pass(mine.digest, NOW) is None
    assert await store.found_pass(theirs.digest, NOW) == theirs
