"""What of an idea's words can be drawn: the telling ones, their stems, and whether they are English at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from functools import lru_cache

#: What an idea wants less of is not what it is about: the word after one of these is left out.
LESS = re.compile(
    r"\b(?:fewer|less|without|zero|no|weniger|ohne|keine?n?|moins(?: de)?|sans|pas de|menos|sin|senza|meno|sem|minder|zonder|geen)"
    r"[\s-]+[^\W\d_]+(?:['’-][^\W\d_]+)*|(?:无|没有|不要|少点)[\u3400-\u9fff]{1,2}",
    re.IGNORECASE,
)
LONG_ENOUGH = 5  #: letters of a foreign word; a longer one is also looked up without its last
MOST_WORDS = 14  # words of an idea that are looked up one by one; more say little about what to draw
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
#: Words that name nothing to draw.
SILENT = frozenset(
    re.findall(
        r"\w+",
        "a about after all also an and any app application are as at based be because been before being best better big brand "
        "but by can company could die dies do does each easy every everyone everything feature few first for forgotten friendly from get gets give gives "
        "good great has have help helps her here him his how i idea ideas if in into is it its just keep large less let lets "
        "like little long made make makes many may me more most much my name need needs never new next no not now of off on one "
        "only or other our out over own people per platform powered product products put really same service she short should simple "
        "since slogan slowly small smart so some someone such take takes team teams than tracker that the their them then there these "
        "they thing things this those through time to too turn turns under until up us use used using very want was way ways we "
        "were what when where which while who whose why will with without would you your",
    )
)

#: Small words of the languages whose words find drawings; those that hardly any other language has are telling of them.
OWN = frozenset(
    re.findall(
        r"\w+",
        "der die das dem des ein eine einen einer eines und mit für auf zum zur les une des et du aux pour avec sur dans chez el los las una "
        "y con para del unos unas il gli delle della nel nella dei per os um uma com dos das het een voor van op bij "
        "über unter neben sous entre sobre junto bajo sotto tra fra aos naast onder",
    )
)
SHARED = frozenset(re.findall(r"\w+", "de den en le la lo un a au al e i o na no di da do in im am an te todos cada elke"))
#: Letters of those languages. A word with another is of none of them, whatever it looks like without its accents.
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzäöüßàâæçéèêëîïôœùûÿáíóúñìòãõ")
KNOWN = 1 / 3  #: of the words that say something: a text of whose words fewer are known is not understood


def wanted(text: str) -> str:
    """A text without what it wants less of, unless nothing else is in it."""
    left = LESS.sub(" ", text)
    return left if telling(left) or (CJK.search(left) and len(left.strip()) > 1) else text


def foreign(text: str) -> bool:
    """Whether a text is hardly English: few of its words are among the commonest."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    common = sum(word in SILENT for word in words) / max(1, len(words))
    strange = any(letter > "\u024f" or letter in "äöüßñçãõàèìòùêîôûéáíóú" for letter in text.lower() if letter.isalpha())
    return bool(CJK.search(text)) or (common < 0.08 and (strange or len(words) > 7))


def understood(text: str, known: Container[str]) -> bool:
    """Whether a text is in one of the languages that a word list is of, and not in one that it shares some words with.

    Args:
        text: hardly English.
        known: words of the list, in small letters without accents.
    """
    words = [word for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text.lower())) if not CJK.search(word)]
    if any(letter not in LETTERS for word in words for letter in word):
        return False
    said = [word for word in words if word not in OWN | SHARED | SILENT]
    hits = sum(folded(word) in known or (len(word) > LONG_ENOUGH and folded(word)[:-1] in known) for word in said)
    return hits >= KNOWN * len(said) or len(OWN & set(words)) > 1


def telling(text: str) -> list[str]:
    """The words of a text that something could be drawn for, in order, once each."""
    text = re.sub(r"\b([^\W\d_]+)-(?=(?:friendly|powered|made|sized|loving|shaped|based|inspired)\b)", r"\1 ", text)
    words = [word.lower() for word in re.findall(r"[^\W\d_][^\W\d_]*(?:['’-][^\W\d_]+)*", text) if not CJK.search(word)]
    return list(dict.fromkeys(word for word in words if word not in SILENT and len(word) > 2))[:MOST_WORDS]


def folded(text: str) -> str:
    """In small letters without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(letter))


@lru_cache(maxsize=2**13)  # the names and keywords of all drawings are some 4 000 words, each of them three times
def stem(word: str) -> str:
    """Without the commonest English endings."""
    word = word.lower()
    for ending, least in (("ies", 5), ("ing", 6), ("ers", 6), ("es", 5), ("er", 6), ("ed", 5), ("s", 4), ("e", 5), ("y", 5)):
        if word.endswith(ending) and len(word) >= least:
            return word.removesuffix(ending)
    return word


def native(text: str, words: Sequence[str]) -> float:
    """How well Chinese keywords fit a Chinese text: longer ones say more."""
    best = max((len(word) for word in words if word in text and (len(word) > 1 or word == words[0])), default=0)
    known = 0.5 * (bool(words) and words[0] in text)
    return min(best, 4) * 0.3 + known
