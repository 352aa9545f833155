"""Draws forms and the Home tab as Slack's views. Pure: the same form gives the same view, always within Slack's limits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from adapters.slack.blocks import ELLIPSIS, MAX_BUTTON, Block, context, plain_text
from adapters.slack.reading import Shown
from adapters.slack.render import render
from bot.messages import Card, Field, Form
from bot.words import _

MAX_MODAL_TITLE = 24  # characters, also of a modal's buttons; this and the next four are Block Kit's own limits
MAX_LABEL = 2000
MAX_PLACEHOLDER = 150
MAX_INPUT = 3000
MAX_OPTIONS = 100  # of a menu
FORM, CHOICE, CHANNEL = "muselab-form", "muselab-choice", "muselab-channel"  # ids of the modal and its own elements


def form_view(form: Form, state: Mapping[str, str], choices: Sequence[Shown] = ()) -> Block:
    """The modal that asks with a form.

    Args:
        form: what to ask.
        state: what the submission needs to know; comes back as it is.
        choices: ideas of which the form's key names the first; with more than one, the person chooses.
    """
    blocks: list[Block] = []
    if len(choices) > 1:
        options = [
            {"text": {"type": "plain_text", "text": _cut(f"{c.number}. {c.text}", MAX_BUTTON)}, "value": c.idea} for c in choices
        ]
        blocks.append(
            {
                "type": "input",
                "block_id": CHOICE,
                "label": plain_text(_("Which idea?"), MAX_LABEL),
                "element": {
                    "type": "static_select",
                    "action_id": CHOICE,
                    "options": options[:MAX_OPTIONS],
                    "initial_option": options[0],
                },
            }
        )
    blocks += [_input(field) for field in form.fields]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain_text(form.title, MAX_MODAL_TITLE),
        "submit": plain_text(form.submit or _("Send"), MAX_MODAL_TITLE),
        "close": plain_text(_("Cancel"), MAX_MODAL_TITLE),
        "private_metadata": json.dumps(state),
        "blocks": blocks,
    }


def _cut(text: str, limit: int) -> str:
    """A text that Slack gave us, so its entities are written already."""
    return text if len(text) <= limit else text[: limit - 1].rsplit("&", 1)[0].rstrip() + ELLIPSIS


def _input(field: Field) -> Block:
    element = {"text": _written, "choice": _chosen, "file": _handed}[field.kind](field)
    if field.placeholder and field.kind != "file":
        element["placeholder"] = plain_text(field.placeholder, MAX_PLACEHOLDER)
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": plain_text(field.label, MAX_LABEL),
        "optional": not field.required,
        "element": element,
    }
    return block | ({"hint": plain_text(field.hint, MAX_LABEL)} if field.hint else {})


def _written(field: Field) -> Block:
    most = min(field.most, MAX_INPUT)
    element: Block = {
        "type": "plain_text_input",
        "action_id": field.name,
        "multiline": field.multiline,
        "max_length": most,
    }
    return element | ({"initial_value": field.value[:most]} if field.value else {})


def _chosen(field: Field) -> Block:
    options = [{"text": plain_text(label, MAX_BUTTON), "value": value} for value, label in field.choices[:MAX_OPTIONS]]
    first = next((option for option in options if option["value"] == field.value), None)
    element: Block = {"type": "static_select", "action_id": field.name, "options": options}
    return element | ({"initial_option": first} if first is not None else {})


def _handed(field: Field) -> Block:
    """A place for a file. Slack itself takes 10 MB at the most there.

    No `filetypes`: they are a convenience only, one that Slack does not know would cost the whole form, and what comes is looked
    at anyway.
    """
    return {"type": "file_input", "action_id": field.name, "max_files": 1}


def without_files(view: Block) -> Block:
    """A form without its places for files."""
    return {**view, "blocks": [block for block in view["blocks"] if (block.get("element") or {}).get("type") != "file_input"]}


def home_view(channel: str, cards: Sequence[Card], *, note: str = "") -> Block:
    """The Home tab: a choice of channel, and what there is to see of it."""
    blocks: list[Block] = [
        {
            "type": "actions",
            "elements": [
                {
                    "type": "conversations_select",
                    "action_id": CHANNEL,
                    "placeholder": plain_text(_("Choose a channel"), MAX_PLACEHOLDER),
                    "initial_conversation": channel,
                }
            ],
        }
    ]
    if note:
        blocks.append(context(note))
    for card in cards:
        blocks += [{"type": "divider"}, *render(card).blocks]
    return {"type": "home", "private_metadata": json.dumps({"channel": channel}), "blocks": blocks[:100]}
