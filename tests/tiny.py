"""Tiny random models of several families with a tokenizer of bytes, and our service around them on a real port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from aiohttp import web
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    BertConfig,
    BertModel,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from generators.engines.text.embedding import VectorModel
from generators.engines.text.linear import Weights
from generators.engines.text.model import TextModel, tokens_of
from generators.engines.text.rounded_weights import rounded
from generators.engines.text.transformers_network import network_of
from generators.engines.text.unlinked_arrays import Nameless
from generators.service.app import Service
from generators.service.doors import Door
from generators.service.loading import Loading, Models
from generators.service.media_http import MediaHttp
from generators.service.worker import Worker

END = "<|end|>"
CONTEXT = 1024  # tokens, and so letters; the longest few-shot prompt has 700
TEMPLATE = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% if not loop.last %}" + END + "{% endif %}{% endfor %}"


def tokenizer() -> Any:
    """Every byte is a token, and one more ends a text."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE(vocab={letter: place for place, letter in enumerate(letters)}, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([END])
    return PreTrainedTokenizerFast(tokenizer_object=made, eos_token=END, pad_token=END, model_max_length=CONTEXT)


def random_model(family: str) -> Any:
    """A random causal language model: "llama", "mistral", "qwen2", "qwen3", "gpt2" or "windowed" (attention over a window)."""
    torch.manual_seed(7)
    common: dict[str, Any] = {"vocab_size": 257, "eos_token_id": 256, "bos_token_id": None}
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    if family == "gpt2":
        model = GPT2LMHeadModel(GPT2Config(n_embd=32, n_layer=2, n_head=4, n_positions=CONTEXT, **common))
    elif family == "qwen2":
        model = Qwen2ForCausalLM(Qwen2Config(num_key_value_heads=2, max_position_embeddings=CONTEXT, **sizes, **common))
    elif family == "qwen3":
        config = Qwen3Config(num_key_value_heads=2, head_dim=16, max_position_embeddings=CONTEXT, **sizes, **common)
        model = Qwen3ForCausalLM(config)
    elif family == "mistral":
        config = MistralConfig(num_key_value_heads=1, sliding_window=None, max_position_embeddings=CONTEXT, **sizes, **common)
        model = MistralForCausalLM(config)
    elif family == "windowed":
        window = {"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 0}
        config = Qwen2Config(num_key_value_heads=2, max_position_embeddings=CONTEXT, **window, **sizes, **common)
        model = Qwen2ForCausalLM(config)
    else:
        model = LlamaForCausalLM(LlamaConfig(num_key_value_heads=2, max_position_embeddings=CONTEXT, **sizes, **common))
    with torch.no_grad():
        for weights in model.parameters():
            weights.mul_(4.0)  # as initialised all tokens are nearly alike, and nothing depends on the prompt
    return model.eval()


def text_model(family: str = "llama", *, name: str = "tiny-random", weights: Weights | None = "full") -> TextModel:
    """A random model as the service holds it."""
    made = tokenizer()
    made.chat_template = TEMPLATE
    return TextModel(random_model(family), made, name=name, weights=weights)


def openvino_pass(model: Any, *, exact: bool = False) -> Any:
    """A loaded model's forward pass in OpenVINO."""
    from generators.engines.text.openvino import OpenVino

    return OpenVino(rounded(network_of(model), Nameless(None)), threads=1, exact=exact)


def graph_model(model: Any, *, name: str = "tiny-random") -> Any:
    """A loaded model as the service holds it in OpenVINO."""
    from generators.engines.text.graph_model import GraphModel

    return GraphModel(rounded(network_of(model), Nameless(None)), tokens_of(model, tokenizer()), name=name, threads=1)


def equal(one: Any, other: Any) -> bool:
    """Whether arrays or tensors have the same numbers."""
    return bool(np.array_equal(np.asarray(one), np.asarray(other)))


def vector_model() -> VectorModel:
    """A random embedder."""
    torch.manual_seed(7)
    config = BertConfig(vocab_size=257, hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2)
    return VectorModel(BertModel(config), tokenizer(), name="tiny-embedder")


def saved(folder: Path, family: str = "llama") -> Path:
    """A random model as a folder that transformers loads."""
    random_model(family).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


@asynccontextmanager
async def served(
    text: TextModel,
    vectors: VectorModel | None = None,
    *,
    token: str = "",
    door: Door | None = None,
    worker: Worker | None = None,
    adapters: Path | None = None,
    media: MediaHttp | None = None,
) -> AsyncIterator[tuple[str, Service]]:
    """Our service on a real port: its base URL (ending in /v1) and itself."""
    loading = Loading()
    loading.models, loading.status = Models(text, vectors, adapters=adapters), "ready"
    worker = worker or Worker()
    service = Service(loading, worker, token=token, door=door, media=media)
    runner = web.AppRunner(service.app(), handler_cancellation=True, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    worker.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1", service
    finally:
        worker.close(wait_s=5.0)
        await runner.cleanup()
