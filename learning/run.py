"""One run of tuning, taken by this process: its lessons, the workshop, the verdict, the version. Each step is written whole."""

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

from bot import private
from bot.domain.errors import MuselabError
from bot.domain.ideas import Team
from bot.domain.models import ModelVersion, Tuning, TuningState
from bot.ports import Adapters, Clock, Phrasing, Store
from learning import dataset
from learning.dataset import TrainingSet
from learning.gathering import gather
from learning.job import Base, Job, Made, Workshop
from learning.judge import Bar, Embed
from learning.plan import Plan
from learning.sets import Split, split, training_set

LEASE = timedelta(seconds=60)  # a killed learner's run is taken up after at most this long
RENEW_S = 5.0  # progress is told and the lease renewed this often; a dozen may fail before it ends
TRAINING_SET, MATERIAL, CURVE = "training-set.json", "material.json", "curve.svg"
STAYS = frozenset({CURVE, "history.jsonl", "events"})  # of an ended run's folder
FORM = 3  # of the folder; another one starts over

log = structlog.get_logger(__name__)

News = Callable[[Tuning], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a run works with."""

    store: Store
    adapters: Adapters
    phrasing: Phrasing
    workshop: Workshop
    base: Base
    folder: Path  #: of all runs
    clock: Clock
    plan: Plan
    bar: Bar
    device: str
    embed: Embed | None
    sweep: Callable[[], Awaitable[object]]  #: deletes weights that no version needs


class Run:
    """One run, taken."""

    def __init__(self, tools: Tools, tuning: Tuning, news: News) -> None:
        self.tools = tools
        self.tuning = tuning
        self.news = news
        self.lost = False  #: cancelled, or taken by another process
        self.work = tools.folder / tuning.id

    async def through(self, chosen: Split) -> Tuning:
        """Takes the run to its end."""
        beat = asyncio.create_task(self._beat())
        try:
            result, material = await self._made(chosen)
            await self._say(doing="publishing", done=1.0)
            return await self._published(result, material)
        except asyncio.CancelledError:
            with suppress(MuselabError):  # the next process takes it up at once
                await self.tools.store.keep_tuning(replace(self.tuning, leased_until=self.tools.clock()))
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
        pairs = dataset.count(lessons_.rounds[0], "preference_pairs")
        await self._say(doing="tuning", pairs=pairs, topics=len(lessons_.rounds[0]))
        loop = asyncio.get_running_loop()

        def told(doing: str, done: float) -> None:
            loop.call_soon_threadsafe(self._heard, doing, done)

        job = Job(
            base=self.tools.base,
            plan=self.tools.plan,
            bar=self.tools.bar,
            training_set=lessons_,
            topics=topics,
            work=self.work,
            device=self.tools.device,
        )
        stopping = asyncio.to_thread(self.tools.workshop, job, told, lambda: self.lost)
        task = asyncio.ensure_future(stopping)
        try:
            return await asyncio.shield(task), material
        except asyncio.CancelledError:
            self.lost = True  # the thread stops before its next step, with its checkpoint written
            with suppress(Exception):
                await task
            raise

    def _material(self, chosen: Split) -> tuple[TrainingSet, dict[str, Any], Split]:
        """What is learned: as it was begun with, unless something in that was deleted since; then anew."""
        held = chosen.trained_on
        with suppress(OSError, ValueError, KeyError, TypeError):
            material = json.loads((self.work / MATERIAL).read_text(encoding="utf-8"))
            same = (
                material["form"] == FORM
                and material["base"] == self.tools.base.digest
                and material["plan"] == self.tools.plan.digest
            )
            if same and set(material["trained_on"]) <= set(held):
                earlier = dataset.loaded((self.work / TRAINING_SET).read_text(encoding="utf-8"))
                out = {lesson.topic for lesson in earlier.held_out}
                topics = (*chosen.learned, *chosen.held_out)
                return (
                    earlier,
                    material,
                    Split(
                        learned=tuple(topic for topic in topics if topic.id not in out),
                        held_out=tuple(topic for topic in topics if topic.id in out),
                    ),
                )
        shutil.rmtree(self.work, ignore_errors=True)
        private.folder(self.work.parent)
        private.folder(self.work)
        lessons = training_set(chosen, self.tools.phrasing, self.tools.plan, self.tools.embed)
        times = [topic.at for topic in chosen.learned]
        material = {
            "form": FORM,
            "base": self.tools.base.digest,
            "plan": self.tools.plan.digest,
            "trained_on": list(held),
            "from": min(times).isoformat(),
            "to": max(times).isoformat(),
        }
        whole(self.work / TRAINING_SET, dataset.dumped(lessons))
        whole(self.work / MATERIAL, json.dumps(material))
        return lessons, material, chosen

    async def _published(self, result: Made, material: dict[str, Any]) -> Tuning:
        verdict = result.verdict
        if not verdict.passed:
            log.info("a tuned model was refused", tuning=self.tuning.id, **_rounded(verdict.metrics))
            return await self._end("refused", missed=verdict.missed, curve=result.curve)
        team = self.tuning.team
        manifest = {
            "base": asdict(self.tools.base),
            "team": f"{team.platform}:{team.id}",
            "tuning": self.tuning.id,
            "plan": asdict(self.tools.plan),
            "votes": len(material["trained_on"]),
            "from": material["from"],
            "to": material["to"],
            "metrics": _rounded({**result.metrics, **verdict.metrics}),
            "versions": dict(result.versions),
            "made_at": self.tools.clock().isoformat(),
        }
        adapter = await asyncio.to_thread(self.tools.adapters.keep, result.adapter, manifest)
        version = await self._version(adapter, result, material)
        return await self._end("done", version=version.id, curve=result.curve)

    async def _version(self, adapter: str, result: Made, material: dict[str, Any]) -> ModelVersion:
        """The version, stored once: a run that was killed after storing it finds it again."""
        team, store = self.tuning.team, self.tools.store
        mine = [one for one in await store.versions(team) if one.team == team]
        if (there := next((one for one in mine if one.adapter == adapter), None)) is not None:
            return there
        live = next((one for one in mine if one.stage == "live"), None)
        held = set(split(await gather(store, team)).trained_on)
        left = tuple(id for id in material["trained_on"] if id in held)
        version = ModelVersion(
            id=next_id(team, mine),
            team=team,
            base=self.tools.base.name,
            adapter=adapter,
            parent=live.id if live else None,
            trained_on=left,
            metrics=_rounded({**result.metrics, **result.verdict.metrics}),
            reason="judged",
            forgotten=len(material["trained_on"]) - len(left),
            created_at=self.tools.clock(),
        )
        await store.keep_version(version)
        return version

    # telling

    def _heard(self, doing: str, done: float) -> None:
        self.tuning = replace(self.tuning, doing=doing, done=done)

    async def _say(self, **changes: Any) -> None:
        now = self.tools.clock()
        self.tuning = replace(self.tuning, **changes, changed_at=now, leased_until=now + LEASE)
        if self.lost or not await self.tools.store.keep_tuning(self.tuning):
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
        now = self.tools.clock()
        ended = replace(self.tuning, state=state, **outcome, changed_at=now, leased_until=None)
        await self.tools.store.keep_tuning(ended)
        await self.tools.sweep()
        self._tidy()
        await self.news(ended)
        return ended

    async def _given_up(self) -> Tuning:
        """The run as it is now that somebody cancelled it, or another process has it."""
        runs = await self.tools.store.tunings(self.tuning.team)
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
    with private.file(part).open("w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    part.replace(file)


def _rounded(metrics: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in metrics.items()}
