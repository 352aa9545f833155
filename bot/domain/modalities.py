"""What Muselab makes beside words: one row for each modality. With its folder in `generators/engines/` a row is all it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.words import N_, _, ngettext

Modality = str  #: "text", or the name of a row below
TEXT: Modality = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is said of works of one modality, and what they are good for."""

    name: Modality  #: its folder in `generators/engines/`
    noun: str  #: one work; marked with `N_`
    plural: str  #: many works; marked with `N_`
    title: Callable[[int], str]  #: of a card, for so many works; has a place for {topic}
    extra: str  #: what to install: `pip install 'muselab[…]'`
    chosen: tuple[str, ...] = ()  #: traits that are options, so that what a team likes of them can be chosen for it
    part: str = ""  #: what the type of its files begins with where it is a part of a pitch
    needed: bool = False  #: whether a pitch is none without it


MODALITIES: Mapping[Modality, Row] = {
    row.name: row
    for row in (
        Row(
            name="image",
            noun=N_("picture"),
            plural=N_("pictures"),
            title=lambda count: ngettext("A picture for “{topic}”", "Pictures for “{topic}”", count),
            extra="image",
            chosen=("layout", "style", "palette"),
            part="image/",
            needed=True,
        ),
        Row(
            name="speech",
            noun=N_("voice"),
            plural=N_("speech"),
            title=lambda _count: _("“{topic}”, said aloud"),
            extra="speech",
            chosen=("voice",),
            part="audio/",
            needed=True,
        ),
        Row(
            name="music",
            noun=N_("tune"),
            plural=N_("tunes"),
            title=lambda count: ngettext("A tune for “{topic}”", "Tunes for “{topic}”", count),
            extra="music",
            chosen=("style", "mood"),
            part="audio/",
        ),
        Row(
            name="vision",
            noun=N_("description"),
            plural=N_("descriptions of pictures"),
            title=lambda _count: _("What is on the picture"),
            extra="image",
        ),
        Row(
            name="hearing",
            noun=N_("transcript"),
            plural=N_("transcripts"),
            title=lambda _count: _("What was said"),
            extra="hearing",
        ),
        Row(
            name="pitch",
            noun=N_("pitch"),
            plural=N_("pitches"),
            title=lambda _count: _("A pitch of “{topic}”"),
            extra="speech",
        ),
    )
}
