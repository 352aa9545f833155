"""Judges drafts before anybody sees them: broken, unsafe or off-topic ones are dropped, with the reason."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

from bot.domain.ideas import MAX_IDEA, Draft, Prompt, clean
from bot.domain.names import plain
from bot.services.chinese import HAN

UNSAFE = Path(__file__).with_name("unsafe.toml")
KINDS = Path(__file__).with_name("refused.toml")

WORDS = "words"  #: option of a prompt: an idea has at most so many words; of Chinese, characters

#: Nats per token that a draft must be likelier under its task than under a neutral one. Only the clearly unrelated fall below:
#: the score tells relevance, not sense, so the bar is low. Measured by `make bench-ideas`, see docs/lab/ideas.md.
OFF_TOPIC = -0.15
#: How a wish begins that something be left out: "no food", "without puns", "nothing fancy"; "not too formal" is none.
REFUSING = re.compile(
    r"(?:and |but |please )*(?:no(?: more)?|without(?: using)?|avoid|not|(?:never|don'?t|stop) us(?:e|ing)|leave out|skip|drop|"
    r"nothing (?:with|about|of|like)|never|nothing)(?: any| the| an?)? (?!too |so |very )",
    re.IGNORECASE,
)
REFUSED = re.compile(
    REFUSING.pattern + r"(?P<what>[a-z-]+(?: (?!in\b|at\b|again\b)[a-z-]+)?)(?: in (?:it|them)| at all| again| anywhere)?"
)
HAN_REFUSED = re.compile(r"(?:不要|别用?|不用|不想|避免|不带|没有)(?P<what>[\u3400-\u9fff]{1,6}?)(?:的|了)?")
KEPT_WORDS = 0.5  # share of its words that a sentence keeps when it is said more clearly; with fewer it is a fragment
SENTENCE = 6  # words from which an idea is a sentence; a name may become one word
LEET = str.maketrans("013457@$!", "oieastasi")


def verdict(draft: Draft) -> str | None:
    """Why a draft is not to be shown: "broken", "unsafe" or "off-topic"; None when it may be."""
    if draft.broken is not None or not clean(draft.text) or len(draft.text) > MAX_IDEA:
        return "broken"
    if unsafe(draft.text):
        return "unsafe"
    if draft.relevance is not None and draft.relevance < OFF_TOPIC:
        return "off-topic"
    return None


def too_long(text: str, prompt: Prompt | None) -> str | None:
    """That a draft has more words than were asked for; of Chinese, characters. None where no limit was set."""
    most = int(prompt.option(WORDS) or 0) if prompt is not None else 0
    if not most or prompt is None:
        return None
    count = len(HAN.findall(plain(text))) if prompt.language == "zh" else len(text.split())  # its verse is no part of a name
    return "too-long" if count > most else None


def unwanted(text: str, prompt: Prompt | None) -> str | None:
    """That a draft has a word which was not to be there: "The Library" for who said "no library". None where nothing was said."""
    if prompt is None or not prompt.style:
        return None
    words = {stem(word) for word in re.findall(r"[a-z]+", text.casefold())}
    for wish in prompt.style.casefold().split(", "):
        match = REFUSED.fullmatch(wish)
        if match and refused(match["what"]) & words:
            return "unwanted"
        if (match := HAN_REFUSED.fullmatch(wish)) and match["what"] in text:
            return "unwanted"
    return None


def refused_things(prompt: Prompt | None) -> tuple[str, ...]:
    """What is not to be there, in the person's English words: "quizzes" for who said "no quizzes"."""
    wishes = prompt.style.casefold().split(", ") if prompt is not None else ()
    return tuple(match["what"] for wish in wishes if (match := REFUSED.fullmatch(wish)))


def refused(what: str) -> set[str]:
    """The stems of the words that are refused with these; a word for a whole kind of things stands for all that it holds."""
    stems = {stem(word) for word in re.findall(r"[a-z]{3,}", what)}
    return stems.union(*(kinds()[one] for one in stems & kinds().keys()))


@cache
def kinds() -> dict[str, set[str]]:
    """What each word for a kind of things holds, both as stems."""
    lists = tomllib.loads(KINDS.read_text(encoding="utf-8"))
    return {stem(kind): {stem(word) for word in words.split()} for kind, words in lists.items()}


def stem(word: str) -> str:
    """A word without the ends that make plurals."""
    return re.sub(r"(?:ies|y|es|s|e)$", "", word) if len(word) > 3 else word


def too_short(text: str, prompt: Prompt | None) -> str | None:
    """That a polished idea lost too much: a fragment says less than what it came from. None for anything else."""
    if prompt is None or prompt.operation != "polish" or not prompt.about or prompt.option("level") == "short":
        return None
    before, now = (len(HAN.findall(one)) if prompt.language == "zh" else len(one.split()) for one in (prompt.about[0], text))
    least = before if prompt.option("level") == "vivid" else before * KEPT_WORDS if before >= SENTENCE else 0
    return "too-short" if now < least else None


def unsafe(text: str) -> bool:
    """Whether a text holds a slur, explicit sexual content, or a call to harm, also in the usual disguises."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    whole, anywhere = patterns()
    return any(
        whole.search(variant) is not None or anywhere.search(variant) is not None
        for variant in {plain, plain.translate(LEET), re.sub(r"(?<=\b\w)[\W_](?=\w\b)", "", plain)}
    )


@cache
def patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What is unsafe as whole words, and what is anywhere."""
    lists = tomllib.loads(UNSAFE.read_text(encoding="utf-8"))
    ended = [re.escape(word) + r"(?:s|es|d|ed|r|rs|er|ers|ing)?" for word in lists["words"]]
    whole = "|".join([*ended, *(re.escape(word) + "s?" for word in lists["nouns"])])
    return re.compile(rf"\b(?:{whole})\b"), re.compile("|".join(lists["anywhere"]))
