"""A learner in a process of its own: `learning.loop` on the day's database, with a workshop that needs a second and no model.

    python -m tests.bench.chaos.learner

Reads the same environment as the bot. A killed learner's run is taken up after a tenth of the usual time, so that a day has many.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import learning.loop
import learning.run
from bot import wiring
from bot.domain.errors import Outage
from bot.domain.models import Finding, Tuning
from bot.patience import patient
from bot.reading import read
from generators.client.phrasing import RecipePhrasing
from learning.job import Base, Job, Made
from learning.judge import Verdict
from learning.loop import Learning
from learning.plan import Plan, Threshold
from storage.weights import AdapterFolder

STEPS, STEP_S = 10, 0.1
LOOK_S = 1.0
LEASE = timedelta(seconds=8)
GOOD = Verdict(findings=(Finding(name="accuracy", passed=True),), metrics={"accuracy": 0.7})


def tuned(job: Job, told: Callable[[str, float], None], stop: Callable[[], bool]) -> Made:
    """Weights that are a digest of what they were made from."""
    folder = job.work / "adapter"
    folder.mkdir(exist_ok=True)
    for step in range(STEPS):
        if stop():
            break
        time.sleep(STEP_S)
        told("tuning", step / STEPS)
    (folder / "adapter_config.json").write_text("{}")
    (folder / "adapter_model.safetensors").write_text(job.training_set.digest)
    return Made(adapter=folder, verdict=GOOD, metrics={"loss": 0.5}, versions={"torch": "2"})


async def quiet(_tuning: Tuning) -> None:
    """Nobody looks on."""


async def learn() -> None:
    settings = read()
    learning.run.LEASE = learning.loop.LEASE = LEASE
    learning.run.RENEW_S = 1.0
    async with wiring.opened_store(settings) as opened:
        store = patient(opened)
        learns = Learning(
            store=store,
            adapters=AdapterFolder(settings.adapters),
            phrasing=RecipePhrasing(instructed=False),
            workshop=tuned,
            base=Base(folder="", name="tiny", digest="d1"),
            runs_folder=settings.home / wiring.RUNS,
            clock=wiring.clock,
            new_id=wiring.new_id,
            plan=Plan(),
            threshold=Threshold(pairs=4, topics=3, held_out_topics=1, more=1.1),
        )
        while True:
            try:
                for team in await store.teams():
                    await learns.learn(team, quiet)
            except Outage as error:
                print("the database is away:", error, flush=True)
            await asyncio.sleep(LOOK_S)


if __name__ == "__main__":
    asyncio.run(learn())
