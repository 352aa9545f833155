"""What a team's votes can teach by now, whether a tuning would pay, and what is missing, in words. Loads no model."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.ideas import Team
from bot.domain.models import Tuning
from bot.ports import Due, Store
from bot.words import _
from learning.gathering import gather
from learning.plan import Threshold
from learning.sets import Split, split


async def prospects(store: Store, team: Team, threshold: Threshold | None = None) -> Due:
    """What there is to learn, and whether a tuning would pay. Reads only."""
    chosen = split(await gather(store, team))
    return due(chosen, threshold or Threshold(), last_verdict(await store.tunings(team)), await forgotten(store, team))


async def forgotten(store: Store, team: Team) -> int:
    """Votes behind the version in service that people have deleted since."""
    versions = [one for one in await store.versions(team) if one.team == team]
    return max((one.forgotten for one in versions if one.stage in ("live", "canary", "candidate")), default=0)


def due(chosen: Split, threshold: Threshold, last: Tuning | None, forgotten: int) -> Due:
    """Whether what a team's votes can teach is enough."""
    pairs = sum(len(topic.pairs) for topic in chosen.learned)
    topics = sum(bool(topic.pairs) for topic in chosen.learned)
    held = sum(bool(topic.pairs) for topic in chosen.held_out)
    thumbs = sum(len(topic.thumbs) for topic in chosen.learned)
    say = [
        _("There are {pairs} decided pairs over {topics} topics to learn from, and {held} later topics to judge by.").format(
            pairs=pairs, topics=topics, held=held
        )
    ]
    enough = pairs >= threshold.pairs and topics >= threshold.topics and held >= threshold.held_out_topics
    if not enough:
        say.append(
            _(
                "Tuning a model pays from {pairs} pairs over {topics} topics and {held} later ones; "
                "until then the votes order the ideas."
            ).format(pairs=threshold.pairs, topics=threshold.topics, held=threshold.held_out_topics)
        )
    needed = 0 if last is None else round(threshold.more * last.pairs)
    new = last is None or pairs >= threshold.more * last.pairs
    if forgotten:
        say.append(_of_forgotten(enough=enough))
    elif enough and last is not None and not new:
        say.append(_("The last tuning had {pairs} pairs; the next pays from {needed}.").format(pairs=last.pairs, needed=needed))
    return Due(
        pairs=pairs,
        topics=topics,
        held_out=held,
        thumbs=thumbs,
        ready=enough and (new or forgotten > 0),
        say=tuple(say),
    )


def _of_forgotten(*, enough: bool) -> str:
    """What becomes of a model whose votes were deleted."""
    if enough:
        return _("Votes that the model learned from were deleted, so the next tuning makes it anew without them.")
    return _(
        "Votes that the model learned from were deleted, and too few are left to make it anew; "
        "until there are more, /model rollback ends serving it."
    )


def last_verdict(runs: Sequence[Tuning]) -> Tuning | None:
    """The latest run that ended, with any result: a cancelled or broken run would do the same again."""
    return next((run for run in runs if run.state != "running" and run.pairs), None)
