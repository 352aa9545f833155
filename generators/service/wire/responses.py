"""OpenAI's newer path for conversations: its requests, as chats, and its answers. Nothing of them is kept here."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from generators.service.events import Call
from generators.service.wire.answers import Json
from generators.service.wire.chats import ChatRequest, Part
from generators.service.wire.requests import MOST_INPUTS, MOST_TOP, Named, Text
from generators.service.wire.tools import functions
from generators.service.wire.unmet import NO_VERBOSITY, RESPONSES, Unmet, met

#: Of an input's items: what the others' fields are named in a chat.
PARTS = {"input_text": "text", "output_text": "text", "input_image": "input_image", "refusal": "refusal", "text": "text"}


class Spoken(BaseModel):
    """A message of the conversation; without `type` it is one, too."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Literal["message"] = "message"
    role: Literal["system", "developer", "user", "assistant"]
    content: Text | list[Part]


class FunctionCall(BaseModel):
    """A call that was made."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Literal["function_call"]
    call_id: str = ""
    name: str
    arguments: str


class FunctionOutput(BaseModel):
    """What came of it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Literal["function_call_output"]
    call_id: str = ""
    output: Text | list[Part]


class Reasoning(BaseModel):
    """What another model thought before; models here are not told."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Literal["reasoning"]


class TextFormat(BaseModel):
    """What the text has to be: flat, where chats have it nested."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Literal["text", "json_object", "json_schema"] = "text"
    schema_: dict[str, Any] | None = Field(default=None, alias="schema")


class TextWish(BaseModel):
    """How the text is to be."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    format: TextFormat = TextFormat()

    @model_validator(mode="before")
    @classmethod
    def _can_be_met(cls, data: Any) -> Any:
        """See `unmet`."""
        return met(data, {"verbosity": NO_VERBOSITY})


class ResponseRequest(BaseModel):
    """POST /v1/responses."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    unmet: ClassVar[Mapping[str, Unmet]] = RESPONSES

    model: Named = ""
    input: Text | Annotated[list[Spoken | FunctionCall | FunctionOutput | Reasoning], Field(min_length=1, max_length=MOST_INPUTS)]
    instructions: Text | None = None
    max_output_tokens: int | None = Field(default=None, ge=1)
    temperature: float = Field(default=1.0, ge=0.0, le=2.0)
    top_p: float = Field(default=1.0, gt=0.0, le=1.0)
    top_logprobs: int | None = Field(default=None, ge=0, le=MOST_TOP)
    stream: bool = False
    text: TextWish = TextWish()
    tools: list[dict[str, Any]] = Field(default_factory=list)
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool = True
    previous_response_id: str | None = None
    conversation: Any = None
    background: bool = False
    seed: int | None = None  #: ours; OpenAI's path has none
    user: str = ""
    metadata: dict[str, str] = Field(default_factory=dict, max_length=16)

    @model_validator(mode="before")
    @classmethod
    def _can_be_met(cls, data: Any) -> Any:
        """See `unmet`."""
        return met(data, cls.unmet)

    @field_validator("tools")
    @classmethod
    def _are_functions(cls, tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
        functions(tools)
        return tools

    @model_validator(mode="after")
    def _can_be_done(self) -> ResponseRequest:
        if self.previous_response_id or self.conversation is not None:
            name = "previous_response_id" if self.previous_response_id else "conversation"
            raise ValueError(f"{name}: nothing is kept here between requests; send the whole conversation as input")
        if self.background:
            raise ValueError("background is not supported; leave it out")
        if self.top_logprobs:
            raise ValueError("top_logprobs is not supported here; chats and completions tell logprobs")
        try:
            _ = self.chat
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise ValueError(first["msg"].removeprefix("Value error, ")) from error
        return self

    @cached_property
    def chat(self) -> ChatRequest:
        """The same as a chat."""
        messages: list[Json] = [{"role": "system", "content": self.instructions}] if self.instructions else []
        messages += [{"role": "user", "content": self.input}] if isinstance(self.input, str) else _messages(self.input)
        given: Json = {"messages": messages, "tools": self.tools, "tool_choice": self.tool_choice}
        form = self.text.format
        if form.type == "json_schema":
            given["response_format"] = {"type": form.type, "json_schema": {"schema": form.schema_}}
        elif form.type == "json_object":
            given["response_format"] = {"type": form.type}
        for name in ("model", "temperature", "top_p", "stream", "parallel_tool_calls", "seed", "user"):
            given[name] = getattr(self, name)
        return ChatRequest.model_validate(given | {"max_tokens": self.max_output_tokens})


def _messages(items: list[Spoken | FunctionCall | FunctionOutput | Reasoning]) -> list[Json]:
    """A conversation's items as a chat's messages; calls go with the message before them."""
    messages: list[Json] = []
    for item in items:
        if isinstance(item, Spoken):
            messages.append({"role": item.role, "content": _content(item.content)})
        elif isinstance(item, FunctionOutput):
            messages.append({"role": "tool", "tool_call_id": item.call_id, "content": _content(item.output)})
        elif isinstance(item, FunctionCall):
            if not messages or messages[-1]["role"] != "assistant":
                messages.append({"role": "assistant", "content": None})
            call = {"id": item.call_id, "function": {"name": item.name, "arguments": item.arguments}}
            messages[-1].setdefault("tool_calls", []).append(call)
    return messages


def _content(content: str | list[Any]) -> str | list[Json]:
    return content if isinstance(content, str) else [part.model_dump() for part in content]


class Envelope:
    """The answer to one request: its items, and what is told around them."""

    def __init__(self, asked: ResponseRequest, model: str) -> None:
        self.id = f"resp_{secrets.token_hex(24)}"
        self._asked = asked
        self._model = model
        self._created = int(time.time())

    def told(self, status: str, output: list[Json], *, used: Json | None = None, error: Json | None = None) -> Json:
        """The response as it stands."""
        asked = self._asked
        cut = {"reason": "max_output_tokens"} if status == "incomplete" else None
        return {
            "id": self.id,
            "object": "response",
            "created_at": self._created,
            "status": status,
            "background": False,
            "error": error,
            "incomplete_details": cut,
            "instructions": asked.instructions,
            "max_output_tokens": asked.max_output_tokens,
            "metadata": asked.metadata,
            "model": self._model,
            "output": output,
            "parallel_tool_calls": asked.parallel_tool_calls,
            "previous_response_id": None,
            "reasoning": {"effort": None, "summary": None},
            "store": False,
            "temperature": asked.temperature,
            "text": {"format": asked.text.model_dump(by_alias=True)["format"]},
            "tool_choice": asked.tool_choice or "auto",
            "tools": asked.tools,
            "top_p": asked.top_p,
            "truncation": "disabled",
            "usage": used,
            "user": asked.user or None,
        }


def used(prompt: int, spent: int) -> Json:
    """How many tokens a response took."""
    return {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": spent,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": prompt + spent,
    }


def words(text: str) -> Json:
    """A part of a message's content."""
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def message(id: str, text: str | None, status: str) -> Json:
    """A message in the output; without text it has not begun to say anything."""
    content = [] if text is None else [words(text)]
    return {"id": id, "type": "message", "status": status, "role": "assistant", "content": content}


def function_call(id: str, call: Call, status: str, *, arguments: str | None = None) -> Json:
    """A call in the output."""
    told = call.arguments if arguments is None else arguments
    return {"id": id, "type": "function_call", "status": status, "call_id": call.id, "name": call.name, "arguments": told}
