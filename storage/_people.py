"""What is kept about one person, read and deleted inside a transaction that the store has begun."""

from __future__ import annotations

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ideas import Person, Team
from bot.ports import Forgotten, Kept, Medium
from storage import _reading, _rows
from storage import _sql_media as media
from storage import _tables as t
from storage._rules import without, without_one


async def about(connection: AsyncConnection, team: Team, person: Person) -> Kept:
    """Everything stored about a person in a team, newest first."""
    asked = select(t.brainstorms).where(_rows.in_team(t.brainstorms, team), _rows.by(t.brainstorms, "asker", person))
    wrote = select(t.ideas).where(_rows.in_team(t.ideas, team), _rows.by(t.ideas, "author", person))
    said = select(t.feedback).where(_rows.in_team(t.feedback, team), _rows.by(t.feedback, "person", person))
    opinions = await connection.execute(said.order_by(t.feedback.c.at.desc(), t.feedback.c.idea, t.feedback.c.signal))
    return Kept(
        brainstorms=tuple(
            await _reading.brainstorms(connection, asked.order_by(t.brainstorms.c.created_at.desc(), t.brainstorms.c.id.desc()))
        ),
        ideas=tuple(await _reading.ideas(connection, wrote.order_by(t.ideas.c.created_at.desc(), t.ideas.c.id.desc()))),
        feedback=tuple(_rows.feedback_of(dict(row)) for row in opinions.mappings()),
        media=await _media(connection, team, person),
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
    found = dict.fromkeys(
        (await connection.execute(select(t.ideas.c.id).where(mine, _rows.by(t.ideas, "asker", person)))).scalars()
    )
    edge: list[str] = [*found, *gone]
    while edge:
        step: list[str] = []
        for some in _reading.batches(edge):
            of_them = select(t.idea_parents.c.idea).where(t.idea_parents.c.parent.in_(some))
            step += (await connection.execute(select(t.ideas.c.id).where(mine, t.ideas.c.id.in_(of_them)))).scalars().all()
        edge = [id for id in step if id not in found]
        found |= dict.fromkeys(edge)
    return list(found), list((await connection.execute(select(t.brainstorms.c.id).where(asked))).scalars())


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


async def forget(connection: AsyncConnection, team: Team, person: Person) -> tuple[Forgotten, list[str]]:
    """Deletes what `about` shows, and every copy of it that other rows hold; the digests of the files that go with it."""
    theirs = and_(_rows.in_team(t.ideas, team), _rows.by(t.ideas, "author", person))
    wrote = select(t.ideas.c.id).where(theirs)
    gone = frozenset((await connection.execute(wrote)).scalars())
    digests = await _destroy_media(connection, team, person, gone)
    await _unquote(connection, team, person)
    votes = await connection.execute(
        delete(t.feedback).where(
            _rows.in_team(t.feedback, team),
            or_(_rows.by(t.feedback, "person", person), t.feedback.c.idea.in_(wrote)),
        )
    )
    await connection.execute(delete(t.candidates).where(t.candidates.c.idea.in_(wrote)))
    for links, owner, target in ((t.idea_parents, t.ideas, "parent"), (t.brainstorm_parents, t.brainstorms, "idea")):
        ours = select(owner.c.id).where(_rows.in_team(owner, team), owner.c.id == links.columns[0])
        await connection.execute(delete(links).where(links.c[target].in_(wrote), exists(ours)))
    await connection.execute(delete(t.ideas).where(theirs))
    asked = and_(_rows.in_team(t.ideas, team), _rows.by(t.ideas, "asker", person))
    await connection.execute(update(t.ideas).where(asked).values(asker_platform=None, asker=None))
    topics = await _blank_topics(connection, team, person)
    await _unlearn(connection, team, person, gone)
    await _dismiss(connection, team, person)
    return Forgotten(topics=topics, ideas=len(gone), feedback=votes.rowcount, media=len(digests)), digests


async def _unquote(connection: AsyncConnection, team: Team, person: Person) -> None:
    """Takes the texts they wrote out of the prompts that started from those ideas."""
    quoted, parents, mine = t.brainstorm_about, t.brainstorm_parents, t.ideas.alias()
    written = and_(_rows.in_team(t.brainstorms, team), t.brainstorms.c.id == quoted.c.brainstorm)
    same_text = select(t.ideas.c.text).where(_rows.in_team(t.ideas, team), _rows.by(t.ideas, "author", person))
    same_place = (
        select(parents.c.idea)
        .join(mine, mine.c.id == parents.c.idea)
        .where(
            parents.c.brainstorm == quoted.c.brainstorm,
            parents.c.place == quoted.c.place,
            mine.c.platform == team.platform,
            mine.c.team == team.id,
            mine.c.author_platform == person.platform,
            mine.c.author == person.id,
        )
    )
    await connection.execute(
        delete(quoted).where(
            exists(select(t.brainstorms.c.id).where(written)),
            or_(quoted.c.text.in_(same_text), exists(same_place)),
        )
    )


async def _blank_topics(connection: AsyncConnection, team: Team, person: Person) -> int:
    """Takes person and prompt out of the brainstorms they asked for; how many."""
    asked = and_(_rows.in_team(t.brainstorms, team), _rows.by(t.brainstorms, "asker", person))
    theirs = select(t.brainstorms.c.id).where(asked)
    await connection.execute(delete(t.brainstorm_about).where(t.brainstorm_about.c.brainstorm.in_(theirs)))
    blanked = await connection.execute(
        update(t.brainstorms)
        .where(asked)
        .values(asker_platform=None, asker=None, topic=None, style="", kind="", tone="", options=None)
    )
    return blanked.rowcount


async def _unlearn(connection: AsyncConnection, team: Team, person: Person, ideas: frozenset[str]) -> None:
    """Takes their opinions, and those of their ideas, out of what the team's versions say they were trained on."""
    mine = _rows.in_team(t.versions, team)
    for row in (await connection.execute(select(t.versions.c.id, t.versions.c.trained_on).where(mine))).all():
        kept = without(tuple(row.trained_on), person, ideas)
        if len(kept) < len(row.trained_on):
            lost = t.versions.c.forgotten + len(row.trained_on) - len(kept)
            left = update(t.versions).where(mine, t.versions.c.id == row.id)
            await connection.execute(left.values(trained_on=list(kept), forgotten=lost))


async def _dismiss(connection: AsyncConnection, team: Team, person: Person) -> None:
    """Takes them off the lists of who may administer or not take part in the team's channels, and out of who hid what."""
    mine = t.settings.c
    here = _rows.in_team(t.settings, team)
    for row in (await connection.execute(select(mine.channel, mine.admins, mine.blocked).where(here))).all():
        for name in ("admins", "blocked"):
            kept = without_one(getattr(row, name), person.id)
            if len(kept) < len(getattr(row, name) or ()):
                await connection.execute(update(t.settings).where(here, mine.channel == row.channel).values({name: list(kept)}))
    hid = update(t.hidings).where(_rows.in_team(t.hidings, team), _rows.by(t.hidings, "person", person))
    await connection.execute(hid.values(person_platform=None, person=None))
