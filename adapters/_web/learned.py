"""What a channel likes and how its team's model does, as the learning page shows it."""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.feedback import Feedback, rival
from bot.domain.ideas import Brainstorm, Channel, Idea, IdeaId
from bot.domain.models import ModelVersion
from bot.services.bundle import Services
from bot.services.ideas.standing import Standing
from bot.services.models.reporting import DECIDES, because, measured, stage, trial, under_way
from bot.services.models.versions import short
from bot.services.team.governing import whole

ROUNDS = 40  # brainstorms on the page, the latest that anybody judged; more bars than that are no picture
LATEST = 1000  # brainstorms that are looked through
DAYS = 7  # of usage: a working week and its end
HALVES = 4  # brainstorms from which on an earlier and a later half are told apart
JUDGED = 8  # ideas with an opinion below which nothing is said of words: three liked ones share some word by luck
WORDS, BEST = 8, 5  # shown of either side
SEEN = 3  # ideas that a word or a style must stand in to be shown at all
WORD = re.compile(r"[^\W\d_]{3,}")
HAN = re.compile(r"[\u4e00-\u9fff]+")
TWICE = math.log(2)  # log odds: twice as frequent on one side as on the other; "the" and "for" are not
PRIOR = 1.0  # of each word on either side (Laplace), so that one idea proves nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of something was liked."""

    name: str
    liked: int
    judged: int

    @property
    def of_hundred(self) -> int:
        """Out of a hundred."""
        return round(100 * self.liked / self.judged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One brainstorm's ideas, as people judged them."""

    share: Share
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of the model in words."""

    id: str
    name: str
    stage: str
    why: str
    found: tuple[str, ...]
    trial: str
    evidence: tuple[int, int]  #: for it and against it, of a hundred that decide; of one that is being tried
    curve: bool
    tried: bool  #: it is being tried
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was asked for, here and in the whole team."""

    here: int
    team: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """All of it."""

    up: tuple[str, ...]
    down: tuple[str, ...]
    styles: tuple[Share, ...]
    best: tuple[Idea, ...]
    rounds: tuple[Round, ...]
    versions: tuple[Version, ...]
    making: str
    outlook: tuple[str, ...]  #: what the next version can be made of, and what is missing
    paused: bool
    days: tuple[tuple[str, Usage], ...]  #: the oldest first
    media_mb: float
    media_most_mb: int

    @property
    def trend(self) -> tuple[Share, Share] | None:
        """The earlier half of the brainstorms and the later one; None where there are too few to tell them apart."""
        if len(self.rounds) < HALVES:
            return None
        half = len(self.rounds) // 2
        return summed(self.rounds[:half]), summed(self.rounds[half:])

    @property
    def line(self) -> str:
        """Each brainstorm's share of liked ideas as points of a line, x to the right by 10, y down from 100."""
        return " ".join(f"{10 * place},{100 - one.share.of_hundred}" for place, one in enumerate(self.rounds))


async def learned(services: Services, channel: Channel) -> Learned:
    """What is known of a channel's taste and its team's model; every query is the channel's or the team's own."""
    store, team, now = services.store, channel.team, services.clock()
    hidden = (await store.settings(channel)).hide_tally
    standings = [] if hidden else await services.boards.all(channel)  # what is hidden there is not told here
    votes = await store.feedback(team, [one.idea.id for one in standings])
    asked = await store.brainstorms(channel, limit=LATEST)
    opinions = mean_opinions(votes)
    topics = " ".join(one.prompt.text for one in asked if one.prompt is not None)
    up, down = await asyncio.to_thread(words, [one.idea for one in standings], opinions, topics)
    runs = await store.tunings(team)
    curved = {run.version for run in runs if run.curve}
    return Learned(
        up=up,
        down=down,
        styles=styles(standings, asked, opinions),
        best=tuple(one.idea for one in standings if opinions.get(one.idea.id, 0.0) > 0)[:BEST],
        rounds=rounds(standings, asked, opinions),
        versions=tuple(version_of(services, one, curved) for one in await services.versions.of(team)),
        making=under_way(runs[0]) if runs else "",
        outlook=(await services.prospects(store, team)).say,
        paused=(await store.settings(whole(team))).paused,
        days=await days(services, channel, now),
        media_mb=round(await store.media_used(team) / 1_000_000, 1),
        media_most_mb=services.settings.media.team_mb,
    )


def mean_opinions(votes: Sequence[Feedback]) -> Mapping[IdeaId, float]:
    """What people together think of each idea that anybody said something of, -1..+1; duels, which compare, stay out."""
    found: defaultdict[IdeaId, list[float]] = defaultdict(list)
    for vote in votes:
        if rival(vote) is None:
            found[vote.idea].append(vote.value)
    return {id: sum(values) / len(values) for id, values in found.items()}


def terms(text: str) -> set[str]:
    """The words of a text; of Chinese, which has no blanks, each two characters that stand together."""
    found = set(WORD.findall(text.casefold()))
    runs = HAN.findall(text)
    return {word for word in found if not HAN.search(word)} | {run[i : i + 2] for run in runs for i in range(len(run) - 1)}


def words(ideas: Sequence[Idea], opinions: Mapping[IdeaId, float], topics: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that most tell liked ideas from others, and the other way round, by log odds; empty where too little is known.

    Words of the topics stay out: they tell what was asked for, not what is liked.
    """
    judged = [idea for idea in ideas if idea.modality == "text" and opinions.get(idea.id)]
    if len(judged) < JUDGED:
        return (), ()
    sides: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for idea in judged:
        sides[opinions[idea.id] < 0].update(terms(idea.text))
    liked, others = sides
    likes = sum(opinions[idea.id] > 0 for idea in judged)
    odds = {
        word: math.log((liked[word] + PRIOR) / (likes + 2 * PRIOR))
        - math.log((others[word] + PRIOR) / (len(judged) - likes + 2 * PRIOR))
        for word in {*liked, *others} - terms(topics)
        if liked[word] + others[word] >= SEEN
    }
    ordered = sorted(odds, key=lambda word: (-odds[word], word))
    up = tuple(word for word in ordered[:WORDS] if odds[word] >= TWICE)
    down = tuple(word for word in reversed(ordered[-WORDS:]) if odds[word] <= -TWICE)
    return up, down


def styles(standings: Sequence[Standing], asked: Sequence[Brainstorm], opinions: Mapping[IdeaId, float]) -> tuple[Share, ...]:
    """How ideas of each style were liked, the best liked first."""
    by_id = {one.id: one.prompt.style for one in asked if one.prompt is not None and one.prompt.style}
    found: defaultdict[str, list[float]] = defaultdict(list)
    for one in standings:
        style = by_id.get(one.idea.brainstorm, "") if one.idea.brainstorm is not None else ""
        if style and one.idea.id in opinions:
            found[style.casefold()].append(opinions[one.idea.id])
    shares = [Share(name=name, liked=sum(v > 0 for v in values), judged=len(values)) for name, values in found.items()]
    return tuple(sorted((one for one in shares if one.judged >= SEEN), key=lambda one: (-one.of_hundred, one.name)))


def rounds(standings: Sequence[Standing], asked: Sequence[Brainstorm], opinions: Mapping[IdeaId, float]) -> tuple[Round, ...]:
    """Of each brainstorm, how many of the ideas that people judged were liked, oldest first."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for one in standings:
        if one.idea.brainstorm is not None and one.idea.author is None and one.idea.id in opinions:
            found[one.idea.brainstorm].append(opinions[one.idea.id])
    latest = [one for one in asked if one.id in found][:ROUNDS]
    return tuple(
        Round(
            share=Share(
                name=one.prompt.text if one.prompt is not None else "",
                liked=sum(value > 0 for value in found[one.id]),
                judged=len(found[one.id]),
            ),
            at=one.created_at,
        )
        for one in reversed(latest)
    )


def summed(rounds: Sequence[Round]) -> Share:
    """Several brainstorms as one."""
    return Share(name="", liked=sum(one.share.liked for one in rounds), judged=sum(one.share.judged for one in rounds))


def version_of(services: Services, version: ModelVersion, curved: set[str | None]) -> Version:
    """A version, in the words that the chats use of it."""
    stands = services.versions.balance(version)
    return Version(
        id=version.id,
        name=short(version),
        stage=stage(version),
        why=because(version),
        found=tuple(measured(version)),
        trial=trial(version, stands),
        evidence=(of_hundred(stands.favour), of_hundred(stands.against)),
        curve=version.id in curved,
        tried=version.stage == "canary",
        live=version.stage == "live",
    )


def of_hundred(evidence: float) -> int:
    """Evidence, a factor, as far as it is on its way to deciding: on the scale on which it adds up."""
    return max(0, min(100, round(100 * math.log(max(evidence, 1.0)) / math.log(DECIDES))))


async def days(services: Services, channel: Channel, now: datetime) -> tuple[tuple[str, Usage], ...]:
    """What was asked for on each of the last days, each 24 hours until now, the oldest first."""
    found, later = list[tuple[str, Usage]](), Usage(here=0, team=0)
    for day in range(1, DAYS + 1):
        since = now - timedelta(days=day)
        here, _first = await services.store.asked(channel, since)
        team, _first = await services.store.asked(channel.team, since)
        found.append((f"{since + timedelta(days=1):%m-%d}", Usage(here=here - later.here, team=team - later.team)))
        later = Usage(here=here, team=team)
    return tuple(reversed(found))
