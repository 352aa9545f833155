"""How likely it is that a colleague could paste a small model's draft, told by its words, its topic and its model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bot.domain.ideas import Draft, Prompt
from bot.services.ideas.selecting import FILLER

WEIGHTS = Path(__file__).with_name("sense.toml")
#: Kinds of drafts whose weights there are; all others that are shown examples are sentences.
SENTENCES, SENTENCE_KINDS = "sentences", frozenset({"activities", "features", "general", "gifts", "stories", "ways"})
MOST_RELEVANCE, MOST_REPEATS = 2.0, 2  # beyond these an idea mostly says its topic, or itself, again
UNKNOWN = -2.0  # nats per token where the service tells no likelihood: that of most drafts


def sense(draft: Draft, prompt: Prompt | None, near: float) -> float | None:
    """Log-odds that a reader finds sense in a draft; None where nobody has read drafts of its kind.

    Args:
        draft: of a small model that was shown examples.
        prompt: what it is for; None: it was deleted meanwhile.
        near: its cosine to the topic.
    """
    kind = SENTENCES if draft.kind in SENTENCE_KINDS else draft.kind
    weights = table()["unjudged" if draft.judged is None else "judged"].get(kind)
    if weights is None or prompt is None or prompt.operation != "fresh" or prompt.language != "en":
        return None
    words = re.findall(r"[a-z0-9]+", draft.text.casefold().replace("'", "").replace("’", ""))
    telling = [word.rstrip("s") for word in words if word not in FILLER]
    topic = {word.rstrip("s") for word in re.findall(r"[a-z0-9]+", prompt.text.casefold())}
    own = set(telling)
    logprob = UNKNOWN if draft.logprob is None else draft.logprob
    likely = weights["formed"] + weights["formed_logprob"] * logprob if draft.formed else weights["logprob"] * logprob
    if draft.judged is None:
        told = weights["relevance"] * min(draft.relevance or 0.0, MOST_RELEVANCE)
    else:
        told = weights["judged"] * draft.judged
    return (
        weights.get("level", 0.0)  # where the model judges, so that the bank may stand beside
        + likely
        + told
        + weights["near"] * near
        + weights["words"] * len(words)
        + weights["topic"] * len(own & topic) / max(1, len(own))
        + weights["repeats"] * min(len(telling) - len(own), MOST_REPEATS)
    )


@cache
def table() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """The weights by whether the model judged the draft, and by kind."""
    return tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))
