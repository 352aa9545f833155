"""A building as a plan: what it has and how much of it, out of words and chance. It draws nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass

from generators.engines.image.building_words import Said, table
from generators.engines.shared.colour import Colour, Palette, deepen, luminance, mixed, words

USUAL = "building"
DEEP = {1: 1, 2: 2, 3: 2, 4: 3, 5: 3, 6: 3, 7: 3, 8: 4, 9: 4}  #: bays at the side, by those at the front


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a building has. Lengths are in bays: a window and the wall around it."""

    kind: str
    storeys: int
    bays: int  #: at the front
    deep: int  #: bays at the side
    high: float  #: of a storey
    roof: str  #: a row of [roof] in `buildings.toml`
    windows: str  #: a row of [windows]; "none" for none
    parts: frozenset[str]  #: of [part]
    round: bool
    wall: Colour
    top: Colour  #: of the roof
    trim: Colour
    glass: Colour
    door: Colour
    ground: Colour


def planned(said: Said, palette: Palette, rng: random.Random) -> Plan:
    """What words leave open, as buildings of their kind are; each version a little otherwise."""
    kind = said.kind or USUAL
    usual = table()["kind"][kind]
    storeys = said.storeys or rng.randint(*usual["storeys"])
    round_ = said.parts.get("round", usual.get("round", False))
    bays = said.bays or rng.randint(*usual["bays"])
    parts = {name for name in table()["part"] if usual.get(name) is True or said.parts.get(name)}
    parts |= {name for name in ("lantern",) if usual.get(name) is True}
    parts -= {name for name, there in said.parts.items() if not there}
    if "door" not in said.parts and not ({"columns"} <= parts and usual.get("windows") == "none" and round_):
        parts.add("door")
    roof = said.roof or usual["roof"]
    return Plan(
        kind=kind,
        storeys=storeys,
        bays=bays,
        deep=usual.get("deep", DEEP[bays]),
        high=usual.get("high", 1.15),
        roof="dome" if round_ and roof in {"gable", "hip", "sawtooth"} else roof,
        windows=said.windows or usual.get("windows", "plain"),
        parts=frozenset(parts),
        round=round_,
        **_colours(said, palette),
    )


def _colours(said: Said, palette: Palette) -> dict[str, Colour]:
    """Colours by part: those that were said, else the palette's: light walls, a lively roof, a dark rest."""
    known = dict(words())
    lively = palette.accents
    wall = known[said.colours.get("wall") or said.colours[""]] if said.colours.get("wall") or said.colours.get("") else None
    wall = wall or max(palette.colours[:-1], key=luminance)
    top = known[said.colours["roof"]] if "roof" in said.colours else next(
        (each for each in lively if abs(luminance(each) - luminance(wall)) > 0.08), lively[0]
    )  # fmt: skip
    door = known[said.colours["door"]] if "door" in said.colours else lively[1] if lively[1] != wall else lively[0]
    white = (250, 248, 242)
    return {
        "wall": wall,
        "top": top,
        "trim": mixed(wall, white, 0.75) if luminance(wall) < 0.7 else mixed(wall, palette.dark, 0.45),
        "glass": mixed(deepen(palette.colours[0], 7.0), (120, 170, 210), 0.3),
        "door": door,
        "ground": mixed(palette.light, (150, 160, 140), 0.35),
    }
