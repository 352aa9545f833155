"""What is answered to talk that Muselab understands but does not do in plain words: one sentence, with what to type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.domain.ideas import Idea
from bot.services.talk.amounts import COUNTED_ONE, HAN_NUMBERS, ORDINALS
from bot.services.talk.followups import TOPIC
from bot.services.talk.intents import UNCLEAR, Meaning
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
        "I cannot answer questions about an idea. /why {n} says why it stands where it does, /more {n} makes more like it."
    ),
    "complaint": N_(
        "Sorry that this was no help. Say how the ideas should be, such as “shorter” or “for children”, or write the topic with "
        "more of what matters to you. /help lists what I can do."
    ),
}
UNSURE = N_("This seems to be said to me, and no topic, but I am not sure what is wanted. /help lists everything.")
#: What is only talk, so that nothing is lost where it was no topic.
CHAT = frozenset(("thanks", "hello"))
#: What only a line about something that stands there says; "names for this weekend" is a topic all the same.
_ENDS = (
    r"(?=\W*$|[,.!?;]| (?:one|ones|idea|name|option|is|was|are|looks?|sounds?|and|to|as|in|into|out|please|again|now|from|off)\b)"
)
POINTING = re.compile(
    rf"\b(?:these|those|them|they)\b|\b(?:it|this|that|{'|'.join(ORDINALS)}){_ENDS}|\b(?:number|idea|option|no\.?) ?#?\d|#\d|"
    rf"^(?:what|how|why|when|where|who|which)\b.*\b(?:it|this|that)\b|\b\d{{1,2}}(?=\W*$|[,.!?;])|第[\d{''.join(HAN_NUMBERS)}]|这|那|它",
    re.IGNORECASE,
)
MOST = 3  # numbers in a line that are looked at
_HAN = "".join(HAN_NUMBERS)
NAMED = re.compile(rf"#?\d{{1,4}}(?!\d)|\b(?:{'|'.join(ORDINALS)})\b|第[{_HAN}]|[{_HAN}](?=号|號)", re.IGNORECASE)
_ONE = rf"(?:the )?(?:(?:number|idea|option|name|no\.?) )?#?(?:{COUNTED_ONE})(?: (?:one|idea|option|name))?"
_FLAWS = (
    r"(?:holes|flaws?|faults?|problems?|weakness(?:es)?|risks?|downsides?|upsides?|drawbacks?|catch|issues?|(?:dis)?advantages?|"
    r"pros|cons|strengths?)"
)
_SUCH = rf"{_FLAWS}(?:(?: and| or| &|,)+ {_FLAWS})*"
_JUDGED = (
    r"(?:good|bad|realistic|feasible|viable|doable|possible|legal|safe|expensive|cheap|original|new|taken|balanced|fun|funny|"
    r"practical|allowed|hard|easy|risky|worth (?:it|doing|trying)|idea|(?:good|bad) idea)"
)
#: A question about an idea, or a word that asks for a judgement of it: "poke holes in number 1", "is 3 any good?".
OF_AN_IDEA = re.compile(
    r"(?:(?:please|can you|could you|ok|okay|so|now|but|and|well|hmm?|tell me|are there|is there)[, ]+)*(?:"
    rf"(?:poke|pick|find|shoot|name|list|tell me|show me)(?: me| us)?(?: some| any| a few| the)? {_SUCH} "
    rf"(?:in|with|of|for) {_ONE}|"
    rf"what(?:'s| is|s| could be| are|'re)?(?: the| so| actually| really| main| biggest| real)* "
    rf"(?:wrong|bad|good|great|special|matter|{_SUCH}) (?:with|about|of|in|for) {_ONE}|"
    rf"what (?:can|could|might|would|will) go wrong (?:with|in) {_ONE}|(?:the )?{_SUCH} (?:of|for|with) {_ONE}|"
    rf"(?:is|was) {_ONE} (?:(?:any|really|an?|actually|even|too|at all|very|so|that) )*{_JUDGED}"
    r"(?: at all| enough| (?:for|to) .{1,30})?|"
    rf"(?:would|will|could|can|does|might) {_ONE} (?:(?:really|actually|even|ever) )*"
    r"(?:work|sell|pay off|make sense|fly|succeed|hold up|cost|take|be)(?: .{1,30})?|"
    rf"how (?:(?:much|long|hard|expensive|realistic|safe|easy|risky) )?(?:would|could|does|do|will|can|is) {_ONE}(?: .{{1,40}})?|"
    r"(?:critique|criti[cs]i[sz]e|evaluate|assess|analy[sz]e|challenge|roast|stress[- ]?test|judge|attack|fact[- ]?check|review) "
    rf"{_ONE}|(?:play )?(?:the )?devil'?s advocate (?:on|with|for|against|to) {_ONE}|"
    rf"any {_SUCH} (?:in|with|of|for) {_ONE}|be (?:brutal|honest|critical|frank|harsh) (?:about|on|with) {_ONE}|"
    rf"(?:is|was) {_ONE} (?:better|worse|more \w+|less \w+) (?:than|or) {_ONE}|"
    rf"{_ONE}\s*[,:-]+ ?(?:what(?:'s| is|s) (?:the )?(?:wrong|{_SUCH})(?: with it)?|any good|(?:would|will|does) it work)|"
    rf"what do you think (?:of|about) {_ONE}|what(?:'s| is) your (?:opinion|view|take) (?:of|on|about) {_ONE})",
    re.IGNORECASE,
)
#: Intents whose answers say that something is not done: no offers, which one of two could be meant of.
NO_OFFERS = frozenset(("send", "undo", "poll", "remind", "question", "complaint", "host", "privacy", "model"))
SHOWN = 200  # characters of the line that are said again; a longer one is cut by the person who types it anew


def sentence(meant: Meaning, line: str, ideas: Sequence[Idea], *, anywhere: bool, read: bool = True) -> str:
    """The answer to talk.

    Args:
        meant: what it seems to mean.
        line: as typed.
        ideas: what stands in front of the person, top first.
        anywhere: there are ideas in the channel at all.
        read: the model reads the line's language; else nothing is gained by making it a topic.
    """
    tail = [topic(line)] if read and may_be_topic(meant, line) else []
    intent = meant.leaning or (meant.likely[0] if meant.likely[0] in OF_IDEAS and not anywhere else "")
    if intent:
        told = [answer(intent, line, ideas, anywhere=anywhere)]
        return "\n".join([*told, *(tail if intent not in CHAT else [])])
    named = [one for one in meant.named if one not in CHAT]
    offers = [answer(one, line, ideas, anywhere=anywhere) for one in named if one not in NO_OFFERS]
    alone = [answer(one, line, ideas, anywhere=anywhere) for one in named][:1] or [_(UNSURE)]
    told = [_(UNSURE), _("Perhaps:"), *(f"• {one}" for one in dict.fromkeys(offers))] if offers else alone
    return "\n".join([*told, *tail])


def asks_of_an_idea(line: str) -> bool:
    """Whether all of a line is a question about an idea, which no meaning has to be looked up for."""
    return OF_AN_IDEA.fullmatch(" ".join(line.replace("’", "'").split()).strip(" ?!.")) is not None


def introduced(model: str) -> str:
    """Who answers, to whoever asks; `model`: what makes the ideas, see `bot.services.models.serving`."""
    return _(ANSWERS["model"]).replace(MODEL, model)


def may_be_topic(meant: Meaning, line: str) -> bool:
    """Whether somebody could want ideas for a line that was taken for talk, so that it is worth saying how to get them."""
    if TOPIC.search(line.casefold()):
        return True
    return POINTING.search(line) is None and (not meant.intent or meant.talk < UNCLEAR)


def answer(intent: str, line: str, ideas: Sequence[Idea], *, anywhere: bool) -> str:
    """The answer to one intent; see `sentence`."""
    if intent in OF_IDEAS and not anywhere:
        return _(
            "There are no ideas here yet. Write a topic, such as “names for a tea bar”, and I think some up; or put up your own: "
            "/idea."
        )
    first, second = (*numbers(line, ideas), "1", "2")[:2]
    if first == second:
        second = "2" if first == "1" else "1"
    return _(ANSWERS[intent]).replace("{n}", first).replace("{m}", second)


def topic(line: str) -> str:
    """How a line is made a topic all the same."""
    words = " ".join(line.split())
    return _("If it is a topic: {command}").format(command=f"/brainstorm {words}" if len(words) <= SHOWN else "/brainstorm …")


def numbers(line: str, ideas: Sequence[Idea]) -> list[str]:
    """The ideas that a line names, as they are typed: 3 for “3”, #17 for “the first one” where that is the channel's 17th."""
    found: list[str] = []
    for match in list(NAMED.finditer(line))[:MOST]:
        word = match[0].casefold().removeprefix("第")
        if word.lstrip("#").isdecimal():
            found.append(word)
            continue
        place = ORDINALS.get(word) or HAN_NUMBERS[word]
        place = len(ideas) if place == -1 else place
        if 1 <= place <= len(ideas):
            found.append(f"#{ideas[place - 1].number}")
        elif not ideas and place > 0:
            found.append(str(place))
    return found
