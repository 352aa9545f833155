"""Forms that take files: whatever can be attached to a slash command can be handed in by a form, on every platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot import commands, plugins
from bot.domain.ideas import Channel, Team
from bot.messages import Form, Key
from generators.client.scripted_media import png
from tests.acceptance.drivers import Seen
from tests.acceptance.drivers.discord import shown_ideas
from tests.acceptance.drivers.slack import CHANNEL, TEAMS, user
from tests.acceptance.test_discord_faults import Town
from tests.acceptance.test_discord_faults import fake as fake
from tests.acceptance.test_discord_faults import slow as slow
from tests.acceptance.test_discord_faults import town as town
from tests.acceptance.test_slack_places import here as here

RED, ANN = TEAMS["red"], user("ann")
MIDI = (  # one note
    b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\x0c\0\x90\x3c\x40\x60\x80\x3c\0\0\xff\x2f\0"
)


def commissions(driver: Any) -> list[Any]:
    """What the maker was asked for, oldest first."""
    return list(driver.house.services.making.maker.commissions)


@pytest.mark.parametrize("name", plugins.names(commands))
async def test_a_command_that_takes_files_offers_a_form_that_takes_them(name: str) -> None:
    command = plugins.load(commands, name)
    files = {param.name for param in command.PARAMS if param.kind == "file"}
    if not files:
        return

    form: Form = await command.form(None, Key(verb=name), None)

    assert {field.name for field in form.fields if field.kind == "file"} == files
    assert {field.name for field in form.fields} <= {param.name for param in command.PARAMS}
    assert len(form.fields) <= 5  # Discord's modals hold no more


# ---------------------------------------------------------------------------------------------- Slack


async def filled(slack, here, command: str, text: str, values: Mapping[str, Any]) -> None:
    """Opens the form of a command that is typed alone, fills it in and sends it."""
    await slack.slash(RED, CHANNEL, ANN, command, text)
    modal = await slack.modal(RED, ANN)
    await slack.submit_view(modal, values)
    await here.settle()


async def test_in_slack_a_picture_is_handed_in_by_the_form(slack, here):
    given = {"what": "a tea bar", "picture": ("photo.png", png(3)), "how": "paint", "style": "oil", "second": ("b.png", png(4))}

    await filled(slack, here, "/muse", "imagine", given)

    made = commissions(here)[-1]
    assert [file.content for file in made.attachments] == [png(3), png(4)]
    assert (made.text, made.options["task"], made.options["style"]) == ("a tea bar", "paint", "oil")
    assert len(await here.ideas(Seen(place=await slack.message(RED, CHANNEL, "a tea bar")))) == 3


async def test_in_slack_notes_are_handed_in_by_the_form(slack, here):
    await filled(slack, here, "/muse", "compose", {"file": ("tune.mid", MIDI), "how": "harmonise"})

    made = commissions(here)[-1]
    assert [file.content for file in made.attachments] == [MIDI]
    assert made.options["do"] == "harmonise"


async def test_in_slack_a_form_opens_without_a_place_for_files_where_these_may_not_be_read(slack, here):
    slack.team(RED).scopes -= {"files:read"}

    await filled(slack, here, "/brainstorm", "", {"topic": "a tea bar"})

    assert "a tea bar" in (await slack.message(RED, CHANNEL, "Ideas for")).words


async def test_in_slack_notes_on_a_photo_are_seen_by_who_took_it_and_then_on_the_board(slack, here):
    await filled(slack, here, "/muse", "photo", {"file": ("wall.png", png(3))})
    read = slack.private(RED, ANN)[-1]

    made = await here.press("ann", Seen(place=read), "photo", 0, "add")

    assert "A loud street." in read.words
    assert not any("A loud street." in words for words in (await here.posted())[:-1])
    assert made is not None
    assert len(await here.ideas(made)) == 3


@pytest.mark.parametrize(("command", "text"), [("/brainstorm", ""), ("/muse", "copy")])
async def test_in_slack_ideas_go_with_a_picture_from_the_form(slack, here, command, text):
    await filled(slack, here, command, text, {"topic": "a tea bar", "picture": ("photo.png", png(3))})

    assert [file.content for file in commissions(here)[-1].attachments] == [png(3)]
    (asked,) = await here.house.store.brainstorms(Channel(team=Team(platform="slack", id=RED), id=CHANNEL), limit=1)
    assert "espresso" in dict(asked.prompt.options)["picture"]


async def test_in_slack_the_help_has_buttons_that_open_the_forms(slack, here):
    shown = await here.ask("ann", "/help")

    made = await here.submit("ann", shown, "imagine", 0, {"what": "a lighthouse"})

    assert made is not None
    assert commissions(here)[-1].text == "a lighthouse"


async def test_in_slack_a_form_s_file_that_is_no_picture_is_said_so_and_nothing_is_made(slack, here):
    await filled(slack, here, "/muse", "imagine", {"picture": ("photo.png", b"MZ, a program")})

    assert commissions(here) == []
    assert "is a program, whatever its name says" in "\n".join(await here.private("ann"))


# ---------------------------------------------------------------------------------------------- Discord


async def test_in_discord_a_command_without_options_opens_its_form_which_takes_files(town: Town) -> None:
    asked = await town.fake.people.slash(town.room, town.ann, "imagine")
    sent = await town.fake.people.submit(
        asked, what="a tea bar", picture=("photo.png", png(3)), how="paint", second=("b.png", png(4))
    )
    message = await town.fake.people.answer(sent)
    await town.fake.people.until(lambda: len(shown_ideas(message)) == 3, what="three pictures")

    made = commissions(town)[-1]
    assert [file.content for file in made.attachments] == [png(3), png(4)]
    assert (made.text, made.options["task"]) == ("a tea bar", "paint")


async def test_in_discord_the_help_has_buttons_that_open_the_forms(town: Town) -> None:
    asked = await town.fake.people.slash(town.room, town.ann, "help")
    message = await town.fake.people.answer(asked)
    pressed = await town.fake.people.click(message, town.ann, "copy?:")

    sent = await town.fake.people.submit(pressed, topic="a tea bar", picture=("photo.png", png(3)))
    await town.fake.people.answer(sent)
    await town.fake.people.until(lambda: len(commissions(town)) == 1, what="a look at the picture")

    assert [file.content for file in commissions(town)[-1].attachments] == [png(3)]
