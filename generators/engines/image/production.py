"""Commissions carried out by a production model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from PIL import Image

from bot.words import _
from generators.engines.image.capabilities import MOST_STEPS
from generators.engines.image.commissions import FIDELITIES, attached, chosen, kept_or, masked, number, share
from generators.engines.image.diffusion import EFFORTS, Diffusion, Wish
from generators.engines.image.foreign import Foreign
from generators.engines.image.latent import Latent
from generators.engines.image.sizes import SIZES, aspect_of, size_of
from generators.engines.image.works import generated
from generators.engines.making import Commission, Report, Unmakeable, Work

Painting = Diffusion | Foreign
MOST_BATCH = 8
CHANGED = 0.7  #: of a picture that is made anew after words
REDRAWN = 0.3  #: of a picture made larger: edges and surfaces become sharp, and nothing moves
MOST_PICTURES = 4  # that one is made of; edit models were taught with up to three or four
SHARE = 0.95  #: of the progress that is the model's


def wish_of(commission: Commission) -> Wish:
    """What is asked of the model.

    Raises:
        Unmakeable: an option is out of bounds, or there are no words.
    """
    if not commission.text.strip():
        raise Unmakeable(_("There is nothing to make a picture of. Please describe the idea in a few words."))
    guidance = number(commission, "guidance", -1.0, -1.0, 30.0)
    return Wish(
        prompt=commission.text.strip(),
        negative=str(commission.options.get("negative", ""))[:500],
        count=commission.count,
        seed=commission.seed,
        steps=round(number(commission, "steps", 0, 0, MOST_STEPS)),
        size=size_of(str(commission.options.get("size", ""))),
        aspect=aspect_of(str(commission.options.get("aspect", ""))),
        guidance=None if guidance < 0 else guidance,
        strength=max(0.01, share(commission, "strength", kept_or(commission, CHANGED))),
        batch=round(number(commission, "batch", 1, 1, MOST_BATCH)),
        effort=chosen(commission, "effort", tuple(EFFORTS)),
        fidelity=chosen(commission, "fidelity", FIDELITIES),
    )


def pictures(model: Painting, commission: Commission, report: Report) -> Iterator[Work]:
    """From words."""
    wish = wish_of(commission)
    ready(model, commission, report)
    yield from works(model.pictures(wish, steps(report)), model, wish)


def given(model: Painting, commission: Commission, version: int) -> Callable[[int, int], Image.Image]:
    """The main picture of a board, as its layout asks for it."""
    wish = wish_of(commission)
    model.adapt(str(commission.options.get("adapter", "")))

    def make(_width: int, _height: int) -> Image.Image:
        one = Wish(
            prompt=wish.prompt,
            negative=wish.negative,
            seed=wish.seed + version,
            steps=wish.steps,
            size=wish.size,
            aspect=wish.aspect,
            guidance=wish.guidance,
            effort=wish.effort,
        )
        return next(iter(model.pictures(one, lambda _done: None)))

    return make


def changed(model: Painting, commission: Commission, report: Report) -> Iterator[Work]:
    """From a picture and words; of an edit model from several."""
    wish, handed = wish_of(commission), attached(commission, 1, MOST_PICTURES)
    ready(model, commission, report)
    yield from works(model.changed(handed, wish, steps(report)), model, wish)


def upscaled(model: Painting, commission: Commission, report: Report) -> Iterator[Work]:
    """A picture at twice its size, its detail drawn anew by the model; what it shows stays."""
    [picture] = attached(commission, 1, 1)
    scale = min(2.0, (SIZES.stop - 1) / max(picture.size))
    if scale <= 1:
        raise Unmakeable(_("This picture is as large as pictures get here."))
    large = round(picture.width * scale), round(picture.height * scale)
    wish = replace(wish_of(commission), size=large, strength=share(commission, "strength", REDRAWN))
    ready(model, commission, report)
    yield from works(model.changed([picture], wish, steps(report)), model, wish)


def filled(model: Painting, commission: Commission, report: Report) -> Iterator[Work]:
    """From a picture, a mask and words."""
    wish, (picture, mask) = wish_of(commission), masked(commission)
    ready(model, commission, report)
    yield from works(model.filled(picture, mask, wish, steps(report)), model, wish)


def shaken(model: Latent, commission: Commission, report: Report) -> Iterator[Work]:
    """One picture varied, or two mixed, by a VAE."""
    handed = attached(commission, 1, 2)
    strength = share(commission, "strength", 0.5)
    for version in range(commission.count):
        report(_("Making picture {n} of {count}").format(n=version + 1, count=commission.count), version / commission.count)
        part = strength * (version + 1) / commission.count
        made = (
            model.mixed(handed[0], handed[1], part)
            if len(handed) > 1
            else model.varied(handed[0], part, commission.seed + version)
        )
        yield generated(made, commission.text, model.name, commission.seed + version)


def ready(model: Painting, commission: Commission, report: Report) -> None:
    """Loads the model and puts on the adapter that is asked for."""
    report(_("Loading the image model"), 0.0)
    model.adapt(str(commission.options.get("adapter", "")))


def steps(report: Report) -> Callable[[float], None]:
    """Tells people how far the model is."""
    return lambda done: report(_("Making the picture"), SHARE * done)


def works(made: Iterator[Image.Image], model: Painting, wish: Wish) -> Iterator[Work]:
    """Pictures as works."""
    for version, picture in enumerate(made):
        yield generated(picture, wish.prompt, model.name, wish.seed + version)
