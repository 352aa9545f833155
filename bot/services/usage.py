"""How the parameters of commands are written on a typed line."""

from __future__ import annotations

from bot.messages import Param


def written(param: Param) -> str:
    """How one parameter is typed: `[-n COUNT]`."""
    shown = "|".join(value for value, _label in param.choices) if param.choices else param.name.upper()
    if not is_option(param):
        return shown if param.required else f"[{shown}]"
    flag = f"-{param.short}" if param.short else long(param)
    return f"[{flag}]" if param.kind == "flag" else f"[{flag} {shown}]"


def is_option(param: Param) -> bool:
    """Whether a parameter is written `--name`: flags, files, and what is not required, the rest, an idea or a choice."""
    return param.kind in ("flag", "file") or not (param.required or param.rest or param.kind in ("idea", "choice"))


def long(param: Param) -> str:
    """How an option is written in full: `--person-limit`."""
    return "--" + param.name.replace("_", "-")
