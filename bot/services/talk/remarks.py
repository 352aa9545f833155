"""What people type that is no topic and no order, such as an error message or 我好烦, and the answer to it. No model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from bot.services.chinese import simplified
from bot.services.talk import answers
from bot.services.talk.ballots import options
from bot.services.talk.filing import wanted
from bot.services.talk.retorts import to_somebody
from bot.services.talk.telling import SENTENCE, told
from bot.words import FALLBACK, N_, _, in_quotes, language

LONGEST = 160  # characters of such a line; error messages are longer than what people say
RULES = Path(__file__).with_suffix(".toml")
#: By the key of the patterns in the table.
SENTENCES: Mapping[str, str] = {
    "error": N_(
        "That looks like an error message. Where it is Muselab's, whoever hosts it finds out more with “muselab doctor”, typed "
        "in a shell on that machine. For ideas, write a topic."
    ),
    "status": N_(
        "/board shows the ideas and their votes, /model the team's model. Whoever hosts Muselab sees more with “muselab doctor”, "
        "typed in a shell on that machine."
    ),
    "file": N_(
        "There is no such format. “/export html” is a page that Word opens and a browser prints as PDF, “/export csv” opens in "
        "Excel and other spreadsheets, “/export markdown” in Notion and any editor. Slides and mind maps are not made; /themes "
        "puts ideas in groups."
    ),
    "rooms": N_(
        "Muselab works in Discord, in Slack and in a terminal. Other chats, such as Feishu, DingTalk, WeCom, WeChat, QQ, "
        "Teams or Telegram, cannot be connected."
    ),
    "sing": N_(
        "Muselab cannot sing. It writes tunes, such as “/compose a rainy afternoon”, and reads ideas aloud: /say and a number."
    ),
    "weary": N_(
        "That sounds hard. I can think along: write in a few words what it is about. For a break, try "
        "“/compose a rainy afternoon”."
    ),
    "machine": N_("Muselab runs no commands of the machine that it is on. Write a topic, and it thinks up ideas."),
    "errand": N_(
        "I cannot order, book, pay, print or arrange anything; I make ideas for it. Write what they are for, such as “a menu for "
        "a team lunch”."
    ),
    "figures": N_(
        "I cannot know your budget, dates or other figures; I make ideas that keep to a limit. Put it behind the topic, such as "
        "“team lunch for ten, under 100 euros”."
    ),
    "grade": N_(
        "I cannot grade or correct anybody's work; I make ideas. Write what they are for, such as “kind sentences for feedback "
        "on essays”."
    ),
    "trial": N_("I cannot try anything out; I make ideas, and votes say what people think of them: /board."),
    "others_work": N_("Muselab cannot do that. It thinks up ideas, and makes pictures, tunes and poems; /help shows everything."),
    "code": N_("Muselab writes no code. It thinks up ideas, and makes pictures, tunes and poems; /help shows everything."),
    "machines": N_(
        "Muselab operates no other machines and programs. It thinks up ideas, and makes pictures, tunes and poems; /help shows "
        "everything."
    ),
    "states": N_(
        "Ideas are open, shortlisted or dropped, such as “/state 1 shortlisted”; /pick 1 decides. There are no other columns."
    ),
    "whose": N_(
        "Ideas are written by the model that /model names, and by people, with /idea and /edit. /why and a number says why one "
        "stands where it stands."
    ),
    "counted": N_(
        "/board shows how many ideas there are, and their votes. Who wrote each, or asked for it, stands in the file "
        "that /export "
        "makes."
    ),
    "boards": N_(
        "A channel has one board, which all its ideas are on: /board. “/board TOPIC” shows those for one topic; ideas that "
        "are to be kept apart go into another channel. “/state 1 shortlisted” and /pick 1 mark the best."
    ),
    "kept": N_("It is on the board already, as everything is that was made here: /board. /pick and a number marks a decision."),
    "charts": N_(
        "Flow charts, plans, mind maps and tables cannot be drawn. /themes puts the ideas in groups, and “/export csv” writes "
        "them as a table."
    ),
    "four_lines": N_(
        "A poem in Chinese has four lines here, and none has fewer. /poem and what it is about writes another; 五言 behind it "
        "makes the lines short."
    ),
    "leave": N_("In a terminal, q leaves. Elsewhere there is nothing to leave: I am silent until somebody speaks to me."),
    "later": N_("It stays here: /board shows the ideas and votes tomorrow, too, and /export makes a file to take away."),
    "judge": N_(
        "Whether an idea works I cannot tell; I only make ideas. Votes say what people think: /board. For other ideas say how "
        "they should be, such as “cheaper”."
    ),
    "intro": N_("Yes: write a topic, such as “names for a tea bar”, and I think up ideas for it. /help shows everything."),
    "reason": N_("Which idea do you mean? /why and its number says why it stands where it stands."),
    "which": N_("Which one? /pick and its number marks your decision; /board shows what people like best."),
    "poll": N_(
        "To let people choose between these, put each on the board: {lines}. Then everybody votes, “/vote 1 up” with the number "
        "beside it, and /board shows who leads."
    ),
    "proposal": N_(
        "Put it on the board with “/idea {a}”; then everybody votes for or against it with the number beside it: “/vote 1 up”, "
        "“/vote 1 down”."
    ),
    "which_one": N_(
        "I do not know what is to be done with it, as I look at one line at a time. Say both, such as “I like the second one”, "
        "“delete the second one”, “more like the second one”."
    ),
    "tongue": N_(
        "I answer in the language that you write. Ideas are in a language that the model knows: the one that comes with Muselab "
        "writes ideas in English; Chinese ones come from an idea bank, and names, poems, pictures and tunes work, too. "
        "Whoever hosts me can change the model with “muselab model use Qwen2.5-0.5B-Instruct”; /model says which one it is."
    ),
    "poem": N_("What is the poem to be about? Write, for example, “/poem autumn rain”."),
}
#: Patterns of what has an answer by meaning, too: that one's intent, see `bot.services.talk.answers`.
INTENTS = {"begin": "help", "shell": "host", "mail": "send", "undo": "undo", "polls": "poll", "voting": "poll"}


def answer(line: str) -> str:
    """The sentence that answers a line; empty where it is anything else."""
    if wanted(line) == "":
        return _(SENTENCES["file"])
    if several := options(line):
        return _(SENTENCES["poll"]).format(lines=_put_up(several))
    if to_somebody(line):
        return answers.answer("aside", line, (), anywhere=True)
    if (asked := told(line)) is not None and asked.does.startswith(SENTENCE):
        return _(SENTENCES[asked.does.removeprefix(SENTENCE)])
    text = " ".join(line.split()).strip(" ?!.。！？~～…")
    if not text or len(text) > LONGEST:
        return ""
    plain = simplified(text).casefold().replace("’", "'")
    for key, rules in _rules().items():
        for rule in rules:
            if match := rule.fullmatch(plain):
                return _told(key, match, line, text if len(text) == len(plain) else plain)
    return ""


def _told(key: str, match: re.Match[str], line: str, text: str) -> str:
    """The sentence of a key with what it says again of a line; `text`: the line in the characters that somebody wrote."""
    if key in INTENTS:
        return answers.answer(INTENTS[key], line, (), anywhere=True)
    said = {name: text[slice(*match.span(name))].strip() for name in ("a", "b") if name in match.groupdict()}
    if len(said) == len("ab"):  # 周五吃日料还是川菜: what is chosen between is likely to be as long
        said["a"] = said["a"][-len(said["b"]) :]
        return _(SENTENCES[key]).format(lines=_put_up(tuple(said.values())))
    return _(SENTENCES[key]).format(**said) if said else _(SENTENCES[key])


def _put_up(options: Sequence[str]) -> str:
    """The lines that put what is chosen between on the board."""
    return (", " if language() == FALLBACK else "，").join(in_quotes(f"/idea {one}") for one in options)


@cache
def _rules() -> Mapping[str, Sequence[re.Pattern[str]]]:
    """The patterns by their sentence, the parts put in."""
    table = tomllib.loads(RULES.read_text(encoding="utf-8"))
    for name, part in table.pop("parts").items():
        table = {key: [rule.replace(name, part) for rule in rules] for key, rules in table.items()}
    return {key: tuple(map(re.compile, rules)) for key, rules in table.items()}
