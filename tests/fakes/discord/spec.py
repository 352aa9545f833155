"""Judges requests, responses and events by Discord's own OpenAPI document and gateway schema.

The documents allow unknown keys everywhere; here an unknown key is an error, because `{"contnet": "x"}` must not pass.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator, validators

from tests.data import document

#: What discord.py 2.7 is known to send beside the specification, each harmless to the real Discord.
FORGIVEN = {
    "nsfw": "in an upload of commands",
    "tts": "on edits of messages",
    "flags": "in embeds",
    "attachment id": "as a number",
    "message_reference": "ids as numbers",
    "recipient_id": "of a direct conversation, as a number",
    "with_response": "1 for true",
}

#: Of 2026-08-05, and not yet in the OpenAPI document: as npm's discord-api-types 0.38.57 has it (`FileUploadType`).
FILE_TYPES = {"type": "array", "maxItems": 10, "items": {"type": "string", "pattern": r"^(audio|image|video|\..+)$"}}
#: Dispatches the gateway schema leaves out: the keys the documentation requires, and those it allows.
LEFT_OUT: dict[str, tuple[set[str], set[str]]] = {
    "RESUMED": (set(), {"_trace"}),
    "MESSAGE_DELETE": ({"id", "channel_id"}, {"guild_id"}),
    "CHANNEL_DELETE": ({"id", "type", "guild_id", "name"}, {"position", "permission_overwrites", "nsfw", "parent_id", "flags"}),
    "GUILD_DELETE": ({"id"}, {"unavailable"}),
    "MESSAGE_REACTION_REMOVE": ({"user_id", "channel_id", "message_id", "emoji", "burst", "type"}, {"guild_id"}),
}


#: What differs from one message to the next and matters to no schema: ids of Discord's, ids of ours, times.
PASSING = re.compile(r"\b\d{15,20}\b|\b[0-9a-f]{24}\b|\b\d{4}-\d\d-\d\dT[\d:.]+")


class Judge:
    """One specification."""

    def __init__(self, document: dict[str, Any], validator: Any) -> None:
        self.document = document
        quick = {name: self._narrowed(validator.VALIDATORS[name]) for name in ("oneOf", "anyOf")}
        quick["$ref"] = validator.VALIDATORS["$ref"]
        self.root = validators.extend(validator, {name: self._remembered(keyword) for name, keyword in quick.items()})(document)
        #: What was found right before, by a part of the document: the same command list comes with every test, the same button
        #: with every message.
        self._right: set[tuple[int | str, str]] = set()
        self._fits: dict[tuple[int, str], bool] = {}
        self._known: set[tuple[tuple[int, ...], str]] = set()  #: values of which every key is known

    def errors(self, value: Any, schema: Any) -> list[str]:
        """What is wrong with a value, unknown keys included. `schema` is a part of the document."""
        known = (id(schema), alike(value))
        if schema and known in self._right:
            return []
        wrong = self._errors(value, schema)
        if not wrong:
            self._right.add(known)
        return wrong

    def _errors(self, value: Any, schema: Any) -> list[str]:
        found = [f"{'/'.join(map(str, e.absolute_path))}: {short(e)}" for e in self.root.evolve(schema=schema).iter_errors(value)]
        return found or list(self.excess(value, (schema,), ""))

    def excess(self, value: Any, schemas: tuple[Any, ...], path: str) -> Iterator[str]:
        """Paths of the keys that no schema which fits the value knows, of those that all apply to it."""
        if not isinstance(value, dict | list):
            return
        known = (tuple(map(id, schemas)), alike(value))
        if known not in self._known:
            found = list(self._excess(value, schemas, path))
            if not found:
                self._known.add(known)
            yield from found

    def _excess(self, value: Any, schemas: tuple[Any, ...], path: str) -> Iterator[str]:
        fitting = [one for schema in schemas for one in self.fitting(value, schema)]
        if isinstance(value, dict):
            named = [one["properties"] for one in fitting if "properties" in one]
            free = [one["additionalProperties"] for one in fitting if one.get("additionalProperties")]
            for key, inner in value.items():
                known = [properties[key] for properties in named if key in properties] or free
                if known:
                    yield from self.excess(inner, tuple(known), f"{path}/{key}")
                elif named:
                    yield f"{path}/{key}: unknown key"
        elif isinstance(value, list):
            items = [one["items"] for one in fitting if isinstance(one.get("items"), dict)]
            for index, inner in enumerate(value):
                for item in items:
                    yield from self.excess(inner, (item,), f"{path}/{index}")

    def fitting(self, value: Any, schema: Any) -> Iterator[dict[str, Any]]:
        """The plain schemas that apply to a value: references followed, fitting branches chosen."""
        if not isinstance(schema, dict):
            return
        if "$ref" in schema:
            yield from self.fitting(value, self.at(schema["$ref"]))
        yield schema
        for part in schema.get("allOf", ()):
            yield from self.fitting(value, part)
        for branch in self._allowed([*schema.get("oneOf", ()), *schema.get("anyOf", ())], value):
            if self._is_valid(value, branch):
                yield from self.fitting(value, branch)

    def _is_valid(self, value: Any, branch: Any) -> bool:
        known = (id(branch), alike(value))
        if known not in self._fits:
            self._fits[known] = self.root.evolve(schema=branch).is_valid(value)
        return self._fits[known]

    def _narrowed(self, keyword: Any) -> Any:
        """A union's keyword that tries only the branches that the value's `type` allows: the same answer, sooner."""

        def check(validator: Any, branches: list[Any], value: Any, schema: Any) -> Iterator[Any]:
            return keyword(validator, self._allowed(branches, value), value, schema)

        return check

    def _remembered(self, keyword: Any) -> Any:
        """A keyword that looks at no value twice that it found right."""

        def check(validator: Any, argument: Any, value: Any, schema: Any) -> Iterator[Any]:
            if not isinstance(value, dict | list):
                yield from keyword(validator, argument, value, schema)
                return
            known = (argument if isinstance(argument, str) else id(argument), alike(value))
            if known not in self._right:
                wrong = list(keyword(validator, argument, value, schema))
                if not wrong:
                    self._right.add(known)
                yield from wrong

        return check

    def _allowed(self, branches: list[Any], value: Any) -> list[Any]:
        if not isinstance(value, dict) or "type" not in value:
            return branches
        return [branch for branch in branches if self._may_be(branch, value["type"])] or branches

    def _may_be(self, schema: Any, kind: Any) -> bool:
        while "$ref" in schema:
            schema = self.at(schema["$ref"])
        if not all(self._may_be(part, kind) for part in schema.get("allOf", ())):
            return False
        stated = schema.get("properties", {}).get("type", {})
        while "$ref" in stated:
            stated = self.at(stated["$ref"])
        return kind in stated["enum"] if "enum" in stated else kind == stated.get("const", kind)

    def at(self, reference: str) -> Any:
        """The schema a reference names."""
        found: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return found


def alike(value: Any) -> str:
    """The value as text, without what differs from one message to the next and matters to no schema."""
    return PASSING.sub(lambda found: "1" * len(found[0]), json.dumps(value, sort_keys=True))


def short(error: Any) -> str:
    """An error in one line; of alternatives, the complaint of the one that came nearest, however deep."""
    said = str(error.validator)
    while error.context:
        error = max(error.context, key=lambda e: len(e.absolute_path))
    return f"{said}: {'/'.join(map(str, error.absolute_path))}: {str(error.message)[:300]}"


class Specification:
    """Both documents."""

    def __init__(self, openapi: dict[str, Any], gateway: dict[str, Any]) -> None:
        self.rest = Judge(openapi, Draft202012Validator)
        self.gateway = Judge(gateway, Draft7Validator)
        self.paths = [(pattern(path), path) for path in sorted(openapi["paths"], key=lambda p: (p.count("{"), p))]

    def operation(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        """The template and the operation that a request is an instance of."""
        for compiled, template in self.paths:
            if compiled.fullmatch(path):
                found = self.rest.document["paths"][template]
                if method.lower() in found:
                    operation = dict(found[method.lower()])
                    operation["parameters"] = [*found.get("parameters", ()), *operation.get("parameters", ())]
                    return template, operation
        return None

    def request(self, method: str, path: str, query: dict[str, str], body: Any, media: str) -> list[str]:
        """What is wrong with a request."""
        found = self.operation(method, path)
        if found is None:
            return [f"{method} {path}: there is no such endpoint"]
        _template, operation = found
        wrong = list(self._query(operation, query))
        content = operation.get("requestBody", {}).get("content", {})
        if body is not None and not content:
            wrong.append("a body where none is taken")
        elif body is None and operation.get("requestBody", {}).get("required"):
            wrong.append("the body is missing")
        elif body is not None:
            schema = content.get(media, content.get("application/json", {})).get("schema", {})
            wrong += self.rest.errors(forgiven(method, path, body), schema)
        return [f"{method} {path}: {text}" for text in wrong]

    def response(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with a response of ours."""
        found = self.operation(method, path)
        if found is None:
            return []
        responses = found[1]["responses"]
        if status >= 500:
            return []
        answer = responses.get(str(status)) or responses.get(f"{status // 100}XX")
        if answer is None:
            return [f"{method} {path}: {status} is not an answer of this endpoint"]
        if "$ref" in answer:
            answer = self.rest.at(answer["$ref"])
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return [] if body is None else [f"{method} {path}: {status} has no body"]
        return [f"response to {method} {path}: {text}" for text in self.rest.errors(body, schema)]

    def event(self, name: str, value: Any) -> list[str]:
        """What is wrong with a dispatched event of ours, or with IDENTIFY and RESUME."""
        if name in LEFT_OUT:
            required, allowed = LEFT_OUT[name]
            return [f"{name}: {key} is missing" for key in required - set(value)] + [
                f"{name}: {key} is unknown" for key in set(value) - required - allowed
            ]
        if name == "INTERACTION_CREATE":
            return self._interaction(value)
        properties = self.gateway.document["definitions"]["DiscordProtocol"]["properties"]
        if name not in properties:
            return [f"{name}: an event nobody described"]
        return [f"{name}: {text}" for text in self.gateway.errors(value, properties[name])]

    def _interaction(self, value: dict[str, Any]) -> list[str]:
        kinds = {2: "SLASH", 3: "COMPONENT", 4: "SLASH", 5: "MODAL"}
        name = kinds[value["type"]]
        if value["type"] == 4 or (value["type"] == 2 and value["data"]["type"] != 1):
            # Autocompletion and context menus are not in the schema: their envelope is a slash command's.
            value = {**value, "type": 2, "data": {"id": "1", "name": "x", "type": 1}}
        schema = self.gateway.document["definitions"]["DiscordProtocol"]["properties"][name]
        return [f"INTERACTION_CREATE: {text}" for text in self.gateway.errors(value, schema)]

    def _query(self, operation: dict[str, Any], query: dict[str, str]) -> Iterator[str]:
        known = {p["name"]: p for p in operation["parameters"] if p["in"] == "query"}
        for name, text in query.items():
            if name not in known:
                yield f"?{name}: unknown"
                continue
            value: Any = text
            if known[name]["schema"].get("type") == "integer":
                value = int(text)
            elif known[name]["schema"].get("type") == "boolean":
                value = {"true": True, "false": False, "1": True, "0": False}.get(text.lower(), text)
            yield from (f"?{name}: {wrong}" for wrong in self.rest.errors(value, known[name]["schema"]))


def pattern(path: str) -> re.Pattern[str]:
    """Matches the paths that a template stands for."""
    parts = re.split(r"(\{[^}]+\})", path)
    return re.compile("".join(r"[^/]+" if part.startswith("{") else re.escape(part) for part in parts))


def forgiven(method: str, path: str, body: Any) -> Any:
    """The body without what `FORGIVEN` names."""
    if isinstance(body, list):
        return [{k: v for k, v in item.items() if k != "nsfw"} for item in body]
    if not isinstance(body, dict):
        return body
    kept = {key: value for key, value in body.items() if not (key == "tts" and method == "PATCH")}
    if "data" in kept and isinstance(kept["data"], dict):
        kept["data"] = forgiven(method, path, kept["data"])
    if kept.get("embeds"):
        kept["embeds"] = [{k: v for k, v in embed.items() if k != "flags"} for embed in kept["embeds"]]
    if kept.get("attachments"):
        kept["attachments"] = [{**one, "id": str(one["id"])} for one in kept["attachments"]]
    if "recipient_id" in kept:
        kept["recipient_id"] = str(kept["recipient_id"])
    if kept.get("message_reference"):
        kept["message_reference"] = {
            k: str(v) if k.endswith("_id") and isinstance(v, int) else v for k, v in kept["message_reference"].items()
        }
    return kept


@cache
def specification() -> Specification:
    """Both documents, read once."""
    openapi = document("discord-openapi.json")
    option, upload = "ApplicationCommandAttachmentOption", "FileUploadComponentForModalRequest"
    for name in (option, f"{option}Response", upload):
        openapi["components"]["schemas"][name]["properties"]["file_types"] = FILE_TYPES
    gateway = document("discord-gateway.schema.json")
    for name, definition in gateway["definitions"].items():
        if name.endswith("Flags"):  # the generator took an enumeration of bits for one of values: no flag at all is lawful
            definition.clear()
            definition["type"] = "integer"
        if "nfurled" in name and "url" in definition.get("properties", {}):  # the REST document asks for it, the other forgot it
            definition["properties"]["id"] = {"type": "string"}
    return Specification(openapi, gateway)
