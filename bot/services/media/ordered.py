"""The order for a work that is to be otherwise: the one before with what was said of it, and how that is told to people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.domain.ideas import MAX_TOPIC, Prompt
from bot.services.media.changes import WORDLESS, Change
from bot.services.media.offered import OFFERED
from bot.services.talk.heard import HEARD, INSTEAD
from bot.words import FALLBACK, N_, _, language, ngettext

SEED = "seed"  #: the option by which a person names a series
#: What shapes and kinds of pictures are called.
SHAPED: Mapping[str, str] = {
    "1:1": N_("square"),
    "3:4": N_("upright"),
    "16:9": N_("wide"),
    "logo": N_("logo sheet"),
    "poster": N_("poster"),
    "moodboard": N_("moodboard"),
}
WITHOUT = "without"  #: the option of a board that names what is not drawn on it
UNREAD = "unread"  #: the option that keeps what of the words was left out, as nothing here can draw it
PIXELS = "pixels"  #: the kind of picture that a mosaic is made in place of
#: What is said of a picture that is made in place of such a one.
IN_PLACE_OF: Mapping[str, str] = {
    "storyboard": N_("Scenes one after the other cannot be drawn here; a moodboard shows the idea in several pictures."),
    PIXELS: N_("Pixel art cannot be drawn here; this is a mosaic of small pieces."),
    "comic": N_("Comics cannot be drawn here; these are pictures in flat colours."),
}
UNMADE = (SEED, HEARD, UNREAD, INSTEAD)  #: options of an order that are no engine's
#: What numbers are where neither an option nor the work says them: of a tune and a voice.
USUAL = {"bars": 12.0, "speed": 100.0, "transpose": 0.0}
BOUNDS = {"tempo": (30, 300), "bars": (2, 64), "transpose": (-24, 24), "speed": (50, 200)}  # as the engines have them
TEMPO = 100  #: beats a minute where nothing says how fast
PACES = {"slow": 72, "fast": 150}  #: beats a minute where nothing stands that could be slower or faster
PINNED = ("layout", "composition", "style", "palette", "font")  #: traits of a board that make the next one alike
WORDED = {"tempo": ("slow", "fast"), "bars": ("short", "long"), "transpose": ("low", "high"), "speed": ("slow", "fast")}


def engine_options(prompt: Prompt) -> dict[str, str]:
    """What an order tells an engine."""
    return {name: text for name, text in prompt.options if name not in UNMADE}


def altered(before: Prompt, change: Change, *, seed: int, traits: Mapping[str, str], one: bool) -> Prompt:
    """The order for the same work with a change.

    Args:
        before: the order for what stands there.
        change: what was said of it.
        seed: of that series: with the same seed only what was said is otherwise.
        traits: of the work that is meant; of several that all are meant of, empty.
        one: that work alone was meant.
    """
    options, words = engine_options(before), list(change.words)
    heard = [*(["words"] if words else [])]
    if one and "layout" in traits and "model" not in traits:
        options = {name: traits[name] for name in PINNED if name in traits} | options
    if before.modality == "music" and traits.get("style") in OFFERED["music"]["style"] and not words:
        options.setdefault("style", traits["style"])
    for name, value in change.options:
        told = _told(name, value, options, traits, modality=before.modality)
        if told is None:
            words.append(_worded(name, value))
        else:
            options[told[0]] = told[1]
            heard.append(told[0])
    if "layout" in dict(change.options):
        options.pop("composition", None)  # each layout has its own
    text = ", ".join((before.text, *words))
    extra = {} if change.again else {SEED: str(seed)}
    extra |= {HEARD: " ".join(heard)} if heard else {}
    extra |= {INSTEAD: PIXELS} if change.pixels and "model" not in traits else {}
    count = 1 if one else before.count
    return replace(before, text=text if len(text) <= MAX_TOPIC else before.text, count=count, options=_pairs(options | extra))


def without(prompt: Prompt, thing: str, seed: int) -> Prompt:
    """The order once more in its series, with a thing not drawn; what was left out before stays out."""
    order = same_series(prompt, seed)
    gone = ", ".join(filter(None, (order.option(WITHOUT), thing)))
    return replace(order, options=_pairs(dict(order.options) | {WITHOUT: gone, HEARD: WITHOUT}))


def same_series(prompt: Prompt, seed: int) -> Prompt:
    """The order once more in a series that was made before: what is not otherwise in it comes out alike."""
    return replace(prompt, options=_pairs(engine_options(prompt) | {SEED: str(seed)}))


def begun(change: Change) -> tuple[dict[str, str], tuple[str, ...]]:
    """The options and the words of a first order: "a theme song, 8 bit, fast"."""
    options: dict[str, str] = {}
    words = list(change.words)
    for name, value in change.options:
        if name == "bars" and value.endswith("s"):
            options["seconds"] = value[:-1]  # the engine knows its pace
        elif name == "tempo":
            options[name] = str(PACES["slow" if _shrinks(value) else "fast"])
        elif (told := _told(name, value, {}, {}, modality="")) is not None:
            options[told[0]] = told[1]
        else:
            words.append(_worded(name, value))
    return options, tuple(words)


def typed(change: Change) -> dict[str, str]:
    """The options of a first order as a line is typed, which has a length in bars alone: of four beats, at the usual pace."""
    options = begun(change)[0]
    if seconds := options.pop("seconds", ""):
        told = _told("bars", f"{seconds}s", options, {}, modality="music")
        options |= dict([told]) if told is not None else {}
    return options


def _told(
    name: str, value: str, options: Mapping[str, str], traits: Mapping[str, str], *, modality: str
) -> tuple[str, str] | None:
    """An engine's option and its value; None where no option says it, and words must."""
    if name == "mode":
        tonic = (options.get("key") or traits.get("key", "")).split()
        return ("key", f"{tonic[0]} {value}") if tonic else None
    if name == "bars" and value.endswith("s"):
        tempo = float(options.get("tempo") or traits.get("tempo") or TEMPO)
        bars = float(value[:-1]) * tempo / 60 / _beats(traits.get("metre", "4/4"))
        return name, str(round(min(BOUNDS[name][1], max(BOUNDS[name][0], bars))))
    if name in BOUNDS and re.match(r"[x+-]", value):
        least, most = BOUNDS[name]
        was = options.get(name) or traits.get(name) or str(USUAL.get(name, ""))
        if not was:
            return None
        now = float(was) * float(value[1:]) if value.startswith("x") else float(was) + float(value)
        return name, str(round(min(most, max(least, now))))
    return None if modality == "image" and "model" in traits else (name, value)


def _beats(metre: str) -> int:
    """Beats in a bar as they are felt and as tempos count them: 4 in 4/4, 2 in 6/8."""
    count, _slash, unit = metre.partition("/")
    beats = int(count) if count.isdecimal() else 4
    return beats // 3 if unit == "8" and beats % 3 == 0 else beats


def _shrinks(value: str) -> bool:
    return float(value[1:]) < 1 if value.startswith("x") else value.startswith("-")


def _worded(name: str, value: str) -> str:
    """A value in words, for engines that read no option of that name."""
    if name in WORDED:
        return WORDED[name][0 if _shrinks(value) else 1]
    return {WORDLESS: "without words", "no": "no drums", "yes": "drums"}.get(value, value)


def _pairs(options: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(options.items()))


def understood(prompt: Prompt) -> str:
    """What was understood of words for a work, in a short line, and what was left out of them; empty where nothing was."""
    heard = prompt.option(HEARD).split()
    said = [part for name in heard if (part := _named(name, prompt.option(name)))]
    between = ", " if language() == FALLBACK else "、"
    told = _("Understood: {wishes}.").format(wishes=between.join(said)) if said else ""
    words, sentence = prompt.option(UNREAD), _("Left out, as there is no such style here: “{words}”. /help imagine lists them.")
    left = sentence.format(words=words) if words else ""
    instead = _(IN_PLACE_OF[kind]) if (kind := prompt.option(INSTEAD)) in IN_PLACE_OF else ""
    return " ".join(filter(None, (instead, told, left)))


def _named(name: str, value: str) -> str:
    """A value as people read it."""
    if name == WITHOUT and value:
        return _("without {words}").format(words=value)
    number = int(value) if value.lstrip("-").isdecimal() else 0
    if name == "key":
        return " ".join((value.split()[0], *map(_, value.split()[1:])))
    said = {
        "tempo": _("{count} beats a minute"),
        "bars": ngettext("{count} bar", "{count} bars", number),
        "seconds": ngettext("{count} second", "{count} seconds", number),
        "transpose": ngettext("moved by {count} semitone", "moved by {count} semitones", abs(number)),
        "speed": _("{count} % of the usual speed"),
        "drums": _("with drums") if value == "yes" else _("without drums"),
    }
    if name in said:
        return said[name].format(count=number)
    if value in SHAPED:
        return _(SHAPED[value])
    return _("without words") if value == WORDLESS else _(value) if value else ""
