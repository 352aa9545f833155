"""A tuning run from votes to a version: begun when it pays, taken up when it was cut off, refused with reasons, never twice."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import Refusal
from bot.domain.ideas import Prompt
from bot.domain.models import Finding, Tuning
from bot.services.models.verdicts import came_of
from bot.words import speaking
from generators.client.phrasing import RecipePhrasing
from learning import run
from learning.job import Base, Job, Made
from learning.judge import Verdict
from learning.loop import Learning
from learning.plan import Plan, Threshold
from learning.run import LEASE, MATERIAL, TRAINING_SET, next_id
from learning.tuners._training import Cancelled
from storage.memory import MemoryStore
from storage.weights import AdapterFolder
from tests.builders import NOON, RED, Hands, a_brainstorm, a_person, a_version, an_id, an_idea, an_opinion

FEW = Threshold(pairs=8, topics=8, held_out_topics=2)
GOOD = Verdict(findings=(Finding(name="accuracy", passed=True),), metrics={"accuracy": 0.7})
BAD = Verdict(findings=(Finding(name="distinct", passed=False, facts={"before": 0.9, "after": 0.1}),), metrics={"distinct": 0.1})


class Bench:
    """A workshop that makes a file, and does before that what the test wants."""

    def __init__(self, verdict: Verdict = GOOD, before: Callable[[Job], None] | None = None) -> None:
        self.verdict = verdict
        self.before = before
        self.jobs: list[Job] = []

    def __call__(self, job: Job, told: Callable[[str, float], None], stop: Callable[[], bool]) -> Made:
        self.jobs.append(job)
        if self.before is not None:
            self.before(job)
        folder = job.work / "adapter"
        folder.mkdir()
        (folder / "adapter_config.json").write_text("{}")
        (folder / "adapter_model.safetensors").write_text(job.training_set.digest)
        told("tuning", 1.0)
        return Made(adapter=folder, verdict=self.verdict, metrics={"loss": 0.5}, versions={"torch": "2"})


async def asked(store: MemoryStore, number: int, voters: int = 4) -> None:
    brainstorm = a_brainstorm(prompt=Prompt(text=f"names for thing {number}"), created_at=NOON + timedelta(hours=number))
    await store.begin(brainstorm)
    for text, value in ((f"Good {number}", 1.0), (f"Bad {number}", -1.0)):
        idea = await store.add(an_idea(text, brainstorm=brainstorm.id, created_at=brainstorm.created_at))
        for voter in range(voters):
            await store.hear(RED.team, an_opinion(idea, f"v{voter}", value))


async def a_store(topics: int = 12) -> MemoryStore:
    store = MemoryStore()
    for number in range(topics):
        await asked(store, number)
    return store


def learning(store: MemoryStore, tmp_path: Path, bench: Bench | None = None, **changes: Any) -> Learning:
    given: dict[str, Any] = {
        "store": store,
        "adapters": AdapterFolder(tmp_path / "adapters"),
        "phrasing": RecipePhrasing(instructed=False),
        "workshop": bench or Bench(),
        "base": Base(folder="", name="tiny", digest="d1"),
        "runs_folder": tmp_path / "tuning",
        "clock": Hands(),
        "new_id": an_id,
        "plan": Plan(),
        "threshold": FEW,
    }
    return Learning(**{**given, **changes})


class Told(list[Tuning]):
    async def __call__(self, tuning: Tuning) -> None:
        self.append(tuning)


async def test_too_few_votes_are_said_in_numbers_and_nothing_is_tuned(tmp_path: Path) -> None:
    store, bench = await a_store(4), Bench()
    learn = learning(store, tmp_path, bench)

    due = await learn.due(RED.team)

    assert not due.ready
    assert (due.pairs, due.topics, due.held_out) == (3, 3, 1)
    assert "3 decided pairs over 3 topics" in due.say[0]
    assert "8 pairs over 8 topics" in due.say[1]
    assert await learn.learn(RED.team, Told()) is None
    assert bench.jobs == []


async def test_nothing_at_all_cannot_be_tuned_even_now(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="nothing to tune"):
        await learning(MemoryStore(), tmp_path).learn(RED.team, Told(), now=True)


async def test_a_good_model_becomes_a_candidate_that_names_every_vote_behind_it(tmp_path: Path) -> None:
    store, told = await a_store(), Told()
    learn = learning(store, tmp_path)

    ended = await learn.learn(RED.team, told)

    assert ended is not None
    assert ended.state == "done"
    (version,) = await store.versions(RED.team)
    assert (version.id, version.stage, version.base) == ("test-red-v1", "candidate", "tiny")
    assert ended.version == version.id
    assert version.metrics == {"loss": 0.5, "accuracy": 0.7}
    assert len(version.trained_on) == 8 * 2 * 4  # eight topics, two ideas, four people: the last four topics are held out
    manifest = learn.adapters.manifest(str(version.adapter))
    assert (manifest["base"]["digest"], manifest["votes"], manifest["plan"]["seed"]) == ("d1", 64, 7)
    assert [one.state for one in told][-1] == "done"
    assert (await store.tunings(RED.team))[0] == ended


async def test_too_few_votes_to_make_a_version_anew_without_deleted_ones_are_said(tmp_path: Path) -> None:
    store = await a_store(4)
    await store.keep_version(a_version(team=RED.team, stage="live", forgotten=3))

    due = await learning(store, tmp_path).due(RED.team)

    assert not due.ready
    assert "too few are left to make it anew" in due.say[-1]


async def test_a_refused_model_is_kept_nowhere_and_its_reasons_are_told(tmp_path: Path) -> None:
    store = await a_store()
    learn = learning(store, tmp_path, Bench(BAD))

    ended = await learn.learn(RED.team, Told())

    assert ended is not None
    assert ended.state == "refused"
    assert ended.missed == BAD.findings
    assert "10% say something of their own, before 90%" in came_of(ended)
    with speaking("zh"):
        assert "10%" in came_of(ended)
        assert "say something" not in came_of(ended)
    assert await store.versions(RED.team) == []
    assert learn.adapters.names() == ()


async def test_words_and_votes_do_not_stay_in_a_finished_runs_folder(tmp_path: Path) -> None:
    learn = learning(await a_store(), tmp_path)

    ended = await learn.learn(RED.team, Told())

    assert ended is not None
    left = {file.name for file in (learn.runs_folder / ended.id).iterdir()}
    assert left.isdisjoint({TRAINING_SET, MATERIAL, "checkpoint.pt", "adapter"})


async def test_the_same_votes_are_not_tuned_on_twice_but_more_are(tmp_path: Path) -> None:
    store, bench = await a_store(), Bench()
    learn = learning(store, tmp_path, bench)
    await learn.learn(RED.team, Told())

    assert await learn.learn(RED.team, Told()) is None
    for number in range(12, 18):
        await asked(store, number)
    again = await learn.learn(RED.team, Told())

    assert again is not None
    assert again.version == "test-red-v2"


async def test_deleted_votes_make_the_next_tuning_due(tmp_path: Path) -> None:
    store = await a_store()
    learn = learning(store, tmp_path)
    await learn.learn(RED.team, Told())

    await store.forget(RED.team, a_person("v0"))
    ended = await learn.learn(RED.team, Told())

    assert ended is not None
    newest, _first = await store.versions(RED.team)
    assert not any(":v0:" in id for id in newest.trained_on)
    assert newest.forgotten == 0


class Killed(BaseException):
    """Stands for the end of a process, which no handler sees."""


async def test_a_run_that_was_killed_is_taken_up_with_the_very_material_it_began_with(tmp_path: Path) -> None:
    store, hands = await a_store(), Hands()

    def dies(job: Job) -> None:
        raise Killed

    first = Bench(before=dies)
    with pytest.raises(Killed):
        await learning(store, tmp_path, first, clock=hands).learn(RED.team, Told())
    await asked(store, 20)  # what came later is not mixed in
    second = Bench()
    learn = learning(store, tmp_path, second, clock=hands)

    assert await learn.learn(RED.team, Told()) is None  # somebody may still be at it
    hands.now += LEASE
    ended = await learn.learn(RED.team, Told())

    assert ended is not None
    assert ended.state == "done"
    assert second.jobs[0].training_set == first.jobs[0].training_set
    assert second.jobs[0].work == first.jobs[0].work
    assert len(await store.versions(RED.team)) == 1


async def test_a_run_whose_votes_were_deleted_meanwhile_starts_over_without_them(tmp_path: Path) -> None:
    store, hands = await a_store(), Hands()

    def dies(job: Job) -> None:
        raise Killed

    with pytest.raises(Killed):
        await learning(store, tmp_path, Bench(before=dies), clock=hands).learn(RED.team, Told())
    await store.forget(RED.team, a_person("v1"))
    hands.now += LEASE
    bench = Bench()

    await learning(store, tmp_path, bench, clock=hands).learn(RED.team, Told())

    (version,) = await store.versions(RED.team)
    assert not any(":v1:" in id for id in version.trained_on)
    assert version.forgotten == 0


async def test_two_learners_never_tune_one_team_at_once(tmp_path: Path) -> None:
    store = await a_store()
    benches = [Bench() for _ in range(4)]

    ended = await asyncio.gather(*(learning(store, tmp_path, bench).learn(RED.team, Told()) for bench in benches))

    assert sum(one is not None for one in ended) == 1
    assert sum(len(bench.jobs) for bench in benches) == 1


async def test_a_run_that_is_cancelled_while_it_tunes_did_not_break_and_is_not_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "RENEW_S", 0.05)
    store, loop = await a_store(), asyncio.get_running_loop()

    def workshop(job: Job, told: Callable[[str, float], None], stop: Callable[[], bool]) -> Made:
        asyncio.run_coroutine_threadsafe(store.cancel_tuning(RED.team), loop).result()
        while not stop():
            time.sleep(0.01)
        raise Cancelled

    learn = learning(store, tmp_path, workshop=workshop)
    loop_run = asyncio.create_task(learn.learn(RED.team, Told()))
    ended = await loop_run

    assert ended is not None
    assert (ended.state, ended.trouble) == ("cancelled", "")
    assert came_of(ended).startswith("The tuning of your team's model was cancelled.")
    assert list((tmp_path / "tuning" / ended.id).iterdir()) == []
    assert await learn.learn(RED.team, Told()) is None


async def test_a_cancelled_run_ends_and_publishes_nothing(tmp_path: Path) -> None:
    store = await a_store()
    loop = asyncio.get_running_loop()

    def cancels(job: Job) -> None:
        asyncio.run_coroutine_threadsafe(store.cancel_tuning(RED.team), loop).result()

    ended = await learning(store, tmp_path, Bench(before=cancels)).learn(RED.team, Told())

    assert ended is not None
    assert ended.state == "cancelled"
    assert await store.versions(RED.team) == []
    assert (await store.tunings(RED.team))[0].state == "cancelled"


async def test_a_workshop_that_breaks_ends_the_run_in_words_and_leaves_what_is_served(tmp_path: Path) -> None:
    store = await a_store()

    def breaks(job: Job) -> None:
        raise RuntimeError("out of memory")

    ended = await learning(store, tmp_path, Bench(before=breaks)).learn(RED.team, Told())

    assert ended is not None
    assert ended.state == "failed"
    assert ended.trouble == "out of memory"
    assert came_of(ended) == "Tuning broke: out of memory. What is served stays."
    assert await store.versions(RED.team) == []


async def test_votes_withdrawn_while_a_model_is_tuned_are_counted_at_its_version(tmp_path: Path) -> None:
    store = await a_store()
    loop = asyncio.get_running_loop()

    def forgets(job: Job) -> None:
        asyncio.run_coroutine_threadsafe(store.forget(RED.team, a_person("v3")), loop).result()

    await learning(store, tmp_path, Bench(before=forgets)).learn(RED.team, Told())

    (version,) = await store.versions(RED.team)
    assert version.forgotten == 16  # eight topics, two ideas
    assert not any(":v3:" in id for id in version.trained_on)


async def test_a_killed_publisher_does_not_publish_twice(tmp_path: Path) -> None:
    store, hands = await a_store(), Hands()
    learn = learning(store, tmp_path, clock=hands)
    ended = await learn.learn(RED.team, Told())
    assert ended is not None
    running = replace(ended, state="running", version=None, leased_until=hands.now)
    store._tunings[RED.team, ended.id] = running  # as if it had died between storing the version and saying so

    again = await learn.learn(RED.team, Told())

    assert again is not None
    assert again.version == "test-red-v1"
    assert len(await store.versions(RED.team)) == 1


async def test_weights_that_no_version_needs_are_deleted_after_a_run(tmp_path: Path) -> None:
    store = await a_store()
    learn = learning(store, tmp_path)
    await learn.learn(RED.team, Told())
    (first,) = await store.versions(RED.team)
    await store.keep_version(replace(first, stage="retired", reason="lost"))
    others = aged(learn, {"team": "test:blue"}, "of a team that this store does not know")
    refused = aged(learn, {"team": "test:red"}, "of no version")
    for number in range(20, 30):
        await asked(store, number)

    await learn.learn(RED.team, Told())

    assert refused not in learn.adapters.names()
    assert {others, str(first.adapter)} <= set(learn.adapters.names())  # an admin may promote the retired one again

    await store.forget(RED.team, a_person("v1"))
    long_ago(learn.adapters.folder(str(first.adapter)))

    assert await learn.sweep() == (first.adapter,)  # it knows what was deleted; the newer one is served until it is made anew
    assert len(learn.adapters.names()) == 2


def aged(learn: Learning, manifest: dict[str, Any], text: str) -> str:
    """An adapter old enough to be swept."""
    folder = learn.runs_folder / text
    folder.mkdir(parents=True)
    (folder / "adapter_config.json").write_text("{}")
    (folder / "adapter_model.safetensors").write_text(text)
    name = learn.adapters.keep(folder, manifest)
    long_ago(learn.adapters.folder(name))
    return name


def long_ago(folder: Path) -> None:
    os.utime(folder, (0, 0))


def test_a_name_is_never_given_twice() -> None:
    from tests.contract.stores import a_version

    versions = [a_version(id="test-red-v2", stage="retired"), a_version(id="test-red-v10"), a_version(id="odd")]

    assert next_id(RED.team, versions) == "test-red-v11"
    assert next_id(RED.team, []) == "test-red-v1"


def test_the_learning_curve_is_a_picture_of_every_step() -> None:
    import xml.etree.ElementTree as ET

    from learning.curve import drawn
    from learning.tuners._training import Step

    steps = [Step(step=n, steps=3, loss=1 / n, accuracy=n / 3, margin=n, chosen=0.0, rate=0.1, seconds=n) for n in (1, 2, 3)]

    picture = ET.fromstring(drawn(steps))

    lines = [one for one in picture.iter() if one.tag.endswith("polyline")]
    assert len(lines) == 4
    assert all(len(line.attrib["points"].split()) == 3 for line in lines)
    assert json.dumps(drawn([]))  # nothing to draw is no error


def test_a_kept_curve_is_a_picture_whose_lines_are_the_run() -> None:
    import io

    from PIL import Image

    from learning.curve import EDGE, HEIGHT, WIDTH, png, points
    from learning.tuners._training import Step

    steps = [Step(step=n, steps=900, loss=1 / n, accuracy=0.5, margin=n, chosen=0.0, rate=0.1, seconds=n) for n in range(1, 901)]
    kept = points(steps)

    picture = Image.open(io.BytesIO(png(kept) or b"")).convert("RGB")

    assert (len(kept), kept[0][0], kept[-1][0]) == (100, 1, 900)
    blue = [y for y in range(EDGE, EDGE + HEIGHT + 2) if picture.getpixel((EDGE + WIDTH // 2, y))[0] < 120]
    assert min(blue) > EDGE + HEIGHT * 0.9  # in the middle of the run the loss has long fallen
    assert png(()) is None
    assert points([replace(steps[0], loss=float("nan"))]) == ()
