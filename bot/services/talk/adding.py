"""What people add to a topic once its ideas stand there: "he likes fishing", "3 games for it". Rules, no model."""

from __future__ import annotations

import re

from bot.services.talk.amounts import NUMBER, ORDINALS
from bot.services.talk.asking import asked_of
from bot.services.talk.openings import THINGS
from bot.services.talk.wishes import BARE

LONGEST = 80  # characters of such a line; what is longer is a topic of its own
#: Of whom more is told; the first part speaks of those whom a topic may name at its end, "gifts for my dad".
OTHERS = re.compile(
    r"(?:he|she|they|it) (?P<does>(?:also |already |really |just |all |only )*"
    r"(?:likes?|loves?|hates?|has|have|wants?|needs?|plays?|"
    r"lives?|works?|is|are|was|were|does|do|can|cannot|enjoys?|collects?|prefers?|reads?|sings?|travels?|owns?|sells?"
    r"|makes?|moves?|grew)"
    r"(?: not|n't)? .+)",
    re.IGNORECASE,
)
OURS = re.compile(
    r"(?:we|our \w+|my \w+|i)(?:'re|'m)? (?:also |already |really |just |all |only )*"
    r"(?!have (?:a|another|one|some) (?:questions?|ideas?|requests?)\b)"
    r"(?:like|love|hate|have|has|want|play|live|work|are|is|am|"
    r"sell|make|meet|do|don'?t|can'?t|cannot|teach|run|speak|only)(?: not)? .+",
    re.IGNORECASE,
)
TOLD = re.compile(
    r"the (?:[\w-]+ ){1,2}?(?:did|does|do|is|are|was|were|has|have|must|should|can|cannot|can't|didn't|doesn't|isn't) "
    r"(?:\S+ ?){1,6}",
    re.IGNORECASE,
)
#: What is said of ideas that stand there, and tells nothing of what they are for: "I like the third", "any of them".
OF_IDEAS = re.compile(
    rf"\b(?:any|none|all|some|one|most|both|neither|either) of (?:them|these|those)\b|\b(?:number|idea|option) (?:\d|{NUMBER})|"
    rf"\b(?:{'|'.join(ORDINALS)}|\d{{1,3}}(?:st|nd|rd|th)) (?:one|idea|name|option)s?\b|"
    rf"\b(?:like|love|hate|prefer|have|keep) (?:them|these|those|it|this|that|all|both|none|neither)\b|"
    rf"\b(?:like|love|hate|prefer) the (?:{'|'.join(ORDINALS)})\b|"
    rf"^the (?:{'|'.join(ORDINALS)}|ideas?|names?|others?|rest|ones?)\b",
    re.IGNORECASE,
)
#: What asks for ideas of its own: "my bakery is dead between 2 and 4, what can i do".
ASKED = re.compile(
    r"\b(?:what|how) (?:can|could|do|does|should|would|to)\b(?! (?:it|this|that|they|he|she)\b)(?=.*\b(?:i|we|you|do|"
    r"get|make|help)\b)|\b(?:any|some|need|want) ideas?\b|\bideas\?",
    re.IGNORECASE,
)
ENDS = re.compile(r"[.!。！]+$")
#: What is written for something that stands there.
WRITTEN = (
    r"(?:songs?|posters?|e-?mails?|invitations?|invites?|letters?|posts?|tweets?|ads?|adverts?|advertisements?|"
    r"speech(?:es)?|cards?|agendas?|"
    r"descriptions?|announcements?|flyers?|texts?|blurbs?|newsletters?|press releases?|scripts?|menus?|checklists?|"
    r"schedules?|plans?|budgets?|"
    r"(?:opening|closing|first|last|final|catchy|punch|subject|tag|log)[ -]?(?:lines?|sentences?)|blurb|hooks?|intros?"
    r"|introductions?|outros?|"
    r"endings?|openings?|openers?|subtitles?|catchphrases?|one[ -]liners?|punchlines?|strap ?lines?|callouts?|teasers?"
    r"|sales pitch|"
    r"characters?|villains?|heroes|settings?|scenes?|dialogues?|costumes?|props?|"
    r"shopping lists?|quiz(?:zes)?|toasts?|paragraphs?|summary|summaries|instructions?|rules?)"
)
HAN_FOR_IT = re.compile(
    r"(?:请|帮我)?(?:给|为|替)(?:它|这个|这些|上面的?)(?:写|做|拟|来|"
    r"出)(?:一)?(?:[份封段条篇首张个])?(?P<thing>[^，。,的海标图画歌曲诗]{1,8})"
)
FOR_IT = re.compile(
    rf"(?:(?:please|now|can you|could you|can we|could we|can i|i need|we need|i want|we want|ok|and|what about|how about) )*"
    rf"(?:(?:write|draft|make|give|get|have|show|invent|come up with|prepare|do|think up)(?: me| us)? )?"
    rf"(?:some |a few |a couple of )?"
    rf"(?P<thing>(?:\S+ ){{0,4}}?(?:{THINGS}|{WRITTEN})) (?P<of>for|about|of|to go with|out of|from) "
    rf"(?:it|"
    r"(?:this|that)(?: (?:game|story|play|book|film|song|party|event|project|topic|one))?|(?P<many>them|these))"
    r"(?:,? (?:please|pls|too|as well|now|then|thanks))*"
    r"(?:\s*[,.?!]+ (?:but |and |make it |something |maybe )*(?P<how>[^,.?!]{3,40}))?[?]*",
    re.IGNORECASE,
)
#: What begins with one thing, and no article before it.
OCCASION = re.compile(
    r"(?!(?:an?|the|our|my|your|his|her|their|this|that|one|some|no|every|each|all|how|what|why|who|when|where|which"
    r"|should|can|we|i)\b)"
    r"(?:[\w'-]+ ){0,3}?"
    r"(?:fund-?raiser|party|lunch|dinner|brunch|breakfast|picnic|barbecue|bbq|event|festival|fair|fete|lesson|workshop"
    r"|class|course|"
    r"quiz|game|campaign|sale|concert|gig|show|play|exhibition|trip|outing|hike|wedding|meeting|launch|opening|market"
    r"|tour|retreat|"
    r"shop|store|café|cafe|bar|bakery|restaurant|app|website|newsletter|podcast|blog|club|team|band|choir|book|film"
    r"|video|product|"
    r"service|startup|company|project|charity|shelter|school|gym|salon|museum|library|garden|farm|brewery|beer|wine"
    r"|tea|coffee|drink|"
    r"cocktail|cake|soap|candle|toy|day|night|week|evening|weekend|season|anniversary|birthday|hackathon|race|run|marathon|"
    r"tournament|contest|competition|raffle|auction|reunion|ceremony|talk|speech|presentation|conference|webinar|parade)"
    r"(?=$|,| (?:for|about|of|in|at|on|with|to|under|without|that|who|by|from|during)\b)",
    re.IGNORECASE,
)
CHARACTERS = re.compile(r"(?:more |new |other |the |main )*characters?", re.IGNORECASE)  #: which are made as a kind of their own
#: One thing that is made, so that what is asked for it is for all of it: "a board game about bees".
A_WORK = re.compile(
    r"(?:an?|the|our|my|one) (?:[\w'-]+ ){0,3}?(?:game|story|plot|song|poem|recipe|quiz|play|film|book|novel|musical) "
    r"(?:for|about|of|to|with|on|in)\b.*",
    re.IGNORECASE,
)
SUBJECT = re.compile(rf".*?\b{THINGS}(?: ideas?)? (?:for|about|of|to) (?P<subject>.+)", re.IGNORECASE)


def extended(topic: str, line: str) -> str:
    """The topic with what a line adds to it; empty where it adds nothing, and is one of its own."""
    said = ENDS.sub("", " ".join(line.split()))
    if len(said) > LONGEST or OF_IDEAS.search(said):
        return ""
    if match := FOR_IT.fullmatch(said):
        joined = "for" if match["of"] in ("out of", "from") else match["of"]
        return ", ".join(filter(None, (f"{match['thing']} {joined} {owned(subject_of(topic))}", match["how"])))
    if (question := asked_of(topic, subject_of(topic), said)) is not None:
        return question.topic
    if said.endswith("?"):
        return ""
    if BARE.fullmatch(said) and said.isascii():
        return f"{said} for {subject_of(topic)}"
    if match := HAN_FOR_IT.fullmatch(said):
        return f"{topic}的{match['thing']}"
    if ASKED.search(said):
        return ""
    if match := OTHERS.fullmatch(said):
        return f"{topic}, {said}" if said.lower().startswith("it ") else f"{topic} who {match['does']}"
    return f"{topic}, {said}" if OURS.fullmatch(said) or TOLD.fullmatch(said) else ""


def for_it(line: str) -> bool:
    """Whether a line wants something for "it", which may be one idea: "a slogan for that"."""
    match = FOR_IT.fullmatch(ENDS.sub("", " ".join(line.split())))
    return match is not None and not match["many"]


def asked_about(topic: str, line: str) -> str:
    """What a question without a subject of its own is asked of: that of the topic that stands there; else empty."""
    question = asked_of(topic, subject_of(topic), " ".join(line.split()))
    return question.subject if question is not None else ""


def peopled(topic: str, line: str) -> str:
    """What a line asks characters for, where it asks for those of a topic: "some characters for this"; else empty."""
    match = FOR_IT.fullmatch(ENDS.sub("", " ".join(line.split())))
    return subject_of(topic) if match and CHARACTERS.fullmatch(match["thing"]) and not match["how"] else ""


def owned(subject: str) -> str:
    """What something is asked for, behind "for": "our fundraiser for the shelter" of "fundraiser for the shelter"."""
    return f"our {subject}" if OCCASION.match(subject) else subject


def subject_of(topic: str) -> str:
    """What a topic asks something for: "a climbing gym" of "names for a climbing gym"."""
    match = SUBJECT.fullmatch(topic) if not A_WORK.fullmatch(topic) else None
    return match["subject"] if match else topic
