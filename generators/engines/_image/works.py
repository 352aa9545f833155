"""Finished pictures as works: files, a sentence that says what is to be seen, what can be liked about them."""

from __future__ import annotations

import io

from PIL import Image

from bot.words import _
from generators.engines._image.boards import Board
from generators.engines._image.colour import Colour
from generators.engines.making import Rendered, Work


def variant(picture: Image.Image, paper: Colour, style: str, palette: str) -> Work:
    """A coloured drawing as files: on paper to look at, and cut out to use."""
    page = Image.new("RGBA", picture.size, paper)
    page.alpha_composite(picture)
    alt = _("The drawing, coloured in the style “{style}”, colours: {palette}").format(style=style, palette=palette)
    files = (png(page.convert("RGB"), f"variant-{style}"), png(picture, f"variant-{style}-cut-out"))
    facts = {"width": picture.width, "height": picture.height}
    return Work(files=files, alt=alt, traits={"style": style, "palette": palette}, facts=facts)


def work(board: Board) -> Work:
    """A board as files."""
    picture = board.canvas.done()
    kind = {"poster": _("Poster"), "moodboard": _("Moodboard"), "logo": _("Logo sheet"), "picture": _("Picture")}[
        board.traits["layout"]
    ]
    alt = _("{kind} “{title}” with {things}; colours: {palette}, style: {style}").format(
        kind=kind, title=board.title, things=", ".join(board.things), palette=board.traits["palette"], style=board.traits["style"]
    )
    facts = {
        "width": picture.width,
        "height": picture.height,
        "contrast": round(board.canvas.legible, 2),
        "shortened": board.canvas.cut,
    }
    return Work(files=(png(picture, board.traits["layout"]),), alt=alt, traits=board.traits, facts=facts)


def painting(picture: Image.Image, style: str, *, strength: float, palette: str = "") -> Work:
    """A painted picture as files."""
    alt = _("The picture, painted in the style “{style}”").format(style=style)
    facts = {"width": picture.width, "height": picture.height, "strength": round(strength, 3)}
    traits = {"style": style, **({"palette": palette} if palette else {})}
    return Work(files=(png(picture, f"painting-{style.replace(' ', '-')}"),), alt=alt, traits=traits, facts=facts)


def png(picture: Image.Image, name: str) -> Rendered:
    """A picture as a PNG file."""
    kept = io.BytesIO()
    picture.save(kept, "PNG", compress_level=4)  # a little larger than at 9, at a tenth of the time
    return Rendered(name=f"{name}.png", media_type="image/png", content=kept.getvalue())


def generated(picture: Image.Image, prompt: str, model: str, seed: int) -> Work:
    """A picture of a production model as files."""
    alt = _("Picture for: {prompt}").format(prompt=prompt[:200])
    facts = {"width": picture.width, "height": picture.height, "seed": seed}
    return Work(
        files=(png(picture.convert("RGB"), "picture"),), alt=alt, traits={"layout": "picture", "model": model}, facts=facts
    )
