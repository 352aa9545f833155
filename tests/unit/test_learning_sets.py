"""What votes teach: pairs that three people decided, people's words only where they agreed, later topics held out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from bot.domain.feedback import duel
from bot.domain.ideas import Brainstorm, Idea, Prompt
from bot.domain.models import ChannelSettings
from generators.client.phrasing import RecipePhrasing
from learning.dataset import dumped, loaded
from learning.gathering import Topic, gather
from learning.pairs import Pair, decided, verdicts
from learning.plan import Plan
from learning.sets import WAYS, answered, exported, rarities, split, training_set
from storage.memory import MemoryStore
from tests.builders import NOON, RED, a_brainstorm, a_person, an_idea, an_opinion

PHRASING = RecipePhrasing(instructed=False)


async def told(
    store: MemoryStore, topic: str, texts: dict[str, int], *, hours: int = 0, **changes: object
) -> tuple[Brainstorm, list[Idea]]:
    """A brainstorm with ideas, each with so many people for it (or against)."""
    brainstorm = a_brainstorm(prompt=Prompt(text=topic), created_at=NOON + timedelta(hours=hours), **changes)
    await store.begin(brainstorm)
    ideas = []
    for text, votes in texts.items():
        idea = await store.add(an_idea(text, brainstorm=brainstorm.id, created_at=brainstorm.created_at))
        for voter in range(abs(votes)):
            await store.hear(RED.team, an_opinion(idea, f"v{voter}", 1.0 if votes > 0 else -1.0))
        ideas.append(idea)
    return brainstorm, ideas


async def topics(store: MemoryStore) -> list[Topic]:
    return await gather(store, RED.team)


async def opted_in(store: MemoryStore) -> None:
    await store.settle(RED, ChannelSettings(training=True))


def test_a_pair_needs_three_people_and_a_clear_majority() -> None:
    good, bad = an_idea("good"), an_idea("bad")

    def pairs(ups: int, downs: int) -> int:
        votes = [an_opinion(good, f"a{n}") for n in range(ups)] + [an_opinion(bad, f"b{n}", -1.0) for n in range(downs)]
        return len(decided([good, bad], votes))

    assert [pairs(1, 1), pairs(2, 1), pairs(3, 3)] == [0, 1, 1]
    assert [pairs(3, 0), pairs(5, 0)] == [0, 1]
    same = [an_opinion(idea, f"v{n}") for idea in (good, bad) for n in range(4)]
    assert decided([good, bad], same) == []


def test_one_person_decides_nothing_however_often_they_say_it() -> None:
    good, bad = an_idea("good"), an_idea("bad")
    votes = [an_opinion(good, "fan", 1.0, signal=signal) for signal in ("vote", "stars", "emoji")]
    votes += [an_opinion(bad, "fan", -1.0, signal=signal) for signal in ("vote", "stars", "emoji")]

    assert decided([good, bad], votes) == []


def test_nobody_votes_for_their_own_idea() -> None:
    own, other = an_idea("own", author=a_person("ann")), an_idea("other")
    votes = [an_opinion(own, "ann"), an_opinion(own, "bob"), an_opinion(other, "cat", -1.0)]

    assert decided([own, other], votes) == []
    (pair,) = decided([own, other], [*votes, an_opinion(own, "dan")])
    assert pair.voters == 3
    assert not any(":ann:" in id for id in pair.learned_from)


def test_blind_duels_of_three_people_make_a_pair_and_no_duel_of_an_author_counts() -> None:
    good, bad = an_idea("good"), an_idea("bad", author=a_person("d2"))

    def fought(wins: int, losses: int = 0) -> list[Pair]:
        people = [a_person(f"d{n}") for n in range(wins + losses)]
        pairs = [duel(*((good.id, bad.id) if n < wins else (bad.id, good.id)), who, NOON) for n, who in enumerate(people)]
        return decided([good, bad], [said for pair in pairs for said in pair])

    assert "duels" not in {pair.ground for pair in fought(3)}  # the third wrote one of the two
    (pair,) = fought(4)
    assert (pair.chosen, pair.ground, pair.weight) == (good, "duels", 1 - 0.5**4)  # Beta(4, 1) above a half
    assert fought(3, 2) == []  # two against two


def test_duels_and_votes_that_contradict_one_another_decide_nothing() -> None:
    one, other = an_idea("one"), an_idea("other")
    duels = [said for n in range(4) for said in duel(one.id, other.id, a_person(f"d{n}"), NOON)]
    votes = [an_opinion(other, f"v{n}") for n in range(40)]

    assert [pair.chosen for pair in decided([one, other], duels)] == [one]
    assert [pair.chosen for pair in decided([one, other], votes)] == [other]
    assert decided([one, other], [*duels, *votes]) == []


def test_an_edit_beats_its_original_unless_the_team_says_otherwise() -> None:
    original = an_idea("a tea place")
    edit = an_idea("The Tea Place", origin="edit", parents=(original.id,), author=a_person("ann"))

    (pair,) = decided([original, edit], [])
    against = [an_opinion(original, f"v{n}") for n in range(4)] + [an_opinion(edit, f"w{n}", -1.0) for n in range(4)]
    (turned,) = decided([original, edit], against)

    assert (pair.chosen, pair.ground) == (edit, "edit")
    assert edit.id in pair.learned_from
    assert (turned.chosen, turned.ground) == (original, "votes")
    assert verdicts([original, edit], [], 0.0)[0][0].idea == edit


def test_ideas_clearly_above_the_teams_middle_are_worth_imitating() -> None:
    great, fine, poor = an_idea("great"), an_idea("fine"), an_idea("poor")
    votes = [an_opinion(great, f"v{n}") for n in range(6)] + [an_opinion(fine, "v1")] + [an_opinion(poor, "v2", -1.0)]

    good, thumbs = verdicts([great, fine, poor], votes, 0.2)

    assert [one.idea.text for one in good] == ["great"]
    assert [(one.idea.text, one.liked) for one in thumbs] == [("great", True), ("fine", True), ("poor", False)]
    assert thumbs[0].weight > thumbs[1].weight


async def test_without_consent_no_word_of_people_is_learned() -> None:
    store = MemoryStore()
    brainstorm, ideas = await told(store, "names for our secret merger", {"Harbour": 4, "Rust": -4})
    mine = an_idea("Jane's own words", brainstorm=brainstorm.id, origin="human", author=a_person("jane"))
    await store.add(mine)
    for voter in range(4):
        await store.hear(RED.team, an_opinion(mine, f"v{voter}"))

    found = await topics(store)
    made = dumped(training_set(split(found, 0.0), PHRASING, Plan()))
    files = exported(found, "trl") + exported(found, "training")

    assert [idea.id for idea in found[0].ideas] == [idea.id for idea in ideas]
    for text in (made, files):
        assert "Harbour" in text
        assert "secret" not in text
        assert "merger" not in text
        assert "Jane" not in text


async def test_with_consent_topics_edits_and_own_ideas_teach_and_are_named_as_sources() -> None:
    store = MemoryStore()
    await opted_in(store)
    brainstorm, _ideas = await told(store, "names for a tea bar", {"Harbour": 4, "Rust": -4})
    mine = await store.add(an_idea("My own", brainstorm=brainstorm.id, origin="human", author=a_person("jane")))
    for voter in range(4):
        await store.hear(RED.team, an_opinion(mine, f"v{voter}"))

    found = await topics(store)
    chosen = split(found, 0.0)
    made = training_set(chosen, PHRASING, Plan())

    assert "tea bar" in dumped(made)
    assert any("My own" in answer for answer in made.rounds[0][0].answers)
    assert mine.id in chosen.trained_on
    assert f"{brainstorm.id}:ann:topic" in chosen.trained_on
    assert "tea bar" in exported(found, "trl")
    assert json.loads(exported(found, "trl").splitlines()[0]).keys() == {"prompt", "chosen", "rejected", "weight", "voters"}


async def test_what_a_person_had_deleted_is_in_no_set() -> None:
    store = MemoryStore()
    await opted_in(store)
    await told(store, "names for a tea bar", {"Harbour": 4, "Rust": -4})
    before = split(await topics(store), 0.0).trained_on

    await store.forget(RED.team, a_person("v0"))

    after = split(await topics(store), 0.0).trained_on
    assert any(":v0:" in id for id in before)
    assert not any(":v0:" in id for id in after)


async def test_only_ideas_for_one_topic_are_compared_and_the_same_topic_asked_twice_is_one() -> None:
    store = MemoryStore()
    await told(store, "names for a tea bar", {"Harbour": 4})
    await told(store, "Names for a  tea bar", {"Rust": -4}, hours=1)
    await told(store, "names for a boat", {"Plank": -4}, hours=2)

    found = await topics(store)

    assert [len(topic.ideas) for topic in found] == [2, 1]
    assert [[(pair.chosen.text, pair.rejected.text) for pair in topic.pairs] for topic in found] == [[("Harbour", "Rust")], []]


async def test_the_latest_topics_are_held_out_and_none_is_on_both_sides() -> None:
    store = MemoryStore()
    for number in range(12):
        await told(store, f"names for thing {number}", {f"Good {number}": 4, f"Bad {number}": -4}, hours=number)

    chosen = split(await topics(store))

    assert [topic.prompt.text for topic in chosen.held_out] == [f"names for thing {number}" for number in (8, 9, 10, 11)]
    assert {topic.id for topic in chosen.learned}.isdisjoint(topic.id for topic in chosen.held_out)
    assert max(topic.at for topic in chosen.learned) < min(topic.at for topic in chosen.held_out)


async def test_lessons_are_asked_as_the_generator_asks_another_way_each_round_and_come_back_from_json() -> None:
    store = MemoryStore()
    await opted_in(store)
    for number in range(6):
        await told(store, f"names for thing {number}", {f"Good {number}": 4, f"Bad {number}": -4}, hours=number)
    made = training_set(split(await topics(store), 0.0), PHRASING, Plan(epochs=3))

    assert loaded(dumped(made)) == made
    ways = {(lesson.topic, repr(lesson.phrase)) for round_ in made.rounds for lesson in round_}
    assert len(ways) > len(made.rounds[0])
    for lesson in made.rounds[0]:
        (contrast,) = lesson.preference_pairs
        assert "Good" in lesson.answers[contrast.chosen]
        assert "Bad" in lesson.answers[contrast.rejected]


async def test_pairs_weigh_so_that_chosen_ideas_are_as_long_as_rejected_ones_and_a_topic_counts_once() -> None:
    store = MemoryStore()
    for number in range(6):
        short, long = f"Bo{number}", f"The long lane {number}"
        votes = {short: 4, long: -4} if number % 3 else {long: 5, "The long way home": 5, short: -5}
        await told(store, f"names for thing {number}", votes, hours=number)
    chosen = split(await topics(store), 0.0)

    def longer(plan: Plan) -> tuple[float, float]:
        """Letters by which chosen answers are longer, in all, every lesson counting once; and what their pairs weigh in all."""
        made = training_set(chosen, PHRASING, plan)
        rows = [
            (pair.weighted(1.0) / sum(one.weighted(1.0) for one in lesson.preference_pairs), pair, lesson.answers)
            for lesson in made.rounds[0]
            for pair in lesson.preference_pairs
        ]
        more = [len(answers[pair.chosen]) - len(answers[pair.rejected]) for _share, pair, answers in rows]
        weights = [share * pair.balance for share, pair, _answers in rows]
        return sum(weight * letters for weight, letters in zip(weights, more, strict=True)), sum(weights)

    assert longer(Plan(balanced=False))[0] < -5
    assert longer(Plan()) == pytest.approx((0.0, 6.0), abs=1e-4)


async def test_a_held_out_topic_is_asked_in_several_ways_about_the_same_ideas() -> None:
    store = MemoryStore()
    await opted_in(store)
    for number in range(24):  # of eight held-out topics one at least is asked in two ways, whatever the ids
        await told(store, f"names for thing {number}", {f"Good {number}": 4, f"Bad {number}": -4}, hours=number)
    made = training_set(split(await topics(store)), PHRASING, Plan())

    by_topic = {lesson.topic: [one for one in made.held_out if one.topic == lesson.topic] for lesson in made.held_out}
    assert {len(lessons) for lessons in by_topic.values()} == {WAYS}
    assert len({repr(lesson.phrase) for lesson in made.held_out}) > len(by_topic)
    assert all(lesson.preference_pairs == lessons[0].preference_pairs for lessons in by_topic.values() for lesson in lessons)


async def test_answers_stand_in_the_order_of_the_ideas_they_come_from() -> None:
    store = MemoryStore()
    await told(store, "names for a tea bar", {"Harbour": 3, "Unseen": 0, "Rust": -3})
    (topic,) = await topics(store)

    (lesson,) = training_set(split([topic], 0.0), PHRASING, Plan()).rounds[0]

    assert [idea.text for idea in answered(topic)] == ["Harbour", "Rust"]
    assert [text.split('"')[0] for text in lesson.answers] == ["Harbour", "Rust"]


def test_a_rare_idea_is_far_from_the_others() -> None:
    vectors = np.array([[1, 0], [1, 0], [1, 0], [1, 0], [0, 1]], dtype=np.float32)

    found = rarities(["a", "b", "c", "d", "e"], lambda texts: vectors)

    # the first four are 1/4 from the others on average, the last one 1; mean 0.4
    assert found == pytest.approx([0.625] * 4 + [2.5])
    assert rarities(["a", "b", "c", "d"]) == pytest.approx([1.0] * 4)


@pytest.mark.parametrize(
    "topic", ["names for a tea bar", "ideas for an offsite", "slogans for a gym", "story about a lighthouse"]
)
@pytest.mark.parametrize("told_", [True, False])
def test_what_the_model_would_have_written_is_read_back_as_the_idea(topic: str, told_: bool) -> None:
    prompt = Prompt(text=topic)
    for seed in range(6):
        phrase = PHRASING.phrase(prompt, seed=seed, told=told_)
        if phrase.kept:
            phrase = replace(phrase, opening="")
        written = PHRASING.answer(phrase, "Green lantern evenings by the harbour")

        cut = min(place for mark in phrase.stop if (place := (written + "\n").find(mark)) >= 0)
        draft = PHRASING.idea(phrase, prompt, written[:cut], finished=True)

        assert draft.broken is None
        assert draft.text.rstrip(".") == "Green lantern evenings by the harbour"
        assert told_ or topic.split()[-1] not in phrase.prompt
