"""Asks for one field of a form: the question, what leaves the form, what is wrong with an answer."""

from __future__ import annotations

from pathlib import Path

from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from adapters.terminal._face import HELP, LEAVE
from adapters.terminal._render import Row
from bot import typed
from bot.domain.ideas import clean
from bot.messages import Field
from bot.words import FALLBACK, _, language


def escaping() -> KeyBindings:
    """Esc gives a form up, as Ctrl-C does."""
    bindings = KeyBindings()

    @bindings.add("escape", eager=True)
    def _leave(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    return bindings


#: What else leaves a form, where it is the whole answer: behind a text that stood there it may belong to it, "bus" and "stop".
STOPPING = ("cancel", "stop", "abort", "nevermind", "never mind", "esc", "取消", "停止", "算了", "放弃")


def instead(answer: str, field: Field) -> str | None:
    """What was typed in place of an answer: a command or a call for help, or "" for a wish to leave; None: an answer.

    A path may look like a command, and a choice like a wish to leave.
    """
    text, whole = typed_behind(answer, field), answer.strip().casefold()
    if text.casefold() in LEAVE or (whole in STOPPING and not _chosen(field, whole)):
        return ""
    name = typed.split(text)[0] if text else ""
    command = text.startswith("/") and name in typed.words() and not (field.kind == "file" and is_file(text))
    return text if command or whole in HELP else None


def typed_behind(answer: str, field: Field) -> str:
    """What somebody typed into a field, without the text that stood there already and that they typed behind."""
    there = clean(field.value)
    return (answer.removeprefix(there) if there and answer != there else answer).strip()


def offered(field: Field) -> list[Row]:
    """What a field of choices offers, in words, each with the number that answers it."""
    return [
        Row(kind="text", text=f"  {number}  {clean(label)}")
        for number, (_value, label) in enumerate(field.choices if field.kind == "choice" else (), start=1)
    ]


def answered(field: Field, answer: str) -> str:
    """The value that an answer means: of a choice by its number, its label or itself; several where several may be chosen."""
    if field.kind != "choice":
        return answer
    text = answer.strip()
    whole = _chosen(field, text)
    if whole or not field.many:
        return whole or text
    return " ".join(_chosen(field, part) or part for part in text.replace(",", " ").split())


def _chosen(field: Field, text: str) -> str:
    """The value of one choice; empty where none is meant."""
    for number, (value, label) in enumerate(field.choices, start=1):
        if text.casefold() in (str(number), value.casefold(), label.casefold()):
            return value
    return ""


def question(field: Field) -> str:
    """What a form asks for one field, with what may be answered."""
    number = _("a number") if field.choices else ""
    file = _("its path") if field.kind == "file" else ""
    hints = [clean(hint) for hint in (field.hint, field.placeholder, number, file) if hint]
    if not field.required:
        hints.append(_("or nothing"))
    opening, between, closing, colon = (" (", "; ", ")", ": ") if language() == FALLBACK else ("（", "；", "）", "：")
    return clean(field.label) + (opening + between.join(hints) + closing if hints else "") + colon


def complaint(field: Field, answer: str) -> str:
    """What is wrong with an answer; empty when nothing is."""
    if not answer:
        return _("Something must stand here.") if field.required else ""
    if field.kind == "choice" and not set(answer.split() if field.many else [answer]) <= {value for value, _l in field.choices}:
        known = ", ".join(value for value, _label in field.choices)
        return _("“{value}” is not one of {known}.").format(value=clean(answer)[:30], known=known)
    if field.kind == "file" and not is_file(answer):
        return _("There is no file {path}. Write its path as in your shell.").format(path=clean(answer)[:200])
    return ""


def is_file(path: str) -> bool:
    """Whether there is such a file."""
    try:
        return Path(path).expanduser().is_file()
    except (OSError, RuntimeError, ValueError):  # too long, no such user, a zero inside
        return False
