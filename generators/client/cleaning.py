"""Turns what a model wrote into the text of one idea, or says why it cannot be one. It judges form, never sense."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from bot.domain.ideas import MAX_IDEA, clean
from generators.verse.rhymes import rhyme

LIKE_EXAMPLE = 0.85  # share of letters in common; measured: rewordings of an example lie above, other ideas below 0.6
COPIED = 4  # words in a row of an example; three are the common stock of short sentences
FORM = 2  # words with which a text may begin as an example does: "a photo of the" says nothing yet
SHORT = 9  # words of a slogan
SAID_TWICE = frozenset(
    ["more", "less", "for", "your", "our", "the", "stay", "big", "small"]
)  # of which its halves differ, and say nothing yet
WORTH_KEEPING = 20  # characters; a shorter sentence in front of a cut one is rarely the idea
LETTERS = 0.55  # least share of letters among the characters that are not spaces
NUMBERS = r"(?:\d[\d,.\- ]*){7,}"  # long runs of digits are a small model's way of losing the thread

_LIST_MARK = re.compile(r"^\s*(?:[-*•–—>#]+|\(?\d{1,2}[.):]|\(?[a-zA-Z][.)])\s+")
_LABEL = re.compile(
    r"^(?:idea|answer|name|title|slogan|suggest(?:ion)?|propose|this|response|shorter|点子|答案|名称|标题)(?: ?\d+)? ?[:：]\s*",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(
    r"^(?:sure|of course|certainly|absolutely|here(?:'s| is| are)|okay|好的|当然)\b[^:：]{0,60}[:：]\s*", re.IGNORECASE
)
_MARKUP = re.compile(r"\*\*|__|`+|~~|</?[a-z]+>|<\|[^|]*\|>")
_REFUSAL = re.compile(
    r"^(?:i(?:'m| am) (?:sorry|not sure|unable|just an ai|glad|happy)|as an ai|i (?:cannot|can't|don't know)|sorry\b|抱歉|作为)"
    r"|\bi(?:'m| am) not (?:sure|certain)\b"
    r"|\bas an ai\b|\bsmollm|\bhugging ?(?:face|home)\b",  # the last: who made the texts that a small model was trained on
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r"\b(?:mrs?|ms|dr|prof|vs|incl|approx|e\.g|i\.e)\.?$", re.IGNORECASE)  # its full stop ends no sentence
_ASKED_BACK = re.compile(r"^(?:suggest|propose)(?:s|ing)?\b", re.IGNORECASE)  # the question again, in the model's mouth
#: Words of the recipes that no idea has: the answer's form, said again in the answer.
_FORM = re.compile(
    r"\b(?:in|with|as|using) (?:just |only )?(?:one|a|a single|1) (?:short |single )?sentence\b|\bone[- ]sentence\b"
    r"|\b(?:short|one) sentence\b|\banswer with\b|\bthe name only\b|\bidea (?:one|two)\b|\bboth together\b"
    r"|\b(?:draft|shorter|corrected|more vivid): ",
    re.IGNORECASE,
)
#: Praise of itself, which a small model ends an idea with that it does not have.
_PRAISE = re.compile(
    r"\b(?:is|be|are|that's|what|such|as) (?:already )?(?:an?|the) (?:\w+ )?(?:great|good|excellent|exciting|perfect|fun|"
    r"fantastic|wonderful|brilliant|amazing|welcome|classic|simple) (?:\w+ )?(?:idea|way|start|addition|example|choice)\b|"
    r"\bgame[- ]changer\b|\bgreat idea\b|"
    r"^(?:recommend|imagine|consider) (?:an?|the|some) (?:\w+ )?(?:idea|concept|product)\b|\bdifferent idea\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\[[^\]]{2,}\]|\{[^}]*\}|https?://|www\.|[<>]{2,}|_{3,}|\\[nt]|^\W*$")
_SENTENCE_END = re.compile(r"[.!?。！？](?=[\s\"'”’)]|$)")
_QUOTES = "\"'“”‘’«»„「」『』"
#: Words that add nothing to a topic; a text of these and the topic's own words only says the topic again.
_SMALL_WORDS = (
    "a an the and or of for to in on at by with from is are be it its that this your you our we they their some any idea "
    "have do make try start write create say use"
)


#: Two people and nothing that they do: "an old man and a young girl".
_ONLY_TWO = re.compile(r"^an? (?:\w+ ){1,2}and an? (?:\w+ ?){1,2}$", re.IGNORECASE)
#: A thing of itself: "a bonfire with a bonfire of wood", "a festival of lights and lights".
_OF_ITSELF = re.compile(
    r"\b(\w{4,}?)s? (?:(?:with|of) |(?:for|in|on|at|to|from|is|are|by|about) (?:an?|the|his|her|its|their|your|our|one) )"
    r"(?:(?:an?|the|his|her|its|their|your|our|one|own) )*\1s?\b|\b(\w{4,}) and (?:an? |the )?\2\b",
    re.IGNORECASE,
)


def tidy(
    raw: str,
    *,
    finished: bool,
    examples: Iterable[str] = (),
    topic: str = "",
    known: Sequence[str] = (),
    goes_on: bool = False,
    parts: int = 0,
    characters: Sequence[int] = (),
    rhymed: bool = False,
) -> tuple[str, str | None]:
    """The idea in what a model wrote, and why it cannot be used, if it cannot.

    Args:
        raw: the model's text, an opening that belongs to it included.
        finished: the model came to its end; False: it was stopped by the limit on length.
        examples: ideas that stood in the prompt; copies of them are not new.
        topic: what was asked for; saying only that again is no idea.
        known: ideas that everybody knows already.
        goes_on: it continues the topic, so it may begin in the middle of a sentence.
        parts: lines it must have, separated by slashes; 0: it is one line.
        characters: lengths that its lines may have, all the same; empty: any.
        rhymed: the second and the fourth of its lines must rhyme, in Chinese.

    Returns:
        The text, and None or why not: empty, cut, not-text, refusal, too-long, repetitive, echo, example, known, form.
    """
    text = _bare(raw)
    if parts:
        trouble = _trouble(text, examples=examples, topic="", known=known) or _borrowed(text, examples)
        return _verse(text, trouble, parts, characters, finished=finished, rhymed=rhymed)
    if not finished and not (whole := _whole_sentences(text)):
        return text, "cut" if text else "empty"
    text = text if finished else whole
    text = re.sub(r"\.{2,}$", "", _unquoted(text)).rstrip(" ,;:-–")
    if goes_on:
        return f"… {text}" if text[:1].islower() else text, _trouble(text, examples=(), topic="", known=known)
    text = _capitalised(text)
    return text, _trouble(text, examples=examples, topic=topic, known=known)


def _verse(
    text: str, trouble: str | None, parts: int, characters: Sequence[int], *, finished: bool, rhymed: bool
) -> tuple[str, str | None]:
    """The lines of a poem, tidied one by one, and why they are none of the form that was asked for."""
    lines = [line.strip(" ,;:-–") for line in re.split(r"[/／|]", _unquoted(text))]
    if not finished and len(lines) > parts:  # the model went on after the last line
        lines, finished = lines[:parts], True
    verse = _capitalised(" / ".join(lines).rstrip(" ,;:-–"))
    if trouble is None and not finished:
        trouble = "cut"
    if trouble is None and (len(lines) != parts or any(len(line) < 2 for line in lines)):
        trouble = "form"
    lengths = {sum(char.isalpha() for char in line) for line in lines}
    if trouble is None and characters and (len(lengths) != 1 or not lengths <= set(characters)):
        trouble = "form"
    if trouble is None and rhymed and not rhyme(*("".join(filter(str.isalpha, lines[at])) for at in (1, 3))):
        trouble = "form"
    return verse, trouble


def _borrowed(text: str, examples: Iterable[str]) -> str | None:
    """Whether a line of a poem stands in an example."""
    known = {_folded(line) for example in examples for line in example.split("/")}
    return "example" if any(_folded(line) in known for line in text.split("/")) else None


def _trouble(text: str, *, examples: Iterable[str], topic: str, known: Sequence[str]) -> str | None:
    """Why a text cannot be an idea."""
    if not text:
        return "empty"
    if len(text) > MAX_IDEA:
        return "too-long"
    if _not_text(text):
        return "not-text"
    if _REFUSAL.search(text):
        return "refusal"
    if _ABBREVIATED.search(text) or _ONLY_TWO.search(text):
        return "cut"
    if repetitive(text):
        return "repetitive"
    folded = _folded(text)
    if topic and (words(text) <= words(f"{topic} {_SMALL_WORDS}") or folded.startswith(_folded(topic) + " ")):
        return "echo"
    if _ASKED_BACK.search(text) or _FORM.search(text):
        return "echo"
    if _PRAISE.search(text):
        return "empty"
    if any(folded == _folded(other) for other in known):
        return "known"
    return "example" if _copied(folded, [_folded(example) for example in examples]) else None


def _copied(folded: str, examples: Sequence[str]) -> bool:
    """Whether a folded text is an example, or has so many words of one in a row, behind the beginning that is their form."""
    mine = runs(folded.split(" ", FORM)[-1]) if folded.count(" ") >= FORM else set()
    return any(mine & runs(example) or (alike(folded, example) and not _new_words(folded, example)) for example in examples)


def _new_words(one: str, other: str) -> set[str]:
    """The words of a folded text, short ones and plurals aside, that another has not."""
    return {word for word in words(one) - words(other) if len(word) > 2}


def alike(one: str, other: str) -> bool:
    """Whether two folded texts are the same but for a little."""
    if one == other:
        return True
    longer, shorter = max(len(one), len(other)), min(len(one), len(other))
    if 2 * shorter < LIKE_EXAMPLE * (longer + shorter):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= LIKE_EXAMPLE


def runs(folded: str) -> set[tuple[str, ...]]:
    """The runs of so many words in a folded text that sharing one is copying."""
    words = folded.split()
    return {tuple(words[at : at + COPIED]) for at in range(len(words) - COPIED + 1)}


def repeating(whole: Sequence[str]) -> bool:
    """Whether a text that may go on says the same words again and again already, by its words so far, all of them whole."""
    words = re.findall(r"[\w'’]+", " ".join(whole).casefold())
    if any(one == two and len(one) > 1 for one, two in pairwise(words)):
        return True
    triples = Counter(zip(words, words[1:], words[2:], strict=False))
    if triples and max(triples.values()) > 1:
        return True
    long = Counter(word for word in words if len(word) > 3)
    return bool(long) and max(long.values()) > 3


def repetitive(text: str) -> bool:
    """Whether a text says the same words again and again."""
    if repeating([text]):
        return True
    words = re.findall(r"[\w'’]+", text.casefold())
    if len(words) < 16 and 3 in Counter(word for word in words if len(word) > 3).values():
        return True
    if _OF_ITSELF.search(text) or _says_twice(text):
        return True
    return re.search(r"(.{2,12}?)\1{2,}", text.casefold().replace(" ", "")) is not None


def _says_twice(text: str) -> bool:
    """Whether a short text's second half, behind a comma, only has words of the first: "Good ride, good ride"."""
    first, comma, second = text.partition(",")
    halves = [words(half) - SAID_TWICE for half in (first, second)]
    return bool(comma and halves[1]) and len(text.split()) <= SHORT and halves[1] <= halves[0]


def words(text: str) -> set[str]:
    """The words of a text, folded, the ends that make plurals gone."""
    return set(spelled(text))


def spelled(text: str) -> list[str]:
    """The same, each as often as it stands there."""
    return [word.rstrip("s") if len(word) > 3 else word for word in re.findall(r"[^\W_]+", text.casefold())]


def _bare(raw: str) -> str:
    """One line without list marks, labels and markup."""
    lines = [line for line in raw.strip().splitlines() if line.strip()]
    text = clean(_MARKUP.sub("", lines[0])) if lines else ""
    before = None
    while before != text:
        before = text
        text = _PREAMBLE.sub("", _LABEL.sub("", _LIST_MARK.sub("", text))).strip()
    return text


def _whole_sentences(text: str) -> str:
    """The sentences before the one that was cut off; empty when there are none worth keeping."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return text[: ends[-1]] if ends and ends[-1] >= WORTH_KEEPING else ""


def _unquoted(text: str) -> str:
    """The text without quotes around the whole of it, and without one that nothing answers."""
    text = text.strip()
    while len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES and not set(text[1:-1]) & set('"“”'):
        text = text[1:-1].strip()
    for quote in '"“”':
        if text.count(quote) == 1 and not set("“”") <= set(text):
            text = text.replace(quote, "").strip()
    return text


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _not_text(text: str) -> bool:
    """Whether this is numbers, code, a form to fill in, or noise."""
    if _PLACEHOLDER.search(text) or re.search(NUMBERS, text) or "\ufffd" in text:  # the last: half a character, cut by a token
        return True
    marks = [char for char in text if not char.isspace()]
    letters = sum(unicodedata.category(char)[0] in "LM" for char in marks)
    return letters < LETTERS * len(marks)


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))
