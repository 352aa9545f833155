"""Puts right what is misspelt of the words that rules know: "shroter", "mroe", "brianstorm". A topic's words are left alone.

A word is taken for one of ours where one letter of it is missing, doubled or swapped with the next, in a longer one also where
one letter is another; where it is an English word of its own (`ENGLISH`) it never is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bot.services.talk.amounts import ORDINALS
from bot.services.talk.manners import DEGREES

MOST = 8  # words of a line in which every word is looked at; a longer one tells a topic, which is nobody's to put right
SHORTEST = 4  # letters of a word of ours that may be meant; shorter ones are one letter from too many others
LONG = 7  # letters from which one of them may be another: "chinise"
WORD = re.compile(r"[a-z]+", re.IGNORECASE)
#: Words of the rules that are no commands and no degrees of anything.
OURS = (
    frozenset(
        re.findall(
            r"\w+",
            "show more another again different other others like make them these those shorter longer funny short long simple "
            "serious formal playful number idea ideas please second last best worst poster picture logo moodboard drawing "
            "haiku song tune music chinese english delete remove change replace rename rewrite shorten explain thanks hello "
            "help without instead spreadsheet document favorite favourite sillier version children undo rank ranking results "
            "winner results summary summarize summarise group combine download save sound something anything modern elegant "
            "catchy weird cheaper ",
        )
    )
    | DEGREES
    | frozenset(ORDINALS)
)
#: English words that are one letter from one of ours.
ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "sow anther bard bes bet boar brave bride catch catcher cheapen cheater compost compote cop coy crimper crispr "
        "crozier cute cutter due easer edger eight fist flesher forth freshen freshet funkier gentle hell hid hie hied "
        "ida ide ides imaging lie lighted lighten loner longe loo materiel maternal mere miler mode moe moldboard nice "
        "olde pease person persons pic pith planer planner point polis poser primacy puncher quieten quilter quitter ran "
        "ranting rare rescore reshore result rewrote safe sampler sars sate scarper serous setting seventy shaper sharer "
        "sharpen shooter shot shouter silkier simper simples simplex sin skeeter smarten smeller snapper snippier snog "
        "snorter son sop sort sorter sporter star starter stat strange stringer stronger summery sweater sweeper sweeten "
        "swelter tent thank the thee theme toucher toughen tun uno weir wider witter wore wort younker ",
    )
)


def spelled(line: str, commands: Iterable[str], understood: Callable[[str], bool], begins: Callable[[str], bool]) -> str:
    """The line as it was meant, where that is understood and the line as typed is not; else as typed.

    Args:
        line: as typed.
        commands: names of commands and ways of giving feedback.
        understood: whether rules understand all of a line that is no topic.
        begins: whether a line is one command as it stands.
    """
    first, space, rest = line.partition(" ")
    names = frozenset(name for name in commands if name.isascii() and len(name) >= SHORTEST)
    if (name := _meant(first, names)) and begins(said := f"{name}{space}{rest}"):
        return said
    if len(line.split()) > MOST or not line.isascii():
        return line
    ours = OURS | names
    right = WORD.sub(lambda word: _meant(word[0], ours) or word[0], line)
    return right if right != line and understood(right) else line


def _meant(word: str, ours: frozenset[str]) -> str:
    """The word of ours that a misspelt one means; empty where it means none, or one of several."""
    small = word.casefold()
    if small in ours or small in ENGLISH or len(small) < SHORTEST - 1:
        return ""
    near = [one for one in ours if one[0] == small[0] and _near(small, one)]
    swapped = [one for one in near if sorted(one) == sorted(small)]
    found = swapped or near
    return found[0] if len(found) == 1 else ""


def _near(word: str, ours: str) -> bool:
    """Whether a word is another one with a letter missing, doubled or swapped with the next; in a long one also replaced."""
    if len(word) == len(ours):
        apart = [at for at, (one, other) in enumerate(zip(word, ours, strict=True)) if one != other]
        if len(apart) == 2 and apart[1] == apart[0] + 1:
            return word[apart[0]] == ours[apart[1]] and word[apart[1]] == ours[apart[0]]
        return len(apart) == 1 and len(ours) >= LONG
    if len(word) + 1 == len(ours):
        return len(ours) >= SHORTEST and any(ours[:at] + ours[at + 1 :] == word for at in range(1, len(ours)))
    if len(word) == len(ours) + 1 and len(ours) > SHORTEST:
        return any(word[:at] + word[at + 1 :] == ours and word[at] == word[at - 1] for at in range(1, len(word)))
    return False
