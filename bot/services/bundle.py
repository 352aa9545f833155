"""Everything a command or a signal may use, in one bundle."""

from __future__ import annotations

from dataclasses import dataclass

from bot.config import Settings
from bot.courtesy import Courtesy
from bot.ports import Clock, Curve, Prospects, Store
from bot.services.announcing import Announcing
from bot.services.answering import Answering
from bot.services.board import Boards
from bot.services.brainstorming import Brainstorming
from bot.services.cards import Cards
from bot.services.duelling import Duelling
from bot.services.exporting import Exporting
from bot.services.finding import Finding
from bot.services.forgetting import Forgetting
from bot.services.governing import Governing
from bot.services.liking import Liking
from bot.services.listening import Listening
from bot.services.making import Making
from bot.services.ordering import Ordering
from bot.services.recommending import Recommending
from bot.services.tasting import Tasting
from bot.services.versions import Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use-cases, put together by `bot.compose`."""

    store: Store
    courtesy: Courtesy
    settings: Settings
    clock: Clock
    finding: Finding
    brainstorming: Brainstorming
    announcing: Announcing
    answering: Answering
    cards: Cards
    listening: Listening
    governing: Governing
    boards: Boards
    duelling: Duelling
    exporting: Exporting
    forgetting: Forgetting
    recommending: Recommending
    tasting: Tasting
    making: Making
    liking: Liking
    prospects: Prospects
    curve: Curve
    ordering: Ordering
    versions: Versions
