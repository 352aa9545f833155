"""Bridges: both admins agree, a round is held in two channels, nothing else is seen across, and either side may leave."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from bot import wiring
from bot.config import Settings
from bot.domain.bridges import CODE_LASTS, TRY_EVERY, from_guest, new_code, tidied
from bot.domain.ideas import Channel, Idea, Person, Team
from bot.domain.models import ChannelSettings
from bot.domain.rounds import Round
from bot.domain.shaping import Theme
from bot.jobs import ELSEWHERE, Jobs
from bot.messages import Call, Card, Form, Key, Press
from bot.services.rounds.guests import GONE, HOME, SOON, VISIT
from bot.services.rounds.reminding import REMINDING
from bot.services.rounds.stage import CLOSING
from bot.services.team.bridging import NEWS
from bot.services.team.governing import whole
from generators.client.scripted import ScriptedGenerator
from learning.gathering import gather
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, Hands, an_id, an_idea
from tests.fair import until

HERE = Channel(team=Team(platform="discord", id="guild"), id="lobby")
THERE = Channel(team=Team(platform="slack", id="T1"), id="C1")
STRANGERS = Channel(team=Team(platform="slack", id="T2"), id="C2")
ANN, BOB = Person(platform="discord", id="ann"), Person(platform="slack", id="bob")
CODE = re.compile(r"(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}")


class MortalChat(BareChat):
    """A chat in whose process the bot may die."""

    dying = False

    def to(self, channel: Channel) -> Sheet | None:
        if self.dying:
            raise asyncio.CancelledError
        return super().to(channel)


class Two:
    """A house that serves two chats, and what people of both are told."""

    def __init__(self, home: Path, *, beside: Two | None = None, serves: Sequence[str] = ("discord", "slack")) -> None:
        """`beside`: another process on the same database; `serves`: which chats this one does."""
        self.hands = Hands(NOON) if beside is None else beside.hands
        store = MemoryStore() if beside is None else beside.house.store
        self.house = wiring.furnish(Settings(home=home), store=store, generator=ScriptedGenerator(), now=self.hands)
        self.store = self.house.store
        self.chats = {name: MortalChat() for name in serves}
        for name, chat in self.chats.items():
            chat.name = name
        self.house.desk.watch.chats = dict(self.chats)
        services = self.house.services
        stage = services.rounds.stage
        works = {CLOSING: services.rounds.due, VISIT: stage.guests.due, HOME: stage.home, GONE: stage.guests.gone}
        works |= {NEWS: services.bridging.due, REMINDING: stage.reminding.due}
        self.house.desk.watch.tallies.pause_s = 0.0
        self.jobs = Jobs(store=self.store, clock=self.hands, new_id=an_id, works=works)

    async def say(self, person: Person, channel: Channel, command: str, *, admin: bool = False, **args: Any) -> str:
        """Somebody gives a command; what they, or everybody, is told in answer."""
        sheet = Sheet(self.chats[channel.team.platform], person.id)
        call = Call(
            id=an_id(), command=command, args=args, person=person, channel=channel, at=self.hands(), admin=admin, locale="en"
        )
        return await self._answer(person, sheet, self.house.desk.call(call, sheet))

    async def press(self, person: Person, channel: Channel, key: str, *, admin: bool = False, **values: str) -> str:
        sheet = Sheet(self.chats[channel.team.platform], person.id)
        press = replace(self._press(person, channel, key, **values), admin=admin)
        return await self._answer(person, sheet, self.house.desk.press(press, sheet))

    async def form(self, person: Person, channel: Channel, key: str) -> Form | Card:
        return await self.house.desk.form(self._press(person, channel, key))

    def _press(self, person: Person, channel: Channel, key: str, **values: str) -> Press:
        return Press(id=an_id(), key=Key.parse(key), person=person, channel=channel, at=self.hands(), values=values, locale="en")

    async def _answer(self, person: Person, sheet: Sheet, serving: Any) -> str:
        whispers = sheet.chat.whispers.setdefault(person.id, [])
        before = len(whispers)
        await serving
        card = whispers[-1] if len(whispers) > before else sheet.chat.messages.get(sheet.address, Card())
        return "\n".join([card.title, card.text, *(line.text for line in card.lines)])

    async def code(self, channel: Channel = HERE, admin: Person = ANN) -> str:
        found = CODE.search(await self.say(admin, channel, "bridge", admin=True, do="code"))
        assert found is not None
        return found[0]

    async def joined(self) -> None:
        assert "joined with one in Discord" in await self.say(BOB, THERE, "bridge", admin=True, code=await self.code())

    async def opened(self, channel: Channel = HERE, opener: Person = ANN, **args: Any) -> Round:
        await self.say(opener, channel, "round", topic="the autumn party", ideas=0, **args)
        return await self.now(channel)

    async def now(self, channel: Channel = HERE) -> Round:
        return (await self.store.rounds(channel))[0]

    async def next(self, person: Person = ANN, channel: Channel = HERE) -> Round:
        await self.say(person, channel, "round", do="next")
        return await self.now(channel)

    async def card(self, round: Round) -> Card:
        """What the guest's channel shows of a round."""
        guest = await self.store.guest(round.channel.team, round.id)
        assert guest is not None
        return self.chats[guest.channel.team.platform].messages[guest.address]

    async def idea(self, text: str) -> Idea:
        return next(idea for idea in await self.store.ideas(HERE) if idea.text == text)

    def posts(self, platform: str) -> list[str]:
        return [f"{card.title}\n{card.text}" for card in self.chats[platform].messages.values()]


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    made = Two(tmp_path)
    yield made
    await made.house.services.rounds.stage.close()
    await made.house.desk.close()


async def revealed(two: Two, **args: Any) -> Round:
    """A round at its points, with an idea of Ann's and one of Bob's."""
    await two.joined()
    await two.opened(**args)
    await two.say(ANN, HERE, "jot", text="Lanterns")
    await two.say(BOB, THERE, "jot", text="Soup")
    return await two.next()


# ---------------------------------------------------------------------------------------------- agreeing


def test_a_code_is_the_same_however_it_is_written_and_never_twice_the_same() -> None:
    code = new_code()

    assert CODE.fullmatch(code)
    assert tidied(code.lower().replace("-", " ")) == code
    assert new_code() != code


async def test_both_rooms_are_told_of_a_bridge_and_of_its_end(two: Two) -> None:
    await two.joined()
    told = [sum("From the next round on" in post for post in two.posts(name)) for name in two.chats]

    await two.say(ANN, HERE, "bridge", admin=True, do="end")

    assert told == [1, 1]
    assert [sum("has ended" in post for post in two.posts(name)) for name in two.chats] == [1, 1]
    assert await two.store.bridges(HERE.team) == []


@pytest.mark.parametrize("args", [{"do": "code"}, {"do": "end"}, {"code": "AAAA-AAAA-AAAA-AAAA"}])
async def test_only_admins_make_and_end_bridges(two: Two, args: dict[str, str]) -> None:
    assert "Only people who manage" in await two.say(BOB, THERE, "bridge", **args)


async def test_a_code_is_kept_as_its_digest_and_works_once(two: Two) -> None:
    code = await two.code()
    (kept,) = await two.store.passes(HERE.team, "bridge", two.hands())
    await two.say(BOB, THERE, "bridge", admin=True, code=code)
    await two.say(ANN, HERE, "bridge", admin=True, do="end")
    two.hands.forward(seconds=60)

    assert code not in repr(kept)
    assert "not known, was used" in await two.say(BOB, THERE, "bridge", admin=True, code=code)
    assert await two.store.bridges(HERE.team) == []


async def test_a_code_ends_with_its_time_and_with_the_next_code(two: Two) -> None:
    first, second = await two.code(), await two.code()
    replaced = await two.say(BOB, THERE, "bridge", admin=True, code=first)
    two.hands.forward(seconds=CODE_LASTS.total_seconds())
    late = await two.say(BOB, THERE, "bridge", admin=True, code=second)

    assert "not known" in replaced
    assert "not known" in late


async def test_codes_cannot_be_tried_one_after_another(two: Two) -> None:
    code = await two.code()
    await two.say(BOB, THERE, "bridge", admin=True, code=new_code())

    at_once = await two.say(BOB, THERE, "bridge", admin=True, code=code)
    two.hands.forward(seconds=2 * TRY_EVERY.total_seconds())
    later = await two.say(BOB, THERE, "bridge", admin=True, code=code)

    assert "quick" in at_once
    assert "joined" in later


async def test_two_channels_of_one_platform_are_not_joined(two: Two) -> None:
    code = await two.code(STRANGERS, Person(platform="slack", id="eve"))

    assert "on one" in await two.say(BOB, THERE, "bridge", admin=True, code=code)
    assert await two.store.bridges(THERE.team) == []


async def test_a_channel_has_one_bridge(two: Two) -> None:
    code = await two.code()
    await two.joined()

    assert "already" in await two.say(BOB, STRANGERS, "bridge", admin=True, code=code) + await two.say(
        ANN, HERE, "bridge", admin=True, do="code"
    )
    assert await two.store.bridges(STRANGERS.team) == []


async def test_a_room_whose_chat_is_served_elsewhere_is_told_by_that_process(two: Two) -> None:
    code = await two.code()
    away = two.house.desk.watch.chats.pop("discord")  # type: ignore[attr-defined]
    await two.say(BOB, THERE, "bridge", admin=True, code=code)
    untold = sum("From the next round on" in post for post in two.posts("discord"))

    two.house.desk.watch.chats["discord"] = away  # type: ignore[index]
    await two.jobs.once()
    await two.jobs.once()

    assert untold == 0
    assert sum("From the next round on" in post for post in two.posts("discord")) == 1


# ---------------------------------------------------------------------------------------------- a round


async def test_without_a_bridge_another_team_has_no_part_in_a_round(two: Two) -> None:
    round = await two.opened()

    assert "no round here" in await two.press(BOB, THERE, f"jot:{round.id}:", text="Soup")
    assert "no round here" in await two.say(BOB, THERE, "jot", text="Soup")
    assert await two.store.notes(HERE.team, round.id) == []
    assert two.chats["slack"].messages == {}


async def test_both_channels_see_a_round_step_by_step_and_the_old_cards_are_over(two: Two) -> None:
    await two.joined()
    round = await two.opened()
    first = await two.card(round)
    await two.say(BOB, THERE, "jot", text="Soup")
    hidden = await two.card(round)

    after = await two.next()

    assert "held in Discord, too" in first.text
    assert "1 person has written" in hidden.text
    assert "Soup" not in repr(hidden)
    assert [line.text for line in (await two.card(after)).lines] == ["Soup"]
    assert any("This phase is over" in post for post in two.posts("slack"))


async def test_a_round_opened_by_either_side_is_held_in_both(two: Two) -> None:
    await two.joined()
    round = await two.opened(THERE, BOB)

    await two.say(ANN, HERE, "jot", text="Lanterns")

    assert [note.author for note in await two.store.notes(THERE.team, round.id)] == [ANN]
    assert "runs here already" in await two.say(BOB, THERE, "round", topic="another")
    assert "is held here, too" in await two.say(ANN, HERE, "round", topic="another")


async def test_points_votes_and_forms_of_a_guest_count_at_the_host(two: Two) -> None:
    round = await revealed(two)
    soup, lanterns = await two.idea("Soup"), await two.idea("Lanterns")

    await two.press(BOB, THERE, f"points:{round.id}:", ideas=f"{lanterns.number}x3")
    await two.press(ANN, HERE, f"points:{round.id}:", ideas=f"{lanterns.number}x2")
    form = await two.form(BOB, THERE, f"points:{round.id}:")
    round = await two.next()
    heard = await two.press(BOB, THERE, f"vote:{soup.id}:up")

    assert isinstance(form, Form)
    assert form.fields[0].value == f"#{lanterns.number}x3"
    assert (await two.card(round)).lines[0].note == "5 points"
    assert "Soup" in heard
    assert {vote.person for vote in await two.store.feedback(HERE.team, [soup.id, lanterns.id])} == {ANN, BOB}


async def test_duels_of_a_guest_are_between_ideas_of_the_round_alone(two: Two) -> None:
    for text in ("A secret plan", "Another secret"):
        await two.store.add(an_idea(text, channel=HERE))
    await two.joined()
    round = await two.opened(method="duel")
    await two.say(ANN, HERE, "jot", text="Lanterns\nChoirs")
    round = await two.next()
    while round.now.phase != "duels":
        round = await two.next()
    pair = f"{(await two.idea('Lanterns')).id}-{(await two.idea('Choirs')).id}"

    shown = await two.press(BOB, THERE, "duel::")
    settled = await two.press(BOB, THERE, f"duel:{pair}:a")

    assert "Lanterns" in shown
    assert "Choirs" in shown
    assert "rather than" in settled
    assert "secret" not in shown + settled


async def test_nothing_of_the_host_but_the_round_is_reached_from_a_guest(two: Two) -> None:
    secret = await two.store.add(an_idea("A secret plan", channel=HERE))
    round = await revealed(two)
    soup = await two.idea("Soup")
    answers = [
        await two.press(BOB, THERE, f"vote:{secret.id}:up"),
        await two.press(BOB, THERE, f"duel:{secret.id}-{soup.id}:a"),
        await two.press(BOB, THERE, f"why:{soup.id}:"),
        await two.press(BOB, THERE, f"edit:{soup.id}:", text="Hot soup"),
        await two.press(BOB, THERE, f"merge:{soup.id}:{secret.id}"),
        await two.say(BOB, THERE, "points", ideas=str(secret.number)),
        await two.say(BOB, THERE, "board"),
        await two.say(BOB, THERE, "why", idea=str(secret.number)),
        await two.say(BOB, STRANGERS, "jot", text="Spies"),
    ]

    assert [answer for answer in answers if "secret" in answer] == []
    assert await two.store.feedback(HERE.team, [secret.id, soup.id]) == []
    assert len(await two.store.ideas(HERE)) == 3
    assert not any(control.key.verb not in ("jot", "points", "duel") for control in (await two.card(round)).controls)


async def test_an_idea_merged_into_one_outside_the_round_is_out_of_a_guest_s_reach(two: Two) -> None:
    secret = await two.store.add(an_idea("A secret plan", channel=HERE))
    await revealed(two)
    soup = await two.idea("Soup")
    await two.say(ANN, HERE, "merge", idea=str(soup.number), into=str(secret.number))

    answer = await two.press(BOB, THERE, f"vote:{soup.id}:up")

    assert "secret" not in answer
    assert await two.store.feedback(HERE.team, [secret.id]) == []


@pytest.mark.parametrize("do", ["next", "extend", "stop"])
async def test_a_guest_leads_no_round_not_even_its_admin(two: Two, do: str) -> None:
    await two.joined()
    round = await two.opened()

    answer = await two.say(BOB, THERE, "round", admin=True, do=do)
    pressed = await two.press(BOB, THERE, f"round:{round.id}:{do}.0")

    assert "led in Discord" in answer
    assert "no round here" in pressed
    assert await two.now() == round


async def test_an_admin_of_the_guest_has_no_rights_at_the_host(two: Two) -> None:
    round = await revealed(two)
    await two.store.settle(whole(HERE.team), ChannelSettings(voters=("jury",)))

    assert "only some roles" in await two.press(BOB, THERE, f"points:{round.id}:", admin=True, ideas="1x1")
    assert "only some roles" in await two.press(BOB, THERE, f"vote:{(await two.idea('Lanterns')).id}:up", admin=True)


@pytest.mark.parametrize("who_blocks", [HERE, THERE])
async def test_whom_either_team_blocks_takes_no_part(two: Two, who_blocks: Channel) -> None:
    await two.joined()
    round = await two.opened()
    await two.store.settle(whole(who_blocks.team), ChannelSettings(blocked=("bob",)))

    assert "may not take part" in await two.press(BOB, THERE, f"jot:{round.id}:", text="Soup")
    assert await two.store.notes(HERE.team, round.id) == []


async def test_names_are_told_on_their_own_platform_and_elsewhere_where_somebody_is_from(two: Two) -> None:
    round = await revealed(two, named=True)
    host = {line.text: line for line in two.chats["discord"].messages[round.address].lines}
    guest = {line.text: line for line in (await two.card(round)).lines}

    assert (host["Lanterns"].by, "from" in host["Lanterns"].note) == (ANN, False)
    assert "from Slack" in host["Soup"].note
    assert (guest["Soup"].by, "from" in guest["Soup"].note) == (BOB, False)
    assert (guest["Lanterns"].by, "from Discord" in guest["Lanterns"].note) == (None, True)


async def test_an_anonymous_round_tells_no_platform(two: Two) -> None:
    round = await revealed(two)

    cards = [two.chats["discord"].messages[round.address], await two.card(round)]

    assert [line for card in cards for line in card.lines if line.by is not None or "from" in line.note] == []


async def test_the_guest_keeps_the_result_as_a_file(two: Two) -> None:
    round = await revealed(two)
    soup = await two.idea("Soup")
    await two.say(ANN, HERE, "decide", number=str(soup.number), action="cook *it*")
    await two.say(ANN, HERE, "round", do="stop")

    answer = await two.press(BOB, THERE, f"bridge:{round.id}:export")

    (file,) = two.chats["slack"].whispers["bob"][-1].files
    assert "round.md" in answer
    assert "cook \\*it\\*" in file.content.decode()
    assert "Lanterns" in file.content.decode()
    assert "no such round" in await two.press(BOB, STRANGERS, f"bridge:{round.id}:export")


async def test_a_bridge_made_in_the_middle_shows_nothing_of_the_round_that_runs(two: Two) -> None:
    round = await two.opened()
    await two.say(ANN, HERE, "jot", text="For us alone")
    two.hands.forward(seconds=1)
    await two.joined()

    await two.next()

    assert await two.store.guest(HERE.team, round.id) is None
    assert "For us alone" not in repr(two.chats["slack"].messages)


# ---------------------------------------------------------------------------------------------- leaving


@pytest.mark.parametrize("by", [(ANN, HERE), (BOB, THERE)])
async def test_a_bridge_that_ends_in_the_middle_loses_nothing_and_takes_nothing_more(
    two: Two, by: tuple[Person, Channel]
) -> None:
    round = await revealed(two)
    guest = await two.store.guest(HERE.team, round.id)
    assert guest is not None

    await two.say(*by, "bridge", admin=True, do="end")
    refused = await two.press(BOB, THERE, f"points:{round.id}:", ideas="1")
    after = await two.next()

    assert "no longer takes part" in two.chats["slack"].messages[guest.address].text
    assert "the bridge has ended" in refused
    assert {line.text for line in two.chats["discord"].messages[after.address].lines} == {"Lanterns", "Soup"}
    assert not any("Discussion" in post for post in two.posts("slack"))


async def test_a_team_that_removes_the_bot_is_a_guest_no_more(two: Two) -> None:
    round = await revealed(two)

    await two.store.depart(THERE.team, two.hands())
    await two.next()

    assert "no longer takes part" in repr(two.chats["slack"].messages)
    assert await two.store.bridges(HERE.team) == []
    assert "the bridge has ended" in await two.press(BOB, THERE, f"points:{round.id}:", ideas="1")


async def test_what_a_guest_deletes_goes_from_the_round_and_from_both_cards(two: Two) -> None:
    round = await revealed(two)
    lanterns = await two.idea("Lanterns")
    await two.press(BOB, THERE, f"points:{round.id}:", ideas=f"{lanterns.number}")
    kept = await two.house.services.forgetting.about(BOB, THERE.team)

    gone = await two.house.services.forgetting.forget(BOB, THERE.team)
    await two.jobs.once()

    assert [idea.text for idea in kept.ideas] == ["Soup"]
    assert len(kept.feedback) == 1
    assert (gone.ideas, gone.feedback) == (1, 1)
    assert [idea.text for idea in await two.store.ideas(HERE)] == ["Lanterns"]
    assert "Soup" not in repr(await two.card(round))


async def test_a_team_that_is_forgotten_takes_what_its_people_wrote_out_of_shared_rounds(two: Two) -> None:
    round = await revealed(two)
    lanterns = await two.idea("Lanterns")
    await two.press(BOB, THERE, f"points:{round.id}:", ideas=f"{lanterns.number}")

    await two.house.services.leaving.forget(THERE.team)

    assert [idea.text for idea in await two.store.ideas(HERE)] == ["Lanterns"]
    assert await two.store.feedback(HERE.team, [lanterns.id]) == []
    assert await two.store.guests(HERE.team) == []


async def test_what_the_host_s_people_delete_goes_from_the_guest_s_card(two: Two) -> None:
    round = await revealed(two)

    await two.house.services.forgetting.forget(ANN, HERE.team)
    await two.jobs.once()

    assert [line.text for line in (await two.card(round)).lines] == ["Soup"]


async def test_a_hidden_idea_is_hidden_from_both_cards(two: Two) -> None:
    round = await revealed(two)

    await two.say(ANN, HERE, "hide", admin=True, idea=str((await two.idea("Soup")).number))
    await until(lambda: two.house.desk.watch.tallies.waiting == 0)

    cards = [two.chats["discord"].messages[round.address], await two.card(round)]
    assert [[line.text for line in card.lines] for card in cards] == [["Lanterns"], ["Lanterns"]]


async def test_a_host_that_is_forgotten_is_taken_off_the_guest_s_card(two: Two) -> None:
    round = await revealed(two)
    guest = await two.store.guest(HERE.team, round.id)
    assert guest is not None

    await two.house.services.leaving.forget(HERE.team)
    await two.jobs.once()

    assert "deleted" in two.chats["slack"].messages[guest.address].text
    assert "Lanterns" not in repr(two.chats["slack"].messages)
    assert await two.store.visits(THERE.team) == []


async def test_people_of_a_guest_are_reminded_where_they_are(two: Two) -> None:
    await revealed(two)
    await two.say(ANN, HERE, "round", do="stop")
    two.hands.forward(seconds=1)
    round = await two.opened(minutes=10)
    two.hands.forward(seconds=8 * 60)

    await two.jobs.once()

    assert "has not heard from you" in two.chats["slack"].whispers["bob"][-1].title
    assert "bob" not in two.chats["discord"].whispers
    await two.press(BOB, THERE, f"round:{round.id}:mute.0")
    assert (await two.store.settings(THERE)).unreminded == ("bob",)
    assert (await two.store.settings(HERE)).unreminded == ()


async def test_a_guest_s_words_train_nobody_whatever_was_settled(two: Two) -> None:
    await revealed(two)
    for channel in (HERE, THERE):
        await two.store.settle(channel, ChannelSettings(training=True))
    soup = await two.idea("Soup")
    await two.press(ANN, HERE, f"edit:{soup.id}:", text="Hot soup")

    (topic,) = await gather(two.store, HERE.team)

    assert from_guest(soup)
    assert [idea.text for idea in topic.ideas] == ["Lanterns"]
    assert await gather(two.store, THERE.team) == []


# ---------------------------------------------------------------------------------------------- by whichever process


async def test_a_step_is_shown_to_the_guest_once_by_the_process_that_serves_its_chat(two: Two) -> None:
    await two.joined()
    away = two.house.desk.watch.chats.pop("slack")  # type: ignore[attr-defined]
    round = await two.opened()
    unseen = (await two.store.guest(HERE.team, round.id)).address  # type: ignore[union-attr]

    two.house.desk.watch.chats["slack"] = away  # type: ignore[index]
    await two.jobs.once()
    two.hands.forward(seconds=60)
    await two.jobs.once()

    assert unseen == ""
    assert sum("Silent writing" in post for post in two.posts("slack")) == 1


async def test_a_step_whose_process_died_before_the_guest_saw_it_is_shown_by_a_job(two: Two) -> None:
    await two.joined()
    two.chats["slack"].dying = True
    with pytest.raises(asyncio.CancelledError):
        await two.opened()
    round, unseen = await two.now(), two.posts("slack")

    two.chats["slack"].dying = False
    two.hands.forward(seconds=SOON.total_seconds())
    await two.jobs.once()

    assert not any("Silent writing" in post for post in unseen)
    assert round.address != ""
    assert "Silent writing" in (await two.card(round)).title


async def test_two_processes_that_divide_the_chats_keep_both_cards_up_to_date(tmp_path: Path) -> None:
    left = Two(tmp_path, serves=["discord"])
    right = Two(tmp_path, beside=left, serves=["slack"])

    async def turns() -> None:
        """Both look for what is due, the one that cannot do it first."""
        for process in (right, left, right, left):
            await process.jobs.once()
            left.hands.forward(seconds=ELSEWHERE.total_seconds())

    await right.say(BOB, THERE, "bridge", admin=True, code=await left.code())
    await turns()
    round = await left.opened()
    await turns()
    shown = sum("Silent writing" in post for post in right.posts("slack"))
    await right.say(BOB, THERE, "jot", text="Soup")
    await turns()
    written = left.chats["discord"].messages[round.address].text
    round = await left.next()
    await left.next()
    await turns()
    round = await left.now()
    soup = await left.idea("Soup")
    await right.press(BOB, THERE, f"vote:{soup.id}:up")
    await until(lambda: right.house.desk.watch.tallies.waiting == 0)
    await turns()

    def votes(town: Two, card: Card) -> list[int]:
        return [line.tally.ups for line in card.lines if line.tally is not None]

    assert all(
        sum("From the next round on" in post for post in town.posts(name)) == 1
        for town, name in ((left, "discord"), (right, "slack"))
    )
    assert "1 person has written" in written
    assert shown == 1
    await until(lambda: votes(left, left.chats["discord"].messages[round.address]) == [1])
    assert votes(right, await right.card(round)) == [1]
    for town in (left, right):
        await town.house.services.rounds.stage.close()
        await town.house.desk.close()


async def test_no_round_of_another_team_wakes_a_channel_in_its_quiet_hours(two: Two) -> None:
    await two.joined()
    await two.store.settle(THERE, ChannelSettings(quiet_from=time(11), quiet_until=time(13)))
    round = await two.opened()
    quiet = [post for post in two.posts("slack") if "Silent writing" in post]

    two.hands.forward(seconds=3600)
    await two.jobs.once()

    assert quiet == []
    guest = await two.store.guest(HERE.team, round.id)
    assert guest is not None
    assert guest.address != ""


# ---------------------------------------------------------------------------------------------- themes and gaps


async def test_the_names_of_a_host_s_themes_are_on_its_own_card_alone(two: Two) -> None:
    await two.joined()
    await two.opened()
    for start in (0, 6):
        await two.say(
            ANN, HERE, "jot", text="\n".join(f"Idea of {n} lanterns in street {n * 17}" for n in range(start, start + 6))
        )
    await two.next()
    ids = tuple(idea.id for idea in await two.store.ideas(HERE))
    await two.store.keep_themes(HERE, "", [Theme(id=an_id(), channel=HERE, name="zq7secret", ideas=ids, at=NOON)])
    while (round := await two.now()).now.phase != "points":
        await two.next()

    own = await two.house.services.rounds.cards.card(round)

    assert "zq7secret" in own.text
    theirs = await two.card(round)
    assert "Idea of 3 lanterns" in theirs.text
    assert "zq7secret" not in theirs.text
    assert "/themes" not in theirs.text


async def test_a_guest_votes_for_what_was_asked_for_about_a_gap_in_the_round_and_for_nothing_asked_for_beside_it(
    two: Two,
) -> None:
    two.house.services.brainstorming.generator.texts = ("Sell ten tickets", "Charge a small fee", "Ask for a donation")
    await revealed(two)
    while (await two.now()).now.phase != "discussion":
        await two.next()
    await two.press(ANN, HERE, "themes::gap-price|")
    await two.press(ANN, HERE, "themes::gap-price|winter")
    shared = {idea.id for idea in await two.house.services.rounds.cards.ideas(await two.now())}
    asked = [idea for idea in await two.store.ideas(HERE) if idea.origin == "fresh"]

    for idea in asked:
        await two.press(BOB, THERE, f"vote:{idea.id}:up")

    voted = {vote.idea for vote in await two.store.feedback(HERE.team, [idea.id for idea in asked])}
    assert voted
    assert voted == {idea.id for idea in asked} & shared
    assert {idea.id for idea in asked} - shared
