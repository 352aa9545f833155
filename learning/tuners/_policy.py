"""A causal language model that is tuned: log-probabilities of many answers to one question in one pass, and samples.

A lesson is laid out as a tree: the question's tokens once, then every answer as a branch that sees the question and itself,
never another branch. Positions go on from the question's end in each branch, so every answer has just the log-probability it
would have alone, at a fraction of the work: most tokens of a lesson are the question's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from bot.ports import Phrase
from learning.dataset import Lesson
from learning.tuners._lora import Adapter, Unsuited, read

ALIKE = 2e-3  # nats per token between the tree and plain sequences in float32; measured: 3e-5
LONGEST = 1024  # tokens of a question that are kept, the last ones; recipes stay under 300
ANSWER = 160  # tokens of an answer that are looked at; an idea has 400 characters at most


@dataclass(frozen=True, slots=True)
class Tree:
    """A lesson in tokens."""

    trunk: tuple[int, ...]  #: the question
    branches: tuple[tuple[int, ...], ...]  #: the answers, with what ends them
    stopping: tuple[int, ...] = ()  #: tokens that end an answer; see `Policy.stopping`

    @property
    def tokens(self) -> int:
        """How many there are in one pass."""
        return len(self.trunk) + sum(map(len, self.branches))


class Policy:
    """A model and its tokenizer, with an adapter once one is put in. One thread owns it."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model.eval()  # no dropout: the model of the log-probabilities is the one that will be served
        self.tokenizer = tokenizer
        self.adapter: Adapter | None = None
        self.device: torch.device = model.device
        ends = model.generation_config.eos_token_id if model.generation_config is not None else None
        ends = tokenizer.eos_token_id if ends is None else ends
        self.ends: list[int] = ends if isinstance(ends, list) else [] if ends is None else [ends]
        self._stopping: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._specials = tuple(str(mark) for mark in tokenizer.all_special_tokens if len(str(mark)) > 1)

    @classmethod
    def load(cls, folder: str, *, device: str = "cpu", dtype: str = "float32") -> Policy:
        """Loads a model that transformers knows.

        Raises:
            OSError, ValueError: there is none, or it cannot be loaded.
        """
        from transformers import AutoModelForCausalLM, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, dtype)).to(device)
        return cls(model, tokenizer)

    def adapt(self, *, rank: int, alpha: float, seed: int) -> Adapter:
        """Puts an adapter in that changes nothing yet."""
        self.adapter = Adapter(self.model, rank=rank, alpha=alpha, seed=seed)
        return self.adapter

    def wear(self, folder: Path) -> Adapter:
        """Puts the adapter in that lies in a folder. Raises: see `learning.tuners._lora.read`."""
        self.adapter = read(self.model, folder)
        return self.adapter

    @contextmanager
    def as_base(self) -> Iterator[None]:
        """The model without its adapter."""
        if self.adapter is None:
            yield
            return
        with self.adapter.off():
            yield

    @property
    def changed(self) -> bool:
        """Whether an adapter is at work."""
        return self.adapter is not None and self.adapter.active

    # tokens

    def question(self, phrase: Phrase) -> list[int]:
        """The tokens after which the model writes the idea; the last `LONGEST`."""
        if phrase.prompt:
            return list(self.tokenizer(phrase.prompt + phrase.opening)["input_ids"])[-LONGEST:]
        turns = [{"role": turn["role"], "content": self._without_specials(turn["content"])} for turn in phrase.messages]
        if getattr(self.tokenizer, "chat_template", None):
            opened = [*turns, {"role": "assistant", "content": phrase.opening}] if phrase.opening else turns
            text = self.tokenizer.apply_chat_template(
                opened, tokenize=False, add_generation_prompt=not phrase.opening, continue_final_message=bool(phrase.opening)
            )
            return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])[-LONGEST:]
        lines = [f"{turn['role'].capitalize()}: {turn['content']}" for turn in turns]
        text = "\n\n".join([*lines, f"Assistant: {phrase.opening}".rstrip()])
        return list(self.tokenizer(text)["input_ids"])[-LONGEST:]

    def answer(self, phrase: Phrase, text: str) -> list[int]:
        """An answer's tokens; a turn of a conversation ends with the model's mark for that."""
        ids = list(self.tokenizer(text, add_special_tokens=False)["input_ids"])[:ANSWER]
        return [*ids, self.ends[0]] if phrase.messages and self.ends else ids

    def tree(self, lesson: Lesson) -> Tree:
        """A lesson in tokens."""
        answers = tuple(tuple(self.answer(lesson.phrase, text)) for text in lesson.answers)
        return Tree(tuple(self.question(lesson.phrase)), answers, self.stopping(lesson.phrase.stop))

    def stopping(self, stop: tuple[str, ...]) -> tuple[int, ...]:
        """The tokens that end an answer: the model's own ends, and all in which one of these marks is."""
        if stop not in self._stopping:
            size = min(len(self.tokenizer), int(self.model.config.get_text_config().vocab_size))
            texts = self.tokenizer.batch_decode([[token] for token in range(size)], clean_up_tokenization_spaces=False)
            tokens = {token for token, text in enumerate(texts) if any(mark in text for mark in stop)}
            self._stopping[stop] = tuple(sorted(tokens | set(self.ends)))
        return self._stopping[stop]

    def _without_specials(self, text: str) -> str:
        for mark in self._specials:
            text = text.replace(mark, "")
        return text

    # log-probabilities

    def logprobs(self, tree: Tree) -> Tensor:
        """Summed log-probability of each answer after the question, nats, shape (answers,)."""
        chances, ids, branch = self._chances(tree)
        picked = chances.gather(1, ids[:, None])[:, 0]
        sums = torch.zeros(len(tree.branches), device=self.device)
        return sums.index_add(0, branch, picked)

    def chances(self, tree: Tree) -> Tensor:
        """Log-probability of every token wherever an answer could end: after its first token, up to its end.

        Returns:
            Nats, shape (positions, vocabulary).
        """
        stopping = frozenset(tree.stopping)
        places: list[int] = []
        begin = 0
        for branch in tree.branches:
            end = next((place for place, token in enumerate(branch) if place and token in stopping), len(branch) - 1)
            places += range(begin + 1, begin + end + 1)
            begin += len(branch)
        return self._chances(tree)[0][places]

    def _chances(self, tree: Tree) -> tuple[Tensor, Tensor, Tensor]:
        """Log-probabilities before each token of all answers, (tokens, vocabulary); these tokens; and the answer each is of."""
        trunk, lengths = len(tree.trunk), [len(branch) for branch in tree.branches]
        ids = torch.tensor([[*tree.trunk, *(token for branch in tree.branches for token in branch)]], device=self.device)
        branch = torch.cat(
            [torch.full((n,), number) for number, n in zip([-1, *range(len(lengths))], [trunk, *lengths], strict=True)]
        )
        positions = torch.cat([torch.arange(trunk), *(torch.arange(trunk, trunk + n) for n in lengths)])
        places = torch.arange(len(branch))
        sees = (places[:, None] >= places) & ((branch == -1) | (branch[:, None] == branch))
        mask = torch.zeros(sees.shape, dtype=self.model.dtype).masked_fill_(~sees, torch.finfo(self.model.dtype).min)
        # the token before an answer's first is the question's last, whichever branch it is
        starts = torch.tensor([trunk + sum(lengths[:number]) for number in range(len(lengths))])
        before = places[trunk:] - 1
        before[starts - trunk] = trunk - 1
        logits = self.model(
            input_ids=ids,
            position_ids=positions[None].to(self.device),
            attention_mask=mask[None, None].to(self.device),
            logits_to_keep=before.to(self.device),
            use_cache=False,
        ).logits[0]
        return torch.log_softmax(logits.float(), dim=-1), ids[0, trunk:], branch[trunk:].to(self.device)

    def plain_logprobs(self, tree: Tree) -> Tensor:
        """The same, each answer in a sequence of its own: slower, and right for every causal model."""
        sums = []
        for branch in tree.branches:
            ids = torch.tensor([[*tree.trunk, *branch]], device=self.device)
            logits = self.model(input_ids=ids, use_cache=False).logits[0, len(tree.trunk) - 1 : -1]
            picked = torch.log_softmax(logits.float(), dim=-1).gather(1, ids[0, len(tree.trunk) :, None])
            sums.append(picked.sum())
        return torch.stack(sums)

    def check(self) -> None:
        """Raises `Unsuited` when this model does not keep the branches of a tree apart (windows, recurrent layers)."""
        size = int(self.model.config.get_text_config().vocab_size)
        ids = [3 + 7 * step % (size - 3) for step in range(14)]
        tree = Tree(tuple(ids[:8]), (tuple(ids[8:11]), tuple(ids[11:14])))
        try:
            with torch.inference_mode():
                apart = self.logprobs(tree) - self.plain_logprobs(tree)
        except (ValueError, TypeError, RuntimeError, IndexError) as error:
            raise Unsuited(f"{type(self.model).__name__} takes no tree of answers: {error}") from error
        tolerance = ALIKE if self.model.dtype == torch.float32 else 0.1
        if float(apart.abs().max()) > 3 * tolerance:
            raise Unsuited(f"{type(self.model).__name__} does not keep answers apart")

    # samples

    def write(self, phrase: Phrase, count: int, *, seed: int) -> list[tuple[str, bool]]:
        """Samples answers as the generation service would: temperature and min-p of the phrase, cut at its stop.

        Returns:
            Each answer's text and whether it came to its end.
        """
        ids = self.question(phrase)
        chance = torch.Generator().manual_seed(seed)
        written: list[list[int]] = [[] for _ in range(count)]
        living = list(range(count))
        done: dict[int, tuple[str, bool]] = {}
        with torch.inference_mode():
            cache = DynamicCache(config=self.model.config)
            logits = self._next(torch.tensor([ids], device=self.device), cache).expand(count, -1)
            cache.batch_repeat_interleave(count)
            for length in range(phrase.max_tokens):
                tokens = drawn(logits, phrase.temperature, phrase.min_p, chance)
                for row, token in zip(living, tokens.tolist(), strict=True):
                    written[row].append(token)
                    if (text := self._ended(written[row], phrase)) is not None:
                        done[row] = (text, True)
                going = [place for place, row in enumerate(living) if row not in done]
                if not going or length + 1 == phrase.max_tokens:
                    break
                living = [living[place] for place in going]
                cache.batch_select_indices(torch.tensor(going, device=self.device))
                logits = self._next(tokens[going, None].to(self.device), cache)
        return [done.get(row) or (self._text(written[row]), False) for row in range(count)]

    def _next(self, tokens: Tensor, cache: Any) -> Tensor:
        """The logits of what comes after the tokens, float32, on the CPU, shape (rows, vocabulary)."""
        answer = self.model(input_ids=tokens, past_key_values=cache, use_cache=True, logits_to_keep=1)
        logits: Tensor = answer.logits[:, -1].float().cpu()
        return logits

    def _text(self, ids: Sequence[int]) -> str:
        return str(self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _ended(self, ids: Sequence[int], phrase: Phrase) -> str | None:
        """What was written up to the phrase's stop or the model's own end; None while neither has come."""
        text = self._text(ids)
        begun = len(text) - len(text.lstrip("\n"))
        places = [place for mark in phrase.stop if (place := text.find(mark, begun)) >= 0]
        if places:
            return text[: min(places)]
        return text if ids[-1] in self.ends else None


def drawn(logits: Tensor, temperature: float, min_p: float, chance: torch.Generator) -> Tensor:
    """One token a row, drawn among those at least `min_p` times as likely as the likeliest, shape (rows,).

    Source: Nguyen et al. 2024 (arXiv 2407.01082).
    """
    shares = torch.softmax(logits / temperature, dim=-1)
    shares = shares.masked_fill(shares < min_p * shares.max(dim=-1, keepdim=True).values, 0.0)
    return torch.multinomial(shares, 1, generator=chance)[:, 0]
