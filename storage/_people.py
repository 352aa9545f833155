"""What is kept about one person, read and deleted inside a transaction that the store has begun."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, delete, exists, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ideas import Person, Team
from bot.ports import Forgotten, Kept, Medium
from storage import _posts, _reading, _rounds, _rows
from storage import _sql_media as media
from storage import _tables as t
from storage._erasing import Asked, Made, Plan, planned, recalled
from storage._inbox import SERVED
from storage._material import material_of
from storage._personas import forget_personas, personas_of
from storage._rules import person_key, without, without_one
from storage._shaping import forget_shaper, release


async def about(connection: AsyncConnection, team: Team, person: Person) -> Kept:
    """Everything stored about a person in a team, newest first."""
    asked = select(t.brainstorms).where(_rows.in_team(t.brainstorms, team), _rows.by(t.brainstorms, "asker", person))
    wrote = select(t.ideas).where(_rows.in_team(t.ideas, team), _rows.by(t.ideas, "author", person))
    votes_query = select(t.feedback).where(_rows.in_team(t.feedback, team), _rows.by(t.feedback, "person", person))
    opinions = await connection.execute(votes_query.order_by(t.feedback.c.at.desc(), t.feedback.c.idea, t.feedback.c.signal))
    return Kept(
        brainstorms=tuple(
            await _reading.brainstorms(connection, asked.order_by(t.brainstorms.c.created_at.desc(), t.brainstorms.c.id.desc()))
        ),
        ideas=tuple(await _reading.ideas(connection, wrote.order_by(t.ideas.c.created_at.desc(), t.ideas.c.id.desc()))),
        feedback=tuple(_rows.feedback_of(dict(row)) for row in opinions.mappings()),
        media=await _media(connection, team, person),
        material=await material_of(connection, team, person),
        personas=await personas_of(connection, team, person),
    )


async def _media(connection: AsyncConnection, team: Team, person: Person) -> tuple[Medium, ...]:
    """The files they handed in or asked for, newest first."""
    owners = await _owners(connection, team, person, frozenset())
    query = media.of_owners(team, [*owners[0], *owners[1]])
    newest = query.order_by(t.media.c.made_at.desc(), t.media.c.owner.desc(), t.media.c.place)
    return tuple(media.medium(dict(row)) for row in (await connection.execute(newest)).mappings())


async def _owners(connection: AsyncConnection, team: Team, person: Person, gone: frozenset[str]) -> tuple[list[str], list[str]]:
    """The media that were made for a person or, over any number of steps, of the ideas `gone`; the brainstorms they asked for."""
    mine = and_(_rows.in_team(t.ideas, team), t.ideas.c.modality != "text")
    asked = and_(_rows.in_team(t.brainstorms, team), _rows.by(t.brainstorms, "asker", person))
    works = dict.fromkeys(
        (await connection.execute(select(t.ideas.c.id).where(mine, _rows.by(t.ideas, "asker", person)))).scalars()
    )
    edge: list[str] = [*works, *gone]
    while edge:
        step: list[str] = []
        for some in _reading.batches(edge):
            of_them = select(t.idea_parents.c.idea).where(t.idea_parents.c.parent.in_(some))
            step += (await connection.execute(select(t.ideas.c.id).where(mine, t.ideas.c.id.in_(of_them)))).scalars().all()
        edge = [id for id in step if id not in works]
        works |= dict.fromkeys(edge)
    return list(works), list((await connection.execute(select(t.brainstorms.c.id).where(asked))).scalars())


async def _destroy_media(connection: AsyncConnection, team: Team, person: Person, gone: frozenset[str]) -> list[str]:
    """Deletes the media made for a person or of what they wrote, and the files they handed in; the digests of all those files."""
    ideas, brainstorms = await _owners(connection, team, person, gone)
    digests = await media.dropped(connection, team, [*ideas, *brainstorms])
    for some in _reading.batches(ideas):
        for table, column in ((t.feedback, "idea"), (t.candidates, "idea"), (t.idea_parents, "parent")):
            await connection.execute(delete(table).where(table.c[column].in_(some)))
        await connection.execute(delete(t.brainstorm_parents).where(t.brainstorm_parents.c.idea.in_(some)))
        await connection.execute(delete(t.ideas).where(_rows.in_team(t.ideas, team), t.ideas.c.id.in_(some)))
    return digests


async def forget(
    connection: AsyncConnection, insert: Any, team: Team, person: Person, before: datetime | None
) -> tuple[Forgotten, list[str]]:
    """Deletes what `about` shows, and every copy of it that other rows hold; the digests of the files that go with it.

    Args:
        connection: in a transaction of its own.
        insert: that database's own, which knows what to do about conflicts.
        team: in which.
        person: whom.
        before: their events that came earlier and are not served yet never are; None: all.
    """
    asked, ideas = await _words(connection, team, person)
    voices = frozenset(one.voice for one in await personas_of(connection, team, person))
    plan = await asyncio.to_thread(planned, asked, ideas, voices)
    works = (await _owners(connection, team, person, plan.gone))[0]
    changed = plan.gone | plan.rewritten.keys() | set(works)
    await _posts.outdate(connection, insert, team, changed, plan.redrawn(ideas, works))
    digests = await _destroy_media(connection, team, person, plan.gone)
    await _unquote(connection, team, plan)
    mine = delete(t.feedback).where(_rows.in_team(t.feedback, team))
    votes = (await connection.execute(mine.where(_rows.by(t.feedback, "person", person)))).rowcount
    for some in _reading.batches(sorted(plan.gone)):
        votes += (await connection.execute(mine.where(t.feedback.c.idea.in_(some)))).rowcount
    await release(connection, team, plan.gone)
    await forget_shaper(connection, team, person, plan.quotes)
    await _delete_ideas(connection, team, plan.gone)
    author = and_(_rows.in_team(t.ideas, team), _rows.by(t.ideas, "asker", person))
    await connection.execute(update(t.ideas).where(author).values(asker_platform=None, asker=None))
    topics = await _blank_topics(connection, team, person, plan)
    await _blank_drafts(connection, plan)
    await _unlearn(connection, team, person, plan.gone)
    await _dismiss(connection, team, person)
    theirs = _rows.in_team(t.passes, team), _rows.by(t.passes, "person", person)
    await connection.execute(delete(t.passes).where(*theirs))
    await connection.execute(delete(t.material).where(_rows.in_team(t.material, team), _rows.by(t.material, "person", person)))
    await forget_personas(connection, team, person)
    await _rounds.forget(connection, team, person)
    await _recall(connection, team, person, plan, before)
    return Forgotten(topics=topics, ideas=len(plan.wrote), feedback=votes, media=len(digests)), digests


async def _words(connection: AsyncConnection, team: Team, person: Person) -> tuple[list[Asked], list[Made]]:
    """What was said in a team: its brainstorms and ideas."""
    b, i, who = t.brainstorms.c, t.ideas.c, (person.platform, person.id)
    about = await _places(connection, t.brainstorm_about, t.brainstorms, team)
    parents = await _places(connection, t.brainstorm_parents, t.brainstorms, team)
    of = await _places(connection, t.idea_parents, t.ideas, team)
    query = select(b.id, b.asker_platform, b.asker, b.operation, b.topic, b.style, b.tone, b.options)
    asked = [
        Asked(
            id=row.id,
            mine=(row.asker_platform, row.asker) == who,
            operation=row.operation,
            topic=row.topic,
            style=row.style,
            tone=row.tone,
            options=tuple((name, value) for name, value in row.options or ()),
            about=tuple(about.get(row.id, ())),
            parents=tuple(parents.get(row.id, ())),
        )
        for row in (await connection.execute(query.where(_rows.in_team(t.brainstorms, team)))).all()
    ]
    ideas_query = select(i.id, i.brainstorm, i.author_platform, i.author, i.text).where(_rows.in_team(t.ideas, team))
    ideas = [
        Made(
            id=row.id,
            brainstorm=row.brainstorm,
            mine=(row.author_platform, row.author) == who,
            by_hand=row.author is not None,
            text=row.text,
            parents=tuple(parent for _place, parent in of.get(row.id, ())),
        )
        for row in (await connection.execute(ideas_query)).all()
    ]
    return asked, ideas


async def _places(connection: AsyncConnection, links: Table, owner: Table, team: Team) -> dict[str, list[tuple[int, str]]]:
    """What belongs to a team's brainstorms or ideas, by place."""
    where, place, content = links.c
    query = select(where, place, content).join(owner, owner.c.id == where).where(_rows.in_team(owner, team))
    by_owner: dict[str, list[tuple[int, str]]] = {}
    for id, at, value in (await connection.execute(query.order_by(where, place))).all():
        by_owner.setdefault(id, []).append((at, value))
    return by_owner


async def _delete_ideas(connection: AsyncConnection, team: Team, gone: frozenset[str]) -> None:
    """Deletes ideas of the team, and what belongs to them or names them."""
    for some in _reading.batches(sorted(gone)):
        await connection.execute(delete(t.candidates).where(t.candidates.c.idea.in_(some)))
        for links, owner, target in ((t.idea_parents, t.ideas, "parent"), (t.brainstorm_parents, t.brainstorms, "idea")):
            ours = select(owner.c.id).where(_rows.in_team(owner, team), owner.c.id == links.columns[0])
            await connection.execute(delete(links).where(links.c[target].in_(some), exists(ours)))
        await connection.execute(delete(t.ideas).where(_rows.in_team(t.ideas, team), t.ideas.c.id.in_(some)))


async def _unquote(connection: AsyncConnection, team: Team, plan: Plan) -> None:
    """Takes their words out of others' prompts and ideas."""
    quoted, b = t.brainstorm_about.c, t.brainstorms.c
    for id, places in plan.unquoted.items():
        await connection.execute(delete(t.brainstorm_about).where(quoted.brainstorm == id, quoted.place.in_(sorted(places))))
    for id, left in plan.rewritten.items():
        await connection.execute(update(t.ideas).where(_rows.in_team(t.ideas, team), t.ideas.c.id == id).values(text=left))
        await connection.execute(update(t.candidates).where(t.candidates.c.idea == id).values(text=left))
    for some in _reading.batches(sorted(plan.blanked)):
        await connection.execute(delete(t.brainstorm_about).where(quoted.brainstorm.in_(some)))
        blank = {"topic": None, "style": "", "kind": "", "tone": "", "options": None}
        await connection.execute(update(t.brainstorms).where(b.id.in_(some)).values(**blank))
    for some in _reading.batches(sorted(plan.plain)):
        await connection.execute(update(t.brainstorms).where(b.id.in_(some)).values(style="", tone="", options=None))


async def _blank_drafts(connection: AsyncConnection, plan: Plan) -> None:
    """Deletes the drafts that nobody saw: all of what was asked in their words, and elsewhere those that repeat these."""
    drafts = t.candidates.c
    for some in _reading.batches(sorted(plan.asked | plan.blanked)):
        await connection.execute(delete(t.candidates).where(drafts.brainstorm.in_(some), drafts.idea.is_(None)))
    repeating: list[int] = []
    for some in _reading.batches(sorted(plan.related - plan.asked - plan.blanked)):
        unseen = select(drafts.id, drafts.text).where(drafts.brainstorm.in_(some), drafts.idea.is_(None))
        rows = (await connection.execute(unseen)).all()
        repeating += await asyncio.to_thread(_quoting, plan, rows)
    for start in range(0, len(repeating), _reading.BATCH):
        await connection.execute(delete(t.candidates).where(drafts.id.in_(repeating[start : start + _reading.BATCH])))


def _quoting(plan: Plan, rows: Sequence[Any]) -> list[int]:
    """Which drafts repeat what is deleted; on a thread, as there may be thousands."""
    return [row.id for row in rows if plan.quotes.quoted(row.text)]


async def _blank_topics(connection: AsyncConnection, team: Team, person: Person, plan: Plan) -> int:
    """Takes person and prompt out of the brainstorms they asked for; how many."""
    for some in _reading.batches(sorted(plan.asked)):
        await connection.execute(delete(t.brainstorm_about).where(t.brainstorm_about.c.brainstorm.in_(some)))
    theirs = and_(_rows.in_team(t.brainstorms, team), _rows.by(t.brainstorms, "asker", person))
    blank = {"asker_platform": None, "asker": None, "topic": None, "style": "", "kind": "", "tone": "", "options": None}
    return (await connection.execute(update(t.brainstorms).where(theirs).values(**blank))).rowcount


async def _recall(connection: AsyncConnection, team: Team, person: Person, plan: Plan, before: datetime | None) -> None:
    """Takes back their events that are not served yet, and their words out of others' that are about what is deleted."""
    mine = t.events.c
    waiting = and_(_rows.in_team(t.events, team), mine.leased_until.is_not(None))
    theirs = and_(waiting, mine.person == person_key(person), true() if before is None else mine.at < before)
    await connection.execute(update(t.events).where(theirs).values(**SERVED))
    if plan.gone:
        for row in (await connection.execute(select(mine.id, mine.body).where(waiting))).all():
            left = recalled(row.body, plan)
            if left != row.body:
                await connection.execute(update(t.events).where(mine.id == row.id).values(body=left))


async def _unlearn(connection: AsyncConnection, team: Team, person: Person, ideas: frozenset[str]) -> None:
    """Takes their opinions, and those of their ideas, out of what the team's versions say they were trained on."""
    mine = _rows.in_team(t.versions, team)
    for row in (await connection.execute(select(t.versions.c.id, t.versions.c.trained_on).where(mine))).all():
        sources = without(tuple(row.trained_on), person, ideas)
        if len(sources) < len(row.trained_on):
            lost = t.versions.c.forgotten + len(row.trained_on) - len(sources)
            left = update(t.versions).where(mine, t.versions.c.id == row.id)
            await connection.execute(left.values(trained_on=list(sources), forgotten=lost))


async def _dismiss(connection: AsyncConnection, team: Team, person: Person) -> None:
    """Takes them off the lists of who may administer or not take part in the team's channels, and out of who hid what."""
    mine = t.settings.c
    here = _rows.in_team(t.settings, team)
    for row in (await connection.execute(select(mine.channel, mine.admins, mine.blocked, mine.unreminded).where(here))).all():
        for name in ("admins", "blocked", "unreminded"):
            people = without_one(getattr(row, name), person.id)
            if len(people) < len(getattr(row, name) or ()):
                await connection.execute(update(t.settings).where(here, mine.channel == row.channel).values({name: list(people)}))
    hid = update(t.hidings).where(_rows.in_team(t.hidings, team), _rows.by(t.hidings, "person", person))
    await connection.execute(hid.values(person_platform=None, person=None))
