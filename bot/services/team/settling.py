"""Reads what is given for a setting, as fields of `ChannelSettings`; refuses what is not allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.ideas import MAX_STYLE, within
from bot.messages import Value
from bot.services.usage import words_for
from bot.words import _

MOST_ADMINS = 50  # names in one line; a role holds everybody else


def number(field: str, most: int) -> Callable[[Value], Mapping[str, Any]]:
    """Reads 1..most; 0 is the default."""

    def read(value: Value) -> Mapping[str, Any]:
        if not 0 <= int(value) <= most:
            raise Refusal(
                _("{value} is not possible. Say a number between 1 and {most}, or 0 for the default.").format(
                    value=int(value), most=most
                )
            )
        return {field: int(value) or None}

    return read


def among(field: str, name: str = "", **allowed: Any) -> Callable[[Value], Mapping[str, Any]]:
    """Reads one of a few words, each of which stands for a value of the field."""

    def read(value: Value) -> Mapping[str, Any]:
        word = str(value).strip().lower()
        if word not in allowed:
            raise Refusal(
                _("“{value}” is not possible here. Say {allowed}.").format(
                    value=word[:30], allowed=words_for(name or field, allowed)
                )
            )
        return {field: allowed[word]}

    return read


def style(value: Value) -> Mapping[str, Any]:
    """Reads the usual style."""
    text = str(value)
    return {"style": None if text == "-" else within(text, MAX_STYLE, what=_("The style"), error=Refusal)}


def named(field: str) -> Callable[[Value], Mapping[str, Any]]:
    """Reads people and roles, as mentions (`<@1>`, `<@&2>`, `<@U3|name>`) or bare ids."""

    def read(value: Value) -> Mapping[str, Any]:
        if str(value).strip() == "-":
            return {field: ()}
        ids = tuple(dict.fromkeys(re.findall(r"[A-Za-z0-9]+", re.sub(r"\|[^>]*>", ">", str(value)))))
        if not ids or len(ids) > MOST_ADMINS:
            raise Refusal(
                _("Name between 1 and {most} people or roles, as mentions or ids; “-” for nobody.").format(most=MOST_ADMINS)
            )
        return {field: ids}

    return read


def quiet(value: Value) -> Mapping[str, Any]:
    """Reads `18:00-08:00`, or `off`."""
    text = str(value).strip()
    if text.lower() == "off":
        return {"quiet_from": None, "quiet_until": None}
    begin, _dash, end = text.replace("–", "-").partition("-")
    try:
        return {"quiet_from": time.fromisoformat(begin.strip()), "quiet_until": time.fromisoformat(end.strip())}
    except ValueError as error:
        raise Refusal(_("“{value}” is not a span of time. Write it like 18:00-08:00, or off.").format(value=text[:30])) from error


def place(value: Value) -> Mapping[str, Any]:
    """Reads a channel, as a mention (`<#C7>`, `<#C7|admins>`) or a bare id."""
    text = str(value).strip()
    if text == "-":
        return {"admin_channel": None}
    match = re.fullmatch(r"<?#?([A-Za-z0-9_.-]{1,100})(?:\|[^>]*)?>?", text)
    if match is None:
        raise Refusal(_("“{value}” is not a channel. Mention one, or say here, or “-” for none.").format(value=text[:30]))
    return {"admin_channel": match[1]}
