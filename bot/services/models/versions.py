"""Which version of the model a team is served with: the new one is tried blind beside the old, and the team's votes decide."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from bot.domain.errors import BrokenWeights, MuselabError, Refusal
from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, BrainstormId, Idea, IdeaId, Person, Team
from bot.domain.models import ModelVersion
from bot.ports import Adapters, Balance, Clock, Store, Trial
from bot.services.models.comparing import SETTLED, outcome, says, sides, silenced
from bot.services.team.governing import whole
from bot.words import _

log = structlog.get_logger(__name__)

TRIED = 5_000  # ideas of a team among which the canary's are looked for, the latest; 400 comparisons need about half of them
MUTE = 5  # slates in a row for which a canary made nothing that could be shown: it cannot be loaded, or writes rubbish
LOOK_S = 2.0  # votes within this long are one look
NOTHING_S = 10.0  # a team that has no canary is not looked at again for this long; what begins here meanwhile is
BASE = ""  #: the id under which the base is ordered


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """The versions that make a team's next ideas."""

    old: ModelVersion | None  #: None: the base
    new: ModelVersion | None  #: tried beside it; None: nothing is


class Versions:
    """Keeps a team's versions moving: candidate, canary, live, retired."""

    def __init__(self, *, store: Store, trial: Trial, clock: Clock, weights: Adapters | None = None) -> None:
        """`weights`: where versions' weights are kept; None: not on this machine."""
        self.store = store
        self.weights = weights
        self.trial = trial
        self.clock = clock
        self.tell: Callable[[Team], None] | None = None  #: told that a team has news; set by whoever reaches its chat
        self._looks: dict[Team, asyncio.Task[None]] = {}
        self._nothing: dict[Team, float] = {}  #: teams that had no canary, until when that is believed, on the monotonic clock

    # what is served

    async def serving(self, team: Team) -> Serving:
        """What makes the team's ideas now. A candidate that passed its judges becomes the canary."""
        mine = await self.of(team)
        old = next((version for version in mine if version.stage == "live"), None)
        for version in mine:
            if version.untold:  # by a tuner, or by a process that ended before it could tell
                self._news(version)
                break
        if (await self.store.settings(whole(team))).paused:
            return Serving(old=old, new=None)
        new = next((version for version in mine if version.stage == "canary"), None)
        candidate = next((version for version in mine if version.stage == "candidate"), None)
        if candidate is not None and (new is None or candidate.created_at > new.created_at):
            new = await self._try(candidate, instead_of=new)
        return Serving(old=old, new=new)

    async def of(self, team: Team) -> list[ModelVersion]:
        """The team's own versions, newest first."""
        return [version for version in await self.store.versions(team) if version.team == team]

    async def _try(self, candidate: ModelVersion, *, instead_of: ModelVersion | None) -> ModelVersion:
        if instead_of is not None:  # what was learned since is in the newer one
            await self.store.keep_version(replace(instead_of, stage="retired", reason="overtaken"))
        if candidate.team is not None:
            self._nothing.pop(candidate.team, None)
        began = replace(candidate, stage="canary", reason="tried", untold=True)
        await self.store.keep_version(began)
        log.info("a new version is tried", version=began.id)
        self._news(began)
        return began

    # what votes say

    def heard(self, team: Team) -> None:
        """Somebody of the team said something: what that means for a canary is looked at soon."""
        if team not in self._looks and self._nothing.get(team, 0.0) < time.monotonic():
            self._looks[team] = task = asyncio.create_task(self._soon(team))
            task.add_done_callback(lambda _done: self._looks.pop(team, None))

    async def _soon(self, team: Team) -> None:
        try:
            await asyncio.sleep(LOOK_S)
            if await self.look(team) is None:
                self._nothing = {team: until for team, until in self._nothing.items() if until > time.monotonic()}
                self._nothing[team] = time.monotonic() + NOTHING_S
        except MuselabError as error:
            log.warning("a canary's votes could not be looked at", why=str(error))
        except Exception:
            log.exception("looking at a canary's votes broke")

    async def close(self) -> None:
        """Stops looking. Safe to call twice."""
        tasks = list(self._looks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def look(self, team: Team) -> Balance | None:
        """Reads what slates have been settled since, and acts when that decides; None when nothing is tried."""
        canary = next((version for version in await self.of(team) if version.stage == "canary"), None)
        if canary is None:
            return None
        drawn = await self._drawn(team, canary)
        stands = self.balance(replace(canary, comparisons=drawn))
        if drawn != canary.comparisons:
            canary = replace(canary, comparisons=drawn)
            await self.store.keep_version(canary)
        if stands.decision == "won":
            await self._make_live(canary, reason="won")
        elif stands.decision:
            await self._retire(canary, reason=stands.decision)
        return stands

    def balance(self, version: ModelVersion) -> Balance:
        """Where a version's trial stands, or stood."""
        return self.trial([comparison.endswith(":new") for comparison in version.comparisons])

    async def _drawn(self, team: Team, canary: ModelVersion) -> tuple[str, ...]:
        """The canary's comparisons with those that can be drawn now, in the order of their slates."""
        slates = await self._slates(team, canary)
        said_of: defaultdict[IdeaId, list[Feedback]] = defaultdict(list)
        for opinion in await self.store.feedback(team, [idea.id for _slate, ideas in slates for idea in ideas]):
            said_of[opinion.idea].append(opinion)
        known = {comparison.partition(":")[0] for comparison in canary.comparisons}
        drawn = list(canary.comparisons)
        had_say: Counter[Person] = Counter()
        for slate, ideas in slates:
            new, old = sides(slate, ideas)
            preferences = says(new, old, [opinion for idea in (*new, *old) for opinion in said_of[idea.id]])
            if slate.id not in known:
                won = outcome(preferences, silenced(had_say))
                if won is None:
                    continue
                drawn.append(f"{slate.id}:{'new' if won else 'old'}")
            had_say.update(preferences)
        return tuple(drawn)

    async def _slates(self, team: Team, canary: ModelVersion) -> list[tuple[Brainstorm, list[Idea]]]:
        """The settled slates on which the canary has ideas, oldest first, with the ideas people were shown."""
        by_slate: dict[BrainstormId, list[Idea]] = {}
        for idea in await self.store.team_ideas(team, limit=TRIED):
            if idea.brainstorm is not None:
                by_slate.setdefault(idea.brainstorm, []).append(idea)
        slates: list[tuple[Brainstorm, list[Idea]]] = []
        for id, ideas in by_slate.items():
            if any(idea.model == canary.id for idea in ideas):
                slate = await self.store.brainstorm(team, id)
                if slate is not None and slate.canary == canary.id and slate.created_at <= self.clock() - SETTLED:
                    slates.append((slate, ideas))
        return sorted(slates, key=lambda one: (one[0].created_at, one[0].id))

    async def shown(self, brainstorm: Brainstorm, ideas: list[Idea]) -> None:
        """A slate is complete. Whose weights cannot be loaded shows in who made it."""
        if not (brainstorm.canary or brainstorm.model):
            return
        for version in await self.of(brainstorm.channel.team):
            if version.id == brainstorm.model and version.stage == "live":
                await self._stood_in(version, brainstorm)
            elif version.id == brainstorm.canary and version.stage == "canary" and ideas:
                await self._made_for(version, ideas)

    async def _stood_in(self, live: ModelVersion, brainstorm: Brainstorm) -> None:
        """Tells that the base drafts for a live version, and when that is over."""
        drafted = await self.store.candidates(brainstorm.channel.team, brainstorm.id)
        makers = {candidate.draft.model for candidate in drafted}
        reason = "missing" if BASE in makers and live.id not in makers else "back" if live.id in makers else ""
        if not reason or (reason == "missing") == (live.reason == "missing"):
            return
        version = replace(live, reason=reason, untold=True)
        await self.store.keep_version(version)
        log.warning("the base stands in for a live version" if reason == "missing" else "a live version is back", version=live.id)
        self._news(version)

    async def _made_for(self, canary: ModelVersion, ideas: list[Idea]) -> None:
        """A canary that makes nothing fit to be shown several times in a row is given up."""
        mute = 0.0 if any(idea.model == canary.id for idea in ideas) else canary.metrics.get("mute", 0.0) + 1
        if mute == canary.metrics.get("mute", 0.0):
            return
        canary = replace(canary, metrics={**canary.metrics, "mute": mute})
        log.info(
            "a canary made ideas again" if not mute else "a canary made nothing for a slate", version=canary.id, in_a_row=mute
        )
        await self.store.keep_version(canary)
        if mute >= MUTE:
            await self._retire(canary, reason="broken")

    # what people say

    async def promote(self, team: Team, name: str) -> ModelVersion:
        """Serves a version from now on, whatever votes say.

        Raises:
            Refusal: there is no such version, it is live already, or its weights are gone.
        """
        version = await self.named(team, name)
        if version.stage == "live":
            raise Refusal(_("{version} is what this team is served with already.").format(version=short(version)))
        if version.adapter and self.weights is not None:
            try:
                await asyncio.to_thread(self.weights.folder, version.adapter)
            except BrokenWeights as error:
                raise Refusal(
                    _("The weights of {version} are gone or damaged, so it cannot be served.").format(version=short(version))
                ) from error
        return await self._make_live(version, reason="by hand")

    async def roll_back(self, team: Team) -> ModelVersion | None:
        """Ends the trial of a canary, or else serves what was live before; the version served then, None for the base.

        Raises:
            Refusal: the base is all there is.
        """
        mine = await self.of(team)
        canary = next((version for version in mine if version.stage == "canary"), None)
        live = next((version for version in mine if version.stage == "live"), None)
        if canary is not None:
            await self._retire(canary, reason="by hand")
            return live
        if live is None:
            raise Refusal(_("This team is served with the base model; there is nothing to roll back."))
        await self._retire(live, reason="by hand")
        before = [version for version in mine if version.reason == "replaced" and version.created_at < live.created_at]
        return await self._make_live(before[0], reason="rolled back") if before else None

    async def pause(self, team: Team, *, paused: bool) -> None:
        """Stops trying new versions, or goes on."""
        await self.store.amend(whole(team), lambda settings: replace(settings, paused=paused))

    async def named(self, team: Team, name: str) -> ModelVersion:
        """The team's version called so: by its id, "v3" or "3".

        Raises:
            Refusal: there is none.
        """
        mine = await self.of(team)
        wanted = name.strip().lower().removeprefix("#")
        number = f"v{wanted}" if re.fullmatch(r"\d{1,6}", wanted) else wanted
        match = next((version for version in mine if wanted == version.id.lower() or number == short(version)), None)
        if match is None:
            known = ", ".join(short(version) for version in mine[:10]) or _("none yet")
            raise Refusal(_("There is no version “{name}”. There are: {known}.").format(name=name[:30], known=known))
        return match

    async def _make_live(self, version: ModelVersion, *, reason: str) -> ModelVersion:
        for other in await self.of(version.team) if version.team else ():
            if other.stage == "live" and other.id != version.id:
                await self.store.keep_version(replace(other, stage="retired", reason="replaced"))
            if other.stage == "canary" and other.id != version.id:
                await self.store.keep_version(replace(other, stage="retired", reason="overtaken"))
        live = replace(version, stage="live", reason=reason, untold=True)
        await self.store.keep_version(live)
        log.info("a version is live", version=live.id, reason=reason)
        self._news(live)
        return live

    async def _retire(self, version: ModelVersion, *, reason: str) -> None:
        retired = replace(version, stage="retired", reason=reason, untold=True)
        await self.store.keep_version(retired)
        log.info("a version is retired", version=retired.id, reason=reason)
        self._news(retired)

    def _news(self, version: ModelVersion) -> None:
        if self.tell is not None and version.team is not None:
            self.tell(version.team)


def short(version: ModelVersion) -> str:
    """What people call a version: "v3"."""
    return re.split(r"-(?=v\d+$)", version.id)[-1]
