"""Team material: what admins add feeds ideas for topics it speaks of, is quoted with its source, and is gone when removed."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pypdf import PdfReader, PdfWriter

from bot import wiring
from bot.config import Settings
from bot.domain.errors import Refusal
from bot.domain.ideas import Prompt, Team
from bot.messages import Card, Form, Upload
from bot.ports import Order
from bot.services.ideas import quoting
from bot.services.team import material as service
from bot.services.team import pdf_text
from bot.services.team.documents import PIECE, pieces_of, text_of
from bot.wiring import House
from generators.client.recipes import askings
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import BLUE, RED, Hands, a_call, a_person, a_press, an_idea
from tests.unit.test_importing import a_file
from tests.unit.test_memos import Shown

HANDBOOK = "# Tea\n\nOur tea bar opens at four, zq7marker.\n\n## Dogs\n\nNo dogs beyond the counter."
AXES = ("tea", "dog", "book")


class Meanings(ScriptedGenerator):
    """Knows meanings by one word each."""

    name = "one"

    async def oversampling(self, prompt: Prompt) -> float:
        return 1.0

    @property
    def encoder(self) -> str:
        return self.name

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        if not self.embeddings:
            return None
        rows = np.array([[float(word in text.casefold()) for word in AXES] + [0.1] for text in texts], dtype=np.float32)
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


async def a_house(tmp_path: Path, **given: Any) -> House:
    store = MemoryStore()
    await store.open()
    return wiring.furnish(Settings(home=tmp_path), store=store, generator=Meanings(**given), now=Hands(), learns=False)


@pytest.fixture
async def house(tmp_path: Path) -> House:
    return await a_house(tmp_path)


async def asked(house: House, command: str, *uploads: Upload, admin: bool = True, **args: Any) -> Card:
    reply = Shown()
    await house.desk.call(replace(a_call(command, admin=admin, **args), uploads=uploads), reply)
    return reply.cards[-1]


async def added(house: House, content: str | bytes = HANDBOOK, name: str = "handbook.md") -> Card:
    return await asked(house, "material", a_file(content, name))


def orders(house: House) -> list[Order]:
    generator = house.generator
    assert isinstance(generator, Meanings)
    return generator.orders


def a_pdf(*pages: str) -> bytes:
    """A PDF with a line of text on each page, written by hand."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for page in pages:
        stream = f"BT /F1 12 Tf 72 720 Td ({page}) Tj ET"
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {number + 1} 0 R "
            f"/Resources << /Font << /F1 {font} >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(pages)} >>"
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n".encode()
    start = len(out)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    return out + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()


def locked() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(a_pdf("Tea at four."))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


async def test_a_document_is_added_and_listed_with_what_removes_it(house: House) -> None:
    card = await added(house)

    assert card.private
    assert "Added: handbook.md (1 paragraph" in card.text
    assert [control.key.token for control in card.controls] == ["add", "remove"]
    assert "1. handbook.md" in (await asked(house, "material")).text


async def test_the_form_takes_a_document(house: House) -> None:
    form = await house.desk.form(a_press("material::add", admin=True))

    assert isinstance(form, Form)
    reply = Shown()
    await house.desk.press(replace(a_press(str(form.key), admin=True), uploads=(a_file(HANDBOOK, "handbook.md"),)), reply)
    assert "Added: handbook.md" in reply.cards[-1].text


@pytest.mark.parametrize("args", [{}, {"do": "add"}, {"do": "remove", "document": "1"}])
async def test_others_than_admins_neither_see_nor_change_it(house: House, args: dict[str, str]) -> None:
    await added(house)

    refused = await asked(house, "material", *([a_file("x", "x.md")] if args.get("do") == "add" else []), admin=False, **args)

    assert "Only people who manage this channel" in refused.text
    assert len(service.listed(await house.store.material(RED.team))) == 1


async def test_ideas_are_fed_with_what_it_says_of_their_topic_and_with_its_name(house: House) -> None:
    await added(house, "Our tea bar opens at four.\n\n" + "x" * PIECE + "\n\nNo dogs beyond the counter.")

    await asked(house, "brainstorm", topic="names for tea", count=2)
    await asked(house, "brainstorm", topic="names for a book", count=2)

    assert {order.material for order in orders(house) if "tea" in order.prompt.text} == {
        ("Our tea bar opens at four. (handbook.md)",)
    }
    assert {order.material for order in orders(house) if "book" in order.prompt.text} == {()}


async def test_another_team_s_ideas_are_not_fed_with_it(house: House) -> None:
    await added(house)
    reply = Shown()

    await house.desk.call(a_call("brainstorm", BLUE, topic="names for tea", count=2), reply)

    assert {order.material for order in orders(house)} == {()}
    assert await house.services.quoting.near(BLUE.team, "tea") == []


async def test_why_quotes_it_with_its_name(house: House) -> None:
    await added(house)
    await house.store.add(an_idea("A tea bar by night"))

    assert "handbook.md, of your team's material: “Tea Our tea bar opens at four" in (await asked(house, "why", idea="1")).text


async def test_once_removed_it_is_found_nowhere(house: House) -> None:
    await added(house)
    await house.store.add(an_idea("A tea bar by night"))

    card = await asked(house, "material", do="remove", document="1")

    assert "Removed for good: handbook.md" in card.text
    await asked(house, "brainstorm", topic="names for tea", count=2)
    assert {order.material for order in orders(house)} == {()}
    assert "zq7marker" not in (await asked(house, "why", idea="1")).text
    assert "zq7marker" not in (await house.services.forgetting.export(a_person(), RED.team)).content.decode()
    assert "zq7marker" not in repr(vars(house.store._store))


async def test_who_added_it_takes_it_along_when_they_are_forgotten_and_finds_it_in_their_export(house: House) -> None:
    await added(house)

    export = (await house.services.forgetting.export(a_person(), RED.team)).content.decode()
    await house.services.forgetting.forget(a_person(), RED.team)

    assert "zq7marker" in export
    assert await house.store.material(RED.team) == []


async def test_with_another_encoder_documents_are_embedded_anew(house: House) -> None:
    await added(house)
    generator = house.generator
    assert isinstance(generator, Meanings)
    generator.name = "two"

    quotes = await house.services.quoting.near(RED.team, "tea")

    assert [quote.source for quote in quotes] == ["handbook.md"]
    assert {piece.encoder for piece in await house.store.material(RED.team)} == {"two"}


async def test_without_meanings_nothing_is_added(tmp_path: Path) -> None:
    house = await a_house(tmp_path, embeddings=False)

    assert "no embeddings" in (await added(house)).text


@pytest.mark.parametrize("document", ["2", "0", "nothing", ""])
async def test_a_document_that_there_is_not_cannot_be_removed(house: House, document: str) -> None:
    await added(house)

    assert "There is no document" in (await asked(house, "material", do="remove", document=document)).text


async def test_there_is_room_for_so_much(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_PIECES", 2)
    monkeypatch.setattr(service, "MOST_DOCUMENTS", 1)

    long = await added(house, "\n\n".join("x" * PIECE for _part in range(3)))
    first, second = await added(house), await added(house)

    assert "has 3 paragraphs; there is room for 2 more" in long.text
    assert "Added" in first.text
    assert "at most 1 documents" in second.text


async def test_a_pdf_is_read_page_by_page_in_a_process_of_its_own_and_refused_with_a_password() -> None:
    text, refused = await asyncio.gather(
        text_of(a_file(a_pdf("Tea at four.", "No dogs."), "plan.pdf")),
        text_of(a_file(locked(), "plan.pdf")),
        return_exceptions=True,
    )

    assert isinstance(text, str)
    assert pieces_of(text) == ["Tea at four. No dogs."]
    assert isinstance(refused, Refusal)
    assert "protected by a password" in str(refused)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b" \n\n ", "no text that could be read"),
        (b"PK\x03\x04more", "save it as PDF or plain text"),
        (b"\x00\x01\x02", "is no text"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        await text_of(a_file(content, "plan.pdf"))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (a_pdf("One", "Two"), (0, "One\n\nTwo")),
        (a_pdf(""), (0, "")),
        (b"%PDF-1.4\nnothing more", (pdf_text.UNREADABLE, "")),
        (locked(), (pdf_text.LOCKED, "")),
    ],
)
@pytest.mark.filterwarnings("ignore")  # what a reader has to say of damaged files
def test_a_pdf_is_read_or_it_is_said_why_not(content: bytes, found: tuple[int, str]) -> None:
    assert pdf_text.extracted(content) == found


@given(st.text(alphabet="ab .\n。！", max_size=3000))
def test_pieces_hold_every_word_and_none_is_too_long(text: str) -> None:
    pieces = pieces_of(text)

    assert all(0 < len(piece) <= PIECE for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_headings_lose_their_marks_and_paragraphs_stay_together() -> None:
    assert pieces_of("# Tea\n\nOne\nline.\n\n" + "x" * (PIECE - 5)) == ["Tea One line.", "x" * (PIECE - 5)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_model_that_follows_instructions_is_told_of_it_and_a_small_one_is_not(language: str) -> None:
    prompt = Prompt(text="names for a tea bar", language=language)
    order = Order(
        prompt=prompt, candidates=2, seed=1, model="", team=Team(platform="t", id="1"), material=("Open at four (a.md)",)
    )

    def told(instructed: bool) -> bool:
        _recipe, ways = askings(order, instructed=instructed)
        return any("Open at four (a.md)" in way.prompt + "".join(one["content"] for one in way.messages) for way in ways)

    assert (told(True), told(False)) == (True, False)


def test_vectors_are_kept_as_they_were() -> None:
    rows = np.array([[0.6, 0.8], [1.0, 0.0]], dtype=np.float32)

    assert np.frombuffer(np.asarray(rows[0], dtype=quoting.FLOATS).tobytes(), dtype=quoting.FLOATS).tolist() == rows[0].tolist()
