"""What a text has to keep to, as the grammar that constrained decoding reads."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from generators.service.events import BadRequest

if TYPE_CHECKING:
    from generators.service.wire.requests import Sampled


def grammar(request: Sampled) -> str:
    """What the text has to keep to; empty: nothing."""
    constraint = request.kept_to
    if constraint is None:
        return ""
    if importlib.util.find_spec("llguidance") is None:
        raise BadRequest("This service cannot guide output: its host installs llguidance for that.", param="response_format")
    from generators.engines.text.constrained import json_grammar, lark_grammar, regex_grammar

    kind, value = constraint
    make = {"regex": regex_grammar, "json": json_grammar, "lark": lark_grammar}[kind]
    try:
        return make(value)
    except ValueError as error:
        raise BadRequest(f"The output cannot be kept to that: {str(error)[:300]}", param="response_format") from error
