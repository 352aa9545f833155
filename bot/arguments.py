"""Arguments: the words after a command as values of its parameters, and how a command is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import ModuleType

from bot import commands, placing, plugins, signals
from bot.domain.errors import Refusal
from bot.messages import Param, Value
from bot.placing import NUMBERED, STOPS
from bot.services import chinese
from bot.services.media.changes import change
from bot.services.media.ordered import begun
from bot.services.talk.deeds import MAKING
from bot.services.usage import LISTED, chosen, in_languages, is_option, long, named, signal_line, usage_line
from bot.services.usage import QUOTED_TEXT as QUOTED_TEXT
from bot.words import _

COMPARED = re.compile(r"(?<=[a-z]{3})e?r$", re.IGNORECASE)  #: of a choice: /polish 3 shorter
QUOTED = ("double", "curly", "single0", "plain", "double2", "curly2", "single", "curly3")  # groups of `WORD`
#: One word, in quotation marks or not; an option; or an option and its value, `--style="dry humour"`.
WORD = re.compile(
    r"(?P<flag>--[a-z\u3400-\u9fff][a-z\u3400-\u9fff-]*|-[a-z](?=\s|$)|--(?=\s|$))(?:(?P<equals>[=：])|(?=\s|$))"
    r'(?:(?<=[=：])(?:"(?P<double>[^"]*)"|“(?P<curly>[^”]*)”|\'(?P<single0>[^\']*)\'|(?P<plain>\S*)))?(?=\s|$)'
    r'|"(?P<double2>[^"]*)"(?=\s|$)|“(?P<curly2>[^”]*)”(?=\s|$)'
    r"|'(?P<single>(?:[^']|'(?=\w))*)'(?=\s|$)|‘(?P<curly3>[^’]*)’(?=\s|$)|\S+"
)


@cache
def known(package: ModuleType) -> tuple[str, ...]:
    """The plugins of a package; looking into its folder at every line would take as long as understanding it."""
    return plugins.names(package)


def words() -> tuple[str, ...]:
    """Every word that a typed line may begin with."""
    return (*known(commands), *known(signals))


def usage(name: str) -> str:
    """How to write a command or a signal, in one line: `/brainstorm TOPIC [-n COUNT] [--style STYLE]`."""
    if name in known(commands):
        params = plugins.load(commands, name).PARAMS
        line = usage_line(name, params)
        return f"{line} (/help {name})" if sum(map(is_option, params)) > LISTED else line
    signal = plugins.load(signals, name)
    return signal_line(name, signal.TOKENS, getattr(signal, "WORDS", None))


def arguments(name: str, rest: str, params: Sequence[Param]) -> Mapping[str, Value]:
    """The arguments in the words after a command.

    Options come anywhere, `--` ends them; the other words fill the positional parameters in their order.

    Raises:
        Refusal: one is missing, unknown or of the wrong kind; the message says how to write it.
    """
    pasted = next((param for param in params if param.lines), None)
    if pasted is not None and "\n" in rest:
        first, _newline, below = rest.partition("\n")
        given = arguments(name, first, params)
        return {**given, pasted.name: f"{given.get(pasted.name, '')}\n{below}".strip("\n")}
    return _of_line(name, rest, params)


def _of_line(name: str, rest: str, params: Sequence[Param]) -> Mapping[str, Value]:
    values: dict[str, Value] = {}
    positional: list[str] = []
    by_name = {long(param): param for param in params} | {f"-{param.short}": param for param in params if param.short}
    matches = list(WORD.finditer(rest))
    options = True
    only = all(map(is_option, params))  # then a word can be nothing but an option's name: "/settings tallies off"
    while matches:
        match = matches.pop(0)
        flag = match["flag"] if options else None
        if flag is None and only and f"--{match.group().lower()}" in by_name:
            flag = f"--{match.group().lower()}"
        if flag is None:
            positional.append(match.group())
        elif flag == "--":
            options = False
        elif (param := by_name.get(flag) or _in_chinese(flag, params)) is None:
            if flag.startswith("--"):
                raise Refusal(_("There is no option “{option}”. Write {usage}.").format(option=flag[:30], usage=usage(name)))
            positional.append(match.group())  # "-x" in a topic is a word
        elif param.kind == "flag":
            values[param.name] = True
        else:
            value = match if match["equals"] else matches.pop(0) if matches else None
            if value is None:
                raise Refusal(_("“{option}” needs a value. Write {usage}.").format(option=flag, usage=usage(name)))
            values[param.name] = convert(name, param, unquoted(value))
    _fill(name, params, positional, values)
    return values


def _in_chinese(flag: str, params: Sequence[Param]) -> Param | None:
    """The parameter of an option with a Chinese name."""
    name = chinese.option(flag.removeprefix("--"), tuple(param.name for param in params))
    return next((param for param in params if param.name == name), None)


def unquoted(match: re.Match[str]) -> str:
    """A word without the quotation marks around it."""
    return next((part for part in map(match.group, QUOTED) if part is not None), match.group())


def _fill(name: str, params: Sequence[Param], positional: list[str], values: dict[str, Value]) -> None:
    left = list(positional)
    for param in params:
        if param.name in values or is_option(param):
            continue
        if not left:
            if param.required:
                raise Refusal(_("Something is missing. Write {usage}.").format(usage=usage(name)))
            continue
        if param.rest:
            values |= _placed(name, param, params, left, values)
            if left:
                values[param.name] = convert(name, param, " ".join(left))
            left = []
        else:
            left = (placing.number_first(left) if param.kind == "idea" else None) or left
            values[param.name] = convert(name, param, left.pop(0))
    if left:
        raise Refusal(_("“{extra}” is too much. Write {usage}.").format(extra=" ".join(left)[:40], usage=usage(name)))


def _placed(name: str, param: Param, params: Sequence[Param], left: list[str], taken: Mapping[str, Value]) -> dict[str, Value]:
    """The values of other parameters among the words of one that takes the rest; they are taken off the words."""
    if param.kind == "about" and (turned := placing.number_first(left)):
        told = _behind(name, param, params, turned, taken)
        if len(turned) == 1:
            left[:] = turned
            return told
    return _behind(name, param, params, left, taken) or placing.leading(params, left, taken)


def _behind(name: str, param: Param, params: Sequence[Param], left: list[str], taken: Mapping[str, Value]) -> dict[str, Value]:
    told = placing.trailing(params, left, taken)
    if param.kind == "about" and NUMBERED.fullmatch(left[0]) and (said := _described(name, " ".join(left[1:]))):
        told |= {option: value for option, value in said.items() if option not in {*taken, *told}}
        del left[1:]
    return told


def _described(name: str, text: str) -> Mapping[str, Value]:
    """The options that words behind an idea's number tell: "/imagine 1 purple"; nothing where any of them says otherwise."""
    said = change(text, MAKING.get("/" + name, ""))
    if said is None or said.cannot or said.work is not None:
        return {}
    options, words = begun(said)
    return {} if words else {option: int(value) if value.isdecimal() else value for option, value in options.items()}


def convert(name: str, param: Param, text: str) -> Value:
    """A typed value as its parameter's kind.

    Raises:
        Refusal: it is not of that kind.
    """
    if param.kind == "integer":
        number = chinese.number(text)
        if number is None:
            raise Refusal(_("“{value}” is not a whole number. Write {usage}.").format(value=text[:30], usage=usage(name)))
        return number
    text = chinese.value(param.name, text)
    if param.kind == "choice":
        word = text.rstrip(STOPS)
        value = chosen(param, word) or chosen(param, COMPARED.sub("", word))
        if not value:
            raise Refusal(_("“{value}” is not one of {known}.").format(value=text[:30], known=named(param)))
        return value
    return _offered(name, param, text)


def _offered(name: str, param: Param, text: str) -> str:
    """An offered value in another language of ours or in other words: 水彩, watercolor are watercolour; else the text."""
    module = plugins.load(commands, name) if name in known(commands) else None
    values: Sequence[str] = getattr(module, "SUGGESTED", {}).get(param.name, ())
    word = chinese.simplified(text.strip().casefold())
    if value := next((value for value in values if word in in_languages(value)), ""):
        return value
    said = change(text, MAKING.get(f"/{name}", "")) if values else None
    one = said.options[0] if said is not None and len(said.options) == 1 else ("", "")
    return one[1] if one[0] == param.name else text
