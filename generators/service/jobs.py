"""What the worker works at: completions, scores and vectors, each in steps short enough to take turns. It knows no HTTP."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from generators.engines.text.constrained import Guide, Unguidable
from generators.engines.text.language_model import LanguageModel
from generators.engines.text.lora import Adapter
from generators.engines.text.passes import PassRequest, PassResult
from generators.engines.text.sampling import Decoding, Draw, chance
from generators.engines.text.scoring import scoring
from generators.engines.text.shared_rows import SharedRows
from generators.engines.text.vectors import Encoder, Foreign
from generators.service.choice import Choice
from generators.service.events import BadRequest, Began, Event, Piece, TokenScore, Vectors
from generators.service.pruning import ENOUGH, Pruning

VECTORS_A_STEP = 16  # texts embedded before others get their turn; about 50 ms on one core
SPARE = 64  # tokens of a choice that memory is taken for at once: an idea has 5 to 40; what becomes longer is moved
ENDED = ("stop", "length")  # why a choice ends by itself
LETTERS_A_TOKEN = 3  # about, in English with a vocabulary of 50 000; a guess at a prompt's length before it is read


Joining = Generator[list[Event] | PassRequest, PassResult, None]  #: a job whose passes are run by whoever runs the job


def alone(model: LanguageModel, work: Joining) -> Iterator[list[Event]]:
    """Runs a job's passes one by one."""
    outcome: PassResult | None = None
    while True:
        try:
            item = next(work) if outcome is None else work.send(outcome)
        except StopIteration:
            return
        outcome = None
        if isinstance(item, PassRequest):
            outcome = model.advance([item])[0]
            yield []
        else:
            yield item


@dataclass(kw_only=True)
class Completion:
    """`n` continuations of one prompt."""

    model: LanguageModel
    prompt: str | list[int] | list[dict[str, str]]
    n: int
    seed: int
    max_tokens: int | None
    decoding: Decoding
    stop: tuple[str, ...] = ()
    logprobs: int | None = None  #: how many of the likeliest tokens to tell; None: no logprobs at all
    echo: bool = False
    continued: bool = False  #: a chat's last message is the beginning of the answer
    first: int = 0  #: index of its first choice, where a request has several prompts
    adapter: Adapter | None = None
    grammar: str = ""  #: what the text has to keep to; see `generators.engines.text.constrained`
    together: int = 0  #: most choices made at a time, the rest after them; 0: all
    pruning: Pruning | None = None  #: which are dropped before their end
    whole: bool = False  #: choices are handed out at their ends, and not token by token

    def __post_init__(self) -> None:
        self.rows = min(self.n, self.together or self.n)
        asked = min(SPARE if self.max_tokens is None else self.max_tokens, self.model.tokens.most)
        letters = sum(len(part["content"]) if isinstance(part, dict) else 1 for part in self.prompt)
        #: bytes, as far as can be told
        self.need = self.rows * self.model.row_bytes(asked) + self.model.token_bytes * (letters // LETTERS_A_TOKEN)

    def steps(self) -> Iterator[list[Event]]:
        """See `Job`."""
        return alone(self.model, self.joining())

    def joining(self) -> Joining:
        """The work itself; see `Joining`."""
        ids = self._ids()
        room = self.model.tokens.most - len(ids)
        most = min(room, self.max_tokens) if self.max_tokens is not None else room
        self._guide(1)  # what cannot be kept to is refused before anything begins
        yield [Began(len(ids))]
        if self.echo:
            yield from self._echoed(ids)
        if most == 0:
            yield [Piece(self.first + index, finish="length") for index in range(self.n)]
            return
        prefix, logits = yield from self.model.prefilling(ids, self.adapter)
        for begin in range(0, self.n, self.rows):
            choices = range(begin, min(begin + self.rows, self.n))
            streams = [chance(self.seed, self.first + index) for index in choices]
            draw = Draw(self.decoding, streams, prompt=ids, guide=self._guide(len(choices)))
            outcome = self.model.begun(logits, draw, want_logprobs=self.logprobs is not None)
            rows = SharedRows(self.model, prefix, len(choices), spare=min(most, SPARE))
            yield from self._continued(rows, outcome, draw, [Choice(self.first + index) for index in choices], most)
            if self.pruning is not None and self.pruning.satisfied:
                yield [Piece(self.first + index, finish=ENOUGH) for index in range(begin + len(choices), self.n)]
                return

    def _guide(self, rows: int) -> Guide | None:
        """What keeps `rows` rows to the grammar."""
        if not self.grammar:
            return None
        try:
            return Guide(self.model.tokens.tokenizer, self.grammar, rows)
        except Unguidable as error:
            raise BadRequest(f"The output cannot be kept to that: {error}", param="response_format") from error

    def _ids(self) -> list[int]:
        """The prompt's tokens, checked against the context."""
        prompt = self.prompt
        if isinstance(prompt, str):
            ids = self.model.tokens.encode(prompt)
        elif prompt and isinstance(prompt[0], dict):
            messages = [message for message in prompt if isinstance(message, dict)]
            ids = self.model.tokens.chat(messages, continued=self.continued)
        else:
            ids = [token for token in prompt if isinstance(token, int)]
            size = self.model.vocabulary
            if any(not 0 <= token < size for token in ids):
                raise BadRequest(f"A token id is outside 0..{size - 1}.", param="prompt")
        if not ids:
            raise BadRequest("The prompt is empty.", param="prompt")
        asked = 1 if self.max_tokens is None else self.max_tokens
        if len(ids) + asked > self.model.tokens.most:
            raise BadRequest(
                f"The prompt has {len(ids)} tokens and {asked} more are asked for; this model holds {self.model.tokens.most}.",
                param="prompt",
                code="context_length_exceeded",
            )
        return ids

    def _echoed(self, ids: list[int]) -> Joining:
        """The prompt itself, with the likelihood of each of its tokens where that is asked for."""
        tokens: tuple[TokenScore, ...] = ()
        if self.logprobs is not None:
            scored = yield from scoring(self.model, [ids], self.adapter)
            tokens = tuple(
                TokenScore(self.model.tokens.spelled(token), value) for token, value in zip(ids, scored[0], strict=True)
            )
        text = self.prompt if isinstance(self.prompt, str) else self.model.tokens.decode(ids)
        yield [Piece(self.first + index, text=text, tokens=tokens) for index in range(self.n)]

    def _continued(self, rows: SharedRows, outcome: PassResult, draw: Draw, living: list[Choice], most: int) -> Joining:
        """The continuations, a token of each in a step, finished ones dropped from the batch."""
        while True:
            tokens, scores = outcome.tokens, self._scores(outcome)
            events: list[Event] = []
            staying: list[int] = []
            for row, (choice, token) in enumerate(zip(living, tokens, strict=True)):
                choice.ids.append(token)
                finish = self._advance(choice, token, most)
                if finish is not None and self.pruning is not None:
                    self.pruning.ended(by_itself=finish in ENDED)
                told = scores[row]
                piece = choice.at_its_end(finish, told) if self.whole else choice.piece(finish, told, self.stop)
                events += [] if piece is None else [piece]
                if finish is None:
                    staying.append(row)
            if self.pruning is not None and self.pruning.satisfied:
                events += [living[row].dropped(ENOUGH) for row in staying]
                staying = []
            yield events
            if not staying:
                return
            staying = rows.say(staying, tokens)
            draw.keep(staying)
            living = [living[row] for row in staying]
            outcome = yield rows.request(draw, want_logprobs=self.logprobs is not None)

    def _scores(self, outcome: PassResult) -> list[tuple[TokenScore, ...]]:
        """What is told of each token's likelihood."""
        if self.logprobs is None:
            return [()] * len(outcome.tokens)
        top: list[tuple[tuple[str, float], ...]] = [()] * len(outcome.tokens)
        if self.logprobs:
            rows = self.model.likeliest(outcome.logits[:, -1], self.logprobs)
            top = [tuple((self.model.tokens.spelled(token), value) for token, value in row) for row in rows]
        scores = zip(outcome.tokens, outcome.logprobs, top, strict=True)
        return [(TokenScore(self.model.tokens.spelled(token), logprob, others),) for token, logprob, others in scores]

    def _advance(self, choice: Choice, token: int, most: int) -> str | None:
        """Takes a token into the text, and says why the choice ends with it, if it does."""
        if token in self.model.tokens.ends:
            choice.ids.pop()
            choice.decoded(self.model.tokens, last=True)
            return "stop"
        last = len(choice.ids) >= most
        choice.decoded(self.model.tokens, last=last)
        for stop in self.stop:
            place = choice.text.find(stop, max(0, choice.emitted - len(stop)))
            if place >= 0:
                choice.text = choice.text[:place]
                return "stop"
        if last:
            return "length"
        return None if self.pruning is None else self.pruning.why(choice.index, choice.text)


@dataclass(kw_only=True)
class Scoring:
    """The likelihood of several whole texts: `echo` with `max_tokens` 0. What they begin with together is computed once."""

    model: LanguageModel
    prompts: tuple[str, ...]
    adapter: Adapter | None = None
    rows: int = 1

    def steps(self) -> Iterator[list[Event]]:
        """See `Job`."""
        return alone(self.model, self.joining())

    def joining(self) -> Joining:
        """The work itself; see `Joining`."""
        sequences = [self.model.tokens.encode(prompt) for prompt in self.prompts]
        for sequence in sequences:
            if not 0 < len(sequence) <= self.model.tokens.most:
                raise BadRequest(
                    f"A prompt has {len(sequence)} tokens; between 1 and {self.model.tokens.most} can be scored.", param="prompt"
                )
        yield [Began(sum(map(len, sequences)))]
        scored = yield from scoring(self.model, sequences, self.adapter)
        for index, (prompt, ids, values) in enumerate(zip(self.prompts, sequences, scored, strict=True)):
            tokens = tuple(TokenScore(self.model.tokens.spelled(token), value) for token, value in zip(ids, values, strict=True))
            yield [Piece(index, text=prompt, tokens=tokens, finish="length")]


@dataclass(kw_only=True)
class Embedding:
    """The vectors of some texts."""

    model: Encoder
    texts: tuple[str | list[int], ...]  #: each as it is, or as its tokens
    rows: int = VECTORS_A_STEP

    def steps(self) -> Iterator[list[Event]]:
        """See `Job`."""
        rows: list[list[float]] = []
        tokens = 0
        texts = [one if isinstance(one, str) else self._words(one) for one in self.texts]
        for start in range(0, len(texts), VECTORS_A_STEP):
            vectors, spent = self.model.embed(texts[start : start + VECTORS_A_STEP])
            rows += [[round(value, 7) for value in row] for row in vectors.tolist()]
            tokens += spent
            yield []
        yield [Vectors(rows, tokens)]

    def _words(self, tokens: list[int]) -> str:
        try:
            return self.model.words(tokens)
        except Foreign as why:
            raise BadRequest(f"input: {why}; tokens must be of its own vocabulary. Send text.", param="input") from why
