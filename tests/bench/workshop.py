"""A whole workshop from the chat alone: six scripted people, the embedded model, forty ideas, from an empty page to a pitch.

    python -m tests.bench.workshop [--keep FOLDER]

People write, press and type without pauses, so the seconds are the machine's. `waited_s` counts those in which somebody looked at
a screen and waited; what the model writes beside people who write is not in it. All cards, as a terminal sets them, all pictures
and the clip are kept for reading. Ends with `RESULT {json}`, or with an error where the workshop came to no decision.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.domain.ideas import Channel, Idea, Team
from bot.domain.rounds import Round
from tests.acceptance.drivers import Seen
from tests.acceptance.drivers.bare import PLATFORM
from tests.bench.embedded import CACHE
from tests.bench.workshop_room import Room, opened

SCRIPT: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
HERE = Channel(team=Team(platform=PLATFORM, id="red"), id="general")
LEADER = "Ann"
ENOUGH_S = 300.0  # for what the machine does beside people, on one that many share
PICTURE = "The result as a picture"


class Failed(Exception):
    """The workshop came to an end that no team would take."""


class Workshop:
    """One workshop, step by step."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.store = room.driver.house.store
        self.told: dict[str, float] = {}

    async def round(self) -> Round:
        """The round as it stands."""
        return (await self.store.rounds(HERE))[0]

    async def ideas(self) -> list[Idea]:
        """The round's ideas, by number."""
        ideas = await self.store.ideas_of(HERE.team, (await self.round()).brainstorm)
        return sorted(ideas, key=lambda idea: idea.number)

    async def open(self) -> Seen:
        """The leader opens the round."""
        async with self.room.step("ready"):
            while not (await self.room.driver.house.generator.health()).ready:
                await asyncio.sleep(0.1)
        async with self.room.step("open"):
            return await self.room.ask(LEADER, f"/round {SCRIPT['topic']} --ideas {SCRIPT['model']} --dots {SCRIPT['points']}")

    async def write(self, opened: Seen) -> None:
        """Everybody writes, the model too."""
        async with self.room.step("silent writing"):
            began = time.monotonic()
            for person, one in SCRIPT["people"].items():
                for text in one["ideas"][:2]:
                    await self.room.ask(person, f"/jot {text}")
                await self.room.submit(person, opened, "jot", {"text": "\n".join(one["ideas"][2:])})
            round = await self.round()
            while sum(note.author is None for note in await self.store.notes(HERE.team, round.id)) < SCRIPT["model"]:
                if time.monotonic() - began > ENOUGH_S:
                    raise Failed("the model did not write its ideas")
                await asyncio.sleep(0.2)
            self.told["model_wrote_s"] = time.monotonic() - began
            self.room.show(self.room.card(opened))

    async def reveal(self) -> None:
        """All is shown, and what says the same is merged."""
        async with self.room.step("reveal and merge"):
            shown = await self.room.ask(LEADER, "/round next")
            self.told["ideas"] = len(await self.ideas())
            pairs = [control.key for control in self.room.card(shown).controls if control.key.verb == "merge"]
            for key in pairs:
                await self.room.press(LEADER, shown, "merge", key.token)
            self.told["merged"] = len(pairs)

    async def themes(self) -> None:
        """What the ideas are about; one theme is renamed, and what is missing is asked for."""
        async with self.room.step("themes"):
            seen = await self.room.ask(LEADER, "/themes")
            themes = await self.store.themes(HERE, "")
            self.told["themes"] = len(themes)
            held = next(idea.id for idea in await self.ideas() if idea.text in SCRIPT["named"]["holds"])
            place = next(place for place, theme in enumerate(themes, 1) if held in theme.ideas)
            await self.room.ask("Bea", f'/themes --theme {place} --name "{SCRIPT["named"]["name"]}"')
        async with self.room.step("a gap"):
            gaps = [control.key.token for control in self.room.card(seen).controls if control.key.token.startswith("gap-")]
            self.told["gaps"] = len(gaps)
            if gaps:
                asked = await self.room.press("Carl", seen, "themes", gaps[0])
                self.told["gap_ideas"] = len(self.room.card(asked).lines)

    async def weigh(self) -> None:
        """Everybody gives points."""
        async with self.room.step("points"):
            if (await self.round()).now.phase != "points":
                await self.room.ask(LEADER, "/round next")
            for person, one in SCRIPT["people"].items():
                liked = liking(await self.ideas(), one["likes"], one["ideas"])
                first, *rest = liked[: SCRIPT["points"] - 1]
                await self.room.ask(person, f"/points {first}x2 " + " ".join(map(str, rest)))

    async def decide(self) -> Idea:
        """They talk the best ideas over, and decide."""
        async with self.room.step("discussion"):
            shown = await self.room.ask(LEADER, "/round next")
            for person, token in SCRIPT["talk"].items():
                await self.room.press(person, shown, "vote", token, n=1)
            await self.room.ask("Carl", f"/why {self.room.card(shown).lines[0].number}")
        async with self.room.step("decision"):
            best = self.room.card(await self.room.ask(LEADER, "/round next")).lines[0]
            decided = SCRIPT["decided"]
            await self.room.ask(LEADER, f'/decide {best.number} --action "{decided["action"]}" --owner {decided["owner"]}')
        async with self.room.step("result"):
            await self.room.ask(LEADER, "/round next")
            began = time.monotonic()
            with self.room.wait("the picture of the result"):
                picture = await self.picture()
            self.told["picture_s"] = time.monotonic() - began
            self.room.show(self.room.card(picture))
        return next(idea for idea in await self.ideas() if idea.id == best.idea)

    async def picture(self) -> Seen:
        """The picture's message, once it is there."""
        async with asyncio.timeout(ENOUGH_S):
            while True:
                for place, card in self.room.driver.chat.messages.items():
                    if card.title == PICTURE and card.files:
                        return Seen(place=place)
                await asyncio.sleep(0.1)

    async def pitch(self, winner: Idea) -> None:
        """The winner as a clip."""
        async with self.room.step("pitch") as step:
            seen = await self.room.ask(LEADER, f"/pitch {winner.number}")
            if not any(file.media_type.startswith("video/") for line in self.room.card(seen).lines for file in line.media):
                raise Failed("the pitch has no clip")
        self.told["pitch_s"] = step.seconds
        async with self.room.step("board"):
            await self.room.ask("Fay", "/board")

    async def play(self) -> None:
        """All of it."""
        opened_with = await self.open()
        await self.write(opened_with)
        await self.reveal()
        await self.themes()
        await self.weigh()
        winner = await self.decide()
        if not (await self.round()).decisions:
            raise Failed("nothing was decided")
        await self.pitch(winner)


def liking(ideas: list[Idea], likes: list[str], own: list[str]) -> list[int]:
    """The numbers of others' ideas, those with the dearest words first."""

    def dear(idea: Idea) -> int:
        return min((place for place, word in enumerate(likes) if word in idea.text.casefold()), default=len(likes))

    return [idea.number for idea in sorted(ideas, key=lambda idea: (dear(idea), idea.number)) if idea.text not in own]


async def main(folder: Path) -> None:
    async with opened(folder) as room:
        workshop = Workshop(room)
        await workshop.play()
    print(f"the longest wait {room.longest[0]:.1f} s: {room.longest[1]}")
    print(f"the longest card {room.tallest[0]} characters: {room.tallest[1]}")
    print(f"to read: {folder / 'book.md'}")
    told = {
        "workshop_s": sum(step.seconds for step in room.steps if step.name != "ready"),
        "waited_s": sum(step.waited_s for step in room.steps),
        "longest_wait_s": room.longest[0],
        "longest_card": room.tallest[0],
        "cpu_s": sum(step.cpu_s for step in room.steps if step.name != "ready"),
        "tokens": sum(step.tokens for step in room.steps),
        **workshop.told,
        "load": os.getloadavg()[0],
    }
    print("RESULT", json.dumps({key: round(value, 1) for key, value in told.items()}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--keep", type=Path, default=CACHE / "workshop" / str(int(time.time())), help="where to keep all that was shown"
    )
    given = parser.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(given.keep))
