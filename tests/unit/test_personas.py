"""Personas: admins save, use and remove voices by name, and a name stands where a style may stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot import commands, plugins, typed, wiring
from bot.config import Settings
from bot.domain.ideas import MAX_STYLE, Channel
from bot.domain.models import ChannelSettings
from bot.domain.personas import MAX_NAME, MAX_PERSONAS, Persona
from bot.messages import Call, Card, Form
from bot.services.team.personas import voice_of
from bot.suggesting import suggestions
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import BLUE, NOON, RED, Hands, a_call, a_person, a_press
from tests.unit.test_memos import Shown
from tests.unit.test_typed_chinese import SOURCE

CRITIC = "a grumpy critic who finds the flaw"
ELSEWHERE = Channel(team=RED.team, id="elsewhere")


@pytest.fixture
async def house(tmp_path: Path) -> House:
    store = MemoryStore()
    await store.open()
    return wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands(), learns=False)


async def asked(house: House, *, command: str = "persona", admin: bool = True, channel: Channel = RED, **args: Any) -> Card:
    reply = Shown()
    await house.desk.call(a_call(command, channel, admin=admin, **args), reply)
    return reply.cards[-1]


async def pressed(house: House, card: Card, label: str, *, admin: bool = True) -> Card:
    reply = Shown()
    (key,) = (control.key for control in card.controls if control.label == label)
    await house.desk.press(a_press(str(key), admin=admin), reply)
    return reply.cards[-1]


async def style(house: House, given: str | None = None, channel: Channel = RED) -> str:
    return (await house.services.answering.prompt(channel, "names for a tea bar", style=given)).style


async def test_a_persona_is_saved_listed_used_and_removed_by_its_buttons(house: House) -> None:
    saved = await asked(house, save="critic", text=CRITIC)
    used = await pressed(house, saved, "Use critic")
    spoken = await style(house)
    removed = await pressed(house, used, "Remove critic")

    assert saved.private
    assert f"• critic: {CRITIC}" in saved.text
    assert "critic" in used.text
    assert "(used here)" in used.text
    assert [control.label for control in used.controls] == ["Use none", "Save a persona", "Remove critic"]
    assert spoken == CRITIC
    assert "Removed for good: critic" in removed.text
    assert (await style(house), await house.store.settings(RED)) == ("", ChannelSettings())


async def test_none_leaves_the_channel_without_a_voice_and_keeps_the_persona(house: House) -> None:
    await asked(house, save="critic", text=CRITIC)
    used = await asked(house, text="critic")

    card = await pressed(house, used, "Use none")

    assert await style(house) == ""
    assert "• critic" in card.text
    assert "used here" not in card.text


async def test_the_form_saves_a_persona(house: House) -> None:
    form = await house.desk.form(a_press("persona::save", admin=True))

    assert isinstance(form, Form)
    reply = Shown()
    values = {"save": "brand voice", "text": "plain and warm"}
    await house.desk.press(a_press(str(form.key), admin=True, values=values), reply)
    assert "Saved: brand voice." in reply.cards[-1].text
    assert [field.most for field in form.fields] == [MAX_NAME, MAX_STYLE]


async def test_a_name_stands_for_its_voice_wherever_a_style_may_stand_in_its_channel_alone(house: House) -> None:
    await asked(house, save="Brand Voice", text="plain and warm")

    assert await style(house, "brand  voice") == "plain and warm"
    assert await style(house, "dry humour") == "dry humour"
    assert await style(house, "brand voice", ELSEWHERE) == "brand voice"
    assert await style(house, "brand voice", BLUE) == "brand voice"
    await asked(house, command="settings", style="brand voice")
    assert await style(house) == "plain and warm"
    assert await style(house, "") == ""


async def test_a_used_persona_that_is_saved_anew_speaks_as_it_now_says(house: House) -> None:
    await asked(house, save="critic", text=CRITIC)
    await asked(house, use="critic")

    await asked(house, save="Critic", text="a kind critic")

    assert await style(house) == "a kind critic"
    assert (await house.store.settings(RED)).style == "Critic"
    assert len(await house.store.personas(RED)) == 1


async def test_what_the_channel_settled_otherwise_is_told_and_outlives_a_persona_not_used(house: House) -> None:
    await house.store.settle(RED, ChannelSettings(style="dry humour", count=4))
    await asked(house, save="critic", text=CRITIC)

    card = await asked(house, remove="critic")

    assert "The channel's style: dry humour" in card.text
    assert await house.store.settings(RED) == ChannelSettings(style="dry humour", count=4)


@pytest.mark.parametrize(
    "args", [{"save": "mine", "text": "me"}, {"use": "critic"}, {"remove": "critic"}, {"none": True}, {"text": "critic"}]
)
async def test_others_than_admins_change_nothing_and_may_look(house: House, args: dict[str, Any]) -> None:
    await asked(house, save="critic", text=CRITIC)
    await asked(house, use="critic")

    refused = await asked(house, admin=False, **args)
    looked = await asked(house, admin=False)

    assert "Only people who manage this channel" in refused.text
    assert CRITIC in looked.text
    assert looked.controls == ()
    assert [one.name for one in await house.store.personas(RED)] == ["critic"]
    assert (await house.store.settings(RED)).style == "critic"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"save": "critic"}, "Please say what critic says, too"),
        ({"save": "x" * (MAX_NAME + 1), "text": "y"}, f"at most {MAX_NAME}"),
        ({"save": "x", "text": "y" * (MAX_STYLE + 1)}, f"at most {MAX_STYLE}"),
        ({"save": "\u200b", "text": "y"}, "The name"),
        ({"save": "-", "text": "y"}, "stands for no style"),
        ({"save": "x", "text": "kill all of them"}, "do not belong on a team's board"),
        ({"use": "critic"}, "No persona is saved here yet"),
        ({"remove": "critic"}, "No persona is saved here yet"),
    ],
)
async def test_what_cannot_be_kept_or_found_is_refused_with_the_reason(house: House, args: dict[str, Any], said: str) -> None:
    assert said in (await asked(house, **args)).text
    assert await house.store.personas(RED) == []


async def test_a_channel_keeps_so_many_and_its_buttons_fit_one_message(house: House) -> None:
    for number in range(MAX_PERSONAS):
        card = await asked(house, save=f"voice {number}", text="plain")
    await asked(house, command="settings", style="dry humour")

    refused = await asked(house, save="one more", text="plain")
    again = await asked(house, save="voice 0", text="warm")

    assert f"at most {MAX_PERSONAS} personas" in refused.text
    assert "Saved: voice 0." in again.text
    assert len(card.controls) < len(again.controls) <= 25
    assert "There are: “voice 0”, “voice 1”" in (await asked(house, use="nobody")).text


async def test_personas_are_offered_while_a_style_is_typed(house: House) -> None:
    await asked(house, save="brand voice", text="plain")

    for command, param in (("persona", "use"), ("persona", "remove"), ("brainstorm", "style"), ("poem", "style")):
        found = await suggestions(house.services, plugins.load(commands, command), RED, param, "bra")
        assert found == [("brand voice", "brand voice")], command
    assert await suggestions(house.services, plugins.load(commands, "persona"), BLUE, "use", "") == []


async def test_whoever_saved_a_persona_gets_it_with_what_is_kept_about_them(house: House) -> None:
    await asked(house, save="critic", text=CRITIC)

    file = await house.services.forgetting.export(a_person(), RED.team)
    theirs = await house.services.forgetting.export(a_person("bob"), RED.team)

    assert [(one["name"], one["says"]) for one in json.loads(file.content)["personas"]] == [("critic", CRITIC)]
    assert json.loads(theirs.content)["personas"] == []


async def test_a_control_names_a_persona_by_no_word_of_it() -> None:
    given: dict[str, Any] = {"channel": RED, "voice": "plain", "by": a_person(), "at": NOON}

    tokens = [
        Persona(name=name, **given).token for name in ("Brand: voice", "ｂｒａｎｄ：ｖｏｉｃｅ", "brand: VOICE", "品牌口吻")
    ]

    assert tokens[0] == tokens[2] != tokens[1]
    assert all(len(token) == 16 and token.isalnum() for token in tokens)


async def test_no_store_is_asked_for_a_style_that_no_name_is_as_long_as() -> None:
    class Untouched(MemoryStore):
        async def personas(self, channel: Channel) -> list[Persona]:
            raise AssertionError(channel)

    assert await voice_of(Untouched(), RED, "x" * (MAX_NAME + 1)) == "x" * (MAX_NAME + 1)
    assert await voice_of(Untouched(), RED, "") == ""


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ("/人设", {}),
        ("/品牌口吻 －－保存 “毒舌 评委” 爱挑毛病的评委", {"save": "毒舌 评委", "text": "爱挑毛病的评委"}),
        ("/persona --save critic finds the flaw", {"save": "critic", "text": "finds the flaw"}),
        ('/persona --use "brand voice"', {"use": "brand voice"}),
        ("/人设 --不用", {"none": True}),
    ],
)
def test_it_is_typed_in_english_and_in_chinese(line: str, args: dict[str, Any]) -> None:
    call = typed.parse(line, SOURCE)

    assert isinstance(call, Call)
    assert (call.command, dict(call.args)) == ("persona", args)


async def test_a_reader_of_chinese_reads_chinese(house: House) -> None:
    await asked(house, save="品牌口吻", text="朴实温暖，不吹牛")

    card = await asked(house, locale="zh-CN", use="品牌口吻")

    assert card.title == "此频道的人设"
    assert "品牌口吻：朴实温暖，不吹牛（正在使用）" in card.text
