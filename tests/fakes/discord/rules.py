"""Discord's rules that its specification does not state: counts, totals, uniqueness, what mentions whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

V2 = 1 << 15
EPHEMERAL = 1 << 6

MAX_COMPONENTS = 40  # docs: components reference
MAX_TEXT = 4000  # characters of all text displays together
MAX_CONTENT = 2000
MAX_EMBEDS = 6000  # characters of all embeds together
ROWS = 5  # of the first generation of components
IN_ROW = 5

ROW, BUTTON, SELECT, TEXT_INPUT, SECTION, TEXT, GALLERY, FILE, CONTAINER, LABEL, UPLOAD = 1, 2, 3, 4, 9, 10, 12, 13, 17, 18, 19
SELECTS = range(5, 9)
RADIO, BOXES = 21, 22


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, nested ones included, in order."""
    for one in components:
        yield one
        yield from walk(one.get("components") or [])
        for inside in ("accessory", "component"):
            if one.get(inside):
                yield from walk([one[inside]])


def message(body: dict[str, Any], *, was_v2: bool = False, files: int = 0, new: bool = True) -> list[str]:
    """What is wrong with a message that would be sent or an edit of one."""
    v2 = was_v2 or bool((body.get("flags") or 0) & V2)
    components = body.get("components") or []
    wrong = list(_buttons(components))
    if v2:
        wrong += [f"{key} in a components-v2 message" for key in ("content", "embeds", "poll", "sticker_ids") if body.get(key)]
        everything = list(walk(components))
        if len(everything) > MAX_COMPONENTS:
            wrong.append(f"{len(everything)} components")
        texts = [one["content"] for one in everything if one["type"] == TEXT]
        if sum(map(len, texts)) > MAX_TEXT:
            wrong.append(f"{sum(map(len, texts))} characters of text")
        if any(not text.strip() for text in texts):
            wrong.append("an empty text display")
        if new and not components:
            wrong.append("an empty message")
    else:
        if any(one["type"] != ROW for one in components):
            wrong.append("components of the second generation without their flag")
        if len(components) > ROWS:
            wrong.append(f"{len(components)} rows")
        if len(body.get("content") or "") > MAX_CONTENT:
            wrong.append("content over 2000 characters")
        if sum(map(_embed_length, body.get("embeds") or [])) > MAX_EMBEDS:
            wrong.append("embeds over 6000 characters")
        if new and not (body.get("content") or body.get("embeds") or components or files or body.get("poll")):
            wrong.append("an empty message")
    return wrong


def _buttons(components: list[dict[str, Any]]) -> Iterator[str]:
    seen: set[str] = set()
    for one in walk(components):
        if one["type"] == ROW:
            inside = one.get("components") or []
            if not inside:
                yield "an empty row"
            if len(inside) > IN_ROW or (len(inside) > 1 and any(i["type"] != BUTTON for i in inside)):
                yield "a row holds five buttons or one select"
        if one["type"] == BUTTON and not (one.get("label") or one.get("emoji") or one.get("sku_id")):
            yield "a button with neither label nor emoji"
        if one["type"] == SELECT:
            values = [option["value"] for option in one.get("options", ())]
            if len(values) != len(set(values)):
                yield "a select with the same value twice"
        if "custom_id" in one:
            if one["custom_id"] in seen:
                yield f"custom_id {one['custom_id']} twice"
            seen.add(one["custom_id"])


def modal(data: dict[str, Any]) -> list[str]:
    """What is wrong with a modal."""
    wrong = list(_buttons(data["components"]))
    if not 1 <= len(data["components"]) <= 5:
        wrong.append(f"a modal with {len(data['components'])} components")
    if not 1 <= len(data["title"]) <= 45:
        wrong.append("a modal's title has 1 to 45 characters")
    for one in walk(data["components"]):
        if one["type"] == LABEL and len(one["label"]) > 45:
            wrong.append("a label over 45 characters")
        if one["type"] == LABEL and one.get("description") is not None and not 1 <= len(one["description"]) <= 100:
            wrong.append("a description has 1 to 100 characters")
        if one["type"] in (SELECT, UPLOAD, BOXES, *SELECTS) and one.get("required", True) != bool(one.get("min_values", 1)):
            wrong.append("what is required takes at least one value, and what is not may take none")
        if one["type"] == TEXT_INPUT and len(one.get("value") or "") > (one.get("max_length") or 4000):
            wrong.append("a text input whose value is longer than it allows")
    return wrong


def commands(bodies: list[dict[str, Any]]) -> list[str]:
    """What is wrong with an upload of commands."""
    wrong = []
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        of_kind = [one for one in bodies if (one.get("type") or 1) == kind]
        names = [one["name"] for one in of_kind]
        if len(of_kind) > most:
            wrong.append(f"{len(of_kind)} commands of type {kind}")
        if len(names) != len(set(names)):
            wrong.append("two commands of one name")
    for one in bodies:
        if (one.get("type") or 1) == 1 and not NAME.fullmatch(one["name"]):
            wrong.append(f"the name {one['name']}")
        for name in (one.get("name_localizations") or {}).values():
            if (one.get("type") or 1) == 1 and not NAME.fullmatch(name):
                wrong.append(f"the localised name {name}")
        options = one.get("options") or []
        needed = [bool(option.get("required")) for option in options]
        if needed != sorted(needed, reverse=True):
            wrong.append(f"{one['name']}: required options come first")
        if _command_length(one) > 8000:
            wrong.append(f"{one['name']}: over 8000 characters")
    return wrong


NAME = re.compile(r"[-_'\w]{1,32}", re.UNICODE)


def _command_length(one: dict[str, Any]) -> int:
    longest = max((len(text) for text in (one.get("description_localizations") or {}).values()), default=0)
    total = len(one["name"]) + max(len(one.get("description") or ""), longest)
    for option in one.get("options") or []:
        total += _command_length(option)
        total += sum(len(choice["name"]) + len(str(choice["value"])) for choice in option.get("choices") or ())
    return total


def _embed_length(embed: dict[str, Any]) -> int:
    parts = [
        embed.get("title"),
        embed.get("description"),
        (embed.get("footer") or {}).get("text"),
        (embed.get("author") or {}).get("name"),
    ]
    for field in embed.get("fields") or ():
        parts += [field["name"], field["value"]]
    return sum(len(part or "") for part in parts)


def pings(texts: list[str], allowed: dict[str, Any] | None) -> list[str]:
    """Whom these texts would really notify, given the allowed mentions: ids, "everyone", roles."""
    parse = {"everyone", "users", "roles"} if allowed is None else set(allowed.get("parse") or ())
    allowed = allowed or {}
    found = []
    for text in texts:
        if "everyone" in parse and re.search(r"@(everyone|here)", text):
            found.append("everyone")
        for kind, regex in (("users", r"<@!?(\d+)>"), ("roles", r"<@&(\d+)>")):
            found += [id for id in re.findall(regex, text) if kind in parse or id in (allowed.get(kind) or ())]
    return found


def texts(body: dict[str, Any]) -> list[str]:
    """Every text of a message that is read as markup."""
    return [body.get("content") or "", *(one["content"] for one in walk(body.get("components") or []) if one["type"] == TEXT)]
