"""What a typed line means: calls and presses whose ideas are named as the core names them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import cast

from adapters.terminal._numbers import LETTERS, Numbers
from adapters.terminal._shorthand import expand
from bot import commands, plugins, signals, typed
from bot.arguments import QUOTED_TEXT
from bot.domain.errors import Refusal
from bot.domain.ideas import Channel, Person, clean
from bot.messages import ALSO, Call, Key, Press, Upload, Value
from bot.placing import NUMBERED
from bot.ports import Clock
from bot.services import chinese
from bot.words import _


@dataclass(frozen=True, slots=True)
class Asked:
    """A press that first opens a form."""

    press: Press


class Ear:
    """Understands what one person types in one session."""

    def __init__(
        self, *, person: Person, channel: Channel, clock: Clock, numbers: Numbers, locale: str | None, live: bool
    ) -> None:
        """Nothing was typed yet.

        Args:
            person: who types.
            channel: where.
            clock: tells when.
            numbers: what is on the screen.
            locale: the person's language, as a platform tag.
            live: the person can be asked back; letters and forms are for them.
        """
        self._person = person
        self._channel = channel
        self._clock = clock
        self._numbers = numbers
        self.locale = locale  #: of what is typed from now on
        self._live = live
        self._session = uuid.uuid4().hex[:12]  # event ids must differ from those of every session before
        self._events = 0

    def understand(self, text: str) -> list[Call | Press | Asked]:
        """What a line means, in the order it is to happen.

        Raises:
            Refusal: it means nothing; the message says how to write it.
        """
        control = self._numbers.pressed(text) if self._live else None
        if control is not None:
            press = self.press(control.key)
            return [Asked(press) if control.asks else press]
        if len(text) == 1 and text in LETTERS:
            raise Refusal(_("“{letter}” presses nothing now. Write a topic, or ? for help.").format(letter=text))
        return [self._meant(line) for line in expand(text)]

    def press(self, key: Key, values: Mapping[str, str] | None = None, files: Collection[str] = ()) -> Press:
        """A press by this person, now; numbers of ideas in a form count as they do on the screen.

        Args:
            key: of the control or form.
            values: what was written into the form, by field.
            files: the fields that name files.

        Raises:
            UnknownIdea: see `Numbers.meant`.
            Refusal: there is no such file.
        """
        source = self._source()
        fields = dict(values or {})
        paths = {name: path for name in files if (path := fields.pop(name, "").strip())}
        return Press(
            id=source.id,
            key=key,
            person=source.person,
            channel=source.channel,
            at=source.at,
            values=cast("dict[str, str]", self._named(key.verb, fields)),
            uploads=tuple(upload(Path(path).expanduser(), name) for name, path in paths.items()),
            locale=source.locale,
            admin=source.admin,
        )

    def _meant(self, line: str) -> Call | Press | Asked:
        if self._live and (bare := typed.bare(line)) is not None:
            return Asked(self.press(bare))
        try:
            event = typed.parse(line, self._source())
        except Refusal:
            asked = self._asked(line) if self._live else None
            if asked is None:
                raise
            return Asked(asked)
        if isinstance(event, Press):
            others = (other.partition(":") for other in event.values.get(ALSO, "").split())
            also = " ".join(f"{self._numbers.meant(target)}:{token}" for target, _colon, token in others)
            key = replace(event.key, target=self._numbers.meant(event.key.target))
            return replace(event, key=key, values={**event.values, ALSO: also} if also else event.values)
        call = with_files(event)
        return replace(call, args=self._named(call.command, call.args))

    def _named(self, verb: str, values: Mapping[str, Value]) -> dict[str, Value]:
        """Arguments of a command, the ideas in them named as the core names them; what belongs to no command is as it was."""
        params = plugins.load(commands, verb).PARAMS if verb in plugins.names(commands) else ()
        ideas = {param.name for param in params if param.kind == "idea"}
        ideas |= {param.name for param in params if param.kind == "about" and NUMBERED.fullmatch(str(values.get(param.name, "")))}
        several = {param.name for param in params if param.numbers}
        return {
            name: self._numbers.meant(str(value))
            if name in ideas
            else self._numbers.counted(str(value))
            if name in several
            else value
            for name, value in values.items()
        }

    def _asked(self, line: str) -> Press | None:
        """The press that opens a form, for a line such as `/edit 2` or `/idea` that leaves out what the form asks for."""
        name, rest = typed.split(line)
        plugin = plugin_called(name)
        if plugin is None or not hasattr(plugin, "form"):
            return None
        is_signal = name in plugins.names(signals)
        takes_idea = is_signal or plugin.PARAMS[0].kind == "idea"
        if takes_idea and NUMBERED.fullmatch(rest):
            return self.press(Key(verb=name, target=self._numbers.meant(rest), token=QUOTED_TEXT if is_signal else ""))
        return self.press(Key(verb=name)) if not takes_idea and not rest else None

    def _source(self) -> typed.Source:
        self._events += 1
        return typed.Source(
            id=f"{self._session}-{self._events}",
            person=self._person,
            channel=self._channel,
            at=self._clock(),
            locale=self.locale,
            admin=True,  # whoever sits at the machine may do everything
            under=",".join(line.idea for line in self._numbers.lines),
        )


def worded(line: str) -> str:
    """What a line has of a person's own words: behind an English command's name no value, as /vote 1 赞 has."""
    name, rest = typed.split(line)
    plugin = plugin_called(name) if line.startswith("/") and line.split()[0].isascii() else None
    if plugin is None:
        return line
    values = {*getattr(plugin, "WORDS", {}), *(word for words in chinese.VALUES.values() for word in words)}
    return " ".join(word for word in rest.split() if chinese.simplified(word) not in values)


def with_files(call: Call) -> Call:
    """The call with the files whose paths were typed; whoever sits at the machine may read them anyway.

    Raises:
        Refusal: there is no such file.
    """
    names = {param.name for param in plugins.load(commands, call.command).PARAMS if param.kind == "file"}
    files = tuple(upload(Path(str(value)).expanduser(), name) for name, value in call.args.items() if name in names)
    left = {name: value for name, value in call.args.items() if name not in names}
    return replace(call, args=left, uploads=files) if files else call


def upload(path: Path, param: str = "") -> Upload:
    """A file of this machine.

    Raises:
        Refusal: it is not there, or no plain file.
    """
    try:
        size = path.stat().st_size if path.is_file() else -1
    except OSError:
        size = -1
    if size < 0:
        raise Refusal(_("There is no file {path}. Write its path as in your shell.").format(path=clean(str(path))[:200]))

    async def fetch() -> bytes:
        try:
            return await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise Refusal(_("The file cannot be read: {why}.").format(why=error.strerror or error)) from error

    return Upload(name=path.name, media_type="", size=size, fetch=fetch, param=param)


def plugin_called(name: str) -> ModuleType | None:
    """The signal or command of that name; where both exist, the signal, which is what forms are asked for."""
    for package in (signals, commands):
        if name in plugins.names(package):
            return plugins.load(package, name)
    return None
