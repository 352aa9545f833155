"""The way of a tuning on one device, as `make bench-gpu` takes it: here on the CPU, with a tiny random model."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import torch

from generators.client.phrasing import RecipePhrasing
from tests import tiny
from tests.bench.gpu import NEAR, Report, Wrong, arguments, same_numbers, through

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")]


@pytest.mark.parametrize("path", ["own", "trl"])
def test_votes_become_a_version_that_the_service_drafts_with(tmp_path: Path, path: str) -> None:
    if path == "trl":
        pytest.importorskip("trl", reason="pip install 'muselab[tune]'")
    model = tiny.saved(tmp_path / "model")
    line = ["--device", "cpu", "--model", str(model), "--embedder", "none", "--ideas", "made", "--path", path]

    found = asyncio.run(through(arguments([*line, "--topics", "27", "--voters", "8", "--shown", "6"]), tmp_path / "home"))

    assert found["logprob_gap"] <= NEAR
    assert found["pairs"] > 20
    assert found["judged_topics"] >= 7
    assert found["served_drafts"] == 32


def test_a_device_that_computes_something_else_is_not_passed_over(tmp_path: Path) -> None:
    model, phrasing, report = tiny.saved(tmp_path / "model"), RecipePhrasing(instructed=False), Report(torch.device("cpu"))

    same_numbers(str(model), "cpu", phrasing, report)

    assert report.figures["logprob_gap"] <= NEAR
    with pytest.raises(Wrong, match="differ"):
        same_numbers(str(model), "cpu", phrasing, report, near=-1.0)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_the_same_on_a_cuda_device(tmp_path: Path) -> None:
    model = tiny.saved(tmp_path / "model")
    line = ["--device", "cuda", "--model", str(model), "--embedder", "none", "--ideas", "made"]

    found = asyncio.run(through(arguments([*line, "--topics", "27", "--voters", "8", "--shown", "6"]), tmp_path / "home"))

    assert found["logprob_gap"] <= NEAR
    assert found["served_drafts"] == 32
