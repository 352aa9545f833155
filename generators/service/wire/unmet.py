"""OpenAI's parameters that nothing here obeys: each is refused in a sentence, unless its value asks for what is so anyhow.

What is neither in a request's model nor here nor a hint is none of OpenAI's, and left alone: other services' clients send theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

#: What tells a service who asks, or how to keep its caches: no answer would differ.
HINTS = frozenset(
    {"user", "safety_identifier", "metadata", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "prediction",
     "max_tool_calls"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unmet:
    """A parameter that is not obeyed."""

    why: str  #: for who sent it: what is so here, and what to do
    met: Collection[str] = ()  #: values, in small letters, that ask for what is so anyhow

    def __contains__(self, value: object) -> bool:
        """Whether a value asks for something that is not so here; every one of a list."""
        if isinstance(value, (list, tuple)):
            return any(each in self for each in value)
        if isinstance(value, dict):
            return any(each in self for each in value.values())
        return value is not None and value != "" and str(value).casefold() not in self.met


NO_TIERS = Unmet("there is one service tier here; leave it out", ("auto", "default"))
NO_STORE = Unmet("nothing is kept here between requests; leave it out or send false", ("false",))
NO_MODERATION = Unmet("nothing is checked by another model here; leave it out")
NO_VERBOSITY = Unmet("models here know no verbosity; ask for it in words", ("medium",))
NO_REASONING = Unmet("models here do not reason before they answer; leave it out or send none", ("none",))
NO_PADDING = Unmet("streams are not padded here; leave include_obfuscation out or send false", ("false",))
OLD_TOOLS = Unmet("tools have taken its place; send those", ("none", "auto"))

TEXTS: Mapping[str, Unmet] = {
    "service_tier": NO_TIERS,
    "store": NO_STORE,
    "moderation": NO_MODERATION,
}
CHATS: Mapping[str, Unmet] = {
    **TEXTS,
    "audio": Unmet("chats answer in text; speech has a path of its own, /v1/audio/speech"),
    "modalities": Unmet("chats answer in text; leave it out", ("text",)),
    "functions": Unmet("tools have taken its place; send those"),
    "function_call": OLD_TOOLS,
    "reasoning_effort": NO_REASONING,
    "verbosity": NO_VERBOSITY,
    "web_search_options": Unmet("models here do not search the web; leave it out"),
}
RESPONSES: Mapping[str, Unmet] = {
    **TEXTS,
    "access_programs": Unmet("there are none here; leave it out"),
    "background_options": Unmet("answers are made at once here; leave it out"),
    "context_management": Unmet("nothing is kept or made shorter here; send what the model is to read"),
    "image": Unmet("pictures have a path of their own, /v1/images/generations"),
    "include": Unmet(
        "there is nothing of that kind in answers here; leave it out",
        ("reasoning.encrypted_content", "file_search_call.results", "web_search_call.results", "web_search_call.action.sources",
         "code_interpreter_call.outputs", "computer_call_output.output.image_url"),
    ),
    "prompt": Unmet("no prompts are kept here; send the words as instructions and input"),
    "reasoning": NO_REASONING,
    "stream_options": NO_PADDING,
    "truncation": Unmet("nothing is left out here; send what the model can hold", ("disabled",)),
}  # fmt: skip
PICTURES: Mapping[str, Unmet] = {
    "complexity": Unmet("drawings here know no complexity; ask for it in words"),
    "frame_count": Unmet("pictures here do not move; leave it out"),
    "frame_duration_ms": Unmet("pictures here do not move; leave it out"),
    "markup": Unmet("marks on a picture are not read here; say in words what is to change, or send a mask"),
    "partial_images": Unmet("a picture is sent when it is whole; leave it out or send 0", ("0",)),
    "svg": Unmet("pictures here are made of pixels; leave it out"),
}
RECORDINGS: Mapping[str, Unmet] = {
    "chunking_strategy": Unmet("recordings are cut as the recogniser needs it; leave it out or send auto", ("auto",)),
    "include": Unmet("no likelihoods are told of recordings; leave it out"),
    "known_speaker_names": Unmet("speakers are not told apart here; leave it out"),
    "known_speaker_references": Unmet("speakers are not told apart here; leave it out"),
}


def met(data: Any, unmet: Mapping[str, Unmet]) -> Any:
    """A body without its nulls, which clients send for what was not set.

    Raises:
        ValueError: something is asked for that nothing here obeys; the message names the parameter.
    """
    if not isinstance(data, dict):
        return data
    given = {name: value for name, value in data.items() if value is not None}
    for name, rule in unmet.items():
        if name in given and given[name] in rule:
            raise ValueError(f"{name}: {rule.why}")
    return given
