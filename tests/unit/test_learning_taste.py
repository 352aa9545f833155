"""Taste is learned where it can be, has no weight where it cannot, and never outvotes people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.feedback import Feedback
from bot.domain.ideas import Idea, IdeaId, Prompt
from bot.ports import Entry, Learner, Log, Ranker
from learning import trust
from learning.opinions import Opinions
from learning.rankers.bayes import Bayes
from learning.rankers.taste import Learned, Untaught
from learning.sheets import sheet
from tests.builders import a_person, an_idea, an_opinion

WIDTH = 12
TOPICS, EACH = 40, 8
VOTERS = ("ann", "bob", "cem", "dee", "eve")
LIKING = np.random.default_rng(1).normal(size=WIDTH)

Taste = Callable[[np.ndarray, int], np.ndarray]  # vectors of a topic's ideas, the topic's number -> how good they truly are


def learnable(vectors: np.ndarray, topic: int) -> np.ndarray:
    return 2.0 * vectors @ LIKING


def random_taste(vectors: np.ndarray, topic: int) -> np.ndarray:
    return np.random.default_rng(topic).normal(size=len(vectors))


def a_world(seed: int = 0, topics: int = TOPICS) -> tuple[Log, list[np.ndarray]]:
    """A log of names for many things, and the vectors by topic."""
    chance = np.random.default_rng(seed)
    entries, vectors = [], []
    for topic in range(topics):
        prompt = Prompt(text=f"names for thing {topic}")
        some = chance.normal(size=(EACH, WIDTH))
        some /= np.linalg.norm(some, axis=1, keepdims=True)
        vectors.append(some.astype(np.float32))
        for place in range(EACH):
            id = IdeaId(f"{topic:03}-{place}")
            entries.append(Entry(idea=an_idea(f"name {place * 7 % EACH} of {topic}", id=id), prompt=prompt))
    return Log(entries=tuple(entries), vectors=np.concatenate(vectors), topics={}), vectors


def votes(vectors: Sequence[np.ndarray], taste: Taste, seed: int = 0, people: Sequence[str] = VOTERS) -> list[Feedback]:
    """Everybody votes on everything: up where what they think, the truth and a mood of their own, is above 0."""
    chance = np.random.default_rng(seed)
    said = []
    for topic, some in enumerate(vectors):
        worth = taste(some, topic)
        for place in range(EACH):
            for person in people:
                value = 1.0 if worth[place] + chance.normal() > 0 else -1.0
                said.append(an_opinion(IdeaId(f"{topic:03}-{place}"), person, value))
    return said


def order_of_new(learned: Learned, taste: Taste, seed: int = 9) -> float:
    """Correlation of what is foretold of a hundred new ideas for a new topic with what they are worth."""
    fresh = np.random.default_rng(seed).normal(size=(100, WIDTH)).astype(np.float32)
    fresh /= np.linalg.norm(fresh, axis=1, keepdims=True)
    found = learned.foretell(Prompt(text="names for a new thing"), [f"new {n}" for n in range(100)], fresh)
    assert found is not None
    return float(np.corrcoef(found, taste(fresh, 0))[0, 1])


@pytest.fixture(scope="module")
def world() -> tuple[Log, list[np.ndarray]]:
    return a_world()


@pytest.fixture(scope="module")
def learned(world: tuple[Log, list[np.ndarray]]) -> Learned:
    return Untaught().learn(world[0], votes(world[1], learnable))


def test_the_plugin_is_a_ranker_that_can_learn() -> None:
    assert isinstance(Untaught(), Learner)
    assert not isinstance(Bayes(), Learner)


def test_a_taste_that_can_be_learned_is_trusted_and_foretells_new_topics(learned: Learned) -> None:
    trust = learned.trust(Prompt(text="names for a new thing"))

    assert trust.trusted
    assert trust.accuracy is not None
    assert trust.accuracy > 0.7
    assert order_of_new(learned, learnable) > 0.8


@pytest.mark.parametrize("seed", range(4))
def test_a_random_taste_leaves_exactly_the_votes(seed: int) -> None:
    log, vectors = a_world(seed)
    said = votes(vectors, random_taste, seed)

    learned = Untaught().learn(log, said)

    ideas = [entry.idea.id for entry in log.entries]
    assert learned.score(ideas, said) == Bayes().score(ideas, said)
    assert learned.foretell(Prompt(text="names for a new thing"), ["x"], vectors[0][:1]) is None


def test_too_few_votes_leave_exactly_the_votes(world: tuple[Log, list[np.ndarray]]) -> None:
    said = votes(world[1][:3], learnable)

    learned = Untaught().learn(world[0], said)

    ideas = [entry.idea.id for entry in world[0].entries]
    assert learned.score(ideas, said) == Bayes().score(ideas, said)


def test_a_vote_refits_the_kind_of_task_it_is_on_and_no_other() -> None:
    names, vectors = a_world()
    slogans = [
        Entry(idea=replace(entry.idea, id=IdeaId(f"s{entry.idea.id}")), prompt=Prompt(text=f"slogans for {entry.prompt.text}"))
        for entry in names.entries
    ]
    log = Log(entries=(*names.entries, *slogans), vectors=np.concatenate([*vectors, *vectors]), topics={})
    said = votes(vectors, learnable)
    said += [replace(vote, idea=IdeaId(f"s{vote.idea}")) for vote in said]
    before = Untaught().learn(log, said)

    after = before.refit([*said[:-1], replace(said[-1], value=-said[-1].value)])

    (voted,) = {name for name in before.kinds if after.kinds[name] is not before.kinds[name]}
    assert "slogan" in voted
    assert len(before.kinds) == 2


def test_another_kind_of_task_starts_without_trust(learned: Learned) -> None:
    assert not learned.trust(Prompt(text="slogans for a tea bar")).trusted
    assert not learned.trust(Prompt(text="给茶馆起个名字", language="zh")).trusted


def test_a_topic_whose_votes_contradict_the_forecast_goes_by_its_votes(
    world: tuple[Log, list[np.ndarray]], learned: Learned
) -> None:
    def turned(vectors: np.ndarray, topic: int) -> np.ndarray:
        return learnable(vectors, topic) * (-1 if topic == 0 else 1)

    after = learned.refit(votes(world[1], turned, people=[f"p{n}" for n in range(20)]))

    slopes = after.kinds["text/en/name"].fit.slopes
    assert slopes[0] < 0.2 * np.median(slopes)


def test_votes_overrule_the_forecast(world: tuple[Log, list[np.ndarray]], learned: Learned) -> None:
    ideas = [entry.idea.id for entry in world[0].entries if entry.prompt.text == "names for thing 0"]
    foretold = sorted(ideas, key=lambda idea: learned.prior(idea)[0])
    worst, best = foretold[0], foretold[-1]
    crowd = [an_opinion(idea, f"p{n}", value) for n in range(60) for idea, value in ((worst, 1.0), (best, -1.0))]

    scores = learned.score(ideas, crowd)

    assert scores[best].mean < scores[worst].mean


def test_one_person_against_all_cannot_turn_the_taste(world: tuple[Log, list[np.ndarray]]) -> None:
    log, vectors = world
    fair = votes(vectors[:30], learnable)  # five people, 240 ideas each; the troll is alone on the last ten topics
    troll = [
        an_opinion(IdeaId(f"{topic:03}-{place}"), "troll", -1.0 if value > 0 else 1.0)
        for topic, some in enumerate(vectors)
        for place, value in enumerate(learnable(some, topic))
    ]

    learned = Untaught().learn(log, [*fair, *troll])

    assert order_of_new(learned, learnable) > 0.6


def test_an_own_vote_on_an_own_idea_counts_for_nothing(world: tuple[Log, list[np.ndarray]]) -> None:
    log, vectors = world
    first = log.entries[0]
    mine = Entry(idea=an_idea(first.idea.text, id=first.idea.id, author=a_person("ann"), origin="human"), prompt=first.prompt)
    own = Log(entries=(mine, *log.entries[1:]), vectors=log.vectors, topics={})
    said = [said for said in votes(vectors, learnable) if said.idea != first.idea.id]

    learned = Untaught().learn(own, said)

    with_own = learned.refit([*said, an_opinion(first.idea.id, "ann")])
    assert with_own.score([first.idea.id], [an_opinion(first.idea.id, "ann")]) == learned.score([first.idea.id], [])


def test_the_same_votes_in_any_order_give_the_same_version_and_scores(world: tuple[Log, list[np.ndarray]]) -> None:
    said = votes(world[1], learnable)

    one, other = Untaught().learn(world[0], said), Untaught().learn(world[0], said[::-1])

    ideas = [entry.idea.id for entry in world[0].entries]
    assert one.version == other.version
    assert one.score(ideas, said) == other.score(ideas, said)
    assert one.version != one.refit(said[:-1]).version


def test_what_was_learned_is_gone_when_its_votes_are(learned: Learned) -> None:
    empty = learned.refit([])

    assert [empty.prior(idea)[0] for idea in list(empty.places)[:20]] == [0.0] * 20


def test_an_idea_of_a_topic_nobody_judged_is_placed_by_the_forecast(world: tuple[Log, list[np.ndarray]]) -> None:
    log, vectors = world
    learned = Untaught().learn(log, votes(vectors[:-1], learnable))  # nobody voted in the last topic

    ideas = [IdeaId(f"{TOPICS - 1:03}-{place}") for place in range(EACH)]
    scores = learned.score(ideas, [])

    found = np.corrcoef([scores[idea].mean for idea in ideas], learnable(vectors[-1], 0))[0, 1]
    assert found > 0.7
    assert all(score.votes == 0 for score in scores.values())


def test_an_unknown_idea_is_scored_by_votes_alone(learned: Learned) -> None:
    stranger = an_idea("nobody learned from this one")
    said = [an_opinion(stranger, "ann")]

    assert learned.score([stranger.id], said) == Bayes().score([stranger.id], said)


def test_reasons_add_up_to_the_score(learned: Learned, world: tuple[Log, list[np.ndarray]]) -> None:
    said = votes(world[1], learnable)
    for idea in (world[0].entries[0].idea, world[0].entries[100].idea):
        reasons = learned.reasons(idea.id, said)

        assert sum(reason.amount for reason in reasons) == pytest.approx(learned.score([idea.id], said)[idea.id].mean)
        assert abs(reasons[0].amount) == max(abs(reason.amount) for reason in reasons)


def test_without_an_embedder_the_surface_still_counts() -> None:
    log, _vectors = a_world()
    shouting = tuple(
        Entry(idea=an_idea(entry.idea.text + ("!" if place % 2 else ""), id=entry.idea.id), prompt=entry.prompt)
        for place, entry in enumerate(log.entries)
    )
    said = [
        an_opinion(entry.idea, person, 1.0 if entry.idea.text.endswith("!") else -1.0)
        for entry in shouting
        for person in VOTERS[:2]
    ]

    learned = Untaught().learn(Log(entries=shouting, vectors=None, topics={}), said)

    found = learned.foretell(Prompt(text="names for a new thing"), ["name 3 of 12", "name 3 of 12!"], None)
    assert found is not None
    assert found[1] > found[0]


def test_a_changed_embedder_silences_the_forecast_until_it_is_learned_anew(learned: Learned) -> None:
    wider = np.ones((1, WIDTH + 4), dtype=np.float32)

    assert learned.foretell(Prompt(text="names for a new thing"), ["x"], wider) is None


def test_a_person_with_a_taste_of_their_own_is_foretold_better_with_their_votes(world: tuple[Log, list[np.ndarray]]) -> None:
    log, vectors = world
    odd = np.random.default_rng(5).normal(size=WIDTH)

    def oddly(some: np.ndarray, topic: int) -> np.ndarray:
        return learnable(some, topic) + 3.0 * some @ odd

    people = [*VOTERS, "fay", "gus"]
    said = [*votes(vectors, learnable, people=people), *votes(vectors, oddly, people=["odd"])]
    learned = Untaught().learn(log, said)
    fresh = np.random.default_rng(8).normal(size=(200, WIDTH)).astype(np.float32)
    fresh /= np.linalg.norm(fresh, axis=1, keepdims=True)
    prompt, texts = Prompt(text="names for a new thing"), [f"new {n}" for n in range(200)]

    everybody = learned.foretell(prompt, texts, fresh)
    theirs = learned.foretell(prompt, texts, fresh, a_person("odd"))

    assert everybody is not None
    assert theirs is not None
    truth = oddly(fresh, 0)
    assert np.corrcoef(theirs, truth)[0, 1] > np.corrcoef(everybody, truth)[0, 1]
    newcomer = learned.foretell(prompt, texts, fresh, a_person("newcomer"))
    assert newcomer is not None
    assert np.array_equal(newcomer, everybody)


opinions = st.lists(
    st.builds(
        lambda place, person, value: an_opinion(IdeaId(f"000-{place}"), person, value),
        st.integers(0, EACH - 1),
        st.sampled_from(VOTERS),
        st.floats(-1, 1).filter(lambda value: value != 0),
    ),
    max_size=15,
    unique_by=lambda said: (said.idea, said.person),
)


@given(said=opinions, value=st.floats(0.01, 1), place=st.integers(0, EACH - 1))
@settings(deadline=None, max_examples=100)
def test_with_a_forecast_one_more_opinion_still_moves_an_idea_its_own_way(
    learned: Learned, said: list[Feedback], value: float, place: int
) -> None:
    ranker: Ranker = learned
    idea = IdeaId(f"000-{place}")
    before = ranker.score([idea], said)[idea].mean

    up = ranker.score([idea], [*said, an_opinion(idea, "newcomer", value)])[idea].mean
    down = ranker.score([idea], [*said, an_opinion(idea, "newcomer", -value)])[idea].mean

    assert down - 1e-12 <= before <= up + 1e-12


def an_entry_of(idea: Idea) -> Entry:
    return Entry(idea=idea, prompt=Prompt(text="names for a tea bar"))


def test_a_team_without_a_single_vote_can_be_learned_from() -> None:
    log = Log(entries=(an_entry_of(an_idea("The Third Steep")),), vectors=None, topics={})

    learned = Untaught().learn(log, [])

    assert not learned.trust(Prompt(text="names for a tea bar")).trusted
    assert Untaught().learn(Log(entries=(), vectors=None, topics={}), []).score([], []) == {}


def few_topics(follow: float, seed: int) -> bool:
    """Whether a forecast is trusted after eighty ideas of six topics; votes follow one feature with this chance, else a coin."""
    chance = np.random.default_rng(seed)
    rows = chance.normal(size=(80, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    liked = np.where(chance.random(80) < follow, rows[:, 0] > 0, chance.random(80) < 0.5)
    page = sheet([""] * 80, rows, np.arange(80) % 6, None)
    said = Opinions(np.arange(80), np.zeros(80, dtype=np.intp), np.where(liked, 1.0, -1.0), np.ones(80))
    return trust.learned(page, said).hyperparameters.trusted


def test_of_few_topics_coins_are_hardly_ever_taken_for_a_taste_and_a_taste_is_still_seen() -> None:
    coins = [few_topics(0.0, seed) for seed in range(60)]
    tastes = [few_topics(0.7, seed) for seed in range(8)]

    assert sum(coins) <= 3  # 1.4 are expected; by the standard error of six topics alone it were 9
    assert sum(tastes) >= 6
