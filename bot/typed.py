"""Typed lines: what a person writes in a terminal, after `/muse` or to the bot, as a `Call` or a `Press`.

`/brainstorm names for a tea bar -n 5 --style "dry humour"`, `/vote 3 up`, `/edit 2 The Tea Room`. A line that begins with no
known word is a topic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import commands, plugins, signals
from bot.domain.errors import Refusal
from bot.domain.ideas import Channel, Person
from bot.messages import Call, Key, Param, Press, Value
from bot.services.usage import is_option, long, unknown, written
from bot.words import _

DEFAULT = "brainstorm"  #: what a line without a command means
#: One word, in quotation marks or not; an option; or an option and its value, `--style="dry humour"`.
WORD = re.compile(
    r"(?P<flag>--[a-z][a-z-]*|-[a-z](?=\s|$)|--(?=\s|$))(?:(?P<equals>=)|(?=\s|$))"
    r'(?:(?<==)(?:"(?P<double>[^"]*)"|“(?P<curly>[^”]*)”|(?P<plain>\S*)))?(?=\s|$)'
    r'|"(?P<double2>[^"]*)"(?=\s|$)|“(?P<curly2>[^”]*)”(?=\s|$)|\S+'
)
LISTED = 6  # options in a sentence that says what was wrong; of more, /help has the list
QUOTED_TEXT = "text"  #: token of signals whose words are a text of their own (edit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who typed, where and when."""

    id: str  #: the platform's id of the event
    person: Person
    channel: Channel
    at: datetime  #: aware, UTC
    locale: str | None = None
    admin: bool = False


def parse(line: str, source: Source) -> Call | Press:
    """What a typed line means.

    Raises:
        UnknownCommand: it begins with a slash and a word that is no command; the message names the likeliest ones.
        Refusal: an option or argument is missing, unknown or of the wrong kind; the message says how to write it.
    """
    text = line.strip()
    name, rest = split(text)
    if asks_in_words(text):
        return _call(DEFAULT, text, source)
    if name in plugins.names(commands):
        return _call(name, rest, source)
    if name in plugins.names(signals):
        return _press(name, rest, source)
    if text.startswith("/"):
        raise unknown(name, words())
    return _call(DEFAULT, text, source)


def asks_in_words(line: str) -> bool:
    """Whether a line asks for ideas although it begins with "help": "help me name a boat"; no command has two words."""
    name, rest = split(line)
    return name == "help" and not line.startswith("/") and " " in rest


def bare(line: str) -> Key | None:
    """The key of the form that asks for everything, for a line that is no more than the name of a command which has one."""
    name, rest = split(line.strip())
    opens = name in plugins.names(commands) and hasattr(plugins.load(commands, name), "OPENS")
    return Key(verb=name) if opens and not rest else None


def split(text: str) -> tuple[str, str]:
    """The first word, without a leading slash, in lower case; and the rest."""
    first, _space, rest = text.partition(" ")
    return first.removeprefix("/").lower(), rest.strip()


def words() -> tuple[str, ...]:
    """Every word that a typed line may begin with."""
    return (*plugins.names(commands), *plugins.names(signals))


def usage(name: str) -> str:
    """How to write a command or a signal, in one line: `/brainstorm TOPIC [-n COUNT] [--style STYLE]`."""
    if name in plugins.names(commands):
        params = plugins.load(commands, name).PARAMS
        if sum(map(is_option, params)) > LISTED:
            places = [written(param) for param in params if not is_option(param)]
            return " ".join(["/" + name, *places, f"[--{_('OPTION VALUE')} …] (/help {name})"])
        return " ".join(["/" + name, *map(written, params)])
    tokens = plugins.load(signals, name).TOKENS
    return f"/{name} IDEA {'TEXT' if tokens == (QUOTED_TEXT,) else '|'.join(tokens)}"


def _press(name: str, rest: str, source: Source) -> Press:
    target, _space, said = rest.partition(" ")
    signal = plugins.load(signals, name)
    takes_text = tuple(signal.TOKENS) == (QUOTED_TEXT,)
    if not target or not said.strip():
        raise Refusal(_("Please write {usage}, for example with the number beside an idea.").format(usage=usage(name)))
    return Press(
        id=source.id,
        key=Key(verb=name, target=target.strip(), token=QUOTED_TEXT if takes_text else said.strip()[:60]),
        person=source.person,
        channel=source.channel,
        at=source.at,
        values={"text": said.strip()} if takes_text else {},
        locale=source.locale,
        admin=source.admin,
    )


def _call(name: str, rest: str, source: Source) -> Call:
    return Call(
        id=source.id,
        command=name,
        args=arguments(name, rest, plugins.load(commands, name).PARAMS),
        person=source.person,
        channel=source.channel,
        at=source.at,
        locale=source.locale,
        admin=source.admin,
    )


def arguments(name: str, rest: str, params: Sequence[Param]) -> Mapping[str, Value]:
    """The arguments in the words after a command.

    Options come anywhere, `--` ends them; the other words fill the positional parameters in their order.

    Raises:
        Refusal: see `parse`.
    """
    given: dict[str, Value] = {}
    positional: list[str] = []
    by_name = {long(param): param for param in params} | {f"-{param.short}": param for param in params if param.short}
    found = list(WORD.finditer(rest))
    options = True
    only = all(map(is_option, params))  # then a word can be nothing but an option's name: "/settings tallies off"
    while found:
        match = found.pop(0)
        flag = match["flag"] if options else None
        if flag is None and only and f"--{match.group().lower()}" in by_name:
            flag = f"--{match.group().lower()}"
        if flag is None:
            positional.append(match.group())
        elif flag == "--":
            options = False
        elif (param := by_name.get(flag)) is None:
            if flag.startswith("--"):
                raise Refusal(_("There is no option “{option}”. Write {usage}.").format(option=flag[:30], usage=usage(name)))
            positional.append(match.group())  # "-x" in a topic is a word
        elif param.kind == "flag":
            given[param.name] = True
        else:
            value = match if match["equals"] else found.pop(0) if found else None
            if value is None:
                raise Refusal(_("“{option}” needs a value. Write {usage}.").format(option=flag, usage=usage(name)))
            given[param.name] = convert(name, param, unquoted(value))
    _fill(name, params, positional, given)
    return given


def unquoted(match: re.Match[str]) -> str:
    """A word without the quotation marks around it."""
    return next(
        (part for part in map(match.group, ("double", "curly", "plain", "double2", "curly2")) if part is not None), match.group()
    )


def _fill(name: str, params: Sequence[Param], positional: list[str], given: dict[str, Value]) -> None:
    left = list(positional)
    for param in params:
        if param.name in given or is_option(param):
            continue
        if not left:
            if param.required:
                raise Refusal(_("Something is missing. Write {usage}.").format(usage=usage(name)))
            continue
        if param.rest:
            given[param.name] = convert(name, param, " ".join(left))
            left = []
        else:
            given[param.name] = convert(name, param, left.pop(0))
    if left:
        raise Refusal(_("“{extra}” is too much. Write {usage}.").format(extra=" ".join(left)[:40], usage=usage(name)))


def convert(name: str, param: Param, text: str) -> Value:
    """A typed value as its parameter's kind.

    Raises:
        Refusal: it is not of that kind.
    """
    if param.kind == "integer":
        if not re.fullmatch(r"[+-]?\d{1,9}", text):
            raise Refusal(_("“{value}” is not a whole number. Write {usage}.").format(value=text[:30], usage=usage(name)))
        return int(text)
    if param.kind == "choice" and text not in {value for value, _label in param.choices}:
        known = ", ".join(value for value, _label in param.choices)
        raise Refusal(_("“{value}” is not one of {known}.").format(value=text[:30], known=known))
    return text
