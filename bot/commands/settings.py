"""How Muselab behaves in this channel."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from bot.domain.errors import NotAllowed, Refusal
from bot.domain.ideas import MAX_IDEAS, MAX_STYLE, Channel, within
from bot.domain.models import ChannelSettings
from bot.messages import Call, Card, Param, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.team.governing import whole
from bot.services.usage import called, words_for
from bot.words import N_, _

HELP = N_("see or change how Muselab behaves in this channel")
PRIVATE = True  # only the person who asks sees the answer
MOST_AN_HOUR = 100_000  # more than any machine makes; keeps a slip of the finger out of a 32-bit column
MOST_ADMINS = 50  # names in one line; a role holds everybody else


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing that can be settled."""

    param: Param
    read: Callable[[Value], Mapping[str, Any]]  #: what is given, as fields of `ChannelSettings`; refuses what is not allowed
    show: Callable[[ChannelSettings], str]
    team: bool = False  #: settled for the whole team at once


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


def default(value: object) -> str:
    """What was settled, or that nothing was."""
    return str(value) if value else _("the host's default")


def switch(on: bool) -> str:
    """On or off."""
    return _("on") if on else _("off")


def pickers(settings: ChannelSettings) -> str:
    """Who may pick."""
    return {"everyone": _("everyone"), "asker": _("the person who asked"), "admins": _("admins")}[settings.pickers]


def hours(settings: ChannelSettings) -> str:
    """The quiet hours."""
    if settings.quiet_from is None or settings.quiet_until is None:
        return _("off")
    return f"{settings.quiet_from:%H:%M}–{settings.quiet_until:%H:%M} UTC"


def limit(name: str, help: str) -> Param:
    """A number of brainstorms an hour."""
    return Param(name=name, help=help, kind="integer", least=0, most=MOST_AN_HOUR)


SETTINGS = (
    Setting(
        param=Param(
            name="count",
            help=N_("ideas per brainstorm, 1 to 10; 0: the host's default"),
            kind="integer",
            least=0,
            most=MAX_IDEAS,
            short="n",
        ),
        read=number("count", MAX_IDEAS),
        show=lambda s: default(s.count),
    ),
    Setting(
        param=Param(name="style", help=N_("the usual style; “-”: none"), short="s"),
        read=style,
        show=lambda s: default(s.style),
    ),
    Setting(
        param=Param(name="language", help=N_("en, zh, or auto: each person's own"), short="l"),
        read=among("language", en="en", zh="zh", auto=None),
        show=lambda s: {"en": _("English"), "zh": _("Chinese")}.get(s.language or "", _("each person's own")),
    ),
    Setting(
        param=Param(name="thread", help=N_("a thread for each brainstorm: on or off")),
        read=among("thread", on=True, off=False),
        show=lambda s: switch(s.thread),
    ),
    Setting(
        param=Param(name="reactions", help=N_("emoji reactions count as votes: on or off")),
        read=among("reactions", on=True, off=False),
        show=lambda s: switch(s.reactions),
    ),
    Setting(
        param=Param(name="pickers", help=N_("who may pick: everyone, asker or admins")),
        read=among("pickers", everyone="everyone", asker="asker", admins="admins"),
        show=pickers,
    ),
    Setting(
        param=Param(name="tallies", help=N_("show how others voted: on or off")),
        read=among("hide_tally", name="tallies", on=False, off=True),
        show=lambda s: switch(not s.hide_tally),
    ),
    Setting(
        param=Param(name="training", help=N_("topics, edits and own ideas may train this team's model: on or off")),
        read=among("training", on=True, off=False),
        show=lambda s: switch(s.training),
    ),
    Setting(
        param=Param(name="quiet", help=N_("no unasked messages between two times in UTC, such as 18:00-08:00; off: never quiet")),
        read=quiet,
        show=hours,
    ),
    Setting(
        param=limit("person_limit", N_("brainstorms an hour for one person; 0: the host's default")),
        read=number("person_per_hour", MOST_AN_HOUR),
        show=lambda s: default(s.person_per_hour),
    ),
    Setting(
        param=limit("channel_limit", N_("brainstorms an hour for this channel; 0: the host's default")),
        read=number("channel_per_hour", MOST_AN_HOUR),
        show=lambda s: default(s.channel_per_hour),
    ),
    Setting(
        param=limit("team_limit", N_("brainstorms an hour for the whole team; 0: the host's default")),
        read=number("team_per_hour", MOST_AN_HOUR),
        show=lambda s: default(s.team_per_hour),
        team=True,
    ),
    Setting(
        param=Param(name="admins", help=N_("people and roles who may change settings too, as mentions or ids; “-”: nobody else")),
        read=named("admins"),
        show=lambda s: ", ".join(s.admins) or _("those the platform lets"),
        team=True,
    ),
    Setting(
        param=Param(name="outsiders", help=N_("people of other companies in shared channels may use Muselab: on or off")),
        read=among("outsiders", on=True, off=False),
        show=lambda s: switch(s.outsiders),
        team=True,
    ),
    Setting(
        param=Param(name="blocked", help=N_("people who may not take part, as mentions or ids; “-”: nobody")),
        read=named("blocked"),
        show=lambda s: ", ".join(s.blocked) or _("nobody"),
        team=True,
    ),
    Setting(
        param=Param(name="askers", help=N_("roles that may ask for ideas, as mentions or ids; “-”: everybody")),
        read=named("askers"),
        show=lambda s: ", ".join(s.askers) or _("everyone"),
        team=True,
    ),
    Setting(
        param=Param(name="voters", help=N_("roles that may vote, as mentions or ids; “-”: everybody")),
        read=named("voters"),
        show=lambda s: ", ".join(s.voters) or _("everyone"),
        team=True,
    ),
    Setting(
        param=Param(name="picking", help=N_("roles that may pick, as mentions or ids; “-”: as “pickers” says")),
        read=named("picking"),
        show=lambda s: ", ".join(s.picking) or _("as “pickers” says"),
        team=True,
    ),
    Setting(
        param=Param(name="admin_channel", help=N_("where admins hear what became of the team's model: a channel, here, or “-”")),
        read=place,
        show=lambda s: s.admin_channel or _("nowhere"),
        team=True,
    ),
)
PARAMS = tuple(setting.param for setting in SETTINGS)


async def run(services: Services, call: Call, reply: Reply) -> None:
    everywhere = whole(call.channel.team)
    here, team = await services.store.settings(call.channel), await services.store.settings(everywhere)
    if call.args:
        if not call.admin:
            raise NotAllowed(_("Only people who manage this channel may change its settings. Anybody may look: /settings."))
        args = dict(call.args)
        if str(args.get("admin_channel", "")).strip().lower() == "here":
            args["admin_channel"] = call.channel.id
        new_here, new_team = changed(here, args, team=False), changed(team, args, team=True)
        if new_team.admin_channel is not None and new_team.admin_channel != team.admin_channel:
            await services.announcing.begin_in(Channel(team=call.channel.team, id=new_team.admin_channel))
        if new_here != here:
            await services.store.settle(call.channel, new_here)
        if new_team != team:
            await services.store.settle(everywhere, new_team)
        here, team = new_here, new_team
    rows = (_("{setting}: {value}").format(setting=called(s.param), value=s.show(team if s.team else here)) for s in SETTINGS)
    title = _("Settings saved") if call.args else _("Settings of this channel")
    await reply.show(Card(title=title, text="\n".join(rows), private=True))


def changed(settings: ChannelSettings, args: Mapping[str, Value], *, team: bool) -> ChannelSettings:
    """The settings with what was given of the channel's, or of the team's.

    Raises:
        Refusal: a value is not one of those allowed; nothing is changed then.
    """
    new: dict[str, Any] = {}
    for setting in SETTINGS:
        if setting.team is team and setting.param.name in args:
            new |= setting.read(args[setting.param.name])
    return replace(settings, **new)
