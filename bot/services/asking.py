"""The options that every command which asks for ideas has in common, and how they are read."""

from __future__ import annotations

from typing import Any

from bot.domain.ideas import MAX_IDEAS
from bot.messages import Call, Param
from bot.words import N_

COUNT = Param(name="count", help=N_("how many ideas, 1 to 10"), kind="integer", least=1, most=MAX_IDEAS, short="n")
STYLE = Param(name="style", help=N_("a style or persona, such as “playful” or “a grumpy pirate”"), short="s")
TONE = Param(name="tone", help=N_("a mood or tone of voice, such as “warm” or “ironic”"), short="t")
PICTURE = Param(name="picture", help=N_("a picture that the ideas should go with"), kind="file")


def asked(call: Call, *names: str) -> dict[str, Any]:
    """Those of `names` that were given, each as its parameter's kind; what was not given is left to the channel's settings."""
    return {name: call.args[name] for name in names if call.args.get(name) not in (None, "")}
