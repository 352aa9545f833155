"""How commands are written on a typed line, and what is said of a word that is none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from bot.domain.errors import UnknownCommand
from bot.messages import Param
from bot.words import LOCALES, _, catalogue

LISTED = 6  # options in a sentence that says what was wrong; of more, /help has the list
MANY = 8  # tokens of a signal in its usage; two lines of emoji would say no more
QUOTED_TEXT = "text"  #: token of signals whose words are a text of their own (edit)


def unknown(name: str, words: Iterable[str]) -> UnknownCommand:
    """What is said of a word that is no command: the likeliest of those that are."""
    near = difflib.get_close_matches(name, list(words), n=2, cutoff=0.6)
    known = " ".join("/" + word for word in near) or "/help"
    return UnknownCommand(_("There is no command “/{name}”. Try {known}.").format(name=name[:30], known=known))


def usage_line(name: str, params: Sequence[Param]) -> str:
    """How to write a command, in one line: `/brainstorm TOPIC [-n COUNT] [--style STYLE]`; of many options, that there are."""
    if sum(map(is_option, params)) > LISTED:
        places = [written(param) for param in params if not is_option(param)]
        return " ".join(["/" + name, *places, f"[--{_('OPTION VALUE')} …]"])
    return " ".join(["/" + name, *map(written, params)])


def signal_line(name: str, tokens: Sequence[str]) -> str:
    """How to write a way of giving feedback: `/vote IDEA up|down|none`; the first emoji of many."""
    many = len(tokens) > MANY
    shown = [*tokens[:MANY], "…", tokens[-1]] if many else tokens
    return f"/{name} IDEA {'TEXT' if tuple(tokens) == (QUOTED_TEXT,) else '|'.join(shown)}"


def written(param: Param) -> str:
    """How one parameter is typed: `[-n COUNT]`."""
    shown = "|".join(value for value, _label in param.choices) if param.choices else param.name.upper()
    if not is_option(param):
        return shown if param.required else f"[{shown}]"
    flag = f"-{param.short}" if param.short else long(param)
    return f"[{flag}]" if param.kind == "flag" else f"[{flag} {shown}]"


def is_option(param: Param) -> bool:
    """Whether a parameter is written `--name`: flags, files, and what is not required, the rest, an idea or a choice."""
    return (
        param.by_name or param.kind in ("flag", "file") or not (param.required or param.rest or param.kind in ("idea", "choice"))
    )


def long(param: Param) -> str:
    """How an option is written in full: `--person-limit`."""
    return "--" + param.name.replace("_", "-")


ASIDE = re.compile(r"^an? |[,，（(].*")  # what a label says besides the name of what is chosen


def chosen(param: Param, text: str) -> str:
    """The value of a choice that is meant by its name or its label, in any language of ours; empty when none is."""
    word = text.strip().casefold()
    for value, label in param.choices:
        names = (ASIDE.sub("", catalogue(locale).gettext(label)).casefold() for locale in LOCALES)
        if word == value.casefold() or word in names:
            return value
    return ""
