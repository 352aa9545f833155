"""A tokenizer from the files of a model's folder, without transformers: it offers what `Tokens` asks of one of theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from generators.engines.text.checkpoint import read_json
from generators.engines.text.network import Unsuited

FILE, SETTINGS, TEMPLATE = "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"
#: classes of transformers that do with a text what the file says; others build their rules from further settings
PLAIN = frozenset(
    f"{name}{fast}"
    for name in ("GPT2Tokenizer", "PreTrainedTokenizer", "Qwen2Tokenizer", "TokenizersBackend")
    for fast in ("", "Fast")
)
NAMED = ("bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token")


class TokenizerFile:
    """The tokenizer of a folder."""

    def __init__(self, folder: Path) -> None:
        """Reads it.

        Raises:
            Unsuited: there is none, or one that transformers would change.
        """
        if not (folder / FILE).is_file():
            raise Unsuited(f"it has no {FILE}")
        told = read_json(folder / SETTINGS) if (folder / SETTINGS).is_file() else {}
        if (kind := told.get("tokenizer_class", "TokenizersBackend")) not in PLAIN:
            raise Unsuited(f"its tokenizer is a {kind}")
        if told.get("add_bos_token") or told.get("add_eos_token") or told.get("added_tokens_decoder_only"):
            raise Unsuited("its tokenizer adds marks that its file does not say")
        try:
            self.backend_tokenizer = backend = Tokenizer.from_file(str(folder / FILE))
        except Exception as error:
            raise Unsuited(f"its {FILE} cannot be read") from error
        backend.no_padding()
        backend.no_truncation()
        named = {name: _mark(told.get(name)) for name in NAMED}
        self.eos_token_id = self._id(named["eos_token"])
        self.pad_token_id = self._id(named["pad_token"])
        specials = [added.content for added in backend.get_added_tokens_decoder().values() if added.special]
        more = [_mark(mark) for mark in (told.get("additional_special_tokens") or told.get("extra_special_tokens") or ())]
        self.all_special_tokens = list(dict.fromkeys([*filter(None, named.values()), *filter(None, more), *specials]))
        self._named = {name: mark for name, mark in named.items() if mark}
        self.model_max_length = int(told.get("model_max_length") or 2**63)
        template = told.get("chat_template")
        if (folder / TEMPLATE).is_file():
            template = (folder / TEMPLATE).read_text(encoding="utf-8")
        if isinstance(template, list):  # one for each use, by name
            template = next((one.get("template") for one in template if one.get("name") == "default"), None)
        self.chat_template: str | None = template
        self._rendering: Any = None

    def __call__(self, text: str, *, add_special_tokens: bool = True) -> dict[str, list[int]]:
        """A text's tokens, as `input_ids`."""
        return {"input_ids": self.backend_tokenizer.encode(text, add_special_tokens=add_special_tokens).ids}

    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool = False, **_settings: object) -> str:
        """The tokens' text."""
        return str(self.backend_tokenizer.decode(list(ids), skip_special_tokens=skip_special_tokens))

    def apply_chat_template(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        add_generation_prompt: bool,
        continue_final_message: bool,
        tokenize: bool = False,
    ) -> str:
        """A conversation as the model was trained to read it; see transformers' method of this name.

        Raises:
            ValueError: the template does not show the last message, which therefore cannot be continued.
        """
        del tokenize
        if self._rendering is None:
            self._rendering = _compiled(self.chat_template or "")
        text = str(self._rendering.render(messages=list(messages), add_generation_prompt=add_generation_prompt, **self._named))
        if not continue_final_message:
            return text
        last = messages[-1]["content"].strip()
        if last not in text:
            raise ValueError("the chat's template changes the last message, which cannot be continued")
        end = text.rindex(last) + len(last)
        whole = messages[-1]["content"].lstrip()
        return text[: end - len(last)] + whole if text[end - len(last) :].startswith(whole) else text[:end]

    def _id(self, mark: str | None) -> int | None:
        found: int | None = self.backend_tokenizer.token_to_id(mark) if mark else None
        return found


def _mark(told: Any) -> str | None:
    """A special token as a configuration has it: its text, or an object with it."""
    if isinstance(told, Mapping):
        told = told.get("content")
    return told if isinstance(told, str) else None


def _compiled(template: str) -> Any:
    """A chat's template; it comes with a model, so it is run where it reaches nothing, as transformers runs it."""
    from jinja2.exceptions import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(message: str) -> None:
        raise TemplateError(message)

    def as_json(value: Any, **settings: Any) -> str:
        return json.dumps(value, ensure_ascii=False, **settings)

    world = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
    world.filters["tojson"] = as_json
    world.globals["raise_exception"] = refuse
    return world.from_string(template)
