"""How a model is asked follows from what its service says of it, and from its name only where that says nothing."""

from __future__ import annotations

import pytest

from generators.client.answered import Json
from generators.client.served import Served


class Listing:
    """A service that lists models; `where` changes when another process answers in its place."""

    def __init__(self, *models: Json) -> None:
        self.models = list(models)
        self.where = "http://one"
        self.asked = 0

    async def place(self) -> str:
        return self.where

    async def get(self, _path: str) -> Json:
        self.asked += 1
        return {"data": self.models}


def a_model(name: str, **told: object) -> Json:
    return {"id": name, "owned_by": "muselab", **told}


def served(listing: Listing) -> Served:
    return Served(listing, "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "parameters", "obeys"),
    [("Renamed", 494_032_768, False), ("Qwen-0.5B-of-a-friend", 7_615_616_512, True), ("out", 134_515_008, False)],
)
async def test_size_decides_how_a_model_is_asked_not_its_folders_name(name: str, parameters: int, obeys: bool) -> None:
    assert await served(Listing(a_model(name, parameters=parameters))).follows_orders(name) is obeys


@pytest.mark.parametrize(("parameters", "obeys"), [(494_032_768, True), (134_515_008, False)])
async def test_a_smaller_model_is_ordered_in_chinese_than_in_english(parameters: int, obeys: bool) -> None:
    assert await served(Listing(a_model("any", parameters=parameters))).follows_orders("any", chinese=True) is obeys


@pytest.mark.parametrize(("reads", "chinese"), [(["en", "zh"], True), (["en"], False)])
async def test_what_the_tokenizer_reads_decides_about_chinese(reads: list[str], chinese: bool) -> None:
    assert await served(Listing(a_model("SmolLM-by-name", reads=reads))).reads_chinese("SmolLM-by-name") is chinese


@pytest.mark.parametrize(("name", "obeys", "chinese"), [("Qwen/Qwen3-4B", True, True), ("SmolLM2-360M-Instruct", False, False)])
async def test_the_name_has_to_do_where_a_service_says_nothing(name: str, obeys: bool, chinese: bool) -> None:
    asked = served(Listing(a_model(name)))

    assert await asked.follows_orders(name) is obeys
    assert await asked.reads_chinese(name) is chinese


async def test_a_list_is_asked_for_once_and_again_when_another_process_answers() -> None:
    listing = Listing(a_model("first"))
    asked = served(listing)
    names = [await asked.model(), await asked.model()]

    listing.where, listing.models = "http://two", [a_model("second")]

    assert [*names, await asked.model()] == ["first", "first", "second"]
    assert listing.asked == 2
