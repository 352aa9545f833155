"""The app manifest that makes Slack know us: paste it at https://api.slack.com/apps, "Create New App", "From a manifest"."""

from __future__ import annotations

from typing import Any

from adapters.slack.lines import FREE, SLASH
from adapters.slack.link import EVENTS
from adapters.slack.shortcuts import WORDS
from adapters.slack.steps import BRAINSTORM, step
from bot import commands, plugins
from bot.config import Settings
from bot.services import doors
from bot.words import _

#: What the bot may do in a workspace, and what for; nothing else.
SCOPES = {
    "app_mentions:read": "hear @muselab",
    "assistant:write": "suggest prompts in the conversation with a person",
    "canvases:write": "make a canvas of the board where somebody asks for one",
    "channels:history": "find an answer of our own again whose posting was cut off; nothing else is looked at",
    "chat:write": "answer",
    "commands": "slash commands and the message shortcut",
    "files:read": "read a picture or notes sent to @muselab, and take files in forms",
    "files:write": "send exports, pictures and sounds",
    "groups:history": "the same in private channels",
    "im:history": "hear direct messages",
    "im:write": "send a person's own data to that person alone",
    "mpim:history": "the same in conversations of several people",
    "reactions:read": "count reactions",
    "users:read": "know a person's language and whether they are an admin",
}
#: Of those, what a workspace may refuse: what each is for is then switched off, and everything else works. Without the histories
#: an answer that was cut off is posted once more, and may stand there twice.
OPTIONAL = ("canvases:write", "channels:history", "files:read", "files:write", "groups:history", "mpim:history", "users:read")
EVENT_NAMES = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "tokens_revoked",
)
INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"


def manifest(settings: Settings, *, url: str = "") -> dict[str, Any]:
    """The manifest for these settings.

    Args:
        settings: Socket Mode when no port is set, else signed HTTP.
        url: where Slack reaches the HTTP endpoint from outside ("https://muse.example.org"); for signed HTTP only.
    """
    sockets = not settings.slack.port
    public = (url or settings.slack.public_url).rstrip("/") or "https://muselab.example.org"
    request = {} if sockets else {"request_url": public + EVENTS}
    oauth: dict[str, Any] = {"scopes": {"bot": sorted(SCOPES), "bot_optional": list(OPTIONAL)}}
    if settings.slack.client_id:
        oauth["redirect_urls"] = [public + REDIRECT]
    made = {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Muselab",
            "description": _("A brainstorming partner that learns your team's taste"),
            "background_color": "#3f2a56",
        },
        "features": _features(request),
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(EVENT_NAMES)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": sockets,
            "token_rotation_enabled": False,
        },
    }
    return _with_step(made) if settings.slack.workflows else made


def _with_step(made: dict[str, Any]) -> dict[str, Any]:
    """The manifest with our step of workflows, which Slack offers of apps alone that a whole organisation may install."""
    events = made["settings"]["event_subscriptions"]
    steps = {"org_deploy_enabled": True, "function_runtime": "remote"}
    heard = {**events, "bot_events": sorted([*events["bot_events"], "function_executed"])}
    return {**made, "functions": {BRAINSTORM: step()}, "settings": {**made["settings"], **steps, "event_subscriptions": heard}}


def _features(request: dict[str, str]) -> dict[str, Any]:
    """What people see of the app: its home, its bot, its shortcut, its commands."""
    return {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "muselab", "always_online": True},
        "agent_view": {"agent_description": _("Brainstorms with you: type a topic, get different ideas, vote, pick, remix.")},
        "shortcuts": [entry for name in plugins.names(commands) for entry in _shortcuts(name)],
        "slash_commands": [_slash(name, request) for name in SLASH],
    }


def _shortcuts(name: str) -> list[dict[str, Any]]:
    """A command's entries in the menu of messages: of those that show ideas, and of anybody's."""
    command = doors.command(plugins.load(commands, name))
    entries = {name: doors.on_ideas(command), WORDS + name: doors.on_words(command)}
    about = _(command.HELP)
    return [
        {"name": _(label), "type": "message", "callback_id": callback, "description": about}
        for callback, label in entries.items()
        if label
    ]


def _slash(name: str, request: dict[str, str]) -> dict[str, Any]:
    hints = {
        "brainstorm": _("names for a tea bar -n 5 --style “dry humour”"),
        "board": "2",
        "muse": _("help, or anything: vote 3 up, remix 1 4, idea The Tea Room"),
    }
    about = _("everything Muselab can do") if name == FREE else _(plugins.load(commands, name).HELP)
    url = {"url": request["request_url"]} if request else {}
    return {"command": f"/{name}", "description": about, "usage_hint": hints[name], "should_escape": True, **url}
