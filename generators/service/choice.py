"""One choice of a completion while it grows: its tokens, their text, and what of it can be handed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from generators.engines.text.tokens import Tokens
from generators.service.events import Piece, TokenScore

UNFINISHED = "\ufffd"  # what a decoder gives for the first bytes of a character whose rest is still to come


@dataclass(slots=True)
class Choice:
    """One continuation being made."""

    index: int
    ids: list[int] = field(default_factory=list)
    text: str = ""
    emitted: int = 0  #: characters handed out
    read: int = 0  #: tokens whose text is in `text`
    begun: int = 0  #: where the decoder begins: some tokens before `read`, so that joined tokens come out right
    held: list[TokenScore] = field(default_factory=list)  #: what is to be told at its end, where it is handed out whole
    spent: int = 0  #: tokens, likewise

    def decoded(self, tokens: Tokens, *, last: bool) -> None:
        """Adds the new tokens' text, except while a character is incomplete."""
        known = tokens.decode(self.ids[self.begun : self.read])
        now = tokens.decode(self.ids[self.begun :])
        if len(now) > len(known) and (last or not now.endswith(UNFINISHED)):
            self.text += now[len(known) :]
            self.begun, self.read = self.read, len(self.ids)

    def piece(self, finish: str | None, scores: tuple[TokenScore, ...], stop: Sequence[str]) -> Piece:
        """What can be handed out: what may be the beginning of a stop string is held back."""
        safe = len(self.text)
        if finish is None:
            longest = max(map(len, stop), default=1) - 1
            for held in range(min(longest, safe), 0, -1):
                if any(one.startswith(self.text[-held:]) for one in stop):
                    safe -= held
                    break
        safe = max(safe, self.emitted)
        text = self.text[self.emitted : safe]
        self.emitted = safe
        return Piece(self.index, text=text, tokens=scores, spent=1, finish=finish)

    def at_its_end(self, finish: str | None, scores: tuple[TokenScore, ...]) -> Piece | None:
        """The whole of it once it ends. Before that only that it has begun, which is what waiting is measured by."""
        self.held += scores
        self.spent += 1
        if finish is not None:
            return Piece(self.index, text=self.text, tokens=tuple(self.held), spent=self.spent, finish=finish)
        if len(self.ids) > 1:
            return None
        self.spent = 0
        return Piece(self.index, spent=1)

    def dropped(self, why: str) -> Piece:
        """Its end before it came to one."""
        return Piece(self.index, spent=self.spent, finish=why)
