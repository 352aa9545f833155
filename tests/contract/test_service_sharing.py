"""The generation service under many requests: shared passes, fair turns, adapters by name, and what goes wrong."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import openai
import pytest

from generators.engines.text.model import TextModel
from generators.service.app import Service
from generators.service.events import Began, Event, Piece
from generators.service.scheduler import Full, Served, admitted
from generators.service.text_http import team
from generators.service.worker import Worker
from tests import tiny
from tests.contract.test_service_api import Slow, until
from tests.fair import START_S
from tests.unit.test_generator_lora import saved

MODEL = "tiny-random"
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")


@pytest.fixture(scope="module")
def text() -> TextModel:
    return tiny.text_model("llama", name=MODEL)


@pytest.fixture
async def service(text: TextModel, tmp_path: Path) -> AsyncIterator[tuple[str, Service]]:
    async with tiny.served(text, tiny.vector_model(), adapters=tmp_path) as place:
        yield place


@pytest.fixture
async def client(service: tuple[str, Service]) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=service[0], api_key="none", max_retries=0) as made:
        yield made


@pytest.fixture
async def http(service: tuple[str, Service]) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base_url=service[0] + "/") as session:
        yield session


def asked(place: int, **given) -> dict:
    ways = [{"min_p": 0.05}, {"top_p": 0.8}, {"temperature": 0.0}, {"frequency_penalty": 0.5}, {"repetition_penalty": 1.2}]
    return {"prompt": f"Tea {'x' * 13 * place}", "n": 1 + place % 4, "max_tokens": 24, "seed": place} | ways[place % 5] | given


async def texts(http: aiohttp.ClientSession, body: dict) -> list[tuple[str, list[float]]]:
    async with http.post("completions", json=body | {"logprobs": 0}) as response:
        choices = (await response.json())["choices"]
    return [(choice["text"], choice["logprobs"]["token_logprobs"]) for choice in choices]


async def loaded(http: aiohttp.ClientSession, name: str, path: Path | str) -> tuple[int, str]:
    async with http.post("load_lora_adapter", json={"lora_name": name, "lora_path": str(path)}) as response:
        return response.status, await response.text()


async def test_a_seed_gives_the_same_bits_alone_and_among_strangers_with_adapters(
    service: tuple[str, Service], http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        assert (await loaded(http, name, saved(tmp_path / name, seed=len(name) + ord(name[0]))))[0] == 200
    models = ["one", "two", "", ""]
    bodies = [asked(place, model=models[place % 4]) for place in range(12)]

    alone = [await texts(http, body) for body in bodies]
    before = service[1].worker.passes.count
    among = await asyncio.gather(*(texts(http, body) for body in bodies))

    assert among == alone
    assert service[1].worker.passes.count - before < 12 * 24 / 2  # they did share passes


async def test_a_new_service_gives_the_same_bits(http: aiohttp.ClientSession) -> None:
    before = await texts(http, asked(3))

    async with tiny.served(tiny.text_model("llama", name=MODEL)) as (url, _service):
        async with aiohttp.ClientSession(base_url=url + "/") as anew:
            assert await texts(anew, asked(3)) == before


async def test_adapters_are_loaded_listed_used_and_unloaded(client: openai.AsyncOpenAI, http, tmp_path: Path) -> None:
    folder = saved(tmp_path / "a")
    plain = await client.completions.create(model=MODEL, prompt="Tea", max_tokens=12, temperature=0)

    assert await loaded(http, "team-a", folder) == (200, "Success: LoRA adapter 'team-a' added successfully.")
    listed = {model.id: model for model in (await client.models.list()).data}
    tuned = await client.completions.create(model="team-a", prompt="Tea", max_tokens=12, temperature=0)
    vectors = await client.embeddings.create(model="tiny-embedder", input="tea")
    async with http.post("unload_lora_adapter", json={"lora_name": "team-a"}) as response:
        assert response.status == 200
    with pytest.raises(openai.NotFoundError) as caught:
        await client.completions.create(model="team-a", prompt="Tea")

    assert (listed[MODEL].parent, listed["team-a"].parent, listed["team-a"].root) == (None, MODEL, str(folder))
    assert tuned.model == "team-a"
    assert tuned.choices[0].text != plain.choices[0].text
    assert vectors.data
    assert caught.value.code == "model_not_found"


async def test_a_name_is_refused_to_another_adapter_and_to_none(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    await loaded(http, "team-a", saved(tmp_path / "a", seed=1))

    again = await loaded(http, "team-a", tmp_path / "a")
    other = await loaded(http, "team-a", saved(tmp_path / "b", seed=2))
    nothing = await loaded(http, "team-b", tmp_path / "nowhere")

    assert (again[0], other[0], nothing[0]) == (400, 400, 404)
    assert "already been loaded" in again[1]
    assert "never reused" in other[1]
    assert "already" not in other[1]  # clients take that word for success
    assert "no such folder" in nothing[1]


async def test_a_request_too_many_is_told_its_place_and_when_to_come_back(text: TextModel) -> None:
    full = Worker(most_rows=1, most_waiting=2)
    async with tiny.served(text, worker=full) as (url, _service), aiohttp.ClientSession(base_url=url + "/") as http:
        for _job in range(3):
            full.submit(Slow(100_000), lambda _events: None)
            await until(lambda: full.rows == 1)

        async with http.post("completions", json={"prompt": "x"}) as response:
            error = (await response.json())["error"]

        assert response.status == 429
        assert error["position"] == 3
        assert f"in {response.headers['Retry-After']} s" in error["message"]


async def test_a_request_that_takes_too_long_is_ended(text: TextModel) -> None:
    worker = Worker(deadline_s=0.2)
    async with tiny.served(text, worker=worker) as (url, _service), aiohttp.ClientSession(base_url=url + "/") as http:
        body = {"prompt": "x", "max_tokens": 1000, "n": 64, "logit_bias": {"256": -100}}
        async with http.post("completions", json=body) as response:
            assert response.status == 504
            assert (await response.json())["error"]["code"] == "deadline_exceeded"
        await until(lambda: worker.idle)


async def test_a_stopping_service_finishes_what_it_has_and_takes_nothing_more(
    service: tuple[str, Service], http: aiohttp.ClientSession
) -> None:
    running = asyncio.create_task(texts(http, asked(1, max_tokens=200)))
    await until(lambda: service[1].worker.rows > 0)

    service[1].worker.drain()
    async with http.post("completions", json={"prompt": "x"}) as refused, http.get("/ready") as ready:
        assert (refused.status, ready.status) == (503, 503)
        assert (await refused.json())["error"]["code"] == "stopping"

    assert len(await running) == 2
    assert service[1].worker.rest(START_S)


def test_a_service_without_work_gives_back_what_is_only_at_hand_and_works_on() -> None:
    worker, given_back, done = Worker(resting_s=0.05), threading.Semaphore(0), threading.Semaphore(0)
    worker.idling = given_back.release
    worker.start()
    try:
        assert given_back.acquire(timeout=START_S)
        worker.submit(Steady(2, "a team", []), lambda events: events[-1] is None and done.release())
        assert done.acquire(timeout=START_S)
        assert given_back.acquire(timeout=START_S)  # and again after it
    finally:
        worker.close(wait_s=START_S)


class Broken:
    """A job whose failure is none that an ordinary handler catches."""

    rows = 1

    def steps(self) -> Iterator[list[Event]]:
        yield [Began(1)]
        raise SystemExit("broken")


async def test_a_crash_of_the_worker_fails_its_requests_and_the_service_goes_on(
    service: tuple[str, Service], http: aiohttp.ClientSession
) -> None:
    told: list[Event] = []

    service[1].worker.submit(Broken(), told.extend)
    await until(lambda: told[-1:] == [None])

    assert isinstance(told[-2], Exception)
    assert await texts(http, asked(2))
    async with http.get("/metrics") as response:
        assert "muselab_worker_crashes 1" in await response.text()


async def test_memory_that_ends_in_a_pass_fails_the_request_that_wanted_it_and_no_other(
    service: tuple[str, Service], http: aiohttp.ClientSession, text: TextModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = text.advance

    def scarce(requests):
        if sum(request.size for request in requests if request.drawn) >= 7:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 7 bytes")
        return advance(requests)

    monkeypatch.setattr(text, "advance", scarce)
    big = http.post("completions", json=asked(1, n=7))
    small = [http.post("completions", json=asked(place, n=2)) for place in (2, 3, 4, 5)]

    answers = await asyncio.gather(big, *small)

    assert [answer.status for answer in answers] == [503, 200, 200, 200, 200]
    assert (await answers[0].json())["error"]["code"] == "out_of_memory"


async def test_a_request_with_more_choices_than_memory_makes_them_in_turn(text: TextModel) -> None:
    async with tiny.served(text) as (url, inside), aiohttp.ClientSession(base_url=url + "/") as http:
        whole = await texts(http, asked(1, n=10))
        models = inside.loading.models
        models.budget = type(models.budget)(keys=text.token_bytes * 24 * 2 * 3, adapters=0)  # half of it holds three rows

        in_turn = await texts(http, asked(1, n=10))

        assert in_turn == whole


async def test_metrics_tell_of_batches_times_and_memory(http: aiohttp.ClientSession) -> None:
    await texts(http, asked(1, max_tokens=5))

    async with http.get("/metrics") as response:
        told = await response.text()

    for name in (
        "first_token_seconds_count 1",
        "token_seconds_count",
        'batch_rows_bucket{le="+Inf"}',
        "kv_bytes",
        "adapter_bytes",
    ):
        assert f"muselab_{name}" in told
    values = dict(line.rsplit(" ", 1) for line in told.splitlines() if not line.startswith("#"))
    assert 0 < float(values["muselab_kv_bytes"]) < float(values["muselab_kv_budget_bytes"])


# ------------------------------------------------------------------------------------------------------- whose turn it is


class One:
    """What waits."""

    def __init__(self, team: str, rows: int = 1, need: int = 0) -> None:
        self.team, self.rows, self.need = team, rows, need


def let_in(waiting: list[One], active: list[One] = (), *, rows: int = 8, most_bytes: float = 100.0, **served: float) -> list[str]:
    counts = Served()
    for name, tokens in served.items():
        counts.count(name, tokens)
    return [one.team for one in admitted(deque(waiting), list(active), counts, most_rows=rows, most_bytes=most_bytes)]


def test_the_least_served_team_goes_first() -> None:
    assert let_in([One("a"), One("a"), One("b")], rows=2, a=50.0, b=3.0)[0] == "b"


def test_one_team_leaves_room_for_anothers_first_request() -> None:
    assert let_in([One("a", 2)] * 9 + [One("b", 2)], rows=8) == ["a", "a", "a", "b"] or let_in(
        [One("a", 2)] * 9 + [One("b", 2)], rows=8
    ) == ["a", "b", "a", "a"]


def test_memory_bounds_who_is_let_in_and_who_needs_more_than_there_is_comes_alone() -> None:
    assert let_in([One("a", need=60), One("b", need=60)]) == ["a"]
    assert let_in([One("a", need=600)]) == ["a"]
    assert let_in([One("a", need=600)], [One("b", need=1)]) == []


def test_a_team_that_comes_back_has_saved_nothing_up() -> None:
    served = Served()
    served.count("busy", 1000.0)

    served.welcome("idle", {"busy"})

    assert served("idle") == 1000.0


class Steady:
    """A job that feeds one row at a time to a model that only counts."""

    rows = 1

    def __init__(self, steps: int, team: str, log: list[str]) -> None:
        self.steps_left, self.team, self.log = steps, team, log

    size, drawn, most, divisible = 64, True, 0, False

    def goes_with(self, _other: object) -> bool:
        return True

    def run(self, requests):
        time.sleep(0.001)
        self.log += [request.team for request in requests]
        return [None] * len(requests)

    def joining(self) -> Iterator:
        for _step in range(self.steps_left):
            yield self
        yield [Piece(0, finish="stop")]

    steps = joining


def test_teams_are_served_alike_however_many_requests_one_has() -> None:
    worker, log, done = Worker(), [], threading.Semaphore(0)

    def hear(events: list[Event]) -> None:
        if events[-1] is None:
            done.release()

    for _request in range(20):
        worker.submit(Steady(30, "many", log), hear, team="many")
    worker.submit(Steady(30, "one", log), hear, team="one")
    worker.start()

    assert all(done.acquire(timeout=START_S) for _request in range(21))
    worker.close(wait_s=START_S)
    last = max(place for place, name in enumerate(log) if name == "one")
    assert last < 70  # 30 passes of its own and as many of the other team, not 20 times as many


def test_a_team_may_not_fill_the_queue_while_others_are_there() -> None:
    worker = Worker(most_rows=1, most_waiting=8)
    worker.submit(Slow(1), lambda _events: None, team="other")
    for _request in range(6):
        worker.submit(Slow(1), lambda _events: None, team="greedy")

    with pytest.raises(Full):
        worker.submit(Slow(1), lambda _events: None, team="greedy")
    worker.submit(Slow(1), lambda _events: None, team="other")


def test_a_team_is_known_by_a_hash() -> None:
    assert team("guild") == team("guild") != team("other")
    assert "guild" not in team("guild")
    assert team("") == ""
