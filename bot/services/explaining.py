"""Explains one command or one way of giving feedback: what it does, how it is typed, what its values are, an example of each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.messages import Card, Control, Key, Param
from bot.services.doors import Command, Signal, examples, offered, opens
from bot.services.usage import LISTED, chosen, is_option, long, named, signal_line, usage_line, words_for
from bot.words import FALLBACK, _, language

BETWEEN = " · "  #: two options that share a line


def command(name: str, command: Command) -> Card:
    """What a command does. Parameters with values have a line each, with an example; of many options the others share lines."""
    params, shown = command.PARAMS, [_(line) for line in examples(command)]
    valued = [param for param in params if _values(command, param)]
    others = [described(param) for param in params if param not in valued]
    lines = [usage_line(name, params)] if params else []
    used = {param.name: line for param in valued if (line := _example_of(param, shown))}
    lines += [_("For example: {line}").format(line=line) for line in shown if line not in used.values()][: 1 if used else 2]
    for param in valued:
        lines.append(_with_values(command, param, used.get(param.name, "")))
    lines += [BETWEEN.join(others)] if len(params) > LISTED else others
    form = opens(command)
    controls = (Control(key=Key(verb=name), emoji=form[0], label=_(form[1]), asks=True),) if form else ()
    return Card(title=f"/{name} — {_(command.HELP)}", text="\n".join(filter(None, lines)), controls=controls, private=True)


def signal(name: str, signal: Signal) -> Card:
    """What a way of giving feedback says, how it is typed, and an example."""
    lines = [_(signal.HELP), signal_line(name, signal.TOKENS, getattr(signal, "WORDS", None))]
    lines += [_("For example: {line}").format(line=_(line)) for line in examples(signal)]
    return Card(title=f"/{name}", text="\n".join(lines), private=True)


def described(param: Param) -> str:
    """One parameter and what it means: `--count -n — how many ideas, 1 to 10`."""
    flags = " ".join(filter(None, [long(param), f"-{param.short}" if param.short else ""]))
    return f"{flags if is_option(param) else param.name} — {_(param.help)}"


def _with_values(command: Command, param: Param, example: str) -> str:
    colon, before, after = (": ", " (", ")") if language() == FALLBACK else ("：", "（", "）")
    line = f"{described(param)}{colon}{_values(command, param)}"
    return f"{line}{before}{example}{after}" if example else line


def _values(command: Command, param: Param) -> str:
    """The values of a choice, or those that are offered for a text; nothing where its help names them all."""
    values = named(param) if param.choices else words_for(param.name, offered(command, param))
    told = _(param.help)
    return "" if all(value in told for value in re.split("[,、] ?", values)) else values


def _example_of(param: Param, lines: Sequence[str]) -> str:
    """The example that gives a parameter; empty where none does."""
    if is_option(param):
        flags = {long(param), f"-{param.short}"}
        return next((line for line in lines if flags & set(line.split())), "")
    return next((line for line in lines if chosen(param, line.split()[-1])), "")
