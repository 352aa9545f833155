"""The service makes, scores and embeds texts where there is no torch; what takes long is worked out once and kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from bot.config import ServiceTable
from generators.service.digests import Digests
from generators.service.loading import load
from tests import tiny


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny.saved(tmp_path / "model")


def test_a_checksum_is_worked_out_again_for_a_file_that_was_touched(tmp_path: Path) -> None:
    file, known = tmp_path / "weights", Digests(tmp_path / "cache")
    file.write_bytes(b"one")
    first, again = known.of(file), Digests(tmp_path / "cache").of(file)
    told = file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))  # of the same size and date

    assert first == again != known.of(file)


def test_rounded_weights_are_kept_and_made_anew_for_other_weights(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    settings = ServiceTable(model=str(folder), embedder="none", device="cpu", threads=1)

    def kept() -> set[str]:
        load(settings, cache, lambda *_told: None)
        return {file.name for file in (cache / "rounded").iterdir()}

    first, again = kept(), kept()
    other = tiny.random_model("llama")
    with torch.no_grad():
        other.lm_head.weight.mul_(1.5)
    shutil.rmtree(folder)
    other.save_pretrained(folder)
    tiny.tokenizer().save_pretrained(folder)

    assert len(first) == 1
    assert again == first
    assert len(kept()) == 2


WITHOUT = """
import json, sys
for name in ("torch", "transformers"):
    sys.modules[name] = None  # importing it fails
from pathlib import Path
from bot.config import ServiceTable
from generators.service.loading import load
from generators.service.wire.chats import ChatRequest
from generators.service.wire.requests import CompletionRequest, EmbeddingRequest
models = load(ServiceTable(device="auto", threads=1), Path(sys.argv[1]), lambda *_told: None)
drafts = CompletionRequest(prompt="The best name for a tea bar is", n=3, seed=1, max_tokens=8, logprobs=2, min_p=0.05)
scored = CompletionRequest(prompt=["Tea for two.", "Tea for me."], max_tokens=0, echo=True, logprobs=0)
chat = ChatRequest(messages=[{"role": "user", "content": "Tea?"}], max_tokens=12, seed=1, response_format={"type": "json_object"})
vectors = EmbeddingRequest(input=["tea", "coffee"])
jobs = [*models.completion(drafts), *models.completion(scored), *models.chat(chat), *models.embedding(vectors)]
told = [[type(event).__name__ for events in job.steps() for event in events] for job in jobs]
print(json.dumps([models.text.engine, [len(one) for one in told], sorted({name for one in told for name in one})]))
"""


@pytest.mark.model
@pytest.mark.timeout(0)  # it unpacks nothing, and compiles the model
def test_the_embedded_model_drafts_scores_chats_and_embeds_where_there_is_no_torch(unpacked: Path) -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT, str(unpacked)], capture_output=True, text=True)

    assert run.returncode == 0, run.stderr[-3000:]
    engine, counts, kinds = json.loads(run.stdout.splitlines()[-1])
    assert engine == "openvino"
    assert all(count > 1 for count in counts[:-1])
    assert kinds == ["Began", "Piece", "Vectors"]
