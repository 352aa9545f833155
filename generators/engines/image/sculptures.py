"""Ideas as things in space: buildings from words, things turned about their middle, and badges of drawings."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from bot.words import FALLBACK, _, language, ngettext
from generators.engines.image import building_words, naming, turning
from generators.engines.image.boards import LOOKS, Boards, palette_names
from generators.engines.image.building_plans import Plan, planned
from generators.engines.image.canvas import icon, rendered
from generators.engines.image.commissions import attached, chosen
from generators.engines.image.icons import Thing
from generators.engines.image.models3d import glb
from generators.engines.image.painting import STYLES
from generators.engines.image.raising import raised
from generators.engines.image.solids import layers
from generators.engines.image.telling import telling
from generators.engines.image.turntable import SIDE, Surface, turntable
from generators.engines.making import Commission, Option, Rendered, Report, Work
from generators.engines.shared.colour import Colour, Palette, askable, palettes

FORMS = ("badge", "turned", "building")
MOST_MORE = 1  #: telling words beside the name of what is round: a paper lamp is a lamp, a rocket full of books is about both
FLAT = "fluent-emoji-flat"  # drawings in a few plain colours, each of which becomes a layer
MODELLED = 512  # pixels that such a drawing is looked at with


def sculptures(boards: Boards, commission: Commission, report: Report) -> Iterator[Work]:
    """Models of an idea, each turning: of what its words name, or of a silhouette that was handed in.

    Raises:
        Unmakeable: an option has a value that it cannot have, or a picture shows no shape.
    """
    asked = chosen(commission, "palette", palette_names(), also=askable())
    form = chosen(commission, "style", FORMS, also=(*LOOKS, *STYLES))  # a style of pictures may come of a team's taste
    form = form if form in FORMS else ""
    pictures = attached(commission, 0, 1)
    text = "" if pictures and not commission.text.strip() else boards.readable(commission.text)
    form = form or ("turned" if pictures else _form(text))
    colours = palettes(asked, commission.count, random.Random(commission.seed))
    things = [] if pictures or form == "building" else boards.icons.things(text, commission.count)
    for number in range(commission.count if form != "badge" else len(things)):
        rng = random.Random(f"{commission.seed}/{number}")
        report(_("Modelling {thing}").format(thing=_subject(form, things, number, text)), number / commission.count)
        if pictures:
            made = turning.from_silhouette(pictures[0])
            yield work(
                made, "silhouette", _("The shape of the picture, turned about its middle"), colours[number].light, "turned"
            )
        elif form == "building":
            yield _building(text, colours[number], rng)
        elif form == "turned":
            yield _turned(text, things[number % len(things)], boards, colours[number], rng, first=not number)
        else:
            yield _badge(things[number], boards, colours[0].light)


def _form(text: str) -> str:
    """What an idea is shown as where nobody said it."""
    if building_words.is_building(text):
        return "building"
    profile = turning.named(text)
    own = " ".join(profile.phrases).split() if profile else []
    more = [word for word in telling(text) if not any(word.startswith(each) for each in own)]
    return "turned" if profile and len(more) <= MOST_MORE else "badge"


def _subject(form: str, things: Sequence[Thing], number: int, text: str) -> str:
    if form == "building":
        return called(building_words.table()["kind"][building_words.read(text).kind or "building"]["words"])
    return naming.things([things[number % len(things)].name]) if things else _("the picture")


def called(phrases: str) -> str:
    """The first of some phrases in the reader's language."""
    names = [name for name in (each.strip().rstrip("?") for each in phrases.replace("\n", " ").split(",")) if name]
    if language() == FALLBACK:
        return names[0]
    return next((name for name in names if turning.HAN.search(name)), names[0])


def _building(text: str, palette: Palette, rng: random.Random) -> Work:
    plan = planned(building_words.read(text), palette, rng)
    facts: dict[str, Option] = {"storeys": plan.storeys, "roof": plan.roof, "windows": plan.windows}
    return work(raised(plan), plan.kind, told(plan), palette.light, "building", facts)


def told(plan: Plan) -> str:
    """What a building is, for who cannot see it."""
    table = building_words.table()
    parts = [ngettext("{n} storey", "{n} storeys", plan.storeys).format(n=plan.storeys), called(table["roof"][plan.roof])]
    parts += [called(table["windows"][plan.windows])] if plan.windows != "none" else []
    parts += [called(words) for name, words in table["part"].items() if name in plan.parts and name not in {"door", "round"}]
    joined = (", " if language() == FALLBACK else "、").join(parts)
    return _("A model of a building, turning: {kind}, {parts}").format(
        kind=called(table["kind"][plan.kind]["words"]), parts=joined
    )


def _turned(text: str, thing: Thing, boards: Boards, palette: Palette, rng: random.Random, *, first: bool) -> Work:
    profile = turning.named(text)
    if profile is not None:
        name, made = called(", ".join(profile.phrases)), turning.turned(profile, palette, rng, as_is=first)
        return work(made, profile.name, _("A solid {thing}, turning").format(thing=name), palette.light, "turned")
    drawing = rendered(icon(boards.icons, f"{FLAT}/{thing.drawings[FLAT]}", 0, 0, MODELLED), MODELLED, MODELLED)
    alt = _("A {thing} as its outline makes it when it is turned about its middle").format(thing=naming.things([thing.name]))
    return work(turning.from_silhouette(drawing), thing.name, alt, palette.light, "turned")


def _badge(thing: Thing, boards: Boards, ground: Colour) -> Work:
    drawing = rendered(icon(boards.icons, f"{FLAT}/{thing.drawings[FLAT]}", 0, 0, MODELLED), MODELLED, MODELLED)
    alt = _("A solid {thing}, turning").format(thing=naming.things([thing.name]))
    return work(layers(drawing), thing.name, alt, ground, "solid")


def work(
    made: Sequence[Surface], thing: str, alt: str, ground: Colour, form: str, facts: dict[str, Option] | None = None
) -> Work:
    """A model as files: first to look at, then to load."""
    name = thing.replace(" ", "-")
    files = (
        Rendered(name=f"{name}.gif", media_type="image/gif", content=turntable(made, ground)),
        Rendered(name=f"{name}.glb", media_type="model/gltf-binary", content=glb(made)),
    )
    triangles = sum(len(each.surface()[2]) for each in made)
    return Work(
        files=files, alt=alt, traits={"form": form, "thing": thing},
        facts={"triangles": triangles, "width": SIDE, "height": SIDE, **(facts or {})},
    )  # fmt: skip
