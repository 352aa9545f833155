"""Networks as onnxruntime has prepared them: the next process maps the copy and begins at once.

To unfold all-MiniLM from eight bits takes an eighth of a CPU second and 150 MB in every process. Its prepared copy is 90 MB on disk, of
which only what is used is ever in memory; the numbers that come out are the same to the last bit.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

NETWORK, NUMBERS = "network.onnx", "numbers.bin"
LEAST = "1024"  #: bytes of an array that lies in the file of numbers, which is mapped

log = logging.getLogger(__name__)


def session(model: Path, cache: Path | None) -> Any:
    """A session of a network, by its prepared copy where one can be kept.

    Args:
        model: an ONNX file.
        cache: the folder of what can be made anew; None: no copy is kept.
    """
    import onnxruntime
    from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidProtobuf, NoSuchFile

    if cache is None:
        return onnxruntime.InferenceSession(str(model), _options())
    kept = cache / "prepared" / f"{_named(model)}-{model.stat().st_size}-{onnxruntime.__version__}"
    try:
        if not kept.is_dir():
            _prepare(model, kept)
        as_it_is = _options()
        as_it_is.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        return onnxruntime.InferenceSession(str(kept / NETWORK), as_it_is)
    except OSError as error:
        log.warning("a prepared network cannot be kept", extra={"why": str(error)})
    except (Fail, InvalidProtobuf, NoSuchFile) as error:  # cut short, or emptied in this moment: the next process makes it anew
        log.warning("a prepared network cannot be read", extra={"why": str(error)[:200]})
        shutil.rmtree(kept, ignore_errors=True)
    return onnxruntime.InferenceSession(str(model), _options())


def _prepare(model: Path, kept: Path) -> None:
    """Writes a copy beside its place and moves it there whole; copies of other releases are deleted."""
    import onnxruntime

    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, ignore_cleanup_errors=True) as base:
        new = Path(base) / kept.name
        new.mkdir()
        writing = _options()
        # the most thorough level lays arrays out for this very processor, and a folder may be shared
        writing.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        writing.optimized_model_filepath = str(new / NETWORK)
        writing.add_session_config_entry("session.optimized_model_external_initializers_file_name", NUMBERS)
        writing.add_session_config_entry("session.optimized_model_external_initializers_min_size_in_bytes", LEAST)
        onnxruntime.InferenceSession(str(model), writing)
        for other in kept.parent.glob(f"{_named(model)}-*"):
            if other != kept:
                shutil.rmtree(other, ignore_errors=True)
        try:
            new.rename(kept)
        except OSError:
            if not kept.is_dir():  # another process was as fast
                raise


def _named(model: Path) -> str:
    return f"{model.parent.name}-{model.stem}"


def _options() -> Any:
    """As for our other networks, with nothing arranged for long texts: a third of loading, to win a millisecond a text."""
    made = sessions()
    made.add_session_config_entry("session.disable_prepacking", "1")
    return made


def sessions() -> Any:
    """How our small networks run: few threads, little memory kept, no chatter."""
    import onnxruntime

    made = onnxruntime.SessionOptions()
    made.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "2"))  # as the media workers decide for its engines
    made.enable_cpu_mem_arena = False  # an arena keeps the largest picture's memory for ever
    made.log_severity_level = 3
    return made
