"""A model's text as tokens, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: A sentence by which it shows whether a tokenizer was made with Chinese texts, and tokens for each of its characters at most.
#: Qwen's takes 0.8, SmolLM2's 2.0, one of bytes 3: their models were shown too few to write any.
CHINESE, A_CHARACTER = "给一家茶馆起个好听的名字，让邻居们愿意常来坐坐", 1.5
LONGEST = 2**20  # tokens, where neither the model nor its tokenizer tells


class Tokens:
    """A tokenizer, with the marks that it keeps for itself."""

    def __init__(self, tokenizer: Any, *, ends: Iterable[int], most: int) -> None:
        """Takes what a model knows of its texts.

        Args:
            tokenizer: of transformers, or a `TokenizerFile`.
            ends: tokens that end a text.
            most: tokens that the model can hold, prompt and answer together.
        """
        self.tokenizer = tokenizer
        self._specials = tuple(str(mark) for mark in tokenizer.all_special_tokens if len(str(mark)) > 1)
        self._backend = getattr(tokenizer, "backend_tokenizer", None)
        self._spelled: dict[int, str] = {}
        self.ends = frozenset(ends)  #: those that end a text
        self.most = most  #: that the model can hold, prompt and answer together

    @property
    def reads(self) -> tuple[str, ...]:
        """The languages, of those that prompts are written in, that the model can have learnt with this tokenizer."""
        return ("en", "zh") if len(self.encode(CHINESE)) <= A_CHARACTER * len(CHINESE) else ("en",)

    def encode(self, text: str) -> list[int]:
        """A text's tokens, with what the tokenizer puts in front."""
        return list(self.tokenizer(text)["input_ids"])

    def chat(self, messages: Sequence[dict[str, str]], *, continued: bool = False) -> list[int]:
        """The tokens of a conversation, up to where the assistant speaks, or goes on speaking when `continued`.

        Special tokens written out in a message are left out of it: nobody ends another's turn by typing its mark.
        """
        plain = [{"role": message["role"], "content": self._without_specials(message["content"])} for message in messages]
        if getattr(self.tokenizer, "chat_template", None):
            text = self.tokenizer.apply_chat_template(
                plain, tokenize=False, add_generation_prompt=not continued, continue_final_message=continued
            )
            return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])
        lines = [f"{message['role'].capitalize()}: {message['content']}" for message in plain]
        return self.encode("\n\n".join(lines if continued else [*lines, "Assistant:"]))

    def _without_specials(self, text: str) -> str:
        for mark in self._specials:
            text = text.replace(mark, "")
        return text

    def decode(self, ids: Sequence[int]) -> str:
        """The tokens' text, without special tokens."""
        if self._backend is not None:  # a tenth of the time
            return str(self._backend.decode(ids, skip_special_tokens=True))
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def spelled(self, token: int) -> str:
        """One token's text."""
        if token not in self._spelled:
            self._spelled[token] = str(self.tokenizer.decode([token]))
        return self._spelled[token]


def ends(*sources: Any) -> frozenset[int]:
    """The tokens that end a text, of all that configurations and a tokenizer name."""
    found: set[int] = set()
    for source in sources:
        named = source.get("eos_token_id") if isinstance(source, Mapping) else getattr(source, "eos_token_id", None)
        if named is not None:
            found |= set(named) if isinstance(named, list | tuple) else {int(named)}
    return frozenset(found)


def context(config: Any, tokenizer: Any) -> int:
    """Tokens that a model can hold, prompt and answer together."""

    def told(name: str) -> Any:
        return config.get(name) if isinstance(config, Mapping) else getattr(config, name, None)

    most = told("max_position_embeddings") or told("n_positions") or LONGEST
    return int(min(most, getattr(tokenizer, "model_max_length", most)))
