"""One tuning of a team's model from votes to a version that may be tried: enough? → sets → tune → judge → publish.

Each step ends in a file or a row that is written whole, so whoever finds a killed run goes on from there; while it runs, the team
is served as before. Nothing here holds a connection to a chat or to the generation service.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from bot.domain.errors import MuselabError, Refusal
from bot.domain.ideas import Team
from bot.domain.models import ModelVersion, Tuning, TuningState
from bot.ports import Adapters, Clock, Due, Phrasing, Store
from bot.words import _
from learning import lessons
from learning.gathering import gather
from learning.judge import Bar, Embed, Verdict
from learning.lessons import Syllabus
from learning.plan import Plan, Threshold
from learning.prospects import due, forgotten, last_verdict, prospects
from learning.sets import Split, split, syllabus

LEASE = timedelta(seconds=60)  # a killed learner's run is taken up after at most this long
RENEW_S = 5.0  # progress is told and the lease renewed this often; a dozen may fail before it ends
SYLLABUS, MATERIAL, CURVE = "syllabus.json", "material.json", "curve.svg"
STAYS = frozenset({CURVE, "history.jsonl", "events"})  # of an ended run's folder
FORM = 1  # of the folder; another one starts over

log = structlog.get_logger(__name__)

News = Callable[[Tuning], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The model that is tuned."""

    folder: str  #: where transformers finds it
    name: str
    digest: str  #: of its weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a workshop is given: plain values and folders, to work on in a thread."""

    base: Base
    plan: Plan
    bar: Bar
    syllabus: Syllabus
    topics: Split
    work: Path
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a workshop made."""

    adapter: Path
    verdict: Verdict
    metrics: Mapping[str, float]
    versions: Mapping[str, str]  #: of the libraries


#: Tunes and judges. Blocks; is called in a thread; tells how far it is (doing, share) and asks whether to stop.
Workshop = Callable[[Job, Callable[[str, float], None], Callable[[], bool]], Made]


class Learning:
    """Tunes teams' models."""

    def __init__(
        self,
        *,
        store: Store,
        adapters: Adapters,
        phrasing: Phrasing,
        workshop: Workshop,
        base: Base,
        home: Path,
        clock: Clock,
        new_id: Callable[[], str],
        plan: Plan | None = None,
        threshold: Threshold | None = None,
        bar: Bar | None = None,
        device: str = "cpu",
        embed: Embed | None = None,
    ) -> None:
        self.store = store
        self.adapters = adapters
        self.phrasing = phrasing
        self.workshop = workshop
        self.base = base
        self.home = home
        self.clock = clock
        self.new_id = new_id
        self.plan = plan or Plan()
        self.threshold = threshold or Threshold()
        self.bar = bar or Bar()
        self.device = device
        self.embed = embed

    async def due(self, team: Team) -> Due:
        """What there is to learn, and whether a tuning would pay. Reads only."""
        return await prospects(self.store, team, self.threshold)

    async def sweep(self) -> tuple[str, ...]:
        """Deletes weights that no version needs; the names of those deleted.

        Those of every version stay, as an admin may promote it again, but for retired ones that learned from votes which people
        have deleted since: they are made anew, and what they knew goes. Weights of teams that this store does not know stay too.
        """
        teams = await self.store.teams()
        ours = {f"{team.platform}:{team.id}" for team in teams}
        versions = [version for team in teams for version in await self.store.versions(team)]
        keep = {one.adapter for one in versions if one.adapter and (one.stage != "retired" or not one.forgotten)}
        keep |= {name for name in self.adapters.names() if self.adapters.manifest(name).get("team") not in ours}
        gone = await asyncio.to_thread(self.adapters.sweep, keep)
        if gone:
            log.info("weights that no version needs were deleted", adapters=list(gone))
        return gone

    async def learn(self, team: Team, news: News, *, now: bool = False) -> Tuning | None:
        """Tunes a team's model if that is due, or goes on with a run that was cut off.

        Args:
            team: whose.
            news: told of every change of the run.
            now: tune with whatever there is; the judge's bars stay.

        Returns:
            The ended run; None when it is not due, or another process is at it.

        Raises:
            Refusal: `now`, and there is nothing at all to learn from.
        """
        topics = await gather(self.store, team)
        chosen = split(topics)
        runs = await self.store.tunings(team)
        cut_off = bool(runs) and runs[0].state == "running"
        found = due(chosen, self.threshold, last_verdict(runs), await forgotten(self.store, team))
        if not (cut_off or now or found.ready):
            return None
        if not found.pairs and not cut_off:
            raise Refusal(
                _("There is nothing to tune with yet: no two ideas for one topic were clearly told apart by three people.")
            )
        at = self.clock()
        new = Tuning(id=self.new_id(), team=team, holder=self.new_id(), began_at=at, changed_at=at, leased_until=at + LEASE)
        run = await self.store.take_tuning(new, at)
        if run is None:
            return None
        return await _Run(self, replace(run, holder=new.holder), news).through(chosen)


class _Run:
    """One run, taken."""

    def __init__(self, learning: Learning, tuning: Tuning, news: News) -> None:
        self.home = learning
        self.tuning = tuning
        self.news = news
        self.lost = False  #: cancelled, or taken by another process
        self.work = learning.home / tuning.id

    async def through(self, chosen: Split) -> Tuning:
        """To its end, whatever that is."""
        beat = asyncio.create_task(self._beat())
        try:
            made, material = await self._made(chosen)
            await self._say(doing="publishing", done=1.0)
            return await self._published(made, material)
        except asyncio.CancelledError:
            with suppress(MuselabError):  # the next process takes it up at once
                await self.home.store.keep_tuning(replace(self.tuning, leased_until=self.home.clock()))
            raise
        except Lost:
            return await self._given_up()
        except Exception as error:  # noqa: BLE001 - whatever libraries raise: people hear of it, and the run does not stay open
            if self.lost:  # that is why the workshop stopped
                return await self._given_up()
            log.error("tuning broke", tuning=self.tuning.id, trace=traceback.format_exc())
            return await self._end("failed", trouble=str(error) or type(error).__name__)
        finally:
            beat.cancel()

    async def _made(self, chosen: Split) -> tuple[Made, dict[str, Any]]:
        lessons_, material, topics = await asyncio.to_thread(self._material, chosen)
        pairs = lessons.count(lessons_.rounds[0], "contrasts")
        await self._say(doing="tuning", pairs=pairs, topics=len(lessons_.rounds[0]))
        loop = asyncio.get_running_loop()

        def told(doing: str, done: float) -> None:
            loop.call_soon_threadsafe(self._heard, doing, done)

        job = Job(
            base=self.home.base,
            plan=self.home.plan,
            bar=self.home.bar,
            syllabus=lessons_,
            topics=topics,
            work=self.work,
            device=self.home.device,
        )
        stopping = asyncio.to_thread(self.home.workshop, job, told, lambda: self.lost)
        task = asyncio.ensure_future(stopping)
        try:
            return await asyncio.shield(task), material
        except asyncio.CancelledError:
            self.lost = True  # the thread stops before its next step, with its checkpoint written
            with suppress(Exception):
                await task
            raise

    def _material(self, chosen: Split) -> tuple[Syllabus, dict[str, Any], Split]:
        """What is learned: as it was begun with, unless something in that was deleted since; then anew."""
        held = chosen.trained_on
        with suppress(OSError, ValueError, KeyError, TypeError):
            material = json.loads((self.work / MATERIAL).read_text(encoding="utf-8"))
            same = (
                material["form"] == FORM
                and material["base"] == self.home.base.digest
                and material["plan"] == self.home.plan.digest
            )
            if same and set(material["trained_on"]) <= set(held):
                kept = lessons.loaded((self.work / SYLLABUS).read_text(encoding="utf-8"))
                out = {lesson.topic for lesson in kept.held_out}
                topics = (*chosen.learned, *chosen.held_out)
                return (
                    kept,
                    material,
                    Split(
                        learned=tuple(topic for topic in topics if topic.id not in out),
                        held_out=tuple(topic for topic in topics if topic.id in out),
                    ),
                )
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        made = syllabus(chosen, self.home.phrasing, self.home.plan, self.home.embed)
        times = [topic.at for topic in chosen.learned]
        material = {
            "form": FORM,
            "base": self.home.base.digest,
            "plan": self.home.plan.digest,
            "trained_on": list(held),
            "from": min(times).isoformat(),
            "to": max(times).isoformat(),
        }
        whole(self.work / SYLLABUS, lessons.dumped(made))
        whole(self.work / MATERIAL, json.dumps(material))
        return made, material, chosen

    async def _published(self, made: Made, material: dict[str, Any]) -> Tuning:
        verdict = made.verdict
        if not verdict.passed:
            log.info("a tuned model was refused", tuning=self.tuning.id, **_rounded(verdict.metrics))
            return await self._end("refused", missed=verdict.missed)
        team = self.tuning.team
        manifest = {
            "base": asdict(self.home.base),
            "team": f"{team.platform}:{team.id}",
            "tuning": self.tuning.id,
            "plan": asdict(self.home.plan),
            "votes": len(material["trained_on"]),
            "from": material["from"],
            "to": material["to"],
            "metrics": _rounded({**made.metrics, **verdict.metrics}),
            "versions": dict(made.versions),
            "made_at": self.home.clock().isoformat(),
        }
        adapter = await asyncio.to_thread(self.home.adapters.keep, made.adapter, manifest)
        version = await self._version(adapter, made, material)
        return await self._end("done", version=version.id)

    async def _version(self, adapter: str, made: Made, material: dict[str, Any]) -> ModelVersion:
        """The version, stored once: a run that was killed after storing it finds it again."""
        team, store = self.tuning.team, self.home.store
        mine = [one for one in await store.versions(team) if one.team == team]
        if (there := next((one for one in mine if one.adapter == adapter), None)) is not None:
            return there
        live = next((one for one in mine if one.stage == "live"), None)
        held = set(split(await gather(store, team)).trained_on)
        left = tuple(id for id in material["trained_on"] if id in held)
        version = ModelVersion(
            id=next_id(team, mine),
            team=team,
            base=self.home.base.name,
            adapter=adapter,
            parent=live.id if live else None,
            trained_on=left,
            metrics=_rounded({**made.metrics, **made.verdict.metrics}),
            reason="judged",
            forgotten=len(material["trained_on"]) - len(left),
            created_at=self.home.clock(),
        )
        await store.keep_version(version)
        return version

    # telling

    def _heard(self, doing: str, done: float) -> None:
        self.tuning = replace(self.tuning, doing=doing, done=done)

    async def _say(self, **changes: Any) -> None:
        now = self.home.clock()
        self.tuning = replace(self.tuning, **changes, changed_at=now, leased_until=now + LEASE)
        if self.lost or not await self.home.store.keep_tuning(self.tuning):
            self.lost = True
            raise Lost
        await self.news(self.tuning)

    async def _beat(self) -> None:
        """Renews the lease and tells how far it is."""
        while True:
            await asyncio.sleep(RENEW_S)
            try:
                await self._say()
            except Lost:
                return
            except MuselabError as error:
                log.warning("progress could not be stored", why=str(error))

    async def _end(self, state: TuningState, **outcome: Any) -> Tuning:
        now = self.home.clock()
        ended = replace(self.tuning, state=state, **outcome, changed_at=now, leased_until=None)
        await self.home.store.keep_tuning(ended)
        await self.home.sweep()
        self._tidy()
        await self.news(ended)
        return ended

    async def _given_up(self) -> Tuning:
        """The run as it is now that somebody cancelled it, or another process has it."""
        runs = await self.home.store.tunings(self.tuning.team)
        now = next((run for run in runs if run.id == self.tuning.id), self.tuning)
        if now.state != "running":
            self._tidy()
        return now

    def _tidy(self) -> None:
        """Leaves of the run's folder what may stay: people's words and votes are in most."""
        for left in self.work.glob("*"):
            if left.name not in STAYS:
                shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)


class Lost(Exception):
    """The run was cancelled, or another process has it."""


def next_id(team: Team, versions: Sequence[ModelVersion]) -> str:
    """A name that no version ever had: engines keep what they computed for a name."""
    numbers = [int(one.id.rpartition("-v")[2]) for one in versions if one.id.rpartition("-v")[2].isdigit()]
    plain = "".join(char if char.isalnum() else "-" for char in f"{team.platform}-{team.id}")
    return f"{plain}-v{max(numbers, default=0) + 1}"


def whole(file: Path, text: str) -> None:
    """Writes a file so that it is there entirely or not at all."""
    part = file.with_suffix(".part")
    with part.open("w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    part.replace(file)


def _rounded(metrics: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in metrics.items()}
