"""Any sequence of calls has the same answers from memory as from SQLite."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.domain.errors import MuselabError
from bot.domain.feedback import Feedback
from bot.domain.ideas import BrainstormId, Candidate, Channel, Draft, IdeaId, Person, Prompt, Team
from bot.domain.models import ChannelSettings
from bot.domain.moderation import Hiding
from bot.ports import Arrival, Store
from storage import migrate
from storage.urls import build
from tests.contract.stores import a_brainstorm, a_version, an_idea, later

# Few of each, so that calls meet: the same id from two teams, a vote on an idea that somebody has just had deleted.
teams = st.sampled_from([Team(platform="discord", id=id) for id in ("1", "2")])
channels = st.builds(Channel, team=teams, id=st.sampled_from("ab"))
persons = st.sampled_from([Person(platform="discord", id=id) for id in ("ann", "bob")])
anyone = st.none() | persons
idea_ids = st.sampled_from([IdeaId(f"i{n}") for n in range(4)])
brainstorm_ids = st.sampled_from([BrainstormId(f"b{n}") for n in range(3)])
moments = st.integers(0, 4).map(later)
holders = st.sampled_from(["", "p1", "p2"])
events = st.sampled_from(["e1", "e2", "e3"])
texts = st.text(max_size=12) | st.sampled_from(["same", "'; --", "\x00", "\ud800"])
floats = st.none() | st.floats(width=32)
prompts = st.builds(Prompt, text=st.sampled_from(["tea", "茶"]), about=st.lists(texts, max_size=3).map(tuple))
candidates = st.builds(
    Candidate,
    brainstorm=brainstorm_ids,
    draft=st.builds(Draft, text=texts, logprob=floats),
    verdict=st.just("kept"),
    score=floats,
    idea=st.none() | idea_ids,
)
opinions = st.builds(
    Feedback,
    idea=idea_ids,
    person=persons,
    signal=st.sampled_from(["vote", "stars"]),
    token=texts,
    value=st.sampled_from([-1.0, -0.5, 0.0, 1.0]),
    at=moments,
)


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables and nothing in them, to be copied: migrating takes longer than a whole example."""
    file = tmp_path_factory.mktemp("empty") / "muselab.db"
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(migrate.upgrade(f"sqlite:///{file}"))
    return file


def test_memory_and_sqlite_give_the_same_answers(empty_file: Path) -> None:
    class Both(TwoStores):
        template = empty_file

    quick = settings(
        max_examples=40,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.generate],  # shrinking runs hundreds of examples, minutes of files; remove this line to look into a failure
    )
    run_state_machine_as_test(Both, settings=quick)


class TwoStores(RuleBasedStateMachine):
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="muselab-agree-"))
        shutil.copy(self.template, self.folder / "muselab.db")
        self.runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self.memory, self.sqlite = build("memory:"), build(f"sqlite:///{self.folder / 'muselab.db'}")
        self.runner.run(self.sqlite.open())

    def teardown(self) -> None:
        self.runner.run(self.sqlite.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    def same(self, call: Callable[[Store], Awaitable[Any]]) -> None:
        """Makes the call on both and compares."""

        async def answer(store: Store) -> Any:
            try:
                return await call(store)
            except MuselabError as error:
                return type(error)

        memory, sqlite = (self.runner.run(answer(store)) for store in (self.memory, self.sqlite))
        assert memory == sqlite

    @initialize(data=st.data())
    def start_with_something(self, data: st.DataObject) -> None:
        """Otherwise most calls of a short sequence meet an empty store."""
        for n in range(3):
            channel, at = data.draw(channels), data.draw(moments)
            parents = data.draw(st.lists(idea_ids, max_size=2).map(tuple))
            quoting = Prompt(text="tea", about=("quoted", "same")[: data.draw(st.integers(0, 2))])
            self.begin(
                id=BrainstormId(f"b{n}"),
                channel=channel,
                asker=data.draw(persons),
                prompt=quoting,
                parents=parents,
                created_at=at,
            )
            self.add(
                id=IdeaId(f"i{n}"), brainstorm=BrainstormId(f"b{n}"), channel=channel, text="quoted", author=data.draw(anyone)
            )

    @rule(
        id=brainstorm_ids,
        channel=channels,
        asker=anyone,
        prompt=st.none() | prompts,
        parents=st.lists(idea_ids, max_size=3).map(tuple),
        created_at=moments,
        leased_until=st.none() | moments,
        serves=st.just("") | events,
    )
    def begin(self, *, serves: str = "", **given: Any) -> None:
        brainstorm = a_brainstorm(**given)
        self.same(lambda store: store.begin(brainstorm, serves=serves))

    @rule(
        id=brainstorm_ids,
        channel=channels,
        holder=holders,
        change=st.sampled_from(["place", "finish", "lease"]),
        address=texts,
        at=moments,
    )
    def change(self, id: BrainstormId, channel: Channel, holder: str, change: str, address: str, at: datetime) -> None:
        held = a_brainstorm(id=id, channel=channel, holder=holder)
        calls: dict[str, Callable[[Store], Awaitable[bool]]] = {
            "place": lambda store: store.place(held, address),
            "finish": lambda store: store.finish(held, "done", at),
            "lease": lambda store: store.lease(held, at),
        }
        self.same(calls[change])

    @rule(now=moments, until=moments, holder=holders)
    def take_up(self, now: datetime, until: datetime, holder: str) -> None:
        self.same(lambda store: store.take_up(now, until, holder))

    @rule(id=brainstorm_ids, idea=idea_ids, channel=channels, holder=holders, created_at=moments)
    def add_as_holder(self, id: BrainstormId, idea: IdeaId, channel: Channel, holder: str, created_at: datetime) -> None:
        held = a_brainstorm(id=id, channel=channel, holder=holder)
        made = an_idea(id=idea, brainstorm=id, channel=channel, created_at=created_at)
        self.same(lambda store: store.add(made, held=held))

    @rule(event=events, team=teams, holder=holders, subject=st.sampled_from(["", "vote"]), at=moments, until=moments)
    def arrive(self, event: str, team: Team, holder: str, subject: str, at: datetime, until: datetime) -> None:
        arrival = Arrival(team=team, id=event, at=at, body=f"{event} of {team.id}", subject=subject)
        self.same(lambda store: store.arrive([arrival], holder, until))
        self.same(lambda store: store.overtaken(arrival))

    @rule(event=events, team=teams)
    def served(self, event: str, team: Team) -> None:
        self.same(lambda store: store.served([(team, event)]))

    @rule(holder=holders, until=moments)
    def hold(self, holder: str, until: datetime) -> None:
        self.same(lambda store: store.hold(holder, until))

    @rule(now=moments, until=moments, holder=holders)
    def unserved(self, now: datetime, until: datetime, holder: str) -> None:
        self.same(lambda store: store.unserved(now, until, holder, ["discord"]))

    @rule(
        id=idea_ids,
        brainstorm=st.none() | brainstorm_ids,
        channel=channels,
        text=texts,
        author=anyone,
        asker=anyone,
        parents=st.lists(idea_ids, max_size=3).map(tuple),
        slot=st.integers(0, 3),
        created_at=moments,
    )
    def add(self, **given: Any) -> None:
        idea = an_idea(**given)
        self.same(lambda store: store.add(idea))

    @rule(team=teams, logged=st.lists(candidates, max_size=3))
    def log(self, team: Team, logged: list[Candidate]) -> None:
        self.same(lambda store: store.log(team, logged))

    @rule(team=teams, opinion=opinions)
    def hear(self, team: Team, opinion: Feedback) -> None:
        self.same(lambda store: store.hear(team, opinion))

    @rule(channel=channels, opinion=opinions, number=st.integers(1, 3))
    def hear_of_a_number(self, channel: Channel, opinion: Feedback, number: int) -> None:
        """Like `hear`, of an idea that mostly exists."""

        async def call(store: Store) -> Any:
            idea = await store.numbered(channel, number)
            return await store.hear(channel.team, replace(opinion, idea=idea.id)) if idea else None

        self.same(call)

    @rule(team=teams, person=persons)
    def forget(self, team: Team, person: Person) -> None:
        self.same(lambda store: store.forget(team, person))

    @rule(channel=channels, number=st.integers(1, 3), by=anyone, hidden=st.booleans(), at=moments)
    def hide(self, channel: Channel, number: int, by: Person | None, hidden: bool, at: datetime) -> None:
        async def call(store: Store) -> Any:
            idea = await store.numbered(channel, number)
            if idea is None:
                return None
            hiding = Hiding(idea=idea.id, channel=channel, number=number, hidden=hidden, by=by, at=at)
            return await store.hide(channel.team, hiding)

        self.same(call)

    @rule(team=teams)
    def forget_team(self, team: Team) -> None:
        async def call(store: Store) -> Any:
            cleared = await store.forget_team(team)
            return cleared.files, cleared.adapters  # how many rows something takes, each store knows for itself

        self.same(call)

    @rule(team=teams, at=moments, stays=st.booleans())
    def leave(self, team: Team, at: datetime, stays: bool) -> None:
        self.same(lambda store: store.stay(team) if stays else store.depart(team, at))

    @rule(event=st.sampled_from(["e1", "e2", "e3"]), at=moments)
    def first_time(self, event: str, at: datetime) -> None:
        self.same(lambda store: store.first_time(event, at))

    @rule(channel=channels, style=st.none() | texts, thread=st.booleans())
    def settle(self, channel: Channel, style: str | None, thread: bool) -> None:
        self.same(lambda store: store.settle(channel, ChannelSettings(style=style, thread=thread)))

    @rule(
        id=st.sampled_from(["v1", "v2"]),
        team=st.none() | teams,
        stage=st.sampled_from(["candidate", "live", "retired"]),
        trained_on=st.lists(st.sampled_from(["i0:ann:vote", "i1:bob:vote", "ann", "i2"]), max_size=3).map(tuple),
        created_at=moments,
    )
    def keep_version(self, **given: Any) -> None:
        version = a_version(**given)
        self.same(lambda store: store.keep_version(version))

    @rule(team=teams, channel=channels, person=persons, limit=st.integers(-1, 4), address=texts)
    def look(self, team: Team, channel: Channel, person: Person, limit: int, address: str) -> None:
        self.same(lambda store: store.brainstorms(channel, limit=limit))
        self.same(lambda store: store.ideas(channel, limit=limit))
        self.same(lambda store: store.ideas(channel, limit=limit, hidden=True))
        self.same(lambda store: store.hidden(channel.team))
        self.same(lambda store: store.hidings(channel))
        self.same(lambda store: store.departed(later(9)))
        self.same(lambda store: store.team_ideas(team, limit=limit))
        self.same(lambda store: store.about(team, person))
        self.same(lambda store: store.settings(channel))
        self.same(lambda store: store.versions(team))
        self.same(lambda store: store.at_address(team, address))

    @rule(team=teams, brainstorm=brainstorm_ids, idea=idea_ids)
    def look_closely(self, team: Team, brainstorm: BrainstormId, idea: IdeaId) -> None:
        self.same(lambda store: store.brainstorm(team, brainstorm))
        self.same(lambda store: store.candidates(team, brainstorm))
        self.same(lambda store: store.ideas_of(team, brainstorm))
        self.same(lambda store: store.idea(team, idea))

    @invariant()
    def every_opinion_is_the_same(self) -> None:
        ids = [IdeaId(f"i{n}") for n in range(4)]

        async def opinions_of(store: Store) -> set[Feedback]:
            return {said for id in ("1", "2") for said in await store.feedback(Team(platform="discord", id=id), ids)}

        self.same(opinions_of)
