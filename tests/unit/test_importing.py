"""Lists from elsewhere become ideas: read, shown, and only then on the board."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import wiring
from bot.config import Settings
from bot.domain.errors import Refusal
from bot.domain.ideas import Idea
from bot.messages import Card, Form, Upload
from bot.services.ideas import lists
from bot.typed import Source, parse
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import NOON, RED, Hands, a_call, a_person, a_press, an_idea, an_opinion
from tests.unit.test_memos import Shown


async def a_house(tmp_path: Path) -> House:
    store = MemoryStore()
    await store.open()
    return wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands(), learns=False)


def a_file(content: bytes | str, name: str) -> Upload:
    encoded = content.encode() if isinstance(content, str) else content

    async def fetch() -> bytes:
        return encoded

    return Upload(name=name, media_type="text/plain", size=len(encoded), fetch=fetch, param="file")


async def asked(house: House, *uploads: Upload, person: str = "ann", admin: bool = False, **args: Any) -> Card:
    reply = Shown()
    await house.desk.call(replace(a_call("import", person=person, admin=admin, **args), uploads=uploads), reply)
    return reply.cards[-1]


async def pressed(house: House, key: str, person: str = "ann", **values: str) -> Card:
    reply = Shown()
    await house.desk.press(a_press(key, person=person, values=values), reply)
    return reply.cards[-1]


async def board(house: House) -> list[Idea]:
    return sorted(await house.store.ideas(RED), key=lambda idea: idea.number)


@pytest.mark.parametrize(
    ("name", "content", "ideas"),
    [
        ("a.csv", "text,votes\nOne,3\n\"Two, with a comma\",1\n", ["One", "Two, with a comma"]),
        ("a.csv", "Idee;Idea\r\nx;Eins\r\ny;\r\nz;Zwei\r\n", ["Eins", "Zwei"]),
        ("a.csv", "One\nTwo\n", ["One", "Two"]),
        ("a.csv", "text\n\"Two\nlines\"\n'=SUM(A1)\n'tis\n", ["Two\nlines", "=SUM(A1)", "'tis"]),
        ("a.tsv", "id\tidea\n1\tOne\n", ["One"]),
        ("a.csv", "\ufeff点子,作者\n茶吧,安\n", ["茶吧"]),
        ("a.csv", "点子\n茶吧\n".encode("gb18030"), ["茶吧"]),
        ("a.csv", "idea\n茶吧\n".encode("utf-16"), ["茶吧"]),
        ("a.jsonl", '{"text": "One", "up": 1}\n\n"Two"\n', ["One", "Two"]),
        ("a.json", '[{"idea": "One"}, "Two"]', ["One", "Two"]),
        (
            "a.md",
            ("# Ideas\n\nSome words.\n\n- One\n  goes on\n* [x] **Two** of [us](http://x)\n"
            "1. Three\n```\n- code\n```\n"),
            ["One goes on", "Two of us", "Three"],
        ),
        ("a.md", "1) 一\n2、 二\n", ["一", "二"]),
        ("a.txt", "One\n\nTwo - not a list\n", ["One", "Two - not a list"]),
        ("a.txt", "One; Two；三", ["One", "Two", "三"]),
        ("a.txt", "", []),
    ],
)  # fmt: skip
def test_a_list_is_read_as_its_writer_meant_it(name: str, content: str | bytes, ideas: list[str]) -> None:
    assert lists.read(name, content.encode() if isinstance(content, str) else content) == ideas


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xlsx", b"PK\x03\x04more", "save it as CSV"),
        ("a.csv", b"who,what\nann,One\n", "it has: who, what"),
        ("a.csv", b'text\n"never ended\n', "quotation mark"),
        ("a.jsonl", b'{"text": "One"}\n{"text": \n', "no idea in line 2"),
        ("a.jsonl", b'{"up": 1}\n', "no idea in line 1"),
        ("a.md", b"\x00\x01\x02", "is no text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(name: str, content: bytes, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        lists.read(name, content)


@pytest.mark.parametrize("form", ["markdown", "csv", "jsonl"])
async def test_an_export_comes_back_as_it_was(tmp_path: Path, form: str) -> None:
    house = await a_house(tmp_path)
    texts = ["plain", '=HYPERLINK("x")', 'a, "quoted" one', "*bold* [link](http://x) <b>", "茶吧", "1. numbered - twice"]
    for text in texts:
        idea = await house.store.add(an_idea(text, asker=a_person()))
    await house.store.hear(RED.team, an_opinion(idea))
    file = await house.services.exporting.board(RED, form)

    assert sorted(lists.read(file.name, file.content)) == sorted(texts)


async def test_a_list_is_shown_and_on_the_board_only_when_its_sender_says_so(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    await house.store.add(an_idea("one"))

    card = await asked(house, a_file("- One\n- Two\n- " + "x" * 401 + "\n- Three\n", "wall.md"))
    before = len(await board(house))
    done = await pressed(house, str(card.controls[0].key))

    assert card.text == "1. Two\n2. Three"
    assert "1 stands on the board already. 1 is longer than 400 characters." in card.footer
    assert before == 1
    assert [line.text for line in done.lines] == ["Two", "Three"]
    assert [(idea.text, idea.author, idea.origin) for idea in (await board(house))[1:]] == [
        ("Two", a_person(), "human"),
        ("Three", a_person(), "human"),
    ]


async def test_imported_ideas_say_where_they_come_from_or_what_they_are_for(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    for args in ({}, {"topic": "names for a tea bar"}):
        card = await asked(house, a_file(f"- idea {len(args)}\n", "wall.md"), **args)
        await pressed(house, str(card.controls[0].key))

    page = await house.services.boards.page(RED, 1)

    assert {standing.idea.text: standing.topic for standing in page.standings} == {
        "idea 0": "wall.md",
        "idea 1": "names for a tea bar",
    }


async def test_pasted_lines_come_by_the_form_or_below_the_command(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    source = Source(id="1", person=a_person(), channel=RED, at=NOON)

    form = await house.desk.form(a_press("import"))
    by_form = await pressed(house, "import", text="One\nTwo", topic="")
    call = parse("/import --topic tea\n- One\n- Two -- or so", source)

    assert isinstance(form, Form)
    assert by_form.text == "1. One\n2. Two"
    assert dict(getattr(call, "args", {})) == {"topic": "tea", "text": "- One\n- Two -- or so"}


async def test_a_list_is_nobody_else_s_and_gone_with_its_sender_s_data(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    key = str((await asked(house, a_file("One\nTwo", "a.txt"))).controls[0].key)

    others = await pressed(house, key, person="bob")
    await house.store.forget(RED.team, a_person())
    gone = await pressed(house, key)

    assert "Only who sent this list" in others.text
    assert "not kept here any more" in gone.text
    assert await board(house) == []


async def test_pressed_twice_a_list_is_there_once(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    key = str((await asked(house, a_file("One\nTwo", "a.txt"))).controls[0].key)

    await pressed(house, key)
    again = await pressed(house, key)

    assert "2 stand on the board already." in again.text
    assert len(await board(house)) == 2


async def test_the_same_press_served_once_more_after_a_crash_completes_the_list(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    kept = (await asked(house, a_file("One\nTwo\nThree", "a.txt"))).controls[0].key.target
    importing = house.services.importing
    call = a_call("import")
    brainstorm = await importing.pending(a_person(), RED, kept)
    ids = iter(["a" * 24, "b" * 24, "c" * 24, "d" * 24])
    importing.new_id = lambda: next(ids)
    first = await importing.added(call, brainstorm)
    ids = iter(["a" * 24, "b" * 24, "c" * 24, "d" * 24])

    second = await importing.added(call, brainstorm)

    assert [idea.id for idea in first] == [idea.id for idea in second]
    assert len(await board(house)) == 3


async def test_too_long_a_list_is_refused_and_for_who_is_no_admin_one_beyond_the_hour_s_limit(tmp_path: Path) -> None:
    house = await a_house(tmp_path)

    long = await asked(house, a_file("\n".join(f"idea {n}" for n in range(201)), "a.txt"), admin=True)
    hour = await asked(house, a_file("\n".join(f"idea {n}" for n in range(61)), "a.txt"))
    admin = await asked(house, a_file("\n".join(f"idea {n}" for n in range(61)), "a.txt"), admin=True)

    assert "201 ideas; at most 200" in long.text
    assert "you may add 60 more" in hour.text
    assert admin.controls
    assert "and 51 more" in admin.text


def test_json_that_is_deep_is_refused_and_not_followed() -> None:
    with pytest.raises(Refusal, match="no idea in line 1"):
        lists.read("a.json", ("[" * 5000).encode())


def test_every_name_of_a_column_is_folded_as_titles_are() -> None:
    assert all(name == name.casefold() for name in lists.NAMES)


async def test_a_list_goes_into_a_round_unseen_and_is_shown_to_its_sender_alone(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    await house.desk.call(a_call("round", topic="a tea bar", ideas=0), Shown())
    card = await asked(house, a_file("- One\n- Two\n", "wall.md"))
    into = next(control.key for control in card.controls if control.key.token == "round")

    told = await pressed(house, str(into))

    (round,) = await house.store.rounds(RED)
    assert card.private
    assert told.private
    assert {note.text for note in await house.store.notes(RED.team, round.id)} == {"One", "Two"}
    assert await board(house) == []
