"""Settings as forms, with the platform's own pickers: who may take part, how this channel is, where news go."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.models import ChannelSettings
from bot.messages import Control, Field, Form, Key
from bot.words import _

PEOPLE, CHANNEL, NEWS = "people", "channel", "news"  # tokens of the forms
NOBODY = "-"  # what a list or a place that is left empty is settled as
SWITCHES = ("thread", "reactions", "tallies", "training", "reminders")  # what is on or off in a channel
LISTS = ("admins", "blocked", "askers", "voters", "picking")


def controls() -> tuple[Control, ...]:
    """What opens the forms."""
    labels = {PEOPLE: ("👥", _("Who may take part")), CHANNEL: ("⚙️", _("This channel")), NEWS: ("📣", _("News"))}
    return tuple(
        Control(key=Key(verb="settings", token=token), label=label, emoji=emoji, asks=True)
        for token, (emoji, label) in labels.items()
    )


def form(key: Key, here: ChannelSettings, team: ChannelSettings) -> Form | None:
    """A form that shows what is settled; None for a token that is none of ours."""
    if key.token == PEOPLE:
        return Form(key=key, title=_("Who may take part"), fields=people(team))
    if key.token == CHANNEL:
        return Form(key=key, title=_("This channel"), fields=channel(here))
    if key.token == NEWS:
        where = Field(
            name="admin_channel",
            label=_("Where admins hear of the model"),
            picks="channel",
            value=team.admin_channel or "",
            required=False,
        )
        return Form(key=key, title=_("News"), fields=(where,))
    return None


def people(team: ChannelSettings) -> tuple[Field, ...]:
    """Lists of people and roles."""
    rows = {
        "admins": (_("Who may change settings, too"), "anybody"),
        "blocked": (_("Who may not take part"), "people"),
        "askers": (_("Roles that may ask for ideas"), "roles"),
        "voters": (_("Roles that may vote"), "roles"),
        "picking": (_("Roles that may pick"), "roles"),
    }
    return tuple(
        Field(name=name, label=label, picks=picks, value=" ".join(getattr(team, name)), most=2000, required=False)  # type: ignore[arg-type]
        for name, (label, picks) in rows.items()
    )


def channel(here: ChannelSettings) -> tuple[Field, ...]:
    """What is on, who may pick, and the language."""
    on = {"thread": here.thread, "reactions": here.reactions, "tallies": not here.hide_tally}
    on |= {"training": here.training, "reminders": here.reminders}
    labels = {
        "thread": _("a thread for each brainstorm"),
        "reactions": _("emoji reactions count as votes"),
        "tallies": _("show how others voted"),
        "training": _("topics, edits and own ideas may train"),
        "reminders": _("reminders in rounds, in private"),
    }
    pickers = (("everyone", _("everyone")), ("asker", _("the person who asked")), ("admins", _("admins")))
    languages = (("auto", _("each person's own")), ("en", "English"), ("zh", "中文"))
    return (
        Field(
            name="on",
            label=_("What is on"),
            kind="choice",
            many=True,
            value=" ".join(name for name in SWITCHES if on[name]),
            choices=tuple((name, labels[name]) for name in SWITCHES),
            required=False,
        ),
        Field(name="pickers", label=_("Who may pick"), kind="choice", value=here.pickers, choices=pickers),
        Field(name="language", label=_("Language"), kind="choice", value=here.language or "auto", choices=languages),
    )


def given(token: str, values: Mapping[str, str]) -> Mapping[str, str]:
    """What a submitted form settles, as the command's arguments."""
    if token == PEOPLE:
        return {name: values.get(name) or NOBODY for name in LISTS}
    if token == NEWS:
        return {"admin_channel": values.get("admin_channel") or NOBODY}
    on = values.get("on", "").split()
    chosen = {name: values[name] for name in ("pickers", "language") if values.get(name)}
    return {name: "on" if name in on else "off" for name in SWITCHES} | chosen
