"""English noun phrases: their articles, and what follows their noun."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from generators.bank.patterns.words import WORDS

OWN = r"my|our|your|his|her|their|its"
MANY = (
    r"two|three|four|five|six|seven|eight|nine|ten|twelve|some|several|a\s+few|a\s+couple\s+of|a\s+pair\s+of|a\s+group\s+of|many"
)
DETERMINER = re.compile(
    rf"(?P<some>an?|one|another|this|that)\s+|(?P<the>the|(?:{OWN})|\w+['’]s)\s+(?=\w)|(?P<many>{MANY}|\d+)\s+", re.IGNORECASE
)
#: No word that another noun hangs on: "the history of the zip" is one noun.
JOINED = "".join(rf"(?<!\b{word})" for word in WORDS["joining"])
#: Who does what is said of a noun, at once behind it: the last letter a postman delivers.
DOER = (
    r"\s+(?:(?:an?|the|my|our|his|her)\s+(?:[\w'-]+\s+){1,2}(?:\w+(?:s|ed)|wore|took|made|left|lost|found|forgot|wrote|told|saw|sang|built|gave|"
    r"kept|sent|ate|drew|knew|threw|won|bought|sold)$|(?:i|we|he|she|they|you|nobody|everybody|everyone|no\s+one)\s+\w.*)"
)
#: What stands behind a noun and says more of it; "of" is part of a name as often as not ("a jar of honey").
TAIL = re.compile(
    rf"{JOINED}{DOER}|"
    r"\s+(?:(?:who|that|which|whose|with|without|on|in|at|from|across|told|called|made|and\s+(?:his|her|its|their))\b|"
    r"\w{3,}ing\s+(?:\w+\s+)?(?:an?|the|his|her|their|my|our|to)\s).*|['’]s\s+\w+ed\b.*",
    re.IGNORECASE,
)
PLACED = re.compile(r"\s+(?:on|in|at|from|across)\b", re.IGNORECASE)  # a mail carrier on Mars is no planet
DOING = 10  # words of a doing, which is named whole
LONG, LONGEST = 5, 7  # words behind a noun, and with it; with more of them nobody would name it in the middle of a sentence
CONTRACTED = re.compile(r"\b(who|that)['’]s\b", re.IGNORECASE)
VOWEL = re.compile(
    r"(?:[aeiou]|hour|honest|heir|mri\b|x-ray)", re.IGNORECASE
)  # sounds with which a word begins that "an" stands before
CONSONANT = re.compile(
    r"(?:uni(?!n|m)|use|usu|euro|one\b|once\b|ukulele|ufo)", re.IGNORECASE
)  # such as begin with a vowel's letter only
NO_PLURAL = re.compile(
    r"(?:ss|us|is|ness|ics|news|paris|mars|christmas|chess|bus|gas|stairs|doors|wards|overseas|lens|series|species|s['’]s)$",
    re.IGNORECASE,
)
IRREGULAR = frozenset(
    ["children", "people", "men", "women", "mice", "geese", "sheep", "teeth", "feet", "kids", "police", "staff", "twins"]
)
UNIQUE = frozenset(WORDS["unique"])
NO_GERUND = frozenset(WORDS["no_gerund"])


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase."""

    noun: str  #: with what stands before it, without its article
    tail: str = ""  #: what stands behind it, with a space before
    article: str = ""  #: "a", "the", "many" (a number or the like, part of `noun`) or empty: none
    own: bool = False  #: "our", "my": one that whoever writes has
    whose: str = ""  #: that word

    @property
    def plural(self) -> bool:
        """Whether it names several."""
        last = self.noun.split()[-1].casefold() if self.noun.split() else ""
        several = last in IRREGULAR or (last.endswith("s") and not NO_PLURAL.search(last))
        return self.article == "many" or (self.article != "a" and several)

    @property
    def kernel(self) -> str:
        """What tells of what type it is, where that is less than the whole: its noun, if there are several or a place follows."""
        return self.noun if self.plural or PLACED.match(self.tail) or re.match(DOER, self.tail, re.IGNORECASE) else ""

    @property
    def gerund(self) -> bool:
        """Whether it names a doing."""
        first = self.noun.split()[0].casefold() if self.noun.split() else ""
        return not self.article and len(first) > 4 and first.endswith("ing") and first not in NO_GERUND

    @property
    def proper(self) -> bool:
        """Whether it is a name: Mars."""
        return not self.article and self.noun[:1].isupper() and not self.noun.isupper()

    def first(self) -> str:
        """As it is named first: a shy mole."""
        return f"{self._with(self.article == 'the' and not self.own)}{self.tail}"

    def again(self) -> str:
        """As it is named again: the shy mole."""
        noun = re.sub(rf"^(?:{MANY}|\d+)\s+", "", self.noun, flags=re.IGNORECASE) if self.article == "many" else self.noun
        return noun if self.proper else f"the {noun}"

    def bare(self) -> str:
        """Without an article: shy moles; but the history of the zip."""
        one = " of " in self.noun or self.noun.casefold() in UNIQUE
        before = "the " if self.article == "the" and not self.own and one else ""
        before = f"{self.whose} " if self.whose and "'s " in self.noun else before  # my town's old cinemas
        return f"{before}{self.noun}{self.tail}"

    def _with(self, the: bool) -> str:
        if the:
            return f"the {self.noun}"
        if self.plural or self.proper or self.gerund:
            return self.noun
        vowel = VOWEL.match(self.noun) and not CONSONANT.match(self.noun)
        return f"{'an' if vowel else 'a'} {self.noun}"


def phrase(text: str) -> Phrase:
    """A phrase as it was typed: our old cannery; a digger who's scared of mud."""
    text = CONTRACTED.sub(r"\1 is", " ".join(text.split()).strip(" .?!,;:"))
    begun = DETERMINER.match(text)
    article = "" if begun is None else "a" if begun["some"] else "the" if begun["the"] else "many"
    own = bool(begun and begun["the"] and begun["the"].casefold() != "the")
    rest = text if begun is None or article == "many" else text[begun.end() :]
    behind = TAIL.search(rest)
    noun = rest[: behind.start()] if behind else rest
    tail = rest[len(noun) :]
    whose = begun["the"] if begun and own and re.fullmatch(OWN, begun["the"], re.IGNORECASE) else ""
    found = Phrase(noun, tail, article, own, whose)
    short = len(tail.split()) <= LONG and len(rest.split()) <= LONGEST
    return found if short or (found.gerund and len(rest.split()) <= DOING) else replace(found, tail="")
