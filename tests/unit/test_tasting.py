"""What was learned keeps up with votes, forgets what is forgotten, and never keeps anybody waiting."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot import wiring
from bot.commands.why import trust_said
from bot.config import GeneratorTable, RankerTable, Settings
from bot.domain.errors import StoreDown
from bot.domain.feedback import Feedback
from bot.domain.ideas import Draft, Idea, Prompt, Team
from bot.domain.models import ChannelSettings
from bot.messages import Progress
from bot.ports import Log
from bot.services.ideas.selecting import Option, Pool
from bot.services.ideas.slate import EXPLORING, exploring
from bot.services.votes.refitting import Tasting
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from learning.rankers.bayes import Bayes
from learning.rankers.taste import Learned, Untaught
from storage.memory import MemoryStore
from tests.builders import NOON, RED, Hands, a_brainstorm, a_person, a_press, an_idea, an_opinion


async def a_house(tmp_path: Any, **generator: Any) -> House:
    store = MemoryStore()
    await store.open()
    settings = Settings(home=tmp_path, ranker=RankerTable(name="taste"), generator=GeneratorTable(**generator))
    return wiring.furnish(settings, store=store, generator=ScriptedGenerator(), now=Hands())


async def a_team_that_likes_short_names(house: House, topics: int = 32) -> list[Idea]:
    """Names for many things, each judged by three people: short ones up, long ones down."""
    ideas = []
    for number in range(topics):
        brainstorm = a_brainstorm(prompt=Prompt(text=f"names for thing {number}"))
        await house.store.begin(brainstorm)
        for place in range(6):
            text = f"Tea {number} {place}" if place % 2 else f"The very long winded name of thing {number} in place {place}"
            idea = await house.store.add(an_idea(text, brainstorm=brainstorm.id))
            ideas.append(idea)
            for person in ("ann", "bob", "cem"):
                await house.store.hear(RED.team, an_opinion(idea, person, 1.0 if place % 2 else -1.0))
    return ideas


class Watched(Untaught):
    """A learner that says when it learns, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.learned = 0
        self.refitted = 0
        self.threads: set[int] = set()

    def learn(self, log: Log, feedback: Sequence[Feedback]) -> Learned:
        self.learned += 1
        self.threads.add(threading.get_ident())
        return super().learn(log, feedback)


async def test_votes_become_taste_without_anybody_waiting(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await a_team_that_likes_short_names(house)
    watched = Watched()
    tasting = Tasting(store=house.store, generator=house.generator, ranker=watched)

    at_once = tasting.of(RED.team)
    taste = await tasting.settled(RED.team)

    assert at_once is watched  # votes alone, until something is learned
    assert taste is not None
    assert tasting.of(RED.team) is taste
    assert threading.get_ident() not in watched.threads
    vectors = await house.generator.embed(["Tea 7 1", "The very long winded name of thing 99"])
    foretold = taste.foretell(Prompt(text="names for a new thing"), ["Tea 7 1", "The very long winded name of thing 99"], vectors)
    assert foretold is not None
    assert foretold[0] > foretold[1]


async def test_a_vote_changes_the_version(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    ideas = await a_team_that_likes_short_names(house, topics=4)
    tasting = house.services.tasting
    before = await tasting.settled(RED.team)

    press = a_press(f"vote:{ideas[0].id}:up", person="dee")
    await house.services.listening.hear(press, ideas[0], signal="vote", token="up", value=1.0)
    after = await tasting.settled(RED.team)

    assert before is not None
    assert after is not None
    assert after.version != before.version


async def test_what_a_person_had_deleted_is_no_longer_learned_from(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await a_team_that_likes_short_names(house, topics=4)
    tasting = house.services.tasting
    await tasting.settled(RED.team)

    for person in ("ann", "bob", "cem"):
        await house.services.forgetting.forget(a_person(person), RED.team)

    assert await tasting.settled(RED.team) is None


async def test_what_people_wrote_teaches_only_where_their_channel_opted_in(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    ideas = await a_team_that_likes_short_names(house, topics=2)
    written = await house.store.add(an_idea("My own", brainstorm=ideas[0].brainstorm, author=a_person("bob"), origin="human"))
    await house.store.hear(RED.team, an_opinion(written, "ann"))
    pages: list[Log] = []

    class Reader(Untaught):
        def learn(self, log: Log, feedback: Sequence[Feedback]) -> Learned:
            pages.append(log)
            return super().learn(log, feedback)

    async def taught() -> set[str]:
        tasting = Tasting(store=house.store, generator=house.generator, ranker=Reader())
        await tasting.settled(RED.team)
        await tasting.close()
        return {entry.idea.text for entry in pages[-1].entries}

    kept_out = await taught()
    await house.store.settle(RED, ChannelSettings(training=True))

    assert "My own" not in kept_out
    assert len(kept_out) == len(ideas)
    assert "My own" in await taught()


async def test_teams_learn_apart(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await a_team_that_likes_short_names(house, topics=4)

    await house.services.tasting.settled(RED.team)

    assert await house.services.tasting.settled(Team(platform="test", id="blue")) is None


class Down(MemoryStore):
    """A store whose team ideas cannot be read while it is down."""

    down = False

    async def team_ideas(self, team: Team, *, limit: int = 1000) -> list[Idea]:
        if self.down:
            raise StoreDown
        return await super().team_ideas(team, limit=limit)


async def test_when_the_store_is_down_what_was_learned_stays(tmp_path: Any) -> None:
    store = Down()
    await store.open()
    house = wiring.furnish(
        Settings(home=tmp_path, ranker=RankerTable(name="taste")), store=store, generator=ScriptedGenerator(), now=Hands()
    )
    await a_team_that_likes_short_names(house, topics=4)
    tasting = house.services.tasting
    before = await tasting.settled(RED.team)

    store.down = True
    tasting.heard(RED.team)
    await asyncio.sleep(0.05)

    assert tasting.of(RED.team) is before
    await tasting.close()


async def test_a_ranker_that_cannot_learn_is_every_teams(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    plain = Bayes()
    tasting = Tasting(store=house.store, generator=house.generator, ranker=plain)

    assert tasting.of(RED.team) is plain
    assert await tasting.settled(RED.team) is None


async def test_one_slot_of_four_is_drawn_by_chance_and_logged_as_such(tmp_path: Any) -> None:
    house = await a_house(tmp_path)

    async def unseen(news: Progress | Idea) -> None:
        """Nobody looks."""

    async def kinds(count: int) -> list[str]:
        prompt = Prompt(text=f"names for a tea bar of {count}", count=count)
        begun = await house.services.brainstorming.begin(channel=RED, asker=a_person(), prompt=prompt)
        ideas = await house.services.brainstorming.work(begun, unseen)
        return [idea.slot_kind for idea in await house.store.ideas_of(RED.team, begun.id)][: len(ideas)]

    assert (await kinds(4)).count("explore") == 1
    assert (await kinds(3)).count("explore") == 0
    await house.services.tasting.close()


async def test_a_team_whose_taste_is_trusted_has_more_drafts_to_choose_from(tmp_path: Any) -> None:
    house = await a_house(tmp_path, steered=8.0)
    brainstorming = house.services.brainstorming

    async def unseen(news: Progress | Idea) -> None:
        """Nobody looks."""

    async def drafts(topic: str) -> int:
        begun = await brainstorming.begin(channel=RED, asker=a_person(), prompt=Prompt(text=topic, count=5))
        await brainstorming.work(begun, unseen)
        return len(await house.store.candidates(RED.team, begun.id))

    before = await drafts("names for a tea bar")
    await a_team_that_likes_short_names(house)
    house.services.tasting.forget(RED.team)
    taste = await house.services.tasting.settled(RED.team)
    after = await drafts("names for a bakery")

    assert taste is not None
    assert taste.trust(Prompt(text="names for a bakery")).trusted
    assert (before, after) == (16, 40)  # five ideas, 3.2 drafts each, and 8
    await house.services.tasting.close()


def test_the_exploring_slot_is_any_slot_and_the_same_after_a_crash() -> None:
    begun = [a_brainstorm(seed=seed) for seed in range(200)]

    slots = [exploring(brainstorm, EXPLORING) for brainstorm in begun]

    assert slots == [exploring(brainstorm, EXPLORING) for brainstorm in begun]
    assert set(slots) == set(range(EXPLORING))


def test_a_draw_by_chance_takes_the_better_one_more_often_but_not_always() -> None:
    def drawn(seed: int) -> str:
        pool = Pool()
        for text, quality in (("good", 1.0), ("fair", 0.0)):
            pool.add(Option(Draft(text=text), None, quality))
        chosen = pool.choose(random.Random(seed))
        assert chosen is not None
        return chosen.draft.text

    texts = [drawn(seed) for seed in range(400)]

    # Standardised the two are 2 apart, each draw off by 1: the better wins with P(N(2, 2) > 0) = 0.92.
    assert 0.86 < texts.count("good") / 400 < 0.97


async def test_who_asks_while_the_first_taste_is_being_learned_waits_a_little_and_hears_of_it(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await a_team_that_likes_short_names(house)
    going_on = threading.Event()

    class Slow(Untaught):
        def learn(self, log: Log, feedback: Sequence[Feedback]) -> Learned:
            going_on.wait(60)
            return super().learn(log, feedback)

    tasting = Tasting(store=house.store, generator=house.generator, ranker=Slow())

    early = await tasting.first(RED.team, 0.05)
    going_on.set()
    taste, learning = await tasting.first(RED.team, 60)
    again = await tasting.first(RED.team, 60)
    await tasting.close()

    assert early == (None, True)
    assert (taste is not None, learning) == (True, False)
    assert again == (taste, False)
    assert "just being learned" in trust_said(None, learning=True)


async def test_after_a_start_what_busy_teams_like_is_learned_before_they_ask(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await a_team_that_likes_short_names(house)
    tasting, long_ago = Tasting(store=house.store, generator=house.generator, ranker=Untaught()), NOON + timedelta(days=30)

    tasting.warm(long_ago, {RED.team.platform})
    await asyncio.sleep(0.05)
    idle = set(tasting._states)
    tasting.warm(NOON - timedelta(days=30), {RED.team.platform})
    async with asyncio.timeout(60):
        while not (state := tasting._states.get(RED.team)) or state.taste is None:
            await asyncio.sleep(0.05)
    await tasting.close()

    assert idle == set()


class Exchanged(ScriptedGenerator):
    """A generator whose encoder can become another, with vectors of another length."""

    version = 1

    async def oversampling(self, prompt: Prompt) -> float:
        return 1.0

    @property
    def encoder(self) -> str:
        return f"letters-{self.version}"

    async def embed(self, texts: Sequence[str]) -> Any:
        rows = await super().embed(texts)
        return rows if self.version == 1 or rows is None else rows[:, ::2].copy()


async def test_when_the_encoder_changes_old_votes_are_embedded_anew_behind(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    generator = Exchanged()
    tasting = Tasting(store=house.store, generator=generator, ranker=Untaught())
    ideas = await a_team_that_likes_short_names(house, topics=4)
    before = await tasting.settled(RED.team)
    await generator.embed(["a new topic"])
    generator.version = 2

    tasting.heard(RED.team)
    after = await tasting.settled(RED.team)

    assert isinstance(before, Learned)
    assert isinstance(after, Learned)
    widths = [next(iter(taste.kinds.values())).fit.sheet.dimensions for taste in (before, after)]
    assert widths[1] == widths[0] // 2
    assert len(ideas) == 24
    await tasting.close()
