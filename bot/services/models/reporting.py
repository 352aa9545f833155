"""What is said of a team's model versions: what each was made from, how its trial stands, what was decided and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.feedback import Feedback
from bot.domain.ideas import IdeaId
from bot.domain.models import ModelVersion, Tuning
from bot.ports import Balance
from bot.services.models.verdicts import came_of
from bot.services.models.versions import short
from bot.words import _, ngettext

DECIDES = 20  # evidence at which a trial ends, either way; see `learning.canary`
TOPIC = "topic"  # what stands in a signal's place where a topic's words were learned from
LAST = 400  # comparisons after which it ends without a decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """The votes a version learned from, as far as they are still kept."""

    votes: int
    topics: int  #: whose words it learned from, as their channel opted in
    people: int
    ideas: int
    signals: Mapping[str, int]  #: how many votes came through each
    first: datetime | None  #: of the votes that still stand as they were
    last: datetime | None


def teaching(version: ModelVersion, feedback: Sequence[Feedback]) -> Teaching:
    """What a version learned from: `idea:person:signal` for votes, `brainstorm:person:topic` for topics, by the votes on them."""
    keys = set(version.trained_on)
    standing = [vote.at for vote in feedback if f"{vote.idea}:{vote.person.id}:{vote.signal}" in keys]
    parts = [key.split(":", 2) for key in version.trained_on]
    topics = sum(part[-1] == TOPIC for part in parts)
    parts = [part for part in parts if part[-1] != TOPIC]
    votes = [part for part in parts if len(part) == 3]
    return Teaching(
        votes=len(parts),
        topics=topics,
        people=len({person for _idea, person, _signal in votes}),
        ideas=len({part[0] for part in parts}),
        signals=Counter(signal.partition(":")[0] for _idea, _person, signal in votes),
        first=min(standing, default=None),
        last=max(standing, default=None),
    )


def ideas_taught(version: ModelVersion) -> list[IdeaId]:
    """The ideas whose votes a version learned from."""
    return [IdeaId(id) for id in dict.fromkeys(key.partition(":")[0] for key in version.trained_on)]


def stage(version: ModelVersion) -> str:
    """A version's stage in a word."""
    return {
        "candidate": _("waiting to be tried"),
        "canary": _("being tried"),
        "live": _("live"),
        "retired": _("retired"),
    }[version.stage]


def because(version: ModelVersion) -> str:
    """Why a version is at its stage; empty where there is nothing to say."""
    return _reasons().get(version.reason, version.reason)  # the tests' own words, where they refused it


def _reasons() -> dict[str, str]:
    return {
        "judged": _("it passed its tests"),
        "tried": _("it passed its tests"),
        "won": _("the team liked its ideas better"),
        "lost": _("the team liked its ideas less"),
        "even": _("the team liked its ideas no better"),
        "broken": _("it made no ideas that could be shown, or could not be loaded"),
        "overtaken": _("a newer version took its place"),
        "replaced": _("a newer version won"),
        "by hand": _("an admin decided so"),
        "rolled back": _("an admin rolled back to it"),
        "missing": _("its weights cannot be loaded, so the base model makes the ideas meanwhile"),
        "back": _("its weights could not be loaded for a while, and are again"),
    }


def trial(version: ModelVersion, stands: Balance) -> str:
    """How a version's trial stands, with how sure that is; empty when it was never tried."""
    drawn = stands.new + stands.old
    if not drawn:
        return _("No brainstorm has compared it yet.") if version.stage == "canary" else ""
    outcome = ngettext(
        "Its ideas were liked better in {new} of {count} brainstorm that compared them with the old ones.",
        "Its ideas were liked better in {new} of {count} brainstorms that compared them with the old ones.",
        drawn,
    ).format(new=stands.new, count=drawn)
    sure = _("In the long run that would be between {low} and {high} of 100 (95 % sure); 50 is no difference.").format(
        low=round(100 * stands.low), high=round(100 * stands.high)
    )
    if version.stage != "canary":
        return f"{outcome} {sure}"
    needed = _("Evidence for it {favour:.1f}, against it {against:.1f}; {decides} decides, or {last} brainstorms.").format(
        favour=stands.favour, against=stands.against, decides=DECIDES, last=LAST
    )
    return f"{outcome} {sure} {needed}"


def rebuilding(version: ModelVersion) -> str:
    """That a version has learned from votes that are deleted since; empty when it has not."""
    if not version.forgotten:
        return ""
    return ngettext(
        "{count} vote it learned from has been deleted since. It needs rebuilding; the next tuning does that, without it.",
        "{count} votes it learned from have been deleted since. It needs rebuilding; the next tuning does that, without them.",
        version.forgotten,
    ).format(count=version.forgotten)


def news(version: ModelVersion, stands: Balance) -> str:
    """What the team's admins are told when something was decided; empty when there is nothing to tell."""
    name, why = short(version), because(version)
    if version.stage == "live" and version.reason == "missing":
        return _(
            "{version} cannot be loaded: its weights are missing or broken, or the service refuses them; the host finds "
            "the reason in the log and by muselab doctor. Ideas come from the base model meanwhile. It is tried again by itself."
        ).format(version=name)
    if version.stage == "live" and version.reason == "back":
        return _("{version} is loaded again; ideas come from it from now on.").format(version=name)
    if version.stage == "retired" and version.reason not in _reasons():
        return _("{version} was tuned and not taken: {why}").format(version=name, why=why)
    how = {
        "canary": _("{version} is being tried: {why}. Some ideas of each brainstorm are its own; nobody is told which."),
        "live": _("{version} is live from now on: {why}."),
        "retired": _("{version} is retired: {why}. Ideas come from the version before it."),
    }.get(version.stage, "")
    if not how:
        return ""
    undo = {"live": _("/model rollback goes back."), "canary": _("/model rollback ends the trial.")}.get(version.stage, "")
    shown = trial(version, stands) if version.stage != "canary" else ""
    return " ".join(filter(None, [how.format(version=name, why=why), shown, undo]))


def tuning_news(run: Tuning) -> str:
    """What the team's admins are told of a run of tuning; empty where its version's own news says it."""
    if run.state == "running":
        began = ngettext(
            "Your team's model is being tuned on {pairs} decided pair of ideas.",
            "Your team's model is being tuned on {pairs} decided pairs of ideas.",
            run.pairs,
        ).format(pairs=run.pairs)
        return f"{began} " + _("Nothing changes until it has passed its tests. /model tells how far it is.")
    return "" if run.state == "done" else came_of(run)


def under_way(run: Tuning) -> str:
    """How far a run is, or why nothing came of it, in a sentence; empty where its version says the rest."""
    if run.state != "running":
        return "" if run.state == "done" else came_of(run)
    return _("A new version is in the making: {doing}, {share} %.").format(doing=step_of(run), share=round(100 * run.done))


def step_of(run: Tuning) -> str:
    """What a run is doing, in a word or two."""
    return {
        "collecting": _("collecting votes"),
        "labelling": _("drafting ideas to learn from"),
        "distilling": _("tuning on what your votes foretell of these drafts"),
        "tuning": _("tuning on {pairs} pairs").format(pairs=run.pairs),
        "rehearsing": _("rehearsing"),
        "judging": _("judging"),
        "publishing": _("publishing"),
    }.get(run.doing, run.doing)


def measured(version: ModelVersion) -> list[str]:
    """What a version's tests found, a line each, in words where there are words for it."""
    metrics = dict(version.metrics)
    templates = {
        "accuracy": _("Orders {share} of 100 pairs of ideas on unseen topics as the team did."),
        "accuracy_low": _("That is at least {share} of 100, nearly surely; luck is 50."),
        "held_out_topics": _("Judged on {number} topics that it had not learned from."),
        "people_median": _("Half of the people who voted find {share} of 100 of their own preferences in it, or more."),
        "strength": _("{share} of 100 of the tuned change was kept, as much as leaves its ideas varied."),
        "cpu_s": _("Tuning took {number} CPU seconds."),
    }
    compared = {
        "distinct": _("Different ideas: {before} of 100 before, {after} now."),
        "utility": _("New and usable ideas, read from the top: {before} of 100 before, {after} now."),
        "length": _("Length: {wide} characters before, {long} now."),
        "copied": _("Copies of what it was taught: {before} of 100 before, {after} now."),
        "broken": _("Broken ideas: {before} of 100 before, {after} now."),
        "unsafe": _("Unsafe ideas: {before} of 100 before, {after} now."),
    }
    lines = [
        line.format(share=round(100 * metrics[name]), number=round(metrics.pop(name)))
        for name, line in templates.items()
        if name in metrics
    ]
    for name, line in compared.items():
        if {name, f"{name}_before"} <= metrics.keys():
            before, after = metrics.pop(f"{name}_before"), metrics.pop(name)
            shares = {"before": round(100 * before), "after": round(100 * after)}
            lines.append(line.format(wide=round(before), long=round(after), **shares))
    rest = [f"{name} {value:.3g}" for name, value in metrics.items() if name not in ("mute", "people", "peak_mb")]
    return lines + ([", ".join(rest)] if rest else [])
