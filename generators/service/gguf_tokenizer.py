"""Writes the tokenizer that is in a GGUF file as a Hugging Face folder has it; transformers only for those that are no BPE."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from generators.service.gguf_file import Field

CONTROL, USER = 3, 4  # GGUF's kinds of tokens that mark something, and of whole words that somebody has added
SPECIAL = {"bos": "bos", "eos": "eos", "pad": "padding", "unk": "unknown"}
UNLIMITED = int(1e30)  # transformers' word for a tokenizer that sets no limit
#: How texts are cut into words before pairs are joined, as the vendors' tokenizer.json says it.
_LETTERS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+"
_OTHERS = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
WORDS = {"qwen2": rf"{_LETTERS}|\p{{N}}|{_OTHERS}", "llama-bpe": rf"{_LETTERS}|\p{{N}}{{1,3}}|{_OTHERS}"}
COMPOSED = frozenset({"qwen2"})  # of these, those that join a letter and its accent first
WHOLE_WORDS = frozenset({"llama-bpe"})  # and those that take a word as it is where the vocabulary has it


def write_tokenizer(get: Field, source: Path, target: Path) -> None:
    """Writes what transformers writes for this file, to the byte but for what it notes of itself (a test).

    Args:
        get: what the header of the GGUF file `source` says.
        source: the file.
        target: a folder.
    """

    def field(name: str) -> Any:
        return get(f"tokenizer.{name}")

    if field("ggml.model") != "gpt2":
        from transformers import AutoTokenizer

        AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(target)
        return
    words = field("ggml.tokens")
    made = _tokenizer(
        words, [(pair[0], pair[1]) for merge in field("ggml.merges") if (pair := merge.split(" "))], str(field("ggml.pre"))
    )
    _add_marks(made, words, field("ggml.token_type") or [])
    named = {
        f"{kind}_token": words[place]
        for kind, key in SPECIAL.items()
        if isinstance(place := field(f"ggml.{key}_token_id"), int) and place < len(words)
    }
    if field("ggml.add_bos_token") and "bos_token" in named:
        mark = str(named["bos_token"])
        made.post_processor = processors.Sequence(
            [processors.ByteLevel(trim_offsets=False), _begun_with(mark, words.index(mark))]
        )
    made.save(str(target / "tokenizer.json"))
    settings = {"backend": "tokenizers", **named, "model_max_length": UNLIMITED, "tokenizer_class": "TokenizersBackend"}
    (target / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    if template := field("chat_template"):
        (target / "chat_template.jinja").write_text(template, encoding="utf-8")


def _add_marks(made: Tokenizer, words: list[str], kinds: list[int]) -> None:
    """Has the words that are more than text taken whole."""
    for kind, special in ((CONTROL, True), (USER, False)):
        marks = [word for word, one in zip(words, kinds, strict=False) if one == kind]
        added = [AddedToken(mark, normalized=False, special=special) for mark in marks]
        made.add_special_tokens(added) if special else made.add_tokens(added)


def _tokenizer(words: list[str], merges: list[tuple[str, str]], cut: str) -> Tokenizer:
    made = Tokenizer(
        models.BPE(
            vocab={word: place for place, word in enumerate(words)},
            merges=merges,
            continuing_subword_prefix="",
            end_of_word_suffix="",
            **({"ignore_merges": True} if cut in WHOLE_WORDS else {}),
        )
    )
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    if cut in WORDS:
        made.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(WORDS[cut]), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
    if cut in COMPOSED:
        made.normalizer = normalizers.NFC()
    made.decoder = decoders.ByteLevel()
    made.post_processor = processors.TemplateProcessing(single="$A:0", pair="$A:0 $B:1", special_tokens=[])
    return made


def _begun_with(mark: str, place: int) -> processors.TemplateProcessing:
    return processors.TemplateProcessing(single=f"{mark} $A", pair=f"{mark} $A {mark} $B", special_tokens=[(mark, place)])
