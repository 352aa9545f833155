"""Votes on media foretell votes on media: by what a picture looks like and a tune sounds like, each team by its own votes."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bot import wiring
from bot.config import RankerTable, Settings
from bot.domain.ideas import Channel, Features, Idea, Modality, Prompt, Team
from bot.services.ideas.board import Boards
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import ScriptedMaker
from generators.engines.image.looks import looks
from generators.engines.music.measures import measures
from generators.engines.music.notation import QUARTER, Key, Metre, Score, Stroke, Voice
from generators.engines.shared import hearing
from generators.engines.speech.measures import measures as heard
from storage.memory import MemoryStore
from tests.builders import RED, Hands, a_brainstorm, a_call, a_person, an_idea, an_opinion
from tests.unit.test_why import Shown

BLUE = Channel(team=Team(platform=RED.team.platform, id="blue"), id="general")


async def a_house(tmp_path: Any) -> House:
    store = MemoryStore()
    await store.open()
    settings = Settings(home=tmp_path, ranker=RankerTable(name="taste"))
    return wiring.furnish(settings, store=store, generator=ScriptedGenerator(), maker=ScriptedMaker(), now=Hands())


def a_picture(warm: bool, seed: int) -> Features:
    """A few overlapping rectangles on a ground, in warm or in cold colours."""
    chance = random.Random(seed)

    def colour() -> tuple[int, int, int]:
        strong, weak = chance.randrange(150, 250), chance.randrange(20, 110)
        return (strong, chance.randrange(60, 160), weak) if warm else (weak, chance.randrange(60, 160), strong)

    picture = Image.new("RGB", (160, 120), colour())
    for _number in range(5):
        left, top = chance.randrange(120), chance.randrange(90)
        picture.paste(colour(), (left, top, left + chance.randrange(10, 60), top + chance.randrange(10, 60)))
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return looks(kept.getvalue())


def a_tune(minor: bool, seed: int) -> Features:
    """A melody over a bass, in minor and low or in major and high; all else by chance."""
    chance = random.Random(seed)
    key = Key(chance.randrange(12), "minor" if minor else "major")
    pitch, at, melody = 60 + (0 if minor else 7), 0, []
    for _number in range(32):
        length = chance.choice((QUARTER // 2, QUARTER, 2 * QUARTER))
        pitch += chance.choice((-4, -2, -1, 0, 1, 2, 4))
        melody.append(Stroke(at, length, pitch))
        at += length
    bass = [Stroke(start, QUARTER, 45) for start in range(0, at, 2 * QUARTER)]
    players = (
        Voice(name="lead", program=chance.randrange(96), strokes=tuple(melody)),
        Voice(name="bass", program=32, strokes=tuple(bass)),
    )
    return measures(
        Score(title="", key=key, metre=Metre(chance.choice((3, 4)), 4), tempo=chance.randrange(70, 160), pickup=0, voices=players)
    )


def a_pitch(warm: bool, seed: int) -> Features:
    """Of a warm or a cold picture, with a voice and a tune that are as they may."""
    noise = np.random.default_rng(seed).normal(0, 0.1, (8000, 2)).astype(np.float32)
    sound = hearing.measures(noise, 8000).values
    return Features.of("pitch/1", [*a_picture(warm, seed).values, *sound, *sound, 1.0])


async def voted_works(
    house: House,
    modality: Modality,
    measured: Callable[[bool, int], Features | None],
    likes: bool,
    channel: Channel = RED,
    commissions: int = 48,
) -> None:
    """Commissions for a work each, of either sort by chance; two people like the one sort and dislike the other."""
    for number in range(commissions):
        sort = random.Random(f"sort {number}").random() < 0.5
        idea = await a_work(house, modality, measured(sort, number), channel, number)
        for person in ("ann", "bob"):
            await house.store.hear(channel.team, an_opinion(idea, person, 1.0 if sort == likes else -1.0))


async def a_work(
    house: House,
    modality: Modality,
    features: Features | None,
    channel: Channel = RED,
    number: int = 0,
    asked: Modality | None = None,
) -> Idea:
    brainstorm = a_brainstorm(channel=channel, prompt=Prompt(text=f"thing {number}", modality=asked or modality, count=1))
    await house.store.begin(brainstorm)
    work = an_idea(f"work {number}", channel=channel, brainstorm=brainstorm.id, modality=modality, features=features)
    return await house.store.add(work)


@pytest.mark.parametrize(("modality", "measured"), [("image", a_picture), ("music", a_tune), ("pitch", a_pitch)])
async def test_works_nobody_voted_on_stand_where_the_team_s_votes_on_others_put_them(
    tmp_path: Any, modality: Modality, measured: Callable[[bool, int], Features]
) -> None:
    house = await a_house(tmp_path)
    await voted_works(house, modality, measured, likes=True)
    unseen = [await a_work(house, modality, measured(bool(place % 2), 1000 + place), number=1000 + place) for place in range(8)]
    await house.services.tasting.settled(RED.team)

    board = await Boards(store=house.store, ranker_of=house.services.tasting.of).all(RED)

    order = [standing.idea.id for standing in board if standing.idea in unseen]
    assert set(order[:4]) == {work.id for work in unseen[1::2]}
    text = await asked_why(house, unseen[1])
    assert {"image": "how it looks", "music": "how it sounds", "pitch": "how it looks and sounds"}[modality] in text
    assert "↑" in text


async def test_the_parts_of_a_pitch_stand_among_works_of_their_own_kind(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await voted_works(house, "image", a_picture, likes=True)
    parts = [
        await a_work(house, "image", a_picture(bool(place), 1000 + place), number=place, asked="pitch") for place in range(2)
    ]
    await a_work(house, "music", a_tune(True, 1), number=9, asked="pitch")

    taste = await house.services.tasting.settled(RED.team)

    assert taste is not None
    scores = taste.score([part.id for part in parts], [])
    assert scores[parts[1].id].mean > 0 > scores[parts[0].id].mean
    assert "how it looks" in await asked_why(house, parts[1])


async def asked_why(house: House, idea: Idea) -> str:
    reply = Shown()
    await house.desk.call(a_call("why", idea=str(idea.number)), reply)
    await house.services.tasting.close()
    return reply.cards[-1].text


async def test_another_team_s_votes_on_media_teach_nothing(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await voted_works(house, "image", a_picture, likes=False, channel=BLUE)
    ours = [await a_work(house, "image", a_picture(bool(place % 2), 1000 + place), number=place) for place in range(4)]
    theirs = [await a_work(house, "image", a_picture(bool(place % 2), 1000 + place), BLUE, 99 + place) for place in range(4)]
    await house.store.hear(RED.team, an_opinion(ours[0]))
    await house.services.tasting.settled(BLUE.team)
    await house.services.tasting.settled(RED.team)

    mine = house.services.tasting.of(RED.team).score([work.id for work in ours[1:]], [])
    other = house.services.tasting.of(BLUE.team).score([work.id for work in theirs], [])

    assert {score.mean for score in mine.values()} == {0.0}
    assert other[theirs[0].id].mean > 0 > other[theirs[1].id].mean


async def test_votes_that_follow_no_look_earn_a_forecast_no_weight(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await voted_works(house, "image", lambda _sort, number: a_picture(bool(number % 3), number * 7), likes=True)
    work = await a_work(house, "image", a_picture(True, 1000))

    taste = await house.services.tasting.settled(RED.team)

    assert taste is not None
    assert not taste.trust(Prompt(text="x", modality="image")).trusted
    assert taste.score([work.id], [])[work.id].mean == 0.0


async def test_works_that_were_not_measured_or_otherwise_stand_by_their_own_votes(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    old = [await a_work(house, "image", None, number=number) for number in range(2)]
    other = await a_work(house, "image", Features(name="looks/0", values=(1.0, 0.0)))
    await house.store.hear(RED.team, an_opinion(old[1]))
    await voted_works(house, "image", a_picture, likes=True)
    taste = await house.services.tasting.settled(RED.team)
    assert taste is not None

    scores = taste.score([*(work.id for work in old), other.id], await house.store.feedback(RED.team, [old[1].id]))

    assert taste.trust(Prompt(text="x", modality="image")).trusted
    assert scores[old[1].id].mean > scores[old[0].id].mean == scores[other.id].mean == 0.0


async def test_what_a_maker_measured_is_kept_with_the_work(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    asked = await house.services.making.begin(
        channel=RED, asker=a_person(), prompt=Prompt(text="a tea bar", count=2, modality="image")
    )

    async def unseen(_news: Any) -> None:
        """Nobody looks."""

    made = await house.services.making.work(asked, unseen)

    kept = [idea.features for idea in await house.store.ideas_of(RED.team, asked.id)]
    assert kept == [idea.features for idea in made]
    assert all(kept)


def test_features_are_between_minus_one_and_one_and_as_many_for_every_work() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 8000).astype(np.float32)
    said = [
        heard(sound, 8000, text=text, voice=voice, speed=speed, voices=("joe", "june"))
        for sound, text, voice, speed in ((noise, "hello there", "joe", 0.5), (noise[:10], "x" * 1500, "amy", 2.0))
    ]
    pictures = [a_picture(True, 1), a_picture(False, 2), looks(plain())]
    tunes = [a_tune(True, 1), a_tune(False, 2)]

    for kind in (said, pictures, tunes):
        assert len({(each.name, len(each.values)) for each in kind}) == 1
        assert len({each.values for each in kind}) == len(kind)
    for values in ((), (1.5,), (float("nan"),)):
        with pytest.raises(ValueError, match="between -1 and"):
            Features(name="looks/1", values=values)


def plain() -> bytes:
    kept = io.BytesIO()
    Image.new("RGBA", (7, 3), (255, 255, 255, 0)).save(kept, "PNG")
    return kept.getvalue()


def test_what_is_heard_of_a_sound_tells_dark_from_bright_even_from_lively_and_slow_from_fast() -> None:
    at = np.arange(4 * 16_000) / 16_000

    def tone(hertz: float, beats: float = 0.0) -> np.ndarray:
        swell = 1.0 if not beats else np.exp(-8 * (at * beats / 60 % 1))
        return (0.3 * swell * np.sin(2 * np.pi * hertz * at)).astype(np.float32)

    def numbers(sound: np.ndarray) -> dict[str, float]:
        told = hearing.measures(sound, 16_000).values
        return {"lively": told[2], "bright": told[14], "noisy": told[15], "dense": told[16], "pace": told[17]}

    low, high = numbers(tone(220)), numbers(tone(1760))
    slow, fast = numbers(tone(440, 60)), numbers(tone(440, 160))
    noise = numbers(np.random.default_rng(0).normal(0, 0.1, len(at)).astype(np.float32))

    assert high["bright"] > low["bright"] + 0.2
    assert slow["lively"] > low["lively"] + 0.3
    assert fast["dense"] > slow["dense"]
    assert fast["pace"] == pytest.approx(np.log2(1.6), abs=0.1)
    assert noise["noisy"] > low["noisy"] + 0.5
    for odd in (np.zeros(10, dtype=np.float32), np.zeros((1, 2), dtype=np.float32), np.ones(50_000, dtype=np.float32)):
        assert len(hearing.measures(odd, 44_100).values) == len(hearing.measures(tone(220), 16_000).values)
