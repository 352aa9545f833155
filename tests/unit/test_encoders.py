"""Vectors of texts in every script, and what happens when the service's encoder becomes another."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import numpy as np
import pytest

from generators.client.answered import Declined
from generators.client.embeddings import Embeddings
from generators.engines.text.multilingual import WIDTH, BothEncoders, available, reads


class English:
    """Stands for the English encoder: tells which texts it was given."""

    name = "all-MiniLM-L6-v2"

    def __init__(self) -> None:
        self.given: list[str] = []

    def embed(self, texts: Sequence[str]) -> tuple[Any, int]:
        self.given += texts
        rows = np.zeros((len(texts), WIDTH), dtype=np.float32)
        rows[:, 0] = 1.0
        return rows, len(texts)

    def words(self, tokens: Sequence[int]) -> str:
        return " ".join(map(str, tokens))


@pytest.mark.parametrize("text", ["给一家茶馆起个名字", "お茶の名前", "찻집", "чайная", "ชา", "a name for 茶馆", "𠮷野家"])
def test_texts_in_other_scripts_are_for_the_multilingual_encoder(text: str) -> None:
    assert reads(text)


@pytest.mark.parametrize("text", ["a tea bar", "ein Café für Größen", "“quotes” – and 🔥", ""])
def test_latin_texts_are_not(text: str) -> None:
    assert not reads(text)


@pytest.fixture(scope="module")
def both() -> BothEncoders:
    if not available():
        pytest.skip("the multilingual encoder is not installed")
    return BothEncoders(English())


@pytest.mark.model
def test_each_encoder_is_given_what_it_reads_and_rows_keep_their_places(both: BothEncoders) -> None:
    rows, spent = both.embed(["tea", "茶馆", "coffee"])

    assert rows.shape == (3, WIDTH)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-4)
    assert rows[0, 0] == rows[2, 0] == 1.0 != rows[1, 0]
    assert spent > 3


@pytest.mark.model
def test_a_chinese_topic_is_nearer_to_its_ideas_than_to_others(both: BothEncoders) -> None:
    topic, *ideas = both.embed(["给一家茶馆起个名字", "清风茶舍", "竹影茶轩", "自行车修理铺", "数据库索引"])[0]
    near = [float(topic @ idea) for idea in ideas]

    assert min(near[:2]) > max(near[2:])


@pytest.mark.model
def test_a_paraphrase_is_nearer_than_another_thought(both: BothEncoders) -> None:
    idea, same, other = both.embed(["每周五下午不开会", "周五下午取消所有会议", "给每位客户写一张明信片"])[0]

    assert idea @ same > idea @ other + 0.2


@pytest.mark.model
def test_vectors_have_a_name_with_a_version(both: BothEncoders) -> None:
    assert both.name.startswith("all-MiniLM-L6-v2+use-m3.")


class Service:
    """Stands for a service whose encoder can be exchanged."""

    def __init__(self, encoder: str, width: int) -> None:
        self.encoder, self.width, self.asked = encoder, width, 0

    async def place(self) -> str:
        return "http://service"

    async def get(self, path: str) -> dict[str, Any]:
        return {"data": [{"id": self.encoder, "owned_by": "muselab"}]}

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.asked += len(body["input"])
        if body["model"] != self.encoder:
            raise Declined(HTTPStatus.NOT_FOUND, "no such model")
        rows = [{"index": index, "embedding": [1.0] * self.width} for index in range(len(body["input"]))]
        return {"data": rows, "model": self.encoder}


def embeddings(service: Service) -> Embeddings:
    from generators.client.served import Served

    return Embeddings(service, Served(service, ""))  # type: ignore[arg-type]


async def test_when_the_service_comes_back_with_another_encoder_everything_is_embedded_anew() -> None:
    service = Service("minilm-1", 4)
    vectors = embeddings(service)
    await vectors.of(["tea", "coffee"])
    service.encoder, service.width = "minilm-2", 6

    rows = await vectors.of(["tea", "cocoa"])

    assert rows is not None
    assert rows.shape == (2, 6)
    assert vectors.encoder == "minilm-2"


async def test_what_is_remembered_is_not_asked_again_while_the_encoder_stays() -> None:
    service = Service("minilm-1", 4)
    vectors = embeddings(service)
    await vectors.of(["tea", "coffee"])

    await vectors.of(["coffee", "tea"])

    assert service.asked == 2


async def test_a_text_that_was_remembered_is_never_mixed_with_vectors_of_another_encoder() -> None:
    service = Service("minilm-1", 4)
    vectors = embeddings(service)
    await vectors.of(["tea"])

    class Renamed(Service):
        async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
            self.encoder, self.width = "minilm-2", 6
            return await super().post(path, {**body, "model": self.encoder})

    service.__class__ = Renamed
    rows = await vectors.of(["tea", "coffee"])

    assert rows is not None
    assert rows.shape == (2, 6)
