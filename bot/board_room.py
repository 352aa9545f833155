"""The use cases that look at boards and shape them, built around those of ideas, votes and a team."""

from __future__ import annotations

from typing import Any

from bot.givens import new_id
from bot.limits import Turnstile
from bot.ports import Clock, Generator
from bot.services.ideas.board import Boards
from bot.services.ideas.exporting import Exporting
from bot.services.ideas.importing import Importing
from bot.services.ideas.marking import Marking
from bot.services.ideas.merging import Merging
from bot.services.ideas.naming import Naming
from bot.services.ideas.originality import Originality
from bot.services.ideas.quoting import Quoting
from bot.services.ideas.redrawing import Redrawing
from bot.services.ideas.reshaping import Reshaping
from bot.services.ideas.theming import Theming
from bot.services.models.versions import Versions
from bot.services.talk.following import Following
from bot.services.team.governing import Governing
from bot.services.team.material import Material
from bot.services.team.moderating import Moderating
from bot.services.team.personas import Personas
from bot.services.team.undoing import Undoing
from bot.services.votes.listening import Listening
from learning.themes import grouped


def furnished(
    *,
    boards: Boards,
    generator: Generator,
    turnstile: Turnstile,
    governing: Governing,
    listening: Listening,
    versions: Versions,
    following: Following,
    redrawing: Redrawing,
    clock: Clock,
) -> dict[str, Any]:
    """Those use cases, by their names in the bundle."""
    store, tasting = boards.store, listening.tasting
    naming = Naming(generator, turnstile)
    quoting = Quoting(store, generator)
    moderating = Moderating(store=store, tasting=tasting, clock=clock)
    undoing = Undoing(moderating=moderating, listening=listening, boards=boards, following=following, redrawing=redrawing)
    return {
        "boards": boards,
        "exporting": Exporting(boards, versions),
        "importing": Importing(store=store, governing=governing, clock=clock, new_id=new_id),
        "marking": Marking(store=store, boards=boards, listening=listening, clock=clock),
        "material": Material(store=store, quoting=quoting, clock=clock, new_id=new_id),
        "personas": Personas(store=store, clock=clock),
        "quoting": quoting,
        "originality": Originality(store, generator),
        "reshaping": Reshaping(store=store, boards=boards, clock=clock, new_id=new_id),
        "merging": Merging(store=store, tasting=tasting, clock=clock),
        "theming": Theming(
            store=store, boards=boards, generator=generator, naming=naming, grouping=grouped, clock=clock, new_id=new_id
        ),
        "moderating": moderating,
        "undoing": undoing,
    }
