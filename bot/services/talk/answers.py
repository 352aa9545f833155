"""The sentences that say what to type for what is asked in plain words, by what is asked; told by meaning or by a rule."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.domain.ideas import Idea
from bot.services.talk.amounts import HAN_DIGITS, HAN_NUMBERS, ORDINALS
from bot.words import N_, _

#: Intents that need ideas to be there, but are no word about them otherwise.
OF_IDEAS = frozenset(
    ("board", "themes", "export", "vote", "pick", "why", "more", "refine", "edit", "hide", "remix", "question", "poll", "undo")
)
MODEL = "{model}"  #: stands in an answer for what makes the ideas, see `bot.services.models.serving`
#: By the intent; {n} and {m} are ideas' numbers.
ANSWERS: Mapping[str, str] = {
    "board": N_("The ideas so far, best first: /board"),
    "themes": N_("The ideas in groups: /themes"),
    "export": N_("For a file of the ideas: /export, or /export csv for a spreadsheet. The page to print or share: /page"),
    "send": N_("I cannot send anything to anybody. /export makes a file that you can send."),
    "model": N_("I am Muselab, a bot for ideas, and no person. {model} /model shows its versions."),
    "privacy": N_(
        "I keep your account's id, what you asked me, what you wrote for me and your votes, and nothing else that you say. "
        "/privacy shows it, and can export and delete it."
    ),
    "host": N_(
        "That is done on the machine where I run, by whoever hosts me: `muselab doctor` says what is wrong there, "
        "`muselab backup FILE` saves everything, `muselab --help` lists the rest."
    ),
    "language": N_(
        "I speak English and Chinese: write your topic in either, or say “in Chinese” under ideas. "
        "/settings sets a channel's language."
    ),
    "thanks": N_("You're welcome! Votes teach me what your team likes; for more ideas, just write a topic."),
    "hello": N_("Hello! Write a topic, such as “names for a tea bar”, and I think up ideas for it."),
    "help": N_(
        "Write a topic, such as “names for a tea bar”, and I think up ideas. Then vote, or say “more” or “shorter”. "
        "/help lists everything; /help vote explains one command."
    ),
    "undo": N_(
        "I undo nothing in words: /restore {n} brings back an idea that was hidden, /vote {n} none takes back a vote, "
        "/edit {n} and the old text changes one back."
    ),
    "vote": N_("To vote on an idea: /vote {n} up, or /vote {n} down"),
    "pick": N_("To decide on an idea: /pick {n}"),
    "why": N_("What moved an idea up or down: /why {n}"),
    "more": N_("More like one idea: /more {n}"),
    "refine": N_("To have the last ideas otherwise, answer them with how: “shorter”, “for children”, “more like 2 but funny”."),
    "edit": N_("To change an idea's words: /edit {n} and its new text"),
    "hide": N_("To take an idea off the board: /hide {n}. /restore {n} brings it back."),
    "remix": N_("To mix two ideas: /remix {n} {m}"),
    "image": N_("For a picture: /imagine {n} moodboard, or /imagine and what it should show"),
    "tune": N_("For a tune: /compose {n}, or /compose and how it should sound, such as /compose slow sad waltz"),
    "speak": N_("To hear an idea: /say {n}, or /say and any text"),
    "poem": N_("For a poem: /poem and what it is about, such as /poem autumn rain"),
    "poll": N_(
        "I hold no polls: everybody votes on ideas, /vote {n} up, and /board shows who leads. "
        "/round leads a group from writing to voting."
    ),
    "remind": N_("I cannot remind anybody, and I keep no dates. /board shows the ideas whenever you come back."),
    "question": N_(
        "I cannot answer questions about an idea. /why {n} says why it stands where it does, /more {n} makes more like it, "
        "“arguments against {n}” what speaks against it."
    ),
    "clip": N_("For a short clip of an idea, with picture, tune and voice: /pitch {n}. Other films are not made here."),
    "cost": N_(
        "I am free software on a machine of your team's: nobody is charged. Only a model that your team rents costs something."
    ),
    "count": N_(
        "I count nothing in words. /board shows how many ideas there are and their votes, /why {n} what those of one come to."
    ),
    "facts": N_("I cannot know that: I look nothing up and have no calendar. I only think up ideas."),
    "history": N_(
        "What came before: /board shows this channel's ideas, /privacy show what you asked for, /export writes all to a file."
    ),
    "authors": N_(
        "Who wrote an idea, or asked for it, stands in the file that /export makes. The board marks what was added by hand."
    ),
    "text": N_(
        "I write no letters, plans or long texts. What I write are short ideas: a topic such as “opening lines for a letter of "
        "thanks”, /copy for advertising, /story for plots, /poem for poems."
    ),
    "stop": N_(
        "/stop ends what is being made. Else I am silent until somebody speaks to me; /settings quiet 18:00-08:00 keeps those "
        "hours quiet."
    ),
    "lots": N_("I draw no lots and throw no dice. /board shows which idea leads, and /duel asks you which of two is better."),
    "rights": N_("Who may do what is set with /settings: admins, askers, voters, pickers, blocked."),
    "attach": N_(
        "I open no links. A file comes with a command: /import for a list, /photo for sticky notes, /material add for a "
        "document, /imagine for a picture."
    ),
    "own": N_("To put your own idea on the board: /idea and its words"),
    "amount": N_("How many there are: say it with the topic, “8 names for a boat”, or for every time with /settings count."),
    "feedback": N_("Tell whoever hosts me here: what I am made of is open, and anybody may report a fault or send a change."),
    "aside": N_("That sounds as if it was said to somebody else, so I do nothing."),
    "idle": N_("All right. For ideas, just write a topic."),
    "complaint": N_(
        "Sorry that this was no help. Say how the ideas should be, such as “shorter” or “for children”, or write the topic with "
        "more of what matters to you. /help lists what I can do."
    ),
}
#: Where the model that makes the ideas reads no Chinese.
ONE_LANGUAGE = N_(
    "My commands and answers are in English and Chinese. The small model in use reads English: ideas in Chinese "
    "come from an idea bank; names, poems, pictures and tunes are made. /settings sets a channel's language."
)
MOST = 3  # numbers in a line that are looked at
#: Not before a number that counts people or things: "the easiest for 6 volunteers".
COUNTING = (
    r"(?!(?:(?<=for )|(?<=with )|(?<=in )|(?<=of )|(?<=than )|(?<=only ))\d{1,4} (?:[a-z]+ )?"
    r"(?:[a-z]{3,}s|people|children|men|women)\b)"
)
NAMED = re.compile(
    rf"第(?:\d{{1,2}}|[{HAN_DIGITS}])|(?<![\d.:€$£#]){COUNTING}#?\d{{1,4}}(?![\d%€£]|[.:]\d|(?!(?:st|nd|rd|th)\b)[a-z])|"
    rf"\b(?:{'|'.join(ORDINALS)})\b|[{HAN_DIGITS}](?=号|號)",
    re.IGNORECASE,
)


def answer(intent: str, line: str, ideas: Sequence[Idea], *, anywhere: bool, read: bool = True) -> str:
    """The answer to one intent.

    Args:
        intent: one of `ANSWERS`.
        line: as typed.
        ideas: what stands in front of the person, top first.
        anywhere: there are ideas in the channel at all.
        read: the model that makes the ideas reads the line's language.
    """
    if intent in OF_IDEAS and not anywhere:
        return _(
            "There are no ideas here yet. Write a topic, such as “names for a tea bar”, and I think some up; or put up your own: "
            "/idea."
        )
    if intent == "language" and not read:
        return _(ONE_LANGUAGE)
    first, second = (*numbers(line, ideas), "1", "2")[:2]
    if first == second:
        second = "2" if first == "1" else "1"
    return _(ANSWERS[intent]).replace("{n}", first).replace("{m}", second)


def numbers(line: str, ideas: Sequence[Idea]) -> list[str]:
    """The ideas that a line names, as they are typed: 3 for “3”, #17 for “the first one” where that is the channel's 17th."""
    found: list[str] = []
    for word, place in _named(line, len(ideas)):
        if word:
            found.append(word)
        elif 1 <= place <= len(ideas):
            found.append(f"#{ideas[place - 1].number}")
        elif not ideas and place > 0:
            found.append(str(place))
    return found


def resolved(line: str, ideas: Sequence[Idea]) -> list[Idea]:
    """Those of the ideas that stand there which a line names, by the number beside them, else by their place."""
    found: list[Idea] = []
    for word, place in _named(line, len(ideas)):
        beside = [idea for idea in ideas if word and idea.number == int(word.lstrip("#"))]
        found += beside or ([ideas[place - 1]] if 1 <= place <= len(ideas) else [])
    return found


def _named(line: str, count: int) -> list[tuple[str, int]]:
    """Numbers in a line as they are typed, empty where a place is named, and the place that each may be among so many."""
    found: list[tuple[str, int]] = []
    for match in list(NAMED.finditer(line))[:MOST]:
        word = match[0].casefold().removeprefix("第")
        bare = word.removeprefix("#")
        place = int(bare) if bare.isdecimal() else ORDINALS.get(word) or HAN_NUMBERS[word]
        by_number = bare.isdecimal() and match[0] == word
        found.append((word if by_number else "", 0 if word != bare else count if place == -1 else place))
    return found
