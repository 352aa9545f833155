"""Settings by Slack's own means: a form with its pickers of people, channels and choices; and what cannot work in Slack."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from adapters.slack.blocks import MAX_BUTTON, Block, context, plain_text
from adapters.slack.views import FORM, MAX_LABEL, MAX_MODAL_TITLE
from adapters.slack.web import Web
from bot import commands, plugins
from bot.domain.errors import Refusal
from bot.messages import Call, Control, Key, Param, Value
from bot.services import doors
from bot.words import _

VERB = "settings"
PEOPLE = frozenset({"admins", "blocked"})
ROLES = ("askers", "voters", "picking")  # Slack has none
PLACES = frozenset({"admin_channel"})
GROUP = re.compile(r"subteam|\bS[A-Z0-9]{7,}\b")  # a user group, by its mention or its id


def change() -> Control:
    """The button that opens the form."""
    return Control(key=Key(verb=VERB), label=_("Change"), emoji="⚙️", asks=True)


def settings_view(state: Mapping[str, str]) -> Block:
    """The form: nothing is chosen in it, and what is left empty stays as it is."""
    note = context(_("What you leave empty stays as it is. A line such as “/muse settings --admins -” ends what was set."))
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain_text(_("Settings of this channel"), MAX_MODAL_TITLE),
        "submit": plain_text(_("Save"), MAX_MODAL_TITLE),
        "close": plain_text(_("Cancel"), MAX_MODAL_TITLE),
        "private_metadata": json.dumps({**state, "key": str(Key(verb=VERB))}),
        "blocks": [note, *(_input(param) for param in plugins.load(commands, VERB).PARAMS if param.name not in ROLES)],
    }


def _input(param: Param) -> Block:
    return {
        "type": "input",
        "block_id": param.name,
        "label": plain_text(param.name.replace("_", "-"), MAX_LABEL),
        "hint": plain_text(_(param.help), MAX_LABEL),
        "optional": True,
        "element": {"action_id": param.name, **_element(param)},
    }


def _element(param: Param) -> dict[str, Any]:
    if param.choices:
        options = [{"text": plain_text(_(shown), MAX_BUTTON), "value": word} for word, shown in param.choices]
        return {"type": "static_select", "options": options}
    if param.name in PEOPLE:
        return {"type": "multi_users_select"}
    if param.name in PLACES:
        return {"type": "conversations_select", "filter": {"include": ["public", "private"], "exclude_bot_users": True}}
    if param.kind == "integer":
        return {
            "type": "number_input",
            "is_decimal_allowed": False,
            "min_value": str(param.least or 0),
            **({"max_value": str(param.most)} if param.most is not None else {}),
        }
    return {"type": "plain_text_input", "max_length": 200}


def given(values: Mapping[str, str]) -> dict[str, Value]:
    """What was filled in, as the command's arguments."""
    kinds = {param.name: param.kind for param in plugins.load(commands, VERB).PARAMS}
    return {name: int(value) if kinds[name] == "integer" else value for name, value in values.items() if name in kinds and value}


async def check(web: Web, call: Call) -> None:
    """Whether Slack lets work what a command is to do.

    Raises:
        Refusal: it does not, and why.
        Failed: Slack could not be asked.
    """
    if hands_out(call.command):
        await may_hand_out(web)
    if call.command != VERB or not call.args:
        return
    if any(str(call.args.get(name, "-")).strip() != "-" for name in ROLES):
        raise Refusal(
            _(
                "Slack has no roles, so this would let nobody through. `--blocked` keeps people out, `--pickers` says who picks, "
                "and `--outsiders off` keeps other companies from asking."
            )
        )
    if any(GROUP.search(str(call.args.get(name, ""))) for name in PEOPLE):
        raise Refusal(_("Slack does not tell Muselab who is in a user group. Name people instead."))
    if str(call.args.get("reactions", "")).strip().lower() == "on" and "reactions:read" not in await web.granted():
        raise Refusal(
            _(
                "Emoji cannot count here: this workspace has not granted “reactions:read”. Install the app again with it, then "
                "switch them on."
            )
        )


@cache
def hands_out(name: str) -> bool:
    """Whether a command's answer is a file."""
    return name in plugins.names(commands) and doors.hands_out(doors.command(plugins.load(commands, name)))


async def may_hand_out(web: Web) -> None:
    """Whether files can be sent.

    Raises:
        Refusal: the workspace does not let us.
        Failed: Slack could not be asked.
    """
    granted = await web.granted()
    if granted and "files:write" not in granted:
        raise Refusal(
            _(
                "Muselab may not send files in this workspace, and this makes one: “files:write” is not granted. Install the app "
                "again with it, then ask again."
            )
        )
