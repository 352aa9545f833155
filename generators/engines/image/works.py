"""Finished pictures as works: files, a sentence that says what is to be seen, what can be liked about them."""

from __future__ import annotations

import io

from PIL import Image

from bot.words import _
from generators.engines.image import naming
from generators.engines.image.boards import Board
from generators.engines.image.chinese import localised
from generators.engines.image.looks import looks_of
from generators.engines.image.plain import SHAPES
from generators.engines.making import Rendered, Work
from generators.engines.shared.colour import Colour

MOST_BYTES = 4_000_000  # of a picture: six are one message, and Discord takes 10 MB a file where nobody paid for more
QUALITIES = (92, 85, 75, 60)  # of a JPEG, until it is as small as that


def variant(picture: Image.Image, paper: Colour, style: str, palette: str) -> Work:
    """A coloured drawing as files: on paper to look at, and cut out to use."""
    page = Image.new("RGBA", picture.size, paper)
    page.alpha_composite(picture)
    alt = _("The drawing, coloured in the style “{style}”, colours: {palette}").format(
        style=naming.style(style), palette=naming.palette(palette)
    )
    files = (shown(page.convert("RGB"), f"variant-{style}"), shown(picture, f"variant-{style}-cut-out"))
    facts = {"width": picture.width, "height": picture.height}
    return Work(files=files, alt=alt, traits={"style": style, "palette": palette}, facts=facts)


def work(board: Board) -> Work:
    """A board as files."""
    picture = board.canvas.done()
    kind = {"poster": _("Poster"), "moodboard": _("Moodboard"), "logo": _("Logo sheet"), "picture": _("Picture")}[
        board.traits["layout"]
    ]
    named = (thing for thing in board.things if thing not in SHAPES)  # plain shapes are there for the letters, and say nothing
    things = (naming.signs if board.traits["layout"] == "logo" else naming.things)(tuple(named))
    sentence = (
        _("{kind} “{title}” with {things}; colours: {palette}, style: {style}")
        if things
        else _("{kind} “{title}”; colours: {palette}, style: {style}")
    )
    alt = sentence.format(
        kind=kind,
        title=board.title,
        things=things,
        palette=naming.palette(board.traits["palette"]),
        style=naming.style(board.traits["style"]),
    )
    if board.lacking:
        alt += _("; no drawing here shows “{thing}”").format(thing=localised(board.lacking))
    facts = {
        "width": picture.width,
        "height": picture.height,
        "contrast": round(board.canvas.legible, 2),
        "shortened": board.canvas.cut,
    }
    files = (shown(picture, board.traits["layout"]),)
    return Work(files=files, alt=alt, traits=board.traits, facts=facts, features=looks_of(picture))


def painting(picture: Image.Image, style: str, *, strength: float, palette: str = "") -> Work:
    """A painted picture as files."""
    alt = _("The picture, painted in the style “{style}”").format(style=naming.style(style))
    facts = {"width": picture.width, "height": picture.height, "strength": round(strength, 3)}
    traits = {"style": style, **({"palette": palette} if palette else {})}
    return Work(files=(shown(picture, f"painting-{style.replace(' ', '-')}"),), alt=alt, traits=traits, facts=facts)


def shown(picture: Image.Image, name: str) -> Rendered:
    """A picture as a PNG file; as a JPEG where that were too large for a message."""
    kept = io.BytesIO()
    picture.save(kept, "PNG", compress_level=4)  # a little larger than at 9, at a tenth of the time
    if kept.tell() <= MOST_BYTES:
        return Rendered(name=f"{name}.png", media_type="image/png", content=kept.getvalue())
    flat = picture.convert("RGB")
    for quality in QUALITIES:
        kept = io.BytesIO()
        flat.save(kept, "JPEG", quality=quality, optimize=True)
        if kept.tell() <= MOST_BYTES:
            break
    return Rendered(name=f"{name}.jpg", media_type="image/jpeg", content=kept.getvalue())


def generated(picture: Image.Image, prompt: str, model: str, seed: int) -> Work:
    """A picture of a production model as files."""
    alt = _("Picture for: {prompt}").format(prompt=prompt[:200])
    facts = {"width": picture.width, "height": picture.height, "seed": seed}
    return Work(
        files=(shown(picture.convert("RGB"), "picture"),), alt=alt, traits={"layout": "picture", "model": model}, facts=facts
    )
