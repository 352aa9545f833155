"""The statements that every vote and every brainstorm need, each made ready once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import aggregate_order_by

from storage import _tables as t
from storage._ready import Ready
from storage._rules import LATEST_POSTS

FEEDBACK_KEY = ("idea", "person_platform", "person", "signal")
TEAM = ("platform", "team")
CHANNEL = (*TEAM, "channel")
OPINION = ("token", "value", "at")

_LIMIT = bindparam("limit", type_=Integer)


def _here(table: Table, *names: str) -> ColumnElement[bool]:
    """Rows whose columns are what the parameters of their names are."""
    return and_(*(table.c[name] == bindparam(name) for name in names))


def _among(column: Any) -> Any:
    return column.in_(bindparam("ids", expanding=True))


def _newest(whole: Select[Any], table: Table, *where: ColumnElement[bool]) -> Select[Any]:
    return whole.where(*where).order_by(table.c.created_at.desc(), table.c.id.desc())


def _names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.c if not column.name.startswith("was_"))


def _belonging(table: Table, owners: Table, *, sqlite: bool) -> Any:
    """The texts that belong to a row of `owners`, in order, as a list in JSON: a statement of their own costs ten times as much.

    Where there are none, PostgreSQL has no list and SQLite an empty one.
    """
    owner, place, content = table.c
    if not sqlite:
        listed = func.json_agg(aggregate_order_by(content, place))
        return cast(select(listed).where(owner == owners.c.id).correlate(owners).scalar_subquery(), Text)
    ordered = select(content.label("content")).where(owner == owners.c.id).order_by(place).correlate(owners).subquery()
    return select(func.json_group_array(ordered.c.content, type_=Text)).correlate(owners).scalar_subquery()


def _asked(*names: str) -> Ready:
    mine = t.brainstorms.c
    counted = select(func.count().label("count"), func.min(mine.created_at).label("first"))
    return Ready(counted.where(_here(t.brainstorms, *names), mine.created_at >= bindparam("since", type_=mine.created_at.type)))


class Statements:
    """For one kind of database."""

    def __init__(self, insert: Any) -> None:
        """`insert`: that database's own, which knows what to do about conflicts."""
        self._sqlite = insert is sqlite.insert
        self._of_events(insert)
        self._of_turns(insert)
        self._of_brainstorms(insert)
        self._of_ideas(insert)
        self._of_boards(insert)
        self._of_guests()
        self.settings = Ready(select(t.settings).where(_here(t.settings, *TEAM), _among(t.settings.c.channel)))
        self.feedback = Ready(_opinions())
        self.vote = Ready(_vote(insert))

    def _with(self, owners: Table, belonging: Mapping[str, Table]) -> Select[Any]:
        """Whole rows, with what belongs to each."""
        lists = [_belonging(table, owners, sqlite=self._sqlite).label(name) for name, table in belonging.items()]
        return select(owners, *lists)

    def _of_events(self, insert: Any) -> None:
        self.event = Ready(insert(t.events).on_conflict_do_nothing().returning(t.events.c.id), "id", "at")
        came = insert(t.events)
        ours = came.excluded.holder == t.events.c.holder
        self.arrive = Ready(
            came.on_conflict_do_update(
                index_elements=["id"],
                set_={"holder": came.excluded.holder},
                where=ours & t.events.c.leased_until.is_not(None),
            ).returning(t.events.c.id),
            *_names(t.events),
        )
        nothing_more = ("leased_until", "holder", "body", "event", "person")
        self.served = Ready(update(t.events).where(_among(t.events.c.id)), *nothing_more)

    def _of_turns(self, insert: Any) -> None:
        """A gap after the latest turn, or at once where that is over; and what was permitted of late."""
        latest, asked = t.turns.c.at, insert(t.turns)
        later = latest + bindparam("gap", type_=latest.type)
        then = case((later > asked.excluded.at, later), else_=asked.excluded.at)
        self.turn = Ready(asked.on_conflict_do_update(index_elements=["id"], set_={"at": then}).returning(latest), "id", "at")
        came, log = insert(t.permits), t.permits.c.log
        counted = came.on_conflict_do_update(index_elements=["id"], set_={"at": came.excluded.at}).returning(log)
        self.permits = Ready(counted, *_names(t.permits))
        self.permit = Ready(update(t.permits).where(t.permits.c.id == bindparam("this_id")), "log")

    def _of_brainstorms(self, insert: Any) -> None:
        brainstorms = t.brainstorms
        header = insert(brainstorms).on_conflict_do_nothing().returning(brainstorms.c.id)
        self.begin = Ready(header, *_names(brainstorms))
        self.begin_parent = Ready(insert(t.brainstorm_parents), *_names(t.brainstorm_parents))
        self.begin_about = Ready(insert(t.brainstorm_about), *_names(t.brainstorm_about))
        fence = (brainstorms.c[name] == bindparam(f"this_{name}") for name in (*TEAM, "id", "holder"))
        this = update(brainstorms).where(*fence).returning(brainstorms.c.id)
        self.place = Ready(this, "address")
        self.finish = Ready(this, "state", "finished_at", "leased_until", "back")
        self.lease = Ready(this.where(brainstorms.c.state == "running"), "leased_until")
        #: Locked until the idea is stored: whoever takes the brainstorm up waits for that, or is waited for.
        self.held = Ready(select(brainstorms.c.id).where(_here(brainstorms, *TEAM, "id", "holder")).with_for_update())
        self.team_of = Ready(select(brainstorms.c.id).where(_here(brainstorms, *TEAM), _among(brainstorms.c.id)))
        belonging = {"parents": t.brainstorm_parents, "about": t.brainstorm_about}
        whole = self._with(brainstorms, belonging)
        self.brainstorm = Ready(whole.where(_here(brainstorms, *TEAM, "id")))
        self.brainstorms = Ready(_newest(whole, brainstorms, _here(brainstorms, *CHANNEL)).limit(_LIMIT))
        asker = ("asker_platform", "asker")
        #: By whether it is asked of a whole team or of a channel, and of everybody or of one person.
        self.asked = {
            (whole, anybody): _asked(*(TEAM if whole else CHANNEL), *(() if anybody else asker))
            for whole in (True, False)
            for anybody in (True, False)
        }

    def _of_guests(self) -> None:
        """Every vote asks whether its channel is a guest somewhere."""
        newest = select(t.guests).order_by(t.guests.c.round.desc()).limit(_LIMIT)
        self.visits = Ready(newest.where(_here(t.guests, *CHANNEL)))
        self.guest_at = Ready(newest.where(_here(t.guests, "host_platform", "host_team", "brainstorm")))

    def _of_boards(self, insert: Any) -> None:
        """What a board is drawn of beside ideas and opinions, and where it was shown."""
        came, key = insert(t.posts), (*TEAM, "address")
        shown = {name: came.excluded[name] for name in _names(t.posts) if name not in key}
        self.posted = Ready(came.on_conflict_do_update(index_elements=list(key), set_=shown), *_names(t.posts))
        drawn = select(t.posts).where(_here(t.posts, *TEAM), t.posts.c.card != "", ~t.posts.c.stale)
        self.posts = Ready(drawn.order_by(t.posts.c.at.desc(), t.posts.c.address.desc()).limit(LATEST_POSTS))
        latest = select(func.max(t.marks.c.id)).where(_here(t.marks, *CHANNEL)).group_by(t.marks.c.idea)
        self.marks = Ready(select(t.marks).where(t.marks.c.id.in_(latest)))
        self.merges = Ready(select(t.merges).where(_here(t.merges, *CHANNEL)).order_by(t.merges.c.at, t.merges.c.idea))
        base = (t.versions.c.platform == "") & (t.versions.c.team == "")
        versions = select(t.versions).where(or_(_here(t.versions, *TEAM), base))
        self.versions = Ready(versions.order_by(t.versions.c.created_at.desc(), t.versions.c.id.desc()))

    def _of_ideas(self, insert: Any) -> None:
        ideas = t.ideas
        counted = insert(t.channels).on_conflict_do_update(
            index_elements=["platform", "team", "id"], set_={"ideas": t.channels.c.ideas + 1}
        )
        self.count = Ready(counted.returning(t.channels.c.ideas), *_names(t.channels))
        used = (t.channels.c[name] == bindparam(f"this_{name}") for name in ("platform", "team", "id"))
        self.uncount = Ready(update(t.channels).where(*used).values(ideas=t.channels.c.ideas - 1))
        self.add = Ready(insert(ideas).on_conflict_do_nothing().returning(ideas.c.id), *_names(ideas))
        self.add_parent = Ready(insert(t.idea_parents), *_names(t.idea_parents))
        whole = self._with(ideas, {"parents": t.idea_parents})
        self.idea = Ready(whole.where(_here(ideas, *TEAM, "id")))
        self.numbered = Ready(whole.where(_here(ideas, *CHANNEL, "number")))
        shown = ideas.c.hidden.is_(False)
        self.ideas_of = Ready(_newest(whole, ideas, _here(ideas, *TEAM, "brainstorm"), shown))
        self.ideas = Ready(_newest(whole, ideas, _here(ideas, *CHANNEL), shown).limit(_LIMIT))
        self.all_ideas = Ready(_newest(whole, ideas, _here(ideas, *CHANNEL)).limit(_LIMIT))
        self.team_ideas = Ready(_newest(whole, ideas, _here(ideas, *TEAM), shown).limit(_LIMIT))
        logged = [name for name in _names(t.candidates) if name != "id"]
        self.log = Ready(insert(t.candidates), *logged)


def _opinions() -> Any:
    """What people said of some of the team's ideas; and, as said of those, of the ideas that are merged into them."""
    own = select(*t.feedback.c, literal(False).label("carried")).where(_here(t.feedback, *TEAM), _among(t.feedback.c.idea))
    columns = [t.merges.c.kept.label("idea") if column.name == "idea" else column for column in t.feedback.c]
    carried = select(*columns, literal(True)).join_from(t.merges, t.feedback, t.feedback.c.idea == t.merges.c.idea)
    return own.union_all(carried.where(_here(t.feedback, *TEAM), _among(t.merges.c.kept)))


def _vote(insert: Any) -> Any:
    """Upserts an opinion of an idea of the team and returns the one before; no row: the team has no such idea."""
    params = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in t.feedback.c}
    names = [name for name in params if not name.startswith("was_")]
    asked = (t.ideas.c.id == params["idea"], t.ideas.c.platform == params["platform"], t.ideas.c.team == params["team"])
    new = insert(t.feedback).from_select(names, select(*(params[name] for name in names)).where(*asked))
    changed = {name: new.excluded[name] for name in OPINION}
    before = {f"was_{name}": t.feedback.c[name] for name in OPINION}
    upsert = new.on_conflict_do_update(index_elements=list(FEEDBACK_KEY), set_=changed | before)
    return upsert.returning(*(t.feedback.c[name] for name in before))
