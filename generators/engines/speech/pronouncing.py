"""English words as sounds, in the notation that the voice was trained with: the IPA of a general American accent.

A lexicon of 180 000 words (misaki's, Apache licence), word forms made from it, small words as they sound between others, and for
what no lexicon knows rules from letters to sounds. No GPL program or library takes part.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

VOWELS = "aeiouæɐɑɒɔəɚɛɜɪʊʌᵻ"
#: The lexicon's signs, most of them for two sounds, as the voice knows them. Longer ones come first.
SIGNS = {
    "ɜɹ": "ɜː",
    "əɹ": "ɚ",
    "ᵊl": "əl",
    "ʔn": "ʔn̩",
    "ɑɹ": "ɑːɹ",
    "ɔɹ": "ɔːɹ",
    "A": "eɪ",
    "I": "aɪ",
    "W": "aʊ",
    "O": "oʊ",
    "Y": "ɔɪ",
    "Q": "oʊ",
    "ᵊ": "ə",
    "ʤ": "dʒ",
    "ʧ": "tʃ",
    "ɑ": "ɑː",
    "ɔ": "ɔː",
    "u": "uː",
    "g": "ɡ",
}
SIGN = re.compile("|".join(SIGNS))
#: Small words as they sound between others, in the voice's own notation.
SMALL = {
    "a": "ɐ",
    "an": "ɐn",
    "the": "ðə",
    "and": "ænd",
    "or": "ɔːɹ",
    "but": "bʌt",
    "of": "ʌv",
    "to": "tə",
    "in": "ɪn",
    "on": "ɔn",
    "at": "æt",
    "for": "fɔːɹ",
    "from": "fɹʌm",
    "with": "wɪð",
    "by": "baɪ",
    "as": "æz",
    "is": "ɪz",
    "are": "ɑːɹ",
    "was": "wʌz",
    "were": "wɜː",
    "be": "biː",
    "been": "bɪn",
    "am": "æm",
    "has": "hɐz",
    "have": "hæv",
    "had": "hæd",
    "do": "duː",
    "does": "dʌz",
    "it": "ɪt",
    "its": "ɪts",
    "it's": "ɪts",
    "he": "hiː",
    "she": "ʃiː",
    "we": "wiː",
    "you": "juː",
    "they": "ðeɪ",
    "i": "aɪ",
    "me": "miː",
    "us": "ʌs",
    "him": "hɪm",
    "her": "hɜː",
    "them": "ðɛm",
    "my": "maɪ",
    "your": "jʊɹ",
    "our": "aʊɚ",
    "their": "ðɛɹ",
    "his": "hɪz",
    "that": "ðæt",
    "this": "ðɪs",
    "these": "ðiːz",
    "can": "kæn",
    "will": "wɪl",
    "would": "wʊd",
    "could": "kʊd",
    "if": "ɪf",
    "than": "ðɐn",
    "so": "soʊ",
    "into": "ˌɪntʊ",
    "there": "ðɛɹ",
    "who": "huː",
    "which": "wɪtʃ",
    "some": "sʌm",
}
NAMES = (
    "ˈeɪ bˈiː sˈiː dˈiː ˈiː ˈɛf dʒˈiː ˈeɪtʃ ˈaɪ dʒˈeɪ kˈeɪ ˈɛl ˈɛm ˈɛn "
    "ˈoʊ pˈiː kjˈuː ˈɑːɹ ˈɛs tˈiː jˈuː vˈiː dˈʌbəljˌuː ˈɛks wˈaɪ zˈiː"
)
LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", NAMES.split(), strict=True))
#: Letters to sounds, in the voice's notation; the first that fits counts. "$" is the end of the word, "^" its beginning.
SPELLING = (
    r"^kn n; ^wr ɹ; ^ps s; ^x z; tion ʃən; sion ʒən; cious ʃəs; tious ʃəs; ough oʊ; augh ɔː; igh aɪ; eigh eɪ; tch tʃ; "
    r"sch sk; dge dʒ; ch tʃ; sh ʃ; th θ; ph f; gh ɡ; wh w; ck k; qu kw; ng$ ŋ; nk ŋk; ee iː; ea iː; oo uː; ou aʊ; "
    r"ow$ oʊ; ow aʊ; oa oʊ; oi ɔɪ; oy ɔɪ; ai eɪ; ay eɪ; au ɔː; aw ɔː; ie$ i; ie iː; ei eɪ; ey$ i; eu uː; ew uː; "
    r"ui uː; ue$ uː; ar ɑːɹ; er$ ɚ; or$ ɚ; er ɜː; ir ɜː; ur ɜː; or ɔːɹ; le$ əl; a(?=[^aeiouy]e$) eɪ; "
    r"i(?=[^aeiouy]e$) aɪ; o(?=[^aeiouy]e$) oʊ; u(?=[^aeiouy]e$) uː; e$ -; c(?=[eiy]) s; g(?=[eiy]) dʒ; y$ i; ^y j; "
    r"y ɪ; (.)(?=\1) -; a$ ə; o$ oʊ; a æ; e ɛ; i ɪ; o ɑː; u ʌ; b b; c k; d d; f f; g ɡ; h h; j dʒ; k k; l l; m m; "
    r"n n; p p; q k; r ɹ; s s; t t; v v; w w; x ks; z z"
)
RULES = tuple(
    (re.compile(letters), "" if said == "-" else said) for letters, said in (rule.split() for rule in SPELLING.split(";"))
)
VERBS_AFTER = frozenset(
    {"to", "will", "would", "can", "could", "should", "must", "may", "might", "let's", "we", "you", "they", "i"}
)
OBJECTS = frozenset({"a", "an", "the", "it", "this", "that", "these", "those", "my", "your", "our", "their", "his", "her", "its"})
#: Letters that are no letter with a mark.
WHOLE = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})
#: What the lexicon lacks, or has in its rarer sense: the low voice, not the fish.
SENSES = {"bass": "bˈAs", "ikea": "Ikˈiə"}
ENDINGS = {"ing": "ɪŋ", "ed": "d", "er": "əɹ", "est": "ᵻst", "ly": "li", "ness": "nəs", "less": "ləs", "ful": "fᵊl"}
PREFIXES = {"un": "ˌʌn", "re": "ɹi", "pre": "pɹi", "non": "nˌɑn", "over": "ˌOvəɹ", "micro": "mˈIkɹO"}
WORD = re.compile(r"[A-Za-zÀ-ž]+(?:['-][A-Za-zÀ-ž]+)*|[.,!?;:]")


@cache
def lexicon() -> dict[str, Any]:
    """Sounds by word, in the lexicon's own signs; a word that is said in several ways has them by what it is."""
    folder = files("misaki") / "data"
    words: dict[str, Any] = json.loads((folder / "us_silver.json").read_text(encoding="utf-8"))
    words.update(json.loads((folder / "us_gold.json").read_text(encoding="utf-8")))
    return words


def sounds(text: str) -> str:
    """The sounds of a text whose numbers and signs are words already; its marks stay."""
    said: list[str] = []
    before = ""
    tokens = WORD.findall(text.replace("—", ",").replace("–", ",").replace("…", "."))
    for token, after in zip(tokens, [*tokens[1:], ""], strict=True):
        if token == "Polish" and after.lower() in OBJECTS:
            token = "polish"  # what is done to an idea, and no nation
        if token == "A" and (before or re.fullmatch("[A-Z]", after)):  # vitamin A, and A I, letter by letter
            said.append(LETTERS["a"])
            before = "a"
            continue
        if token in ".,!?;:":
            if said:
                said[-1] += token
            before = ""
            continue
        for part in (token,) if token in lexicon() else token.split("-"):
            said.append(word(part, before))
            before = part.lower()
    for place in range(len(said) - 1):
        if said[place] == "ðə" and said[place + 1].lstrip("ˈˌ")[:1] in VOWELS:
            said[place] = "ðɪ"
    return " ".join(said)


def word(token: str, before: str = "") -> str:
    """One word's sounds."""
    lower = unaccented(token.lower())
    if lower in SMALL:
        return SMALL[lower]
    if token.isupper() and 2 <= len(token) <= 5 and (lower not in lexicon() or not re.search("[aeiou]", lower)):
        return "".join(LETTERS[letter] for letter in lower if letter in LETTERS)
    if re.fullmatch("[A-Z]{2,5}s", token):  # OKRs
        return word(token[:-1], before) + "z"
    found = looked_up(token, before) or looked_up(lower, before) or formed(lower, before) or compound(lower)
    if found is not None:
        return voiced(found)
    if len(lower) == 1 or not re.search("[aeiouy]", lower):
        return "".join(LETTERS[letter] for letter in lower if letter in LETTERS)
    return spelled(lower)


def looked_up(token: str, before: str) -> str | None:
    """What the lexicon says of a word as it is."""
    found = SENSES.get(token) or lexicon().get(token)
    if isinstance(found, dict):
        found = (found.get("VERB") if before in VERBS_AFTER else None) or found.get("DEFAULT")
    return found if isinstance(found, str) else None


def formed(lower: str, before: str) -> str | None:
    """A form of a word that the lexicon knows: plural, past, -ing, -er, -ly, 's."""
    for ending, stems in (("'s", ("",)), ("s'", ("s", "")), ("s", ("",)), ("es", ("", "e"))):
        for stem in stems:
            if lower.endswith(ending) and (found := looked_up(lower[: -len(ending)] + stem, before)):
                return found + ("ᵻz" if found[-1] in "szʃʒʧʤ" else "s" if found[-1] in "ptkfθ" else "z")
    for ending, sound in (
        ("ing", "ɪŋ"),
        ("ed", ""),
        ("er", "əɹ"),
        ("est", "ᵻst"),
        ("ly", "li"),
        ("ness", "nəs"),
        ("less", "ləs"),
        ("ful", "fᵊl"),
    ):
        if not lower.endswith(ending):
            continue
        stem = lower[: -len(ending)]
        doubled = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else ""
        for one in (stem, stem + "e", doubled, stem[:-1] + "y" if stem.endswith("i") else ""):
            if one and (found := looked_up(one, before)):
                return found + (past(found) if ending == "ed" else sound)
    for prefix, sound in PREFIXES.items():
        if lower.startswith(prefix) and len(lower) > len(prefix) + 2 and (found := looked_up(lower[len(prefix) :], before)):
            return sound + found
    return None


def past(found: str) -> str:
    """How -ed sounds after a word."""
    return "ᵻd" if found[-1] in "td" else "t" if found[-1] in "pkfθsʃʧ" else "d"


def compound(lower: str) -> str | None:
    """Two words written as one; the second is said more lightly."""
    for cut in range(len(lower) - 3, 2, -1):
        first, second = looked_up(lower[:cut], ""), looked_up(lower[cut:], "")
        if first and second:
            return first + second.replace("ˌ", "").replace("ˈ", "ˌ")
    return None


def voiced(found: str) -> str:
    """A word in the lexicon's signs, in the voice's."""
    made = SIGN.sub(lambda sign: SIGNS[sign[0]], found)
    made = re.sub(r"^([ɹdb])ə(?=[^ˈ]*ˈ)", r"\1ᵻ", made)  # repair, deliver, begin
    return re.sub(r"([ˈˌ][^aeiouæɐɑɒɔəɚɛɜɪʊʌᵻ]*)i(?!ː)|i(?=[ptkbdɡmnlfvszʃʒθð]$)", lambda i: (i[1] or "") + "iː", made)


def spelled(lower: str) -> str:
    """A word that no lexicon knows, from its letters; its first vowel is stressed."""
    made, at = "", 0
    while at < len(lower):
        for letters, sound in RULES:
            if letters.pattern.startswith("^") and at:
                continue
            found = letters.match(lower, at)
            if found:
                made += sound
                at = found.end() if found.end() > at else at + 1
                break
        else:
            at += 1
    return re.sub(f"([{VOWELS}])", r"ˈ\1", made, count=1)


def unaccented(text: str) -> str:
    """café as cafe, Straße as strasse, łódź as lodz."""
    return "".join(char for char in unicodedata.normalize("NFD", text.translate(WHOLE)) if not unicodedata.combining(char))
