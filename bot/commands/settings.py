"""How Muselab behaves in this channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

from bot.domain.errors import NotAllowed, Refusal
from bot.domain.ideas import MAX_IDEAS, MAX_STYLE, within
from bot.domain.models import ChannelSettings
from bot.messages import Call, Card, Param, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("see or change how Muselab behaves in this channel")
YES_NO = (("on", N_("On")), ("off", N_("Off")))
PRIVATE = True  # only the person who asks sees the answer
PARAMS = (
    Param(
        name="count",
        help=N_("ideas per brainstorm, 1 to 10; 0: the host's default"),
        kind="integer",
        least=0,
        most=MAX_IDEAS,
        short="n",
    ),
    Param(name="style", help=N_("the usual style; “-”: none"), short="s"),
    Param(name="language", help=N_("en, zh, or auto: each person's own"), short="l"),
    Param(name="thread", help=N_("a thread for each brainstorm: on or off")),
    Param(name="reactions", help=N_("emoji reactions count as votes: on or off")),
    Param(name="pickers", help=N_("who may pick: everyone, asker or admins")),
    Param(name="tallies", help=N_("show how others voted: on or off")),
    Param(name="training", help=N_("topics, edits and own ideas may train this team's model: on or off")),
    Param(name="quiet", help=N_("no unasked messages between two times in UTC, such as 18:00-08:00; off: never quiet")),
)


async def run(services: Services, call: Call, reply: Reply) -> None:
    settings = await services.store.settings(call.channel)
    if call.args:
        if not call.admin:
            raise NotAllowed(_("Only people who manage this channel may change its settings. Anybody may look: /settings."))
        settings = changed(settings, call.args)
        await services.store.settle(call.channel, settings)
    title = _("Settings saved") if call.args else _("Settings of this channel")
    await reply.show(Card(title=title, text=described(settings), private=True))


def changed(settings: ChannelSettings, args: Any) -> ChannelSettings:
    """The settings with what was given.

    Raises:
        Refusal: a value is not one of those allowed; nothing is changed then.
    """
    given: dict[str, Value] = dict(args)
    new: dict[str, Any] = {}
    if "count" in given:
        count = int(given["count"])
        if not 0 <= count <= MAX_IDEAS:
            raise Refusal(
                _("The count is {count}; between 1 and {most} are possible, 0 for the default.").format(
                    count=count, most=MAX_IDEAS
                )
            )
        new["count"] = count or None
    if "style" in given:
        style = str(given["style"])
        new["style"] = None if style == "-" else within(style, MAX_STYLE, what=_("The style"), error=Refusal)
    if "language" in given:
        language = one_of("language", given, ("en", "zh", "auto"))
        new["language"] = None if language == "auto" else language
    for name, field, on in (
        ("thread", "thread", True),
        ("reactions", "reactions", True),
        ("training", "training", True),
        ("tallies", "hide_tally", False),
    ):
        if name in given:
            new[field] = (one_of(name, given, ("on", "off")) == "on") is on
    if "pickers" in given:
        new["pickers"] = one_of("pickers", given, ("everyone", "asker", "admins"))
    if "quiet" in given:
        new["quiet_from"], new["quiet_until"] = quiet(str(given["quiet"]))
    return replace(settings, **new)


def one_of(name: str, given: dict[str, Value], allowed: tuple[str, ...]) -> str:
    """The value of a setting, when it is an allowed one."""
    value = str(given[name]).lower()
    if value not in allowed:
        raise Refusal(
            _("“{value}” is not possible for {name}. Say {allowed}.").format(
                value=value[:30], name=name, allowed=", ".join(allowed)
            )
        )
    return value


def quiet(text: str) -> tuple[time | None, time | None]:
    """The quiet hours written as `18:00-08:00`; none for `off`."""
    if text.lower() == "off":
        return None, None
    begin, _dash, end = text.replace("–", "-").partition("-")
    try:
        return time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())
    except ValueError as error:
        raise Refusal(_("“{value}” is not a span of time. Write it like 18:00-08:00, or off.").format(value=text[:30])) from error


def described(settings: ChannelSettings) -> str:
    """Every setting, one a line."""

    def switch(on: bool) -> str:
        return _("on") if on else _("off")

    default = _("the host's default")
    hours = (
        f"{settings.quiet_from:%H:%M}–{settings.quiet_until:%H:%M} UTC"
        if settings.quiet_from and settings.quiet_until
        else _("off")
    )
    rows = (
        ("count", str(settings.count) if settings.count else default),
        ("style", settings.style or default),
        ("language", settings.language or _("each person's own")),
        ("thread", switch(settings.thread)),
        ("reactions", switch(settings.reactions)),
        ("pickers", {"everyone": _("everyone"), "asker": _("the person who asked"), "admins": _("admins")}[settings.pickers]),
        ("tallies", switch(not settings.hide_tally)),
        ("training", switch(settings.training)),
        ("quiet", hours),
    )
    return "\n".join(f"{name}: {value}" for name, value in rows)
