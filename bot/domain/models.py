"""Versions of the model, and what a channel has settled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Literal

from bot.domain.ideas import Team

CONTENT_NAME = 32  # hex digits of a SHA-256, 128 bits: nobody meets the same name twice

Stage = Literal["candidate", "canary", "live", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """One set of weights a team is, was or may be served with."""

    id: str  #: what the generation service calls it
    team: Team | None  #: None: the base, which is everybody's
    base: str  #: name of the base model
    adapter: str | None = None  #: content hash of the LoRA weights; None: the base itself
    parent: str | None = None
    trained_on: tuple[str, ...] = ()  #: ids of the feedback it learned from
    metrics: dict[str, float] = field(default_factory=dict)
    stage: Stage = "candidate"
    reason: str = ""  #: why it is at its stage: "won", "lost", "by hand" …; see `bot.services.models.versions`
    untold: bool = False  #: the team's admins have not heard of that yet
    comparisons: tuple[str, ...] = ()  #: drawn while it was a canary, each once: a brainstorm's id and ":new" or ":old"
    forgotten: int = 0  #: votes it learned from that people have deleted since; above 0 it is to be made anew without them
    created_at: datetime  #: aware, UTC


def content_name(configuration: bytes, weights: bytes) -> str:
    """What an adapter is called, `ModelVersion.adapter`, by the SHA-256 of each of its two files."""
    return hashlib.sha256(configuration + weights).hexdigest()[:CONTENT_NAME]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one bar of the gate found: numbers, which are put in words where they are told."""

    name: str  #: of the bar; see `bot.services.models.verdicts`
    passed: bool
    facts: Mapping[str, float] = field(default_factory=dict)


TuningState = Literal["running", "done", "refused", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """One run of tuning for a team. One process at a time works on it; whoever finds its lease ended goes on with it."""

    id: str  #: 24 hex digits that sort by time
    team: Team
    state: TuningState = "running"
    doing: str = "collecting"  #: "collecting", "labelling", "distilling" or "tuning", "rehearsing", "judging", "publishing"
    done: float = 0.0  #: share of the tuning's steps, 0..1
    missed: tuple[Finding, ...] = ()  #: the bars for which it was refused
    trouble: str = ""  #: what broke it, in the words of whatever broke
    said: str = ""  #: what came of it, in words: of runs that ended before `missed` and `trouble` were kept
    pairs: int = 0  #: decided pairs it learned from
    topics: int = 0  #: of those pairs
    version: str | None = None  #: id of the version it made
    curve: tuple[tuple[float, ...], ...] = ()  #: of some steps: (step, loss, accuracy, margin, chosen)
    told: str = ""  #: the state that the team's admins have heard of; set by `Store.tell_tuning` alone
    holder: str = ""  #: names the process that works on it
    began_at: datetime  #: aware, UTC
    changed_at: datetime  #: aware, UTC
    leased_until: datetime | None = None  #: a living process works on it until then


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """What one channel has settled about Muselab; a field left at None follows the host's configuration."""

    count: int | None = None  #: ideas per brainstorm, 1..10
    style: str | None = None
    language: str | None = None  #: of words and ideas; None: each person's own
    thread: bool = False  #: a thread for each brainstorm where the platform has threads
    reactions: bool = True  #: native emoji reactions count as votes
    pickers: Literal["everyone", "asker", "admins"] = "everyone"  #: who may pick
    hide_tally: bool = False  #: tallies stay hidden from a person until they have voted
    training: bool = False  #: prompts, edits and people's own ideas may train this team's model
    quiet_from: time | None = None  #: UTC; no unasked message from us between the two
    quiet_until: time | None = None
    person_per_hour: int | None = None  #: brainstorms of one person
    channel_per_hour: int | None = None  #: brainstorms of the whole channel
    team_per_hour: int | None = None  #: of the whole team; counts only where `bot.services.team.governing` keeps the team's own
    admins: tuple[str, ...] = ()  #: ids of people and of roles who may administer besides those whom the platform lets
    admin_channel: str | None = None  #: id of the channel that hears what became of the team's model; the team's own setting
    outsiders: bool = True  #: people of other companies in a shared channel may ask; the team's own setting
    blocked: tuple[str, ...] = ()  #: ids of people who may not take part; the team's own setting
    askers: tuple[str, ...] = ()  #: ids of roles that may ask; empty: everybody
    voters: tuple[str, ...] = ()  #: ids of roles that may say what they think of ideas; empty: everybody
    picking: tuple[str, ...] = ()  #: ids of roles that may pick, besides whom `pickers` lets; empty: it alone decides
    reminders: bool = True  #: who has not spoken in a round is told so, in private, once
    unreminded: tuple[str, ...] = ()  #: ids of people who want no such reminder
    paused: bool = False  #: no new version is tried or tuned; the team's own setting
