"""A taught model is asked in the form of its lessons, with the person's own words; others are asked as before."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any

import pytest

from bot.domain.ideas import Prompt, Team
from bot.ports import Order
from generators.client.choices import Made
from generators.client.drafting import Drafting, Scores, log_odds
from generators.client.embeddings import Embeddings
from generators.client.lessons import NEUTRAL
from generators.client.phrasing import RecipePhrasing, taught
from generators.client.recipes import Asking, askings
from generators.client.served import Served
from generators.client.tuned import Adapters
from tests.unit.test_generator_served import Listing, a_model, served


def an_order(text: str, *, liked: tuple[str, ...] = (), **given: Any) -> Order:
    team = Team(platform="terminal", id="1")
    return Order(prompt=Prompt(text=text, **given), candidates=21, seed=3, model="", team=team, liked=liked)


def asked(text: str, *, kin: tuple[str, ...] = (), **given: Any) -> list[Asking]:
    return askings(an_order(text, **given), instructed=False, kin=kin, taught=True)[1]


@pytest.mark.parametrize(
    ("text", "given", "topic"),
    [
        ("Ways to thank a gardener!", {}, "ways to thank a gardener"),
        ("how can we use less plastic in our office?", {}, "how can we use less plastic in our office"),
        ("DIY decorations for Ann", {}, "DIY decorations for Ann"),
        ("a tea bar", {"kind": "names"}, "names for a tea bar"),
        ("names for a tea bar", {"kind": "names"}, "names for a tea bar"),
        ("a lost key", {"kind": "stories", "tone": "funny"}, "a story about a lost key, funny"),
        ("party games", {"options": (("audience", "children"),)}, "party games, for children"),
        ("decorations", {"style": "art deco", "options": (("words", "2"),)}, "decorations, art deco, short"),
    ],
)
def test_a_topic_stands_as_in_the_lessons(text: str, given: dict[str, Any], topic: str) -> None:
    (asking,) = asked(text, **given)

    assert asking.prompt == f"Topic: {topic}\nIdea:"
    assert (asking.count, asking.stop, asking.neutral, asking.opening) == (21, ("\n",), NEUTRAL, "")


@pytest.mark.parametrize("text", ["ways to thank a gardener", "names for a tea bar", "haikus about rain"])
def test_liked_ideas_are_not_shown_as_it_would_write_them_again(text: str) -> None:
    assert asked(text, liked=("A rain gauge", "Seeds")) == asked(text)


def test_more_shows_the_idea_that_it_starts_from() -> None:
    (asking,) = asked("ways to thank a gardener", operation="more", about=("A rain gauge",), liked=("Seeds",))

    assert asking.prompt == "Topic: ways to thank a gardener\nIdea: A rain gauge\n\nTopic: ways to thank a gardener\nIdea:"


def test_names_of_a_form_stand_beside_those_that_the_model_writes() -> None:
    own, formed = asked("names for a tea bar", kin=("leaf", "kettle", "cup"))

    assert formed.written
    assert not own.written
    assert own.prompt == formed.prompt
    assert own.count + formed.count == 21
    assert own.count > formed.count > 0


def test_without_words_near_to_the_topic_there_are_no_forms() -> None:
    assert [asking.written for asking in asked("names for a tea bar")] == [()]


@pytest.mark.parametrize("text", ["slogans for a bike shop", "titles for a talk about bees", "gifts for a baker"])
def test_a_recipe_may_keep_its_own_ways_and_have_the_drafts_judged(text: str) -> None:
    requests = asked(text)

    assert all("Topic:" not in asking.prompt for asking in requests)
    assert {asking.judged for asking in requests} == {text}


def test_a_topic_of_a_kind_named_apart_is_judged_by_its_whole_words() -> None:
    assert {asking.judged for asking in asked("a bike shop", kind="slogans")} == {"slogans for a bike shop"}


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("ways to thank a gardener", {"operation": "spin", "about": ("Seeds",)}),
        ("ways to thank a gardener", {"operation": "remix", "about": ("Seeds", "A rake")}),
        ("haikus about rain", {}),
        ("a slogan for a bike shop", {"options": (("picture", "a red bicycle"),)}),
    ],
)
def test_what_was_not_taught_is_asked_as_of_any_small_model(text: str, given: dict[str, Any]) -> None:
    order = an_order(text, **given)

    assert askings(order, instructed=False, taught=True) == askings(order, instructed=False)


def test_a_model_without_lessons_is_asked_by_examples() -> None:
    requests = askings(an_order("ways to thank a gardener"), instructed=False)[1]

    assert all("Topic:" not in asking.prompt for asking in requests)


@pytest.mark.parametrize(
    ("name", "told", "is_taught"),
    [
        ("renamed", {"taught": True}, True),
        ("SmolLM2-135M-Muselab-1a2b", {"taught": False}, False),
        ("models/SmolLM2-135M-Muselab-1a2b", {}, True),
        ("SmolLM2-135M-Instruct", {}, False),
    ],
)
async def test_the_service_tells_whether_its_model_had_lessons(name: str, told: dict[str, bool], is_taught: bool) -> None:
    asking: Served = served(Listing(a_model(name, **told)))

    assert await asking.taught(name) is is_taught


def test_a_tuned_version_learns_in_the_form_in_which_it_will_be_asked() -> None:
    prompt = Prompt(text="ways to thank a gardener")
    phrasing = RecipePhrasing(instructed=False, taught=taught("SmolLM2-135M-Muselab-1a2b"))

    phrase, untold = (phrasing.phrase(prompt, seed=1, told=told) for told in (True, False))

    assert (phrase.prompt, untold.prompt) == ("Topic: ways to thank a gardener\nIdea:", NEUTRAL)
    assert phrasing.answer(phrase, "A rain gauge") == phrasing.answer(untold, "A rain gauge") == " A rain gauge\n"


def test_a_tuned_version_learns_a_poem_as_the_list_that_it_will_be_asked_for() -> None:
    prompt, poem = Prompt(text="rain", kind="haikus"), "Wet roofs / a cat looks in / and out"
    phrasing = RecipePhrasing(instructed=False, taught=True)

    phrase, untold = (phrasing.phrase(prompt, seed=1, told=told) for told in (True, False))

    assert phrase.prompt.endswith("A haiku about rain\n1.")
    assert phrasing.answer(phrase, poem) == phrasing.answer(untold, poem) == " Wet roofs\n2. a cat looks in\n3. and out\n\n"
    assert phrasing.idea(phrase, prompt, " Wet roofs\n2. a cat looks in\n3. and out", finished=True).text == poem


@pytest.mark.parametrize(
    ("version", "trouble"), [("A day off for everyone", "form"), ("Swap desks with a colleague for one day", None)]
)
async def test_a_version_that_says_something_else_is_none(version: str, trouble: str | None) -> None:
    draft = "Swap your desk with a colleague from another team for one day"
    order, listing = an_order("ideas", operation="polish", about=(draft,)), Listing({"id": "it", "owned_by": "somebody"})
    recipe, requests = askings(order, instructed=False, taught=True)
    drafting = drafting_of(listing)

    (made,) = await drafting.drafts([Made(requests[0], version, finished=True)], recipe, order, {})

    assert made.broken == trouble


@pytest.mark.parametrize(("is_taught", "trouble"), [(True, None), (False, "example")])
async def test_only_examples_that_were_shown_can_have_been_copied(is_taught: bool, trouble: str | None) -> None:
    order, listing = an_order("ways to thank a student"), Listing({"id": "it", "owned_by": "somebody"})
    recipe, requests = askings(order, instructed=False, taught=is_taught)
    drafting = drafting_of(listing)

    example = min(recipe.examples)

    (draft,) = await drafting.drafts([Made(replace(requests[0], opening=""), example, finished=True)], recipe, order, {})

    assert draft.broken == trouble


class Scoring(Listing):
    """A service of our own, to which lovely texts are likelier, and so is a yes behind them."""

    def __init__(self, *models: dict[str, Any]) -> None:
        super().__init__(*models)
        self.prompts: list[str] = []
        self.embedded: list[str] = []

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The likelihood of every letter, or a vector for each text."""
        if path == "/embeddings":
            self.embedded += body["input"]
            return {"data": [{"index": index, "embedding": [1.0]} for index, _text in enumerate(body["input"])]}
        choices = []
        self.prompts += body["prompt"]
        for index, prompt in enumerate(body["prompt"]):
            value = -0.1 if "lovely" in prompt else -2.0
            told = {"text_offset": list(range(len(prompt))), "token_logprobs": [None, *[value] * (len(prompt) - 1)]}
            choices.append({"index": index, "logprobs": told})
        return {"choices": choices}


def drafting_of(listing: Listing) -> Drafting:
    said = served(listing)
    vectors = Embeddings(listing, said, asked=isinstance(listing, Scoring))  # type: ignore[arg-type]
    return Drafting(listing, said, Adapters(listing, "", 1.0), vectors)  # type: ignore[arg-type]


async def test_what_will_be_judged_is_embedded_beside_its_scores() -> None:
    order, listing = an_order("ways to thank a student"), Scoring({"id": "it", "owned_by": "muselab"})
    recipe, requests = askings(order, instructed=False, taught=True)
    texts = ("Write a lovely card to the student", "")
    made = [Made(requests[0], text, finished=True, logprobs=(-1.0,), model="it") for text in texts]

    good, empty = await drafting_of(listing).drafts(made, recipe, order, {})

    assert (good.broken, empty.broken) == (None, "empty")
    assert listing.embedded == [good.text]


@pytest.mark.parametrize("is_taught", [True, False])
async def test_only_a_taught_model_is_asked_what_it_thinks_of_its_drafts(is_taught: bool) -> None:
    order, listing = an_order("ways to thank a student"), Scoring({"id": "it", "owned_by": "muselab"})
    drafting = drafting_of(listing)
    recipe, requests = askings(order, instructed=False, taught=is_taught)
    texts = ("Write a lovely card to the student", "Send the student to the teacher")
    made = [Made(requests[0], text, finished=True, logprobs=(-1.0,), model="it") for text in texts]

    good, other = await drafting.drafts(made, recipe, order, {})

    if is_taught:
        assert good.judged is not None
        assert other.judged is not None
        assert good.judged > other.judged
        assert good.relevance is other.relevance is None
        assert listing.prompts == [f"Topic: ways to thank a student\nIdea: {text}\nGood: yes" for text in texts]
    else:
        assert good.judged is other.judged is None
        assert good.relevance is not None


async def test_what_comes_again_is_scored_once_in_a_batch_and_over_all_of_an_order() -> None:
    order, listing, known = an_order("ways to thank a student"), Scoring({"id": "it", "owned_by": "muselab"}), Scores()
    drafting = drafting_of(listing)
    recipe, requests = askings(order, instructed=False, taught=True)
    lovely, other = (
        Made(requests[0], text, finished=True, logprobs=(-1.0,), model="it")
        for text in ("Write a lovely card to the student", "Send the student to the teacher")
    )

    first = await drafting.drafts([lovely, lovely], recipe, order, known)
    second = await drafting.drafts([other, lovely], recipe, order, known)

    assert len(listing.prompts) == len(set(listing.prompts)) == 2
    assert first[0].judged == first[1].judged == second[1].judged
    assert second[0].judged not in (None, first[0].judged)


def test_log_odds_stay_finite() -> None:
    assert (log_odds(0.0), log_odds(-1e9)) == (pytest.approx(13.8, abs=0.1), pytest.approx(-13.8, abs=0.1))
    assert log_odds(log(0.5)) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("wish", "word"),
    [("no food", "food"), ("without puns", "puns"), ("and no screens please", "screens"), ("Not silly", "silly")],
)
def test_what_is_to_be_left_out_is_not_named_to_a_small_model(wish: str, word: str) -> None:
    prompts = [asking.prompt for asking in asked("uses for an old boat", style=f"short, {wish}")]

    assert any("short" in prompt for prompt in prompts)
    assert not any(word in prompt for prompt in prompts)


@pytest.mark.parametrize("wish", ["not too formal", "no-nonsense"])
def test_a_wish_that_only_begins_like_a_refusal_is_told(wish: str) -> None:
    assert any(wish in asking.prompt for asking in asked("uses for an old boat", style=wish))
