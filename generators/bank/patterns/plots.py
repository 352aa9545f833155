"""What an English topic for a plot is about."""

from __future__ import annotations

import re

from generators.bank.patterns.asked import Asked, Slot, same
from generators.bank.patterns.phrase import Phrase, phrase
from generators.bank.patterns.sentence import CLAUSE, LONGEST, NO_SUBJECT, SCENE, STORY, VERB, begun, first
from generators.bank.patterns.words import WORDS, any_of

GENRES = begun("genres")
ABOUT = re.compile(rf"\b{any_of(WORDS['about'])}\s+", re.IGNORECASE)
BETWEEN = re.compile(r"\bbetween\s+(?=an?\s|the\s|two\s|three\s|my\s)", re.IGNORECASE)
WITH = re.compile(r"\b(?:with|between)\s+(?!(?:some|a\s+few|plots?|ideas?|stor|names?|titles?)\b)", re.IGNORECASE)
QUESTION = re.compile(r"(?:how|what|why|which|any|could|can)\b", re.IGNORECASE)
PLACE = re.compile(r"\b(?P<set>set\s+(?:\w+ly\s+)?)?(?P<word>in|at|on|aboard|inside|around|under|near)\s+", re.IGNORECASE)
WORLD = re.compile(rf"{any_of(WORDS['world'])}\b", re.IGNORECASE)
FORM = re.compile(rf"\b{any_of((*WORDS['story'], *WORDS['form']))}\b", re.IGNORECASE)
HERO = same("who", "creature", "where", "object", "event", "theme")
ONE = same("who", "creature", "where", "object", "event")
SEVERAL = {"who": "group", "creature": "group", "object": "theme", "event": "theme", "where": "theme", "theme": "theme"}
MONTHS = re.compile(
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter|\d+|the\s+\d+|"
    r"dark|night|midnight|dawn|dusk|noon|sunset|christmas|style|form|middle|rhymes?|verse|which|one|two)\b",
    re.IGNORECASE,
)
TIME = re.compile(rf"\s+(?:in|on|at|during)\s+{MONTHS.pattern}.*$", re.IGNORECASE)
COUNTED = dict.fromkeys(HERO, "group")  # two food trucks quarrel, where keys are lost
PRONOUN = re.compile(r"(?:them|it|him|her|that|this|these|those|us|me|you|one)", re.IGNORECASE)
PAIR = re.compile(r"\s+(?:and|meets?|vs\.?|versus|&)\s+", re.IGNORECASE)
BEGUN = re.compile(r"(?:an?|two|three|the)\s", re.IGNORECASE)
ASIDE_WORD = re.compile(
    any_of(WORDS["aside"]) + "|" + any_of(WORDS["no_subject"]) + "|" + any_of(WORDS["audience"]), re.IGNORECASE
)
DOES = re.compile(
    r"(?<=\w)(?<!^a)(?<!^an)(?<!^the)\s+(?!\w*(?:ss|us|is)\b)[a-z]+s\s.*$", re.IGNORECASE
)  # the translator lies on purpose
ARE = re.compile(
    r"[a-z]+s\s+(?:all\s+)?(?:are|were|must|have|can|will)\s", re.IGNORECASE
)  # a sentence: players are all kitchen staff
WISH = re.compile(r"(?:must|should|needs?|please|keep|make)\b", re.IGNORECASE)
#: What a plot is about, before the words that ask for one.
AHEAD = re.compile(
    rf"(?P<x>(?:(?:an?|the|two|three)\s[^,.:?!]+|[A-Za-z]+(?=\.)))(?:[,.:?!]|\s-)\s.*\b{any_of(WORDS['story'])}\b", re.IGNORECASE
)
NAMED = re.compile(
    rf"\b(?:an?|the|my|our|one)\s+(?:(?!{any_of((*WORDS['ends'], *WORDS['verbs']))}\b)[\w'-]+(?:\s+|$|(?=[,.;:?!]))){{1,3}}",
    re.IGNORECASE,
)
#: What somebody comes upon: a janitor who finds a door in the boiler room.
MET = re.compile(
    r"\s(?:who|that|which)\s+(?:\w+ly\s+)?\w+s\s+(?P<x>an?\s+(?:(?!who\b|that\b|which\b)[\w'-]+\s*){1,6})$", re.IGNORECASE
)
NOBODY = re.compile(rf"\b{any_of((*WORDS['audience'], *WORDS['no_subject']))}$", re.IGNORECASE)


def read(text: str) -> Asked:
    """What a topic for a plot gives; its words are straightened."""
    genre = first(text, GENRES)
    every = text
    if (clause := CLAUSE.search(text)) is not None:
        if premise := _premise(text[clause.end() :]):
            return Asked("stories", genre, tuple(premise))
        if not ABOUT.search(text):
            somebody = DOES.sub("", VERB.split(text[clause.end() :])[0])  # where a piano tuner finds a note
            if phrase(somebody).article and (slots := _heroes(somebody)):
                return Asked("stories", genre, tuple(slots))
            text = text[: clause.start()]
    slots = []
    if (about := BETWEEN.search(text) or ABOUT.search(text)) is not None:
        slots = _heroes(text[about.end() :])
    elif (before := AHEAD.match(every)) is not None:
        slots = _heroes(before["x"], bare=not phrase(before["x"]).article)
    elif (about := _behind_form(text)) is not None:
        slots = _heroes(text[about.end() :], bare=" " not in text[about.end() :].split(",")[0].strip())
    elif (beside := WITH.search(text)) is not None:
        slots = _heroes(text[beside.end() :])
    elif PLACE.search(text) is None and not QUESTION.match(text) and "'" not in text:
        named = FORM.sub(" ", re.split(r"\s+for\s+(?=my|our|the|kids|children|a\b)", text)[0])
        slots = _heroes(" ".join(named.split()), bare=True)
    if not slots:
        found = ((place, _place(place["word"], text[place.end() :], told=bool(place["set"]))) for place in PLACE.finditer(text))
        slots = next((slot for _place_, slot in sorted(found, key=lambda one: not one[0]["set"]) if slot), [])
    if slots:
        return Asked("stories", genre, tuple(slots))
    return Asked("stories", genre, (*_named(every), *_listed(every)), one=True)


def _named(text: str) -> list[Slot]:
    """All that a sentence names with an article, as far as a plot may be about it: smuggle a singing cheese past customs."""
    found = (NAMED.search(text, place.start()) for place in re.finditer(r"\b(?:an?|the|my|our|one)\s", text, re.IGNORECASE))
    words = (one.group().strip() for one in found if one is not None)
    named = dict.fromkeys(
        one
        for one in words
        if not (NOBODY.search(one) or "" in (FORM.sub("", phrase(one).noun).strip(), FORM.sub("", one).strip()))
    )
    return [Slot((one,), among=ONE) for one in named if not phrase(one).plural]


def _listed(text: str) -> list[Slot]:
    """Where a plot stands, as one word behind a comma: one-shot, level 3 party, swamp."""
    pieces = [piece.strip() for piece in text.split(",")[1:]]
    return [
        Slot((Phrase(piece.lower()).first(),), among=same("where"), meant=piece)
        for piece in pieces
        if piece.isalpha() and not phrase(piece).plural and FORM.sub("", piece) and not ASIDE_WORD.fullmatch(piece)
    ]


def _behind_form(text: str) -> re.Match[str] | None:
    """The colon or comma behind what says nothing but what is asked for."""
    for found in re.finditer(r"\s*[:–—]\s+|\s+-\s+|,\s+", text):
        before, behind = text[: found.start()], text[found.end() :]
        if not FORM.sub("", before).strip(" ,-") or (STORY.search(before) and BEGUN.match(behind) and "," not in found.group()):
            return found
    return None


def _premise(text: str) -> list[Slot]:
    text = re.sub(r"\bcould\b", "can", re.split(r"[,.;?!]|\s+-\s", text)[0].strip())
    fits = WORLD.match(text) and 3 <= len(text.split()) <= LONGEST + 3
    return [Slot((text,), "clause")] if fits else []


def _heroes(text: str, *, bare: bool = False) -> list[Slot]:
    """Who or what a plot is about.

    Args:
        text: the words that name it.
        bare: it may be a noun without its article: dragon.
    """
    text = re.split(r"[,.](?!\d)|[;(]|\s+for\s+|\s+and\s+(?=(?:i|we|it|they|she|he)\b)", SCENE.sub("", text.strip()))[0].strip()
    if WISH.match(text) or not FORM.sub("", text).strip() or ARE.match(text):
        return []
    if not text or len(text.split()) > 2 * LONGEST or NO_SUBJECT.search(text) or NOBODY.search(phrase(text).noun):
        return []
    if re.search(r"\b(?:when|where)\b|^(?:why|how)\b|\d$", text):
        return []
    first = phrase(text)
    if not first.tail and VERB.search(text) and WORLD.match(text):
        return _premise(text)
    halves = PAIR.split(VERB.split(text)[0] if first.article == "a" else text)
    if len(halves) == 2 and not re.match(r"\s*(?:his|her|its|their)\b", halves[1]):
        one, two = (phrase(half) for half in halves)
        if one.article in ("a", "the") and two.article in ("a", "the") and not one.plural and not two.plural:
            return [Slot((halves[0], halves[1]), "pair")]
    if len(halves) > 1 and not first.plural and first.article:
        return []
    if len(first.noun.split()) > LONGEST or (bare and len(text.split()) > 3):
        return []
    if first.gerund:
        return [Slot((text,), "theme")]
    if not first.article and not first.plural and not bare:
        if VERB.search(text):
            return []
        return [] if PRONOUN.fullmatch(text) else [Slot((text,), among=same("theme", "where", "event"), meant=first.noun)]
    among = COUNTED if first.article == "many" else SEVERAL if first.plural else HERO if bare else ONE
    return (
        []
        if PRONOUN.fullmatch(text)
        else [Slot((text,), among=among, meant=first.kernel or _cut(text, first)), *_met(text, first)]
    )


def _cut(text: str, somebody: Phrase) -> str:
    """Who somebody is, where what follows was too long to be said again; empty: nothing was."""
    return somebody.noun if not somebody.tail and len(text.split()) > len(somebody.noun.split()) + 1 else ""


def _met(text: str, somebody: Phrase) -> list[Slot]:
    """What somebody comes upon: plots about who it is alone would leave that out."""
    met = MET.search(text) if somebody.article == "a" else None
    return [] if met is None else [Slot((met["x"],), among=ONE, meant=phrase(met["x"]).noun)]


def _place(word: str, text: str, *, told: bool) -> list[Slot]:
    """Where a plot stands, or what it is on.

    Args:
        word: the preposition.
        text: what follows it.
        told: "set" stands before it.
    """
    text = re.split(r"[,.](?!\d)|[;(]|\s+(?:for|with|about|where|and)\s+", text.strip())[0].strip()
    text = TIME.sub("", text)
    found = phrase(text)
    if not text or len(text.split()) > LONGEST or found.plural or (NO_SUBJECT.search(found.noun) and not _held(word, found)):
        return []
    if found.gerund:
        return [Slot((text,), "theme")] if word.casefold() == "on" else []
    if MONTHS.match(text):
        return []
    if not found.article and not found.proper:
        return [Slot((text,), among=same("theme"))] if word.casefold() == "on" else []
    if word.casefold() in ("on", "at") and not told:
        return [Slot((text,), among=ONE, meant=found.noun, otherwise="where" if word.casefold() == "at" else "")]
    return [Slot((text,), "where")]


def _held(word: str, found: Phrase) -> bool:
    """Whether it is somewhere, whatever else its last word may mean: at a village flower show."""
    return word.casefold() == "at" and bool(found.article) and len(found.noun.split()) > 1
