"""Typed lines: what a person writes in a terminal, after `/muse` or to the bot, as a `Call` or a `Press`.

`/brainstorm names for a tea bar -n 5 --style "dry humour"`, `/vote 3 up`, `/edit 2 The Tea Room`. A line without a slash is a
command only when all of it is one; greetings are answered, what is said of ideas in front of the person goes on with those, and
any other line is a topic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import commands, placing, plugins, signals, understanding, worded
from bot.arguments import QUOTED_TEXT, arguments, known
from bot.arguments import usage as usage
from bot.arguments import words as words
from bot.domain.errors import Refusal
from bot.messages import Call, Key, Param, Press, Value
from bot.services import chinese
from bot.services.ideas.finding import ID
from bot.services.media import changes
from bot.services.talk import (
    cannot,
    deeds,
    orders,
    phrases,
    pointing,
    polite,
    remarks,
    signing,
    small_talk,
    spelling,
    swapping,
    wishes,
)
from bot.services.talk.retorts import corrected
from bot.services.talk.turning import rewritten
from bot.services.talk.voting import votes
from bot.services.usage import ELSEWHERE, unknown
from bot.source import Source as Source
from bot.words import _, speaking

DEFAULT = "brainstorm"  #: what a line without a command means
HELP, MORE = "help", "more"  #: commands that answer small talk, and what is said of ideas in front of a person
UNDO = "undo"  #: what was done last is taken back, whatever it was
MODEL = "/model"  #: which says in a sentence what was asked in words, and not all that is known of versions
REFERENCE = re.compile(r"#?\d{1,9}|[0-9a-f]{24}")  #: how an idea is named: by its number, or its id
LIKED = re.compile(r"/点赞\s*#?\d{1,9}")  # which says how by its name
REFERENCES = re.compile(r"#?\d{1,9}(?:[\s,&]+#?\d{1,9})*")
QUESTIONS = re.compile(r"(?<=[?？])\s*")
MOST_QUESTIONS = 3  # in a line; with more it is a text
QUOTED = re.compile(r'"[^"]+"|“[^”]+”')


def parse(line: str, source: Source) -> Call | Press:
    """What a typed line means.

    Raises:
        UnknownCommand: it begins with a slash and a word that is no command; the message names the likeliest ones.
        Refusal: an option or argument is missing, unknown or of the wrong kind; the message says how to write it.
    """
    if spoken := chinese.spoken(line, source.locale):
        with speaking(spoken):  # who writes Chinese reads Chinese, in the same characters; what a room has settled is above this
            return _parsed(line, replace(source, locale=spoken))
    return _parsed(line, source)


def _parsed(line: str, source: Source) -> Call | Press:
    text = chinese.narrowed(line, words())
    text = f"{text} 赞" if LIKED.fullmatch(text) else text
    if (slashed := worded.slashed(text)) and split(slashed)[0] in words():
        text = slashed
    if not text.startswith("/"):
        return _spoken(line.strip(), source)
    name, rest = split(text)
    if name == "idea" and worded.asks_for_ideas(text, rest):
        return _call(DEFAULT, rest, source, instead=name)
    if name not in words() and name in ELSEWHERE:
        return _spoken(ELSEWHERE[name], source)
    if name not in words():
        raise unknown(name, words(), rest)
    if name == MORE and not rest and source.under:  # of all that stands there, as the word alone is
        return _call(MORE, None, source, under=source.under, said=MORE)
    return _ordered(name, rest, source)


def _ordered(name: str, rest: str, source: Source, **more: Value) -> Call | Press:
    if more.get("said") == UNDO:  # which names no idea
        return _call(name, None, source, **more)
    return _call(name, rest, source, **more) if name in known(commands) else _press(name, rest, source)


def _spoken(text: str, source: Source) -> Call | Press:
    """What a line without a slash means; see the module."""
    text = corrected(text) or text
    if not (is_command(text) or deeds.deed(text)):
        text = spelling.spelled(
            text, words(), lambda said: is_command(said) or understanding.whole(said, source.under), is_command
        )
    if (sign := signing.signed(text)) is not None and (line := _voted(sign, source)):
        return _ordered(*split(line), source)
    if source.under and polite.ANSWER.fullmatch(text):  # maybe to what was asked of an idea
        return _call(DEFAULT, text, source, spoken=source.under)
    if kind := small_talk.small_talk(text):
        verb = small_talk.asked_of(text) if kind == "help" else ""
        return _call(HELP, verb, source, **({} if verb else {"said": kind}))
    if is_command(text, explicit=source.explicit) and not (source.under and rewritten(text)):
        return _ordered(*split(text), source)
    if several := _of_several(text, source):
        return several
    if earlier := worded.looked_back(text, source.under):
        return _call(earlier[0], None, source, **earlier[1])
    if not source.under and pointing.place(text):  # maybe of the topics that were offered in place of one
        return _call(DEFAULT, text, source, spoken=source.under)
    found = _in_words(text, source)
    if found is None and (rest := polite.led(text)):
        found = _in_words(rest, source)
    return found or _call(DEFAULT, text, source, spoken=source.under)  # looked at once more: maybe talk


def _of_several(text: str, source: Source) -> Call | Press | None:
    """What is said of several ideas at once: a remix, votes, one picture of them; None for any other line."""
    if both := worded.joined(text):
        return _ordered("remix", both, source)
    if several := votes(text):
        return _pressed(*worded.votes(several, source.under), source)
    picture = pointing.pictured(text, source.under)
    return _call("imagine", None, source, **picture) if picture else None


def _in_words(text: str, source: Source) -> Call | Press | None:
    """What a line asks for in ordinary words; None where it is a topic.

    Raises:
        Refusal: it asks for what cannot be had, or for what is lacking; the message says what can.
    """
    asked = deeds.deed(text)
    if source.under and asked is not None and asked.modality:  # of what stands there, which is looked up first
        return _call(MORE, None, source, under=source.under, said=text)
    if (asked is None or asked.modality) and (line := orders.order(text)):
        return _ordered(*split(line), source, **({"said": form} if (form := orders.form(text)) else {}))
    if asked is not None and asked.line == MODEL:
        return _call(MODEL[1:], "", source, spoken=text, **({"said": asked.said} if asked.said else {}))
    if asked is not None and (line := pointing.line(asked, source.under)):
        return _ordered(*split(line), source, **({"said": asked.said, "under": source.under} if asked.said else {}))
    if why := cannot.why(text) or remarks.answer(text):
        raise Refusal(why)
    if source.under and not changes.modalities(text) and (swap := swapping.swapped_inside(text)):  # of an idea the store knows
        return _of_words("edit", QUOTED_TEXT, swap.old, source, text=swap.new)
    if words_of_idea := signing.chosen(text):
        return _of_words("vote", "up", words_of_idea, source)
    if source.under and understanding.goes_on(text):
        return _call(MORE, None, source, under=source.under, said=text)
    if not source.under and understanding.points(text, asked):
        raise pointing.nothing_there()
    if wishes.BARE.fullmatch(text):
        raise Refusal(
            _("What for? Write it behind, such as: {thing}").format(thing=_("{thing} for a tea bar").format(thing=text))
        )
    name, rest = split(text)
    if name in words() and (not rest or REFERENCES.fullmatch(rest)):
        return _ordered(name, rest, source)  # which says what is missing: nobody has such a topic
    return _asked_twice(text, source)


def _of_words(verb: str, token: str, words: str, source: Source, **more: str) -> Press:
    """What is said of the idea that has some words, which the store knows."""
    key = Key(verb=verb, target=f"~{words}".replace(":", ""), token=token)
    return _pressed(key, {**more, "old": words, "under": source.under}, source)


def _voted(sign: signing.Sign, source: Source) -> str:
    """The typed line for a vote; empty where its sign says nothing, or names no idea and none stands there.

    Raises:
        Refusal: no idea is named, and it may be any of several.
    """
    by_emoji = (name for name in plugins.names(signals) if worded.token(plugins.load(signals, name), sign.says))
    name = "vote" if sign.says in ("up", "down") else next(by_emoji, "")
    shown = source.under.split(",") if source.under else []
    if not name or (sign.idea is None and not shown and name != "vote"):
        return ""
    if sign.idea is not None:
        return pointing.line(deeds.Deed(f"/{name} {{}} {sign.says}", (sign.idea,), by_place=sign.by_place), source.under)
    if len(shown) == 1 and ID.fullmatch(shown[0]):
        return f"/{name} {shown[0]} {sign.says}"
    raise Refusal(signing.which())


def _asked_twice(text: str, source: Source) -> Call | Press | None:
    """What the questions of one line ask: their sentences one below the other, or what the last one that is known wants.

    Raises:
        Refusal: sentences answer them; these are the message.
    """
    parts = [part for part in QUESTIONS.split(text) if part]
    if not 1 < len(parts) <= MOST_QUESTIONS:
        return None
    told: list[str] = []
    wanted: Call | Press | None = None
    for part in parts:
        asked = deeds.deed(part)
        if why := cannot.why(part) or remarks.answer(part):
            told, wanted = [*told, why], None
        elif small_talk.small_talk(part) == "help":
            wanted = _call(HELP, small_talk.asked_of(part), source, said="help")
        elif asked is not None and not asked.modality and (line := pointing.line(asked, source.under)):
            wanted = _ordered(*split(line), source, **({"said": asked.said} if asked.said else {}))
    if wanted is None and told:
        raise Refusal("\n".join(dict.fromkeys(told)))
    return wanted


def is_command(line: str, *, explicit: bool = False) -> bool:
    """Whether all of a line without a slash is one command, so that it is no topic: "board 2" is, "board games for two" is not.

    Args:
        line: as typed.
        explicit: see `Source`; then what a command takes as free text may be any words but the rest of a phrase.
    """
    name, rest = split(line.strip())
    if name in known(commands):
        return _is_call(name, rest, explicit=explicit)
    if name in known(signals):
        target, _space, argument = rest.partition(" ")
        signal = plugins.load(signals, name)
        takes_text = tuple(signal.TOKENS) == (QUOTED_TEXT,)
        return REFERENCE.fullmatch(target) is not None and (
            bool(argument.strip()) if takes_text else worded.token(signal, argument) != ""
        )
    return False


def _is_call(name: str, rest: str, *, explicit: bool) -> bool:
    module = plugins.load(commands, name)
    params: Sequence[Param] = module.PARAMS
    if name == HELP:
        return not rest or rest.removeprefix("/").lower() in words()
    if params and params[0].rest and params[0].kind in ("text", "about"):
        if not rest:
            return not params[0].required
        check = getattr(module, "said", None)
        sure = check(rest) if check is not None else bool(REFERENCE.fullmatch(rest) or QUOTED.fullmatch(rest))
        by_words = explicit and not getattr(module, "SAID_ONLY", False)
        return bool(sure or (by_words and not phrases.CONTINUING.match(rest)))
    try:
        values = arguments(name, rest, params)
    except Refusal:
        return False
    named = (str(values[param.name]) for param in params if param.kind == "idea" and param.name in values)
    free = (str(values[param.name]) for param in params if param.rest and param.kind == "text" and param.name in values)
    return all(map(REFERENCE.fullmatch, named)) and all(" " not in words for words in free)


def bare(line: str) -> Key | None:
    """The key of the form that asks for everything, for a line that is no more than the name of a command which has one."""
    name, rest = split(line.strip())
    opens = name in known(commands) and hasattr(plugins.load(commands, name), "OPENS")
    return Key(verb=name) if opens and not rest else None


def split(text: str) -> tuple[str, str]:
    """The command or word that a line begins with, without a leading slash, in lower case; and the rest."""
    line = chinese.narrowed(text, words())
    if not line.startswith("/"):
        first, _space, rest = text.partition(" ")
        return first.lower(), rest.strip()
    first, rest = chinese.parted(line)
    return chinese.command(first.removeprefix("/").lower(), words()), rest


def _press(name: str, rest: str, source: Source) -> Press:
    signal = plugins.load(signals, name)
    takes_text = tuple(signal.TOKENS) == (QUOTED_TEXT,)
    ordered = placing.number_first(rest.split()) if rest and not takes_text else None  # "up 3", "3, up", "idea 3 up"
    target, _space, argument = (" ".join(ordered) if ordered else rest).partition(" ")
    if REFERENCE.fullmatch(target) and not argument.strip():
        argument = getattr(signal, "ALONE", "")
    if not target or not argument.strip():
        raise Refusal(_("Please write {usage}, for example with the number beside an idea.").format(usage=usage(name)))
    key = Key(
        verb=name,
        target=target.strip(),
        token=QUOTED_TEXT if takes_text else worded.token(signal, argument) or argument.strip()[:60],
    )
    return _pressed(key, {"text": argument.strip()} if takes_text else {}, source)


def _pressed(key: Key, values: Mapping[str, str], source: Source) -> Press:
    return Press(key=key, values=values, **source.given())


def _call(name: str, rest: str | None, source: Source, **more: Value) -> Call:
    """A call with the arguments in `rest`, and more that no line can give; None: with these alone."""
    given = arguments(name, rest, plugins.load(commands, name).PARAMS) if rest is not None else {}
    return Call(command=name, args={**given, **more}, **source.given())
