"""Why an idea stands where it does, in words, and how sure that is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from bot.domain.errors import MuselabError
from bot.domain.feedback import Score
from bot.domain.ideas import Idea, Prompt
from bot.messages import Call, Card, Control, Key, Param, Press, Value
from bot.ports import Reason, Reply, Trust
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.media.bandit import Arm
from bot.services.votes.refitting import Relatives
from bot.words import N_, _, in_quotes, ngettext

HELP = N_("see what moved an idea up or down")
EXAMPLES = ("/why 3",)
READS = True  # nothing is changed
PARAMS = (Param(name="idea", help=N_("the number of an idea"), kind="idea", required=True),)
PRIVATE = True

log = structlog.get_logger(__name__)

QUOTED = 2  # pieces of the team's material; each takes three lines
PATIENCE_S = 8.0  # after a start, what a busy team likes is learned within this; people wait no longer for an explanation
WORTH_SAYING = 0.02  # of the score's scale of 2; less changes no order that anybody would notice
SOME, MUCH = 0.06, 0.15  # from which a reason moves a score "somewhat" and "a lot"


def on_idea(idea: Idea) -> tuple[Control, ...]:
    """A button beside an idea."""
    return (Control(key=Key(verb="why", target=idea.id), label=_("Why?"), emoji="🔎", minor=True),)


def from_press(press: Press) -> Mapping[str, Value]:
    """The idea that the button stands beside."""
    return {"idea": press.key.target}


async def run(services: Services, call: Call, reply: Reply) -> None:
    idea = await services.finding.idea(call.channel, str(call.args["idea"]))
    team = idea.channel.team
    votes = await services.store.feedback(team, [idea.id])
    feedback = await services.boards.heard(idea)
    score = services.tasting.of(team).score([idea.id], feedback)[idea.id]
    hidden = (await services.store.settings(idea.channel)).hide_tally and all(vote.person != call.person for vote in votes)
    taste, learning = await services.tasting.first(team, PATIENCE_S)
    own = any(vote.person == idea.author and vote.value for vote in votes)
    paragraphs = [votes_said(score, hidden=hidden, own=own, signed=idea.origin != "unsigned")]
    media = Prompt(text=idea.modality, modality=idea.modality)  # a kind of its own, whatever was asked: a pitch's picture is one
    asked = await services.finding.topic(idea) if idea.modality == "text" else media
    trust = taste.trust(asked) if taste is not None else None
    if taste is not None and trust is not None:
        known_taste = trust.trusted or trust.weighs  # without, the votes' own line above says what they say
        relatives = await services.tasting.relatives(idea) if known_taste else Relatives()
        reasons = await asyncio.to_thread(taste.reasons, idea.id, feedback)
        moved = [
            reason
            for reason in reasons
            if abs(reason.amount) >= WORTH_SAYING and reason.what != "rest" and (known_taste or reason.what == "passed")
        ]
        paragraphs.append(
            "\n".join(
                sentence
                for reason in moved
                if (sentence := reason_said(reason, relatives)) and not (hidden and reason.what in ("votes", "passed"))
            )
        )
    if idea.modality == "text":
        paragraphs.append(trust_said(trust, learning=learning))
        paragraphs += await near_to(services, idea)
    elif not hidden:
        known = await services.liking.arms(team, idea.modality)
        arms = [known[name][value] for name, value in idea.traits if value in known.get(name, {})]
        paragraphs.append("\n".join(map(trait_said, arms)))
    title = _("Why #{number} stands where it does").format(number=idea.number)
    text = "\n\n".join([in_quotes(shortened(idea.text, 200)), *filter(None, paragraphs)])
    await reply.show(Card(title=title, text=text, private=True))


async def near_to(services: Services, idea: Idea) -> list[str]:
    """Where an idea in words is from, what the world knows that it resembles, and what the team has that it is near to."""
    marks = services.cards.lines.marks
    written_for = await asyncio.to_thread(marks.written_for, idea)
    return [written_for, marks.of(idea), await close(services, idea), await quoted(services, idea)]


async def close(services: Services, idea: Idea) -> str:
    """The channel's earlier ideas that it is near to."""
    try:
        near = await services.originality.near(idea)
    except MuselabError as error:
        log.info("earlier ideas could not be compared", why=str(error))
        return ""
    template = _("close to #{number} “{text}”, which came before")
    return "\n".join(template.format(number=other.number, text=shortened(other.text, 100)) for other, _likeness in near)


async def quoted(services: Services, idea: Idea) -> str:
    """What the team's own documents say about an idea, with their names."""
    try:
        quotes = await services.quoting.near(idea.channel.team, idea.text, most=QUOTED)
    except MuselabError as error:
        log.info("material could not be looked through", why=str(error))
        return ""
    template = _("{source}, of your team's material: “{text}”")
    return "\n".join(template.format(source=quote.source, text=shortened(quote.text, 300)) for quote in quotes)


def votes_said(score: Score, *, hidden: bool, own: bool = False, signed: bool = True) -> str:
    """What people's votes come to, and how sure that is.

    Args:
        score: from others' votes.
        hidden: they are hidden from who asks.
        own: who wrote the idea voted on it, too; that does not count.
        signed: it is told who wrote it. Else who counts votes here and on its card must not learn that its author is among them.
    """
    if hidden:
        return _("Votes stay hidden here until you have voted yourself.")
    people = round(score.votes) + (own and not signed)
    if not people:
        return _("Nobody has voted on it yet, so its place is a guess.")
    low, high = max(-1.0, score.mean - 2 * score.deviation), min(1.0, score.mean + 2 * score.deviation)
    said = ngettext(
        "{count} person voted. Its score is {score} on a scale from −1 to +1; with more votes it would most likely end "
        "between {low} and {high}.",
        "{count} people voted. Its score is {score} on a scale from −1 to +1; with more votes it would most likely end "
        "between {low} and {high}.",
        people,
    ).format(count=people, score=signed_number(score.mean), low=signed_number(low), high=signed_number(high))
    return " ".join([said, _("Nobody's word counts for their own idea.")]) if own and signed else said


def signed_number(value: float) -> str:
    """A score with its sign, as readers of text expect it: −0.20, not -0.20; a zero has none."""
    return f"{value:+.2f}".replace("-", "−") if round(value, 2) else "0"


def reason_said(reason: Reason, relatives: Relatives) -> str:
    """One thing that moved it, and how much."""
    up = reason.amount > 0
    what = {
        "votes": _("the votes on it"),
        "passed": _("that people judged ideas beside it and left it"),
        "meaning": _("what it says"),
        "originality": originality_said(reason),
        "length": length_said(reason),
        "wording": _("how it is worded"),
        "looks": _("how it looks"),
        "sounds": _("how it sounds"),
        "works": _("how it looks and sounds"),
        "others": _("how works of this kind are liked in general"),
        "topic": _("how this topic's ideas are liked in general"),
    }[reason.what]
    size = abs(reason.amount)
    if up:
        template = _("↑ a lot: {what}") if size >= MUCH else _("↑ somewhat: {what}") if size >= SOME else _("↑ a little: {what}")
    else:
        template = _("↓ a lot: {what}") if size >= MUCH else _("↓ somewhat: {what}") if size >= SOME else _("↓ a little: {what}")
    line = template.format(what=what)
    relative = relatives.liked if up else relatives.disliked
    if reason.what != "meaning" or relative is None:
        return line
    like = (
        _("{line} (like #{number} “{text}”, which was liked)")
        if up
        else _("{line} (like #{number} “{text}”, which was not liked)")
    )
    return like.format(line=line, number=relative.number, text=shortened(relative.text, 60))


def originality_said(reason: Reason) -> str:
    """On which side of the other ideas it lies, and which way the team leans."""
    if not reason.side:
        return _("how like or unlike the other ideas it is")
    if reason.side == "more":
        liked, less = (
            _("it is unlike the other ideas, which is liked here"),
            _("it is unlike the other ideas; usual ones are liked here"),
        )
    else:
        liked, less = (
            _("it is like the other ideas, which is liked here"),
            _("it is like the other ideas; unusual ones are liked here"),
        )
    return liked if reason.amount > 0 else less


def length_said(reason: Reason) -> str:
    """Whether it is longer than the other ideas, and which are liked."""
    if not reason.side:
        return _("its length")
    if reason.side == "more":
        liked, less = (
            _("it is longer than the other ideas, which is liked here"),
            _("it is longer than the other ideas; short ones are liked here"),
        )
    else:
        liked, less = (
            _("it is shorter than the other ideas, which is liked here"),
            _("it is shorter than the other ideas; long ones are liked here"),
        )
    return liked if reason.amount > 0 else less


def trait_said(arm: Arm) -> str:
    """How a layout, a style or a voice is liked here, and how sure that is; it says what comes next when nobody chooses."""
    low, high = max(0.0, arm.mean - 2 * arm.deviation), min(1.0, arm.mean + 2 * arm.deviation)
    template = _("{trait} “{value}”: {likes} for it, {dislikes} against; liked by {low} to {high} of 100, most likely.")
    return template.format(
        trait=arm.trait,
        value=arm.value,
        likes=round(arm.likes, 1),
        dislikes=round(arm.dislikes, 1),
        low=round(100 * low),
        high=round(100 * high),
    )


def trust_said(trust: Trust | None, *, learning: bool = False) -> str:
    """How far forecasts from earlier votes are believed here; `learning`: they are still being learned after a start."""
    if learning:
        return _("What this team likes is just being learned from its earlier votes. Ask again in a minute.")
    if trust is None or trust.accuracy is None:
        return _("There are too few votes yet to learn what this team likes, so votes on the idea itself are all that counts.")
    right, about = round(100 * trust.accuracy), max(1, round(100 * 2 * trust.error))
    if not trust.trusted and trust.weighs:
        return _(
            "Guesses from earlier votes order {right} of 100 pairs of ideas rightly (50 is chance, give or take {about}). That "
            "may still be luck, so they count a little, and votes on the idea itself for much more."
        ).format(right=right, about=about)
    if not trust.trusted:
        return _(
            "Guesses from earlier votes order {right} of 100 pairs of ideas rightly (50 is chance, give or take {about}). That "
            "is not surely better than chance, so votes on the idea itself are all that counts."
        ).format(right=right, about=about)
    return _(
        "Guesses from earlier votes order {right} of 100 pairs of ideas rightly (50 is chance, give or take {about}), so they "
        "place new ideas, and every vote on the idea itself counts for more."
    ).format(right=right, about=about)
