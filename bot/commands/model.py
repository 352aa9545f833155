"""The team's model: which versions there are, how a new one is doing, and an admin's word on it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bot.domain.errors import NotAllowed
from bot.domain.feedback import Feedback
from bot.domain.ideas import Team
from bot.domain.models import ModelVersion
from bot.messages import Call, Card, Control, File, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.models.reporting import because, ideas_taught, measured, rebuilding, stage, teaching, trial, under_way
from bot.services.models.serving import languages, serving
from bot.services.models.versions import short
from bot.services.talk.replying import introduced
from bot.services.team.governing import whole
from bot.words import N_, _, ngettext

HELP = N_("see the versions of your team's model; promote, roll back or pause them")
EXAMPLES = ("/model list",)
PRIVATE = True
PARAMS = (
    Param(
        name="action",
        help=N_("list, show, promote, rollback, pause or resume"),
        kind="choice",
        choices=(
            ("list", N_("List the versions")),
            ("show", N_("Show one")),
            ("promote", N_("Serve one from now on")),
            ("rollback", N_("Go back to the one before")),
            ("pause", N_("Try no new ones")),
            ("resume", N_("Try new ones again")),
        ),
    ),
    Param(name="version", help=N_("which one, such as v3; empty: the newest"), rest=True),
)
LISTED = 15  # versions; older ones are shown by name
CHANGES = frozenset({"promote", "rollback", "pause", "resume"})


def from_press(press: Press) -> Mapping[str, Value]:
    """The action and version of a button."""
    action, _dash, version = press.key.token.partition("-")
    return {"action": action} | ({"version": version} if version else {})


async def run(services: Services, call: Call, reply: Reply) -> None:
    action, name = str(call.args.get("action", "list")), str(call.args.get("version", ""))
    if action in CHANGES and not call.admin:
        raise NotAllowed(_("Only people who manage this channel may change the model. Anybody may look: /model."))
    team = call.channel.team
    if call.args.get("spoken"):  # asked in plain words
        made_by = await serving(services.answering.brainstorming.generator, services.settings)
        of_tongues = call.args.get("said") == "tongue"
        told = languages(services.settings, made_by) if of_tongues else introduced(made_by)
        await reply.tell(Card(text=told, private=True))
    elif action == "list":
        await reply.show(await listed(services, call))
    elif action == "show":
        await reply.show(await shown(services, call, name))
    elif action == "promote":
        version = await services.versions.promote(team, name)
        await reply.show(Card(text=_("{version} is live from now on.").format(version=short(version)), private=True))
    elif action == "rollback":
        served = await services.versions.roll_back(team)
        what = short(served) if served is not None else _("the base model")
        await reply.show(Card(text=_("Rolled back. Ideas come from {version} now.").format(version=what), private=True))
    else:
        await services.versions.pause(team, paused=action == "pause")
        paused = _("Paused: the model stays as it is, and no new version is tried or tuned until /model resume.")
        await reply.show(Card(text=paused if action == "pause" else _("New versions are tried and tuned again."), private=True))


async def listed(services: Services, call: Call) -> Card:
    """All versions, a line each."""
    team = call.channel.team
    versions = await services.versions.of(team)
    live = next((version for version in versions if version.stage == "live"), None)
    rows = [line(version, services) for version in versions[:LISTED]]
    base = _("base: what everybody begins with") + ("" if live else " · " + _("live"))
    made_by = await serving(services.answering.brainstorming.generator, services.settings)
    text = "\n".join([made_by, "", *rows, base])
    if not versions:
        text += "\n\n" + _(
            "Nothing has been tuned for this team yet. Votes order the ideas meanwhile, and are what tuning needs."
        )
    runs = await services.store.tunings(team, limit=1)
    for run in runs:
        text += f"\n\n{under_way(run)}" if under_way(run) else ""
    if not any(run.state == "running" for run in runs):
        text += "\n\n" + await next_one(services, team)
    if (await services.store.settings(whole(team))).paused:
        text += "\n\n" + _("Paused: no new version is tried or tuned until /model resume.")
    look = Control(key=Key(verb="model", token="show"), label=_("Show the newest"), emoji="🔎")
    return Card(title=_("Your team's model"), text=text, controls=(look,) if versions else (), private=True)


async def next_one(services: Services, team: Team) -> str:
    """What there is to tune the next version with, and what is missing."""
    outlook = await services.prospects(services.store, team)
    who = "" if not outlook.ready or services.settings.learn.auto else _("Whoever hosts Muselab tunes it: muselab learn.")
    return " ".join(filter(None, [*outlook.say, who]))


def line(version: ModelVersion, services: Services) -> str:
    """One version in a line."""
    stands = services.versions.balance(version)
    votes = teaching(version, ()).votes
    learned = ngettext("{count} vote", "{count} votes", votes).format(count=votes)
    drawn = stands.new + stands.old
    won = _("liked better {new} of {count} times").format(new=stands.new, count=drawn) if drawn else ""
    again = _("needs rebuilding") if version.forgotten else ""
    return " · ".join(filter(None, [short(version), stage(version), because(version), learned, won, again]))


async def shown(services: Services, call: Call, name: str) -> Card:
    """One version, and what can be done with it."""
    team = call.channel.team
    versions = await services.versions.of(team)
    if not name and not versions:
        return await listed(services, call)
    version = await services.versions.named(team, name) if name else versions[0]
    feedback = await services.store.feedback(team, ideas_taught(version))
    paragraphs = [
        " · ".join(filter(None, [stage(version), because(version)])),
        lineage(version),
        taught_by(version, feedback=feedback),
        rebuilding(version),
        "\n".join(measured(version)),
        trial(version, services.versions.balance(version)),
    ]
    buttons: list[Control] = []
    if call.admin and version.stage != "live":
        token = f"promote-{short(version)}"
        buttons.append(Control(key=Key(verb="model", token=token), label=_("Promote"), emoji="⬆️"))
    if call.admin and version.stage in ("live", "canary"):
        buttons.append(Control(key=Key(verb="model", token="rollback"), label=_("Roll back"), emoji="⬇️"))
    title = _("Version {version}").format(version=short(version))
    text = "\n\n".join(filter(None, paragraphs))
    return Card(title=title, text=text, controls=tuple(buttons), files=await curve(services, version), private=True)


async def curve(services: Services, version: ModelVersion) -> tuple[File, ...]:
    """The version's learning curve as a picture; versions older than kept curves have none."""
    assert version.team is not None
    run = next((run for run in await services.store.tunings(version.team) if run.version == version.id), None)
    drawn = await asyncio.to_thread(services.curve, run.curve) if run is not None else None
    if run is None or drawn is None:
        return ()
    (_first, loss, right, *_rest), (_last, loss_after, right_after, *_rest) = run.curve[0], run.curve[-1]
    alt = _("Learning curve: loss from {loss:.2f} to {after:.2f}, pairs in order from {right:.0%} to {right_after:.0%}.").format(
        loss=loss, after=loss_after, right=right, right_after=right_after
    )
    return (File(name=f"{short(version)}-learning.png", media_type="image/png", content=drawn, alt=alt),)


def lineage(version: ModelVersion) -> str:
    """What it was made from, and when."""
    origin = _("Tuned from {base} on {day}.").format(base=version.base, day=f"{version.created_at:%Y-%m-%d}")
    adapter = _("Weights {hash}, id {id}.").format(hash=(version.adapter or "–")[:12], id=version.id)
    return f"{origin} {adapter}"


def taught_by(version: ModelVersion, *, feedback: list[Feedback]) -> str:
    """Which votes it learned from."""
    summary = teaching(version, feedback)
    if not summary.votes:
        return ""
    sentence = ngettext(
        "Learned from {count} vote by {people} on {ideas}.", "Learned from {count} votes by {people} on {ideas}.", summary.votes
    ).format(
        count=summary.votes,
        people=ngettext("{count} person", "{count} people", summary.people).format(count=summary.people),
        ideas=ngettext("{count} idea", "{count} ideas", summary.ideas).format(count=summary.ideas),
    )
    parts = ", ".join(f"{signal} {count}" for signal, count in sorted(summary.signals.items()))
    when = ""
    if summary.first is not None and summary.last is not None:
        when = _("Given between {first} and {last}.").format(first=f"{summary.first:%Y-%m-%d}", last=f"{summary.last:%Y-%m-%d}")
    if summary.topics:
        words = ngettext(
            "It also learned the words of {count} topic.", "It also learned the words of {count} topics.", summary.topics
        ).format(count=summary.topics)
        when = f"{when} {words}".strip()
    return " ".join(filter(None, [sentence, when, f"({parts})" if parts else ""]))
