"""OpenAI's requests for chats as pydantic models: messages, what is in them, tools."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from generators.service.wire.requests import MOST_INPUTS, MOST_TOP, Sampled, Text
from generators.service.wire.tools import Called, ToolChoice, chosen, functions, grammar, told
from generators.service.wire.unmet import CHATS, Unmet

MOST_PICTURE = 28_000_000  # characters of a picture's URL: 20 MB of a picture as base64
ANSWERED = "<tool_response>\n{text}\n</tool_response>"  # how Hermes and Qwen are told what a function gave

PictureUrl = Annotated[str, StringConstraints(min_length=1, max_length=MOST_PICTURE)]


class TextPart(BaseModel):
    """Words of a message."""

    type: Literal["text", "input_text", "output_text"]
    text: Text


class RefusalPart(BaseModel):
    """What a model said in the place of an answer."""

    type: Literal["refusal"]
    refusal: Text

    @property
    def text(self) -> str:
        """The words."""
        return self.refusal


class Where(BaseModel):
    """Where a picture is."""

    url: PictureUrl
    detail: str = "auto"


class PicturePart(BaseModel):
    """A picture in a message, as chats have it or, flat, as responses have it."""

    type: Literal["image_url", "input_image"]
    image_url: Where | PictureUrl

    @property
    def url(self) -> str:
        """Where it is."""
        return self.image_url if isinstance(self.image_url, str) else self.image_url.url


Part = Annotated[TextPart | RefusalPart | PicturePart, Field(discriminator="type")]


class ToolCall(BaseModel):
    """A call that an assistant made."""

    id: str = ""
    type: Literal["function"] = "function"
    function: Called


class Message(BaseModel):
    """One message of a chat."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None
    tool_calls: list[ToolCall] | None = None  #: what the assistant called

    @model_validator(mode="after")
    def _says_something(self) -> Message:
        if self.content is None and self.role != "assistant":
            raise ValueError(f"a message of role {self.role} needs content")
        return self

    @property
    def pictures(self) -> list[PicturePart]:
        """The pictures in it."""
        return [part for part in self.content if isinstance(part, PicturePart)] if isinstance(self.content, list) else []

    @property
    def text(self) -> str:
        """The words in it, without its calls."""
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content if not isinstance(part, PicturePart))
        return self.content or ""

    @property
    def plain(self) -> dict[str, str]:
        """As chat templates want it."""
        if self.role in ("tool", "function"):
            return {"role": "user", "content": ANSWERED.format(text=self.text)}
        lines = [self.text, *(call.function.text for call in self.tool_calls or ())]
        role = "system" if self.role == "developer" else self.role
        return {"role": role, "content": "\n".join(line for line in lines if line)}


class ChatRequest(Sampled):
    """POST /v1/chat/completions."""

    unmet: ClassVar[Mapping[str, Unmet]] = CHATS

    messages: list[Message] = Field(min_length=1, max_length=MOST_INPUTS)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    logprobs: bool = False
    top_logprobs: int = Field(default=0, ge=0, le=MOST_TOP)
    tools: list[dict[str, Any]] = Field(default_factory=list)
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool = True
    continue_final_message: bool = False  #: as in vLLM: the last message is the beginning of the answer
    add_generation_prompt: bool = True

    @field_validator("tools")
    @classmethod
    def _are_functions(cls, tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
        functions(tools)
        return tools

    @model_validator(mode="after")
    def _can_be_done(self) -> ChatRequest:
        if self.continue_final_message and (self.messages[-1].role != "assistant" or not self.messages[-1].plain["content"]):
            raise ValueError("continue_final_message needs a last message by the assistant")
        if self.calling is not None and self.continue_final_message:
            raise ValueError("continue_final_message goes with no tools")
        if self.calling is not None and (super().kept_to or ("json",))[0] != "json":
            raise ValueError("a regular expression goes with no tools")
        return self

    @cached_property
    def calling(self) -> ToolChoice | None:
        """The tools that may be called."""
        return chosen(self.tools, self.tool_choice, several=self.parallel_tool_calls)

    @property
    def kept_to(self) -> tuple[Literal["json", "regex", "lark"], Any] | None:
        """See `Sampled`; with tools a grammar of their calls."""
        kept = super().kept_to
        if self.calling is None:
            return kept
        return "lark", grammar(self.calling, None if kept is None else kept[1] or {"type": "object"})

    @property
    def plain(self) -> list[dict[str, str]]:
        """The conversation as chat templates want it, the tools told at its head."""
        said = [message.plain for message in self.messages]
        if self.calling is None:
            return said
        if said[0]["role"] != "system":
            return [{"role": "system", "content": told(self.calling)}, *said]
        return [{"role": "system", "content": f"{said[0]['content']}\n\n{told(self.calling)}"}, *said[1:]]

    @property
    def most_tokens(self) -> int | None:
        """That the answer may have."""
        return self.max_completion_tokens or self.max_tokens
