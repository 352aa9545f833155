"""How ideas should be, said bit by bit: what a new word takes the place of, and what of it a heading shows. Rules, no model."""

from __future__ import annotations

import re

from bot.domain.ideas import MAX_STYLE

#: Words of comparison that say by themselves how ideas should be.
DEGREES = frozenset(
    re.findall(
        r"\w+",
        "shorter longer funnier simpler darker bolder weirder crazier cheaper warmer softer sillier wilder fancier catchier "
        "nicer better cooler easier sharper snappier punchier stranger quirkier cleverer smarter quieter louder bigger smaller "
        "lighter happier sadder calmer braver cuter edgier fresher friendlier gentler kinder milder plainer rarer safer sweeter "
        "worse tougher trendier wittier younger older newer kitschier classier cosier cozier crisper deeper drier",
    )
)
#: A few words of length that a small model follows better than those of comparison.
PLAINLY = {
    "shorter": "short",
    "briefer": "short",
    "longer": "long",
    "too long": "short",
    "too short": "long",
    "simpler": "simple",
}
#: "they should be easy to say", "could it sound warmer", "them a bit more serious" (where "make" was only polite).
THEY = re.compile(
    r"(?:but |and |just |can |could |would |should |will |what |if )*(?:(?:they|these|those|it|the (?:ideas"
    r"|names)) (?:all )?(?:(?:should|could|must|can|might"
    r"|need to|needs to|"
    r"have to|has to|ought to) )?(?:all |also |just |really |rather )*(?:be|were|was|sound|look|feel|read)|"
    r"(?:it|them|these|those) (?=a (?:bit|little|tad|touch|lot)|more|less|much|slightly|way|even|in |with|for )) ?(?P<how>.+)"
)
SOUNDING = re.compile(r"^(?:sound|look|feel|be|seem|read) (?=\S)")  # "make it sound more expensive" wants it more expensive
#: "try again with more of a summer feel"
AGAIN = re.compile(
    r"(?:(?:try|do|redo|start) )?(?:(?:it|them|that|these) )?(?:again|once more|another (?:round|set|go|try|batch)"
    r"|redo (?:it|them|these)) "
    r"(?:but )?(?:with )?(?P<how>.+)"
)
#: "not bad, but they are a bit too long"
TOO = re.compile(
    r"(?:(?:not bad|but|(?:they|these|those|the (?:names|ideas))(?: are|'re)|it is|it's|all|still|just|a bit|a little|bit|little|"
    r"much|way|far|somewhat|kind of|rather) )*too (?P<what>[a-z]+)"
)

BETWEEN = ", "  #: of ways in a style
SHOWN = 3  # ways in a heading, the latest; with more it is a heap that nobody reads
MOST = 40  # characters of one way there
#: What only says how much, and changes no meaning.
MUCH = re.compile(
    r"\b(?:an?|bit|little|touch|tad|lot|much|even|very|really|slightly|way|far|still|also|more|please|rather|too|so)\b"
)
DIGITS = re.compile(r"\d+")
NOT = re.compile(r"^(?:less|not|no|without|never|fewer)\b")
#: Words that say the opposite of another.
OPPOSITES = {
    "long": "short",
    "serious": "funny",
    "casual": "formal",
    "informal": "formal",
    "light": "dark",
    "bright": "dark",
    "cheap": "expensive",
    "complex": "simple",
    "classic": "modern",
    "traditional": "modern",
    "old": "young",
    "sad": "happy",
    "loud": "quiet",
    "bold": "subtle",
    "plain": "fancy",
}


def added(style: str, way: str) -> str:
    """A style with one more way to be; what says the same of it, or the opposite, makes way: "long" after "short, warm"."""
    meant = _sense(way)
    kept = [one for one in style.split(BETWEEN) if one and _sense(one) != meant]
    both = BETWEEN.join([*kept, way])
    while len(both) > MAX_STYLE and kept:
        kept.pop(0)
        both = BETWEEN.join([*kept, way])
    return both[:MAX_STYLE]


def shown(style: str) -> str:
    """A style as a heading has it: the ways said last."""
    ways = [one if len(one) <= MOST else one[: MOST - 1].rstrip() + "…" for one in style.split(BETWEEN)]
    return BETWEEN.join(ways if len(ways) <= SHOWN else ["…", *ways[-SHOWN:]])


def _sense(way: str) -> str:
    """What a way speaks of, whichever side it takes: "a bit shorter" and "not so long" both of length."""
    bare = DIGITS.sub("0", NOT.sub("", way.casefold().strip()))  # "under 10 euros" is of what "under 20 euros" is
    word = " ".join(MUCH.sub(" ", bare).split()) or bare
    if word in DEGREES:
        word = word[:-3] + "y" if word.endswith("ier") else word.removesuffix("er")
    return OPPOSITES.get(word, word)
