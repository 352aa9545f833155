"""OpenAI's requests for texts and vectors as pydantic models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from generators.service.events import BadRequest
from generators.service.wire.unmet import NO_PADDING, TEXTS, Unmet, met

MOST_CHOICES = 128  # as OpenAI allows; the embedded model holds that many short continuations in under a gigabyte
MOST_STOPS = 16
MOST_INPUTS = 2048  # texts or prompts in one request, as OpenAI allows
MOST_TOKENS = 8192  # of one text, as OpenAI allows
MOST_TOP = 20  # likeliest tokens told for each token, as OpenAI allows

Text = Annotated[str, StringConstraints(max_length=200_000)]
Said = Annotated[str, StringConstraints(min_length=1, max_length=200_000)]  #: nothing has no vector; OpenAI refuses it too
Tokens = Annotated[list[int], Field(min_length=1, max_length=MOST_TOKENS)]  #: a text as the model reads it
Named = Annotated[str, StringConstraints(max_length=4096)]  #: a model; a folder's path, at the longest
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Stop = Annotated[str, StringConstraints(min_length=1, max_length=100)]


Request = TypeVar("Request", bound=BaseModel)


class StreamOptions(BaseModel):
    """What a stream tells beside the choices."""

    include_usage: bool = False
    whole_choices: bool = False  # not OpenAI's: each choice in one event, at its end

    @model_validator(mode="before")
    @classmethod
    def _can_be_met(cls, data: Any) -> Any:
        """See `unmet`."""
        return met(data, {"include_obfuscation": NO_PADDING})


class Format(BaseModel):
    """OpenAI's way to say what the text has to be."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: dict[str, Any] | None = None


class Structured(BaseModel):
    """vLLM's."""

    json_: dict[str, Any] | Text | None = Field(default=None, alias="json")
    regex: Pattern | None = None


class Prune(BaseModel):
    """Which choices are dropped before their end; see `generators.service.pruning`. Not OpenAI's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    share: float = Field(default=0.0, ge=0.0, le=1.0)
    least: int = Field(default=1, ge=1, le=MOST_CHOICES)
    alike: int = Field(default=0, ge=0, le=100)
    repeating: bool = False


class Sampled(BaseModel):
    """What completions and chats have in common."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    unmet: ClassVar[Mapping[str, Unmet]] = TEXTS

    model: Named = ""
    n: int = Field(default=1, ge=1, le=MOST_CHOICES)
    seed: int | None = None
    stream: bool = False
    stream_options: StreamOptions | None = None
    stop: Stop | Annotated[list[Stop], Field(max_length=MOST_STOPS)] | None = None
    temperature: float = Field(default=1.0, ge=0.0, le=2.0)
    top_p: float = Field(default=1.0, gt=0.0, le=1.0)
    min_p: float = Field(default=0.0, ge=0.0, le=1.0)
    presence_penalty: float = Field(default=0.0, ge=-2.0, le=2.0)
    frequency_penalty: float = Field(default=0.0, ge=-2.0, le=2.0)
    repetition_penalty: float = Field(default=1.0, gt=0.0, le=2.0)
    logit_bias: dict[int, Annotated[float, Field(ge=-100, le=100)]] = Field(default_factory=dict, max_length=300)
    user: str = ""
    prune: Prune | None = None
    response_format: Format | None = None
    structured_outputs: Structured | None = None  #: vLLM's name, since 0.12
    guided_json: dict[str, Any] | Text | None = None  #: vLLM's names before
    guided_regex: Pattern | None = None

    @model_validator(mode="before")
    @classmethod
    def _can_be_met(cls, data: Any) -> Any:
        """See `unmet`."""
        return met(data, cls.unmet)

    @property
    def kept_to(self) -> tuple[Literal["json", "regex", "lark"], Any] | None:
        """What the text has to keep to: a JSON schema (none: any object), a regular expression, or a grammar in Lark."""
        other, format = self.structured_outputs, self.response_format
        pattern = self.guided_regex or (other.regex if other else None)
        if pattern:
            return "regex", pattern
        schema = self.guided_json if self.guided_json is not None else other.json_ if other else None
        if schema is not None:
            return "json", _schema(schema)
        if format is None or format.type == "text":
            return None
        return "json", (format.json_schema or {}).get("schema") if format.type == "json_schema" else None

    @property
    def schema_size(self) -> int:
        """Characters of the schema or the expression that the text has to keep to; 0 where there is none."""
        constraint = self.kept_to
        try:
            return len(json.dumps(constraint[1])) if constraint is not None else 0
        except RecursionError as error:
            raise BadRequest("A schema is nested too deeply.", param="response_format") from error

    @property
    def stops(self) -> tuple[str, ...]:
        """The stop strings."""
        return (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())


class CompletionRequest(Sampled):
    """POST /v1/completions."""

    prompt: (
        Text
        | Annotated[list[int], Field(min_length=1)]
        | Annotated[list[Text], Field(min_length=1, max_length=MOST_INPUTS)]
        | Annotated[list[list[int]], Field(min_length=1, max_length=MOST_INPUTS)]
    )
    max_tokens: int = Field(default=16, ge=0)
    logprobs: int | None = Field(default=None, ge=0, le=MOST_TOP)
    echo: bool = False
    best_of: int | None = None
    suffix: str | None = None

    @model_validator(mode="after")
    def _can_be_done(self) -> CompletionRequest:
        if self.suffix:
            raise ValueError("suffix is not supported")
        if self.best_of not in (None, self.n):
            raise ValueError("best_of is not supported")
        if self.max_tokens == 0 and not self.echo:
            raise ValueError("max_tokens 0 makes sense only with echo")
        return self

    @property
    def prompts(self) -> list[str | list[int]]:
        """The prompts, each a text or its tokens."""
        if isinstance(self.prompt, str):
            return [self.prompt]
        tokens = [token for token in self.prompt if isinstance(token, int)]
        if tokens:
            return [tokens]
        return [prompt for prompt in self.prompt if not isinstance(prompt, int)]


class EmbeddingRequest(BaseModel):
    """POST /v1/embeddings."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    model: Named = ""
    input: (
        Said
        | Tokens
        | Annotated[list[Said], Field(min_length=1, max_length=MOST_INPUTS)]
        | Annotated[list[Tokens], Field(min_length=1, max_length=MOST_INPUTS)]
    )
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(default=None, ge=1)
    user: str = ""

    @property
    def inputs(self) -> tuple[str | list[int], ...]:
        """The texts, each as it is or as its tokens."""
        if isinstance(self.input, str):
            return (self.input,)
        tokens = [token for token in self.input if isinstance(token, int)]
        return (tokens,) if tokens else tuple(one for one in self.input if not isinstance(one, int))


class LoadAdapter(BaseModel):
    """POST /v1/load_lora_adapter, as vLLM has it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    lora_name: str = Field(min_length=1, max_length=200)
    lora_path: str = Field(min_length=1, max_length=4096)  #: a folder on the service's machine


class UnloadAdapter(BaseModel):
    """POST /v1/unload_lora_adapter."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    lora_name: str = Field(min_length=1, max_length=200)


def parsed(kind: type[Request], body: Any) -> Request:
    """A body as a request.

    Raises:
        BadRequest: it is not one; the message names the first thing that is wrong.
    """
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"] if isinstance(part, int) or part.isidentifier())
        what = first["msg"].removeprefix("Value error, ")
        name = str(first["loc"][0]) if first["loc"] else None
        raise BadRequest(f"{where}: {what}." if where else f"{what}.", param=name) from error


def _schema(schema: dict[str, Any] | str) -> Any:
    """A JSON schema, which may come as text."""
    if not isinstance(schema, str):
        return schema
    try:
        return json.loads(schema)
    except (ValueError, RecursionError) as error:
        raise BadRequest("guided_json is not valid JSON.", param="guided_json") from error
