"""A round: everybody writes alone, then all is shown, weighed and decided, each for so long."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.domain.errors import Refusal
from bot.domain.ideas import MAX_IDEAS, Channel, IdeaId
from bot.domain.jobs import Job
from bot.domain.rounds import LONGEST_MIN, MOST_DOTS, Round
from bot.messages import Call, Card, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services import chinese
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.ideas.asking import asked
from bot.services.rounds.leading import Wish
from bot.services.rounds.methods import CLASSIC
from bot.words import N_, _

HELP = N_("lead a round: everybody writes alone, then all is shown, weighed and decided")
EXAMPLES = (N_("/round names for our festival --method hats"), "/round --do next")
IN_HELP = 9  # what a newcomer should read first
WORDS_ONLY = True  # a round's ideas are words
METHODS = (
    ("classic", N_("write, points, talk, decide")),
    ("scamper", N_("SCAMPER: seven questions")),
    ("hats", N_("six thinking hats")),
    ("eights", N_("crazy eights: eight ideas in eight minutes")),
    ("brainwriting", N_("brainwriting 6-3-5: build on others")),
    ("reverse", N_("reverse: how to make it worse")),
    ("random", N_("a random word as a way in")),
    ("analogy", N_("how another field does it")),
    ("hmw", N_("“how might we” questions")),
    ("premortem", N_("premortem: why it failed")),
    ("cafe", N_("world café: three tables")),
    ("game", N_("game lab: roles, scenes, levels, rules")),
    ("duel", N_("duels in place of points")),
)
PARAMS = (
    Param(name="topic", help=N_("what it is about; empty: how the round that runs here stands"), rest=True),
    Param(name="method", help=N_("how it is led"), kind="choice", choices=METHODS, short="m", by_name=True),
    Param(name="minutes", help=N_("of each phase, in the place of the method's own"), kind="integer", least=1, most=LONGEST_MIN),
    Param(name="ideas", help=N_("of the model's own in each phase of writing, 0 to 10"), kind="integer", least=0, most=MAX_IDEAS),
    Param(name="dots", help=N_("points of each person"), kind="integer", least=1, most=MOST_DOTS),
    Param(name="named", help=N_("tell at the reveal who wrote what"), kind="flag"),
    Param(
        name="do",
        help=N_("lead on the round that runs here"),
        kind="choice",
        by_name=True,
        choices=(
            ("next", N_("Next phase")),
            ("extend", N_("Five minutes more")),
            ("stop", N_("Stop the round")),
            ("plans", N_("What is planned")),
            ("mute", N_("Do not remind me")),
            ("unmute", N_("Remind me again")),
        ),
    ),
    Param(name="when", help=N_("plan it for “Mon 09:00”, “daily 09:00” or “2026-12-01 14:00”"), short="w"),
    Param(name="zone", help=N_("in whose time, such as Europe/Berlin; empty: UTC"), short="z"),
)
STEP = re.compile(r"(next|extend|stop|unplan|mute)\.(\d{1,3})")
LEADS = ("next", "stop", "extend")  # what people type in the topic's place; nobody has a topic of one such word
#: How a phrase goes on in which a round is something else: "round table topics", "round glasses".
ABOUT = re.compile(r"(?:on|about|for|:)\s", re.IGNORECASE)


def from_press(press: Press) -> Mapping[str, Value]:
    """Which round, what is to be done, and at which step."""
    found = STEP.fullmatch(press.key.token)
    if found is None:
        raise Refusal(_("This button is not one of Muselab's."))
    return {"round": press.key.target, "do": found[1], "step": int(found[2])}


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "round" is this command: "round about our name", not "round glasses"."""
    return ABOUT.match(rest) is not None or word(rest) != ""


def word(topic: str) -> str:
    """What is to be done with the round that runs, for one word of leading in the topic's place; empty where it is a topic."""
    said = chinese.value("do", topic).casefold()
    return said if said in LEADS else ""


def asked_to(call: Call) -> str:
    """What is to be done with the round that runs here; empty where another is wanted, or nothing."""
    alone = not any(value for name, value in call.args.items() if name != "topic")
    return str(call.args.get("do", "")) or (word(str(call.args.get("topic", ""))) if alone else "")


async def run(services: Services, call: Call, reply: Reply) -> None:
    what, topic = asked_to(call), str(call.args.get("topic", ""))
    if what in ("plans", "unplan"):
        await plans(services, call, what, reply)
    elif what in ("mute", "unmute"):
        await services.rounds.stage.reminding.mute(call.channel, call.person, silent=what == "mute")
        told = _("You are not reminded here any more.") if what == "mute" else _("You are reminded here again.")
        await reply.show(Card(text=told, private=True))
    elif what:
        await lead(services, call, what, reply)
    elif topic.strip():
        given = asked(call, "minutes", "ideas", "dots")
        wish = Wish(topic=topic, method=str(call.args.get("method") or CLASSIC), named=bool(call.args.get("named")), **given)
        if call.args.get("when"):
            zone = str(call.args.get("zone") or "UTC")
            round, job = await services.planning.plan(call, wish, str(call.args["when"]), zone)
            await reply.show(Card(text=_("Planned: {plan}").format(plan=plan_line(round, job))))
        else:
            await services.rounds.open(call.channel, call.person, wish, reply)
    elif (visited := await services.rounds.stage.guests.newest(call.channel)) is not None:
        await services.rounds.stage.guests.show_here(visited, reply)
    else:
        round = await services.rounds.latest(call.channel)
        key = Key(verb="round", target=round.id, token=f"at.{round.step}")
        card, quoting = await services.rounds.cards.card(round), [idea.id for idea in await services.rounds.cards.listed(round)]
        await services.redrawing.show(reply, card, call.channel, key, quoting=quoting)


async def lead(services: Services, call: Call, what: str, reply: Reply) -> None:
    """Leads a round on: to the next phase, to its end, or for a while longer."""
    round = await services.rounds.latest(call.channel, str(call.args.get("round", "")))
    step = int(call.args["step"]) if "step" in call.args else None
    if what == "next":
        await services.rounds.next(call, round, step, reply)
    elif what == "stop":
        await services.rounds.stop(call, round, reply)
    else:
        longer = await services.rounds.extend(call, round, step)
        await reply.show(Card(text=_("This phase lasts longer."), until=longer.closes_at))


async def plans(services: Services, call: Call, what: str, reply: Reply) -> None:
    """What is planned here, with a button that takes each plan back."""
    told = ""
    if what == "unplan":
        gone = await services.planning.drop(call, str(call.args.get("round", "")))
        told = _("Taken back: “{topic}”.").format(topic=shortened(gone.topic, 60))
    planned = await services.planning.plans(call.channel)
    none = "" if planned else _("Nothing is planned here. Plan a round with /round, a topic and --when.")
    lines = [plan_line(round, job) for round, job in planned]
    controls = tuple(
        Control(
            key=Key(verb="round", target=round.id, token="unplan.0"),
            label=_("Take back “{topic}”").format(topic=shortened(round.topic, 30)),
            emoji="🗑️",
        )
        for round, _job in planned
    )
    text = "\n\n".join(filter(None, [told, none, *lines]))
    await reply.show(Card(title=_("Planned rounds"), text=text, controls=controls))


def plan_line(round: Round, job: Job) -> str:
    """A plan, in a line: what, and when next, in the time of its zone."""
    local = job.due.astimezone(ZoneInfo(job.zone))
    when = f"{local:%Y-%m-%d %H:%M} {job.zone}"
    line = _("“{topic}”, next on {when}, and again") if job.repeats else _("“{topic}”, on {when}")
    return line.format(topic=shortened(round.topic, 120), when=when)


async def drawn(services: Services, channel: Channel, key: Key, ideas: Sequence[IdeaId]) -> Card | None:
    """The round's card with the tallies of now; its ideas keep their places under people's fingers. None: it has gone on."""
    round = await services.rounds.latest(channel, key.target)
    if f"at.{round.step}" != key.token:
        return None
    card = await services.rounds.cards.card(round)
    places = {id: place for place, id in enumerate(ideas)}
    kept = sorted((line for line in card.lines if line.idea in places), key=lambda line: places[line.idea])
    return replace(card, lines=tuple(kept))
