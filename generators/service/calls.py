"""What a model says, told apart from the tools it calls, while it grows. It knows no HTTP."""

from __future__ import annotations

import json
import re
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace

from generators.service.events import Call, Piece
from generators.service.wire.tools import CLOSE, OPEN

HEAD = re.compile(r'\s*\{\s*"name"\s*:\s*"([^"]*)"\s*,\s*"arguments"\s*:\s*')  # of a call that was cut off


class Apart:
    """One choice. What may be the beginning of a call is held back until it is told which it is."""

    def __init__(self) -> None:
        self._text = ""
        self._read = 0  #: characters given out, or read as calls
        self._count = 0
        self._says: bool | None = None  #: None: not known yet

    def take(self, text: str, *, last: bool) -> tuple[str, tuple[Call, ...]]:
        """What is said with this text, and the calls that it ends."""
        self._text += text
        if self._says is None:
            if self._text.startswith(OPEN):
                self._says = False
            elif last or not OPEN.startswith(self._text):
                self._says = True
            else:
                return "", ()
        if self._says:
            new, self._read = self._text[self._read :], len(self._text)
            return new, ()
        calls = [*self._ended()]
        if last and (cut := HEAD.match(self._text, self._begin())) is not None:
            calls.append(self._call(cut[1], self._text[cut.end() :]))
        return "", tuple(calls)

    def _ended(self) -> list[Call]:
        """Calls whose end has come. The closing mark may stand in an argument, too, so the JSON says where it ends."""
        found = []
        while self._text.find(CLOSE, self._read) >= 0:
            begin = self._begin()
            begin += len(self._text[begin:]) - len(self._text[begin:].lstrip())
            try:
                said, end = json.JSONDecoder().raw_decode(self._text, begin)
            except ValueError:
                break
            close = self._text.find(CLOSE, end)
            if close < 0:
                break
            self._read = close + len(CLOSE)
            found.append(self._call(said["name"], json.dumps(said["arguments"], ensure_ascii=False)))
        return found

    def _begin(self) -> int:
        """Where the JSON of the next call begins."""
        place = self._text.find(OPEN, self._read)
        return place + len(OPEN) if place >= 0 else len(self._text)

    def _call(self, name: str, arguments: str) -> Call:
        self._count += 1
        return Call(number=self._count - 1, id=f"call_{secrets.token_hex(12)}", name=name, arguments=arguments)


async def apart(pieces: AsyncIterator[Piece]) -> AsyncIterator[Piece]:
    """Pieces of choices that may call tools: what is said in `text`, calls in `calls`."""
    choices: defaultdict[int, Apart] = defaultdict(Apart)
    called: set[int] = set()
    async for piece in pieces:
        text, calls = choices[piece.choice].take(piece.text, last=piece.finish is not None)
        if calls:
            called.add(piece.choice)
        finish = "tool_calls" if piece.finish == "stop" and piece.choice in called else piece.finish
        yield replace(piece, text=text, calls=calls, finish=finish)
