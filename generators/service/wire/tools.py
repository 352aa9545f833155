"""Tools that a model may call: how clients describe them, what the model is told of them, and what it has to keep to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from generators.engines.text.constrained import tidy

MOST_TOOLS = 128  # as OpenAI allows
OPEN, CLOSE = "<tool_call>", "</tool_call>"  # as Hermes and Qwen write them, whose models were taught so

Names = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_.-]{1,64}$")]
Json = dict[str, Any]


class Function(BaseModel):
    """A function that the model may ask its client to call."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: Names
    description: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    parameters: dict[str, Any] | None = None  #: a JSON schema; none: any object

    @property
    def schema_(self) -> Json:
        """Of its arguments."""
        return self.parameters or {"type": "object"}


class ToolChoice(BaseModel):
    """How tools may be used, in the end: which, and whether the model must."""

    model_config = ConfigDict(frozen=True)

    functions: tuple[Function, ...]
    required: bool = False  #: it must call one
    several: bool = True  #: it may call more than one


class Called(BaseModel):
    """A call in a conversation: what an assistant asked for."""

    name: Names
    arguments: str = Field(default="{}", max_length=200_000)  #: JSON

    @property
    def text(self) -> str:
        """As the model writes it."""
        return written(self.name, self.arguments)


def functions(given: Sequence[Any]) -> tuple[Function, ...]:
    """The functions among a request's tools, as chats (`{"type", "function"}`) or responses (flat) have them.

    Raises:
        ValueError: another tool than a function, or a broken one; the message says which.
    """
    if len(given) > MOST_TOOLS:
        raise ValueError(f"at most {MOST_TOOLS} can be given")
    found: list[Function] = []
    for place, one in enumerate(given):
        if not isinstance(one, dict) or one.get("type", "function") != "function":
            kind = str(one.get("type"))[:40] if isinstance(one, dict) else type(one).__name__
            raise ValueError(f"number {place} is no function but {kind}; only functions are called here")
        try:
            found.append(Function.model_validate(one.get("function", one)))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise ValueError(f"number {place}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if len({one.name for one in found}) < len(found):
        raise ValueError("two have the same name")
    return tuple(found)


def chosen(given: Sequence[Any], choice: Any, *, several: bool) -> ToolChoice | None:
    """Which tools a request's `tools` and `tool_choice` leave; None: none may be called.

    Raises:
        ValueError: they name no function, or one that is not among the tools.
    """
    known = functions(given)
    if choice in (None, "auto"):
        return ToolChoice(functions=known, several=several) if known else None
    if choice == "none":
        return None
    if choice == "required":
        if not known:
            raise ValueError("tool_choice “required” needs tools")
        return ToolChoice(functions=known, required=True, several=several)
    name = _named(choice)
    one = next((each for each in known if each.name == name), None)
    if one is None:
        raise ValueError("tool_choice is “auto”, “none”, “required” or names a function of these tools")
    return ToolChoice(functions=(one,), required=True, several=False)


def _named(choice: Any) -> Any:
    inner = choice.get("function", choice) if isinstance(choice, dict) else None
    return inner.get("name") if isinstance(inner, dict) else None


def told(choice: ToolChoice) -> str:
    """What a model is told of tools. The words are those of Hermes' and Qwen's templates."""
    listed = "\n".join(
        json.dumps(
            {"type": "function", "function": {"name": one.name, "description": one.description, "parameters": one.schema_}},
            ensure_ascii=False,
        )
        for one in choice.functions
    )
    must = "You must call one or more of these functions." if choice.required else "You may call one or more of these functions."
    return (
        f"# Tools\n\n{must} Their signatures are within <tools></tools>:\n<tools>\n{listed}\n</tools>\n\n"
        f"For each call write a JSON object with the function's name and arguments within {OPEN}{CLOSE}:\n"
        f'{OPEN}\n{{"name": <name>, "arguments": <arguments>}}\n{CLOSE}'
    )


def written(name: str, arguments: str) -> str:
    """A call as a model writes it."""
    return f'{OPEN}\n{{"name": {json.dumps(name)}, "arguments": {arguments.strip() or "{}"}}}\n{CLOSE}'


def grammar(choice: ToolChoice, said: Json | None) -> str:
    """What a model keeps to, in llguidance's dialect of Lark: calls whose arguments fit their schemas, or something said.

    Args:
        choice: the tools.
        said: what it may say in their stead: None any text, or a JSON schema.
    """
    names = [f"call_{place}" for place in range(len(choice.functions))]
    rules = ["start: calls" if choice.required else "start: said | calls"]
    if not choice.required:
        # what is said is whatever does not begin as a call does
        rules += (
            ["said: TEXT", f"TEXT: /(?s:.*)/ & ~/{OPEN}(?s:.*)/"] if said is None else [f"said: %json {json.dumps(tidy(said))}"]
        )
    rules.append(r"calls: call (/\n?/ call)*" if choice.several else "calls: call")
    rules.append(rf'call: "{OPEN}" /\n?/ ({" | ".join(names)}) /\n?/ "{CLOSE}"')
    for place, one in enumerate(choice.functions):
        head = json.dumps(f'{{"name": {json.dumps(one.name)}, "arguments": ')
        rules.append(f'call_{place}: {head} arguments_{place} "}}"')
        rules.append(f"arguments_{place}: %json {json.dumps(tidy(one.schema_))}")
    return "\n".join(rules)
