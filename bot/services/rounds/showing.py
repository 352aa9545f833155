"""Makes a round's cards: the phase it is at, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.ideas import Idea, IdeaId, Team
from bot.domain.rounds import POINTS, Decision, Round
from bot.domain.shaping import Theme
from bot.messages import Card, Control, Key, Line
from bot.ports import Store
from bot.services.cards import Cards, shortened
from bot.services.doors import Phase
from bot.services.ideas.standing import folded, in_points
from bot.services.lines import platform_name
from bot.services.rounds.belonging import brainstorms_of
from bot.services.rounds.likeness import Likeness
from bot.services.rounds.listing import pairs_said, parted
from bot.services.rounds.ranking import Weighed, counted, level_said, weighed
from bot.words import _, ngettext

SHOWN = 10  # ideas with their buttons on one message, as on a page of the board
OFFERED = 5  # pairs that say the same, offered at once: a row of buttons; with each that is merged the next comes


class RoundCards:
    """Draws rounds from what is stored; the phases say how each looks."""

    def __init__(self, *, store: Store, cards: Cards, phases: Mapping[str, Phase], likeness: Likeness) -> None:
        self.likeness = likeness
        self.store = store
        self.cards = cards
        self.phases = phases

    def phase(self, round: Round) -> Phase:
        """The phase a round is at."""
        return self.phases[round.now.phase]

    async def card(self, round: Round, *, room: int = SHOWN, seen_from: Team | None = None) -> Card:
        """The round as it stands now: its phase, or how it ended; so many ideas with their buttons.

        `seen_from`: the team of a guest; None: the round's own.
        """
        return await (self._phase(round, room, seen_from) if round.state == "running" else self._result(round, room))

    def over(self, round: Round) -> Card:
        """What stands in the place of a phase that is over."""
        return Card(title=self._title(round), text=_("This phase is over. The round goes on below."))

    async def _phase(self, round: Round, room: int, seen_from: Team | None) -> Card:
        phase = self.phase(round)
        ideas = await self.listed(round)
        pairs = (await self.likeness.pairs(ideas, round.topic))[:OFFERED] if getattr(phase, "PAIRS", False) else []
        said = [_(phase.SAYS), round.now.prompt, self._rules(round), await self._shared(round, seen_from)]
        said.append(await self._written(round))
        best_first = getattr(phase, "BEST_FIRST", False)
        said.append(level_said(await self._weighed(round, ideas), running=True) if best_first and not round.decisions else "")
        themes = await self._themes(round) if seen_from is None else None  # a team's themes are its own
        with_buttons, rest = parted(ideas, room, themes, best_first=best_first)
        parts = [*said, pairs_said(pairs), rest]
        return Card(
            title=self._title(round),
            text="\n\n".join(filter(None, parts)),
            lines=await self._lines(round, with_buttons, getattr(phase, "VERBS", ()), blind=getattr(phase, "BLIND", False)),
            until=round.closes_at,
            controls=(*self._controls(phase, round), *offers(pairs), *leading(round)),
            thread=getattr(phase, "THREAD", False),
        )

    @staticmethod
    def _controls(phase: Phase, round: Round) -> tuple[Control, ...]:
        offer = getattr(phase, "controls", None)
        return () if offer is None else tuple(offer(round))

    def _title(self, round: Round) -> str:
        at = label = _(self.phase(round).LABEL)
        if (place := self.place(round)) is not None:
            at = _("{phase} ({number} of {count})").format(phase=label, number=place[0], count=place[1])
        return f"{at} · {shortened(round.topic, 120)}" if round.topic else at

    def place(self, round: Round) -> tuple[int, int] | None:
        """Which of its phases a round is at, and of how many; None at one that is passed over where there is nothing to do."""
        counted = [step for step, one in enumerate(round.steps) if not getattr(self.phases[one.phase], "PAIRS", False)]
        return (counted.index(round.step) + 1, len(counted)) if round.step in counted else None

    def _rules(self, round: Round) -> str:
        """What is told of whose is what; and how many points there are."""
        phase = self.phase(round)
        if round.now.phase == POINTS:
            counted = ngettext(
                "You have {count} point. Nobody is told who gave how many.",
                "You have {count} points. Nobody is told who gave how many.",
                round.dots,
            )
            return counted.format(count=round.dots)
        if not getattr(phase, "TAKES", False):
            return ""
        if round.named:
            return _("With the reveal everybody is told who wrote what.")
        return _("Anonymous: nobody is told who wrote what, nor what people wrote and what the model did.")

    async def _shared(self, round: Round, seen_from: Team | None) -> str:
        """That people of another team take part, before anybody writes."""
        guest = await self.store.guest(round.channel.team, round.id) if getattr(self.phase(round), "TAKES", False) else None
        if guest is None or not guest.open:
            return ""
        there = round.channel.team if seen_from is not None else guest.channel.team
        told = _("This round is held in {platform}, too: both channels see what is written in it.")
        return told.format(platform=platform_name(there.platform))

    async def _written(self, round: Round) -> str:
        """How many have written so far; what, stays hidden."""
        if not getattr(self.phase(round), "TAKES", False):
            return ""
        mine = [note for note in await self.store.notes(round.channel.team, round.id) if note.author and note.step == round.step]
        if not mine:
            return ""
        people = len({note.author for note in mine})
        counted = ngettext("{count} person has written so far.", "{count} people have written so far.", people)
        return counted.format(count=people)

    async def ideas(self, round: Round, *, best_first: bool = False) -> list[Idea]:
        """The round's ideas by number; or best first: by points, then by everything else that people said."""
        team = round.channel.team
        found = [await self.store.ideas_of(team, one) for one in await brainstorms_of(self.store, round)]
        ideas = sorted((idea for some in found for idea in some), key=lambda idea: idea.number)
        return [one.idea for one in await self._weighed(round, ideas)] if best_first else ideas

    async def _weighed(self, round: Round, ideas: Sequence[Idea]) -> list[Weighed]:
        """Ideas of the round, best first, with what people said of them."""
        standings = await self.cards.boards.standings(round.channel.team, ideas)
        return weighed(standings, await self.points(round, ideas))

    async def _themes(self, round: Round) -> list[Theme]:
        """The themes of the round's topic, or else of its channel's whole board."""
        of_topic = await self.store.themes(round.channel, folded(round.topic)) if round.topic else []
        return of_topic or await self.store.themes(round.channel, "")

    async def listed(self, round: Round) -> list[Idea]:
        """The ideas whose words the round's card has, in its order."""
        if round.state != "running":
            return await self.ideas(round, best_first=True)
        phase = self.phase(round)
        return await self.ideas(round, best_first=getattr(phase, "BEST_FIRST", False)) if getattr(phase, "LISTS", False) else []

    async def points(self, round: Round, ideas: Sequence[Idea]) -> Mapping[IdeaId, int]:
        """How many points each idea has."""
        return counted(await self.store.feedback(round.channel.team, [idea.id for idea in ideas]), round)

    async def _lines(self, round: Round, ideas: Sequence[Idea], verbs: Sequence[str], *, blind: bool) -> tuple[Line, ...]:
        if not ideas:
            return ()
        lines = (await self.cards.several(ideas, "")).lines
        points = {} if blind else await self.points(round, ideas)
        return tuple(
            replace(
                line,
                controls=tuple(control for control in line.controls if control.key.verb in verbs),
                tally=None if blind else line.tally,
                note=in_points(points[line.idea]) if line.idea in points else line.note,
            )
            for line in lines
        )

    async def _result(self, round: Round, room: int) -> Card:
        """What came of a round: what was decided, and its ideas with their points."""
        ideas = await self.listed(round)
        by_id = {idea.id: idea for idea in ideas}
        decided = [decision_line(by_id[one.idea], one) for one in round.decisions if one.idea in by_id]
        nothing = _("Nothing was decided yet. Whoever leads may still do so: /decide and the number of an idea.")
        heading = _("What came of “{topic}”") if round.state == "done" else _("Stopped: “{topic}”")
        tie = "" if decided else level_said(await self._weighed(round, ideas), running=False)
        shown, rest = parted(ideas, room, None, best_first=True)
        return Card(
            title=heading.format(topic=shortened(round.topic, 120) or "…"),
            text="\n\n".join(filter(None, [tie, "\n".join(decided) or (nothing if ideas else ""), rest])),
            lines=await self._lines(round, shown, ("vote", "more", "why"), blind=False),
            footer=ngettext("{count} idea", "{count} ideas", len(ideas)).format(count=len(ideas)),
            controls=(Control(key=Key(verb="board"), label=_("Board"), emoji="📋"),),
        )


def offers(pairs: Sequence[tuple[Idea, Idea]]) -> tuple[Control, ...]:
    """What merges pairs of ideas that say the same."""
    return tuple(
        Control(
            key=Key(verb="merge", target=goes.id, token=stays.id),
            label=_("Merge #{one} into #{other}").format(one=goes.number, other=stays.number),
            emoji="🔗",
        )
        for goes, stays in pairs
    )


def leading(round: Round) -> tuple[Control, ...]:
    """What whoever leads a round can press. Each names the step it is of: pressed twice it leads on once."""
    controls = (("next", _("Next phase"), "⏭️"), ("extend", _("Five minutes more"), "⏱️"), ("stop", _("Stop the round"), "⏹️"))
    return tuple(
        Control(
            key=Key(verb="round", target=round.id, token=f"{what}.{round.step}"), label=label, emoji=emoji, minor=what == "stop"
        )
        for what, label, emoji in controls
    )


def decision_line(idea: Idea, decision: Decision) -> str:
    """What is done about an idea, in a line."""
    return " — ".join(filter(None, [f"✅ #{idea.number} {idea.text}", action_line(decision)]))


def action_line(decision: Decision) -> str:
    """What is done next, and by whom."""
    owner = _("owner: {name}").format(name=decision.owner) if decision.owner else ""
    return " — ".join(filter(None, [decision.action, owner]))
