"""Makes a slash command of every command and signal there is: a new file in `bot.commands` appears by itself."""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Awaitable, Callable, Mapping
from types import ModuleType
from typing import Any

import discord
from discord import app_commands

from adapters.discord import places
from adapters.discord.render import short
from bot import commands, plugins, signals
from bot.domain.errors import UnknownIdea
from bot.messages import Key, Param, Value
from bot.ports import Front
from bot.services import doors
from bot.words import FALLBACK, N_, _, negotiate, speaking

MAX_HELP = 100  # characters of a description, and of a choice's name
MAX_CHOICES = 25
MAX_TYPES = 10  # kinds of files that one option or field may name
MAX_TARGET = 24  # characters of an idea's id; its number is shorter
TEXT = "text"  # the token of signals whose words are a text of their own
Given = Value | discord.Attachment
Served = Callable[[discord.Interaction[Any], str, dict[str, Given]], Awaitable[None]]
#: Where commands can be used, and for whom the application can be installed: everywhere Discord allows.
CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
MANAGING = discord.Permissions(manage_guild=True)
INSTALLS = app_commands.AppInstallationType(guild=True, user=True)


class Command(app_commands.Command[Any, ..., None]):
    """A slash command whose attachments are asked for by kind, which discord.py does not know yet."""

    takes: Mapping[str, tuple[str, ...]] = {}  #: option → kinds of files

    def to_dict(self, tree: Any) -> dict[str, Any]:
        """See discord.py."""
        return self._typed(super().to_dict(tree))

    async def get_translated_payload(self, tree: Any, translator: app_commands.Translator) -> dict[str, Any]:
        """See discord.py."""
        return self._typed(await super().get_translated_payload(tree, translator))

    def _typed(self, described: dict[str, Any]) -> dict[str, Any]:
        for option in described["options"]:
            if option["name"] in self.takes:
                option["file_types"] = list(self.takes[option["name"]])
        return described


class Words(app_commands.Translator):
    """Command names, descriptions and choices in the languages of our catalogues."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """The text in a language of Discord's; None where it would be the same."""
        if negotiate(locale.value) == FALLBACK:
            return None
        with speaking(locale.value):
            translation = short(_(string.message), MAX_HELP)
        return translation if translation != short(string.message, MAX_HELP) else None


def register(tree: app_commands.CommandTree[Any], front: Front, served: Served) -> None:
    """Adds a slash command for every plugin to the tree."""
    for name in plugins.names(commands):
        module = plugins.load(commands, name)
        admins = doors.for_admins(doors.command(module))
        tree.add_command(command(name, module.HELP, module.PARAMS, front, served, admins=admins))
    for name in plugins.names(signals):
        if name not in plugins.names(commands):
            module = plugins.load(signals, name)
            tree.add_command(command(name, module.HELP, signal_params(module), front, served))


def signal_params(signal: ModuleType) -> tuple[Param, ...]:
    """A signal's arguments: which idea, and what is said of it."""
    idea = Param(name="idea", help=N_("the number of the idea"), kind="idea", required=True)
    if tuple(signal.TOKENS) == (TEXT,):
        return (idea, Param(name="text", help=N_("what you have to say"), required=True, rest=True))
    tokens = tuple((token, token) for token in signal.TOKENS[:MAX_CHOICES])
    return (idea, Param(name="say", help=N_("what you think of it"), kind="choice", choices=tokens, required=True))


def menu(name: str, callback: Any) -> app_commands.ContextMenu:
    """An entry in the menu of a message."""
    return app_commands.ContextMenu(
        name=app_commands.locale_str(name), callback=callback, allowed_contexts=CONTEXTS, allowed_installs=INSTALLS
    )


def signal_key(name: str, args: dict[str, Value]) -> tuple[Key, dict[str, str]]:
    """What a signal's slash command says, as its control would.

    Raises:
        UnknownIdea: what was given for the idea cannot be one.
    """
    target = str(args["idea"])
    if len(target) > MAX_TARGET or ":" in target:
        raise UnknownIdea
    if TEXT in args:
        return Key(verb=name, target=target, token=TEXT), {TEXT: str(args[TEXT])}
    return Key(verb=name, target=target, token=str(args["say"])), {}


def command(
    name: str, help: str, params: tuple[Param, ...], front: Front, served: Served, *, admins: bool = False
) -> app_commands.Command[Any, ..., None]:
    """A slash command with typed and described options. `admins`: until a server says otherwise it shows them to those alone."""
    plain = {spelled(param): param.name for param in params}

    async def callback(interaction: discord.Interaction[Any], **given: Any) -> None:
        await served(interaction, name, {plain[key]: value for key, value in given.items() if value is not None})

    # discord.py reads a callback's parameters to learn its options; ours are only known here.
    callback.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_ONLY, annotation=discord.Interaction),
            *(parameter(param) for param in sorted(params, key=lambda param: not param.required)),
        ]
    )
    callback.__name__ = name
    described = {spelled(param): app_commands.locale_str(short(param.help, MAX_HELP)) for param in params}
    named = app_commands.rename(**plain)(app_commands.describe(**described)(callback))
    fixed = {spelled(param): choices(param) for param in params if param.choices}
    if fixed:
        named = app_commands.choices(**fixed)(named)
    offered = {spelled(param): completion(front, name, param) for param in params if offers(param)}
    if offered:
        named = app_commands.autocomplete(**offered)(named)
    made = Command(
        name=name,
        description=app_commands.locale_str(short(help, MAX_HELP)),
        callback=named,
        allowed_contexts=CONTEXTS,
        allowed_installs=INSTALLS,
    )
    made.default_permissions = MANAGING if admins else None
    made.takes = {param.name: param.takes[:MAX_TYPES] for param in params if param.takes}
    return made


def spelled(param: Param) -> str:
    """An option's name where Python reads it, in which it may not be a word of Python's own: `not`."""
    return f"{param.name}_" if keyword.iskeyword(param.name) else param.name


def parameter(param: Param) -> inspect.Parameter:
    """An option as discord.py reads it."""
    kind: Any = str
    if param.kind == "integer":
        kind = app_commands.Range[int, param.least, param.most]
    elif param.kind == "flag":
        kind = bool
    elif param.kind == "file":
        kind = discord.Attachment
    if param.required:
        return inspect.Parameter(spelled(param), inspect.Parameter.KEYWORD_ONLY, annotation=kind)
    return inspect.Parameter(spelled(param), inspect.Parameter.KEYWORD_ONLY, annotation=kind | None, default=None)


def choices(param: Param) -> list[app_commands.Choice[str]]:
    """The values to choose from."""
    return [
        app_commands.Choice(name=app_commands.locale_str(short(label, MAX_HELP)), value=value)
        for value, label in param.choices[:MAX_CHOICES]
    ]


def offers(param: Param) -> bool:
    """Whether the desk is asked for completions while somebody types: ideas, and short texts such as styles."""
    return param.kind in ("idea", "about") or (param.kind == "text" and not (param.rest or param.required))


def completion(front: Front, name: str, param: Param) -> Any:
    """Asks the desk while somebody types."""
    # Signals are no commands, so a command with an idea among its arguments is asked in their place.
    asked, about = (name, param.name) if name in plugins.names(commands) else idea_argument()

    async def complete(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        with speaking(interaction.locale.value):
            choices = await front.suggest(places.place(interaction), asked, about, typed)
        return [
            app_commands.Choice(name=short(label, MAX_HELP), value=value[:MAX_HELP])
            for label, value in choices[:MAX_CHOICES]
            if label.strip() and value
        ]

    return complete


def idea_argument() -> tuple[str, str]:
    """A command and the argument of it that names an idea."""
    for name in plugins.names(commands):
        for param in plugins.load(commands, name).PARAMS:
            if param.kind == "idea":
                return name, param.name
    return "", ""
