"""What the service understands, as an OpenAPI 3.1 document made from its own wire models. It answers nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from pydantic import BaseModel

from bot.domain.modalities import MODALITIES
from generators.service.wire import chats, requests, responses
from generators.service.wire import media as media_wire

Json = dict[str, object]
PLACE = "#/components/schemas/{model}"
JSON, EVENTS, PLAIN, FORM = "application/json", "text/event-stream", "text/plain", "multipart/form-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One path and method."""

    says: str
    takes: type[BaseModel] | None = None
    form: str = ""  #: the field of the file that comes beside the others; empty: the body is JSON
    gives: tuple[str, ...] = (JSON,)  #: media types of a success
    also: tuple[int, ...] = ()  #: other statuses than 200 that have a body of the same kind
    within: tuple[str, ...] = ()  #: what the path's last part may be; empty: anything


OPERATIONS: dict[tuple[str, str], Operation] = {
    ("get", "/health"): Operation(says="Whether work can be done, and how far the loading is.", also=(503,)),
    ("get", "/ready"): Operation(says="Whether new requests are welcome.", also=(503,)),
    ("get", "/metrics"): Operation(says="Counters and gauges, as Prometheus reads them.", gives=(PLAIN,)),
    ("get", "/openapi.json"): Operation(says="This document."),
    ("get", "/v1/models"): Operation(says="The models and the adapters in service."),
    ("get", "/v1/models/{model}"): Operation(says="One of them."),
    ("post", "/v1/completions"): Operation(says="Continues prompts.", takes=requests.CompletionRequest, gives=(JSON, EVENTS)),
    ("post", "/v1/chat/completions"): Operation(says="Answers a conversation.", takes=chats.ChatRequest, gives=(JSON, EVENTS)),
    ("post", "/v1/responses"): Operation(
        says="Answers a conversation, in the shape of OpenAI's newer path.", takes=responses.ResponseRequest, gives=(JSON, EVENTS)
    ),
    ("post", "/v1/embeddings"): Operation(says="Vectors of texts.", takes=requests.EmbeddingRequest),
    ("post", "/v1/load_lora_adapter"): Operation(
        says="Takes an adapter into service.", takes=requests.LoadAdapter, gives=(PLAIN,)
    ),
    ("post", "/v1/unload_lora_adapter"): Operation(
        says="Takes an adapter out of service.", takes=requests.UnloadAdapter, gives=(PLAIN,)
    ),
    ("get", "/v1/media"): Operation(says="What is made here, by what, and what runs now."),
    ("post", "/v1/media/{task}"): Operation(
        says="Any commission.", takes=media_wire.MediaRequest, gives=(JSON, EVENTS), within=tuple(MODALITIES)
    ),
    ("post", "/v1/images/generations"): Operation(says="Pictures of words.", takes=media_wire.Images, gives=(JSON, EVENTS)),
    ("post", "/v1/images/edits"): Operation(
        says="Pictures made of pictures.", takes=media_wire.Edits, form="image", gives=(JSON, EVENTS)
    ),
    ("post", "/v1/images/understand"): Operation(
        says="Words about a picture.", takes=media_wire.Understanding, form="image", gives=(JSON, EVENTS)
    ),
    ("post", "/v1/audio/speech"): Operation(says="Words said aloud.", takes=media_wire.Speech, gives=("audio/*", EVENTS)),
    ("post", "/v1/audio/transcriptions"): Operation(
        says="A recording in words.", takes=media_wire.Transcription, form="file", gives=(JSON, EVENTS, PLAIN)
    ),
    ("post", "/v1/audio/music"): Operation(says="Tunes.", takes=media_wire.Music, gives=(JSON, EVENTS)),
}


@cache
def document(*, media: bool) -> Json:
    """The document.

    Args:
        media: whether the paths of pictures, tunes and speech are served.
    """
    schemas: dict[str, object] = {"Error": _error()}
    paths: dict[str, dict[str, object]] = {}
    for (method, path), operation in OPERATIONS.items():
        if media or not path.startswith(("/v1/media", "/v1/images", "/v1/audio")):
            paths.setdefault(path, {})[method] = _operation(method, path, operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Muselab's generation service", "version": version("muselab")},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    }


def _operation(method: str, path: str, operation: Operation, schemas: dict[str, object]) -> Json:
    document: Json = {"operationId": f"{method}{path.replace('/', '_').replace('{', '').replace('}', '')}"}
    document["summary"] = operation.says
    body = {kind: _given(kind) for kind in operation.gives}
    answers: dict[str, object] = {
        str(status): {"description": "An answer.", "content": body} for status in (200, *operation.also)
    }
    error = {JSON: {"schema": {"$ref": PLACE.format(model="Error")}}}
    document["responses"] = answers | {"default": {"description": "What went wrong, in OpenAI's shape.", "content": error}}
    if "{" in path:
        name = path.partition("{")[2].rstrip("}")
        kind: Json = {"type": "string", "minLength": 1}
        kind |= {"enum": list(operation.within)} if operation.within else {}
        document["parameters"] = [{"name": name, "in": "path", "required": True, "schema": kind}]
    if operation.takes is not None:
        document["requestBody"] = {"required": True, "content": _taken(operation, schemas)}
    return document


def _given(kind: str) -> Json:
    """What is told of an answer's body; a stream's events are not of one shape, so nothing of these."""
    return {} if kind == EVENTS else {"schema": {"type": "object" if kind == JSON else "string"}}


def _taken(operation: Operation, schemas: dict[str, object]) -> Json:
    assert operation.takes is not None
    schema = operation.takes.model_json_schema(ref_template=PLACE)
    schemas.update(schema.pop("$defs", {}))
    if operation.form:
        file = {operation.form: {"type": "string", "format": "binary"}}
        schema["properties"] = schema.get("properties", {}) | file
        schema["required"] = [*schema.get("required", ()), operation.form]
    schemas[operation.takes.__name__] = schema
    return {FORM if operation.form else JSON: {"schema": {"$ref": PLACE.format(model=operation.takes.__name__)}}}


def _error() -> Json:
    text = {"type": ["string", "null"]}
    inner = {"message": {"type": "string"}, "type": {"type": "string"}, "param": text, "code": text}
    error = {"type": "object", "properties": inner, "required": ["message", "type"]}
    return {"type": "object", "properties": {"error": error}, "required": ["error"]}
