"""Another model is chosen while the bot runs: it takes over when it is ready, nothing asked is lost, and there is a way back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot import choice
from bot.config import Settings
from bot.domain.ideas import Prompt, Team
from bot.ports import Health, Order
from generators.client.handover import Succession
from generators.client.remote import RemoteGenerator

ORDER = Order(prompt=Prompt(text="names for a bar"), candidates=2, seed=1, model="", team=Team(platform="terminal", id="1"))


class ScriptedChild:
    """A generation service that says its model's name as every idea, in this process; it stands in for `Child`."""

    def __init__(self, settings: Settings, started: list[ScriptedChild]) -> None:
        self.token = "t"
        self.pid = None
        self.model = Path(settings.served.model).name
        self.answering = asyncio.Event()  #: choices are held back until it is set
        self.answering.set()
        self.asked = asyncio.Event()
        self.closed = asyncio.Event()
        self.under_way = 0
        self._url = ""
        self._runner: web.AppRunner | None = None
        started.append(self)

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/health", self._health)
        app.router.add_get("/ready", self._ready)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/completions", self._complete)
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def url(self) -> str:
        return self._url

    def state(self) -> Health | None:
        if self.model == "broken":
            return Health(ready=False, doing="it cannot be loaded", failed=True)
        return None

    async def close(self) -> None:
        if self._runner is not None and not self.closed.is_set():
            await self._runner.cleanup()
        self.closed.set()

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ready"})

    async def _ready(self, _request: web.Request) -> web.Response:
        return web.json_response({"ready": True, "under_way": self.under_way})

    async def _models(self, _request: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": self.model, "owned_by": "muselab", "parameters": 1, "reads": ["en"]}]})

    async def _complete(self, request: web.Request) -> web.Response:
        body = await request.json()
        if "max_tokens" in body and body["max_tokens"] == 0:
            return web.json_response({"choices": []})
        if body["model"] != self.model:
            error = {"message": f"The model “{body['model']}” does not exist here.", "code": "model_not_found"}
            return web.json_response({"error": error}, status=404)
        self.under_way += 1
        self.asked.set()
        await self.answering.wait()
        self.under_way -= 1
        text = f"Made by {self.model}"
        choices = [
            {"index": place, "text": text, "message": {"content": text}, "finish_reason": "stop"} for place in range(body["n"])
        ]
        return web.json_response({"choices": choices})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
async def started() -> list[ScriptedChild]:
    return []


@pytest.fixture
async def succession(home: Path, started: list[ScriptedChild]) -> AsyncIterator[Succession]:
    choice.choose(home, "first")
    made = Succession(Settings(home=home), make=lambda settings: ScriptedChild(settings, started), look_s=0.01)  # type: ignore[arg-type,return-value]
    await made.start()
    yield made
    await made.close()


async def texts(generator: RemoteGenerator) -> set[str]:
    return {draft.text async for draft in generator.draft(ORDER)}


async def test_a_chosen_model_takes_over_and_what_the_old_one_was_asked_is_answered(
    home: Path, started: list[ScriptedChild], succession: Succession
) -> None:
    generator = RemoteGenerator(succession, embeddings=False)
    old = started[0]
    old.answering.clear()
    asked = asyncio.create_task(texts(generator))
    await old.asked.wait()

    choice.choose(home, "second")
    while await succession.url() == await old.url():
        await asyncio.sleep(0.01)
    later = await texts(generator)
    still = not old.closed.is_set()
    old.answering.set()

    assert later == {"Made by second"}
    assert await asked == {"Made by first"}
    assert still
    await old.closed.wait()
    await generator.close()


async def test_a_model_that_cannot_be_loaded_changes_nothing(
    home: Path, started: list[ScriptedChild], succession: Succession
) -> None:
    generator = RemoteGenerator(succession, embeddings=False)

    choice.choose(home, "broken")
    while len(started) < 2:
        await asyncio.sleep(0.01)
    await started[1].closed.wait()

    assert await texts(generator) == {"Made by first"}
    assert not started[0].closed.is_set()
    await generator.close()


async def test_going_back_is_a_change_like_any_other(home: Path, started: list[ScriptedChild], succession: Succession) -> None:
    generator = RemoteGenerator(succession, embeddings=False)
    choice.choose(home, "second")
    await _serving(succession, started, 2)

    assert choice.go_back(home, "embedded") == "first"
    await _serving(succession, started, 3)

    assert await texts(generator) == {"Made by first"}
    await generator.close()


async def test_an_order_under_way_to_a_model_that_has_just_left_is_given_to_the_next(
    home: Path, started: list[ScriptedChild], succession: Succession
) -> None:
    generator = RemoteGenerator(succession, embeddings=False)
    assert await texts(generator) == {"Made by first"}  # it knows the first one's name now
    known = await generator.health()

    choice.choose(home, "second")
    await _serving(succession, started, 2)

    assert known.model == "first"
    assert await texts(generator) == {"Made by second"}
    await generator.close()


async def _serving(succession: Succession, started: list[ScriptedChild], number: int) -> None:
    while len(started) < number or await succession.url() != await started[number - 1].url():
        await asyncio.sleep(0.01)


def test_a_choice_is_the_newest_and_remembers_those_before(home: Path) -> None:
    for model in ("one", "two", "three", "two"):
        choice.choose(home, model)

    assert choice.chosen(home).models == ("two", "three", "one")
    assert choice.go_back(home, "embedded") == "three"
    assert choice.go_back(home, "embedded") == "one"
    assert choice.go_back(home, "embedded") == "embedded"


@pytest.mark.parametrize("written", ["", "{", "[]", '{"models": 3}', '{"other": []}'])
def test_a_damaged_choice_is_none(home: Path, written: str) -> None:
    (home / choice.FILE).write_text(written, encoding="utf-8")

    assert choice.chosen(home).now == ""


def test_what_the_configuration_names_wins_over_what_was_chosen(home: Path) -> None:
    choice.choose(home, "chosen")

    assert Settings(home=home).served.model == "chosen"
    assert Settings(home=home, service={"model": "embedded"}).served.model == "embedded"
    assert (home / choice.FILE).stat().st_mode & 0o077 == 0
