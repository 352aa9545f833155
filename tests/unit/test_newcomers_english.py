"""What English newcomers ask of ideas that stand there, in several wordings each: what is done, or why it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import typed
from bot.domain.errors import Refusal
from bot.domain.ideas import Prompt
from bot.messages import Call, Card, Press
from bot.services.cards import title
from bot.services.ideas.substituting import Swap
from bot.services.talk.adding import asked_about, extended
from bot.services.talk.cannot import why
from bot.services.talk.deeds import deed
from bot.services.talk.followups import follow_up
from bot.services.talk.heard import HEARD, understood
from bot.services.talk.intents import Meaning
from bot.services.talk.long_texts import longer
from bot.services.talk.manners import shown as shown_style
from bot.services.talk.openings import opened
from bot.services.talk.praising import liked
from bot.services.talk.replying import is_talk
from bot.services.talk.swapping import swapped, swapped_in
from bot.services.talk.wishes import wishes
from bot.services.team.governing import whole
from bot.wiring import House
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, a_brainstorm, a_call, a_person, an_id, an_idea
from tests.unit.test_changing_works import commissions
from tests.unit.test_desk import house as house
from tests.unit.test_following import a_set


def parsed(line: str, under: str = "latest") -> Call | Press:
    return typed.parse(line, typed.Source(id=an_id(), person=a_person(), channel=RED, at=NOON, under=under))


async def said(house: House, line: str) -> BareChat:
    chat, event = BareChat(), parsed(line)
    handle = house.desk.press if isinstance(event, Press) else house.desk.call
    await handle(event, Sheet(chat, "ann"))  # type: ignore[arg-type, operator]
    return chat


def shown(chat: BareChat) -> Card:
    """The card that a room saw last."""
    return list(chat.messages.values())[-1]


def told(chat: BareChat) -> str:
    """What one person was told last."""
    return chat.whispers["ann"][-1].text


@pytest.mark.parametrize(
    "line",
    [
        "rank them by cost",
        "sort by effort",
        "order these by how easy they are",
        "can you sort these from cheapest to most expensive",
        "rank the ideas by impact and effort please",
        "put the easiest ones first",
        "cheapest first please",
        "now prioritise them by feasibility",
        "sort the list by price",
        "order them according to how much time they take",
        "list them in order of difficulty",
        "rate these by originality",
        "can we rank them from least to most effort",
    ],
)
def test_ideas_are_sorted_by_nothing_but_votes_and_a_sentence_says_so(line: str) -> None:
    with pytest.raises(Refusal, match=r"/duel.*/round.*/board"):
        parsed(line)


@pytest.mark.parametrize(
    "line",
    [
        "sort them by votes",
        "rank these by popularity",
        "order the ideas by number of likes",
        "rank them by how many votes they have",
    ],
)
def test_an_order_by_votes_is_the_board(line: str) -> None:
    asked = deed(line)

    assert asked is not None
    assert asked.line == "/board"


@pytest.mark.parametrize(
    ("line", "begins"),
    [
        ("what would the intern think of these?", "Why an idea would be good"),
        ("What would my boss think about number 3", "Why an idea would be good"),
        ("who voted?", "Who voted for what is shown to nobody"),
        ("谁投票了", "Who voted for what is shown to nobody"),
        ("把第一个改成线上也能玩的", "An idea is not turned into another one"),
        ("把第2个改得更短一点", ""),
        ("what would people think of a hotel for cats", ""),
    ],
)
def test_what_others_think_and_who_voted_is_told_to_nobody(line: str, begins: str) -> None:
    assert why(line).startswith(begins)
    assert bool(why(line)) == bool(begins)


@pytest.mark.parametrize(
    "line",
    ["ok different thing: names for a cat", "something else: names for a cat", "On another note: names for a cat"],
)
def test_what_announces_a_topic_is_none_of_it(line: str) -> None:
    assert opened(line) == "names for a cat"


@pytest.mark.parametrize(
    "line",
    [
        "sort my bookshelf by colour",
        "rank of tasks by effort for a scrum team",
        "order of service for a wedding",
        "sorting games for toddlers",
    ],
)
def test_sorting_something_else_is_a_topic(line: str) -> None:
    assert why(line) == ""
    assert deed(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "in spanish please",
        "auf deutsch",
        "can you do french",
        "translate them into italian",
        "could you write these in dutch",
        "do you speak japanese?",
        "french please",
        "en español por favor",
        "now the same in portuguese",
        "how about in swedish",
        "which languages do you speak?",
        "is there a german version",
        "can you translate 1 to german?",
        "you speak french?",
        "translate it to Spanish",
        "in French please",
    ],
)
def test_a_language_asked_for_is_answered_by_those_there_are(line: str) -> None:
    event = parsed(line)

    assert isinstance(event, Call)
    assert (event.command, event.args["spoken"]) == ("model", line)


@pytest.mark.parametrize(
    "line", ["slogans in spanish for a taco truck", "spanish lessons for kids", "french toast variations", "german"]
)
def test_a_language_in_a_topic_is_a_topic(line: str) -> None:
    event = parsed(line, under="")

    assert isinstance(event, Call)
    assert event.command == "brainstorm"


async def test_the_answer_about_languages_says_what_the_model_in_use_knows(house: House) -> None:
    chat = await said(house, "in spanish please")

    assert "Nothing is translated" in told(chat)
    assert "muselab model" in told(chat)


@pytest.mark.parametrize(
    ("line", "most"),
    [
        ("put the best three on a board", 3),
        ("only the top 3", 3),
        ("top 3", 3),
        ("just the best two please", 2),
        ("show me the three best ones", 3),
        ("give me the top five", 5),
        ("what are the top 2", 2),
        ("i only want the best four ideas", 4),
    ],
)
def test_the_best_few_are_the_board_cut_there(line: str, most: int) -> None:
    event = parsed(line)

    assert isinstance(event, Call)
    assert (event.command, event.args["said"]) == ("board", f"top {most}")


async def test_a_board_of_the_best_two_shows_two_and_says_that_there_are_more(house: House) -> None:
    await a_set(house)

    chat = await said(house, "only the top two")

    assert len(shown(chat).lines) == 2
    assert "The first 2 of 4" in shown(chat).text


async def test_a_board_that_has_no_more_is_shown_as_it_is(house: House) -> None:
    await a_set(house)

    chat = await said(house, "top 5")

    assert len(shown(chat).lines) == 4
    assert not shown(chat).text


@pytest.mark.parametrize(
    "line",
    [
        "summarise everything in 3 bullets",
        "summarize these in two sentences",
        "sum it up in a few bullet points",
        "give me a short summary in 3 lines",
        "can you condense it all into one paragraph",
        "boil them down to three key points",
        "give us the key takeaways",
        "tl;dr",
        "give me a one paragraph summary",
        "can you summarize what we have in two lines",
    ],
)
def test_a_summary_is_the_themes_with_a_sentence(line: str) -> None:
    event = parsed(line)

    assert isinstance(event, Call)
    assert (event.command, event.args["said"]) == ("themes", "summary")


async def test_where_ideas_are_too_few_for_themes_the_board_says_that_no_summary_is_written(house: House) -> None:
    await a_set(house)

    chat = await said(house, "summarise everything in 3 bullets")

    assert shown(chat).text.startswith("I write no summaries")
    assert len(shown(chat).lines) == 4


async def test_the_themes_say_so_too(house: House) -> None:
    for number in range(16):
        await house.store.add(an_idea(f"a walk to the {number}th lake" if number % 2 else f"cake number {number}", slot=number))

    chat = await said(house, "summarise everything in 3 bullets")

    assert shown(chat).title == "Themes"
    assert shown(chat).text.startswith("I write no summaries")


@pytest.mark.parametrize(
    ("line", "like", "how", "count"),
    [
        ("I like the second one, more like that", 2, "", None),
        ("number 3 is great, give me more like it", 3, "", None),
        ("love #2! more in that direction", 2, "", None),
        ("the second one is my favourite, more of those", 2, "", None),
        ("2 is genius, give us five more like that", 2, "", 5),
        ("we like number 4. can we have more of that kind", 4, "", None),
        ("the last one is fun, similar ones please", -1, "", None),
        ("love 3, more please", 3, "", None),
        ("I really like 2, another three in the same style", 2, "", 3),
        ("the first one is brilliant - something along those lines", 1, "", None),
        ("+1 for 3, more like this one", 3, "", None),
        ("the first is perfect, more like it but cheaper", 1, "cheaper", None),
        ("I like number 2 best, give me ideas similar to that", 2, "", None),
        ("the 4th one made me laugh, more like that", 4, "", None),
        ("I like 2 but shorter", 2, "short", None),
        ("the last one is lovely, keep going in that direction", -1, "", None),
        ("I love the third one, but make it funnier", 3, "funnier", None),
    ],
)
def test_praise_before_a_wish_is_heard_and_the_wish_too(line: str, like: int, how: str, count: int | None) -> None:
    wanted = follow_up(line)

    assert liked(line)
    assert wanted is not None
    assert (wanted.like, wanted.constraint, wanted.count) == ((like,), how, count)


@pytest.mark.parametrize(
    "line",
    [
        "more like the second one",
        "more like 2, but funnier",
        "the second one is boring, more like the first",
        "I don't like 2, more like the first one",
        "the third is not good, shorter",
        "I like the second one",
    ],
)
def test_a_wish_without_praise_is_no_vote(line: str) -> None:
    assert not liked(line)


async def test_praise_before_a_wish_is_a_vote_that_can_be_taken_back_and_more_is_made(house: House) -> None:
    await a_set(house)

    chat = await said(house, "I like the second one, more like that")

    vote = chat.whispers["ann"][0]
    assert "“The Third Cup”. /vote #3 none takes it back." in vote.text
    assert [control.key.token for control in vote.controls] == ["none"]
    (feedback,) = await house.store.feedback(RED.team, [idea.id for idea in await house.store.ideas(RED, limit=9)])
    liked_idea = await house.store.idea(RED.team, feedback.idea)
    assert liked_idea is not None
    assert (liked_idea.text, feedback.signal, feedback.value) == ("The Third Cup", "vote", 1.0)
    assert shown(chat).title.startswith("More like “The Third Cup”")


async def test_who_may_not_vote_gets_what_they_wish_for(house: House) -> None:
    await a_set(house)
    settings = await house.store.settings(whole(RED.team))
    await house.store.settle(whole(RED.team), replace(settings, voters=("judge",)))

    chat = await said(house, "I like the second one, more like that")

    assert shown(chat).title.startswith("More like “The Third Cup”")
    assert not await house.store.feedback(RED.team, [idea.id for idea in await house.store.ideas(RED, limit=9)])


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("what should i post on instagram in the first week", "what should i post on instagram in the first week of {}"),
        ("what should we post", "what should we post for {}"),
        ("what do we call it", "names for {}"),
        ("who should we invite", "who should we invite to {}"),
        ("when should we hold it?", "when should we hold {}"),
        ("and how do we promote it?", "how do we promote {}"),
        ("ok, what do we do on the first day", "what do we do on the first day of {}"),
        ("where should we advertise", "where should we advertise for {}"),
        ("what could we sell at it", "what could we sell at {}"),
        ("what do i write on the flyer", "what do i write on the flyer for {}"),
        ("what do we need for it", "what do we need for {}"),
        ("how should we decorate it", "how should we decorate {}"),
        ("what are we going to call it", "names for {}"),
        ("what should the first post on facebook be", "first post on facebook for {}"),
    ],
)
def test_a_question_without_a_subject_is_asked_of_what_stands_there(line: str, topic: str) -> None:
    subject = "a small cosy hair salon"

    assert extended(f"names for {subject}", line) == topic.format(subject)
    assert asked_about(f"names for {subject}", line) == subject


@pytest.mark.parametrize(
    "line",
    [
        "what should a plumber post on social media",
        "what should we post about our bakery",
        "what do we call our board game about beekeeping",
        "how should we announce a price increase to customers",
        "what do we do now",
        "where do i start",
        "who should we vote for",
        "what should I say?",
        "how do i share it",
    ],
)
def test_a_question_with_a_subject_of_its_own_keeps_it(line: str) -> None:
    assert asked_about("names for a small cosy hair salon", line) == ""
    assert extended("names for a small cosy hair salon", line) == ""


def test_one_question_after_another_keeps_the_subject() -> None:
    assert extended("who should we invite to a hair salon", "what do we call it") == "names for a hair salon"
    assert extended("how do we promote a hair salon", "when should we open it?") == "when should we open a hair salon"
    assert (
        extended("what should we post on instagram for a hair salon", "who should we invite")
        == "who should we invite to a hair salon"
    )
    assert extended("how can we sell more honey", "what should we post") == ""


async def test_what_a_question_was_asked_of_is_said_above_its_ideas(house: House) -> None:
    await a_set(house, prompt=Prompt(text="names for a small cosy hair salon", count=3))

    chat = await said(house, "what should i post on instagram in the first week")

    assert shown(chat).title == "Ideas for “what should i post on instagram in the first week of a small cosy hair salon”"
    assert "Understood: asked of a small cosy hair salon, which stands here." in shown(chat).text


def command(line: str, under: str = "latest") -> tuple[str, str]:
    """What a line is taken for: a command or a signal, and of what."""
    event = parsed(line, under)
    if isinstance(event, Press):
        return event.key.verb, " ".join(filter(None, (event.key.target, str(event.values.get("also", "")))))
    return event.command, str(event.args.get("said") or event.args.get("what") or event.args.get("topic") or "")


@pytest.mark.parametrize(
    ("line", "ideas"),
    [
        ("vote: 1, 4", "1 4:up"),
        ("votes: 2 and 5", "2 5:up"),
        ("my votes: 1, 3", "1 3:up"),
        ("my vote: 2", "2"),
        ("nah 2 sounds like a dating app. 4 gets my vote", "4"),
        ("no, 1 is too long. I vote for 3", "3"),
        ("5 is meh, 2 has my vote", "2"),
        ("hmm, number 2 looks a bit dated - my favourite is 5", "5"),
    ],
)
def test_votes_are_heard_with_a_colon_and_behind_what_is_said_of_another_idea(line: str, ideas: str) -> None:
    assert command(line) == ("vote", ideas)


@pytest.mark.parametrize(
    "line",
    [
        "nah 2 sounds like a dating app. draw something else",
        "our stall is the third one. what should we call it",
        "4 is too long",
    ],
)
def test_what_is_said_of_one_idea_alone_is_no_vote_for_another(line: str) -> None:
    assert command(line)[0] != "vote"


@pytest.mark.parametrize(
    ("line", "like", "how"),
    [
        ("2 is nice, can you go on from there", 2, ""),
        ("I like 3, build on that", 3, ""),
        ("the first one is good, take it from there", 1, ""),
        ("love 4, can you develop that further", 4, ""),
        ("how could we do number 4 with only paper and old boxes", 4, "with only paper and old boxes"),
        ("how would we run the second one without any money", 2, "without any money"),
        ("what if the party burns down the bakery in 2?", 2, "the party burns down the bakery in"),
    ],
)
def test_an_idea_named_in_a_longer_line_is_looked_up(line: str, like: int, how: str) -> None:
    wanted = follow_up(line)

    assert command(line) == ("more", line)
    assert wanted is not None
    assert (wanted.like, wanted.constraint) == ((like,), how)


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("which one would you pick and why?", ("board", "pick")),
        ("which would you choose?", ("board", "pick")),
        ("what's your favourite?", ("board", "pick")),
        ("which of these do you recommend", ("board", "pick")),
        ("what did we have so far", ("board", "")),
        ("what have we collected so far", ("board", "")),
        ("put it all on a board so i can show my wife", ("board", "wrap")),
        ("show me everything on one page", ("board", "wrap")),
        ("/save pdf", ("export", "")),
        ("can you draw me a label for the first one", ("imagine", "@latest/1")),
        ("draw a menu card for the third", ("imagine", "@latest/3")),
        ("Poem for our conductor, she's leaving after 20 years", ("poem", "our conductor, she's leaving after 20 years")),
        ("a short rhyme about a snail who is late", ("poem", "a snail who is late")),
        ("a funny birthday poem for my grandma", ("poem", "my grandma")),
        ("some spooky music for the dungeon under the oven", ("compose", "spooky music for the dungeon under the oven")),
        ("a bit of calm music for the waiting room", ("compose", "calm music for the waiting room")),
        ("draw a label for our first beer", ("imagine", "a label for our first beer")),
        ("poem contest for grade 7", ("brainstorm", "poem contest for grade 7")),
        ("music for a first dance", ("brainstorm", "music for a first dance")),
        ("what is your favourite recipe for a bake sale", ("brainstorm", "what is your favourite recipe for a bake sale")),
    ],
)
def test_what_newcomers_asked_is_done(line: str, taken: tuple[str, str]) -> None:
    assert command(line) == taken


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("ok and how do i sell yesterday's bread", "how do i sell yesterday's bread"),
        ("so what should our library app do", "what should our library app do"),
        ("what about a song for tidying up", "a song for tidying up"),
        ("and how about some games for it", "some games for it"),
        ("what about dinner", "what about dinner"),
        ("ok google alternatives", "ok google alternatives"),
    ],
)
def test_a_topic_stands_without_what_leads_to_it(line: str, topic: str) -> None:
    assert wishes(line).topic == topic


@pytest.mark.parametrize(
    "line",
    ["why would anyone lend their drill to a stranger?? think of reasons", "why do people quit gyms? list three good reasons"],
)
def test_reasons_that_are_asked_for_are_a_topic(line: str) -> None:
    assert not is_talk(Meaning(1.0, "why", ("why",), (1.0,)), line, goes_on=True)
    assert is_talk(Meaning(1.0, "why", ("why",), (1.0,)), "why is number 2 up there?", goes_on=True)


@pytest.mark.parametrize(
    ("line", "thing"),
    [
        ("write a short toast", "a short toast"),
        ("write a speech", "a speech"),
        ("an invitation for Glue and Thread", "an invitation"),
        ("can you write me a welcome speech for our new colleague", "a welcome speech"),
        ("draft an email to our customers about the new opening hours", "an email"),
        ("a song for tidying up", "a song"),
        ("please write our press release, we open in May", "our press release"),
        ("write a slogan for a bakery", ""),
        ("a title for a speech", ""),
        ("speech topics for a debate", ""),
        ("an email subject line", ""),
        ("a play area for toddlers", ""),
        ("a letter box for our shop", ""),
        ("a song title about rain", ""),
        ("jokes for a toast", ""),
        ("an invitation in one line for a birthday party", ""),
        ("a radio play about a storm", ""),
    ],
)
def test_what_is_longer_than_an_idea_is_known(line: str, thing: str) -> None:
    assert longer(line) == thing


async def test_above_lines_for_a_speech_stands_that_they_are_no_speech(house: House) -> None:
    chat = await said(house, "write a short toast")

    assert shown(chat).title == "Ideas for “write a short toast”"
    assert shown(chat).text.startswith("No idea can hold all of a short toast: these are lines and ideas for it.")


@pytest.mark.parametrize(
    ("line", "one"),
    [
        ("change fair to fete in the first idea", "the first idea"),
        ("replace fair with fete in number 2", "number 2"),
        ("please swap fair for fete in the second one", "the second one"),
        ("in the first idea, change fair to fete", "the first idea"),
        ("in number 2 replace fair with fete", "number 2"),
        ('in the first idea change "fair" to "fete"', "the first idea"),
    ],
)
def test_a_word_is_exchanged_in_one_idea_without_quotation_marks_too(line: str, one: str) -> None:
    assert swapped(line) == Swap("fair", "fete")
    assert swapped_in(line) == one
    assert command(line)[0] == "more"


@pytest.mark.parametrize(
    "line",
    [
        "change shifts to nights in the first week",
        "turn waste into profit",
        "how to change trains to buses",
        "switch to tea in the office",
    ],
)
def test_a_change_in_a_topic_is_no_exchange_of_words(line: str) -> None:
    assert swapped(line) is None


async def test_where_a_picture_stands_that_lacks_the_word_it_says_what_stands_there(house: House) -> None:
    await house.desk.call(a_call("imagine", what="a village street", count=1), Sheet(BareChat(), "ann"))

    chat = await said(house, "change fair to fete in the first idea")

    assert told(chat).startswith("What stands here last was made for “a village street”, and has no “fair” in it.")
    assert "/edit" in told(chat)


async def test_a_picture_that_has_the_word_is_made_anew(house: House) -> None:
    await house.desk.call(a_call("imagine", what="a summer fair", count=1), Sheet(BareChat(), "ann"))

    await said(house, "change fair to fete in the first idea")

    assert [one.text for one in commissions(house)] == ["a summer fair", "a summer fete"]


@pytest.mark.parametrize(
    ("line", "how", "audience"),
    [
        ("theme for our christmas concert, but not the usual candles", ("not the usual candles",), ""),
        ("gifts for a gardener, and no plants", ("no plants",), ""),
        ("new bread for autumn, for the real bakery now", (), "the real bakery"),
        ("names for a cat, for kids please", (), "kids"),
    ],
)
def test_what_is_understood_is_told_without_the_words_that_lead_to_it(line: str, how: tuple[str, ...], audience: str) -> None:
    read = wishes(line)

    assert (read.how, read.audience) == (how, audience)


def test_a_long_way_is_cut_between_words_and_ends_with_one_sign() -> None:
    style = "not the usual candles and angels or wonderful stars"

    assert shown_style(style) == "not the usual candles and angels or…"
    prompt = Prompt(text="a theme", style=style, options=((HEARD, "style"),))
    assert understood(prompt) == "Understood: not the usual candles and angels or…"


@pytest.mark.parametrize(
    "line",
    [
        "ideas for more nature in a courtyard",
        "something for a boss who is pregnant",
        "something for grandparents from a new grandchild",
        "would you rather questions for couples",
    ],
)
def test_a_topic_stays_one_where_ideas_stand(line: str) -> None:
    assert command(line) == ("brainstorm", line)


def test_a_speech_to_be_written_is_a_topic_and_nothing_said_aloud() -> None:
    aloud = Meaning(1.0, "speak", ("speak",), (1.0,))

    assert not is_talk(aloud, "write a speech", goes_on=True)
    assert is_talk(aloud, "could I hear the second one", goes_on=True)


def test_a_heading_says_ideas_for_once() -> None:
    assert (
        title(a_brainstorm(prompt=Prompt(text="ideas for a farewell card for Priya"))) == "Ideas for “a farewell card for Priya”"
    )
    assert title(a_brainstorm(prompt=Prompt(text="names for a tea bar"))) == "Ideas for “names for a tea bar”"
