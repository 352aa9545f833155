"""What the core needs from the world: the ports that adapters, generators, storage and learning fill."""

from __future__ import annotations

from bot.ports.accounting import Usage
from bot.ports.chats import (
    Accompanied,
    ChannelReaders,
    Chat,
    Direct,
    Draw,
    Erasable,
    Finding,
    Front,
    Queueing,
    Rated,
    Reply,
)
from bot.ports.folders import Adapters, Styles
from bot.ports.generators import Commission, Generator, Health, Made, Maker, Order, Phrase, Phrasing
from bot.ports.inbox import Arrival, Post
from bot.ports.jobs import JobStore
from bot.ports.learning import Balance, Curve, Due, Entry, Learner, Log, Prospects, Ranker, Reason, Taste, Trial, Trust
from bot.ports.material import MaterialStore
from bot.ports.media import MediaStore, Medium
from bot.ports.moderating import Moderation
from bot.ports.passes import PassStore
from bot.ports.personas import PersonaStore
from bot.ports.shaping import ShapeStore
from bot.ports.storage import Forgotten, Kept, Store
from bot.ports.timing import LEASE, Clock
from bot.ports.turns import Permitted, TurnStore

__all__ = [
    "LEASE",
    "Accompanied",
    "Adapters",
    "Arrival",
    "Balance",
    "ChannelReaders",
    "Chat",
    "Clock",
    "Commission",
    "Curve",
    "Direct",
    "Draw",
    "Due",
    "Entry",
    "Erasable",
    "Finding",
    "Forgotten",
    "Front",
    "Generator",
    "Health",
    "JobStore",
    "Kept",
    "Learner",
    "Log",
    "Made",
    "Maker",
    "MaterialStore",
    "MediaStore",
    "Medium",
    "Moderation",
    "Order",
    "PassStore",
    "Permitted",
    "PersonaStore",
    "Phrase",
    "Phrasing",
    "Post",
    "Prospects",
    "Queueing",
    "Ranker",
    "Rated",
    "Reason",
    "Reply",
    "ShapeStore",
    "Store",
    "Styles",
    "Taste",
    "Trial",
    "Trust",
    "TurnStore",
    "Usage",
]
