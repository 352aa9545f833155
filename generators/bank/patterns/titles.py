"""What an English topic for a title is about."""

from __future__ import annotations

import re

from generators.bank.patterns.asked import ANY, Asked, Slot, same
from generators.bank.patterns.phrase import UNIQUE, Phrase, phrase
from generators.bank.patterns.sentence import CLAUSE, FORMATS, LONGEST, NO_SUBJECT, SCENE, TITLE, VERB, first
from generators.bank.patterns.words import WORDS, any_of

COLON = re.compile(r"\s*[:–—]\s+|\s+-\s+")
DONE = re.compile(
    r"\w+ed$|^\w+ed\s+(?:an?|the|my|our|\d\S*|up|down|out|to|in|from)\s|\band\s+(?:my|our|the|an?)\b", re.IGNORECASE
)  # a sentence without its verb, or two subjects
MAKERS = re.compile(r"\b(?:band|duo|trio|quartet|group|ensemble|label)$", re.IGNORECASE)  # who makes it, and not what it is about
HAPPENS = re.compile(
    r"\S+ (?:\S+ )?(?!\S*(?:ss|us|is|ics|['’]s)\b)[a-z]{3,}s (?!of\b|in\b|for\b|on\b|and\b|at\b|from\b|with\b|to\b)\S+"
)  # a headline: council bans leaf blowers
HELD = re.compile(rf"\b{any_of(WORDS['held'])}$", re.IGNORECASE)
PIECES = re.compile(r"\s*[:–—]\s+|\s+-\s+|,\s+|[.?!]\s+|\s+\(")
ASIDE = re.compile(rf"{any_of(WORDS['aside'])}\b", re.IGNORECASE)
#: A doing, and not a thing such as tipping culture.
DOING = re.compile(
    r"\w+ing$|\w+ing\s+(?:an?|the|my|our|your|his|her|their|to|up|down|out|in|on|at|from|with|without|for|\d|\w+s\b|\w+ing\b)",
    re.IGNORECASE,
)
AS = re.compile(r"\bas\s+(?P<x>an?\s+.+)$", re.IGNORECASE)
THEME = re.compile(r"\btheme(?:\s+is|\s+of|:)\s+(?P<x>.+)$", re.IGNORECASE)
SAID_ON = re.compile(
    r"\b(?:about|on|featuring|starring|(?:novel|book|story|film|comic|game|play)\s+with|(?:exhibition|series|collection|album|anthology)\s+of|(?:video|film|vlog|reel|post|talk|episode)(?=\s+\w{3,}ing\b))\s+(?P<x>.+)$",
    re.IGNORECASE,
)
SAID_OF = re.compile(r"\b(?:for|of)\s+(?P<x>.+)$", re.IGNORECASE)
IAM = re.compile(r"^(?:he|she|i|who)\s*(?:['’]s|['’]m|was|is|am|were)\s+(?=an?\s)", re.IGNORECASE)

GERUNDS: dict[str, str] = {past: gerund for gerund, pasts in WORDS["pasts"].items() for past in pasts}

#: What a talk says, as a sentence: why our hospital stopped using pagers, how to store bulbs, what we learned from hens.
SAYING = re.compile(
    r"(?:^|\b(?:about|on|of|for|titled?|called|explain(?:s|ing)|show(?:s|ing))\s+|[:,–—-]\s+)"
    r"(?P<x>(?P<word>how|why|what)\s+(?!(?:about|if|should|could|can|do|does|would|is|are|was|were|might|else|not|much|many)\b)"
    r"(?P<next>\w+)(?:\s+\S+)+)$",
    re.IGNORECASE,
)
#: What somebody does in a film, or did: a video where I build a canoe, "i restored a Vespa".
DID = re.compile(
    r"(?:\b(?:where|in\s+which|about\s+how|when)|[,:–—-])\s+(?:i|we)\s+(?P<verb>[a-z]+)(?P<what>(?:\s+\S+)+)$", re.IGNORECASE
)
HERO = {"event": "event"} | dict.fromkeys(("who", "creature", "object"), "hero")
NO_DOING = frozenset(WORDS["no_doing"])
OURS = re.compile(r"\b(?:we|our|I|my)\b")  # what whoever writes did
LONGEST_SAYING = 12  # words that a title of its own may have before it is none


def read(text: str) -> Asked:
    """What a topic for a title gives; its words are straightened."""
    form = first(text, FORMATS)
    if slots := _said(text):
        return Asked("titles", form, tuple(slots))
    pieces = [piece.strip() for piece in PIECES.split(text) if piece.strip()]
    shown = [piece for piece in pieces if not TITLE.search(piece) and SCENE.match(piece)] if len(pieces) > 1 else []
    naming = [piece for piece in pieces if TITLE.search(piece) or (first(piece, FORMATS) != ANY and piece not in shown)]
    about = [found["x"] for piece in pieces if (found := THEME.search(piece))]
    about += [found["x"] for piece in naming if (found := SAID_ON.search(piece))]
    behind = COLON.split(text, maxsplit=1)[1:]
    rest = [
        piece for piece in pieces if piece not in naming and not ASIDE.match(IAM.sub("", piece)) and (behind or _standing(piece))
    ]
    of = [found["x"] for piece in naming if (found := SAID_OF.search(piece))]
    held = next((one for one in of if phrase(one).own and HELD.search(one)), "")
    said = next(iter(about or rest or [one for one in of if not MAKERS.search(phrase(one).noun)]), "")
    if (role := AS.search(said)) is not None:
        said = role["x"]
    return Asked("titles", form, tuple(_subject(said if about or not held else held, fiction=form == "novel")))


def _said(text: str) -> list[Slot]:
    """What a title is to say, where a topic says it in a sentence."""
    text = re.split(r"(?<=\w)[.;?!]\s|\s\(|,\s+(?=(?:no|not|max|under|short|please|for)\b)", text)[0].strip(" .?!")
    if (doing := DID.search(text)) is not None and doing["verb"].casefold() not in NO_DOING:
        what = re.sub(r"\bi\b", "I", doing["what"])
        words = f"{gerund(doing['verb'].casefold())}{what}"
        return [Slot((words,), "gerund")] if len(words.split()) <= LONGEST_SAYING else []
    saying = SAYING.search(text)
    if saying is None or len(saying["x"].split()) > LONGEST_SAYING:
        return []
    words = re.sub(r"\bi\b", "I", saying["x"])
    if saying["word"].casefold() == "how" and saying["next"].casefold() == "to":
        return [Slot((words,), "advice")]
    ours = [Slot((words,), "tale")] if OURS.search(words) else []
    return [*ours, Slot((words,), "saying")]


def gerund(verb: str) -> str:
    """The gerund of a verb in its first form or its past: built, building."""
    if verb in GERUNDS:
        return GERUNDS[verb]
    if verb.endswith("ied"):
        return f"{verb[:-3]}ying"
    if verb.endswith("eed") and len(verb) > 4:
        return f"{verb[:-1]}ing"
    if verb.endswith("ed") and len(verb) > 4:
        return f"{verb[:-2]}ing"
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")):
        return f"{verb[:-1]}ing"
    twice = re.fullmatch(r"[^aeiou]*[aeiou][bdgmnprt]", verb)  # plan, planning; of one syllable
    return f"{verb}{verb[-1]}ing" if twice else f"{verb}ing"


def _standing(piece: str) -> bool:
    """Whether words behind a comma name a subject by themselves, and not a manner or a genre."""
    found = phrase(IAM.sub("", SCENE.sub("", piece)))
    return found.gerund or found.plural or bool(found.article) or " for " in piece or " of the " in piece


def _subject(text: str, *, fiction: bool) -> list[Slot]:
    """What a title stands for.

    Args:
        text: the words that say it.
        fiction: it is the title of what is made up, so that it may be about anybody or anything.
    """
    text = IAM.sub("", SCENE.sub("", text.strip()).strip())
    if ASIDE.match(text) or CLAUSE.search(text):
        return []
    audience = re.match(r"(?P<what>.+?)\s+for\s+(?P<whom>(?!\w+ing\b).+)$", text)
    text = re.split(r"[,.](?!\d)|[;(]", text)[0].strip()
    found = phrase(text)
    if found.own and HELD.search(text):
        return [Slot((text,), "event")]
    if not text or VERB.search(found.noun if fiction else text) or NO_SUBJECT.search(found.noun) or NO_SUBJECT.search(text):
        return []
    if not found.gerund and (DONE.search(text) or (not found.article and HAPPENS.match(text))):
        return []
    if audience is not None and len(text.split()) <= LONGEST:
        what, whom = phrase(audience["what"]), phrase(audience["whom"])
        if (what.plural or not what.article) and (whom.plural or not whom.article):
            return [Slot((audience["what"], audience["whom"]), "audience"), Slot((audience["what"],), _manner(what))]
    if len(text.split()) > LONGEST:
        return []
    if (
        found.article in ("a", "the")
        and not found.plural
        and (" of " not in found.noun)
        and not (found.own and "'s " in found.noun)
        and found.noun.casefold() not in UNIQUE
    ):
        return [Slot((text,), among=HERO if fiction else same("who", "event"), meant=found.noun)]
    return [Slot((text,), _manner(found))]


def _manner(found: Phrase) -> str:
    return "gerund" if found.gerund and (found.tail or DOING.match(found.noun)) else "what"
