"""Team material on every store: kept in pieces, in order, apart by team, and nowhere once it was deleted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.domain.material import Piece
from bot.ports import Store
from tests.contract.stores import ANN, BOB, NOW, OTHERS, TEAM, later


def a_piece(text: str = "Tea is served from four.", **changes: Any) -> Piece:
    given: dict[str, Any] = {"team": TEAM, "document": "d1", "name": "handbook.md", "place": 0, "by": ANN, "at": NOW}
    given |= {"encoder": "letters", "vector": bytes(range(16))}
    return Piece(text=text, **{**given, **changes})


def files_with(text: str, folder: Path) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]


async def test_documents_come_back_in_order_and_to_their_team_alone(store: Store) -> None:
    first = [a_piece(), a_piece("No dogs.", place=1)]
    second = a_piece("Rent: 900.", document="d2", name="plan.pdf", at=later(60), by=BOB)

    await store.keep_material(TEAM, [second])
    await store.keep_material(TEAM, [first[1], first[0], a_piece("theirs", team=OTHERS, document="d3")])
    await store.keep_material(TEAM, [])

    assert await store.material(TEAM) == [*first, second]
    assert await store.material(OTHERS) == []


async def test_a_document_kept_again_replaces_what_it_was(store: Store) -> None:
    await store.keep_material(TEAM, [a_piece(), a_piece("No dogs.", place=1)])

    await store.keep_material(TEAM, [a_piece("Tea is served from five.", encoder="other")])

    assert [(one.text, one.encoder) for one in await store.material(TEAM)] == [("Tea is served from five.", "other")]


async def test_a_document_is_deleted_by_its_team_alone(store: Store) -> None:
    await store.keep_material(TEAM, [a_piece()])

    assert not await store.drop_material(OTHERS, "d1")
    assert await store.drop_material(TEAM, "d1")
    assert not await store.drop_material(TEAM, "d1")
    assert await store.material(TEAM) == []


async def test_what_a_person_added_is_shown_and_forgotten_with_them(store: Store) -> None:
    mine, others = a_piece(), a_piece("Rent: 900.", document="d2", by=BOB)
    await store.keep_material(TEAM, [mine, others])

    about = (await store.about(TEAM, ANN)).material
    await store.forget(TEAM, ANN)

    assert about == (mine,)
    assert await store.material(TEAM) == [others]


async def test_a_team_that_leaves_takes_its_material_along(store: Store) -> None:
    theirs = a_piece(team=OTHERS)
    await store.keep_material(TEAM, [a_piece()])
    await store.keep_material(OTHERS, [theirs])

    await store.forget_team(TEAM)

    assert await store.material(TEAM) == []
    assert await store.material(OTHERS) == [theirs]


async def test_of_a_deleted_document_nothing_is_left_in_the_files_of_the_database(store: Store, url: str, tmp_path: Path) -> None:
    marker = "zq7-planted-marker"
    await store.keep_material(TEAM, [a_piece(f"{marker} {number}", place=number) for number in range(20)])
    await store.keep_material(TEAM, [replace(a_piece("left"), document="d2")])

    before = files_with(marker, tmp_path)
    await store.drop_material(TEAM, "d1")

    assert before or not url.startswith("sqlite")
    assert files_with(marker, tmp_path) == []
    assert marker not in repr(await store.material(TEAM))
