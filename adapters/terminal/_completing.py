"""Completions of a typed line: commands, signals, the ideas on the screen, choices and options."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from adapters.terminal._numbers import Numbers
from adapters.terminal._render import safe
from bot import commands, plugins, signals, typed
from bot.domain.ideas import Channel, clean
from bot.messages import Param
from bot.ports import Front
from bot.services.usage import is_option
from bot.words import _

Found = tuple[str, str]  #: what is inserted, and what it means


class LineCompleter(Completer):
    """Completes the word before the cursor."""

    def __init__(self, *, front: Front, channel: Channel, numbers: Numbers) -> None:
        self._front = front
        self._channel = channel
        self._numbers = numbers

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Nothing: asking the core takes a moment, see below."""
        return ()

    async def get_completions_async(self, document: Document, complete_event: CompleteEvent) -> AsyncGenerator[Completion, None]:
        """What may stand here, likeliest first."""
        before = document.text_before_cursor.lstrip()
        word = "" if before.endswith(" ") else before.rpartition(" ")[2]
        suggestions = self._first(word) if " " not in before else await self._argument(before, word)
        for text, meaning in suggestions:
            if text.casefold().startswith(word.casefold()):
                yield Completion(text, start_position=-len(word), display_meta=safe(clean(meaning)))

    def _first(self, word: str) -> list[Found]:
        slash = "/" if word.startswith("/") else ""
        return [(slash + name, meaning) for name, meaning in every_word()]

    async def _argument(self, before: str, word: str) -> list[Found]:
        name, _rest = typed.split(before)
        words = before.split()[1 : None if before.endswith(" ") else -1]
        if name in plugins.names(commands):
            return await self._of_command(name, words, word)
        if name in plugins.names(signals):
            tokens = plugins.load(signals, name).TOKENS
            return await self._ideas("more") if not words else [(token, "") for token in tokens if len(words) == 1]
        return []

    async def _of_command(self, name: str, words: list[str], word: str) -> list[Found]:
        params: tuple[Param, ...] = plugins.load(commands, name).PARAMS
        options = {flag: param for param in params if is_option(param) for flag in flags(param)}
        if word.startswith("-"):
            return [(flag, _(param.help)) for flag, param in options.items()]
        asked = options.get(words[-1]) if words else None
        if asked is None or asked.kind == "flag":
            places = [param for param in params if not is_option(param)]
            place = len(positional(words, options))
            asked = places[place] if place < len(places) else None
        if asked is None:
            return []
        if asked.kind in ("idea", "about"):
            return await self._ideas(name, asked.name)
        suggested = await self._front.suggest(self._channel, name, asked.name, word)
        return [(f'"{value}"' if " " in value else value, label if label != value else "") for label, value in suggested]

    async def _ideas(self, command: str, param: str = "idea") -> list[Found]:
        """The ideas on the screen by position; before anything was shown, the channel's by number."""
        if self._numbers.lines:
            return [(str(position), line.text) for position, line in enumerate(self._numbers.lines, start=1)]
        suggested = await self._front.suggest(self._channel, command, param, "")
        return [(value, label) for label, value in suggested]


def every_word() -> Iterator[Found]:
    """Every command and signal with its help."""
    for name in dict.fromkeys(typed.words()):
        package = commands if name in plugins.names(commands) else signals
        yield name, _(plugins.load(package, name).HELP)


def flags(param: Param) -> tuple[str, ...]:
    """How an option is written."""
    return (f"--{param.name}",) if not param.short else (f"-{param.short}", f"--{param.name}")


def positional(words: list[str], options: dict[str, Param]) -> list[str]:
    """The words given that are no options and no options' values."""
    others: list[str] = []
    value_next = False
    for word in words:
        if value_next:
            value_next = False
        elif word in options:
            value_next = options[word].kind != "flag"
        else:
            others.append(word)
    return others
