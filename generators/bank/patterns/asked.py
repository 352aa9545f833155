"""What a topic gives to fill patterns with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

ANY = "general"  #: genre of patterns that fit every genre


@dataclass(frozen=True, slots=True)
class Slot:
    """Words of a topic that fill a pattern's slot."""

    words: tuple[str, ...]  #: one text, or two where a pattern has two slots
    name: str = ""  #: of the slot; empty: told by the words' meaning
    among: Mapping[str, str] = field(
        default_factory=dict
    )  #: the types that the words may be of, and the slot that each fills; empty: none
    meant: str = ""  #: what tells the type, where it is not the first of the words: their noun
    otherwise: str = ""  #: slot of words that are surely of none of these; empty: they fill none

    @property
    def told_by(self) -> str:
        """Words whose meaning tells the type."""
        return self.meant or self.words[0]

    def of(self, type_: str) -> Slot:
        """The slot with its name, where its words are of a type; empty: of none."""
        return replace(self, name=self.among.get(type_, self.otherwise))


@dataclass(frozen=True, slots=True)
class Asked:
    """A kind of idea, and what it is to be about."""

    kind: str
    genre: str = ANY
    slots: tuple[Slot, ...] = ()  #: each fills patterns of its own
    one: bool = False  #: only the first of them that fills any does
    surer: float = 0.0  #: log-odds by which its patterns are surer than others: nothing else is near to a shop's own name


def same(*types: str) -> dict[str, str]:
    """Types that fill the slots of their names."""
    return {one: one for one in types}
