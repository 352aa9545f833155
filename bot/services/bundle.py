"""Everything a command or a signal may use, in one bundle."""

from __future__ import annotations

from dataclasses import dataclass

from bot.config import Settings
from bot.courtesy import Courtesy
from bot.metrics import Meter
from bot.ports import Clock, Curve, Prospects, Store
from bot.services.cards import Cards
from bot.services.ideas.answering import Answering
from bot.services.ideas.board import Boards
from bot.services.ideas.brainstorming import Brainstorming
from bot.services.ideas.exporting import Exporting
from bot.services.ideas.finding import Finding
from bot.services.ideas.importing import Importing
from bot.services.ideas.marking import Marking
from bot.services.ideas.merging import Merging
from bot.services.ideas.originality import Originality
from bot.services.ideas.quoting import Quoting
from bot.services.ideas.recommending import Recommending
from bot.services.ideas.redrawing import Redrawing
from bot.services.ideas.reshaping import Reshaping
from bot.services.ideas.stopping import Stopping
from bot.services.ideas.theming import Theming
from bot.services.media.bandit import Liking
from bot.services.media.commissioning import Ordering
from bot.services.media.drafts import Drafts
from bot.services.media.making import Making
from bot.services.media.memos import Memos
from bot.services.media.photos import Photos
from bot.services.models.versions import Versions
from bot.services.rounds.contributing import Contributing
from bot.services.rounds.filling import Filling
from bot.services.rounds.hosting import Hosting
from bot.services.rounds.leading import Rounds
from bot.services.rounds.planning import Planning
from bot.services.talk.conversing import Conversing
from bot.services.talk.following import Following
from bot.services.team.announcing import Announcing
from bot.services.team.bridging import Bridging
from bot.services.team.entrance import Entrance
from bot.services.team.forgetting import Forgetting
from bot.services.team.governing import Governing
from bot.services.team.leaving import Leaving
from bot.services.team.material import Material
from bot.services.team.moderating import Moderating
from bot.services.team.personas import Personas
from bot.services.team.undoing import Undoing
from bot.services.votes.duelling import Duelling
from bot.services.votes.listening import Listening
from bot.services.votes.refitting import Tasting


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use-cases, put together by `bot.wiring`."""

    store: Store
    courtesy: Courtesy
    meter: Meter
    settings: Settings
    clock: Clock
    finding: Finding
    brainstorming: Brainstorming
    announcing: Announcing
    answering: Answering
    cards: Cards
    listening: Listening
    governing: Governing
    leaving: Leaving
    moderating: Moderating
    undoing: Undoing
    stopping: Stopping
    boards: Boards
    conversing: Conversing
    duelling: Duelling
    entrance: Entrance
    exporting: Exporting
    following: Following
    forgetting: Forgetting
    recommending: Recommending
    redrawing: Redrawing
    reshaping: Reshaping
    rounds: Rounds
    contributing: Contributing
    filling: Filling
    planning: Planning
    hosting: Hosting
    bridging: Bridging
    tasting: Tasting
    making: Making
    memos: Memos
    importing: Importing
    photos: Photos
    drafts: Drafts
    liking: Liking
    marking: Marking
    material: Material
    personas: Personas
    quoting: Quoting
    merging: Merging
    prospects: Prospects
    curve: Curve
    ordering: Ordering
    originality: Originality
    theming: Theming
    versions: Versions
