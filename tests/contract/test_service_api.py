"""The generation service as OpenAI's own client and careless clients meet it."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator

import aiohttp
import openai
import pytest
from prometheus_client.parser import text_string_to_metric_families

from generators.engines.text.model import TextModel
from generators.service.app import MOST_BODY, Service
from generators.service.events import Began, Event, Piece
from generators.service.metrics import HELP
from generators.service.worker import Worker
from tests import tiny
from tests.fair import START_S, until

MODEL = "tiny-random"


@pytest.fixture(scope="module")
def text() -> TextModel:
    return tiny.text_model("llama", name=MODEL)


@pytest.fixture
async def service(text: TextModel) -> AsyncIterator[tuple[str, Service]]:
    async with tiny.served(text, tiny.vector_model()) as place:
        yield place


@pytest.fixture
async def client(service: tuple[str, Service]) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=service[0], api_key="none", max_retries=0) as made:
        yield made


@pytest.fixture
async def http(service: tuple[str, Service]) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base_url=service[0] + "/") as session:
        yield session


async def test_models_are_listed_and_found(client: openai.AsyncOpenAI) -> None:
    listed = [model.id async for model in client.models.list()]

    assert listed == [MODEL, "tiny-embedder"]
    assert (await client.models.retrieve(MODEL)).owned_by == "muselab"


async def test_a_completion_has_its_choices_and_counts_its_tokens(client: openai.AsyncOpenAI) -> None:
    answer = await client.completions.create(model=MODEL, prompt="Tea", n=3, max_tokens=5, seed=1, logprobs=2)

    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert answer.usage.prompt_tokens == 3
    assert answer.usage.completion_tokens == sum(len(choice.logprobs.tokens) for choice in answer.choices)
    told = answer.choices[0].logprobs
    assert max(len(top) for top in told.top_logprobs) == 2  # fewer where two halves of characters are spelled alike
    assert all(max(top.values()) >= value - 1e-6 for top, value in zip(told.top_logprobs, told.token_logprobs, strict=True))


async def test_a_stream_brings_the_same_as_one_answer(client: openai.AsyncOpenAI) -> None:
    asked = {"model": MODEL, "prompt": "Tea", "n": 3, "max_tokens": 8, "seed": 4}
    whole = await client.completions.create(**asked)

    texts, used = dict.fromkeys(range(3), ""), None
    async for chunk in await client.completions.create(**asked, stream=True, stream_options={"include_usage": True}):
        used = chunk.usage or used
        for choice in chunk.choices:
            texts[choice.index] += choice.text

    assert texts == {choice.index: choice.text for choice in whole.choices}
    assert used == whole.usage


async def test_a_chat_answers_and_streams_the_same(client: openai.AsyncOpenAI) -> None:
    asked = {"model": MODEL, "messages": [{"role": "user", "content": "Tea?"}], "max_tokens": 6, "seed": 2}
    whole = await client.chat.completions.create(**asked, logprobs=True, top_logprobs=2)

    text, roles = "", []
    async for chunk in await client.chat.completions.create(**asked, stream=True):
        text += chunk.choices[0].delta.content or ""
        roles.append(chunk.choices[0].delta.role)

    assert text == whole.choices[0].message.content
    assert roles[0] == "assistant"
    assert all(len(token.top_logprobs) == 2 for token in whole.choices[0].logprobs.content)


async def test_a_begun_answer_is_continued(http: aiohttp.ClientSession, text: TextModel) -> None:
    messages = [{"role": "user", "content": "Tea?"}, {"role": "assistant", "content": "You could"}]
    body = {"messages": messages, "max_tokens": 6, "temperature": 0, "continue_final_message": True}

    async with http.post("chat/completions", json=body) as response:
        continued = (await response.json())["choices"][0]["message"]["content"]

    plain = {"prompt": f"<user>Tea?{tiny.END}<assistant>You could", "max_tokens": 6, "temperature": 0}
    async with http.post("completions", json=plain) as response:
        assert (await response.json())["choices"][0]["text"] == continued


async def test_embeddings_have_the_dimensions_asked_for_or_are_refused(client: openai.AsyncOpenAI) -> None:
    whole = (await client.embeddings.create(model="tiny-embedder", input="tea")).data[0].embedding
    wanted = len(whole) // 2

    cut = (await client.embeddings.create(model="tiny-embedder", input="tea", dimensions=wanted)).data[0].embedding

    length = sum(value**2 for value in whole[:wanted]) ** 0.5
    assert cut == pytest.approx([value / length for value in whole[:wanted]], abs=1e-5)
    with pytest.raises(openai.BadRequestError, match=f"have {len(whole)} numbers, not {len(whole) + 1}"):
        await client.embeddings.create(model="tiny-embedder", input="tea", dimensions=len(whole) + 1)


async def test_embeddings_come_as_floats_and_as_base64(client: openai.AsyncOpenAI) -> None:
    coded = await client.embeddings.create(model="tiny-embedder", input=["tea", "coffee"])
    plain = await client.embeddings.create(model="tiny-embedder", input=["tea", "coffee"], encoding_format="float")

    assert coded.data[1].embedding == pytest.approx(plain.data[1].embedding, abs=1e-6)
    assert sum(value**2 for value in plain.data[0].embedding) == pytest.approx(1.0, abs=1e-4)


async def test_whole_prompts_are_scored(client: openai.AsyncOpenAI) -> None:
    scored = await client.completions.create(model=MODEL, prompt=["Tea bar", "Tea can"], max_tokens=0, echo=True, logprobs=0)

    one, two = (choice.logprobs for choice in scored.choices)
    assert [choice.text for choice in scored.choices] == ["Tea bar", "Tea can"]
    assert one.token_logprobs[0] is None
    assert one.token_logprobs[1:4] == two.token_logprobs[1:4]
    assert one.text_offset == list(range(7))


async def test_several_prompts_have_n_choices_each(client: openai.AsyncOpenAI) -> None:
    answer = await client.completions.create(model=MODEL, prompt=["Tea", "Coffee"], n=2, max_tokens=4, seed=1)

    assert [choice.index for choice in answer.choices] == [0, 1, 2, 3]


async def test_openais_client_reads_our_errors(client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="no-such-model"):
        await client.completions.create(model="no-such-model", prompt="Tea")
    with pytest.raises(openai.BadRequestError, match="this model holds") as caught:
        await client.completions.create(model=MODEL, prompt="x" * 2 * tiny.CONTEXT)

    assert caught.value.code == "context_length_exceeded"


async def test_only_who_has_the_token_is_served(text: TextModel) -> None:
    async with tiny.served(text, token="s3cret") as (url, _service):
        async with openai.AsyncOpenAI(base_url=url, api_key="wrong", max_retries=0) as stranger:
            with pytest.raises(openai.AuthenticationError):
                await stranger.models.list()
        async with openai.AsyncOpenAI(base_url=url, api_key="s3cret") as friend:
            assert (await friend.models.list()).data


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("completions", {"prompt": "x", "n": 0}, "n: "),
        ("completions", {"prompt": "x", "n": 1000}, "n: "),
        ("completions", {"prompt": "x", "max_tokens": -1}, "max_tokens: "),
        ("completions", {"prompt": "x", "max_tokens": "many"}, "max_tokens: "),
        ("completions", {"prompt": "x", "max_tokens": 0}, "only with echo"),
        ("completions", {"prompt": "x", "temperature": 9}, "temperature: "),
        ("completions", {"prompt": "x", "top_p": 0}, "top_p: "),
        ("completions", {"prompt": "x", "min_p": 2}, "min_p: "),
        ("completions", {"prompt": "x", "stop": [""]}, "stop"),
        ("completions", {"prompt": "x", "stop": ["a"] * 99}, "stop"),
        ("completions", {"prompt": "x", "logit_bias": {"999999": 1}}, "token id"),
        ("completions", {"prompt": "x", "suffix": "y"}, "suffix is not supported"),
        ("completions", {"prompt": [1, 999999]}, "token id"),
        ("completions", {"prompt": ["x"] * 100, "n": 100}, "choices"),
        ("completions", {"prompt": []}, "prompt"),
        ("completions", {"prompt": ""}, "empty"),
        ("completions", {"prompt": None}, "prompt"),
        ("completions", {}, "prompt: "),
        ("completions", [], "JSON object"),
        ("chat/completions", {"messages": []}, "messages: "),
        ("chat/completions", {"messages": [{"role": "wizard", "content": "x"}]}, "role"),
        ("chat/completions", {"messages": [{"role": "user", "content": "x"}], "tools": [{}]}, "tools: "),
        ("chat/completions", {"messages": [{"role": "user", "content": "x"}], "continue_final_message": True}, "assistant"),
        ("chat/completions", {"messages": [{"role": "user", "content": "x"}], "response_format": {"type": "json"}}, "text"),
        ("embeddings", {"input": []}, "input"),
        ("embeddings", {"input": "x", "encoding_format": "runes"}, "encoding_format: "),
    ],
)
async def test_bad_input_gets_a_sentence_that_names_it(http: aiohttp.ClientSession, path: str, body: object, told: str) -> None:
    async with http.post(path, json=body) as response:
        answer = await response.json()

    assert response.status == 400
    assert told in answer["error"]["message"]
    assert answer["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        (b"{bad", 400),
        (b'{"prompt": "x", "temperature": NaN}', 400),
        (b"[" * 100_000, 400),
        (b"\xff\xfe", 400),
        (b"x" * (MOST_BODY + 1), 413),
    ],
    ids=["not JSON", "not a number", "deep", "not UTF-8", "huge"],
)
async def test_broken_bodies_are_declined(http: aiohttp.ClientSession, payload: bytes, status: int) -> None:
    async with http.post("completions", data=io.BytesIO(payload), headers={"Content-Type": "application/json"}) as response:
        answer = await response.json()

    assert response.status == status
    assert answer["error"]["message"]


async def test_unknown_paths_and_methods_are_told_in_the_same_shape(http: aiohttp.ClientSession) -> None:
    async with http.get("nothing") as missing, http.get("completions") as wrong:
        assert (missing.status, wrong.status) == (404, 405)
        assert (await missing.json())["error"]["message"] == "GET /v1/nothing: Not Found."


async def test_health_and_metrics_tell_what_goes_on(service: tuple[str, Service], http: aiohttp.ClientSession) -> None:
    async with http.post("completions", json={"prompt": "Tea", "max_tokens": 3}) as response:
        spent = (await response.json())["usage"]["completion_tokens"]

    async with http.get("/health") as response:
        assert (await response.json())["status"] == "ready"
    async with http.get("/metrics") as response:
        lines = (await response.text()).splitlines()

    assert f"muselab_completion_tokens_total {spent}" in lines
    assert 'muselab_requests_total{path="/v1/completions",status="200"} 1' in lines
    assert "muselab_waiting_requests 0" in lines


async def test_every_figure_says_what_it_means_and_every_meaning_has_its_figure(http: aiohttp.ClientSession) -> None:
    async with http.get("/metrics") as response:
        families = list(text_string_to_metric_families(await response.text()))

    told = {family.name + "_total" * (family.type == "counter"): family.documentation for family in families}
    assert told == HELP


async def test_a_loading_service_says_how_far_it_is(service: tuple[str, Service], http: aiohttp.ClientSession) -> None:
    service[1].loading.models, service[1].loading.status = None, "loading"
    service[1].loading.report("converting", 0.4)

    async with http.get("/health") as health, http.post("completions", json={"prompt": "x"}) as refused:
        assert (health.status, refused.status) == (503, 503)
        assert await health.json() == {"status": "loading", "doing": "converting", "done": 0.4}
        assert (await refused.json())["error"]["code"] == "loading"


# ------------------------------------------------------------------------------- the worker, with jobs that wait for us


class Slow:
    """A job of many short steps."""

    def __init__(self, steps: int, *, rows: int = 1, failure: Exception | None = None) -> None:
        self.rows = rows
        self.taken = 0
        self._steps = steps
        self._failure = failure

    def steps(self) -> Iterator[list[Event]]:
        yield [Began(1)]
        for _step in range(self._steps):
            self.taken += 1
            time.sleep(0.002)
            yield [Piece(0, "x", spent=1)]
        if self._failure is not None:
            raise self._failure
        yield [Piece(0, finish="stop")]


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker(most_rows=4, most_waiting=2)
    made.start()
    yield made
    made.close(wait_s=START_S)


def test_a_short_job_does_not_wait_for_a_long_one(worker: Worker) -> None:
    long, short, done = Slow(2000), Slow(3), threading.Event()
    taken: list[int] = []

    def hear(events: list[Event]) -> None:
        if events[-1] is None:
            taken.append(long.taken)
            done.set()

    worker.submit(long, lambda _events: None)
    worker.submit(short, hear)

    assert done.wait(START_S)
    assert taken[0] < 100


def test_a_cancelled_job_stops_within_a_step(worker: Worker) -> None:
    job, ended = Slow(100_000), threading.Event()
    ticket = worker.submit(job, lambda events: ended.set() if events[-1] is None else None)
    while job.taken < 3:
        time.sleep(0.001)

    ticket.cancel()
    taken = job.taken

    assert ended.wait(START_S)
    assert job.taken <= taken + 1


def test_jobs_with_many_rows_wait_for_room(worker: Worker) -> None:
    first, second = Slow(50, rows=3), Slow(1, rows=3)
    ended = threading.Event()

    worker.submit(first, lambda _events: None)
    worker.submit(second, lambda events: ended.set() if events[-1] is None else None)

    assert ended.wait(START_S)
    assert first.taken == 50


def test_a_failing_job_fails_alone(worker: Worker) -> None:
    told: list[Event] = []
    ended = threading.Event()
    worker.submit(Slow(1, failure=MemoryError()), told.extend)
    worker.submit(Slow(20), lambda events: ended.set() if events[-1] is None else None)

    assert ended.wait(START_S)
    assert [type(event) for event in told] == [Began, Piece, MemoryError, type(None)]


async def test_more_than_can_wait_is_told_to_come_back(text: TextModel) -> None:
    full = Worker(most_rows=1, most_waiting=1)
    async with tiny.served(text, worker=full) as (url, _service), aiohttp.ClientSession(base_url=url + "/") as http:
        full.submit(Slow(100_000), lambda _events: None)
        await until(lambda: full.rows == 1)
        full.submit(Slow(100_000), lambda _events: None)

        async with http.post("completions", json={"prompt": "x"}) as response:
            assert response.status == 429
            assert int(response.headers["Retry-After"]) > 0
            assert (await response.json())["error"]["type"] == "rate_limit_error"


async def test_a_client_that_hangs_up_frees_its_place(service: tuple[str, Service]) -> None:
    url, inside = service
    async with aiohttp.ClientSession() as http:
        body = {"prompt": "Tea", "max_tokens": 900, "n": 8, "stream": True, "logit_bias": {"256": -100}}
        async with http.post(url + "/completions", json=body) as response:
            await response.content.readline()
            assert inside.worker.rows == 8

    await until(lambda: inside.worker.rows == 0)
    assert inside.metrics.completion_tokens < 8 * 900


async def test_an_error_in_the_middle_of_a_stream_is_told_and_the_service_goes_on(
    service: tuple[str, Service], http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = service[1].loading.models
    monkeypatch.setattr(broken, "completion", lambda *_asked: [Slow(2, failure=MemoryError())])

    async with http.post("completions", json={"prompt": "x", "stream": True}) as response:
        events = [json.loads(line[5:]) for line in (await response.text()).splitlines() if line.startswith("data:")]
    async with http.post("completions", json={"prompt": "x"}) as response:
        assert response.status == 503
    monkeypatch.undo()
    async with http.post("completions", json={"prompt": "x", "max_tokens": 2}) as response:
        assert response.status == 200

    assert events[-1]["error"]["code"] == "out_of_memory"
