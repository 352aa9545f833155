"""Other engines on the same weights: transformers, llama.cpp and OpenVINO GenAI, each as a thing that does a task."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.engine.tasks import Task

MIN_P = 0.05


class Generate:
    """`model.generate` with num_return_sequences, or one by one; several prompts are padded on the left."""

    def __init__(self, folder: Path, *, dtype: str, single: bool = False) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        torch.set_num_threads(1)
        self.torch, self.single = torch, single
        self.tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, dtype)).eval()

    def do(self, task: Task) -> Iterator[int]:
        if self.single:
            for text in task.prompts:
                for _idea in range(task.n):
                    yield self._made([text], 1, task.tokens)
        else:
            yield self._made(list(task.prompts), task.n, task.tokens)

    def _made(self, texts: list[str], count: int, tokens: int) -> int:
        asked = self.tokenizer(texts, return_tensors="pt", padding=True)
        options = {"do_sample": True, "temperature": 1.0, "top_k": 0, "min_p": MIN_P, "num_return_sequences": count}
        with self.torch.inference_mode():
            made = self.model.generate(**asked, min_new_tokens=tokens, max_new_tokens=tokens, pad_token_id=0, **options)
        self.tokenizer.batch_decode(made[:, asked["input_ids"].shape[1] :])
        return len(texts) * count * tokens


class ContinuousBatching:
    """transformers' own continuous batching; an idea of the same prompt is a further request there."""

    def __init__(self, folder: Path) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        torch.set_num_threads(1)
        self.torch = torch
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

    def do(self, task: Task) -> Iterator[int]:
        from transformers import ContinuousBatchingConfig, GenerationConfig

        asked = [self.tokenizer(text)["input_ids"] for text in task.prompts for _idea in range(task.n)]
        # it takes nine tenths of the machine's memory unless told: 64 blocks of 256 tokens are 0.75 GB
        room = ContinuousBatchingConfig(num_blocks=64, max_batch_tokens=512)
        options = GenerationConfig(
            do_sample=True, temperature=1.0, top_k=0, max_new_tokens=task.tokens, eos_token_id=-1, pad_token_id=0
        )
        with self.torch.no_grad():  # its thread writes to what was made here, which inference mode forbids
            made = self.model.generate_batch(
                inputs=asked, generation_config=options, continuous_batching_config=room, progress_bar=False
            )
        if failed := [one.error for one in made.values() if one.error]:
            raise RuntimeError(failed[0])
        yield sum(len(one.generated_tokens) for one in made.values())


class LlamaCpp:
    """llama.cpp through its low-level interface: one batch a step, the prompt's keys and values shared by all ideas."""

    def __init__(self, file: Path, *, most: int = 32) -> None:
        import llama_cpp

        self.api = api = llama_cpp
        api.llama_backend_init()
        self._quiet = api.llama_log_callback(lambda *_told: None)  # kept: C holds a pointer to it
        api.llama_log_set(self._quiet, ctypes.c_void_p(0))
        self.model = api.llama_model_load_from_file(str(file).encode(), api.llama_model_default_params())
        settings = api.llama_context_default_params()
        settings.n_ctx, settings.n_batch, settings.n_ubatch, settings.n_seq_max = 16384, 2048, 512, most + 1
        settings.n_threads = settings.n_threads_batch = 1
        settings.kv_unified = True  # one room for all, so that a prompt's keys are shared and not copied
        self.context = api.llama_init_from_model(self.model, settings)
        self.memory = api.llama_get_memory(self.context)
        self.vocabulary = api.llama_model_get_vocab(self.model)
        self.samplers = [self._sampler(number) for number in range(most)]
        self.batch = api.llama_batch_init(2048, 0, 1)

    def do(self, task: Task) -> Iterator[int]:
        api = self.api
        api.llama_memory_clear(self.memory, True)
        now: list[int] = []
        lengths: list[int] = []
        for text in task.prompts:
            ids = self._tokens(text)
            first = len(now)
            self.fill([(token, place, first, place == len(ids) - 1) for place, token in enumerate(ids)])
            for idea in range(task.n):
                if idea:
                    api.llama_memory_seq_cp(self.memory, first, first + idea, -1, -1)
                now.append(api.llama_sampler_sample(self.samplers[len(now)], self.context, -1))
                lengths.append(len(ids))
        said = [[token] for token in now]
        for _step in range(task.tokens - 1):
            self.fill([(token, lengths[row], row, True) for row, token in enumerate(now)])
            for row, sampler in enumerate(self.samplers[: len(now)]):
                now[row] = api.llama_sampler_sample(sampler, self.context, row)
                lengths[row] += 1
                said[row].append(now[row])
        spelled = ctypes.create_string_buffer(64)
        for token in (token for row in said for token in row):
            api.llama_token_to_piece(self.vocabulary, token, spelled, 64, 0, False)
        yield sum(map(len, said))

    def fill(self, rows: list[tuple[int, int, int, bool]]) -> None:
        """Decodes tokens, each with its position, its sequence, and whether what follows it is wanted."""
        batch = self.batch
        batch.n_tokens = len(rows)
        for index, (token, place, row, wanted) in enumerate(rows):
            batch.token[index], batch.pos[index] = token, place
            batch.n_seq_id[index], batch.logits[index] = 1, wanted
            batch.seq_id[index][0] = row
        failed = self.api.llama_decode(self.context, batch)
        if failed:
            raise RuntimeError(f"llama_decode says {failed}")

    def _tokens(self, text: str) -> list[int]:
        raw = text.encode()
        room = (self.api.llama_token * len(raw))()
        count = self.api.llama_tokenize(self.vocabulary, raw, len(raw), room, len(raw), False, True)
        return list(room[:count])

    def _sampler(self, seed: int) -> Any:
        api = self.api
        chain = api.llama_sampler_chain_init(api.llama_sampler_chain_default_params())
        api.llama_sampler_chain_add(chain, api.llama_sampler_init_min_p(MIN_P, 1))
        api.llama_sampler_chain_add(chain, api.llama_sampler_init_temp(1.0))
        api.llama_sampler_chain_add(chain, api.llama_sampler_init_dist(seed))
        return chain


class OpenVino:
    """OpenVINO GenAI's continuous batching over the GGUF file as it is shipped."""

    def __init__(self, file: Path) -> None:
        import openvino_genai

        self.api = openvino_genai
        room = openvino_genai.SchedulerConfig()
        room.cache_size, room.enable_prefix_caching, room.max_num_seqs = 1, False, 64  # 1 GB at most
        options = {"INFERENCE_NUM_THREADS": 1}
        self.pipeline = openvino_genai.ContinuousBatchingPipeline(str(file), room, "CPU", options)
        self.number = 0

    def do(self, task: Task) -> Iterator[int]:
        options = self.api.GenerationConfig()
        options.do_sample, options.temperature, options.min_p, options.ignore_eos = True, 1.0, MIN_P, True
        options.max_new_tokens, options.num_return_sequences = task.tokens, task.n
        handles = []
        for text in task.prompts:
            self.number += 1
            handles.append(self.pipeline.add_request(self.number, text, options))
        while self.pipeline.has_non_finished_requests():
            self.pipeline.step()
        made = [one for handle in handles for one in handle.read_all()]
        tokenizer = self.pipeline.get_tokenizer()
        for one in made:
            tokenizer.decode(one.generated_ids)
        yield sum(len(one.generated_ids) for one in made)


def timed_first(began: float, items: Iterator[int]) -> tuple[int, float]:
    """Counts tokens, and when the first idea was whole, in seconds after `began`."""
    tokens, first = 0, 0.0
    for some in items:
        first = first or time.perf_counter() - began
        tokens += some
    return tokens, first
