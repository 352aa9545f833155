"""Rows to our values and back; knows tables and values, runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, or_

from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, Candidate, Channel, Draft, Features, Idea, Person, Prompt, Team
from bot.domain.models import ChannelSettings, ModelVersion
from storage._rules import FAR, revived, storable

Row = Mapping[str, Any]

LISTS = ("blocked", "askers", "voters", "picking", "unreminded")  # ids of people and roles, in columns of these names
PLACES = 2048  # teams and channels whose conditions are kept made: making one takes longer than SQLite takes to look it up


def free(leased_until: ColumnElement[Any], now: datetime, far: timedelta = FAR) -> ColumnElement[bool]:
    """Whether nobody holds what was leased until then; see `storage._rules.free`."""
    return or_(leased_until.is_(None), leased_until <= now, leased_until > now + far)


@lru_cache(maxsize=PLACES)
def in_team(table: Table, team: Team) -> ColumnElement[bool]:
    """The rows that are the team's."""
    return and_(table.c.platform == team.platform, table.c.team == team.id)


@lru_cache(maxsize=PLACES)
def in_channel(table: Table, channel: Channel) -> ColumnElement[bool]:
    """The rows that are the channel's."""
    return and_(in_team(table, channel.team), table.c.channel == channel.id)


def by(table: Table, role: str, person: Person) -> ColumnElement[bool]:
    """The rows in which the person is the `role`: asker, author, person."""
    return and_(table.c[f"{role}_platform"] == person.platform, table.c[role] == person.id)


def team_of(team: Team) -> dict[str, Any]:
    """The columns that say which team."""
    return {"platform": team.platform, "team": team.id}


def place_of(channel: Channel) -> dict[str, Any]:
    """The columns that say which channel."""
    return {**team_of(channel.team), "channel": channel.id}


def person_of(row: Row, role: str) -> Person | None:
    """The person in a row who is the `role`."""
    if row[role] is None:
        return None
    return Person(platform=row[f"{role}_platform"], id=row[role])


def columns_of(person: Person | None, role: str) -> dict[str, Any]:
    """The columns that say who is the `role`."""
    return {f"{role}_platform": person and person.platform, role: person and person.id}


def channel_of(row: Row) -> Channel:
    """The channel in a row."""
    return Channel(team=Team(platform=row["platform"], id=row["team"]), id=row["channel"])


def brainstorm_row(brainstorm: Brainstorm) -> dict[str, Any]:
    """The header's columns; parents and the prompt's other texts are rows of their own."""
    prompt = brainstorm.prompt
    return {
        "id": brainstorm.id,
        **place_of(brainstorm.channel),
        **columns_of(brainstorm.asker, "asker"),
        "topic": prompt and prompt.text,
        "count": prompt.count if prompt else 0,
        "style": prompt.style if prompt else "",
        "modality": prompt.modality if prompt else "",
        "language": prompt.language if prompt else "",
        "operation": prompt.operation if prompt else "",
        "kind": prompt.kind if prompt else "",
        "tone": prompt.tone if prompt else "",
        "model": brainstorm.model,
        "canary": brainstorm.canary,
        "seed": brainstorm.seed,
        "locale": brainstorm.locale,
        "address": brainstorm.address,
        "back": brainstorm.back,
        "holder": brainstorm.holder,
        "state": brainstorm.state,
        "created_at": brainstorm.created_at,
        "finished_at": brainstorm.finished_at,
        "leased_until": brainstorm.leased_until,
        "options": list(prompt.options) if prompt and prompt.options else None,
        "stopped": False,
    }


def brainstorm_of(row: Row, *, parents: Sequence[Any], about: Sequence[str]) -> Brainstorm:
    """The brainstorm in a row."""
    prompt = None
    if row["topic"] is not None:
        fields = {name: row[name] for name in ("count", "style", "modality", "language", "operation", "kind", "tone")}
        options = tuple((name, value) for name, value in row["options"] or ())
        prompt = revived(Prompt, {"text": row["topic"], "about": tuple(about), "options": options, **fields})
    return Brainstorm(
        id=row["id"],
        channel=channel_of(row),
        asker=person_of(row, "asker"),
        prompt=prompt,
        parents=tuple(parents),
        model=row["model"],
        canary=row["canary"],
        seed=row["seed"],
        locale=row["locale"],
        address=row["address"],
        back=row["back"],
        holder=row["holder"],
        state=row["state"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
        leased_until=row["leased_until"],
    )


def idea_row(idea: Idea, number: int) -> dict[str, Any]:
    """The idea's columns, with the number it is given."""
    return {
        "id": idea.id,
        "brainstorm": idea.brainstorm,
        **place_of(idea.channel),
        "number": number,
        "text": idea.text,
        "origin": idea.origin,
        **columns_of(idea.author, "author"),
        **columns_of(idea.asker, "asker"),
        "model": idea.model,
        "slot": idea.slot,
        "slot_kind": idea.slot_kind,
        "created_at": idea.created_at,
        "modality": idea.modality,
        "traits": list(idea.traits) or None,
        "features": idea.features.listed if idea.features else None,
        "hidden": idea.hidden,
    }


def idea_of(row: Row, *, parents: Sequence[Any]) -> Idea:
    """The idea in a row."""
    return Idea(
        id=row["id"],
        brainstorm=row["brainstorm"],
        channel=channel_of(row),
        number=row["number"],
        text=row["text"],
        origin=row["origin"],
        parents=tuple(parents),
        author=person_of(row, "author"),
        asker=person_of(row, "asker"),
        model=row["model"],
        slot=row["slot"],
        slot_kind=row["slot_kind"],
        created_at=row["created_at"],
        modality=row["modality"],
        traits=tuple((name, value) for name, value in row["traits"] or ()),
        features=revived(Features, {"name": row["features"][0], "values": tuple(row["features"][1:])})
        if row["features"]
        else None,
        hidden=row["hidden"],
    )


def candidate_row(candidate: Candidate) -> dict[str, Any]:
    """The candidate's columns."""
    draft = candidate.draft
    return {
        "brainstorm": candidate.brainstorm,
        "text": draft.text,
        "logprob": draft.logprob,
        "relevance": draft.relevance,
        "tokens": draft.tokens,
        "broken": draft.broken,
        "model": draft.model,
        "decoding": draft.decoding,
        "verdict": candidate.verdict,
        "score": candidate.score,
        "idea": candidate.idea,
    }


def candidate_of(row: Row) -> Candidate:
    """The candidate in a row."""
    draft = Draft(**{name: row[name] for name in ("text", "logprob", "relevance", "tokens", "broken", "model", "decoding")})
    return Candidate(brainstorm=row["brainstorm"], draft=draft, verdict=row["verdict"], score=row["score"], idea=row["idea"])


def feedback_row(team: Team, feedback: Feedback) -> dict[str, Any]:
    """The opinion's columns."""
    return {
        "idea": feedback.idea,
        **columns_of(feedback.person, "person"),
        "signal": feedback.signal,
        "platform": team.platform,
        "team": team.id,
        "token": feedback.token,
        "value": feedback.value,
        "at": feedback.at,
    }


def feedback_of(row: Row) -> Feedback:
    """The opinion in a row."""
    person = Person(platform=row["person_platform"], id=row["person"])
    return Feedback(idea=row["idea"], person=person, signal=row["signal"], token=row["token"], value=row["value"], at=row["at"])


def settings_row(settings: ChannelSettings) -> dict[str, Any]:
    """The settings' columns."""
    return {
        "count": settings.count,
        "style": settings.style,
        "language": settings.language,
        "thread": settings.thread,
        "reactions": settings.reactions,
        "pickers": settings.pickers,
        "hide_tally": settings.hide_tally,
        "training": settings.training,
        "quiet_from": settings.quiet_from and settings.quiet_from.isoformat(),
        "quiet_until": settings.quiet_until and settings.quiet_until.isoformat(),
        "person_per_hour": settings.person_per_hour,
        "channel_per_hour": settings.channel_per_hour,
        "team_per_hour": settings.team_per_hour,
        "admins": storable(settings.admins),
        "admin_channel": settings.admin_channel,
        "paused": settings.paused,
        "outsiders": settings.outsiders,
        "reminders": settings.reminders,
        **{name: storable(getattr(settings, name)) for name in LISTS},
    }


def settings_of(row: Row) -> ChannelSettings:
    """The settings in a row."""
    plain: tuple[str, ...] = ("count", "style", "language", "thread", "reactions", "pickers", "hide_tally", "training")
    plain += ("person_per_hour", "channel_per_hour", "team_per_hour", "admin_channel", "paused", "outsiders", "reminders")
    values = {name: row[name] for name in plain}
    hours: dict[str, Any] = {name: time.fromisoformat(row[name]) if row[name] else None for name in ("quiet_from", "quiet_until")}
    lists: dict[str, Any] = {name: tuple(row[name] or ()) for name in (*LISTS, "admins")}
    return ChannelSettings(**values, **hours, **lists)


def version_row(version: ModelVersion) -> dict[str, Any]:
    """The version's columns."""
    return {
        "platform": version.team.platform if version.team else "",
        "team": version.team.id if version.team else "",
        "id": version.id,
        "base": version.base,
        "adapter": version.adapter,
        "parent": version.parent,
        "trained_on": storable(version.trained_on),
        "metrics": storable(version.metrics),
        "stage": version.stage,
        "reason": version.reason,
        "untold": version.untold,
        "comparisons": storable(version.comparisons),
        "forgotten": version.forgotten,
        "created_at": version.created_at,
    }


def version_of(row: Row) -> ModelVersion:
    """The version in a row."""
    plain = ("id", "base", "adapter", "parent", "metrics", "stage", "reason", "untold", "forgotten", "created_at")
    values = {name: row[name] for name in plain}
    team = Team(platform=row["platform"], id=row["team"]) if row["team"] else None
    return ModelVersion(team=team, trained_on=tuple(row["trained_on"]), comparisons=tuple(row["comparisons"]), **values)
