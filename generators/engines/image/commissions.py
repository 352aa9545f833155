"""Reading a commission: options, numbers, attachments; each wrong one gets a sentence that says what is allowed."""

from __future__ import annotations

from PIL import Image, ImageChops

from bot.words import _
from generators.engines.making import Commission, Unmakeable
from generators.engines.shared.uploads import on_white, opened

FIDELITIES = ("high",)  #: how much of a picture that is changed stays: most of it; else what the task is used to
KEPT = 0.4  #: the strength of such a change
HALF = 127  # of 255: what is brighter counts as white


def attached(commission: Commission, least: int, most: int) -> list[Image.Image]:
    """The pictures handed in, opened safely.

    Raises:
        Unmakeable: too few or too many, or one that cannot be read.
    """
    count = len(commission.attachments)
    if count < least:
        raise Unmakeable(
            _("A picture is needed for this. Please attach a PNG or JPEG.")
            if least == 1
            else _("{least} pictures are needed for this; there are {count}.").format(least=least, count=count)
        )
    if count > most:
        raise Unmakeable(_("At most {most} pictures can be attached; there are {count}.").format(most=most, count=count))
    return [on_white(opened(attachment)) for attachment in commission.attachments]


def masked(commission: Commission) -> tuple[Image.Image, Image.Image]:
    """A picture and its mask, grey, white where the picture is to be made anew; what is transparent in a mask counts as white.

    Raises:
        Unmakeable: there are not two pictures, one cannot be read, or nothing of the mask is white.
    """
    if len(commission.attachments) < 2:
        raise Unmakeable(_("For this a picture and a second one are needed: a mask, white where the picture is to be made anew."))
    [picture, _again] = attached(commission, 2, 2)
    told = opened(commission.attachments[1])
    clear = ImageChops.invert(told.getchannel("A")) if told.mode == "RGBA" else None
    mask = clear if clear is not None and brightest(clear) > HALF else on_white(told).convert("L")
    if brightest(mask) <= HALF:
        raise Unmakeable(_("Nothing of the mask is white or transparent, so nothing would be made anew."))
    return picture, mask


def brightest(grey: Image.Image) -> int:
    """Of all pixels, 0..255."""
    return max(level for level, count in enumerate(grey.histogram()) if count)


def kept_or(commission: Commission, usual: float) -> float:
    """The strength of a change where none is told: the task's usual one, or a small one where `fidelity` asks for that."""
    return KEPT if chosen(commission, "fidelity", FIDELITIES) else usual


def share(commission: Commission, option: str, usual: float) -> float:
    """A share of 1, told as one or in percent.

    Raises:
        Unmakeable: it is none.
    """
    told = commission.options.get(option)
    if told is None or str(told).strip() == "":
        return usual
    try:
        value = float(str(told).removesuffix("%"))
    except ValueError:
        value = -1.0
    value = value / 100 if value > 1 or str(told).endswith("%") else value
    if not 0 <= value <= 1:
        raise Unmakeable(_("“{option}” is between 0 and 1, or in percent.").format(option=option))
    return value


def chosen(commission: Commission, option: str, allowed: tuple[str, ...], *, also: tuple[str, ...] = ()) -> str:
    """One of the values an option may have; empty if it is not given.

    Raises:
        Unmakeable: another value.
    """
    value = str(commission.options.get(option, "")).strip().lower()
    if value in ("", "auto", "any") or value in allowed or value in also:
        return "" if value in ("auto", "any") else value
    if not allowed:
        raise Unmakeable(_("The option “{option}” needs a layout with it.").format(option=option))
    raise Unmakeable(
        _("“{value}” is no {option} here. Choose one of: {allowed}.").format(
            value=value[:40], option=option, allowed=", ".join(allowed)
        )
    )


def number(commission: Commission, option: str, usual: float, least: float = 0.0, most: float = 1.0) -> float:
    """A number within bounds.

    Raises:
        Unmakeable: it is none, or outside.
    """
    try:
        value = float(commission.options.get(option, usual))
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise Unmakeable(
            _("“{option}” is a number between {least} and {most}.").format(option=option, least=f"{least:g}", most=f"{most:g}")
        )
    return value
