"""Finds the ideas in files and pasted text: CSV, JSON lines, Markdown lists, plain lines. It knows no store."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence

from bot.domain.errors import Refusal
from bot.domain.ideas import clean
from bot.words import _

MOST_BYTES = 1_000_000  # what 200 ideas need with all the columns of our own exports, several times over
#: Names of the column, or of a JSON object's field, that holds the idea; our own exports call it "text".
NAMES = ("text", "idea", "ideas", "note", "title", "name", "content", "card", "点子", "想法", "创意", "内容", "标题", "文字")
DELIMITERS = (",", ";", "\t")  # a spreadsheet writes what its country is used to
ITEM = re.compile(r"^\s*(?:[-*+•·]|\d{1,4}[.)、])\s+(?:\[[ xX]\]\s+)?(?P<text>.*\S)\s*$")
FENCE = re.compile(r"^\s*(?:```|~~~)")
OURS = re.compile(r" — 👍 \d+ 👎 \d+(?: .*)?$")  # what our own Markdown says behind an idea
LINK = re.compile(r"!?\[([^\]]+)\]\([^)\s]*\)")
EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>()#+!|~.-])")
GUARD = re.compile(r"^'(?=[=+\-@])")  # what keeps a spreadsheet from running a text


def read(name: str, content: bytes) -> list[str]:
    """The ideas in a file, in order.

    Args:
        name: the file's; its ending says what it is.
        content: its bytes, of any usual encoding.

    Raises:
        Refusal: it is no such file, or cannot be read as what it says it is; the message says what to do.
    """
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refusal(_("{name} is a workbook or an archive. Please save it as CSV, and attach that.").format(name=name))
    text = decoded(name, content)
    ending = name.rpartition(".")[2].lower()
    if ending in ("jsonl", "ndjson", "json"):
        return of_json(name, text)
    if ending in ("csv", "tsv"):
        return of_csv(name, text)
    return of_text(text)


def decoded(name: str, content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or what Chinese spreadsheets write.

    Raises:
        Refusal: it is no text.
    """
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(char) < 9 for char in text):
            return text
    raise Refusal(_("{name} is no text. Allowed are CSV, JSON lines, Markdown and plain text.").format(name=name))


def of_csv(name: str, text: str) -> list[str]:
    """One idea a row, in the column that is named for it, or in the only one.

    Raises:
        Refusal: there are several columns and none is named so, or a row is broken.
    """
    head = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if any(row)]
    except csv.Error as error:
        raise Refusal(_("{name} is broken: a quotation mark is missing, or a row is too long.").format(name=name)) from error
    if not rows:
        return []
    titles = [cell.strip().casefold() for cell in rows[0]]
    column = next((titles.index(one) for one in NAMES if one in titles), None)
    if column is None and max(map(len, rows)) > 1:
        shown = ", ".join(cell.strip()[:30] for cell in rows[0][:8])
        raise Refusal(_("{name} has no column “text” or “idea”; it has: {columns}.").format(name=name, columns=shown))
    body = rows if column is None else rows[1:]
    return [GUARD.sub("", row[column or 0]) for row in body if len(row) > (column or 0) and row[column or 0].strip()]


def of_json(name: str, text: str) -> list[str]:
    """One idea a line, as a string or as an object that names it; or a list of such.

    Raises:
        Refusal: a line is something else; the message has its number.
    """
    stripped = text.strip()
    numbered: Sequence[tuple[int, object]]
    try:
        whole = json.loads(stripped) if stripped.startswith("[") else None
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, list):
        numbered = list(enumerate(whole, 1))
    else:
        numbered = [(number, _parsed(line)) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    ideas = []
    for number, one in numbered:
        idea = next((one[key] for key in NAMES if key in one), None) if isinstance(one, dict) else one
        if not isinstance(idea, str):
            raise Refusal(
                _("{name} has no idea in line {number}: each is a string, or an object with “text”.").format(
                    name=name, number=number
                )
            )
        ideas.append(idea)
    return [idea for idea in ideas if idea.strip()]


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def of_text(text: str) -> list[str]:
    """The items of its lists where there are any, with the lines that go on with them; else one idea a line.

    On a single line without a list, ideas are parted by semicolons.
    """
    lines = _outside_fences(text.splitlines())
    if not any(map(ITEM.match, lines)):
        plain = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
        parts = re.split(r"[;；]", plain[0]) if len(plain) == 1 else plain
        return [part.strip() for part in parts if part.strip()]
    items: list[str] = []
    goes_on = False
    for line in lines:
        if item := ITEM.match(line):
            items.append(item["text"])
            goes_on = True
        elif goes_on and line.startswith(("  ", "\t")) and line.strip():
            items[-1] += " " + line.strip()
        else:
            goes_on = False
    return [tidy for item in items if (tidy := plainly(item))]


def _outside_fences(lines: Sequence[str]) -> list[str]:
    """The lines that are no code."""
    left, inside = [], False
    for line in lines:
        if FENCE.match(line):
            inside = not inside
        elif not inside:
            left.append(line)
    return left


def plainly(item: str) -> str:
    """An item's words without Markdown's marks, and without what our own export says behind them."""
    words = LINK.sub(r"\1", OURS.sub("", item))
    return clean(ESCAPED.sub(r"\1", EMPHASIS.sub(r"\2", words)))
