"""Who is let in to the generation service, what is measured before it is worked on, and that nobody stops the others."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.config import ServiceTable
from bot.domain.errors import Misconfigured
from generators.engines.text.model import TextModel
from generators.service import telling
from generators.service.app import Service
from generators.service.doors import Door, is_loopback, refuse_open
from generators.service.taking import LETTERS_A_TOKEN, MOST_LETTERS, MOST_SCHEMA
from tests import tiny
from tests.unit.test_generator_lora import saved

pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")

JSON = {"Content-Type": "application/json"}
BLOCK = {"Origin": "https://page.example"}


@pytest.fixture(scope="module")
def text() -> TextModel:
    return tiny.text_model("llama")


@pytest.fixture
async def service(text: TextModel, tmp_path: Path) -> AsyncIterator[tuple[str, Service]]:
    async with tiny.served(text, tiny.vector_model(), adapters=tmp_path / "adapters") as place:
        yield place


@pytest.fixture
async def http(service: tuple[str, Service]) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base_url=service[0] + "/") as session:
        yield session


async def told(http: aiohttp.ClientSession, path: str, body: object, **headers: str) -> tuple[int, str]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with http.post(path, data=raw, headers=JSON | headers) as response:
        return response.status, (await response.json())["error"]["message"] if response.status != 200 else ""


# ----------------------------------------------------------------------------------------------------- who is let in


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.7", "no-such-host.invalid"])
def test_a_service_that_other_machines_reach_does_not_start_without_a_token(host: str) -> None:
    with pytest.raises(Misconfigured, match="MUSELAB_SERVICE__TOKEN.*MUSELAB_SERVICE__OPEN"):
        refuse_open(ServiceTable(host=host))

    refuse_open(ServiceTable(host=host, token=SecretStr("a long random word")))
    refuse_open(ServiceTable(host=host, open=True))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.4.5.6", "::1", "localhost"])
def test_a_service_on_loopback_needs_none(host: str) -> None:
    refuse_open(ServiceTable(host=host))

    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["page.example", "127.0.0.1.page.example", "localhost.page.example", "192.0.2.7", "", "[::2]:80"]
)
async def test_a_page_that_calls_this_machine_by_its_own_name_is_not_served(http: aiohttp.ClientSession, host: str) -> None:
    async with http.get("models", headers={"Host": host}) as response:
        answer = await response.json()

    assert response.status == 403
    assert answer["error"]["code"] == "host_not_allowed"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8100", "localhost.", "127.0.0.1:1", "[::1]:8100", "muse.localhost"])
async def test_loopback_is_called_by_many_names(http: aiohttp.ClientSession, host: str) -> None:
    async with http.get("models", headers={"Host": host}) as response:
        assert response.status == 200


async def test_the_host_of_the_service_may_add_names(text: TextModel) -> None:
    doors = {
        "named": Door(hosts=["GPU.example"]),
        "named, with a token": Door(token="t", hosts=["gpu.example"]),
        "a token alone": Door(token="t"),
        "other machines": Door(loopback=False),
    }
    found: dict[str, list[int]] = {}
    for name, door in doors.items():
        async with tiny.served(text, door=door) as (url, _service), aiohttp.ClientSession() as http:
            for host in ("gpu.example:8100", "page.example", "192.0.2.7"):
                headers = {"Host": host, "Authorization": "Bearer t"}
                async with http.get(f"{url}/models", headers=headers) as response:
                    found.setdefault(name, []).append(response.status)

    assert found == {
        "named": [200, 403, 403],
        "named, with a token": [200, 403, 403],
        "a token alone": [200, 200, 200],  # no page knows it
        "other machines": [403, 403, 200],  # an address cannot be made to mean another machine
    }


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
@pytest.mark.parametrize("path", ["completions", "chat/completions", "embeddings", "load_lora_adapter", "unload_lora_adapter"])
async def test_what_a_page_can_post_unasked_is_not_taken(http: aiohttp.ClientSession, path: str, kind: str) -> None:
    async with http.post(path, data=b'{"prompt": "x"}', headers={"Content-Type": kind} | BLOCK) as response:
        answer = await response.json()

    assert response.status == 415
    assert "application/json" in answer["error"]["message"]


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
async def test_json_is_taken(http: aiohttp.ClientSession, kind: str) -> None:
    async with http.post("completions", data=b'{"prompt": "x", "max_tokens": 1}', headers={"Content-Type": kind}) as response:
        assert response.status == 200


async def test_a_page_is_not_told_that_it_may_post_json(http: aiohttp.ClientSession) -> None:
    asking = BLOCK | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    async with http.options("completions", headers=asking) as response:
        assert response.status == 405
        assert not any(name.lower().startswith("access-control-allow") for name in response.headers)


# ------------------------------------------------------------------------------------------------ adapters and folders


async def test_one_sentence_for_every_folder_that_is_none_of_ours(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    root, outside = tmp_path / "adapters", saved(tmp_path / "outside")
    (root / "empty").mkdir(parents=True)
    (root / "link").symlink_to(outside)
    (root / "ring").symlink_to(root / "ring")
    paths = ["/", "/etc", "/dev", "/proc/self", "nowhere", "empty", "link", "ring", "..", "../outside", str(outside), "a\0b", "."]
    paths += ["x" * 256, "x" * 4096, "/".join(["x" * 250] * 16)]

    answers = {await told(http, "load_lora_adapter", {"lora_name": "a", "lora_path": path}) for path in paths}

    assert len(answers) == 1
    status, sentence = answers.pop()
    assert status == 404
    assert "MUSELAB_SERVICE__ADAPTERS" in sentence


async def test_an_adapter_in_the_folder_is_found_by_its_name_and_by_its_path(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    folder = saved(tmp_path / "adapters" / "a1")

    assert (await told(http, "load_lora_adapter", {"lora_name": "one", "lora_path": "a1"}))[0] == 200
    assert (await told(http, "load_lora_adapter", {"lora_name": "two", "lora_path": str(folder)}))[0] == 200


async def test_without_a_folder_nothing_is_loaded(text: TextModel, tmp_path: Path) -> None:
    folder = saved(tmp_path / "a1")
    async with tiny.served(text) as (url, _service), aiohttp.ClientSession(base_url=url + "/") as http:
        assert (await told(http, "load_lora_adapter", {"lora_name": "a", "lora_path": str(folder)}))[0] == 404


# ---------------------------------------------------------------------------------------- measured before it is worked on


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("completions", {"prompt": "x", "user": "\ud800"}),
        ("completions", {"prompt": "x", "model": "a\udfffb"}),
        ("completions", {"prompt": "\udc00x"}),
        ("completions", {"prompt": "x", "guided_json": {"type": "object", "properties": {"\ud83d": {}}}}),
        ("chat/completions", {"messages": [{"role": "user", "content": "x"}], "user": "\ud83d\ud83d"}),
        ("embeddings", {"input": "x", "user": "\ude00\ud83d"}),
        ("load_lora_adapter", {"lora_name": "\ud800", "lora_path": "x"}),
    ],
)
async def test_half_a_character_is_refused_wherever_it_stands(http: aiohttp.ClientSession, path: str, body: object) -> None:
    status, sentence = await told(http, path, body)

    assert status == 400
    assert "half a surrogate pair" in sentence


async def test_a_whole_pair_is_a_character(http: aiohttp.ClientSession) -> None:
    assert (await told(http, "completions", {"prompt": "\U0001f600", "user": "\U0001f600", "max_tokens": 1}))[0] == 200
    assert (await told(http, "completions", b'{"prompt": "\\ud83d\\ude00", "max_tokens": 1}'))[0] == 200


class Untouchable:
    """A tokenizer that must not be asked."""

    def __getattr__(self, name: str) -> None:
        raise AssertionError(name)

    def __call__(self, *_given: object, **_more: object) -> None:
        raise AssertionError("tokenised")


LONG = "tea " * (LETTERS_A_TOKEN * tiny.CONTEXT // 4 + 1)


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("completions", {"prompt": LONG}, "this model holds"),
        ("completions", {"prompt": ["x", LONG]}, "this model holds"),
        ("completions", {"prompt": [1] * (tiny.CONTEXT + 1)}, "this model holds"),
        ("completions", {"prompt": ["x" * 15_000] * 40}, f"{MOST_LETTERS} characters together"),
        ("completions", {"prompt": ["x" * 15_000] * 40, "max_tokens": 0, "echo": True, "logprobs": 0}, "characters together"),
        ("chat/completions", {"messages": [{"role": "user", "content": LONG}]}, "this model holds"),
        ("chat/completions", {"messages": [{"role": "user", "content": "x" * 200}] * 2000}, "this model holds"),
        ("completions", {"prompt": "x", "guided_json": {"enum": ["x" * MOST_SCHEMA]}}, "schema"),
        ("completions", {"prompt": "x", "guided_json": "[" * 5_000}, "guided_json"),
    ],
)
async def test_too_much_is_told_by_its_size_and_not_tokenised_to_be_counted(
    service: tuple[str, Service], http: aiohttp.ClientSession, path: str, body: dict, sentence: str, monkeypatch
) -> None:
    models = service[1].loading.models
    assert models is not None
    monkeypatch.setattr(models.text.tokens, "tokenizer", Untouchable())

    status, message = await told(http, path, body)

    assert status == 400
    assert sentence in message


async def test_what_is_cut_from_a_text_is_not_tokenised_before_its_vector(http: aiohttp.ClientSession) -> None:
    vectors = []
    for words in (10_000, 40_000):
        async with http.post("embeddings", json={"input": "tea " * words}) as response:
            vectors.append((await response.json())["data"][0]["embedding"])

    assert vectors[0] == vectors[1]


# ------------------------------------------------------------------------------------------------- nobody stops the others


@pytest.mark.parametrize(
    "value", [{}, [], {"a": []}, {"choices": [{"x": {"y": [1] * 200}}, {"z": [{"t": "é"}] * 130}]}, [{}, {"a": 1}]]
)
def test_slices_make_the_same_json(value: object) -> None:
    assert json.loads(telling.written(value)) == value


async def test_a_large_answer_is_written_beside_the_loop_and_no_call_of_json_writes_all_of_it(
    http: aiohttp.ClientSession, monkeypatch
) -> None:
    calls: list[tuple[bool, int]] = []
    plain = telling._dumps

    def noting(value: object) -> str:
        made = plain(value)
        calls.append((threading.current_thread() is threading.main_thread(), len(made)))
        return made

    monkeypatch.setattr(telling, "_dumps", noting)
    body = {"prompt": "Tea " * 100, "n": 16, "max_tokens": 2, "echo": True, "logprobs": 20}

    async with http.post("completions", json=body) as response:
        answer = await response.read()

    assert len(json.loads(answer)["choices"]) == 16
    assert not any(on_the_loop for on_the_loop, _size in calls)
    assert max(size for _loop, size in calls) < len(answer) / 16


async def test_health_is_told_while_a_large_answer_is_written(http: aiohttp.ClientSession, monkeypatch) -> None:
    writing, go_on = threading.Event(), threading.Event()
    plain = telling._dumps

    def waiting(value: object) -> str:
        writing.set()
        assert go_on.wait(60)
        return plain(value)

    monkeypatch.setattr(telling, "_dumps", waiting)
    body = {"prompt": "Tea " * 100, "n": 4, "max_tokens": 2, "echo": True, "logprobs": 20}
    asked = asyncio.create_task(told(http, "completions", body))
    try:
        assert await asyncio.to_thread(writing.wait, 60)
        async with http.get("/health") as health:
            assert health.status == 200
        assert not asked.done()
    finally:
        go_on.set()

    assert (await asked)[0] == 200


def test_the_folder_of_adapters_is_the_data_folders_own(tmp_path: Path, monkeypatch) -> None:
    from bot.config import Settings

    monkeypatch.chdir(tmp_path)

    assert Settings(home=Path("home")).served.adapters == os.fspath(tmp_path / "home" / "adapters")
    assert Settings(home=tmp_path, service=ServiceTable(adapters="/srv/a")).served.adapters == "/srv/a"
