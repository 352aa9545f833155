"""Several pictures come to Slack as one carousel, and as files where it takes none; what was hidden or deleted leaves it."""

from __future__ import annotations

from bot.domain.ideas import Channel, Person, Team
from bot.messages import Card, File
from bot.services.ideas.beside import WHOLE
from tests.acceptance.drivers.slack import CHANNEL, TEAMS, is_carousel, user
from tests.fair import until

TEAM, ANN = TEAMS["red"], user("ann")
HERE = Channel(team=Team(platform="slack", id=TEAM), id=CHANNEL)


async def imagined(slack, here, line="imagine a lighthouse -n 3"):
    await slack.slash(TEAM, CHANNEL, ANN, "/muse", line)
    await here.settle()


def carousels(slack):
    return [message for message in slack.seen(TEAM, CHANNEL) if is_carousel(message)]


def cards(message):
    return [(card["title"]["text"], card["hero_image"]["slack_file"]["id"]) for card in message.blocks[0]["elements"]]


def files(slack):
    return [message for message in slack.team(TEAM).messages if message.files and not message.deleted]


async def hide(slack, here, number, verb="hide"):
    await slack.slash(TEAM, CHANNEL, user("admin"), "/muse", f"{verb} {number}")
    await here.settle()


async def test_several_pictures_are_one_carousel_with_numbers_and_what_each_shows(slack, here):
    await imagined(slack, here)

    (carousel,) = carousels(slack)
    assert carousel.thread_ts is None
    assert [title for title, _file in cards(carousel)] == ["1.", "2.", "3."]
    works = sorted(await here.house.store.ideas(HERE), key=lambda idea: idea.number)
    assert [card["hero_image"]["alt_text"] for card in carousel.blocks[0]["elements"]] == [idea.text for idea in works]
    assert all(idea.text in carousel.text for idea in works)
    assert all(slack.uploads[file].channel is None for _title, file in cards(carousel))
    assert not files(slack)


async def test_one_picture_comes_as_a_file(slack, here):
    await imagined(slack, here, "imagine a lighthouse -n 1")

    assert not carousels(slack)
    assert len(files(slack)) == 1


async def test_where_slack_takes_no_carousel_each_picture_comes_as_a_file_and_none_is_tried_again(slack, here):
    slack.without.add("carousel")
    await imagined(slack, here)
    tried = sum("carousel" in str(args.get("blocks")) for _method, _team, args in slack.calls)
    await imagined(slack, here)

    assert len(files(slack)) == 6
    assert sum("carousel" in str(args.get("blocks")) for _method, _team, args in slack.calls) == tried
    assert not carousels(slack)


async def test_a_picture_that_slack_looks_through_first_is_shown_when_it_has(slack, here):
    slack.looks_through = 3  # fewer than the tries when all pictures are there; they may come at once

    await imagined(slack, here)

    (carousel,) = carousels(slack)
    assert len(cards(carousel)) == 3
    assert not files(slack)


async def test_a_hidden_picture_leaves_the_carousel_and_comes_back_restored(slack, here):
    await imagined(slack, here)
    (carousel,) = carousels(slack)
    before = cards(carousel)

    await hide(slack, here, 2)
    await until(lambda: len(cards(carousel)) == 2)
    hidden = cards(carousel)
    await hide(slack, here, 2, "restore")
    await until(lambda: len(cards(carousel)) == 3)

    assert hidden == [before[0], before[2]]
    assert cards(carousel) == before


async def test_a_hidden_picture_that_came_as_a_file_goes_from_slack(slack, here):
    await imagined(slack, here, "imagine a lighthouse -n 1")
    (file,) = files(slack)

    await hide(slack, here, 1)

    await until(lambda: not files(slack))
    assert file.deleted


async def test_pictures_whose_asker_has_everything_deleted_go_from_slack_with_their_files(slack, here):
    await imagined(slack, here)
    (carousel,) = carousels(slack)

    await here.house.store.forget(HERE.team, Person(platform="slack", id=ANN))
    redrawn = await here.house.services.redrawing.redraw()

    assert redrawn
    assert carousel.deleted
    assert not slack.uploads


async def test_a_picture_of_several_ideas_such_as_a_round_s_result_goes_when_one_of_them_is_hidden(slack, here):
    for text in ("The Third Steep", "Leaf & Let Leaf"):
        await slack.slash(TEAM, CHANNEL, ANN, "/muse", f"idea {text}")
    await here.settle()
    ideas = [idea.id for idea in await here.house.store.ideas(HERE)]
    card = Card(
        title="The result as a picture", files=(File(name="result.png", media_type="image/png", content=b"png", alt="r"),)
    )
    await here.house.services.redrawing.show(here.chat.to(HERE), card, HERE, WHOLE, quoting=ideas)
    (picture,) = files(slack)

    await hide(slack, here, 1)

    await until(lambda: picture.deleted)
    await until(lambda: "taken away" in str([message.words for message in slack.posts(TEAM, CHANNEL)]))
