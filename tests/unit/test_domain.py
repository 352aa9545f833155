"""Values keep their word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import InvalidFeedback, InvalidPrompt, MuselabError, Outage, Refusal
from bot.domain.feedback import tallies
from bot.domain.ideas import MAX_IDEAS, MAX_TOPIC, Prompt, clean
from bot.messages import Key
from tests.builders import an_idea, an_opinion


def test_a_topic_is_one_tidy_line() -> None:
    prompt = Prompt(text="  names\tfor\n\na \x1b[31mtea\x00 bar\u202e ")

    assert prompt.text == "names for a [31mtea bar"


@pytest.mark.parametrize("text", ["", "   \n", "\x00\x07", "\u200b\u2060"])
def test_an_empty_topic_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(InvalidPrompt, match="is empty. Please write something"):
        Prompt(text=text)


def test_a_topic_of_ten_thousand_characters_is_refused_with_both_numbers() -> None:
    with pytest.raises(InvalidPrompt, match=rf"10000 characters; at most {MAX_TOPIC}"):
        Prompt(text="x" * 10_000)


@pytest.mark.parametrize("count", [-1, 0, 11, 99])
def test_a_count_outside_the_range_is_refused_with_the_range(count: int) -> None:
    with pytest.raises(InvalidPrompt, match=f"between 1 and {MAX_IDEAS}"):
        Prompt(text="tea", count=count)


def test_emoji_joiners_and_chinese_survive_cleaning() -> None:
    assert clean("👩‍🍳 茶吧 café") == "👩‍🍳 茶吧 café"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert "\n" not in clean(text)


def test_an_opinion_beyond_the_scale_is_refused() -> None:
    with pytest.raises(InvalidFeedback):
        an_opinion(an_idea(), value=1.5)


def test_a_tally_counts_each_person_once_and_shows_stars_and_picks() -> None:
    idea = an_idea()
    said = [
        an_opinion(idea, "ann", 1.0),
        an_opinion(idea, "ann", 1.0, signal="stars", token="5"),
        an_opinion(idea, "bob", -1.0),
        an_opinion(idea, "cleo", 1.0, signal="pick", token="yes"),
        an_opinion(idea, "dan", -0.5, signal="stars", token="2"),
    ]

    tally = tallies(said)[idea.id]

    assert (tally.ups, tally.downs, tally.voters) == (2, 2, 4)
    assert tally.stars == 3.5
    assert tally.raters == 2
    assert tally.picked


def test_an_error_says_its_docstring_unless_told_otherwise() -> None:
    assert str(Outage()) == "A part of Muselab is unavailable right now. Please try again in a moment."
    assert str(Refusal("Only on Sundays.")) == "Only on Sundays."


def test_everybody_knows_whose_turn_it_is_to_mend_an_error() -> None:
    families = {Refusal, Outage}

    def below(kind: type[MuselabError]) -> set[type[MuselabError]]:
        return {kind} | {leaf for child in kind.__subclasses__() for leaf in below(child)}

    ours = {kind for kind in below(MuselabError) if kind.__module__ == "bot.domain.errors"} - {MuselabError}
    assert all(any(issubclass(kind, family) for family in families) for kind in ours)


def test_a_key_survives_being_written_and_read() -> None:
    key = Key(verb="vote", target="0" * 24, token="a:b")

    assert Key.parse(str(key)) == key


@pytest.mark.parametrize("text", ["", "no verb:x", "1:2:3", "vote:" + "x" * 100])
def test_a_key_that_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(InvalidFeedback, match="not one of Muselab's"):
        Key.parse(text)
