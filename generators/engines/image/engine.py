"""Pictures from ideas and from pictures: concept boards, neural painting, variants of a sketch; production models by name.

| option     | for               | values                                                                        |
|------------|-------------------|-------------------------------------------------------------------------------|
| `task`     | all               | `board`, `paint`, `variants`, `img2img`, `inpaint`, `solid`, `result`; see below |
| `layout`   | board             | `poster`, `moodboard`, `logo`; without it each in turn; `picture`: no words   |
| `composition` | board          | see `LAYOUTS` of `boards.py`; needs `layout`                                  |
| `style`    | board             | `flat`, `soft`, `painted`, or a painting style                                |
|            | variants          | `soft`, `flat`, `shaded`, `bold`                                              |
|            | paint, img2img    | a painting style (`STYLES` of `painting.py`); without it each in turn         |
| `palette`  | all but paint     | `ocean`, `forest`, `sunset` … (`NAMED` of `shared/colour.py`) or its name     |
| `font`     | board             | `modern`, `elegant` … (`PAIRINGS` of `lettering.py`)                          |
| `strength` | paint, img2img, inpaint | 0 as it was .. 1 all new; or in percent, from 2                         |
| `size`     | all but solid     | `1024x768` …; drawn so where there is no layout, else set upon its ground     |
| `aspect`   | all but solid     | width by height, such as `16:9`, where no `size` is told                      |
| `format`   | all but solid     | `png`, `jpeg`, `webp`; `quality`: 1 .. 100 of the latter two                  |
| `fidelity` | paint, img2img, inpaint  | `high`: most of the picture stays, where no `strength` is told                |
| `effort`   | production        | `low`, `medium`, `high`, `xhigh`, `max`: shares of the model's usual steps    |
| `steps`, `guidance`, `negative`, `batch`, `adapter` | production | the model’s own; `adapter`: file of an image LoRA |
| `keep_colours` | paint         | whether the picture keeps its own colours                                     |

`result` sets what came of a round: see `results.py`.
`solid` makes 3D models, each turning as a GIF: of a building that the words name, of a thing that is round about its middle (by
its name, or by the silhouette in a picture), else badges of things that the idea is about; `style` says which (`building`, `turned`,
`badge`); with a model for it (`MUSELAB_MEDIA__SOLID`) that makes them. Without a task it is `board`; with a picture `paint`, or
`img2img` where there is a model for it.

With a production model (`MUSELAB_MEDIA__IMAGE`) a board without a layout is the model's picture alone; with one, its picture is
put into that layout. Task `inpaint` takes a picture and a mask whose white (or transparent) part is made anew. A bare VAE serves
`img2img`: one picture is varied, two are mixed.

Attachments: `paint` takes the picture, and a second whose style it gets; `variants` and `img2img` take one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from PIL import Image

from bot.words import _
from generators.engines.image import naming
from generators.engines.image.boards import LAYOUTS, LOOKS, Asked, Boards, palette_names
from generators.engines.image.canvas import emoji_of
from generators.engines.image.commissions import attached, chosen, kept_or, share
from generators.engines.image.finishing import finished
from generators.engines.image.lettering import PAIRINGS
from generators.engines.image.looks import looks
from generators.engines.image.named import Models, Settings, models
from generators.engines.image.painting import STYLES, Easel
from generators.engines.image.sizes import size_of
from generators.engines.image.sketching import STYLES as DRAWN
from generators.engines.image.sketching import Painter, lines_of
from generators.engines.image.telling import telling
from generators.engines.image.works import painting, variant, work
from generators.engines.making import Commission, Engine, Report, Unmakeable, Work
from generators.engines.shared.colour import askable, mixed, palettes, recoloured

MOST = 8  # versions of one commission: more are not looked at, and each takes seconds


def build(settings: Settings, cache: Path) -> Engine:
    """The engine; nothing is loaded before the first commission. `cache`: for what the next process need not prepare."""
    return ImageEngine(models(settings), cache=cache)


class ImageEngine:
    """See the module."""

    def __init__(self, named: Models | None = None, *, cache: Path | None = None) -> None:
        """Embedded, or with production models beside the embedded parts."""
        named = named or Models()
        self._diffusion, self._latent, self._sculptor, self._cache = named.diffusion, named.latent, named.sculptor, cache

    def make(self, commission: Commission, report: Report) -> Iterator[Work]:
        """See `Engine`."""
        if not 1 <= commission.count <= MOST:
            raise Unmakeable(_("Between 1 and {most} pictures can be made at a time.").format(most=MOST))
        if commission.options.get("effort") and self._diffusion is None:
            raise Unmakeable(_("Pictures drawn here have one quality. Leave quality out, or say auto."))
        task = chosen(commission, "task", tuple(TASKS)) or self._usual(len(commission.attachments))
        for drawn in TASKS[task](self, commission, report):
            made = finished(drawn, commission)
            yield made if made.features else replace(made, features=looks(made.files[0].content))

    def _usual(self, pictures: int) -> str:
        """What is done where nobody said it."""
        if not pictures:
            return "board"
        return "img2img" if self._latent is not None or (self._diffusion is not None and pictures == 1) else "paint"

    def close(self) -> None:
        """See `Engine`."""
        for name in ("boards", "easel", "painter"):
            self.__dict__.pop(name, None)
        for model in (self._diffusion, self._latent, self._sculptor):
            if model is not None:
                model.close()

    @cached_property
    def boards(self) -> Boards:
        """Loaded when first used."""
        return Boards(self._cache)

    @cached_property
    def easel(self) -> Easel:
        """Likewise."""
        return Easel()

    @cached_property
    def painter(self) -> Painter:
        """Likewise."""
        return Painter(self.boards.meaning)

    def board(self, commission: Commission, report: Report) -> Iterator[Work]:
        """Concept boards."""
        layout = chosen(commission, "layout", tuple(LAYOUTS))
        if self._diffusion is not None and layout in ("", "picture"):
            from generators.engines.image import production

            yield from production.pictures(self._diffusion, commission, report)
            return
        asked = Asked(
            layout=layout,
            composition=chosen(commission, "composition", tuple(LAYOUTS[layout]) if layout else ()),
            style=chosen(commission, "style", (*LOOKS, *STYLES)),
            palette=chosen(commission, "palette", palette_names(), also=askable()),
            font=chosen(commission, "font", tuple(each.name for each in PAIRINGS)),
            size=size_of(str(commission.options.get("size", ""))),
            without=str(commission.options.get("without", "")),
        )
        report(_("Looking for what the idea is about"), 0.02)
        text = self.boards.readable(commission.text)
        for number in range(commission.count):
            report(
                _("Designing board {n} of {count}").format(n=number + 1, count=commission.count),
                0.1 + 0.9 * number / commission.count,
            )
            yield work(self.boards.make(text, asked, number, commission.seed, self._given(commission, number)))

    def _given(self, commission: Commission, number: int) -> Callable[[int, int], Image.Image] | None:
        """What makes a board's main picture; None: it is composed of drawings."""
        if self._diffusion is None:
            return None
        from generators.engines.image import production

        return production.given(self._diffusion, commission, number)

    def paint(self, commission: Commission, report: Report) -> Iterator[Work]:
        """A picture in painting styles, or in the style of a second picture."""
        pictures = attached(commission, 1, 2)
        strength, keep = share(commission, "strength", kept_or(commission, 1.0)), commission.options.get("keep_colours")
        own = None if keep is None else bool(keep)
        style = chosen(commission, "style", tuple(STYLES))
        if len(pictures) == 2:
            for number in range(commission.count):
                report(_("Painting in the style of the second picture"), number / commission.count)
                yet = strength * (1 - 0.3 * number / commission.count)  # further versions are nearer to the original
                made = self.easel.painted_like(pictures[0], pictures[1], strength=yet, own_colours=bool(own) != bool(number % 2))
                yield painting(made, "like the second picture", strength=yet)
            return
        order = [style] * commission.count if style else random.Random(commission.seed).sample(sorted(STYLES), commission.count)
        for number, name in enumerate(order):
            report(_("Painting in the style “{style}”").format(style=naming.style(name)), number / commission.count)
            turned = own if not style or not number else bool(number % 2) != STYLES[name][1]
            yet = strength if not style else strength * (1 - 0.5 * (number // 2) / commission.count)
            yield painting(self.easel.painted(pictures[0], name, strength=yet, own_colours=turned), name, strength=yet)

    def variants(self, commission: Commission, report: Report) -> Iterator[Work]:
        """A drawing, coloured in different ways."""
        [picture] = attached(commission, 1, 1)
        style = chosen(commission, "style", DRAWN)
        asked = chosen(commission, "palette", palette_names(), also=askable())
        report(_("Looking at the lines"), 0.05)
        ink = lines_of(picture)
        words = telling(commission.text)
        rng = random.Random(commission.seed)
        order = rng.sample(DRAWN, len(DRAWN))
        colours = palettes(asked, commission.count + 1, rng)
        for number in range(commission.count):
            report(
                _("Colouring variant {n} of {count}").format(n=number + 1, count=commission.count),
                0.1 + 0.9 * number / commission.count,
            )
            drawn = style or order[number % len(order)]
            natural = not asked and number == 0  # the first in the colours that such a thing has
            palette = None if natural else colours[number]
            made = self.painter.painted(ink, " ".join(words), DRAWN.index(drawn), palette)
            paper = mixed((palette or colours[number]).light, (palette or colours[number]).accents[0], 0.12)
            yield variant(made, paper, drawn, palette.name if palette else "natural")

    def img2img(self, commission: Commission, report: Report) -> Iterator[Work]:
        """A picture made anew: painted, and in the colours of a palette; what is asked for in words is looked for by name."""
        if self._diffusion is not None or self._latent is not None:
            yield from self._anew(commission, report)
            return
        [picture] = attached(commission, 1, 1)
        said = set(telling(commission.text))
        style = chosen(commission, "style", tuple(STYLES)) or next((name for name in STYLES if name in said), "")
        named = chosen(commission, "palette", palette_names(), also=askable())
        named = named or next((name for name in palette_names() if name in said), "")
        strength = share(commission, "strength", kept_or(commission, 0.8))
        rng = random.Random(commission.seed)
        order = [style] * commission.count if style else rng.sample(sorted(STYLES), commission.count)
        colours = palettes(named, commission.count, rng)
        for number, name in enumerate(order):
            report(_("Painting in the style “{style}”").format(style=naming.style(name)), number / commission.count)
            toned = recoloured(picture, colours[number], strength) if named or style or number % 2 else picture
            yet = (
                strength * (1 - 0.5 * number / commission.count) if style else strength
            )  # further versions are nearer to the original
            made = self.easel.painted(toned, name, strength=yet, own_colours=toned is not picture or None)
            palette = colours[number].name if toned is not picture else "its own"
            yield painting(made, name, palette=palette, strength=yet)

    def _anew(self, commission: Commission, report: Report) -> Iterator[Work]:
        """A picture made anew by a model."""
        from generators.engines.image import production

        if self._diffusion is not None:
            yield from production.changed(self._diffusion, commission, report)
        elif self._latent is not None:
            yield from production.shaken(self._latent, commission, report)

    def inpaint(self, commission: Commission, report: Report) -> Iterator[Work]:
        """A part of a picture made anew."""
        from generators.engines.image import production

        if self._diffusion is None:
            raise Unmakeable(
                _("Replacing a part of a picture needs an image model; the host chooses one with MUSELAB_MEDIA__IMAGE.")
            )
        yield from production.filled(self._diffusion, commission, report)

    def upscale(self, commission: Commission, report: Report) -> Iterator[Work]:
        """A picture made larger."""
        from generators.engines.image import production

        if self._diffusion is None:
            raise Unmakeable(_("Making a picture larger needs an image model; the host chooses one with MUSELAB_MEDIA__IMAGE."))
        yield from production.upscaled(self._diffusion, commission, report)

    def solid(self, commission: Commission, report: Report) -> Iterator[Work]:
        """The idea as 3D models, each turning."""
        if self._sculptor is not None:
            yield from self._sculptor.sculptures(commission, report)
            return
        from generators.engines.image.sculptures import sculptures

        yield from sculptures(self.boards, commission, report)

    def result(self, commission: Commission, report: Report) -> Iterator[Work]:
        """What came of a round, once: all versions would be the same."""
        from generators.engines.image import results

        report(_("Setting the result"), 0.1)
        yield results.made(commission, self.boards.readable, emoji_of(self.boards.icons))


TASKS = {
    "result": ImageEngine.result,
    "solid": ImageEngine.solid,
    "inpaint": ImageEngine.inpaint,
    "upscale": ImageEngine.upscale,
    "board": ImageEngine.board,
    "paint": ImageEngine.paint,
    "variants": ImageEngine.variants,
    "img2img": ImageEngine.img2img,
}
