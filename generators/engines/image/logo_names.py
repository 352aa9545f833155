"""What a logo says of an idea: its title where that is short, else what the idea names. It draws nothing."""

from __future__ import annotations

import re

from generators.engines.image import chinese
from generators.engines.image.telling import CJK, SILENT, telling

ARTICLES = frozenset(
    ("a", "an", "the", "our", "your", "my", "der", "die", "das", "ein", "eine", "le", "la", "les", "un", "une", "el", "los")
)
ASKING = frozenset(
    ("why", "what", "how", "who", "where", "when", "should", "could", "can", "do", "does", "is", "are", "will", "would")
)
#: Words that a sentence begins with and that say nothing without its rest: negations, calls to stop, pronouns.
OPENING = frozenset(
    re.findall(
        r"\S+",
        "never no not nobody nothing none cannot stop quit avoid ban enough must may might shall let let's please just there it it's "
        "i i'm i'd we we're you he she they this these those everybody everyone somebody someone if",
    )
)
AMOUNTS = frozenset(("all", "both", "each", "some", "many", "most", "more", "several", "few", "fewer", "such", "any", "less"))
BEFORE_A_NOUN = frozenset(("a", "an", "the", "our", "your", "my", "their", "his", "her", "another", "one"))
SOME_TIME = frozenset(
    re.findall(
        r"\S+",
        "twice once again anyway always today tomorrow tonight later together alone "
        "monday tuesday wednesday thursday friday saturday sunday",
    )
)
LINKING = frozenset(
    re.findall(r"\S+", "für und mit von et pour avec de du y con para donde que der die inside outside near behind")
)
SAYING = frozenset(re.findall(r"\S+", "brand simple easy smart good great next first new best better small big little"))
JOINING = (SILENT | SOME_TIME | LINKING) - SAYING
LINE = 18  #: letters of a line of a logo
NAME = 20  #: letters of a name
#: Chinese characters of a title that stands as it is, and of the words that are left of a longer one: two lines of large type.
WHOLE_SIGNS, MOST_SIGNS = 9, 8
WHOLE = 2 * LINE  #: letters of a sentence that stands as it is, in two lines of small type


def named(title: str) -> str:
    """A name short enough for a logo: the title if it is one, else its telling words; never small words or a number alone."""
    name = _shortened(title)
    if CJK.search(name) or any(
        word.lower() not in SILENT and re.search(r"[^\W\d_]{3}", word) for word in re.findall(r"\w+", name)
    ):
        return name
    words = telling(title)
    return _capitals(words)[:NAME] if words else name


def _shortened(title: str) -> str:
    if CJK.search(title):  # what stands behind a comma says how it is to be, or goes on
        title = next((part for part in re.split(r"[，,、。；;：:！!？?]", title) if len(part.strip()) > 1), title)
    plain = re.sub(r"[^\w\s&'’.+#-]", " ", title).strip().rstrip(".")
    plain = re.sub(r"\s+", " ", plain)
    if CJK.search(plain):
        signs = plain.replace(" ", "") or title
        return signs if len(signs) <= WHOLE_SIGNS else chinese.name(signs, MOST_SIGNS)
    words = plain.split()
    if len(plain) <= NAME and len(words) <= 3:
        return plain or title[:NAME]
    return _of_a_sentence(plain, words) or _first(plain, words)


def _of_a_sentence(plain: str, words: list[str]) -> str:
    """A name for a sentence whose first words say nothing alone: what it is about, or all of it; empty for other titles."""
    first = words[0].lower().replace("’", "'")
    amount = first in AMOUNTS
    if not (amount or first in OPENING or first.endswith("n't") or words[1:2] == ["not"]):
        return ""
    if len(plain) <= (WHOLE if amount else NAME):
        return plain
    starts = [place + 1 for place, word in enumerate(words) if word.lower() in BEFORE_A_NOUN]
    for start in starts:
        if found := _until_joining(words[start:]):
            return _capitals(found)[:NAME]
    return plain if len(plain) <= WHOLE else _capitals([word for word in telling(plain) if word not in OPENING | AMOUNTS])


def _first(plain: str, words: list[str]) -> str:
    """The first words of a title that names a thing."""
    into = [place for place, word in enumerate(words) if word.lower() == "into"]
    if into and words[into[0] + 1 :]:  # “Turn rain into street art” is about what comes of it
        words = words[into[0] + 1 :]
    if len(words) > 2 and words[0].lower() not in ARTICLES and words[1].lower() in ARTICLES and len(" ".join(words[:3])) <= NAME:
        return " ".join(word if place == 1 else word[:1].upper() + word[1:] for place, word in enumerate(words[:3]))
    while len(words) > 1 and words[0].lower() in ARTICLES:
        words = words[1:]
    if words[0].lower() in ASKING:  # “Why not rent a robot gardener?” is about its end
        words = telling(plain)[-2:] or words
    return _capitals([words[0], *_until_joining(words[1:3])])[:NAME].rstrip(".,!?")


def _until_joining(words: list[str]) -> list[str]:
    """Words up to the first that joins them to others, three at most."""
    count = next((place for place, word in enumerate(words) if word.lower() in JOINING), len(words))
    return words[: min(count, 3)]


def _capitals(words: list[str]) -> str:
    """As many of some words as fill a line, each with a capital."""
    while len(words) > 1 and len(" ".join(words)) > LINE:
        words = words[:-1]
    return " ".join(word[:1].upper() + word[1:] for word in words)
