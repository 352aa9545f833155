"""How Muselab behaves in this channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.errors import NotAllowed, Refusal
from bot.domain.ideas import MAX_IDEAS, Channel
from bot.domain.models import ChannelSettings
from bot.messages import Call, Card, Form, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.lines import platform_name
from bot.services.team import panels
from bot.services.team.governing import whole
from bot.services.team.settling import among, named, number, place, quiet, style
from bot.services.usage import called
from bot.words import FALLBACK, N_, _, language

HELP = N_("see or change how Muselab behaves in this channel")
EXAMPLES = ("/settings tallies off",)
FOR_ADMINS = True  # others may write it to the bot in words
PRIVATE = True  # only the person who asks sees the answer
MOST_AN_HOUR = 100_000  # more than any machine makes; keeps a slip of the finger out of a 32-bit column


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing that can be settled."""

    param: Param
    read: Callable[[Value], Mapping[str, Any]]  #: what is given, as fields of `ChannelSettings`; refuses what is not allowed
    show: Callable[[ChannelSettings], str]
    team: bool = False  #: settled for the whole team at once


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


PICKERS = (("everyone", N_("everyone")), ("asker", N_("the person who asked")), ("admins", N_("admins")))
LANGUAGES = (("en", "English"), ("zh", "中文"), ("auto", N_("each person's own")))
ON_OFF = (("on", N_("on")), ("off", N_("off")))
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
        param=Param(name="language", help=N_("en, zh, or auto: each person's own"), short="l", choices=LANGUAGES),
        read=among("language", en="en", zh="zh", auto=None),
        show=lambda s: {"en": _("English"), "zh": _("Chinese")}.get(s.language or "", _("each person's own")),
    ),
    Setting(
        param=Param(name="thread", help=N_("a thread for each brainstorm: on or off"), choices=ON_OFF),
        read=among("thread", on=True, off=False),
        show=lambda s: switch(s.thread),
    ),
    Setting(
        param=Param(name="reactions", help=N_("emoji reactions count as votes: on or off"), choices=ON_OFF),
        read=among("reactions", on=True, off=False),
        show=lambda s: switch(s.reactions),
    ),
    Setting(
        param=Param(name="pickers", help=N_("who may pick: everyone, asker or admins"), choices=PICKERS),
        read=among("pickers", everyone="everyone", asker="asker", admins="admins"),
        show=pickers,
    ),
    Setting(
        param=Param(name="tallies", help=N_("show how others voted: on or off"), choices=ON_OFF),
        read=among("hide_tally", name="tallies", on=False, off=True),
        show=lambda s: switch(not s.hide_tally),
    ),
    Setting(
        param=Param(
            name="training", help=N_("topics, edits and own ideas may train this team's model: on or off"), choices=ON_OFF
        ),
        read=among("training", on=True, off=False),
        show=lambda s: switch(s.training),
    ),
    Setting(
        param=Param(
            name="reminders",
            help=N_("reminders in rounds: on or off"),
            choices=ON_OFF,
        ),
        read=among("reminders", on=True, off=False),
        show=lambda s: switch(s.reminders),
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
        param=Param(
            name="outsiders", help=N_("people of other companies in shared channels may use Muselab: on or off"), choices=ON_OFF
        ),
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
        param=Param(name="admin_channel", help=N_("where admins hear of the team's model: a channel, here, or “-”")),
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
        if new_here.thread and not here.thread and not services.redrawing.threads(call.channel):
            raise Refusal(
                _(
                    "No thread can be opened here: the channel has none, or Muselab may not create public threads "
                    "and write in them."
                )
            )
        if new_team.admin_channel is not None and new_team.admin_channel != team.admin_channel:
            await services.announcing.begin_in(Channel(team=call.channel.team, id=new_team.admin_channel))
        if new_here != here:
            new_here = await services.store.amend(call.channel, lambda now: changed(now, args, team=False))
        if new_team != team:
            new_team = await services.store.amend(everywhere, lambda now: changed(now, args, team=True))
        here, team = new_here, new_team
    colon = ": " if language() == FALLBACK else "："
    rows = [f"{called(s.param)}{colon}{s.show(team if s.team else here)}" for s in SETTINGS]
    bridge = await services.bridging.of(call.channel)
    joined = _("none") if bridge is None else platform_name(bridge.across(call.channel).team.platform)
    rows.append(f"{_('bridge')}{colon}{joined} (/bridge)")
    title = _("Settings saved") if call.args else _("Settings of this channel")
    controls = panels.controls() if call.admin else ()
    await reply.show(Card(title=title, text="\n".join(rows), controls=controls, private=True))


async def form_here(services: Services, press: Press) -> Form | None:
    """What is settled, to be changed with the platform's own pickers."""
    here, team = await services.store.settings(press.channel), await services.store.settings(whole(press.channel.team))
    return panels.form(press.key, here, team)


def from_press(press: Press) -> Mapping[str, Value]:
    """What a form settles."""
    return panels.given(press.key.token, press.values)


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
