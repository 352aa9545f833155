"""Pictures that Discord does not take, and files that Slack does not hand over: people read why, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.ideas import Idea, Team
from generators.client.scripted_media import png
from tests.acceptance.drivers.discord import shown_ideas
from tests.acceptance.drivers.slack import CHANNEL, TEAMS, user
from tests.acceptance.test_discord_faults import Town
from tests.acceptance.test_discord_faults import fake as fake
from tests.acceptance.test_discord_faults import slow as slow
from tests.acceptance.test_discord_faults import town as town
from tests.acceptance.test_slack_places import here as here
from tests.fakes.discord import Message

RED, BLUE, ANN = TEAMS["red"], TEAMS["blue"], user("ann")


async def imagined(town: Town) -> tuple[Message, list[Idea]]:
    """A finished commission's message, and what is stored."""
    asked = await town.fake.people.slash(town.room, town.ann, "imagine", what="a tea bar", count=2)
    message = await town.fake.people.answer(asked)
    await town.fake.people.until(lambda: len(shown_ideas(message)) == 2, what="two pictures")
    return message, [idea for idea in await town.board() if idea.modality == "image"]


async def test_pictures_come_with_the_message(town: Town) -> None:
    message, works = await imagined(town)

    assert len(message.files) == len(works) == 2


@pytest.mark.parametrize("limit", ["said_limit", "file_limit"])
async def test_pictures_that_discord_does_not_take_are_named_and_kept(town: Town, limit: str) -> None:
    setattr(town.fake, limit, 20)  # what Discord says it takes, and what it takes, differ at times

    message, works = await imagined(town)

    assert message.files == {}
    assert "larger than Discord takes here" in message.text
    assert len(works) == 2
    assert set(await town.house.store.media(works[0].channel.team, [work.id for work in works])) == {work.id for work in works}


@pytest.mark.parametrize("limit", ["said_limit", "file_limit"])
async def test_a_sound_that_discord_does_not_take_is_named_and_how_to_have_it_and_can_be_voted_on(town: Town, limit: str) -> None:
    setattr(town.fake, limit, 1000)  # the scripted sound has 1.6 kB, its picture a tenth of that

    asked = await town.fake.people.slash(town.room, town.ann, "compose", what="a tea bar")
    message = await town.fake.people.answer(asked)
    await town.fake.people.until(lambda: len(shown_ideas(message)) == 1, what="a tune")

    assert "tune" in message.text
    assert "larger than Discord takes here" in message.text
    assert "format mp3" in message.text
    (tune,) = [idea for idea in await town.board() if idea.modality == "music"]
    assert "tune.wav" in [file.name for file in (await town.house.store.media(tune.channel.team, [tune.id]))[tune.id]]
    await town.fake.people.click(message, town.ann, next(key for key in message.buttons if key.startswith("vote:")))
    await town.fake.people.until(lambda: any("Recorded 👍" in said.text for said in town.room.messages), what="a vote")


async def test_a_mask_given_first_in_discord_is_still_the_second_picture(town: Town) -> None:
    asked = await town.fake.people.slash(
        town.room,
        town.ann,
        "imagine",
        what="a hat",
        how="inpaint",
        second=("mask.png", png(2)),
        picture=("cat.png", png(1)),
        count=1,
    )
    message = await town.fake.people.answer(asked)
    await town.fake.people.until(lambda: len(shown_ideas(message)) == 1, what="a picture")

    maker: Any = town.house.services.making.maker
    assert [file.content for file in maker.commissions[-1].attachments] == [png(1), png(2)]


# ------------------------------------------------------------------------------------------------ what people send to Slack


async def handed(here) -> list[bytes]:
    """What the maker got with the last commission."""
    await here.settle()
    made = here.house.services.making.maker.commissions
    return [file.content for file in made[-1].attachments] if made else []


async def test_a_picture_sent_with_a_mention_or_a_direct_message_is_fetched_and_used(slack, here):
    await slack.say(RED, CHANNEL, ANN, "@muselab /imagine -n 1", files={"photo.png": png(3)})
    assert await handed(here) == [png(3)]

    await slack.say(RED, "D" + ANN[1:], ANN, "/imagine in oil -n 1", files={"one.png": png(4), "two.png": png(5)})
    assert await handed(here) == [png(4), png(5)]

    await slack.say(RED, CHANNEL, ANN, "@muselab", files={"photo.png": png(6)})  # a picture alone asks for pictures
    assert await handed(here) == [png(6)]


async def test_a_file_that_slack_does_not_hand_over_is_said_so_and_nothing_is_made(slack, here):
    slack.team(RED).scopes -= {"files:read"}

    await slack.say(RED, CHANNEL, ANN, "@muselab /imagine -n 1", files={"photo.png": png(3)})

    assert await handed(here) == []
    assert "did not hand over the file" in "\n".join(await here.private("ann"))


async def test_a_file_that_lies_elsewhere_never_sees_our_token(slack, here):
    message = {"type": "app_mention", "user": ANN, "text": "<@U0MUSELAB> /imagine -n 1", "ts": slack.ids.ts(), "channel": CHANNEL}
    stolen = slack.attach(RED, "a.png", png(3)) | {"url_private_download": "http://localhost.example.org/files-pri/F1/a.png"}

    await slack.event(RED, {**message, "event_ts": message["ts"], "team": RED, "files": [stolen]})

    assert await handed(here) == []
    assert "did not hand over the file" in "\n".join(await here.private("ann"))


async def test_a_picture_of_another_workspace_is_nobody_s(slack, here):
    message = {"type": "app_mention", "user": ANN, "text": "<@U0MUSELAB> /imagine -n 1", "ts": slack.ids.ts(), "channel": CHANNEL}

    taken = slack.attach(BLUE, "a.png", png(3))
    await slack.event(RED, {**message, "event_ts": message["ts"], "team": RED, "files": [taken]})

    assert await handed(here) == []
    assert "did not hand over the file" in "\n".join(await here.private("ann"))


async def test_media_that_slack_does_not_take_are_named_with_the_reason_and_kept(slack, here):
    slack.max_file = 20

    await here.ask("ann", "/imagine a tea bar -n 1")
    await here.settle()

    said = "\n".join(await here.private("ann"))
    assert "Slack does not take 1-picture.png (0.0 MB) in this workspace: it is too large" in said
    works = [idea for idea in await here.house.store.team_ideas(Team(platform="slack", id=RED)) if idea.modality == "image"]
    assert set(await here.house.store.media(works[0].channel.team, [works[0].id])) == {works[0].id}
