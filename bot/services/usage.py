"""How commands are written on a typed line, and what is said of a word that is none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from bot.domain.errors import UnknownCommand
from bot.messages import Param
from bot.services import chinese
from bot.words import CONVERTED, FALLBACK, LOCALES, _, catalogue, language

SHOWN = 200  # characters of a topic that are said again; who wrote a longer one sees it above
LISTED = 6  # options in a sentence that says what was wrong; of more, /help has the list
MANY = 8  # tokens of a signal in its usage; two lines of emoji would say no more
QUOTED_TEXT = "text"  #: token of signals whose words are a text of their own (edit)


#: Words with which people ask for ideas, where the command is another.
FOR_IDEAS = frozenset(
    re.findall(
        r"\w+",
        "ideas idea_list topic topics question questions ask suggest suggestion suggestions think thinking generate create new "
        "names "
        "titles slogans brainstorming brain muse muselab bot chat prompt query search",
    )
)
#: Commands that other bots have, and what says the same here.
ELSEWHERE = {
    "start": "hello",
    "hello": "hello",
    "hi": "hello",
    "commands": "help",
    "menu": "help",
    "undo": "undo that",
} | dict.fromkeys(("save", "download"), "export")
CONTINUING = re.compile(r"(?:for|about|of|to|with|on)\b", re.IGNORECASE)  # how what is behind "names" and "ideas" goes on
NEAR, SURELY = 0.6, 0.75  # likeness of a word to a command's, which has to be greater where a topic may stand behind


def unknown(name: str, words: Iterable[str], rest: str = "") -> UnknownCommand:
    """What is said of a word that is no command: the likeliest of those that are; or how what stands behind it is a topic.

    Args:
        name: the word.
        words: all that are commands.
        rest: what was written behind it.
    """
    topic = len(rest.split()) > 1 or (bool(rest) and name in FOR_IDEAS)
    near = difflib.get_close_matches(name, list(words), n=2, cutoff=SURELY if topic else NEAR)
    if topic and (not near or name in FOR_IDEAS):
        text = f"{name} {rest}" if CONTINUING.match(rest) else rest
        told = _("There is no command “/{name}”. For ideas: {command}. /help lists the commands.")
        return UnknownCommand(told.format(name=name[:30], command=f"/brainstorm {text[:SHOWN]}"))
    known = " ".join("/" + word for word in near) or "/help"
    return UnknownCommand(_("There is no command “/{name}”. Try {known}.").format(name=name[:30], known=known))


def usage_line(name: str, params: Sequence[Param]) -> str:
    """How to write a command, in one line: `/brainstorm TOPIC [-n COUNT] [--style STYLE]`; of many options, that there are."""
    if sum(map(is_option, params)) > LISTED:
        places = [written(param) for param in params if not is_option(param)]
        return " ".join(["/" + name, *places, f"[--{_('OPTION VALUE')} …]"])
    return " ".join(["/" + name, *map(written, params)])


def signal_line(name: str, tokens: Sequence[str], words: Mapping[str, str] | None = None) -> str:
    """How to write a way of giving feedback: `/vote IDEA up|down|none`; the first emoji of many.

    Args:
        name: of the signal.
        tokens: its tokens.
        words: other words for them; who reads Chinese is shown those in Chinese.
    """
    spoken = {token: word for word, token in reversed(list((words or {}).items())) if chinese.HAN.search(word)}
    if language() != FALLBACK:
        tokens = tuple(chinese.localised(spoken.get(token, token)) for token in tokens)
    many = len(tokens) > MANY
    shown = [*tokens[:MANY], "…", tokens[-1]] if many else tokens
    idea, text = (placed(Param(name=name, kind="text", help="")) for name in ("idea", QUOTED_TEXT))
    return f"/{name} {idea} {text if tuple(tokens) == (QUOTED_TEXT,) else '|'.join(shown)}"


def written(param: Param) -> str:
    """How one parameter is typed: `[-n COUNT]`."""
    shown = named(param, "|") if param.choices else placed(param)
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


def placed(param: Param) -> str:
    """What stands for a parameter's value where its usage is shown: `TOPIC`, and 主题 for who reads Chinese."""
    if language() == FALLBACK:
        return param.name.upper()
    return chinese.localised(chinese.OPTIONS.get(param.name, [param.name.upper()])[0])


def called(param: Param) -> str:
    """A parameter's name where it is read: `person-limit`, and 每人上限 for who reads Chinese."""
    return long(param)[2:] if language() == FALLBACK else placed(param)


def words_for(name: str, values: Iterable[str]) -> str:
    """The values that a parameter takes, as they can be typed in the language being spoken."""
    if language() == FALLBACK:
        return ", ".join(values)
    known = {value: word for word, value in reversed(list(chinese.VALUES.get(name, {}).items()))}
    return "、".join(chinese.localised(known[value]) if value in known else _(value) for value in values)


def in_languages(value: str) -> frozenset[str]:
    """A value's names, by which it can be typed: its own, and those in other languages of ours."""
    return frozenset({value, *(catalogue(locale).gettext(value).casefold() for locale in (*LOCALES, *CONVERTED))})


def named(param: Param, between: str = "") -> str:
    """The values of a choice, as they can be typed in the language being spoken, with something between them."""
    if language() == FALLBACK:
        return (between or ", ").join(value for value, _label in param.choices)
    return (between or "、").join(ASIDE.sub("", _(label)) for _value, label in param.choices)


ASIDE = re.compile(r"^an? |[,，（(].*")  # what a label says besides the name of what is chosen


def chosen(param: Param, text: str) -> str:
    """The value of a choice that is meant by its name or its label, in any language of ours; empty when none is."""
    words = {text.strip().casefold(), chinese.simplified(text.strip().casefold())}
    for value, label in param.choices:
        names = (ASIDE.sub("", catalogue(locale).gettext(label)).casefold() for locale in (*LOCALES, *CONVERTED))
        if words & {value.casefold(), *names}:
            return value
    return ""
